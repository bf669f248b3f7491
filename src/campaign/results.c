#include "campaign/results.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/when.h"

enum { UTF8_MOST = 3 * RESULT_BYTES / 2 + 1, TIME_TEXT = 40, CODE_TEXT = 24 };

struct reading {
	struct result *r;
	char time[TIME_TEXT], offset[8];
	uint64_t line;
	bool has_ended;
};

/* --- text --- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes trim(struct bytes b)
{
	while (b.len > 0 && is_blank(b.at[0]))
		b = bytes_slice(b, 1, b.len);
	while (b.len > 0 && is_blank(b.at[b.len - 1]))
		b.len--;
	return b;
}

/* Off the front of *rest, up to `c`, which goes, too. */
static struct bytes upto(struct bytes *rest, uint8_t c)
{
	const uint8_t *at = rest->len > 0 ? memchr(rest->at, c, rest->len) : NULL;
	size_t n = at != NULL ? (size_t)(at - rest->at) : rest->len;
	struct bytes got = bytes_slice(*rest, 0, n);

	*rest = bytes_slice(*rest, n + 1, rest->len);
	return got;
}

static bool is(struct bytes b, const char *word)
{
	return b.len == strlen(word) && (b.len == 0 || memcmp(b.at, word, b.len) == 0);
}

/* UTF-8, without what acts on a line, and without blanks around it. */
static void copy(struct bytes b, char *to, size_t cap)
{
	size_t len = text_from_utf8(b, to, cap), blanks = 0;

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)to[i] < ' ' || to[i] == 0x7f)
			to[i] = ' ';
	}
	while (len > 0 && to[len - 1] == ' ')
		to[--len] = '\0';
	while (to[blanks] == ' ')
		blanks++;
	memmove(to, to + blanks, len - blanks);
	memset(to + len - blanks, 0, cap - (len - blanks));
}

/* What says little is kept as it came first: a second line must not replace it. False: it was there
 * already. */
static bool once(struct bytes b, char *to, size_t cap)
{
	if (to[0] != '\0')
		return false;
	copy(b, to, cap);
	return true;
}

/* --- values --- */

static bool parse_code(struct bytes b, int64_t *ret_code)
{
	char text[CODE_TEXT], *end = NULL;
	bool is_hex = false;

	if (b.len == 0 || b.len >= sizeof(text))
		return false;
	memcpy(text, b.at, b.len);
	text[b.len] = '\0';
	is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	for (const char *at = text + (is_hex ? 2 : text[0] == '-'); *at != '\0'; at++) {
		bool is_digit = *at >= '0' && *at <= '9';
		char low = (char)(*at | 0x20);

		if (!is_digit && !(is_hex && low >= 'a' && low <= 'f'))
			return false;
	}
	if (is_hex && (b.len == 2 || b.len > 2 + 8))
		return false;
	if (!is_hex && b.len > 18)
		return false;
	*ret_code = strtoll(text, &end, is_hex ? 16 : 10);
	return end != text && *end == '\0';
}

static bool is_word(struct bytes b, size_t cap)
{
	for (size_t i = 0; i < b.len; i++) {
		if (!((b.at[i] >= 'a' && b.at[i] <= 'z') || b.at[i] == '-'))
			return false;
	}
	return b.len > 0 && b.len < cap;
}

/* "patch result=done code=0 text=…": text takes the rest of the line. */
static bool take_step(struct result *r, struct bytes value)
{
	struct result_step s = {.code = 0};
	struct bytes step = upto(&value, ' ');
	bool is_good = is_word(step, sizeof(s.step)) && r->n_steps < RESULT_STEPS;

	while (is_good && trim(value).len > 0) {
		value = trim(value);

		struct bytes rest = value, key = upto(&rest, '=');

		if (is(key, "text")) {
			copy(rest, s.text, sizeof(s.text));
			break;
		}
		struct bytes word = upto(&rest, ' ');

		if (is(key, "result") && is_word(word, sizeof(s.result)))
			copy(word, s.result, sizeof(s.result));
		else if (is(key, "code"))
			is_good = parse_code(word, &s.code);
		else
			is_good = false;
		value = rest;
	}
	if (!is_good || s.result[0] == '\0')
		return false;
	copy(step, s.step, sizeof(s.step));
	r->steps[r->n_steps++] = s;
	return true;
}

/* "system32\netapi32.dll version=5.1.2600.5694": a path may have blanks. */
static bool take_file(struct result *r, struct bytes value)
{
	static const char mark[] = " version=";
	const uint8_t *at =
		value.len > 0 ? memmem(value.at, value.len, mark, sizeof(mark) - 1) : NULL;
	struct result_file f = {.path = ""};
	struct bytes path = value, version = {NULL, 0};

	if (r->n_files == RESULT_FILES || at == NULL)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] < ' ' || value.at[i] == 0x7f)
			return false; /* no path has such, and as a blank it could be a mark */
	}
	path.len = (size_t)(at - value.at);
	version = bytes_slice(value, path.len + sizeof(mark) - 1, value.len);
	copy(path, f.path, sizeof(f.path));
	copy(version, f.version, sizeof(f.version));
	if (f.path[0] == '\0')
		return false;
	r->files[r->n_files++] = f;
	return true;
}

static bool take_line(struct reading *rd, struct bytes line)
{
	struct result *r = rd->r;
	const struct {
		const char *key;
		char *to;
		size_t cap;
	} plain[] = {
		{"campaign", r->campaign, sizeof(r->campaign)},
		{"machine", r->machine, sizeof(r->machine)},
		{"computer", r->computer, sizeof(r->computer)},
		{"kit", r->kit, sizeof(r->kit)},
		{"os", r->os, sizeof(r->os)},
		{"arch", r->arch, sizeof(r->arch)},
		{"time", rd->time, sizeof(rd->time)},
		{"offset", rd->offset, sizeof(rd->offset)},
	};
	struct bytes key = upto(&line, '=');

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (is(key, plain[i].key))
			return once(line, plain[i].to, plain[i].cap);
	}
	if (is(key, "step"))
		return take_step(r, line);
	return is(key, "file") && take_file(r, line);
}

/* A time without its offset from UTC may be half a day off: it is as good as none. */
static uint64_t time_of(const struct reading *rd)
{
	const char *o = rd->offset;
	char text[TIME_TEXT + 8], *blank = NULL;
	uint64_t at_ns = 0;
	int n = 0;

	if (strlen(rd->time) != 19 || strlen(o) != 5)
		return 0;
	n = snprintf(text, sizeof(text), "%s%.3s:%s", rd->time, o, o + 3);
	blank = strchr(text, ' ');
	if (n < 0 || (size_t)n >= sizeof(text) || blank != text + 10)
		return 0;
	*blank = 'T';
	return when_parse(text, &at_ns) == RC_OK ? at_ns : 0;
}

static void read_lines(struct reading *rd, struct bytes text)
{
	struct result *r = rd->r;

	while (text.len > 0) {
		bool is_whole = memchr(text.at, '\n', text.len) != NULL;
		struct bytes line = trim(upto(&text, '\n'));

		rd->line++;
		if (!is_whole && !is(line, "end"))
			break; /* cut in its middle, it could say something else */
		if (line.len == 0 || (rd->line == 1 && is(line, "QUELL-RESULT 1")))
			continue;
		if (is(line, "end") && !rd->has_ended) {
			rd->has_ended = true;
			continue;
		}
		if (rd->has_ended || !take_line(rd, line)) {
			r->bad_lines++;
			if (r->first_bad == 0)
				r->first_bad = rd->line;
		}
	}
	r->at_ns = time_of(rd);
	r->is_cut = !rd->has_ended;
}

/* --- encodings --- */

static size_t from_utf16(struct bytes text, bool is_big, char *to, size_t cap)
{
	uint8_t unit[2];
	size_t len = 0;
	uint8_t *little = malloc(text.len > 0 ? text.len : 1);

	if (little == NULL)
		return SIZE_MAX;
	for (size_t i = 0; i + 1 < text.len; i += 2) {
		unit[0] = text.at[i + is_big];
		unit[1] = text.at[i + !is_big];
		/* Where the text would end for text_from_utf16(), it does not for us. */
		if (unit[0] == 0 && unit[1] == 0)
			unit[0] = ' ';
		memcpy(little + i, unit, sizeof(unit));
	}
	len = text_from_utf16((struct bytes){little, text.len & ~(size_t)1}, to, cap);
	free(little);
	return len;
}

static bool has_first_line(struct bytes text)
{
	return is(trim(upto(&text, '\n')), "QUELL-RESULT 1");
}

static enum rc read_text(struct bytes text, struct result *ret_r, char *err, size_t err_len)
{
	struct reading rd = {.r = ret_r};

	if (!has_first_line(text)) {
		(void)snprintf(err, err_len, "its first line is not QUELL-RESULT 1");
		return RC_FORMAT;
	}
	*ret_r = (struct result){.at_ns = 0};
	read_lines(&rd, text);
	return RC_OK;
}

enum rc result_parse(struct bytes text, struct result *ret_r, char *err, size_t err_len)
{
	static const uint8_t utf8[] = {0xef, 0xbb, 0xbf};
	char *decoded = NULL;
	size_t len = 0;
	enum rc rc = RC_OK;

	if (text.len > RESULT_BYTES) {
		(void)snprintf(err, err_len, "larger than %d KiB: no kit writes such results",
			       RESULT_BYTES / 1024);
		return RC_FORMAT;
	}
	if (text.len >= 3 && memcmp(text.at, utf8, 3) == 0)
		text = bytes_slice(text, 3, text.len);
	if (text.len < 2 || !((text.at[0] == 0xff && text.at[1] == 0xfe) ||
			      (text.at[0] == 0xfe && text.at[1] == 0xff)))
		return read_text(text, ret_r, err, err_len);
	decoded = malloc(UTF8_MOST);
	if (decoded == NULL) {
		(void)snprintf(err, err_len, "%s", rc_str(RC_NOMEM));
		return RC_NOMEM;
	}
	len = from_utf16(bytes_slice(text, 2, text.len), text.at[0] == 0xfe, decoded, UTF8_MOST);
	rc = len == SIZE_MAX
		     ? RC_NOMEM
		     : read_text((struct bytes){(uint8_t *)decoded, len}, ret_r, err, err_len);
	free(decoded);
	return rc;
}
