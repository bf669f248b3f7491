/*
 * sayings - what a statement of each protocol gives as facts, and how sure.
 *
 * One table; who has an address, and whether it can be shared, is place.h's business. Pure: the
 * same statement gives the same claims.
 */
#ifndef HOST_SAYINGS_H
#define HOST_SAYINGS_H

#include "event/event.h"
#include "host/ledger.h"

struct claim_sink { /* claims are borrowed for the call; their subject is set already */
	void (*claim)(void *ctx, const struct claim *c);
	void *ctx;
};

unsigned ident_source(unsigned from); /* enum fact_source of an enum ev_ident_from */

/* Everything but who has which address. Claims are about the MAC if the statement was about a
 * network card, otherwise about the address. What ends (IDENT_ENDS) is claimed all the same. */
void sayings_of(const struct ev_ident *id, const struct claim_sink *out);

#endif
