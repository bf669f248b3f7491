/*
 * observe - what events say of machines, as facts with a beginning and an end.
 *
 * Runs in the sensor, behind the detectors, over the same ordered events. It joins repeated
 * statements into one fact for as long as nothing contradicts them: when an address shows another
 * MAC, or a MAC's DHCP client another name, the old fact ends and a new one begins. It guesses
 * operating systems (host/os.h) and tells routers, proxies and virtual addresses by what they do.
 * Who is who is decided later, from facts alone (host/resolve.h).
 *
 * Everything is bounded by `max_facts`; what found no room is counted, never silently dropped.
 * No I/O, no clock, no packet.
 */
#ifndef HOST_OBSERVE_H
#define HOST_OBSERVE_H

#include "event/event.h"
#include "model/coverage.h"
#include "model/fact.h"
#include "model/policy.h"

struct observer;

struct observe_options {
	size_t max_facts;
	uint64_t seed;
	const struct policy *policy; /* facts are kept of local addresses alone; outlives it */
};

MUST_CHECK enum rc observer_new(const struct observe_options *opt, struct observer **ret_o);
void observer_free(struct observer *o); /* NULL is fine */

unsigned observer_wants(void); /* EV_BIT()s */

void observer_event(struct observer *o, const struct event *ev);

/* Tells the facts that are new or have grown since the last call, in the order in which they were
 * met; a fact told again replaces its earlier telling: same key, same first_ns. `at_end`: also what
 * is decided only by the whole capture. */
void observer_tell(struct observer *o, bool at_end, const struct fact_sink *out);

/* Adds limits that were hit ("identity facts"). */
void observer_coverage(const struct observer *o, struct coverage *c);

#endif
