/*
 * dhcp - DHCP for IPv4 (RFC 2131, options RFC 2132, long options RFC 3396, client FQDN RFC 4702,
 * relay agent RFC 3046), and BOOTP before it (RFC 951).
 *
 * A message starts behind the UDP header. Options that come in several pieces, also in the fields
 * `file` and `sname` (option 52), are put together in `room`. Of other options nothing is kept.
 */
#ifndef NAMING_DHCP_H
#define NAMING_DHCP_H

#include "base/addr.h"
#include "base/bytes.h"

enum { DHCP_SERVER_PORT = 67, DHCP_CLIENT_PORT = 68 };

enum dhcp_op { DHCP_BOOTREQUEST = 1, DHCP_BOOTREPLY = 2 };

enum dhcp_type { /* option 53 */
		 DHCP_DISCOVER = 1,
		 DHCP_OFFER = 2,
		 DHCP_REQUEST = 3,
		 DHCP_DECLINE = 4,
		 DHCP_ACK = 5,
		 DHCP_NAK = 6,
		 DHCP_RELEASE = 7,
		 DHCP_INFORM = 8,
};

enum { /* of option 81 */
       DHCP_FQDN_SERVER_UPDATES = 0x01,
       DHCP_FQDN_CANONICAL = 0x04, /* the name is labels, not text */
};

enum { DHCP_RELAY_CIRCUIT_ID = 1, DHCP_RELAY_REMOTE_ID = 2 };

enum { DHCP_CHADDR = 16, DHCP_VALUE_MAX = 512, DHCP_ROOM = 16 * DHCP_VALUE_MAX };

struct dhcp {
	uint8_t op, htype, hlen, hops;
	uint32_t xid;
	uint16_t secs, flags;               /* flags: 0x8000 answer by broadcast */
	struct addr ciaddr, yiaddr, giaddr; /* zero: 0.0.0.0 */
	uint8_t chaddr[DHCP_CHADDR];
	uint8_t type; /* enum dhcp_type; 0: BOOTP */
	bool has_lease;
	uint32_t lease_s;              /* option 51; 0xffffffff: for ever */
	struct addr requested, server; /* 50, 54; zero: not there */
	struct addr router;            /* 3: the first */
	struct bytes hostname;         /* 12 */
	struct bytes domain;           /* 15 */
	struct bytes params;           /* 55: codes in the client's order */
	struct bytes vendor_class;     /* 60 */
	struct bytes client_id;        /* 61: type, id */
	struct bytes fqdn;             /* 81: flags, two codes, name */
	struct bytes relay;            /* 82: sub-options */
	bool is_cut; /* the options end in the middle of one, or `room` was full */
};

/* False: too short for BOOTP, or neither request nor reply. Borrows msg and what is in `room`,
 * which has at least DHCP_ROOM free. */
bool dhcp_read(struct bytes msg, struct writer *room, struct dhcp *ret_dhcp);

/* Padded to the 300 bytes that old relays want. A value over 255 bytes goes in pieces. */
void dhcp_write(struct writer *w, const struct dhcp *x);

/* The client's Ethernet address, if that is what it has. */
bool dhcp_mac(const struct dhcp *x, struct mac *ret_mac);
void dhcp_set_mac(struct dhcp *x, const struct mac *mac);

/* The name in option 81 as text, without a dot at its end; `to` holds DHCP_VALUE_MAX. Returns its
 * length; 0: there is none, or it is malformed. */
size_t dhcp_fqdn_name(const struct dhcp *x, uint8_t *to);

/* Appends the value of option 81 for a name like "pc7.corp.example", as canonical labels. */
void dhcp_write_fqdn(struct writer *w, uint8_t flags, struct bytes name);

/* A sub-option of option 82; empty: not there. */
struct bytes dhcp_relay_part(struct bytes relay, uint8_t code);

#endif
