/* judge - one machine as a whole. */
#include <string.h>

#include "judge/judging.h"

/* Weights of `harm`; judge.h explains them. */
#define HARM_MISSING 10.0
#define HARM_PENDING 6.0
#define HARM_UNKNOWN 0.5
#define HARM_LOOSE   20.0
#define HARM_OPEN    60.0 /* it may be open to what is about */
#define HARM_REMEDY  0.3
#define HARM_FAIL    2.0
#define HARM_WARN    0.5
#define HARM_UNASKED 0.2
#define HARM_STRONG  150.0
#define HARM_WEAK    15.0

void judged_free(struct judged *j)
{
	if (j != NULL)
		arena_free(j->arena); /* `j` lives in it, too */
}

static bool is_loose(const struct weakness *w, const char *const *loose)
{
	for (size_t i = 0; w->threats != NULL && w->threats[i] != NULL; i++) {
		for (size_t k = 0; loose != NULL && loose[k] != NULL; k++) {
			if (strcmp(w->threats[i], loose[k]) == 0)
				return true;
		}
	}
	return false;
}

static double harm_of(const struct judged *j, const char *const *loose)
{
	static const double of_state[PATCH_STATES] = {[PATCH_PENDING] = HARM_PENDING,
						      [PATCH_MISSING] = HARM_MISSING,
						      [PATCH_UNKNOWN] = HARM_UNKNOWN};
	double harm = 0;

	for (size_t i = 0; i < j->n_patches; i++) {
		const struct judged_patch *p = &j->patches[i];

		double one = of_state[p->state];

		if (is_loose(p->weakness, loose))
			one = p->state == PATCH_UNKNOWN ? HARM_OPEN : one * HARM_LOOSE;
		harm += one * (p->remedy[0] != '\0' ? HARM_REMEDY : 1.0);
	}
	for (size_t i = 0; i < j->n_signs; i++)
		harm += j->signs[i].is_strong ? HARM_STRONG : HARM_WEAK;
	return harm + HARM_FAIL * j->n_mark[MARK_FAIL] + HARM_WARN * j->n_mark[MARK_WARN] +
	       HARM_UNASKED * j->n_mark[MARK_UNKNOWN];
}

static bool make_room(struct judged *to, const struct judge_rules *rules)
{
	to->n_patches = rules->n_weaknesses;
	to->n_checks = rules->baseline != NULL ? rules->baseline->n_checks : 0;
	to->patches = arena_alloc(to->arena, to->n_patches * sizeof(*to->patches));
	to->checks = arena_alloc(to->arena, to->n_checks * sizeof(*to->checks));
	to->signs = arena_alloc(to->arena, SIGNS_MAX * sizeof(*to->signs));
	return to->patches != NULL && to->checks != NULL && to->signs != NULL;
}

static enum rc judge_into(struct judged *to, const struct judge_rules *rules)
{
	struct judging j = {.posture = to->posture, .arena = to->arena};

	if (!make_room(to, rules))
		return RC_NOMEM;
	windows_look(&j);
	to->os = j.windows.words;
	for (size_t i = 0; i < to->n_patches; i++) {
		judge_patch(&j, &rules->weaknesses[i], &to->patches[i]);
		to->n_patch[to->patches[i].state]++;
	}
	for (size_t i = 0; i < to->n_checks; i++) {
		judge_check(&j, &rules->baseline->checks[i], &to->checks[i]);
		to->n_mark[to->checks[i].mark]++;
	}
	if (!rules->patches_only)
		to->n_signs = judge_signs(&j, to->signs);
	to->harm = harm_of(to, rules->loose);
	return j.is_full ? RC_NOMEM : RC_OK;
}

enum rc judge_by(const struct posture *p, const struct judge_rules *rules, struct judged **ret_j)
{
	struct arena *arena = NULL;
	struct judged *j;
	enum rc rc;

	if (arena_new(0, &arena) != RC_OK)
		return RC_NOMEM;
	j = arena_alloc(arena, sizeof(*j));
	if (j == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	j->arena = arena;
	j->posture = p;
	rc = judge_into(j, rules);
	if (rc != RC_OK) {
		judged_free(j);
		return rc;
	}
	*ret_j = j;
	return RC_OK;
}

void judge_states(const struct posture *p, const struct judge_rules *rules,
		  enum patch_state *ret_states)
{
	struct judging j = {.posture = p};

	windows_look(&j);
	for (size_t i = 0; i < rules->n_weaknesses; i++) {
		struct judged_patch patch;

		judge_patch(&j, &rules->weaknesses[i], &patch);
		ret_states[i] = patch.state;
	}
}

enum rc judge_posture(const struct posture *p, const struct knowledge *k, const char *const *loose,
		      struct judged **ret_j)
{
	struct judge_rules rules = {.baseline = knowledge_baseline(k), .loose = loose};

	rules.weaknesses = knowledge_weaknesses(k, &rules.n_weaknesses);
	return judge_by(p, &rules, ret_j);
}
