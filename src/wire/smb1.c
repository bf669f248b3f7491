#include "wire/smb1.h"

#include "wire/fields.h"

static const uint8_t magic[4] = {0xff, 'S', 'M', 'B'};

static void header_fields(struct fields *f, struct smb1_header *h)
{
	uint16_t pid_high = (uint16_t)(h->pid >> 16), pid_low = (uint16_t)h->pid;

	fld_u8(f, &h->cmd);
	fld_u32(f, &h->status);
	fld_u8(f, &h->flags);
	fld_u16(f, &h->flags2);
	fld_u16(f, &pid_high);
	fld_raw(f, h->signature, sizeof(h->signature));
	fld_zeros(f, 2);
	fld_u16(f, &h->tid);
	fld_u16(f, &pid_low);
	fld_u16(f, &h->uid);
	fld_u16(f, &h->mid);
	h->pid = (uint32_t)pid_high << 16 | pid_low;
}

bool smb1_read_header(struct bytes msg, struct smb1_header *ret_header)
{
	struct reader r = {.rest = msg};
	struct bytes start = rd_take(&r, sizeof(magic));

	*ret_header = (struct smb1_header){0};
	header_fields(&(struct fields){.r = &r}, ret_header);
	return !r.bad && memcmp(start.at, magic, sizeof(magic)) == 0;
}

void smb1_write_header(struct writer *w, const struct smb1_header *h)
{
	struct smb1_header copy = *h;

	wr_bytes(w, (struct bytes){magic, sizeof(magic)});
	header_fields(&(struct fields){.w = w}, &copy);
}

bool smb1_read_block(struct bytes msg, uint8_t cmd, size_t at, struct smb1_block *ret_block)
{
	struct reader r = {.rest = msg};
	struct smb1_block b = {.cmd = cmd, .at = at};

	rd_skip(&r, at);
	b.words = rd_take(&r, 2 * (size_t)rd_u8(&r));
	b.byte_count = rd_le16(&r);
	b.data_at = msg.len - r.rest.len;
	b.data = rd_take_upto(&r, b.byte_count);
	*ret_block = b;
	return !r.bad;
}

bool smb1_is_andx(uint8_t cmd)
{
	switch (cmd) {
	case SMB1_LOCKING_ANDX:
	case SMB1_OPEN_ANDX:
	case SMB1_READ_ANDX:
	case SMB1_WRITE_ANDX:
	case SMB1_SESSION_SETUP:
	case SMB1_LOGOFF:
	case SMB1_TREE_CONNECT_ANDX:
	case SMB1_NT_CREATE:
		return true;
	default:
		return false;
	}
}

enum smb1_chain smb1_next(const struct smb1_block *b, uint8_t *ret_cmd, size_t *ret_at)
{
	struct reader r = {.rest = b->words};
	uint8_t cmd = rd_u8(&r);

	rd_skip(&r, 1);
	size_t at = rd_le16(&r);

	/* An error has no words, so it has no chain either. */
	if (!smb1_is_andx(b->cmd) || r.bad || cmd == SMB1_NO_ANDX)
		return SMB1_CHAIN_END;
	if (at < b->at + 1 + b->words.len + 2)
		return SMB1_CHAIN_BAD;
	*ret_cmd = cmd;
	*ret_at = at;
	return SMB1_CHAIN_NEXT;
}

void smb1_write_block(struct writer *w, struct bytes words, struct bytes data)
{
	wr_le(w, 1, words.len / 2);
	wr_bytes(w, words);
	wr_le(w, 2, data.len);
	wr_bytes(w, data);
}

void smb1_write_chain(struct writer *w, size_t at, uint8_t cmd)
{
	wr_patch_le(w, at + 1, 1, cmd);
	wr_patch_le(w, at + 3, 2, w->len);
}

struct bytes smb1_string(struct bytes msg, bool is_unicode, size_t at, size_t *ret_after)
{
	size_t start = is_unicode ? at + (at & 1) : at;
	struct bytes s = bytes_slice(msg, start, SIZE_MAX);
	size_t step = is_unicode ? 2 : 1, n = 0, ended = 0;

	for (; n + step <= s.len; n += step) {
		if (s.at[n] == 0 && s.at[n + step - 1] == 0) {
			ended = step;
			break;
		}
	}
	s.len = n;
	if (ret_after != NULL)
		*ret_after = start + n + ended;
	return s;
}
