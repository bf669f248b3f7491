/*
 * tcp - one connection, told from the middle: both sides' segments in the order a tap between
 * them would see, with handshake, acknowledgements and close.
 */
#ifndef TRAFFIC_TCP_H
#define TRAFFIC_TCP_H

#include "lan/net.h"

struct tcp {
	struct lan *net;
	struct host *end[2]; /* 0 opened it */
	uint16_t port[2];
	uint32_t seq[2];    /* of the next byte each side sends */
	uint8_t pending[2]; /* segments of this side that nothing has acknowledged yet */
	uint64_t at;        /* of the last segment; who wants a pause adds to it */
	uint64_t delay;     /* one way, in nanoseconds */
	size_t mss;         /* 0: as large as Ethernet takes */
};

enum { TCP_CLIENT = 0, TCP_SERVER = 1 };

/* What becomes of a call. */
enum tcp_fate { TCP_ACCEPTED, TCP_REFUSED, TCP_SILENCE };

/* The handshake, after ARP where it is needed; refused with RST; or SYNs three times into
 * silence (at +0, +3, +9 s, as Windows does). A host that is off is not even called. */
enum tcp_fate tcp_open(struct tcp *t, struct lan *n, uint64_t at, struct datagram who,
		       enum tcp_fate fate);

/* `side` says this, cut into segments, each second one acknowledged. */
void tcp_say(struct tcp *t, unsigned side, struct bytes data);

/* The same without handshake before it: a capture that started too late. */
void tcp_midstream(struct tcp *t, struct lan *n, uint64_t at, struct datagram who);

/* FIN from `side`, FIN from the other, as programs do. */
void tcp_close(struct tcp *t, unsigned side);

void tcp_reset(struct tcp *t, unsigned side);

#endif
