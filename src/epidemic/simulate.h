/*
 * simulate - an outbreak and its cure, played many times: a stochastic susceptible-infected model
 * with patching, cleaning, protection and quarantine. Same seed, same answer. doc/triage.md tells
 * the model. Pure: no I/O, no clock; cost grows with runs and steps, not with machines.
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
	double machines; /* in all */
	double infected; /* now, the estimated total */
	double exposed;  /* not infected, not patched */
	double rate; /* new infections an hour by one, while everybody can be infected: growth.h */
	double rate_sd;   /* of what is not known of it, relative; 0: it is known */
	double off_share; /* 0..1: switched off or away at any time; they come back */
};

struct sim_means {            /* settings campaign.*; see doc/triage.md for the defaults' reasons */
	double people;        /* who can go from desk to desk */
	double minutes_each;  /* of one person, to patch, clean and protect one machine */
	double prepare_hours; /* until the generic way starts: packaging, pilot */
	double generic_an_hour;     /* machines that it reaches an hour, while they are on */
	double generic_success;     /* 0..1: of those it reaches; the others are left for by hand */
	double clean_prepare_hours; /* more, until the cleaning tool goes out */
	double quarantine_hours; /* from being found to being cut off; < 0: there is no quarantine
				  */
	double found_share;      /* 0..1: of the infected that are known */
};

struct sim_options {
	struct sim_site site;
	struct sim_means means;
	enum strategy strategy;
	unsigned runs; /* 1000 */
	uint64_t seed;
	double horizon_hours; /* where a run ends at the latest: 30 days */
};

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

/* RC_INVAL: an option is out of its range. RC_NOMEM. */
MUST_CHECK enum rc simulate(const struct sim_options *opt, struct sim_outcome *ret_o);

/* The computed answer beside the field's rule (more than 50 infected: generic). */
struct strategy_choice {
	struct sim_outcome outcomes[STRATEGIES];
	enum strategy computed; /* fewest expected infected machine-hours */
	enum strategy rule;     /* the 50 rule's */
	double break_even; /* infected machines from which on generic beats manual; < 0: always, or
			      never, as `why` says */
	double clean_an_hour, infect_an_hour; /* by hand, now: machines */
	char why[256];
};

enum { STRATEGY_RULE = 50 };

MUST_CHECK enum rc strategy_choose(const struct sim_site *site, const struct sim_means *means,
				   unsigned runs, uint64_t seed, struct strategy_choice *ret_c);

#endif
