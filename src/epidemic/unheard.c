#include "epidemic/unheard.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "epidemic/number.h"
#include "epidemic/random.h"

enum {
	RATES = UNHEARD_RATES,
	BINS = UNHEARD_BINS,
	PARTS = 3,     /* of the mixture */
	SETTLE = 2000, /* draws thrown away first */
	DRAWS = UNHEARD_DRAWS,
};
/* Priors; doc/proof.md says why these. */
#define RATE_MOST   6.0   /* a minute: heard in every one */
#define RATE_LEAST  0.003 /* times the minutes listened: never heard */
#define MEAN_LEAST  0.03  /* a part's mean rate is at least that, times the minutes */
#define WIDTH_SCALE 0.5   /* half-normal: of the log of machines' rates in a part */
#define WIDTH_LEAST 0.05
#define GROWTH_MEAN 0.7 /* exponential, where nothing is known of it */
#define BEND_SCALE  0.7 /* half-normal, of its log */
/* That all are heard alike; that there are two parts more. A view that hears some machines worse
 * than others will hear some worse still. */
#define EVEN_CHANCE  0.6
#define THREE_CHANCE 0.3
#define WEIGHT_MEAN  0.5 /* log of a further part's weight, to the first's */
#define WEIGHT_WIDTH 1.5
#define LATENT_MEAN  1.0 /* minutes from being infected to attacking */

struct guess {                             /* one point of what is not known */
	double mean[PARTS], weight[PARTS]; /* logs */
	bool has[PARTS];
	double width;        /* log of */
	double growth, bend; /* logs of */
	double log_posterior;
	double share_missed;
	double missed[RATES];
};

struct model {
	const struct unheard_input *in;
	double log_rate[RATES], first, step; /* the grid */
	double rate[RATES], kept[RATES];     /* of a bin: unheard through it */
	double late[RATES];                  /* … of those infected in it */
	double *again;                       /* RATES for each group: likelihood of `again` */
	unsigned *bin;                       /* of its first */
	double log_left[BINS];               /* of the share of time that is left after a bin */
	double n;
	struct random random;
};

/* The normal density on the grid, summing to `total`, added to f. Neighbours' ratio changes by one
 * factor, so that three exponentials are enough. */
static void add_normal(const struct model *m, double mean, double width, double total, double *f)
{
	double part[RATES] = {0}, sum = 0, h = m->step / width, at = (mean - m->first) / m->step;
	int near = (int)fmin(fmax(floor(at + 0.5), 0), RATES - 1);
	double d = ((double)near - at) * h, change = random_exp(-h * h);

	part[near] = random_exp(-d * d / 2);
	if (part[near] <= 0)
		part[near] = 1; /* so far out that the nearest point is all of it */
	for (int way = -1; way <= 1; way += 2) {
		double ratio = random_exp(-h * h / 2 - d * h * way), value = part[near];

		for (int k = near + way; k >= 0 && k < RATES && value > 1e-12 * part[near];
		     k += way) {
			value *= ratio;
			ratio *= change;
			part[k] = value;
		}
	}
	for (unsigned k = 0; k < RATES; k++)
		sum += part[k];
	for (unsigned k = 0; k < RATES; k++)
		f[k] += total * part[k] / sum;
}

static void mix_rates(const struct model *m, const struct guess *g, double *ret_f)
{
	double sum = 0, weight[PARTS] = {0}, width = random_exp(g->width);

	memset(ret_f, 0, RATES * sizeof(*ret_f));
	for (unsigned i = 0; i < PARTS; i++) {
		weight[i] = g->has[i] ? random_exp(g->weight[i]) : 0;
		sum += weight[i];
	}
	for (unsigned i = 0; i < PARTS; i++) {
		if (g->has[i])
			add_normal(m, g->mean[i], width, weight[i] / sum, ret_f);
	}
}

/* Share of those infected at the end who were infected before the start (0), or in a bin. */
static void curve(const struct model *m, const struct guess *g, double *ret_w)
{
	double growth = random_exp(g->growth), bend = random_exp(g->bend), before = 0;

	for (unsigned b = 0; b <= BINS; b++) {
		double left = b == 0 ? 1 : b < BINS ? random_exp(bend * m->log_left[b - 1]) : 0;
		double until = random_exp(-growth * left);

		ret_w[b] = until - before;
		before = until;
	}
}

static double prior(const struct model *m, const struct guess *g)
{
	double width = random_exp(g->width), growth = random_exp(g->growth), sum = 0;
	double mean = m->in->growth > 0 ? m->in->growth : GROWTH_MEAN;
	double least = random_log(MEAN_LEAST / m->in->minutes), most = random_log(RATE_MOST);

	for (unsigned i = 0; i < PARTS; i++) {
		double off = (g->weight[i] - WEIGHT_MEAN) / WEIGHT_WIDTH;

		if (g->mean[i] < least || g->mean[i] > most)
			return -INFINITY;
		if (i > 0)
			sum -= off * off / 2;
	}
	sum += random_log(g->has[1] && g->has[2]   ? THREE_CHANCE
			  : g->has[1] || g->has[2] ? (1 - EVEN_CHANCE - THREE_CHANCE) / 2
						   : EVEN_CHANCE);
	if (width < WIDTH_LEAST || width > 5 || g->bend < 0 || growth > 50 || growth < 1e-4)
		return -INFINITY;
	sum += g->width - width * width / (2 * WIDTH_SCALE * WIDTH_SCALE);
	sum += g->growth - growth / mean;
	sum -= g->bend * g->bend / (2 * BEND_SCALE * BEND_SCALE);
	return sum;
}

/* Log of the chance that the total is not more than there are machines. */
static double log_fits(const struct model *m, double missed)
{
	double mean = m->n / (1 - missed), sd = sqrt(m->n * missed) / (1 - missed) + 0.3;

	if (m->in->limit <= 0)
		return 0;
	return -random_log(1 + random_exp(-1.702 * (m->in->limit + 0.5 - mean) / sd));
}

/* Fills in what follows from the guess. */
static void weigh(const struct model *m, struct guess *g)
{
	double f[RATES], w[BINS + 1], heard[BINS][RATES], sum, missed = 0;

	g->log_posterior = prior(m, g);
	if (!isfinite(g->log_posterior))
		return;
	mix_rates(m, g, f);
	curve(m, g, w);
	for (unsigned k = 0; k < RATES; k++) {
		double left = w[0] * f[k];

		for (unsigned b = 0; b < BINS; b++) {
			double fresh = w[b + 1] * f[k];

			heard[b][k] = left * (1 - m->kept[k]) + fresh * (1 - m->late[k]);
			left = left * m->kept[k] + fresh * m->late[k];
		}
		g->missed[k] = left;
		missed += left;
	}
	g->share_missed = fmin(missed, 1 - 1e-9);
	sum = -m->n * random_log(1 - g->share_missed) + log_fits(m, g->share_missed);
	for (size_t i = 0; i < m->in->n_groups; i++) {
		const double *again = &m->again[i * RATES], *at = heard[m->bin[i]];
		double h = 0;

		for (unsigned k = 0; k < RATES; k++)
			h += at[k] * again[k];
		sum += m->in->groups[i].count * random_log(fmax(h, 1e-300));
	}
	g->log_posterior += sum;
}

static double unit_between(struct model *m, double low, double high)
{
	return low + (high - low) * random_unit(&m->random);
}

/* A further part comes or goes. What it is like, or would be, is drawn from the prior. */
static void toggle(struct model *m, struct guess *g)
{
	unsigned i = 1 + (unsigned)(random_unit(&m->random) * (PARTS - 1));

	g->has[i] = !g->has[i];
	g->mean[i] =
		unit_between(m, random_log(MEAN_LEAST / m->in->minutes), random_log(RATE_MOST));
	g->weight[i] = WEIGHT_MEAN + WEIGHT_WIDTH * random_normal(&m->random);
}

/* A few of the numbers move, by a little or by much. */
static void move(struct model *m, struct guess *g)
{
	double *at[] = {&g->mean[0],   &g->mean[1], &g->mean[2], &g->weight[1],
			&g->weight[2], &g->width,   &g->growth,  &g->bend};
	double by = random_exp(unit_between(m, -4, 0.3));

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		if (random_unit(&m->random) < 0.35)
			*at[i] += by * random_normal(&m->random);
	}
	g->bend = fabs(g->bend);
}

static void step(struct model *m, struct guess *g)
{
	struct guess next = *g;
	bool is_toggle = random_unit(&m->random) < 0.2;
	double gain;

	if (is_toggle)
		toggle(m, &next);
	else
		move(m, &next);
	weigh(m, &next);
	gain = next.log_posterior - g->log_posterior;
	if (is_toggle) { /* drawn from the prior: weight and being there are in both, and cancel */
		for (unsigned i = 1; i < PARTS; i++) {
			double was = (g->weight[i] - WEIGHT_MEAN) / WEIGHT_WIDTH;
			double is = (next.weight[i] - WEIGHT_MEAN) / WEIGHT_WIDTH;

			gain += (is * is - was * was) / 2;
		}
	}
	if (random_log(random_unit(&m->random)) < gain)
		*g = next;
}

/* Marsaglia and Tsang (2000), shape >= 1. */
static double draw_gamma(struct random *r, double shape)
{
	double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);

	for (unsigned tries = 0; tries < 1000; tries++) {
		double x = random_normal(r), v = 1 + c * x;

		v = v * v * v;
		if (v > 0 && random_log(random_unit(r)) < x * x / 2 + d - d * v + d * random_log(v))
			return d * v;
	}
	return shape;
}

static double draw_poisson(struct random *r, double mean)
{
	double p = 1, least = random_exp(-mean), n = 0;

	if (mean > 50)
		return fmax(0, floor(mean + sqrt(mean) * random_normal(r) + 0.5));
	while ((p *= random_unit(r)) > least)
		n++;
	return n;
}

/* All that are infected, given the guess: those unheard are negative binomial, and some were
 * infected so lately that they do not attack yet. */
static double draw_total(struct model *m, const struct guess *g)
{
	double odds = g->share_missed / (1 - g->share_missed), n = m->n, latent;

	n += draw_poisson(&m->random, odds * draw_gamma(&m->random, fmax(m->n, 1)));
	latent = -LATENT_MEAN * random_log(1 - random_unit(&m->random)) / m->in->minutes;
	latent = random_exp(g->growth) *
		 random_exp(random_exp(g->bend) * random_log(fmin(latent, 1)));
	n += draw_poisson(&m->random, n * (random_exp(fmin(latent, 3)) - 1));
	return m->in->limit > 0 ? fmin(n, fmax(m->in->limit, m->n)) : n;
}

static void set_grid(struct model *m)
{
	double minutes = m->in->minutes, bin = minutes / BINS, most = random_log(RATE_MOST * 3);

	m->first = random_log(RATE_LEAST / minutes);
	m->step = (most - m->first) / (RATES - 1);
	for (unsigned k = 0; k < RATES; k++) {
		m->log_rate[k] = m->first + m->step * k;
		m->rate[k] = random_exp(m->log_rate[k]);
		m->kept[k] = random_exp(-m->rate[k] * bin);
		m->late[k] = m->rate[k] * bin > 1e-6 ? (1 - m->kept[k]) / (m->rate[k] * bin)
						     : 1 - m->rate[k] * bin / 2;
	}
	for (unsigned b = 0; b + 1 < BINS; b++)
		m->log_left[b] = random_log(1 - (b + 1.0) / BINS);
}

/* The binomial likelihood of each group's repeats at each rate; largest 1. */
static void set_groups(struct model *m)
{
	for (size_t i = 0; i < m->in->n_groups; i++) {
		const struct heard_group *g = &m->in->groups[i];
		double *row = &m->again[i * RATES], most = -INFINITY;

		m->n += g->count;
		m->bin[i] = (unsigned)fmin(fmax(g->first / m->in->minutes * BINS, 0), BINS - 1);
		for (unsigned k = 0; k < RATES; k++) {
			double heard = 1 - random_exp(-m->rate[k]);

			row[k] = g->again * random_log(heard) - (g->rest - g->again) * m->rate[k];
			most = fmax(most, row[k]);
		}
		for (unsigned k = 0; k < RATES; k++)
			row[k] = random_exp(row[k] - most);
	}
}

/* Where the search starts: one part, at the mean rate. */
static struct guess first_guess(struct model *m)
{
	struct guess g = {.has = {true}};
	double again = 0.5, rest = 1;
	double least = random_log(MEAN_LEAST / m->in->minutes), most = random_log(RATE_MOST);

	for (size_t i = 0; i < m->in->n_groups; i++) {
		again += m->in->groups[i].count * m->in->groups[i].again;
		rest += m->in->groups[i].count * m->in->groups[i].rest;
	}
	for (unsigned i = 0; i < PARTS; i++) {
		double rate = -random_log(fmax(1 - again / rest, 0.01));

		g.mean[i] = fmin(fmax(random_log(rate), least), most);
		g.weight[i] = i == 0 ? 0 : WEIGHT_MEAN;
	}
	g.width = random_log(0.4);
	g.growth = random_log(fmin(fmax(m->in->growth, 0.1), 5));
	g.bend = 0.1;
	weigh(m, &g);
	return g;
}

static void sample(struct model *m, double *totals, struct unheard *ret_u)
{
	struct guess g = first_guess(m);

	for (unsigned i = 0; i < SETTLE; i++)
		step(m, &g);
	for (unsigned i = 0; i < DRAWS; i++) {
		step(m, &g);
		totals[i] = draw_total(m, &g);
		ret_u->uneven += (g.has[1] || g.has[2]) / (double)DRAWS;
		for (unsigned k = 0; k < RATES; k++)
			ret_u->missed[k] += m->n / (1 - g.share_missed) * g.missed[k] / DRAWS;
	}
	qsort(totals, DRAWS, sizeof(*totals), number_order);
	memcpy(ret_u->rate, m->rate, sizeof(m->rate));
	ret_u->total = totals[DRAWS / 2];
	ret_u->low = totals[(size_t)(DRAWS * 0.025)];
	ret_u->high = totals[(size_t)(DRAWS * 0.975)];
}

enum rc unheard_count(const struct unheard_input *in, struct unheard *ret_u)
{
	struct model m = {.in = in};
	double *totals = calloc(DRAWS, sizeof(*totals));
	struct unheard u = {0};
	enum rc rc = RC_NOMEM;

	m.again = calloc(in->n_groups * RATES, sizeof(*m.again));
	m.bin = calloc(in->n_groups, sizeof(*m.bin));
	if (totals != NULL && m.again != NULL && m.bin != NULL) {
		random_init(&m.random, 1, 1);
		set_grid(&m);
		set_groups(&m);
		sample(&m, totals, &u);
		*ret_u = u;
		rc = RC_OK;
	}
	free(totals);
	free(m.again);
	free(m.bin);
	return rc;
}
