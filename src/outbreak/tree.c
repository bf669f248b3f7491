/* What each node did, and since when; the rest is in the files named in tree_parts.h. */
#include "outbreak/tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/monotime.h"
#include "outbreak/tree_parts.h"
#include "outbreak/verdict.h"

/* A scan that ended this long before the first attack had another reason. */
static const uint64_t another_reason_ns = 3600 * NS_PER_S;

enum { SURE = 60 };

int tree_finding_cmp(const struct finding *a, const struct finding *b)
{
	int c = finding_cmp(a, b);

	if (c != 0)
		return c;
	if (a->last_ns != b->last_ns)
		return a->last_ns < b->last_ns ? -1 : 1;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	if (a->n_packets != b->n_packets)
		return a->n_packets < b->n_packets ? -1 : 1;
	c = memcmp(a->packets, b->packets, a->n_packets * sizeof(a->packets[0]));
	if (c != 0)
		return c;
	if (a->details_len != b->details_len)
		return a->details_len < b->details_len ? -1 : 1;
	c = memcmp(a->details, b->details, a->details_len);
	return c != 0 ? c : strcmp(a->why, b->why);
}

double tree_round(double p)
{
	return floor(p * 1000) / 1000;
}

static int by_source(const void *one, const void *two)
{
	const struct tree_deed *a = one, *b = two;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->finding->first_ns != b->finding->first_ns)
		return a->finding->first_ns < b->finding->first_ns ? -1 : 1;
	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	return tree_finding_cmp(a->finding, b->finding);
}

static int by_target(const void *one, const void *two)
{
	const struct tree_deed *a = one, *b = two;

	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	return by_source(a, b);
}

const char *tree_deed_words(const struct finding *f, char *text)
{
	static const char *const words[CLASSES] = {
		[CLASS_EXPLOIT] = "attacked others",
		[CLASS_CHECK] = "asked others",
		[CLASS_IMPLANT] = "answered as an implant does",
		[CLASS_RENDEZVOUS] = "looked for its masters",
		[CLASS_TRANSFER] = "gave a worm's body to others",
		[CLASS_CREDENTIAL] = "tried passwords on others",
		[CLASS_LATERAL] = "started programs on others",
		[CLASS_SCAN] = "scanned",
	};
	size_t len = (size_t)snprintf(text, TREE_WORDS, "%s (%s", words[f->class], f->threat);

	if (f->n_packets > 0)
		(void)snprintf(text + len, TREE_WORDS - len, ", packet %llu)",
			       (unsigned long long)f->packets[0]);
	else
		(void)snprintf(text + len, TREE_WORDS - len, ")");
	return text;
}

static bool is_attack(const struct finding *f)
{
	return f->class != CLASS_SCAN;
}

static void threat_add(struct tree_node *n, const char *threat)
{
	for (unsigned i = 0; i < NODE_THREATS; i++) {
		if (n->threats[i] == NULL)
			n->threats[i] = threat;
		if (strcmp(n->threats[i], threat) == 0)
			return;
	}
}

/* What one node did: `n` deeds, by time. */
static void node_deeds(struct tree_node *node, const struct tree_deed *deeds, size_t n)
{
	size_t from = 0;

	while (from < n && !is_attack(deeds[from].finding))
		from++;
	if (from == n)
		from = 0; /* it only looked around */
	/* Looking around is the beginning of it, if it went on until the attack. */
	for (size_t i = from; i-- > 0;) {
		if (deeds[i].finding->last_ns + another_reason_ns >= deeds[from].finding->first_ns)
			from = i;
	}
	node->did = deeds[from].finding;
	node->acted_ns = node->did->first_ns;
	for (size_t i = from; i < n; i++) {
		const struct finding *f = deeds[i].finding;

		if (f->last_ns > node->last_ns)
			node->last_ns = f->last_ns;
		if (f->confidence > node->confidence)
			node->confidence = f->confidence;
		node->deeds += (double)(f->count > 0 ? f->count : 1);
		node->is_sure |= verdict_of_source(f) == VERDICT_INFECTED;
		if (is_attack(f))
			threat_add(node, f->threat);
	}
}

/* What was done to one node. */
static void node_suffered(struct tree_node *node, const struct tree_deed *deeds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct finding *f = deeds[i].finding;

		node->attempts += tree_tries_of(f);
		if (f->class != CLASS_TRANSFER || f->confidence < SURE)
			continue;
		node->is_sure = true;
		if (node->fetched_ns == 0 || f->first_ns < node->fetched_ns) {
			node->fetched_ns = f->first_ns;
			if (node->acted_ns == 0)
				node->did = f;
		}
		if (node->confidence < f->confidence)
			node->confidence = f->confidence;
	}
}

static bool is_attempt(const struct tree_deed *d)
{
	return d->target != TREE_NOBODY && d->target != d->source &&
	       verdict_of_target(d->finding) >= VERDICT_TARGETED;
}

static void deeds_take(struct growing *g)
{
	for (size_t i = 0; i < g->in->n_deeds; i++) {
		struct tree_deed d = g->in->deeds[i];

		/* 0 is the time of what never was */
		if (d.source >= g->in->n_nodes || d.finding->first_ns == 0 ||
		    verdict_of_source(d.finding) <= VERDICT_SCANNER)
			continue;
		if (d.target >= g->in->n_nodes)
			d.target = TREE_NOBODY;
		if (g->n_source == 0 || d.finding->first_ns < g->begin_ns)
			g->begin_ns = d.finding->first_ns;
		if (d.finding->last_ns > g->end_ns)
			g->end_ns = d.finding->last_ns;
		g->by_source[g->n_source++] = d;
		if (is_attempt(&d))
			g->by_target[g->n_target++] = d;
	}
}

static enum rc deeds_sort(struct growing *g)
{
	size_t n = g->in->n_deeds;

	g->by_source = arena_alloc(g->scratch, n * sizeof(*g->by_source));
	g->by_target = arena_alloc(g->scratch, n * sizeof(*g->by_target));
	g->nodes = arena_alloc(g->scratch, g->in->n_nodes * sizeof(*g->nodes));
	if (g->by_source == NULL || g->by_target == NULL || g->nodes == NULL)
		return RC_NOMEM;
	deeds_take(g);
	if (g->n_source > 0)
		qsort(g->by_source, g->n_source, sizeof(*g->by_source), by_source);
	if (g->n_target > 0)
		qsort(g->by_target, g->n_target, sizeof(*g->by_target), by_target);
	return RC_OK;
}

static void nodes_fill(struct growing *g)
{
	for (size_t i = 0, n = 0; i < g->n_source; i += n) {
		const struct tree_deed *d = &g->by_source[i];

		for (n = 1; i + n < g->n_source && d[n].source == d->source;)
			n++;
		node_deeds(&g->nodes[d->source], d, n);
	}
	for (size_t i = 0, n = 0; i < g->n_target; i += n) {
		const struct tree_deed *d = &g->by_target[i];

		for (n = 1; i + n < g->n_target && d[n].target == d->target;)
			n++;
		node_suffered(&g->nodes[d->target], d, n);
	}
}

static enum rc grow(struct growing *g)
{
	enum rc rc = deeds_sort(g);

	if (rc != RC_OK)
		return rc;
	nodes_fill(g);
	rc = tree_cases(g);
	if (rc == RC_OK)
		rc = tree_edges(g);
	return rc == RC_OK ? tree_roots(g) : rc;
}

enum rc tree_build(const struct tree_input *in, struct tree **ret_tree)
{
	struct growing g = {.in = in};
	struct arena *arena = NULL;
	enum rc rc = arena_new(0, &arena);

	if (rc != RC_OK)
		return rc;
	g.tree = arena_alloc(arena, sizeof(*g.tree));
	if (g.tree == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	g.tree->arena = arena;
	rc = arena_new(0, &g.scratch);
	if (rc == RC_OK)
		rc = grow(&g);
	arena_free(g.scratch);
	if (rc != RC_OK) {
		tree_free(g.tree);
		return rc;
	}
	*ret_tree = g.tree;
	return RC_OK;
}
