/*
 * made_outbreak - outbreaks with known truth, machine by machine, and what sensors heard of them.
 *
 * For measuring how right the estimates, proofs and trees are: nothing of quell's own model is used
 * to make them. Each machine has an address, is on or off by its owner's day, may be patched; worms
 * choose targets by their own ways, rest, and infect who is open. Same options and seed, same
 * outbreak. Nothing here is a packet.
 */
#ifndef ACCURACY_MADE_OUTBREAK_H
#define ACCURACY_MADE_OUTBREAK_H

#include "base/addr.h"
#include "base/rc.h"

enum made_worm {
	WORM_UNIFORM, /* any address of the site's space alike, used or not */
	WORM_LOCAL,   /* its own /24 mostly (9 of 10), else the site's */
	WORM_SLOW,    /* a few attempts an hour, uniform */
	WORM_DORMANT, /* attacks in bouts of minutes, rests for hours */
	MADE_WORMS
};
enum made_view {
	VIEW_FULL,   /* every attempt is heard */
	VIEW_DECOY,  /* attempts on some unused addresses only (2 in a /24) */
	VIEW_SWITCH, /* one access switch in five: what its machines send or get */
	MADE_VIEWS
};

struct made_options {
	enum made_worm worm;
	enum made_view view;
	unsigned machines;    /* up to 20,000 */
	double open_share;    /* of them can be infected */
	double seeds;         /* infected at the start */
	double attempts_hour; /* by one infected machine while it attacks; 0: as the worm
				 does (made_attempts_hour) */
	double rate_spread;   /* log-sd of that from machine to machine */
	double hours;         /* that are played */
	double listen_from, listen_until; /* hours in which the sensors listen */
	double clean_from; /* hours; from then on machines are cured, in a random order; < 0: never
			    */
	double clean_an_hour,
		clean_fails;     /* share of cures that do not hold: attacks again after a rest */
	bool has_days;           /* machines are switched off at night */
	double lost_from;        /* the sensor goes deaf then; < 0: never */
	bool has_nat, has_churn; /* several behind one address; addresses that change hands */
	uint64_t seed;
};

struct made_attempt {
	uint64_t at_ns;
	uint32_t from, to;              /* machines; to UINT32_MAX: an address that nobody has */
	struct addr from_addr, to_addr; /* at that time, as seen on the wire */
	bool is_heard, infects;
};

struct made_machine {
	struct addr addr; /* its first */
	bool is_open;
	bool is_watched; /* VIEW_SWITCH: on a switch that is heard; else as the view is */
	uint32_t nat; /* 0: none; machines of one number share the address of the first of them */
	uint64_t infected_ns; /* 0: never */
	uint32_t infected_by; /* UINT32_MAX: a seed, or never */
	uint64_t cured_ns;    /* 0: never */
	bool cure_holds;
};

struct made_outbreak {
	struct made_options opt;
	struct made_machine *machines;
	size_t n_machines;
	struct made_attempt *attempts; /* heard ones, and those that infect; by time */
	size_t n_attempts;
	uint64_t start_ns, end_ns;
};

/* Of that kind of worm, when the options do not say. */
double made_attempts_hour(enum made_worm worm);

/* RC_INVAL: no machines, too many, no worm or view of that number, or nothing is played. RC_NOMEM.
 */
MUST_CHECK enum rc made_outbreak(const struct made_options *opt, struct made_outbreak **ret_o);
void made_outbreak_free(struct made_outbreak *o);

/* Is it switched on, in that minute? */
bool made_is_on(const struct made_outbreak *o, uint32_t machine, uint64_t at_ns);

#endif
