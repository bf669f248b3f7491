/*
 * flow - from packets to connections and ordered byte streams.
 *
 * One flow_table is one shard: it sees every packet of the flows it owns and nobody else's, and
 * all its limits are its own. The number of shards is fixed (FLOW_SHARDS), whatever the number of
 * threads, so what a full table sheds does not depend on how many workers share the work.
 *
 * A flow is found by addresses, ports, protocol and VLAN, both directions together. A connection
 * attempt is told to the sink once, when its outcome is known. The first bytes of each direction
 * go to sink->classify(); only streams that it wants are put in order (overlaps as Windows does:
 * what arrived first stays, except that a segment starting before it wins the overlap — see
 * doc/flows.md), and handed to sink->data() under the contract of base/step.h. Everything else
 * costs a counter.
 *
 * Flows picked up in the middle, seen in one direction only, reused after TIME_WAIT, with gaps,
 * wrapped sequence numbers and wrong checksums (offload) are all ordinary here.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/step.h"
#include "wire/packet.h"

enum { FLOW_SHARDS = 16 };

enum flow_outcome {
	FLOW_ESTABLISHED, /* answered: SYN-ACK seen, or the initiator went on as if it had been */
	FLOW_REFUSED,     /* RST or ICMP unreachable came back */
	FLOW_UNANSWERED,  /* nothing came back within the time-out */
	FLOW_MIDSTREAM,   /* traffic without a beginning: says nothing about success */
	FLOW_BACKSCATTER, /* an answer (SYN-ACK, RST) to an attempt that was not heard */
};

/* One connection attempt, told once. `src` is the side that opened it: for FLOW_BACKSCATTER the
 * side that must have, though it was not heard; for FLOW_MIDSTREAM the likelier one. */
struct flow_conn {
	enum flow_outcome outcome;
	struct endpoint src, dst;
	uint8_t ip_proto; /* IP_PROTO_TCP or IP_PROTO_UDP */
	uint32_t vlan;
	uint64_t first_seq, first_ns; /* the packet that opened it */
	uint64_t seq, at_ns,
		mono_ns; /* the packet that told the outcome, or by which it timed out */
	bool by_icmp;
};

/* Who is speaking, for the stream calls. Valid during the call. */
struct flow_view {
	struct endpoint client, server;
	uint32_t vlan;
	bool is_midstream;        /* client and server are a guess */
	const struct packet *now; /* the packet that completed what is handed over */
};

enum flow_choice {
	FLOW_UNSURE, /* more bytes, please */
	FLOW_SKIP,   /* nobody wants this stream */
	FLOW_FOLLOW, /* put it in order and call data() */
};

struct flow_sink { /* filled in by the worker, or by a test */
	void (*conn)(void *ctx, const struct flow_conn *conn);

	/* The first bytes that `dir` sent. FLOW_FOLLOW: *ret_stream is the reader's state, which
	 * comes back with every later call until closed(). */
	enum flow_choice (*classify)(void *ctx, const struct flow_view *v, enum dir dir,
				     struct bytes head, void **ret_stream);

	struct step (*data)(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
			    struct bytes in);

	/* `missing` bytes never came. True if data() can go on after them. */
	bool (*gap)(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
		    uint64_t missing);

	/* The stream is over, for whatever reason; frees the reader's state. */
	void (*closed)(void *ctx, void *stream);
	void *ctx;
};

struct flow_limits {             /* of one shard */
	size_t flows;            /* in the table at once */
	size_t buffer_bytes;     /* held for reassembly, all flows together */
	size_t stream_bytes;     /* held for one direction of one flow */
	unsigned syn_timeout_s;  /* after which an attempt is unanswered */
	unsigned idle_timeout_s; /* after which an established flow is forgotten */
};

struct flow_stats {
	uint64_t flows, midstream, one_sided;
	uint64_t streams;            /* followed */
	uint64_t gap_bytes;          /* never came, in followed streams */
	uint64_t dropped_bytes;      /* came, but the limits left no room for them */
	uint64_t shed_flows;         /* pushed out of a full table before their time */
	uint64_t shed_streams;       /* given up for the limits */
	uint64_t overlaps_differing; /* retransmissions whose bytes differ: evasion or error */
	uint64_t undecided;          /* attempts too young for a verdict when the capture ended */
};

struct flow_table;

/* `sink` is borrowed for the table's life. RC_INVAL: a limit is 0. */
MUST_CHECK enum rc flow_table_new(const struct flow_limits *limits, const struct flow_sink *sink,
				  uint64_t seed, struct flow_table **ret_table);
void flow_table_free(struct flow_table *t); /* NULL is fine; tells closed(), nothing else */

/* A packet's hash, the same for both directions, from addresses, ports, protocol and VLAN. */
uint32_t flow_hash(const struct packet *p, uint64_t seed);

/* Start fetching the memory that flow_packet() will need for a packet of this hash: first where
 * the flow is named, some ten packets ahead, then the flow, half as far ahead. */
void flow_prefetch_slot(const struct flow_table *t, uint32_t hash);
void flow_prefetch(const struct flow_table *t, uint32_t hash);

/* TCP, UDP and ICMP (whose quoted header names the flow it is about). */
void flow_packet(struct flow_table *t, const struct packet *p);

/* Time has come to `p`'s mono_ns: tells attempts that went unanswered, forgets idle flows. */
void flow_tick(struct flow_table *t, const struct packet *p);

/* Gives up the followed stream that was used least lately, for a reader that wants its memory back.
 * After flow_packet() or flow_tick(), not inside a call of the sink. False: none is followed. */
bool flow_shed_stream(struct flow_table *t);

/* The capture is over: closes every stream; attempts still open are `undecided`. */
void flow_finish(struct flow_table *t);

void flow_stats_get(const struct flow_table *t, struct flow_stats *ret_stats);

#endif
