/* json of who - quell.who/1, doc/who.schema.json. */
#include <stdlib.h>
#include <string.h>

#include "inventory/who.h"
#include "report/pen.h"
#include "threat/catalogue.h"

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
		pen_put_text(p, "mac", r->has_mac ? mac_format(&r->mac, text) : NULL);
		pen_put_number(p, "confidence", r->confidence);
		pen_put_text(p, "source", fact_source_name(r->source));
		pen_put_time(p, "first", r->first_ns);
		pen_put_time(p, "last", r->last_ns);
		pen_put_time(p, "from", r->from_ns);
		pen_put_time(p, "until", r->until_ns == UINT64_MAX ? 0 : r->until_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
	list_open(p, "macs");
	for (size_t i = 0; i < m->n_macs; i++) {
		const struct machine_mac *c = &m->macs[i];

		pen_line(p);
		pen_open(p, '{');
		pen_put_text(p, "mac", mac_format(&c->mac, text));
		pen_put_text(p, "vendor", c->vendor);
		pen_put_text(p, "kind", c->kind);
		pen_put_time(p, "first", c->first_ns);
		pen_put_time(p, "last", c->last_ns);
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
		pen_put_text(p, "user", u->user);
		pen_put_real(p, "probability", u->probability);
		pen_put_text(p, "why", u->why);
		pen_put_number(p, "sources", u->sources);
		pen_put_time(p, "first", u->first_ns);
		pen_put_time(p, "last", u->last_ns);
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
		pen_put_text(p, "kind", fact_kind_name(f->kind));
		pen_put_text(p, "value", f->value);
		addr_or_null(p, "address", &f->addr);
		pen_put_text(p, "mac", f->has_mac ? mac_format(&f->mac, text) : NULL);
		pen_put_text(p, "host", f->host);
		pen_put_text(p, "source", fact_source_name(f->source));
		pen_put_number(p, "confidence", f->confidence);
		pen_put_text(p, "origin", f->origin);
		pen_put_number(p, "packet", f->packet);
		pen_put_number(p, "count", f->count);
		pen_put_time(p, "first", f->first_ns);
		pen_put_time(p, "last", f->last_ns);
		pen_put_time(p, "until", f->until_ns);
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
	pen_put_text(p, "threat", f->threat);
	pen_put_text(p, "class", finding_class_name(f->class));
	pen_key(p, "own");
	pen_bool(p, w->is_own);
	addr_or_null(p, "source", &f->source);
	pen_key(p, "target");
	if (f->has_target)
		pen_addr(p, &f->target);
	else
		pen_null(p);
	pen_put_text(p, "other_machine", w->other);
	pen_put_number(p, "count", f->count);
	pen_put_number(p, "confidence", f->confidence);
	pen_put_text(p, "why", f->why);
	pen_put_text(p, "sensor", w->sensor);
	pen_put_text(p, "run", w->run);
	pen_put_time(p, "first", f->first_ns);
	pen_put_time(p, "last", f->last_ns);
	pen_close(p, '}');
}

static void findings(struct pen *p, const struct who_answer *a)
{
	const struct threat *t = NULL;

	list_open(p, "findings");
	for (size_t i = 0; i < a->n_findings; i++)
		one_finding(p, &a->findings[i]);
	pen_close(p, ']');
	pen_put_number(p, "findings_left_out", a->n_findings_left_out);
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
		pen_put_text(p, "key", t->key);
		pen_put_text(p, "value", t->value);
		pen_put_text(p, "who", t->who);
		pen_put_time(p, "at", t->at_ns);
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
	pen_put_text(p, "id", m->id);
	pen_put_text(p, "name", m->name);
	pen_put_text(p, "fqdn", m->fqdn);
	pen_put_text(p, "domain", m->domain);
	pen_put_text(p, "os", m->os);
	pen_put_real(p, "os_confidence", m->os_confidence);
	pen_put_text(p, "vendor", m->vendor);
	pen_put_text(p, "place", a->row.place);
	pen_put_text(p, "owner", a->row.owner);
	pen_put_text(p, "phone", a->row.phone);
	pen_put_text(p, "note", a->row.note);
	pen_put_number(p, "importance", a->row.importance);
	flags(p, m->flags);
	pen_put_text(p, "verdict", verdict_name(a->row.verdict));
	pen_put_real(p, "verdict_confidence", a->row.verdict_confidence);
	pen_put_text(p, "why", a->row.why);
	pen_put_real(p, "confidence", m->confidence);
	pen_key(p, "joined");
	pen_open(p, '[');
	for (size_t i = 0; i < m->n_joined; i++)
		pen_text(p, m->joined[i]);
	pen_close(p, ']');
	pen_put_time(p, "first", m->first_ns);
	pen_put_time(p, "last", m->last_ns);
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
		pen_put_text(p, "id", c->id);
		pen_put_text(p, "name", c->name);
		addr_or_null(p, "address", &c->addr);
		pen_put_text(p, "user", c->user);
		pen_put_text(p, "place", c->place);
		pen_put_text(p, "verdict", verdict_name(c->verdict));
		pen_put_time(p, "last", c->last_ns);
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
	pen_put_text(p, "schema", "quell.who/1");
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
	pen_put_text(p, "query", a->query);
	pen_put_time(p, "at", a->at_ns);
	pen_put_text(p, "found", found[a->found]);
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
