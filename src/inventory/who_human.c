/*
 * human of who - a page for somebody who has to walk there, or to call.
 *
 * First what decides what to do: which machine, where, whose, what is wrong with it, what next.
 * Then why that is believed, and all that is known, with its age.
 */
#include <stdlib.h>
#include <string.h>

#include "inventory/who_parts.h"
#include "report/facts.h"
#include "threat/catalogue.h"

enum { USERS_MOST = 5, ADDRS_MOST = 8, OWN_MOST = 5, SUFFERED_MOST = 3, PER_CENT = 100 };

struct page {
	const struct who_head *head;
	struct lines lines;
	bool has_begun;
};

const struct machine_user *who_user(const struct machine *m)
{
	return m->n_users > 0 && (m->flags & MACHINE_SHARED) == 0 ? &m->users[0] : NULL;
}

const char *who_next_step(const struct who_answer *a)
{
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct who_finding *f = &a->findings[i];
		const struct threat *t = NULL;

		if (!f->is_own || f->finding->class == CLASS_CHECK)
			continue;
		t = threat_find(f->finding->threat);
		if (t != NULL && t->what_next[0] != NULL)
			return t->what_next[0];
	}
	return NULL;
}

const struct fact *who_fact(const struct machine *m, unsigned kind)
{
	const struct fact *best = NULL;

	for (size_t i = 0; i < m->n_facts; i++) {
		const struct fact *f = m->facts[i];

		if (f->kind != kind)
			continue;
		if (best == NULL || f->confidence > best->confidence ||
		    (f->confidence == best->confidence && f->last_ns > best->last_ns))
			best = f;
	}
	return best;
}

void who_sources(struct sentence *s, const struct machine *m, unsigned kind, const char *value)
{
	bool is_told[FROM_OPERATOR + 1] = {false};
	const char *before = "";

	for (size_t i = 0; i < m->n_facts; i++) {
		const struct fact *f = m->facts[i];

		if (f->kind != kind || f->source > FROM_OPERATOR || is_told[f->source] ||
		    (value != NULL && strcmp(f->value, value) != 0))
			continue;
		is_told[f->source] = true;
		say(s, "%s%s", before, fact_source_words(f->source));
		before = ", ";
	}
}

static unsigned per_cent(double share)
{
	double v = share * PER_CENT + 0.5;

	return v < 0 ? 0 : v > PER_CENT ? PER_CENT : (unsigned)v;
}

/* "2026-11-24 03:12:07 (3 min ago)" */
static void say_when(struct sentence *s, const struct page *p, uint64_t at_ns)
{
	char at[CLOCK_TEXT], age[AGE_TEXT];

	say(s, "%s (%s)", clock_format(at_ns, at), age_format(at_ns, p->head->now_ns, age));
}

/* --- the machine --- */

static enum tone tone_of(enum verdict v)
{
	return v == VERDICT_INFECTED ? TONE_ALARM : v == VERDICT_SUSPECTED ? TONE_WARN : TONE_HEAD;
}

static const char *best_name(const struct machine *m)
{
	return m->name[0] != '\0' ? m->name : m->fqdn[0] != '\0' ? m->fqdn : m->id;
}

static void heading(const struct page *p, const struct who_answer *a)
{
	const struct machine *m = a->machine;
	struct sentence s = {.len = 0};

	say(&s, "%s", best_name(m));
	if (m->name[0] != '\0' && m->fqdn[0] != '\0')
		say(&s, " (%s)", m->fqdn);
	if (a->row.verdict != VERDICT_NO_EVIDENCE)
		say(&s, ": %s", verdict_name(a->row.verdict));
	lines_text(&p->lines, tone_of(a->row.verdict), s.at);
	if (strcmp(best_name(m), m->id) != 0)
		lines_item(&p->lines, "id", m->id);
}

static void asked_for(const struct page *p, const struct who_answer *a)
{
	struct sentence s = {.len = 0};
	char addr[ADDR_TEXT], at[CLOCK_TEXT], to[CLOCK_TEXT];

	if (a->had == NULL)
		return;
	say(&s, "%s", addr_format(&a->had->addr, addr));
	if (a->at_ns != 0)
		say(&s, " at %s UTC", clock_format(a->at_ns, at));
	say(&s, ": seen with it %s to %s UTC, %u %% sure (%s)", clock_format(a->had->first_ns, at),
	    clock_format(a->had->last_ns, to), (unsigned)a->had->confidence,
	    fact_source_words(a->had->source));
	if (a->at_ns != 0 && (a->at_ns < a->had->first_ns || a->at_ns > a->had->last_ns))
		say(&s,
		    "; not seen with it at that very time, but most likely its own from %s "
		    "to %s",
		    clock_format(a->had->from_ns, at), clock_format(a->had->until_ns, to));
	lines_item(&p->lines, "address", s.at);
}

static void roles(struct sentence *s, const struct machine *m)
{
	const char *last = "";

	for (size_t i = 0; i < m->n_facts; i++) { /* fact_cmp order: the same ones are together */
		if (m->facts[i]->kind != FACT_ROLE || strcmp(m->facts[i]->value, last) == 0)
			continue;
		last = m->facts[i]->value;
		say(s, "%s%s", s->len > 0 ? ", " : "", last);
	}
	if ((m->flags & MACHINE_SHARED) != 0)
		say(s, "%smany people use it at once", s->len > 0 ? ", " : "");
	if ((m->flags & MACHINE_VIRTUAL) != 0)
		say(s, "%san address that several machines share", s->len > 0 ? ", " : "");
}

static void what(const struct page *p, const struct who_answer *a)
{
	const struct machine *m = a->machine;
	struct sentence s = {.len = 0}, r = {.len = 0};

	if (m->os[0] != '\0')
		say(&s, "%s, %u %% sure", m->os, per_cent(m->os_confidence));
	if (m->vendor[0] != '\0')
		say(&s, "%s%s", s.len > 0 ? "; made by " : "made by ", m->vendor);
	if (m->domain[0] != '\0')
		say(&s, "%s%s", s.len > 0 ? "; in " : "in ", m->domain);
	if (s.len > 0)
		lines_item(&p->lines, "what", s.at);
	roles(&r, m);
	if (r.len > 0)
		lines_item(&p->lines, "role", r.at);
}

static void where(const struct page *p, const struct who_answer *a)
{
	const struct fact *f = who_fact(a->machine, FACT_PLACE);
	struct sentence s = {.len = 0};

	say(&s, "%s", a->row.place[0] != '\0' ? a->row.place : "not known");
	if (f != NULL && strcmp(f->value, a->row.place) == 0) {
		say(&s, " (%s, ", fact_source_words(f->source));
		say_when(&s, p, f->last_ns);
		say(&s, ")");
	} else if (f != NULL) {
		say(&s, "; %s says: %s", fact_source_words(f->source), f->value);
	}
	lines_item(&p->lines, "where", s.at);
}

static void people(const struct page *p, const struct who_answer *a)
{
	const struct machine *m = a->machine;
	struct sentence s = {.len = 0};

	if (a->row.owner[0] != '\0' || a->row.phone[0] != '\0') {
		say(&s, "%s%s%s", a->row.owner,
		    a->row.owner[0] != '\0' && a->row.phone[0] != '\0' ? ", " : "",
		    a->row.phone[0] != '\0' ? "phone " : "");
		say(&s, "%s", a->row.phone);
		lines_item(&p->lines, "owner", s.at);
	}
	for (size_t i = 0; i < m->n_users && i < USERS_MOST; i++) {
		const struct machine_user *u = &m->users[i];

		s.len = 0;
		say(&s, "%s, %u %%: %s; last ", u->user, per_cent(u->probability), u->why);
		say_when(&s, p, u->last_ns);
		lines_item(&p->lines, i == 0 ? "users" : "", s.at);
	}
	if (m->n_users == 0)
		lines_item(&p->lines, "users", "nobody was heard to log on");
	if (m->n_users > USERS_MOST) {
		s.len = 0;
		say(&s, "and %zu more, less likely", m->n_users - USERS_MOST);
		lines_item(&p->lines, "", s.at);
	}
}

static void operators_words(const struct page *p, const struct who_answer *a)
{
	struct sentence s = {.len = 0};

	if (a->row.note[0] != '\0')
		lines_item(&p->lines, "note", a->row.note);
	if (a->row.tags[0] != '\0')
		lines_item(&p->lines, "tags", a->row.tags);
	if (a->row.importance > 0) {
		say(&s, "%u of 5", a->row.importance);
		lines_item(&p->lines, "importance", s.at);
	}
}

static void numbers(const struct page *p, const struct who_answer *a)
{
	const struct machine *m = a->machine;
	char text[ADDR_TEXT], first[CLOCK_TEXT];
	struct sentence s = {.len = 0};

	for (size_t i = 0; i < m->n_addrs && i < ADDRS_MOST; i++) {
		const struct machine_addr *r = &m->addrs[i];

		s.len = 0;
		say(&s, "%s  %s to ", addr_format(&r->addr, text),
		    clock_format(r->first_ns, first));
		say_when(&s, p, r->last_ns);
		say(&s, ", %u %% sure, %s", (unsigned)r->confidence, fact_source_words(r->source));
		lines_item(&p->lines, i == 0 ? "addresses" : "", s.at);
	}
	if (m->n_addrs > ADDRS_MOST) {
		s.len = 0;
		say(&s, "and %zu earlier ones", m->n_addrs - ADDRS_MOST);
		lines_item(&p->lines, "", s.at);
	}
	for (size_t i = 0; i < m->n_macs; i++) {
		const struct machine_mac *c = &m->macs[i];

		s.len = 0;
		say(&s, "%s  %s%s%s", mac_format(&c->mac, text),
		    c->vendor[0] != '\0' ? c->vendor : "maker not known",
		    c->kind[0] != '\0' ? ", " : "", c->kind);
		lines_item(&p->lines, i == 0 ? "MACs" : "", s.at);
	}
}

static void why_one(const struct page *p, const struct who_answer *a)
{
	const struct machine *m = a->machine;
	struct sentence s = {.len = 0};

	if ((m->flags & MACHINE_BY_ADDRESS) != 0)
		say(&s, "Nothing but its address tells it from others: %u %% sure that it is one.",
		    per_cent(m->confidence));
	else
		say(&s, "%u %% sure.", per_cent(m->confidence));
	for (size_t i = 0; i < m->n_joined; i++)
		say(&s, " %s.", m->joined[i]);
	lines_item(&p->lines, "one?", s.at);
	for (size_t i = 0; i < a->n_others; i++) {
		const struct who_candidate *c = &a->others[i];

		s.len = 0;
		say(&s, "also had by %s%s%s%s, last heard ", c->id, c->name[0] != '\0' ? " (" : "",
		    c->name, c->name[0] != '\0' ? ")" : "");
		say_when(&s, p, c->last_ns);
		lines_item(&p->lines, "", s.at);
	}
}

/* --- what it did --- */

static void finding(const struct page *p, const struct who_finding *f)
{
	struct sentence s = {.len = 0};
	char first[CLOCK_TEXT], last[CLOCK_TEXT], count[COUNT_TEXT], addr[ADDR_TEXT];

	say(&s, "%s %s", f->finding->threat, finding_class_name(f->finding->class));
	if (f->finding->has_target || !f->is_own)
		say(&s, " %s %s", f->is_own ? "to" : "from",
		    addr_format(f->is_own ? &f->finding->target : &f->finding->source, addr));
	if (f->other[0] != '\0')
		say(&s, " (%s)", f->other);
	say(&s, ", %s time%s, %s to %s UTC, %u %% sure, heard by %s",
	    count_format(f->finding->count, count), f->finding->count == 1 ? "" : "s",
	    clock_format(f->finding->first_ns, first), clock_format(f->finding->last_ns, last),
	    f->finding->confidence, f->sensor);
	if (f->is_own)
		say(&s, ": %s", f->finding->why);
	lines_item(&p->lines, f->is_own ? "did" : "suffered", s.at);
}

static void findings(const struct page *p, const struct who_answer *a)
{
	struct sentence s = {.len = 0};
	size_t told[2] = {0, 0}, more = a->n_findings_left_out;

	lines_head(&p->lines, "Findings");
	if (a->n_findings == 0) {
		lines_item(&p->lines, "none",
			   "That is no proof of health: it says only that no sensor heard it do "
			   "anything that quell knows.");
		return;
	}
	say(&s, "%s, %u %% sure", verdict_name(a->row.verdict),
	    per_cent(a->row.verdict_confidence));
	if (a->row.why[0] != '\0')
		say(&s, ": %s", a->row.why);
	lines_item(&p->lines, "verdict", s.at);
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct who_finding *f = &a->findings[i];

		if (told[f->is_own]++ < (f->is_own ? OWN_MOST : SUFFERED_MOST))
			finding(p, f);
		else
			more++;
	}
	if (more > 0) {
		s.len = 0;
		say(&s, "and %zu more findings; -o json has them", more);
		lines_item(&p->lines, "", s.at);
	}
}

static void next_steps(const struct page *p, const struct who_answer *a)
{
	const struct threat *t = NULL;

	for (size_t i = 0; i < a->n_findings && t == NULL; i++) {
		if (a->findings[i].is_own && a->findings[i].finding->class != CLASS_CHECK)
			t = threat_find(a->findings[i].finding->threat);
	}
	if (t == NULL)
		return;
	lines_head(&p->lines, "What to do next");
	for (unsigned i = 0; t->what_next[i] != NULL; i++)
		lines_step(&p->lines, i + 1, t->what_next[i]);
}

/* --- no machine, or too many --- */

static void none(const struct page *p, const struct who_answer *a)
{
	struct sentence s = {.len = 0};
	char at[CLOCK_TEXT];

	say(&s, "%s: nobody that is known", a->query);
	if (a->at_ns != 0)
		say(&s, " at %s UTC", clock_format(a->at_ns, at));
	lines_text(&p->lines, TONE_HEAD, s.at);
	if (!addr_is_zero(&a->addr) && !p->head->has_asked) {
		s.len = 0;
		say(&s, "%s %s --ask   asks the machine, the name server and the switches",
		    p->head->command, a->query);
		lines_item(&p->lines, "try", s.at);
	}
	if (a->at_ns != 0) {
		s.len = 0;
		say(&s, "%s %s   without the time: who has it now?", p->head->command, a->query);
		lines_item(&p->lines, "try", s.at);
	}
	lines_item(&p->lines, "try",
		   "quell hosts import LIST   what DHCP servers, switches or spreadsheets know");
	lines_item(&p->lines, "try",
		   "quell watch -i IFACE --store URL   listen, and let machines say who they are");
}

static void several(const struct page *p, const struct who_answer *a)
{
	struct sentence s = {.len = 0};
	char addr[ADDR_TEXT], at[CLOCK_TEXT];

	say(&s, "%s could be any of %s%zu machines; ask for one of them by its id:", a->query,
	    a->n_others == WHO_CANDIDATES ? "at least " : "", a->n_others);
	lines_text(&p->lines, TONE_HEAD, s.at);
	for (size_t i = 0; i < a->n_others; i++) {
		const struct who_candidate *c = &a->others[i];

		s.len = 0;
		say(&s, "%-26s %-14s %-15s %-20s %.16s  %s", c->id, c->name,
		    addr_is_zero(&c->addr) ? "" : addr_format(&c->addr, addr), c->user,
		    clock_format(c->last_ns, at), c->place);
		lines_row(&p->lines,
			  tone_of(c->verdict) == TONE_HEAD ? TONE_PLAIN : tone_of(c->verdict),
			  s.at);
	}
}

/* --- the writer --- */

static enum rc begin(const struct who_head *head, void **ret_state)
{
	struct page *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return RC_NOMEM;
	p->head = head;
	p->lines = lines_on(head->to, &head->style);
	*ret_state = p;
	return RC_OK;
}

static enum rc answer(void *state, const struct who_answer *a)
{
	struct page *p = state;

	if (p->has_begun)
		fputs("\n\n", p->head->to);
	p->has_begun = true;
	if (a->found == WHO_NONE) {
		none(p, a);
	} else if (a->found == WHO_SEVERAL) {
		several(p, a);
	} else {
		heading(p, a);
		asked_for(p, a);
		what(p, a);
		where(p, a);
		people(p, a);
		operators_words(p, a);
		numbers(p, a);
		why_one(p, a);
		findings(p, a);
		next_steps(p, a);
		who_facts(&p->lines, p->head, a);
		who_unknown(&p->lines, p->head, a);
	}
	return ferror(p->head->to) != 0 ? RC_IO : RC_OK;
}

static enum rc end(void *state)
{
	struct page *p = state;

	return fflush(p->head->to) == EOF || ferror(p->head->to) != 0 ? RC_IO : RC_OK;
}

const struct who_writer who_human = {begin, answer, end, free};
