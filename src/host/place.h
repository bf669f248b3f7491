/*
 * place - who has which address now, and which MACs are routers.
 *
 * Says LINK facts to the ledger, and ends what is known of an address when somebody else has it.
 * Addresses that only claim to be somebody (the source of a packet may be forged) are not kept
 * until something proves them: an answer of theirs, a message, ARP.
 */
#ifndef HOST_PLACE_H
#define HOST_PLACE_H

#include "event/event.h"
#include "host/ledger.h"
#include "model/policy.h"

enum { RECENT = 8, SHAPE_MAX = 64, SYSTEMS = 4 };

struct seen { /* a text of the ledger's kind, and when it was last met */
	uint64_t hash, at_ns;
};

struct crowd { /* what is heard at an address that might be more than one machine's: crowd.h */
	struct seen users[RECENT], names[2], own_names[RECENT];
	struct seen systems[SYSTEMS]; /* what was said last of its system, by source */
	const char *os[2]; /* literals: the latest, and another that does not agree with it */
	uint64_t os_ns[2];
	uint64_t burst_ns; /* when the current burst of new users began */
	uint8_t in_burst, name_turns, os_turns;
	uint8_t accepts; /* enum accepts */
	uint8_t told;    /* enum told */
};

struct place {
	bool has_mac, is_contested;
	struct mac mac, other; /* `other`: who had it before, or has it too */
	uint64_t mac_ns, other_ns;
	uint64_t own_name_ns;
	struct crowd crowd;
};

struct places;

MUST_CHECK enum rc places_new(size_t max, uint64_t seed, const struct policy *policy,
			      struct ledger *l, struct places **ret_p);
void places_free(struct places *p); /* NULL is fine */

/* Of a local address; NULL: elsewhere, none, not known (or no room). */
struct place *places_get(struct places *p, const struct addr *a);
struct place *places_put(struct places *p, const struct addr *a);

/* The address is real: what was only hinted at becomes known. The shape of its last SYN is in
 * *ret_shape (borrowed until the next call), with its moment; empty: none. */
struct place *places_prove(struct places *p, const struct addr *a, struct bytes *ret_shape,
			   struct moment *ret_when);

/* A packet came from there: its Ethernet source and TTL (0: not told), or the shape of a SYN. */
void places_packet(struct places *p, const struct ev_ident *id, struct moment now);

/* An ARP packet whose sender has an address. */
void places_arp(struct places *p, const struct event *ev, struct moment now);

/* Somebody says that a MAC has an address. */
void places_bind(struct places *p, const struct claim *link, struct moment now);

/* A lease was granted: the card has this address and none of its former ones. */
void places_lease(struct places *p, const struct ev_ident *id, unsigned source, struct moment now);

/* The address was given back. */
void places_release(struct places *p, const struct ev_ident *id, unsigned source,
		    struct moment now);

/* Somebody else speaks from the address: what was said before ends. */
void places_vacate(struct places *p, const struct addr *a, uint64_t before_ns);

/* Routers that only the whole capture shows. */
void places_finish(struct places *p, struct moment now);

uint64_t places_refused(const struct places *p); /* addresses and MACs that found no room */

#endif
