/*
 * made_cure - an outbreak and its cure, played machine by machine and person by person.
 *
 * For measuring whether the strategy that quell computes is the right one; nothing of quell's own
 * simulation is used. Machines have owners with days of their own, worms differ in speed, each
 * technician walks to one machine after another, each machine asks for updates at its own times,
 * and one that cannot be patched once cannot be patched at all.
 */
#ifndef ACCURACY_MADE_CURE_H
#define ACCURACY_MADE_CURE_H

#include "epidemic/simulate.h"

enum { CURE_MOST = 4096, HISTORY_HOURS = 365 * 24 };

struct cure_options {
	struct sim_site site; /* the truth */
	double worm_sd;       /* of the logarithm of how fast each attacks */
	struct sim_means means;
	enum strategy strategy;
	double horizon_hours;
	uint64_t seed; /* the same site, worms and people for each strategy */
};

/* Infected machine-hours until zero, or the horizon. The site has at most CURE_MOST machines that
 * are infected or can be. */
double made_cure(const struct cure_options *opt);

/* How it came to that: from one infected machine until as many are as the site has, nobody doing
 * anything; the last step may infect a few more, and the site has these then. When those that were
 * heard were heard first, in ns from then, and after how many hours that is now. Returns how many
 * were heard. */
size_t made_history(struct cure_options *opt, uint64_t heard_ns[CURE_MOST], double *ret_hours);

#endif
