/*
 * lldp - what a neighbour on the cable says of itself (IEEE 802.1AB 8): mostly the switch, and at
 * which of its ports one is.
 */
#ifndef NAMING_LLDP_H
#define NAMING_LLDP_H

#include "base/addr.h"
#include "base/bytes.h"

enum { LLDP_CHASSIS_MAC = 4, LLDP_CHASSIS_NAME = 6, LLDP_CHASSIS_LOCAL = 7 };
enum { LLDP_PORT_ALIAS = 1, LLDP_PORT_MAC = 3, LLDP_PORT_NAME = 5, LLDP_PORT_LOCAL = 7 };
enum { LLDP_BRIDGE = 0x04, LLDP_ROUTER = 0x10 }; /* capabilities */

struct lldp {
	uint8_t chassis_type, port_type; /* subtypes; 0: not there */
	struct bytes chassis, port;      /* of the IDs: bytes or text, by type */
	uint16_t ttl_s;                  /* 0: it leaves */
	struct bytes port_description, system_name, system_description;
	bool has_capabilities;
	uint16_t capabilities, enabled;
	struct addr management; /* zero: none, or neither IPv4 nor IPv6 */
};

/* False: malformed, or without the three that must come first. Borrows msg. */
bool lldp_read(struct bytes msg, struct lldp *ret_lldp);
void lldp_write(struct writer *w, const struct lldp *x);

/* The chassis is named by an Ethernet address. */
bool lldp_chassis_mac(const struct lldp *x, struct mac *ret_mac);

#endif
