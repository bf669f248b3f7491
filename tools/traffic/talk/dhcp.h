/* dhcp - leases (RFC 2131, 2132). */
#ifndef TRAFFIC_DHCP_H
#define TRAFFIC_DHCP_H

#include "lan/net.h"

/* Discover, offer, request, acknowledgement. Returns when it is over. */
uint64_t dhcp_lease(struct lan *n, uint64_t at, struct host *client, struct host *server);

/* Half of the lease is over: request and acknowledgement. */
void dhcp_renew(struct lan *n, uint64_t at, struct host *client, struct host *server);

#endif
