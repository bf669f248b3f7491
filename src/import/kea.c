/*
 * kea - leases of ISC's Kea: the memfile's CSV (a journal: later rows replace earlier ones), and
 * the JSON that lease4-get-all and lease6-get-all answer with. Source: Kea Administrator Reference
 * Manual, "Memfile" and "lease_cmds".
 */
#include <errno.h>
#include <stdlib.h>

#include "base/monotime.h"
#include "import/csv_read.h"
#include "import/entry.h"
#include "import/formats.h"
#include "import/json_text.h"

enum { LEASE_ROOM = 1 << 16 };
#define LEASE_FOREVER UINT32_MAX
enum { STATE_DECLINED = 1, STATE_RECLAIMED = 2, STATE_RELEASED = 3 };

struct lease {
	struct bytes addr, mac, client, duid, name;
	uint64_t cltt_s, valid_s, state;
	bool is_deleted; /* the journal's word for a lease that was taken away */
};

static void take(struct work *w, const struct lease *l, uint64_t line)
{
	uint8_t id[ENTRY_ID_MAX];
	struct entry *e = w->e;

	entry_begin(e);
	if (!entry_addrs(e, l->addr) || e->n_addrs == 0 || l->cltt_s > UINT32_MAX ||
	    l->valid_s > UINT32_MAX) {
		work_bad(w, line, "its address or its times cannot be read");
		return;
	}
	if (l->state == STATE_DECLINED) { /* somebody else used the address */
		work_skip(w);
		return;
	}
	if (!entry_macs(e, l->mac))
		work_odd(w, line, "a hardware address that is not one of Ethernet");
	entry_client_id(e, (struct bytes){id, hex_parse(l->client, id, sizeof(id))});
	entry_duid(e, (struct bytes){id, hex_parse(l->duid, id, sizeof(id))});
	if (!entry_name(e, l->name))
		work_odd(w, line, "a host name that cannot be one");
	e->first_ns = e->last_ns = l->cltt_s * NS_PER_S;
	if (l->valid_s != LEASE_FOREVER)
		e->until_ns = (l->cltt_s + l->valid_s) * NS_PER_S;
	if (l->is_deleted || l->state == STATE_RECLAIMED || l->state == STATE_RELEASED) {
		e->is_ended = true;
		e->last_ns = e->until_ns != 0 ? e->until_ns : e->last_ns;
	}
	work_use(w, line);
}

/* --- CSV --- */

enum { C_ADDR, C_MAC, C_CLIENT, C_DUID, C_VALID, C_EXPIRE, C_NAME, C_STATE, C_FIELDS };

static const char *const csv_names[C_FIELDS] = {"address",        "hwaddr", "client_id", "duid",
						"valid_lifetime", "expire", "hostname",  "state"};

/* Commas are written as "&#x2c". In place: it only becomes shorter. */
static struct bytes plain(struct bytes text, char *to, size_t cap)
{
	size_t len = 0;

	while (text.len > 0 && len < cap) {
		bool is_comma = text_starts(text, "&#x2c");

		to[len++] = is_comma ? ',' : (char)text.at[0];
		text = bytes_slice(text, is_comma ? 5 : 1, text.len);
	}
	return (struct bytes){(const uint8_t *)to, len};
}

static void take_csv(struct work *w, const struct csv_row *row, const int *at)
{
	struct bytes f[C_FIELDS];
	struct lease l = {.state = 0};
	uint64_t expire = 0;
	char name[256];

	for (unsigned i = 0; i < C_FIELDS; i++)
		f[i] = at[i] >= 0 && (unsigned)at[i] < row->n ? row->fields[at[i]]
							      : (struct bytes){NULL, 0};
	l.addr = f[C_ADDR];
	l.mac = f[C_MAC];
	l.client = f[C_CLIENT];
	l.duid = f[C_DUID];
	l.name = plain(f[C_NAME], name, sizeof(name));
	if (!number_parse(f[C_VALID], &l.valid_s) || !number_parse(f[C_EXPIRE], &expire) ||
	    (f[C_STATE].len > 0 && !number_parse(f[C_STATE], &l.state))) {
		work_bad(w, row->line, "its times or its state are no numbers");
		return;
	}
	l.is_deleted = l.valid_s == 0;
	l.cltt_s = l.valid_s != LEASE_FOREVER && expire > l.valid_s ? expire - l.valid_s : expire;
	take(w, &l, row->line);
}

static bool csv_header(const struct csv_row *row, int *at)
{
	for (unsigned i = 0; i < C_FIELDS; i++) {
		at[i] = -1;
		for (unsigned j = 0; j < row->n; j++) {
			if (text_is(row->fields[j], csv_names[i]))
				at[i] = (int)j;
		}
	}
	return at[C_ADDR] >= 0 && at[C_VALID] >= 0 && at[C_EXPIRE] >= 0;
}

static enum rc read_rows(struct work *w, struct csv *c, struct csv_row *row)
{
	int at[C_FIELDS] = {-1};
	bool has_header = false;

	for (;;) {
		enum rc rc = csv_next(c, row);

		if (rc != RC_OK)
			return rc == RC_END ? RC_OK : rc;
		w->ret->rows++;
		if (row->bad != NULL)
			work_bad(w, row->line, "%s", row->bad);
		else if (row->n == 0)
			work_skip(w);
		else if (!has_header || text_is(row->fields[0], "address")) {
			has_header = csv_header(row, at);
			if (has_header)
				work_skip(w);
			else
				work_bad(w, row->line,
					 "no header with address, valid_lifetime and "
					 "expire came before it");
		} else
			take_csv(w, row, at);
	}
}

static enum rc read_csv(FILE *from, const struct import_options *opt, const struct import_out *out,
			struct import_result *ret, char *err, size_t err_len)
{
	struct csv_row *row = malloc(sizeof(*row));
	struct csv *c = NULL;
	struct work w;
	enum rc rc = work_begin(&w, opt, out, ret, FROM_LIST_DHCP);

	(void)err;
	(void)err_len;
	if (rc == RC_OK)
		rc = row != NULL ? csv_new(from, ',', &c) : RC_NOMEM;
	if (rc == RC_OK)
		rc = read_rows(&w, c, row);
	csv_free(c);
	work_end(&w);
	free(row);
	return rc;
}

static enum look look_csv(struct bytes line)
{
	return text_starts(line, "address,hwaddr,client_id,valid_lifetime,expire") ||
			       text_starts(line, "address,duid,valid_lifetime,expire")
		       ? LOOK_SURE
		       : LOOK_NOTHING;
}

static unsigned match_csv(struct bytes head)
{
	return match_lines(head, look_csv) > 0 ? 95 : 0;
}

/* --- JSON --- */

/* Leases are the objects in an array called "leases". The document may have any size, and all of it
 * may stand in one line, so it is not loaded: each such object is cut out, and read by itself. */
enum { DEPTH_MAX = 32, KEY_MAX = 8 };

struct cutter {
	struct work *w;
	uint64_t line, from_line;
	size_t len, string_len; /* of `text`, of the string that was read last */
	unsigned depth, keep_depth;
	bool in_string, is_escaped, is_keeping, is_cut;
	bool is_leases[DEPTH_MAX]; /* by depth: the array of the leases */
	bool is_key;               /* the last string was followed by a colon */
	uint8_t string[KEY_MAX];
	uint8_t text[LEASE_ROOM];
};

static void take_json(struct work *w, const json_t *o, uint64_t line)
{
	char number[5][JSON_NUMBER];
	struct lease l = {.addr = json_text(o, "ip-address", number[0])};

	l.mac = json_text(o, "hw-address", number[1]);
	l.client = json_text(o, "client-id", number[2]);
	l.duid = json_text(o, "duid", number[3]);
	l.name = json_text(o, "hostname", number[4]);
	l.cltt_s = (uint64_t)json_integer_value(json_object_get(o, "cltt"));
	l.valid_s = (uint64_t)json_integer_value(json_object_get(o, "valid-lft"));
	l.state = (uint64_t)json_integer_value(json_object_get(o, "state"));
	take(w, &l, line);
}

static void end_object(struct cutter *c)
{
	json_t *o = c->is_cut ? NULL : json_object_in((struct bytes){c->text, c->len});

	c->is_keeping = false;
	c->w->ret->rows++;
	if (c->is_cut)
		work_bad(c->w, c->from_line, "an object of more than %d bytes", LEASE_ROOM);
	else if (o == NULL)
		work_bad(c->w, c->from_line, "not a JSON object");
	else if (json_object_get(o, "ip-address") == NULL)
		work_bad(c->w, c->from_line, "a lease without ip-address");
	else
		take_json(c->w, o, c->from_line);
	json_decref(o);
}

static void open_container(struct cutter *c, uint8_t b)
{
	bool is_in_leases = c->depth > 0 && c->depth <= DEPTH_MAX && c->is_leases[c->depth - 1];

	if (b == '{' && is_in_leases && !c->is_keeping) {
		c->is_keeping = true;
		c->is_cut = false;
		c->keep_depth = c->depth;
		c->from_line = c->line;
		c->len = 0;
	}
	if (c->depth < DEPTH_MAX)
		c->is_leases[c->depth] =
			b == '[' && c->is_key &&
			text_is((struct bytes){c->string, c->string_len}, "leases");
	c->depth++;
	c->is_key = false;
}

static void in_string(struct cutter *c, uint8_t b)
{
	if (c->is_escaped)
		c->is_escaped = false;
	else if (b == '"' || b == '\n') /* JSON's strings end with their line, or are none */
		c->in_string = false;
	else if (b == '\\')
		c->is_escaped = true;
	if (c->in_string && c->string_len < KEY_MAX)
		c->string[c->string_len++] = b;
}

static void step(struct cutter *c, uint8_t b)
{
	bool was_in_string = c->in_string;

	if (was_in_string)
		in_string(c, b);
	else if (b == '{' || b == '[')
		open_container(c, b);
	if (c->is_keeping && c->len < LEASE_ROOM)
		c->text[c->len++] = b;
	else
		c->is_cut = true;
	c->line += b == '\n';
	if (was_in_string)
		return;
	if (b == '"') {
		c->in_string = true;
		c->is_key = false;
		c->string_len = 0;
	} else if (b == ':') {
		c->is_key = true;
	} else if ((b == '}' || b == ']') && c->depth > 0) {
		c->depth--;
		c->is_key = false;
		if (c->is_keeping && c->depth == c->keep_depth)
			end_object(c);
	}
}

static enum rc read_json(FILE *from, const struct import_options *opt, const struct import_out *out,
			 struct import_result *ret, char *err, size_t err_len)
{
	struct cutter *c = calloc(1, sizeof(*c));
	struct work w;
	enum rc rc = work_begin(&w, opt, out, ret, FROM_LIST_DHCP);
	uint8_t piece[4096];
	size_t n = 0;

	if (c == NULL)
		rc = RC_NOMEM;
	if (rc != RC_OK)
		goto out;
	c->w = &w;
	c->line = 1;
	errno = 0;
	while ((n = fread(piece, 1, sizeof(piece), from)) > 0) {
		for (size_t i = 0; i < n; i++)
			step(c, piece[i]);
	}
	if (ferror(from) != 0) {
		rc = RC_IO;
	} else if (c->is_keeping) {
		ret->rows++;
		work_bad(&w, c->from_line, "the file ends in the middle of it");
	} else if (ret->rows == 0) {
		(void)snprintf(err, err_len, "there is no array \"leases\" with objects in it");
		rc = RC_FORMAT;
	}
out:;
	int why = errno; /* RC_IO promises it */

	work_end(&w);
	free(c);
	errno = why;
	return rc;
}

static unsigned match_json(struct bytes head)
{
	if (text_trim(head).len == 0 ||
	    (text_trim(head).at[0] != '[' && text_trim(head).at[0] != '{'))
		return 0;
	return text_has(head, "\"leases\"") && text_has(head, "\"ip-address\"") ? 95 : 0;
}

const struct import_format import_kea_csv = {
	.name = "kea-csv",
	.summary = "Kea: leases of the memfile",
	.match = match_csv,
	.read = read_csv,
};

const struct import_format import_kea_json = {
	.name = "kea-json",
	.summary = "Kea: what lease4-get-all or lease6-get-all answers",
	.match = match_json,
	.read = read_json,
};
