/* computer_info - Get-ComputerInfo | ConvertTo-Json: one object, or an array of them. Properties
 * are never translated. Dates are /Date(ms)/ of Windows PowerShell, or ISO 8601 of later ones. */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/monotime.h"
#include "base/text.h"
#include "base/when.h"
#include "gather/derive.h"
#include "gather/reading.h"
#include "import/json_text.h"
#include "import/words.h"

enum { JSON_MAX = 16 << 20, UPDATES_MAX = POSTURE_MAX, CARDS_MAX = 64 };

struct info {
	struct reading *r;
	struct roll *roll;
	uint32_t machine;
};

static bool say(struct info *s, const char *key, struct bytes value)
{
	return value.len > 0 && roll_say(s->roll, s->machine, OBSERVED_VALUE, text_of(key), value);
}

/* 0: no time. Some versions wrap it: {"value": "/Date(…)/", "DateTime": "…"}. */
static uint64_t time_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);
	const char *text = NULL;
	uint64_t at_ns = 0;

	if (json_is_object(v))
		v = json_object_get(v, "value");
	text = json_string_value(v);
	if (text == NULL)
		return 0;
	if (strncmp(text, "/Date(", 6) == 0) {
		char *end = NULL;
		long long ms = strtoll(text + 6, &end, 10);

		return ms > 0 && ms < INT64_C(7258118400000) && *end == ')'
			       ? (uint64_t)ms * NS_PER_MS
			       : 0;
	}
	return when_parse(text, &at_ns) == RC_OK ? at_ns : 0;
}

static void take_boot(struct info *s, const json_t *o)
{
	uint64_t at_ns = time_of(o, "OsLastBootUpTime");
	char text[TEXT_TIME];

	if (at_ns == 0)
		return;
	text_time(at_ns, text);
	memcpy(text + 19, "Z", 2);
	(void)say(s, "os.boot", text_of(text));
}

/* Enumerations come as numbers or as their names: Win32_OperatingSystem.ProductType. */
static const char *product_type(struct bytes v)
{
	static const struct {
		const char *value, *type;
	} types[] = {
		{"1", "workstation"}, {"WorkStation", "workstation"}, {"2", "dc"},
		{"3", "server"},      {"DomainController", "dc"},     {"Server", "server"},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (text_is(v, types[i].value))
			return types[i].type;
	}
	return "";
}

static const char *arch(struct bytes v)
{
	if (text_has(v, "arm"))
		return text_has(v, "64") ? "arm64" : "";
	return text_has(v, "64") ? "x64" : text_has(v, "32") ? "x86" : "";
}

static void take_system(struct info *s, const json_t *o)
{
	char number[JSON_NUMBER], version[64];
	struct bytes v = json_text(o, "OsVersion", number), ubr = {NULL, 0};
	char other[JSON_NUMBER];

	ubr = json_text(o, "WindowsUBR", other);
	if (v.len > 0 && v.len < 40 && ubr.len < 16) {
		(void)snprintf(version, sizeof(version), "%.*s%s%.*s", (int)v.len,
			       (const char *)v.at, ubr.len > 0 ? "." : "", (int)ubr.len,
			       ubr.len > 0 ? (const char *)ubr.at : "");
		(void)roll_version(s->roll, s->machine, text_of(version));
	}
	(void)say(s, "os.name", json_text(o, "OsName", number));
	(void)say(s, "os.service-pack", json_text(o, "OsServicePackMajorVersion", number));
	(void)say(s, "os.product-type",
		  text_of(product_type(json_text(o, "OsProductType", number))));
	(void)say(s, "os.arch", text_of(arch(json_text(o, "OsArchitecture", number))));
	take_boot(s, o);
	(void)roll_time(s->roll, s->machine, time_of(o, "OsLocalDateTime"));
}

static void take_who(struct info *s, const json_t *o)
{
	char number[JSON_NUMBER];
	struct bytes domain = json_text(o, "CsDomain", number), user = {NULL, 0};

	if (domain.len > 0)
		(void)roll_fact(s->roll, s->machine, FACT_DOMAIN, domain);
	user = json_text(o, "CsUserName", number);
	if (user.len > 0)
		(void)roll_fact(s->roll, s->machine, FACT_USER, user);
}

/* Items that cannot be used, for the message. */
static size_t take_updates(struct info *s, const json_t *o)
{
	const json_t *list = json_object_get(o, "OsHotFixes");
	size_t bad = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		char kb[DERIVE_UPDATE], number[JSON_NUMBER];
		struct bytes id = json_text(one, "HotFixID", number);

		if (id.len == 0 && json_is_string(one))
			id = text_of(json_string_value(one));
		if (i >= UPDATES_MAX || !derive_update(id, false, kb) ||
		    !roll_say_of(s->roll, s->machine, OBSERVED_VALUE, "hotfix:", text_of(kb),
				 text_of("claimed")))
			bad++;
	}
	return bad;
}

static void take_addresses(struct info *s, const json_t *v)
{
	struct bytes nothing = {NULL, 0};

	if (json_is_string(v))
		(void)roll_card(s->roll, s->machine, nothing, text_of(json_string_value(v)));
	for (size_t i = 0; i < json_array_size(v) && i < CARDS_MAX; i++) {
		const json_t *one = json_array_get(v, i);

		if (json_is_string(one))
			(void)roll_card(s->roll, s->machine, nothing,
					text_of(json_string_value(one)));
	}
}

static void take_cards(struct info *s, const json_t *o)
{
	const json_t *list = json_object_get(o, "CsNetworkAdapters");

	for (size_t i = 0; i < json_array_size(list) && i < CARDS_MAX; i++)
		take_addresses(s, json_object_get(json_array_get(list, i), "IPAddresses"));
}

static void take(struct info *s, const json_t *o, size_t nth)
{
	char number[JSON_NUMBER];
	struct bytes name = json_text(o, "CsName", number);
	size_t bad = 0;

	s->r->counts->lines++;
	if (name.len == 0)
		name = json_text(o, "CsDNSHostName", number);
	if (name.len == 0)
		name = json_text(o, "CsCaption", number);
	if (name.len == 0)
		name = json_text(o, "PSComputerName", number);
	s->machine = roll_machine(s->roll, name);
	if (s->machine == 0) {
		reading_bad(s->r, nth, "no CsName: which machine is this?");
		return;
	}
	take_system(s, o);
	take_who(s, o);
	take_cards(s, o);
	bad = take_updates(s, o);
	if (bad > 0)
		reading_note(s->r, nth, "%zu of its OsHotFixes have no number, or are too many",
			     bad);
	reading_used(s->r, 1);
}

/* A byte becomes three at most, U+FFFD. */
static size_t room_for(FILE *from)
{
	struct stat st;

	if (fstat(fileno(from), &st) != 0 || st.st_size < 0 || st.st_size > JSON_MAX)
		return JSON_MAX;
	return (size_t)st.st_size * 3 + 4 < JSON_MAX ? (size_t)st.st_size * 3 + 4 : JSON_MAX;
}

/* The whole file as UTF-8, whatever it was written in. RC_FORMAT: too long. */
static enum rc read_text(struct reading *r, char *to, size_t cap, size_t *ret_len)
{
	struct lines *l = NULL;
	struct line line;
	size_t len = 0;
	enum rc rc = lines_new(r->from, &l);

	while (rc == RC_OK && (rc = lines_next(l, &line)) == RC_OK) {
		if (line.is_cut || line.text.len + 1 > cap - len) {
			rc = RC_FORMAT;
			break;
		}
		if (line.text.len > 0)
			memcpy(to + len, line.text.at, line.text.len);
		len += line.text.len;
		to[len++] = '\n';
	}
	lines_free(l);
	*ret_len = len;
	return rc == RC_END ? RC_OK : rc;
}

static void take_all(struct info *s, const char *text, size_t len)
{
	json_error_t err;
	json_t *all = json_loadb(text, len, 0, &err);

	if (all == NULL) {
		s->r->counts->lines++;
		reading_bad(s->r, err.line > 0 ? (uint64_t)err.line : 1, "no JSON: %s", err.text);
		s->r->is_file_bad = true;
	} else if (json_is_object(all)) {
		take(s, all, 1);
	}
	for (size_t i = 0; i < json_array_size(all); i++)
		take(s, json_array_get(all, i), i + 1);
	json_decref(all);
}

static enum rc read_info(struct reading *r)
{
	struct info s = {.r = r};
	size_t len = 0, cap = room_for(r->from);
	char *text = malloc(cap);
	enum rc rc = text != NULL ? roll_new(BY_LIST, FROM_SCRIPT, &s.roll) : RC_NOMEM;

	if (rc == RC_OK)
		rc = read_text(r, text, cap, &len);
	if (rc == RC_FORMAT) {
		reading_bad_file(r, "more than %d MiB of JSON, or a line of more than %d KiB",
				 JSON_MAX >> 20, LINE_MAX_LEN >> 10);
		rc = RC_OK;
	} else if (rc == RC_OK) {
		take_all(&s, text, len);
		rc = reading_tell(r, s.roll);
	}
	roll_free(s.roll);
	free(text);
	return rc;
}

static bool match(struct bytes head, struct bytes raw)
{
	(void)raw;
	head = text_trim(head);
	return head.len > 0 && (head.at[0] == '{' || head.at[0] == '[') &&
	       (text_has(head, "\"Cs") || text_has(head, "\"Os") || text_has(head, "\"Windows"));
}

const struct form form_computer_info = {"Get-ComputerInfo | ConvertTo-Json", match, read_info};
