/*
 * dhcp6 - DHCP for IPv6 (RFC 8415), client FQDN (RFC 4704), client link-layer address (RFC 6939).
 *
 * A message may lie in others that relays put around it; they are taken off, DHCP6_RELAYS at most.
 * Of options that are not here nothing is kept.
 */
#ifndef NAMING_DHCP6_H
#define NAMING_DHCP6_H

#include "base/addr.h"
#include "base/bytes.h"

enum { DHCP6_CLIENT_PORT = 546, DHCP6_SERVER_PORT = 547 };

enum dhcp6_type {
	DHCP6_SOLICIT = 1,
	DHCP6_ADVERTISE = 2,
	DHCP6_REQUEST = 3,
	DHCP6_CONFIRM = 4,
	DHCP6_RENEW = 5,
	DHCP6_REBIND = 6,
	DHCP6_REPLY = 7,
	DHCP6_RELEASE = 8,
	DHCP6_DECLINE = 9,
	DHCP6_RECONFIGURE = 10,
	DHCP6_INFORMATION_REQUEST = 11,
	DHCP6_RELAY_FORW = 12,
	DHCP6_RELAY_REPL = 13,
};

enum { DHCP6_RELAYS = 8, DHCP6_ADDRS = 8 }; /* RFC 8415 7.6: HOP_COUNT_LIMIT */

struct dhcp6_relay {
	uint8_t type, hops; /* DHCP6_RELAY_FORW or _REPL */
	struct addr link, peer;
	struct bytes interface_id; /* 18 */
	bool has_mac;
	struct mac mac; /* 79: of the client, where the link is Ethernet */
};

struct dhcp6_addr { /* 5, in an IA_NA or IA_TA */
	struct addr addr;
	uint32_t preferred_s, valid_s; /* 0xffffffff: for ever */
	uint16_t status;               /* 13 in it or in its IA; 0: success */
};

struct dhcp6 {
	unsigned n_relays;
	struct dhcp6_relay relays[DHCP6_RELAYS]; /* the outermost first */
	uint8_t type;                            /* enum dhcp6_type, of the innermost */
	uint32_t xid;                            /* 24 bits */
	uint16_t status;                         /* 13 of the message; 0: success */
	struct bytes client_id, server_id;       /* 1, 2: DUIDs */
	struct bytes params;                     /* 6: codes of two bytes */
	uint32_t enterprise;                     /* 16 */
	struct bytes vendor_class;               /* 16: its first string */
	uint8_t fqdn_flags;
	struct bytes fqdn; /* 39: labels, perhaps without an end */
	unsigned n_addrs;
	struct dhcp6_addr addrs[DHCP6_ADDRS];
	bool is_cut; /* an option does not fit what it lies in, or there were more addresses */
};

/* False: no message of a client or server inside, or too many relays. Borrows msg. */
bool dhcp6_read(struct bytes msg, struct dhcp6 *ret_dhcp6);
void dhcp6_write(struct writer *w, const struct dhcp6 *x);

#endif
