/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "epidemic/estimate.h"
#include "epidemic/random.h"

#define MINUTE_NS 60000000000u
#define START_NS  (1000000 * (uint64_t)MINUTE_NS)
enum { MOST = 3000 };

struct bench {
	struct heard_source sources[MOST];
	struct estimate_sensor sensors[ESTIMATE_SENSORS];
	struct estimate_input in;
	struct random random;
};

static struct bench *bench_new(unsigned sensors, double minutes)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	random_init(&b->random, 7, 7);
	b->in = (struct estimate_input){
		.sources = b->sources, .sensors = b->sensors, .n_sensors = sensors};
	for (unsigned i = 0; i < sensors; i++)
		b->sensors[i] = (struct estimate_sensor){
			.first_ns = START_NS,
			.last_ns = START_NS + (uint64_t)(minutes * (double)MINUTE_NS),
			.minutes = minutes};
	return b;
}

/* So many infected machines from the start on, each heard with that chance in each minute by each
 * sensor; the unheard are left out, as they are in life. */
static void listen(struct bench *b, unsigned machines, double chance)
{
	unsigned minutes = (unsigned)b->sensors[0].minutes;

	for (unsigned i = 0; i < machines; i++) {
		struct heard_source s = {0};

		for (unsigned m = 0; m < minutes; m++) {
			bool is_heard = false;

			for (size_t k = 0; k < b->in.n_sensors; k++) {
				if (random_unit(&b->random) >= chance)
					continue;
				s.by[k]++;
				is_heard = true;
			}
			if (is_heard && s.minutes == 0)
				s.first_ns = START_NS + (uint64_t)m * MINUTE_NS + MINUTE_NS / 2;
			if (is_heard)
				s.last_ns = START_NS + m * (uint64_t)MINUTE_NS + MINUTE_NS / 2;
			s.minutes += is_heard;
		}
		if (s.minutes > 0)
			b->sources[b->in.n_sources++] = s;
	}
}

static struct estimate estimate(const struct bench *b)
{
	struct estimate e = {0};

	assert_int_equal(estimate_total(&b->in, &e), RC_OK);
	assert_true(isfinite(e.total) && isfinite(e.low) && isfinite(e.high));
	assert_true(isfinite(e.share_found) && isfinite(e.minutes_to_95));
	assert_int_equal(e.found, b->in.n_sources);
	assert_true(e.low >= (double)e.found && e.low <= e.total && e.total <= e.high);
	assert_true(e.share_found >= 0 && e.share_found <= 1);
	assert_true(e.why[0] != '\0' && memchr(e.why, '\0', sizeof(e.why)) != NULL);
	return e;
}

static void the_interval_covers_what_is_hidden(void **state)
{
	static const struct {
		unsigned machines, sensors;
		double minutes, chance;
	} rows[] = {{200, 1, 15, 0.1},  {200, 1, 30, 0.03}, {1000, 1, 30, 0.05},
		    {60, 1, 60, 0.05},  {500, 5, 30, 0.01}, {500, 32, 30, 0.002},
		    {2000, 2, 15, 0.05}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = bench_new(rows[i].sensors, rows[i].minutes);
		struct estimate e;

		listen(b, rows[i].machines, rows[i].chance);
		e = estimate(b);
		print_message("           %u machines: %zu found, %.0f in %.0f..%.0f; %s\n",
			      rows[i].machines, e.found, e.total, e.low, e.high, e.why);
		assert_true(e.is_meaningful);
		assert_true(e.low <= rows[i].machines && rows[i].machines <= e.high);
		assert_true(e.high < rows[i].machines * 3.0);
		assert_true(e.found < rows[i].machines);
		assert_true(e.share_found < 0.95 ? e.minutes_to_95 > 0 : e.minutes_to_95 >= 0);
		free(b);
	}
}

static void when_all_are_heard_again_and_again_none_is_missing(void **state)
{
	struct bench *b = bench_new(1, 30);
	struct estimate e;

	(void)state;
	listen(b, 43, 0.9);
	e = estimate(b);
	assert_true(e.is_meaningful);
	assert_true(e.low == 43 && e.total <= 44 && e.high <= 47);
	assert_true(e.minutes_to_95 == 0);
	assert_non_null(strstr(e.why, "43 found in 30 minutes"));
	free(b);
}

static void too_few_data_give_no_number_but_a_reason(void **state)
{
	static const struct {
		unsigned machines;
		double chance, minutes;
		const char *why;
	} rows[] = {{0, 0.5, 30, "no machine"},
		    {3, 0.9, 30, "only 3 infected found"},
		    {400, 0.001, 30, "too few repeats"},
		    {50, 0.9, 1, "less than two minutes"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = bench_new(1, rows[i].minutes);
		struct estimate e;

		listen(b, rows[i].machines, rows[i].chance);
		e = estimate(b);
		assert_false(e.is_meaningful);
		if (strstr(e.why, rows[i].why) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", e.why, rows[i].why);
		assert_true(e.low == (double)e.found && e.high == (double)e.found);
		assert_true(e.minutes_to_95 < 0);
		free(b);
	}
}

/* One switch in five: its own machines all the time, the others seldom, and many not at all. */
static void a_view_that_hardly_hears_some_machines_says_so(void **state)
{
	struct bench *b = bench_new(1, 30);
	struct estimate e;

	(void)state;
	listen(b, 100, 0.8);
	listen(b, 400, 0.02);
	e = estimate(b);
	print_message("           %s\n", e.why);
	assert_false(e.is_meaningful);
	assert_non_null(strstr(e.why, "far less than others"));
	free(b);
}

/* A worm that rests for hours: each was heard for ten minutes in a row. */
static void bouts_and_rests_give_no_number_before_a_day(void **state)
{
	struct bench *b = bench_new(1, 120);
	struct estimate e;

	(void)state;
	for (unsigned i = 0; i < 60; i++)
		b->sources[i] =
			(struct heard_source){.first_ns = START_NS + i * (uint64_t)MINUTE_NS,
					      .last_ns = START_NS + (i + 9) * (uint64_t)MINUTE_NS,
					      .minutes = 10,
					      .by = {10}};
	b->in.n_sources = 60;
	e = estimate(b);
	assert_false(e.is_meaningful);
	assert_non_null(strstr(e.why, "fall silent"));
	free(b);
}

static void there_are_never_more_than_machines(void **state)
{
	struct bench *b = bench_new(1, 30);
	struct estimate e;

	(void)state;
	listen(b, 300, 0.02);
	e = estimate(b);
	assert_true(e.high > 290);
	b->in.machines = 280;
	e = estimate(b);
	assert_true(e.is_meaningful && e.high <= 280);
	b->in.machines = 3; /* a list of machines that is far from complete */
	e = estimate(b);
	assert_true(e.total == (double)e.found && e.high == (double)e.found);
	free(b);
}

static void longer_listening_narrows_it(void **state)
{
	double width = INFINITY;

	(void)state;
	for (double minutes = 15; minutes <= 240; minutes *= 4) {
		struct bench *b = bench_new(1, minutes);
		struct estimate e;

		listen(b, 400, 0.05);
		e = estimate(b);
		assert_true(e.is_meaningful && e.high - e.low < width);
		width = e.high - e.low;
		free(b);
	}
}

/* A sensor that came late hears what one does that listened all the time, in its own minutes. */
static void a_sensor_that_came_late_does_not_make_more_machines(void **state)
{
	struct bench *b = bench_new(2, 60);
	struct estimate e;

	(void)state;
	b->sensors[1].first_ns = START_NS + 55 * (uint64_t)MINUTE_NS;
	b->sensors[1].minutes = 5;
	for (unsigned i = 0; i < 200; i++) { /* heard all the time by the first alone */
		b->sources[i] = (struct heard_source){
			.first_ns = START_NS + i % 3 * (uint64_t)MINUTE_NS, .minutes = 55};
		b->sources[i].by[0] = 54;
		b->sources[i].by[1] = 5;
	}
	b->in.n_sources = 200;
	e = estimate(b);
	assert_true(e.is_meaningful && e.low == 200 && e.high <= 215);
	free(b);
}

static void the_same_data_give_the_same_numbers(void **state)
{
	struct bench *b = bench_new(3, 30);
	struct estimate e, again;

	(void)state;
	listen(b, 200, 0.02);
	e = estimate(b);
	for (size_t i = 0; i < b->in.n_sources / 2; i++) {
		struct heard_source s = b->sources[i],
				    *other = &b->sources[b->in.n_sources - 1 - i];

		b->sources[i] = *other;
		*other = s;
	}
	again = estimate(b); /* in another order */
	assert_true(e.total == again.total && e.low == again.low && e.high == again.high);
	assert_string_equal(e.why, again.why);
	free(b);
}

static void no_input_makes_nonsense(void **state)
{
	static const double odd[] = {0, -1, NAN, INFINITY, -INFINITY, 1e300, 1e-300, 30};
	enum { ODD = sizeof(odd) / sizeof(odd[0]) };

	(void)state;
	for (size_t i = 0; i < ODD * ODD; i++) {
		struct bench *b = bench_new(2, 30);

		listen(b, 30, 0.1);
		b->in.machines = odd[i % ODD];
		b->in.growth = odd[i / ODD];
		b->sensors[0].minutes = odd[(i + i / ODD) % ODD];
		if (i % 3 == 1)
			b->sensors[1].last_ns = 0;
		if (i % 3 == 2)
			b->sensors[0] = b->sensors[1] = (struct estimate_sensor){0};
		for (size_t k = 0; k < b->in.n_sources && i % 5 == 0; k++) {
			b->sources[k].minutes = k % 2 ? 0 : UINT32_MAX;
			b->sources[k].first_ns = k % 3 ? 0 : UINT64_MAX;
			b->sources[k].by[1] = UINT32_MAX;
		}
		estimate(b);
		free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_interval_covers_what_is_hidden),
		cmocka_unit_test(when_all_are_heard_again_and_again_none_is_missing),
		cmocka_unit_test(too_few_data_give_no_number_but_a_reason),
		cmocka_unit_test(a_view_that_hardly_hears_some_machines_says_so),
		cmocka_unit_test(bouts_and_rests_give_no_number_before_a_day),
		cmocka_unit_test(there_are_never_more_than_machines),
		cmocka_unit_test(longer_listening_narrows_it),
		cmocka_unit_test(a_sensor_that_came_late_does_not_make_more_machines),
		cmocka_unit_test(the_same_data_give_the_same_numbers),
		cmocka_unit_test(no_input_makes_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
