#include "picture/human.h"

#include <stdlib.h>
#include <string.h>

#include "picture/words.h"
#include "report/facts.h"

enum {
	INDENT = 2,
	ID_MOST = 16,
	WIDE = 80,        /* from here on there is room for titles and long heads */
	CHECKS_MOST = 15, /* failing checks that are shown: a page */
	CHECK_AT = 20,
	COUNT_WIDTH = 7,
};

/* Padded to `width` characters, or cut with a mark that it was. */
static void put_cell(struct sentence *s, const char *text, unsigned width)
{
	unsigned n = 0;

	for (const char *at = text; *at != '\0'; at++)
		n += ((unsigned char)*at & 0xc0) != 0x80;
	if (n <= width) {
		say(s, "%s%*s", text, (int)(width - n), "");
		return;
	}
	n = 0;
	for (const char *at = text; *at != '\0'; at++) {
		bool begins = ((unsigned char)*at & 0xc0) != 0x80;

		if (begins && n == width - 1)
			break;
		n += begins;
		say(s, "%c", *at);
	}
	say(s, "\xe2\x80\xa6");
}

/* --- patches --- */

struct columns {
	unsigned id, title; /* title 0: no room */
	unsigned count[PATCH_STATES];
	const char *const *heads;
	unsigned gap;
};

static unsigned wider(unsigned a, size_t b)
{
	return b > a ? (unsigned)b : a;
}

static struct columns lay_out(const struct lines *l, const struct tally *t)
{
	static const char *const wide[PATCH_STATES] = {"EFFECTIVE", "PENDING", "MISSING", "UNKNOWN",
						       "NOT AFFECTED"};
	static const char *const narrow[PATCH_STATES] = {"EFFECT", "PEND", "MISS", "UNKN", "N/A"};
	bool is_wide = l->width >= WIDE;
	struct columns c = {.heads = is_wide ? wide : narrow, .gap = is_wide ? 2 : 1};
	unsigned used = INDENT + 2;
	char count[COUNT_TEXT];

	for (size_t i = 0; i < t->n_weaknesses; i++) {
		c.id = wider(c.id, strlen(t->weaknesses[i].weakness->id));
		for (unsigned s = 0; s < PATCH_STATES; s++)
			c.count[s] = wider(c.count[s],
					   strlen(count_format(t->weaknesses[i].n[s], count)));
	}
	c.id = wider(c.id, strlen("WEAKNESS"));
	c.id = c.id < ID_MOST ? c.id : ID_MOST;
	used += c.id;
	for (unsigned s = 0; s < PATCH_STATES; s++) {
		c.count[s] = wider(c.count[s], strlen(c.heads[s]));
		used += c.gap + c.count[s];
	}
	if (is_wide && used + c.gap + 10 < l->width)
		c.title = l->width - used - c.gap;
	return c;
}

static void put_patch_row(const struct lines *l, const struct columns *c,
			  const struct tally_weakness *w)
{
	bool is_bad = w != NULL && w->n[PATCH_MISSING] > 0;
	struct sentence s = {.len = 0};
	char count[COUNT_TEXT];

	say(&s, "%s", w != NULL && w->is_loose ? "! " : "  ");
	put_cell(&s, w == NULL ? "WEAKNESS" : w->weakness->id, c->id);
	if (c->title > 0) {
		say(&s, "%*s", (int)c->gap, "");
		put_cell(&s, w == NULL ? "WHAT IT IS" : told(w->weakness->title), c->title);
	}
	for (unsigned i = 0; i < PATCH_STATES; i++)
		say(&s, "%*s%*s", (int)c->gap, "", (int)c->count[i],
		    w == NULL ? c->heads[i] : count_format(w->n[i], count));
	lines_row(l,
		  w == NULL               ? TONE_HEAD
		  : is_bad && w->is_loose ? TONE_ALARM
		  : is_bad || w->is_loose ? TONE_WARN
					  : TONE_PLAIN,
		  s.at);
}

enum rc human_patches(const struct lines *l, const struct tally *t)
{
	const struct tally_weakness **list = NULL;
	struct columns c = lay_out(l, t);
	struct sentence notes = {.len = 0};

	if (tally_by_urgency(t, &list) != RC_OK)
		return RC_NOMEM;
	lines_head(l, "PATCHES: HOW MANY MACHINES");
	put_patch_row(l, &c, NULL);
	for (size_t i = 0; i < t->n_weaknesses; i++)
		if (!tally_concerns_nobody(t, list[i]))
			put_patch_row(l, &c, list[i]);
	if (t->n_weaknesses > 0 && list[0]->is_loose) /* they are first */
		say(&notes, "! A threat that is about here uses it. ");
	words_patches(t, &notes);
	if (notes.len > 0)
		lines_under(l, INDENT, notes.at);
	free(list);
	return RC_OK;
}

/* --- machines --- */

static void put_worst(const struct lines *l, unsigned number, const struct worst *w)
{
	struct sentence s = {.len = 0}, more = {.len = 0};
	const char *before = "";

	words_machine(&w->machine, &s);
	lines_step(l, number, s.at);
	for (size_t i = 0; i < w->n_wrong; i++) {
		const char *label = wrong_label(w->wrong[i].kind);

		lines_item(l, strcmp(label, before) == 0 ? "" : label, w->wrong[i].what);
		before = label;
	}

	if (w->n_wrong_all > w->n_wrong) {
		say(&more, "and %zu more", w->n_wrong_all - w->n_wrong);
		lines_item(l, "", more.at);
	}
	lines_item(l, "next", w->next);
}

void human_worst(const struct lines *l, const struct tally *t)
{
	struct sentence s = {.len = 0};

	if (t->n_worst == 0)
		return;
	words_worst(t, &s);
	for (size_t i = 0; i < s.len; i++) /* a head, as the others are */
		s.at[i] = (char)(s.at[i] >= 'a' && s.at[i] <= 'z' ? s.at[i] - 'a' + 'A' : s.at[i]);
	lines_head(l, s.at);
	for (size_t i = 0; i < t->n_worst; i++)
		put_worst(l, (unsigned)i + 1, t->worst[i]);
}

static void put_sign(const struct lines *l, const struct tally_sign *sign)
{
	struct sentence s = {.len = 0}, who = {.len = 0};
	char count[MACHINES_TEXT];

	say(&s, "%s, %s: %s", sign->is_strong ? "STRONG sign" : "Weak sign",
	    machines_say(sign->machines, count), sign->why[0] != '\0' ? sign->why : sign->id);
	lines_text(l, sign->is_strong ? TONE_ALARM : TONE_WARN, s.at);
	for (size_t i = 0; i < sign->n_named; i++)
		say(&who, "%s%s", i == 0 ? "" : ", ", sign->named[i]);
	if (sign->machines > sign->n_named)
		say(&who, " and %s more", count_format(sign->machines - sign->n_named, count));
	lines_item(l, sign->machines == 1 ? "machine" : "machines", who.at);
}

void human_signs(const struct lines *l, const struct tally *t)
{
	struct sentence s = {.len = 0};

	if (t->n_signs == 0)
		return;
	lines_head(l, "SIGNS OF TAMPERING");
	for (size_t i = 0; i < t->n_signs; i++)
		put_sign(l, &t->signs[i]);
	if (t->signs_left_out > 0) {
		say(&s, "and signs of further kinds: -o json has them");
		lines_under(l, INDENT, s.at);
	}
}

/* --- policy and protection --- */

static bool is_protection(const struct tally_check *c)
{
	return strcmp(told(c->check->group), "protection") == 0;
}

static void put_check(const struct lines *l, const struct tally_check *c)
{
	struct sentence s = {.len = 0}, how = {.len = 0};
	char bad[COUNT_TEXT], unknown[COUNT_TEXT];

	say(&s, "%*s  %*s  %s%s", COUNT_WIDTH, count_format(tally_check_bad(c), bad), COUNT_WIDTH,
	    count_format(c->n[MARK_UNKNOWN], unknown), told(c->check->title),
	    c->check->is_serious ? "" : " (not critical)");
	lines_row(l, c->check->is_serious ? TONE_WARN : TONE_PLAIN, s.at);
	words_correct(c->check, &how);

	if (how.len > 0)
		lines_under(l, CHECK_AT, how.at);
}

static enum rc put_checks(const struct lines *l, const struct tally *t, bool protection,
			  const char *head)
{
	const struct tally_check **list = NULL;
	size_t n = 0, shown = 0, more = 0;
	struct sentence s = {.len = 0};

	if (tally_failed(t, &list, &n) != RC_OK)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (is_protection(list[i]) != protection)
			continue;
		if (shown == CHECKS_MOST) {
			more++;
			continue;
		}
		if (shown++ == 0 && head != NULL)
			lines_head(l, head);
		if (shown == 1) {
			say(&s, "%*s  %*s  CHECK", COUNT_WIDTH, "FAILS", COUNT_WIDTH, "UNKNOWN");
			lines_row(l, TONE_HEAD, s.at);
		}
		put_check(l, list[i]);
	}
	if (more > 0) {
		s.len = 0;
		say(&s, "and %zu more checks that fail somewhere: -o json has all", more);
		lines_under(l, CHECK_AT, s.at);
	}
	free(list);
	return RC_OK;
}

enum rc human_policy(const struct lines *l, const struct tally *t)
{
	return put_checks(l, t, false, "POLICY: ON HOW MANY MACHINES IT FAILS");
}

enum rc human_protection(const struct lines *l, const struct tally *t)
{
	struct sentence s = {.len = 0};

	if (t->n_checks == 0)
		return RC_OK; /* one weakness was asked for */
	lines_head(l, "PROTECTION");
	words_protection(t, &s);
	lines_under(l, INDENT, s.at);
	return put_checks(l, t, true, NULL);
}
