/*
 * growth - how fast it spreads: a logistic (susceptible-infected) curve fitted to the times at
 * which machines were infected, with its uncertainty. doc/triage.md has model and sources. Pure.
 */
#ifndef EPIDEMIC_GROWTH_H
#define EPIDEMIC_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

enum { GROWTH_WHY = 256, GROWTH_LEAST = 8 /* infections, for a fit */ };

struct growth_input {
	const uint64_t *infected_ns; /* when each was infected, or first heard; ascending */
	size_t n;
	uint64_t from_ns, now_ns; /* that was listened */
	double machines;    /* that can be infected at most; 0: not known, then it is fitted */
	double share_heard; /* of the infected: estimate.h; 0: not known */
};

struct growth {
	bool is_fitted;
	char why[GROWTH_WHY];                /* what it rests on; or plainly, why there is no fit */
	double rate, rate_low, rate_high;    /* new infections an infected machine makes an hour,
						 while everybody can be infected */
	double limit, limit_low, limit_high; /* where the curve ends: machines */
	double doubling_hours, doubling_low,
		doubling_high;   /* now; < 0: it does not double any more */
	double r, r_low, r_high; /* infected by one machine in a day, as it is now */
	double now;              /* machines infected now, on the curve */
	double scatter;          /* of the data around the curve, as its log's variance */
};

MUST_CHECK enum rc growth_fit(const struct growth_input *in, struct growth *ret_g);

struct growth_point {
	double infected, low, high; /* 95 % */
};
/* hours from now; negative: back. `factor`: of the rate from now on, 1: as it is; 0: stopped. */
void growth_at(const struct growth *g, double hours, double factor, struct growth_point *ret_p);

#endif
