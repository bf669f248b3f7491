/*
 * estimate - how many are infected, from how often each was heard.
 *
 * Repeated sightings tell what share of the infected was missed: capture-recapture over minutes and
 * sensors, corrected for what each sensor can hear and for who was infected only lately.
 * doc/proof.md has the model, its assumptions and sources. Pure: no I/O, no clock.
 */
#ifndef EPIDEMIC_ESTIMATE_H
#define EPIDEMIC_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

enum { ESTIMATE_SENSORS = 32, ESTIMATE_WHY = 256 };

struct heard_source {                  /* one infected machine */
	uint64_t first_ns;             /* when it was first heard to attack */
	uint64_t last_ns;              /* … and last; 0: not known */
	uint32_t minutes;              /* different minutes in which it was; at least 1 */
	uint32_t by[ESTIMATE_SENSORS]; /* of these, heard by each sensor */
};

struct estimate_sensor {
	uint64_t first_ns, last_ns;
	double minutes; /* that it listened */
	double lost;    /* 0..1: share of packets it did not see */
};

struct estimate_input {
	const struct heard_source *sources;
	size_t n_sources;
	const struct estimate_sensor *sensors;
	size_t n_sensors; /* up to ESTIMATE_SENSORS */
	double machines;  /* that there are, infected or not; 0: not known */
	double growth; /* of the number of infected, an hour (growth.h's rate); 0: none or not known
			*/
};

struct estimate {
	bool is_meaningful; /* false: too few data, or some machines can hardly be heard; `why`
			       says which. Then total, low and high are what was found */
	size_t found;
	double total, low, high; /* with those found; a 95 % interval */
	double share_found;      /* found / total */
	double minutes_to_95;    /* more minutes of listening until 95 % are found; 0: reached;
				    < 0: never, or cannot be said */
	char why[ESTIMATE_WHY];  /* one sentence: what it rests on, or what is missing */
};

/* RC_NOMEM. */
MUST_CHECK enum rc estimate_total(const struct estimate_input *in, struct estimate *ret_e);

#endif
