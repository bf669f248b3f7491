#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Most arenas stay small, and a fresh chunk is zeroed. */
enum { FIRST = 4 * 1024, CHUNK = 64 * 1024 };

struct chunk {
	struct chunk *next;
	alignas(max_align_t) unsigned char at[];
};

struct arena {
	struct chunk *chunks;
	size_t used, room; /* of the newest chunk */
	size_t total, max;
};

enum rc arena_new(size_t max, struct arena **ret_arena)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return RC_NOMEM;
	a->max = max;
	*ret_arena = a;
	return RC_OK;
}

static void free_chunks(struct chunk *c)
{
	for (struct chunk *next = NULL; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_chunks(a->chunks);
	free(a);
}

void arena_reset(struct arena *a)
{
	if (a == NULL)
		return;
	a->total = 0;
	if (a->chunks == NULL)
		return;
	free_chunks(a->chunks->next);
	a->chunks->next = NULL;
	memset(a->chunks->at, 0, a->used); /* the rest still is */
	a->used = 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t unit = alignof(max_align_t);

	if (n > SIZE_MAX - unit - sizeof(struct chunk))
		return NULL;
	n = n == 0 ? unit : (n + unit - 1) / unit * unit;
	if (a->max != 0 && n > a->max - a->total)
		return NULL;
	if (n > a->room - a->used) {
		size_t least = a->chunks == NULL ? FIRST : CHUNK, room = n > least ? n : least;
		struct chunk *c = calloc(1, sizeof(*c) + room);

		if (c == NULL)
			return NULL;
		c->next = a->chunks;
		a->chunks = c;
		a->used = 0;
		a->room = room;
	}
	a->used += n;
	a->total += n;
	return a->chunks->at + a->used - n;
}

char *arena_strdup(struct arena *a, const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = arena_alloc(a, len);

	return copy == NULL ? NULL : memcpy(copy, text, len);
}
