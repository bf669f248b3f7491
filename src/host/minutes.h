/*
 * minutes - in which minutes of the present hour an address was heard, and in which it attacked.
 *
 * One hour is kept of each address. It is handed on (`row`) when something is heard of another
 * hour, and when minutes_tell() asks; rows of the same hour may come more than once, and join by
 * OR. Mostly an address was heard in this very minute: that costs one comparison.
 */
#ifndef HOST_MINUTES_H
#define HOST_MINUTES_H

#include "base/monotime.h"
#include "model/presence.h"

struct minutes { /* zeroed: nothing was heard */
	struct presence now;
	/* Beginnings of the minutes that were noted last. */
	uint64_t alive_ns, hostile_ns;
	bool is_untold;
};

struct minutes_sink {
	void (*row)(void *ctx, const struct presence *p); /* copies what it keeps */
	void *ctx;
};

#define MINUTE_NS (60 * NS_PER_S)

void minutes_note(struct minutes *m, const struct addr *a, uint64_t at_ns, bool is_hostile,
		  const struct minutes_sink *to);
/* Hands on what was not. */
void minutes_tell(struct minutes *m, const struct minutes_sink *to);

/* It spoke. */
static inline void minutes_alive(struct minutes *m, const struct addr *a, uint64_t at_ns,
				 const struct minutes_sink *to)
{
	if (at_ns - m->alive_ns >= MINUTE_NS)
		minutes_note(m, a, at_ns, false, to);
}

/* And what it said makes a machine infected or suspected. */
static inline void minutes_hostile(struct minutes *m, const struct addr *a, uint64_t at_ns,
				   const struct minutes_sink *to)
{
	if (at_ns - m->hostile_ns >= MINUTE_NS)
		minutes_note(m, a, at_ns, true, to);
}

#endif
