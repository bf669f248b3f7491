/*
 * bytes - borrowed runs of bytes, and the one way this program reads and writes wire formats.
 *
 * struct reader walks bytes that a stranger sent: a read past the end yields zeros and sets
 * `bad`, which sticks, so a decoder reads every field in wire order and asks once. There is no
 * unchecked read. struct writer is its mirror: writing past the end sets `bad` and writes
 * nothing more.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Never owns. Whoever hands one out says how long it stays valid. */
struct bytes {
	const uint8_t *at;
	size_t len;
};

/* The bytes of a string literal, without its NUL. */
#define BYTES(literal) ((struct bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

static inline bool bytes_eq(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* The part of `b` from `from` on, at most `len` long; empty where there is none. */
static inline struct bytes bytes_slice(struct bytes b, size_t from, size_t len)
{
	if (from >= b.len)
		return (struct bytes){NULL, 0};
	b.at += from;
	b.len -= from;
	if (len < b.len)
		b.len = len;
	return b;
}

struct reader {
	struct bytes rest;
	bool bad;
};

static inline struct bytes rd_take(struct reader *r, size_t n)
{
	struct bytes got = {NULL, 0};

	if (r->bad || n > r->rest.len) {
		r->bad = true;
	} else if (n > 0) { /* NULL + 0 is undefined in C17 */
		got = (struct bytes){r->rest.at, n};
		r->rest.at += n;
		r->rest.len -= n;
	}
	return got;
}

static inline void rd_skip(struct reader *r, size_t n)
{
	(void)rd_take(r, n);
}

/* As many of n bytes as there are. */
static inline struct bytes rd_take_upto(struct reader *r, size_t n)
{
	return rd_take(r, n < r->rest.len ? n : r->rest.len);
}

/* Copies n bytes out; zeros, if they are not all there. */
static inline void rd_copy(struct reader *r, uint8_t *to, size_t n)
{
	struct bytes b = rd_take(r, n);

	if (b.at != NULL)
		memcpy(to, b.at, n);
	else
		memset(to, 0, n);
}

/* A big-endian number of 1 to 8 bytes. */
static inline uint64_t rd_be(struct reader *r, unsigned width)
{
	struct bytes b = rd_take(r, width);
	uint64_t v = 0;

	for (size_t i = 0; i < b.len; i++)
		v = v << 8 | b.at[i];
	return v;
}

/* A little-endian number of 1 to 8 bytes. */
static inline uint64_t rd_le(struct reader *r, unsigned width)
{
	struct bytes b = rd_take(r, width);
	uint64_t v = 0;

	for (size_t i = b.len; i > 0; i--)
		v = v << 8 | b.at[i - 1];
	return v;
}

static inline uint8_t rd_u8(struct reader *r)
{
	struct bytes b = rd_take(r, 1);

	return b.len == 1 ? b.at[0] : 0;
}

/* The fixed widths are written out, so that a compiler makes one load of each. */
static inline uint16_t rd_be16(struct reader *r)
{
	struct bytes b = rd_take(r, 2);

	if (b.len != 2)
		return 0;
	return (uint16_t)(b.at[0] << 8 | b.at[1]);
}

static inline uint32_t rd_be32(struct reader *r)
{
	struct bytes b = rd_take(r, 4);

	if (b.len != 4)
		return 0;
	return (uint32_t)b.at[0] << 24 | (uint32_t)b.at[1] << 16 | (uint32_t)b.at[2] << 8 | b.at[3];
}

static inline uint16_t rd_le16(struct reader *r)
{
	struct bytes b = rd_take(r, 2);

	if (b.len != 2)
		return 0;
	return (uint16_t)(b.at[1] << 8 | b.at[0]);
}

static inline uint32_t rd_le32(struct reader *r)
{
	struct bytes b = rd_take(r, 4);

	if (b.len != 4)
		return 0;
	return (uint32_t)b.at[3] << 24 | (uint32_t)b.at[2] << 16 | (uint32_t)b.at[1] << 8 | b.at[0];
}

static inline uint64_t rd_le64(struct reader *r)
{
	return rd_le(r, 8);
}

struct writer {
	uint8_t *at; /* the caller's memory */
	size_t len;  /* written so far */
	size_t cap;
	bool bad; /* something did not fit; len is what did */
};

/* Room for n bytes, to be filled by the caller; NULL if there is none. */
static inline uint8_t *wr_room(struct writer *w, size_t n)
{
	if (w->bad || n > w->cap - w->len) {
		w->bad = true;
		return NULL;
	}
	w->len += n;
	return w->at + w->len - n;
}

static inline void wr_bytes(struct writer *w, struct bytes b)
{
	uint8_t *to = wr_room(w, b.len);

	if (to != NULL && b.len > 0)
		memcpy(to, b.at, b.len);
}

static inline void wr_zeros(struct writer *w, size_t n)
{
	uint8_t *to = wr_room(w, n);

	if (to != NULL && n > 0)
		memset(to, 0, n);
}

static inline void wr_be(struct writer *w, unsigned width, uint64_t v)
{
	uint8_t *to = wr_room(w, width);

	for (unsigned i = 0; to != NULL && i < width; i++)
		to[i] = (uint8_t)(v >> (8 * (width - 1 - i)));
}

static inline void wr_le(struct writer *w, unsigned width, uint64_t v)
{
	uint8_t *to = wr_room(w, width);

	for (unsigned i = 0; to != NULL && i < width; i++)
		to[i] = (uint8_t)(v >> (8 * i));
}

/* Overwrites `width` bytes at offset `at`, which must have been written: lengths known late. */
static inline void wr_patch_le(struct writer *w, size_t at, unsigned width, uint64_t v)
{
	for (unsigned i = 0; !w->bad && at + width <= w->len && i < width; i++)
		w->at[at + i] = (uint8_t)(v >> (8 * i));
}

static inline void wr_patch_be(struct writer *w, size_t at, unsigned width, uint64_t v)
{
	for (unsigned i = 0; !w->bad && at + width <= w->len && i < width; i++)
		w->at[at + i] = (uint8_t)(v >> (8 * (width - 1 - i)));
}

#endif
