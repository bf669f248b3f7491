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

/* Everything goes well, all are on, and nothing spreads. */
static struct sim_options quiet_site(enum strategy how)
{
	return (struct sim_options){.site = {.machines = 1000, .infected = 80, .exposed = 900},
				    .means = {.people = 4,
					      .hours_a_day = 24,
					      .minutes_each = 30,
					      .hand_success = 1,
					      .prepare_hours = 4,
					      .generic_hours = 1,
					      .generic_an_hour = 1e6,
					      .generic_success = 1,
					      .clean_prepare_hours = 2,
					      .quarantine_hours = -1,
					      .found_share = 1,
					      .find_hours = 1},
				    .strategy = how,
				    .runs = 200,
				    .seed = 1,
				    .horizon_hours = SIM_HORIZON_HOURS};
}

static struct sim_outcome play(const struct sim_options *opt)
{
	struct sim_outcome o = {0};

	assert_int_equal(simulate(opt, &o), RC_OK);
	return o;
}

static void near(double got, double want, double share)
{
	if (fabs(got - want) > share * want)
		fail_msg("%g is not near %g", got, want);
}

static void strategies_have_names(void **unused)
{
	enum strategy got = STRATEGY_MANUAL;

	(void)unused;
	for (unsigned s = 0; s < STRATEGIES; s++) {
		assert_int_equal(strategy_parse(strategy_name((enum strategy)s), &got), RC_OK);
		assert_int_equal(got, s);
	}
	assert_int_equal(strategy_parse("desk", &got), RC_INVAL);
	assert_int_equal(strategy_parse("", &got), RC_INVAL);
}

/* Four people with the last four machines, half an hour each on average, exponentially spread. */
static const double last_visits = 0.5 * (1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0);

static void people_clean_the_infected_first_and_in_the_time_it_takes(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_MANUAL);
	struct sim_outcome o = play(&opt);

	(void)unused;
	near(o.hours_to_zero.mean, 76 / 8.0 + last_visits, 0.05); /* the 900 wait */
	near(o.machine_hours.mean, (80 * 81 - 4 * 5) / 2 / 8.0 + 4 * 0.5, 0.02);
	near(o.work_hours.mean, 43, 0.01); /* 40 of them; who is free already goes on */
	near(o.infected_in_all.mean, 80, 0.001);
	near(o.share_ended, 1, 0);
	assert_true(o.reinfected.high == 0 && o.peak.high == 80);
}

static void people_go_home(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_MANUAL);

	(void)unused;
	opt.means.hours_a_day = 8; /* 64 machines; the other 16 on the next day */
	near(play(&opt).hours_to_zero.mean, 24 + 12 / 8.0 + last_visits, 0.02);
}

static void the_generic_way_starts_when_it_is_prepared(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_GENERIC);
	struct sim_outcome o = play(&opt);

	(void)unused;
	assert_true(o.hours_to_zero.low > 6);
	/* All 80 for 6 hours, then one hour more each. */
	near(o.machine_hours.mean, 80 * 7, 0.05);
	assert_true(o.work_hours.high == 0);
}

static void a_server_serves_so_many_an_hour(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_GENERIC);

	(void)unused;
	/* 200 patches from 4 to 6 hours; then the tool, and with it 780 patches, to 1000 machines.
	 */
	opt.means.generic_an_hour = 100;
	near(play(&opt).machine_hours.mean, 80 * (6 + (780 + 1000) / 100.0 / 2), 0.03);
}

static void who_asks_late_gets_patch_and_tool_at_once(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_GENERIC);

	(void)unused;
	/* All ask within eight hours from 4 on; the tool is there from 6 on. Of 80, 20 have the
	 * patch by then and ask for the tool within the next eight hours; the others get both. */
	opt.means.generic_hours = 4;
	near(play(&opt).machine_hours.mean, 20 * (6 + 4) + 60 * (6 + 3), 0.04);
}

static void nothing_is_cleaned_before_it_is_patched(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_GENERIC);
	struct sim_outcome o;

	(void)unused;
	opt.means.generic_success = 0;
	opt.means.people = 0;
	o = play(&opt);
	assert_true(o.share_ended == 0 && o.hours_to_zero.low == SIM_HORIZON_HOURS);
	near(o.machine_hours.mean, 80.0 * SIM_HORIZON_HOURS, 1e-6);
	opt.means.people = 4; /* by hand the rest, after the tool */
	o = play(&opt);
	near(o.share_ended, 1, 0);
	near(o.hours_to_zero.mean, 6 + 76 / 8.0 + last_visits, 0.03);
	assert_true(o.hours_to_zero.low > 6 + 8);
}

static void both_together_patch_generically_and_clean_by_hand(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_MIXED);
	struct sim_outcome o = play(&opt);

	(void)unused;
	/* One of four prepares for four hours: 6, then 8 an hour. */
	near(o.hours_to_zero.mean, 4 + (80 - 24 - 4) / 8.0 + last_visits, 0.03);
	near(o.work_hours.mean, 40, 0.01);
}

/* dI/dt = r I (1 - I/K), with enough infected at the start for chance to be small. */
static void without_any_cure_it_grows_logistically(void **unused)
{
	static const struct {
		double rate, hours, off, more;
	} cases[] = {{0.5, 4, 0, 1},      {0.5, 10, 0, 1}, {2, 2, 0, 1},
		     {20, 0.2, 0, 1},     {100, 1, 0, 1}, /* who is infected is more often one that
							     is on: */
		     {0.1, 24, 0.3, 1.06}};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sim_options opt = quiet_site(STRATEGY_MANUAL);
		double pool = 20000, start = 1000, want;

		opt.site = (struct sim_site){.machines = 30000,
					     .infected = start,
					     .exposed = pool - start,
					     .rate = cases[i].rate};
		opt.means.off_share = cases[i].off;
		opt.means.people = 0;
		opt.horizon_hours = fmax(cases[i].hours, 1);
		if (cases[i].hours < 1) /* the horizon is an hour at least */
			opt.site.rate = cases[i].rate * cases[i].hours;
		want = pool / (1 + (pool / start - 1) * exp(-opt.site.rate * opt.horizon_hours));
		near(play(&opt).infected_in_all.mean, want * cases[i].more, 0.01);
	}
}

static void cleaned_without_a_patch_is_infected_again_unless_protected(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_MANUAL);
	struct sim_outcome o;

	(void)unused;
	opt.site.rate = 0.3;
	opt.means.hand_success = 0.5;
	o = play(&opt);
	assert_true(o.reinfected.mean > 5);
	opt.means.protection = 1;
	assert_true(play(&opt).reinfected.high == 0);
	opt.means.protection = 0;
	opt.means.hand_success = 1;
	assert_true(play(&opt).reinfected.high == 0);
	/* Patched, cleaned, and not restarted: the patch is not in effect. */
	opt = quiet_site(STRATEGY_GENERIC);
	opt.site.rate = 0.3;
	opt.means.restart_hours = 24;
	o = play(&opt);
	assert_true(o.reinfected.mean > 5);
	/* Half of the cleaned ones are protected, once and for all: no more than half of the others
	 * are infected again, and of these some twice no more. */
	opt.means.protection = 0.5;
	assert_true(play(&opt).reinfected.mean > 0.2 * o.reinfected.mean);
	assert_true(play(&opt).reinfected.mean < 0.55 * o.reinfected.mean);
}

static void less(const struct sim_options *better, const struct sim_options *worse)
{
	double a = play(better).machine_hours.mean, b = play(worse).machine_hours.mean;

	if (!(a < b))
		fail_msg("%g is not less than %g", a, b);
}

static void what_helps_helps(void **unused)
{
	struct sim_options base = quiet_site(STRATEGY_MANUAL), other;

	(void)unused;
	base.site.rate = 0.05;
	base.site.infected = 30;
	base.means.find_hours = 4;
	base.means.found_share = 0.5;
	other = base;
	other.means.quarantine_hours = 0.1;
	less(&other, &base);
	other = base;
	other.means.found_share = 1;
	less(&other, &base);
	other = base;
	other.means.find_hours = 1;
	less(&other, &base);
	other = base;
	other.means.people = 8;
	less(&other, &base);
	other = base;
	other.site.rate = 0.02;
	less(&other, &base);
	other = base; /* those that are off are cleaned late */
	other.site.rate = 0;
	other.means.off_share = 0.4;
	base.site.rate = 0;
	less(&base, &other);
}

static void the_same_seed_gives_the_same_answer(void **unused)
{
	struct sim_options opt = quiet_site(STRATEGY_MIXED);
	struct sim_outcome a, b;

	(void)unused;
	opt.site.rate = 0.4;
	opt.site.rate_sd = 0.5;
	opt.means.off_share = 0.2;
	opt.means.generic_success = 0.9;
	opt.means.restart_hours = 8;
	a = play(&opt);
	b = play(&opt);
	assert_memory_equal(&a, &b, sizeof(a));
	/* On every machine: a figure that changes here has changed for everybody. */
	assert_true(a.machine_hours.mean == 38150.576033256359);
	opt.seed = 2;
	b = play(&opt);
	assert_memory_not_equal(&a, &b, sizeof(a));
	near(b.machine_hours.mean, a.machine_hours.mean, 0.25);
}

static void what_is_out_of_range_is_refused(void **unused)
{
	struct sim_options good = quiet_site(STRATEGY_MANUAL), opt;
	struct sim_outcome o = {0};
	double *const fields[] = {&opt.site.machines,
				  &opt.site.infected,
				  &opt.site.exposed,
				  &opt.site.rate,
				  &opt.site.rate_sd,
				  &opt.means.off_share,
				  &opt.site.hour,
				  &opt.means.day_from,
				  &opt.means.people,
				  &opt.means.hours_a_day,
				  &opt.means.minutes_each,
				  &opt.means.hand_success,
				  &opt.means.prepare_hours,
				  &opt.means.generic_hours,
				  &opt.means.generic_an_hour,
				  &opt.means.generic_success,
				  &opt.means.restart_hours,
				  &opt.means.clean_prepare_hours,
				  &opt.means.protection,
				  &opt.means.quarantine_hours,
				  &opt.means.found_share,
				  &opt.means.find_hours,
				  &opt.horizon_hours};
	static const double bad[] = {NAN, INFINITY, -INFINITY, 1e12, -1e5};

	(void)unused;
	for (size_t f = 0; f < sizeof(fields) / sizeof(*fields); f++) {
		for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
			opt = good;
			*fields[f] = bad[i];
			assert_int_equal(simulate(&opt, &o), RC_INVAL);
		}
	}
	opt = good;
	opt.runs = 0;
	assert_int_equal(simulate(&opt, &o), RC_INVAL);
	opt.runs = SIM_RUNS + 1;
	assert_int_equal(simulate(&opt, &o), RC_INVAL);
	opt = good;
	opt.site.infected = 0;
	assert_true(play(&opt).machine_hours.high == 0);
	opt.means = sim_means_default();
	assert_int_equal(simulate(&opt, &o), RC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strategies_have_names),
		cmocka_unit_test(people_clean_the_infected_first_and_in_the_time_it_takes),
		cmocka_unit_test(people_go_home),
		cmocka_unit_test(the_generic_way_starts_when_it_is_prepared),
		cmocka_unit_test(a_server_serves_so_many_an_hour),
		cmocka_unit_test(who_asks_late_gets_patch_and_tool_at_once),
		cmocka_unit_test(nothing_is_cleaned_before_it_is_patched),
		cmocka_unit_test(both_together_patch_generically_and_clean_by_hand),
		cmocka_unit_test(without_any_cure_it_grows_logistically),
		cmocka_unit_test(cleaned_without_a_patch_is_infected_again_unless_protected),
		cmocka_unit_test(what_helps_helps),
		cmocka_unit_test(the_same_seed_gives_the_same_answer),
		cmocka_unit_test(what_is_out_of_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
