/*
 * defrag - IP fragments to datagrams (RFC 791 3.2, RFC 8200 4.5, RFC 5722).
 *
 * One for the whole run, in front of the shards, since a fragment does not tell its ports.
 * Overlapping IPv6 fragments discard the datagram (RFC 5722); for IPv4 what came first stays.
 */
#ifndef FLOW_DEFRAG_H
#define FLOW_DEFRAG_H

#include "wire/packet.h"

struct defrag;

struct defrag_stats {
	uint64_t datagrams; /* put together */
	uint64_t timed_out; /* never complete */
	uint64_t shed;      /* given up for the limits */
	uint64_t malformed; /* overlaps, wrong lengths */
};

MUST_CHECK enum rc defrag_new(size_t datagrams, size_t buffer_bytes, uint64_t seed,
			      struct defrag **ret_defrag);
void defrag_free(struct defrag *d); /* NULL is fine */

/* p->kind is PACKET_FRAGMENT. True: the datagram is complete and *p has become it, its payload
 * borrowed until the next call. */
bool defrag_packet(struct defrag *d, struct packet *p);

void defrag_stats_get(const struct defrag *d, struct defrag_stats *ret_stats);

#endif
