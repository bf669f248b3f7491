/* system - how each operating system names itself in what it sends: one row each, so that all
 * that a machine says agrees. */
#ifndef TRAFFIC_SYSTEM_H
#define TRAFFIC_SYSTEM_H

#include "lan/net.h"

struct system_version {
	uint8_t major, minor;
	uint16_t build;
};

struct system {
	struct system_version version;
	const char *native_os, *native_lanman; /* of SMB 1 */
	const char *agent;                     /* of its browser */
	struct bytes dhcp_class, dhcp_order;   /* options 60 and 55 */
};

/* Never NULL; printers are made of Linux. */
const struct system *system_of(enum os os);

#endif
