/*
 * presence - when an address was heard: in which minutes it spoke, and in which of these it
 * attacked.
 *
 * The proof of cure and the estimate of how many are infected rest on it: a machine that is off
 * says nothing, and being unheard is evidence only in minutes in which it was alive. One row for an
 * address and an hour; rows of the same address and hour join by OR, so that they can arrive in
 * any order and any number of times.
 */
#ifndef MODEL_PRESENCE_H
#define MODEL_PRESENCE_H

#include "base/addr.h"

enum { PRESENCE_MINUTES = 60 };

struct presence {
	struct addr addr;
	uint32_t hour;    /* hours since 1970 UTC */
	uint64_t alive;   /* bit m: it sent something in minute m of that hour */
	uint64_t hostile; /* bit m: it did in that minute what makes a machine infected or suspected
			   */
};

/* By address and hour. */
static inline int presence_cmp(const struct presence *a, const struct presence *b)
{
	const int c = addr_cmp(&a->addr, &b->addr);

	return c != 0 ? c : (a->hour > b->hour) - (a->hour < b->hour);
}

/* What both say; of the same address and hour. */
static inline void presence_join(struct presence *to, const struct presence *from)
{
	to->alive |= from->alive;
	to->hostile |= from->hostile;
}

#endif
