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

static const char *say_number(struct judging *j, const struct check *c)
{
	const char *least = c->want == WANT_AT_LEAST ? "at least" : "at most";

	return say_more(j, judging_say(j, "%s %ld", least, c->number), " or ",
			join(j, c->texts, " or "));
}

static const char *say_count(struct judging *j, const struct check *c)
{
	const char *what = join(j, c->texts, " and ");

	if (c->want == WANT_COUNT_AT_MOST && c->number == 0)
		return say_more(j, "none", " that is ", what);
	return say_more(j,
			judging_say(j, "%s %ld",
				    c->want == WANT_COUNT_AT_MOST ? "at most" : "at least",
				    c->number),
			c->number == 1 ? " that is " : " that are ", what);
}

const char *say_wanted(struct judging *j, const struct check *c)
{
	switch (c->want) {
	case WANT_AT_LEAST:
	case WANT_AT_MOST:
		return say_number(j, c);
	case WANT_EQUALS:
		return join(j, c->texts, " or ");
	case WANT_WORD:
		return join(j, c->texts, " and ");
	case WANT_NOT:
	case WANT_NO_WORD:
		return judging_say(j, "not %s", join(j, c->texts, " or "));
	case WANT_COUNT_AT_MOST:
	case WANT_COUNT_AT_LEAST:
		return say_count(j, c);
	case WANT_AGE_AT_MOST:
		return judging_say(j, "signatures at most %ld days old", c->number);
	}
	return "";
}
