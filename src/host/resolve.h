/*
 * resolve - from facts to machines: who is who.
 *
 * A pure function: the same facts in any order, any number of times, give the same machines. MACs
 * that are a machine's own tie addresses together over DHCP's changes; names, GUIDs, DUIDs and
 * client ids tie several MACs to one machine (a laptop's cable and radio) with a confidence and a
 * sentence why; addresses behind a router have no MAC of their own and are told apart by name and
 * time; random MACs, virtual addresses, routers and NAT are recognised and join nobody. The rules,
 * their confidences and why are in doc/identity.md.
 *
 * The operator's decisions override evidence. Ids that facts carry from the store are kept: the
 * machine that has most of an id's facts keeps it.
 */
#ifndef HOST_RESOLVE_H
#define HOST_RESOLVE_H

#include "model/machine.h"

/* On how many machines a user was seen. */
struct user_reach {
	size_t (*n_machines_of)(void *ctx, const char *user);
	void *ctx;
};

struct resolve_input { /* borrowed for the call */
	const struct fact *facts;
	size_t n_facts;
	const struct decision *decisions;
	size_t n_decisions;
	const struct user_reach *reach; /* machines beyond these facts'; or NULL */
};

/* The machines copy what they need. RC_NOMEM. */
MUST_CHECK enum rc resolve(const struct resolve_input *in, struct machines **ret_machines);

/* Ranks the users of one machine from its facts, by the rules in doc/identity.md, as of at_ns: who
 * was logged on then counts more. 0: in general, as of the latest fact; resolve() has done that for
 * all. Service accounts, machine accounts and administrators of many machines rank low.
 * `n_machines_of` says on how many machines a user was seen; may be NULL. */
MUST_CHECK enum rc users_rank(const struct fact *const *facts, size_t n, uint64_t at_ns,
			      const struct user_reach *reach, struct arena *arena,
			      struct machine_user **ret_users, size_t *ret_n);

/* Ranks the users of machine `id` (NULL: of all) anew, as of that time: somebody asked who it was
 * then. `more` as in resolve_input. RC_NOMEM. */
MUST_CHECK enum rc machines_rank_users(struct machines *m, const char *id, uint64_t at_ns,
				       const struct user_reach *more);

#endif
