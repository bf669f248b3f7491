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

static void two_machines_meet_by_day(void **unused)
{
	struct day d = day_of(0.3, 3, 12);
	double by_day = day_meeting(&d, 6, 16), by_night = day_meeting(&d, 6, 28), sum = 0;

	(void)unused;
	/* By day nearly all are on, which is 1 in units of the day's mean. */
	assert_true(by_day * d.meeting > 0.9 && by_day * d.meeting <= 1);
	assert_true(by_night < 0.5 * by_day);
	/* Over a whole day, in pieces or at once, it is the average. */
	for (double until = 3; until <= 24; until += 3)
		sum += day_meeting(&d, 3, until) / 8;
	assert_true(fabs(sum - 1) < 0.001);
	assert_true(fabs(day_meeting(&d, 24, 7) - 1) < 1e-9 && day_meeting(&d, 100, 7) == 1);
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
		cmocka_unit_test(two_machines_meet_by_day),
		cmocka_unit_test(who_is_called_at_night_works_sleeps_and_comes_by_day),
		cmocka_unit_test(whoever_works_all_day_never_rests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
