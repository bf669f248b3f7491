/*
 * curve - the search for the logistic curves that fit counts in bins of time. Inside of growth.h.
 *
 * A curve has a rate r, the infected now N, the full share u = N / limit, and the hazard h with
 * which an infected machine is heard for the first time. Infected t hours from now:
 * N / (u + (1 - u) e^(-r t)). Those who are infected when listening begins are heard with hazard h
 * each, too; so the expected count of a bin is a balance of the unheard.
 */
#ifndef EPIDEMIC_CURVE_H
#define EPIDEMIC_CURVE_H

#include "epidemic/growth.h"

enum { CURVE_BINS = 32 };

struct curve_data {
	double counts[CURVE_BINS]; /* first heard in each, oldest first */
	unsigned n_bins;
	double bin_hours;
	double total, before; /* of all counts; known before the first bin */
	double limit;         /* 0: not known */
	double share;         /* of the infected that were heard; 0: not known */
};

struct curve {
	double rate, hear; /* an hour; hear 0: at once */
	double now, full;
	double fit; /* logarithm of the likelihood */
};

double curve_infected(const struct curve *c, double hours);

/* The best curve, the scatter around it, and those that hold the extremes of the 95 % region. */
struct curve_fit {
	struct curve best;
	struct curve border[GROWTH_CURVES];
	size_t n_border;
	double scatter;
	double line; /* the fit of the best line: as many each hour, after those heard at first */
};
void curve_fit(const struct curve_data *data, struct curve_fit *ret_f);

#endif
