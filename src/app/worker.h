/*
 * worker - packets to events: the shards of one thread, their streams and parsers.
 *
 * Worker `id` of `of` owns the shards whose number leaves the remainder `id`. Everything it holds
 * belongs to one flow or one shard, so the events of a shard do not depend on who owns it.
 */
#ifndef APP_WORKER_H
#define APP_WORKER_H

#include "app/front.h"
#include "settings/settings.h"

struct worker;

struct worker_options {
	unsigned id, of;
	unsigned wants; /* EV_BIT()s of what the analyst reads */
	const struct settings_limits *limits;
	uint64_t seed;
	bool by_minute; /* as in identity_new() */
};

MUST_CHECK enum rc worker_new(const struct worker_options *opt, struct worker **ret_worker);
void worker_free(struct worker *w); /* NULL is fine */

/* Leaves the events of its shards in b->out[id], in the order of event_cmp(). */
void worker_batch(struct worker *w, struct batch *b);

/* The capture is over: closes all streams; events as above, after frame `seq`. */
void worker_finish(struct worker *w, struct batch *b);

void worker_coverage(const struct worker *w, struct coverage *c);

#endif
