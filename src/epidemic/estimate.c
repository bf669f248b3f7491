#include "epidemic/estimate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "epidemic/unheard.h"

enum {
	SOURCES_LEAST = 5,  /* below that, no number */
	REPEATS_LEAST = 5,  /* minutes in which machines were heard again */
	AGAIN_LEAST = 3,    /* machines that were */
	A_DAY = 24 * 60,    /* in it, who attacks in bouts has some */
	EXACT_MINUTES = 16, /* above, counts are rounded to 1/16: far below what chance does */
	MOST_MINUTES = 60 * 24 * 366,
};
#define TOO_WIDE   12.0 /* high / low of an interval that says nothing */
#define SHARE_GOAL 0.95
#define UNEVEN     0.5  /* chance that some are heard far less than others, and … */
#define MISSED     0.25 /* … share missed by it: then there is no upper bound */

struct clock { /* minutes of listening, in which all sensors together count as one */
	struct estimate_sensor sensors[ESTIMATE_SENSORS];
	double share[ESTIMATE_SENSORS]; /* of what all hear when all listen */
	size_t n;
	double minutes;
};

static double sane(double x, double most)
{
	return x > 0 ? fmin(x, most) : 0; /* NAN: 0 */
}

/* Of its minutes, how many had passed? It is taken to have listened evenly. */
static double passed(const struct estimate_sensor *s, uint64_t at_ns)
{
	if (at_ns >= s->last_ns)
		return s->minutes;
	if (at_ns <= s->first_ns)
		return 0;
	return s->minutes * ((double)(at_ns - s->first_ns) / (double)(s->last_ns - s->first_ns));
}

static double clock_at(const struct clock *c, uint64_t at_ns)
{
	double sum = 0;

	for (size_t i = 0; i < c->n; i++)
		sum += c->share[i] * passed(&c->sensors[i], at_ns);
	return sum;
}

/* What the sensors hear that listen at that time. */
static double hear_at(const struct clock *c, uint64_t at_ns)
{
	double sum = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct estimate_sensor *s = &c->sensors[i];
		double span = (double)(s->last_ns - s->first_ns) / 60e9;

		if (at_ns >= s->first_ns && at_ns <= s->last_ns)
			sum += c->share[i] * fmin(1, s->minutes / fmax(span, 1e-9));
	}
	return sum;
}

/* A sensor counts by how often it heard in a minute of its own, so that what it can hear, and what
 * it loses, is in it. */
static void clock_init(struct clock *c, const struct estimate_input *in)
{
	double by[ESTIMATE_SENSORS] = {0}, all = 0, most = 0;

	*c = (struct clock){0};
	c->n = in->n_sensors < ESTIMATE_SENSORS ? in->n_sensors : ESTIMATE_SENSORS;
	for (size_t i = 0; i < c->n; i++) {
		struct estimate_sensor *s = &c->sensors[i];

		*s = in->sensors[i];
		s->minutes = sane(s->minutes, MOST_MINUTES);
		if (s->last_ns < s->first_ns)
			s->last_ns = s->first_ns;
		for (size_t j = 0; j < in->n_sources; j++)
			by[i] += in->sources[j].by[i];
		all += by[i];
	}
	for (size_t i = 0; i < c->n; i++)
		c->share[i] = (all > 0 ? by[i] : 1) / fmax(c->sensors[i].minutes, 1);
	for (size_t i = 0; i < c->n; i++)
		most = fmax(most, fmax(hear_at(c, c->sensors[i].first_ns),
				       hear_at(c, c->sensors[i].last_ns)));
	for (size_t i = 0; i < c->n; i++) {
		c->share[i] = most > 0 ? c->share[i] / most : 0;
		c->minutes += c->share[i] * c->sensors[i].minutes;
	}
}

static int by_kind(const void *a, const void *b)
{
	const struct heard_group *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->again != y->again)
		return x->again < y->again ? -1 : 1;
	return (x->rest > y->rest) - (x->rest < y->rest);
}

/* Few kinds of numbers, so that many machines make few groups. */
static double rounded(double x)
{
	double unit = x > EXACT_MINUTES ? exp2(floor(log2(x))) / EXACT_MINUTES : 1;

	return floor(x / unit + 0.5) * unit;
}

static struct heard_group group_of(const struct clock *c, const struct heard_source *s)
{
	double left = c->minutes - clock_at(c, s->first_ns), bin = fmax(1, c->minutes / 60);
	struct heard_group g = {.count = 1};

	g.again = rounded(s->minutes > 0 ? fmin(s->minutes - 1, MOST_MINUTES) : 0);
	left = fmin(fmax(floor(left / bin) * bin, 0), c->minutes);
	g.rest = fmax(g.again, left);
	g.first = fmax(c->minutes - left - bin, 0);
	return g;
}

static size_t groups_make(const struct clock *c, const struct estimate_input *in,
			  struct heard_group *groups)
{
	size_t n = 0;

	for (size_t i = 0; i < in->n_sources; i++)
		groups[i] = group_of(c, &in->sources[i]);
	qsort(groups, in->n_sources, sizeof(*groups), by_kind);
	for (size_t i = 0; i < in->n_sources; i++) {
		if (n > 0 && by_kind(&groups[n - 1], &groups[i]) == 0)
			groups[n - 1].count++;
		else
			groups[n++] = groups[i];
	}
	return n;
}

/* Share of those infected now who are found after so many minutes more. */
static double found_after(const struct unheard *u, double n, double minutes)
{
	double unheard = 0, all = n;

	for (unsigned k = 0; k < UNHEARD_RATES; k++) {
		all += u->missed[k];
		unheard += u->missed[k] * exp(-u->rate[k] * minutes);
	}
	return (all - unheard) / all;
}

static double minutes_to(const struct unheard *u, double n, double share)
{
	double low = 0, high = 60.0 * 24 * 30;

	if (found_after(u, n, 0) >= share)
		return 0;
	if (found_after(u, n, high) < share)
		return -1;
	for (unsigned i = 0; i < 60; i++) {
		double mid = (low + high) / 2;

		if (found_after(u, n, mid) >= share)
			high = mid;
		else
			low = mid;
	}
	return high;
}

/* In too few data there is no number; says so. */
static bool are_enough(const struct clock *c, const struct estimate_input *in, struct estimate *e)
{
	double repeats = 0;
	size_t again = 0;

	for (size_t i = 0; i < in->n_sources; i++) {
		repeats += in->sources[i].minutes > 1 ? in->sources[i].minutes - 1 : 0;
		again += in->sources[i].minutes > 1;
	}
	if (in->n_sources == 0)
		snprintf(e->why, sizeof(e->why), "no machine was heard to attack");
	else if (c->minutes < 2)
		snprintf(e->why, sizeof(e->why),
			 "the sensors listened for less than two minutes: there are no repeats");
	else if (in->n_sources < SOURCES_LEAST)
		snprintf(e->why, sizeof(e->why),
			 "only %zu infected found; an estimate needs at least %d", in->n_sources,
			 SOURCES_LEAST);
	else if (again < AGAIN_LEAST || repeats < REPEATS_LEAST)
		snprintf(e->why, sizeof(e->why),
			 "%zu found, of which only %zu were heard in more than one minute: too few "
			 "repeats to tell how many were missed; listen longer",
			 in->n_sources, again);
	else
		return true;
	return false;
}

/* Do they attack for a while, and then no more? Of minutes heard at random after the first, the
 * last one's place, to the power of their number, is even in 0..1: a mean far below one half tells
 * of bouts and rests. */
static bool are_in_bouts(const struct clock *c, const struct estimate_input *in)
{
	double sum = 0, n = 0;

	for (size_t i = 0; i < in->n_sources; i++) {
		const struct heard_source *s = &in->sources[i];
		double from = clock_at(c, s->first_ns), rest = c->minutes - from;

		if (s->minutes < 3 || rest < 5 || s->last_ns < s->first_ns)
			continue;
		sum += pow(fmin((clock_at(c, s->last_ns) - from) / rest, 1), s->minutes - 1.0);
		n++;
	}
	return n >= SOURCES_LEAST && sum / n < 0.35 && sum / n < 0.5 - 3 * sqrt(1 / (12 * n));
}

/* How many were heard by one sensor alone, where several listen? */
static size_t heard_by_one(const struct clock *c, const struct estimate_input *in)
{
	size_t n = 0;

	for (size_t i = 0; i < in->n_sources && c->n > 1; i++) {
		unsigned by = 0;

		for (size_t s = 0; s < c->n; s++)
			by += in->sources[i].by[s] > 0;
		n += by == 1 && in->sources[i].minutes > 1;
	}
	return n;
}

static void tell(const struct clock *c, const struct estimate_input *in, struct estimate *e)
{
	size_t again = 0, alone = heard_by_one(c, in);

	for (size_t i = 0; i < in->n_sources; i++)
		again += in->sources[i].minutes > 1;
	int at = snprintf(e->why, sizeof(e->why),
			  "%zu found in %.0f minutes, %zu of them heard again in another minute",
			  in->n_sources, c->minutes, again);

	if (at > 0 && (size_t)at < sizeof(e->why) && alone > again / 2)
		snprintf(e->why + at, sizeof(e->why) - (size_t)at,
			 "; most by one sensor only: machines that attack only where no sensor "
			 "hears are not counted");
}

static void conclude(const struct clock *c, const struct estimate_input *in,
		     const struct unheard *u, struct estimate *e)
{
	double n = (double)in->n_sources, missed = 0;

	for (unsigned k = 0; k < UNHEARD_RATES; k++)
		missed += u->missed[k];
	if (u->uneven > UNEVEN && missed > MISSED * (missed + n)) {
		snprintf(e->why, sizeof(e->why),
			 "%zu found, and there are at least %.0f: the sensors hear some infected "
			 "machines far less than others, so those that they cannot hear may be "
			 "many; listen longer, or in more of the network",
			 in->n_sources, u->low);
		return;
	}
	if (c->minutes < A_DAY && are_in_bouts(c, in)) {
		snprintf(e->why, sizeof(e->why),
			 "%zu found, and there are at least %.0f: they attack for a while and then "
			 "fall silent, so those that were silent all the time may be many; listen "
			 "for a day",
			 in->n_sources, u->low);
		return;
	}
	if (u->high > TOO_WIDE * u->low) {
		snprintf(e->why, sizeof(e->why),
			 "%zu found, but they were heard so seldom that anything from %.0f to %.0f "
			 "is possible; listen longer, or hear more of the network",
			 in->n_sources, u->low, u->high);
		return;
	}
	e->is_meaningful = true;
	e->total = u->total;
	e->low = u->low;
	e->high = u->high;
	e->share_found = n / u->total;
	e->minutes_to_95 = minutes_to(u, n, SHARE_GOAL);
	tell(c, in, e);
}

enum rc estimate_total(const struct estimate_input *in, struct estimate *ret_e)
{
	double n = (double)in->n_sources;
	struct estimate e = {.found = in->n_sources,
			     .total = n,
			     .low = n,
			     .high = n,
			     .share_found = 0,
			     .minutes_to_95 = -1};
	struct unheard_input model = {.limit = sane(in->machines, 1e9)};
	struct heard_group *groups;
	struct unheard u;
	struct clock c;
	enum rc rc;

	clock_init(&c, in);
	if (!are_enough(&c, in, &e)) {
		*ret_e = e;
		return RC_OK;
	}
	groups = calloc(in->n_sources, sizeof(*groups));
	if (groups == NULL)
		return RC_NOMEM;
	model.groups = groups;
	model.n_groups = groups_make(&c, in, groups);
	model.minutes = c.minutes;
	model.growth = fmin(sane(in->growth, 60) * c.minutes / 60, 20);
	rc = unheard_count(&model, &u);
	free(groups);
	if (rc != RC_OK)
		return rc;
	conclude(&c, in, &u, &e);
	*ret_e = e;
	return RC_OK;
}
