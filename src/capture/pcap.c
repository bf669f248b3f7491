/* Classic pcap files: draft-ietf-opsawg-pcap, with the nanosecond and the "modified" variant. */
#include <stdlib.h>

#include "capture/capture_impl.h"

#define MICRO    UINT32_C(0xa1b2c3d4)
#define NANO     UINT32_C(0xa1b23c4d)
#define MODIFIED UINT32_C(0xa1b2cd34) /* 24 bytes of record header: Linux of 1999 */

struct pcap_state {
	bool is_big;
	uint32_t fraction_ns; /* of a timestamp's second part */
	size_t extra;         /* bytes after the usual 16 of a record's header */
	uint16_t linktype;
};

static inline uint32_t u32(struct reader *r, bool is_big)
{
	return is_big ? rd_be32(r) : rd_le32(r);
}

static inline enum rc scan_order(const struct pcap_state *p, struct scan *s, bool is_big)
{
	while (s->b->n < BLOCK_FRAMES) {
		struct reader r = {s->in, false};
		struct reader h = {rd_take(&r, 16), false};

		if (r.bad)
			break;
		uint64_t seconds = u32(&h, is_big), fraction = u32(&h, is_big);
		uint32_t len = u32(&h, is_big), wire_len = u32(&h, is_big);

		if (len > FRAME_MAX) {
			s->error = "a record of an impossible length";
			return RC_FORMAT;
		}
		rd_skip(&r, p->extra);
		struct bytes data = rd_take(&r, len);

		if (r.bad)
			break;
		scan_add(s, seconds * UINT64_C(1000000000) + fraction * p->fraction_ns, data,
			 wire_len, p->linktype);
		s->in = r.rest;
	}
	return RC_OK;
}

static enum rc pcap_scan(void *state, struct scan *s)
{
	const struct pcap_state *p = state;

	return p->is_big ? scan_order(p, s, true) : scan_order(p, s, false);
}

enum rc pcap_format_open(struct bytes head, struct opened *ret_opened, const char **ret_why)
{
	static const struct format format = {pcap_scan, free};
	struct reader r = {head, false};
	uint32_t magic = rd_be32(&r), other = __builtin_bswap32(magic);
	bool is_big = magic == MICRO || magic == NANO || magic == MODIFIED;

	if (!is_big && other != MICRO && other != NANO && other != MODIFIED)
		return RC_FORMAT;
	*ret_why = "a pcap file that ends inside its header";
	if (!is_big)
		magic = other;
	uint32_t versions = u32(&r, is_big);

	rd_skip(&r, 12); /* time zone, accuracy: always 0; snap length: often wrong */
	uint32_t link = u32(&r, is_big);

	if (r.bad)
		return RC_FORMAT;
	*ret_why = "a pcap file of a version that is not 2.4";
	if (versions != (is_big ? 0x00020004 : 0x00040002))
		return RC_FORMAT;

	struct pcap_state *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return RC_NOMEM;
	p->is_big = is_big;
	p->fraction_ns = magic == NANO ? 1 : 1000;
	p->extra = magic == MODIFIED ? 8 : 0;
	p->linktype = (uint16_t)link; /* above it: the length of an FCS */
	ret_opened->format = &format;
	ret_opened->state = p;
	ret_opened->head = FORMAT_HEAD;
	return RC_OK;
}
