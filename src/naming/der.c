#include "naming/der.h"

enum { LONG_TAG = 0x1f, LONG_LENGTH = 0x80, LENGTH_MAX = 4 };

bool der_next(struct reader *r, struct der *ret_element)
{
	struct der e = {0};

	*ret_element = e;
	if (r->rest.len == 0)
		return false;
	e.tag = rd_u8(r);

	size_t len = rd_u8(r);

	if ((e.tag & LONG_TAG) == LONG_TAG)
		r->bad = true;
	if (len >= LONG_LENGTH) {
		unsigned n = (unsigned)(len - LONG_LENGTH);

		if (n == 0 || n > LENGTH_MAX) /* 0: indefinite */
			r->bad = true;
		else
			len = (size_t)rd_be(r, n);
	}
	e.body = rd_take(r, len);
	if (r->bad)
		return false;
	*ret_element = e;
	return true;
}

/* Sets the body, or makes both readers bad. */
static void enter(struct reader *r, uint8_t tag, struct reader *body)
{
	struct der e = {0};
	bool is_it = !r->bad && r->rest.len > 0 && r->rest.at[0] == tag && der_next(r, &e);

	body->rest = e.body;
	body->bad = !is_it;
	if (!is_it)
		r->bad = true;
}

struct reader der_enter(struct reader *r, uint8_t tag)
{
	struct reader body;

	enter(r, tag, &body);
	return body;
}

bool der_enter_if(struct reader *r, uint8_t tag, struct reader *ret_body)
{
	if (r->bad || r->rest.len == 0 || r->rest.at[0] != tag) {
		ret_body->rest = (struct bytes){NULL, 0};
		ret_body->bad = true;
		return false;
	}
	enter(r, tag, ret_body);
	return !ret_body->bad;
}

struct bytes der_take(struct reader *r, uint8_t tag)
{
	return der_enter(r, tag).rest;
}

int64_t der_int(struct reader *r)
{
	struct reader body = der_enter(r, DER_INTEGER);
	size_t n = body.rest.len;

	if (n == 0 || n > sizeof(int64_t)) {
		r->bad = true;
		return 0;
	}
	bool is_negative = (body.rest.at[0] & 0x80) != 0;
	uint64_t v = rd_be(&body, (unsigned)n);

	if (is_negative && n < sizeof(v))
		v |= UINT64_MAX << (8 * n);
	return (int64_t)v;
}

size_t der_begin(struct writer *w, uint8_t tag)
{
	wr_be(w, 1, tag);
	wr_zeros(w, 1);
	return w->len;
}

/* How many bytes a length takes behind its first. */
static unsigned length_bytes(size_t len)
{
	unsigned n = 0;

	if (len < LONG_LENGTH)
		return 0;
	for (; len > 0; len >>= 8)
		n++;
	return n;
}

void der_end(struct writer *w, size_t begin)
{
	if (w->bad || begin == 0)
		return;

	size_t len = w->len - begin;
	unsigned n = length_bytes(len);

	wr_zeros(w, n);
	if (w->bad)
		return;
	memmove(w->at + begin + n, w->at + begin, len);
	w->at[begin - 1] = (uint8_t)(n == 0 ? len : LONG_LENGTH + n);
	wr_patch_be(w, begin, n, len);
}

void der_put(struct writer *w, uint8_t tag, struct bytes body)
{
	size_t begin = der_begin(w, tag);

	wr_bytes(w, body);
	der_end(w, begin);
}

void der_put_int(struct writer *w, int64_t v)
{
	unsigned n = 1;

	while (n < sizeof(v) &&
	       (v < -(INT64_C(1) << (8 * n - 1)) || v >= INT64_C(1) << (8 * n - 1)))
		n++;

	size_t begin = der_begin(w, DER_INTEGER);

	wr_be(w, n, (uint64_t)v);
	der_end(w, begin);
}
