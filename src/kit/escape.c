#include "kit/escape.h"

#include <string.h>

#include "base/text.h"

enum { REPLACEMENT = 0xfffd };

static const struct {
	const char *name;
	bool has_crlf, is_ascii, has_bom;
} languages[LANGUAGES] = {
	[LANG_TEXT] = {"text", true, false, false},
	[LANG_CMD] = {"cmd", true, true, false},
	[LANG_LIST] = {"list", true, true, false},
	[LANG_POWERSHELL] = {"powershell", true, true, false},
	[LANG_CSV] = {"csv", true, false, true},
	[LANG_HTML] = {"html", false, false, false},
	[LANG_XML] = {"xml", false, false, false},
	[LANG_YAML] = {"yaml", false, false, false},
	[LANG_ANSIBLE] = {"ansible", false, false, false},
	[LANG_JSON] = {"json", false, false, false},
	[LANG_SH] = {"sh", false, false, false},
};

enum rc language_parse(const char *name, enum language *ret_l)
{
	for (unsigned i = 0; i < LANGUAGES; i++) {
		if (strcmp(languages[i].name, name) == 0) {
			*ret_l = (enum language)i;
			return RC_OK;
		}
	}
	return RC_INVAL;
}

const char *language_name(enum language l)
{
	return languages[l].name;
}

bool language_has_crlf(enum language l)
{
	return languages[l].has_crlf;
}

bool language_is_ascii(enum language l)
{
	return languages[l].is_ascii;
}

bool language_has_bom(enum language l)
{
	return languages[l].has_bom;
}

const char *language_names(void)
{
	return "text, cmd, list, powershell, csv, html, xml, yaml, ansible, json, sh";
}

/* --- what is refused --- */

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool escape_is_plain(const char *value)
{
	if (!is_alnum(value[0]))
		return false;
	for (const char *at = value; *at != '\0'; at++) {
		if (!is_alnum(*at) && strchr("._-", *at) == NULL)
			return false;
	}
	return true;
}

static bool has_control(const char *value)
{
	for (const char *at = value; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return true;
	}
	return false;
}

static bool is_ascii(const char *value)
{
	for (const char *at = value; *at != '\0'; at++) {
		if ((unsigned char)*at >= 0x80)
			return false;
	}
	return true;
}

/* Percent signs are expanded before quotes are looked at, and again behind `call`; exclamation
 * marks and carets where delayed expansion is on; a quote ends the place; and a backslash before
 * the quote that closes it takes that quote away for whoever reads the line (CommandLineToArgvW).
 */
static const char *cmd_refusal(const char *value)
{
	size_t len = strlen(value);

	if (strpbrk(value, "\"%!^") != NULL)
		return "it has a character that cmd.exe expands even between quotes: one of \" % ! "
		       "^";
	if (len > 0 && value[len - 1] == '\\')
		return "it ends with a backslash, which would take away the quote behind it";
	return NULL;
}

const char *escape_refusal(enum language l, const char *value)
{
	bool keeps_controls =
		l != LANG_CMD && l != LANG_LIST && l != LANG_POWERSHELL && l != LANG_SH;

	if (!keeps_controls && has_control(value))
		return "it has control characters";
	if (languages[l].is_ascii && !is_ascii(value))
		return "it has characters that are not ASCII, which scripts read by another code "
		       "page";
	if (l == LANG_CMD)
		return cmd_refusal(value);
	if (l == LANG_LIST && strpbrk(value, "\"%!^=;<>|") != NULL)
		return "it has a character that cmd.exe may take for its own: one of \" % ! ^ = ; "
		       "< > "
		       "|";
	if (l == LANG_ANSIBLE && (strstr(value, "{{") != NULL || strstr(value, "{%") != NULL ||
				  strstr(value, "{#") != NULL))
		return "it has what Ansible would compute: {{, {% or {#";
	return NULL;
}

/* --- literals --- */

static void put_utf8(FILE *to, uint32_t c)
{
	if (c < 0x80) {
		(void)putc((int)c, to);
	} else if (c < 0x800) {
		(void)putc((int)(0xc0 | c >> 6), to);
		(void)putc((int)(0x80 | (c & 0x3f)), to);
	} else if (c < 0x10000) {
		(void)putc((int)(0xe0 | c >> 12), to);
		(void)putc((int)(0x80 | (c >> 6 & 0x3f)), to);
		(void)putc((int)(0x80 | (c & 0x3f)), to);
	} else {
		(void)putc((int)(0xf0 | c >> 18), to);
		(void)putc((int)(0x80 | (c >> 12 & 0x3f)), to);
		(void)putc((int)(0x80 | (c >> 6 & 0x3f)), to);
		(void)putc((int)(0x80 | (c & 0x3f)), to);
	}
}

/* C0, DEL, C1, the line ends of Unicode, what turns the direction of writing (Trojan Source,
 * CVE-2021-42574), and what no text has. */
static bool is_odd(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0x061c ||
	       c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || (c & 0xfffe) == 0xfffe ||
	       (c >= 0xfdd0 && c <= 0xfdef);
}

static void put_markup(FILE *to, uint32_t c)
{
	switch (c) {
	case '&':
		(void)fputs("&amp;", to);
		break;
	case '<':
		(void)fputs("&lt;", to);
		break;
	case '>':
		(void)fputs("&gt;", to);
		break;
	case '"':
		(void)fputs("&quot;", to);
		break;
	case '\'':
		(void)fputs("&#39;", to);
		break;
	default:
		put_utf8(to, c);
	}
}

static void put_quoted(FILE *to, enum language l, uint32_t c)
{
	if (c == '"' || c == '\\')
		(void)fprintf(to, "\\%c", (int)c);
	else if (c >= 0x20 && c < 0x7f)
		(void)putc((int)c, to);
	else if (c < 0x10000)
		(void)fprintf(to, "\\u%04x", (unsigned)c);
	else if (l != LANG_JSON)
		(void)fprintf(to, "\\U%08x", (unsigned)c);
	else
		(void)fprintf(to, "\\u%04x\\u%04x", (unsigned)(0xd7c0 + (c >> 10)),
			      (unsigned)(0xdc00 | (c & 0x3ff)));
}

/* What begins a formula in a spreadsheet, also in its wide form (OWASP, "CSV Injection"). */
static bool begins_formula(const char *value)
{
	struct bytes rest = {(const uint8_t *)value, strlen(value)};
	uint32_t c = ' ';

	while (rest.len > 0 && (c <= ' ' || is_odd(c) || c == 0xa0))
		c = text_next(&rest);
	return c == '=' || c == '+' || c == '-' || c == '@' || c == '|' || c == 0xff1d ||
	       c == 0xff0b || c == 0xff0d || c == 0xff20;
}

static void put_character(FILE *to, enum language l, uint32_t c)
{
	if (l == LANG_YAML || l == LANG_ANSIBLE || l == LANG_JSON) {
		put_quoted(to, l, c);
		return;
	}
	if (is_odd(c))
		c = REPLACEMENT;
	if (l == LANG_HTML || l == LANG_XML)
		put_markup(to, c);
	else if (l == LANG_CSV && c == '"')
		(void)fputs("\"\"", to);
	else if (l == LANG_POWERSHELL && c == '\'')
		(void)fputs("''", to);
	else if (l == LANG_SH && c == '\'')
		(void)fputs("'\\''", to);
	else
		put_utf8(to, c);
}

/* How much of it is written as it is in every language, as nearly all of most values. */
static size_t simple_span(struct bytes text)
{
	size_t n = 0;

	while (n < text.len && text.at[n] >= 0x20 && text.at[n] < 0x7f && text.at[n] != '"' &&
	       text.at[n] != '\'' && text.at[n] != '\\' && text.at[n] != '&' && text.at[n] != '<' &&
	       text.at[n] != '>')
		n++;
	return n;
}

void escape_put(FILE *to, enum language l, const char *value)
{
	struct bytes rest = {(const uint8_t *)value, strlen(value)};

	if (l == LANG_CSV)
		(void)fputs(begins_formula(value) ? "\"'" : "\"", to);
	while (rest.len > 0) {
		size_t n = simple_span(rest);

		if (n > 0)
			(void)fwrite(rest.at, 1, n, to);
		rest = bytes_slice(rest, n, rest.len);
		if (rest.len > 0)
			put_character(to, l, text_next(&rest));
	}
	if (l == LANG_CSV)
		(void)putc('"', to);
}
