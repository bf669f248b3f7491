#include "import/table.h"

#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "import/date.h"

enum { LOOK_AHEAD = 30, HASH_MAPS = 16 };

static const char separators[] = ",;\t|";

struct layout {
	uint8_t separator;
	uint64_t header_line; /* 0: there is none, --map names columns by number */
	unsigned n, known;
	uint8_t columns[CSV_FIELDS]; /* enum column */
	uint8_t orders[CSV_FIELDS];  /* enum date_order */
	uint64_t ambiguous[CSV_FIELDS];
	char unknown[160]; /* their names */
};

struct table {
	const struct import_options *opt;
	const struct table_spec *spec;
	struct work w;
	struct layout layout;
	struct csv_row row;
	char place[ENTRY_VALUE];
	struct bytes os, os_version, vendor, model;
};

static bool is_telling(enum column c)
{
	return c == COL_NAME || c == COL_FQDN || c == COL_ADDR || c == COL_MAC;
}

static bool is_time(enum column c)
{
	return c == COL_FIRST || c == COL_LAST || c == COL_UNTIL;
}

/* The next "name=Header" of --map. */
static bool next_map(const char **map, struct bytes *ret_name, struct bytes *ret_header)
{
	const char *from = *map;
	size_t len = strcspn(from, ","), name = strcspn(from, "=,");

	if (*from == '\0')
		return false;
	*ret_name = text_trim((struct bytes){(const uint8_t *)from, name});
	*ret_header = (struct bytes){NULL, 0};
	if (name < len)
		*ret_header =
			text_trim((struct bytes){(const uint8_t *)from + name + 1, len - name - 1});
	*map = from + len + (from[len] == ',');
	return true;
}

/* "#3": the third column; 0: not such a one. */
static unsigned place_of(struct bytes header)
{
	unsigned v = 0;

	if (header.len < 2 || header.len > 4 || header.at[0] != '#')
		return 0;
	for (size_t i = 1; i < header.len; i++) {
		if (header.at[i] < '0' || header.at[i] > '9')
			return 0;
		v = v * 10 + (header.at[i] - '0');
	}
	return v <= CSV_FIELDS ? v : 0;
}

static enum column mapped(const char *map, struct bytes header)
{
	char key[TABLE_KEY], other[TABLE_KEY];
	struct bytes name, wanted;

	if (map == NULL || table_fold(header, key)[0] == '\0')
		return COL_UNKNOWN;
	while (next_map(&map, &name, &wanted)) {
		if (strcmp(table_fold(wanted, other), key) == 0)
			return table_column_named(name);
	}
	return COL_UNKNOWN;
}

static enum rc check_map(const char *map, char *err, size_t err_len)
{
	struct bytes name, header;

	while (map != NULL && next_map(&map, &name, &header)) {
		if (table_column_named(name) != COL_UNKNOWN && header.len > 0)
			continue;
		(void)snprintf(err, err_len, "map: '%.*s' is no column of quell's; there are %s",
			       (int)(name.len < 40 ? name.len : 40), (const char *)name.at,
			       table_column_list());
		return RC_INVAL;
	}
	return RC_OK;
}

static void note_unknown(struct layout *l, struct bytes header)
{
	char show[WORK_SHOW];
	size_t len = strlen(l->unknown);

	if (text_trim(header).len > 0)
		(void)snprintf(l->unknown + len, sizeof(l->unknown) - len, "%s'%s'",
			       len > 0 ? ", " : "", work_show(header, show));
}

/* Reads a row as a header. Returns how many columns it makes known, 0 if none tells a machine. */
static unsigned as_header(const struct table_spec *spec, const char *map, const struct csv_row *row,
			  struct layout *l)
{
	unsigned known = 0;
	bool tells = false;

	l->n = row->n;
	l->header_line = row->line;
	l->unknown[0] = '\0';
	for (unsigned i = 0; i < row->n; i++) {
		enum column c = mapped(map, row->fields[i]);

		if (c == COL_UNKNOWN)
			c = table_column(spec, row->fields[i]);
		l->columns[i] = (uint8_t)c;
		known += c != COL_UNKNOWN;
		tells = tells || is_telling(c);
		if (c == COL_UNKNOWN)
			note_unknown(l, row->fields[i]);
	}
	/* One known word alone is a header only if it stands alone: lists of names exist. */
	return tells && (known >= 2 || row->n == 1) ? known : 0;
}

/* --map with numbers alone: the file has no header. */
static bool by_place(const char *map, struct layout *l)
{
	struct bytes name, header;

	if (map == NULL || *map == '\0')
		return false;
	l->n = CSV_FIELDS;
	while (next_map(&map, &name, &header)) {
		unsigned at = place_of(header);

		if (at == 0)
			return false;
		l->columns[at - 1] = (uint8_t)table_column_named(name);
	}
	return true;
}

/* The separator and the header that make most columns known. */
static enum rc find_layout(struct table *t, FILE *from, struct layout *best)
{
	struct layout *l = &t->layout; /* as scratch */
	bool has_places = false;
	unsigned most_fields = 0;

	*l = (struct layout){.n = 0};
	has_places = by_place(t->opt->map, l);
	*best = *l;
	for (const char *s = separators; *s != '\0'; s++) {
		struct csv *c = NULL;
		enum rc rc = fseek(from, 0, SEEK_SET) == 0 ? csv_new(from, (uint8_t)*s, &c) : RC_IO;

		for (unsigned i = 0; rc == RC_OK && i < LOOK_AHEAD; i++) {
			unsigned known = 0;

			rc = csv_next(c, &t->row);
			if (rc != RC_OK)
				break;
			if (has_places && t->row.n > most_fields) {
				most_fields = t->row.n;
				best->separator = (uint8_t)*s;
				best->known = 1;
			}
			known = has_places ? 0 : as_header(t->spec, t->opt->map, &t->row, l);
			if (known > best->known) {
				*best = *l;
				best->known = known;
				best->separator = (uint8_t)*s;
			}
		}
		csv_free(c);
		if (rc == RC_IO || rc == RC_NOMEM)
			return rc;
	}
	return RC_OK;
}

/* One program wrote all columns: one that tells tells for those that do not. */
static void share_orders(struct layout *l)
{
	unsigned seen[3] = {0, 0, 0};

	for (unsigned i = 0; i < l->n; i++)
		seen[l->orders[i]] += is_time(l->columns[i]);
	for (unsigned i = 0; i < l->n; i++) {
		if (l->orders[i] == ORDER_UNKNOWN && (seen[ORDER_DMY] == 0 || seen[ORDER_MDY] == 0))
			l->orders[i] = seen[ORDER_DMY] > 0   ? ORDER_DMY
				       : seen[ORDER_MDY] > 0 ? ORDER_MDY
							     : ORDER_UNKNOWN;
	}
}

/* The first reading: can the dates of each column be told apart? */
static enum rc find_orders(struct table *t, FILE *from)
{
	struct layout *l = &t->layout;
	struct csv *c = NULL;
	bool has_times = false;
	enum rc rc = RC_OK;

	for (unsigned i = 0; i < l->n; i++) {
		l->orders[i] = (uint8_t)t->opt->date_order;
		has_times = has_times || is_time(l->columns[i]);
	}
	if (!has_times || t->opt->date_order != ORDER_UNKNOWN)
		return RC_OK;
	rc = fseek(from, 0, SEEK_SET) == 0 ? csv_new(from, l->separator, &c) : RC_IO;
	while (rc == RC_OK) {
		rc = csv_next(c, &t->row);
		for (unsigned i = 0; rc == RC_OK && i < l->n && i < t->row.n; i++) {
			if (is_time(l->columns[i]) && l->orders[i] == ORDER_UNKNOWN &&
			    t->row.line > l->header_line)
				l->orders[i] = (uint8_t)date_order_of(t->row.fields[i]);
		}
	}
	csv_free(c);
	share_orders(l);
	return rc == RC_END ? RC_OK : rc;
}

static void add_place(struct table *t, struct bytes text)
{
	size_t len = strlen(t->place);

	text = text_trim(text);
	if (text.len > 0 && !text_is(text, "-"))
		(void)snprintf(t->place + len, sizeof(t->place) - len, "%s%.*s",
			       len > 0 ? ", " : "",
			       (int)(text.len < ENTRY_VALUE ? text.len : ENTRY_VALUE),
			       (const char *)text.at);
}

/* The value of an attribute in "CN=Maria Muster,OU=Users,DC=corp,DC=example"; all DC= with dots. */
static size_t of_dn(struct bytes dn, const char *attribute, char *to, size_t cap)
{
	size_t len = 0;

	while (dn.len > 0 && len + 1 < cap) {
		size_t n = 0;

		while (n < dn.len && (dn.at[n] != ',' || (n > 0 && dn.at[n - 1] == '\\')))
			n++;
		if (text_starts(bytes_slice(dn, 0, n), attribute)) {
			size_t skip = strlen(attribute);

			if (len > 0)
				to[len++] = '.';
			for (size_t i = skip; i < n && len + 1 < cap; i++) {
				if (dn.at[i] != '\\')
					to[len++] = (char)dn.at[i];
			}
			if (!text_is((struct bytes){(const uint8_t *)attribute, 3}, "dc="))
				break;
		}
		dn = bytes_slice(dn, n + 1, dn.len);
	}
	to[len] = '\0';
	return len;
}

static void take_owner(struct table *t, struct bytes cell)
{
	char text[ENTRY_VALUE];

	cell = text_trim(cell);
	if (text_starts(cell, "cn=") && of_dn(cell, "CN=", text, sizeof(text)) > 0)
		cell = text_of(text);
	entry_text(t->w.e, FACT_OWNER, cell);
}

static void take_dn(struct table *t, struct bytes cell)
{
	char text[ENTRY_VALUE];

	cell = text_trim(cell);
	if (of_dn(cell, "DC=", text, sizeof(text)) > 0)
		entry_text(t->w.e, FACT_DOMAIN, text_of(text));
	if (text_has(cell, "ou=domain controllers"))
		entry_text(t->w.e, FACT_ROLE, BYTES("dc"));
}

static void take_guid(struct table *t, struct bytes cell)
{
	char text[64] = "guid:";
	size_t len = 5, digits = 0;

	for (size_t i = 0; i < cell.len && len + 1 < sizeof(text); i++) {
		uint8_t c = cell.at[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
			digits++;
			text[len++] = (char)(c >= 'A' && c <= 'F' ? c + 32 : c);
		} else if (c == '-' && len > 5) {
			text[len++] = '-';
		}
	}
	/* Boards that were never told theirs say all zeros, all ones or a counting row. */
	if (digits == 32 && !text_has(cell, "00000000") && !text_has(cell, "ffffffff") &&
	    !text_has(cell, "03000200"))
		entry_text(t->w.e, FACT_ID, (struct bytes){(const uint8_t *)text, len});
}

/* "KB958644, KB4012212": each by itself. */
static void take_patches(struct table *t, struct bytes cell)
{
	while (cell.len > 0) {
		size_t n = 0;

		while (n < cell.len && strchr(",;| \n\t", cell.at[n]) == NULL)
			n++;
		if (n > 2)
			entry_text(t->w.e, FACT_PATCH, bytes_slice(cell, 0, n));
		cell = bytes_slice(cell, n + 1, cell.len);
	}
}

static void take_users(struct table *t, struct bytes cell)
{
	while (cell.len > 0) { /* SCCM lists several: "CORP\maria, CORP\hans" */
		size_t n = 0;

		while (n < cell.len && cell.at[n] != ';' && cell.at[n] != '\n' &&
		       (cell.at[n] != ',' || memchr(cell.at, '\\', cell.len) == NULL))
			n++;
		entry_text(t->w.e, FACT_USER, bytes_slice(cell, 0, n));
		cell = bytes_slice(cell, n + 1, cell.len);
	}
}

static void take_time(struct table *t, unsigned i, struct bytes cell)
{
	struct entry *e = t->w.e;
	char show[WORK_SHOW];
	uint64_t at_ns = 0;

	switch (date_parse(cell, t->layout.orders[i], t->opt->utc_offset_s, &at_ns)) {
	case DATE_OK:
		break;
	case DATE_NEVER:
		return;
	case DATE_AMBIGUOUS:
		t->layout.ambiguous[i]++;
		return;
	case DATE_BAD:
		work_odd(&t->w, t->row.line, "'%s' is no time that can be used",
			 work_show(cell, show));
		return;
	}
	if (t->layout.columns[i] == COL_FIRST)
		e->first_ns = at_ns;
	else if (t->layout.columns[i] == COL_UNTIL)
		e->until_ns = at_ns;
	else if (at_ns > e->last_ns)
		e->last_ns = at_ns;
}

/* False: nobody had it, so the row is about no machine. */
static bool take_state(struct table *t, struct bytes cell)
{
	cell = text_trim(cell);
	if (text_has(cell, "declined") || text_has(cell, "badaddress"))
		return false;
	if (text_has(cell, "expired") || text_is(cell, "inactive") || text_is(cell, "released"))
		t->w.e->is_ended = true;
	return true;
}

static void take_cell(struct table *t, unsigned i, struct bytes cell)
{
	struct entry *e = t->w.e;
	bool is_good = true;
	char show[WORK_SHOW];

	switch ((enum column)t->layout.columns[i]) {
	case COL_NAME:
	case COL_FQDN:
		is_good = entry_name(e, cell);
		break;
	case COL_ADDR:
		is_good = entry_addrs(e, cell);
		break;
	case COL_MAC:
		is_good = entry_macs(e, cell);
		break;
	case COL_DOMAIN:
		entry_text(e, FACT_DOMAIN, cell);
		break;
	case COL_USER:
		take_users(t, cell);
		break;
	case COL_OS:
		t->os = cell;
		break;
	case COL_OS_VERSION:
		t->os_version = cell;
		break;
	case COL_GUID:
		take_guid(t, text_trim(cell));
		break;
	case COL_DN:
		take_dn(t, cell);
		break;
	case COL_PLACE:
		add_place(t, cell);
		break;
	case COL_OWNER:
		take_owner(t, cell);
		break;
	case COL_PHONE:
		entry_text(e, FACT_PHONE, cell);
		break;
	case COL_NOTE:
		entry_text(e, FACT_NOTE, cell);
		break;
	case COL_VENDOR:
		t->vendor = cell;
		break;
	case COL_MODEL:
		t->model = cell;
		break;
	case COL_PATCH:
		take_patches(t, cell);
		break;
	case COL_FIRST:
	case COL_LAST:
	case COL_UNTIL:
		take_time(t, i, cell);
		break;
	case COL_ENABLED:
		if (text_is(text_trim(cell), "false") || text_is(text_trim(cell), "falsch"))
			entry_text(e, FACT_NOTE, BYTES("disabled in Active Directory"));
		break;
	case COL_UNKNOWN:
	case COL_IGNORED:
	case COL_STATE:
	case COLUMNS:
		break;
	}
	if (!is_good)
		work_odd(&t->w, t->row.line, "'%s' is no %s", work_show(cell, show),
			 t->layout.columns[i] == COL_ADDR  ? "IP address"
			 : t->layout.columns[i] == COL_MAC ? "MAC address"
							   : "computer name");
}

static void take_hardware(struct table *t)
{
	char text[ENTRY_VALUE];
	struct bytes vendor = text_trim(t->vendor), model = text_trim(t->model);

	(void)snprintf(text, sizeof(text), "%.*s%s%.*s", (int)(vendor.len < 200 ? vendor.len : 200),
		       vendor.len > 0 ? (const char *)vendor.at : "",
		       vendor.len > 0 && model.len > 0 ? " " : "",
		       (int)(model.len < 200 ? model.len : 200),
		       model.len > 0 ? (const char *)model.at : "");
	entry_text(t->w.e, FACT_VENDOR, text_of(text));
}

static void end_lease(struct table *t)
{
	struct entry *e = t->w.e;

	if (!e->is_ended)
		return;
	if (e->last_ns == 0)
		e->last_ns = e->until_ns;
	e->is_ended = e->last_ns != 0; /* nobody says when: then it is not news */
}

static void take_row(struct table *t)
{
	const struct csv_row *row = &t->row;
	const struct layout *l = &t->layout;
	bool is_had = true;

	entry_begin(t->w.e);
	t->place[0] = '\0';
	t->os = t->os_version = t->vendor = t->model = (struct bytes){NULL, 0};
	for (unsigned i = 0; i < row->n && i < l->n; i++) {
		if (l->columns[i] == COL_STATE)
			is_had = take_state(t, row->fields[i]) && is_had;
		else
			take_cell(t, i, row->fields[i]);
	}
	entry_text(t->w.e, FACT_PLACE, text_of(t->place));
	entry_os(t->w.e, t->os, t->os_version);
	take_hardware(t);
	end_lease(t);
	if (is_had)
		work_use(&t->w, row->line);
	else
		work_skip(&t->w);
}

static bool is_blank(const struct csv_row *row)
{
	for (unsigned i = 0; i < row->n; i++) {
		if (text_trim(row->fields[i]).len > 0)
			return false;
	}
	return true;
}

static void tell_columns(struct table *t)
{
	const struct layout *l = &t->layout;

	if (l->unknown[0] != '\0')
		work_odd(&t->w, l->header_line, "columns that are not used: %s%s", l->unknown,
			 strlen(l->unknown) + 1 == sizeof(l->unknown) ? "..." : "");
	for (unsigned i = 0; i < l->n; i++) {
		if (l->ambiguous[i] > 0)
			work_odd(&t->w, l->header_line,
				 "column %u: dates that can be read as day/month or month/day, and "
				 "none that tells: %llu; "
				 "not used; say --dates dmy or mdy",
				 i + 1, (unsigned long long)l->ambiguous[i]);
	}
}

static enum rc read_rows(struct table *t, FILE *from)
{
	struct csv *c = NULL;
	enum rc rc = fseek(from, 0, SEEK_SET) == 0 ? csv_new(from, t->layout.separator, &c) : RC_IO;

	while (rc == RC_OK) {
		rc = csv_next(c, &t->row);
		if (rc != RC_OK)
			break;
		t->w.ret->rows++;
		if (t->row.bad != NULL)
			work_bad(&t->w, t->row.line, "%s", t->row.bad);
		else if (t->row.line <= t->layout.header_line || is_blank(&t->row) ||
			 text_starts(t->row.fields[0], "#"))
			work_skip(&t->w);
		else
			take_row(t);
	}
	csv_free(c);
	if (rc == RC_END)
		tell_columns(t);
	return rc == RC_END ? RC_OK : rc;
}

enum rc table_read(FILE *from, const struct import_options *opt, const struct import_out *out,
		   struct import_result *ret, char *err, size_t err_len,
		   const struct table_spec *spec)
{
	struct table *t = calloc(1, sizeof(*t));
	struct layout *best = calloc(1, sizeof(*best));
	enum rc rc = t != NULL && best != NULL ? check_map(opt->map, err, err_len) : RC_NOMEM;

	if (rc != RC_OK)
		goto out;
	t->opt = opt;
	t->spec = spec;
	rc = work_begin(&t->w, opt, out, ret, spec->source);
	if (rc == RC_OK)
		rc = find_layout(t, from, best);
	if (rc != RC_OK)
		goto out;
	if (best->known == 0) {
		(void)snprintf(err, err_len,
			       "no line among the first %d has headers that are known: "
			       "say which column is what with --map name=HEADER,ip=HEADER,...",
			       LOOK_AHEAD);
		rc = RC_FORMAT;
		goto out;
	}
	t->layout = *best;
	rc = find_orders(t, from);
	if (rc == RC_OK)
		rc = read_rows(t, from);
out:;
	int why = errno; /* RC_IO promises it */

	if (t != NULL)
		work_end(&t->w);
	free(t);
	free(best);
	errno = why;
	return rc;
}

static unsigned count_keys(const struct csv_row *row, const char *const *keys)
{
	unsigned n = 0;
	char key[TABLE_KEY];

	for (; *keys != NULL; keys++) {
		for (unsigned i = 0; i < row->n; i++) {
			if (strcmp(table_fold(row->fields[i], key), *keys) == 0) {
				n++;
				break;
			}
		}
	}
	return n;
}

unsigned table_match(struct bytes head, const char *const *keys)
{
	static const struct table_spec plain = {FROM_LIST_CSV, NULL};
	struct csv_row *row = malloc(sizeof(*row));
	struct layout *l = malloc(sizeof(*l));
	FILE *from = lines_of(head);
	unsigned most = 0;

	for (const char *s = separators; row != NULL && l != NULL && from != NULL && *s != '\0';
	     s++) {
		struct csv *c = NULL;
		enum rc rc = fseek(from, 0, SEEK_SET) == 0 ? csv_new(from, (uint8_t)*s, &c) : RC_IO;

		for (unsigned i = 0; rc == RC_OK && i < LOOK_AHEAD; i++) {
			unsigned n = 0;

			rc = csv_next(c, row);
			if (rc != RC_OK)
				break;
			n = keys != NULL ? count_keys(row, keys) : as_header(&plain, NULL, row, l);
			if (n > most)
				most = n;
		}
		csv_free(c);
	}
	if (from != NULL)
		fclose(from);
	free(row);
	free(l);
	return most;
}
