/*
 * tree - from deeds to who infected whom. Pure: no I/O, no clock.
 *
 * The candidates for a node's infector are those who attempted it before its own first deed. Each
 * is weighed by how well the delay fits, and by what the target did next towards it. Time is the
 * findings'; a finding stands for all attempts between its first and last time.
 */
#ifndef OUTBREAK_TREE_H
#define OUTBREAK_TREE_H

#include "model/outbreak.h"
#include "model/tree.h"

#define TREE_NOBODY UINT32_MAX /* an enumerator is an int in C17 */

struct tree_deed {
	uint32_t source, target; /* nodes; target TREE_NOBODY: none, or not known */
	const struct finding *finding;
};

struct tree_input {
	const struct tree_deed *deeds; /* any order */
	size_t n_deeds;
	uint32_t n_nodes;
};

/* RC_NOMEM. Borrows the findings' texts for the tree's life. */
MUST_CHECK enum rc tree_build(const struct tree_input *in, struct tree **ret_tree);

/* Of an outbreak: nodes are the places in o->hosts. */
MUST_CHECK enum rc tree_of_outbreak(const struct outbreak *o, struct tree **ret_tree);

/* What a control would have cut: the tree is played again with it on. */
enum tree_control {
	CONTROL_PATCH,      /* the patch of the weakness had been on every machine */
	CONTROL_SEGMENT,    /* no SMB/RPC between clients of different networks (/24, /64) */
	CONTROL_CLIENTS,    /* no SMB/RPC between clients at all (host firewall) */
	CONTROL_QUARANTINE, /* each attacker cut off some minutes after its first deed */
	CONTROL_PASSWORDS,  /* no weak passwords and no shared administrator: credential edges */
	CONTROLS
};

const char *tree_control_name(enum tree_control c); /* "patch" "segmentation" … */
const char *tree_control_text(enum tree_control c); /* a sentence for the plan */

struct tree_cut {
	enum tree_control control;
	double spared; /* machines that would not have been infected; expected, by confidence */
	size_t of;     /* infected, roots left out */
};

struct tree_replay {
	const struct tree *tree;
	const struct addr *addrs; /* of each node; zero: not known */
	uint32_t n_nodes;
	double quarantine_minutes;
};

/* ret_cuts holds CONTROLS, most spared first. RC_NOMEM. */
MUST_CHECK enum rc tree_replay(const struct tree_replay *in, struct tree_cut *ret_cuts);

#endif
