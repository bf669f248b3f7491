/*
 * windows-dhcp - the DHCP server of Windows: its leases as a table (Get-DhcpServerv4Lease |
 * Export-Csv, or the console's "Export List"), as `netsh dhcp server scope … show clients` prints
 * them, and its audit log (DhcpSrvLog-Mon.log), which tells every lease when it was given.
 */
#include <errno.h>
#include <stdlib.h>

#include "import/csv_read.h"
#include "import/date.h"
#include "import/entry.h"
#include "import/formats.h"
#include "import/table.h"

/* --- tables --- */

static const struct table_name names[] = {
	{"clientipaddress", COL_ADDR},
	{"clientipadresse", COL_ADDR},
	{"leaseablaufdatum", COL_UNTIL},
	{"leaseexpires", COL_UNTIL},
	{"eindeutigekennung", COL_MAC},
	{"uniqueid", COL_MAC},
	{"scopeid", COL_IGNORED},
	{"clienttype", COL_IGNORED},
	{"dnsregistration", COL_IGNORED},
	{"dnsrr", COL_IGNORED},
	{"napcapable", COL_IGNORED},
	{"napstatus", COL_IGNORED},
	{"policyname", COL_IGNORED},
	{"probationends", COL_IGNORED},
	{"serverip", COL_IGNORED},
	{"pscomputername", COL_IGNORED},
	{"cimclass", COL_IGNORED},
	{"ciminstanceproperties", COL_IGNORED},
	{"cimsystemproperties", COL_IGNORED},
	{NULL, COL_UNKNOWN},
};

static const struct table_spec spec = {FROM_LIST_DHCP, names};

static const char *const keys[] = {
	"leaseexpirytime", "leaseexpiration", "leaseablaufdatum", "addressstate",
	"scopeid",         "clientipaddress", "clientipadresse",  NULL};

static unsigned match_table(struct bytes head)
{
	unsigned n = table_match(head, keys);

	return n >= 2 ? 92 : n == 1 ? 65 : 0;
}

static enum rc read_table(FILE *from, const struct import_options *opt,
			  const struct import_out *out, struct import_result *ret, char *err,
			  size_t err_len)
{
	return table_read(from, opt, out, ret, err, err_len, &spec);
}

/* --- netsh --- */

struct client { /* "10.1.2.3 - 255.255.255.0 - 00-1a-2b-3c-4d-5e -11/25/2026 8:00:00 AM -D- LAP-7"
		 */
	struct addr addr;
	struct mac mac;
	struct bytes until, name;
	bool is_good, has_mac;
};

static bool is_type(uint8_t c)
{
	return c == 'N' || c == 'D' || c == 'B' || c == 'U' || c == 'R';
}

static void skip_dashes(struct bytes *b)
{
	while (b->len > 0 && (b->at[0] == '-' || b->at[0] <= ' '))
		*b = bytes_slice(*b, 1, b->len);
}

/* Where the "-D" or "- D -" begins that ends the date. */
static size_t type_at(struct bytes b, size_t *ret_after)
{
	for (size_t i = 0; i < b.len; i++) {
		size_t j = i + 1;

		if (b.at[i] != '-')
			continue;
		while (j < b.len && b.at[j] == ' ')
			j++;
		if (j >= b.len || !is_type(b.at[j]))
			continue;
		for (j++; j < b.len && b.at[j] == ' ';)
			j++;
		if (j < b.len && b.at[j] != '-')
			continue;
		*ret_after = j;
		return i;
	}
	*ret_after = b.len;
	return b.len;
}

static struct client take_apart(struct bytes line)
{
	struct client c = {.is_good = false};
	struct bytes addr = text_word(&line), mask, id;
	struct addr a;
	size_t after = 0, at = 0;

	if (addr_parse_bytes(addr, &c.addr) != RC_OK)
		return c;
	skip_dashes(&line);
	mask = text_word(&line);
	if (addr_parse_bytes(mask, &a) != RC_OK)
		return c;
	skip_dashes(&line);
	id = text_word(&line);
	while (id.len > 0 && id.at[id.len - 1] == '-')
		id.len--;
	c.has_mac = mac_parse(id, &c.mac) == RC_OK;
	skip_dashes(&line);
	at = type_at(line, &after);
	c.until = text_trim(bytes_slice(line, 0, at));
	c.name = bytes_slice(line, after, line.len);
	skip_dashes(&c.name);
	c.name = text_trim(c.name);
	c.is_good = id.len > 0;
	return c;
}

static void take_client(struct work *w, const struct line *line, void *ctx)
{
	const enum date_order *order = ctx;
	struct client c = take_apart(line->text);
	struct bytes rest = line->text, first = text_word(&rest);
	char show[WORK_SHOW];
	struct addr a;

	if (!c.is_good) {
		if (addr_parse_bytes(first, &a) == RC_OK)
			work_bad(w, line->number, "not 'address - mask - id - expiry - type'");
		else
			work_skip(w); /* headings and the last words */
		return;
	}
	entry_begin(w->e);
	entry_addr(w->e, &c.addr);
	if (c.has_mac)
		entry_mac(w->e, &c.mac);
	if (!entry_name(w->e, c.name))
		work_odd(w, line->number, "its name is none that can be used");
	switch (date_parse(c.until, *order, w->opt->utc_offset_s, &w->e->until_ns)) {
	case DATE_OK:
	case DATE_NEVER:
		break;
	case DATE_AMBIGUOUS:
		work_odd(w, line->number, "'%s' is day/month or month/day, and no line tells which",
			 work_show(c.until, show));
		break;
	case DATE_BAD:
		if (!text_starts(c.until, "never") && !text_starts(c.until, "inactive") &&
		    !text_starts(c.until, "nie"))
			work_odd(w, line->number, "'%s' is no time that can be used",
				 work_show(c.until, show));
		break;
	}
	work_use(w, line->number);
}

static enum rc find_order(FILE *from, enum date_order *order)
{
	struct lines *l = NULL;
	struct line line;
	enum rc rc = lines_new(from, &l);

	while (rc == RC_OK && (rc = lines_next(l, &line)) == RC_OK) {
		struct client c = take_apart(line.text);

		if (c.is_good && *order == ORDER_UNKNOWN)
			*order = date_order_of(c.until);
	}
	lines_free(l);
	if (rc == RC_END)
		rc = fseek(from, 0, SEEK_SET) == 0 ? RC_OK : RC_IO;
	return rc;
}

static enum rc read_netsh(FILE *from, const struct import_options *opt,
			  const struct import_out *out, struct import_result *ret, char *err,
			  size_t err_len)
{
	enum date_order order = (enum date_order)opt->date_order;
	struct work w;
	enum rc rc = work_begin(&w, opt, out, ret, FROM_LIST_DHCP);

	(void)err;
	(void)err_len;
	if (rc == RC_OK)
		rc = find_order(from, &order);
	if (rc == RC_OK)
		rc = work_lines(&w, from, take_client, &order);
	work_end(&w);
	return rc;
}

static enum look look_netsh(struct bytes line)
{
	struct bytes rest = line, first = text_word(&rest);
	struct addr a;

	if (addr_parse_bytes(first, &a) != RC_OK)
		return LOOK_NOTHING;
	return take_apart(line).is_good && text_has(line, " - 255.") ? LOOK_SURE : LOOK_OTHER;
}

static unsigned match_netsh(struct bytes head)
{
	return match_lines(head, look_netsh) == 85 ? 90 : 0;
}

/* --- audit log --- */

enum { F_ID, F_DATE, F_TIME, F_WHAT, F_ADDR, F_NAME, F_MAC, F_FIELDS };
enum {
	ID_ASSIGN = 10,
	ID_RENEW = 11,
	ID_RELEASE = 12,
	ID_DELETED = 16,
	ID_EXPIRED = 17,
	ID_EXPIRED_DNS = 18,
	ID_BOOTP = 20
};

static void take_event(struct work *w, const struct csv_row *row)
{
	char text[64], show[WORK_SHOW];
	struct bytes date = text_trim(row->fields[F_DATE]), time = text_trim(row->fields[F_TIME]);
	struct entry *e = w->e;
	uint64_t id = 0;

	if (row->n < F_FIELDS || !number_parse(text_trim(row->fields[F_ID]), &id)) {
		work_bad(w, row->line, "not 'ID,Date,Time,Description,IP Address,Host Name,MAC'");
		return;
	}
	if (id != ID_ASSIGN && id != ID_RENEW && id != ID_RELEASE && id != ID_BOOTP &&
	    (id < ID_DELETED || id > ID_EXPIRED_DNS)) {
		work_skip(w); /* the log itself, DNS, conflicts, full scopes */
		return;
	}
	entry_begin(e);
	(void)snprintf(text, sizeof(text), "%.*s %.*s", (int)(date.len & 31), (const char *)date.at,
		       (int)(time.len & 15), (const char *)time.at);
	/* The server writes month/day/year in every language. */
	if (date.len == 0 ||
	    date_parse(text_of(text), ORDER_MDY, w->opt->utc_offset_s, &e->last_ns) != DATE_OK) {
		work_bad(w, row->line, "'%s' is no time that can be used",
			 work_show(text_of(text), show));
		return;
	}
	if (!entry_addrs(e, row->fields[F_ADDR]) || !entry_macs(e, row->fields[F_MAC]))
		work_odd(w, row->line, "an address that cannot be read");
	if (!entry_name(e, row->fields[F_NAME]))
		work_odd(w, row->line, "its name is none that can be used");
	e->is_ended = id == ID_RELEASE || (id >= ID_DELETED && id <= ID_EXPIRED_DNS);
	work_use(w, row->line);
}

static bool is_log_header(const struct csv_row *row)
{
	char key[TABLE_KEY];

	return row->n >= F_FIELDS && text_is(text_trim(row->fields[F_ID]), "id") &&
	       strcmp(table_fold(row->fields[F_MAC], key), "macaddress") == 0;
}

static enum rc read_events(struct work *w, struct csv *c, struct csv_row *row, bool *ret_header)
{
	for (*ret_header = false;;) {
		enum rc rc = csv_next(c, row);

		if (rc != RC_OK)
			return rc == RC_END ? RC_OK : rc;
		w->ret->rows++;
		if (!*ret_header || row->n == 0) { /* what the ids mean */
			*ret_header = *ret_header || is_log_header(row);
			work_skip(w);
		} else if (row->bad != NULL) {
			work_bad(w, row->line, "%s", row->bad);
		} else if (is_log_header(row)) { /* several logs in one file */
			work_skip(w);
		} else {
			take_event(w, row);
		}
	}
}

static enum rc read_log(FILE *from, const struct import_options *opt, const struct import_out *out,
			struct import_result *ret, char *err, size_t err_len)
{
	struct csv_row *row = malloc(sizeof(*row));
	struct csv *c = NULL;
	bool has_header = false;
	struct work w;
	enum rc rc = work_begin(&w, opt, out, ret, FROM_LIST_DHCP);

	if (rc == RC_OK)
		rc = row != NULL ? csv_new(from, ',', &c) : RC_NOMEM;
	if (rc == RC_OK)
		rc = read_events(&w, c, row, &has_header);
	if (rc == RC_OK && !has_header) {
		(void)snprintf(err, err_len,
			       "there is no line 'ID,Date,Time,Description,IP "
			       "Address,Host Name,MAC Address,...'");
		rc = RC_FORMAT;
	}

	int why = errno; /* RC_IO promises it */

	csv_free(c);
	work_end(&w);
	free(row);
	errno = why;
	return rc;
}

static enum look look_log(struct bytes line)
{
	return text_starts(line, "id,date,time,description,ip address") ||
			       text_has(line, "dhcp service activity log")
		       ? LOOK_SURE
		       : LOOK_NOTHING;
}

static unsigned match_log(struct bytes head)
{
	return match_lines(head, look_log) > 0 ? 95 : 0;
}

const struct import_format import_windows_dhcp = {
	.name = "windows-dhcp",
	.summary =
		"Windows' DHCP server: Get-DhcpServerv4Lease | Export-Csv, or the console's list",
	.match = match_table,
	.read = read_table,
};

const struct import_format import_windows_netsh = {
	.name = "windows-netsh",
	.summary = "Windows' DHCP server: netsh dhcp server scope ... show clients",
	.match = match_netsh,
	.read = read_netsh,
};

const struct import_format import_windows_log = {
	.name = "windows-dhcp-log",
	.summary = "Windows' DHCP server: DhcpSrvLog-*.log",
	.match = match_log,
	.read = read_log,
};
