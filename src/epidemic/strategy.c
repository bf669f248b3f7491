#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "epidemic/simulate.h"

enum { SEARCH_FEW = 10, SEARCH_RUNS = 50 }; /* an even number: antithetic pairs */

static enum rc play(const struct sim_site *site, const struct sim_means *means, enum strategy how,
		    unsigned runs, uint64_t seed, struct sim_outcome *ret_o)
{
	struct sim_options opt = {.site = *site,
				  .means = *means,
				  .strategy = how,
				  .runs = runs,
				  .seed = seed,
				  .horizon_hours = SIM_HORIZON_HOURS};

	return simulate(&opt, ret_o);
}

struct search {
	const struct sim_site *site;
	const struct sim_means *means;
	unsigned runs;
	uint64_t seed;
};

/* So far apart that more runs would not turn it round. */
static bool is_clear(const struct sim_range *a, const struct sim_range *b, unsigned runs)
{
	const double enough = 4; /* standard errors */
	double se = hypot(sim_standard_error(a, runs), sim_standard_error(b, runs));

	return fabs(a->mean - b->mean) > enough * se;
}

/* Would the generic way be better if `infected` were, of those that can be? A few runs tell mostly.
 */
static enum rc generic_wins(const struct search *in, double infected, bool *ret_wins)
{
	const unsigned few = in->runs < SEARCH_FEW ? in->runs : SEARCH_FEW;
	struct sim_site site = *in->site;
	struct sim_outcome manual = {0}, generic = {0};
	enum rc rc = RC_OK;

	site.infected = infected;
	site.exposed = in->site->infected + in->site->exposed - infected;
	for (unsigned runs = few; rc == RC_OK; runs = in->runs) {
		rc = play(&site, in->means, STRATEGY_MANUAL, runs, in->seed, &manual);
		if (rc == RC_OK)
			rc = play(&site, in->means, STRATEGY_GENERIC, runs, in->seed, &generic);
		if (runs == in->runs ||
		    is_clear(&manual.machine_hours, &generic.machine_hours, runs))
			break;
	}
	*ret_wins = rc == RC_OK && generic.machine_hours.mean < manual.machine_hours.mean;
	return rc;
}

static enum rc find_crossing(const struct search *in, struct strategy_choice *c)
{
	double low = 1, high = floor(in->site->infected + in->site->exposed);
	bool wins = false;
	enum rc rc = generic_wins(in, low, &wins);

	c->break_even = -1;
	c->crossing = CROSSING_ALWAYS;
	if (rc != RC_OK || wins)
		return rc;
	c->crossing = CROSSING_NEVER;
	rc = high > low ? generic_wins(in, high, &wins) : RC_OK;
	if (rc != RC_OK || !wins)
		return rc;
	while (high - low > 1 && high / low > 1.05) {
		double middle = floor(sqrt(low * high));

		middle = middle > low ? middle : low + 1;
		rc = generic_wins(in, middle, &wins);
		if (rc != RC_OK)
			return rc;
		*(wins ? &high : &low) = middle;
	}
	c->crossing = CROSSING_AT;
	c->break_even = high;
	return RC_OK;
}

/*
 * Both together does two things at once, with people who are then missed by the one and the other.
 * Where it saves little in the computation, what is not known of the site decides whether it saves
 * anything: it must be clearly better than the better of the two alone.
 */
static enum strategy cheapest(const struct sim_outcome o[STRATEGIES])
{
	const double clearly = 0.75;
	double manual = o[STRATEGY_MANUAL].machine_hours.mean;
	double generic = o[STRATEGY_GENERIC].machine_hours.mean;

	if (o[STRATEGY_MIXED].machine_hours.mean < clearly * fmin(manual, generic))
		return STRATEGY_MIXED;
	return generic < manual ? STRATEGY_GENERIC : STRATEGY_MANUAL;
}

static const char *how(enum strategy s)
{
	static const char *const words[STRATEGIES] = {"by hand", "the generic way",
						      "both together"};

	return words[s];
}

static void explain(const struct sim_site *site, struct strategy_choice *c)
{
	const struct sim_outcome *o = c->outcomes;
	unsigned other = c->computed == STRATEGY_MANUAL ? STRATEGY_GENERIC : STRATEGY_MANUAL;
	unsigned third = (unsigned)STRATEGIES - c->computed - other;
	char crossing[64] = "";

	if (c->crossing == CROSSING_AT)
		(void)snprintf(crossing, sizeof(crossing),
			       "from %.0f infected on, generic beats manual", c->break_even);
	else
		(void)snprintf(crossing, sizeof(crossing), "%s beats %s whatever the number",
			       c->crossing == CROSSING_ALWAYS ? "generic" : "manual",
			       c->crossing == CROSSING_ALWAYS ? "manual" : "generic");
	if (site->infected < 0.5) {
		(void)snprintf(
			c->why, sizeof(c->why),
			"nothing is infected, as far as is known, so there is nothing to compare");
		return;
	}
	(void)snprintf(c->why, sizeof(c->why),
		       "%s costs %.0f infected machine-hours until zero, %s %.0f, %s %.0f; people "
		       "clean %.1f machines an hour, the worm takes %.1f; %s",
		       how(c->computed), o[c->computed].machine_hours.mean,
		       how((enum strategy)other), o[other].machine_hours.mean,
		       how((enum strategy)third), o[third].machine_hours.mean, c->clean_an_hour,
		       c->infect_an_hour, crossing);
}

enum rc strategy_choose(const struct sim_site *site, const struct sim_means *means, unsigned runs,
			uint64_t seed, struct strategy_choice *ret_c)
{
	struct strategy_choice c = {.break_even = -1, .crossing = CROSSING_NEVER};
	const struct search in = {site, means, runs < SEARCH_RUNS ? runs : SEARCH_RUNS, seed};
	double pool = site->infected + site->exposed;
	enum rc rc = RC_OK;

	for (unsigned s = 0; s < STRATEGIES && rc == RC_OK; s++)
		rc = play(site, means, (enum strategy)s, runs, seed, &c.outcomes[s]);
	if (rc != RC_OK)
		return rc;
	c.rule = site->infected > STRATEGY_RULE ? STRATEGY_GENERIC : STRATEGY_MANUAL;
	c.computed = cheapest(c.outcomes);
	c.clean_an_hour = means->people * 60 / means->minutes_each;
	c.infect_an_hour = pool > 0 ? site->rate * site->infected * site->exposed / pool : 0;
	if (site->infected >= 0.5)
		rc = find_crossing(&in, &c);
	if (rc != RC_OK)
		return rc;
	explain(site, &c);
	*ret_c = c;
	return RC_OK;
}
