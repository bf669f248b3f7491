/* domain - what a domain member says to its controller: Kerberos (RFC 4120) and LDAP (RFC 4511). */
#ifndef TRAFFIC_DOMAIN_H
#define TRAFFIC_DOMAIN_H

#include "lan/net.h"

/* A user logs on: AS exchange with a first answer that wants pre-authentication, then a ticket
 * for `service` ("cifs/fs01"). Returns when it is over. */
uint64_t kerberos_logon(struct lan *n, uint64_t at, struct datagram who, const char *user,
			const char *service);

/* A ticket for the machine itself; over TCP where the ticket is too big for UDP. */
uint64_t kerberos_ticket(struct lan *n, uint64_t at, struct datagram who, const char *service,
			 bool over_tcp);

/* Binds anonymously, reads the root entry, and unbinds. */
uint64_t ldap_lookup(struct lan *n, uint64_t at, struct datagram who);

#endif
