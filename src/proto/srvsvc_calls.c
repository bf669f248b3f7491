/* From a call's stub to EV_SRVSVC. */
#include "proto/rpc_state.h"

#include "wire/interfaces.h"
#include "wire/srvsvc.h"

struct scratch { /* strings of a big-endian sender, turned round */
	uint8_t server[EV_NAME_MAX], path[EV_PATH_MAX], path2[EV_PATH_MAX];
};

static struct bytes units(struct bytes s, bool is_be, uint8_t *to, size_t cap)
{
	s.len = s.len < cap ? s.len : cap;
	if (!is_be)
		return s;
	for (size_t i = 0; i + 1 < s.len; i += 2) {
		to[i] = s.at[i + 1];
		to[i + 1] = s.at[i];
	}
	return (struct bytes){to, s.len & ~(size_t)1};
}

static uint32_t clamp(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* For the answer. Without room for it the answer has no path, which does no harm. */
static void remember_path(struct rpc *r, struct rpc_call *c, const struct ev_srvsvc *ev)
{
	quota_free(r->quota, c->path, c->path_len);
	c->path = NULL;
	c->path_len = 0;
	c->path_max = ev->path_max;
	c->path_actual = ev->path_actual;
	if (ev->path.len > 0)
		c->path = quota_grow(r->quota, NULL, 0, ev->path.len);
	if (c->path != NULL) {
		memcpy(c->path, ev->path.at, ev->path.len);
		c->path_len = ev->path.len;
	}
}

static void told(struct ev_srvsvc *s, const struct proto_out *out, enum dir dir)
{
	struct event ev = {.kind = EV_SRVSVC, .srvsvc = *s};

	if ((out->wants & EV_BIT(EV_SRVSVC)) != 0)
		out->event(out->ctx, dir, &ev);
}

static void request(struct rpc *r, struct rpc_call *c, const struct rpc_side *s,
		    const struct rpc_link *link, const struct proto_out *out)
{
	bool is_be = dcerpc_is_be(&s->h);
	const struct rpc_stub *stub = &c->stub[TO_SERVER];
	struct reader in = {.rest = {stub->at, stub->len}};
	struct ndr n = ndr_reader(&in, is_be, c->is_ndr64);
	struct srvsvc_request x = {.opnum = c->opnum};
	struct ev_srvsvc ev = {.opnum = c->opnum, .pipe = link->pipe, .is_guessed = !c->has_uuid};
	struct scratch scratch;

	if (srvsvc_is_path_call(c->opnum)) {
		bool is_good = srvsvc_request(&n, &x) && !stub->is_cut;

		if (ev.is_guessed && (!is_good || in.rest.len > 0))
			return;
		ev.is_cut = !is_good || x.path.units.len > EV_PATH_MAX ||
			    x.path2.units.len > EV_PATH_MAX;
		if (!is_good && stub->is_sealed)
			x = (struct srvsvc_request){.opnum = c->opnum}; /* cipher text */
		ev.path_max = clamp(x.path.max);
		ev.path_actual = clamp(x.path.actual);
		ev.outbuf_len = x.outbuf_len;
		ev.path_type = x.path_type;
		ev.flags = x.flags;
		ev.server = units(x.server.units, is_be, scratch.server, sizeof(scratch.server));
		ev.path = units(x.path.units, is_be, scratch.path, sizeof(scratch.path));
		ev.path2 = units(x.path2.units, is_be, scratch.path2, sizeof(scratch.path2));
		if (!is_good && !stub->is_sealed)
			out->anomaly(out->ctx, s->dir, "srvsvc",
				     n.why != NULL ? n.why : "stub-too-short");
		remember_path(r, c, &ev);
	}
	told(&ev, out, s->dir);
}

static void response(struct rpc_call *c, const struct rpc_side *s, const struct rpc_link *link,
		     const struct proto_out *out)
{
	const struct rpc_stub *stub = &c->stub[TO_CLIENT];
	struct reader in = {.rest = {stub->at, stub->len}};
	struct ndr n = ndr_reader(&in, dcerpc_is_be(&s->h), c->is_ndr64);
	struct srvsvc_response x = {.opnum = c->opnum};
	struct ev_srvsvc ev = {
		.opnum = c->opnum,
		.is_response = true,
		.is_fault = s->h.ptype == DCERPC_FAULT,
		.is_guessed = !c->has_uuid,
		.request_seq = c->request_seq,
		.path_max = c->path_max,
		.path_actual = c->path_actual,
		.path = {c->path, c->path_len},
		.pipe = link->pipe,
	};

	if (ev.is_fault) {
		ev.has_status = true;
		ev.status = s->call.status;
	} else if (srvsvc_is_path_call(c->opnum)) {
		ev.has_status = srvsvc_response(&n, &x) && !stub->is_cut;
		ev.is_cut = !ev.has_status;
		ev.path_type = x.path_type;
		if (ev.has_status)
			ev.status = x.status;
	}
	told(&ev, out, s->dir);
}

void srvsvc_told(struct rpc *r, struct rpc_call *c, const struct rpc_side *s,
		 const struct rpc_link *link, const struct proto_out *out)
{
	bool is_bound = c->has_uuid && uuid_eq(&c->uuid, &uuid_srvsvc);
	bool may_be =
		!c->has_uuid && srvsvc_is_path_call(c->opnum) && c->opnum != SRVSVC_OP_PATH_TYPE;

	if (s->h.ptype == DCERPC_REQUEST) {
		if (is_bound || may_be)
			request(r, c, s, link, out);
	} else if (is_bound || (may_be && c->path != NULL)) {
		response(c, s, link, out);
	}
}
