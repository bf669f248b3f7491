/* Of those who may have infected a machine the likeliest is kept, with the others beside it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/monotime.h"
#include "outbreak/tree_parts.h"

enum { WHY_TEXT = 512, OTHERS_MOST = 8 };

/* Below, an edge would mislead more than it helps: then nobody who was heard did it. */
static const double edge_least = 0.25, other_least = 0.005;
static const double edge_most = 0.99; /* as with verdicts: nothing is certain */
static const uint64_t fetches_within_ns = 60 * NS_PER_S;

struct suspect {
	uint32_t from;
	double p;
	const struct tree_tries *best; /* the likeliest */
	const struct tree_tries *body; /* that went from there; or NULL */
	const struct finding *tried;   /* how: an attempt, or what went */
};

static int by_suspect(const void *one, const void *two)
{
	const struct suspect *a = one, *b = two;

	if (a->p > b->p || a->p < b->p)
		return a->p > b->p ? -1 : 1;
	if (a->best->at_ns != b->best->at_ns)
		return a->best->at_ns < b->best->at_ns ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

static int by_from(const void *one, const void *two)
{
	const struct tree_tries *const *a = one, *const *b = two;

	if ((*a)->from != (*b)->from)
		return (*a)->from < (*b)->from ? -1 : 1;
	return (*a < *b) ? -1 : *a > *b; /* as they lie: by time */
}

/* The attempt after which the body went; the transfer itself, if none was heard right before. */
static const struct tree_tries *before_body(const struct tree_tries *const *list, size_t n,
					    const struct tree_tries *body)
{
	const struct tree_tries *best = body;

	for (size_t i = 0; i < n && list[i]->at_ns <= body->at_ns; i++) {
		if (list[i]->f->class != CLASS_TRANSFER && list[i]->is_heard &&
		    body->at_ns - list[i]->at_ns <= fetches_within_ns)
			best = list[i];
	}
	return best;
}

/* All tries of one machine: `n` of them, by time. */
static struct suspect suspect_of(const struct tree_tries *const *list, size_t n)
{
	struct suspect s = {.from = list[0]->from, .best = list[0]};
	double most = -1;

	for (size_t i = 0; i < n; i++) {
		s.p += list[i]->p;
		if (list[i]->f->class != CLASS_TRANSFER && list[i]->p > most) {
			most = list[i]->p;
			s.tried = list[i]->f;
		}
		if (list[i]->p > s.best->p)
			s.best = list[i];
		if (s.body == NULL && list[i]->f->class == CLASS_TRANSFER)
			s.body = list[i];
	}
	if (s.body != NULL && s.best->f->class == CLASS_TRANSFER)
		s.best = before_body(list, n, s.body);
	if (s.tried == NULL)
		s.tried = s.best->f;
	if (s.p > edge_most)
		s.p = edge_most;
	return s;
}

/* Sorted, likeliest first. */
static enum rc suspects_of(const struct growing *g, const struct tree_case *c, struct arena *arena,
			   struct suspect **ret_list, size_t *ret_n)
{
	const struct tree_tries **tries = arena_alloc(arena, c->n * sizeof(*tries));
	struct suspect *list = arena_alloc(arena, c->n * sizeof(*list));
	size_t n = 0;

	if (tries == NULL || list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < c->n; i++)
		tries[i] = &g->tries[c->first + i];
	qsort(tries, c->n, sizeof(struct tree_tries *), by_from);
	for (size_t i = 0, k = 0; i < c->n; i += k) {
		for (k = 1; i + k < c->n && tries[i + k]->from == tries[i]->from;)
			k++;
		list[n++] = suspect_of(tries + i, k);
	}
	qsort(list, n, sizeof(*list), by_suspect);
	*ret_list = list;
	*ret_n = n;
	return RC_OK;
}

static bool is_pushed(const struct finding *body)
{
	struct detail d;

	return finding_detail_get(body, "direction", &d) && !d.is_number &&
	       strcmp(d.text, "pushed") == 0;
}

static enum tree_sign sign_of(const struct tree_node *to, const struct suspect *s)
{
	if (s->body != NULL)
		return is_pushed(s->body->f) ? TREE_PUSHED : TREE_PULLED;
	return to->acted_ns != 0 && to->did->class == CLASS_IMPLANT ? TREE_IMPLANT : TREE_ACTED;
}

/* "8 s later", roughly. */
static void delay_words(double seconds, char *text, size_t cap)
{
	if (seconds < 1)
		(void)snprintf(text, cap, "within a second");
	else if (seconds < 120)
		(void)snprintf(text, cap, "%.0f s later", seconds);
	else if (seconds < 7200)
		(void)snprintf(text, cap, "%.0f min later", seconds / 60);
	else
		(void)snprintf(text, cap, "%.0f h later", seconds / 3600);
}

/* What was done to the target, around the address of who did it. */
static const char *attempt_words(const struct finding *f, const char **ret_before)
{
	*ret_before = "";
	if (f->class == CLASS_CREDENTIAL)
		return " tried passwords on it";
	if (f->class == CLASS_LATERAL)
		return " started programs on it";
	if (f->class != CLASS_TRANSFER)
		return " attacked it";
	if (is_pushed(f))
		return " wrote the worm's body to it";
	*ret_before = "it fetched the worm's body from ";
	return "";
}

/* "10.1.2.3 attacked it (ms08-067, packet 12)" */
static size_t say_attempt(const struct tree_tries *t, char *text, size_t cap)
{
	char who[ADDR_TEXT], packet[32] = "";
	const char *before, *after = attempt_words(t->f, &before);

	if (t->packet != 0)
		(void)snprintf(packet, sizeof(packet), ", packet %llu",
			       (unsigned long long)t->packet);
	return (size_t)snprintf(text, cap, "%s%s%s (%s%s)", before, addr_format(&t->f->source, who),
				after, t->f->threat, packet);
}

static const char *why(struct growing *g, const struct tree_node *to, const struct suspect *s,
		       size_t n_suspects)
{
	char text[WHY_TEXT], words[TREE_WORDS], when[40];
	size_t len = say_attempt(s->best, text, sizeof(text));

	if (s->body != NULL && s->body != s->best)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					", and it got the worm's body from there");
	if (to->acted_ns != 0) {
		delay_words(tree_seconds(to->acted_ns - s->best->at_ns), when, sizeof(when));
		len += (size_t)snprintf(text + len, sizeof(text) - len, "; %s it %s", when,
					tree_deed_words(to->did, words));
	}
	if (n_suspects == 1)
		(void)snprintf(text + len, sizeof(text) - len,
			       "; nobody else was heard to attack it before");
	else
		(void)snprintf(text + len, sizeof(text) - len,
			       "; %zu other%s had attacked it by then, too", n_suspects - 1,
			       n_suspects == 2 ? "" : "s");
	return arena_strdup(g->tree->arena, text);
}

static enum rc others_of(struct growing *g, const struct suspect *list, size_t n,
			 struct tree_edge *e)
{
	struct tree_other *others = NULL;
	size_t most = n - 1 < OTHERS_MOST ? n - 1 : OTHERS_MOST;

	others = arena_alloc(g->tree->arena, most * sizeof(*others));
	if (others == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < most && list[i + 1].p >= other_least; i++)
		others[e->n_others++] =
			(struct tree_other){list[i + 1].from, tree_round(list[i + 1].p)};
	e->others = others;
	return RC_OK;
}

static enum rc edge_of(struct growing *g, const struct tree_case *c, struct arena *arena,
		       struct tree_edge *ret_edge)
{
	const struct tree_node *to = &g->nodes[c->to];
	struct suspect *list = NULL;
	size_t n = 0;
	enum rc rc = suspects_of(g, c, arena, &list, &n);

	*ret_edge = (struct tree_edge){.from = TREE_NOBODY, .to = c->to};
	if (rc != RC_OK || list[0].p < edge_least)
		return rc;

	const struct tree_tries *best = list[0].best;

	*ret_edge = (struct tree_edge){
		.from = list[0].from,
		.to = c->to,
		.threat = list[0].tried->threat,
		.class = list[0].tried->class,
		.at_ns = best->at_ns,
		.acted_ns = to->acted_ns,
		.sign = sign_of(to, &list[0]),
		.confidence = tree_round(list[0].p),
		.packet = best->packet,
		.why = why(g, to, &list[0], n),
	};
	return ret_edge->why == NULL ? RC_NOMEM : others_of(g, list, n, ret_edge);
}

static int by_edge(const void *one, const void *two)
{
	const struct tree_edge *a = one, *b = two;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

/* Edges are by time, and who infects was infected before: from the last one up, each has all of
 * its own offspring when it is counted. */
static void count_offspring(struct growing *g, const struct tree_edge *edges, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		g->nodes[edges[i].to].in_edge = i + 1;
		g->nodes[edges[i].from].offspring += 1 + g->nodes[edges[i].to].offspring;
	}
}

enum rc tree_edges(struct growing *g)
{
	struct tree_edge *edges = arena_alloc(g->tree->arena, g->n_cases * sizeof(*edges));
	size_t n = 0;

	if (edges == NULL)
		return RC_NOMEM;
	g->model = tree_model_learn(g->cases, g->n_cases, g->tries);
	for (size_t i = 0; i < g->n_cases; i++) {
		struct tree_edge e;
		enum rc rc;

		(void)tree_model_weigh(&g->model, &g->cases[i], g->tries);
		rc = edge_of(g, &g->cases[i], g->scratch, &e);
		if (rc != RC_OK)
			return rc;
		if (e.from != TREE_NOBODY)
			edges[n++] = e;
	}
	if (n > 1)
		qsort(edges, n, sizeof(*edges), by_edge);
	count_offspring(g, edges, n);
	g->tree->edges = edges;
	g->tree->n_edges = n;
	return RC_OK;
}
