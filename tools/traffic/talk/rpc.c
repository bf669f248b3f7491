#include "talk/rpc.h"

#include "wire/dcerpc.h"
#include "wire/interfaces.h"

enum { PDU = 8192, FRAGMENT_MAX = 4280, PROVIDER_REJECTION = 2, ABSTRACT_SYNTAX = 1 };

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

/* Carries a question to the pipe and, where there is one, the answer back. A message on the pipe
 * never holds the end of one packet and the start of the next. */
static void carry(struct rpc *r, struct bytes ask, struct bytes answer)
{
	size_t len;

	if (!r->style.by_write) {
		smb_transact(r->smb, ask, answer, r->style.piece);
		return;
	}
	for (size_t at = 0; at < ask.len; at += len) {
		struct bytes packet;

		len = packet_len(r, ask, at);
		packet = bytes_slice(ask, at, len);
		while (packet.len > 0) {
			size_t n = r->style.piece > 0 ? r->style.piece : packet.len;

			smb_write(r->smb, bytes_slice(packet, 0, n));
			packet = bytes_slice(packet, n, packet.len);
		}
	}
	if (answer.len > 0)
		smb_read(r->smb, answer);
}

static struct uuid noise_uuid(struct rng *rng)
{
	struct uuid u = {
		(uint32_t)rng_next(rng), (uint16_t)rng_next(rng), (uint16_t)rng_next(rng), {0}};

	rng_fill(rng, u.d, sizeof(u.d));
	return u;
}

void rpc_bind(struct rpc *r, struct smb *smb, const struct rpc_style *style)
{
	struct dcerpc_context offered[RPC_DECOYS_MAX + 1] = {0};
	struct dcerpc_result results[RPC_DECOYS_MAX + 1] = {0};
	struct dcerpc_bind b = {.max_xmit = FRAGMENT_MAX, .max_recv = FRAGMENT_MAX};
	uint8_t ask[PDU], answer[PDU];
	struct writer w = {ask, 0, sizeof(ask), false}, a = {answer, 0, sizeof(answer), false};
	struct rng *rng = &smb->tcp.net->rng;
	unsigned decoys = style->decoys < RPC_DECOYS_MAX ? style->decoys : RPC_DECOYS_MAX;
	struct dcerpc_header h;

	*r = (struct rpc){.smb = smb, .style = *style, .call_id = 1, .ctx_id = (uint16_t)decoys};
	for (unsigned i = 0; i <= decoys; i++) {
		offered[i] = (struct dcerpc_context){.id = (uint16_t)i,
						     .iface = noise_uuid(rng),
						     .version = (uint16_t)rng_below(rng, 5),
						     .n_transfer = 1,
						     .transfer = dcerpc_ndr};
		results[i].result = DCERPC_REJECTED;
		results[i].reason = ABSTRACT_SYNTAX;
	}
	offered[decoys].iface = uuid_srvsvc;
	offered[decoys].version = 3;
	results[decoys] = (struct dcerpc_result){.transfer = dcerpc_ndr};
	b.n = (uint8_t)(decoys + 1);
	h = header(r, DCERPC_BIND);
	dcerpc_write_bind(&w, &h, &b, offered);
	h = header(r, DCERPC_BIND_ACK);
	b.group = 0x1234;
	dcerpc_write_bind_ack(&a, &h, &b, results);
	carry(r, (struct bytes){ask, w.len}, (struct bytes){answer, a.len});
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
