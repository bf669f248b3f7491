#include "wire/smb2_context.h"

enum {
	REQUEST_SIZE = 36, /* StructureSize */
	RESPONSE_SIZE = 65,
	DIALECT = SMB2_HEADER + 4, /* of the response */
	/* NegotiateContextOffset, NegotiateContextCount */
	REQUEST_OFFSET = SMB2_HEADER + 28,
	REQUEST_COUNT = SMB2_HEADER + 32,
	RESPONSE_OFFSET = SMB2_HEADER + 60,
	RESPONSE_COUNT = SMB2_HEADER + 6,
	WITH_CONTEXTS = 0x0311,
	HEAD = 8, /* type, length, reserved */
};

static uint16_t u16_at(struct bytes msg, size_t at)
{
	struct reader r = {.rest = bytes_slice(msg, at, 2)};

	return rd_le16(&r);
}

static size_t aligned(size_t at)
{
	return (at + 7) / 8 * 8;
}

struct smb2_contexts smb2_contexts(struct bytes msg)
{
	struct smb2_contexts c = {.msg = msg};
	uint16_t size = u16_at(msg, SMB2_HEADER);
	size_t offset = size == REQUEST_SIZE ? REQUEST_OFFSET : RESPONSE_OFFSET;
	struct reader r = {.rest = bytes_slice(msg, offset, 4)};

	if (size != REQUEST_SIZE &&
	    (size != RESPONSE_SIZE || u16_at(msg, DIALECT) != WITH_CONTEXTS))
		return c;
	c.at = rd_le32(&r);
	if (!r.bad && c.at >= SMB2_HEADER)
		c.left = u16_at(msg, size == REQUEST_SIZE ? REQUEST_COUNT : RESPONSE_COUNT);
	return c;
}

bool smb2_next_context(struct smb2_contexts *c, struct smb2_context *ret_context)
{
	struct reader r = {.rest = bytes_slice(c->msg, c->at, c->msg.len)};
	struct smb2_context x = {0};
	size_t len = 0;

	if (c->left == 0)
		return false;
	c->left--;
	x.type = rd_le16(&r);
	len = rd_le16(&r);
	rd_skip(&r, 4);
	x.data = rd_take(&r, len);
	if (r.bad) {
		c->left = 0;
		return false;
	}
	c->at += aligned(HEAD + len);
	*ret_context = x;
	return true;
}

void smb2_write_contexts(struct writer *w, size_t at, const struct smb2_context *list, unsigned n)
{
	bool is_request = u16_at((struct bytes){w->at, w->len}, at + SMB2_HEADER) == REQUEST_SIZE;

	wr_zeros(w, aligned(w->len - at) - (w->len - at));
	wr_patch_le(w, at + (is_request ? REQUEST_OFFSET : RESPONSE_OFFSET), 4, w->len - at);
	wr_patch_le(w, at + (is_request ? REQUEST_COUNT : RESPONSE_COUNT), 2, n);
	for (unsigned i = 0; i < n; i++) {
		wr_zeros(w, aligned(w->len - at) - (w->len - at));
		wr_le(w, 2, list[i].type);
		wr_le(w, 2, list[i].data.len);
		wr_zeros(w, 4);
		wr_bytes(w, list[i].data);
	}
}

unsigned smb2_compression_algorithms(struct bytes data)
{
	struct reader r = {.rest = data};
	unsigned n = rd_le16(&r), real = 0;

	rd_skip(&r, 2 + 4); /* padding, flags */
	for (unsigned i = 0; i < n && !r.bad; i++)
		real += rd_le16(&r) != 0 ? 1 : 0;
	return real;
}
