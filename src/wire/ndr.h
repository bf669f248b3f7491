/*
 * ndr - the types of RPC stubs that quell knows: C706 chapter 14 (NDR) and MS-RPCE 2.2.5 (NDR64).
 *
 * One struct ndr either reads or writes, so a call's arguments are listed once (see fields.h).
 * Alignment counts from the start of the stub. Strings are conformant and varying: a maximum, an
 * offset that must be 0, an actual count that is at most the maximum, and so many UTF-16 units.
 * A violation sets `why` and goes on as far as that makes sense: what a hostile client sends is
 * still shown.
 */
#ifndef WIRE_NDR_H
#define WIRE_NDR_H

#include "base/bytes.h"

struct ndr {
	struct reader *r; /* exactly one of the two is set */
	struct writer *w;
	size_t base; /* read: length of the whole stub; write: w->len at its start */
	bool is_be;
	bool is_64;
	const char *why; /* first thing wrong: a literal; NULL: fine so far */
};

struct ndr_string {
	uint64_t max, offset, actual; /* in UTF-16 units, with the terminator if there is one */
	struct bytes units;           /* as sent; fewer than `actual` where the stub is cut */
};

/* For reading all of r->rest as a stub, and for writing a stub at the end of `w`. */
struct ndr ndr_reader(struct reader *r, bool is_be, bool is_64);
struct ndr ndr_writer(struct writer *w, bool is_be, bool is_64);

void ndr_align(struct ndr *n, unsigned width);
void ndr_u32(struct ndr *n, uint32_t *v);
void ndr_count(struct ndr *n, uint64_t *v); /* 4 bytes, in NDR64 8 */

/* A unique pointer's referent: is something there? */
void ndr_unique(struct ndr *n, bool *v);

void ndr_wstring(struct ndr *n, struct ndr_string *s);

/* A conformant array of bytes. */
void ndr_byte_array(struct ndr *n, struct bytes *b);

/* True: everything was there and right. Bytes may be left over: padding of an auth trailer. */
static inline bool ndr_is_good(const struct ndr *n)
{
	return n->why == NULL && (n->r == NULL || !n->r->bad) && (n->w == NULL || !n->w->bad);
}

/* "text" in UTF-16LE, with its terminator, as an NDR string: `units` must already hold it. */
static inline struct ndr_string ndr_string_of(struct bytes units)
{
	return (struct ndr_string){units.len / 2, 0, units.len / 2, units};
}

#endif
