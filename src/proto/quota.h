/*
 * quota - what one stream's parsers may hold.
 *
 * A peer decides how many pipes it opens and how long its calls are, so everything that is kept
 * because of what a peer sent is taken from here. Who hits the limit says so once through
 * out->blind(), and goes on with less.
 */
#ifndef PROTO_QUOTA_H
#define PROTO_QUOTA_H

#include <stdlib.h>

#include "proto/proto.h"

/* Two whole calls of 64 KiB and a few binds at a time; a server's clients have one stream each. */
enum { QUOTA_MAX = 256 * 1024 };

struct quota {
	size_t used;
	bool was_told;
};

static inline void quota_hit(struct quota *q, enum dir dir, const struct proto_out *out)
{
	if (!q->was_told)
		out->blind(out->ctx, dir, "stream-limit");
	q->was_told = true;
}

/* As realloc(), from `had` bytes to `n` > `had`; the new ones are zero. NULL: no; `old` stays. */
static inline void *quota_grow(struct quota *q, void *old, size_t had, size_t n)
{
	if (n - had > QUOTA_MAX - q->used)
		return NULL;
	uint8_t *at = realloc(old, n);

	if (at == NULL)
		return NULL;
	memset(at + had, 0, n - had);
	q->used += n - had;
	return at;
}

static inline void quota_free(struct quota *q, void *at, size_t n)
{
	if (at == NULL)
		return;
	q->used -= n;
	free(at);
}

#endif
