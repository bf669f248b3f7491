/*
 * rate - how fast a worm spreads at a site: infections per hour, by one infected machine.
 *
 * Where growth.h fits a curve to what everybody sees, this counts: so many were infected while so
 * many machine-hours were spent infected, so it has an answer from few machines on. Infections are
 * a self-exciting process; who was infected by when is not heard, only when each was first heard.
 * So the infections are reconstructed, by expectation and maximization (Veen and Schoenberg, J. Am.
 * Stat. Assoc. 103, 2008), from how long listening takes to find one, how many are infected in all,
 * and when machines are on. doc/triage.md has the model. Pure: no I/O, no clock.
 */
#ifndef EPIDEMIC_RATE_H
#define EPIDEMIC_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"
#include "epidemic/simulate.h"

struct rate_case { /* an infected machine */
	uint64_t at_ns;
	bool is_infection; /* the tree has it infected then; else it was first heard. Of times
			      before from_ns it does not matter: they are old infections */
};

struct rate_input {
	const struct rate_case *cases; /* any order; what is 0 or after now_ns is not counted */
	size_t n;
	uint64_t from_ns, now_ns;    /* that was listened; from_ns 0: since the first was heard */
	double now_hour;             /* of the clock there, at now_ns: 0..24 */
	const struct sim_site *site; /* infected in all, exposed */
	double infected_sd; /* of the infected in all, machines; < 0: only those heard are known */
	const struct sim_means *means; /* find_hours, off_share */
};

struct rate {
	double rate, low, high; /* an hour, while everybody can be infected; the interval is meant
				   to hold 95 %, and holds nine of ten: doc/triage.md */
	double infections;      /* while listening, heard or not */
	double machine_hours;   /* of infected ones, as long as an average hour of the day, and less
				   by the share of those who cannot be infected any more */
};

/* RC_INVAL: nobody was heard, or too little to tell; listening ended before it began; a number is
 * not one. RC_NOMEM. */
MUST_CHECK enum rc rate_count(const struct rate_input *in, struct rate *ret_r);

enum { RATE_SURE = 8 /* infections */ };

/* The site gets the rate, with what is not known of it. Of fewer than RATE_SURE infections it
 * counts as if it were known: its error is so large that the worst of it would decide. */
void rate_apply(const struct rate *r, struct sim_site *site);

#endif
