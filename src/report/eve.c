/*
 * eve - one line per finding, in the shape in which Suricata publishes its alerts.
 *
 * Field names and types are those of Suricata's EVE documentation and its etc/schema.json; the
 * part that quell writes is in doc/eve.schema.json. Ports, protocol, flow_id and community_id are
 * there where a finding is about one connection; a sweep has none. What EVE has no field for goes
 * into alert.metadata.tag: threat, class, and which machine had the address. src is always the
 * machine that acts.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "report/facts.h"
#include "report/writers.h"

enum {
	SID_BASE = 1450000, /* in the range for local use, 1,000,000 to 1,999,999 */
	SID_PER_THREAT = 20,
	OTHER_THREAT = 49, /* not in the table: SIDs must not depend on what else there is */
};

/* Numbers are for ever: add at the end, never reuse one. */
static const struct threat_number {
	const char *id;
	unsigned number;
} threat_numbers[] = {
	{"ms08-067", 1},       {"ms06-040", 2},
	{"ms03-026", 3},       {"ms03-039", 4},
	{"ms04-011", 5},       {"ms05-039", 6},
	{"slammer", 7},        {"code-red", 8},
	{"nimda", 9},          {"ms17-010", 10},
	{"doublepulsar", 11},  {"smbghost", 12},
	{"bluekeep", 13},      {"printnightmare", 14},
	{"zerologon", 15},     {"conficker-rendezvous", 16},
	{"conficker-p2p", 17}, {"wannacry-killswitch", 18},
	{"psexec-spread", 19}, {"task-spread", 20},
	{"smb-spray", 21},     {"telnet-spray", 22},
	{"mirai-scan", 23},    {"port-scan", 24},
	{"arp-scan", 25},      {"worm-transfer", 26},
	{"unknown-worm", 27},
};

/* The categories are descriptions of Suricata's classification.config; severity 1 is the worst. */
static const struct class_row {
	const char *category, *severity_word;
	int severity;
} classes[CLASSES] = {
	[CLASS_EXPLOIT] = {"Attempted Administrator Privilege Gain", "Critical", 1},
	[CLASS_CHECK] = {"Attempted Information Leak", "Informational", 3},
	[CLASS_IMPLANT] = {"A Network Trojan was detected", "Critical", 1},
	[CLASS_RENDEZVOUS] = {"A Network Trojan was detected", "Critical", 1},
	[CLASS_TRANSFER] = {"A Network Trojan was detected", "Critical", 1},
	[CLASS_CREDENTIAL] = {"Attempted User Privilege Gain", "Major", 2},
	[CLASS_LATERAL] = {"Potentially Bad Traffic", "Major", 2},
	[CLASS_SCAN] = {"Detection of a Network Scan", "Minor", 2},
};

static unsigned signature_id(const struct finding *f)
{
	unsigned number = OTHER_THREAT;

	for (size_t i = 0; i < sizeof(threat_numbers) / sizeof(threat_numbers[0]); i++)
		if (strcmp(threat_numbers[i].id, f->threat) == 0)
			number = threat_numbers[i].number;
	return SID_BASE + number * SID_PER_THREAT + (unsigned)f->class;
}

/* jansson remembers nothing: a NULL that it refuses to add is remembered here. */
static void put(json_t *o, bool *bad, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value) != 0)
		*bad = true;
}

static json_t *words(const char *text)
{
	char *valid = text_valid(text);
	json_t *j = valid == NULL ? NULL : json_string(valid);

	free(valid);
	return j;
}

/* "2009-02-13T03:12:07.123456+0000": what Suricata writes, with a zone instead of the Z. */
static json_t *timestamp(uint64_t at_ns)
{
	char utc[TEXT_TIME];

	text_time(at_ns, utc);
	utc[strcspn(utc, "Z")] = '\0';
	return json_sprintf("%s+0000", utc);
}

static void add_tag(json_t *tags, bool *bad, const char *key, const char *text)
{
	char *valid = NULL;
	json_t *tag = NULL;

	if (text[0] == '\0')
		return;
	valid = text_valid(text);
	tag = valid == NULL ? NULL : json_sprintf("%s:%s", key, valid);
	if (json_array_append_new(tags, tag) != 0)
		*bad = true;
	free(valid);
}

/* Whose address it was when it began. */
static void add_machine(json_t *tags, bool *bad, const struct machine *m)
{
	if (m == NULL)
		return;
	add_tag(tags, bad, "machine", m->id);
	add_tag(tags, bad, "name", m->name);
	add_tag(tags, bad, "os", m->os);
	add_tag(tags, bad, "place", m->place);
	if (m->n_users > 0)
		add_tag(tags, bad, "user", m->users[0].user);
}

static json_t *metadata(const struct finding *f, const struct class_row *row,
			const struct machine *m)
{
	bool bad = false;
	json_t *tags = json_pack("[o, o, o, o]", json_sprintf("threat:%s", f->threat),
				 json_sprintf("class:%s", finding_class_name(f->class)),
				 json_sprintf("confidence:%u", f->confidence),
				 json_sprintf("count:%llu", (unsigned long long)f->count));

	if (tags == NULL)
		return NULL;
	add_machine(tags, &bad, m);
	if (!bad)
		return json_pack("{s:[s], s:o}", "signature_severity", row->severity_word, "tag",
				 tags);
	json_decref(tags);
	return NULL;
}

static json_t *end(const struct addr *a)
{
	char text[ADDR_TEXT];

	return json_pack("{s:s}", "ip", addr_format(a, text));
}

static json_t *alert(const struct finding *f, const struct machine *m)
{
	const struct class_row *row = &classes[f->class];
	json_t *j = json_object();
	bool bad = false;

	put(j, &bad, "action", json_string("allowed"));
	put(j, &bad, "gid", json_integer(1));
	put(j, &bad, "signature_id", json_integer(signature_id(f)));
	put(j, &bad, "rev", json_integer(1));
	put(j, &bad, "signature",
	    json_sprintf("QUELL %s %s", f->threat, finding_class_name(f->class)));
	put(j, &bad, "category", json_string(row->category));
	put(j, &bad, "severity", json_integer(row->severity));
	put(j, &bad, "source", end(&f->source));
	if (f->has_target)
		put(j, &bad, "target", end(&f->target));
	put(j, &bad, "metadata", metadata(f, row, m));
	if (!bad)
		return j;
	json_decref(j);
	return NULL;
}

/* The same for every finding about one connection, and for nothing else. 53 bits: what a reader
 * whose numbers are doubles can hold. */
static json_t *flow_id(const struct five_tuple *t)
{
	char id[COMMUNITY_ID_TEXT];

	if (community_id(t, 0, id) != RC_OK)
		return NULL;
	return json_integer((json_int_t)(hash_bytes(id, strlen(id), 0) >> 11));
}

static void put_tuple(json_t *j, bool *bad, const struct finding *f)
{
	char text[ADDR_TEXT], id[COMMUNITY_ID_TEXT];
	struct five_tuple t;
	bool has_tuple = finding_five_tuple(f, &t) && community_id(&t, 0, id) == RC_OK;

	if (has_tuple)
		put(j, bad, "flow_id", flow_id(&t));
	put(j, bad, "src_ip", json_string(addr_format(&f->source, text)));
	if (has_tuple)
		put(j, bad, "src_port", json_integer(t.a.port));
	if (f->has_target)
		put(j, bad, "dest_ip", json_string(addr_format(&f->target, text)));
	if (has_tuple) {
		put(j, bad, "dest_port", json_integer(t.b.port));
		put(j, bad, "proto", json_string(t.proto == 6 ? "TCP" : "UDP"));
		put(j, bad, "community_id", json_string(id));
	}
}

static void put_origin(json_t *j, bool *bad, const struct finding *f, const struct source_info *s)
{
	const char *name = NULL;

	if (strcmp(s->kind, "live") == 0) {
		if (s->n_names > 0)
			put(j, bad, "in_iface", words(s->names[0]));
		return;
	}
	if (f->n_packets == 0)
		return;
	put(j, bad, "pcap_cnt", json_integer((json_int_t)source_frame(s, f->packets[0], &name)));
	if (name != NULL)
		put(j, bad, "pcap_filename", words(name));
}

static json_t *line(const struct finding *f, const struct outbreak *o)
{
	const struct machine *m = o->machines == NULL
					  ? NULL
					  : machines_at(o->machines, &f->source, f->first_ns, NULL);
	json_t *j = json_object();
	bool bad = false;

	put(j, &bad, "timestamp", timestamp(f->first_ns));
	put_origin(j, &bad, f, &o->source);
	put(j, &bad, "event_type", json_string("alert"));
	put_tuple(j, &bad, f);
	put(j, &bad, "alert", alert(f, m));
	if (!bad)
		return j;
	json_decref(j);
	return NULL;
}

enum rc report_eve(const struct outbreak *o, const struct report_style *style, FILE *to)
{
	(void)style;
	for (size_t i = 0; i < o->n_findings; i++) {
		json_t *j = line(o->findings[i], o);

		if (j == NULL)
			return RC_NOMEM;
		int bad = json_dumpf(j, to, JSON_COMPACT | JSON_ENSURE_ASCII);

		json_decref(j);
		if (bad != 0 || fputc('\n', to) == EOF)
			return RC_IO;
	}
	return fflush(to) == EOF ? RC_IO : RC_OK;
}
