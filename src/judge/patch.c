/*
 * patch - the state of one weakness on one machine.
 *
 * In this order: does this Windows have the hole at all; what does the file say; what does the
 * build say; is the machine restarted; what do lists claim; what does the machine answer to
 * anybody. doc/assess.md tells it to the reader; the two change together.
 */
#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "judge/fixed.h"

enum claim { /* a later one says more */
	     CLAIM_NONE,
	     CLAIM_ABSENT,    /* asked: no list has it */
	     CLAIM_INSTALLED, /* the registry or a list has it */
	     CLAIM_PENDING    /* and it waits for a restart */
};

enum truth { /* how the fix is known */
	     BY_NOTHING,
	     BY_THE_FILE,
	     BY_THE_BUILD
};

struct look { /* at one weakness */
	struct judging *j;
	const struct weakness *w;
	struct windows windows;         /* of the machine, or else of the file */
	const struct observation *file; /* NULL: not asked, or there is none to ask for */
	bool has_version;
	struct version version; /* of the file */
	struct fix_found found;
	enum truth truth;
	enum claim claim;
	bool is_listed;           /* by a list from elsewhere alone */
	const char *claimed, *kb; /* "the registry says KB958644 is installed"; which */
	const struct answer_check *missing, *patched, *none; /* what it answers, or NULL */
	const char *restart;                                 /* why it must be restarted, or NULL */
	bool restart_known;
};

static bool observed_as(const struct judging *j, const char *key, const char *equals)
{
	const char *value = posture_value(j->posture, key);

	return value != NULL && same_text(value, equals);
}

/* --- evidence --- */

static void look_at_file(struct look *l)
{
	char key[POSTURE_KEY];

	if (l->w->file == NULL)
		return;
	(void)snprintf(key, sizeof(key), "file:%s", l->w->file);
	l->file = posture_find(l->j->posture, key);
	l->has_version = l->file != NULL && l->file->state == OBSERVED_VALUE &&
			 version_parse(l->file->value, &l->version);
	if (l->has_version && !l->windows.is_known) { /* the file is of some Windows, too */
		l->windows.is_known = true;
		l->windows.service_pack = -1;
		l->windows.version = l->version;
		l->windows.version.part[3] = 0;
		l->windows.words = windows_name(l->j, &l->version, NULL);
	}
}

static const char *claim_words(struct look *l, const struct observation *o, const char *kb)
{
	return judging_say(l->j, "%s %s is %s", who_says(o->by), kb,
			   same_text(o->value, "installed-pending")
				   ? "installed, and waits for a restart"
				   : "installed");
}

static void look_at_claim(struct look *l, const char *kb)
{
	char key[POSTURE_KEY];
	const struct observation *o;
	enum claim is = CLAIM_INSTALLED;

	(void)snprintf(key, sizeof(key), "hotfix:%s", kb);
	o = posture_find(l->j->posture, key);
	if (o == NULL || o->state == OBSERVED_UNREADABLE)
		return;
	if (o->state == OBSERVED_ABSENT)
		is = CLAIM_ABSENT;
	else if (same_text(o->value, "installed-pending"))
		is = CLAIM_PENDING;
	if (is <= l->claim)
		return;
	l->claim = is;
	l->is_listed = o->by == BY_LIST;
	l->kb = kb;
	l->claimed = is == CLAIM_ABSENT ? "" : claim_words(l, o, kb);
}

static void look_at_claims(struct look *l)
{
	l->claimed = l->kb = "";
	for (size_t i = 0; i < l->w->n_fixed; i++) {
		const struct fixed *row = &l->w->fixed[i];

		for (size_t k = 0;
		     fixed_is_for(row, &l->windows) && row->kbs != NULL && row->kbs[k] != NULL; k++)
			look_at_claim(l, row->kbs[k]);
	}
}

/* A file written after the start is not the one that runs. The other way round says nothing: an
 * update's files keep the date of their making. */
static void look_at_restart(struct look *l)
{
	const struct judging *j = l->j;
	const char *pending = posture_value(j->posture, "reboot-pending");
	const char *boot = posture_value(j->posture, "os.boot");
	const char *changed = NULL;
	uint64_t boot_ns = 0, changed_ns = 0;
	char key[POSTURE_KEY];

	if (l->w->file != NULL) {
		(void)snprintf(key, sizeof(key), "file.changed:%s", l->w->file);
		changed = posture_value(j->posture, key);
	}
	l->restart_known = pending != NULL;
	if (pending != NULL && !same_text(pending, "no"))
		l->restart = judging_say(l->j, "a restart is pending (%s)", pending);
	else if (boot != NULL && changed != NULL && when_parse(boot, &boot_ns) == RC_OK &&
		 when_parse(changed, &changed_ns) == RC_OK && changed_ns > boot_ns)
		l->restart = judging_say(l->j, "it was written after the last start (%s)", boot);
	else if (l->claim == CLAIM_PENDING)
		l->restart = l->claimed;
}

static void look_for_fix(struct look *l)
{
	struct fix_found by_build;

	l->found = (struct fix_found){.odd = ""};
	if (l->has_version)
		fixed_by_file(l->j, l->w, &l->windows, &l->version, &l->found);
	fixed_by_build(l->w, &l->windows, &by_build);
	if (l->found.is != FIX_UNKNOWN && !(l->found.is == FIX_NEW && l->file->by == BY_LIST)) {
		l->truth = BY_THE_FILE;
		if (by_build.is != FIX_UNKNOWN && l->found.is != FIX_ODD &&
		    by_build.is != l->found.is)
			l->found.odd =
				say_more(l->j, l->found.odd, "; ",
					 judging_say(l->j, "build %u.%u should have %s",
						     l->windows.version.part[2], l->windows.ubr,
						     by_build.is == FIX_NEW ? "a newer file"
									    : "an older file"));
	} else if (by_build.is != FIX_UNKNOWN) {
		l->found = by_build;
		l->truth = BY_THE_BUILD;
	}
}

static const struct answer_check *answer(const struct look *l, const char *means)
{
	for (size_t i = 0; i < l->w->n_answers; i++) {
		const struct answer_check *a = &l->w->answers[i];

		if (strcmp(a->means, means) == 0 && observed_as(l->j, a->key, a->equals))
			return a;
	}
	return NULL;
}

/* --- in words --- */

static const char *say_fix(struct look *l)
{
	const struct fixed *row = l->found.row;

	if (l->truth == BY_THE_BUILD)
		return judging_say(l->j, "the build is %u.%u, fixed in %u.%u",
				   l->windows.version.part[2], l->windows.ubr, row->os.part[2],
				   row->by == FIXED_BY_BUILD ? row->ubr : row->version.part[3]);
	return judging_say(l->j, "%s is %s, fixed in %s", l->w->file,
			   say_version(l->j, &l->version), say_version(l->j, &row->version));
}

/* "KB958644 or KB4012215": of the row, or of all that may be meant. For no Windows all would be. */
static const char *say_kbs(struct look *l)
{
	const char *text = "";

	if (!l->windows.is_known)
		return text;
	for (size_t i = 0; i < l->w->n_fixed; i++) {
		const struct fixed *row = &l->w->fixed[i];

		if (l->found.row != NULL ? row != l->found.row : !fixed_is_for(row, &l->windows))
			continue;
		for (size_t k = 0; row->kbs != NULL && row->kbs[k] != NULL; k++) {
			if (strstr(text, row->kbs[k]) == NULL)
				text = say_more(l->j, text, " or ", row->kbs[k]);
		}
	}
	return text;
}

static bool has_row(const struct look *l, enum fixed_by by)
{
	for (size_t i = 0; i < l->w->n_fixed; i++) {
		const struct fixed *row = &l->w->fixed[i];

		if (row->by == by && fixed_is_for(row, &l->windows))
			return true;
	}
	return false;
}

static const char *say_build_unknown(struct look *l)
{
	const struct observation *o = posture_find(l->j->posture, "os.ubr");
	bool is_value = o != NULL && o->state == OBSERVED_VALUE;

	if (is_value && o->by == BY_LIST)
		return judging_say(l->j, "a list says its last update is %s; it was not read",
				   o->value);
	return judging_say(l->j, "the number of its last update (UBR) was not read: %s",
			   is_value ? judging_say(l->j, "it says \"%s\"", o->value)
				    : why_unknown(o));
}

static const char *say_file_unread(struct look *l)
{
	if (l->file != NULL && l->file->state == OBSERVED_ABSENT)
		return judging_say(l->j, "there is no %s", l->w->file);
	if (l->file != NULL && l->file->state == OBSERVED_VALUE)
		return judging_say(l->j, "%s has no version: \"%s\"", l->w->file, l->file->value);
	return judging_say(l->j, "%s was not read: %s", l->w->file, why_unknown(l->file));
}

/* Why neither the file nor the build says anything. */
static const char *say_unknown(struct look *l)
{
	bool by_file = l->w->file != NULL && has_row(l, FIXED_BY_FILE);

	if (!l->windows.is_known)
		return say_more(
			l->j,
			judging_say(l->j, "which Windows it is is not known: %s", l->windows.why),
			"; ", by_file ? say_file_unread(l) : "");
	if (l->has_version && l->file->by == BY_LIST && l->found.is == FIX_NEW)
		return judging_say(l->j,
				   "a list says %s is %s, which is fixed; the file was not read",
				   l->w->file, l->file->value);
	if (l->found.is_unclear)
		return judging_say(
			l->j,
			"%s is %s, which is fixed for one service pack or branch and not for "
			"another; which one it is is not known",
			l->w->file, l->file->value);
	if (by_file && !l->has_version)
		return say_file_unread(l);
	if (has_row(l, FIXED_BY_BUILD))
		return say_build_unknown(l);
	return judging_say(l->j, "no fixed version is known for %s", l->windows.words);
}

static void say_conflict(struct look *l, struct judged_patch *to, const char *text)
{
	to->conflict = say_more(l->j, to->conflict, "; ", text);
}

/* --- states --- */

static void when_new(struct look *l, struct judged_patch *to)
{
	to->why = say_fix(l);
	to->state = PATCH_EFFECTIVE;
	if (l->missing != NULL) { /* what runs is older than what lies on the disk */
		to->state = PATCH_PENDING;
		say_conflict(l, to, l->missing->says);
		if (l->restart == NULL)
			l->restart = "it still answers as before: it was not restarted since";
	}
	if (l->restart != NULL)
		to->state = PATCH_PENDING;
	if (l->restart != NULL)
		to->why = judging_say(l->j, "%s, but %s", to->why, l->restart);
	else if (!l->restart_known)
		to->why =
			judging_say(l->j, "%s; whether a restart is pending is not known", to->why);
	else if (l->claim == CLAIM_ABSENT)
		to->why = judging_say(l->j, "%s; %s is on no list: another update brought it",
				      to->why, l->kb);
	for (size_t i = 0; i < l->w->n_defeats; i++) {
		const struct defeat *d = &l->w->defeats[i];

		if (!observed_as(l->j, d->key, d->equals))
			continue;
		to->state = PATCH_MISSING;
		to->why = judging_say(l->j, "%s, but %s", say_fix(l), d->says);
		return;
	}
}

static void when_old(struct look *l, struct judged_patch *to)
{
	bool is_claimed = l->claim == CLAIM_INSTALLED || l->claim == CLAIM_PENDING;

	to->why = say_fix(l);
	to->state = PATCH_MISSING;
	if (is_claimed && !l->is_listed && l->restart != NULL) {
		to->state = PATCH_PENDING;
		to->why = l->restart == l->claimed
				  ? judging_say(l->j, "%s; %s", to->why, l->claimed)
				  : judging_say(l->j, "%s; %s, and %s", to->why, l->claimed,
						l->restart);
	} else if (is_claimed) {
		say_conflict(l, to,
			     judging_say(l->j, "%s, but the %s is older", l->claimed,
					 l->truth == BY_THE_FILE ? "file" : "build"));
	}
	if (l->patched != NULL)
		say_conflict(l, to, l->patched->says);
	if (l->none != NULL)
		say_conflict(l, to, l->none->says);
}

static void when_nothing(struct look *l, struct judged_patch *to)
{
	to->state = PATCH_UNKNOWN;
	if (l->missing != NULL) {
		to->state = PATCH_MISSING;
		to->why = l->missing->says;
		if (l->claim > CLAIM_ABSENT)
			say_conflict(l, to, l->claimed);
	} else if (l->none != NULL) {
		to->state = PATCH_NOT_AFFECTED;
		to->why = l->none->says;
	} else {
		to->why = say_more(l->j, say_unknown(l), "; ", l->claimed);
		if (l->claim == CLAIM_PENDING)
			to->state = PATCH_PENDING;
		if (l->patched != NULL)
			to->why = say_more(l->j, to->why, "; ", l->patched->says);
	}
}

/* NULL: it may have the hole. */
static const char *why_not_affected(struct look *l)
{
	const struct weakness *w = l->w;
	const struct windows *is = &l->windows;
	static const struct version zero;
	char key[POSTURE_KEY];
	const struct observation *service = NULL;

	/* Without its build a Windows 10 may be any. */
	if (is->is_known && version_cmp(&is->version, &w->affected_from) < 0 &&
	    (is->version.part[2] != 0 || !windows_same_release(&is->version, &w->affected_from)))
		return judging_say(l->j, "%s is older than the hole", is->words);
	if (is->is_known && version_cmp(&w->affected_until, &zero) != 0 &&
	    version_cmp(&is->version, &w->affected_until) >= 0)
		return judging_say(l->j, "%s never had it", is->words);
	if (fixed_at_release(w, is) != NULL)
		return judging_say(l->j, "%s had the fix from its first day", is->words);
	if (w->product_type != NULL && is->type != NULL && !same_text(is->type, w->product_type))
		return judging_say(l->j, "it is a %s, and only a %s has it", is->type,
				   w->product_type);
	if (w->service != NULL) {
		(void)snprintf(key, sizeof(key), "service:%s", w->service);
		service = posture_find(l->j->posture, key);
	}
	if (service != NULL && service->state == OBSERVED_ABSENT)
		return judging_say(l->j, "it has no service %s", w->service);
	return NULL;
}

static void look_around(struct look *l)
{
	look_at_file(l);
	look_at_claims(l);
	look_at_restart(l);
	look_for_fix(l);
	l->missing = answer(l, "missing");
	l->patched = answer(l, "patched");
	l->none = answer(l, "not-affected");
}

static const char *say_remedies(struct look *l)
{
	const char *text = "";

	for (size_t i = 0; i < l->w->n_remedies; i++) {
		const struct remedy *r = &l->w->remedies[i];

		if (observed_as(l->j, r->key, r->equals))
			text = say_more(l->j, text, "; ", r->says);
	}
	return text;
}

static void decide(struct look *l, struct judged_patch *to)
{
	const char *not_affected = why_not_affected(l);

	to->conflict = l->found.odd;
	if (not_affected != NULL && l->missing != NULL) { /* what it does counts, not its name */
		to->state = PATCH_MISSING;
		to->why = l->missing->says;
		say_conflict(l, to, not_affected);
	} else if (not_affected != NULL) {
		to->state = PATCH_NOT_AFFECTED;
		to->why = not_affected;
	} else if (l->truth != BY_NOTHING && l->found.is == FIX_NEW) {
		when_new(l, to);
	} else if (l->truth != BY_NOTHING && l->found.is == FIX_OLD) {
		when_old(l, to);
	} else if (l->found.is == FIX_ODD) {
		to->why = judging_say(l->j, "%s would be fixed, but is of another Windows",
				      l->w->file);
	} else {
		when_nothing(l, to);
	}
}

void judge_patch(struct judging *j, const struct weakness *w, struct judged_patch *to)
{
	struct look l = {.j = j, .w = w, .windows = j->windows};

	*to = (struct judged_patch){.weakness = w,
				    .state = PATCH_UNKNOWN,
				    .why = "",
				    .conflict = "",
				    .remedy = "",
				    .kbs = ""};
	look_around(&l);
	decide(&l, to);
	if (w->product_type != NULL && l.windows.type == NULL && to->state == PATCH_MISSING) {
		to->state = PATCH_UNKNOWN;
		to->why = judging_say(j, "only a %s has it, and whether it is one is not known; %s",
				      w->product_type, to->why);
	}
	if (j->arena == NULL) /* the rest is words */
		return;
	if (to->state != PATCH_NOT_AFFECTED)
		to->remedy = say_remedies(&l);
	if (to->state == PATCH_MISSING || to->state == PATCH_UNKNOWN)
		to->kbs = say_kbs(&l);
}
