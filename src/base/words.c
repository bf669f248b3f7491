#include "base/words.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"

struct words {
	struct map *numbers; /* struct word_key -> uint32_t */
	struct arena *arena;
	const char **texts; /* by number - 1 */
	size_t room;
	uint64_t seed;
};

struct word_key { /* texts with the same hash are told apart by `nth` */
	uint64_t hash, nth;
};

enum { ROOM_AT_FIRST = 256, OVERHEAD = 32 /* of the arena, for each text */ };

enum rc words_new(size_t max, size_t max_bytes, uint64_t seed, struct words **ret_w)
{
	struct words *w = calloc(1, sizeof(*w));
	enum rc rc = w == NULL ? RC_NOMEM : RC_OK;

	if (max >= WORDS_NONE)
		max = WORDS_NONE - 1;
	if (rc == RC_OK)
		rc = map_new(max > 0 ? max : 1, sizeof(struct word_key), sizeof(uint32_t), seed,
			     &w->numbers);
	if (rc == RC_OK)
		rc = arena_new(max_bytes + max * OVERHEAD, &w->arena);
	if (rc != RC_OK) {
		words_free(w);
		return rc;
	}
	w->seed = seed;
	*ret_w = w;
	return RC_OK;
}

void words_free(struct words *w)
{
	if (w == NULL)
		return;
	map_free(w->numbers);
	arena_free(w->arena);
	free(w->texts);
	free(w);
}

static bool has_room(struct words *w, size_t n)
{
	size_t room = w->room > 0 ? 2 * w->room : ROOM_AT_FIRST;
	const char **texts;

	if (n < w->room)
		return true;
	texts = realloc(w->texts, room * sizeof(*texts));
	if (texts == NULL)
		return false;
	w->texts = texts;
	w->room = room;
	return true;
}

static uint32_t keep(struct words *w, const struct word_key *key, struct bytes text)
{
	size_t n = map_len(w->numbers);
	bool is_new = false;
	uint32_t *number;
	char *copy;

	if (!has_room(w, n))
		return WORDS_NONE;
	copy = arena_alloc(w->arena, text.len + 1);
	if (copy == NULL)
		return WORDS_NONE;
	number = map_put(w->numbers, key, &is_new);
	if (number == NULL)
		return WORDS_NONE;
	memcpy(copy, text.at, text.len);
	w->texts[n] = copy;
	*number = (uint32_t)n + 1;
	return *number;
}

/* Where it is, or NULL and the key under which it would be. */
static const uint32_t *find(const struct words *w, struct bytes text, struct word_key *ret_key)
{
	ret_key->hash = hash_bytes(text.at, text.len, w->seed);
	for (ret_key->nth = 0;; ret_key->nth++) {
		const uint32_t *number = map_get(w->numbers, ret_key);
		const char *have = number != NULL ? w->texts[*number - 1] : NULL;

		if (have == NULL ||
		    (strncmp(have, (const char *)text.at, text.len) == 0 && have[text.len] == '\0'))
			return number;
	}
}

uint32_t words_find(const struct words *w, struct bytes text)
{
	struct word_key key;
	const uint32_t *number;

	if (text.len == 0)
		return 0;
	if (memchr(text.at, 0, text.len) != NULL)
		return WORDS_NONE;
	number = find(w, text, &key);
	return number != NULL ? *number : WORDS_NONE;
}

uint32_t words_put(struct words *w, struct bytes text)
{
	struct word_key key;
	const uint32_t *number;

	if (text.len == 0)
		return 0;
	if (memchr(text.at, 0, text.len) != NULL)
		return WORDS_NONE;
	number = find(w, text, &key);
	return number != NULL ? *number : keep(w, &key, text);
}

const char *words_text(const struct words *w, uint32_t number)
{
	return number == 0 ? "" : w->texts[number - 1];
}
