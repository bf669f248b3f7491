/* What silence proves. doc/proof.md has the formulas, with the names used here, and the reasons. */
#include "epidemic/proof.h"

#include <math.h>
#include <stdio.h>

#define GUMBEL   0.5772156649 /* the longest of n exponential silences: mean * (ln n + that) */
#define SURE_LOG 4.605170186  /* -ln(1 - QUIET_SURE) */
#define REST_MARGIN                                                                                \
	1.25 /* longer than the population's longest rest, for the next to be shorter              \
	      */
#define REST_UNKNOWN 240.0 /* minutes: the longest rest, where nothing is known of it */
#define MOST_MINUTES (60.0 * 24 * 366)

struct tail {                     /* the chance of a silence of x minutes, were it infected */
	double silences, minutes; /* the machine's own with the population's: how many, how long */
	double rest, rests;       /* the population's longest; chance that this one rests so, too */
	double heard;             /* share of what was heard before that is heard since */
};

static double between(double x, double low, double high)
{
	return x > low ? fmin(x, high) : low; /* NAN: low */
}

/* How many silences, all alike, have that sum and that longest? For a machine that attacks evenly
 * these are about all; for one that has bouts and rests, its rests. */
static double silences_of(double sum, double longest, double most)
{
	double n = most, times;

	if (longest <= 0 || most <= 1)
		return fmax(most, 0);
	times = sum / longest;
	for (unsigned i = 0; i < 60; i++) /* falls to the largest solution */
		n = fmax(1, fmin(most, times * (log(fmax(n, 1)) + GUMBEL)));
	return n;
}

static struct tail tail_of(const struct quiet_input *in)
{
	double hostile = in->hostile_minutes, alive = fmax(in->alive_minutes, hostile);
	double longest = fmin(in->longest_silence, alive - hostile);
	double rate = between(in->population_rate, 0, 1), pseudo;
	struct tail t = {.minutes = alive - hostile};

	t.silences = hostile > 1 ? silences_of(t.minutes, longest, hostile - 1) : 0;
	if (rate > 0) {
		pseudo = 1 + 2 / (1 + t.silences);
		t.silences += pseudo;
		t.minutes += pseudo * (1 - rate) / rate;
	}
	t.minutes += 0.5; /* a minute is heard or not: none is shorter */
	t.rest = between(in->population_silence, 0, MOST_MINUTES);
	if (t.rest <= 0)
		t.rest = REST_UNKNOWN;
	t.rests = exp(-fmax(alive - longest, 0) / t.rest);
	t.rest *= REST_MARGIN;
	t.heard = (1 - between(in->lost_since, 0, 1)) / (1 - between(in->lost_before, 0, 0.99));
	t.heard = fmin(t.heard, 1);
	return t;
}

static double silent(const struct tail *t, double minutes)
{
	double x = minutes * t->heard, own;

	if (t->silences <= 0)
		return 1; /* nothing is known of how it attacks */
	own = pow(1 + x / t->minutes, -t->silences);
	own = (1 - t->rests) * own + t->rests * fmax(own, exp(-SURE_LOG * x / t->rest));
	return fmax(own, exp(-SURE_LOG * x / QUIET_LEAST));
}

static double minutes_until_sure(const struct tail *t, double already)
{
	double low = already, high = MOST_MINUTES;

	if (silent(t, already) <= 1 - QUIET_SURE)
		return 0;
	if (silent(t, high) > 1 - QUIET_SURE)
		return -1;
	for (unsigned i = 0; i < 80; i++) {
		double mid = (low + high) / 2;

		if (silent(t, mid) <= 1 - QUIET_SURE)
			high = mid;
		else
			low = mid;
	}
	return ceil(high - already);
}

static void tell_quiet(const struct quiet_input *in, const struct tail *t, struct quiet *q)
{
	if (in->hostile_since > 0)
		snprintf(q->why, sizeof(q->why),
			 "it attacked in %u minutes since it was said to be clean: it is infected "
			 "still, or again",
			 in->hostile_since);
	else if (t->silences <= 0)
		snprintf(q->why, sizeof(q->why),
			 "neither it nor other machines were heard to attack often enough to know "
			 "how long a silence must be");
	else if (q->is_quiet)
		snprintf(q->why, sizeof(q->why),
			 "alive and silent for %u minutes; before, it attacked in %u of %u and was "
			 "silent for %u at most: it would have been heard with %.1f %%",
			 in->alive_since, in->hostile_minutes, in->alive_minutes,
			 in->longest_silence, 100 * q->p_heard);
	else if (in->alive_since == 0)
		snprintf(q->why, sizeof(q->why),
			 "it was not heard alive since it was said to be clean: that proves "
			 "nothing");
	else if (q->more_minutes < 0)
		snprintf(q->why, sizeof(q->why),
			 "the sensors that heard it attack hear too little now: its silence proves "
			 "nothing");
	else
		snprintf(q->why, sizeof(q->why),
			 "alive and silent for %u minutes: %.0f %% sure; %.0f minutes more are "
			 "needed",
			 in->alive_since, 100 * q->p_heard, q->more_minutes);
}

void proof_quiet(const struct quiet_input *in, struct quiet *ret_q)
{
	struct tail t = tail_of(in);
	struct quiet q = {.p_heard = 1 - silent(&t, in->alive_since)};

	q.is_quiet = in->hostile_since == 0 && q.p_heard >= QUIET_SURE;
	q.more_minutes = in->hostile_since > 0 ? -1 : minutes_until_sure(&t, in->alive_since);
	tell_quiet(in, &t, &q);
	*ret_q = q;
}

struct doubt { /* of the machines known: the chance that none of a kind is infected */
	double off, on;
	size_t n_off, n_on;
};

static struct doubt doubt_of(const struct end_input *in)
{
	struct doubt d = {.off = 1, .on = 1};

	for (size_t i = 0; i < in->n_machines; i++) {
		double clean = 1 - between(in->machines[i].p_infected, 0, 1);

		if (clean >= 1)
			continue;
		if (in->machines[i].is_off) {
			d.off *= clean;
			d.n_off++;
		} else {
			d.on *= clean;
			d.n_on++;
		}
	}
	return d;
}

/* What is left of the hidden after all that silence. They are the seldom heard: their rates are
 * taken as spread around the heard ones' mean exponentially, so that their silence fades slowly. */
static double still_hidden(const struct end_input *in, double hidden)
{
	double gap = between(in->hours_between, 0, 1e6) * between(in->infected_before, 0, 1e9);
	double since = between(in->hours_since_last, 0, 1e6);

	hidden = between(hidden, 0, 1e9);
	return gap > 0 ? hidden / (1 + since / gap) : hidden;
}

/* The step that gains most, if done alone. */
static void tell_end(const struct doubt *d, struct end *e)
{
	double if_on = d->n_on > 0 ? d->off * e->by_hidden : 0;

	snprintf(e->why, sizeof(e->why),
		 "%zu machines not proved clean are on and %zu are off; no infected one that was "
		 "never heard: %.0f %%",
		 d->n_on, d->n_off, 100 * e->by_hidden);
	if (d->n_on + d->n_off == 0 && e->p_none >= QUIET_SURE)
		snprintf(e->raise, sizeof(e->raise), "nothing: it is over");
	else if (d->n_off > 0 && e->by_off >= if_on && e->by_off >= e->by_listening)
		snprintf(e->raise, sizeof(e->raise),
			 "find the %zu machines that are off: switch them on where they can be "
			 "heard, or clean them",
			 d->n_off);
	else if (d->n_on > 0 && if_on >= e->by_listening)
		snprintf(
			e->raise, sizeof(e->raise),
			"clean the %zu machines that are on and not proved clean, and listen until "
			"they are quiet",
			d->n_on);
	else
		snprintf(e->raise, sizeof(e->raise),
			 "listen longer, and in networks that no sensor has heard yet");
}

void proof_end(const struct end_input *in, struct end *ret_e)
{
	struct doubt d = doubt_of(in);
	double known = d.on * d.off, hidden = between(in->hidden, 0, 1e9);
	struct end e = {.by_hidden = exp(-still_hidden(in, hidden))};

	e.p_none = known * e.by_hidden;
	e.p_none_low =
		known * exp(-still_hidden(in, fmax(between(in->hidden_high, 0, 1e9), hidden)));
	e.p_none_high =
		known * exp(-still_hidden(in, fmin(between(in->hidden_low, 0, 1e9), hidden)));
	e.by_off = d.on * e.by_hidden;
	e.by_listening = known;
	tell_end(&d, &e);
	*ret_e = e;
}
