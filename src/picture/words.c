#include "picture/words.h"

#include <stdlib.h>

#include "report/facts.h"
#include "report/human.h"

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

/* --- the answer --- */

/* "a patch", or "the patch for ms08-067" */
static void say_patch(struct sentence *s, const struct picture_options *opt)
{
	if (opt->only == NULL)
		say(s, "a patch");
	else
		say(s, "the patch for %s", opt->only);
}

static void answer_missing(struct sentence *s, const struct picture_options *opt,
			   const struct tally *t)
{
	uint64_t missing = t->by_state[PATCH_MISSING], pending = t->by_state[PATCH_PENDING];
	char a[COUNT_TEXT], all[MACHINES_TEXT];

	say(s, "No: %s of %s %s ", count_format(missing, a), machines_say(t->machines, all),
	    missing == 1 ? "misses" : "miss");
	say_patch(s, opt);
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

static void answer_pending(struct sentence *s, const struct picture_options *opt,
			   const struct tally *t)
{
	uint64_t pending = t->by_state[PATCH_PENDING];
	char a[COUNT_TEXT], all[MACHINES_TEXT];

	say(s, "Not yet: %s of %s %s ", count_format(pending, a), machines_say(t->machines, all),
	    pending == 1 ? "has" : "have");
	say_patch(s, opt);
	say(s, " installed that works only after a restart.");
}

static void answer_closed(struct sentence *s, const struct picture_options *opt,
			  const struct tally *t)
{
	char all[MACHINES_TEXT];

	if (t->machines == 1)
		say(s, "Yes: the machine does not miss ");
	else
		say(s, "Yes: none of %s misses ", the_machines_say(t->machines, all));
	say_patch(s, opt);
	if (opt->only == NULL)
		say(s, " for the %zu weakness%s looked for", t->n_weaknesses,
		    t->n_weaknesses == 1 ? "" : "es");
	say(s, ". That is not all that can be wrong with a machine.");
}

enum tone words_answer(const struct picture_options *opt, const struct tally *t, struct sentence *s)
{
	uint64_t unknown = t->by_state[PATCH_UNKNOWN], missing = t->by_state[PATCH_MISSING];
	uint64_t open = missing + t->by_state[PATCH_PENDING];
	char a[COUNT_TEXT], all[MACHINES_TEXT];

	if (t->machines == 0)
		say(s, "No machine is known here: there is nothing to tell.");
	else if (missing > 0)
		answer_missing(s, opt, t);
	else if (open > 0)
		answer_pending(s, opt, t);
	else if (unknown == t->machines)
		say(s, "Unknown: of %s it is not known whether %s patched.",
		    machines_say(unknown, all), unknown == 1 ? "it is" : "they are");
	else if (unknown > 0)
		say(s, "Unknown for %s of %s. None of the others misses a patch.",
		    count_format(unknown, a), machines_say(t->machines, all));
	else
		answer_closed(s, opt, t);
	if (open > 0 && unknown > 0)
		say(s, " Of %s more it is not known.", count_format(unknown, a));
	if (missing > 0)
		return TONE_ALARM;
	return open + unknown > 0 ? TONE_WARN : TONE_HEAD;
}

void words_tampered(const struct tally *t, struct sentence *s)
{
	char count[MACHINES_TEXT];

	if (t->tampered > 0)
		say(s, "%s show%s signs of tampering, as worms leave them: see below.",
		    machines_say(t->tampered, count), t->tampered == 1 ? "s" : "");
}

void words_patches(const struct tally *t, struct sentence *s)
{
	uint64_t remedied = 0;
	size_t nobody = 0;
	char count[COUNT_TEXT];

	for (size_t i = 0; i < t->n_weaknesses; i++) {

		remedied += t->weaknesses[i].remedied;
		nobody += tally_concerns_nobody(t, &t->weaknesses[i]);
	}

	if (remedied > 0)
		say(s,
		    "In %s of the missing cases the hole cannot be reached all the same: install "
		    "it, but later. ",
		    count_format(remedied, count));
	if (nobody > 0)
		say(s, "%zu more weakness%s concern%s none of the machines.", nobody,
		    nobody == 1 ? "" : "es", nobody == 1 ? "s" : "");
}

void words_worst(const struct tally *t, struct sentence *s)
{
	char count[COUNT_TEXT];

	if (t->n_worst == 1)
		say(s, "The worst machine");
	else
		say(s, "The worst %zu machines", t->n_worst);
	if (t->harmed > t->n_worst)
		say(s, " of %s", count_format(t->harmed, count));
}

void words_machine(const struct picture_machine *m, struct sentence *s)
{
	const char *const more[] = {os_of(m), m->user, m->place, m->owner};
	char text[ADDR_TEXT];

	say(s, "%s", called(m, text));
	if (told(m->name)[0] != '\0' && !addr_is_zero(&m->addr))
		say(s, ", %s", addr_format(&m->addr, text));
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (told(more[i])[0] != '\0')
			say(s, ", %s", more[i]);
	if (m->verdict != VERDICT_NO_EVIDENCE)
		say(s, ": %s", verdict_name(m->verdict));
}

void words_protection(const struct tally *t, struct sentence *s)
{
	static const char *const words[PROTECTIONS] = {
		"anti-malware runs", "it is there and does not run", "there is none", "not known"};
	char count[COUNT_TEXT];

	for (unsigned p = 0; p < PROTECTIONS; p++) {
		if (t->protection[p] > 0)
			say(s, "%s%s: %s", s->len > 0 ? ", " : "", words[p],
			    count_format(t->protection[p], count));
	}
}

void words_correct(const struct check *c, struct sentence *s)
{
	char doors[DOORS_TEXT];

	if (doors_say(c, doors)[0] != '\0')
		say(s, "Door it closes: %s. ", doors);
	say(s, "%s", told(c->correct));
}

/* --- what to do next --- */

/* The next one to be said; the last one is written over, rather than past the end. */
static struct sentence *more(struct words_list *to, const char *label)
{
	unsigned i = to->n < WORDS_MOST ? to->n++ : WORDS_MOST - 1;

	to->list[i].label = label;
	to->list[i].s.len = 0;
	return &to->list[i].s;
}

static void step_install(struct sentence *s, const struct tally_weakness *w)
{
	char count[MACHINES_TEXT];

	say(s, "Close %s on %s that miss%s the patch", w->weakness->id,
	    the_machines_say(w->n[PATCH_MISSING], count), w->n[PATCH_MISSING] == 1 ? "es" : "");
	if (w->kbs[0] != '\0')
		say(s, ": install %s", w->kbs);
	say(s, ".");
}

/* Those that threats use which are about; where none is, the most urgent one. */
static enum rc steps_install(struct words_list *to, const struct tally *t)
{
	const struct tally_weakness **list = NULL;
	unsigned done = 0;

	if (tally_by_urgency(t, &list) != RC_OK)
		return RC_NOMEM;
	for (size_t i = 0; i < t->n_weaknesses && done < LOOSE_STEPS; i++) {
		if (list[i]->n[PATCH_MISSING] == 0 || (done > 0 && !list[i]->is_loose))
			continue;
		step_install(more(to, ""), list[i]);
		done++;
	}
	free(list);
	return RC_OK;
}

static enum rc step_policy(struct words_list *to, const struct tally *t)
{
	const struct tally_check **list = NULL;
	size_t n = 0;
	char count[MACHINES_TEXT];

	if (tally_failed(t, &list, &n) != RC_OK)
		return RC_NOMEM;
	if (n > 0 && list[0]->check->is_serious)
		say(more(to, ""), "Correct \"%s\", which fails on %s: %s",
		    told(list[0]->check->title), machines_say(tally_check_bad(list[0]), count),
		    told(list[0]->check->correct));
	free(list);
	return RC_OK;
}

static bool has_pending(const struct tally *t)
{
	for (size_t i = 0; i < t->n_weaknesses; i++)
		if (t->weaknesses[i].n[PATCH_PENDING] > 0)
			return true;
	return false;
}

enum rc words_steps(const struct tally *t, struct words_list *ret_steps)
{
	char count[MACHINES_TEXT];
	enum rc rc;

	ret_steps->n = 0;
	if (t->tampered > 0)
		say(more(ret_steps, ""),
		    "Take %s with signs of tampering off the network, and look for a worm there.",
		    the_machines_say(t->tampered, count));
	rc = steps_install(ret_steps, t);
	if (rc != RC_OK)
		return rc;
	if (has_pending(t))
		say(more(ret_steps, ""),
		    "Restart the machines with a pending patch: it does nothing before.");
	if (t->by_state[PATCH_UNKNOWN] > 0)
		say(more(ret_steps, ""),
		    "Assess %s of which too little is known: with credentials, or by the script "
		    "that quell assess --script DIR writes.",
		    the_machines_say(t->by_state[PATCH_UNKNOWN], count));
	rc = step_policy(ret_steps, t);
	if (rc == RC_OK && ret_steps->n == 0)
		say(more(ret_steps, ""), "Assess again when there are new patches.");
	return rc;
}

/* --- how much was seen --- */

static void seen_machines(struct sentence *s, const struct tally *t)
{
	static const char *const words[ASSESSEDS] = {"with an answer for each weakness", "partly",
						     "asked, and nothing was learned",
						     "never assessed"};
	char count[COUNT_TEXT];
	const char *before = ": ";

	say(s, "%s", count_format(t->machines, count));
	for (unsigned a = 0; a < ASSESSEDS; a++) {
		if (t->assessed[a] == 0)
			continue;
		say(s, "%s%s %s", before, count_format(t->assessed[a], count), words[a]);
		before = "; ";
	}
	say(s, ".");
	if (t->by_state[PATCH_UNKNOWN] > 0)
		say(s, " What is not known counts as unknown in every row.");
}

static void seen_how(struct words_list *to, const struct tally *t)
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
		say(more(to, "how"), "%s", s.at);
}

static void seen_when(struct sentence *s, const struct picture_options *opt, const struct tally *t)
{
	char from[CLOCK_TEXT], to[CLOCK_TEXT], age[AGE_TEXT];

	say(s, "%s", clock_format(t->first_ns, from));
	if (t->last_ns != t->first_ns)
		say(s, " to %s", clock_format(t->last_ns, to));
	say(s, " UTC");
	if (opt->at_ns != 0)
		say(s, "; the oldest is from %s", age_format(t->first_ns, opt->at_ns, age));
}

void words_seen(const struct picture_options *opt, const struct tally *t,
		struct words_list *ret_seen)
{
	char count[MACHINES_TEXT];

	ret_seen->n = 0;
	seen_machines(more(ret_seen, "machines"), t);
	seen_how(ret_seen, t);
	if (t->first_ns != 0)
		seen_when(more(ret_seen, "when"), opt, t);
	if (t->conflicting > 0)
		say(more(ret_seen, "conflicts"),
		    "on %s the sources disagree; the file counts, and quell assess show tells "
		    "what each says",
		    machines_say(t->conflicting, count));
	if (t->unassessed_infected > 0)
		say(more(ret_seen, "infected"), "of %s that %s infected, nothing is known here",
		    machines_say(t->unassessed_infected, count),
		    t->unassessed_infected == 1 ? "is" : "are");
	if (opt->baseline != NULL && t->n_checks > 0)
		say(more(ret_seen, "baseline"), "%s (%s), %zu checks", opt->baseline->id,
		    told(opt->baseline->title), t->n_checks);
}
