/* pcapng files: draft-ietf-opsawg-pcapng. */
#include <stdlib.h>

#include "capture/capture_impl.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete, still found */
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
	ORDER_MAGIC = 0x1a2b3c4d,
};

enum {
	INTERFACES_MAX = 65536, /* as many as a packet block can name; 32 bytes each */
	/* An interface block is read whole, options and all. Real ones have some 100 bytes. */
	INTERFACE_BLOCK_MAX = 128 * 1024,
};

struct interface {
	uint64_t ticks_mul, ticks_div; /* a tick in nanoseconds; div 0: of 2^-shift seconds */
	int64_t offset_s;
	uint32_t snaplen; /* 0: unlimited */
	uint16_t linktype;
	uint8_t shift;
};

struct pcapng_state {
	bool is_big;
	uint64_t last_ns; /* for simple packets, which have no time */
	struct interface *interfaces;
	size_t n, cap;
};

static inline uint32_t u32(struct reader *r, bool is_big)
{
	return is_big ? rd_be32(r) : rd_le32(r);
}

static inline uint16_t u16(struct reader *r, bool is_big)
{
	return is_big ? rd_be16(r) : rd_le16(r);
}

/* Times past the year 2554, and before 1970, come out as nonsense, but come out. */
static inline uint64_t ticks_to_ns(const struct interface *i, uint64_t ticks)
{
	uint64_t offset_ns = (uint64_t)i->offset_s * UINT64_C(1000000000);

	if (i->ticks_div == 1)
		return ticks * i->ticks_mul + offset_ns;
	if (i->ticks_div != 0)
		return ticks / i->ticks_div + offset_ns;

	uint64_t seconds = i->shift < 64 ? ticks >> i->shift : 0;
	uint64_t rest = ticks - (i->shift < 64 ? seconds << i->shift : 0);
	unsigned shift = i->shift;

	while (rest >= UINT64_C(1) << 33) { /* keep rest * 10^9 below 2^63 */
		rest >>= 1;
		shift--;
	}
	rest *= UINT64_C(1000000000);
	return seconds * UINT64_C(1000000000) + (shift < 64 ? rest >> shift : 0) + offset_ns;
}

/* if_tsresol: a negative power of ten, or of two if the top bit is set. */
static void set_resolution(struct interface *i, uint8_t resolution)
{
	unsigned power = resolution & 0x7f;

	i->ticks_mul = i->ticks_div = 1;
	if ((resolution & 0x80) != 0) {
		i->ticks_div = 0;
		i->shift = (uint8_t)power;
		return;
	}
	for (; power < 9; power++)
		i->ticks_mul *= 10;
	for (; power > 9 && power <= 9 + 19; power--)
		i->ticks_div *= 10;
}

static void read_options(struct interface *i, struct reader r, bool is_big)
{
	enum { END = 0, TSRESOL = 9, TSOFFSET = 14 };

	for (;;) {
		unsigned code = u16(&r, is_big);
		size_t len = u16(&r, is_big);
		struct reader value = {rd_take(&r, len), false};

		if (r.bad || code == END)
			break;
		if (code == TSRESOL && len == 1)
			set_resolution(i, rd_u8(&value));
		if (code == TSOFFSET && len == 8)
			i->offset_s = (int64_t)(is_big ? rd_be(&value, 8) : rd_le64(&value));
		rd_skip(&r, (4 - len % 4) % 4);
	}
}

static enum rc add_interface(struct pcapng_state *p, struct reader r)
{
	struct interface i = {.linktype = u16(&r, p->is_big)};

	rd_skip(&r, 2);
	i.snaplen = u32(&r, p->is_big);
	set_resolution(&i, 6);
	read_options(&i, r, p->is_big);
	if (p->n == INTERFACES_MAX)
		return RC_OK; /* its packets are skipped, and counted */
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 8 : p->cap * 2;
		struct interface *more = realloc(p->interfaces, cap * sizeof(*more));

		if (more == NULL)
			return RC_NOMEM;
		p->interfaces = more;
		p->cap = cap;
	}
	p->interfaces[p->n++] = i;
	return RC_OK;
}

/* What came of a block's first bytes. */
enum taken { TAKEN, TOO_SHORT, BROKEN, NO_MEMORY };

/* r: after type and length; `total`: of the whole block. */
static inline enum taken take_packet(struct pcapng_state *p, struct scan *s, struct reader r,
				     bool is_enhanced, uint32_t total)
{
	bool is_big = p->is_big;
	uint32_t id = is_enhanced ? u32(&r, is_big) : u16(&r, is_big);

	if (!is_enhanced)
		rd_skip(&r, 2);
	uint64_t high = u32(&r, is_big), low = u32(&r, is_big);
	uint32_t len = u32(&r, is_big), wire_len = u32(&r, is_big);

	if (r.bad)
		return TOO_SHORT;
	if (len > FRAME_MAX || total < 32 || len > total - 32)
		return BROKEN;
	struct bytes data = rd_take(&r, len);

	if (r.bad)
		return TOO_SHORT;
	if (id >= p->n) {
		s->stats->skipped_records++;
		return TAKEN;
	}
	p->last_ns = ticks_to_ns(&p->interfaces[id], high << 32 | low);
	scan_add(s, p->last_ns, data, wire_len, p->interfaces[id].linktype);
	return TAKEN;
}

static enum taken take_simple(struct pcapng_state *p, struct scan *s, struct reader r,
			      uint32_t total)
{
	uint32_t wire_len = u32(&r, p->is_big), len = wire_len;

	if (r.bad)
		return TOO_SHORT;
	if (total < 16)
		return BROKEN;
	if (p->n > 0 && p->interfaces[0].snaplen != 0 && p->interfaces[0].snaplen < len)
		len = p->interfaces[0].snaplen;
	if (len > total - 16)
		len = total - 16;
	if (len > FRAME_MAX)
		return BROKEN;
	struct bytes data = rd_take(&r, len);

	if (r.bad)
		return TOO_SHORT;
	if (p->n == 0)
		s->stats->skipped_records++;
	else
		scan_add(s, p->last_ns, data, wire_len, p->interfaces[0].linktype);
	return TAKEN;
}

static enum taken take_interface(struct pcapng_state *p, struct reader r, uint32_t total)
{
	if (total < 20 || total > INTERFACE_BLOCK_MAX)
		return BROKEN;
	struct reader body = {rd_take(&r, total - 12), false};

	if (r.bad)
		return TOO_SHORT;
	return add_interface(p, body) == RC_OK ? TAKEN : NO_MEMORY;
}

/* A section's byte order is known, see start_section(); interfaces start anew. */
static enum taken take_section(struct pcapng_state *p, struct reader r, uint32_t total)
{
	rd_skip(&r, 4);
	unsigned major = u16(&r, p->is_big);

	if (r.bad)
		return TOO_SHORT;
	if (total < 28 || major != 1)
		return BROKEN;
	p->n = 0;
	return TAKEN;
}

static bool start_section(struct pcapng_state *p, struct bytes at)
{
	struct reader r = {bytes_slice(at, 8, 4), false};
	uint32_t order = rd_be32(&r);

	p->is_big = order == ORDER_MAGIC;
	return p->is_big || __builtin_bswap32(order) == ORDER_MAGIC;
}

static inline enum taken take_block(struct pcapng_state *p, struct scan *s, uint32_t *ret_total)
{
	struct reader r = {s->in, false};
	uint32_t type = u32(&r, p->is_big);

	if (r.bad || s->in.len < 12)
		return TOO_SHORT;
	if (type == BLOCK_SECTION && !start_section(p, s->in))
		return BROKEN;
	uint32_t total = u32(&r, p->is_big);

	*ret_total = total;
	if (total < 12 || total % 4 != 0)
		return BROKEN;
	switch (type) {
	case BLOCK_ENHANCED:
		return take_packet(p, s, r, true, total);
	case BLOCK_PACKET:
		return take_packet(p, s, r, false, total);
	case BLOCK_SIMPLE:
		return take_simple(p, s, r, total);
	case BLOCK_INTERFACE:
		return take_interface(p, r, total);
	case BLOCK_SECTION:
		return take_section(p, r, total);
	default: /* names, statistics, secrets: nothing for us */
		return TAKEN;
	}
}

static enum rc pcapng_scan(void *state, struct scan *s)
{
	struct pcapng_state *p = state;

	while (s->b->n < BLOCK_FRAMES && s->skip == 0) {
		uint32_t total = 0;

		switch (take_block(p, s, &total)) {
		case TAKEN:
			break;
		case TOO_SHORT:
			return RC_OK;
		case BROKEN:
			s->error = "a block that cannot be one";
			return RC_FORMAT;
		case NO_MEMORY:
			return RC_NOMEM;
		}
		if (total > s->in.len)
			s->skip = total - s->in.len;
		s->in = bytes_slice(s->in, total, SIZE_MAX);
	}
	return RC_OK;
}

static void pcapng_free(void *state)
{
	struct pcapng_state *p = state;

	if (p != NULL)
		free(p->interfaces);
	free(p);
}

enum rc pcapng_format_open(struct bytes head, struct opened *ret_opened, const char **ret_why)
{
	static const struct format format = {pcapng_scan, pcapng_free};
	struct reader r = {head, false};

	if (rd_be32(&r) != BLOCK_SECTION)
		return RC_FORMAT;
	*ret_why = "a pcapng file that ends inside its header";
	if (head.len < 12)
		return RC_FORMAT;

	struct pcapng_state *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return RC_NOMEM;
	if (!start_section(p, head)) {
		free(p);
		*ret_why = "a pcapng file with a broken header";
		return RC_FORMAT;
	}
	*ret_opened = (struct opened){&format, p, 0};
	return RC_OK;
}
