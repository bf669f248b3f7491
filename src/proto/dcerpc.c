/*
 * dcerpc - RPC straight over TCP: the endpoint mapper and whatever ports it names.
 *
 * Recognised by content. The association keeps what it needs itself, so nothing is buffered here.
 */
#include "proto/dcerpc.h"

#include "proto/rpc.h"
#include "wire/dcerpc.h"

struct tcp_rpc {
	struct quota quota;
	struct rpc *rpc;
	bool is_lost[2];
};

static enum proto_match tcp_probe(enum dir dir, struct bytes head)
{
	(void)dir;
	if (head.len == 0)
		return PROTO_UNSURE;
	if (!dcerpc_looks_like(head))
		return PROTO_NO;
	return head.len < DCERPC_HEADER ? PROTO_UNSURE : PROTO_YES;
}

static struct step tcp_feed(void *state, enum dir dir, struct bytes in, const struct proto_out *out)
{
	struct tcp_rpc *s = state;
	const struct rpc_link link = {.carrier = EV_CARRIER_TCP};
	bool is_start = s->is_lost[dir];

	if (s->rpc == NULL)
		s->rpc = rpc_new(&s->quota);
	if (s->rpc == NULL) {
		quota_hit(&s->quota, dir, out);
		return (struct step){STEP_REJECT, 0, 0};
	}
	if (is_start && in.len < DCERPC_HEADER)
		return (struct step){STEP_MORE, 0, DCERPC_HEADER};
	/* After a gap, segments are tried until one starts a packet. */
	if (is_start && dcerpc_looks_like(in))
		s->is_lost[dir] = false;
	rpc_feed(s->rpc, dir, in, is_start, &link, out);
	/* A server gives up here too: nothing says where the next packet would start. */
	if (rpc_is_lost(s->rpc, dir) && !s->is_lost[dir])
		return (struct step){STEP_REJECT, in.len, 0};
	return (struct step){STEP_MORE, in.len, 1};
}

static bool tcp_gap(void *state, enum dir dir, uint64_t missing, const struct proto_out *out)
{
	struct tcp_rpc *s = state;

	(void)out;
	if (s->rpc != NULL && !rpc_gap(s->rpc, dir, missing))
		s->is_lost[dir] = true;
	return true;
}

static size_t tcp_held(const void *state)
{
	return ((const struct tcp_rpc *)state)->quota.used;
}

static void tcp_fini(void *state)
{
	rpc_free(((struct tcp_rpc *)state)->rpc);
}

const struct proto proto_dcerpc = {
	.name = "dcerpc",
	.spec = "C706 chapter 12; MS-RPCE 2.1.1.1",
	.state_size = sizeof(struct tcp_rpc),
	.probe = tcp_probe,
	.feed = tcp_feed,
	.gap = tcp_gap,
	.held = tcp_held,
	.fini = tcp_fini,
};
