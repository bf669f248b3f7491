#include "epidemic/growth.h"

#include <math.h>
#include <stdio.h>

#include "epidemic/curve.h"
#include "epidemic/number.h"

static const double ns_per_hour = 3.6e12;
static const double chi2_95 = 3.841459;

static void say(struct growth *g, const char *why)
{
	(void)snprintf(g->why, sizeof(g->why), "%s", why);
}

static const char *hours_text(double hours, char *text, size_t len)
{
	if (hours < 2)
		(void)snprintf(text, len, "%.0f minutes", hours * 60);
	else if (hours < 72)
		(void)snprintf(text, len, "%.1f hours", hours);
	else
		(void)snprintf(text, len, "%.1f days", hours / 24);
	return text;
}

/* Counts by time. False: no time was listened. */
static bool count(const struct growth_input *in, struct curve_data *d)
{
	uint64_t from = in->from_ns;
	size_t inside = 0;
	double hours;

	for (size_t i = 0; in->from_ns == 0 && i < in->n; i++) {
		if (in->infected_ns[i] != 0 && (from == 0 || in->infected_ns[i] < from))
			from = in->infected_ns[i];
	}
	if (from == 0 || from >= in->now_ns)
		return false;
	hours = (double)(in->now_ns - from) / ns_per_hour;
	for (size_t i = 0; i < in->n; i++) {
		uint64_t at = in->infected_ns[i];

		inside += at >= from && at <= in->now_ns;
		d->before += at != 0 && at < from;
	}
	d->n_bins = inside < 8 ? 8 : inside > CURVE_BINS ? CURVE_BINS : (unsigned)inside;
	d->bin_hours = hours / d->n_bins;
	d->total = (double)inside;
	for (size_t i = 0; i < in->n; i++) {
		uint64_t at = in->infected_ns[i];
		unsigned bin;

		if (at < from || at > in->now_ns)
			continue;
		bin = (unsigned)((double)(at - from) / ns_per_hour / d->bin_hours);
		d->counts[bin < d->n_bins ? bin : d->n_bins - 1]++;
	}
	return true;
}

static double limit_of(const struct curve_data *d, const struct curve *c)
{
	return c->full > 0.01 || d->limit > 0 ? fmin(c->now / c->full, 1e12) : -1;
}

static double a_day(const struct growth_curve *c)
{
	return c->rate * 24 * (c->limit > 0 ? fmax(1 - c->now / c->limit, 0) : 1);
}

/* < 0: it never will. */
static double doubling(const struct growth_curve *c)
{
	double full = c->limit > 0 ? c->now / c->limit : 0;

	if (full >= 0.4999 || !(c->rate > 0))
		return -1;
	return fmin(log(2 * (1 - full) / (1 - 2 * full)) / c->rate, 1e6);
}

/* What is never counts as more than anything. */
static void stretch(double *low, double *high, double x)
{
	if (x >= 0 && (*low < 0 || x < *low))
		*low = x;
	if (*high >= 0 && (x < 0 || x > *high))
		*high = x;
}

static void measure(struct growth *g)
{
	const struct growth_curve *best = &g->curves[0];

	g->rate = g->rate_low = g->rate_high = best->rate;
	g->now = best->now;
	g->limit = g->limit_low = g->limit_high = best->limit;
	g->doubling_hours = g->doubling_low = g->doubling_high = doubling(best);
	g->r = g->r_low = g->r_high = a_day(best);
	for (size_t i = 1; i < g->n_curves; i++) {
		const struct growth_curve *c = &g->curves[i];

		stretch(&g->rate_low, &g->rate_high, c->rate);
		stretch(&g->limit_low, &g->limit_high, c->limit);
		stretch(&g->doubling_low, &g->doubling_high, doubling(c));
		stretch(&g->r_low, &g->r_high, a_day(c));
	}
}

static void explain_fit(struct growth *g, const struct curve_data *d)
{
	double hours = d->bin_hours * d->n_bins;
	char window[32], delay[32], limit[64] = "no end of it can be told yet";

	if (d->limit > 0)
		(void)snprintf(limit, sizeof(limit), "%.0f machines can be infected", d->limit);
	else if (g->limit > 0)
		(void)snprintf(limit, sizeof(limit), "its end is fitted, not known");
	(void)snprintf(g->why, sizeof(g->why),
		       "a logistic curve through %.0f infections in %s; %s; an infected machine is "
		       "heard %s%s",
		       d->total, hours_text(hours, window, sizeof(window)), limit,
		       g->delay_hours > 0 ? "after " : "at once",
		       g->delay_hours > 0 ? hours_text(g->delay_hours, delay, sizeof(delay)) : "");
}

static void explain_line(struct growth *g, const struct curve_data *d)
{
	double rate_high = g->rate_high;
	double hours = d->bin_hours * d->n_bins;
	char window[32];

	*g = (struct growth){.rate_high = rate_high, .scatter = g->scatter};
	(void)snprintf(g->why, sizeof(g->why),
		       "%.0f infections in %s lie as well on a line (as many each hour, or all of "
		       "them old) as on a curve: none is fitted; its rate is at most %.2g an hour",
		       d->total, hours_text(hours, window, sizeof(window)), rate_high);
}

enum rc growth_fit(const struct growth_input *in, struct growth *ret_g)
{
	struct curve_data d = {0};
	struct growth g = {0};
	struct curve_fit f = {0};

	if (!(in->machines >= 0 && in->machines <= 1e9) ||
	    !(in->share_heard >= 0 && in->share_heard <= 1) || in->from_ns > in->now_ns)
		return RC_INVAL;
	d.limit = in->machines;
	d.share = in->share_heard;
	if (in->n == 0 || !count(in, &d)) {
		say(&g, in->n == 0 ? "no infection is known with its time"
				   : "no time was listened, so nothing can be told of growth");
		*ret_g = g;
		return RC_OK;
	}
	if (d.total < GROWTH_LEAST) {
		(void)snprintf(g.why, sizeof(g.why),
			       "%.0f infections while listening are too few to fit a curve: "
			       "%d are needed",
			       d.total, (int)GROWTH_LEAST);
		*ret_g = g;
		return RC_OK;
	}
	curve_fit(&d, &f);
	g.curves[g.n_curves++] =
		(struct growth_curve){f.best.rate, f.best.now, limit_of(&d, &f.best)};
	for (size_t i = 0; i < f.n_border; i++)
		g.curves[g.n_curves++] = (struct growth_curve){f.border[i].rate, f.border[i].now,
							       limit_of(&d, &f.border[i])};
	g.scatter = f.scatter;
	g.delay_hours = f.best.hear > 0 ? 1 / f.best.hear : 0;
	measure(&g);
	g.is_fitted = 2 * (f.best.fit - f.line) / f.scatter >= chi2_95;
	if (g.is_fitted)
		explain_fit(&g, &d);
	else
		explain_line(&g, &d);
	*ret_g = g;
	return RC_OK;
}

static double on_curve(const struct growth_curve *c, double hours, double factor)
{
	struct curve at = {.rate = c->rate, .now = c->now};

	at.full = c->limit > 0 ? fmin(c->now / c->limit, 1) : 0;
	if (hours > 0)
		at.rate *= factor;
	return curve_infected(&at, hours);
}

void growth_at(const struct growth *g, double hours, double factor, struct growth_point *ret_p)
{
	struct growth_point p = {0};
	double chance = 0.5; /* machines are whole */

	*ret_p = p;
	if (!g->is_fitted || g->n_curves == 0)
		return;
	hours = hours >= -1e6 && hours <= 1e6 ? hours : 0;
	factor = factor >= 0 && factor <= 1000 ? factor : 1;
	p.infected = p.low = p.high = on_curve(&g->curves[0], hours, factor);
	for (size_t i = 1; i < g->n_curves; i++)
		stretch(&p.low, &p.high, on_curve(&g->curves[i], hours, factor));
	if (hours > 0) { /* of a birth process: each new one makes others early or late */
		double made = fmax(p.infected - g->now, 0);
		double left = g->limit > 0 ? fmax(1 - p.infected / g->limit, 0) : 1;

		chance = NUMBER_IN_95 *
			 sqrt(g->scatter * made * (1 + left * made / fmax(g->now, 1)));
	}
	p.low = fmax(p.infected - hypot(p.infected - p.low, chance), 0);
	p.high = fmin(p.infected + hypot(p.high - p.infected, chance), 1e12);
	if (g->limit_high > 0)
		p.high = fmax(fmin(p.high, g->limit_high), p.infected);
	*ret_p = p;
}
