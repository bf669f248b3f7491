/*
 * who - whose deed it was: a machine's if that is known, else an address's.
 *
 * A report is keyed by machine where the evidence allows. What several addresses of one machine
 * did is joined; what two machines did from one address, one after the other, is told apart.
 */
#ifndef OUTBREAK_WHO_H
#define OUTBREAK_WHO_H

#include "model/outbreak.h"

struct who {
	uint64_t machine; /* its place in the list of machines, + 1; 0: known by address */
	struct addr addr; /* zero if the machine is known */
};

struct deed { /* a finding, seen from one of its two machines */
	struct who who;
	const struct finding *f;
	const struct addr *addr; /* which of the finding's it was */
};

/* `machines` may be NULL. */
struct who who_at(const struct machines *machines, const struct addr *a, uint64_t at_ns);
struct who who_is(const struct machines *machines, const struct machine *m);
int who_cmp(const struct who *a, const struct who *b);

/* NULL: known by address. */
const struct machine *who_machine(const struct machines *machines, const struct who *who);

/* Fills in addresses and notes of a host that is judged already. */
MUST_CHECK enum rc who_describe(const struct machines *machines, const struct deed *did,
				size_t n_did, struct arena *arena, struct host *h);

#endif
