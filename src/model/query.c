#include "model/query.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/monotime.h"
#include "base/text.h"
#include "base/when.h"
#include "model/machine.h"

enum { IMPORTANCE_MAX = 5, SHOWN = 60 };

enum value_kind { TEXTS, MACS, NETS, A_VERDICT, NUMBERS, TIMES, PLACES };

struct field_info {
	const char *name;
	enum value_kind kind;
	bool can_sort, is_greatest_first;
	const char *help;
};

static const struct field_info fields[QUERY_FIELDS] = {
	[QUERY_WORD] = {"", TEXTS, false, false, "in id, names, users and addresses"},
	[QUERY_ID] = {"id", TEXTS, true, false, "id, also a part of one; id:=ID is just that one"},
	[QUERY_NAME] = {"name", TEXTS, true, false, "computer name, also the full one"},
	[QUERY_USER] = {"user", TEXTS, true, false, "anybody who was seen to use it"},
	[QUERY_DOMAIN] = {"domain", TEXTS, true, false, "workgroup, domain or realm"},
	[QUERY_OS] = {"os", TEXTS, true, false, "operating system: os:xp"},
	[QUERY_VENDOR] = {"vendor", TEXTS, true, false, "of the hardware: vendor:dell"},
	[QUERY_MAC] = {"mac", MACS, true, false, "MAC, also a part of one: mac:00-1a-2b"},
	[QUERY_NET] = {"net", NETS, true, false, "address or network: net:10.1.0.0/16"},
	[QUERY_VERDICT] = {"verdict", A_VERDICT, true, true,
			   "infected, suspected, scanner, targeted or no-evidence"},
	[QUERY_THREAT] = {"threat", TEXTS, false, false, "what it did: threat:ms08-067"},
	[QUERY_TAG] = {"tag", TEXTS, false, false, "one of its tags, as a whole"},
	[QUERY_OWNER] = {"owner", TEXTS, true, false, "whose it is"},
	[QUERY_PLACE] = {"place", TEXTS, true, false, "where it is"},
	[QUERY_PHONE] = {"phone", TEXTS, true, false, "whom to call"},
	[QUERY_NOTE] = {"note", TEXTS, true, false, "remarks"},
	[QUERY_IMPORTANCE] = {"importance", NUMBERS, true, true, "0 to 5: importance:>=3"},
	[QUERY_ROLE] = {"role", TEXTS, false, false, "dc, server, router, printer, ..."},
	[QUERY_SEEN] = {"seen", TIMES, true, true, "last heard of: seen:<1h, seen:>2026-11-01"},
	[QUERY_FIRST] = {"first", TIMES, true, true, "first heard of: first:>2d"},
	[QUERY_IN] = {"in", PLACES, false, false, "where it is known from: wire, list or asked"},
};

static const struct { /* what people type instead */
	const char *name;
	enum query_field field;
} aliases[] = {{"ip", QUERY_NET},
	       {"addr", QUERY_NET},
	       {"address", QUERY_NET},
	       {"last", QUERY_SEEN},
	       {"notes", QUERY_NOTE}};

static const struct {
	const char *name;
	unsigned flag;
} places[] = {{"wire", MACHINE_ON_WIRE}, {"list", MACHINE_LISTED}, {"asked", MACHINE_ASKED}};

enum { ALIASES = sizeof(aliases) / sizeof(aliases[0]), PLACE_NAMES = 3 };

const char *query_field_name(enum query_field f)
{
	return f < QUERY_FIELDS ? fields[f].name : "";
}

const char *query_field_help(enum query_field f)
{
	return f < QUERY_FIELDS ? fields[f].help : "";
}

bool query_can_sort(enum query_field f)
{
	return f < QUERY_FIELDS && fields[f].can_sort;
}

/* --- the text of a term --- */

struct raw { /* a term, taken apart but not understood */
	bool is_not, has_field, is_quoted;
	char field[16];
	char value[sizeof(((struct query_term *)NULL)->text)];
	char shown[SHOWN]; /* its beginning, for messages */
};

struct said { /* where a message goes */
	char *err;
	size_t len;
	const char *shown;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

__attribute__((format(printf, 2, 3))) static enum rc bad(const struct said *s, const char *format,
							 ...)
{
	char what[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	(void)snprintf(s->err, s->len, "%s: %s", s->shown, what);
	return RC_INVAL;
}

static bool known_field(const char *name, size_t len, enum query_field *ret_field)
{
	for (unsigned f = QUERY_WORD + 1; f < QUERY_FIELDS; f++) {
		if (strlen(fields[f].name) == len && strncasecmp(fields[f].name, name, len) == 0) {
			*ret_field = (enum query_field)f;
			return true;
		}
	}
	for (unsigned i = 0; i < ALIASES; i++) {
		if (strlen(aliases[i].name) == len &&
		    strncasecmp(aliases[i].name, name, len) == 0) {
			*ret_field = aliases[i].field;
			return true;
		}
	}
	return false;
}

static const char *nearest_field(const char *name)
{
	const char *best = "";
	unsigned least = UINT32_MAX;

	for (unsigned f = QUERY_WORD + 1; f < QUERY_FIELDS; f++) {
		unsigned d = text_distance(name, fields[f].name);

		if (d < least) {
			least = d;
			best = fields[f].name;
		}
	}
	return best;
}

/* A value up to the next blank, or in quotes. False: it is too long, or a quote is missing. */
static enum rc take_value(const char **at, const struct said *say, struct raw *r)
{
	size_t n = 0;
	const char *p = *at;

	r->is_quoted = *p == '"';
	p += r->is_quoted;
	for (; *p != '\0' && (r->is_quoted ? *p != '"' : !is_blank(*p)); p++) {
		if (r->is_quoted && *p == '\\' && (p[1] == '"' || p[1] == '\\'))
			p++;
		if (n == sizeof(r->value) - 1)
			return bad(say, "longer than %zu bytes", sizeof(r->value) - 1);
		r->value[n++] = *p;
	}
	r->value[n] = '\0';
	if (r->is_quoted && *p++ != '"')
		return bad(say, "the closing quote is missing");
	if (*p != '\0' && !is_blank(*p))
		return bad(say, "a blank is missing after the closing quote");
	*at = p;
	return RC_OK;
}

/* What stands before a ':', if that could be a field's name. 0: there is no such thing. */
static size_t field_len(const char *text)
{
	size_t len = 0;

	while (isalpha((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len > 0 && text[len] == ':' ? len : 0;
}

static bool is_hex_word(const char *text)
{
	size_t len = strcspn(text, " \t\r\n");

	return strspn(text, "0123456789abcdefABCDEF:./") == len;
}

static enum rc take_raw(const char **at, struct said *say, struct raw *r)
{
	enum query_field known = QUERY_WORD;
	size_t len = 0;

	*r = (struct raw){.is_not = false};
	(void)snprintf(r->shown, sizeof(r->shown), "%.*s", (int)strcspn(*at, "\t\r\n"), *at);
	say->shown = r->shown;
	if (**at == '-') {
		r->is_not = true;
		(*at)++;
		if (**at == '\0' || is_blank(**at))
			return bad(say, "what is not to be there? A term follows '-' at once");
	}
	len = field_len(*at);
	if (len > 0 && (known_field(*at, len, &known) || !is_hex_word(*at))) {
		if (len >= sizeof(r->field))
			return bad(say, "there is no such field");
		r->has_field = true;
		memcpy(r->field, *at, len);
		r->field[len] = '\0';
		*at += len + 1;
	}
	return take_value(at, say, r);
}

/* --- values --- */

/* "001a.2B3c", "00-1a-2b" to "00:1a:2b:3c": only its hexadecimal digits count. Returns how many
 * there are; 0: it is something else, or too many. */
static size_t mac_text(const char *from, char *to, size_t cap)
{
	size_t digits = 0, n = 0;

	for (; *from != '\0'; from++) {
		if (strchr(":-. ", *from) != NULL)
			continue;
		if (!isxdigit((unsigned char)*from) || digits == 12 || n + 3 > cap)
			return 0;
		if (digits > 0 && digits % 2 == 0)
			to[n++] = ':';
		to[n++] = (char)tolower((unsigned char)*from);
		digits++;
	}
	to[n] = '\0';
	return digits;
}

/* A whole one in anybody's notation, or a part with colons, which nothing else has. */
static bool is_mac_word(const char *word, char *to, size_t cap)
{
	size_t digits = mac_text(word, to, cap);

	if (strchr(word, ':') != NULL)
		return digits >= 4 && strpbrk(word, "-. ") == NULL;
	return digits == 12 && strpbrk(word, "-.") != NULL;
}

static enum rc parse_net(const char *value, const struct said *say, struct net *ret_net)
{
	char host[ADDR_TEXT] = "";
	const char *slash = strchr(value, '/');
	struct addr a;

	if (net_parse(value, ret_net) == RC_OK)
		return RC_OK;
	if (slash != NULL && (size_t)(slash - value) < sizeof(host))
		memcpy(host, value, (size_t)(slash - value));
	if (slash != NULL && addr_parse(host, &a) == RC_OK)
		return bad(say, "%s is no network: the bits after the prefix must be zero", value);
	return bad(say, "a network is as 10.1.0.0/16 or fd00::/8, an address as 10.1.2.3");
}

static enum rc parse_verdict(const char *value, const struct said *say, enum verdict *ret_verdict)
{
	size_t len = strlen(value);

	for (unsigned v = 0; len > 0 && v < VERDICTS; v++) {
		/* No two begin with as much as three same letters. */
		if (strncasecmp(verdict_name((enum verdict)v), value, len) == 0 &&
		    (len > 2 || verdict_name((enum verdict)v)[len] == '\0')) {
			*ret_verdict = (enum verdict)v;
			return RC_OK;
		}
	}
	return bad(say, "a verdict is one of: %s", fields[QUERY_VERDICT].help);
}

static enum rc parse_number(const char *value, const struct said *say, struct query_term *t)
{
	char op = *value == '<' || *value == '>' ? *value++ : '=';
	bool is_equal = *value == '=';
	unsigned number = 0;

	value += is_equal;
	if (value[0] < '0' || value[0] > '0' + IMPORTANCE_MAX || value[1] != '\0')
		return bad(say, "from 0 to %d, as in importance:3 or importance:>=3",
			   IMPORTANCE_MAX);
	number = (unsigned)(value[0] - '0');
	t->op = op == '=' ? QUERY_HAS : op == '>' ? QUERY_AT_LEAST : QUERY_AT_MOST;
	if (op != '=' && !is_equal) {
		if (number == (op == '>' ? IMPORTANCE_MAX : 0))
			return bad(say, "there is none: it is from 0 to %d", IMPORTANCE_MAX);
		number += op == '>' ? 1 : -1u;
	}
	t->number = number;
	return RC_OK;
}

/* "<1h": less than that ago, so later than then; "<2026-11-01": earlier. */
static enum rc parse_time(const char *value, uint64_t now_ns, const struct said *say,
			  struct query_term *t)
{
	char op = *value == '<' || *value == '>' ? *value++ : '\0';
	uint64_t ns = 0;

	if (op != '\0' && *value == '=')
		value++;
	if (when_parse_span(value, &ns) == RC_OK) {
		t->op = op == '>' ? QUERY_BEFORE : QUERY_AFTER;
		ns = ns < now_ns ? now_ns - ns : 0;
	} else if (when_parse(value, &ns) == RC_OK) {
		if (op == '\0')
			return bad(say, "before or after? %s:<%s or %s:>%s", fields[t->field].name,
				   value, fields[t->field].name, value);
		t->op = op == '<' ? QUERY_BEFORE : QUERY_AFTER;
	} else {
		return bad(say, "a time is as %s:<1h, %s:>2d or %s:>2026-11-01T09:30",
			   fields[t->field].name, fields[t->field].name, fields[t->field].name);
	}
	t->at_ns = ns - ns % NS_PER_US; /* as much as text_time() shows */
	return RC_OK;
}

static enum rc parse_place(const char *value, const struct said *say, unsigned *ret_flag)
{
	for (unsigned i = 0; i < PLACE_NAMES; i++) {
		if (strcasecmp(places[i].name, value) == 0) {
			*ret_flag = places[i].flag;
			return RC_OK;
		}
	}
	return bad(say, "where from? in:wire, in:list or in:asked");
}

static void put_text(struct writer *w, const char *text)
{
	wr_bytes(w, (struct bytes){(const uint8_t *)text, strlen(text)});
}

/* "name:corp/pc-0042" is what an id looks like; no name has a '/'. */
static enum rc parse_name_id(const char *value, const struct said *say, struct query_term *t)
{
	struct writer w = {(uint8_t *)t->text, 0, sizeof(t->text) - 1, false};

	wr_bytes(&w, BYTES("name:"));
	put_text(&w, value);
	if (w.bad)
		return bad(say, "longer than an id is");
	t->text[w.len] = '\0';
	t->field = QUERY_ID;
	return RC_OK;
}

static bool can_be_empty(enum value_kind k)
{
	return k == TEXTS || k == MACS || k == NETS || k == NUMBERS;
}

static enum rc parse_value(const struct raw *r, uint64_t now_ns, const struct said *say,
			   struct query_term *t)
{
	enum value_kind kind = fields[t->field].kind;

	if (r->value[0] == '\0' && can_be_empty(kind)) {
		t->op = QUERY_EMPTY;
		return RC_OK;
	}
	switch (kind) {
	case TEXTS:
		memcpy(t->text, r->value, sizeof(t->text));
		if (t->field == QUERY_ID && t->text[0] == '=' && t->text[1] != '\0') {
			t->op = QUERY_IS;
			memmove(t->text, t->text + 1, sizeof(t->text) - 1);
		}
		if (t->field == QUERY_NAME && strchr(r->value, '/') != NULL)
			return parse_name_id(r->value, say, t);
		return RC_OK;
	case MACS:
		if (mac_text(r->value, t->text, sizeof(t->text)) == 0)
			return bad(say, "a MAC is as 00:1a:2b:3c:4d:5e, or the beginning of one");
		return RC_OK;
	case NETS:
		return parse_net(r->value, say, &t->net);
	case A_VERDICT:
		return parse_verdict(r->value, say, &t->verdict);
	case NUMBERS:
		return parse_number(r->value, say, t);
	case TIMES:
		return parse_time(r->value, now_ns, say, t);
	case PLACES:
		return parse_place(r->value, say, &t->number);
	}
	return RC_INVAL;
}

/* A word may be more than that: an address, a network, a MAC. */
static enum rc parse_word(const struct raw *r, const struct said *say, struct query_term *t)
{
	struct net net;

	if (r->value[0] == '\0')
		return bad(say, "an empty word finds nothing");
	if (!r->is_quoted && net_parse(r->value, &net) == RC_OK) {
		t->field = QUERY_NET;
		t->net = net;
		return RC_OK;
	}
	if (!r->is_quoted && is_mac_word(r->value, t->text, sizeof(t->text))) {
		t->field = QUERY_MAC;
		return RC_OK;
	}
	memcpy(t->text, r->value, sizeof(t->text));
	return RC_OK;
}

enum rc query_parse(const char *text, uint64_t now_ns, struct query *q, char *err, size_t err_len)
{
	struct said say = {err, err_len, ""};
	unsigned n = q->n_terms;

	for (;;) {
		struct query_term t = {.field = QUERY_WORD};
		struct raw r;
		enum rc rc = RC_OK;

		while (is_blank(*text))
			text++;
		if (*text == '\0')
			break;
		rc = take_raw(&text, &say, &r);
		if (rc != RC_OK)
			return rc;
		if (n == QUERY_TERMS)
			return bad(&say, "more than %d terms", QUERY_TERMS);
		t.is_not = r.is_not;
		if (!r.has_field)
			rc = parse_word(&r, &say, &t);
		else if (known_field(r.field, strlen(r.field), &t.field))
			rc = parse_value(&r, now_ns, &say, &t);
		else
			rc = bad(&say, "there is no field '%s'; did you mean '%s'?", r.field,
				 nearest_field(r.field));
		if (rc != RC_OK)
			return rc;
		q->terms[n++] = t;
	}
	q->n_terms = n;
	return RC_OK;
}

enum rc query_sort(const char *field, struct query *q, char *err, size_t err_len)
{
	char shown[SHOWN];
	struct said say = {err, err_len, shown};
	bool is_turned = field[0] == '-';
	const char *name = field + is_turned;
	enum query_field f = QUERY_WORD;

	(void)snprintf(shown, sizeof(shown), "%.*s", SHOWN - 1, field);
	if (!known_field(name, strlen(name), &f))
		return bad(&say, "there is no such field to sort by; did you mean '%s'?",
			   nearest_field(name));
	if (!fields[f].can_sort)
		return bad(&say, "a machine can have several; sort by name, user, seen, ...");
	(void)snprintf(q->sort, sizeof(q->sort), "%s", fields[f].name);
	q->is_descending = fields[f].is_greatest_first != is_turned;
	return RC_OK;
}

bool query_is_negated_term(const char *word)
{
	enum query_field f = QUERY_WORD;
	size_t len = word[0] == '-' ? field_len(word + 1) : 0;

	return len > 0 && known_field(word + 1, len, &f);
}

/* --- and back --- */

static bool needs_quotes(const struct query_term *t)
{
	char mac[32];

	if (t->field != QUERY_WORD)
		return t->text[0] == '"' || strpbrk(t->text, " \t\r\n") != NULL;
	for (const char *p = t->text; *p != '\0'; p++) {
		if (!isalnum((unsigned char)*p) && *p != '_' && (*p != '-' || p == t->text))
			return true;
	}
	return is_mac_word(t->text, mac, sizeof(mac));
}

static void put_value(struct writer *w, const struct query_term *t)
{
	const char *is = t->op == QUERY_IS ? "=" : "";

	if (!needs_quotes(t)) {
		put_text(w, is);
		put_text(w, t->text);
		return;
	}
	wr_bytes(w, BYTES("\""));
	put_text(w, is);
	for (const char *p = t->text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			wr_bytes(w, BYTES("\\"));
		wr_be(w, 1, (unsigned char)*p);
	}
	wr_bytes(w, BYTES("\""));
}

static void put_term(struct writer *w, const struct query_term *t)
{
	char text[NET_TEXT + TEXT_TIME] = "";

	if (t->is_not)
		put_text(w, "-");
	if (t->field != QUERY_WORD) {
		put_text(w, fields[t->field].name);
		put_text(w, ":");
	}
	if (t->op == QUERY_EMPTY)
		return;
	switch (fields[t->field].kind) {
	case TEXTS:
	case MACS:
		put_value(w, t);
		return;
	case NETS:
		put_text(w, net_format(&t->net, text));
		return;
	case A_VERDICT:
		put_text(w, verdict_name(t->verdict));
		return;
	case NUMBERS:
		(void)snprintf(text, sizeof(text), "%s%u",
			       t->op == QUERY_AT_LEAST  ? ">="
			       : t->op == QUERY_AT_MOST ? "<="
							: "",
			       t->number);
		put_text(w, text);
		return;
	case TIMES:
		put_text(w, t->op == QUERY_BEFORE ? "<" : ">");
		put_text(w, text_time(t->at_ns, text));
		return;
	case PLACES:
		for (unsigned i = 0; i < PLACE_NAMES; i++)
			put_text(w, places[i].flag == t->number ? places[i].name : "");
		return;
	}
}

const char *query_print(const struct query *q, char *text)
{
	struct writer w = {(uint8_t *)text, 0, QUERY_TEXT - 1, false};

	for (unsigned i = 0; i < q->n_terms; i++) {
		if (i > 0)
			put_text(&w, " ");
		put_term(&w, &q->terms[i]);
	}
	text[w.len] = '\0';
	return text;
}
