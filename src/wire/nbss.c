#include "wire/nbss.h"

#include <ctype.h>

enum { NAME = 16, ENCODED = 2 * NAME };

bool nbss_read(struct reader *r, struct nbss *ret_nbss)
{
	ret_nbss->type = rd_u8(r);
	ret_nbss->len = (uint32_t)rd_be(r, 3);
	return !r->bad;
}

void nbss_write(struct writer *w, const struct nbss *n)
{
	wr_be(w, 1, n->type);
	wr_be(w, 3, n->len);
}

bool nbss_is_sane(const struct nbss *n)
{
	switch (n->type) {
	case NBSS_MESSAGE:
		return true;
	case NBSS_REQUEST: /* two names with a length byte, an end byte, and maybe a scope */
		return n->len >= 2 * (ENCODED + 2) && n->len <= 2 * 256;
	case NBSS_POSITIVE:
	case NBSS_KEEPALIVE:
		return n->len == 0;
	case NBSS_NEGATIVE:
		return n->len == 1;
	case NBSS_RETARGET:
		return n->len == 6;
	default:
		return false;
	}
}

void nbss_write_message(struct writer *w, struct bytes msg)
{
	nbss_write(w, &(struct nbss){NBSS_MESSAGE, (uint32_t)(msg.len & NBSS_LEN_MAX)});
	wr_bytes(w, msg);
}

static void write_name(struct writer *w, const char *name, uint8_t suffix)
{
	wr_be(w, 1, ENCODED);
	for (unsigned i = 0; i < NAME; i++) {
		uint8_t c = i == NAME - 1 ? suffix : ' ';

		if (i < NAME - 1 && *name != '\0')
			c = (uint8_t)toupper((unsigned char)*name++);
		wr_be(w, 1, 'A' + (c >> 4));
		wr_be(w, 1, 'A' + (c & 15));
	}
	wr_be(w, 1, 0);
}

void nbss_write_request(struct writer *w, const char *called, const char *calling)
{
	nbss_write(w, &(struct nbss){NBSS_REQUEST, 2 * (ENCODED + 2)});
	write_name(w, called, 0x20);
	write_name(w, calling, 0x00);
}

bool nbss_read_name(struct reader *r, uint8_t ret_name[16])
{
	bool good = rd_u8(r) == ENCODED;

	for (unsigned i = 0; i < NAME; i++) {
		unsigned hi = rd_u8(r) - (unsigned)'A', lo = rd_u8(r) - (unsigned)'A';

		good = good && hi < 16 && lo < 16;
		ret_name[i] = (uint8_t)(good ? hi << 4 | lo : 0);
	}
	return rd_u8(r) == 0 && good && !r->bad;
}
