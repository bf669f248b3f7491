/* json of who - quell.who/1, doc/who.schema.json. */
#include <stdlib.h>
#include <string.h>

#include "inventory/who.h"
#include "report/pen.h"
#include "threat/catalogue.h"

static void member(struct pen *p, const char *key, const char *text)
{
	pen_key(p, key);
	pen_text(p, text);
}

static void real(struct pen *p, const char *key, double value)
{
	pen_key(p, key);
	pen_real(p, value);
}

static void number(struct pen *p, const char *key, uint64_t value)
{
	pen_key(p, key);
	pen_number(p, value < INT64_MAX ? value : INT64_MAX);
}

static void time_of(struct pen *p, const char *key, uint64_t at_ns)
{
	pen_key(p, key);
	pen_time(p, at_ns);
}

static void addr_or_null(struct pen *p, const char *key, const struct addr *a)
{
	pen_key(p, key);
	if (addr_is_zero(a))
		pen_null(p);
	else
		pen_addr(p, a);
}

static void list_open(struct pen *p, const char *key)
{
	pen_line(p);
	pen_key(p, key);
	pen_open(p, '[');
}

static void addresses(struct pen *p, const struct machine *m)
{
	char text[MAC_TEXT];

	list_open(p, "addresses");
	for (size_t i = 0; i < m->n_addrs; i++) {
		const struct machine_addr *r = &m->addrs[i];

		pen_line(p);
		pen_open(p, '{');
		addr_or_null(p, "address", &r->addr);
		member(p, "mac", r->has_mac ? mac_format(&r->mac, text) : NULL);
		number(p, "confidence", r->confidence);
		member(p, "source", fact_source_name(r->source));
		time_of(p, "first", r->first_ns);
		time_of(p, "last", r->last_ns);
		time_of(p, "from", r->from_ns);
		time_of(p, "until", r->until_ns == UINT64_MAX ? 0 : r->until_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
	list_open(p, "macs");
	for (size_t i = 0; i < m->n_macs; i++) {
		const struct machine_mac *c = &m->macs[i];

		pen_line(p);
		pen_open(p, '{');
		member(p, "mac", mac_format(&c->mac, text));
		member(p, "vendor", c->vendor);
		member(p, "kind", c->kind);
		time_of(p, "first", c->first_ns);
		time_of(p, "last", c->last_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void users(struct pen *p, const struct machine *m)
{
	list_open(p, "users");
	for (size_t i = 0; i < m->n_users; i++) {
		const struct machine_user *u = &m->users[i];

		pen_line(p);
		pen_open(p, '{');
		member(p, "user", u->user);
		real(p, "probability", u->probability);
		member(p, "why", u->why);
		number(p, "sources", u->sources);
		time_of(p, "first", u->first_ns);
		time_of(p, "last", u->last_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void facts(struct pen *p, const struct machine *m)
{
	char text[MAC_TEXT];

	list_open(p, "facts");
	for (size_t i = 0; i < m->n_facts; i++) {
		const struct fact *f = m->facts[i];

		pen_line(p);
		pen_open(p, '{');
		member(p, "kind", fact_kind_name(f->kind));
		member(p, "value", f->value);
		addr_or_null(p, "address", &f->addr);
		member(p, "mac", f->has_mac ? mac_format(&f->mac, text) : NULL);
		member(p, "host", f->host);
		member(p, "source", fact_source_name(f->source));
		number(p, "confidence", f->confidence);
		member(p, "origin", f->origin);
		number(p, "packet", f->packet);
		number(p, "count", f->count);
		time_of(p, "first", f->first_ns);
		time_of(p, "last", f->last_ns);
		time_of(p, "until", f->until_ns);
		pen_key(p, "ended");
		pen_bool(p, f->is_ended);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void one_finding(struct pen *p, const struct who_finding *w)
{
	const struct finding *f = w->finding;

	pen_line(p);
	pen_open(p, '{');
	member(p, "threat", f->threat);
	member(p, "class", finding_class_name(f->class));
	pen_key(p, "own");
	pen_bool(p, w->is_own);
	addr_or_null(p, "source", &f->source);
	pen_key(p, "target");
	if (f->has_target)
		pen_addr(p, &f->target);
	else
		pen_null(p);
	member(p, "other_machine", w->other);
	number(p, "count", f->count);
	number(p, "confidence", f->confidence);
	member(p, "why", f->why);
	member(p, "sensor", w->sensor);
	member(p, "run", w->run);
	time_of(p, "first", f->first_ns);
	time_of(p, "last", f->last_ns);
	pen_close(p, '}');
}

static void findings(struct pen *p, const struct who_answer *a)
{
	const struct threat *t = NULL;

	list_open(p, "findings");
	for (size_t i = 0; i < a->n_findings; i++)
		one_finding(p, &a->findings[i]);
	pen_close(p, ']');
	number(p, "findings_left_out", a->n_findings_left_out);
	list_open(p, "next_steps");
	for (size_t i = 0; i < a->n_findings && t == NULL; i++) {
		if (a->findings[i].is_own && a->findings[i].finding->class != CLASS_CHECK)
			t = threat_find(a->findings[i].finding->threat);
	}
	for (unsigned i = 0; t != NULL && t->what_next[i] != NULL; i++)
		pen_text(p, t->what_next[i]);
	pen_close(p, ']');
}

static void attributes(struct pen *p, const struct who_answer *a)
{
	list_open(p, "attributes");
	for (size_t i = 0; i < a->n_attributes; i++) {
		const struct who_attribute *t = &a->attributes[i];

		pen_line(p);
		pen_open(p, '{');
		member(p, "key", t->key);
		member(p, "value", t->value);
		member(p, "who", t->who);
		time_of(p, "at", t->at_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void flags(struct pen *p, unsigned flags)
{
	static const struct {
		const char *name;
		unsigned flag;
	} names[] = {
		{"router", MACHINE_ROUTER},         {"nat", MACHINE_NAT},
		{"shared", MACHINE_SHARED},         {"virtual", MACHINE_VIRTUAL},
		{"by-address", MACHINE_BY_ADDRESS}, {"wire", MACHINE_ON_WIRE},
		{"list", MACHINE_LISTED},           {"asked", MACHINE_ASKED},
	};
	enum { IS = 5, ALL = 8 };

	pen_key(p, "is");
	pen_open(p, '[');
	for (size_t i = 0; i < IS; i++) {
		if ((flags & names[i].flag) != 0)
			pen_text(p, names[i].name);
	}
	pen_close(p, ']');
	pen_key(p, "known_from");
	pen_open(p, '[');
	for (size_t i = IS; i < ALL; i++) {
		if ((flags & names[i].flag) != 0)
			pen_text(p, names[i].name);
	}
	pen_close(p, ']');
}

static void machine(struct pen *p, const struct who_answer *a)
{
	const struct machine *m = a->machine;

	pen_line(p);
	pen_key(p, "machine");
	pen_open(p, '{');
	member(p, "id", m->id);
	member(p, "name", m->name);
	member(p, "fqdn", m->fqdn);
	member(p, "domain", m->domain);
	member(p, "os", m->os);
	real(p, "os_confidence", m->os_confidence);
	member(p, "vendor", m->vendor);
	member(p, "place", a->row.place);
	member(p, "owner", a->row.owner);
	member(p, "phone", a->row.phone);
	member(p, "note", a->row.note);
	number(p, "importance", a->row.importance);
	flags(p, m->flags);
	member(p, "verdict", verdict_name(a->row.verdict));
	real(p, "verdict_confidence", a->row.verdict_confidence);
	member(p, "why", a->row.why);
	real(p, "confidence", m->confidence);
	pen_key(p, "joined");
	pen_open(p, '[');
	for (size_t i = 0; i < m->n_joined; i++)
		pen_text(p, m->joined[i]);
	pen_close(p, ']');
	time_of(p, "first", m->first_ns);
	time_of(p, "last", m->last_ns);
	addresses(p, m);
	users(p, m);
	attributes(p, a);
	findings(p, a);
	facts(p, m);
	pen_close(p, '}');
}

static void others(struct pen *p, const struct who_answer *a)
{
	list_open(p, a->found == WHO_SEVERAL ? "candidates" : "others");
	for (size_t i = 0; i < a->n_others; i++) {
		const struct who_candidate *c = &a->others[i];

		pen_open(p, '{');
		member(p, "id", c->id);
		member(p, "name", c->name);
		addr_or_null(p, "address", &c->addr);
		member(p, "user", c->user);
		member(p, "place", c->place);
		member(p, "verdict", verdict_name(c->verdict));
		time_of(p, "last", c->last_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static enum rc begin(const struct who_head *head, void **ret_state)
{
	struct pen *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return RC_NOMEM;
	p->to = head->to;
	pen_open(p, '{');
	pen_line(p);
	member(p, "schema", "quell.who/1");
	list_open(p, "answers");
	*ret_state = p;
	return RC_OK;
}

static enum rc answer(void *state, const struct who_answer *a)
{
	static const char *const found[] = {"none", "one", "several"};
	struct pen *p = state;

	pen_line(p);
	pen_open(p, '{');
	member(p, "query", a->query);
	time_of(p, "at", a->at_ns);
	member(p, "found", found[a->found]);
	if (a->machine != NULL)
		machine(p, a);
	others(p, a);
	pen_close(p, '}');
	return p->bad ? RC_IO : RC_OK;
}

static enum rc end(void *state)
{
	struct pen *p = state;

	pen_close(p, ']');
	pen_close(p, '}');

	enum rc rc = pen_done(p);

	fputc('\n', p->to);
	return rc == RC_OK && (fflush(p->to) == EOF || ferror(p->to) != 0) ? RC_IO : rc;
}

const struct who_writer who_json = {begin, answer, end, free};
