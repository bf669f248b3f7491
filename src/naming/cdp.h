/*
 * cdp - Cisco's discovery protocol, as its devices and others send it; no specification is public.
 * Names of fields are Wireshark's.
 *
 * A message starts behind the SNAP header.
 */
#ifndef NAMING_CDP_H
#define NAMING_CDP_H

#include "base/addr.h"
#include "base/bytes.h"

enum { CDP_ROUTER = 0x01, CDP_SWITCH = 0x08, CDP_HOST = 0x10 }; /* capabilities */

struct cdp {
	uint8_t version, ttl_s;
	struct bytes device_id; /* 1: mostly the name */
	struct addr address;    /* 2: the first IPv4 one; zero: none */
	struct bytes port_id;   /* 3 */
	uint32_t capabilities;  /* 4 */
	struct bytes software;  /* 5 */
	struct bytes platform;  /* 6 */
	uint16_t native_vlan;   /* 10; 0: not told */
};

/* False: malformed, or no version that there is. Borrows msg. */
bool cdp_read(struct bytes msg, struct cdp *ret_cdp);
void cdp_write(struct writer *w, const struct cdp *x); /* with its checksum */

#endif
