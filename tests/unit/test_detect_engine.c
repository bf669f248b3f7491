/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "detect/engine.h"

struct news {
	unsigned fresh, grown;
};

static void on_news(void *ctx, const struct finding *f, bool is_new)
{
	struct news *n = ctx;

	assert_true(f->count > 0);
	if (is_new)
		n->fresh++;
	else
		n->grown++;
}

static const struct policy policy;

static struct engine *engine(size_t findings, size_t targets, struct news *news)
{
	struct engine *e = NULL;
	struct engine_options opt = {.max_findings = findings,
				     .max_targets = targets,
				     .policy = &policy,
				     .news = on_news,
				     .news_ctx = news};

	assert_int_equal(engine_new(&opt, &e), RC_OK);
	return e;
}

static void attack(struct engine *e, uint64_t seq, uint32_t from, uint32_t to)
{
	static const uint8_t path[] = "\\\0a\0\\\0.\0.\0\\\0.\0.\0\\\0x\0";
	struct event ev = {
		.kind = EV_SRVSVC,
		.seq = seq,
		.at_ns = seq,
		.mono_ns = seq,
		.src = {addr_v4(from), 1025},
		.dst = {addr_v4(to), 445},
		.srvsvc = {.opnum = SRVSVC_CANONICALIZE, .path = {path, sizeof(path) - 1}}};

	engine_event(e, &ev);
}

static void options_that_keep_nothing_are_refused(void **state)
{
	struct engine *e = NULL;
	struct engine_options opt = {.max_findings = 0, .max_targets = 1, .policy = &policy};

	(void)state;
	assert_int_equal(engine_new(&opt, &e), RC_INVAL);
	engine_free(NULL);
}

static void sightings_of_one_key_become_one_finding(void **state)
{
	struct news news = {0};
	struct engine *e = engine(100, 100, &news);
	size_t n = 0;

	(void)state;
	assert_true(engine_wants(e) & EV_BIT(EV_SRVSVC));
	for (uint64_t seq = 1; seq <= 25; seq++)
		attack(e, seq, 1, 2);
	attack(e, 26, 1, 3);

	const struct finding *const *f = engine_findings(e, &n);

	assert_int_equal(n, 2);
	assert_int_equal(f[0]->count, 25);
	assert_int_equal(f[0]->n_packets, FINDING_PACKETS);
	assert_int_equal(f[0]->packets[0], 1);
	assert_int_equal(f[1]->count, 1);
	assert_int_equal(news.fresh, 2);
	assert_int_equal(news.grown, 1);
	engine_free(e);
}

static void targets_past_the_limit_are_joined_and_counted(void **state)
{
	struct news news = {0};
	struct engine *e = engine(100, 10, &news);
	struct coverage c = {0};
	size_t n = 0;
	uint64_t sum = 0;

	(void)state;
	for (uint32_t to = 1; to <= 50; to++)
		attack(e, to, 1000, to);

	const struct finding *const *f = engine_findings(e, &n);

	assert_int_equal(n, 11);
	assert_false(f[0]->has_target); /* the joined one sorts first */
	assert_int_equal(f[0]->count, 40);
	for (size_t i = 0; i < n; i++)
		sum += f[i]->count;
	assert_int_equal(sum, 50);
	engine_coverage(e, &c);
	assert_int_equal(c.n_limits, 1);
	assert_int_equal(c.limits[0].n, 40);
	engine_free(e);
}

static void findings_past_the_limit_are_dropped_and_counted(void **state)
{
	struct news news = {0};
	struct engine *e = engine(10, 10, &news);
	struct coverage c = {0};
	size_t n = 0;

	(void)state;
	for (uint32_t from = 1; from <= 50; from++)
		attack(e, from, from, 1000);
	(void)engine_findings(e, &n);
	assert_int_equal(n, 10);
	engine_coverage(e, &c);
	assert_true(c.n_limits >= 1);
	engine_free(e);
}

static void an_empty_engine_has_nothing_to_say(void **state)
{
	struct news news = {0};
	struct engine *e = engine(10, 10, &news);
	struct coverage c = {0};
	size_t n = 1;

	(void)state;
	engine_finish(e);
	(void)engine_findings(e, &n);
	assert_int_equal(n, 0);
	engine_coverage(e, &c);
	assert_int_equal(c.n_limits, 0);
	engine_free(e);
}

static void detectors_have_ids_and_knobs_in_range(void **state)
{
	(void)state;
	for (size_t i = 0; detector_registry[i] != NULL; i++) {
		const struct detector *d = detector_registry[i];

		assert_non_null(d->summary);
		assert_non_null(d->observe);
		if (i > 0)
			assert_true(strcmp(detector_registry[i - 1]->id, d->id) < 0);
		for (const struct knob *k = d->knobs; k != NULL && k->name != NULL; k++) {
			assert_non_null(k->help);
			assert_true(k->min <= k->fallback && k->fallback <= k->max);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_that_keep_nothing_are_refused),
		cmocka_unit_test(sightings_of_one_key_become_one_finding),
		cmocka_unit_test(targets_past_the_limit_are_joined_and_counted),
		cmocka_unit_test(findings_past_the_limit_are_dropped_and_counted),
		cmocka_unit_test(an_empty_engine_has_nothing_to_say),
		cmocka_unit_test(detectors_have_ids_and_knobs_in_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
