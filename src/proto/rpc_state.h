/* rpc_state - what the .c files of an association share. Private to rpc*.c. */
#ifndef PROTO_RPC_STATE_H
#define PROTO_RPC_STATE_H

#include "proto/rpc.h"
#include "wire/dcerpc.h"

enum {
	/* Outstanding at once in one association; Windows uses one on a pipe. */
	RPC_CALLS = 16,
	/* Over all binds and alter_contexts; a bind has at most 255, in the wild 16. */
	RPC_CONTEXTS = 512,
	/* Of a path call's stub: more than any path that a server would take. */
	RPC_STUB = 64 * 1024,
	/* Header, call header, object: all of a call before its stub. A fault needs 32. */
	RPC_HEAD = DCERPC_CALL_HEADER + DCERPC_OBJECT,
};

struct rpc_context {
	uint16_t id, version, minor;
	bool is_answered, is_accepted, is_ndr64;
	struct uuid iface;
};

struct rpc_stub {
	uint8_t *at;
	size_t len, cap;
	bool is_cut;    /* bytes are missing: a limit, or a gap */
	bool is_sealed; /* encrypted */
};

struct rpc_call {
	bool is_used;
	bool has_uuid, is_ndr64;
	uint16_t ctx_id, opnum, version, minor;
	uint32_t id;
	struct uuid uuid;
	uint64_t order; /* the smallest is the oldest */
	uint64_t request_seq;
	struct rpc_stub stub[2];
	uint8_t *path; /* of the request, for the answer */
	size_t path_len;
	uint32_t path_max, path_actual;
};

struct rpc_side { /* one direction: the packet that is being read */
	enum dir dir;
	uint8_t head[RPC_HEAD];
	size_t head_len, head_want;
	uint8_t trailer[DCERPC_AUTH_TRAILER];
	uint8_t *whole; /* a bind or its answer, frag_len bytes */
	size_t pos;     /* bytes of the packet seen */
	size_t stub_at;
	struct dcerpc_header h;
	struct dcerpc_call call;
	struct rpc_call *target; /* whose stub this is; NULL: nobody's */
	bool is_lost, was_found;
};

struct rpc {
	struct quota *quota;
	struct rpc_side side[2];
	struct rpc_call calls[RPC_CALLS];
	uint64_t order;
	struct rpc_context *contexts;
	size_t n_contexts, room; /* contexts there are, contexts that fit */
	size_t n_pending;        /* of them: the last ones, offered and not answered */
	bool was_sealed;         /* told */
};

/* rpc_bind.c: what the whole bind, alter_context or answer in `s` says goes into the event and the
 * table. */
void rpc_bind_offered(struct rpc *r, const struct rpc_side *s, struct ev_rpc *ev,
		      const struct proto_out *out);
void rpc_bind_answered(struct rpc *r, const struct rpc_side *s, struct ev_rpc *ev,
		       const struct proto_out *out);

/* The verifier of a bind, its answer or an auth3 names who talks. */
void rpc_bind_auth(const struct rpc_side *s, uint8_t type, const struct proto_out *out);

/* NULL: nobody bound it within hearing. */
const struct rpc_context *rpc_context_find(const struct rpc *r, uint16_t id);

/* rpc_call.c. A request's first packet starts a call; NULL: no call of this id. */
struct rpc_call *rpc_call_start(struct rpc *r, uint32_t id, const struct dcerpc_call *c);
struct rpc_call *rpc_call_find(struct rpc *r, uint32_t id);
void rpc_call_drop(struct rpc *r, struct rpc_call *c);

/* Stubs go by what they are, TO_SERVER for a request's, also where the flow was picked up in the
 * middle and its directions are guessed wrong. Is this one wanted? */
bool rpc_call_wants(const struct rpc_call *c, enum dir dir);
/* False: not all of it was kept. */
bool rpc_call_collect(struct rpc *r, struct rpc_call *c, enum dir dir, struct bytes part);

/* srvsvc_calls.c. The last packet of a request, response or fault was seen: tells EV_SRVSVC. */
void srvsvc_told(struct rpc *r, struct rpc_call *c, const struct rpc_side *s,
		 const struct rpc_link *link, const struct proto_out *out);

#endif
