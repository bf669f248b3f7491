/*
 * engine - runs the detectors over the events and keeps their findings.
 *
 * Sightings of one (threat, class, source, target) become one finding with a count, the first
 * packets and the first reason. Bounded: `max_findings` in all and `max_targets` per source and
 * threat, past which sightings are joined into one finding without a target, and counted.
 */
#ifndef DETECT_ENGINE_H
#define DETECT_ENGINE_H

#include "detect/detect.h"
#include "model/coverage.h"

struct engine;

struct engine_options {
	size_t max_findings, max_targets;
	const struct policy *policy;
	/* Value of a knob from the settings, already in range; NULL: all at their fallback. */
	long (*knob)(void *ctx, const struct detector *d, unsigned index);
	void *knob_ctx;
	/* Told when a finding is new, and again when it has grown tenfold: for live output. May be
	 * NULL. */
	void (*news)(void *ctx, const struct finding *f, bool is_new);
	void *news_ctx;
	/* Told of every sighting, before it is joined with others; and that the source of an
	 * earlier one goes on. Both with news_ctx; both may be NULL. */
	void (*sighted)(void *ctx, const struct finding *f);
	void (*again)(void *ctx, const char *threat, const struct addr *source, uint64_t at_ns);
	uint64_t seed;
};

MUST_CHECK enum rc engine_new(const struct engine_options *opt, struct engine **ret_engine);
void engine_free(struct engine *e); /* NULL is fine */

/* EV_BIT()s that any detector wants. */
unsigned engine_wants(const struct engine *e);

/* In the order of event_cmp(). */
void engine_event(struct engine *e, const struct event *ev);

/* Lets every detector tell what it was still counting. */
void engine_finish(struct engine *e);

/* All findings in finding_cmp() order; borrowed until the next event or call. */
const struct finding *const *engine_findings(struct engine *e, size_t *ret_n);

/* Adds the limits that detectors and the engine itself hit. */
void engine_coverage(const struct engine *e, struct coverage *c);

#endif
