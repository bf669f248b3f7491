/*
 * day - when machines are switched on, and when people are at work, by the hour of the day.
 *
 * Inside of simulate.h; doc/triage.md says what is assumed, and why. Times are hours from now; the
 * clock is the site's own. Pure.
 */
#ifndef EPIDEMIC_DAY_H
#define EPIDEMIC_DAY_H

#include <stdbool.h>

#include "epidemic/simulate.h"

enum { DAY_HOURS = 24, DAY_PARTS = 4 * DAY_HOURS };

struct day {
	double hour;              /* of the clock, now */
	double on[DAY_PARTS + 1]; /* share of the machines that are on, by the quarter of an hour */
	double meeting;           /* mean of the square of it, over the day */
	double work, rest, from;  /* hours at work, then off it; the clock's when they begin */
};

/* Options within their ranges. */
void day_init(struct day *d, const struct sim_site *site, const struct sim_means *means);

/* 0..1 */
double day_share_on(const struct day *d, double t);

/* How often two machines are both on in so many hours until that one of the clock, against the
 * average of the day: about 1. */
double day_meeting(const struct day *d, double hours, double until);

bool day_is_work(const struct day *d, double t);

/* `at`, if it is after `t` and before `end`; else `end`. */
double day_earlier(double t, double end, double at);

/* The first time after `t` at which work begins or ends; INFINITY if it never does. */
double day_next_change(const struct day *d, double t);

#endif
