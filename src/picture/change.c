#include "picture/change.h"

#include <stdlib.h>
#include <string.h>

const char *direction_name(enum direction d)
{
	static const char *const names[DIRECTIONS] = {"worse", "better", "lost", "learned",
						      "other"};

	return names[d];
}

const char *fate_name(enum fate f)
{
	static const char *const names[FATES] = {"changed",  "new",        "gone",
						 "assessed", "unassessed", "same"};

	return names[f];
}

/* 0 is best; -1: not known. */
static enum direction compare(int from, int to)
{
	if (from < 0)
		return DIRECTION_LEARNED;
	if (to < 0)
		return DIRECTION_LOST;
	if (from == to)
		return DIRECTION_OTHER;
	return from < to ? DIRECTION_WORSE : DIRECTION_BETTER;
}

enum direction patch_direction(enum patch_state from, enum patch_state to)
{
	static const int bad[PATCH_STATES] = {[PATCH_EFFECTIVE] = 0,
					      [PATCH_NOT_AFFECTED] = 0,
					      [PATCH_PENDING] = 1,
					      [PATCH_MISSING] = 2,
					      [PATCH_UNKNOWN] = -1};

	return compare(bad[from], bad[to]);
}

enum direction mark_direction(enum mark from, enum mark to)
{
	static const int bad[MARKS] = {[MARK_PASS] = 0,
				       [MARK_NOT_APPLICABLE] = 0,
				       [MARK_WARN] = 1,
				       [MARK_FAIL] = 2,
				       [MARK_UNKNOWN] = -1};

	return compare(bad[from], bad[to]);
}

static void put(struct changes *to, struct change c)
{
	to->list[to->n++] = c;
}

static void put_patches(struct changes *to, const struct picture_options *opt,
			const struct judged *before, const struct judged *after)
{
	for (size_t i = 0; i < opt->n_weaknesses; i++) {
		const struct weakness *w = &opt->weaknesses[i];
		const struct judged_patch *a = patch_of(before, w, i), *b = patch_of(after, w, i);
		enum patch_state from = a == NULL ? PATCH_UNKNOWN : a->state;
		enum patch_state now = b == NULL ? PATCH_UNKNOWN : b->state;

		if (from == now || !weakness_is_shown(opt, w))
			continue;
		put(to, (struct change){patch_direction(from, now), "patch", w->id, told(w->title),
					patch_state_name(from), patch_state_name(now),
					b == NULL ? "" : told(b->why)});
	}
}

static void put_checks(struct changes *to, const struct picture_options *opt,
		       const struct judged *before, const struct judged *after)
{
	const struct baseline *base = opt->only == NULL ? opt->baseline : NULL;

	for (size_t i = 0; base != NULL && i < base->n_checks; i++) {
		const struct check *c = &base->checks[i];
		const struct judged_check *a = check_of(before, c, i), *b = check_of(after, c, i);
		enum mark from = a == NULL ? MARK_UNKNOWN : a->mark;
		enum mark now = b == NULL ? MARK_UNKNOWN : b->mark;

		if (from == now)
			continue;
		put(to, (struct change){mark_direction(from, now), "check", c->id, told(c->title),
					mark_name(from), mark_name(now),
					b == NULL ? "" : told(b->value)});
	}
}

static bool has_sign(const struct judged *j, const char *id)
{
	for (size_t i = 0; i < j->n_signs; i++)
		if (strcmp(told(j->signs[i].id), id) == 0)
			return true;
	return false;
}

/* Signs of `has` that `lacks` has not. */
static void put_signs(struct changes *to, const struct judged *has, const struct judged *lacks,
		      enum direction d)
{
	for (size_t i = 0; i < has->n_signs; i++) {
		const struct judged_sign *s = &has->signs[i];
		bool is_worse = d == DIRECTION_WORSE;

		if (!has_sign(lacks, told(s->id)))
			put(to, (struct change){d, "sign", told(s->id), told(s->id),
						is_worse ? "absent" : "present",
						is_worse ? "present" : "absent", told(s->why)});
	}
}

static int by_weight(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	int order = strcmp(x->about, y->about);

	if (x->direction != y->direction)
		return x->direction < y->direction ? -1 : 1;
	/* alphabetical would be check, patch: but patches are the question */
	if (order != 0)
		return strcmp(x->about, "patch") == 0   ? -1
		       : strcmp(y->about, "patch") == 0 ? 1
							: order;
	return strcmp(x->id, y->id);
}

static enum fate fate_of(const struct picture_change *c)
{
	if (c->before == NULL)
		return c->after == NULL ? FATE_SAME : FATE_NEW;
	if (c->after == NULL)
		return FATE_GONE;
	if (c->before->judged == NULL)
		return c->after->judged == NULL ? FATE_SAME : FATE_ASSESSED;
	return c->after->judged == NULL ? FATE_UNASSESSED : FATE_CHANGED;
}

enum rc changes_of(const struct picture_options *opt, const struct picture_change *c,
		   struct changes *ret_c)
{
	struct changes to = {.fate = fate_of(c)};
	const struct judged *before = NULL, *after = NULL;
	size_t most = opt->n_weaknesses + (opt->baseline == NULL ? 0 : opt->baseline->n_checks) + 1;

	if (to.fate != FATE_CHANGED) {
		*ret_c = to;
		return RC_OK;
	}
	before = c->before->judged;
	after = c->after->judged;
	to.list = calloc(most + before->n_signs + after->n_signs, sizeof(*to.list));
	if (to.list == NULL)
		return RC_NOMEM;
	put_patches(&to, opt, before, after);
	put_checks(&to, opt, before, after);
	put_signs(&to, after, before, DIRECTION_WORSE);
	/* what was not looked at again is not gone */
	put_signs(&to, before, after,
		  assessed_of(opt, c->after) == ASSESSED_FAILED ? DIRECTION_LOST
								: DIRECTION_BETTER);
	if (strcmp(told(before->os), told(after->os)) != 0)
		put(&to, (struct change){DIRECTION_OTHER, "system", "os", "Windows",
					 told(before->os), told(after->os), ""});
	qsort(to.list, to.n, sizeof(*to.list), by_weight);
	if (to.n == 0)
		to.fate = FATE_SAME;
	*ret_c = to;
	return RC_OK;
}

void changes_done(struct changes *c)
{
	free(c->list);
	c->list = NULL;
	c->n = 0;
}
