/*
 * tree - who infected whom: one edge for each infected machine whose infector was heard.
 *
 * An attempt is not a success. A target counts as infected by an attempt only if it acted
 * afterwards: it pulled a body from the attacker, answered as an implant, or began to attack
 * itself. Nodes are numbers that the caller gives (a host of a report, a machine of a store). Built
 * by outbreak/tree.h; doc/tree.md tells the model behind the confidence.
 */
#ifndef MODEL_TREE_H
#define MODEL_TREE_H

#include "base/arena.h"
#include "model/finding.h"

enum tree_sign {               /* what shows that the attempt succeeded; strongest first */
		 TREE_PULLED,  /* the target fetched from the attacker */
		 TREE_PUSHED,  /* the attacker wrote the body to it */
		 TREE_IMPLANT, /* it answers as an implant since */
		 TREE_ACTED,   /* it attacks itself since */
		 TREE_SIGNS
};

const char *tree_sign_name(enum tree_sign s); /* "pulled" "pushed" "implant" "acted" */

struct tree_other { /* who else may have been it */
	uint32_t from;
	double confidence;
};

struct tree_edge {
	uint32_t from, to;
	const char *threat;
	enum finding_class class; /* of the attempt */
	uint64_t at_ns;    /* of the attempt that most likely succeeded: when it was infected */
	uint64_t acted_ns; /* its first own deed; 0: none was heard */
	enum tree_sign sign;
	double confidence; /* 0..1: that `from` was it. All of `to`'s sum to at most 1: the rest is
			      an infector who was not heard */
	const struct tree_other *others; /* likeliest first */
	size_t n_others;
	uint64_t packet; /* of the attempt; 0: not known */
	const char *why; /* one sentence */
};

struct tree_root { /* infected, and nobody heard infected it: a candidate for patient zero */
	uint32_t node;
	uint64_t since_ns; /* its first deed */
	double confidence; /* 0..1: that the outbreak as heard began with it; all sum to at most 1
			    */
	size_t offspring;  /* infected by it, directly or not, with itself left out */
	const char *why;
};

struct tree {
	const struct tree_edge *edges; /* by at_ns, to */
	size_t n_edges;
	const struct tree_root *roots; /* likeliest patient zero first */
	size_t n_roots;
	struct arena *arena; /* owns everything, and this struct */
};

void tree_free(struct tree *t); /* NULL is fine */

#endif
