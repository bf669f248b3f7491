/*
 * triage - the two questions, the decision and the plan, from what is known. Pure: no I/O, no
 * clock.
 *
 * desk/outlook.h brings the numbers together; brief/ shows the result; doc/triage.md explains it.
 */
#ifndef TRIAGE_TRIAGE_H
#define TRIAGE_TRIAGE_H

#include "epidemic/estimate.h"
#include "epidemic/growth.h"
#include "epidemic/proof.h"
#include "epidemic/simulate.h"
#include "judge/judge.h"
#include "model/tree.h"
#include "outbreak/tree.h"
#include "threat/knowledge.h"

struct triage_node {         /* an infected or suspected machine, as the tree's nodes number them */
	const char *machine; /* id; or the address */
	const char *name, *user, *place, *phone, *owner;
	struct addr addr;
	uint64_t first_ns, last_ns; /* of its deeds */
	enum verdict verdict;
	const char *why;
};

struct triage_patch { /* of one weakness that a loose threat uses */
	const struct weakness *weakness;
	const char *const *threats; /* that are loose and use it, ended by NULL */
	size_t by_state[PATCH_STATES];
	size_t not_asked;   /* of by_state[PATCH_UNKNOWN]: never assessed */
	uint64_t oldest_ns; /* assessment that is counted; 0: none */
};

struct triage_blind { /* what was not seen, in one sentence, worst first */
	const char *text;
};

struct triage_input {
	uint64_t now_ns;
	size_t machines; /* known in all */
	size_t by_verdict[VERDICTS];
	const struct triage_patch *patches;
	size_t n_patches;
	const struct triage_node *nodes;
	size_t n_nodes;
	const struct tree *tree;
	struct estimate estimate;
	struct growth growth;
	struct sim_means means;
	struct strategy_choice choice;
	struct tree_cut cuts[CONTROLS];
	const struct triage_blind *blind;
	size_t n_blind;
	bool is_overridden;   /* --strategy */
	enum strategy chosen; /* the override; else the rule's or the computed one, as
				 triage_decide() says */
};

enum triage_when { TRIAGE_NOW, TRIAGE_TODAY, TRIAGE_WEEK, TRIAGE_AFTER, TRIAGE_WHENS };

struct triage_step {
	enum triage_when when;
	const char *what;    /* one sentence, imperative */
	const char *whom;    /* "administrators", "users of 12 infected machines", "the anti-malware
				vendor" */
	size_t how_many;     /* machines; 0: does not apply */
	const char *channel; /* "group policy, WSUS" or "by hand" */
	const char *proof; /* what will prove that it is done: "quell assess … shows effective for
			      all" */
	const char *command; /* to type next, or "" */
};

struct triage {
	struct triage_input in; /* as given: borrowed */
	enum strategy decided;
	const char **reasons; /* of the decision, strongest first */
	size_t n_reasons;
	const struct triage_step *steps; /* in their order */
	size_t n_steps;
	const char **vendor; /* what to have ready for the call, one line each */
	size_t n_vendor;
	struct arena *arena; /* owns everything, and this struct */
};

/* RC_NOMEM. */
MUST_CHECK enum rc triage_make(const struct triage_input *in, struct triage **ret_t);
void triage_free(struct triage *t); /* NULL is fine */

#endif
