/* arena - memory that is taken piece by piece and given back all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

struct arena;

/* `max` bytes in all; 0: no limit. */
MUST_CHECK enum rc arena_new(size_t max, struct arena **ret_arena);
void arena_free(struct arena *a); /* NULL is fine */
/* As new; keeps a little memory for what comes next. NULL is fine. */
void arena_reset(struct arena *a);

/* Zeroed and aligned for anything. NULL: the limit, or no memory. n may be 0. */
void *arena_alloc(struct arena *a, size_t n);
char *arena_strdup(struct arena *a, const char *text);

#endif
