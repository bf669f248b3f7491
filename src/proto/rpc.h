/*
 * rpc - one DCE/RPC association: the two byte streams of a TCP connection or of an opened pipe.
 *
 * The streams come in any pieces. Binds are held whole, since their contexts are read; of calls
 * only the header is, and the stub where it is a path call of srvsvc's. The rest is counted past.
 * A stream that is not RPC, or no longer, is ignored until a piece starts like a packet again.
 */
#ifndef PROTO_RPC_H
#define PROTO_RPC_H

#include "proto/quota.h"

struct rpc;

struct rpc_link {        /* how it is carried; borrowed for the call */
	uint8_t carrier; /* enum ev_carrier */
	struct bytes pipe;
};

/* `q` is borrowed for life. NULL: the quota. */
struct rpc *rpc_new(struct quota *q);
void rpc_free(struct rpc *r); /* NULL is fine */

/* All of `in` is used up. `is_start`: the sender started something new here (a write), so a stream
 * that was lost may be found again. */
void rpc_feed(struct rpc *r, enum dir dir, struct bytes in, bool is_start,
	      const struct rpc_link *link, const struct proto_out *out);

/* `missing` bytes never came. True: they were inside of a stub, and the stream goes on. */
bool rpc_gap(struct rpc *r, enum dir dir, uint64_t missing);

/* Is what `dir` sends ignored until a start? */
bool rpc_is_lost(const struct rpc *r, enum dir dir);

#endif
