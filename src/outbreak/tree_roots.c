/*
 * Who has no infector is a candidate for patient zero. Each was infected some time before its first
 * deed that was heard: the longer ago, the rarer it is heard. So the first that was heard need not
 * be the first that was infected; how likely each is, is integrated over the time of the first
 * infection.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "outbreak/tree_parts.h"

enum { WHY_TEXT = 320, CANDIDATES = 256, STEPS = 256, GROWTH_LEAST = 6 };

static const double far = 8;             /* expected delays back */
static const double by_offspring = 0.25; /* a power: who infected many began early */

static int by_since(const void *one, const void *two)
{
	const struct tree_root *a = one, *b = two;

	if (a->since_ns != b->since_ns)
		return a->since_ns < b->since_ns ? -1 : 1;
	if (a->offspring != b->offspring)
		return a->offspring > b->offspring ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

static int by_confidence(const void *one, const void *two)
{
	const struct tree_root *a = one, *b = two;

	if (a->confidence > b->confidence || a->confidence < b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	return by_since(one, two);
}

static const char *why(struct growing *g, const struct tree_node *n)
{
	char text[WHY_TEXT], words[TREE_WORDS];
	bool was_attacked = n->in_case != 0;

	tree_deed_words(n->did, words);
	if (n->acted_ns == 0)
		(void)snprintf(text, sizeof(text),
			       "a worm's body went to it (%s), and it is not likely from whom",
			       n->did->threat);
	else
		(void)snprintf(text, sizeof(text), "%s before it %s",
			       was_attacked ? "none of those who attacked it is likely to have "
					      "infected it"
					    : "nobody was heard to attack it",
			       words);
	return arena_strdup(g->tree->arena, text);
}

static int by_time(const void *one, const void *two)
{
	const uint64_t *a = one, *b = two;

	return (*a > *b) - (*a < *b);
}

/* How fast it grew until half of them were heard: the logarithm's, in a second. */
static enum rc growth(const struct growing *g, double *ret_growth)
{
	uint64_t *all = arena_alloc(g->scratch, g->in->n_nodes * sizeof(*all));
	size_t n = 0, half = 0;
	double seconds;

	if (all == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < g->in->n_nodes; i++) {
		if (g->nodes[i].acted_ns != 0)
			all[n++] = g->nodes[i].acted_ns;
	}
	*ret_growth = 0;
	if (n < GROWTH_LEAST)
		return RC_OK;
	qsort(all, n, sizeof(*all), by_time);
	half = n / 2;
	seconds = tree_seconds(all[half] - all[0]);
	*ret_growth = log((double)half + 1) / (seconds > 1 ? seconds : 1);
	return RC_OK;
}

/* The time from infection to the first deed that is heard is as long as between two deeds; but in
 * what grows, most were infected lately, too. */
static double expected_delay(const struct growing *g, const struct tree_node *n, double growth)
{
	double usual = exp(g->model.mean);
	double gap = n->deeds > 1 && n->acted_ns != 0
			     ? tree_seconds(n->last_ns - n->acted_ns) / (n->deeds - 1)
			     : usual;

	gap = gap > usual ? gap : usual;
	return 1 / (1 / gap + growth);
}

struct candidate {
	double since, delay; /* seconds, after the first one's deed; expected */
	double weight, p;
};

/* The first infection was `back` seconds before the first deed: adds each one's chance. */
static void add_moment(struct candidate *list, size_t n, double back, double wide)
{
	double all_later = 0; /* logarithm of: nobody was infected earlier */

	for (size_t i = 0; i < n; i++)
		all_later += log1p(-exp(-(list[i].since + back) / list[i].delay));
	for (size_t i = 0; i < n; i++) {
		double x = (list[i].since + back) / list[i].delay;
		double others = all_later - log1p(-exp(-x));

		list[i].p += exp(others - x) / list[i].delay * wide;
	}
}

static void integrate(struct candidate *list, size_t n)
{
	double longest = 0, last = 0;

	for (size_t i = 0; i < n; i++)
		longest = list[i].delay > longest ? list[i].delay : longest;
	/* Finer near the first deed, where most of it is. */
	for (unsigned k = 1; k <= STEPS; k++) {
		double share = (double)k / STEPS, back = far * longest * share * share;

		add_moment(list, n, (back + last) / 2, back - last);
		last = back;
	}
}

static enum rc rank(struct growing *g, struct tree_root *roots, size_t n)
{
	size_t some = n < CANDIDATES ? n : CANDIDATES;
	struct candidate *list = arena_alloc(g->scratch, (some + 1) * sizeof(*list));
	double sum = 0, grows = 0;

	if (list == NULL || growth(g, &grows) != RC_OK)
		return RC_NOMEM;
	if (n == 0)
		return RC_OK;
	qsort(roots, n, sizeof(*roots), by_since);
	for (size_t i = 0; i < some; i++) {
		const struct tree_node *node = &g->nodes[roots[i].node];

		list[i].since = tree_seconds(roots[i].since_ns - roots[0].since_ns);
		list[i].delay = expected_delay(g, node, grows);
		list[i].weight =
			node->confidence / 100.0 * pow(1 + (double)node->offspring, by_offspring);
	}
	integrate(list, some);
	for (size_t i = 0; i < some; i++)
		sum += list[i].p * list[i].weight;
	/* It may not have been heard at all, or have come before the listening. */
	double heard = (1 - g->model.unheard) * (1 - g->model.before);

	for (size_t i = 0; i < some && sum > 0; i++)
		roots[i].confidence = tree_round(heard * list[i].p * list[i].weight / sum);
	qsort(roots, n, sizeof(*roots), by_confidence);
	return RC_OK;
}

enum rc tree_roots(struct growing *g)
{
	struct tree_root *roots = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < g->in->n_nodes; i++)
		cap += g->nodes[i].did != NULL;
	roots = arena_alloc(g->tree->arena, cap * sizeof(*roots));
	if (roots == NULL)
		return RC_NOMEM;
	for (uint32_t i = 0; i < g->in->n_nodes; i++) {
		const struct tree_node *node = &g->nodes[i];

		/* One that only looked around, and that nobody caught anything from, is no root. */
		if (node->did == NULL || node->in_edge != 0 ||
		    (!node->is_sure && node->offspring == 0))
			continue;
		roots[n] = (struct tree_root){
			.node = i,
			.since_ns = node->acted_ns != 0 ? node->acted_ns : node->fetched_ns,
			.offspring = node->offspring,
			.why = why(g, node),
		};
		if (roots[n++].why == NULL)
			return RC_NOMEM;
	}
	g->tree->roots = roots;
	g->tree->n_roots = n;
	return rank(g, roots, n);
}
