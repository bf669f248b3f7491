#include "picture/tally.h"

#include <stdlib.h>
#include <string.h>

#include "picture/worst.h"

static void take_weaknesses(struct tally *t, const struct picture_options *opt)
{
	for (size_t i = 0; i < opt->n_weaknesses; i++) {
		const struct weakness *w = &opt->weaknesses[i];

		if (weakness_is_shown(opt, w))
			t->weaknesses[t->n_weaknesses++] = (struct tally_weakness){
				.weakness = w, .is_loose = weakness_is_loose(opt, w)};
	}
}

enum rc tally_new(const struct picture_options *opt, struct tally **ret_t)
{
	const struct baseline *b = opt->only == NULL ? opt->baseline : NULL;
	struct tally *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return RC_NOMEM;
	t->weaknesses = calloc(opt->n_weaknesses + 1, sizeof(*t->weaknesses));
	t->checks = calloc((b == NULL ? 0 : b->n_checks) + 1, sizeof(*t->checks));
	if (t->weaknesses == NULL || t->checks == NULL) {
		tally_free(t);
		return RC_NOMEM;
	}
	take_weaknesses(t, opt);
	for (size_t i = 0; b != NULL && i < b->n_checks; i++)
		t->checks[t->n_checks++].check = &b->checks[i];
	*ret_t = t;
	return RC_OK;
}

void tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n_worst; i++)
		worst_free(t->worst[i]);
	free(t->weaknesses);
	free(t->checks);
	free(t);
}

/* Appends a "KB958644, KB4012598" to the list of a weakness, if it is not there and has room. */
static void add_kbs(struct tally_weakness *w, const char *kbs)
{
	size_t len = strlen(w->kbs), more = strlen(kbs);

	if (more == 0 || strstr(w->kbs, kbs) != NULL || len + more + 3 > sizeof(w->kbs))
		return;
	(void)snprintf(w->kbs + len, sizeof(w->kbs) - len, "%s%s", len > 0 ? ", " : "", kbs);
}

static void add_patches(struct tally *t, const struct judged *j)
{
	bool conflicts = false;

	for (size_t i = 0; i < t->n_weaknesses; i++) {
		struct tally_weakness *w = &t->weaknesses[i];
		const struct judged_patch *p = j == NULL ? NULL : patch_of(j, w->weakness, i);

		if (p == NULL) {
			w->n[PATCH_UNKNOWN]++;
			continue;
		}
		w->n[p->state]++;
		if (told(p->conflict)[0] != '\0') {
			w->conflicts++;
			conflicts = true;
		}
		if (p->state == PATCH_MISSING) {
			w->remedied += told(p->remedy)[0] != '\0';
			add_kbs(w, told(p->kbs));
		}
	}
	t->conflicting += conflicts;
}

static void add_checks(struct tally *t, const struct judged *j)
{
	for (size_t i = 0; i < t->n_checks; i++) {
		struct tally_check *c = &t->checks[i];
		const struct judged_check *has = j == NULL ? NULL : check_of(j, c->check, i);

		c->n[has == NULL ? MARK_UNKNOWN : has->mark]++;
	}
}

static struct tally_sign *sign_for(struct tally *t, const struct judged_sign *s)
{
	struct tally_sign *to;

	for (size_t i = 0; i < t->n_signs; i++)
		if (t->signs[i].is_strong == s->is_strong &&
		    strncmp(t->signs[i].id, told(s->id), sizeof(t->signs[i].id) - 1) == 0)
			return &t->signs[i];
	if (t->n_signs == TALLY_SIGNS)
		return NULL;
	to = &t->signs[t->n_signs++];
	to->is_strong = s->is_strong;
	(void)snprintf(to->id, sizeof(to->id), "%s", told(s->id));
	(void)snprintf(to->why, sizeof(to->why), "%s", told(s->why));
	return to;
}

/* Was this kind, as strong, told of the machine before its sign number i? */
static bool is_repeated(const struct judged *j, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (j->signs[before].is_strong == j->signs[i].is_strong &&
		    strcmp(told(j->signs[before].id), told(j->signs[i].id)) == 0)
			return true;
	return false;
}

static void add_signs(struct tally *t, const struct picture_machine *m)
{
	bool is_tampered = false;
	char text[ADDR_TEXT];

	for (size_t i = 0; m->judged != NULL && i < m->judged->n_signs; i++) {
		const struct judged_sign *s = &m->judged->signs[i];
		struct tally_sign *to = NULL;

		is_tampered = is_tampered || s->is_strong;
		if (is_repeated(m->judged, i))
			continue;
		to = sign_for(t, s);
		if (to == NULL) {
			t->signs_left_out++;
			continue;
		}
		to->machines++;

		if (to->n_named < TALLY_NAMED)
			(void)snprintf(to->named[to->n_named++], TALLY_NAME, "%s", called(m, text));
	}
	t->tampered += is_tampered;
}

enum rc tally_add(struct tally *t, const struct picture_options *opt,
		  const struct picture_machine *m)
{
	enum assessed a = assessed_of(opt, m);
	bool is_loose;

	t->machines++;
	t->assessed[a]++;
	t->evidence[evidence_of(m)]++;
	t->protection[protection_of(m)]++;
	t->by_state[state_of(opt, m, &is_loose)]++;
	t->loose_missing += is_loose;
	t->unassessed_infected += m->verdict == VERDICT_INFECTED && a >= ASSESSED_FAILED;
	if (m->judged != NULL && m->at_ns != 0) {
		t->first_ns = t->first_ns == 0 || m->at_ns < t->first_ns ? m->at_ns : t->first_ns;
		t->last_ns = m->at_ns > t->last_ns ? m->at_ns : t->last_ns;
	}
	add_patches(t, m->judged);
	add_checks(t, m->judged);
	add_signs(t, m);
	return worst_offer(t, opt, m);
}

/* --- to be read --- */

static int more_first(uint64_t a, uint64_t b)
{
	return a > b ? -1 : a < b;
}

static int by_strength(const void *a, const void *b)
{
	const struct tally_sign *x = a, *y = b;

	if (x->is_strong != y->is_strong)
		return x->is_strong ? -1 : 1;
	if (x->machines != y->machines)
		return more_first(x->machines, y->machines);
	return strcmp(x->id, y->id);
}

void tally_sort_signs(struct tally *t)
{
	qsort(t->signs, t->n_signs, sizeof(t->signs[0]), by_strength);
}

static int by_urgency(const void *a, const void *b)
{
	static const enum patch_state order[] = {PATCH_MISSING, PATCH_PENDING, PATCH_UNKNOWN};
	const struct tally_weakness *x = *(const struct tally_weakness *const *)a;
	const struct tally_weakness *y = *(const struct tally_weakness *const *)b;

	if (x->is_loose != y->is_loose)
		return x->is_loose ? -1 : 1;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (x->n[order[i]] != y->n[order[i]])
			return more_first(x->n[order[i]], y->n[order[i]]);
	return strcmp(x->weakness->id, y->weakness->id);
}

enum rc tally_by_urgency(const struct tally *t, const struct tally_weakness ***ret_list)
{
	const struct tally_weakness **list = calloc(t->n_weaknesses + 1, sizeof(*list));

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < t->n_weaknesses; i++)
		list[i] = &t->weaknesses[i];
	qsort(list, t->n_weaknesses, sizeof(*list), by_urgency);
	*ret_list = list;
	return RC_OK;
}

bool tally_concerns_nobody(const struct tally *t, const struct tally_weakness *w)
{
	return t->n_weaknesses > 1 && w->n[PATCH_NOT_AFFECTED] == t->machines;
}

uint64_t tally_check_bad(const struct tally_check *c)
{
	return c->n[MARK_FAIL] + c->n[MARK_WARN];
}

static int by_failures(const void *a, const void *b)
{
	const struct tally_check *x = *(const struct tally_check *const *)a;
	const struct tally_check *y = *(const struct tally_check *const *)b;

	if (x->check->is_serious != y->check->is_serious)
		return x->check->is_serious ? -1 : 1;
	if (tally_check_bad(x) != tally_check_bad(y))
		return more_first(tally_check_bad(x), tally_check_bad(y));
	return strcmp(x->check->id, y->check->id);
}

enum rc tally_failed(const struct tally *t, const struct tally_check ***ret_list, size_t *ret_n)
{
	const struct tally_check **list = calloc(t->n_checks + 1, sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < t->n_checks; i++)
		if (tally_check_bad(&t->checks[i]) > 0)
			list[n++] = &t->checks[i];
	qsort(list, n, sizeof(*list), by_failures);
	*ret_list = list;
	*ret_n = n;
	return RC_OK;
}
