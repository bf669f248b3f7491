/*
 * event_json - one event as one line of JSON, for --events and the tests that read it.
 *
 * Members are named as in event/event.h; what an event of its kind does not have is left out.
 * Keys are sorted. Not part of any contract with users.
 */
#ifndef APP_EVENT_JSON_H
#define APP_EVENT_JSON_H

#include "event/event.h"

/* `frame` is the number to show for the event's frame. NULL: no memory. The caller frees it. */
char *event_json(const struct event *ev, uint64_t frame);

#endif
