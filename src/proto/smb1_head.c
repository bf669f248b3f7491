/* How much of an SMB 1 message must be there before it is understood. */
#include "proto/smb1_walk.h"

#include "wire/smb1_trans.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t trans_head(const struct smb1_trans *t, const struct smb1_block *b)
{
	size_t name = b->data_at + least(b->byte_count, EV_NAME_MAX);
	size_t data = t->data.at + least(t->data.count, SNIFF);

	if (t->data.count != t->data.total)
		data = t->data.at + t->data.count;
	return t->is_response || data > name ? data : name;
}

/* How much of the message the block at hand needs. */
static size_t block_head(struct bytes msg, const struct smb1_block *b, const struct smb1_header *h)
{
	bool is_response = (h->flags & SMB1_FLAG_REPLY) != 0;
	struct smb1_write x;
	struct smb1_data d;
	struct smb1_trans t;

	switch (b->cmd) {
	case SMB1_NEGOTIATE:
	case SMB1_SESSION_SETUP:
	case SMB1_TREE_CONNECT_ANDX:
	case SMB1_TREE_CONNECT:
	case SMB1_NT_CREATE:
	case SMB1_OPEN_ANDX:
	case SMB1_OPEN:
	case SMB1_CREATE:
	case SMB1_CREATE_NEW:
		return b->data_at + b->byte_count;
	case SMB1_WRITE_ANDX:
	case SMB1_WRITE:
	case SMB1_WRITE_AND_UNLOCK:
	case SMB1_WRITE_AND_CLOSE:
	case SMB1_WRITE_RAW:
		if (!is_response && smb1_read_write(msg, b, &x))
			return x.data_at + least(x.data_len, SNIFF);
		return b->data_at;
	case SMB1_READ_ANDX:
	case SMB1_READ:
	case SMB1_LOCK_AND_READ:
		if (is_response && smb1_read_data(msg, b, &d))
			return d.data_at + least(d.data_len, SNIFF);
		return b->data_at;
	case SMB1_TRANS:
	case SMB1_TRANS_SECONDARY:
		if (smb1_read_trans(msg, b, h, &t))
			return trans_head(&t, b);
		return b->data_at;
	default:
		return b->data_at;
	}
}

size_t smb1_head(struct bytes head, size_t whole)
{
	size_t cap = least(whole, SMB_HEAD_MAX), need = SMB1_HEADER + 1, at = SMB1_HEADER;
	struct smb1_header h;

	if (head.len < need || !smb1_read_header(head, &h))
		return least(need, cap);

	uint8_t cmd = h.cmd;

	for (unsigned i = 0; i < CHAIN_MAX && at < cap; i++) {
		struct smb1_block b;
		struct reader r = {.rest = bytes_slice(head, at, SIZE_MAX)};
		size_t words = at + 1 + 2 * (size_t)rd_u8(&r) + 2;

		need = words > need ? words : need;
		if (!smb1_read_block(head, cmd, at, &b))
			break;
		size_t want = block_head(head, &b, &h);

		need = want > need ? want : need;
		if (smb1_next(&b, &cmd, &at) != SMB1_CHAIN_NEXT)
			break;
		need = at + 1 > need ? at + 1 : need;
	}
	return least(need, cap);
}
