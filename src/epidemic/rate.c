#include "epidemic/rate.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "epidemic/day.h"
#include "epidemic/number.h"

enum { EVEN = 64, DENSE = 64, BINS = EVEN + DENSE, ROUNDS = 40 };

static const double ns_per_hour = 3.6e12;
/* Before anything was heard: half an infection, in half a machine-hour. Jeffreys' prior for a rate
 * has the half infection; the half hour keeps a rate finite that rests on minutes. */
static const double prior_infections = 0.5, prior_hours = 0.5;
/* Variance over mean of what is counted: machines do not all attack alike, and most of it is
 * inferred. Measured, so that the interval holds nine of ten (`make accuracy`). */
static const double scatter = 2;
/* Infections and hours together, the prior's included: with less, nothing is said. */
static const double least = 2;
/* To meet, against an average hour: somebody is always on, whatever the model of the day says. */
static const double rarest = 0.01;
static const double no_chance = 1e-9; /* expected numbers that are as good as none */

struct bin {
	double hours, day; /* its length; the chance to meet, against an average hour's */
	double seen;       /* infections that were */
	double heard;      /* others, for the first time */
	double kept;       /* of the unheard at its beginning, those unheard at its end */
	double kept_new;   /* … of those infected in it, spread evenly */
	double born;       /* infected in it, as far as is known */
	double spent;      /* hours of infected machines: see struct rate */
	double expected;   /* infected in it and not seen, as the rate has it */
};

struct history {
	struct bin bins[BINS];
	unsigned n;
	double from; /* hours until now, negative: the first bin's beginning */
	double old;  /* infected by then */
	size_t n_cases;
	double seen; /* infections, in all bins */
	double limit, infected, infected_sd;
	double hours; /* spent, in all bins */
};

static double hours_at(const struct rate_input *in, uint64_t at_ns)
{
	return -(double)(in->now_ns - at_ns) / ns_per_hour;
}

static bool is_counted(const struct rate_input *in, const struct rate_case *c)
{
	return c->at_ns != 0 && c->at_ns <= in->now_ns;
}

/* Hours until now, negative, in order. */
static size_t take_times(const struct rate_input *in, double *times)
{
	size_t n = 0;

	for (size_t i = 0; i < in->n; i++) {
		if (is_counted(in, &in->cases[i]))
			times[n++] = hours_at(in, in->cases[i].at_ns);
	}
	if (n > 0)
		qsort(times, n, sizeof(*times), number_order);
	return n;
}

/* Who listens before the first is infected hears nothing: that is no time of slow growth. */
static double beginning(const struct rate_input *in, const double *times)
{
	double from = times[0] - in->means->find_hours, minute = 1.0 / 60;

	if (in->from_ns == 0)
		from = times[0];
	else
		from = fmax(from, -(double)(in->now_ns - in->from_ns) / ns_per_hour);
	return fmin(from, -minute);
}

/* Even bins, and more of them where there are more cases. */
static void cut_bins(struct history *h, const struct rate_input *in, const double *times,
		     double ends[BINS])
{
	double borders[BINS + 1], from = beginning(in, times);
	double find = fmax(in->means->find_hours, 1e-6);
	struct day day;

	for (unsigned i = 0; i <= EVEN; i++)
		borders[i] = from * (EVEN - i) / EVEN;
	for (unsigned i = 0; i < DENSE; i++) {
		size_t at = (size_t)((i + 0.5) * (double)h->n_cases / DENSE);

		borders[EVEN + 1 + i] = fmax(times[at], from);
	}
	h->from = from;
	qsort(borders, BINS + 1, sizeof(*borders), number_order);
	day_init(&day, in->site, in->means);
	for (unsigned i = 0; i < BINS; i++) {
		struct bin *b = &h->bins[h->n];
		double hours = borders[i + 1] - borders[i], x = hours / find;

		if (!(hours > 0))
			continue;
		*b = (struct bin){.hours = hours, .kept = exp(-x), .kept_new = -expm1(-x) / x};
		b->day = fmax(day_meeting(&day, hours, in->now_hour + borders[i + 1]), rarest);
		ends[h->n++] = borders[i + 1];
	}
}

/* Who was seen to be infected before the first bin is one of the old ones, and only heard. */
static void fill_bins(struct history *h, const struct rate_input *in, const double ends[BINS])
{
	for (size_t i = 0; i < in->n; i++) {
		const struct rate_case *k = &in->cases[i];
		unsigned low = 0, high = h->n - 1;
		double at = hours_at(in, k->at_ns);
		bool is_seen = k->is_infection && at >= h->from;

		if (!is_counted(in, k))
			continue;
		while (low < high) {
			unsigned middle = (low + high) / 2;

			if (at <= ends[middle])
				high = middle;
			else
				low = middle + 1;
		}
		*(is_seen ? &h->bins[low].seen : &h->bins[low].heard) += 1;
		h->seen += is_seen;
	}
}

static double infections(const struct history *h)
{
	double n = 0;

	for (unsigned i = 0; i < h->n; i++)
		n += h->bins[i].born;
	return n;
}

/* Infected machine-hours, as those infected by then have it: of each bin, and in all. */
static void spend(struct history *h)
{
	double ill = h->old;

	h->hours = 0;
	for (unsigned i = 0; i < h->n; i++) {
		struct bin *b = &h->bins[i];
		double there = ill + b->born / 2;

		b->spent = b->hours * b->day * there * fmax(1 - there / h->limit, 0.5 / h->limit);
		h->hours += b->spent;
		ill += b->born;
	}
}

/* Infections that nobody sees, as the rate has it. */
static void expect(struct history *h)
{
	double unseen = infections(h) - h->seen + prior_infections, rate;

	spend(h);
	rate = unseen / (h->hours + prior_hours);
	for (unsigned i = 0; i < h->n; i++)
		h->bins[i].expected = rate * h->bins[i].spent;
}

/* Of those heard in a bin, how many more or fewer than expected. */
static void compare(const struct history *h, double ratio[BINS])
{
	double unheard = h->old;

	for (unsigned i = 0; i < h->n; i++) {
		const struct bin *b = &h->bins[i];
		double left = unheard * b->kept + b->expected * b->kept_new;
		double want = unheard + b->expected - left;

		ratio[i] = b->heard > 0 ? b->heard / fmax(want, no_chance) : 0;
		unheard = left;
	}
}

/* The total is known with an error, and the model has one as well, by chance: their mean, by their
 * variances. */
static double share_unheard(const struct history *h, double expected)
{
	double known = fmax(h->infected - (double)h->n_cases, 0), w;

	if (h->infected_sd < 0 || expected < no_chance)
		return 1;
	w = expected / (expected + h->infected_sd * h->infected_sd);
	return (w * known + (1 - w) * expected) / expected;
}

/* Who was infected when, as the times at which they were heard have it. */
static void reconstruct(struct history *h)
{
	double ratio[BINS], heard_later = 0, never_later = 1, unheard = 0, share;
	double heard[BINS] = {0}, never[BINS] = {0}, old_never;

	compare(h, ratio);
	for (unsigned i = h->n; i-- > 0;) {
		const struct bin *b = &h->bins[i];

		heard[i] = b->expected * ((1 - b->kept_new) * ratio[i] + b->kept_new * heard_later);
		never[i] = b->expected * b->kept_new * never_later;
		unheard += never[i];
		heard_later = (1 - b->kept) * ratio[i] + b->kept * heard_later;
		never_later *= b->kept;
	}
	old_never = h->old * never_later;
	share = share_unheard(h, unheard + old_never);
	for (unsigned i = 0; i < h->n; i++)
		h->bins[i].born = h->bins[i].seen + heard[i] + share * never[i];
	h->old = fmax(h->old * heard_later + share * old_never, 1); /* somebody began */
}

static void iterate(struct history *h)
{
	double unseen = fmax((double)h->n_cases - h->seen - 1, prior_infections);

	h->old = 1;
	for (unsigned i = 0; i < h->n; i++)
		h->bins[i].born = h->bins[i].seen + unseen / h->n;
	for (unsigned round = 0; round < ROUNDS; round++) {
		expect(h);
		reconstruct(h);
	}
	spend(h);
}

/* Of a count of `n`, with its scatter, where a normal distribution has `normal`: of a gamma
 * distribution, by Wilson and Hilferty, Proc. Natl. Acad. Sci. 17, 1931. */
static double quantile(double n, double normal)
{
	double shape = n / scatter, x = 1 - 1 / (9 * shape) + normal / (3 * sqrt(shape));

	return x > 0 ? n * x * x * x : 0;
}

static bool is_good(const struct rate_input *in)
{
	const struct sim_site *site = in->site;
	const struct sim_means *means = in->means;

	return number_within(site->infected, 0, SIM_MACHINES) &&
	       number_within(site->exposed, 0, SIM_MACHINES) &&
	       number_within(in->infected_sd, -SIM_MACHINES, SIM_MACHINES) &&
	       number_within(in->now_hour, 0, DAY_HOURS) &&
	       number_within(means->find_hours, 0, 1e6) &&
	       number_within(means->off_share, 0, 0.99) && in->from_ns <= in->now_ns;
}

enum rc rate_count(const struct rate_input *in, struct rate *ret_r)
{
	struct history h = {.infected_sd = in->infected_sd};
	double ends[BINS], *times, n, hours;

	if (!is_good(in))
		return RC_INVAL;
	times = malloc((in->n + 1) * sizeof(*times));
	if (times == NULL)
		return RC_NOMEM;
	h.n_cases = take_times(in, times);
	if (h.n_cases > 0)
		cut_bins(&h, in, times, ends);
	free(times);
	if (h.n_cases == 0)
		return RC_INVAL;
	fill_bins(&h, in, ends);
	h.infected = in->site->infected;
	h.limit = fmax(h.infected + in->site->exposed, (double)h.n_cases + 1);
	iterate(&h);
	n = infections(&h) + prior_infections;
	hours = h.hours + prior_hours;
	if (!(n + hours >= least))
		return RC_INVAL;
	*ret_r = (struct rate){.rate = n / hours,
			       .low = quantile(n, -NUMBER_IN_95) / hours,
			       .high = quantile(n, NUMBER_IN_95) / hours,
			       .infections = n - prior_infections,
			       .machine_hours = h.hours};
	return RC_OK;
}

void rate_apply(const struct rate *r, struct sim_site *site)
{
	site->rate = r->rate;
	site->rate_sd =
		r->infections < RATE_SURE ? 0 : (r->high - r->low) / (2 * NUMBER_IN_95) / r->rate;
}
