/*
 * words - texts that are kept once, each with a number.
 *
 * Bounded in how many there are and in their bytes together. Numbers begin at 1 and are given in
 * the order in which texts came; 0 is the empty text. Texts live as long as the words.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include "base/bytes.h"
#include "base/rc.h"

struct words;

#define WORDS_NONE UINT32_MAX

/* RC_NOMEM. `max_bytes` is for texts and their NULs. */
MUST_CHECK enum rc words_new(size_t max, size_t max_bytes, uint64_t seed, struct words **ret_w);
void words_free(struct words *w); /* NULL is fine */

/* The number of `text`, which is kept if it is new. WORDS_NONE: no room, or a NUL in it. */
uint32_t words_put(struct words *w, struct bytes text);

/* The same, but keeps nothing. WORDS_NONE: it is not there. */
uint32_t words_find(const struct words *w, struct bytes text);

/* "" for 0. */
const char *words_text(const struct words *w, uint32_t number);

#endif
