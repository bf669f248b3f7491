/*
 * crowd - is there one machine at an address, or several behind it?
 *
 * NAT: names of machines or systems that cannot be of one machine show in turn. A proxy and a
 * terminal server: many users within a quarter of an hour. A list of passwords being tried: many
 * new users within a minute. Each says its role once, and what is said of the address alone counts
 * less from then on: it is true of somebody there, nobody knows whom.
 */
#ifndef HOST_CROWD_H
#define HOST_CROWD_H

#include "host/place.h"

struct crowd_at { /* where, when, and who to tell */
	const struct addr *addr;
	struct place *place;
	struct ledger *ledger;
	struct moment now;
};

void crowd_user(const struct crowd_at *at, struct bytes user);
void crowd_client_name(const struct crowd_at *at, struct bytes name); /* as its programs say */
void crowd_os(const struct crowd_at *at, const char *name);           /* a literal of host/os.h */
void crowd_accepted(const struct crowd_at *at, uint16_t port);        /* a connection to it */

/* A name that the machine at the address gives itself in its own services. True: it is a new one,
 * and the former was not heard for long: somebody else is there. */
bool crowd_own_name(const struct crowd_at *at, struct bytes name);

bool crowd_has_own_name(const struct crowd_at *at, struct bytes name);

/* The same source says the same of its system again and again, with every connection: true if it
 * did a moment ago, and nothing else since. */
bool crowd_is_repeated(const struct crowd_at *at, unsigned source, struct bytes said);

/* What may still be believed of `confidence` where several share the address. */
unsigned crowd_discount(const struct place *place, unsigned kind, unsigned confidence);

#endif
