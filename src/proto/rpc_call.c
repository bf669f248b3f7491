/* Calls that are under way, by call id. */
#include "proto/rpc_state.h"

#include "wire/interfaces.h"
#include "wire/srvsvc.h"

enum { FIRST_STUB = 1024 };

static void drop_stub(struct rpc *r, struct rpc_stub *s)
{
	quota_free(r->quota, s->at, s->cap);
	*s = (struct rpc_stub){0};
}

void rpc_call_drop(struct rpc *r, struct rpc_call *c)
{
	drop_stub(r, &c->stub[TO_SERVER]);
	drop_stub(r, &c->stub[TO_CLIENT]);
	quota_free(r->quota, c->path, c->path_len);
	for (int dir = 0; dir < 2; dir++) {
		if (r->side[dir].target == c)
			r->side[dir].target = NULL;
	}
	*c = (struct rpc_call){0};
}

struct rpc_call *rpc_call_find(struct rpc *r, uint32_t id)
{
	for (size_t i = 0; i < RPC_CALLS; i++) {
		if (r->calls[i].is_used && r->calls[i].id == id)
			return &r->calls[i];
	}
	return NULL;
}

/* A free slot, or the oldest call's: where answers are not heard, calls never end. */
static struct rpc_call *slot(struct rpc *r)
{
	struct rpc_call *oldest = &r->calls[0];

	for (size_t i = 0; i < RPC_CALLS; i++) {
		if (!r->calls[i].is_used)
			return &r->calls[i];
		if (r->calls[i].order < oldest->order)
			oldest = &r->calls[i];
	}
	return oldest;
}

struct rpc_call *rpc_call_start(struct rpc *r, uint32_t id, const struct dcerpc_call *c)
{
	struct rpc_call *call = rpc_call_find(r, id);
	const struct rpc_context *ctx = rpc_context_find(r, c->ctx_id);

	if (call == NULL)
		call = slot(r);
	rpc_call_drop(r, call);
	*call = (struct rpc_call){.is_used = true,
				  .id = id,
				  .ctx_id = c->ctx_id,
				  .opnum = c->opnum,
				  .order = r->order++};
	if (ctx != NULL) {
		call->has_uuid = true;
		call->uuid = ctx->iface;
		call->version = ctx->version;
		call->minor = ctx->minor;
		call->is_ndr64 = ctx->is_ndr64;
	}
	return call;
}

bool rpc_call_wants(const struct rpc_call *c, enum dir dir)
{
	if (!srvsvc_is_path_call(c->opnum))
		return false;
	if (c->has_uuid)
		return uuid_eq(&c->uuid, &uuid_srvsvc);
	/* Nobody heard the bind. A request may show by its stub; its answer then has a path. */
	return c->opnum != SRVSVC_OP_PATH_TYPE && (dir == TO_SERVER || c->path != NULL);
}

bool rpc_call_collect(struct rpc *r, struct rpc_call *c, enum dir dir, struct bytes part)
{
	struct rpc_stub *s = &c->stub[dir];
	size_t want = s->len + part.len, cap = s->cap == 0 ? FIRST_STUB : s->cap;

	if (s->is_cut || part.len == 0)
		return true;
	while (cap < want && cap < RPC_STUB)
		cap *= 2;
	if (cap != s->cap) {
		uint8_t *grown = quota_grow(r->quota, s->at, s->cap, cap);

		if (grown != NULL) {
			s->at = grown;
			s->cap = cap;
		}
	}
	if (want > s->cap) {
		s->is_cut = true;
		part.len = s->cap - s->len;
	}
	if (part.len > 0)
		memcpy(s->at + s->len, part.at, part.len);
	s->len += part.len;
	return !s->is_cut;
}
