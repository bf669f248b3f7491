/*
 * advice - what to do next, taken from the catalogue of threats for what is loose here.
 */
#ifndef REPORT_ADVICE_H
#define REPORT_ADVICE_H

#include "model/outbreak.h"

enum { ADVICE_STEPS = 12 };

/* Constant sentences, each once, in the order in which to do them; borrowed for ever. */
struct advice {
	const char *steps[ADVICE_STEPS];
	unsigned n_steps;
};

/* For the machines of verdict v: INFECTED or SUSPECTED. RC_NOMEM. */
MUST_CHECK enum rc advice_for(const struct outbreak *o, enum verdict v, struct advice *ret_advice);

/* The first thing to do about one machine; NULL: nothing. */
const char *advice_first(const struct host *h);

#endif
