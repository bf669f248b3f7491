/*
 * ledger - the facts that the observer has so far, each from its first sighting to its last.
 *
 * A claim that was made before extends its fact, as long as that is open; closing one means that
 * the same claim begins a new fact. Rows are found by what they claim, and are threaded by the
 * address and by the MAC that they are about.
 *
 * Bounded: `max` facts, and LEDGER_OF_ONE of one address or MAC, so that nobody fills it alone.
 * When it is full, facts that were told and are over, or were not met for long, make room.
 */
#ifndef HOST_LEDGER_H
#define HOST_LEDGER_H

#include "base/bytes.h"
#include "model/fact.h"

struct ledger;

enum { LEDGER_OF_ONE = 512 };

struct claim {                            /* what a message says; zero where it does not */
	uint8_t kind, source, confidence; /* confidence 0: said, but not worth telling */
	bool has_mac;
	struct mac mac;
	struct addr addr;
	struct bytes value;
	uint64_t until_ns;
};

struct moment { /* of the frame that said it */
	uint64_t at_ns, seq;
};

MUST_CHECK enum rc ledger_new(size_t max, uint64_t seed, struct ledger **ret_l);
void ledger_free(struct ledger *l); /* NULL is fine */

void ledger_claim(struct ledger *l, const struct claim *c, struct moment now);

/* It said itself that this is over: what is open of it ends now. */
void ledger_end(struct ledger *l, const struct claim *c, struct moment now);

/* It was said before and turned out wrong: as if it were, but hardly to be believed. */
void ledger_refute(struct ledger *l, const struct claim *c, struct moment now);

/* It was said before, and was never meant so: it is not told, or as hardly true if it has been. */
void ledger_withdraw(struct ledger *l, const struct claim *c);

/* Closes what the same source said otherwise: same subject and kind, another value. */
void ledger_supersede(struct ledger *l, const struct claim *c);

enum { LEDGER_ANY = 0 };

struct about {                   /* which facts are meant */
	const struct addr *addr; /* NULL: any */
	const struct mac *mac;   /* NULL: any; one of both there must be */
	uint8_t kind, source;    /* LEDGER_ANY: any */
	uint64_t before_ns;      /* last met before then; 0: whenever */
};

/* Extends them no more: somebody else is there, or they were contradicted. */
void ledger_close(struct ledger *l, const struct about *what);

/* From now on they are told with at most this confidence, as they have been told already again.
 * 0: not told, unless they have been; then as 1. */
void ledger_weaken(struct ledger *l, const struct about *what, uint8_t most);

void ledger_tell(struct ledger *l, const struct fact_sink *out);

uint64_t ledger_refused(const struct ledger *l); /* claims that found no room */

#endif
