/*
 * list - events on their way from a worker to the analyst, copied with the bytes they borrow.
 *
 * A worker fills a list, hands it over whole, the analyst walks it; it is never shared while it
 * is written. Bounded: past `max` bytes an event is refused, and the caller counts it as lost.
 */
#ifndef EVENT_LIST_H
#define EVENT_LIST_H

#include "base/rc.h"
#include "event/event.h"

struct event_list {
	uint8_t *at; /* owned */
	size_t len, cap, max;
};

void event_list_init(struct event_list *l, size_t max);
void event_list_done(struct event_list *l);
void event_list_clear(struct event_list *l); /* keeps its memory */

/* RC_NOMEM: full, or no memory. */
MUST_CHECK enum rc event_list_add(struct event_list *l, const struct event *ev);

/* The event at offset *at, which moves on to the next; NULL at the end. Borrowed until the list
 * changes. */
const struct event *event_list_next(const struct event_list *l, size_t *at);

#endif
