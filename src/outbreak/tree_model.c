#include "outbreak/tree_model.h"

#include <math.h>

enum { ROUNDS = 12, SAMPLE = 4096 };

/* A worm that came in begins within seconds to an hour; a minute is the middle. */
static const double prior_mean = 4.094, prior_sd = 2.0;
/* How many cases the prior is worth. */
static const double prior_delays = 3, prior_tries = 2, prior_cases = 4;
static const double sure_success = 0.9, sure_unheard = 0.02;
static const double a_lot = 0.25; /* of a logarithm, for each case */
static const double prior_success = 0.5, prior_unheard = 0.25, prior_before = 0.1;

/* Delays that are none of the normal ones: somebody switched it on, a task ran at midnight. Alike
 * for each power of ten from 10 ms to a month. */
static const double odd_share = 0.05, odd_log_range = 19.4;
static const double least_sd = 0.3, most_success = 0.995;
static const double half_log_tau = 0.9189385332046727; /* ln sqrt(2 pi) */
static const double least_chance = 1e-200;             /* so that nothing becomes 0 / 0 */

struct tree_model tree_model_prior(void)
{
	return (struct tree_model){prior_mean, prior_sd, prior_success, prior_unheard,
				   prior_before};
}

/* What the first own deed says of an attempt `ln_delay` before it: a density per second. */
static double usual_delay(const struct tree_model *m, double ln_delay)
{
	double z = (ln_delay - m->mean) / m->sd;

	return (1 - odd_share) * exp(-0.5 * z * z - log(m->sd) - half_log_tau - ln_delay);
}

static double odd_delay(double ln_delay)
{
	return odd_share / odd_log_range * exp(-ln_delay);
}

static double unheard_of(const struct tree_model *m, const struct tree_case *c)
{
	return 1 - c->heard * (1 - m->unheard);
}

/* A body that was fetched is a success whatever the chance of an attempt is. */
static double failure_of(const struct tree_model *m, const struct tree_tries *t)
{
	double chance = t->f->class == CLASS_TRANSFER ? most_success : m->success;

	return exp(t->n * log1p(-chance));
}

/* That it was infected so many seconds before its first deed that is heard, or longer before, by
 * somebody who is not heard. */
static double longer_before(const struct tree_case *c, double seconds)
{
	return exp(-seconds / c->gap);
}

/* How well "before the listening began" fits: then its first deed is heard soon after that. Against
 * any other time, which is as likely as the next. */
static double fits_before(const struct tree_case *c)
{
	return longer_before(c, c->listened) / c->gap * c->span;
}

double tree_model_weigh(const struct tree_model *m, struct tree_case *c, struct tree_tries *tries)
{
	double unheard = unheard_of(m, c), none_yet = 1, sum = 0, longer = 0, nobody = 0, scale;

	for (size_t i = c->first; i < c->first + c->n; i++) {
		struct tree_tries *t = &tries[i];
		double fails = failure_of(m, t);
		double fits =
			c->is_flat ? c->flat : usual_delay(m, t->ln_delay) + odd_delay(t->ln_delay);
		double until = longer_before(c, exp(t->ln_delay));

		/* Had somebody else done it since the last ones, these would not matter. */
		nobody += none_yet * (until - longer);
		t->p_vain = nobody; /* so far; see below */
		longer = until;
		t->p = (1 - m->before) * (1 - unheard) * none_yet * (1 - fails) * fits * t->worth /
		       t->background;
		none_yet *= fails;
		sum += t->p;
	}
	nobody += none_yet * (1 - longer);
	c->p_before = m->before * fits_before(c);
	scale = (1 - m->before) * unheard;
	c->p_nobody = scale * nobody + c->p_before;
	if (c->p_nobody < least_chance)
		c->p_nobody = least_chance;
	sum += c->p_nobody;
	for (size_t i = c->first; i < c->first + c->n; i++) {
		tries[i].p /= sum;
		tries[i].p_vain = scale * (nobody - tries[i].p_vain) / sum;
	}
	c->p_nobody /= sum;
	c->p_before /= sum;
	return log(sum);
}

struct sums { /* what is expected of all cases under the present model */
	double delays, ln, ln_squared;
	double successes, failures;
	double heard, unheard, before;
};

static void sum_case(const struct tree_model *m, const struct tree_case *c,
		     const struct tree_tries *tries, struct sums *s)
{
	double unheard = unheard_of(m, c), later = 1;

	for (size_t i = c->first; i < c->first + c->n; i++) {
		const struct tree_tries *t = &tries[i];

		later -= t->p;
		if (!c->is_flat) {
			double usual = usual_delay(m, t->ln_delay);
			double share = t->p * usual / (usual + odd_delay(t->ln_delay));

			s->delays += share;
			s->ln += share * t->ln_delay;
			s->ln_squared += share * t->ln_delay * t->ln_delay;
		}
		if (t->f->class == CLASS_TRANSFER)
			continue;
		s->successes += t->p;
		s->failures += t->n * t->p_vain;
		if (later > c->p_nobody)
			s->failures += t->n * (later - c->p_nobody);
	}
	s->heard += 1 - c->p_nobody;
	s->unheard += (c->p_nobody - c->p_before) * m->unheard / unheard;
	s->before += c->p_before;
}

static void learn(const struct sums *s, struct tree_model *m)
{
	double n = s->delays + prior_delays;
	double mean = (s->ln + prior_delays * prior_mean) / n;
	double spread =
		s->ln_squared - 2 * mean * s->ln + mean * mean * s->delays +
		prior_delays * (prior_sd * prior_sd + (prior_mean - mean) * (prior_mean - mean));

	m->mean = mean;
	m->sd = sqrt(spread / n);
	if (!(m->sd > least_sd)) /* rounding may leave less than nothing */
		m->sd = least_sd;
	m->success = (s->successes + prior_tries * prior_success) /
		     (s->successes + s->failures + prior_tries);
	if (m->success > most_success)
		m->success = most_success;
	m->before = (s->before + prior_cases * prior_before) /
		    (s->heard + s->unheard + s->before + prior_cases);
	m->unheard =
		(s->unheard + prior_cases * prior_unheard) / (s->heard + s->unheard + prior_cases);
}

/* From a beginning; returns how well the cases fit at the end. */
static double learn_from(struct tree_case *cases, size_t n, struct tree_tries *tries,
			 struct tree_model *m)
{
	size_t step = n / SAMPLE + 1;
	double fit = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct sums s = {0};

		fit = 0;
		for (size_t i = 0; i < n; i += step) {
			fit += tree_model_weigh(m, &cases[i], tries);
			sum_case(m, &cases[i], tries, &s);
		}
		learn(&s, m);
	}
	return fit;
}

/* What is learned depends on where one begins: at a worm that succeeds at once, heard by us; or in
 * doubt. That its attempts fail, and others infected everybody whom it tried, can explain almost
 * anything, so it has to explain a lot better. */
struct tree_model tree_model_learn(struct tree_case *cases, size_t n, struct tree_tries *tries)
{
	struct tree_model doubt = tree_model_prior(), sure = tree_model_prior();
	size_t learned = n / (n / SAMPLE + 1);
	double better = 0;

	sure.success = sure_success;
	sure.unheard = sure_unheard;
	better = learn_from(cases, n, tries, &doubt) - learn_from(cases, n, tries, &sure);
	return better > a_lot * (double)learned ? doubt : sure;
}
