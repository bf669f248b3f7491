#include "picture/diff.h"

#include <stdlib.h>
#include <string.h>

#include "picture/site.h"

static const struct diff_writer *writer_of(enum picture_format f)
{
	switch (f) {
	case PICTURE_HUMAN:
		return &diff_human;
	case PICTURE_JSON:
		return &diff_json;
	case PICTURE_CSV:
		return &diff_csv;
	case PICTURE_HTML:
		break;
	}
	return NULL;
}

static enum rc take_rows(struct picture_diff *d)
{
	const struct baseline *b = d->opt.only == NULL ? d->opt.baseline : NULL;

	d->weaknesses = calloc(d->opt.n_weaknesses + 1, sizeof(*d->weaknesses));
	d->checks = calloc((b == NULL ? 0 : b->n_checks) + 1, sizeof(*d->checks));
	if (d->weaknesses == NULL || d->checks == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < d->opt.n_weaknesses; i++)
		if (weakness_is_shown(&d->opt, &d->opt.weaknesses[i]))
			d->weaknesses[d->n_weaknesses++].weakness = &d->opt.weaknesses[i];
	for (size_t i = 0; b != NULL && i < b->n_checks; i++)
		d->checks[d->n_checks++].check = &b->checks[i];
	return RC_OK;
}

enum rc picture_diff_new(const struct picture_options *opt, struct picture_diff **ret_d)
{
	struct picture_diff *d = calloc(1, sizeof(*d));
	enum rc rc;

	if (d == NULL)
		return RC_NOMEM;
	d->opt = *opt;
	d->writer = writer_of(opt->format);
	rc = d->writer == NULL ? RC_INVAL : take_rows(d);
	if (rc == RC_OK)
		rc = d->writer->begin(d);
	if (rc != RC_OK) {
		picture_diff_free(d);
		return rc;
	}
	*ret_d = d;
	return RC_OK;
}

const struct picture_machine *diff_machine(const struct picture_change *c)
{
	return c->after != NULL ? c->after : c->before;
}

static void count_moves(struct picture_diff *d, const struct judged *before,
			const struct judged *after)
{
	for (size_t i = 0; i < d->n_weaknesses; i++) {
		const struct weakness *w = d->weaknesses[i].weakness;
		const struct judged_patch *a = patch_of(before, w, i), *b = patch_of(after, w, i);

		d->weaknesses[i].moved[a == NULL ? PATCH_UNKNOWN : a->state]
				      [b == NULL ? PATCH_UNKNOWN : b->state]++;
	}
	for (size_t i = 0; i < d->n_checks; i++) {
		const struct check *k = d->checks[i].check;
		const struct judged_check *a = check_of(before, k, i), *b = check_of(after, k, i);

		d->checks[i].moved[a == NULL ? MARK_UNKNOWN : a->mark]
				  [b == NULL ? MARK_UNKNOWN : b->mark]++;
	}
}

static void count(struct picture_diff *d, const struct picture_change *c,
		  const struct changes *list)
{
	bool is_worse = false, is_better = false, has_new = false, has_gone = false;

	d->machines++;
	d->fates[list->fate]++;
	if (c->before != NULL)
		d->before[state_of(&d->opt, c->before, NULL)]++;
	if (c->after != NULL)
		d->after[state_of(&d->opt, c->after, NULL)]++;
	for (size_t i = 0; i < list->n; i++) {
		const struct change *one = &list->list[i];
		bool is_sign = strcmp(one->about, "sign") == 0;

		is_worse = is_worse || one->direction == DIRECTION_WORSE;
		is_better = is_better || one->direction == DIRECTION_BETTER;
		has_new = has_new || (is_sign && one->direction == DIRECTION_WORSE);
		has_gone = has_gone || (is_sign && one->direction == DIRECTION_BETTER);
	}
	d->worse += is_worse;
	d->better += is_better;
	d->signs_new += has_new;
	d->signs_gone += has_gone;
	if (list->fate == FATE_CHANGED && c->before != NULL && c->after != NULL)
		count_moves(d, c->before->judged, c->after->judged);
}

enum rc picture_diff_add(struct picture_diff *d, const struct picture_change *c)
{
	struct changes list = {.list = NULL};
	enum rc rc;

	if (c->before == NULL && c->after == NULL)
		return RC_OK;
	rc = changes_of(&d->opt, c, &list);
	if (rc != RC_OK)
		return rc;
	count(d, c, &list);
	if (list.fate != FATE_SAME)
		rc = d->writer->add(d, c, &list);
	changes_done(&list);
	return rc;
}

enum rc picture_diff_end(struct picture_diff *d)
{
	return d->writer->end(d);
}

void picture_diff_free(struct picture_diff *d)
{
	if (d == NULL)
		return;
	if (d->writer != NULL && d->writer->free != NULL)
		d->writer->free(d->state);
	free(d->weaknesses);
	free(d->checks);
	free(d);
}

uint64_t diff_patch_moved(const struct diff_weakness *w, enum direction d)
{
	uint64_t n = 0;

	for (unsigned from = 0; from < PATCH_STATES; from++)
		for (unsigned to = 0; to < PATCH_STATES; to++)
			if (from != to &&
			    patch_direction((enum patch_state)from, (enum patch_state)to) == d)
				n += w->moved[from][to];
	return n;
}

uint64_t diff_check_moved(const struct diff_check *c, enum direction d)
{
	uint64_t n = 0;

	for (unsigned from = 0; from < MARKS; from++)
		for (unsigned to = 0; to < MARKS; to++)
			if (from != to && mark_direction((enum mark)from, (enum mark)to) == d)
				n += c->moved[from][to];
	return n;
}
