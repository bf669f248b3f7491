/*
 * nd - neighbour and router discovery of IPv6 (RFC 4861 4.1 to 4.4): who has which address at which
 * Ethernet address.
 *
 * A message starts at the ICMPv6 type. Whether the hop limit was 255, as it must be, the caller
 * knows.
 */
#ifndef NAMING_ND_H
#define NAMING_ND_H

#include "base/addr.h"
#include "base/bytes.h"

enum nd_type {
	ND_ROUTER_SOLICITATION = 133,
	ND_ROUTER_ADVERTISEMENT = 134,
	ND_NEIGHBOUR_SOLICITATION = 135,
	ND_NEIGHBOUR_ADVERTISEMENT = 136,
};

enum { ND_HOP_LIMIT = 255 };

struct nd {
	uint8_t type;                              /* enum nd_type */
	struct addr target;                        /* neighbour messages */
	bool is_router, is_solicited, is_override; /* advertisement of a neighbour */
	uint16_t router_lifetime_s;  /* advertisement of a router; 0: not a default one */
	bool has_source, has_target; /* options 1 and 2, Ethernet alone */
	struct mac source, target_mac;
};

/* False: another type, or malformed: then by RFC 4861 7.1 nobody believes it. */
bool nd_read(struct bytes msg, struct nd *ret_nd);

/* With a checksum of zero. */
void nd_write(struct writer *w, const struct nd *x);

#endif
