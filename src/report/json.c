/*
 * json - the report quell.report/1, as quell-report(5) and doc/report.schema.json describe it.
 *
 * One document, but one line per machine and per finding: it can be compared with diff, and none
 * of it is kept in memory. Everything outside ASCII is written as \u, so that a hostile name is
 * harmless even when the report is shown on a terminal.
 */
#include "report/facts.h"
#include "report/identity.h"
#include "report/pen.h"
#include "report/tree.h"
#include "report/writers.h"

static void put_times(struct pen *p, uint64_t first_ns, uint64_t last_ns)
{
	pen_key(p, "first");
	pen_time(p, first_ns);
	pen_key(p, "last");
	pen_time(p, last_ns);
}

static void put_words(struct pen *p, const char *key, const char *const *list, size_t n)
{
	pen_key(p, key);
	pen_open(p, '[');
	for (size_t i = 0; i < n; i++)
		pen_text(p, list[i]);
	pen_close(p, ']');
}

static void put_addrs(struct pen *p, const char *key, const struct addr *list, size_t n)
{
	pen_key(p, key);
	pen_open(p, '[');
	for (size_t i = 0; i < n; i++)
		pen_addr(p, &list[i]);
	pen_close(p, ']');
}

static void put_source(struct pen *p, const struct source_info *s)
{
	uint64_t listened_ms = s->listened_ns / 1000000;

	pen_open(p, '{');
	pen_put_text(p, "kind", s->kind);
	put_words(p, "names", s->names, s->n_names);
	pen_put_number(p, "packets", s->packets);
	pen_put_number(p, "bytes", s->bytes);
	put_times(p, s->first_ns, s->last_ns);
	pen_put_real(p, "listened_s", (double)listened_ms / 1000);
	pen_put_bool(p, "interrupted", s->is_interrupted);
	pen_put_text(p, "note", s->note);
	pen_put_text(p, "switch_port", s->switch_port);
	pen_close(p, '}');
}

static void put_counts(struct pen *p, const char *key, const struct named_count *list, size_t n)
{
	pen_key(p, key);
	pen_open(p, '[');
	for (size_t i = 0; i < n; i++) {
		pen_open(p, '{');
		pen_put_text(p, "name", list[i].name);
		pen_put_number(p, "count", list[i].n);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

/* Minutes below 0: never. */
static void put_wait(struct pen *p, const char *key, double minutes)
{
	pen_key(p, key);
	if (minutes < 0)
		pen_null(p);
	else
		pen_real(p, minutes);
}

static void put_listening(struct pen *p, const struct listening *l)
{
	pen_key(p, "listening");
	if (!l->is_meaningful) {
		pen_null(p);
		return;
	}
	pen_open(p, '{');
	pen_put_real(p, "minutes", l->minutes);
	pen_put_number(p, "local_addresses", l->local_addresses);
	pen_put_number(p, "heard_addresses", l->heard_addresses);
	pen_put_real(p, "probability_local", l->p_local);
	pen_put_real(p, "probability_random", l->p_random);
	put_wait(p, "minutes_to_95_local", l->minutes_to_95_local);
	put_wait(p, "minutes_to_95_random", l->minutes_to_95_random);
	pen_close(p, '}');
}

static void put_coverage(struct pen *p, const struct outbreak *ob)
{
	const struct coverage *c = &ob->coverage;

	pen_open(p, '{');
	for (const struct coverage_field *f = coverage_fields; f->key != NULL; f++)
		pen_put_number(p, f->key, coverage_field_get(c, f));
	put_counts(p, "anomalies", c->anomalies, c->n_anomalies);
	put_counts(p, "limits", c->limits, c->n_limits);
	pen_put_bool(p, "low", coverage_is_low(c));
	put_listening(p, &ob->listening);
	pen_close(p, '}');
}

static void put_summary(struct pen *p, const struct outbreak *ob)
{
	pen_open(p, '{');
	for (int v = VERDICTS - 1; v >= 0; v--)
		pen_put_number(p, verdict_name((enum verdict)v), ob->by_verdict[v]);
	pen_put_number(p, "hosts_left_out", ob->n_hosts_left_out);
	pen_put_number(p, "findings_left_out", ob->findings_left_out);
	pen_close(p, '}');
}

static void put_macs(struct pen *p, const struct host *h)
{
	size_t n = identity_macs(h);
	char text[MAC_TEXT];

	pen_key(p, "macs");
	pen_open(p, '[');
	for (size_t i = 0; i < n; i++)
		pen_text(p, mac_format(identity_mac(h, i), text));
	pen_close(p, ']');
	pen_put_bool(p, "more_macs", h->seen.more_macs);
	pen_key(p, "vendors"); /* one for each of the above */
	pen_open(p, '[');
	for (size_t i = 0; i < n; i++) {
		const char *vendor = identity_vendor(h, i);

		pen_text(p, vendor[0] != '\0' ? vendor : NULL);
	}
	pen_close(p, ']');
}

static void put_names(struct pen *p, const struct host *h)
{
	const struct fact *f;

	pen_key(p, "names");
	pen_open(p, '[');
	for (size_t at = 0; (f = identity_next_name(h, &at)) != NULL;) {
		pen_open(p, '{');
		pen_put_text(p, "name", f->value);
		pen_put_text(p, "from", fact_source_name(f->source));
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void put_users(struct pen *p, const struct host *h)
{
	const struct machine *m = h->machine;

	pen_key(p, "users");
	pen_open(p, '[');
	for (size_t i = 0; m != NULL && i < m->n_users; i++) {
		const struct machine_user *u = &m->users[i];

		pen_open(p, '{');
		pen_put_text(p, "user", u->user);
		pen_put_text(p, "from", fact_source_name(identity_user_source(h, u->user)));
		pen_put_real(p, "probability", u->probability);
		pen_put_text(p, "why", u->why);
		put_times(p, u->first_ns, u->last_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void put_known(struct pen *p, const char *key, const char *text)
{
	pen_put_text(p, key, text[0] != '\0' ? text : NULL);
}

/* When it had which address, by the evidence. */
static void put_bindings(struct pen *p, const struct host *h)
{
	const struct machine *m = h->machine;
	char text[MAC_TEXT];

	pen_key(p, "bindings");
	pen_open(p, '[');
	for (size_t i = 0; m != NULL && i < m->n_addrs; i++) {
		const struct machine_addr *a = &m->addrs[i];

		pen_open(p, '{');
		pen_key(p, "ip");
		pen_addr(p, &a->addr);
		pen_put_text(p, "mac", a->has_mac ? mac_format(&a->mac, text) : NULL);
		pen_put_text(p, "from", fact_source_name(a->source));
		pen_put_real(p, "confidence", a->confidence / 100.0);
		put_times(p, a->first_ns, a->last_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void put_identity(struct pen *p, const struct host *h)
{
	const struct machine *m = h->machine;
	char id[MACHINE_ID];

	pen_put_text(p, "id", identity_id(h, id));
	pen_put_text(p, "known_by", identity_is_known(h) ? "machine" : "address");
	put_addrs(p, "ips", h->addrs, h->n_addrs);
	put_macs(p, h);
	put_names(p, h);
	put_users(p, h);
	put_known(p, "os", identity_os(h));
	put_known(p, "domain", m != NULL ? m->domain : "");
	put_known(p, "place", identity_place(h));
	put_bindings(p, h);
	put_words(p, "notes", h->notes, h->n_notes);
}

static void put_threats(struct pen *p, const struct host *h)
{
	pen_key(p, "threats");
	pen_open(p, '[');
	for (size_t i = 0; i < h->n_threats; i++) {
		const struct host_threat *t = &h->threats[i];

		pen_open(p, '{');
		pen_put_text(p, "id", t->id);
		pen_put_number(p, "attempts", t->attempts);
		put_addrs(p, "targets", t->targets, t->n_targets);
		put_times(p, t->first_ns, t->last_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void put_host(struct pen *p, const struct host *h)
{
	pen_line(p);
	pen_open(p, '{');
	put_identity(p, h);
	put_times(p, h->seen.first_ns, h->seen.last_ns);
	pen_put_text(p, "verdict", verdict_name(h->verdict));
	pen_put_real(p, "confidence", h->confidence);
	put_words(p, "why", h->why, h->n_why);
	pen_put_text(p, "trusted", h->trusted);
	put_threats(p, h);
	pen_close(p, '}');
}

static void put_detail(struct pen *p, const struct finding *f)
{
	struct detail d;

	pen_key(p, "detail");
	pen_open(p, '{');
	for (unsigned at = 0; finding_detail_next(f, &at, &d);) {
		if (d.is_number)
			pen_put_real(p, d.key, d.number);
		else
			pen_put_text(p, d.key, d.text);
	}
	pen_close(p, '}');
}

/* Frame numbers within their file; with several files, which one each is in. */
static void put_packets(struct pen *p, const struct finding *f, const struct source_info *s)
{
	const char *names[FINDING_PACKETS] = {NULL};

	pen_key(p, "packets");
	pen_open(p, '[');
	for (unsigned i = 0; i < f->n_packets; i++)
		pen_number(p, source_frame(s, f->packets[i], &names[i]));
	pen_close(p, ']');
	if (s->first_seq != NULL && s->n_names > 1)
		put_words(p, "files", names, f->n_packets);
}

static void put_finding(struct pen *p, const struct finding *f, const struct source_info *s)
{
	pen_line(p);
	pen_open(p, '{');
	pen_put_text(p, "threat", f->threat);
	pen_put_text(p, "class", finding_class_name(f->class));
	pen_key(p, "source");
	pen_addr(p, &f->source);
	pen_key(p, "target");
	if (f->has_target)
		pen_addr(p, &f->target);
	else
		pen_null(p);
	put_times(p, f->first_ns, f->last_ns);
	pen_put_number(p, "count", f->count);
	put_packets(p, f, s);
	pen_put_real(p, "confidence", f->confidence / 100.0);
	pen_put_text(p, "why", f->why);
	put_detail(p, f);
	pen_close(p, '}');
}

enum rc report_json(const struct outbreak *ob, const struct report_style *style, FILE *to)
{
	struct tree_names names = tree_names_of(ob);
	struct pen p = {.to = to};

	(void)style;
	pen_open(&p, '{');
	pen_put_text(&p, "schema", "quell.report/1");
	pen_line(&p);
	pen_put_text(&p, "generator", "quell " QUELL_VERSION);
	pen_line(&p);
	pen_key(&p, "source");
	put_source(&p, &ob->source);
	pen_line(&p);
	pen_key(&p, "coverage");
	put_coverage(&p, ob);
	pen_line(&p);
	pen_key(&p, "summary");
	put_summary(&p, ob);
	pen_line(&p);
	pen_key(&p, "tree");
	tree_json(&p, ob->tree, &names);
	pen_line(&p);
	pen_key(&p, "hosts");
	pen_open(&p, '[');
	for (size_t i = 0; i < ob->n_hosts; i++)
		put_host(&p, &ob->hosts[i]);
	pen_close(&p, ']');
	pen_line(&p);
	pen_key(&p, "findings");
	pen_open(&p, '[');
	for (size_t i = 0; i < ob->n_findings; i++)
		put_finding(&p, ob->findings[i], &ob->source);
	pen_close(&p, ']');
	pen_close(&p, '}');
	p.needs_comma = false; /* only a newline ends the document */
	pen_line(&p);
	return pen_done(&p);
}
