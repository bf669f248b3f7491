/*
 * systeminfo - what systeminfo.exe prints, as text and as CSV (/fo csv, with or without header).
 *
 * Its labels are translated, but not their order, nor the shape of versions, updates and
 * addresses. So the first three lines of a machine are its name, its system and that's version,
 * whatever they are called; other labels are known in English, and some in German. Several
 * machines may stand one after the other.
 */
#include <stdlib.h>

#include "base/monotime.h"
#include "base/text.h"
#include "gather/derive.h"
#include "gather/reading.h"
#include "import/csv_read.h"
#include "import/date.h"
#include "import/words.h"

enum { VALUE = 512, LABEL = 64, FIELDS_MIN = 20 };

struct info {
	struct reading *r;
	struct roll *roll;
	uint32_t machine;  /* 0: none yet */
	unsigned n;        /* labels of this machine */
	char first[LABEL]; /* the label of a machine's name */
	char boot[VALUE];
	int utc_offset_s;
	bool has_zone;
};

static bool is_version(struct bytes text)
{
	unsigned dots = 0;
	size_t n = 0;

	for (; n < text.len && text.at[n] > ' '; n++) {
		dots += text.at[n] == '.';
		if (text.at[n] != '.' && (text.at[n] < '0' || text.at[n] > '9'))
			return false;
	}
	return dots == 2 && n >= 5;
}

/* "[01]: KB958644": what is behind. */
static bool is_item(struct bytes line, struct bytes *ret_text)
{
	size_t n = 1;

	line = text_trim(line);
	if (line.len < 5 || line.at[0] != '[')
		return false;
	while (n < line.len && line.at[n] >= '0' && line.at[n] <= '9')
		n++;
	if (n == 1 || n + 1 >= line.len || line.at[n] != ']' || line.at[n + 1] != ':')
		return false;
	*ret_text = text_trim(bytes_slice(line, n + 2, line.len));
	return true;
}

/* "Label:   value" at the beginning of a line. */
static bool is_labelled(struct bytes line, struct bytes *ret_label, struct bytes *ret_value)
{
	const uint8_t *colon = line.len > 0 ? memchr(line.at, ':', line.len) : NULL;

	if (colon == NULL || line.at[0] <= ' ' || line.at[0] == '[')
		return false;
	*ret_label = text_trim((struct bytes){line.at, (size_t)(colon - line.at)});
	*ret_value = text_trim(bytes_slice(line, (size_t)(colon - line.at) + 1, line.len));
	return ret_label->len > 0 && ret_label->len < LABEL;
}

static bool say(struct info *s, const char *key, struct bytes value)
{
	return roll_say(s->roll, s->machine, OBSERVED_VALUE, text_of(key), value);
}

/* --- the end of a machine: its boot time needs its time zone --- */

static void end_machine(struct info *s)
{
	char text[TEXT_TIME];
	uint64_t at_ns = 0;
	enum date_is is = DATE_NEVER;

	if (s->machine != 0 && s->boot[0] != '\0' && s->has_zone)
		is = date_parse(text_of(s->boot), ORDER_UNKNOWN, s->utc_offset_s, &at_ns);
	if (is == DATE_OK) {
		text_time(at_ns, text);
		memcpy(text + 19, "Z", 2);
		(void)say(s, "os.boot", text_of(text));
	} else if (is == DATE_AMBIGUOUS) {
		(void)roll_say(s->roll, s->machine, OBSERVED_UNREADABLE, text_of("os.boot"),
			       text_of("the day and the month cannot be told apart"));
	}
	s->machine = 0;
	s->n = 0;
	s->boot[0] = '\0';
	s->has_zone = false;
}

/* --- one label --- */

/* "5.1.2600 Service Pack 3 Build 2600", "10.0.19045 N/A Build 19045" */
static bool take_version(struct info *s, struct bytes value)
{
	struct bytes rest = value, version = text_word(&rest);
	uint64_t pack = 0;

	while (rest.len > 0 && !text_starts(rest, "service pack "))
		rest = bytes_slice(rest, 1, rest.len);
	if (rest.len > 0) {
		struct bytes digits = bytes_slice(rest, 13, rest.len);

		digits = text_word(&digits);
		if (number_parse(digits, &pack) && pack < 100)
			(void)say(s, "os.service-pack", digits);
	} else {
		(void)say(s, "os.service-pack", text_of("0"));
	}
	return roll_version(s->roll, s->machine, version);
}

static const char *role_of(struct bytes value)
{
	return text_has(value, "domain controller") ? "dc"
	       : text_has(value, "server")          ? "server"
	       : text_has(value, "workstation")     ? "workstation"
						    : NULL;
}

/* "(UTC+01:00) Amsterdam, Berlin": summer time is not told, so a boot time may be an hour off. */
static bool take_zone(struct info *s, struct bytes value)
{
	struct bytes hour = bytes_slice(value, 5, 2), minute = bytes_slice(value, 8, 2);
	uint64_t h = 0, m = 0;

	if ((!text_starts(value, "(UTC") && !text_starts(value, "(GMT")) || value.len < 5)
		return false;
	s->has_zone = true;
	s->utc_offset_s = 0;
	if (number_parse(hour, &h) && number_parse(minute, &m) && h <= 14 && m < 60)
		s->utc_offset_s = (int)(h * 3600 + m * 60) * (value.at[4] == '-' ? -1 : 1);
	return true;
}

/* "Domain", "Domaine", "Dominio", and "Domäne", whose umlaut a console's file has lost. */
static bool is_domain(struct bytes label)
{
	return text_is(label, "domain") || text_is(label, "domaine") || text_is(label, "dominio") ||
	       (text_starts(label, "dom") && label.len > 5 && label.len <= 8 &&
		text_is(bytes_slice(label, label.len - 2, 2), "ne"));
}

/* True if something was learned. */
static bool take_other(struct info *s, struct bytes label, struct bytes value)
{
	static const char *const arch[] = {"x64", "x86", "arm64"};
	const char *role = NULL;

	if (text_is(label, "system boot time") || text_is(label, "systemstartzeit")) {
		(void)text_from_utf8(value, s->boot, sizeof(s->boot));
		return true;
	}
	if (is_domain(label))
		return roll_fact(s->roll, s->machine, FACT_DOMAIN, value);
	if (text_is(label, "os configuration")) {
		role = role_of(value);
		return role != NULL && say(s, "os.product-type", text_of(role));
	}
	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(arch[i]);

		if (text_starts(value, arch[i]) && value.len > len && value.at[len] == '-' &&
		    text_is(bytes_slice(value, value.len - 2, 2), "PC"))
			return say(s, "os.arch", text_of(arch[i]));
	}
	return take_zone(s, value);
}

static bool take_label(struct info *s, struct bytes label, struct bytes value)
{
	s->n++;
	if (s->n == 1) {
		s->machine = roll_machine(s->roll, value);
		return s->machine != 0;
	}
	if (s->machine == 0)
		return false;
	if (s->n == 2)
		return say(s, "os.name", value);
	if (s->n == 3)
		return take_version(s, value);
	return take_other(s, label, value);
}

static bool take_item(struct info *s, struct bytes text)
{
	char kb[DERIVE_UPDATE];
	struct addr a;

	if (s->machine == 0)
		return false;
	if ((text_starts(text, "KB") || text_starts(text, "Q")) && derive_update(text, false, kb))
		return roll_say_of(s->roll, s->machine, OBSERVED_VALUE, "hotfix:", text_of(kb),
				   text_of("claimed"));
	if (addr_parse_bytes(text, &a) == RC_OK)
		return roll_card(s->roll, s->machine, (struct bytes){NULL, 0}, text);
	return false;
}

/* --- text --- */

static void take_line(struct info *s, const struct line *line)
{
	struct bytes label = {NULL, 0}, value = {NULL, 0};
	bool is_used = false;

	if (line->is_cut) {
		reading_bad(s->r, line->number, "longer than %d bytes", LINE_MAX_LEN);
		return;
	}
	if (is_item(line->text, &value)) {
		is_used = take_item(s, value);
	} else if (is_labelled(line->text, &label, &value)) {
		if (s->first[0] == '\0')
			memcpy(s->first, label.at, label.len); /* shorter than LABEL, zeroed */
		if (text_is(label, s->first))
			end_machine(s);
		is_used = take_label(s, label, value);
		if (s->n == 1 && !is_used) {
			reading_bad(s->r, line->number, "no computer's name in it");
			return;
		}
		if (s->n == 3 && s->machine != 0 && !is_version(value)) {
			reading_bad(s->r, line->number,
				    "no version of Windows in the third line: is this systeminfo?");
			return;
		}
	}
	if (is_used)
		reading_used(s->r, 1);
	else
		reading_skip(s->r, 1);
}

static enum rc read_lines(struct info *s)
{
	struct lines *l = NULL;
	struct line line;
	enum rc rc = lines_new(s->r->from, &l);

	if (rc == RC_OK)
		lines_code_page(l, 0); /* a console's, and nobody says which */
	while (rc == RC_OK && (rc = reading_next(s->r, l, &line)) == RC_OK)
		take_line(s, &line);
	lines_free(l);
	return rc == RC_END ? RC_OK : rc;
}

/* --- CSV --- */

static bool is_header(const struct csv_row *row)
{
	return row->n >= FIELDS_MIN && !is_version(text_trim(row->fields[2]));
}

/* "2 Hotfix(s) Installed.,[01]: KB1,[02]: KB2": the items. */
static void take_items(struct info *s, struct bytes text)
{
	while (text.len > 0) {
		const uint8_t *comma = memchr(text.at, ',', text.len);
		size_t n = comma != NULL ? (size_t)(comma - text.at) : text.len;
		struct bytes item = {NULL, 0};

		if (is_item(bytes_slice(text, 0, n), &item))
			(void)take_item(s, item);
		text = bytes_slice(text, n + 1, text.len);
	}
}

static void take_row(struct info *s, const struct csv_row *row, const struct csv_row *header)
{
	struct bytes none = {NULL, 0};

	if (row->bad != NULL) {
		reading_bad(s->r, row->line, "%s", row->bad);
		return;
	}
	if (row->n == 0) {
		reading_skip(s->r, 1);
		return;
	}
	if (row->n < FIELDS_MIN || !is_version(text_trim(row->fields[2]))) {
		if (row->n >= FIELDS_MIN)
			reading_skip(s->r, 1); /* a header again */
		else
			reading_bad(s->r, row->line, "it has not the fields of systeminfo");
		return;
	}
	end_machine(s);
	for (unsigned i = 0; i < row->n; i++) {
		struct bytes label = i < header->n ? text_trim(header->fields[i]) : none;

		if (!take_label(s, label, text_trim(row->fields[i])) && i == 0) {
			reading_bad(s->r, row->line, "no computer's name in it");
			return;
		}
		take_items(s, row->fields[i]);
	}
	reading_used(s->r, 1);
}

/* The header's fields, kept while rows come and go. */
static void keep_header(const struct csv_row *row, struct csv_row *to, char *room, size_t cap)
{
	size_t used = 0;

	to->n = 0;
	for (unsigned i = 0; i < row->n; i++) {
		struct bytes f = row->fields[i];

		if (f.len > cap - used)
			break;
		if (f.len > 0)
			memcpy(room + used, f.at, f.len);
		to->fields[to->n++] = (struct bytes){(const uint8_t *)room + used, f.len};
		used += f.len;
	}
}

static enum rc read_rows(struct info *s)
{
	enum { ROOM = 8192 };
	struct csv *c = NULL;
	struct csv_row *row = calloc(2, sizeof(*row)), *header = row + 1;
	char *room = malloc(ROOM);
	enum rc rc = row != NULL && room != NULL ? csv_new(s->r->from, ',', &c) : RC_NOMEM;

	while (rc == RC_OK && (rc = csv_next(c, row)) == RC_OK) {
		s->r->counts->lines++;
		if (header->n == 0 && row->bad == NULL && is_header(row)) {
			keep_header(row, header, room, ROOM);
			reading_skip(s->r, 1);
		} else {
			take_row(s, row, header);
		}
	}
	csv_free(c);
	free(room);
	free(row);
	return rc == RC_END ? RC_OK : rc;
}

static enum rc read_info(struct reading *r, enum rc (*all)(struct info *))
{
	struct info s = {.r = r};
	enum rc rc = roll_new(BY_LIST, FROM_SCRIPT, &s.roll);

	if (rc != RC_OK)
		return rc;
	rc = all(&s);
	end_machine(&s);
	if (rc == RC_OK)
		rc = reading_tell(r, s.roll);
	roll_free(s.roll);
	return rc;
}

static enum rc read_text(struct reading *r)
{
	return read_info(r, read_lines);
}

static enum rc read_csv(struct reading *r)
{
	return read_info(r, read_rows);
}

static struct bytes next_line(struct bytes *rest)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->at, '\n', rest->len) : NULL;
	struct bytes line = *rest;

	if (end != NULL)
		line.len = (size_t)(end - rest->at);
	*rest = bytes_slice(*rest, line.len + 1, rest->len);
	return line;
}

/* Three labelled lines, and the third is a version. */
static bool match_text(struct bytes head, struct bytes raw)
{
	struct bytes label = {NULL, 0}, value = {NULL, 0};
	unsigned n = 0;

	(void)raw;
	while (head.len > 0 && n < 3) {
		struct bytes line = next_line(&head);

		if (text_trim(line).len == 0)
			continue;
		if (!is_labelled(line, &label, &value))
			return false;
		n++;
	}
	return n == 3 && is_version(value);
}

static bool match_csv(struct bytes head, struct bytes raw)
{
	FILE *from = lines_of(head);
	struct csv_row *row = malloc(sizeof(*row));
	struct csv *c = NULL;
	bool is_ours = false;

	(void)raw;
	if (from != NULL && row != NULL && csv_new(from, ',', &c) == RC_OK) {
		for (unsigned i = 0; i < 3 && !is_ours && csv_next(c, row) == RC_OK; i++)
			is_ours = row->bad == NULL && row->n >= FIELDS_MIN &&
				  (is_version(text_trim(row->fields[2])) ||
				   text_is(text_trim(row->fields[0]), "Host Name"));
	}
	csv_free(c);
	if (from != NULL)
		fclose(from);
	free(row);
	return is_ours;
}

const struct form form_systeminfo = {"systeminfo", match_text, read_text};
const struct form form_systeminfo_csv = {"systeminfo /fo csv", match_csv, read_csv};
