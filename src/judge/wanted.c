#include "judge/wanted.h"

#include <string.h>
#include <strings.h>

/* The next word at or behind `p`, and its length; NULL: none. */
static const char *next_word(const char *p, size_t *ret_len)
{
	p += strspn(p, " ");
	*ret_len = strcspn(p, " ");
	return *ret_len > 0 ? p : NULL;
}

static bool has_word(const char *value, const char *text)
{
	size_t len = 0, want = strlen(text);

	for (const char *p = next_word(value, &len); p != NULL; p = next_word(p + len, &len)) {
		if (len == want && strncasecmp(p, text, len) == 0)
			return true;
	}
	return false;
}

bool has_words(const char *value, const char *const *texts)
{
	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
		if (!has_word(value, texts[i]))
			return false;
	}
	return true;
}

bool has_any_word(const char *value, const char *const *texts)
{
	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
		if (has_word(value, texts[i]))
			return true;
	}
	return false;
}

bool word_after(const char *value, const char *head, char *to, size_t cap)
{
	size_t len = 0, n = strlen(head);

	for (const char *p = next_word(value, &len); p != NULL; p = next_word(p + len, &len)) {
		if (len < n || strncasecmp(p, head, n) != 0)
			continue;
		if (len - n >= cap)
			return false;
		memcpy(to, p + n, len - n);
		to[len - n] = '\0';
		return true;
	}
	return false;
}

static const char *join(struct judging *j, const char *const *texts, const char *between)
{
	const char *all = "";

	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
		all = say_more(j, all, between, texts[i][0] != '\0' ? texts[i] : "\"\"");
	return all;
}

const char *say_wanted(struct judging *j, const struct check *c)
{
	switch (c->want) {
	case WANT_AT_LEAST:
		return say(j, "at least %ld", c->number);
	case WANT_AT_MOST:
		return say(j, "at most %ld", c->number);
	case WANT_EQUALS:
		return join(j, c->texts, " or ");
	case WANT_NOT:
		return say(j, "not %s", join(j, c->texts, " or "));
	case WANT_WORD:
		return join(j, c->texts, " and ");
	case WANT_NO_WORD:
		return say(j, "not %s", join(j, c->texts, " or "));
	case WANT_COUNT_AT_MOST:
		if (c->texts == NULL || c->texts[0] == NULL)
			return c->number == 0 ? "none" : say(j, "at most %ld", c->number);
		if (c->number == 0)
			return say(j, "none that is %s", join(j, c->texts, " and "));
		return say(j, "at most %ld that are %s", c->number, join(j, c->texts, " and "));
	case WANT_AGE_AT_MOST:
		return say(j, "signatures at most %ld days old", c->number);
	}
	return "";
}
