/*
 * identity - what of a shard's identities is news.
 *
 * Every IP packet shows its sender's Ethernet address, every SYN its shape, and machines repeat
 * their names for ever. A statement that was told within the last minute is not told again, unless
 * something of its kind can end (a lease, a name given back, a logon refused): then each counts. At
 * most so many are told in a second of the packets' time; what found no room is counted.
 *
 * Whoever looks at frames (-Y, --events) is shown each message that says who somebody is; then only
 * what headers tell passes here.
 *
 * It belongs to one shard, and its clock is the flow engine's tick, so what is told depends on the
 * packets alone.
 */
#ifndef APP_IDENTITY_H
#define APP_IDENTITY_H

#include "event/event.h"
#include "wire/packet.h"

struct identity;

/* by_minute: that somebody speaks is told in every minute of the clock in which it does; what was
 * told in the last sixty seconds comes as a repeat. */
MUST_CHECK enum rc identity_new(uint64_t seed, bool by_minute, struct identity **ret_i);
void identity_free(struct identity *i); /* NULL is fine */

/* A second has passed. */
void identity_tick(struct identity *i);

/* Shall an EV_IDENT be told? Then it counts as told at mono_ns. */
bool identity_is_news(struct identity *i, const struct event *ev, uint64_t mono_ns);

/* What the headers of a packet tell, if that is news: IDENT_LINK of TCP packets that acknowledge,
 * UDP and ICMP; IDENT_SYN. Nothing, and no memory, for SYNs of more sources than a second has room
 * for. The texts lie in *i until its next call. */
bool identity_packet(struct identity *i, const struct packet *p, struct ev_ident *ret_ident);

/* Statements that found no room. */
uint64_t identity_lost(const struct identity *i);

#endif
