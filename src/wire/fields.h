/*
 * fields - one description of a layout that both reads and writes it.
 *
 * A codec lists the fields of a PDU once, in wire order, over a struct fields that holds either a
 * reader or a writer; so what we write is what we read. Reading past the end yields zeros, as in
 * base/bytes.h. Private to wire/.
 */
#ifndef WIRE_FIELDS_H
#define WIRE_FIELDS_H

#include <assert.h>

#include "base/bytes.h"
#include "base/uuid.h"

struct fields { /* exactly one is set */
	struct reader *r;
	struct writer *w;
	bool is_be; /* byte order of the numbers; zeroed: little-endian */
};

static inline bool fld_reads(const struct fields *f)
{
	assert((f->r == NULL) != (f->w == NULL));
	return f->w == NULL;
}

static inline uint64_t fld_number(struct fields *f, unsigned width, uint64_t v)
{
	if (fld_reads(f))
		return f->is_be ? rd_be(f->r, width) : rd_le(f->r, width);
	if (f->is_be)
		wr_be(f->w, width, v);
	else
		wr_le(f->w, width, v);
	return v;
}

static inline void fld_u8(struct fields *f, uint8_t *v)
{
	*v = (uint8_t)fld_number(f, 1, *v);
}

static inline void fld_u16(struct fields *f, uint16_t *v)
{
	*v = (uint16_t)fld_number(f, 2, *v);
}

static inline void fld_u32(struct fields *f, uint32_t *v)
{
	*v = (uint32_t)fld_number(f, 4, *v);
}

static inline void fld_u64(struct fields *f, uint64_t *v)
{
	*v = fld_number(f, 8, *v);
}

/* A number that we need not know, and that we write as `v`. */
static inline void fld_const(struct fields *f, unsigned width, uint64_t v)
{
	(void)fld_number(f, width, v);
}

static inline void fld_zeros(struct fields *f, size_t n)
{
	if (fld_reads(f))
		rd_skip(f->r, n);
	else
		wr_zeros(f->w, n);
}

static inline void fld_raw(struct fields *f, uint8_t *at, size_t n)
{
	if (fld_reads(f)) {
		struct bytes got = rd_take(f->r, n);

		memset(at, 0, n);
		if (got.len == n && n > 0)
			memcpy(at, got.at, n);
	} else {
		wr_bytes(f->w, (struct bytes){at, n});
	}
}

static inline void fld_uuid(struct fields *f, struct uuid *u)
{
	fld_u32(f, &u->a);
	fld_u16(f, &u->b);
	fld_u16(f, &u->c);
	fld_raw(f, u->d, sizeof(u->d));
}

#endif
