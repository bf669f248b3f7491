/*
 * eve - Suricata's EVE log: events dhcp, krb5, smb (its ntlmssp) and arp; all others are skipped.
 * Source: Suricata User Guide, "Eve JSON Format". Events carry the direction of their packet, so
 * who is the server follows from its port.
 */
#include "base/monotime.h"
#include "import/date.h"
#include "import/formats.h"
#include "import/json_text.h"
#include "import/logon.h"

static bool is_port(const json_t *o, const char *key, const int *ports)
{
	json_int_t port = json_integer_value(json_object_get(o, key));

	for (; *ports != 0; ports++) {
		if (port == *ports)
			return true;
	}
	return false;
}

static uint64_t time_of(const json_t *o)
{
	char number[JSON_NUMBER];
	uint64_t at_ns = 0;

	return date_parse(json_text(o, "timestamp", number), ORDER_UNKNOWN, 0, &at_ns) == DATE_OK
		       ? at_ns
		       : 0;
}

static void take_dhcp(struct work *w, const json_t *o, const json_t *d, uint64_t line)
{
	char number[JSON_NUMBER];
	struct bytes type, addr;
	struct entry *e = w->e;
	json_int_t lease_s = json_integer_value(json_object_get(d, "lease_time"));

	entry_begin(e);
	e->last_ns = time_of(o);
	if (!entry_macs(e, json_text(d, "client_mac", number)))
		work_odd(w, line, "a MAC address that cannot be read");
	if (!entry_name(e, json_text(d, "hostname", number)))
		work_odd(w, line, "its name is none that can be used");
	type = json_text(d, "dhcp_type", number);
	if (text_is(type, "ack")) {
		addr = json_text(d, "assigned_ip", number);
		if (lease_s > 0 && lease_s < UINT32_MAX)
			e->until_ns = e->last_ns + (uint64_t)lease_s * NS_PER_S;
	} else {
		e->is_ended = text_is(type, "release");
		addr = json_text(d, "client_ip", number);
	}
	if (!entry_addrs(e, addr))
		work_odd(w, line, "an address that cannot be read");
	if (e->n_macs > 0 && e->n_addrs == 0 && e->n_texts == 0)
		work_skip(w); /* a question that tells nothing yet */
	else
		work_use(w, line);
}

/* Who asked and who answered, by the server's port. */
static struct logon ends(const json_t *o, const int *ports, char (*number)[JSON_NUMBER])
{
	bool is_back = is_port(o, "src_port", ports);
	struct logon l = {.at_ns = time_of(o)};

	l.client = json_text(o, is_back ? "dest_ip" : "src_ip", number[0]);
	l.server = json_text(o, is_back ? "src_ip" : "dest_ip", number[1]);
	return l;
}

static void take_krb5(struct work *w, const json_t *o, const json_t *k, uint64_t line)
{
	static const int ports[] = {88, 0};
	char number[4][JSON_NUMBER], principal[256];
	struct bytes name = json_text(k, "cname", number[2]),
		     realm = json_text(k, "realm", number[3]);
	struct bytes type;
	struct logon l = ends(o, ports, number);

	if (name.len > 0 && name.len < 120 && realm.len < 120 && !text_is(name, "<empty>")) {
		(void)snprintf(principal, sizeof(principal), "%.*s@%.*s", (int)name.len,
			       (const char *)name.at, (int)realm.len,
			       realm.len > 0 ? (const char *)realm.at : "");
		l.principal = text_of(principal);
	}
	type = json_text(k, "msg_type", number[2]);
	l.is_failed = text_is(type, "KRB_ERROR");
	l.is_kdc = text_is(type, "KRB_AS_REP") || text_is(type, "KRB_TGS_REP");
	logon_use(w, &l, line);
}

static void take_smb(struct work *w, const json_t *o, const json_t *smb, uint64_t line)
{
	static const int ports[] = {445, 139, 0};
	const json_t *n = json_object_get(smb, "ntlmssp");
	char number[6][JSON_NUMBER];
	struct logon l = ends(o, ports, number);
	struct bytes status = json_text(smb, "status", number[5]);

	if (!json_is_object(n)) {
		work_skip(w);
		return;
	}
	l.user = json_text(n, "user", number[2]);
	l.domain = json_text(n, "domain", number[3]);
	l.host = json_text(n, "host", number[4]);
	l.is_failed = text_has(status, "logon_failure") || text_has(status, "denied");
	logon_use(w, &l, line);
}

static void take_arp(struct work *w, const json_t *o, const json_t *a, uint64_t line)
{
	char number[JSON_NUMBER];

	entry_begin(w->e);
	w->e->last_ns = time_of(o);
	if (!entry_addrs(w->e, json_text(a, "src_ip", number)) ||
	    !entry_macs(w->e, json_text(a, "src_mac", number)))
		work_odd(w, line, "an address that cannot be read");
	if (w->e->n_addrs == 0 || w->e->n_macs == 0)
		work_skip(w); /* a probe: the address is not its own yet */
	else
		work_use(w, line);
}

static const struct {
	const char *type;
	void (*take)(struct work *w, const json_t *o, const json_t *part, uint64_t line);
} events[] = {
	{"dhcp", take_dhcp},
	{"krb5", take_krb5},
	{"smb", take_smb},
	{"arp", take_arp},
};

static void take(struct work *w, const struct line *line, void *unused)
{
	char number[JSON_NUMBER];
	json_t *o = NULL;
	struct bytes type;

	(void)unused;
	if (line->text.len == 0) {
		work_skip(w);
		return;
	}
	o = json_object_in(line->text);
	type = o != NULL ? json_text(o, "event_type", number) : (struct bytes){NULL, 0};
	if (o == NULL) {
		work_bad(w, line->number, "not a JSON object");
		return;
	}
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		const json_t *part = json_object_get(o, events[i].type);

		if (!text_is(type, events[i].type) || !json_is_object(part))
			continue;
		if (time_of(o) == 0)
			work_bad(w, line->number, "its timestamp is no time that can be used");
		else
			events[i].take(w, o, part, line->number);
		json_decref(o);
		return;
	}
	if (type.len > 0)
		work_skip(w);
	else
		work_bad(w, line->number, "an object without event_type");
	json_decref(o);
}

static enum rc read_eve(FILE *from, const struct import_options *opt, const struct import_out *out,
			struct import_result *ret, char *err, size_t err_len)
{
	struct work w;
	enum rc rc = work_begin(&w, opt, out, ret, FROM_LIST_EVE);

	(void)err;
	(void)err_len;
	if (rc == RC_OK)
		rc = work_lines(&w, from, take, NULL);
	work_end(&w);
	return rc;
}

static enum look look(struct bytes line)
{
	if (line.len == 0)
		return LOOK_NOTHING;
	return line.at[0] == '{' && text_has(line, "\"event_type\":") ? LOOK_SURE : LOOK_OTHER;
}

static unsigned match(struct bytes head)
{
	return match_lines(head, look) == 85 ? 95 : 0;
}

const struct import_format import_eve = {
	.name = "eve",
	.summary = "Suricata's EVE: dhcp, krb5, smb and arp events",
	.match = match,
	.read = read_eve,
};
