#include "threat/row.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum rc row_fail(const struct row *r, const char *format, ...)
{
	char what[ROW_TEXT];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return yaml_fail(r->src, "%s: %s", r->name, what);
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

enum rc row_id(const struct row *r, const char *id)
{
	bool was_dash = true;

	for (const char *p = id; *p != '\0'; p++) {
		bool is_dash = *p == '-';

		if (!is_lower(*p) && !is_digit(*p) && (!is_dash || was_dash))
			return row_fail(r,
					"'%.64s' is no id: lower-case words and digits, joined "
					"by single dashes",
					id);
		was_dash = is_dash;
	}
	if (was_dash || strlen(id) >= ROW_WORD)
		return row_fail(r, "'%.64s' is no id: too long, or it ends in a dash", id);
	return RC_OK;
}

enum rc row_text(const struct row *r, const char *field, const char *text)
{
	char shown[4 * ROW_TEXT];

	if (text == NULL)
		return RC_OK;
	if (text[0] == '\0' || text[0] == ' ' || text[strlen(text) - 1] == ' ')
		return row_fail(r, "%s is empty, or has a space at its end", field);
	(void)text_printable(text, shown, sizeof(shown));
	if (strcmp(text, shown) != 0)
		return row_fail(r,
				"%s is longer than a line, or has a character in it that cannot "
				"be shown",
				field);
	return RC_OK;
}

enum rc row_texts(const struct row *r, const char *field, const struct texts *t)
{
	enum rc rc = RC_OK;

	for (unsigned i = 0; rc == RC_OK && i < t->n; i++)
		rc = row_text(r, field, t->list[i]);
	return rc;
}

enum rc row_sentence(const struct row *r, const char *field, const char *text)
{
	enum rc rc = row_text(r, field, text);

	if (rc == RC_OK && text[strlen(text) - 1] != '.')
		return row_fail(r, "%s is one sentence, with a full stop", field);
	return rc;
}

enum rc row_word(const struct row *r, const char *field, const char *text, const char *const *words,
		 unsigned *ret_index)
{
	const char *best = "";
	unsigned least = UINT_MAX;

	for (unsigned i = 0; words[i] != NULL; i++) {
		unsigned d = text_distance(text, words[i]);

		if (strcmp(text, words[i]) == 0) {
			*ret_index = i;
			return RC_OK;
		}
		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return row_fail(r, "%s: there is no '%.64s'; did you mean '%s'?", field, text, best);
}

enum rc row_yes(const struct row *r, const char *field, const char *text, bool fallback,
		bool *ret_is)
{
	static const char *const words[] = {"no", "yes", NULL};
	unsigned at = fallback;
	enum rc rc = text != NULL ? row_word(r, field, text, words, &at) : RC_OK;

	if (rc == RC_OK)
		*ret_is = at == 1;
	return rc;
}

enum rc row_number(const struct row *r, const char *field, const char *text, long max,
		   long fallback, long *ret_n)
{
	long n = 0;

	if (text == NULL) {
		*ret_n = fallback;
		return RC_OK;
	}
	for (const char *p = text; *p != '\0'; p++) {
		if (!is_digit(*p) || n > (max - (*p - '0')) / 10)
			return row_fail(r, "%s: '%.64s' is no whole number of 0 to %ld", field,
					text, max);
		n = n * 10 + (*p - '0');
	}
	*ret_n = n;
	return RC_OK;
}

enum rc row_version(const struct row *r, const char *field, const char *text, struct version *ret_v)
{
	struct version v = {{0}};

	if (text != NULL && !version_parse(text, &v))
		return row_fail(r,
				"%s: '%.64s' is no version: up to four numbers of at most 65535, "
				"with dots, as \"5.1.2600\"",
				field, text);
	*ret_v = v;
	return RC_OK;
}

enum rc row_list(const struct row *r, const struct texts *t, const char *const **ret_list)
{
	const char **list = arena_alloc(r->src->arena, ((size_t)t->n + 1) * sizeof(*list));

	if (list == NULL)
		return RC_NOMEM;
	for (unsigned i = 0; i < t->n; i++)
		list[i] = t->list[i];
	list[t->n] = NULL;
	*ret_list = list;
	return RC_OK;
}
