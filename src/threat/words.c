#include "threat/words.h"

#include <stdio.h>
#include <string.h>

const char *version_format(const struct version *v, char *to)
{
	int n = snprintf(to, VERSION_TEXT, "%u.%u", v->part[0], v->part[1]);

	if (n > 0 && (v->part[2] != 0 || v->part[3] != 0))
		n += snprintf(to + n, VERSION_TEXT - (size_t)n, ".%u", v->part[2]);
	if (n > 0 && v->part[3] != 0)
		(void)snprintf(to + n, VERSION_TEXT - (size_t)n, ".%u", v->part[3]);
	return to;
}

static const struct {
	struct version v; /* without a build: for every build that has no row */
	const char *name;
} windows[] = {
	{{{4, 0}}, "NT 4.0"},
	{{{5, 0}}, "2000"},
	{{{5, 1}}, "XP"},
	{{{5, 2}}, "Server 2003, XP x64"},
	{{{6, 0, 6000}}, "Vista"},
	{{{6, 0, 6001}}, "Vista SP1, Server 2008"},
	{{{6, 0, 6002}}, "Vista SP2, Server 2008 SP2"},
	{{{6, 0}}, "Vista, Server 2008"},
	{{{6, 1, 7600}}, "7, Server 2008 R2"},
	{{{6, 1, 7601}}, "7 SP1, Server 2008 R2 SP1"},
	{{{6, 1}}, "7, Server 2008 R2"},
	{{{6, 2}}, "8, Server 2012"},
	{{{6, 3}}, "8.1, Server 2012 R2"},
	{{{10, 0, 10240}}, "10 1507"},
	{{{10, 0, 10586}}, "10 1511"},
	{{{10, 0, 14393}}, "10 1607, Server 2016"},
	{{{10, 0, 15063}}, "10 1703"},
	{{{10, 0, 16299}}, "10 1709"},
	{{{10, 0, 17134}}, "10 1803"},
	{{{10, 0, 17763}}, "10 1809, Server 2019"},
	{{{10, 0, 18362}}, "10 1903"},
	{{{10, 0, 18363}}, "10 1909"},
	{{{10, 0, 19041}}, "10 2004"},
	{{{10, 0, 19042}}, "10 20H2"},
	{{{10, 0, 19043}}, "10 21H1"},
	{{{10, 0, 19044}}, "10 21H2"},
	{{{10, 0, 19045}}, "10 22H2"},
	{{{10, 0, 20348}}, "Server 2022"},
	{{{10, 0, 22000}}, "11 21H2"},
	{{{10, 0, 22621}}, "11 22H2"},
};

enum { N_WINDOWS = sizeof(windows) / sizeof(windows[0]) };

const char *version_windows(const struct version *v, char *to)
{
	char number[VERSION_TEXT];

	for (size_t i = 0; i < N_WINDOWS; i++) {
		const struct version *w = &windows[i].v;

		if (w->part[0] == v->part[0] && w->part[1] == v->part[1] &&
		    (w->part[2] == v->part[2] || w->part[2] == 0)) {
			(void)snprintf(to, WORDS_TEXT, "Windows %s", windows[i].name);
			return to;
		}
	}
	if (v->part[0] == 10 && v->part[1] == 0 && v->part[2] == 0)
		(void)snprintf(to, WORDS_TEXT, "Windows 10");
	else
		(void)snprintf(to, WORDS_TEXT, "Windows %s", version_format(v, number));
	return to;
}

/* "a, b or c" */
static void join(char *to, const char *const *texts, const char *last)
{
	size_t len = strlen(to);

	for (size_t i = 0; texts[i] != NULL && len < WORDS_TEXT - 1; i++) {
		const char *between = i == 0 ? "" : texts[i + 1] != NULL ? ", " : last;
		int n = snprintf(to + len, WORDS_TEXT - len, "%s%s", between, texts[i]);

		len += n > 0 ? (size_t)n : 0;
	}
}

static const char *last_word(const struct check *c)
{
	switch (c->want) {
	case WANT_NO_WORD:
		return " nor ";
	case WANT_WORD:
	case WANT_COUNT_AT_MOST:
	case WANT_COUNT_AT_LEAST:
		return " and ";
	default:
		return " or ";
	}
}

/* What stands before the texts, or instead of them. */
static void begin(const struct check *c, char *to)
{
	bool has_texts = c->texts != NULL && c->texts[0] != NULL;
	const char *most =
		c->want == WANT_AT_LEAST || c->want == WANT_COUNT_AT_LEAST ? "at least" : "at most";

	switch (c->want) {
	case WANT_EQUALS:
	case WANT_WORD:
		to[0] = '\0';
		break;
	case WANT_NOT:
		(void)snprintf(to, WORDS_TEXT, "not ");
		break;
	case WANT_NO_WORD:
		(void)snprintf(to, WORDS_TEXT,
			       has_texts && c->texts[1] != NULL ? "neither " : "not ");
		break;
	case WANT_AGE_AT_MOST:
		(void)snprintf(to, WORDS_TEXT, "at most %ld day%s old", c->number,
			       c->number == 1 ? "" : "s");
		break;
	case WANT_AT_LEAST:
	case WANT_AT_MOST:
		(void)snprintf(to, WORDS_TEXT, "%s %ld%s", most, c->number,
			       has_texts ? " or " : "");
		break;
	case WANT_COUNT_AT_MOST:
	case WANT_COUNT_AT_LEAST:
		if (c->want == WANT_COUNT_AT_MOST && c->number == 0)
			(void)snprintf(to, WORDS_TEXT, "none%s", has_texts ? " that is " : "");
		else
			(void)snprintf(to, WORDS_TEXT, "%s %ld%s", most, c->number,
				       has_texts ? " that is " : "");
		break;
	}
}

const char *check_wanted(const struct check *c, char *to)
{
	begin(c, to);
	if (c->texts != NULL && c->want != WANT_AGE_AT_MOST)
		join(to, c->texts, last_word(c));
	return to;
}

const char *check_applies(const struct check *c, char *to)
{
	char name[WORDS_TEXT];
	bool has_from = c->from.part[0] != 0, has_until = c->until.part[0] != 0;

	to[0] = '\0';
	if (has_from)
		(void)snprintf(to, WORDS_TEXT, "%.200s and later", version_windows(&c->from, name));
	if (has_until)
		(void)snprintf(to + strlen(to), WORDS_TEXT - strlen(to), "%sbefore %.200s",
			       has_from ? ", " : "", version_windows(&c->until, name));
	return to;
}
