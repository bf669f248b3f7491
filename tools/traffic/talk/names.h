/*
 * names - who is called what: DNS (RFC 1035), LLMNR (RFC 4795), NetBIOS names and the browser
 * service's announcements (RFC 1002, MS-BRWS), SSDP searches.
 */
#ifndef TRAFFIC_NAMES_H
#define TRAFFIC_NAMES_H

#include "lan/net.h"

/* `answer` NULL: there is no such name. Returns when the answer was there. */
uint64_t dns_ask(struct lan *n, uint64_t at, struct datagram who, const char *name,
		 const struct addr *answer);

/* The machine looks for its domain controllers: an SRV record. */
uint64_t dns_ask_srv(struct lan *n, uint64_t at, struct datagram who, const char *name,
		     const char *target);

/* By multicast; nobody answers. */
void llmnr_ask(struct lan *n, uint64_t at, struct host *from, const char *name);

/* The suffixes that a workstation claims, by broadcast. */
void nbns_register(struct lan *n, uint64_t at, struct host *h, const char *group);

/* By broadcast; the one called so answers, if it is there. */
void nbns_ask(struct lan *n, uint64_t at, struct host *from, const char *name, struct host *answer);

void browser_announce(struct lan *n, uint64_t at, struct host *h, const char *group);

void ssdp_search(struct lan *n, uint64_t at, struct host *from);

#endif
