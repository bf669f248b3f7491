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
void ndr_u8(struct ndr *n, uint8_t *v);
void ndr_u16(struct ndr *n, uint16_t *v);
void ndr_u32(struct ndr *n, uint32_t *v);
void ndr_u64(struct ndr *n, uint64_t *v);
void ndr_count(struct ndr *n, uint64_t *v); /* 4 bytes, in NDR64 8 */

/* A unique pointer's referent: is something there? */
void ndr_unique(struct ndr *n, bool *v);

void ndr_wstring(struct ndr *n, struct ndr_string *s);

/* A conformant array of bytes. */
void ndr_byte_array(struct ndr *n, struct bytes *b);

/* A number that we need not know, and that we write as `v`. */
void ndr_const(struct ndr *n, unsigned width, uint64_t v);

/* An optional string: a unique pointer, and the string where it points. Only for arguments of a
 * call: inside of structs the strings come after them. */
void ndr_optional_wstring(struct ndr *n, bool *has, struct ndr_string *s);

/* What a server knows something by that was opened (C706: ndr_context_handle). */
struct ndr_handle {
	uint8_t b[20];
};
void ndr_context(struct ndr *n, struct ndr_handle *h);

/* RPC_UNICODE_STRING (MS-DTYP 2.3.10): lengths in bytes and a pointer; the text comes after the
 * struct that the head is in. NDR alone. */
struct ndr_unicode {
	bool is_there;
	uint16_t len, size; /* of the text, and of the room for it; set them by ndr_unicode_of() */
	struct bytes units; /* UTF-16LE */
};
void ndr_unicode_head(struct ndr *n, struct ndr_unicode *u);
void ndr_unicode_body(struct ndr *n, struct ndr_unicode *u);

/* The count in front of an array whose length was told before. How many elements follow: `told`, or
 * 0 with `why` if the two differ or there are more than `cap`. */
size_t ndr_array(struct ndr *n, uint32_t told, size_t cap);

/* For readers of one interface: something is wrong that this file cannot see. */
void ndr_wrong(struct ndr *n, const char *why);

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

static inline struct ndr_unicode ndr_unicode_of(struct bytes units)
{
	return (struct ndr_unicode){true, (uint16_t)units.len, (uint16_t)units.len, units};
}

#endif
