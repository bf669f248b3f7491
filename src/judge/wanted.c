#include "judge/wanted.h"

#include <string.h>
#include <strings.h>

#include "threat/words.h"

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

const char *say_wanted(struct judging *j, const struct check *c)
{
	char text[WORDS_TEXT];

	return judging_say(j, "%s", check_wanted(c, text));
}
