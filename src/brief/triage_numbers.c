/* Growth and strategies for people: small tables with their ranges. */
#include <string.h>

#include "brief/triage_parts.h"
#include "report/facts.h"

const double triage_hours[] = {1, 3, 6, 12, 24};

size_t triage_measures(const struct triage_input *in, struct triage_measure *list)
{
	const double least = 0.5; /* machines that a control spares, expected */
	double found = in->estimate.is_meaningful ? in->estimate.share_found : 0;
	size_t n = 0;

	list[n++] = (struct triage_measure){"as-it-is", "as it is", 1};
	if (found > 0 && found <= 1)
		list[n++] = (struct triage_measure){"isolated", "found ones cut off", 1 - found};
	for (unsigned i = 0; in->has_cuts && i < CONTROLS; i++) {
		const struct tree_cut *c = &in->cuts[i];
		bool is_segment = c->control == CONTROL_SEGMENT;

		if ((!is_segment && c->control != CONTROL_CLIENTS) || c->spared < least ||
		    c->of == 0)
			continue;
		list[n++] = (struct triage_measure){
			tree_control_name(c->control),
			is_segment ? "networks apart" : "workstations apart",
			c->spared < (double)c->of ? 1 - c->spared / (double)c->of : 0};
	}
	list[n++] = (struct triage_measure){"stopped", "stopped", 0};
	return n;
}

static const char *hours_say(double hours, char *text, size_t len)
{
	if (hours < 2)
		(void)snprintf(text, len, "%.0f min", hours * 60);
	else if (hours < 72)
		(void)snprintf(text, len, "%.1f hours", hours);
	else
		(void)snprintf(text, len, "%.1f days", hours / 24);
	return text;
}

static void say_growth(struct sentence *s, const struct growth *g)
{
	char a[32], b[32], c[32];

	if (g->doubling_hours > 0) {
		say(s, "It doubles in %s", hours_say(g->doubling_hours, a, sizeof(a)));
		if (g->doubling_low > 0 && g->doubling_high > g->doubling_low)
			say(s, " (95 %%: %s to %s)", hours_say(g->doubling_low, b, sizeof(b)),
			    hours_say(g->doubling_high, c, sizeof(c)));
	} else {
		say(s, "It does not double any more");
	}
	say(s,
	    "; one machine infects %.1f a day as things are (%.1f to %.1f). On the curve %.0f are "
	    "infected now",
	    g->r, g->r_low, g->r_high, g->now);
	if (g->limit >= 0)
		say(s, "; if nothing is done it ends at about %.0f (%.0f to %.0f)", g->limit,
		    g->limit_low, g->limit_high);
	say(s, ".");
}

static void growth_table(const struct lines *l, const struct triage_input *in)
{
	struct triage_measure list[TRIAGE_MEASURES];
	size_t n = triage_measures(in, list);
	struct sentence s = {.len = 0};

	say(&s, "%-20s", "infected in");
	for (unsigned h = 0; h < TRIAGE_HOURS; h++)
		say(&s, " %9.0f h", triage_hours[h]);
	lines_row(l, TONE_HEAD, s.at);
	for (size_t i = 0; i < n; i++) {
		struct sentence row = {.len = 0}, range = {.len = 0};

		say(&row, "%-20s", list[i].words);
		say(&range, "%-20s", "  95 %");
		for (unsigned h = 0; h < TRIAGE_HOURS; h++) {
			struct growth_point p = {0};
			char text[32];

			growth_at(&in->growth, triage_hours[h], list[i].factor, &p);
			say(&row, " %11.0f", p.infected);
			(void)snprintf(text, sizeof(text), "%.0f-%.0f", p.low, p.high);
			say(&range, " %11s", text);
		}
		lines_row(l, TONE_PLAIN, row.at);
		if (i == 0)
			lines_row(l, TONE_PLAIN, range.at);
	}
}

static bool has_end(const char *text)
{
	return text[0] != '\0' && text[strlen(text) - 1] == '.';
}

void triage_growth_human(const struct lines *l, const struct triage_input *in)
{
	struct sentence s = {.len = 0}, why = {.len = 0};

	if (in->by_verdict[VERDICT_INFECTED] == 0)
		return;
	lines_head(l, "HOW FAST IT GROWS");
	if (in->growth.why[0] != '\0')
		say(&why, "%s%s", in->growth.why, has_end(in->growth.why) ? "" : ".");
	if (!in->growth.is_fitted) {
		lines_text(l, TONE_PLAIN, why.len > 0 ? why.at : "Too little is known to say.");
		return;
	}
	say_growth(&s, &in->growth);
	lines_text(l, TONE_PLAIN, s.at);
	growth_table(l, in);
	if (why.len > 0)
		lines_text(l, TONE_PLAIN, why.at);
}

/* --- strategies --- */

static void put_range(struct sentence *s, const struct sim_range *r)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%.0f (%.0f-%.0f)", r->mean, r->low, r->high);
	say(s, " %16s", text);
}

/* A run that did not come to zero ended where the playing did: longer is all that is known. */
static void put_to_zero(struct sentence *s, const struct sim_outcome *o)
{
	const struct sim_range *r = &o->hours_to_zero;
	char text[64];

	if (o->share_ended <= 0)
		(void)snprintf(text, sizeof(text), "not in %.0f", r->high);
	else
		(void)snprintf(text, sizeof(text), "%s%.0f (%.0f-%.0f)",
			       o->share_ended < 1 ? "> " : "", r->mean, r->low, r->high);
	say(s, " %16s", text);
}

void triage_strategies_human(const struct lines *l, const struct triage_input *in)
{
	const struct strategy_choice *c = &in->choice;
	struct sentence s = {.len = 0};
	char count[COUNT_TEXT];

	if (!in->is_simulated)
		return;
	lines_head(l, "WHAT EACH STRATEGY COSTS");
	if (!in->has_choice) {
		lines_text(l, TONE_PLAIN,
			   "Nothing could be simulated: how fast it spreads is not known.");
		return;
	}
	say(&s, "%-9s %16s %16s %16s %16s", "", "machine-hours", "hours to zero", "reinfected",
	    "work hours");
	lines_row(l, TONE_HEAD, s.at);
	for (unsigned i = 0; i < STRATEGIES; i++) {
		const struct sim_outcome *o = &c->outcomes[i];

		s.len = 0;
		say(&s, "%-9s", strategy_name((enum strategy)i));
		put_range(&s, &o->machine_hours);
		put_to_zero(&s, o);
		put_range(&s, &o->reinfected);
		put_range(&s, &o->work_hours);
		lines_row(l, TONE_PLAIN, s.at);
	}
	s.len = 0;
	say(&s,
	    "Means of %s runs (seed %llu) and what 95 %% of them lie between; %.0f people with "
	    "%.0f "
	    "minutes for a machine, %.0f hours until the generic way starts.",
	    count_format(in->runs, count), (unsigned long long)in->seed, in->means.people,
	    in->means.minutes_each, in->means.prepare_hours);
	for (unsigned i = 0; i < STRATEGIES; i++) {
		if (c->outcomes[i].share_ended < 1)
			say(&s, " %.0f %% of the runs of %s did not come to zero.",
			    100 * (1 - c->outcomes[i].share_ended),
			    strategy_name((enum strategy)i));
	}
	lines_text(l, TONE_PLAIN, s.at);
}
