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
#include "epidemic/rate.h"
#include "epidemic/simulate.h"
#include "judge/judge.h"
#include "model/tree.h"
#include "outbreak/tree.h"
#include "threat/knowledge.h"

struct triage_node {         /* an infected or suspected machine, as the tree's nodes number them */
	const char *machine; /* id; or the address */
	const char *name, *user, *place, *phone, *owner, *os;
	struct addr addr;
	uint64_t first_ns, last_ns; /* of its deeds */
	enum verdict verdict;
	enum patch_state patch; /* the worst of it against the loose threats */
	const char *why;
};

struct triage_patch { /* of one weakness that a loose threat uses */
	const struct weakness *weakness;
	const char *const *threats; /* that are loose and use it, ended by NULL */
	size_t by_state[PATCH_STATES];
	size_t infected[PATCH_STATES]; /* of by_state: those with the verdict infected */
	size_t not_asked;              /* of by_state[PATCH_UNKNOWN]: never assessed */
	uint64_t oldest_ns;            /* assessment that is counted; 0: none */
};

struct triage_blind { /* what was not seen, in one sentence, worst first */
	const char *text;
};

struct triage_heard { /* how much the answers rest on */
	size_t runs, sensors;
	uint64_t first_ns, last_ns; /* 0: nothing was listened to */
	double minutes;             /* that were listened, all sensors together */
	bool is_low;                /* so little that silence means nothing */
};

struct triage_input { /* texts and lists are borrowed; NULL where there are none */
	uint64_t now_ns;
	size_t machines; /* known in all */
	size_t assessed; /* of these */
	size_t by_verdict[VERDICTS];
	struct triage_heard heard;
	const char *const *loose; /* ids of the threats that are loose, ended by NULL */
	const struct triage_patch *patches;
	size_t n_patches;
	const struct triage_node *nodes;
	size_t n_nodes;
	const struct tree *tree; /* NULL: none could be made */
	struct estimate estimate;
	struct growth growth;
	struct rate rate; /* that `site` has; all 0: none */
	struct sim_means means;
	struct sim_site site; /* that `choice` was computed for */
	bool has_choice; /* false: too little is known to compute; then the rule alone counts */
	struct strategy_choice choice;
	bool is_simulated; /* asked for: what each strategy costs is shown in a table */
	unsigned runs;     /* of the simulation behind `choice` */
	uint64_t seed;
	bool has_cuts;
	struct tree_cut cuts[CONTROLS];
	const struct triage_blind *blind;
	size_t n_blind;
	const char *const *products; /* anti-malware on the infected: "Guard, running, signatures
					of 2008-11-21 (3 machines)"; ended by NULL */
	const char *const *evidence; /* findings' reasons, with packet and capture; ended by NULL */
	const char *store_option;    /* " --store 'URL'" for the commands, or "" */
	bool is_overridden;          /* --strategy */
	enum strategy chosen;        /* the override */
	const char *override_by, *override_why; /* or "" */
	const char *earlier; /* the newest override before this one, in words; or "" */
};

enum triage_basis {                 /* on what the decision rests */
		    TRIAGE_NOTHING, /* nobody is known to be infected: there is nothing to decide */
		    TRIAGE_RULE, /* the field's: more than STRATEGY_RULE infected means generic */
		    TRIAGE_COMPUTED, /* fewest infected machine-hours */
		    TRIAGE_OVERRIDE, /* the operator's word */
		    TRIAGE_BASES
};

const char *triage_basis_name(enum triage_basis b); /* "none" "rule" "computed" "override" */

/*
 * Rule and computed answer. Where they agree, that is it. Where they differ, the computed one
 * counts if it saves more than TRIAGE_MARGIN of the rule's infected machine-hours, and more than
 * the noise of the simulation (two standard errors of the difference). Otherwise the rule does: it
 * is as good, and anybody can check it by counting. Where nothing could be computed, the rule.
 */
#define TRIAGE_MARGIN 0.05
enum triage_basis triage_decide(const struct triage_input *in, enum strategy *ret_s);

enum triage_when { TRIAGE_NOW, TRIAGE_TODAY, TRIAGE_WEEK, TRIAGE_AFTER, TRIAGE_WHENS };

const char *triage_when_name(enum triage_when w); /* "now" "today" "week" "after" */

enum triage_act { /* what a step is about */
		  TRIAGE_INVENTORY,
		  TRIAGE_LISTEN,
		  TRIAGE_ASSESS,
		  TRIAGE_ISOLATE,
		  TRIAGE_BLOCK,
		  TRIAGE_PATCH,
		  TRIAGE_RESTART,
		  TRIAGE_CLEAN,
		  TRIAGE_PROTECT,
		  TRIAGE_CALL,
		  TRIAGE_LORE, /* what the catalogue knows of this threat alone */
		  TRIAGE_REST,
		  TRIAGE_PROVE,
		  TRIAGE_HARDEN,
		  TRIAGE_ACTS
};

const char *triage_act_name(enum triage_act a); /* "inventory" "listen" … */

struct triage_step {
	enum triage_when when;
	enum triage_act act;
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
	const struct triage_input *in; /* borrowed */
	enum triage_basis basis;
	enum strategy decided; /* if basis is not TRIAGE_NOTHING */
	size_t infected;       /* by which it was decided: the estimate, or those found */
	const char **reasons;  /* of the decision, strongest first */
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
