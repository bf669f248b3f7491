/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>

#include "epidemic/day.h"

static struct day day_of(double off_share, double hour, double work)
{
	struct sim_site site = {.hour = hour};
	struct sim_means means = sim_means_default();
	struct day d;

	means.off_share = off_share;
	means.hours_a_day = work;
	day_init(&d, &site, &means);
	return d;
}

static void a_machine_is_off_for_its_share_of_the_day_and_at_night(void **unused)
{
	static const double shares[] = {0, 0.05, 0.2, 0.35, 0.5, 0.8, 0.95};

	(void)unused;
	for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++) {
		struct day d = day_of(shares[i], 0, 12);
		double sum = 0;

		for (double t = 0; t < 24; t += 0.05) {
			assert_true(day_share_on(&d, t) >= 0 && day_share_on(&d, t) <= 1);
			sum += day_share_on(&d, t) * 0.05 / 24;
		}
		if (fabs(1 - sum - shares[i]) > 0.01)
			fail_msg("%g instead of %g are off", 1 - sum, shares[i]);
		assert_true(day_share_on(&d, 14) >= day_share_on(&d, 22));
	}
}

static void the_clock_starts_at_the_hour_of_now(void **unused)
{
	struct day night = day_of(0.3, 22, 12), noon = day_of(0.3, 12, 12);

	(void)unused;
	assert_true(day_share_on(&night, 0) < day_share_on(&noon, 0));
	for (double t = 0; t < 48; t += 0.7)
		assert_true(fabs(day_share_on(&night, t + 14) - day_share_on(&noon, t)) < 1e-6);
}

static void a_rate_heard_by_day_is_one_of_machines_that_were_on(void **unused)
{
	/* Observed until four in the afternoon, and decided at three at night. */
	struct sim_site site = {.hour = 3, .rate_hours = 6, .rate_until = 16};
	struct sim_means means = sim_means_default();
	struct day by_day, all_day;

	(void)unused;
	means.off_share = 0.3;
	day_init(&by_day, &site, &means);
	site.rate_hours = 0;
	day_init(&all_day, &site, &means);
	assert_true(by_day.meeting > all_day.meeting && by_day.meeting > 0.9);
}

/* Called at eight in the evening, for twelve hours: until eight, sleep until four in the
 * afternoon, and the rest of that day; then from seven to seven. */
static void who_is_called_at_night_works_sleeps_and_comes_by_day(void **unused)
{
	static const struct {
		double t;
		bool is_work;
	} cases[] = {{0, true},    {11.9, true}, {12.1, false}, {19.9, false},
		     {20.1, true}, {22.9, true}, {23.1, false}, {34.9, false},
		     {35.1, true}, {46.9, true}, {47.1, false}, {59.1, true}};
	static const double changes[] = {12, 20, 23, 35, 47, 59};
	struct day d = day_of(0.2, 20, 12);
	double t = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (day_is_work(&d, cases[i].t) != cases[i].is_work)
			fail_msg("after %g hours", cases[i].t);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		do { /* a change may be named at which nothing changes, but none is left out */
			double next = day_next_change(&d, t);

			assert_true(next > t);
			t = next;
		} while (day_is_work(&d, t + 0.01) == day_is_work(&d, t - 0.01));
		if (fabs(t - changes[i]) > 1e-6)
			fail_msg("%g instead of %g", t, changes[i]);
	}
}

static void whoever_works_all_day_never_rests(void **unused)
{
	struct day d = day_of(0.2, 3.3, 24);

	(void)unused;
	for (double t = 0; t < 100; t += 0.13)
		assert_true(day_is_work(&d, t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_is_off_for_its_share_of_the_day_and_at_night),
		cmocka_unit_test(the_clock_starts_at_the_hour_of_now),
		cmocka_unit_test(a_rate_heard_by_day_is_one_of_machines_that_were_on),
		cmocka_unit_test(who_is_called_at_night_works_sleeps_and_comes_by_day),
		cmocka_unit_test(whoever_works_all_day_never_rests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
