/*
 * worm - the outside of a Conficker-like worm: what it would look like on the wire, with inert
 * letters where a worm carries code. Nothing here can infect anything.
 */
#ifndef TRAFFIC_WORM_H
#define TRAFFIC_WORM_H

#include "talk/rpc.h"

/* The hostile shape: \ letters \..\..\ letters. Returns UTF-16LE in `to`. */
struct bytes worm_path(struct rng *r, uint8_t *to, size_t cap);

enum worm_fate {
	WORM_TAKES,   /* the victim pulls the body afterwards */
	WORM_FAILS,   /* patched, or taken before: an error comes back */
	WORM_CRASHES, /* no answer */
	WORM_DENIED,  /* no anonymous access to the pipe */
};

/* One attack from `from` on `to`, over `port` 445 or 139. Returns when it is over. */
uint64_t worm_attack(struct lan *n, uint64_t at, struct datagram who, enum worm_fate fate,
		     const struct rpc_style *style);

/* The victim fetches the body from the attacker's high port. */
uint64_t worm_pull(struct lan *n, uint64_t at, struct host *victim, struct host *attacker,
		   uint16_t port);

#endif
