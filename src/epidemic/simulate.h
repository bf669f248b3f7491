/*
 * simulate - an outbreak and its cure, played many times: a stochastic susceptible-infected model
 * with patching, cleaning, protection and quarantine. Same seed, same answer. doc/triage.md tells
 * the model. Pure: no I/O, no clock; cost grows with runs and steps, not with machines. Runs of the
 * same seed and number share their drawn rate in all strategies, so that these can be compared.
 */
#ifndef EPIDEMIC_SIMULATE_H
#define EPIDEMIC_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

enum strategy {
	STRATEGY_MANUAL,  /* from desk to desk: patch and clean each, infected ones first */
	STRATEGY_GENERIC, /* patch everywhere at once, then clean everywhere, then by hand the rest
			   */
	STRATEGY_MIXED,   /* the patch generically, infected ones cleaned by hand meanwhile */
	STRATEGIES
};

const char *strategy_name(enum strategy s); /* "manual" "generic" "mixed" */
/* RC_INVAL. */
MUST_CHECK enum rc strategy_parse(const char *name, enum strategy *ret_s);

struct sim_site {
	double machines; /* in all; up to SIM_MACHINES */
	double infected; /* now, the estimated total */
	double exposed;  /* not infected, not patched */
	double rate;     /* new infections an hour, over the day, by one while everybody can be
			    infected: rate.h */
	double rate_sd;  /* of what is not known of it, relative; 0: it is known */
	double hour;     /* of the clock there, now: 0..24 */
};

enum { SIM_MACHINES = 10000000, SIM_REST_HOURS = 8 };

struct sim_means {           /* settings campaign.*; doc/triage.md has the defaults' reasons */
	double people;       /* who can go from desk to desk */
	double hours_a_day;  /* that they work: now first, then, after a rest, each day */
	double day_from;     /* 0..24: of the clock, when they begin on later days */
	double off_share;    /* 0..1: of a day that a machine is switched off, mostly at night */
	double minutes_each; /* of one person, to patch, clean and protect one machine */
	double hand_success; /* 0..1: of these visits after which the patch is in effect */

	double prepare_hours; /* until the generic way starts: packaging, pilot; takes one person */
	double generic_hours; /* until a machine that is on asks for what there is, on average */
	double generic_an_hour; /* machines that it serves an hour, at most */
	double generic_success; /* 0..1: of those it reaches; the others are left for by hand */
	double restart_hours;   /* from the patch to the restart that makes it work, on average */
	double clean_prepare_hours; /* more, until the cleaning tool goes out the same way */

	double protection; /* 0..1: of cleaned machines without a patch in effect, how many the
			      anti-malware keeps from being infected again */
	double quarantine_hours; /* from being found to being cut off, on average; < 0: there is no
				    quarantine */
	double found_share; /* 0..1: of the infected that are known now: estimate.h's share_found */
	double find_hours;  /* until an infected one is found by listening, on average:
			       minutes_to_95 / 60 / 3, since e^-3 = 5 % */
};

/* Everything at its default; every site is asked to set its own. */
struct sim_means sim_means_default(void);

struct sim_options {
	struct sim_site site;
	struct sim_means means;
	enum strategy strategy;
	unsigned runs; /* 1000; up to SIM_RUNS */
	uint64_t seed;
	double horizon_hours; /* where a run ends at the latest: SIM_HORIZON_HOURS */
};

enum { SIM_RUNS = 100000, SIM_HORIZON_HOURS = 30 * 24 };

struct sim_range {
	double mean, low, high; /* 95 % of the runs */
};

struct sim_outcome {
	struct sim_range
		machine_hours; /* infected machines times hours, until zero or the horizon */
	struct sim_range hours_to_zero;
	struct sim_range infected_in_all; /* machines that were infected at some time from now on,
					     with those now */
	struct sim_range reinfected;      /* cleaned and infected again */
	struct sim_range peak;
	struct sim_range work_hours; /* of people, from desk to desk */
	double share_ended;          /* of runs that came to zero before the horizon */
};

/* Standard error of the mean of so many runs, as if they were normally distributed. */
double sim_standard_error(const struct sim_range *r, unsigned runs);

/* RC_INVAL: an option is out of its range. RC_NOMEM. */
MUST_CHECK enum rc simulate(const struct sim_options *opt, struct sim_outcome *ret_o);

enum { STRATEGY_RULE = 50, STRATEGY_WHY = 320 };

enum strategy_crossing {
	CROSSING_AT,     /* at a number of infected machines */
	CROSSING_ALWAYS, /* generic is better from one infected machine on */
	CROSSING_NEVER,  /* by hand is better whatever the number */
};

/* The computed answer beside the field's rule (more than 50 infected: generic). */
struct strategy_choice {
	struct sim_outcome outcomes[STRATEGIES];
	enum strategy computed; /* fewest expected infected machine-hours; mixed only if it saves
				   a quarter of the better of the others, at least */
	enum strategy rule;     /* the 50 rule's: of the estimated total */
	double break_even; /* infected machines from which on generic beats manual, if as many can
			      be infected in all as now; < 0: there is no such number, `crossing` */
	enum strategy_crossing crossing;
	double clean_an_hour,
		infect_an_hour; /* machines: by hand while people work; by worm, now */
	char why[STRATEGY_WHY];
};

/* `runs` for each strategy; the break-even is looked for with at most 50. RC_INVAL, RC_NOMEM. */
MUST_CHECK enum rc strategy_choose(const struct sim_site *site, const struct sim_means *means,
				   unsigned runs, uint64_t seed, struct strategy_choice *ret_c);

#endif
