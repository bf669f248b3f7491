/*
 * Entries lie densely in order of arrival; an open-addressed index finds them. A slot knows the
 * hash of its key as well: entries lie all over memory, and only the right one is worth fetching.
 */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { START = 16 };

struct slot {
	uint32_t hash;
	uint32_t at; /* 0: free, else entry + 1 */
};

struct map {
	size_t max, key_size, value_at, stride;
	size_t len, room; /* entries there are, entries that fit */
	size_t mask;      /* slots of the index, less one: at least twice `room` */
	struct slot *index;
	unsigned char *block; /* room * stride */
	uint64_t seed;
};

static size_t round_up(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

static unsigned char *entry(const struct map *m, size_t i)
{
	return m->block + i * m->stride;
}

static uint32_t hash_of(const struct map *m, const void *key)
{
	return (uint32_t)hash_bytes(key, m->key_size, m->seed);
}

/* memcmp() by itself is a call for each, and most keys are two or three words long. */
static bool is_same(const unsigned char *a, const unsigned char *b, size_t len)
{
	uint64_t x, y;

	for (; len >= sizeof(x); a += sizeof(x), b += sizeof(x), len -= sizeof(x)) {
		memcpy(&x, a, sizeof(x));
		memcpy(&y, b, sizeof(y));
		if (x != y)
			return false;
	}
	return len == 0 || memcmp(a, b, len) == 0;
}

/* The slot that holds `key`, or the free one where it would go. */
static size_t find(const struct map *m, const void *key, uint32_t hash)
{
	size_t at = hash & m->mask;

	for (;; at = (at + 1) & m->mask) {
		const struct slot *s = &m->index[at];

		if (s->at == 0 ||
		    (s->hash == hash && is_same(entry(m, s->at - 1), key, m->key_size)))
			return at;
	}
}

/* False: no memory; the map is as it was. */
static bool resize(struct map *m, size_t room)
{
	size_t slots = 2;

	while (slots < 2 * room)
		slots *= 2;

	struct slot *index = calloc(slots, sizeof(*index));
	unsigned char *block = realloc(m->block, room * m->stride);

	if (block != NULL)
		m->block = block;
	if (index == NULL || block == NULL) {
		free(index);
		return false;
	}
	for (size_t i = 0; m->index != NULL && i <= m->mask; i++) {
		size_t to = m->index[i].hash & (slots - 1);

		if (m->index[i].at == 0)
			continue;
		while (index[to].at != 0)
			to = (to + 1) & (slots - 1);
		index[to] = m->index[i];
	}
	free(m->index);
	m->index = index;
	m->mask = slots - 1;
	m->room = room;
	return true;
}

enum rc map_new(size_t max, size_t key_size, size_t value_size, uint64_t seed, struct map **ret_map)
{
	if (max == 0 || max >= UINT32_MAX / 4 || key_size == 0 || value_size == 0)
		return RC_INVAL;

	struct map *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return RC_NOMEM;
	m->max = max;
	m->key_size = key_size;
	m->value_at = round_up(key_size);
	m->stride = m->value_at + round_up(value_size);
	m->seed = seed;
	if (!resize(m, max < START ? max : START)) {
		map_free(m);
		return RC_NOMEM;
	}
	*ret_map = m;
	return RC_OK;
}

void map_free(struct map *m)
{
	if (m == NULL)
		return;
	free(m->index);
	free(m->block);
	free(m);
}

size_t map_len(const struct map *m)
{
	return m->len;
}

size_t map_bytes(const struct map *m)
{
	return sizeof(*m) + m->room * m->stride + (m->mask + 1) * sizeof(*m->index);
}

void *map_get(const struct map *m, const void *key)
{
	uint32_t at = m->index[find(m, key, hash_of(m, key))].at;

	return at == 0 ? NULL : entry(m, at - 1) + m->value_at;
}

void *map_put(struct map *m, const void *key, bool *ret_is_new)
{
	uint32_t hash = hash_of(m, key);
	size_t slot = find(m, key, hash);

	*ret_is_new = m->index[slot].at == 0;
	if (!*ret_is_new)
		return entry(m, m->index[slot].at - 1) + m->value_at;
	if (m->len == m->max)
		return NULL;
	if (m->len == m->room) {
		size_t room = m->room < m->max / 2 ? m->room * 2 : m->max;

		if (!resize(m, room))
			return NULL;
		slot = find(m, key, hash);
	}

	unsigned char *e = entry(m, m->len);

	memset(e, 0, m->stride);
	memcpy(e, key, m->key_size);
	m->index[slot] = (struct slot){hash, (uint32_t)++m->len};
	return e + m->value_at;
}

/* Closes the gap that freeing `hole` leaves in the runs of occupied slots behind it. */
static void index_close(struct map *m, size_t hole)
{
	for (size_t next = (hole + 1) & m->mask; m->index[next].at != 0;
	     next = (next + 1) & m->mask) {
		size_t wants = m->index[next].hash & m->mask;

		/* May it move to the hole? Only if its home is not between the hole and itself. */
		if (((next - wants) & m->mask) >= ((next - hole) & m->mask)) {
			m->index[hole] = m->index[next];
			hole = next;
		}
	}
	m->index[hole].at = 0;
}

bool map_del(struct map *m, const void *key)
{
	size_t slot = find(m, key, hash_of(m, key));
	uint32_t at = m->index[slot].at;

	if (at == 0)
		return false;
	index_close(m, slot);
	if (at != m->len) {
		const unsigned char *moved = entry(m, m->len - 1);
		size_t last = find(m, moved, hash_of(m, moved));

		memcpy(entry(m, at - 1), moved, m->stride);
		m->index[last].at = at;
	}
	m->len--;
	return true;
}

void *map_at(const struct map *m, size_t i, const void **ret_key)
{
	if (ret_key != NULL)
		*ret_key = entry(m, i);
	return entry(m, i) + m->value_at;
}

void map_clear(struct map *m)
{
	memset(m->index, 0, (m->mask + 1) * sizeof(*m->index));
	m->len = 0;
}
