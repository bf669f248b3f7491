/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <string.h>

#include "epidemic/random.h"
#include "epidemic/rate.h"

enum { MOST = 4096 };
static const uint64_t start_ns = UINT64_C(1750000000000000000);

struct heard {
	struct rate_case cases[MOST];
	size_t n;
	double infected; /* the truth, at the end */
};

static uint64_t at(double hours)
{
	return start_ns + (uint64_t)(hours * 3600e9);
}

struct site {
	double infected, infected_sd, exposed, find_hours, off_share, until_hour;
};

static struct rate_input input(const struct heard *h, double from, double until,
			       const struct site *s, struct sim_site *site, struct sim_means *means)
{
	*site = (struct sim_site){
		.machines = SIM_MACHINES, .infected = s->infected, .exposed = s->exposed};
	*means = sim_means_default();
	means->find_hours = s->find_hours;
	means->off_share = s->off_share;
	return (struct rate_input){.cases = h->cases,
				   .n = h->n,
				   .from_ns = at(from),
				   .now_ns = at(until),
				   .now_hour = s->until_hour,
				   .site = site,
				   .infected_sd = s->infected_sd,
				   .means = means};
}

static struct rate rate_of(const struct heard *h, double from, double until, const struct site *s)
{
	struct sim_site site;
	struct sim_means means;
	struct rate_input in = input(h, from, until, s, &site, &means);
	struct rate r;

	assert_int_equal(rate_count(&in, &r), RC_OK);
	assert_true(r.low <= r.rate && r.rate <= r.high && r.low >= 0 && isfinite(r.high));
	return r;
}

static void near(double x, double want, double share)
{
	if (!(fabs(x - want) <= share * fabs(want)))
		fail_msg("%g, not %g", x, want);
}

/* One from the beginning, the second after four hours, the third after six: in eight hours, 8 and
 * 4 and 2 machine-hours. The prior is half an infection in half an hour. */
static struct heard three(void)
{
	static const double hours[] = {0.001, 4, 6};
	struct heard h = {.n = 3};

	for (size_t i = 0; i < h.n; i++)
		h.cases[i].at_ns = at(hours[i]);
	return h;
}

static void infections_are_counted_over_infected_hours(void **unused)
{
	struct heard h = three();
	struct site site = {.infected = 3, .exposed = 1e6};
	struct rate r;

	(void)unused;
	r = rate_of(&h, 0, 8, &site);
	near(r.infections, 2, 0.02);
	near(r.machine_hours, 14, 0.03);
	near(r.rate, 2.5 / 14.5, 0.03);
	/* Every third machine can be infected no more. */
	site.exposed = 6;
	r = rate_of(&h, 0, 8, &site);
	near(r.machine_hours, 4 * 8.0 / 9 + 2 * 2 * 7.0 / 9 + 2 * 3 * 6.0 / 9, 0.02);
}

static void an_infection_that_was_seen_has_its_time(void **unused)
{
	struct heard h = three();
	struct site site = {.infected = 3, .exposed = 1e6, .find_hours = 3};
	struct rate r;

	(void)unused;
	for (size_t i = 0; i < h.n; i++)
		h.cases[i].is_infection = i > 0;
	r = rate_of(&h, 0, 8, &site);
	near(r.infections, 2, 0.01);
	near(r.machine_hours, 14, 0.06); /* who was first may be older */
	/* Only heard, they are likely to have been infected earlier: more hours for as many. */
	for (size_t i = 0; i < h.n; i++)
		h.cases[i].is_infection = false;
	assert_true(rate_of(&h, 0, 8, &site).machine_hours > 15);
}

static void old_infections_heard_late_are_no_growth(void **unused)
{
	struct heard h = {.n = 50};
	struct site site = {.infected = 50, .exposed = 1000, .find_hours = 1};
	struct rate r;

	(void)unused;
	for (size_t i = 0; i < h.n; i++) /* as an exponential distribution has it */
		h.cases[i].at_ns = at(-log(1 - ((double)i + 0.5) / 50));
	r = rate_of(&h, 0, 8, &site);
	assert_true(r.infections < 5 && r.machine_hours > 300 && r.rate < 0.02);
}

static void who_listens_before_it_begins_hears_no_slow_growth(void **unused)
{
	struct heard h = three();
	const struct site site = {.infected = 3, .exposed = 1e6, .find_hours = 0.25};
	struct rate late, early;

	(void)unused;
	late = rate_of(&h, 0, 8, &site);
	early = rate_of(&h, -1000, 8, &site);
	near(early.rate, late.rate, 0.1);
}

static void more_infected_in_all_than_heard_were_infected_lately(void **unused)
{
	struct heard h = three();
	struct site site = {.infected = 3, .exposed = 1e6, .find_hours = 1};
	struct rate few, many, unknown;

	(void)unused;
	few = rate_of(&h, 0, 8, &site);
	site.infected = 9;
	many = rate_of(&h, 0, 8, &site);
	near(many.infections, 8, 0.05);
	assert_true(many.rate > few.rate);
	/* The less the total is known, the less it counts. */
	site.infected_sd = 10;
	assert_true(rate_of(&h, 0, 8, &site).infections < many.infections);
	site.infected_sd = -1;
	unknown = rate_of(&h, 0, 8, &site);
	site.infected = 3;
	near(rate_of(&h, 0, 8, &site).rate, unknown.rate, 1e-4);
}

/* What is infected at night, while few are on, is infected by a faster worm. */
static void the_rate_is_one_of_an_average_hour(void **unused)
{
	struct heard h = three();
	struct site site = {.infected = 3, .exposed = 1e6, .off_share = 0.3, .until_hour = 5};
	struct rate night, day;

	(void)unused;
	night = rate_of(&h, 0, 8, &site);
	site.until_hour = 17;
	day = rate_of(&h, 0, 8, &site);
	assert_true(night.rate > 1.3 * day.rate);
	near(night.infections, day.infections, 0.01);
}

static void what_was_seen_before_listening_is_old(void **unused)
{
	struct heard seen = {.n = 20}, heard = {.n = 20};
	const struct site site = {.infected = 20, .exposed = 1e4, .find_hours = 0.5};
	struct rate a, b;

	(void)unused;
	for (size_t i = 0; i < seen.n; i++) {
		seen.cases[i] = (struct rate_case){at(-80 - (double)i), true};
		heard.cases[i] = (struct rate_case){seen.cases[i].at_ns, false};
	}
	a = rate_of(&seen, 0, 20, &site);
	b = rate_of(&heard, 0, 20, &site);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_true(a.infections < 1 && a.rate < 0.01);
}

/* A night in which nobody is on, as the settings have it; and yet some were heard. */
static void where_nobody_should_be_on_some_are(void **unused)
{
	struct heard h = three();
	struct site site = {.infected = 30, .exposed = 1e4, .off_share = 0.75, .until_hour = 2};

	(void)unused;
	for (site.find_hours = 1e-3; site.find_hours < 10; site.find_hours *= 1.1) {
		for (double until = 7; until < 30; until += 0.5) {
			struct rate r = rate_of(&h, 0, until, &site);

			assert_true(r.infections >= 1.9 && isfinite(r.infections));
			assert_true(isfinite(r.machine_hours) && r.machine_hours > 0);
		}
	}
}

static void the_rate_of_few_infections_counts_as_known(void **unused)
{
	struct rate r = {.rate = 0.5, .low = 0.3, .high = 0.8, .infections = RATE_SURE};
	struct sim_site site = {.infected = 9};

	(void)unused;
	rate_apply(&r, &site);
	assert_true(site.rate == 0.5);
	near(site.rate_sd, 0.5 / 3.92 / 0.5, 1e-4);
	r.infections = RATE_SURE - 0.1;
	rate_apply(&r, &site);
	assert_true(site.rate == 0.5 && site.rate_sd == 0);
}

/* dI/dt = r I (1 - I/K) by single events, heard after an exponential delay. */
static void spread(struct heard *h, double r, double limit, double until, double delay,
		   uint64_t seed)
{
	struct random rnd;
	double t = 0;

	random_init(&rnd, seed, 0);
	*h = (struct heard){.n = 0};
	while (t <= until && h->n < MOST && h->infected < limit) {
		double heard = t - delay * random_log(1 - random_unit(&rnd));

		if (heard < until)
			h->cases[h->n++].at_ns = at(heard);
		h->infected++;
		t -= random_log(1 - random_unit(&rnd)) /
		     fmax(r * h->infected * (1 - h->infected / limit), 1e-9);
	}
}

static void the_rate_of_a_birth_process_is_found(void **unused)
{
	static const struct {
		double r, limit, until, delay;
	} cases[] = {{1, 1000, 4, 0.1},  {1, 1000, 4, 1},   {0.5, 300, 10, 0.5},
		     {3, 500, 1.5, 0.2}, {0.1, 200, 30, 1}, {0.02, 1000, 200, 2},
		     {0.2, 50, 20, 0}};
	unsigned n = 0, within = 0;
	double bias = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (uint64_t seed = 1; seed <= 40; seed++) {
			struct heard h;
			struct site site = {.find_hours = cases[i].delay};
			struct rate r;

			spread(&h, cases[i].r, cases[i].limit, cases[i].until, cases[i].delay,
			       seed);
			if (h.n < 5)
				continue; /* it died out of chance, or nothing is heard yet */
			site.infected = h.infected;
			site.exposed = cases[i].limit - h.infected;
			r = rate_of(&h, 0, cases[i].until, &site);
			bias += log(r.rate / cases[i].r);
			within += r.low <= cases[i].r && cases[i].r <= r.high;
			n++;
		}
	}
	assert_true(n > 200);
	assert_true(within >= 0.93 * n);
	assert_true(fabs(bias / n) < 0.1);
}

static void the_order_does_not_matter_and_nothing_is_made_of_nothing(void **unused)
{
	struct heard h = three(), turned = h;
	const struct site site = {.infected = 3, .exposed = 1e6, .find_hours = 1};
	struct rate_input in;
	struct sim_site s;
	struct sim_means m;
	struct rate a, b;

	(void)unused;
	for (size_t i = 0; i < h.n; i++)
		turned.cases[2 - i] = h.cases[i];
	turned.cases[turned.n++].at_ns = 0; /* not known */
	turned.cases[turned.n++].at_ns = at(9);
	a = rate_of(&h, 0, 8, &site);
	b = rate_of(&turned, 0, 8, &site);
	assert_memory_equal(&a, &b, sizeof(a));
	in = input(&h, 0, 8, &site, &s, &m);
	in.n = 0;
	assert_int_equal(rate_count(&in, &a), RC_INVAL);
	/* One machine, heard for a minute. */
	in.n = 1;
	in.now_ns = h.cases[0].at_ns + UINT64_C(60000000000);
	s.infected = 1;
	assert_int_equal(rate_count(&in, &a), RC_INVAL);
}

static void nonsense_is_refused(void **unused)
{
	static const double bad[] = {NAN, INFINITY, -INFINITY, 1e12, -1e9};
	struct heard h = {.cases = {{start_ns, false}}, .n = 1};
	const struct site good = {.infected = 3, .exposed = 10, .find_hours = 1};
	struct rate_input in;
	struct sim_site s;
	struct sim_means m;
	double *const fields[] = {&s.infected,  &s.exposed,   &m.find_hours,
				  &m.off_share, &in.now_hour, &in.infected_sd};
	struct rate r;

	(void)unused;
	for (size_t f = 0; f < sizeof(fields) / sizeof(*fields); f++) {
		for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
			in = input(&h, 0, 8, &good, &s, &m);
			*fields[f] = bad[i];
			assert_int_equal(rate_count(&in, &r), RC_INVAL);
		}
	}
	in = input(&h, 0, 8, &good, &s, &m);
	in.from_ns = in.now_ns + 1;
	assert_int_equal(rate_count(&in, &r), RC_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(infections_are_counted_over_infected_hours),
		cmocka_unit_test(an_infection_that_was_seen_has_its_time),
		cmocka_unit_test(old_infections_heard_late_are_no_growth),
		cmocka_unit_test(who_listens_before_it_begins_hears_no_slow_growth),
		cmocka_unit_test(more_infected_in_all_than_heard_were_infected_lately),
		cmocka_unit_test(the_rate_is_one_of_an_average_hour),
		cmocka_unit_test(what_was_seen_before_listening_is_old),
		cmocka_unit_test(where_nobody_should_be_on_some_are),
		cmocka_unit_test(the_rate_of_few_infections_counts_as_known),
		cmocka_unit_test(the_rate_of_a_birth_process_is_found),
		cmocka_unit_test(the_order_does_not_matter_and_nothing_is_made_of_nothing),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
