/* result - what quell's own collection scripts leave: doc/assess.md, "The collection script". */
#include <stdio.h>
#include <stdlib.h>

#include "base/when.h"
#include "gather/raw.h"
#include "gather/reading.h"
#include "import/words.h"

#define HEADER "quell.posture/"

struct block { /* of what a tool printed */
	bool is_open, is_full;
	char tool[32], subject[POSTURE_KEY];
	uint64_t line, n_all; /* where it begins; lines, also those that had no room */
	size_t n, used;
	const char *lines[RAW_LINES];
	char text[RAW_BYTES];
};

struct result {
	struct reading *r;
	struct lines *lines;
	struct raw_notes notes;
	bool is_done;
	struct block block;
};

/* The next part of a line, up to a tab. */
static struct bytes part(struct bytes *rest)
{
	const uint8_t *tab = rest->len > 0 ? memchr(rest->at, '\t', rest->len) : NULL;
	struct bytes word = *rest;

	if (tab != NULL)
		word.len = (size_t)(tab - rest->at);
	*rest = bytes_slice(*rest, word.len + 1, rest->len);
	return text_trim(word);
}

static void text_copy(struct bytes from, char *to, size_t cap)
{
	size_t n = from.len < cap ? from.len : cap - 1;

	if (n > 0)
		memcpy(to, from.at, n);
	to[n] = '\0';
}

/* --- about: whose result it is --- */

static bool about_time(struct result *s, struct bytes value)
{
	char text[64];
	uint64_t at_ns = 0;

	text_copy(value, text, sizeof(text));
	return when_parse(text, &at_ns) == RC_OK &&
	       roll_time(s->notes.roll, s->notes.machine, at_ns);
}

static bool about_computer(struct result *s, struct bytes value)
{
	text_copy(value, s->notes.computer, sizeof(s->notes.computer));
	return roll_name(s->notes.roll, s->notes.machine, value);
}

/* The account that ran it is somebody's who works there, unless it is the machine's own. */
static bool about_user(struct result *s, struct bytes value)
{
	const uint8_t *slash = value.len > 0 ? memchr(value.at, '\\', value.len) : NULL;
	struct bytes name = slash != NULL
				    ? bytes_slice(value, (size_t)(slash - value.at) + 1, value.len)
				    : value;

	if (name.len == 0 || name.at[name.len - 1] == '$' || text_is(name, "SYSTEM"))
		return true;
	return roll_fact(s->notes.roll, s->notes.machine, FACT_USER, value);
}

static bool about(struct result *s, struct bytes rest)
{
	struct bytes what = part(&rest), value = part(&rest);
	uint64_t number = 0;

	if (text_is(what, "computer"))
		return about_computer(s, value);
	if (text_is(what, "user"))
		return about_user(s, value);
	if (text_is(what, "time"))
		return about_time(s, value);
	if (text_is(what, "domain"))
		return roll_fact(s->notes.roll, s->notes.machine, FACT_DOMAIN, value);
	if (text_is(what, "fqdn"))
		return roll_fact(s->notes.roll, s->notes.machine, FACT_FQDN, value);
	if (text_is(what, "card"))
		return roll_card(s->notes.roll, s->notes.machine, value, part(&rest));
	if (text_is(what, "script"))
		return true;
	if (!text_is(what, "code-page") || !number_parse(value, &number))
		return false;
	lines_code_page(s->lines, number < 100000 ? (unsigned)number : 0);
	return true;
}

/* --- statements --- */

/* The vocabulary of model/posture.h. What ends in ":" is about something; without it, it is about
 * the whole list: how many there are, or why it could not be read. */
static bool is_key(struct bytes key, enum observed state)
{
	static const char *const known[] = {
		"os.version",      "os.ubr",          "os.service-pack", "os.name",
		"os.product-type", "os.arch",         "os.boot",         "file:",
		"file.checksum:",  "file.timestamp:", "file.changed:",   "registry:",
		"hotfix:",         "reboot-pending",  "smb.smb1",        "smb.signing",
		"policy.",         "account:",        "admin:",          "service:",
		"share:",          "share.writers:",  "anti-malware:",   "audit:",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t len = strlen(known[i]);
		bool is_open = known[i][len - 1] == ':' || known[i][len - 1] == '.';

		if (is_open && key.len >= len && memcmp(key.at, known[i], len) == 0)
			return key.len > len || state != OBSERVED_ABSENT;
		if (!is_open && text_is(key, known[i]))
			return true;
	}
	return false;
}

/* "file:" has no number: only lists that can be read whole have. */
static bool is_good(struct bytes key, enum observed state, struct bytes value)
{
	static const char *const lists[] = {
		"account:", "admin:", "service:", "share:", "anti-malware:", "audit:"};
	uint64_t number = 0;

	if (!is_key(key, state))
		return false;
	if (state != OBSERVED_VALUE || key.at[key.len - 1] != ':')
		return true;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (text_is(key, lists[i]))
			return number_parse(value, &number);
	}
	return memchr(key.at, ':', key.len - 1) != NULL;
}

static bool statement(struct result *s, struct bytes key, struct bytes rest, const char **ret_why)
{
	struct bytes state = part(&rest);
	enum observed o = text_is(state, "value")        ? OBSERVED_VALUE
			  : text_is(state, "absent")     ? OBSERVED_ABSENT
			  : text_is(state, "unreadable") ? OBSERVED_UNREADABLE
							 : 0;

	*ret_why = "no such key is known";
	if (!is_good(key, o, text_trim(rest)))
		return false;
	*ret_why = "neither value nor absent nor unreadable";
	if (o == 0)
		return false;
	*ret_why = "too long, or more than is kept of one machine";
	return roll_say(s->notes.roll, s->notes.machine, o, key,
			o == OBSERVED_ABSENT ? (struct bytes){NULL, 0} : rest);
}

/* --- blocks --- */

static void block_begin(struct block *b, struct bytes rest, uint64_t line)
{
	b->is_open = true;
	b->is_full = false;
	b->n = b->used = 0;
	b->n_all = 0;
	b->line = line;
	text_copy(part(&rest), b->tool, sizeof(b->tool));
	text_copy(part(&rest), b->subject, sizeof(b->subject));
}

static void block_add(struct block *b, struct bytes text)
{
	b->n_all++;
	if (b->n == RAW_LINES || text.len + 1 > RAW_BYTES - b->used) {
		b->is_full = true;
		return;
	}
	b->lines[b->n++] = b->text + b->used;
	if (text.len > 0)
		memcpy(b->text + b->used, text.at, text.len);
	b->used += text.len;
	b->text[b->used++] = '\0';
}

/* A block that is of no use costs one bad line, its first. */
static void block_bad(struct result *s, const char *why, uint64_t more)
{
	struct block *b = &s->block;

	b->is_open = false;
	reading_bad(s->r, b->line, "%s %s: %s", b->tool, b->subject, why);
	reading_skip(s->r, b->n_all + more);
}

static void block_end(struct result *s, struct bytes rest)
{
	struct block *b = &s->block;
	struct raw raw = {b->tool, b->subject, b->lines, b->n, 0};
	const char *why = "";
	char code[16];

	text_copy(part(&rest), code, sizeof(code));
	raw.code = strtol(code, NULL, 10);
	if (b->is_full)
		why = "it printed more than is kept";
	if (b->is_full || !raw_take(&s->notes, &raw, &why)) {
		block_bad(s, why, 1);
		return;
	}
	b->is_open = false;
	reading_used(s->r, b->n_all + 2);
}

/* --- lines --- */

static void take(struct result *s, const struct line *line)
{
	struct bytes rest = line->text, first = part(&rest);
	const char *why = "it says nothing that is known";
	bool is_used = false;

	if (text_is(first, "raw") && line->text.len > 3) {
		if (s->block.is_open)
			block_bad(s, "it never ended", 0);
		block_begin(&s->block, rest, line->number);
		return;
	}
	if (s->block.is_open) {
		if (line->text.len >= 4 && memcmp(line->text.at, "end\t", 4) == 0)
			block_end(s, rest);
		else
			block_add(&s->block, line->text);
		return;
	}
	if (text_trim(line->text).len == 0) {
		reading_skip(s->r, 1);
		return;
	}
	if (text_is(first, "done"))
		is_used = s->is_done = true;
	else if (text_is(first, "about"))
		is_used = about(s, rest);
	else
		is_used = statement(s, first, rest, &why);
	if (is_used)
		reading_used(s->r, 1);
	else
		reading_bad(s->r, line->number, "%s", why);
}

static bool take_header(struct result *s, const struct line *line)
{
	struct bytes rest = line->text, first = part(&rest);

	if (text_is(first, HEADER "1")) {
		reading_used(s->r, 1);
		return true;
	}
	reading_bad(s->r, line->number, "a form of result that this quell does not know");
	s->r->is_file_bad = true;
	return false;
}

static enum rc read_lines(struct result *s)
{
	struct line line;
	enum rc rc = RC_OK;
	bool is_ours = true;

	for (bool is_first = true; (rc = reading_next(s->r, s->lines, &line)) == RC_OK;
	     is_first = false) {
		if (!is_ours)
			reading_skip(s->r, 1);
		else if (is_first)
			is_ours = take_header(s, &line);
		else if (line.is_cut && !s->block.is_open)
			reading_bad(s->r, line.number, "longer than %d bytes", LINE_MAX_LEN);
		else
			take(s, &line);
	}
	if (s->block.is_open)
		block_bad(s, "it never ended", 0);
	raw_done(&s->notes);
	if (is_ours && !s->is_done)
		reading_bad_file(s->r,
				 "the script did not reach its end: not everything was asked");
	if (is_ours && !roll_is_named(s->notes.roll, s->notes.machine))
		reading_bad_file(s->r, "it does not say which computer it is about");
	return rc == RC_END ? RC_OK : rc;
}

static enum rc read_result(struct reading *r)
{
	struct result *s = calloc(1, sizeof(*s));
	enum rc rc = s != NULL ? roll_new(BY_SCRIPT, FROM_SCRIPT, &s->notes.roll) : RC_NOMEM;

	if (rc == RC_OK)
		rc = lines_new(r->from, &s->lines);
	if (rc == RC_OK) {
		s->r = r;
		s->notes.machine = roll_nameless(s->notes.roll);
		lines_code_page(s->lines, 0);
		rc = read_lines(s);
	}
	if (rc == RC_OK)
		rc = reading_tell(r, s->notes.roll);
	if (s != NULL) {
		roll_free(s->notes.roll);
		lines_free(s->lines);
	}
	free(s);
	return rc;
}

static bool match(struct bytes head, struct bytes raw)
{
	(void)raw;
	return text_starts(head, HEADER);
}

const struct form form_result = {"result of quell's script", match, read_result};
