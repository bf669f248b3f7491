/* Which interface a context id stands for: binds and alter_contexts add up over an association. */
#include "proto/rpc_state.h"

#include "proto/logon.h"
#include "wire/interfaces.h"

enum { FIRST_ROOM = 4 };

static struct rpc_context *add(struct rpc *r)
{
	if (r->n_contexts == r->room) {
		size_t room = r->room == 0 ? FIRST_ROOM : 2 * r->room;

		if (room > RPC_CONTEXTS)
			return NULL;
		struct rpc_context *grown = quota_grow(
			r->quota, r->contexts, r->room * sizeof(*grown), room * sizeof(*grown));

		if (grown == NULL)
			return NULL;
		r->contexts = grown;
		r->room = room;
	}
	return &r->contexts[r->n_contexts++];
}

void rpc_bind_offered(struct rpc *r, const struct rpc_side *s, struct ev_rpc *ev,
		      const struct proto_out *out)
{
	const struct dcerpc_header *h = &s->h;
	struct dcerpc_bind bind;
	struct dcerpc_context c;
	struct reader rest;
	bool is_good = dcerpc_read_bind((struct bytes){s->whole, h->frag_len}, h, &bind, &rest);

	ev->n_contexts = bind.n;
	r->n_pending = 0;
	for (unsigned i = 0; is_good && i < bind.n; i++) {
		is_good = dcerpc_read_context(&rest, h, &c);
		if (!is_good)
			break;
		if (i == 0) {
			ev->has_uuid = true;
			ev->uuid = c.iface;
			ev->version = c.version;
			ev->version_minor = c.minor;
			ev->ctx_id = c.id;
		}
		if (interface_name(&c.iface) == NULL)
			ev->n_unknown++;
		struct rpc_context *slot = add(r);

		if (slot == NULL) {
			quota_hit(r->quota, s->dir, out);
			continue;
		}
		*slot = (struct rpc_context){.id = c.id,
					     .version = c.version,
					     .minor = c.minor,
					     .is_ndr64 = c.has_ndr64 && !c.has_ndr,
					     .iface = c.iface};
		r->n_pending++;
	}
	if (!is_good)
		out->anomaly(out->ctx, s->dir, "dcerpc", "bad-bind");
}

void rpc_bind_answered(struct rpc *r, const struct rpc_side *s, struct ev_rpc *ev,
		       const struct proto_out *out)
{
	const struct dcerpc_header *h = &s->h;
	struct dcerpc_bind ack;
	struct dcerpc_result x;
	struct reader rest;
	bool is_good = dcerpc_read_bind_ack((struct bytes){s->whole, h->frag_len}, h, &ack, &rest);
	size_t from = r->n_contexts - r->n_pending;

	ev->n_contexts = ack.n;
	for (unsigned i = 0; is_good && i < ack.n; i++) {
		is_good = dcerpc_read_result(&rest, h, &x);
		if (!is_good)
			break;
		/* "Negotiate ack" answers an offer of features, which is no interface. */
		if (x.result != DCERPC_ACCEPTED && x.result != DCERPC_FEATURES)
			ev->n_rejected++;
		if (i >= r->n_pending)
			continue;
		struct rpc_context *c = &r->contexts[from + i];

		c->is_answered = true;
		c->is_accepted = x.result == DCERPC_ACCEPTED;
		c->is_ndr64 = c->is_accepted && uuid_eq(&x.transfer, &dcerpc_ndr64);
	}
	r->n_pending = 0;
	if (!is_good)
		out->anomaly(out->ctx, s->dir, "dcerpc", "bad-bind-ack");
}

void rpc_bind_auth(const struct rpc_side *s, uint8_t type, const struct proto_out *out)
{
	struct bytes whole = {s->whole, s->h.frag_len};

	if (type == DCERPC_AUTH_SPNEGO || type == DCERPC_AUTH_NTLM || type == DCERPC_AUTH_KERBEROS)
		(void)logon_blob(NULL, 0, s->dir,
				 bytes_slice(whole, whole.len - s->h.auth_len, SIZE_MAX), out);
}

const struct rpc_context *rpc_context_find(const struct rpc *r, uint16_t id)
{
	const struct rpc_context *found = NULL;

	/* The latest counts, but one that was refused cannot replace one that was not. */
	for (size_t i = 0; i < r->n_contexts; i++) {
		const struct rpc_context *c = &r->contexts[i];

		if (c->id == id && (found == NULL || !c->is_answered || c->is_accepted))
			found = c;
	}
	return found;
}
