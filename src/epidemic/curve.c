#include "epidemic/curve.h"

#include <math.h>
#include <string.h>

enum {
	RATES = 26, /* of the search's grid, in each round */
	HEARS = 9,
	FULLS = 9, /* where the limit is not known; else there is one, and more levels */
	LEVELS = 5,
	LEVELS_OF_LIMIT = 9,
	ROUNDS = 3, /* each over the region that the last one found */
	HORIZONS = 5,
	MEASURES = 4 + HORIZONS, /* whose extremes are kept */
};
static const double chi2_95 = 3.841459; /* of one degree of freedom */
static const double horizons[HORIZONS] = {1, 6, 24, 72, -4};

/* The places of the grid: logarithms of rate and hazard, the logit of the full share, and standard
 * deviations by which the number of infected differs from the one that fits the sum of counts. */
struct range {
	double low, high;
};
struct grid {
	struct range rate, hear, full, level;
	bool hears_at_once; /* is tried beside the hazards of the range */
};

static double window(const struct curve_data *d)
{
	return d->bin_hours * d->n_bins;
}

double curve_infected(const struct curve *c, double hours)
{
	double x = fmin(fmax(c->rate * hours, -300), 300);

	return fmin(c->now / (c->full + (1 - c->full) * exp(-x)), 1e12);
}

/* Expected counts, not yet scaled. Returns their sum. */
static double expect(const struct curve_data *d, const struct curve *c, double want[CURVE_BINS])
{
	double at = curve_infected(c, -window(d)), unheard = fmax(at - d->before, 0), sum = 0;
	double kept = c->hear > 0 ? exp(-c->hear * d->bin_hours) : 0;
	double kept_new = c->hear > 0 ? (1 - kept) / (c->hear * d->bin_hours) : 0;

	for (unsigned i = 0; i < d->n_bins; i++) {
		double next = curve_infected(c, d->bin_hours * (i + 1.0) - window(d));
		double made = fmax(next - at, 0), left = unheard * kept + made * kept_new;

		want[i] = fmax(unheard + made - left, 0);
		sum += want[i];
		unheard = left;
		at = next;
	}
	return sum;
}

static double share_of(double logit)
{
	return 1 / (1 + exp(-logit));
}

static double logit_of(double share)
{
	return log(share / (1 - share));
}

/* So that as many are expected as were counted. */
static void place_by_sum(const struct curve_data *d, struct curve *c)
{
	double heard = d->total + d->before, want[CURVE_BINS];

	c->now = fmax(d->share > 0 ? heard / d->share : heard, 1);
	for (unsigned i = 0; i < 4; i++) { /* settles: `full` changes the sum only slowly */
		double sum;

		if (d->limit > 0)
			c->full = fmin(c->now / d->limit, 1 - 0.5 / (d->limit + 1));
		if (d->share > 0)
			return;
		sum = expect(d, c, want);
		if (sum > 0)
			c->now = fmin(fmax(c->now * d->total / sum, 1), 1e9);
	}
}

/* Close to the limit, what is left of it says where on the curve we are; the number itself says
 * little. So there the level moves along the curve. */
static void place(const struct curve_data *d, struct curve *c, double level)
{
	double sd = 1 / sqrt(fmax(d->total + d->before, 1));

	place_by_sum(d, c);
	if (d->limit > 0) {
		sd = fmin(sd / (1 - c->full), 4);
		c->full = share_of(logit_of(c->full) + level * sd);
		c->now = c->full * d->limit;
	} else {
		c->now *= exp(level * sd);
	}
}

static void judge(const struct curve_data *d, struct curve *c, double want[CURVE_BINS])
{
	double sum = expect(d, c, want), scale = 1;

	if (d->share > 0 && sum > 0)
		scale = fmax(c->now * d->share - d->before, 0.1) / sum;
	c->fit = 0;
	for (unsigned i = 0; i < d->n_bins; i++) {
		want[i] = fmax(want[i] * scale, 1e-6);
		c->fit += d->counts[i] * log(want[i]) - want[i];
	}
}

/* Pearson's, over bins put together until three are expected in each. */
static double scatter_of(const struct curve_data *d, const double want[CURVE_BINS])
{
	double sum = 0, expected = 0, counted = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < d->n_bins; i++) {
		expected += want[i];
		counted += d->counts[i];
		if (expected >= 3) {
			sum += (counted - expected) * (counted - expected) / expected;
			n++;
			expected = counted = 0;
		}
	}
	return n > 4 ? fmin(fmax(sum / (n - 3), 1), 1e6) : 1;
}

static double of_measure(const struct curve *c, unsigned measure)
{
	switch (measure) {
	case 0:
		return c->rate;
	case 1:
		return c->now;
	case 2:
		return c->full;
	case 3:
		return c->rate * (1 - c->full);
	default:
		return curve_infected(c, horizons[measure - 4]);
	}
}

struct search {
	const struct curve_data *data;
	struct curve best;
	double best_level;
	double best_want[CURVE_BINS];
	double least; /* a fit that is within the 95 % region */
	struct curve low[MEASURES], high[MEASURES];
	struct grid region; /* that holds the 95 % region */
	bool has_region;
};

static void stretch(struct range *r, double x)
{
	r->low = fmin(r->low, x);
	r->high = fmax(r->high, x);
}

static void keep_extremes(struct search *s, const struct curve *c)
{
	for (unsigned m = 0; m < MEASURES; m++) {
		double x = of_measure(c, m);

		if (!s->has_region || x < of_measure(&s->low[m], m))
			s->low[m] = *c;
		if (!s->has_region || x > of_measure(&s->high[m], m))
			s->high[m] = *c;
	}
}

static void keep(struct search *s, const struct curve *c, double level)
{
	struct grid *g = &s->region;

	keep_extremes(s, c);
	if (!s->has_region) {
		g->rate = (struct range){log(c->rate), log(c->rate)};
		g->hear = (struct range){INFINITY, -INFINITY};
		g->full = (struct range){logit_of(c->full), logit_of(c->full)};
		g->level = (struct range){level, level};
		g->hears_at_once = false;
	}
	stretch(&g->rate, log(c->rate));
	stretch(&g->full, logit_of(c->full));
	stretch(&g->level, level);
	if (c->hear > 0)
		stretch(&g->hear, log(c->hear));
	else
		g->hears_at_once = true;
	s->has_region = true;
}

static double at(const struct range *r, unsigned i, unsigned n)
{
	return r->low + (r->high - r->low) * i / (n - 1);
}

/* `keeps`: what is in the region is kept; else only the best is looked for. */
static void try(struct search *s, struct curve c, double level, bool keeps)
{
	double want[CURVE_BINS];

	place(s->data, &c, level);
	judge(s->data, &c, want);
	if (c.fit > s->best.fit) {
		s->best = c;
		s->best_level = level;
		memcpy(s->best_want, want, sizeof(want));
	}
	if (keeps && c.fit >= s->least)
		keep(s, &c, level);
}

static void try_levels(struct search *s, const struct grid *g, struct curve c, bool keeps)
{
	bool has_limit = s->data->limit > 0;
	unsigned fulls = has_limit ? 1 : FULLS, levels = has_limit ? LEVELS_OF_LIMIT : LEVELS;

	for (unsigned f = 0; f < fulls; f++) {
		c.full = share_of(at(&g->full, f, FULLS));
		for (unsigned l = 0; l < levels; l++)
			try(s, c, at(&g->level, l, levels), keeps);
	}
}

static void walk(struct search *s, const struct grid *g, bool keeps)
{
	for (unsigned r = 0; r < RATES; r++) {
		struct curve c = {.rate = exp(at(&g->rate, r, RATES))};

		if (g->hears_at_once)
			try_levels(s, g, c, keeps);
		for (unsigned h = 0; h < HEARS && g->hear.low <= g->hear.high; h++) {
			c.hear = exp(at(&g->hear, h, HEARS));
			try_levels(s, g, c, keeps);
		}
	}
}

/* By one place of the grid that found it, inside of what is looked through at all. */
static void widen(struct range *r, const struct range *found_in, const struct range *all,
		  unsigned n)
{
	double step = (found_in->high - found_in->low) / (n - 1);

	r->low = fmax(r->low - step, all->low);
	r->high = fmin(r->high + step, all->high);
}

/* The best mixture of a steady stream and of a burst that dies away with hazard `hear`: Poisson
 * likelihood, by expectation and maximization. */
static double fit_line(const struct curve_data *d, double hear)
{
	double steady = fmax(d->total / 2, 0.1), burst = steady, fit = 0;

	for (unsigned round = 0; round < 60; round++) {
		double from_steady = 0, from_burst = 0, t = 0;

		fit = 0;
		for (unsigned i = 0; i < d->n_bins; i++, t += d->bin_hours) {
			double a = steady / d->n_bins;
			double b =
				hear > 0
					? burst * (exp(-hear * t) - exp(-hear * (t + d->bin_hours)))
					: (i == 0 ? burst : 0);
			double want = fmax(a + b, 1e-6);

			fit += d->counts[i] * log(want) - want;
			from_steady += d->counts[i] * a / want;
			from_burst += d->counts[i] * b / want;
		}
		steady = from_steady;
		burst = hear > 0 ? from_burst / (1 - exp(-hear * window(d))) : from_burst;
	}
	return fit;
}

static double best_line(const struct curve_data *d, const struct range *hear)
{
	double best = fit_line(d, 0);

	for (unsigned i = 0; i < HEARS; i++)
		best = fmax(best, fit_line(d, exp(at(hear, i, HEARS))));
	return best;
}

void curve_fit(const struct curve_data *d, struct curve_fit *ret_f)
{
	const struct grid all = {{log(0.02 / window(d)), log(400 / window(d))},
				 {log(0.5 / window(d)), log(fmax(50 / window(d), 60))},
				 {-6, 8},
				 {-3, 3},
				 true};
	struct search s = {.data = d, .best = {.fit = -INFINITY}};
	struct curve_fit f = {0};
	struct grid g = all, next;

	walk(&s, &g, false);
	for (unsigned round = 0; round < ROUNDS; round++) {
		f.scatter = scatter_of(d, s.best_want);
		s.least = s.best.fit - chi2_95 * f.scatter / 2;
		s.has_region = false;
		keep(&s, &s.best, s.best_level); /* which may lie between the grid's places */
		walk(&s, &g, true);
		next = s.region;
		widen(&next.rate, &g.rate, &all.rate, RATES);
		widen(&next.hear, &g.hear, &all.hear, HEARS);
		widen(&next.full, &g.full, &all.full, FULLS);
		widen(&next.level, &g.level, &all.level, LEVELS);
		g = next;
	}
	f.best = s.best;
	f.line = best_line(d, &all.hear);
	for (unsigned m = 0; m < MEASURES; m++) {
		f.border[f.n_border++] = s.low[m];
		f.border[f.n_border++] = s.high[m];
	}
	*ret_f = f;
}
