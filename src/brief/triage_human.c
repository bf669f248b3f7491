/*
 * human of the triage - for the administrator who was woken up for it, to be read from the top.
 *
 * The two questions with today's answers, what was decided and why, what to do now, today, this
 * week. What it rests on comes after it: the infection tree, the growth, the strategies, and what
 * was not seen. No machine is ever called clean.
 */
#include <string.h>

#include "brief/triage_parts.h"
#include "report/facts.h"
#include "report/human.h"

enum { UNDER = 6 };

const char *count_say(size_t n, const char *one, const char *many, char *text)
{
	char count[COUNT_TEXT];

	(void)snprintf(text, COUNT_SAY, "%s %s", count_format(n, count), n == 1 ? one : many);
	return text;
}

/* --- are the machines patched? --- */

static void answer_patch(const struct lines *l, const struct triage_patch *p, size_t machines)
{
	size_t missing = p->by_state[PATCH_MISSING], pending = p->by_state[PATCH_PENDING];
	size_t unknown = p->by_state[PATCH_UNKNOWN];
	size_t done = p->by_state[PATCH_EFFECTIVE], spared = p->by_state[PATCH_NOT_AFFECTED];
	struct sentence s = {.len = 0};
	char a[COUNT_SAY], b[COUNT_SAY], c[COUNT_TEXT];

	if (missing > 0)
		say(&s, "No, not against %s: the patch is missing on %s of %s", p->weakness->id,
		    count_format(missing, c), count_say(machines, "machine", "machines", a));
	else if (pending > 0)
		say(&s, "Not yet, against %s: %s of %s for a restart", p->weakness->id,
		    count_say(pending, "waits", "wait", b),
		    count_say(machines, "machine", "machines", a));
	else if (unknown > 0)
		say(&s, "Unknown, against %s: nobody knows it of %s of %s", p->weakness->id,
		    unknown == machines ? "any" : count_format(unknown, c),
		    count_say(machines, "machine", "machines", a));
	else
		say(&s, "Yes, against %s: the patch is missing on none of %s", p->weakness->id,
		    count_say(machines, "machine", "machines", a));
	say(&s, ". Effective %zu, restart pending %zu, missing %zu, unknown %zu", done, pending,
	    missing, unknown);
	if (p->not_asked > 0 && p->not_asked == unknown)
		say(&s, " (never assessed)");
	else if (p->not_asked > 0)
		say(&s, " (%zu never assessed)", p->not_asked);
	say(&s, ", not affected %zu.", spared);
	lines_text(l, missing + pending + unknown > 0 ? TONE_ALARM : TONE_HEAD, s.at);
}

static void question_patched(const struct lines *l, const struct triage_input *in)
{
	struct sentence s = {.len = 0};
	char a[COUNT_SAY], c[COUNT_TEXT];

	lines_text(l, TONE_HEAD, "1. ARE YOUR MACHINES PATCHED?");
	for (size_t i = 0; i < in->n_patches; i++)
		answer_patch(l, &in->patches[i], in->machines);
	if (in->n_patches > 0)
		return;
	if (in->machines == 0)
		say(&s, "Unknown: no machine is known here yet.");
	else if (in->assessed == 0)
		say(&s, "Unknown: none of %s was ever assessed.",
		    count_say(in->machines, "machine", "machines", a));
	else
		say(&s,
		    "No threat with a patch is known to be loose here, so there is not one patch "
		    "to "
		    "ask for; %s of %s assessed. The whole picture: quell assess show",
		    count_format(in->assessed, c),
		    count_say(in->machines, "machine was", "machines were", a));
	lines_text(l, TONE_WARN, s.at);
}

/* --- do you know which are infected? --- */

static void say_estimate(struct sentence *s, const struct estimate *e)
{
	char span[SPAN_TEXT];

	if (!e->is_meaningful) {
		say(s, " How many were missed cannot be said%s%s%s", e->why[0] != '\0' ? ": " : "",
		    e->why, e->why[0] != '\0' && e->why[strlen(e->why) - 1] == '.' ? "" : ".");
		return;
	}
	say(s, " Estimated in all: %.0f (95 %%: %.0f to %.0f).", e->total, e->low, e->high);
	if (e->minutes_to_95 == 0)
		say(s, " By that, 95 %% of them or more are found.");
	else if (e->minutes_to_95 > 0)
		say(s, " %s more of listening find 95 %% of them.",
		    span_format((uint64_t)(e->minutes_to_95 * 60 + 59) / 60 * 60, span));
	else
		say(s, " Listening on from here will not find 95 %% of them.");
}

static void question_infected(const struct lines *l, const struct triage_input *in)
{
	size_t found = in->by_verdict[VERDICT_INFECTED], more = in->by_verdict[VERDICT_SUSPECTED];
	struct sentence s = {.len = 0};
	char a[COUNT_SAY], b[COUNT_SAY], first[CLOCK_TEXT], last[CLOCK_TEXT], span[SPAN_TEXT];

	lines_head(l, "2. DO YOU KNOW WHICH ARE INFECTED?");
	if (in->heard.runs == 0 && found + more == 0) {
		lines_text(l, TONE_WARN, "Unknown: nothing was listened to yet.");
		return;
	}
	if (found == 0)
		say(&s, "None was found. That does not prove that there is none.");
	else if (in->estimate.is_meaningful && in->estimate.minutes_to_95 == 0)
		say(&s, "Nearly all: %s.", count_say(found, "was found", "were found", a));
	else
		say(&s, "Some: %s.", count_say(found, "was found", "were found", a));
	if (more > 0)
		say(&s, " %s suspected.", count_say(more, "more is", "more are", b));
	if (found > 0)
		say_estimate(&s, &in->estimate);
	lines_text(l, found > 0 ? TONE_ALARM : TONE_WARN, s.at);
	if (in->heard.first_ns == 0)
		return;
	s.len = 0;
	say(&s, "Heard by %s from %s to %s UTC, %s in all.",
	    count_say(in->heard.sensors, "sensor", "sensors", a),
	    clock_format(in->heard.first_ns, first), clock_format(in->heard.last_ns, last),
	    span_format((uint64_t)(in->heard.minutes * 60), span));
	lines_text(l, TONE_PLAIN, s.at);
}

/* --- the decision --- */

static const char *decision_words(const struct triage *t)
{
	if (t->basis == TRIAGE_NOTHING)
		return t->in->heard.runs == 0 ? "DECISION: NONE YET"
					      : "DECISION: NOTHING TO CLEAN, AS FAR AS WAS HEARD";
	switch (t->decided) {
	case STRATEGY_MANUAL:
		return "DECISION: BY HAND (manual)";
	case STRATEGY_GENERIC:
		return "DECISION: GENERIC, EVERYWHERE AT ONCE (generic)";
	case STRATEGY_MIXED:
		return "DECISION: PATCH EVERYWHERE, CLEAN BY HAND (mixed)";
	case STRATEGIES:
		break;
	}
	return "DECISION";
}

static void decision(const struct lines *l, const struct triage *t)
{
	static const char *const by[TRIAGE_BASES] = {[TRIAGE_NOTHING] = "",
						     [TRIAGE_RULE] = ", by the field's rule",
						     [TRIAGE_COMPUTED] = ", as computed",
						     [TRIAGE_OVERRIDE] =
							     ", by the operator's word"};
	struct sentence s = {.len = 0};

	say(&s, "%s%s", decision_words(t), by[t->basis]);
	lines_head(l, s.at);
	for (size_t i = 0; i < t->n_reasons; i++)
		lines_dash(l, t->reasons[i]);
}

/* --- the plan --- */

static void put_step(const struct lines *l, const struct triage_step *step, unsigned num)
{
	struct sentence s = {.len = 0};

	lines_step(l, num, step->what);
	say(&s, "who: %s", step->whom);
	if (step->channel[0] != '\0')
		say(&s, "; how: %s", step->channel);
	lines_under(l, UNDER, s.at);
	s.len = 0;
	if (step->proof[0] != '\0') {
		say(&s, "done when: %s", step->proof);
		lines_under(l, UNDER, s.at);
	}
	if (step->command[0] != '\0')
		lines_command(l, UNDER, step->command);
}

static void plan(const struct lines *l, const struct triage *t)
{
	static const char *const heads[TRIAGE_WHENS] = {"NOW", "TODAY", "THIS WEEK", "AFTERWARDS"};
	unsigned num = 0;

	for (unsigned when = 0; when < TRIAGE_WHENS; when++) {
		bool has_any = false;

		for (size_t i = 0; i < t->n_steps; i++) {
			if (t->steps[i].when != when)
				continue;
			if (!has_any)
				lines_head(l, heads[when]);
			has_any = true;
			put_step(l, &t->steps[i], ++num);
		}
	}
	if (t->n_vendor == 0)
		return;
	lines_head(l, "FOR THE VENDOR'S CALL, HAVE READY");
	for (size_t i = 0; i < t->n_vendor; i++)
		lines_dash(l, t->vendor[i]);
}

static void blind_spots(const struct lines *l, const struct triage_input *in)
{
	lines_head(l, "WHAT WAS NOT SEEN");
	for (size_t i = 0; i < in->n_blind; i++)
		lines_dash(l, in->blind[i].text);
	lines_dash(l,
		   "Machines that are switched off, traffic that passes no sensor, and worms that "
		   "spread by ways that quell does not read.");
}

enum rc brief_triage_human(const struct triage *t, const struct report_style *style, FILE *to)
{
	struct lines l = lines_on(to, style);
	const struct tree_names names = triage_tree_names(t->in);
	enum rc rc = RC_OK;

	question_patched(&l, t->in);
	question_infected(&l, t->in);
	decision(&l, t);
	plan(&l, t);
	rc = triage_infected_human(&l, t->in);
	if (rc != RC_OK)
		return rc;
	tree_human(&l, t->in->tree, &names);
	triage_growth_human(&l, t->in);
	triage_strategies_human(&l, t->in);
	blind_spots(&l, t->in);
	return fflush(to) == EOF || ferror(to) ? RC_IO : RC_OK;
}
