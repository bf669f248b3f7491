/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "epidemic/proof.h"

static struct quiet quiet(const struct quiet_input *in)
{
	struct quiet q = {0};

	proof_quiet(in, &q);
	assert_true(q.p_heard >= 0 && q.p_heard <= 1);
	assert_true(isfinite(q.more_minutes));
	assert_true(q.more_minutes >= 0 || !q.is_quiet);
	assert_true(!q.is_quiet || (in->hostile_since == 0 && q.p_heard >= QUIET_SURE));
	assert_true(q.why[0] != '\0' && memchr(q.why, '\0', sizeof(q.why)) != NULL);
	return q;
}

/* It attacks in half of its minutes; so do all others. */
static const struct quiet_input even = {.hostile_minutes = 240,
					.alive_minutes = 480,
					.longest_silence = 8,
					.population_rate = 0.5,
					.population_silence = 10};
/* It has four bouts in a day, and rests in between. */
static const struct quiet_input dormant = {.hostile_minutes = 40,
					   .alive_minutes = 480,
					   .longest_silence = 180,
					   .population_rate = 0.08,
					   .population_silence = 240};

static void so_many_minutes_are_needed(void **state)
{
	static const struct {
		const char *what;
		struct quiet_input in;
		double least, most; /* alive minutes until it is sure */
	} rows[] = {
		{"even: the least that is asked of any", even, QUIET_LEAST, QUIET_LEAST + 1},
		{"dormant: more than its longest rest", dormant, 181, 1000},
		{"one bout of a dormant population",
		 {.hostile_minutes = 8,
		  .alive_minutes = 10,
		  .longest_silence = 1,
		  .population_rate = 0.08,
		  .population_silence = 240},
		 240,
		 320},
		{"one bout, and nothing is known of others",
		 {.hostile_minutes = 8, .alive_minutes = 10, .longest_silence = 1},
		 240,
		 320},
		{"heard once, others half of the time",
		 {.hostile_minutes = 1,
		  .alive_minutes = 1,
		  .population_rate = 0.5,
		  .population_silence = 10},
		 QUIET_LEAST,
		 60},
		{"seldom heard: every tenth minute",
		 {.hostile_minutes = 48,
		  .alive_minutes = 480,
		  .longest_silence = 50,
		  .population_rate = 0.1,
		  .population_silence = 60},
		 44,
		 75},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct quiet q = quiet(&rows[i].in);

		if (q.more_minutes < rows[i].least || q.more_minutes > rows[i].most)
			fail_msg("%s: %g minutes, not %g to %g", rows[i].what, q.more_minutes,
				 rows[i].least, rows[i].most);
	}
}

static void after_these_minutes_it_is_quiet_and_not_before(void **state)
{
	const struct quiet_input *all[] = {&even, &dormant};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct quiet_input in = *all[i];
		double need = quiet(&in).more_minutes;
		struct quiet q;

		in.alive_since = (uint32_t)need;
		q = quiet(&in);
		assert_true(q.is_quiet && q.more_minutes == 0);
		in.alive_since--;
		q = quiet(&in);
		assert_false(q.is_quiet);
		assert_true(q.more_minutes == 1);
	}
}

static void being_off_or_unheard_proves_nothing(void **state)
{
	struct quiet_input in = even;
	struct quiet q = quiet(&in);

	(void)state;
	assert_true(!q.is_quiet && q.p_heard == 0);
	assert_non_null(strstr(q.why, "proves nothing"));
	in.alive_since = 100000;
	in.lost_since = 1; /* it was alive, but the sensors were deaf */
	q = quiet(&in);
	assert_true(!q.is_quiet && q.p_heard == 0 && q.more_minutes < 0);
}

static void who_attacks_again_is_not_quiet(void **state)
{
	struct quiet_input in = even;
	struct quiet q;

	(void)state;
	in.alive_since = 100000;
	in.hostile_since = 1;
	q = quiet(&in);
	assert_true(!q.is_quiet && q.more_minutes < 0);
	assert_non_null(strstr(q.why, "infected still, or again"));
}

static void of_whom_nothing_is_known_nothing_is_proved(void **state)
{
	struct quiet_input in = {.alive_since = 1000000};
	struct quiet q = quiet(&in);

	(void)state;
	assert_true(!q.is_quiet && q.p_heard == 0 && q.more_minutes < 0);
}

static void loss_since_then_takes_longer(void **state)
{
	struct quiet_input in = dormant;
	double whole = quiet(&in).more_minutes, half;

	(void)state;
	in.lost_since = 0.5;
	half = quiet(&in).more_minutes;
	assert_true(half > 1.9 * whole && half < 2.1 * whole);
	in.lost_before = 0.5; /* as much was lost when it was heard: its rate has that in it */
	assert_true(fabs(quiet(&in).more_minutes - whole) < 1);
	in.lost_since = 0; /* better hearing than before is not counted on */
	assert_true(quiet(&in).more_minutes >= whole - 1);
}

static void more_silence_never_makes_it_less_sure(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct quiet_input in = {.hostile_minutes = i % 7 * (i % 11),
					 .alive_minutes = i % 7 * 40,
					 .longest_silence = i % 13 * 15,
					 .alive_since = i % 5 * 60,
					 .lost_since = i % 3 / 4.0,
					 .population_rate = i % 4 / 8.0,
					 .population_silence = i % 2 * 100};
		double was = quiet(&in).p_heard;
		struct quiet_input more = in;

		more.alive_since += 10;
		assert_true(quiet(&more).p_heard >= was);
		more = in;
		more.lost_since += 0.2;
		assert_true(quiet(&more).p_heard <= was);
		more = in;
		more.longest_silence += 20;
		if (more.longest_silence + in.hostile_minutes <= in.alive_minutes)
			assert_true(quiet(&more).p_heard <= was + 1e-12);
	}
}

static void no_input_makes_nonsense(void **state)
{
	static const double odd[] = {NAN, INFINITY, -INFINITY, -1, 0, 1e-300, 0.5, 1, 1e300};
	static const uint32_t counts[] = {0, 1, 2, 1000, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < 9 * 9 * 9 * 5; i++) {
		struct quiet_input in = {.lost_before = odd[i % 9],
					 .lost_since = odd[i / 9 % 9],
					 .population_rate = odd[i / 81 % 9],
					 .population_silence = odd[(i + i / 9) % 9]};
		struct end_machine m = {odd[i % 9], i % 2};
		struct end_input e_in = {&m,
					 1,
					 odd[i / 9 % 9],
					 odd[i / 81 % 9],
					 odd[(i / 7) % 9],
					 odd[i % 9],
					 odd[i / 9 % 9],
					 odd[i / 5 % 9]};
		struct end e;

		in.hostile_minutes = counts[i % 5];
		in.alive_minutes = counts[i / 5 % 5];
		in.longest_silence = counts[i / 25 % 5];
		in.alive_since = counts[i / 125 % 5];
		quiet(&in);
		proof_end(&e_in, &e);
		assert_true(e.p_none >= 0 && e.p_none <= 1);
		assert_true(e.p_none_low >= 0 && e.p_none_low <= e.p_none);
		assert_true(e.p_none_high >= e.p_none && e.p_none_high <= 1);
		assert_true(e.by_off >= e.p_none && e.by_off <= 1);
		assert_true(e.by_listening >= e.p_none && e.by_listening <= 1);
	}
}

static struct end ending(const struct end_machine *m, size_t n, double hidden, double since)
{
	struct end_input in = {.machines = m,
			       .n_machines = n,
			       .hidden_low = hidden / 2,
			       .hidden = hidden,
			       .hidden_high = hidden * 3,
			       .hours_since_last = since,
			       .hours_between = 0.1,
			       .infected_before = 50};
	struct end e;

	proof_end(&in, &e);
	return e;
}

static void the_end_is_as_sure_as_its_weakest_part(void **state)
{
	const struct end_machine m[] = {{0.5, true}, {0.02, false}, {0.02, false}};
	struct end e = ending(NULL, 0, 0, 100);

	(void)state;
	assert_true(e.p_none == 1);
	assert_non_null(strstr(e.raise, "it is over"));
	e = ending(m, 3, 0, 100);
	assert_true(fabs(e.p_none - 0.5 * 0.98 * 0.98) < 1e-9);
	assert_true(fabs(e.by_off - 0.98 * 0.98) < 1e-9);
	assert_non_null(strstr(e.raise, "1 machines that are off"));
	e = ending(m + 1, 2, 2, 0);
	assert_true(fabs(e.by_listening - 0.98 * 0.98) < 1e-9);
	assert_true(e.p_none < 0.14 && e.p_none_low < e.p_none && e.p_none_high > e.p_none);
	assert_non_null(strstr(e.raise, "listen"));
	e = ending((const struct end_machine[]){{0.9, false}}, 1, 0.01, 0);
	assert_non_null(strstr(e.raise, "clean the 1 machines that are on"));
}

static void long_silence_of_all_makes_the_hidden_unlikely(void **state)
{
	double before = 0;

	(void)state;
	for (double since = 0; since < 2000; since = since * 2 + 1) {
		double p = ending(NULL, 0, 3, since).p_none;

		assert_true(p > before);
		before = p;
	}
	assert_true(before > 0.98);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_minutes_are_needed),
		cmocka_unit_test(after_these_minutes_it_is_quiet_and_not_before),
		cmocka_unit_test(being_off_or_unheard_proves_nothing),
		cmocka_unit_test(who_attacks_again_is_not_quiet),
		cmocka_unit_test(of_whom_nothing_is_known_nothing_is_proved),
		cmocka_unit_test(loss_since_then_takes_longer),
		cmocka_unit_test(more_silence_never_makes_it_less_sure),
		cmocka_unit_test(no_input_makes_nonsense),
		cmocka_unit_test(the_end_is_as_sure_as_its_weakest_part),
		cmocka_unit_test(long_silence_of_all_makes_the_hidden_unlikely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
