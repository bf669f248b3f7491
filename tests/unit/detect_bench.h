/* detect_bench - one detector alone, fed by hand; keeps what it says. Include after cmocka. */
#ifndef TESTS_DETECT_BENCH_H
#define TESTS_DETECT_BENCH_H

#include <stdlib.h>

#include "base/monotime.h"
#include "detect/detectors.h"

enum { BENCH_KEEP = 64, BENCH_KNOBS = 32 };

struct bench {
	const struct detector *d;
	void *state;
	struct policy policy;
	long knobs[BENCH_KNOBS];
	struct finding found[BENCH_KEEP]; /* the first ones */
	struct finding last;
	unsigned n_found, n_lossy, n_again;
	uint64_t again_ns; /* of the last one */
	uint64_t seq;
};

static inline void bench_on_found(void *ctx, const struct finding *f)
{
	struct bench *b = ctx;

	if (f->count > 0) { /* an answer to an earlier finding has no reason of its own */
		assert_in_range(f->confidence, 1, 100);
		assert_true(f->first_ns <= f->last_ns);
		assert_true(f->why[0] != '\0');
		assert_true(f->n_packets > 0);
	}
	if (b->n_found < BENCH_KEEP)
		b->found[b->n_found] = *f;
	b->last = *f;
	b->n_found++;
}

static inline void bench_on_lossy(void *ctx, const char *what)
{
	struct bench *b = ctx;

	assert_non_null(what);
	b->n_lossy++;
}

static inline void bench_on_again(void *ctx, const char *threat, const struct addr *source,
				  uint64_t at_ns)
{
	struct bench *b = ctx;

	assert_string_equal(threat, b->d->id);
	assert_false(addr_is_zero(source));
	b->n_again++;
	b->again_ns = at_ns;
}

static inline void bench_start(struct bench *b)
{
	struct detector_setup setup = {b->knobs, &b->policy, 0};

	b->state = calloc(1, b->d->state_size);
	assert_non_null(b->state);
	assert_int_equal(b->d->init(b->state, &setup), RC_OK);
}

static inline struct bench *bench_new(const struct detector *d)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->d = d;
	for (unsigned i = 0; d->knobs[i].name != NULL; i++)
		b->knobs[i] = d->knobs[i].fallback;
	bench_start(b);
	return b;
}

/* Anew, with one knob set otherwise. */
static inline void bench_set(struct bench *b, const char *knob, long value)
{
	unsigned i = 0;

	while (strcmp(b->d->knobs[i].name, knob) != 0)
		i++; /* reads past the end, and is told so, if there is no such knob */
	b->knobs[i] = value;
	b->d->fini(b->state);
	free(b->state);
	bench_start(b);
}

static inline void bench_free(struct bench *b)
{
	b->d->fini(b->state);
	free(b->state);
	free(b);
}

static inline void bench_event(struct bench *b, struct event *ev)
{
	struct finding_out out = {bench_on_found, bench_on_lossy, b, bench_on_again};

	ev->seq = ++b->seq;
	assert_true(b->d->wants & EV_BIT(ev->kind));
	b->d->observe(b->state, ev, &out);
}

static inline void bench_finish(struct bench *b)
{
	struct finding_out out = {bench_on_found, bench_on_lossy, b, bench_on_again};

	if (b->d->finish != NULL)
		b->d->finish(b->state, &out);
}

/* As a value, so that a test can look at one in one line; a NULL key: not there. */
static inline struct detail bench_detail(const struct finding *f, const char *key)
{
	struct detail d;

	return finding_detail_get(f, key, &d) ? d : (struct detail){.text = ""};
}

#endif
