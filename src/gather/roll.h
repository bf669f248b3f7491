/*
 * roll - what a file says, kept by machine until the file is at its end.
 *
 * Rows about one machine may stand anywhere in a list, and what a line means can depend on a later
 * one. So readers put down what they read, and each machine is told once, with what follows from
 * it: system and pending restarts from the registry (derive.h), and the facts of its names and
 * addresses. Texts are copied. Bounded in machines, statements and bytes; what has no room is
 * refused, and the reader tells the line as bad.
 */
#ifndef GATHER_ROLL_H
#define GATHER_ROLL_H

#include "base/bytes.h"
#include "gather/gather.h"

enum {
	ROLL_MACHINES = 100000,       /* of one file */
	ROLL_STATEMENTS = 4000000,    /* some forty updates each */
	ROLL_BYTES = 512 << 20,       /* of texts */
	ROLL_EACH = POSTURE_MAX + 256 /* statements about one machine */
};

struct roll;

/* `by` (enum observed_by) and `source` (enum fact_source): of all that is said. RC_NOMEM. */
MUST_CHECK enum rc roll_new(unsigned by, unsigned source, struct roll **ret_r);
void roll_free(struct roll *r); /* NULL is fine */

/* The machine of this name: "LAP-7", "CORP\LAP-7$", "lap-7.corp.example" are one. 0: this is no
 * name, or there are too many. */
uint32_t roll_machine(struct roll *r, struct bytes name);
/* One whose name comes later, if at all. 0: too many. */
uint32_t roll_nameless(struct roll *r);

/* --- false: no room, no such machine, or nothing usable in it --- */

bool roll_name(struct roll *r, uint32_t machine, struct bytes name);
/* As of then. 0: nobody says so, then it is the file's time. */
bool roll_time(struct roll *r, uint32_t machine, uint64_t at_ns);

bool roll_say(struct roll *r, uint32_t machine, enum observed state, struct bytes key,
	      struct bytes value);
/* The key is `prefix` and `about`: "account:", "Administrator". */
bool roll_say_of(struct roll *r, uint32_t machine, enum observed state, const char *prefix,
		 struct bytes about, struct bytes value);
/* "5.1.2600" or "10.0.19045.3803": used where the registry does not tell the version. */
bool roll_version(struct roll *r, uint32_t machine, struct bytes version);
/* FACT_DOMAIN, FACT_FQDN, FACT_USER, FACT_ID, … */
bool roll_fact(struct roll *r, uint32_t machine, enum fact_kind kind, struct bytes value);
/* A network card: its MAC (may be empty) and its addresses (may be empty), as text. */
bool roll_card(struct roll *r, uint32_t machine, struct bytes mac, struct bytes addrs);
/* The system in words, and its version; facts alone, unless the registry told it. */
bool roll_os(struct roll *r, uint32_t machine, struct bytes name, struct bytes version);

bool roll_is_named(const struct roll *r, uint32_t machine);

/* Every machine that has a name and of which something is known, in the order in which they came.
 * RC_NOMEM. */
MUST_CHECK enum rc roll_tell(struct roll *r, const char *file, uint64_t file_ns, uint64_t now_ns,
			     const struct gather_out *out, uint64_t *ret_machines);

#endif
