/*
 * policy - one check of a baseline: what the machine has, what is wanted, and the mark.
 *
 * Not known is never passed: what was not asked, could not be read, or cannot be understood is
 * MARK_UNKNOWN with the reason. A list that could not be read whole can fail a check, but not pass
 * it.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "judge/wanted.h"

enum { SHOWN = 6 }; /* names of offenders; the rest is counted */

struct verdict_of_check {
	enum mark mark;    /* MARK_FAIL, MARK_PASS or MARK_UNKNOWN */
	const char *value; /* in words */
	const char *why;   /* of MARK_UNKNOWN, otherwise "" */
};

static struct verdict_of_check unknown(const char *value, const char *why)
{
	return (struct verdict_of_check){MARK_UNKNOWN, value, why};
}

static struct verdict_of_check decided(bool passes, const char *value)
{
	return (struct verdict_of_check){passes ? MARK_PASS : MARK_FAIL, value, ""};
}

/* --- one value --- */

/* False: no number. Windows has words for "without end", and a lockout threshold of 0 is one where
 * few are wanted: it is neither at least 1 nor at most 10. */
static bool number_of(const struct check *c, const char *value, long *ret_n)
{
	char *end = NULL;
	long n;

	if (same_text(value, "never") || same_text(value, "until-reset") ||
	    (c->want == WANT_AT_MOST && strcmp(c->key, "policy.lockout-threshold") == 0 &&
	     strcmp(value, "0") == 0)) {
		*ret_n = LONG_MAX;
		return true;
	}
	if (*value != '-' && (*value < '0' || *value > '9'))
		return false;
	n = strtol(value, &end, 10);
	if (end == value || *end != '\0')
		return false;
	*ret_n = n;
	return true;
}

static bool is_one_of(const char *part, const char *const *texts)
{
	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
		if (same_text(part, texts[i]))
			return true;
	}
	return false;
}

/* How many parts of "Everyone; BUILTIN\Users" are among the texts, and how many there are. */
static size_t parts_among(const char *value, const char *const *texts, size_t *ret_all)
{
	char part[POSTURE_VALUE];
	size_t n = 0, all = 0;

	for (const char *p = value, *next; p != NULL; p = next) {
		const char *end = strstr(p, "; ");

		next = end == NULL ? NULL : end + 2;
		(void)snprintf(part, sizeof(part), "%.*s",
			       end == NULL ? (int)strlen(p) : (int)(end - p), p);
		n += is_one_of(part, texts);
		all++;
	}
	*ret_all = all;
	return n;
}

static struct verdict_of_check judge_number(struct judging *j, const struct check *c,
					    const char *value)
{
	long n = 0;

	if (is_one_of(value, c->texts))
		return decided(true, value);
	if (!number_of(c, value, &n))
		return unknown(value, judging_say(j, "\"%s\" is no number", value));
	return decided(c->want == WANT_AT_LEAST ? n >= c->number : n <= c->number, value);
}

static struct verdict_of_check judge_age(struct judging *j, const struct check *c,
					 const struct observation *o)
{
	static const uint64_t day_ns = 86400ULL * 1000000000;
	char date[32];
	uint64_t of_ns = 0, days;

	if (!word_after(o->value, "signatures=", date, sizeof(date)) ||
	    when_parse(date, &of_ns) != RC_OK)
		return unknown(o->value, "the date of its signatures is not known");
	if (o->at_ns == 0)
		return unknown(o->value, "when it was asked is not known");
	/* Dated a day ahead by another time zone is fresh; a year ahead is a wrong clock. */
	if (of_ns > o->at_ns + 2 * day_ns)
		return unknown(o->value, "its signatures are dated after it was asked");
	days = of_ns >= o->at_ns ? 0 : (o->at_ns - of_ns) / day_ns;
	return decided(days <= (uint64_t)(c->number < 0 ? 0 : c->number),
		       judging_say(j, "%s, %llu day%s old", date, (unsigned long long)days,
				   days == 1 ? "" : "s"));
}

static struct verdict_of_check judge_value(struct judging *j, const struct check *c,
					   const struct observation *o)
{
	size_t all = 0, among;

	switch (c->want) {
	case WANT_AT_LEAST:
	case WANT_AT_MOST:
		return judge_number(j, c, o->value);
	case WANT_EQUALS:
		among = parts_among(o->value, c->texts, &all);
		return decided(among == all, o->value);
	case WANT_NOT:
		return decided(parts_among(o->value, c->texts, &all) == 0, o->value);
	case WANT_WORD:
		return decided(has_words(o->value, c->texts), o->value);
	case WANT_NO_WORD:
		return decided(!has_any_word(o->value, c->texts), o->value);
	case WANT_AGE_AT_MOST:
		return judge_age(j, c, o);
	case WANT_COUNT_AT_MOST:
	case WANT_COUNT_AT_LEAST:
		break;
	}
	return unknown(o->value, "this cannot be asked of one value");
}

/* --- one observation --- */

/* Is `key` of a list that was read whole? Then it is not there, if nothing is said of it. */
static bool is_known_absent(const struct judging *j, const char *key)
{
	const char *colon = strchr(key, ':');
	char list[POSTURE_KEY];

	if (colon == NULL || begins_with(key, "registry:") || begins_with(key, "file"))
		return false;
	(void)snprintf(list, sizeof(list), "%.*s", (int)(colon - key) + 1, key);
	return posture_value(j->posture, list) != NULL;
}

static struct verdict_of_check judge_absent(struct judging *j, const struct check *c,
					    const struct observation *o)
{
	struct observation as = {.key = c->key,
				 .value = c->absent,
				 .state = OBSERVED_VALUE,
				 .at_ns = o != NULL ? o->at_ns : 0};
	struct verdict_of_check v;

	if (c->absent_passes)
		return decided(true, "not there");
	if (c->absent == NULL)
		return unknown("not there",
			       "it is not set, and what Windows does then is not known");
	v = judge_value(j, c, &as);
	v.value = judging_say(j, "not set, which is %s", c->absent);
	return v;
}

static struct verdict_of_check judge_single(struct judging *j, const struct check *c)
{
	const struct observation *o = posture_find(j->posture, c->key), *policy = NULL;

	if (c->policy_key != NULL)
		policy = posture_find(j->posture, c->policy_key);
	if (policy != NULL && policy->state == OBSERVED_UNREADABLE)
		return unknown("",
			       judging_say(j, "group policy's own value: %s", why_unknown(policy)));
	if (policy != NULL && policy->state == OBSERVED_VALUE)
		return judge_value(j, c, policy);

	if (o == NULL && is_known_absent(j, c->key))
		return judge_absent(j, c, NULL);
	if (o == NULL || o->state == OBSERVED_UNREADABLE)
		return unknown("", why_unknown(o));
	if (o->state == OBSERVED_ABSENT)
		return judge_absent(j, c, o);
	return judge_value(j, c, o);
}

/* --- all that begin with the key --- */

struct many {
	size_t n, good, bad, unclear; /* those with a value; of each kind */
	size_t counted;               /* with all words */
	const char *names, *first;    /* of the bad; what the first good or unclear one has */
	const char *why;              /* something could not be read, or NULL */
	bool is_listed;               /* something was said of the list at all */
};

static bool is_count(const struct check *c)
{
	return c->want == WANT_COUNT_AT_MOST || c->want == WANT_COUNT_AT_LEAST;
}

static void add_name(struct judging *j, struct many *m, size_t i, const char *name,
		     const char *value)
{
	if (i < SHOWN)
		m->names =
			say_more(j, m->names, ", ",
				 value[0] != '\0' ? judging_say(j, "%s (%s)", name, value) : name);
}

static void look_at_one(struct judging *j, const struct check *c, const struct observation *o,
			const char *name, struct many *m)
{
	struct verdict_of_check v;

	if (is_count(c)) {
		m->n++;
		if (has_words(o->value, c->texts))
			add_name(j, m, m->counted++, name, "");
		return;
	}
	/* What is switched off has no signatures to keep fresh. */
	if (c->want == WANT_AGE_AT_MOST && !has_words(o->value, c->texts))
		return;
	m->n++;
	v = judge_value(j, c, o);
	if (v.mark == MARK_FAIL)
		add_name(j, m, m->bad++, name, v.value);
	else if (m->first[0] == '\0')
		m->first = judging_say(j, "%s (%s)", name, v.value);
	m->good += v.mark == MARK_PASS;
	m->unclear += v.mark == MARK_UNKNOWN;
	if (v.mark == MARK_UNKNOWN && m->why == NULL)
		m->why = v.why;
}

/* Each key once, by its best observation. */
static void look_at_all(struct judging *j, const struct check *c, struct many *m)
{
	const struct posture *p = j->posture;
	char prefix[POSTURE_KEY], last[POSTURE_KEY] = "";
	size_t n = 0, first, len = strlen(c->key) - 1;

	(void)snprintf(prefix, sizeof(prefix), "%.*s", (int)len, c->key);
	first = posture_all(p, prefix, &n);
	for (size_t i = first; i < first + n; i++) {
		const struct observation *o = posture_find(p, p->list[i].key);

		if (o == NULL || same_text(last, o->key))
			continue;
		(void)snprintf(last, sizeof(last), "%s", o->key);
		m->is_listed = true;
		if (o->state == OBSERVED_UNREADABLE && m->why == NULL)
			m->why = why_unknown(o);
		if (o->state == OBSERVED_VALUE && o->key[len] != '\0')
			look_at_one(j, c, o, o->key + len, m);
	}
}

static const char *with_the_rest(struct judging *j, const char *names, size_t n)
{
	return n > SHOWN ? judging_say(j, "%s and %zu more", names, n - SHOWN) : names;
}

static struct verdict_of_check judge_count(struct judging *j, const struct check *c,
					   const struct many *m)
{
	const char *value = m->counted == 0 ? "none"
					    : judging_say(j, "%zu: %s", m->counted,
							  with_the_rest(j, m->names, m->counted));

	/* More of them could be in what was not read, but not fewer. */
	if (c->want == WANT_COUNT_AT_MOST && (long)m->counted > c->number)
		return decided(false, value);
	if (c->want == WANT_COUNT_AT_LEAST && (long)m->counted >= c->number)
		return decided(true, value);
	if (m->why != NULL)
		return unknown(value, m->why);
	return decided(c->want == WANT_COUNT_AT_MOST, value);
}

/* Of several products one with fresh signatures is enough. */
static struct verdict_of_check judge_newest(struct judging *j, const struct many *m)
{
	if (m->good > 0)
		return decided(true, m->first);
	if (m->unclear > 0 || m->why != NULL)
		return unknown(m->first, m->why != NULL ? m->why : "");
	return decided(false, m->bad > 0 ? with_the_rest(j, m->names, m->bad) : "none");
}

static struct verdict_of_check judge_many(struct judging *j, const struct check *c)
{
	struct many m = {.names = "", .first = ""};

	look_at_all(j, c, &m);
	if (!m.is_listed)
		return unknown("", "not asked");
	if (is_count(c))
		return judge_count(j, c, &m);
	if (m.n == 0 && m.why == NULL && (c->absent_passes || c->absent != NULL))
		return judge_absent(j, c, NULL);
	if (c->want == WANT_AGE_AT_MOST)
		return judge_newest(j, &m);
	if (m.bad > 0)
		return decided(false, with_the_rest(j, m.names, m.bad));
	if (m.why != NULL)
		return unknown("", m.why);
	return decided(true, m.n == 0 ? "none" : judging_say(j, "all %zu", m.n));
}

/* --- */

/* NULL: it applies. */
static const char *why_not_applicable(struct judging *j, const struct check *c)
{
	static const struct version zero;
	const struct windows *w = &j->windows;

	if (!w->is_known)
		return NULL;
	if (version_cmp(&w->version, &c->from) < 0 ||
	    (version_cmp(&c->until, &zero) != 0 && version_cmp(&w->version, &c->until) >= 0))
		return judging_say(j, "not on %s", w->words);
	return NULL;
}

void judge_check(struct judging *j, const struct check *c, struct judged_check *to)
{
	static const struct version zero;
	size_t len = strlen(c->key);
	bool is_many = len > 0 && c->key[len - 1] == '*';
	const char *not_here = why_not_applicable(j, c);
	struct verdict_of_check v;

	*to = (struct judged_check){.check = c, .value = "", .wanted = say_wanted(j, c)};
	if (not_here != NULL) {
		to->mark = MARK_NOT_APPLICABLE;
		to->why = not_here;
		return;
	}
	v = is_many ? judge_many(j, c) : judge_single(j, c);
	if (!j->windows.is_known && v.mark != MARK_UNKNOWN &&
	    (version_cmp(&c->from, &zero) != 0 || version_cmp(&c->until, &zero) != 0))
		v = unknown(v.value,
			    "which Windows it is is not known, and not every one has this");
	to->mark = v.mark == MARK_FAIL && !c->is_serious ? MARK_WARN : v.mark;
	to->value = v.value;
	to->why = v.mark == MARK_UNKNOWN ? v.why : c->reason;
}
