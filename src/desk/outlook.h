/*
 * outlook - from the store to what triage decides from: the two questions' numbers, the infection
 * tree, the estimate, the growth, the strategies, and what was not seen.
 *
 * Everything is counted by machine, not by address, so that addresses that change hands count once.
 * Read only. A machine of which nothing is known is never counted as patched.
 */
#ifndef DESK_OUTLOOK_H
#define DESK_OUTLOOK_H

#include "store/store.h"
#include "triage/triage.h"

struct outlook_options {
	uint64_t now_ns;
	const char *only; /* a weakness' id that counts as used though nobody was heard to; or NULL
			   */
	struct sim_means means; /* found_share and find_hours are set here */
	bool is_simulated;      /* the table of strategies is asked for */
	unsigned runs;          /* of the simulation */
	uint64_t seed;
	const char *store_option; /* " --store 'URL'" for commands to type, or "" */
	bool is_overridden;
	enum strategy chosen;
	const char *override_by, *override_why;
	const char *earlier; /* the newest override of the journal, in words; or "" */
};

struct outlook {
	struct triage_input in; /* lives as long as this */
	struct arena *arena;    /* owns everything, and this struct */
	struct tree *tree;
};

/* RC_IO, RC_FORMAT: of the store; store_error() tells. RC_NOMEM. `k` must outlive it. */
MUST_CHECK enum rc outlook_make(struct store *s, const struct knowledge *k,
				const struct outlook_options *opt, struct outlook **ret_o);
void outlook_free(struct outlook *o); /* NULL is fine */

/* How many are infected, alone: far cheaper. In the store's open transaction, or its own. */
MUST_CHECK enum rc outlook_estimate(struct store *s, struct estimate *ret_e);

#endif
