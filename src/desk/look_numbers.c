/*
 * The second question and what follows from it: how many are infected, how fast it grows, and what
 * each strategy would cost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/monotime.h"
#include "desk/looking.h"
#include "epidemic/number.h"
#include "store/campaigns.h"

static const uint64_t HOUR_NS = 3600 * NS_PER_S, MINUTE_NS = 60 * NS_PER_S;

/* --- who was heard to attack, in which minutes, by whom --- */

struct hearing {
	struct looking *l;
	struct heard_source *list;
	size_t n, cap;
	uint32_t node; /* whose rows are coming; TREE_NOBODY: nobody's */
	uint32_t hour;
	uint64_t all, by[SENSORS_MOST]; /* minutes of that hour */
};

static unsigned sensor_index(const struct looking *l, const char *name)
{
	unsigned i = 0;

	while (i < l->n_sensors && strcmp(l->sensors[i].name, name) != 0)
		i++;
	return i;
}

static void end_hour(struct hearing *h)
{
	struct heard_source *s = h->n > 0 ? &h->list[h->n - 1] : NULL;

	if (s == NULL || h->all == 0)
		return;
	if (s->first_ns == 0)
		s->first_ns = h->hour * HOUR_NS + (uint64_t)__builtin_ctzll(h->all) * MINUTE_NS;
	s->last_ns = h->hour * HOUR_NS + (uint64_t)(63 - __builtin_clzll(h->all)) * MINUTE_NS;
	s->minutes += (uint32_t)__builtin_popcountll(h->all);
	for (unsigned i = 0; i < SENSORS_MOST; i++)
		s->by[i] += (uint32_t)__builtin_popcountll(h->by[i]);
	h->all = 0;
	memset(h->by, 0, sizeof(h->by));
}

static bool begin_source(struct hearing *h, uint32_t node)
{
	if (h->n == h->cap) {
		size_t cap = h->cap == 0 ? 64 : 2 * h->cap;
		struct heard_source *more = realloc(h->list, cap * sizeof(*more));

		if (more == NULL) {
			h->l->rc = RC_NOMEM;
			return false;
		}
		h->list = more;
		h->cap = cap;
	}
	h->list[h->n++] = (struct heard_source){.first_ns = 0};
	h->node = node;
	return true;
}

/* A machine's rows come together, by hour; those of one hour from several sensors. */
static bool take_presence(void *ctx, const struct store_presence *p)
{
	struct hearing *h = ctx;
	uint32_t node = look_node(h->l, p->machine);

	if (node == TREE_NOBODY || h->l->nodes[node].verdict != VERDICT_INFECTED ||
	    p->presence->hostile == 0)
		return true;
	if (node != h->node || p->presence->hour != h->hour)
		end_hour(h);
	if (node != h->node && !begin_source(h, node))
		return false;
	unsigned sensor = sensor_index(h->l, p->sensor);

	h->hour = p->presence->hour;
	h->all |= p->presence->hostile;
	if (sensor < SENSORS_MOST)
		h->by[sensor] |= p->presence->hostile;
	return true;
}

static double lost_share(const struct look_sensor *s)
{
	double all = (double)s->packets + (double)s->lost;

	return all > 0 ? (double)s->lost / all : 0;
}

/* Some may be known as infected from runs that kept no minutes, of an older quell or another tool's
 * list. If they are few, they are as those that were heard; else nothing is said of all. */
static void fit_to_found(struct estimate *e, size_t found, size_t heard)
{
	const double few = 0.1;
	double scale = heard > 0 ? (double)found / (double)heard : 0;

	if (found == heard)
		return;
	e->found = found;
	if (heard == 0 || (double)heard < (1 - few) * (double)found) {
		e->is_meaningful = false;
		(void)snprintf(e->why, sizeof(e->why),
			       "Of %zu infected machines only %zu were heard minute by minute.",
			       found, heard);
		return;
	}
	e->total *= scale;
	e->low *= scale;
	e->high *= scale;
}

/* `growth`: an hour; 0: not known yet. */
static enum rc estimate(struct looking *l, const struct hearing *h, double growth)
{
	struct triage_input *in = &l->o->in;
	struct estimate_sensor sensors[SENSORS_MOST];
	const struct estimate_input input = {.sources = h->list,
					     .n_sources = h->n,
					     .sensors = sensors,
					     .n_sensors = l->n_sensors,
					     .machines = (double)in->machines,
					     .growth = growth};

	for (size_t i = 0; i < l->n_sensors; i++) {
		const struct look_sensor *s = &l->sensors[i];

		sensors[i] = (struct estimate_sensor){s->first_ns, s->last_ns, s->minutes,
						      lost_share(s)};
	}
	enum rc rc = estimate_total(&input, &in->estimate);

	if (rc == RC_OK)
		fit_to_found(&in->estimate, in->by_verdict[VERDICT_INFECTED], h->n);
	return rc;
}

/* --- growth --- */

static int by_time(const void *a, const void *b)
{
	const struct rate_case *x = a, *y = b;

	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

/* When each was infected, as the tree says; else when it was first heard to act. */
static size_t take_cases(struct looking *l, struct rate_case *cases)
{
	const struct tree *t = l->o->tree;
	size_t n = 0;

	for (size_t i = 0; i < l->n_nodes; i++)
		cases[i] = (struct rate_case){.at_ns = l->nodes[i].first_ns};
	for (size_t i = 0; t != NULL && i < t->n_edges; i++) {
		const struct tree_edge *e = &t->edges[i];

		if (e->to < l->n_nodes && e->at_ns != 0)
			cases[e->to] = (struct rate_case){e->at_ns, true};
	}
	for (size_t i = 0; i < l->n_nodes; i++) {
		if (l->nodes[i].verdict == VERDICT_INFECTED && cases[i].at_ns != 0)
			cases[n++] = cases[i];
	}
	if (n > 0)
		qsort(cases, n, sizeof(*cases), by_time);
	return n;
}

/* Machines that are open, infected ones included: at least, and where nothing is known, all. */
static double can_be_infected(const struct triage_input *in)
{
	double most = 0;

	for (size_t i = 0; i < in->n_patches; i++) {
		const struct triage_patch *p = &in->patches[i];
		double open = (double)(p->by_state[PATCH_MISSING] + p->by_state[PATCH_PENDING]);
		double closed =
			(double)(p->by_state[PATCH_EFFECTIVE] + p->by_state[PATCH_NOT_AFFECTED]);
		double unknown = (double)p->by_state[PATCH_UNKNOWN];
		double share = open + closed > 0 ? open / (open + closed) : 1;
		double all = open + unknown * share;

		most = all > most ? all : most;
	}
	return in->n_patches > 0 ? most : (double)in->machines;
}

static enum rc fit(struct looking *l, const struct rate_case *cases, size_t n)
{
	struct triage_input *in = &l->o->in;
	uint64_t *times = malloc((n + 1) * sizeof(*times));
	struct growth_input input = {
		.infected_ns = times,
		.n = n,
		.from_ns = in->heard.first_ns,
		.now_ns = in->heard.last_ns,
		.share_heard = in->estimate.is_meaningful ? in->estimate.share_found : 0};
	double found = (double)in->by_verdict[VERDICT_INFECTED];
	double limit = can_be_infected(in);
	enum rc rc;

	if (times == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++)
		times[i] = cases[i].at_ns;
	input.machines = limit > found ? limit : found;
	rc = growth_fit(&input, &in->growth);
	free(times);
	return rc;
}

/* --- strategies --- */

static double infected_now(const struct triage_input *in)
{
	double found = (double)in->by_verdict[VERDICT_INFECTED];

	return in->estimate.is_meaningful && in->estimate.total > found ? in->estimate.total
									: found;
}

/* Of the clock here, which is taken to be the site's. */
static double hour_of(uint64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	struct tm t = {0};

	return localtime_r(&seconds, &t) != NULL ? t.tm_hour + t.tm_min / 60.0 : 12;
}

/* Of the total; < 0: there is none. */
static double infected_sd(const struct estimate *e)
{
	return e->is_meaningful ? (e->high - e->low) / (2 * NUMBER_IN_95) : -1;
}

/* RC_INVAL: nobody was heard, or for too short a time to tell. */
static enum rc count_rate(struct triage_input *in, const struct rate_case *cases, size_t n)
{
	const struct rate_input input = {.cases = cases,
					 .n = n,
					 .from_ns = in->heard.first_ns,
					 .now_ns = in->heard.last_ns,
					 .now_hour = hour_of(in->heard.last_ns),
					 .site = &in->site,
					 .infected_sd = infected_sd(&in->estimate),
					 .means = &in->means};
	enum rc rc = rate_count(&input, &in->rate);

	if (rc == RC_OK)
		rate_apply(&in->rate, &in->site);
	return rc;
}

static enum rc choose(struct looking *l, const struct rate_case *cases, size_t n)
{
	struct triage_input *in = &l->o->in;
	double infected = infected_now(in), open = can_be_infected(in);
	enum rc rc;

	in->means.found_share = 1;
	if (in->estimate.is_meaningful && in->estimate.share_found > 0 &&
	    in->estimate.share_found < 1)
		in->means.found_share = in->estimate.share_found;
	if (in->estimate.is_meaningful && in->estimate.minutes_to_95 > 0)
		in->means.find_hours = in->estimate.minutes_to_95 / 60 / 3; /* e^-3 is 5 % */
	if (in->by_verdict[VERDICT_INFECTED] == 0)
		return RC_OK;
	in->site = (struct sim_site){
		.machines = (double)in->machines > infected ? (double)in->machines : infected,
		.infected = infected,
		.exposed = open > infected ? open - infected : 0,
		.hour = hour_of(in->now_ns)};
	if (in->site.exposed > in->site.machines - infected)
		in->site.exposed = in->site.machines - infected;
	rc = count_rate(in, cases, n);
	if (rc == RC_OK)
		rc = strategy_choose(&in->site, &in->means, in->runs, in->seed, &in->choice);
	in->has_choice = rc == RC_OK;
	/* Means that cannot be are the settings' fault, and said when they are read. */
	return rc == RC_INVAL ? RC_OK : rc;
}

/* Who was heard to attack, and how many there are by that: without growth. */
static enum rc hear(struct looking *l, struct hearing *h)
{
	enum rc rc = RC_OK;

	*h = (struct hearing){.l = l, .node = TREE_NOBODY};
	if (l->n_nodes > 0)
		rc = store_presence(l->s, NULL, 0, true, take_presence, h);
	end_hour(h);
	if (rc == RC_OK)
		rc = l->rc;
	return rc == RC_OK ? estimate(l, h, 0) : rc;
}

enum rc look_at_estimate(struct looking *l)
{
	struct hearing h;
	enum rc rc = hear(l, &h);

	free(h.list);
	return rc;
}

/* The estimate wants the growth, and the growth the share that was heard: once round. */
static enum rc compute(struct looking *l, const struct hearing *h, const struct rate_case *cases,
		       size_t n)
{
	enum rc rc = fit(l, cases, n);

	if (rc == RC_OK && l->o->in.growth.is_fitted)
		rc = estimate(l, h, l->o->in.growth.rate);
	return rc == RC_OK ? choose(l, cases, n) : rc;
}

enum rc look_at_numbers(struct looking *l)
{
	struct rate_case *cases = malloc((l->n_nodes + 1) * sizeof(*cases));
	struct hearing h;
	enum rc rc = hear(l, &h);

	if (cases == NULL)
		rc = RC_NOMEM;
	if (rc == RC_OK)
		rc = compute(l, &h, cases, take_cases(l, cases));
	free(h.list);
	free(cases);
	return rc;
}
