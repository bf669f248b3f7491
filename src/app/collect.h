/*
 * collect - what the parent has heard from the sensor, until it becomes an outbreak.
 *
 * The sensor may have been subverted by what it read: every message is checked, everything is
 * bounded, and a finding or fact with a key that is there already replaces it.
 */
#ifndef APP_COLLECT_H
#define APP_COLLECT_H

#include "app/channel.h"
#include "app/own.h"
#include "app/watch.h"
#include "model/exchange.h"

struct collection;

enum collected {
	COLLECTED_FINDING_NEW,
	COLLECTED_FINDING,
	COLLECTED_LINE, /* text for stdout */
	COLLECTED_STATUS,
	COLLECTED_OTHER,
	COLLECTED_DONE,
};

MUST_CHECK enum rc collection_new(const struct watch_options *watch, struct collection **ret_c);
void collection_free(struct collection *c); /* NULL is fine */

/* Takes one message. RC_FORMAT: the sensor talks nonsense; RC_NOMEM. */
MUST_CHECK enum rc collection_take(struct collection *c, enum channel_type type,
				   struct bytes message, enum collected *ret_what);

const struct exchange_status *collection_status(const struct collection *c);
/* Of the last *_NEW; borrowed until the next message. */
const struct finding *collection_newest(const struct collection *c);
const char *collection_error(const struct collection *c); /* why reading ended early, or "" */

/* All facts so far, tidy (model/fact.h): `origin` is the capture or interface that told it,
 * `packet` the frame's number in it. Borrowed until the collection takes another message. RC_NOMEM.
 */
MUST_CHECK enum rc collection_facts(struct collection *c, const struct fact **ret_facts,
				    size_t *ret_n);

/* Grows with each fact that is new or has grown: ask before collection_facts(), which sorts. */
uint64_t collection_facts_came(const struct collection *c);

/* Of the last collection_outbreak(): who is who. NULL: there was none. */
const struct machines *collection_machines(const struct collection *c);

/* Presence that came since this was last asked; the collection forgets it. In the arena, in the
 * order of presence_cmp(). If it cannot be stored, it goes back. */
MUST_CHECK enum rc collection_take_presence(struct collection *c, struct arena *arena,
					    struct presence **ret_list, size_t *ret_n);
void collection_put_presence(struct collection *c, const struct presence *list, size_t n);

struct collect_end {
	bool is_cut;           /* it ended before its time */
	uint64_t listened_ns;  /* by the parent's clock; counts if the sensor could not tell */
	const struct own *own; /* outlives the outbreak */
};

/* The answer as far as it is known. The outbreak borrows from the collection, until it takes
 * another message. */
MUST_CHECK enum rc collection_outbreak(struct collection *c, const struct collect_end *end,
				       struct outbreak **ret_outbreak);

#endif
