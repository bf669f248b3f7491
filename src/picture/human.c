/*
 * human - the picture for the administrator who was woken up for it.
 *
 * The first line answers the question: are the machines patched? Then, per weakness, how many are;
 * what shows tampering; what to do; the worst machines; policy; protection; and how much was seen.
 * A machine of which nothing is known is never counted as patched.
 */
#include "picture/human.h"

#include <stdlib.h>

#include "picture/site.h"
#include "report/facts.h"
#include "report/human.h"
#include "report/who.h"

enum { LOOSE_STEPS = 3 };

const char *machines_say(uint64_t n, char *text)
{
	char count[COUNT_TEXT];

	(void)snprintf(text, MACHINES_TEXT, "%s machine%s", count_format(n, count),
		       n == 1 ? "" : "s");
	return text;
}

const char *the_machines_say(uint64_t n, char *text)
{
	char count[COUNT_TEXT];

	if (n == 1)
		(void)snprintf(text, MACHINES_TEXT, "the machine");
	else
		(void)snprintf(text, MACHINES_TEXT, "the %s machines", count_format(n, count));
	return text;
}

/* "a patch", or "the patch for ms08-067" */
static void say_patch(struct sentence *s, const struct picture_options *opt)
{
	if (opt->only == NULL)
		say(s, "a patch");
	else
		say(s, "the patch for %s", opt->only);
}

static void answer_missing(struct sentence *s, const struct picture *p)
{
	const struct tally *t = p->tally;
	uint64_t missing = t->by_state[PATCH_MISSING], pending = t->by_state[PATCH_PENDING];
	char a[COUNT_TEXT], all[MACHINES_TEXT];

	say(s, "No: %s of %s %s ", count_format(missing, a), machines_say(t->machines, all),
	    missing == 1 ? "misses" : "miss");
	say_patch(s, &p->opt);
	say(s, ".");
	if (t->loose_missing > 0 && t->loose_missing == missing)
		say(s, " A threat that is about here uses the hole.");
	else if (t->loose_missing > 0)
		say(s, " %s of them %s one that keeps out a threat that is about here.",
		    count_format(t->loose_missing, a), t->loose_missing == 1 ? "misses" : "miss");
	if (pending > 0)
		say(s, " %s more %s for a restart.", count_format(pending, a),
		    pending == 1 ? "waits" : "wait");
}

static void answer_pending(struct sentence *s, const struct picture *p)
{
	uint64_t pending = p->tally->by_state[PATCH_PENDING];
	char a[COUNT_TEXT], all[MACHINES_TEXT];

	say(s, "Not yet: %s of %s %s ", count_format(pending, a),
	    machines_say(p->tally->machines, all), pending == 1 ? "has" : "have");
	say_patch(s, &p->opt);
	say(s, " installed that works only after a restart.");
}

static void answer_closed(struct sentence *s, const struct picture *p)
{
	const struct tally *t = p->tally;
	char all[MACHINES_TEXT];

	say(s, "Yes: %s of %s misses ", t->machines == 1 ? "not one" : "none",
	    machines_say(t->machines, all));
	say_patch(s, &p->opt);
	if (p->opt.only == NULL)
		say(s, " for the %zu weakness%s looked for", t->n_weaknesses,
		    t->n_weaknesses == 1 ? "" : "es");
	say(s, ". That is not all that can be wrong with a machine.");
}

static void answer(const struct lines *l, const struct picture *p)
{
	const struct tally *t = p->tally;
	uint64_t unknown = t->by_state[PATCH_UNKNOWN];
	uint64_t open = t->by_state[PATCH_MISSING] + t->by_state[PATCH_PENDING];
	char a[COUNT_TEXT], all[MACHINES_TEXT];
	struct sentence s = {.len = 0};

	if (t->machines == 0)
		say(&s, "No machine is known here: there is nothing to tell.");
	else if (t->by_state[PATCH_MISSING] > 0)
		answer_missing(&s, p);
	else if (open > 0)
		answer_pending(&s, p);
	else if (unknown == t->machines)
		say(&s, "Unknown: of %s it is not known whether %s patched.",
		    machines_say(unknown, all), unknown == 1 ? "it is" : "they are");
	else if (unknown > 0)
		say(&s, "Unknown for %s of %s. None of the others misses a patch.",
		    count_format(unknown, a), machines_say(t->machines, all));
	else
		answer_closed(&s, p);
	if (open > 0 && unknown > 0)
		say(&s, " Of %s more it is not known.", count_format(unknown, a));
	lines_text(l,
		   t->by_state[PATCH_MISSING] > 0 ? TONE_ALARM
		   : open + unknown > 0           ? TONE_WARN
						  : TONE_HEAD,
		   s.at);
}

static void alarm_tampered(const struct lines *l, const struct tally *t)
{
	char count[MACHINES_TEXT];
	struct sentence s = {.len = 0};

	if (t->tampered == 0)
		return;
	say(&s, "%s show%s signs of tampering, as worms leave them: see below.",
	    machines_say(t->tampered, count), t->tampered == 1 ? "s" : "");
	lines_text(l, TONE_ALARM, s.at);
}

/* --- what to do next --- */

static void step(const struct lines *l, unsigned *n, const struct sentence *s)
{
	if (s->len > 0)
		lines_step(l, ++*n, s->at);
}

static void step_install(const struct lines *l, unsigned *n, const struct tally_weakness *w)
{
	char count[MACHINES_TEXT];
	struct sentence s = {.len = 0};

	say(&s, "Close %s on %s that miss%s the patch", w->weakness->id,
	    the_machines_say(w->n[PATCH_MISSING], count), w->n[PATCH_MISSING] == 1 ? "es" : "");
	if (w->kbs[0] != '\0')
		say(&s, ": install %s", w->kbs);
	say(&s, ".");
	step(l, n, &s);
}

/* Those that threats use which are about; where none is, the most urgent one. */
static enum rc steps_install(const struct lines *l, unsigned *n, const struct tally *t)
{
	const struct tally_weakness **list = NULL;
	unsigned done = 0;

	if (tally_by_urgency(t, &list) != RC_OK)
		return RC_NOMEM;
	for (size_t i = 0; i < t->n_weaknesses && done < LOOSE_STEPS; i++) {
		if (list[i]->n[PATCH_MISSING] == 0 || (done > 0 && !list[i]->is_loose))
			continue;
		step_install(l, n, list[i]);
		done++;
	}
	free(list);
	return RC_OK;
}

static enum rc step_policy(const struct lines *l, unsigned *n, const struct tally *t)
{
	const struct tally_check **list = NULL;
	struct sentence s = {.len = 0};
	size_t n_failed = 0;
	char count[MACHINES_TEXT];

	if (tally_failed(t, &list, &n_failed) != RC_OK)
		return RC_NOMEM;
	if (n_failed > 0 && list[0]->check->is_serious)
		say(&s, "Correct \"%s\", which fails on %s: %s", told(list[0]->check->title),
		    machines_say(tally_check_bad(list[0]), count), told(list[0]->check->correct));
	free(list);
	step(l, n, &s);
	return RC_OK;
}

static enum rc next(const struct lines *l, const struct tally *t)
{
	uint64_t pending = 0, unknown = t->by_state[PATCH_UNKNOWN];
	struct sentence look = {.len = 0}, restart = {.len = 0}, assess = {.len = 0};
	char count[MACHINES_TEXT];
	unsigned n = 0;
	enum rc rc;

	for (size_t i = 0; i < t->n_weaknesses; i++)
		pending = t->weaknesses[i].n[PATCH_PENDING] > pending
				  ? t->weaknesses[i].n[PATCH_PENDING]
				  : pending;
	if (t->machines == 0)
		return RC_OK;
	lines_head(l, "WHAT TO DO NEXT");
	if (t->tampered > 0)
		say(&look,
		    "Take %s with signs of tampering off the network, and look for a "
		    "worm there.",
		    the_machines_say(t->tampered, count));
	step(l, &n, &look);
	rc = steps_install(l, &n, t);
	if (rc != RC_OK)
		return rc;
	if (pending > 0)
		say(&restart, "Restart the machines with a pending patch: it does nothing before.");
	step(l, &n, &restart);
	if (unknown > 0)
		say(&assess,
		    "Assess %s of which too little is known: with credentials, or by "
		    "the script that quell assess --script DIR writes.",
		    the_machines_say(unknown, count));
	step(l, &n, &assess);
	rc = step_policy(l, &n, t);
	if (rc == RC_OK && n == 0)
		lines_text(l, TONE_PLAIN, "Assess again when there are new patches.");
	return rc;
}

/* --- how much was seen --- */

static void seen_machines(const struct lines *l, const struct tally *t)
{
	static const char *const words[ASSESSEDS] = {"with an answer for each weakness", "partly",
						     "asked, and nothing was learned",
						     "never assessed"};
	struct sentence s = {.len = 0};
	char count[COUNT_TEXT];
	const char *before = ": ";

	say(&s, "%s", count_format(t->machines, count));
	for (unsigned a = 0; a < ASSESSEDS; a++) {
		if (t->assessed[a] == 0)
			continue;
		say(&s, "%s%s %s", before, count_format(t->assessed[a], count), words[a]);
		before = ", ";
	}
	say(&s, ".");
	if (t->by_state[PATCH_UNKNOWN] > 0)
		say(&s, " What is not known counts as unknown in every row.");
	lines_item(l, "machines", s.at);
}

static void seen_how(const struct lines *l, const struct tally *t)
{
	struct sentence s = {.len = 0};
	char count[COUNT_TEXT];
	const char *before = "patches were judged ";

	for (unsigned e = 0; e < EVIDENCE_NONE; e++) {
		if (t->evidence[e] == 0)
			continue;
		say(&s, "%s%s: %s", before, evidence_words((enum evidence)e),
		    count_format(t->evidence[e], count));
		before = ", ";
	}
	if (s.len > 0)
		lines_item(l, "how", s.at);
}

static void seen_when(const struct lines *l, const struct picture *p)
{
	const struct tally *t = p->tally;
	struct sentence s = {.len = 0};
	char from[CLOCK_TEXT], to[CLOCK_TEXT], age[WHO_AGE];

	if (t->first_ns == 0)
		return;
	say(&s, "%s", clock_format(t->first_ns, from));
	if (t->last_ns != t->first_ns)
		say(&s, " to %s", clock_format(t->last_ns, to));
	say(&s, " UTC");
	if (p->opt.at_ns != 0)
		say(&s, "; the oldest is from %s", who_age(t->first_ns, p->opt.at_ns, age));
	lines_item(l, "when", s.at);
}

static void seen_doubts(const struct lines *l, const struct tally *t)
{
	struct sentence s = {.len = 0}, infected = {.len = 0};
	char count[MACHINES_TEXT];

	if (t->conflicting > 0) {
		say(&s,
		    "on %s the sources disagree; the file counts, and quell assess show tells "
		    "what each says",
		    machines_say(t->conflicting, count));
		lines_item(l, "conflicts", s.at);
	}
	if (t->unassessed_infected > 0) {
		say(&infected, "of %s that %s infected, nothing is known here",
		    machines_say(t->unassessed_infected, count),
		    t->unassessed_infected == 1 ? "is" : "are");
		lines_item(l, "infected", infected.at);
	}
}

static void seen(const struct lines *l, const struct picture *p)
{
	struct sentence s = {.len = 0};

	lines_head(l, "HOW MUCH WAS SEEN");
	seen_machines(l, p->tally);
	seen_how(l, p->tally);
	seen_when(l, p);
	seen_doubts(l, p->tally);
	if (p->opt.baseline != NULL && p->tally->n_checks > 0) {
		say(&s, "%s (%s), %zu checks", p->opt.baseline->id, told(p->opt.baseline->title),
		    p->tally->n_checks);
		lines_item(l, "baseline", s.at);
	}
}

static enum rc begin(struct picture *p)
{
	(void)p;
	return RC_OK;
}

static enum rc end(struct picture *p)
{
	const struct tally *t = p->tally;
	struct lines l = lines_on(p->opt.to, &p->opt.style);
	enum rc rc = RC_OK;

	answer(&l, p);
	if (t->machines == 0)
		return stream_done(p->opt.to);
	alarm_tampered(&l, t);
	rc = human_patches(&l, t);
	if (rc == RC_OK)
		rc = next(&l, t);
	if (rc != RC_OK)
		return rc;
	human_signs(&l, t);
	human_worst(&l, t);
	rc = human_policy(&l, t);
	if (rc == RC_OK)
		rc = human_protection(&l, t);
	if (rc != RC_OK)
		return rc;
	seen(&l, p);
	return stream_done(p->opt.to);
}

const struct picture_writer picture_human = {begin, NULL, end, NULL};
