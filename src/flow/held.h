/*
 * held - segments that came too early: what waits behind a hole.
 *
 * Overlaps are resolved as Windows before Vista does, which is what BSD's tcp_reass() does: the
 * new segment loses what a segment that starts at or before it already holds, and wins over
 * those that start after it. doc/flows.md has the cases.
 */
#ifndef FLOW_HELD_H
#define FLOW_HELD_H

#include "base/bytes.h"

enum { HELD_PIECES = 128 }; /* in one direction of one flow */

struct piece {
	struct piece *next;
	uint32_t seq, len;
	uint32_t missing; /* bytes after it that the capture cut off */
	uint32_t from;    /* its front that another segment took over */
	uint8_t bytes[];
};

struct held { /* zeroed to start with */
	struct piece *first, *last;
	uint32_t pieces;
	uint32_t bytes;     /* with the pieces' own size: what it costs */
	uint64_t differing; /* overlaps whose bytes were not the same */
};

static inline struct bytes piece_bytes(const struct piece *p)
{
	return (struct bytes){p->bytes + p->from, p->len};
}

/* What holding `len` more bytes costs at most. */
static inline size_t held_cost(size_t len)
{
	return sizeof(struct piece) + len;
}

/* Takes a copy. False: no memory. */
bool held_add(struct held *h, uint32_t seq, struct bytes in, uint32_t missing);

/* Bytes from `seq` on came in order: they win over what is held there, which is cut or dropped. */
void held_overlay(struct held *h, uint32_t seq, struct bytes in);

/* The first piece, the caller's to free(). */
struct piece *held_take(struct held *h);

void held_done(struct held *h);

#endif
