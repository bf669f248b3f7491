#include "picture/worst.h"

#include <string.h>

/* Of one machine: a dozen texts, each cut at WRONG_TEXT. */
enum { WORST_BYTES = 64 * 1024 };

static const char *keep(struct worst *w, const char *text, bool *ret_bad)
{
	char cut[WRONG_TEXT];
	const char *kept;

	(void)snprintf(cut, sizeof(cut), "%s", told(text));
	kept = arena_strdup(w->arena, cut);

	*ret_bad = *ret_bad || kept == NULL;
	return kept;
}

static void keep_wrongs(struct worst *w, const struct picture_options *opt,
			const struct picture_machine *m, bool *ret_bad)
{
	struct wrong list[WORST_WRONG];
	char text[WRONG_TEXT], step[STEP_TEXT];

	w->n_wrong_all = wrong_list(opt, m->judged, list, WORST_WRONG);
	w->n_wrong = w->n_wrong_all < WORST_WRONG ? w->n_wrong_all : WORST_WRONG;
	for (size_t i = 0; i < w->n_wrong; i++) {
		w->wrong[i].kind = list[i].kind;
		w->wrong[i].what = keep(w, wrong_say(&list[i], text), ret_bad);
	}
	w->next = keep(w, next_step(opt, m, step), ret_bad);
}

enum rc worst_new(const struct picture_options *opt, const struct picture_machine *m,
		  struct worst **ret_w)
{
	struct arena *arena = NULL;
	struct worst *w = NULL;
	bool is_bad = false;

	if (arena_new(WORST_BYTES, &arena) != RC_OK)
		return RC_NOMEM;
	w = arena_alloc(arena, sizeof(*w));
	if (w == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	w->arena = arena;
	w->machine = *m;
	w->machine.judged = NULL;
	w->machine.id = keep(w, m->id, &is_bad);
	w->machine.name = keep(w, m->name, &is_bad);
	w->machine.os = keep(w, os_of(m), &is_bad);
	w->machine.user = keep(w, m->user, &is_bad);
	w->machine.place = keep(w, m->place, &is_bad);
	w->machine.owner = keep(w, m->owner, &is_bad);
	w->machine.how = keep(w, m->how, &is_bad);
	w->assessed = assessed_of(opt, m);
	w->harm = harm_of(m);
	keep_wrongs(w, opt, m, &is_bad);
	if (is_bad) {
		worst_free(w);
		return RC_NOMEM;
	}
	*ret_w = w;
	return RC_OK;
}

void worst_free(struct worst *w)
{
	if (w != NULL)
		arena_free(w->arena); /* it lies in there itself */
}

static bool is_worse(const struct picture_machine *m, double harm, const struct worst *than)
{
	if (harm != than->harm)
		return harm > than->harm;
	return strcmp(told(m->id), than->machine.id) < 0;
}

/* For one weakness alone it is those that have it open; otherwise whoever has harm. */
static bool is_of_interest(const struct picture_options *opt, const struct picture_machine *m)
{
	enum patch_state s;

	if (m->judged == NULL)
		return false;
	if (opt->only == NULL)
		return harm_of(m) > 0;
	s = state_of(opt, m, NULL);
	return s == PATCH_MISSING || s == PATCH_PENDING;
}

enum rc worst_offer(struct tally *t, const struct picture_options *opt,
		    const struct picture_machine *m)
{
	size_t at = t->n_worst;
	struct worst *w = NULL;
	enum rc rc;

	if (!is_of_interest(opt, m))
		return RC_OK;
	t->harmed++;
	while (at > 0 && is_worse(m, harm_of(m), t->worst[at - 1]))
		at--;
	if (at == PICTURE_WORST)
		return RC_OK;
	rc = worst_new(opt, m, &w);
	if (rc != RC_OK)
		return rc;
	if (t->n_worst == PICTURE_WORST)
		worst_free(t->worst[--t->n_worst]);
	memmove(&t->worst[at + 1], &t->worst[at], (t->n_worst - at) * sizeof(t->worst[0]));
	t->worst[at] = w;
	t->n_worst++;
	return RC_OK;
}
