#include "triage/triage.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "threat/catalogue.h"
#include "triage/inside.h"

const char *triage_basis_name(enum triage_basis b)
{
	static const char *const names[TRIAGE_BASES] = {"none", "rule", "computed", "override"};

	return b < TRIAGE_BASES ? names[b] : "none";
}

const char *triage_when_name(enum triage_when w)
{
	static const char *const names[TRIAGE_WHENS] = {"now", "today", "week", "after"};

	return w < TRIAGE_WHENS ? names[w] : "now";
}

const char *triage_act_name(enum triage_act a)
{
	static const char *const names[TRIAGE_ACTS] = {
		"inventory", "listen",  "assess", "isolate", "block", "patch", "restart",
		"clean",     "protect", "call",   "lore",    "rest",  "prove", "harden"};

	return a < TRIAGE_ACTS ? names[a] : "lore";
}

/* --- texts --- */

__attribute__((format(printf, 2, 0))) static const char *made_of(struct making *m,
								 const char *format, va_list args)
{
	char text[2048];
	const char *kept = NULL;

	(void)vsnprintf(text, sizeof(text), format, args);
	kept = arena_strdup(m->t->arena, text);
	if (kept == NULL)
		m->rc = RC_NOMEM;
	return kept != NULL ? kept : "";
}

const char *made(struct making *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const char *text = made_of(m, format, args);

	va_end(args);
	return text;
}

void reason_add(struct making *m, const char *format, ...)
{
	va_list args;

	if (m->t->n_reasons == TRIAGE_REASONS_MOST)
		return;
	va_start(args, format);
	m->t->reasons[m->t->n_reasons++] = made_of(m, format, args);
	va_end(args);
}

void vendor_add(struct making *m, const char *format, ...)
{
	va_list args;

	if (m->t->n_vendor == TRIAGE_VENDOR_MOST)
		return;
	va_start(args, format);
	m->t->vendor[m->t->n_vendor++] = made_of(m, format, args);
	va_end(args);
}

static const char *or_none(const char *text)
{
	return text != NULL ? text : "";
}

void step_add(struct making *m, const struct triage_step *s)
{
	if (m->t->n_steps == TRIAGE_STEPS_MOST)
		return;
	struct triage_step *to = &m->steps[m->t->n_steps++];

	*to = *s;
	to->what = or_none(s->what);
	to->whom = or_none(s->whom);
	to->channel = or_none(s->channel);
	to->proof = or_none(s->proof);
	to->command = or_none(s->command);
}

const char *of_many(size_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

const char *number_text(double n, char *text)
{
	const double most = 1e15;
	char digits[NUMBER_TEXT];
	size_t len = 0, to = 0;

	if (!(n >= 0 && n < most)) /* NaN, too */
		n = n >= most ? most : 0;
	len = (size_t)snprintf(digits, sizeof(digits), "%.0f", n);
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text[to++] = ',';
		text[to++] = digits[i];
	}
	text[to] = '\0';
	return text;
}

const char *hours_text(double hours, char *text)
{
	const double minutes = hours * 60;

	if (!(minutes >= 0) || minutes > 1e8)
		(void)snprintf(text, HOURS_TEXT, "an unknown time");
	else if (minutes < 90)
		(void)snprintf(text, HOURS_TEXT, "%.0f min", ceil(minutes));
	else if (hours < 10)
		(void)snprintf(text, HOURS_TEXT, "%.1f hours", hours);
	else if (hours < 72)
		(void)snprintf(text, HOURS_TEXT, "%.0f hours", hours);
	else
		(void)snprintf(text, HOURS_TEXT, "%.0f days", hours / 24);
	return text;
}

/* --- numbers --- */

size_t infected_found(const struct triage_input *in)
{
	return in->by_verdict[VERDICT_INFECTED];
}

size_t infected_total(const struct triage_input *in)
{
	const double most = 1e9; /* what an estimate can say at most, so that it fits */
	size_t found = infected_found(in), total = found;

	if (in->estimate.is_meaningful && in->estimate.total > 0 && in->estimate.total < most)
		total = (size_t)(in->estimate.total + 0.5);
	return total > found ? total : found;
}

size_t infected_with(const struct triage_input *in, enum patch_state s)
{
	size_t n = 0;

	for (size_t i = 0; i < in->n_nodes; i++)
		n += in->nodes[i].verdict == VERDICT_INFECTED && in->nodes[i].patch == s;
	return n;
}

/* The one update that all rows of a weakness name; NULL: there is none, or they are several. */
static const char *only_kb(const struct weakness *w)
{
	const char *kb = NULL;

	for (size_t i = 0; i < w->n_fixed; i++) {
		for (const char *const *k = w->fixed[i].kbs; k != NULL && *k != NULL; k++) {
			if (kb != NULL && strcmp(kb, *k) != 0)
				return NULL;
			kb = *k;
		}
	}
	return kb;
}

const char *patch_name(struct making *m, const struct triage_patch *p)
{
	const char *kb = only_kb(p->weakness);

	if (kb != NULL)
		return kb;
	for (const char *const *id = p->threats; id != NULL && *id != NULL; id++) {
		const struct threat *t = threat_find(*id);

		if (t != NULL && t->patch != NULL)
			return t->patch;
	}
	if (p->weakness->bulletin != NULL)
		return made(m, "the update of %s", p->weakness->bulletin);
	return made(m, "the update against %s", p->weakness->id);
}

/* --- the decision --- */

enum triage_basis triage_decide(const struct triage_input *in, enum strategy *ret_s)
{
	const struct strategy_choice *c = &in->choice;

	if (in->is_overridden) {
		*ret_s = in->chosen;
		return TRIAGE_OVERRIDE;
	}
	*ret_s = infected_total(in) > STRATEGY_RULE ? STRATEGY_GENERIC : STRATEGY_MANUAL;
	if (infected_found(in) == 0)
		return TRIAGE_NOTHING;
	if (!in->has_choice || c->computed >= STRATEGIES || c->rule >= STRATEGIES)
		return TRIAGE_RULE;
	*ret_s = c->rule;
	const struct sim_range *rule = &c->outcomes[c->rule].machine_hours;
	const struct sim_range *best = &c->outcomes[c->computed].machine_hours;
	double a = sim_standard_error(rule, in->runs), b = sim_standard_error(best, in->runs);
	double gain = rule->mean - best->mean;

	if (c->computed == c->rule ||
	    !(gain > TRIAGE_MARGIN * rule->mean && gain > 2 * sqrt(a * a + b * b)))
		return TRIAGE_RULE;
	*ret_s = c->computed;
	return TRIAGE_COMPUTED;
}

/* --- all of it --- */

static enum rc make(struct making *m)
{
	struct triage *t = m->t;

	m->steps = arena_alloc(t->arena, TRIAGE_STEPS_MOST * sizeof(*m->steps));
	t->reasons = arena_alloc(t->arena, TRIAGE_REASONS_MOST * sizeof(*t->reasons));
	t->vendor = arena_alloc(t->arena, TRIAGE_VENDOR_MOST * sizeof(*t->vendor));
	if (m->steps == NULL || t->reasons == NULL || t->vendor == NULL)
		return RC_NOMEM;
	t->steps = m->steps;
	t->infected = infected_total(m->in);
	t->basis = triage_decide(m->in, &t->decided);
	make_reasons(m);
	make_steps(m);
	make_after(m);
	if (infected_found(m->in) > 0)
		make_vendor(m);
	return m->rc;
}

enum rc triage_make(const struct triage_input *in, struct triage **ret_t)
{
	struct arena *arena = NULL;
	struct making m = {.in = in, .rc = RC_OK};
	enum rc rc = arena_new(0, &arena);

	if (rc != RC_OK)
		return rc;
	m.t = arena_alloc(arena, sizeof(*m.t));
	if (m.t == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	m.t->arena = arena;
	m.t->in = in;
	rc = make(&m);
	if (rc != RC_OK) {
		arena_free(arena);
		return rc;
	}
	*ret_t = m.t;
	return RC_OK;
}

void triage_free(struct triage *t)
{
	if (t != NULL)
		arena_free(t->arena);
}
