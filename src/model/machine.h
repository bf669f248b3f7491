/*
 * machine - a physical (or virtual) computer: what its addresses, names and users hang on.
 *
 * A machine is not an address: addresses belong to it for a time. Machines are made from facts by
 * host/resolve.h, kept by store/, and read by outbreak/, report/ and the commands. Plain records,
 * owned as one by `struct machines`.
 */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include "base/arena.h"
#include "model/fact.h"

enum { MACHINE_ID = 96 }; /* with the NUL */

/* An address of a machine, for a time. One machine's rows of one address do not overlap. */
struct machine_addr {
	struct addr addr;
	struct mac mac;
	bool has_mac;
	uint8_t confidence;         /* 1..100 */
	uint8_t source;             /* enum fact_source of the best evidence */
	uint64_t first_ns, last_ns; /* of the evidence */
	/* It most likely had the address in this time: wider, ends where somebody else begins, a
	 * lease runs out, or it was given back. from_ns <= first_ns <= last_ns < until_ns, which
	 * is outside. */
	uint64_t from_ns, until_ns;
};

struct machine_user {
	const char *user;
	double probability; /* that this is the person to call; all of a machine's sum to at most 1
			     */
	uint64_t first_ns, last_ns;
	unsigned sources; /* how many different ones */
	const char *why;  /* "Kerberos logon 3 days running, newest profile on c$" */
};

struct machine_mac {
	struct mac mac;
	const char *vendor; /* IEEE's list, or "" */
	const char *kind;   /* "", "random", "virtual" (VRRP, HSRP, …), "local" */
	uint64_t first_ns, last_ns;
};

enum machine_flags {
	MACHINE_ROUTER = 1,      /* many addresses behind its MAC */
	MACHINE_NAT = 2,         /* several machines behind its address */
	MACHINE_SHARED = 4,      /* terminal server or proxy: many users, one address */
	MACHINE_VIRTUAL = 8,     /* an address of several machines: VRRP, HSRP, CARP */
	MACHINE_BY_ADDRESS = 16, /* nothing but its address tells it from others */
	MACHINE_ON_WIRE = 32,    /* some of its facts come from packets */
	MACHINE_LISTED = 64,     /* some of its facts come from a list */
	MACHINE_ASKED = 128,
};

struct machine {
	char id[MACHINE_ID]; /* "mac:001a2b3c4d5e", "name:corp/pc-0042", "ip:10.1.2.3": the
			      * strongest key when it was first met; never changes after */
	const char *name, *fqdn, *domain, *os, *vendor, *place, *owner; /* best known, or "" */
	double os_confidence;                                           /* 0..1 */
	double confidence;   /* 0..1: that these facts are of one machine */
	const char **joined; /* sentences: why MACs or addresses were put together */
	size_t n_joined;
	unsigned flags;             /* enum machine_flags */
	struct machine_addr *addrs; /* latest last_ns first */
	size_t n_addrs;
	struct machine_mac *macs;
	size_t n_macs;
	struct machine_user *users; /* likeliest first */
	size_t n_users;
	const struct fact **facts; /* all, fact_cmp order; `machine` of each is its id */
	size_t n_facts;
	uint64_t first_ns, last_ns;
};

struct machines {
	struct machine *list; /* by id */
	size_t n;
	struct machines_index *index; /* of machine.c */
	struct arena *arena;          /* owns everything, and this struct */
};

void machines_free(struct machines *m); /* NULL is fine */

/* Sorts the list and makes the index, in the arena: for whoever builds `machines`, once list and
 * addresses are complete. Needed before machines_at() and machines_by_id(). RC_NOMEM. */
MUST_CHECK enum rc machines_seal(struct machines *m);

/* Who had the address then. at_ns 0: the latest one. NULL: nobody known. ret_row may be NULL;
 * it tells how sure and from what. */
const struct machine *machines_at(const struct machines *m, const struct addr *a, uint64_t at_ns,
				  const struct machine_addr **ret_row);

/* NULL: there is none. */
const struct machine *machines_by_id(const struct machines *m, const char *id);

/* The operator's word that two keys are, or are not, one machine's. Keys are ids of machines or
 * subjects of facts: "mac:…", "ip:…", "name:…". The latest of two that contradict counts. */
struct decision {
	bool is_same;
	const char *a, *b;
	uint64_t at_ns;
	const char *who;
};

/* "mac:001a2b3c4d5e", "ip:10.1.2.3", "name:pc-0042" (lower case). `text` holds MACHINE_ID. Blanks
 * and what shells read otherwise are written as %20; what is too long ends in "~" and a hash. */
const char *key_of_mac(const struct mac *m, char *text);
const char *key_of_addr(const struct addr *a, char *text);
const char *key_of_name(const char *domain, const char *name, char *text); /* domain may be "" */

#endif
