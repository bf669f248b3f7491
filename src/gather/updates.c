/*
 * updates - CSV of updates or systems by machine: wmic qfe, Get-HotFix, WSUS, SCCM, inventories.
 *
 * Sources: Win32_QuickFixEngineering as wmic /format:csv and Export-Csv write it; WSUS' reports of
 * computers and of updates (UpdateInstallationState); SCCM's v_GS_QUICK_FIX_ENGINEERING,
 * v_UpdateComplianceStatus and v_R_System.
 */
#include <stdlib.h>

#include "gather/derive.h"
#include "gather/reading.h"
#include "import/date.h"
#include "import/table.h"

enum { LOOK_AHEAD = 30 };

enum column_is { /* beside import/table.h's columns */
		 IS_NOTHING,
		 IS_NAME, /* the four kinds of names, the surest last */
		 IS_NODE,
		 IS_SOURCE,
		 IS_CSNAME,
		 IS_UPDATE,  /* "KB958644" */
		 IS_ARTICLE, /* "958644" */
		 IS_TITLE,   /* "Security Update for Windows XP (KB958644)" */
		 IS_PACK,    /* wmic on XP: the update that "File 1" belongs to */
		 IS_STATE,
		 IS_STATE_NUMBER, /* WSUS' enumeration */
		 IS_OS,
		 IS_OS_VERSION,
		 IS_SERVICE_PACK,
		 IS_DOMAIN,
		 IS_ADDR,
		 IS_MAC,
		 IS_USER,
		 IS_TIME,
		 COLUMN_KINDS
};

struct layout {
	uint8_t separator;
	uint64_t line; /* of the header */
	unsigned n, known;
	uint8_t is[CSV_FIELDS];
	unsigned has[COLUMN_KINDS]; /* how many */
	bool is_nameless;           /* updates, but nobody says whose */
	enum date_order order;
};

struct updates {
	struct reading *r;
	struct roll *roll;
	struct layout layout;
	uint64_t ambiguous; /* dates */
	struct csv_row row;
};

static const char separators[] = ",;\t|";

/* Headers of updates, folded; one digit at the end, SCCM's "0", is taken off before. */
static const struct {
	const char *key;
	enum column_is is;
} names[] = {
	{"csname", IS_CSNAME},
	{"pscomputername", IS_CSNAME},
	{"server", IS_CSNAME}, /* __SERVER */
	{"source", IS_SOURCE},
	{"node", IS_NODE},
	{"hotfixid", IS_UPDATE},
	{"hotfix", IS_UPDATE},
	{"kb", IS_UPDATE},
	{"kbid", IS_UPDATE},
	{"kbnumber", IS_UPDATE},
	{"articleid", IS_ARTICLE},
	{"kbarticle", IS_ARTICLE},
	{"kbarticles", IS_ARTICLE},
	{"knowledgebasearticles", IS_ARTICLE},
	{"title", IS_TITLE},
	{"updatetitle", IS_TITLE},
	{"updatename", IS_TITLE},
	{"update", IS_TITLE},
	{"servicepackineffect", IS_PACK},
	{"status", IS_STATE},
	{"state", IS_STATE},
	{"updatestatus", IS_STATE},
	{"updatestate", IS_STATE},
	{"installstatus", IS_STATE},
	{"installationstate", IS_STATE},
	{"compliancestatus", IS_STATE},
	{"compliancestate", IS_STATE},
	{"lastenforcementstate", IS_NOTHING},
	{"updateinstallationstate", IS_STATE_NUMBER},
	{"servicepack", IS_SERVICE_PACK},
	{"operatingsystemservicepack", IS_SERVICE_PACK},
	{"csdversion", IS_SERVICE_PACK},
	{"osservicepack", IS_SERVICE_PACK},
	{"osdescription", IS_OS},
	{"operatingsystemnameand", IS_OS},
	{"build", IS_OS_VERSION},
	{"buildnumber", IS_NOTHING}, /* alone it is no version */
	{"date", IS_NOTHING},        /* of what? */
	{"datum", IS_NOTHING},
};

static enum column_is general(struct bytes header)
{
	static const struct table_spec plain = {FROM_LIST_WSUS, NULL};

	switch (table_column(&plain, header)) {
	case COL_NAME:
	case COL_FQDN:
		return IS_NAME;
	case COL_DOMAIN:
		return IS_DOMAIN;
	case COL_ADDR:
		return IS_ADDR;
	case COL_MAC:
		return IS_MAC;
	case COL_USER:
		return IS_USER;
	case COL_OS:
		return IS_OS;
	case COL_OS_VERSION:
		return IS_OS_VERSION;
	case COL_LAST:
		return IS_TIME;
	default:
		return IS_NOTHING;
	}
}

static enum column_is column_of(struct bytes header)
{
	char key[TABLE_KEY];
	size_t len = strlen(table_fold(header, key));

	if (len > 2 && key[len - 1] == '0')
		key[--len] = '\0';
	if (len > 2 && text_is(text_of(key), "build0"))
		key[--len] = '\0'; /* Build01, folded with its 1: "build0" is left */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].key, key) == 0)
			return names[i].is;
	}
	return general(header);
}

static bool has_machine(const struct layout *l)
{
	return l->has[IS_NAME] + l->has[IS_NODE] + l->has[IS_SOURCE] + l->has[IS_CSNAME] > 0;
}

static bool has_updates(const struct layout *l)
{
	return l->has[IS_UPDATE] > 0 || (l->has[IS_STATE] + l->has[IS_STATE_NUMBER] > 0 &&
					 l->has[IS_TITLE] + l->has[IS_ARTICLE] > 0);
}

/* How many columns it makes known; 0: this is no header of ours. */
static unsigned as_header(const struct csv_row *row, struct layout *l)
{
	*l = (struct layout){.line = row->line, .n = row->n};
	for (unsigned i = 0; i < row->n; i++) {
		enum column_is is = column_of(row->fields[i]);

		l->is[i] = (uint8_t)is;
		l->has[is]++;
		l->known += is != IS_NOTHING;
	}
	l->is_nameless = !has_machine(l) && l->has[IS_UPDATE] > 0;
	if (!has_machine(l) || (!has_updates(l) && l->has[IS_OS] + l->has[IS_OS_VERSION] == 0))
		l->known = l->is_nameless; /* any other is better */
	if (has_updates(l)) { /* in tables of updates a caption is a link, a user an installer */
		for (unsigned i = 0; i < row->n; i++) {
			if (l->is[i] == IS_OS || l->is[i] == IS_USER)
				l->is[i] = IS_NOTHING;
		}
	}
	return l->known;
}

/* The separator and the row that make most columns known. RC_OK also if there is none. */
static enum rc find_layout(FILE *from, struct csv_row *row, struct layout *best)
{
	struct layout *l = malloc(sizeof(*l));
	enum rc rc = l != NULL ? RC_OK : RC_NOMEM;

	*best = (struct layout){.n = 0};
	for (const char *s = separators; rc == RC_OK && *s != '\0'; s++) {
		struct csv *c = NULL;

		rc = fseek(from, 0, SEEK_SET) == 0 ? csv_new(from, (uint8_t)*s, &c) : RC_IO;
		for (unsigned i = 0; rc == RC_OK && i < LOOK_AHEAD; i++) {
			rc = csv_next(c, row);
			if (rc == RC_OK && as_header(row, l) > best->known) {
				*best = *l;
				best->separator = (uint8_t)*s;
			}
		}
		csv_free(c);
		rc = rc == RC_END ? RC_OK : rc;
	}
	free(l);
	return rc;
}

static bool match(struct bytes head, struct bytes raw)
{
	FILE *from = lines_of(head);
	struct csv_row *row = malloc(sizeof(*row));
	struct layout *l = malloc(sizeof(*l));
	bool is_ours = false;

	(void)raw;
	if (from != NULL && row != NULL && l != NULL)
		is_ours = find_layout(from, row, l) == RC_OK && l->known > 0;
	if (from != NULL)
		fclose(from);
	free(row);
	free(l);
	return is_ours;
}

/* --- one row --- */

static struct bytes cell(const struct updates *u, enum column_is is)
{
	for (unsigned i = 0; i < u->row.n && i < u->layout.n; i++) {
		if (u->layout.is[i] == is && text_trim(u->row.fields[i]).len > 0)
			return text_trim(u->row.fields[i]);
	}
	return (struct bytes){NULL, 0};
}

static struct bytes machine_name(const struct updates *u)
{
	struct bytes name = {NULL, 0};

	for (unsigned is = IS_CSNAME; name.len == 0 && is >= IS_NAME; is--)
		name = cell(u, (enum column_is)is);
	return name;
}

enum update_is {
	UPDATE_BAD,
	UPDATE_NONE,
	UPDATE_THERE,
	UPDATE_PENDING,
	UPDATE_MISSING,
	UPDATE_UNKNOWN
};

static enum update_is state_in_words(struct bytes text)
{
	static const struct {
		const char *key;
		enum update_is is;
	} words[] = {
		{"installed", UPDATE_THERE},
		{"installiert", UPDATE_THERE},
		{"updateisinstalled", UPDATE_THERE},
		{"compliant", UPDATE_THERE},
		{"installedpendingreboot", UPDATE_PENDING},
		{"pendingreboot", UPDATE_PENDING},
		{"pendingsystemrestart", UPDATE_PENDING},
		{"neustartausstehend", UPDATE_PENDING},
		{"notinstalled", UPDATE_MISSING},
		{"nichtinstalliert", UPDATE_MISSING},
		{"needed", UPDATE_MISSING},
		{"erforderlich", UPDATE_MISSING},
		{"required", UPDATE_MISSING},
		{"missing", UPDATE_MISSING},
		{"updateisrequired", UPDATE_MISSING},
		{"noncompliant", UPDATE_MISSING},
		{"downloaded", UPDATE_MISSING},
		{"failed", UPDATE_MISSING},
		{"fehlgeschlagen", UPDATE_MISSING},
		{"notapplicable", UPDATE_NONE},
		{"installednotapplicable", UPDATE_NONE}, /* WSUS joins the two */
		{"notrequired", UPDATE_NONE},
		{"updateisnotrequired", UPDATE_NONE},
		{"nichtzutreffend", UPDATE_NONE},
		{"unknown", UPDATE_UNKNOWN},
		{"unbekannt", UPDATE_UNKNOWN},
		{"detectionstateunknown", UPDATE_UNKNOWN},
		{"nostatus", UPDATE_UNKNOWN},
	};
	char key[TABLE_KEY];

	(void)table_fold(text, key);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].key, key) == 0)
			return words[i].is;
	}
	return UPDATE_BAD;
}

/* UpdateInstallationState of WSUS' API; Status of SCCM's v_UpdateComplianceStatus. */
static enum update_is state_of(const struct updates *u)
{
	static const uint8_t wsus[] = {UPDATE_UNKNOWN, UPDATE_NONE,  UPDATE_MISSING,
				       UPDATE_MISSING, UPDATE_THERE, UPDATE_MISSING,
				       UPDATE_PENDING},
			     sccm[] = {UPDATE_UNKNOWN, UPDATE_NONE, UPDATE_MISSING, UPDATE_THERE};
	struct bytes numbered = cell(u, IS_STATE_NUMBER), state = cell(u, IS_STATE);
	uint64_t v = 0;

	if (numbered.len > 0) {
		if (!number_parse(numbered, &v))
			return state_in_words(numbered);
		return v < sizeof(wsus) ? wsus[v] : UPDATE_BAD;
	}
	if (u->layout.has[IS_TITLE] + u->layout.has[IS_ARTICLE] == 0 || state.len == 0)
		return u->layout.has[IS_UPDATE] > 0 ? UPDATE_THERE : UPDATE_BAD;
	if (!number_parse(state, &v))
		return state_in_words(state);
	return u->layout.has[IS_ARTICLE] > 0 && v < sizeof(sccm) ? sccm[v] : UPDATE_BAD;
}

static bool say_update(struct updates *u, uint32_t machine, const char *kb, enum update_is is)
{
	struct bytes nothing = {NULL, 0}, about = text_of(kb);

	switch (is) {
	case UPDATE_THERE:
		return roll_say_of(u->roll, machine, OBSERVED_VALUE, "hotfix:", about,
				   text_of("claimed"));
	case UPDATE_PENDING:
		return roll_say_of(u->roll, machine, OBSERVED_VALUE, "hotfix:", about,
				   text_of("installed-pending"));
	case UPDATE_MISSING:
		return roll_say_of(u->roll, machine, OBSERVED_ABSENT, "hotfix:", about, nothing);
	case UPDATE_UNKNOWN:
		return roll_say_of(u->roll, machine, OBSERVED_UNREADABLE, "hotfix:", about,
				   text_of("the list does not know"));
	case UPDATE_NONE:
	case UPDATE_BAD:
		break;
	}
	return true;
}

static void take_time(struct updates *u, uint32_t machine, struct bytes text)
{
	uint64_t at_ns = 0;

	switch (date_parse(text, u->layout.order, 0, &at_ns)) {
	case DATE_OK:
		(void)roll_time(u->roll, machine, at_ns);
		break;
	case DATE_AMBIGUOUS:
		u->ambiguous++;
		break;
	case DATE_NEVER:
	case DATE_BAD:
		break;
	}
}

/* wmic on XP lists files of updates, too, as "File 1". */
static bool is_file(struct bytes text)
{
	return text_starts(text, "file ") || text.len == 0;
}

static void take_update(struct updates *u, uint32_t machine)
{
	struct bytes id = cell(u, IS_UPDATE), article = cell(u, IS_ARTICLE),
		     title = cell(u, IS_TITLE);
	enum update_is is = state_of(u);
	char kb[DERIVE_UPDATE], show[WORK_SHOW];
	bool is_known = derive_update(id, true, kb) || derive_update(article, true, kb) ||
			derive_update(title, false, kb) ||
			(is_file(id) && derive_update(cell(u, IS_PACK), false, kb));

	take_time(u, machine, cell(u, IS_TIME));
	if (is == UPDATE_BAD)
		reading_bad(u->r, u->row.line, "'%s' is no state of an update that is known",
			    work_show(cell(u, IS_STATE).len > 0 ? cell(u, IS_STATE)
								: cell(u, IS_STATE_NUMBER),
				      show));
	else if (!is_known && (u->layout.has[IS_UPDATE] == 0 || is_file(id)))
		reading_skip(u->r, 1); /* a driver, a definition: no number, so no hole of ours */
	else if (!is_known)
		reading_bad(u->r, u->row.line, "'%s' is no update's number", work_show(id, show));
	else if (is == UPDATE_NONE)
		reading_skip(u->r, 1);
	else if (say_update(u, machine, kb, is))
		reading_used(u->r, 1);
	else
		reading_bad(u->r, u->row.line, "more updates than are kept of one machine");
}

/* "10.0 (19045)", "10.0.19045.3803": with dots between. */
static bool take_version(struct updates *u, uint32_t machine, struct bytes version)
{
	char text[64];
	size_t n = 0, dots = 0;

	for (size_t i = 0; i < version.len && n + 1 < sizeof(text); i++) {
		bool is_digit = version.at[i] >= '0' && version.at[i] <= '9';

		if (is_digit) {
			text[n++] = (char)version.at[i];
		} else if (n > 0 && text[n - 1] != '.') {
			text[n++] = '.';
			dots++;
		}
	}
	if (n > 0 && text[n - 1] == '.') {
		n--;
		dots--;
	}
	return dots >= 2 && dots <= 3 &&
	       roll_version(u->roll, machine, (struct bytes){(const uint8_t *)text, n});
}

static void take_service_pack(struct updates *u, uint32_t machine, struct bytes text)
{
	uint64_t number = 0;

	if (text_starts(text, "service pack "))
		text = text_trim(bytes_slice(text, 13, text.len));
	if (number_parse(text, &number) && number < 100)
		(void)roll_say(u->roll, machine, OBSERVED_VALUE, text_of("os.service-pack"), text);
}

static void take_system(struct updates *u, uint32_t machine)
{
	struct bytes os = cell(u, IS_OS), version = cell(u, IS_OS_VERSION), nothing = {NULL, 0};
	bool is_told = false;

	if (os.len > 0)
		is_told = roll_say(u->roll, machine, OBSERVED_VALUE, text_of("os.name"), os);
	if (version.len > 0)
		is_told = take_version(u, machine, version) || is_told;
	take_service_pack(u, machine, cell(u, IS_SERVICE_PACK));
	take_time(u, machine, cell(u, IS_TIME));
	if (cell(u, IS_DOMAIN).len > 0)
		(void)roll_fact(u->roll, machine, FACT_DOMAIN, cell(u, IS_DOMAIN));
	if (cell(u, IS_USER).len > 0)
		(void)roll_fact(u->roll, machine, FACT_USER, cell(u, IS_USER));
	if (cell(u, IS_MAC).len > 0 || cell(u, IS_ADDR).len > 0)
		(void)(roll_card(u->roll, machine, cell(u, IS_MAC), cell(u, IS_ADDR)) ||
		       roll_card(u->roll, machine, nothing, cell(u, IS_ADDR)));
	if (is_told)
		reading_used(u->r, 1);
	else
		reading_skip(u->r, 1);
}

/* Lists are put together of several: then the header stands in the middle, too. */
static bool is_header_again(struct updates *u)
{
	struct layout *l = malloc(sizeof(*l));
	bool is_one = false;

	if (l != NULL && u->row.n == u->layout.n)
		is_one = as_header(&u->row, l) >= u->layout.known &&
			 memcmp(l->is, u->layout.is, sizeof(l->is)) == 0;
	free(l);
	return is_one;
}

static bool is_blank(const struct csv_row *row)
{
	for (unsigned i = 0; i < row->n; i++) {
		if (text_trim(row->fields[i]).len > 0)
			return false;
	}
	return true;
}

static void take_row(struct updates *u)
{
	struct bytes name = {NULL, 0};
	uint32_t machine = 0;
	char show[WORK_SHOW];

	if (u->row.bad != NULL) {
		reading_bad(u->r, u->row.line, "%s", u->row.bad);
		return;
	}
	if (u->row.line <= u->layout.line || is_blank(&u->row) ||
	    text_starts(u->row.fields[0], "#") || is_header_again(u)) {
		reading_skip(u->r, 1);
		return;
	}
	name = machine_name(u);
	machine = roll_machine(u->roll, name);
	if (machine == 0)
		reading_bad(u->r, u->row.line,
			    name.len == 0 ? "it names no machine%s"
					  : "'%s' is no machine's name, "
					    "or one too many",
			    name.len == 0 ? "" : work_show(name, show));
	else if (has_updates(&u->layout))
		take_update(u, machine);
	else
		take_system(u, machine);
}

/* --- the whole table --- */

/* The first reading: does any date tell which of its numbers is the day? */
static enum rc find_order(struct updates *u)
{
	struct csv *c = NULL;
	enum rc rc = RC_OK;

	if (u->layout.has[IS_TIME] == 0)
		return RC_OK;
	rc = fseek(u->r->from, 0, SEEK_SET) == 0 ? csv_new(u->r->from, u->layout.separator, &c)
						 : RC_IO;
	while (rc == RC_OK && u->layout.order == ORDER_UNKNOWN) {
		rc = csv_next(c, &u->row);
		if (rc == RC_OK && u->row.bad == NULL && u->row.line > u->layout.line)
			u->layout.order = date_order_of(cell(u, IS_TIME));
	}
	csv_free(c);
	return rc == RC_END ? RC_OK : rc;
}

static enum rc read_rows(struct updates *u)
{
	struct csv *c = NULL;
	enum rc rc = fseek(u->r->from, 0, SEEK_SET) == 0
			     ? csv_new(u->r->from, u->layout.separator, &c)
			     : RC_IO;

	while (rc == RC_OK && (rc = csv_next(c, &u->row)) == RC_OK) {
		u->r->counts->lines++;
		take_row(u);
	}
	csv_free(c);
	if (u->ambiguous > 0)
		reading_note(u->r, u->layout.line,
			     "%llu times can be read as day/month or month/day, and none tells: "
			     "the file's time is used",
			     (unsigned long long)u->ambiguous);
	return rc == RC_END ? RC_OK : rc;
}

static enum rc read_table(struct reading *r)
{
	struct updates *u = calloc(1, sizeof(*u));
	enum rc rc = u != NULL ? RC_OK : RC_NOMEM;

	if (rc == RC_OK) {
		u->r = r;
		rc = find_layout(r->from, &u->row, &u->layout);
	}
	if (rc == RC_OK && u->layout.is_nameless) {
		reading_bad_file(r, "no column names the machine: CSName, PSComputerName, Node, "
				    "Source or Name must be among them");
		free(u);
		return RC_OK;
	}
	if (rc == RC_OK) {
		bool is_told_there = u->layout.has[IS_CSNAME] + u->layout.has[IS_SOURCE] > 0;

		rc = roll_new(BY_LIST, is_told_there ? FROM_SCRIPT : FROM_LIST_WSUS, &u->roll);
	}
	if (rc == RC_OK)
		rc = find_order(u);
	if (rc == RC_OK)
		rc = read_rows(u);
	if (rc == RC_OK)
		rc = reading_tell(r, u->roll);
	if (u != NULL)
		roll_free(u->roll);
	free(u);
	return rc;
}

const struct form form_table = {"table of updates or systems", match, read_table};
