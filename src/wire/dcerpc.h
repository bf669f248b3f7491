/*
 * dcerpc - connection-oriented RPC packets (C706 chapter 12, MS-RPCE 2.2.2).
 *
 * A packet is bytes from its version on, of frag_len in all; a reader may have only its beginning.
 * All numbers follow the sender's byte order, which the header tells.
 */
#ifndef WIRE_DCERPC_H
#define WIRE_DCERPC_H

#include "base/bytes.h"
#include "base/uuid.h"

enum { DCERPC_HEADER = 16, DCERPC_AUTH_TRAILER = 8, DCERPC_CALL_HEADER = 24, DCERPC_OBJECT = 16 };

enum dcerpc_ptype {
	DCERPC_REQUEST = 0,
	DCERPC_RESPONSE = 2,
	DCERPC_FAULT = 3,
	DCERPC_BIND = 11,
	DCERPC_BIND_ACK = 12,
	DCERPC_BIND_NAK = 13,
	DCERPC_ALTER = 14,
	DCERPC_ALTER_RESP = 15,
	DCERPC_AUTH3 = 16,
	DCERPC_SHUTDOWN = 17,
	DCERPC_CANCEL = 18,
	DCERPC_ORPHANED = 19,
};

enum {
	DCERPC_FIRST = 0x01,
	DCERPC_LAST = 0x02,
	DCERPC_CONC_MPX = 0x10,
	DCERPC_DID_NOT_EXECUTE = 0x20,
	DCERPC_HAS_OBJECT = 0x80,
};

enum { DCERPC_LE = 0x10 }; /* of drep[0] */

enum { DCERPC_AUTH_SPNEGO = 9, DCERPC_AUTH_NTLM = 10, DCERPC_AUTH_KERBEROS = 16 }; /* type */
enum { DCERPC_AUTH_CONNECT = 2, DCERPC_AUTH_INTEGRITY = 5, DCERPC_AUTH_PRIVACY = 6 };

struct dcerpc_header {
	uint8_t minor, ptype, flags; /* version 5 */
	uint8_t drep[4];
	uint16_t frag_len, auth_len;
	uint32_t call_id;
};

static inline bool dcerpc_is_be(const struct dcerpc_header *h)
{
	return (h->drep[0] & 0xf0) == 0;
}

struct dcerpc_bind { /* bind, alter_context; bind_ack, alter_context_resp */
	uint16_t max_xmit, max_recv;
	uint32_t group;
	uint8_t n; /* contexts offered, or results */
};

struct dcerpc_context { /* offered */
	uint16_t id;
	struct uuid iface;
	uint16_t version, minor;
	uint8_t n_transfer;
	struct uuid transfer; /* the first */
	bool has_ndr, has_ndr64, has_features;
};

enum { DCERPC_ACCEPTED = 0, DCERPC_REJECTED_BY_USER = 1, DCERPC_REJECTED = 2, DCERPC_FEATURES = 3 };

struct dcerpc_result { /* answered, in the order offered */
	uint16_t result, reason;
	struct uuid transfer;
};

struct dcerpc_call { /* request, response, fault */
	uint32_t alloc_hint;
	uint16_t ctx_id;
	uint16_t opnum; /* request */
	uint8_t cancels;
	uint32_t status; /* fault */
	bool has_object; /* request */
	struct uuid object;
};

struct dcerpc_auth {
	uint8_t type, level, pad_len;
	uint32_t ctx;
};

extern const struct uuid dcerpc_ndr, dcerpc_ndr64;

/* False: fewer than DCERPC_HEADER bytes, or not version 5. */
bool dcerpc_read_header(struct bytes pdu, struct dcerpc_header *ret_header);

/* Could these first bytes (at least 1) start a packet? With DCERPC_HEADER of them the answer is
 * as sure as it gets: version, type, flags, byte order and lengths all make sense. */
bool dcerpc_looks_like(struct bytes head);

/* All read functions below take the packet from its header on; false: cut, or not of that type. */

/* ret_rest is then the reader for dcerpc_read_context(), called `n` times. */
bool dcerpc_read_bind(struct bytes pdu, const struct dcerpc_header *h, struct dcerpc_bind *ret_bind,
		      struct reader *ret_rest);
bool dcerpc_read_context(struct reader *r, const struct dcerpc_header *h,
			 struct dcerpc_context *ret_context);

/* ret_rest is then the reader for dcerpc_read_result(), called `n` times. */
bool dcerpc_read_bind_ack(struct bytes pdu, const struct dcerpc_header *h,
			  struct dcerpc_bind *ret_ack, struct reader *ret_rest);
bool dcerpc_read_result(struct reader *r, const struct dcerpc_header *h,
			struct dcerpc_result *ret_result);

bool dcerpc_read_bind_nak(struct bytes pdu, const struct dcerpc_header *h, uint16_t *ret_reason);

/* ret_stub_at: where the stub starts. It ends where the padding of the auth trailer, or else the
 * packet, does. */
bool dcerpc_read_call(struct bytes pdu, const struct dcerpc_header *h, struct dcerpc_call *ret_call,
		      size_t *ret_stub_at);

/* `at`: the DCERPC_AUTH_TRAILER bytes at frag_len - auth_len - 8. */
bool dcerpc_read_auth(struct bytes at, const struct dcerpc_header *h, struct dcerpc_auth *ret_auth);

/* Writers append one packet; frag_len is set by them. `h` gives call_id, byte order and flags;
 * binds and their answers are always first and last. */
void dcerpc_write_bind(struct writer *w, const struct dcerpc_header *h, const struct dcerpc_bind *b,
		       const struct dcerpc_context *contexts);
void dcerpc_write_bind_ack(struct writer *w, const struct dcerpc_header *h,
			   const struct dcerpc_bind *b, const struct dcerpc_result *results);
void dcerpc_write_bind_nak(struct writer *w, const struct dcerpc_header *h, uint16_t reason);

/* One packet: request, response or fault, by h->ptype; flags as they are. */
void dcerpc_write_call(struct writer *w, const struct dcerpc_header *h, const struct dcerpc_call *c,
		       struct bytes stub);

/* A whole request or response, cut into packets with at most `max_stub` bytes of stub each (0: one
 * packet). Flags are set on the first and the last. */
void dcerpc_write_fragments(struct writer *w, const struct dcerpc_header *h,
			    const struct dcerpc_call *c, struct bytes stub, size_t max_stub);

#endif
