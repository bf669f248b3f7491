/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <string.h>

#include "epidemic/growth.h"
#include "epidemic/random.h"

enum { MOST = 4096 };
#define HOUR UINT64_C(3600000000000)
static const uint64_t start_ns = UINT64_C(1750000000000000000);

struct heard {
	uint64_t at[MOST];
	size_t n;
	double now; /* the truth, at the end */
};

/* dI/dt = r I (1 - I/K) by single random events; heard at once, or after an exponential delay. */
static void spread(struct heard *h, double r, double limit, double first, double from, double until,
		   double delay, uint64_t seed)
{
	struct random rnd;
	double t = 0;

	random_init(&rnd, seed, 0);
	*h = (struct heard){.now = 0};
	for (double ill = 0; h->n < MOST; ill++) {
		double heard;

		if (ill >= first)
			t -= random_log(1 - random_unit(&rnd)) /
			     fmax(r * ill * (1 - ill / limit), 1e-9);
		if (t > until)
			break;
		h->now = ill + 1;
		heard = fmax(t, from) - delay * random_log(1 - random_unit(&rnd));
		if (heard < until)
			h->at[h->n++] = start_ns + (uint64_t)(heard * (double)HOUR);
	}
}

static struct growth fit(const struct heard *h, double from, double until, double machines)
{
	struct growth_input in = {h->at,
				  h->n,
				  start_ns + (uint64_t)(from * (double)HOUR),
				  start_ns + (uint64_t)(until * (double)HOUR),
				  machines,
				  0};
	struct growth g;

	assert_int_equal(growth_fit(&in, &g), RC_OK);
	return g;
}

static void the_rate_is_found_within_its_interval(void **unused)
{
	static const struct {
		double r, limit, first, from, until, delay, machines;
	} cases[] = {
		{1, 1000, 5, 0, 4, 0, 1000},       {1, 1000, 5, 0, 4, 0, 0},
		{0.5, 2000, 5, 6, 10, 0.25, 2000}, {2, 400, 4, 0, 4, 0.1, 400},
		{0.3, 300, 4, 0, 12, 0, 300},
	};
	unsigned within = 0, fitted = 0;

	(void)unused;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			struct heard h;
			struct growth g;

			spread(&h, cases[i].r, cases[i].limit, cases[i].first, cases[i].from,
			       cases[i].until, cases[i].delay, seed);
			g = fit(&h, cases[i].from, cases[i].until, cases[i].machines);
			if (!g.is_fitted)
				continue;
			fitted++;
			within += g.rate_low <= cases[i].r && cases[i].r <= g.rate_high;
			assert_true(g.rate_low < g.rate && g.rate < g.rate_high);
			assert_true(g.rate > cases[i].r / 2 && g.rate < cases[i].r * 2);
			assert_true(g.now > h.now / 1.5 && g.now < h.now * 1.5);
			assert_true(g.r_low <= g.r && g.r <= g.r_high);
			assert_non_null(strstr(g.why, "logistic"));
		}
	}
	assert_true(fitted >= 16);
	assert_true(within >= fitted - 3); /* 95 % of them, with what chance takes */
}

static void too_few_are_too_few(void **unused)
{
	struct heard h = {.n = GROWTH_LEAST - 1};
	struct growth g;

	(void)unused;
	for (size_t i = 0; i < h.n; i++)
		h.at[i] = start_ns + i * HOUR / 10;
	g = fit(&h, 0, 2, 100);
	assert_false(g.is_fitted);
	assert_non_null(strstr(g.why, "too few"));
	h.n = 0;
	g = fit(&h, 0, 2, 100);
	assert_false(g.is_fitted);
	assert_non_null(strstr(g.why, "no infection"));
}

static void a_line_is_no_curve(void **unused)
{
	struct heard h = {.n = 60};
	struct growth g;

	(void)unused;
	for (size_t i = 0; i < h.n; i++)
		h.at[i] = start_ns + i * HOUR / 20;
	g = fit(&h, 0, 3, 0);
	assert_false(g.is_fitted);
	assert_non_null(strstr(g.why, "line"));
	assert_true(g.rate == 0 && g.rate_high > 0);
}

static void those_infected_long_ago_are_no_growth(void **unused)
{
	struct heard h;
	struct growth g;

	(void)unused;
	spread(&h, 0, 500, 120, 0, 0.5, 0.15, 3);
	assert_true(h.n > 80);
	g = fit(&h, 0, 0.5, 500);
	assert_false(g.is_fitted);
	/* … and do not make growth of what is none. */
	assert_true(g.rate_high < 4);
}

static void a_forecast_follows_the_curve(void **unused)
{
	struct growth_point back, now, day, half, stopped, end;
	struct heard h;
	struct growth g;

	(void)unused;
	spread(&h, 1, 1000, 5, 0, 4, 0, 2);
	g = fit(&h, 0, 4, 1000);
	assert_true(g.is_fitted);
	growth_at(&g, -2, 1, &back);
	growth_at(&g, 0, 1, &now);
	growth_at(&g, 2, 1, &day);
	growth_at(&g, 2, 0.5, &half);
	growth_at(&g, 2, 0, &stopped);
	growth_at(&g, 1000, 1, &end);
	assert_true(back.infected < now.infected && now.infected < half.infected);
	assert_true(half.infected < day.infected && day.infected < end.infected);
	assert_true(fabs(stopped.infected - now.infected) < 1e-6);
	assert_true(fabs(now.infected - g.now) < 1e-6);
	assert_true(fabs(end.infected - 1000) < 1 && end.high <= 1000.5);
	assert_true(day.low < day.infected && day.infected < day.high);
	growth_at(&g, g.doubling_hours, 1, &day);
	assert_true(fabs(day.infected / g.now - 2) < 1e-6);
	assert_true(g.doubling_low < g.doubling_hours);
	assert_true(g.doubling_high < 0 || g.doubling_hours < g.doubling_high);
}

static void when_nearly_all_are_infected_it_does_not_double(void **unused)
{
	struct heard h;
	struct growth g;

	(void)unused;
	spread(&h, 2, 300, 4, 0, 6, 0, 5);
	g = fit(&h, 0, 6, 300);
	assert_true(g.is_fitted);
	assert_true(g.doubling_hours < 0 && g.r < 10);
}

static void what_was_heard_in_part_is_more(void **unused)
{
	struct heard h;
	struct growth g, half;
	struct growth_input in;

	(void)unused;
	spread(&h, 1, 5000, 5, 0, 4, 0, 2);
	g = fit(&h, 0, 4, 5000);
	in = (struct growth_input){h.at, h.n, start_ns, start_ns + 4 * HOUR, 5000, 0.5};
	assert_int_equal(growth_fit(&in, &half), RC_OK);
	assert_true(g.is_fitted && half.is_fitted);
	assert_true(half.now > 1.8 * g.now && half.now < 2.2 * g.now);
}

static void nonsense_is_refused_or_left_out(void **unused)
{
	uint64_t times[] = {0, UINT64_MAX, 5, 0, 7, start_ns, UINT64_MAX, 9, 10, 11, 12, 13};
	struct growth_input in = {times, 12, 0, start_ns + HOUR, 0, 0};
	struct growth_point p;
	struct growth g;

	(void)unused;
	assert_int_equal(growth_fit(&in, &g), RC_OK);
	in.machines = NAN;
	assert_int_equal(growth_fit(&in, &g), RC_INVAL);
	in.machines = 0;
	in.share_heard = 1.5;
	assert_int_equal(growth_fit(&in, &g), RC_INVAL);
	in.share_heard = 0;
	in.from_ns = start_ns + 2 * HOUR;
	assert_int_equal(growth_fit(&in, &g), RC_INVAL);
	g = (struct growth){.is_fitted = false};
	growth_at(&g, 1, 1, &p);
	assert_true(p.infected == 0 && p.high == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rate_is_found_within_its_interval),
		cmocka_unit_test(too_few_are_too_few),
		cmocka_unit_test(a_line_is_no_curve),
		cmocka_unit_test(those_infected_long_ago_are_no_growth),
		cmocka_unit_test(a_forecast_follows_the_curve),
		cmocka_unit_test(when_nearly_all_are_infected_it_does_not_double),
		cmocka_unit_test(what_was_heard_in_part_is_more),
		cmocka_unit_test(nonsense_is_refused_or_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
