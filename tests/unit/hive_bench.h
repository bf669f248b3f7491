/*
 * Hives made by hand, cell by cell, for the shapes that libhivex does not write: lists of every
 * kind, big data, and damage. Written from the format's description, not with src/disk.
 */
#ifndef HIVE_BENCH_H
#define HIVE_BENCH_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { HIVE_BINS = 4096, BENCH_MAX = 4 << 20 };

struct bench {
	uint8_t *at;
	size_t len;
};

static inline void bench_put(uint8_t *at, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

/* A cell with room for `len` bytes, zeroed; its offset. */
static inline uint32_t bench_cell(struct bench *b, size_t len)
{
	size_t whole = (len + 4 + 7) & ~(size_t)7, at = b->len;

	if (b->len + whole > BENCH_MAX)
		abort();
	bench_put(b->at + at, 4, (uint64_t)(-(int64_t)whole));
	b->len += whole;
	return (uint32_t)(at - HIVE_BINS);
}

static inline uint8_t *bench_of(struct bench *b, uint32_t cell)
{
	return b->at + HIVE_BINS + cell + 4;
}

/* `data` 4 bytes at most: in the value itself. `name` Latin-1. */
static inline uint32_t bench_value(struct bench *b, const char *name, uint32_t type,
				   struct bytes data)
{
	size_t n = strlen(name);
	uint32_t at = bench_cell(b, 20 + n), where = 0;
	bool is_here = data.len <= 4;

	if (!is_here) {
		where = bench_cell(b, data.len);
		memcpy(bench_of(b, where), data.at, data.len);
	}
	memcpy(bench_of(b, at), "vk", 2);
	bench_put(bench_of(b, at) + 2, 2, n);
	bench_put(bench_of(b, at) + 4, 4, data.len | (is_here ? 0x80000000U : 0));
	bench_put(bench_of(b, at) + 8, 4, where);
	if (is_here && data.len > 0)
		memcpy(bench_of(b, at) + 8, data.at, data.len);
	bench_put(bench_of(b, at) + 12, 4, type);
	bench_put(bench_of(b, at) + 16, 2, 1);
	memcpy(bench_of(b, at) + 20, name, n);
	return at;
}

/* Big data: segments of 16344 bytes, a list of them, and "db". */
static inline uint32_t bench_big_value(struct bench *b, const char *name, uint32_t type,
				       struct bytes data)
{
	enum { SEGMENT = 16344 };
	size_t n = (data.len + SEGMENT - 1) / SEGMENT;
	uint32_t at = bench_value(b, name, type, (struct bytes){NULL, 0}), db = bench_cell(b, 12),
		 list = bench_cell(b, n * 4);

	for (size_t i = 0; i < n; i++) {
		struct bytes part = bytes_slice(data, i * SEGMENT, SEGMENT);
		uint32_t cell = bench_cell(b, SEGMENT);

		memcpy(bench_of(b, cell), part.at, part.len);
		bench_put(bench_of(b, list) + i * 4, 4, cell);
	}
	memcpy(bench_of(b, db), "db", 2);
	bench_put(bench_of(b, db) + 2, 2, n);
	bench_put(bench_of(b, db) + 4, 4, list);
	bench_put(bench_of(b, at) + 4, 4, data.len);
	bench_put(bench_of(b, at) + 8, 4, db);
	return at;
}

/* A list of cells: "li", "lf" or "lh" of keys, "ri" of lists, NULL of values. */
static inline uint32_t bench_list(struct bench *b, const char *mark, const uint32_t *cells,
				  size_t n)
{
	size_t head = mark != NULL ? 4 : 0,
	       width = mark != NULL && mark[0] == 'l' && mark[1] != 'i' ? 8 : 4;
	uint32_t at = bench_cell(b, head + n * width);

	if (mark != NULL) {
		memcpy(bench_of(b, at), mark, 2);
		bench_put(bench_of(b, at) + 2, 2, n);
	}
	for (size_t i = 0; i < n; i++)
		bench_put(bench_of(b, at) + head + i * width, 4, cells[i]);
	return at;
}

/* A key without anything below; `name` Latin-1, or `wide` UTF-16. */
static inline uint32_t bench_key(struct bench *b, struct bytes name, bool is_wide)
{
	uint32_t at = bench_cell(b, 76 + name.len);
	uint8_t *to = bench_of(b, at);

	memcpy(to, "nk", 2);
	bench_put(to + 2, 2, is_wide ? 0 : 0x20);
	bench_put(to + 16, 4, 0x20); /* its parent: the root, as libhivex wants to know */
	bench_put(to + 28, 4, 0xffffffff);
	bench_put(to + 32, 4, 0xffffffff);
	bench_put(to + 40, 4, 0xffffffff);
	bench_put(to + 44, 4, 0xffffffff);
	bench_put(to + 48, 4, 0xffffffff);
	bench_put(to + 72, 2, name.len);
	if (name.len > 0)
		memcpy(to + 76, name.at, name.len);
	return at;
}

static inline void bench_subkeys(struct bench *b, uint32_t key, uint32_t list, size_t n)
{
	bench_put(bench_of(b, key) + 20, 4, n);
	bench_put(bench_of(b, key) + 28, 4, list);
}

static inline void bench_values(struct bench *b, uint32_t key, uint32_t list, size_t n)
{
	bench_put(bench_of(b, key) + 36, 4, n);
	bench_put(bench_of(b, key) + 40, 4, list);
}

/* The file's head and its root, which is the first cell: its offset. */
static inline uint32_t bench_begin(struct bench *b, const char *name)
{
	b->at = calloc(1, BENCH_MAX);
	if (b->at == NULL)
		abort();
	memcpy(b->at, "regf", 4);
	bench_put(b->at + 12, 8, 0x1c94b6c18b78000); /* 2008-11-21T00:00:00Z */
	bench_put(b->at + 20, 4, 1);
	bench_put(b->at + 24, 4, 5);
	bench_put(b->at + 32, 4, 1);
	bench_put(b->at + 36, 4, 0x20);
	for (size_t i = 0; name[i] != '\0'; i++)
		b->at[48 + i * 2] = (uint8_t)name[i];
	memcpy(b->at + HIVE_BINS, "hbin", 4);
	b->len = HIVE_BINS + 0x20;
	return bench_key(b, BYTES("ROOT"), false);
}

/* Fills the last page, and says how long it all is. */
static inline struct bytes bench_end(struct bench *b)
{
	size_t whole = (b->len + 4095) & ~(size_t)4095;
	uint32_t sum = 0;

	if (whole > b->len)
		bench_put(b->at + b->len, 4, whole - b->len); /* free */
	bench_put(b->at + 40, 4, whole - HIVE_BINS);
	bench_put(b->at + HIVE_BINS + 8, 4, whole - HIVE_BINS);
	for (size_t i = 0; i < 508; i += 4) {
		struct reader r = {.rest = {b->at + i, 4}};

		sum ^= rd_le32(&r);
	}
	bench_put(b->at + 508, 4, sum);
	return (struct bytes){b->at, whole};
}

#endif
