/*
 * A value never leaves its literal: whatever it is, a tokenizer of the language that knows nothing
 * of quell's escapes finds one literal there, with the value in it. Templates and channels are read
 * from any bytes at all; a template that is taken has its values in literals only.
 *
 * The first byte says which: a language, a template of it, or a channel.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kit/recipe.h"
#include "kit/render.h"

enum { VALUE_MOST = 400, TEXT_MOST = 4096, ARENA_MOST = 1 << 22 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- tokenizers: where does the literal end, that begins at `at`? --- */

/* cmd.exe: quotes toggle; percent signs and exclamation marks are read even inside. */
static const char *end_cmd(const char *at)
{
	for (; *at != '"'; at++)
		must(*at >= ' ' && *at < 0x7f && *at != '%' && *at != '!' && *at != '^');
	return at;
}

/* PowerShell takes five characters for an apostrophe, and a doubled one for one of it. */
static const char *end_powershell(const char *at)
{
	for (;; at++) {
		must(*at >= ' ' && *at < 0x7f);
		if (*at != '\'')
			continue;
		if (at[1] != '\'')
			return at;
		at++;
	}
}

/* sh: nothing means anything between apostrophes; \' outside of them continues the word. */
static const char *end_sh(const char *at)
{
	for (;;) {
		while (*at != '\'') {
			must((unsigned char)*at >= ' ' && *at != 0x7f);
			at++;
		}
		if (strncmp(at, "'\\''", 4) != 0)
			return at;
		at += 4;
	}
}

/* RFC 4180, the field's own quotes. */
static const char *end_csv(const char *at)
{
	must(*at == '"');
	must(strchr("=+-@|", at[1]) == NULL || at[1] == '\0' || at[1] == '"');
	for (at++;; at++) {
		must((unsigned char)*at >= ' ');
		if (*at != '"')
			continue;
		if (at[1] != '"')
			return at + 1;
		at++;
	}
}

/* Up to the quote or the bracket that would end it. */
static const char *end_markup(const char *at)
{
	for (; *at != '<' && *at != '"'; at++) {
		must((unsigned char)*at >= ' ' && *at != '>' && *at != '\'');
		if (*at == '&')
			must(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
			     strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0 ||
			     strncmp(at, "&#39;", 5) == 0);
	}
	return at;
}

/* YAML's and JSON's double quotes: only escapes that both know, but \U. */
static const char *end_quoted(const char *at, bool is_json)
{
	for (; *at != '"'; at++) {
		must(*at >= ' ' && *at < 0x7f);
		if (*at != '\\')
			continue;
		at++;
		must(*at == '"' || *at == '\\' || *at == 'u' || (*at == 'U' && !is_json));
		if (*at == 'u' || *at == 'U') {
			size_t digits = *at == 'u' ? 4 : 8;

			must(strspn(at + 1, "0123456789abcdef") >= digits);
			at += digits;
		}
	}
	return at;
}

static const char *end_list(const char *at)
{
	for (; *at != '='; at++)
		must(*at >= ' ' && *at < 0x7f && strchr("\"%!^;<>|", *at) == NULL);
	return at;
}

static const char *end_text(const char *at)
{
	for (; *at != '\r'; at++)
		must((unsigned char)*at >= ' ' && *at != 0x7f);
	return at;
}

static const char *end_of(enum language l, const char *at)
{
	switch (l) {
	case LANG_CMD:
		return end_cmd(at);
	case LANG_POWERSHELL:
		return end_powershell(at);
	case LANG_SH:
		return end_sh(at);
	case LANG_CSV:
		return end_csv(at);
	case LANG_HTML:
	case LANG_XML:
		return end_markup(at);
	case LANG_YAML:
	case LANG_ANSIBLE:
		return end_quoted(at, false);
	case LANG_JSON:
		return end_quoted(at, true);
	case LANG_LIST:
		return end_list(at);
	default:
		return end_text(at);
	}
}

/* --- a value --- */

static const struct {
	const char *before, *behind;
} places[LANGUAGES] = {
	[LANG_TEXT] = {"", "\r\n"},         [LANG_CMD] = {"set \"x=", "\" & rem\r\n"},
	[LANG_LIST] = {"", "=id\r\n"},      [LANG_POWERSHELL] = {"$x = '", "'; exit\r\n"},
	[LANG_CSV] = {"a,", ",b\r\n"},      [LANG_HTML] = {"<p title=\"", "\">x</p>\n"},
	[LANG_XML] = {"<p>", "</p>\n"},     [LANG_YAML] = {"a: \"", "\"\n"},
	[LANG_ANSIBLE] = {"a: \"", "\"\n"}, [LANG_JSON] = {"{\"a\": \"", "\"}\n"},
	[LANG_SH] = {"x='", "'; exit\n"},
};

static void try_value(enum language l, const char *value)
{
	char *text = NULL;
	size_t len = 0, before = strlen(places[l].before);
	FILE *to = NULL;

	if (escape_refusal(l, value) != NULL)
		return;
	to = open_memstream(&text, &len);
	must(to != NULL);
	(void)fputs(places[l].before, to);
	escape_put(to, l, value);
	(void)fputs(places[l].behind, to);
	must(fclose(to) == 0 && strlen(text) == len);
	must(strcmp(end_of(l, text + before), places[l].behind) == 0);
	must(l != LANG_ANSIBLE || (strstr(text, "{{") == NULL && strstr(text, "{%") == NULL));
	free(text);
}

/* --- a template: its values come out within literals --- */

static void try_template(enum language l, struct bytes text)
{
	const struct campaign campaign = {.id = "x", .weakness = "y", .patch = "z"};
	const struct kit_options opt = {.campaign = &campaign};
	const struct campaign_file of = {.role = "patch", .sha256 = "00", .os = ""};
	const struct kit_file file = {.of = &of, .name = "files/x"};
	struct kit_machine machine = {.id = "i", .name = "n", .stage = STAGE_EXPOSED};
	struct arena *arena = NULL;
	struct template t;
	struct roster roster = {.list = &machine, .n = 1};
	char err[256] = "", *out = NULL;
	size_t len = 0;
	FILE *to = NULL;

	must(arena_new(ARENA_MOST, &arena) == RC_OK);
	if (template_parse(arena, "t", l, false, text, &t, err, sizeof(err)) == RC_OK) {
		struct render r = {.template = &t,
				   .roster = &roster,
				   .values = {.opt = &opt,
					      .channel = "c",
					      .files = &file,
					      .n_files = 1,
					      .n_machines = 1}};

		to = open_memstream(&out, &len);
		must(to != NULL);
		must(render(&r, to) == RC_OK);
		must(fclose(to) == 0);
		free(out);
		for (size_t i = 0; i < t.n; i++) /* jumps go forward, to where sections go on */
			must(t.nodes[i].jump == 0 ||
			     (t.nodes[i].jump > i && t.nodes[i].jump < t.n));
	} else {
		must(err[0] != '\0');
	}
	arena_free(arena);
}

/* --- a channel --- */

static enum rc find(void *ctx, const char *from, struct bytes *ret_text, char *err, size_t err_len)
{
	(void)ctx;
	if (strchr(from, 'x') != NULL) {
		(void)snprintf(err, err_len, "none");
		return RC_INVAL;
	}
	*ret_text = BYTES("plain\n");
	return RC_OK;
}

static void try_channel(struct bytes text)
{
	const struct recipe_source src = {"own", text, find, NULL};
	struct arena *arena = NULL;
	struct recipe recipe;
	char err[256] = "";
	enum rc rc = RC_OK;

	must(arena_new(ARENA_MOST, &arena) == RC_OK);
	rc = recipe_parse(arena, &src, &recipe, err, sizeof(err));
	must(rc == RC_OK || rc == RC_NOMEM || err[0] != '\0');
	for (size_t i = 0; rc == RC_OK && i < recipe.n_files; i++) {
		const char *to = recipe.files[i].to;

		must(to[0] != '/' && strstr(to, "..") == NULL && strchr(to, '\\') == NULL);
	}
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_slice((struct bytes){data, size}, 1, TEXT_MOST);
	unsigned what = size > 0 ? data[0] : 0;
	char value[VALUE_MOST + 1];
	size_t len = rest.len < VALUE_MOST ? rest.len : VALUE_MOST;

	if (what < LANGUAGES) {
		if (len > 0)
			memcpy(value, rest.at, len);
		value[len] = '\0';
		try_value((enum language)what, value);
	} else if (what < 2 * LANGUAGES) {
		try_template((enum language)(what - LANGUAGES), rest);
	} else {
		try_channel(rest);
	}
	return 0;
}
