/*
 * datagram - messages that stand alone: UDP datagrams, ICMPv6 neighbour discovery, LLDP and CDP,
 * and what the headers of any packet tell (its Ethernet source, the shape of a SYN).
 *
 * The counterpart of proto.h for what has no stream. No state, no clock: the same packet says the
 * same every time. Each protocol is one row of a table in datagram.c, found by port.
 */
#ifndef PROTO_DATAGRAM_H
#define PROTO_DATAGRAM_H

#include "proto/proto.h"
#include "wire/packet.h"

/* Would datagram_take() look into this packet at all? Asked for every packet: cheap. */
bool datagram_wants(const struct packet *p);

/* Tells EV_IDENT events and anomalies. The events' `src` and `dst` are the packet's: out->event is
 * called with TO_SERVER. */
void datagram_take(const struct packet *p, const struct proto_out *out);

#endif
