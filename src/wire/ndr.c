#include "wire/ndr.h"

enum { REFERENT = 0x00020000 }; /* what Windows writes first; any number but 0 would do */

struct ndr ndr_reader(struct reader *r, bool is_be, bool is_64)
{
	return (struct ndr){.r = r, .base = r->rest.len, .is_be = is_be, .is_64 = is_64};
}

struct ndr ndr_writer(struct writer *w, bool is_be, bool is_64)
{
	return (struct ndr){.w = w, .base = w->len, .is_be = is_be, .is_64 = is_64};
}

static void wrong(struct ndr *n, const char *why)
{
	if (n->why == NULL)
		n->why = why;
}

void ndr_align(struct ndr *n, unsigned width)
{
	size_t at = n->r != NULL ? n->base - n->r->rest.len : n->w->len - n->base;
	size_t pad = (width - at % width) % width;

	if (n->r != NULL)
		rd_skip(n->r, pad);
	else
		wr_zeros(n->w, pad);
}

static uint64_t number(struct ndr *n, unsigned width, uint64_t v)
{
	ndr_align(n, width);
	if (n->r != NULL)
		return n->is_be ? rd_be(n->r, width) : rd_le(n->r, width);
	if (n->is_be)
		wr_be(n->w, width, v);
	else
		wr_le(n->w, width, v);
	return v;
}

void ndr_u32(struct ndr *n, uint32_t *v)
{
	*v = (uint32_t)number(n, 4, *v);
}

void ndr_count(struct ndr *n, uint64_t *v)
{
	*v = number(n, n->is_64 ? 8 : 4, *v);
}

void ndr_unique(struct ndr *n, bool *v)
{
	uint64_t referent = *v ? REFERENT : 0;

	ndr_count(n, &referent);
	*v = referent != 0;
}

void ndr_wstring(struct ndr *n, struct ndr_string *s)
{
	ndr_count(n, &s->max);
	ndr_count(n, &s->offset);
	ndr_count(n, &s->actual);
	if (n->w != NULL) {
		wr_bytes(n->w, s->units);
		return;
	}
	if (s->offset != 0)
		wrong(n, "ndr-string-offset");
	if (s->actual > s->max)
		wrong(n, "ndr-string-count");

	size_t left = n->r->bad ? 0 : n->r->rest.len;

	if (s->actual > left / 2) {
		s->units = rd_take_upto(n->r, left);
		s->units.len &= ~(size_t)1;
		n->r->bad = true;
	} else {
		s->units = rd_take(n->r, 2 * (size_t)s->actual);
	}
}

void ndr_byte_array(struct ndr *n, struct bytes *b)
{
	uint64_t len = b->len;

	ndr_count(n, &len);
	if (n->w != NULL) {
		wr_bytes(n->w, *b);
	} else if (len > n->r->rest.len) {
		*b = (struct bytes){NULL, 0};
		n->r->bad = true;
	} else {
		*b = rd_take(n->r, (size_t)len);
	}
}
