/*
 * unheard - how many infected machines were not heard: the model behind estimate.h.
 *
 * Bayesian capture-recapture with unequal catchability. In a minute a sensor hears machine i with
 * probability 1 - exp(-rate_i). The rates' logarithms are a mixture of up to three normal
 * distributions of one width (a partial view hears its own switch well, others badly), and each
 * machine counts from when it was infected: their number grows over the time of listening as
 * exp(-growth (1 - t)^bend). What is not known is averaged over by Markov chain Monte Carlo with a
 * fixed seed; the number unheard is then negative binomial. doc/proof.md has formulas and sources.
 */
#ifndef EPIDEMIC_UNHEARD_H
#define EPIDEMIC_UNHEARD_H

#include <stddef.h>

#include "base/rc.h"

enum { UNHEARD_RATES = 48, UNHEARD_BINS = 24, UNHEARD_DRAWS = 4000 };

struct heard_group {  /* machines that were heard alike */
	double first; /* minutes of listening before the one in which it was first heard */
	double rest;  /* … and after it */
	double again; /* of these, in which it was heard */
	double count;
};

struct unheard_input {
	const struct heard_group *groups;
	size_t n_groups;
	double minutes; /* of listening, in all */
	double growth;  /* expected of the number's logarithm over these minutes; 0: not known */
	double limit;   /* machines that there are; 0: not known */
};

struct unheard {
	double total, low, high;      /* median and 95 % interval, with those heard */
	double uneven;                /* chance that some are heard by far less than others */
	double rate[UNHEARD_RATES];   /* a minute */
	double missed[UNHEARD_RATES]; /* expected number of unheard machines with that rate */
};

/* At least one group; all numbers finite, minutes > 0, rest >= again >= 0. RC_NOMEM. */
MUST_CHECK enum rc unheard_count(const struct unheard_input *in, struct unheard *ret_u);

#endif
