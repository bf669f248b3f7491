/*
 * growth - how fast it spreads: a logistic (susceptible-infected) curve fitted to the times at
 * which machines were infected, or first heard, with its uncertainty.
 *
 * da/dt = K a (1 - a): Staniford, Paxson and Weaver, "How to 0wn the Internet in Your Spare Time",
 * USENIX Security 2002. Whoever begins to listen hears within minutes those who were infected long
 * ago; that is no growth, so their being heard, after a delay, is a part of the curve. The fit is a
 * quasi-Poisson likelihood over bins of time; intervals are profile likelihoods. doc/triage.md has
 * the model and its assumptions. Pure: no I/O, no clock. No result is ever NaN or infinite.
 */
#ifndef EPIDEMIC_GROWTH_H
#define EPIDEMIC_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

enum { GROWTH_WHY = 256, GROWTH_LEAST = 8 /* infections, for a fit */, GROWTH_CURVES = 24 };

struct growth_input {
	const uint64_t *infected_ns; /* when each was infected, or first heard; any order; what is
					0 or after now_ns is not counted */
	size_t n;
	uint64_t from_ns, now_ns; /* that was listened; from_ns 0: since the first */
	double machines;    /* that can be infected at most; 0: not known, then it is fitted */
	double share_heard; /* of the infected: estimate.h; 0: not known */
};

struct growth_curve { /* the best, or one that the data allow as well */
	double rate, now, limit;
};

struct growth {
	bool is_fitted;
	char why[GROWTH_WHY]; /* what it rests on; or plainly, why there is no fit */
	/* New infections an infected machine makes an hour, while everybody can be infected.
	 * Without a fit: rate_high is what it is at most; 0: that cannot be said. */
	double rate, rate_low, rate_high;
	/* Where the curve ends: machines; < 0: no end can be told from the data. */
	double limit, limit_low, limit_high;
	double doubling_hours, doubling_low,
		doubling_high;   /* now; < 0: it does not double any more */
	double r, r_low, r_high; /* infected by one machine in a day, as it is now */
	double now;              /* machines infected now, on the curve, heard or not */
	double scatter;          /* of counts around the curve: variance over mean, 1 or more */
	double delay_hours;      /* from being infected to being heard, on average; 0: at once */
	struct growth_curve curves[GROWTH_CURVES]; /* the first is the best; the others are at the
						      borders of the 95 % region */
	size_t n_curves;
};

/* RC_INVAL: listening ended before it began, or a number is not one. RC_NOMEM. */
MUST_CHECK enum rc growth_fit(const struct growth_input *in, struct growth *ret_g);

struct growth_point {
	double infected, low, high; /* 95 %; all 0 if nothing is fitted */
};
/* hours from now; negative: back. `factor`: of the rate from now on, 1: as it is; 0: stopped. The
 * band holds what is not known of the curve and, ahead, chance. */
void growth_at(const struct growth *g, double hours, double factor, struct growth_point *ret_p);

#endif
