/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <string.h>

#include "epidemic/simulate.h"

static struct strategy_choice choose(double infected, double exposed, double rate)
{
	struct sim_site site = {.machines = infected + exposed + 100,
				.infected = infected,
				.exposed = exposed,
				.rate = rate,
				.hour = 9};
	struct sim_means means = sim_means_default();
	struct strategy_choice c = {0};

	assert_int_equal(strategy_choose(&site, &means, 100, 1, &c), RC_OK);
	assert_true(strlen(c.why) > 40 && strlen(c.why) < STRATEGY_WHY - 1);
	for (unsigned s = 0; s < STRATEGIES; s++) /* mixed must save a quarter */
		assert_true(c.outcomes[c.computed].machine_hours.mean *
				    (s == STRATEGY_MIXED ? 0.75 : 1) <=
			    c.outcomes[s].machine_hours.mean);
	return c;
}

static void the_rule_is_more_than_fifty(void **unused)
{
	(void)unused;
	assert_int_equal(choose(50, 200, 0.1).rule, STRATEGY_MANUAL);
	assert_int_equal(choose(51, 200, 0.1).rule, STRATEGY_GENERIC);
}

static void a_few_slow_ones_are_cleaned_by_hand(void **unused)
{
	struct strategy_choice c = choose(6, 500, 0.05);

	(void)unused;
	assert_int_not_equal(c.computed, STRATEGY_GENERIC);
	assert_true(c.outcomes[STRATEGY_MANUAL].machine_hours.mean <
		    c.outcomes[STRATEGY_GENERIC].machine_hours.mean);
	assert_int_equal(c.crossing, CROSSING_AT);
	assert_true(c.break_even > 6 && c.break_even < 200);
	assert_true(fabs(c.clean_an_hour - 8) < 1e-9);
	assert_true(fabs(c.infect_an_hour - 0.05 * 6 * 500 / 506) < 1e-9);
	assert_non_null(strstr(c.why, "generic beats manual"));
}

static void many_fast_ones_are_not(void **unused)
{
	struct strategy_choice c = choose(400, 2000, 1);

	(void)unused;
	assert_int_equal(c.computed, STRATEGY_GENERIC);
	assert_true(c.crossing == CROSSING_ALWAYS || c.break_even < 400);
}

static void the_break_even_is_where_both_cost_the_same(void **unused)
{
	struct strategy_choice c = choose(40, 1000, 0.05), below, above;

	(void)unused;
	assert_int_equal(c.crossing, CROSSING_AT);
	below = choose(floor(c.break_even * 0.7), 1040 - floor(c.break_even * 0.7), 0.05);
	above = choose(ceil(c.break_even * 1.4), 1040 - ceil(c.break_even * 1.4), 0.05);
	assert_true(below.outcomes[STRATEGY_MANUAL].machine_hours.mean <
		    below.outcomes[STRATEGY_GENERIC].machine_hours.mean);
	assert_true(above.outcomes[STRATEGY_MANUAL].machine_hours.mean >
		    above.outcomes[STRATEGY_GENERIC].machine_hours.mean);
}

static void nothing_infected_is_said(void **unused)
{
	struct strategy_choice c = choose(0, 1000, 1);

	(void)unused;
	assert_non_null(strstr(c.why, "nothing is infected"));
	assert_int_equal(c.computed, STRATEGY_MANUAL);
	assert_true(c.break_even < 0 && c.infect_an_hour == 0);
}

static void nonsense_is_refused(void **unused)
{
	struct sim_site site = {.machines = 10, .infected = 20};
	struct sim_means means = sim_means_default();
	struct strategy_choice c;

	(void)unused;
	assert_int_equal(strategy_choose(&site, &means, 10, 1, &c), RC_INVAL);
	site.infected = NAN;
	assert_int_equal(strategy_choose(&site, &means, 10, 1, &c), RC_INVAL);
	site.infected = 5;
	means.minutes_each = 0;
	assert_int_equal(strategy_choose(&site, &means, 10, 1, &c), RC_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rule_is_more_than_fifty),
		cmocka_unit_test(a_few_slow_ones_are_cleaned_by_hand),
		cmocka_unit_test(many_fast_ones_are_not),
		cmocka_unit_test(the_break_even_is_where_both_cost_the_same),
		cmocka_unit_test(nothing_infected_is_said),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
