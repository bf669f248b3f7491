/*
 * Why it was decided so, strongest first: the count and the rule, what was computed and what came
 * of the two, then what the numbers mean on the floor.
 */
#include <stdio.h>
#include <string.h>

#include "triage/inside.h"

static void add_count(struct making *m)
{
	const struct triage_input *in = m->in;
	size_t found = infected_found(in), total = infected_total(in);
	char rule[64];

	if (total > STRATEGY_RULE)
		(void)snprintf(rule, sizeof(rule), "more than %d means generic", STRATEGY_RULE);
	else
		(void)snprintf(rule, sizeof(rule), "up to %d are done by hand", STRATEGY_RULE);
	if (total > found)
		reason_add(m,
			   "The field's rule: %zu %s infected, of which %zu %s found and the rest "
			   "is estimated; %s.",
			   total, of_many(total, "machine is", "machines are"), found,
			   of_many(found, "was", "were"), rule);
	else
		reason_add(m, "The field's rule: %zu %s infected; %s.", found,
			   of_many(found, "machine is", "machines are"), rule);
	if (found <= STRATEGY_RULE && total > STRATEGY_RULE)
		reason_add(m, "Those found alone would be few enough to do by hand; those that "
			      "were missed would go on infecting meanwhile.");
}

/* The strategy of that rank, by what it costs: 0 is the best. */
static unsigned ranked(const struct strategy_choice *c, unsigned rank)
{
	for (unsigned s = 0; s < STRATEGIES; s++) {
		double cost = c->outcomes[s].machine_hours.mean;
		unsigned better = 0;

		for (unsigned k = 0; k < STRATEGIES; k++) {
			double other = c->outcomes[k].machine_hours.mean;

			better += other < cost || (other == cost && k < s);
		}
		if (better == rank)
			return s;
	}
	return rank; /* cannot be, but for NaN */
}

/* What each way costs, the best one first. */
static void add_costs(struct making *m)
{
	char text[512] = "", a[NUMBER_TEXT], b[NUMBER_TEXT], c[NUMBER_TEXT];
	size_t len = 0;

	for (unsigned rank = 0; rank < STRATEGIES && len < sizeof(text); rank++) {
		unsigned s = ranked(&m->in->choice, rank);
		const struct sim_range *r = &m->in->choice.outcomes[s].machine_hours;
		int n = snprintf(text + len, sizeof(text) - len, "%s%s %s (%s to %s)",
				 len > 0 ? ", " : "", strategy_name((enum strategy)s),
				 number_text(r->mean, a), number_text(r->low, b),
				 number_text(r->high, c));

		len += n > 0 ? (size_t)n : 0;
	}
	reason_add(m, "Computed, in infected machine-hours until none is left: %s.", text);
}

/* What the computation stands on. */
static void add_rate(struct making *m)
{
	const struct rate *r = &m->in->rate;
	char hours[HOURS_TEXT];

	reason_add(m,
		   "It spreads at %.2g infections an hour by each infected machine (%.2g to %.2g): "
		   "about %.0f while all together they had %s to infect others.",
		   r->rate, r->low, r->high, r->infections, hours_text(r->machine_hours, hours));
}

static void add_difference(struct making *m)
{
	const struct strategy_choice *c = &m->in->choice;
	double rule = c->outcomes[c->rule].machine_hours.mean;
	double gain = rule - c->outcomes[c->computed].machine_hours.mean;
	double percent = rule > 0 ? 100 * gain / rule : 0;

	if (c->computed == c->rule)
		reason_add(m, "Rule and computation agree.");
	else if (m->t->basis == TRIAGE_COMPUTED)
		reason_add(
			m,
			"The rule says %s, the computation %s: that saves %.0f %% of the infected "
			"machine-hours, more than chance explains, so the computation counts.",
			strategy_name(c->rule), strategy_name(c->computed), percent);
	else
		reason_add(m,
			   "The computation would favour %s, but it saves no more than %.0f %% of "
			   "the infected machine-hours, too little to tell from chance: the rule "
			   "counts.",
			   strategy_name(c->computed), percent > 0 ? percent : 0);
}

/* How fast people are, against how fast it is. */
static void add_race(struct making *m)
{
	const struct strategy_choice *c = &m->in->choice;
	const struct sim_means *means = &m->in->means;
	char took[HOURS_TEXT];

	if (!(means->people > 0 && means->minutes_each > 0))
		return;
	double an_hour = means->people * 60 / means->minutes_each;

	if (!m->in->has_choice)
		reason_add(
			m,
			"By hand %.0f %s with %.0f minutes for a machine do %.1f an hour: the %zu "
			"infected take %s.",
			means->people, means->people <= 1 ? "person" : "people",
			means->minutes_each, an_hour, m->t->infected,
			hours_text((double)m->t->infected / an_hour, took));
	else
		reason_add(
			m,
			"By hand %.0f %s with %.0f minutes for a machine do %.1f an hour; %.1f an "
			"hour are infected now: going from desk to desk %s.",
			means->people, means->people <= 1 ? "person" : "people",
			means->minutes_each, c->clean_an_hour, c->infect_an_hour,
			c->clean_an_hour > c->infect_an_hour ? "gains on it"
			: c->computed == STRATEGY_MANUAL
				? "falls behind, until few are left to infect"
				: "falls behind");
}

static void add_crossing(struct making *m)
{
	const struct strategy_choice *c = &m->in->choice;

	if (c->crossing == CROSSING_ALWAYS)
		reason_add(m, "Here generic beats manual from the first infected machine on.");
	else if (c->crossing == CROSSING_NEVER)
		reason_add(m, "Here manual beats generic whatever the number of infected.");
	else if (c->break_even >= 0)
		reason_add(m, "Here generic beats manual from %.0f infected machines on.",
			   c->break_even);
}

static void add_exposed(struct making *m)
{
	size_t open = 0, unknown = 0;

	for (size_t i = 0; i < m->in->n_patches; i++) {
		const struct triage_patch *p = &m->in->patches[i];
		size_t missing = p->by_state[PATCH_MISSING] + p->by_state[PATCH_PENDING];

		open = missing > open ? missing : open;
		unknown =
			p->by_state[PATCH_UNKNOWN] > unknown ? p->by_state[PATCH_UNKNOWN] : unknown;
	}
	if (open > 0 && unknown > 0)
		reason_add(
			m,
			"%zu %s open to it, and of %zu nobody knows: cleaned before the patch, a "
			"machine is infected again.",
			open, of_many(open, "machine is", "machines are"), unknown);
	else if (open > 0 || unknown > 0)
		reason_add(
			m, "%zu %s: cleaned before the patch, a machine is infected again.",
			open + unknown,
			open > 0 ? of_many(open, "machine is open to it", "machines are open to it")
				 : of_many(unknown, "machine may be open to it",
					   "machines may be open to it"));
}

void make_reasons(struct making *m)
{
	const struct triage_input *in = m->in;
	const char *why = in->override_why != NULL ? in->override_why : "";
	const char *by = in->override_by != NULL ? in->override_by : "";

	if (m->t->basis == TRIAGE_OVERRIDE)
		reason_add(m, "%s decided so%s%s.", by[0] != '\0' ? by : "The operator",
			   why[0] != '\0' ? ": " : ", and gave no reason", why);
	if (m->t->basis != TRIAGE_OVERRIDE && in->earlier != NULL && in->earlier[0] != '\0')
		reason_add(m, "Decided before, and not repeated now: %s.", in->earlier);
	if (infected_found(in) == 0) {
		if (in->heard.runs == 0)
			reason_add(m,
				   "No machine is known to be infected, and nothing was listened "
				   "to: find that out first.");
		else
			reason_add(m,
				   "No machine was heard to attack: as far as that goes, there is "
				   "nothing to clean.");
		if (in->n_patches > 0)
			reason_add(m, "The patch does not wait for it.");
		return;
	}
	add_count(m);
	if (in->has_choice) {
		add_costs(m);
		add_rate(m);
		if (m->t->basis != TRIAGE_OVERRIDE)
			add_difference(m);
	} else {
		reason_add(m, "Nothing could be computed beside it: %s.",
			   in->rate.rate > 0 ? "a setting campaign.* is out of its range"
					     : "too little was heard to tell how fast it spreads");
	}
	add_race(m);
	if (in->has_choice)
		add_crossing(m);
	add_exposed(m);
}
