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
	const char **keys;
	size_t n_keys, cap_keys;
	struct judge_questions questions;
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
	if (a->list == NULL || a->patches == NULL)
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

/* --- which observations --- */

static void add_key(struct asking *a, const char *prefix, const char *key)
{
	if (key == NULL)
		return;
	if (a->n_keys == a->cap_keys) {
		size_t cap = a->cap_keys == 0 ? 128 : 2 * a->cap_keys;
		const char **more = realloc(a->keys, cap * sizeof(*more));

		if (more == NULL) {
			a->l->rc = RC_NOMEM;
			return;
		}
		a->keys = more;
		a->cap_keys = cap;
	}
	a->keys[a->n_keys++] = look_text(a->l, "%s%s", prefix, key);
}

static void add_keys(struct asking *a, const char *prefix, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_key(a, prefix, keys[i]);
}

static void add_keys_of(struct asking *a, const struct weakness *w)
{
	for (size_t i = 0; i < w->n_remedies; i++)
		add_key(a, "", w->remedies[i].key);
	for (size_t i = 0; i < w->n_answers; i++)
		add_key(a, "", w->answers[i].key);
	for (size_t i = 0; i < w->n_defeats; i++)
		add_key(a, "", w->defeats[i].key);
}

static int by_key(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	const struct observation one = {.key = *x}, other = {.key = *y};

	return posture_cmp(&one, &other);
}

/* What judge/ looks at for these weaknesses. */
static enum rc list_keys(struct asking *a)
{
	static const char *const of_windows[] = {
		"os.version",     "os.service-pack", "os.name", "os.product-type",
		"os.arch",        "os.boot",         "os.ubr",  "smb.build",
		"reboot-pending", "hotfix:",         "service:"};
	const struct judge_rules rules = {.weaknesses = a->list, .n_weaknesses = a->n};
	struct judge_questions *q = &a->questions;
	enum rc rc = judge_questions_by(&rules, NULL, q);
	size_t n = 0;

	if (rc != RC_OK)
		return rc;
	add_keys(a, "", of_windows, sizeof(of_windows) / sizeof(of_windows[0]));
	add_keys(a, "file:", q->files, q->n_files);
	add_keys(a, "file.changed:", q->files, q->n_files);
	add_keys(a, "registry:", q->registry, q->n_registry);
	add_keys(a, "service:", q->services, q->n_services);
	add_keys(a, "hotfix:", q->updates, q->n_updates);
	for (size_t i = 0; i < a->n; i++)
		add_keys_of(a, &a->list[i]);
	if (a->l->rc != RC_OK)
		return a->l->rc;
	qsort(a->keys, a->n_keys, sizeof(*a->keys), by_key);
	for (size_t i = 0; i < a->n_keys; i++) {
		if (n == 0 || by_key(&a->keys[n - 1], &a->keys[i]) != 0)
			a->keys[n++] = a->keys[i];
	}
	a->n_keys = n;
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

static enum rc count(struct asking *a, const struct store_posture *sp)
{
	const struct judge_rules rules = {.weaknesses = a->list, .n_weaknesses = a->n};
	uint32_t node = look_node(a->l, sp->machine);
	bool is_infected = node != TREE_NOBODY && a->l->nodes[node].verdict == VERDICT_INFECTED;
	enum patch_state worst = PATCH_NOT_AFFECTED;
	struct judged *j = NULL;
	enum rc rc = judge_by(sp->posture, &rules, &j);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < a->n; i++) {
		struct triage_patch *p = &a->patches[i];
		enum patch_state s = j->patches[i].state;

		p->by_state[s]++;
		p->infected[s] += is_infected;
		if (p->oldest_ns == 0 || sp->posture->at_ns < p->oldest_ns)
			p->oldest_ns = sp->posture->at_ns;
		if (severity(s) > severity(worst))
			worst = s;
	}
	judged_free(j);
	if (node != TREE_NOBODY && a->n > 0)
		a->l->nodes[node].patch = worst;
	return RC_OK;
}

static bool take_posture(void *ctx, const struct store_posture *sp)
{
	struct asking *a = ctx;

	if (sp->machine[0] == '\0')
		return true;
	a->assessed++;
	a->l->rc = count(a, sp);
	return a->l->rc == RC_OK;
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

enum rc look_at_patches(struct looking *l)
{
	struct asking a = {.l = l};
	struct triage_input *in = &l->o->in;
	enum rc rc = choose(&a);

	if (rc == RC_OK)
		rc = list_keys(&a);
	if (rc == RC_OK) {
		const struct posture_wanted only = {a.keys, a.n_keys};

		rc = store_postures_some(l->s, &only, take_posture, &a);
		/* What is damaged is unknown, and said among the blind spots. */
		if (rc == RC_FORMAT) {
			l->damaged = look_kept(l, store_error(l->s));
			rc = RC_OK;
		}
	}
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
	judge_questions_done(&a.questions);
	free(a.keys);
	return rc == RC_OK ? l->rc : rc;
}
