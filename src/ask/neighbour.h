/*
 * neighbour - whose card this machine's kernel has just heard at an address.
 *
 * Whoever was asked on the same cable answered ARP first; the kernel remembers it for a while.
 */
#ifndef ASK_NEIGHBOUR_H
#define ASK_NEIGHBOUR_H

#include <stdbool.h>

#include "base/addr.h"

/* A line of /proc/net/arp. False: a headline, incomplete, or no Ethernet. */
bool neighbour_parse(const char *line, struct addr *ret_addr, struct mac *ret_mac);

/* False: not on the same cable, did not answer, or not IPv4. */
bool neighbour_mac(const struct addr *a, struct mac *ret_mac);

#endif
