/*
 * zeek - Zeek's logs that tell machines: known_hosts, dhcp, ntlm and kerberos, as tab-separated
 * values with their #fields, or as lines of JSON. Which log it is follows from the fields. Source:
 * Zeek's documentation of its log files.
 */
#include <stdlib.h>

#include "base/monotime.h"
#include "import/date.h"
#include "import/formats.h"
#include "import/json_text.h"
#include "import/logon.h"

enum { FIELDS = 64, NAME_ROOM = 2048 };

struct zeek {
	struct bytes names[FIELDS]; /* of #fields, in `room` */
	unsigned n;
	uint8_t separator;
	bool is_json_seen;
	uint8_t room[NAME_ROOM];
};

enum name {
	N_TS,
	N_HOST,
	N_ORIG,
	N_RESP,
	N_MAC,
	N_ASSIGNED,
	N_ASSIGNED_OLD,
	N_CLIENT_ADDR,
	N_HOST_NAME,
	N_FQDN,
	N_LEASE,
	N_USER,
	N_HOSTNAME,
	N_DOMAIN,
	N_SERVER_NB,
	N_SERVER_DNS,
	N_SERVER_TREE,
	N_SUCCESS,
	N_CLIENT,
	N_SERVICE,
	N_REQUEST,
	N_MESSAGES,
	NAMES
};

static const char *const names[NAMES] = {"ts",
					 "host",
					 "id.orig_h",
					 "id.resp_h",
					 "mac",
					 "assigned_addr",
					 "assigned_ip",
					 "client_addr",
					 "host_name",
					 "client_fqdn",
					 "lease_time",
					 "username",
					 "hostname",
					 "domainname",
					 "server_nb_computer_name",
					 "server_dns_computer_name",
					 "server_tree_name",
					 "success",
					 "client",
					 "service",
					 "request_type",
					 "msg_types"};

struct record { /* by name; empty: not there, or "-" */
	struct bytes f[NAMES];
};

static uint64_t time_of(const struct record *r)
{
	uint64_t at_ns = 0;

	return date_parse(r->f[N_TS], ORDER_UNKNOWN, 0, &at_ns) == DATE_OK ? at_ns : 0;
}

static void take_dhcp(struct work *w, const struct record *r, uint64_t line)
{
	struct entry *e = w->e;
	uint64_t lease_s = 0;
	struct bytes lease = r->f[N_LEASE];
	const uint8_t *dot = lease.len > 0 ? memchr(lease.at, '.', lease.len) : NULL;

	entry_begin(e);
	if (!entry_macs(e, r->f[N_MAC]))
		work_odd(w, line, "a MAC address that cannot be read");
	if (!entry_addrs(e, r->f[N_ASSIGNED]) || !entry_addrs(e, r->f[N_ASSIGNED_OLD]))
		work_odd(w, line, "an address that cannot be read");
	if (e->n_addrs == 0)
		(void)entry_addrs(e, r->f[N_CLIENT_ADDR]);
	if (!entry_name(e, r->f[N_HOST_NAME]) || !entry_name(e, r->f[N_FQDN]))
		work_odd(w, line, "its name is none that can be used");
	e->last_ns = time_of(r);
	if (dot != NULL)
		lease.len = (size_t)(dot - lease.at);
	if (number_parse(lease, &lease_s) && lease_s > 0 && lease_s < UINT32_MAX && e->last_ns != 0)
		e->until_ns = e->last_ns + lease_s * NS_PER_S;
	e->is_ended = text_has(r->f[N_MESSAGES], "release");
	work_use(w, line);
}

static void take_logon(struct work *w, const struct record *r, uint64_t line)
{
	struct logon l = {.client = r->f[N_ORIG], .server = r->f[N_RESP]};

	l.user = r->f[N_USER];
	l.domain = r->f[N_DOMAIN];
	l.host = r->f[N_HOSTNAME];
	l.server_name = r->f[N_SERVER_DNS].len > 0 ? r->f[N_SERVER_DNS] : r->f[N_SERVER_NB];
	l.principal = r->f[N_CLIENT];
	l.is_failed = text_is(r->f[N_SUCCESS], "f") || text_is(r->f[N_SUCCESS], "false");
	l.is_kdc = r->f[N_REQUEST].len > 0 && !l.is_failed;
	l.at_ns = time_of(r);
	logon_use(w, &l, line);
}

static void take_record(struct work *w, const struct record *r, uint64_t line)
{
	bool is_logon = r->f[N_USER].len > 0 || r->f[N_HOSTNAME].len > 0 ||
			r->f[N_CLIENT].len > 0 || r->f[N_SERVER_NB].len > 0;

	if (time_of(r) == 0) {
		work_bad(w, line, "its ts is no time that can be used");
	} else if (r->f[N_MAC].len > 0) {
		take_dhcp(w, r, line);
	} else if (r->f[N_ORIG].len > 0 && is_logon) {
		take_logon(w, r, line);
	} else if (r->f[N_HOST].len > 0 && r->f[N_ORIG].len == 0) {
		entry_begin(w->e);
		if (!entry_addrs(w->e, r->f[N_HOST]))
			work_odd(w, line, "an address that cannot be read");
		w->e->last_ns = time_of(r);
		work_use(w, line);
	} else {
		work_skip(w);
	}
}

static void take_fields(struct zeek *z, struct bytes line)
{
	size_t len = line.len < NAME_ROOM ? line.len : NAME_ROOM;

	memcpy(z->room, line.at, len);
	line = (struct bytes){z->room, len};
	z->n = 0;
	while (line.len > 0 && z->n < FIELDS) {
		const uint8_t *end = memchr(line.at, z->separator, line.len);
		size_t n = end != NULL ? (size_t)(end - line.at) : line.len;

		z->names[z->n++] = bytes_slice(line, 0, n);
		line = bytes_slice(line, n + 1, line.len);
	}
}

static void take_row(struct work *w, const struct zeek *z, const struct line *line)
{
	struct bytes rest = line->text;
	struct record r = {.f = {{NULL, 0}}};
	unsigned i = 0;

	for (; rest.len > 0 && i < z->n; i++) {
		const uint8_t *end = memchr(rest.at, z->separator, rest.len);
		size_t n = end != NULL ? (size_t)(end - rest.at) : rest.len;
		struct bytes value = bytes_slice(rest, 0, n);

		for (unsigned k = 0; k < NAMES; k++) {
			if (text_is(z->names[i], names[k]) && !text_is(value, "-") &&
			    !text_is(value, "(empty)"))
				r.f[k] = value;
		}
		rest = bytes_slice(rest, n + 1, rest.len);
	}
	if (z->n == 0)
		work_bad(w, line->number, "no #fields came before it");
	else if (i < z->n)
		work_bad(w, line->number, "%u fields where #fields names %u", i, z->n);
	else
		take_record(w, &r, line->number);
}

static void take_json(struct work *w, const struct line *line)
{
	char number[NAMES][JSON_NUMBER];
	json_t *o = json_object_in(line->text);
	struct record r;

	if (o == NULL) {
		work_bad(w, line->number, "not a JSON object");
		return;
	}
	for (unsigned k = 0; k < NAMES; k++)
		r.f[k] = json_text(o, names[k], number[k]);

	const json_t *messages = json_object_get(o, names[N_MESSAGES]);
	size_t n = json_array_size(messages);
	const char *last = n > 0 ? json_string_value(json_array_get(messages, n - 1)) : NULL;

	if (last != NULL)
		r.f[N_MESSAGES] = text_of(last);
	take_record(w, &r, line->number);
	json_decref(o);
}

static void take(struct work *w, const struct line *line, void *ctx)
{
	struct zeek *z = ctx;

	if (text_starts(line->text, "#fields") && line->text.len > 8) {
		z->separator = line->text.at[7];
		take_fields(z, bytes_slice(line->text, 8, line->text.len));
		work_skip(w);
	} else if (line->text.len == 0 || line->text.at[0] == '#') {
		work_skip(w);
	} else if (line->text.at[0] == '{') {
		take_json(w, line);
	} else {
		take_row(w, z, line);
	}
}

static enum rc read_zeek(FILE *from, const struct import_options *opt, const struct import_out *out,
			 struct import_result *ret, char *err, size_t err_len)
{
	struct zeek *z = calloc(1, sizeof(*z));
	struct work w;
	enum rc rc = work_begin(&w, opt, out, ret, FROM_LIST_ZEEK);

	(void)err;
	(void)err_len;
	if (z == NULL)
		rc = RC_NOMEM;
	else if (rc == RC_OK)
		rc = work_lines(&w, from, take, z);
	work_end(&w);
	free(z);
	return rc;
}

static enum look look(struct bytes line)
{
	if (text_starts(line, "#fields") || text_starts(line, "#separator"))
		return LOOK_SURE;
	if (line.len == 0 || line.at[0] == '#')
		return LOOK_NOTHING;
	if (line.at[0] == '{')
		return text_has(line, "\"ts\":") && !text_has(line, "\"event_type\"") ? LOOK_SURE
										      : LOOK_OTHER;
	return LOOK_NOTHING;
}

static unsigned match(struct bytes head)
{
	return match_lines(head, look) == 85 ? 90 : 0;
}

const struct import_format import_zeek = {
	.name = "zeek",
	.summary = "Zeek: known_hosts, dhcp, ntlm and kerberos, as TSV or JSON",
	.match = match,
	.read = read_zeek,
};
