/* wmic's tables, getmac, ver. Names of properties are never translated; a column begins where its
 * name does. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/monotime.h"
#include "base/text.h"
#include "base/when.h"
#include "gather/derive.h"
#include "gather/raw.h"
#include "import/words.h"

enum { COLUMNS_MAX = 16 };

struct grid {
	const struct raw *raw;
	size_t line; /* of the row */
	unsigned n;
	struct bytes names[COLUMNS_MAX];
	size_t from[COLUMNS_MAX]; /* in characters */
};

/* False: no line begins with one of `wanted`'s names, so it is no table of this kind. */
static bool grid_begin(struct grid *g, const struct raw *raw, const char *wanted)
{
	g->raw = raw;
	g->n = 0;
	for (g->line = 0; g->line < raw->n; g->line++) {
		struct bytes rest = text_of(raw->lines[g->line]);
		size_t at = 0;
		bool in_name = false;

		if (!text_has(rest, wanted))
			continue;
		while (rest.len > 0 && g->n <= COLUMNS_MAX) {
			struct bytes was = rest;
			bool is_blank = text_next(&rest) <= ' ';

			if (!is_blank && !in_name && g->n < COLUMNS_MAX) {
				g->from[g->n] = at;
				g->names[g->n++] = (struct bytes){was.at, 0};
			}
			if (!is_blank && g->n > 0)
				g->names[g->n - 1].len += was.len - rest.len;
			in_name = !is_blank;
			at++;
		}
		return true;
	}
	return false;
}

static bool grid_next(struct grid *g)
{
	for (g->line++; g->line < g->raw->n; g->line++) {
		if (text_trim(text_of(g->raw->lines[g->line])).len > 0)
			return true;
	}
	return false;
}

static struct bytes grid_cell(const struct grid *g, const char *name)
{
	struct bytes line = text_of(g->raw->lines[g->line]);

	for (unsigned i = 0; i < g->n; i++) {
		size_t width = i + 1 < g->n ? g->from[i + 1] - g->from[i] : line.len;

		if (text_is(g->names[i], name))
			return text_trim(raw_columns(line, g->from[i], width));
	}
	return (struct bytes){NULL, 0};
}

/* "20261124130203.500000+060": minutes east of Greenwich at the end. */
static uint64_t cim_time(struct bytes t)
{
	char text[40];
	uint64_t at_ns = 0;
	long zone = 0;

	if (t.len < 25 || (t.at[21] != '+' && t.at[21] != '-'))
		return 0;
	zone = strtol((const char *)t.at + 22, NULL, 10) * (t.at[21] == '-' ? -1 : 1);
	if (zone < -14 * 60 || zone > 14 * 60)
		return 0;
	(void)snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", (const char *)t.at,
		       (const char *)t.at + 4, (const char *)t.at + 6, (const char *)t.at + 8,
		       (const char *)t.at + 10, (const char *)t.at + 12);
	if (when_parse(text, &at_ns) != RC_OK || at_ns < UINT64_C(86400) * NS_PER_S)
		return 0;
	return at_ns - (uint64_t)((int64_t)zone * 60) * NS_PER_S;
}

/* "2026-11-24T12:02:03Z": whole seconds. */
static struct bytes short_time(uint64_t at_ns, char *to)
{
	text_time(at_ns, to);
	memcpy(to + 19, "Z", 2);
	return text_of(to);
}

static bool take_os(struct raw_notes *n, const struct grid *g)
{
	uint64_t boot_ns = cim_time(grid_cell(g, "LastBootUpTime")),
		 now_ns = cim_time(grid_cell(g, "LocalDateTime"));
	char text[TEXT_TIME];

	if (now_ns != 0)
		(void)roll_time(n->roll, n->machine, now_ns);
	return boot_ns != 0 && roll_say(n->roll, n->machine, OBSERVED_VALUE, text_of("os.boot"),
					short_time(boot_ns, text));
}

static bool take_account(struct raw_notes *n, const struct grid *g)
{
	struct bytes sid = grid_cell(g, "SID"), rid = {NULL, 0};
	char value[128];
	uint64_t number = 0;

	for (size_t i = sid.len; i > 0 && sid.at[i - 1] != '-'; i--)
		rid = bytes_slice(sid, i - 1, sid.len);
	if (!number_parse(rid, &number))
		return false;
	(void)snprintf(value, sizeof(value), "rid=%llu %s%s%s%s", (unsigned long long)number,
		       text_is(grid_cell(g, "Disabled"), "TRUE") ? "disabled" : "enabled",
		       text_is(grid_cell(g, "PasswordExpires"), "FALSE") ? " never-expires" : "",
		       text_is(grid_cell(g, "PasswordRequired"), "FALSE") ? " no-password-required"
									  : "",
		       text_is(grid_cell(g, "Lockout"), "TRUE") ? " locked" : "");
	return roll_say_of(n->roll, n->machine, OBSERVED_VALUE, "account:", grid_cell(g, "Name"),
			   text_of(value));
}

static bool take_share(struct raw_notes *n, const struct grid *g)
{
	static const char *const kinds[] = {"disk", "printer", "device", "ipc"};
	struct bytes name = grid_cell(g, "Name");
	uint64_t type = 0;
	char value[32];

	if (!number_parse(grid_cell(g, "Type"), &type) || (type & 0x7fffffff) > 3)
		return false;
	(void)snprintf(value, sizeof(value), "%s%s", kinds[type & 3],
		       type >= UINT64_C(0x80000000) ||
				       (name.len > 0 && name.at[name.len - 1] == '$')
			       ? " hidden"
			       : "");
	return roll_say_of(n->roll, n->machine, OBSERVED_VALUE, "share:", name, text_of(value));
}

/* On XP hotfixes' files are listed as updates, too: "File 1", of the update in the last column. */
static bool take_update(struct raw_notes *n, const struct grid *g)
{
	char kb[DERIVE_UPDATE];

	if (!derive_update(grid_cell(g, "HotFixID"), false, kb) &&
	    !derive_update(grid_cell(g, "ServicePackInEffect"), false, kb))
		return true; /* "File 1" of nothing: no statement */
	return roll_say_of(n->roll, n->machine, OBSERVED_VALUE, "hotfix:", text_of(kb),
			   text_of("claimed"));
}

/* SecurityCenter on XP says it in words; SecurityCenter2 in a number whose second byte is the
 * protection's state: 0x10 and 0x11 are on. The vendor does not document it; the bits are as
 * security products of all makers set them. */
static bool take_anti_malware(struct raw_notes *n, const struct grid *g)
{
	uint64_t state = 0;
	bool is_on = text_is(grid_cell(g, "onAccessScanningEnabled"), "TRUE"),
	     has_state = number_parse(grid_cell(g, "productState"), &state);

	if (!has_state && grid_cell(g, "onAccessScanningEnabled").len == 0)
		return false;
	if (has_state)
		is_on = (state >> 8 & 0xf0) == 0x10;
	return roll_say_of(n->roll, n->machine, OBSERVED_VALUE,
			   "anti-malware:", grid_cell(g, "displayName"),
			   text_of(is_on ? "running" : "stopped"));
}

static bool take_system(struct raw_notes *n, const struct grid *g)
{
	struct bytes domain = grid_cell(g, "Domain"), user = grid_cell(g, "UserName");

	if (user.len > 0)
		(void)roll_fact(n->roll, n->machine, FACT_USER, user);
	return domain.len > 0 && roll_fact(n->roll, n->machine, FACT_DOMAIN, domain);
}

static const struct {
	const char *subject, *column; /* `column` tells that it is such a table */
	bool (*take)(struct raw_notes *n, const struct grid *g);
	const char *key; /* where it failed: what is not known; NULL: nothing is lost */
	bool is_list;    /* how many there are is told, too */
} classes[] = {
	{"os", "LastBootUpTime", take_os, "os.boot", false},
	{"useraccount", "PasswordRequired", take_account, "account:", true},
	{"share", "Type", take_share, "share:", true},
	{"qfe", "HotFixID", take_update, "hotfix:", false},
	{"antivirus", "displayName", take_anti_malware, "anti-malware:", true},
	{"computersystem", "Domain", take_system, NULL, false},
};

bool raw_wmic(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	struct grid g;
	bool is_kept = true;
	size_t rows = 0;

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strcmp(raw->subject, classes[i].subject) != 0)
			continue;
		if (!grid_begin(&g, raw, classes[i].column)) {
			*ret_why = "more than is kept of one machine";
			return classes[i].key == NULL || raw_unreadable(n, raw, classes[i].key, "");
		}
		*ret_why = "a row of wmic's cannot be used";
		for (; grid_next(&g); rows++)
			is_kept = classes[i].take(n, &g) && is_kept;
		return is_kept && (!classes[i].is_list || raw_whole(n, classes[i].key, rows));
	}
	*ret_why = "wmic was not asked for this";
	return false;
}

/* The version of a file: four numbers, and nothing else. */
bool raw_file(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	struct grid g;
	struct bytes version = {NULL, 0};
	unsigned dots = 0;
	bool is_version = true;

	*ret_why = "no name of a file";
	if (!grid_begin(&g, raw, "Version"))
		return raw_unreadable(n, raw, "file:", raw->subject);
	if (grid_next(&g))
		version = grid_cell(&g, "Version");
	for (size_t i = 0; i < version.len; i++) {
		dots += version.at[i] == '.';
		is_version = is_version && (version.at[i] == '.' ||
					    (version.at[i] >= '0' && version.at[i] <= '9'));
	}
	is_version = is_version && dots == 3;
	return roll_say_of(n->roll, n->machine, is_version ? OBSERVED_VALUE : OBSERVED_UNREADABLE,
			   "file:", text_of(raw->subject),
			   is_version ? version : text_of("it has no version"));
}

static struct bytes addresses_of(const struct raw_notes *n, const char *line)
{
	for (size_t i = 0; i < n->n_cards; i++) {
		if (n->cards[i].guid[0] != '\0' && strcasestr(line, n->cards[i].guid) != NULL)
			return text_of(n->cards[i].addrs);
	}
	return (struct bytes){NULL, 0};
}

/* "00-1A-2B-3C-4D-5E","\Device\Tcpip_{GUID}"; a card without a cable has words there. */
bool raw_getmac(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	bool is_kept = true;

	*ret_why = "a row of getmac's cannot be used";
	for (size_t i = 0; i < raw->n; i++) {
		const char *line = raw->lines[i];
		const char *comma = strchr(line, ',');
		struct bytes mac = {(const uint8_t *)line,
				    comma != NULL ? (size_t)(comma - line) : 0};
		struct mac parsed;

		mac = text_trim(mac);
		if (comma == NULL || mac_parse(mac, &parsed) != RC_OK)
			continue; /* "N/A", or a message */
		n->has_macs = true;
		is_kept = roll_card(n->roll, n->machine, mac, addresses_of(n, line)) && is_kept;
	}
	return is_kept;
}

/* Three numbers or four with dots between. */
static struct bytes version_in(const char *line)
{
	for (; *line != '\0'; line++) {
		size_t n = strspn(line, "0123456789."), dots = 0;

		for (size_t i = 0; i < n; i++)
			dots += line[i] == '.';
		if (dots >= 2)
			return (struct bytes){(const uint8_t *)line, n};
		if (n > 0)
			line += n - 1;
	}
	return (struct bytes){NULL, 0};
}

/* "Microsoft Windows XP [Version 5.1.2600]": the word in front is translated. */
bool raw_ver(struct raw_notes *n, const struct raw *raw, const char **ret_why)
{
	*ret_why = "no version in what ver printed";
	for (size_t i = 0; i < raw->n; i++) {
		struct bytes version = version_in(raw->lines[i]);

		if (version.len > 0)
			return roll_version(n->roll, n->machine, version);
	}
	return false;
}
