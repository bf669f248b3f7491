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

void ndr_wrong(struct ndr *n, const char *why)
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

void ndr_u8(struct ndr *n, uint8_t *v)
{
	*v = (uint8_t)number(n, 1, *v);
}

void ndr_u16(struct ndr *n, uint16_t *v)
{
	*v = (uint16_t)number(n, 2, *v);
}

void ndr_u32(struct ndr *n, uint32_t *v)
{
	*v = (uint32_t)number(n, 4, *v);
}

void ndr_u64(struct ndr *n, uint64_t *v)
{
	*v = number(n, 8, *v);
}

void ndr_const(struct ndr *n, unsigned width, uint64_t v)
{
	(void)number(n, width, v);
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
		ndr_wrong(n, "ndr-string-offset");
	if (s->actual > s->max)
		ndr_wrong(n, "ndr-string-count");

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

void ndr_optional_wstring(struct ndr *n, bool *has, struct ndr_string *s)
{
	ndr_unique(n, has);
	if (*has)
		ndr_wstring(n, s);
}

void ndr_context(struct ndr *n, struct ndr_handle *h)
{
	ndr_align(n, 4);
	if (n->r != NULL)
		rd_copy(n->r, h->b, sizeof(h->b));
	else
		wr_bytes(n->w, (struct bytes){h->b, sizeof(h->b)});
}

void ndr_unicode_head(struct ndr *n, struct ndr_unicode *u)
{
	ndr_align(n, 4);
	ndr_u16(n, &u->len);
	ndr_u16(n, &u->size);
	ndr_unique(n, &u->is_there);
}

void ndr_unicode_body(struct ndr *n, struct ndr_unicode *u)
{
	struct ndr_string s = {u->size / 2, 0, u->len / 2, u->units};

	if (!u->is_there)
		return;
	ndr_wstring(n, &s);
	if (s.max != u->size / 2 || s.actual != u->len / 2)
		ndr_wrong(n, "ndr-unicode-length");
	u->units = s.units;
}

size_t ndr_array(struct ndr *n, uint32_t told, size_t cap)
{
	uint64_t count = told;

	ndr_count(n, &count);
	if (count != told)
		ndr_wrong(n, "ndr-array-count");
	else if (count > cap)
		ndr_wrong(n, "ndr-array-too-long");
	return ndr_is_good(n) ? told : 0;
}
