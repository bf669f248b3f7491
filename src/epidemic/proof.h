/*
 * proof - is a machine cured, and is it over? What silence proves, and what it does not.
 *
 * A machine is quiet only if it was alive long enough, in minutes in which the sensors listened,
 * that it would have been heard with probability QUIET_SURE had it still been infected and
 * attacking at its own observed rate. Off, or unheard, proves nothing. The formulas are in
 * doc/proof.md. Pure: no I/O, no clock.
 */
#ifndef EPIDEMIC_PROOF_H
#define EPIDEMIC_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

#define QUIET_SURE 0.99
#define QUIET_LEAST                                                                                \
	30.0 /* alive minutes, whatever its rate was: a worm that survived comes back              \
		 with the machine's next start */
enum { PROOF_WHY = 256 };

struct quiet_input {
	/* While it was infected: from its first hostile minute to its last. */
	uint32_t hostile_minutes; /* in which it was heard to attack */
	uint32_t alive_minutes;   /* in which it was heard at all, hostile ones included */
	uint32_t longest_silence; /* alive minutes in a row, or summed, between two hostile ones */
	double lost_before;       /* 0..1: what the sensors did not see then */
	/* Since it is said to be clean. */
	uint32_t alive_since;   /* minutes, heard alive by sensors that had heard it attack */
	uint32_t hostile_since; /* not 0: it is infected still, or again */
	double lost_since;
	double population_rate;    /* hostile share of alive minutes, over all infected; 0: unknown.
				      For a machine that was heard too seldom to know its own */
	double population_silence; /* minutes: the longest longest_silence of any infected
				      machine; 0: unknown. Of one that attacked only for a while
				      nobody knows whether it rests as the others do */
};

struct quiet {
	double p_heard;      /* that it would have been heard by now */
	bool is_quiet;       /* p_heard >= QUIET_SURE and hostile_since is 0 */
	double more_minutes; /* alive and listened to, until QUIET_SURE; 0: reached; < 0: never */
	char why[PROOF_WHY];
};

void proof_quiet(const struct quiet_input *in, struct quiet *ret_q);

/* One machine of which it is not certain that it is clean. */
struct end_machine {
	double p_infected; /* now */
	bool is_off;       /* not heard alive lately: nothing can be learned until it is on */
};

struct end_input {
	const struct end_machine *machines; /* known, and not quiet */
	size_t n_machines;
	double hidden_low, hidden, hidden_high; /* infected that were never heard: estimate.h */
	double hours_since_last;                /* hostile deed of anybody */
	double hours_between;   /* typical gap between deeds before, over all; 0: not known */
	double infected_before; /* machines that made these deeds; 0: not known, then silence
				   proves nothing of the hidden */
};

struct end {
	double p_none; /* that no infected machine remains */
	double p_none_low, p_none_high;
	double by_off;       /* what it would be if all that are off were known clean */
	double by_listening; /* … if the hidden were ruled out */
	double by_hidden;    /* that none of those that were never heard is infected */
	char why[PROOF_WHY];
	char raise[PROOF_WHY]; /* what would raise it most */
};

void proof_end(const struct end_input *in, struct end *ret_e);

#endif
