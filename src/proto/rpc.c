/* Packets of one association, in pieces of any size. */
#include "proto/rpc.h"

#include "proto/rpc_state.h"

struct rpc *rpc_new(struct quota *q)
{
	struct rpc *r = quota_grow(q, NULL, 0, sizeof(*r));

	if (r != NULL) {
		r->quota = q;
		r->side[TO_SERVER].dir = TO_SERVER;
		r->side[TO_CLIENT].dir = TO_CLIENT;
	}
	return r;
}

static void next_packet(struct rpc *r, struct rpc_side *s)
{
	quota_free(r->quota, s->whole, s->h.frag_len);
	s->whole = NULL;
	s->head_len = s->head_want = s->pos = s->stub_at = 0;
	s->target = NULL;
	memset(s->trailer, 0, sizeof(s->trailer));
}

void rpc_free(struct rpc *r)
{
	if (r == NULL)
		return;
	for (int i = 0; i < 2; i++)
		next_packet(r, &r->side[i]);
	for (size_t i = 0; i < RPC_CALLS; i++)
		rpc_call_drop(r, &r->calls[i]);
	quota_free(r->quota, r->contexts, r->room * sizeof(*r->contexts));
	quota_free(r->quota, r, sizeof(*r));
}

static enum dir role(const struct rpc_side *s)
{
	return s->h.ptype == DCERPC_REQUEST ? TO_SERVER : TO_CLIENT;
}

static bool is_call(uint8_t ptype)
{
	return ptype == DCERPC_REQUEST || ptype == DCERPC_RESPONSE || ptype == DCERPC_FAULT;
}

static bool is_bind(uint8_t ptype)
{
	return ptype >= DCERPC_BIND && ptype <= DCERPC_AUTH3;
}

/* Where the stub ends: before the auth trailer, if there is one. */
static size_t stub_end(const struct rpc_side *s)
{
	size_t tail = s->h.auth_len > 0 ? s->h.auth_len + (size_t)DCERPC_AUTH_TRAILER : 0;

	return s->head_want + tail <= s->h.frag_len ? s->h.frag_len - tail : s->h.frag_len;
}

/* The common header is there. False: this is no packet. */
static bool start_packet(struct rpc *r, struct rpc_side *s, const struct proto_out *out)
{
	struct bytes head = {s->head, s->head_len};

	if (!dcerpc_looks_like(head) || !dcerpc_read_header(head, &s->h))
		return false;
	s->was_found = true;
	s->head_want = DCERPC_HEADER;
	if (is_call(s->h.ptype)) {
		s->head_want = s->h.ptype == DCERPC_FAULT ? 32 : DCERPC_CALL_HEADER;
		if (s->h.ptype == DCERPC_REQUEST && (s->h.flags & DCERPC_HAS_OBJECT) != 0)
			s->head_want += DCERPC_OBJECT;
		if (s->head_want > s->h.frag_len) {
			out->anomaly(out->ctx, s->dir, "dcerpc", "short-fragment");
			s->head_want = DCERPC_HEADER;
		}
	} else if (is_bind(s->h.ptype)) {
		s->whole = quota_grow(r->quota, NULL, 0, s->h.frag_len);
		if (s->whole == NULL)
			quota_hit(r->quota, s->dir, out);
		else
			memcpy(s->whole, s->head, s->head_len);
	}
	return true;
}

/* A call's header is there. */
static void start_call(struct rpc *r, struct rpc_side *s)
{
	struct bytes head = {s->head, s->head_len};

	if (!is_call(s->h.ptype) || !dcerpc_read_call(head, &s->h, &s->call, &s->stub_at))
		return;
	if (s->h.ptype == DCERPC_REQUEST && (s->h.flags & DCERPC_FIRST) != 0)
		s->target = rpc_call_start(r, s->h.call_id, &s->call);
	else
		s->target = rpc_call_find(r, s->h.call_id);
}

/* The part of `in`, which is at s->pos, that lies in [from, to). */
static struct bytes overlap(const struct rpc_side *s, struct bytes in, size_t from, size_t to)
{
	size_t skip = from > s->pos ? from - s->pos : 0;

	if (to <= s->pos + skip)
		return (struct bytes){NULL, 0};
	return bytes_slice(in, skip, to - s->pos - skip);
}

static void body(struct rpc *r, struct rpc_side *s, struct bytes in, const struct proto_out *out)
{
	size_t end = stub_end(s);

	if (s->whole != NULL)
		memcpy(s->whole + s->pos, in.at, in.len);
	if (s->target != NULL && rpc_call_wants(s->target, role(s)) &&
	    !rpc_call_collect(r, s->target, role(s), overlap(s, in, s->stub_at, end)))
		quota_hit(r->quota, s->dir, out);

	struct bytes t = overlap(s, in, end, end + DCERPC_AUTH_TRAILER);

	if (t.len > 0 && end < s->h.frag_len)
		memcpy(s->trailer + (s->pos > end ? s->pos - end : 0), t.at, t.len);
	s->pos += in.len;
}

/* What the trailer says about the stub before it. */
static void auth(struct rpc *r, struct rpc_side *s, const struct proto_out *out)
{
	struct bytes at = {s->trailer, sizeof(s->trailer)};
	struct dcerpc_auth a;

	if (s->h.auth_len == 0)
		return;
	if (stub_end(s) == s->h.frag_len) {
		out->anomaly(out->ctx, s->dir, "dcerpc", "bad-auth-length");
		return;
	}
	if (!dcerpc_read_auth(at, &s->h, &a))
		return;
	if (is_bind(s->h.ptype)) {
		if (s->whole != NULL)
			rpc_bind_auth(s, a.type, out);
		return;
	}
	if (!is_call(s->h.ptype))
		return;
	if (s->target != NULL) {
		struct rpc_stub *stub = &s->target->stub[role(s)];
		size_t pad = a.pad_len < stub->len ? a.pad_len : stub->len;

		if (!stub->is_cut)
			stub->len -= pad;
		stub->is_sealed = stub->is_sealed || a.level == DCERPC_AUTH_PRIVACY;
	}
	if (a.level == DCERPC_AUTH_PRIVACY && !r->was_sealed) {
		r->was_sealed = true;
		out->blind(out->ctx, s->dir, "rpc-sealed");
	}
}

static void of_call(struct ev_rpc *ev, const struct rpc_side *s)
{
	const struct rpc_call *c = s->target;

	ev->ctx_id = s->call.ctx_id;
	ev->opnum = s->call.opnum;
	ev->has_opnum = s->h.ptype == DCERPC_REQUEST;
	ev->status = s->call.status;
	if (c == NULL)
		return;
	ev->opnum = c->opnum;
	ev->has_opnum = true;
	ev->has_uuid = c->has_uuid;
	ev->uuid = c->uuid;
	ev->version = c->version;
	ev->version_minor = c->minor;
}

static void tell(struct rpc *r, struct rpc_side *s, const struct rpc_link *link,
		 const struct proto_out *out)
{
	struct event ev = {.kind = EV_RPC};
	uint16_t reason = 0;

	ev.rpc = (struct ev_rpc){
		.ptype = s->h.ptype,
		.pfc_flags = s->h.flags,
		.drep = s->h.drep[0],
		.carrier = link->carrier,
		.frag_len = s->h.frag_len,
		.auth_len = s->h.auth_len,
		.call_id = s->h.call_id,
		.is_response = s->h.ptype == DCERPC_RESPONSE || s->h.ptype == DCERPC_FAULT ||
			       s->h.ptype == DCERPC_BIND_ACK || s->h.ptype == DCERPC_BIND_NAK ||
			       s->h.ptype == DCERPC_ALTER_RESP,
		.pipe = link->pipe,
	};
	if (s->stub_at > 0)
		of_call(&ev.rpc, s);
	if (s->whole != NULL && (s->h.ptype == DCERPC_BIND || s->h.ptype == DCERPC_ALTER)) {
		rpc_bind_offered(r, s, &ev.rpc, out);
	} else if (s->whole != NULL && s->h.ptype == DCERPC_BIND_NAK) {
		if (dcerpc_read_bind_nak((struct bytes){s->whole, s->h.frag_len}, &s->h, &reason))
			ev.rpc.status = reason;
	} else if (s->whole != NULL && s->h.ptype != DCERPC_AUTH3) {
		rpc_bind_answered(r, s, &ev.rpc, out);
	}
	if ((out->wants & EV_BIT(EV_RPC)) != 0)
		out->event(out->ctx, s->dir, &ev);
}

static void end_packet(struct rpc *r, struct rpc_side *s, const struct rpc_link *link,
		       const struct proto_out *out)
{
	struct rpc_call *c = s->target;

	auth(r, s, out);
	tell(r, s, link, out);
	if (c != NULL && s->h.ptype == DCERPC_REQUEST)
		c->request_seq = out->seq;
	if (c != NULL && (s->h.flags & DCERPC_LAST) != 0) {
		srvsvc_told(r, c, s, link, out);
		if (s->h.ptype != DCERPC_REQUEST) {
			rpc_call_drop(r, c);
		} else {
			quota_free(r->quota, c->stub[TO_SERVER].at, c->stub[TO_SERVER].cap);
			c->stub[TO_SERVER] = (struct rpc_stub){0};
		}
	}
	next_packet(r, s);
}

/* Fills the head up to `want` bytes. True: it is full. */
static bool gather(struct rpc_side *s, struct bytes *in, size_t want)
{
	struct bytes part = bytes_slice(*in, 0, want - s->head_len);

	if (part.len > 0)
		memcpy(s->head + s->head_len, part.at, part.len);
	s->head_len += part.len;
	s->pos += part.len;
	*in = bytes_slice(*in, part.len, SIZE_MAX);
	return s->head_len == want;
}

void rpc_feed(struct rpc *r, enum dir dir, struct bytes in, bool is_start,
	      const struct rpc_link *link, const struct proto_out *out)
{
	struct rpc_side *s = &r->side[dir];

	if (s->is_lost && !(is_start && in.len >= DCERPC_HEADER && dcerpc_looks_like(in)))
		return;
	s->is_lost = false;
	while (in.len > 0) {
		if (s->pos < DCERPC_HEADER) {
			if (!gather(s, &in, DCERPC_HEADER))
				return;
			if (!start_packet(r, s, out)) {
				if (s->was_found)
					out->anomaly(out->ctx, dir, "dcerpc", "bad-header");
				next_packet(r, s);
				s->is_lost = true;
				return;
			}
		} else if (s->pos < s->head_want) {
			if (!gather(s, &in, s->head_want))
				return;
			start_call(r, s);
		} else {
			struct bytes part = bytes_slice(in, 0, s->h.frag_len - s->pos);

			body(r, s, part, out);
			in = bytes_slice(in, part.len, SIZE_MAX);
		}
		if (s->pos >= s->head_want && s->pos == s->h.frag_len)
			end_packet(r, s, link, out);
	}
}

bool rpc_gap(struct rpc *r, enum dir dir, uint64_t missing)
{
	struct rpc_side *s = &r->side[dir];
	bool is_inside = s->pos >= DCERPC_HEADER && s->pos >= s->head_want &&
			 missing < s->h.frag_len - s->pos && s->whole == NULL;

	if (!is_inside) {
		next_packet(r, s);
		s->is_lost = true;
		return false;
	}
	if (s->target != NULL)
		s->target->stub[role(s)].is_cut = true;
	s->pos += (size_t)missing;
	return true;
}

bool rpc_is_lost(const struct rpc *r, enum dir dir)
{
	return r->side[dir].is_lost;
}
