/*
 * spread - one run of an outbreak and its cure: machines counted by what is the matter with them.
 *
 * Inside of simulate.h. A step draws how many of each count change, each machine with the same
 * chance (tau-leaping with binomial numbers: Tian and Burrage, J. Chem. Phys. 121, 2004), so a step
 * costs the same for ten machines and for a hundred thousand.
 */
#ifndef EPIDEMIC_SPREAD_H
#define EPIDEMIC_SPREAD_H

#include "epidemic/random.h"
#include "epidemic/simulate.h"

struct spread_result {
	double machine_hours, hours, work_hours;
	double infected_in_all, reinfected, peak;
	bool is_ended;
};

/* `rate` goes instead of opt->site.rate. The options are within their ranges. */
void spread_run(const struct sim_options *opt, double rate, struct random *r,
		struct spread_result *ret_res);

#endif
