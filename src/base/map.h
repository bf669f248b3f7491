/*
 * map - a bounded map from a fixed-size key to a fixed-size value.
 *
 * It starts small, doubles up to `max` entries and then says that it is full: nothing live is
 * ever pushed out silently, and the caller passes a refusal on as lost coverage. Entries can be
 * walked in the order in which they came, whatever the hash was; map_del() puts the last entry
 * into the hole, so deleting while walking means looking at the same index again.
 *
 * Keys are compared byte by byte: zero a struct with padding before filling it. Pointers to keys
 * and values hold until the next map_put() or map_del().
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

struct map;

/* RC_INVAL: a size or max is 0. RC_NOMEM. The caller frees ret_map. */
MUST_CHECK enum rc map_new(size_t max, size_t key_size, size_t value_size, uint64_t seed,
			   struct map **ret_map);

void map_free(struct map *m); /* NULL is fine */

size_t map_len(const struct map *m);

/* What it holds in memory now, in bytes. */
size_t map_bytes(const struct map *m);

/* The value of `key`, borrowed; NULL: not there. */
void *map_get(const struct map *m, const void *key);

/* The value of `key`, zeroed if it is new. NULL: full, or no memory to grow. */
void *map_put(struct map *m, const void *key, bool *ret_is_new);

/* True if it was there. */
bool map_del(struct map *m, const void *key);

/* Entry `i` of map_len(); ret_key may be NULL. */
void *map_at(const struct map *m, size_t i, const void **ret_key);

void map_clear(struct map *m);

#endif
