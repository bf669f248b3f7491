#include "talk/rpc.h"

#include "wire/dcerpc.h"
#include "wire/interfaces.h"

enum { PDU = 8192, FRAGMENT_MAX = 4280, ABSTRACT_SYNTAX = 1 };

static struct dcerpc_header header(const struct rpc *r, uint8_t ptype)
{
	return (struct dcerpc_header){
		.ptype = ptype,
		.flags = DCERPC_FIRST | DCERPC_LAST,
		.drep = {r->style.is_be ? 0 : DCERPC_LE},
		.call_id = r->call_id,
	};
}

/* Of the packet that starts at `at`. */
static size_t packet_len(const struct rpc *r, struct bytes pdus, size_t at)
{
	enum { FRAG_LEN_AT = 8 };
	struct reader in = {.rest = bytes_slice(pdus, at + FRAG_LEN_AT, 2)};

	return r->style.is_be ? rd_be16(&in) : rd_le16(&in);
}

static void write_packet(struct rpc *r, struct bytes packet)
{
	while (packet.len > 0) {
		size_t n = r->style.piece > 0 ? r->style.piece : packet.len;

		smb_write(r->smb, bytes_slice(packet, 0, n));
		packet = bytes_slice(packet, n, packet.len);
	}
}

/* Carries a question to the pipe and, where there is one, the answer back. A message on the pipe
 * never holds the end of one packet and the start of the next. As Windows does it, only the last
 * packet goes into a transaction; those before it are written. */
static void carry(struct rpc *r, struct bytes ask, struct bytes answer)
{
	size_t len;

	for (size_t at = 0; at < ask.len; at += len) {
		struct bytes packet;

		len = packet_len(r, ask, at);
		packet = bytes_slice(ask, at, len);
		if (!r->style.by_write && at + len == ask.len)
			smb_transact(r->smb, packet, answer, r->style.piece);
		else
			write_packet(r, packet);
	}
	if (r->style.by_write && answer.len > 0)
		smb_read(r->smb, answer);
}

static struct uuid noise_uuid(struct rng *rng)
{
	struct uuid u = {
		(uint32_t)rng_next(rng), (uint16_t)rng_next(rng), (uint16_t)rng_next(rng), {0}};

	rng_fill(rng, u.d, sizeof(u.d));
	return u;
}

/* Contexts first … first + n - 1, of which the last is `iface` and accepted. */
static void offer(struct rpc *r, uint8_t ptype, uint16_t first, const struct dcerpc_context *last)
{
	struct dcerpc_context offered[RPC_DECOYS_MAX + 1] = {0};
	struct dcerpc_result results[RPC_DECOYS_MAX + 1] = {0};
	struct dcerpc_bind b = {.max_xmit = FRAGMENT_MAX, .max_recv = FRAGMENT_MAX};
	uint8_t ask[PDU], answer[PDU];
	struct writer w = {ask, 0, sizeof(ask), false}, a = {answer, 0, sizeof(answer), false};
	struct rng *rng = &r->smb->tcp.net->rng;
	unsigned n = last->id - first;
	struct dcerpc_header h;

	for (unsigned i = 0; i < n; i++) {
		offered[i] = (struct dcerpc_context){.id = (uint16_t)(first + i),
						     .iface = noise_uuid(rng),
						     .version = (uint16_t)rng_below(rng, 5),
						     .n_transfer = 1,
						     .transfer = dcerpc_ndr};
		results[i].result = DCERPC_REJECTED;
		results[i].reason = ABSTRACT_SYNTAX;
	}
	offered[n] = *last;
	results[n] = (struct dcerpc_result){.transfer = dcerpc_ndr};
	b.n = (uint8_t)(n + 1);
	h = header(r, ptype);
	dcerpc_write_bind(&w, &h, &b, offered);
	h = header(r, (uint8_t)(ptype + 1)); /* the answer's type */
	b.group = 0x1234;
	dcerpc_write_bind_ack(&a, &h, &b, results);
	carry(r, (struct bytes){ask, w.len}, (struct bytes){answer, a.len});
}

void rpc_bind(struct rpc *r, struct smb *smb, const struct rpc_style *style)
{
	unsigned decoys = style->decoys < RPC_DECOYS_MAX ? style->decoys : RPC_DECOYS_MAX;
	struct dcerpc_context c = {
		.id = (uint16_t)decoys, .version = 1, .n_transfer = 1, .transfer = dcerpc_ndr};
	uint16_t first = 0;

	*r = (struct rpc){.smb = smb, .style = *style, .call_id = 1};
	if (style->alters) {
		c.iface = *interface_uuid("wkssvc");
		offer(r, DCERPC_BIND, first, &c);
		r->call_id++;
		first = ++c.id;
	}
	c.iface = uuid_srvsvc;
	c.version = 3;
	offer(r, style->alters ? DCERPC_ALTER : DCERPC_BIND, first, &c);
	r->ctx_id = c.id;
}

struct reply {
	uint8_t ptype;
	uint32_t status;
	struct bytes stub;
};

static void call(struct rpc *r, uint16_t opnum, struct bytes stub, const struct reply *reply)
{
	uint8_t ask[PDU], answer[PDU];
	struct writer w = {ask, 0, sizeof(ask), false}, a = {answer, 0, sizeof(answer), false};
	struct dcerpc_call c = {.alloc_hint = (uint32_t)stub.len,
				.ctx_id = r->ctx_id,
				.opnum = opnum,
				.has_object = r->style.has_object};
	struct dcerpc_header h;

	r->call_id++;
	if (c.has_object)
		c.object = noise_uuid(&r->smb->tcp.net->rng);
	h = header(r, DCERPC_REQUEST);
	dcerpc_write_fragments(&w, &h, &c, stub, r->style.fragment);
	if (reply != NULL) {
		h = header(r, reply->ptype);
		c.alloc_hint = (uint32_t)reply->stub.len;
		c.status = reply->status;
		dcerpc_write_call(&a, &h, &c, reply->stub);
	}
	carry(r, (struct bytes){ask, w.len}, (struct bytes){answer, a.len});
}

void rpc_call(struct rpc *r, uint16_t opnum, struct bytes stub, struct bytes answer)
{
	struct reply reply = {DCERPC_RESPONSE, 0, answer};

	call(r, opnum, stub, answer.at != NULL ? &reply : NULL);
}

void rpc_call_refused(struct rpc *r, uint16_t opnum, struct bytes stub, uint32_t status)
{
	struct reply reply = {DCERPC_FAULT, status, {NULL, 0}};

	call(r, opnum, stub, &reply);
}
