/*
 * resolver - what the steps of resolve() hand to each other. Of room host/ alone.
 *
 * 1. steps_atoms(): facts become atoms, pieces that are never taken apart: a MAC, a name that was
 *    heard from an address without a MAC of its own, an address of which nothing else is known.
 * 2. steps_join(): atoms that are one machine's are united, with a confidence and a sentence.
 * 3. steps_build(): each set becomes a machine.
 *
 * Everything is numbered in the order of the tidied facts, so nothing depends on hashes.
 */
#ifndef HOST_RESOLVER_H
#define HOST_RESOLVER_H

#include "base/map.h"
#include "host/resolve.h"
#include "host/vendor.h"

#define MINUTE_NS (UINT64_C(60) * 1000000000)
#define HOUR_NS   (60 * MINUTE_NS)
#define DAY_NS    (24 * HOUR_NS)

#define NO_ATOM UINT32_MAX

enum atom_kind { ATOM_MAC, ATOM_NAME, ATOM_ADDR };

struct atom {
	uint8_t kind, mac_kind;    /* enum atom_kind, enum mac_kind */
	bool is_router, is_shared; /* shared: one machine's time at a card that goes round */
	struct mac mac;
	struct addr addr;           /* ATOM_ADDR; names that say little: where it was */
	const char *name;           /* ATOM_NAME, and of shared cards: folded */
	uint32_t first_run, n_runs; /* a card that goes round: of resolver.runs */
	uint64_t first_ns, last_ns;
	uint32_t parent;  /* of the union; itself: the set's first */
	uint32_t machine; /* place in the answer, of the set's first */
	uint32_t n_macs;  /* of the set's first */
};

/* An atom had an address. First evidence as it is, then settled: joined, with room around it. */
struct stay {
	struct addr addr;
	struct mac mac;
	bool has_mac, is_ended, is_dhcp; /* dhcp: its beginning is told by a server */
	uint8_t source, weight;          /* weight 0..100 */
	uint32_t atom, cuts;
	uint64_t first_ns, last_ns, lease_ns; /* lease: granted until; 0: not told */
	uint64_t from_ns, until_ns;           /* settled */
};

/* An atom was called something. */
struct called {
	const char *name; /* folded */
	uint32_t atom;
	uint8_t weight, source;
	uint64_t first_ns, last_ns;
};

struct run {              /* a card, while one machine used it */
	const char *name; /* folded */
	uint32_t card, atom;
	uint64_t first_ns, last_ns;
};

struct joint { /* two atoms seem to be one machine's */
	uint32_t a, b;
	unsigned confidence;
	const char *why; /* of the answer's arena */
};

struct resolver {
	const struct resolve_input *in;
	struct arena *arena;   /* of the answer */
	struct arena *scratch; /* of this call */
	struct fact *facts;    /* tidied; in `arena` */
	size_t n_facts;
	const char **names; /* of each fact: what it calls its subject, folded; NULL: nothing */
	uint32_t *atom_of;  /* of each fact */
	struct atom *atoms;
	size_t n_atoms, room_atoms;
	struct run *runs;   /* by card and time */
	struct stay *stays; /* settled, by address and time */
	size_t n_stays, room_stays;
	struct called *calls; /* by name, atom, time */
	size_t n_calls;
	struct joint *joints; /* those that were used */
	size_t n_joints;
	struct map *macs; /* struct mac to uint32_t */
};

MUST_CHECK enum rc steps_atoms(struct resolver *r);
MUST_CHECK enum rc steps_join(struct resolver *r);
MUST_CHECK enum rc steps_build(struct resolver *r, struct machines **ret_m);

/* RC_NOMEM: NULL. */
struct atom *atom_add(struct resolver *r, enum atom_kind kind);

/* The set that an atom is in. */
uint32_t atom_root(struct atom *atoms, uint32_t a);

/* cards.c: which cards several machines use in turn; atoms for each. RC_NOMEM. */
MUST_CHECK enum rc cards_find(struct resolver *r);

/* The atom that used the card then, rather by name; `atom` itself if it does not go round. */
uint32_t cards_user(const struct resolver *r, uint32_t atom, const char *name, uint64_t first_ns,
		    uint64_t last_ns);

/* The part of a stay that falls into the i-th of the card's n_runs. False: none does. */
bool cards_part(const struct resolver *r, uint32_t atom, uint32_t i, struct stay *stay);

/* stays.c: sorts, joins what belongs to one owner, and gives each room around its evidence. Owners
 * are atoms, or the sets of `sets` if it is not NULL. `last` has a zero for each atom, and has it
 * again after. Returns how many are left. */
size_t stays_settle(struct stay *stays, size_t n, struct atom *sets, uint32_t *last);

MUST_CHECK enum rc resolver_settle(struct resolver *r, bool by_set); /* its stays; RC_NOMEM */

/* Who had the address, of settled stays; most overlap with the time first. NULL: nobody near. */
const struct stay *stays_find(const struct stay *stays, size_t n, const struct addr *a,
			      uint64_t first_ns, uint64_t last_ns);

/* How far a source is to be trusted on whose an address is, and on what a machine is called:
 * 0..100, 0 not at all. A name of 60 and more can tell machines apart. */
unsigned weight_address(unsigned source);
unsigned weight_name(unsigned source);

/* Lower case, without domain and blanks. NULL: no memory or nothing left. */
const char *name_fold(struct arena *arena, const char *name);
/* Lower case, without domain: "CORP\\Eve" and "eve@CORP" are "eve". Returns the length. */
size_t user_fold(const char *user, char *to, size_t cap);

/* "localhost", "android-…", "user-pc": says nothing about who it is. */
bool name_is_generic(const char *folded);

#endif
