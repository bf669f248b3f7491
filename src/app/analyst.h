/*
 * analyst - events to findings and facts, in the order of the frames.
 *
 * One for the whole run. It puts the workers' lists of a batch together, so what it tells does
 * not depend on how many workers there were, lets the detectors and the observer of identities see
 * each event, remembers who was heard, and matches -Y. It speaks through the channel.
 */
#ifndef APP_ANALYST_H
#define APP_ANALYST_H

#include "app/channel.h"
#include "app/front.h"
#include "app/own.h"
#include "app/watch.h"
#include "model/outbreak.h"

struct analyst;

struct analyst_options {
	const struct watch_options *watch;
	struct channel_out *channel;
	uint64_t seed;
	const struct own *own; /* of the interface; NULL: files */
	bool is_live;          /* findings are told as they happen */
};

MUST_CHECK enum rc analyst_new(const struct analyst_options *opt, struct analyst **ret_analyst);
void analyst_free(struct analyst *a); /* NULL is fine */

/* EV_BIT()s that somebody reads. */
unsigned analyst_wants(const struct analyst *a);

/* The lists of `workers` workers. `is_last`: those of worker_finish(). */
void analyst_batch(struct analyst *a, const struct batch *b, unsigned workers, bool is_last);

/* Tells all findings, sightings and facts, and adds what it knows to the coverage. */
void analyst_finish(struct analyst *a, struct coverage *c);

#endif
