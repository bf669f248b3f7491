/*
 * The first question: of each weakness that a loose threat uses, in which state are the machines?
 *
 * Of all postures only the observations that these weaknesses ask about are read. A machine that
 * was never assessed is unknown; so is one that nobody knows by id, which is not counted at all.
 */
#include <stdlib.h>
#include <string.h>

#include "desk/looking.h"

struct asking { /* weaknesses, and what is asked about them */
	struct looking *l;
	struct weakness *list;
	size_t n;
	struct triage_patch *patches;
	enum patch_state *states; /* of the machine that is looked at */
	size_t assessed;
	struct {
		const char *words;
		size_t n;
	} products[16];
	size_t n_products;
};

/* --- which weaknesses --- */

static bool is_used(const struct looking *l, const struct weakness *w)
{
	if (l->opt->only != NULL && strcmp(l->opt->only, w->id) == 0)
		return true;
	for (size_t i = 0; w->threats != NULL && w->threats[i] != NULL; i++) {
		for (size_t k = 0; k < l->n_loose; k++) {
			if (strcmp(w->threats[i], l->loose[k]) == 0)
				return true;
		}
	}
	return false;
}

/* Those of its threats that are loose; all of them if it was only named. */
static const char *const *threats_of(struct looking *l, const struct weakness *w)
{
	size_t all = 0, n = 0;

	while (w->threats != NULL && w->threats[all] != NULL)
		all++;
	const char **list = arena_alloc(l->arena, (all + 1) * sizeof(*list));

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < all; i++) {
		for (size_t k = 0; k < l->n_loose; k++) {
			if (strcmp(w->threats[i], l->loose[k]) == 0)
				list[n++] = w->threats[i];
		}
	}
	for (size_t i = 0; i < all && list[0] == NULL; i++)
		list[i] = w->threats[i];
	return list;
}

static enum rc choose(struct asking *a)
{
	size_t all = 0;
	const struct weakness *w = knowledge_weaknesses(a->l->k, &all);

	a->list = arena_alloc(a->l->arena, all * sizeof(*a->list));
	a->patches = arena_alloc(a->l->arena, all * sizeof(*a->patches));
	a->states = arena_alloc(a->l->arena, all * sizeof(*a->states));
	if (a->list == NULL || a->patches == NULL || a->states == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < all; i++) {
		if (!is_used(a->l, &w[i]))
			continue;
		a->list[a->n] = w[i];
		a->patches[a->n] = (struct triage_patch){.weakness = &w[i],
							 .threats = threats_of(a->l, &w[i])};
		if (a->patches[a->n++].threats == NULL)
			return RC_NOMEM;
	}
	return RC_OK;
}

/* --- the machines --- */

/* For "the worst of it": a machine that is open to one of them is open. */
static int severity(enum patch_state s)
{
	static const int order[PATCH_STATES] = {
		[PATCH_NOT_AFFECTED] = 0, [PATCH_EFFECTIVE] = 1, [PATCH_UNKNOWN] = 2,
		[PATCH_PENDING] = 3,      [PATCH_MISSING] = 4,
	};

	return order[s];
}

static void count(struct asking *a, const struct store_posture *sp)
{
	const struct judge_rules rules = {
		.weaknesses = a->list, .n_weaknesses = a->n, .patches_only = true};
	uint32_t node = look_node(a->l, sp->machine);
	bool is_infected = node != TREE_NOBODY && a->l->nodes[node].verdict == VERDICT_INFECTED;
	enum patch_state worst = PATCH_NOT_AFFECTED;

	judge_states(sp->posture, &rules, a->states);
	for (size_t i = 0; i < a->n; i++) {
		struct triage_patch *p = &a->patches[i];
		enum patch_state s = a->states[i];

		p->by_state[s]++;
		p->infected[s] += is_infected;
		if (p->oldest_ns == 0 || sp->posture->at_ns < p->oldest_ns)
			p->oldest_ns = sp->posture->at_ns;
		if (severity(s) > severity(worst))
			worst = s;
	}
	if (node != TREE_NOBODY && a->n > 0)
		a->l->nodes[node].patch = worst;
}

static bool take_posture(void *ctx, const struct store_posture *sp)
{
	struct asking *a = ctx;

	if (sp->machine[0] == '\0')
		return true;
	a->assessed++;
	count(a, sp);
	return true;
}

/* --- the protection of the infected, for the vendor --- */

static void add_product(struct asking *a, const char *name, const char *value)
{
	size_t i = 0;
	const char *words = look_text(a->l, "%s, %s", name, value);

	while (i < a->n_products && strcmp(a->products[i].words, words) != 0)
		i++;
	if (i == sizeof(a->products) / sizeof(a->products[0]))
		return;
	if (i == a->n_products) {
		a->products[a->n_products].words = words;
		a->products[a->n_products++].n = 0;
	}
	a->products[i].n++;
}

static bool take_products(void *ctx, const struct store_posture *sp)
{
	static const char prefix[] = "anti-malware:";
	struct asking *a = ctx;
	size_t n = 0, first = posture_all(sp->posture, prefix, &n);

	for (size_t i = first; i < first + n; i++) {
		const struct observation *o = &sp->posture->list[i];

		if (o->state == OBSERVED_VALUE && o->key[sizeof(prefix) - 1] != '\0')
			add_product(a, o->key + sizeof(prefix) - 1, o->value);
	}
	return true;
}

/* Of some of the infected: who has how many is not the vendor's question. */
static enum rc look_at_products(struct asking *a)
{
	enum { ASKED_MOST = 50 };
	struct looking *l = a->l;
	size_t asked = 0;

	for (size_t i = 0; i < l->n_nodes && asked < ASKED_MOST; i++) {
		if (l->nodes[i].verdict != VERDICT_INFECTED)
			continue;
		asked++;
		enum rc rc = store_postures(l->s, l->nodes[i].machine, NULL, take_products, a);

		if (rc != RC_OK && rc != RC_FORMAT)
			return rc;
	}
	for (unsigned said = 0; said < PRODUCTS_MOST; said++) {
		size_t best = 0;

		for (size_t i = 1; i < a->n_products; i++)
			best = a->products[i].n > a->products[best].n ? i : best;
		if (a->n_products == 0 || a->products[best].n == 0)
			break;
		l->products[said] = look_text(l, "%s (%zu of %zu infected)",
					      a->products[best].words, a->products[best].n, asked);
		a->products[best].n = 0;
	}
	return l->rc;
}

/* Infected ones of which there is no posture. */
static size_t infected_missed(const struct asking *a, size_t i)
{
	size_t seen = 0, all = a->l->o->in.by_verdict[VERDICT_INFECTED];

	for (unsigned s = 0; s < PATCH_STATES; s++)
		seen += a->patches[i].infected[s];
	return all > seen ? all - seen : 0;
}

/* What is damaged is unknown, and said among the blind spots. */
static enum rc judge_all(struct asking *a)
{
	const struct judge_rules rules = {
		.weaknesses = a->list, .n_weaknesses = a->n, .patches_only = true};
	struct judge_keys keys = {.n = 0};
	enum rc rc = judge_keys_by(&rules, &keys);

	if (rc != RC_OK)
		return rc;
	rc = store_postures_some(a->l->s, &(struct posture_wanted){keys.list, keys.n}, take_posture,
				 a);
	judge_keys_done(&keys);
	if (rc != RC_FORMAT)
		return rc;
	a->l->damaged = look_kept(a->l, store_error(a->l->s));
	return RC_OK;
}

enum rc look_at_patches(struct looking *l)
{
	struct asking a = {.l = l};
	struct triage_input *in = &l->o->in;
	enum rc rc = choose(&a);

	if (rc == RC_OK)
		rc = judge_all(&a);
	if (rc == RC_OK && l->rc == RC_OK)
		rc = look_at_products(&a);
	for (size_t i = 0; i < a.n; i++) {
		size_t missed = in->machines > a.assessed ? in->machines - a.assessed : 0;

		a.patches[i].not_asked = missed;
		a.patches[i].by_state[PATCH_UNKNOWN] += missed;
		a.patches[i].infected[PATCH_UNKNOWN] += infected_missed(&a, i);
	}
	in->assessed = a.assessed;
	in->patches = a.patches;
	in->n_patches = a.n;
	return rc == RC_OK ? l->rc : rc;
}
