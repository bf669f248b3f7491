/*
 * filter - Wireshark's display filter language over the events of one frame.
 *
 * `quell watch -Y EXPRESSION` prints the source of every frame that matches. The fields are those
 * that quell decodes, under Wireshark's own names (filter/fields.c is the table); a field stands
 * for all its values in the frame, and a comparison holds if it holds for any of them, as in
 * Wireshark 4.0. wireshark-filter(4) is the language.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include "base/rc.h"
#include "event/event.h"

struct filter;

/* RC_INVAL: `err` says what is wrong, where, and the nearest field if one is unknown. */
MUST_CHECK enum rc filter_compile(const char *text, struct filter **ret_filter, char *err,
				  size_t err_len);
void filter_free(struct filter *f); /* NULL is fine */

/* EV_BIT()s of the events that the expression reads. */
unsigned filter_wants(const struct filter *f);

/* `events` are all events of one frame. */
bool filter_match(const struct filter *f, const struct event *const *events, size_t n);

/* One field, walked for `quell watch --fields`. */
struct filter_field_info {
	const char *name, *type, *help;
};

/* Entry i, or NULL past the last. In the order of names. */
const struct filter_field_info *filter_field_at(size_t i);

#endif
