/* Every RPC packet that is read and written is read the same again. */
#include "again.h"
#include "wire/dcerpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy_bind(struct bytes in, const struct dcerpc_header *h, struct writer *w)
{
	struct dcerpc_context contexts[256];
	struct dcerpc_bind b;
	struct reader rest;

	if (!dcerpc_read_bind(in, h, &b, &rest))
		return false;
	for (unsigned i = 0; i < b.n; i++) {
		if (!dcerpc_read_context(&rest, h, &contexts[i]))
			return false;
	}
	dcerpc_write_bind(w, h, &b, contexts);
	return true;
}

static bool copy_ack(struct bytes in, const struct dcerpc_header *h, struct writer *w)
{
	struct dcerpc_result results[256];
	struct dcerpc_bind b;
	struct reader rest;

	if (!dcerpc_read_bind_ack(in, h, &b, &rest))
		return false;
	for (unsigned i = 0; i < b.n; i++) {
		if (!dcerpc_read_result(&rest, h, &results[i]))
			return false;
	}
	dcerpc_write_bind_ack(w, h, &b, results);
	return true;
}

static bool copy(struct bytes in, struct writer *w)
{
	struct dcerpc_header h;
	struct dcerpc_call c;
	size_t at = 0;
	uint16_t reason = 0;

	if (!dcerpc_looks_like(in) || !dcerpc_read_header(in, &h))
		return false;
	/* Authentication is not written. */
	h.auth_len = 0;
	switch (h.ptype) {
	case DCERPC_BIND:
	case DCERPC_ALTER:
		return copy_bind(in, &h, w);
	case DCERPC_BIND_ACK:
	case DCERPC_ALTER_RESP:
		return copy_ack(in, &h, w);
	case DCERPC_BIND_NAK:
		if (!dcerpc_read_bind_nak(in, &h, &reason))
			return false;
		dcerpc_write_bind_nak(w, &h, reason);
		return true;
	default:
		if (!dcerpc_read_call(in, &h, &c, &at))
			return false;
		if (at > in.len || at > h.frag_len)
			abort();
		dcerpc_write_call(w, &h, &c, bytes_slice(in, at, h.frag_len - at));
		return true;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dcerpc_header h = {0};
	struct dcerpc_auth a;

	again_check(copy, (struct bytes){data, size});
	(void)dcerpc_read_auth((struct bytes){data, size}, &h, &a);
	return 0;
}
