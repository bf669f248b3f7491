/* words - how judgements are put. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "judge/judging.h"

static const char *keep(struct judging *j, const char *text)
{
	const char *kept = text[0] == '\0' ? "" : arena_strdup(j->arena, text);

	if (kept == NULL) {
		j->is_full = true;
		return "";
	}
	return kept;
}

const char *judging_say(struct judging *j, const char *format, ...)
{
	char text[SENTENCE_TEXT];
	va_list args;
	int len;

	if (j->arena == NULL)
		return "";
	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len >= (int)sizeof(text)) { /* not in the middle of a character */
		size_t end = sizeof(text) - 1;

		while (end > 0 && ((unsigned char)text[end - 1] & 0xc0) == 0x80)
			end--;
		if (end > 0 && ((unsigned char)text[end - 1] & 0x80) != 0)
			end--;
		text[end] = '\0';
	}
	return keep(j, len < 0 ? "" : text);
}

const char *say_more(struct judging *j, const char *text, const char *between, const char *more)
{
	if (text[0] == '\0')
		return more;
	return more[0] == '\0' ? text : judging_say(j, "%s%s%s", text, between, more);
}

const char *say_version(struct judging *j, const struct version *v)
{
	if (v->part[3] == 0)
		return judging_say(j, "%u.%u.%u", v->part[0], v->part[1], v->part[2]);
	return judging_say(j, "%u.%u.%u.%u", v->part[0], v->part[1], v->part[2], v->part[3]);
}

const char *who_says(unsigned by)
{
	switch (by) {
	case BY_REGISTRY:
		return "the registry says";
	case BY_SCRIPT:
		return "its own list says";
	case BY_HIVE:
		return "a saved registry says";
	default:
		return "a list says";
	}
}

const char *why_unknown(const struct observation *o)
{
	if (o == NULL)
		return "not asked";
	if (o->state == OBSERVED_ABSENT)
		return "it is not there";
	return o->value[0] != '\0' ? o->value : "it could not be read";
}

bool same_text(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}
