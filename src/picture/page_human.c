/*
 * page_human - one machine, as Microsoft Baseline Security Analyzer showed it: for each check its
 * mark, the result, what was scanned, and how to correct it. What is wrong comes first.
 */
#include <string.h>

#include "picture/parts.h"
#include "picture/site.h"
#include "report/facts.h"
#include "report/human.h"
#include "report/lines.h"

enum { UNREADABLE_MOST = 12 };

static enum tone tone_of_state(enum patch_state s)
{
	return s == PATCH_MISSING                         ? TONE_ALARM
	       : s == PATCH_PENDING || s == PATCH_UNKNOWN ? TONE_WARN
							  : TONE_PLAIN;
}

static enum tone tone_of_mark(enum mark m)
{
	return m == MARK_FAIL ? TONE_ALARM : m == MARK_WARN ? TONE_WARN : TONE_PLAIN;
}

static void item(const struct lines *l, const char *label, const char *text)
{
	if (told(text)[0] != '\0')
		lines_item(l, label, text);
}

static void heading(const struct lines *l, const struct picture_options *opt,
		    const struct picture_machine *m)
{
	struct sentence s = {.len = 0};
	char text[ADDR_TEXT], answer[STEP_TEXT];

	say(&s, "%s", called(m, text));
	if (told(m->name)[0] != '\0' && !addr_is_zero(&m->addr))
		say(&s, " (%s)", addr_format(&m->addr, text));
	if (m->verdict != VERDICT_NO_EVIDENCE)
		say(&s, ": %s", verdict_name(m->verdict));
	lines_text(l, m->verdict == VERDICT_INFECTED ? TONE_ALARM : TONE_HEAD, s.at);
	lines_text(l, tone_of_state(state_of(opt, m, NULL)), state_say(opt, m, answer));
}

static void about(const struct lines *l, const struct picture_options *opt,
		  const struct picture_machine *m)
{
	struct sentence when = {.len = 0};
	char clock[CLOCK_TEXT], age[AGE_TEXT], step[STEP_TEXT];

	lines_item(l, "id", told(m->id));
	item(l, "what", os_of(m));
	item(l, "user", m->user);
	item(l, "where", m->place);
	item(l, "owner", m->owner);
	if (m->at_ns != 0) {
		say(&when, "%s UTC", clock_format(m->at_ns, clock));
		if (opt->at_ns != 0)
			say(&when, ", %s", age_format(m->at_ns, opt->at_ns, age));
		if (told(m->how)[0] != '\0')
			say(&when, "; %s", m->how);
		lines_item(l, "assessed", when.at);
	} else {
		item(l, "assessed", m->how);
	}
	item(l, "next", next_step(opt, m, step));
}

/* --- patches --- */

static void put_patch(const struct lines *l, const struct picture_options *opt,
		      const struct judged_patch *p)
{
	struct sentence s = {.len = 0}, install = {.len = 0};
	bool is_open = p->state == PATCH_MISSING || p->state == PATCH_PENDING;

	say(&s, "%s, %s", p->weakness->id, told(p->weakness->title));
	if (is_open && weakness_is_loose(opt, p->weakness))
		say(&s, " (a threat that is about here uses it)");
	lines_mark(l, tone_of_state(p->state), state_sign(p->state), s.at);
	item(l, "", p->why);
	if (told(p->conflict)[0] != '\0') {
		s.len = 0;
		say(&s, "Sources disagree: %s", p->conflict);
		lines_item(l, "", s.at);
	}
	if (told(p->remedy)[0] != '\0') {
		s.len = 0;
		say(&s, "It cannot be reached: %s", p->remedy);
		lines_item(l, "", s.at);
	}
	if (p->state == PATCH_MISSING && told(p->kbs)[0] != '\0') {
		say(&install, "How to correct: install %s, and restart it", p->kbs);
		lines_item(l, "", install.at);
	}
}

static void patches(const struct lines *l, const struct picture_options *opt,
		    const struct judged *j)
{
	static const enum patch_state order[] = {PATCH_MISSING, PATCH_PENDING, PATCH_UNKNOWN,
						 PATCH_EFFECTIVE, PATCH_NOT_AFFECTED};

	lines_head(l, "PATCHES");
	for (size_t o = 0; o < PATCH_STATES; o++)
		for (size_t i = 0; i < j->n_patches; i++)
			if (j->patches[i].state == order[o] &&
			    weakness_is_shown(opt, j->patches[i].weakness))
				put_patch(l, opt, &j->patches[i]);
}

static void signs(const struct lines *l, const struct judged *j)
{
	if (j->n_signs == 0)
		return;
	lines_head(l, "SIGNS OF TAMPERING");
	for (int strong = 1; strong >= 0; strong--)
		for (size_t i = 0; i < j->n_signs; i++)
			if (j->signs[i].is_strong == (strong == 1))
				lines_mark(l, strong == 1 ? TONE_ALARM : TONE_WARN,
					   strong == 1 ? "STRONG" : "weak",
					   told(j->signs[i].why)[0] != '\0' ? j->signs[i].why
									    : told(j->signs[i].id));
}

/* --- policy --- */

static void put_check(const struct lines *l, const struct judged_check *c)
{
	bool is_bad = c->mark == MARK_FAIL || c->mark == MARK_WARN;
	struct sentence s = {.len = 0}, more = {.len = 0};
	char doors[DOORS_TEXT];

	say(&s, "%s", told(c->check->title));
	if (told(c->value)[0] != '\0')
		say(&s, ": %s", c->value);
	if (is_bad && told(c->wanted)[0] != '\0')
		say(&s, ", wanted %s", c->wanted);
	if (c->mark == MARK_UNKNOWN && told(c->why)[0] != '\0')
		say(&s, ": %s", c->why);
	lines_mark(l, tone_of_mark(c->mark), mark_sign(c->mark), s.at);
	if (!is_bad)
		return;
	item(l, "", c->why);
	if (doors_say(c->check, doors)[0] != '\0') {
		say(&more, "Door it closes: %s", doors);
		lines_item(l, "", more.at);
	}
	if (told(c->check->correct)[0] != '\0') {
		more.len = 0;
		say(&more, "How to correct: %s", c->check->correct);
		lines_item(l, "", more.at);
	}
}

/* Was a check of this group there before number i? */
static bool is_group_told(const struct judged *j, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (strcmp(told(j->checks[before].check->group), told(j->checks[i].check->group)) ==
		    0)
			return true;
	return false;
}

static void put_group(const struct lines *l, const struct judged *j, const char *group)
{
	struct sentence s = {.len = 0};

	say(&s, "%s", group);
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] >= 'a' && s.at[i] <= 'z')
			s.at[i] = (char)(s.at[i] - 'a' + 'A');
	lines_head(l, s.len > 0 ? s.at : "OTHER CHECKS");
	for (unsigned m = 0; m < MARKS; m++)
		for (size_t i = 0; i < j->n_checks; i++)
			if (j->checks[i].mark == (enum mark)m &&
			    strcmp(told(j->checks[i].check->group), group) == 0)
				put_check(l, &j->checks[i]);
}

/* --- what was scanned --- */

static void scanned(const struct lines *l, const struct picture_options *opt,
		    const struct posture *p)
{
	struct source list[SOURCES];
	unsigned n = sources_of(p, list);
	char clock[CLOCK_TEXT], age[AGE_TEXT];

	lines_head(l, "WHAT WAS SCANNED");
	if (n == 0)
		lines_text(l, TONE_WARN, "Nothing.");
	for (unsigned i = 0; i < n; i++) {
		struct sentence s = {.len = 0};

		say(&s, "%s: %zu answer%s", source_words(list[i].by),
		    list[i].n - list[i].n_unreadable,
		    list[i].n - list[i].n_unreadable == 1 ? "" : "s");
		if (list[i].n_unreadable > 0)
			say(&s, ", %zu not readable", list[i].n_unreadable);
		say(&s, "; %s UTC", clock_format(list[i].last_ns, clock));
		if (opt->at_ns != 0 && list[i].last_ns != 0)
			say(&s, ", %s", age_format(list[i].last_ns, opt->at_ns, age));
		lines_item(l, observed_by_name(list[i].by), s.at);
	}
}

static void unreadable(const struct lines *l, const struct posture *p)
{
	size_t n = 0;
	struct sentence s = {.len = 0};

	for (size_t i = 0; p != NULL && i < p->n; i++) {
		if (p->list[i].state != OBSERVED_UNREADABLE)
			continue;
		if (n++ == 0)
			lines_head(l, "NOT READABLE");
		if (n > UNREADABLE_MOST)
			continue;
		s.len = 0;
		say(&s, "%s: %s", p->list[i].key, p->list[i].value);
		lines_item(l, observed_by_name(p->list[i].by), s.at);
	}
	if (n > UNREADABLE_MOST) {
		s.len = 0;
		say(&s, "and %zu more: -o json has all", n - UNREADABLE_MOST);
		lines_item(l, "", s.at);
	}
}

enum rc page_human(const struct picture_options *opt, const struct picture_machine *m)
{
	struct lines l = lines_on(opt->to, &opt->style);
	const struct judged *j = m->judged;

	heading(&l, opt, m);
	about(&l, opt, m);
	if (j == NULL)
		return stream_done(opt->to);
	signs(&l, j);
	patches(&l, opt, j);
	for (size_t i = 0; opt->only == NULL && i < j->n_checks; i++)
		if (!is_group_told(j, i))
			put_group(&l, j, told(j->checks[i].check->group));
	scanned(&l, opt, j->posture);
	unreadable(&l, j->posture);
	return stream_done(opt->to);
}
