/* tree_parts - what the files of the tree share while one is built. Not for others. */
#ifndef OUTBREAK_TREE_PARTS_H
#define OUTBREAK_TREE_PARTS_H

#include "outbreak/tree.h"
#include "outbreak/tree_model.h"

enum { NODE_THREATS = 4 };

struct tree_node {
	uint64_t acted_ns;         /* its first deed that is the worm's; 0: none was heard */
	uint64_t last_ns;          /* and its last one */
	uint64_t fetched_ns;       /* a body went to it; 0: none was heard to */
	const struct finding *did; /* the first one, or what was fetched; NULL: nothing of both */
	double deeds;              /* how often it did something */
	double attempts;           /* on it, whenever; tries as in struct tree_tries */
	const char *threats[NODE_THREATS]; /* what it does beside looking around */
	unsigned confidence;               /* 1..100, of its best deed */
	bool is_sure;                      /* what it did makes it infected, not only suspected */
	size_t in_case;                    /* place among the cases, + 1; 0: nobody attacked it */
	size_t in_edge;                    /* place among the edges, + 1; 0: none leads to it */
	size_t offspring;
};

struct growing {
	const struct tree_input *in;
	struct tree *tree;
	struct arena *scratch; /* gone when the tree is built */
	struct tree_node *nodes;
	struct tree_deed *by_source, *by_target; /* the latter: attempts alone */
	size_t n_source, n_target;
	struct tree_tries *tries;
	struct tree_case *cases;
	size_t n_tries, n_cases;
	uint64_t begin_ns, end_ns; /* of all deeds */
	struct tree_model model;
};

/* A total order over deeds that differ: nothing may depend on the order in which they came. */
int tree_finding_cmp(const struct finding *a, const struct finding *b);

/* How many tries its attempts are: an exploit is one, a guessed password much less. */
double tree_tries_of(const struct finding *f);

/* tree_cases.c: who may have infected whom. */
MUST_CHECK enum rc tree_cases(struct growing *g);
/* tree_edges.c: weighs them and keeps the likeliest. */
MUST_CHECK enum rc tree_edges(struct growing *g);
/* tree_roots.c: the rest, as candidates for patient zero. */
MUST_CHECK enum rc tree_roots(struct growing *g);

/* "attacked others (ms08-067, packet 12)": what a deed is, in words. */
enum { TREE_WORDS = 160 };
const char *tree_deed_words(const struct finding *f, char *text);

/* 0.8378 becomes 0.837: more digits are not known, and shares that are cut still sum to 1 at most.
 */
double tree_round(double p);

static inline double tree_seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

#endif
