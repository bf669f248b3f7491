/*
 * json - the report quell.report/1, as quell-report(5) and doc/report.schema.json describe it.
 *
 * One document, but one line per machine and per finding: it can be compared with diff, and no
 * more than one element is in memory at a time. Everything outside ASCII is written as \u, so
 * that a hostile name is harmless even when the report is shown on a terminal.
 */
#include "report/writers.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "report/facts.h"

/* Twelve digits: more than any figure is good for, and 0.98 does not become 0.97999999999999998. */
enum { JSON_FLAGS = JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12) };

static const double EXACT = 9007199254740992.0; /* 2^53 */

/* Without memory jansson gives NULL, and refuses to add a NULL: `bad` remembers that it did. */
struct object {
	json_t *j;
	bool bad;
};

static struct object object_new(void)
{
	struct object o = {json_object(), false};

	o.bad = o.j == NULL;
	return o;
}

static void put(struct object *o, const char *key, json_t *value)
{
	if (json_object_set_new(o->j, key, value) != 0)
		o->bad = true;
}

static json_t *object_done(struct object *o)
{
	if (!o->bad)
		return o->j;
	json_decref(o->j);
	return NULL;
}

static json_t *number(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *real(double d)
{
	if (isnan(d) || isinf(d))
		return json_null();
	return fabs(d) <= EXACT && d == floor(d) ? json_integer((json_int_t)d) : json_real(d);
}

/* NULL becomes null. */
static json_t *words(const char *text)
{
	json_t *j = text == NULL ? json_null() : json_string(text);

	if (j == NULL) { /* not UTF-8, or no memory */
		char *valid = text_valid(text);

		j = valid == NULL ? NULL : json_string(valid);
		free(valid);
	}
	return j;
}

static json_t *when(uint64_t at_ns)
{
	char text[TEXT_TIME];

	return at_ns == 0 ? json_null() : json_string(text_time(at_ns, text));
}

static json_t *address(const struct addr *a)
{
	char text[ADDR_TEXT];

	return json_string(addr_format(a, text));
}

static json_t *word_list(const char *const *list, size_t n)
{
	json_t *j = json_array();

	for (size_t i = 0; i < n && j != NULL; i++) {
		if (json_array_append_new(j, words(list[i])) != 0) {
			json_decref(j);
			j = NULL;
		}
	}
	return j;
}

static json_t *address_list(const struct addr *list, size_t n)
{
	json_t *j = json_array();

	for (size_t i = 0; i < n && j != NULL; i++) {
		if (json_array_append_new(j, address(&list[i])) != 0) {
			json_decref(j);
			j = NULL;
		}
	}
	return j;
}

static json_t *source_json(const struct source_info *s)
{
	struct object o = object_new();
	uint64_t listened_ms = s->listened_ns / 1000000;

	put(&o, "kind", words(s->kind));
	put(&o, "names", word_list(s->names, s->n_names));
	put(&o, "packets", number(s->packets));
	put(&o, "bytes", number(s->bytes));
	put(&o, "first", when(s->first_ns));
	put(&o, "last", when(s->last_ns));
	put(&o, "listened_s", real((double)listened_ms / 1000));
	put(&o, "interrupted", json_boolean(s->is_interrupted));
	put(&o, "note", words(s->note));
	return object_done(&o);
}

static json_t *named_counts(const struct named_count *list, size_t n)
{
	json_t *j = json_array();

	for (size_t i = 0; i < n && j != NULL; i++) {
		struct object o = object_new();

		put(&o, "name", words(list[i].name));
		put(&o, "count", number(list[i].n));
		if (json_array_append_new(j, object_done(&o)) != 0) {
			json_decref(j);
			j = NULL;
		}
	}
	return j;
}

static json_t *listening_json(const struct listening *l)
{
	struct object o = object_new();

	if (!l->is_meaningful) {
		json_decref(o.j);
		return json_null();
	}
	put(&o, "minutes", real(l->minutes));
	put(&o, "local_addresses", json_integer(l->local_addresses));
	put(&o, "heard_addresses", json_integer(l->heard_addresses));
	put(&o, "probability_local", real(l->p_local));
	put(&o, "probability_random", real(l->p_random));
	put(&o, "minutes_to_95_local",
	    l->minutes_to_95_local < 0 ? json_null() : real(l->minutes_to_95_local));
	put(&o, "minutes_to_95_random",
	    l->minutes_to_95_random < 0 ? json_null() : real(l->minutes_to_95_random));
	return object_done(&o);
}

static json_t *coverage_json(const struct outbreak *ob)
{
	const struct coverage *c = &ob->coverage;
	struct object o = object_new();

	for (const struct coverage_field *f = coverage_fields; f->key != NULL; f++)
		put(&o, f->key, number(coverage_field_get(c, f)));
	put(&o, "anomalies", named_counts(c->anomalies, c->n_anomalies));
	put(&o, "limits", named_counts(c->limits, c->n_limits));
	put(&o, "low", json_boolean(coverage_is_low(c)));
	put(&o, "listening", listening_json(&ob->listening));
	return object_done(&o);
}

static json_t *summary_json(const struct outbreak *ob)
{
	struct object o = object_new();

	for (int v = VERDICTS - 1; v >= 0; v--)
		put(&o, verdict_name((enum verdict)v), number(ob->by_verdict[v]));
	put(&o, "hosts_left_out", number(ob->n_hosts_left_out));
	put(&o, "findings_left_out", number(ob->findings_left_out));
	return object_done(&o);
}

static json_t *macs_json(const struct sighting *s)
{
	json_t *j = json_array();
	char text[MAC_TEXT];

	for (unsigned i = 0; i < s->n_macs && j != NULL; i++) {
		if (json_array_append_new(j, json_string(mac_format(&s->macs[i], text))) != 0) {
			json_decref(j);
			j = NULL;
		}
	}
	return j;
}

static json_t *threats_json(const struct host *h)
{
	json_t *j = json_array();

	for (size_t i = 0; i < h->n_threats && j != NULL; i++) {
		const struct host_threat *t = &h->threats[i];
		struct object o = object_new();

		put(&o, "id", words(t->id));
		put(&o, "attempts", number(t->attempts));
		put(&o, "targets", address_list(t->targets, t->n_targets));
		put(&o, "first", when(t->first_ns));
		put(&o, "last", when(t->last_ns));
		if (json_array_append_new(j, object_done(&o)) != 0) {
			json_decref(j);
			j = NULL;
		}
	}
	return j;
}

static json_t *host_json(const struct host *h)
{
	struct object o = object_new();
	char id[3 + ADDR_TEXT] = "ip:";

	addr_format(&h->seen.addr, id + 3);
	put(&o, "id", json_string(id));
	put(&o, "ips", address_list(&h->seen.addr, 1));
	put(&o, "macs", macs_json(&h->seen));
	put(&o, "more_macs", json_boolean(h->seen.more_macs));
	put(&o, "names", json_array());
	put(&o, "users", json_array());
	put(&o, "os", json_null());
	put(&o, "first", when(h->seen.first_ns));
	put(&o, "last", when(h->seen.last_ns));
	put(&o, "verdict", words(verdict_name(h->verdict)));
	put(&o, "confidence", real(h->confidence));
	put(&o, "why", word_list(h->why, h->n_why));
	put(&o, "trusted", words(h->trusted));
	put(&o, "threats", threats_json(h));
	return object_done(&o);
}

static json_t *detail_json(const struct finding *f)
{
	struct object o = object_new();
	struct detail d;

	for (unsigned at = 0; finding_detail_next(f, &at, &d);)
		put(&o, d.key, d.is_number ? real(d.number) : words(d.text));
	return object_done(&o);
}

/* Frame numbers within their file; with several files, which one each is in. */
static void put_packets(struct object *o, const struct finding *f, const struct source_info *s)
{
	bool many = s->first_seq != NULL && s->n_names > 1;
	json_t *packets = json_array(), *files = json_array();

	for (unsigned i = 0; i < f->n_packets; i++) {
		const char *name = NULL;
		uint64_t frame = source_frame(s, f->packets[i], &name);

		if (json_array_append_new(packets, number(frame)) != 0 ||
		    json_array_append_new(files, words(name)) != 0)
			o->bad = true;
	}
	put(o, "packets", packets);
	if (many)
		put(o, "files", files);
	else
		json_decref(files);
}

static json_t *finding_json(const struct finding *f, const struct source_info *s)
{
	struct object o = object_new();

	put(&o, "threat", words(f->threat));
	put(&o, "class", words(finding_class_name(f->class)));
	put(&o, "source", address(&f->source));
	put(&o, "target", f->has_target ? address(&f->target) : json_null());
	put(&o, "first", when(f->first_ns));
	put(&o, "last", when(f->last_ns));
	put(&o, "count", number(f->count));
	put_packets(&o, f, s);
	put(&o, "confidence", real(f->confidence / 100.0));
	put(&o, "why", words(f->why));
	put(&o, "detail", detail_json(f));
	return object_done(&o);
}

/* Takes j. */
static enum rc emit(FILE *to, const char *before, json_t *j)
{
	enum rc rc = RC_NOMEM;

	if (j == NULL)
		return rc;
	if (fputs(before, to) == EOF || json_dumpf(j, to, JSON_FLAGS) != 0)
		rc = RC_IO;
	else
		rc = RC_OK;
	json_decref(j);
	return rc;
}

static enum rc emit_hosts(FILE *to, const struct outbreak *ob)
{
	enum rc rc = fputs(",\n\"hosts\":[", to) == EOF ? RC_IO : RC_OK;

	for (size_t i = 0; i < ob->n_hosts && rc == RC_OK; i++)
		rc = emit(to, i == 0 ? "\n" : ",\n", host_json(&ob->hosts[i]));
	return rc;
}

static enum rc emit_findings(FILE *to, const struct outbreak *ob)
{
	enum rc rc = fputs("],\n\"findings\":[", to) == EOF ? RC_IO : RC_OK;

	for (size_t i = 0; i < ob->n_findings && rc == RC_OK; i++)
		rc = emit(to, i == 0 ? "\n" : ",\n", finding_json(ob->findings[i], &ob->source));
	return rc;
}

enum rc report_json(const struct outbreak *ob, const struct report_style *style, FILE *to)
{
	enum rc rc;

	(void)style;
	if (fputs("{\"schema\":\"quell.report/1\",\n\"generator\":\"quell " QUELL_VERSION "\"",
		  to) == EOF)
		return RC_IO;
	rc = emit(to, ",\n\"source\":", source_json(&ob->source));
	if (rc == RC_OK)
		rc = emit(to, ",\n\"coverage\":", coverage_json(ob));
	if (rc == RC_OK)
		rc = emit(to, ",\n\"summary\":", summary_json(ob));
	if (rc == RC_OK)
		rc = emit_hosts(to, ob);
	if (rc == RC_OK)
		rc = emit_findings(to, ob);
	if (rc == RC_OK && (fputs("]}\n", to) == EOF || fflush(to) == EOF))
		rc = RC_IO;
	return rc;
}
