/* Headers of SMB 2 and 3. */
#include "wire/smb2.h"

#include "wire/fields.h"

static const uint8_t magic[4] = {0xfe, 'S', 'M', 'B'};

enum smb2_kind smb2_kind_of(struct bytes msg)
{
	if (msg.len < sizeof(magic) || memcmp(msg.at + 1, magic + 1, 3) != 0)
		return SMB2_NOT;
	switch (msg.at[0]) {
	case 0xfe:
		return SMB2_PLAIN;
	case 0xfd:
		return SMB2_TRANSFORM;
	case 0xfc:
		return SMB2_COMPRESSED;
	default:
		return SMB2_NOT;
	}
}

static void header_fields(struct fields *f, struct smb2_header *h)
{
	fld_const(f, 2, SMB2_HEADER);
	fld_u16(f, &h->credit_charge);
	fld_u32(f, &h->status);
	fld_u16(f, &h->cmd);
	fld_u16(f, &h->credits);
	fld_u32(f, &h->flags);
	fld_u32(f, &h->next);
	fld_u64(f, &h->msg_id);
	if ((h->flags & SMB2_FLAG_ASYNC) != 0) {
		fld_u64(f, &h->async_id);
	} else {
		fld_const(f, 4, 0xfeff); /* ProcessId, as Windows sends it */
		fld_u32(f, &h->tid);
	}
	fld_u64(f, &h->session_id);
	fld_raw(f, h->signature, sizeof(h->signature));
}

bool smb2_read_header(struct bytes msg, struct smb2_header *ret_header)
{
	struct reader r = {.rest = msg};

	*ret_header = (struct smb2_header){0};
	rd_skip(&r, sizeof(magic));
	header_fields(&(struct fields){.r = &r}, ret_header);
	return !r.bad && smb2_kind_of(msg) == SMB2_PLAIN;
}

void smb2_write_header(struct writer *w, const struct smb2_header *h)
{
	struct smb2_header copy = *h;

	wr_bytes(w, (struct bytes){magic, sizeof(magic)});
	header_fields(&(struct fields){.w = w}, &copy);
}

size_t smb2_end_of_compound_part(struct writer *w, size_t at)
{
	enum { NEXT_AT = 20 };

	wr_zeros(w, (8 - (w->len - at) % 8) % 8);
	wr_patch_le(w, at + NEXT_AT, 4, w->len - at);
	return w->len;
}

static void transform_fields(struct fields *f, struct smb2_transform *t)
{
	fld_zeros(f, 16 + 16); /* Signature, Nonce */
	fld_u32(f, &t->original_size);
	fld_zeros(f, 2);
	fld_u16(f, &t->flags);
	fld_u64(f, &t->session_id);
}

bool smb2_read_transform(struct bytes msg, struct smb2_transform *ret_transform)
{
	struct reader r = {.rest = msg};

	*ret_transform = (struct smb2_transform){0};
	rd_skip(&r, sizeof(magic));
	transform_fields(&(struct fields){.r = &r}, ret_transform);
	return !r.bad && smb2_kind_of(msg) == SMB2_TRANSFORM;
}

void smb2_write_transform(struct writer *w, const struct smb2_transform *t)
{
	struct smb2_transform copy = *t;

	wr_be(w, 4, 0xfd534d42);
	transform_fields(&(struct fields){.w = w}, &copy);
}

static void compressed_fields(struct fields *f, struct smb2_compressed *c)
{
	uint16_t flags = c->is_chained ? 1 : 0;

	fld_u32(f, &c->original_size);
	fld_u16(f, &c->algorithm);
	fld_u16(f, &flags);
	fld_u32(f, &c->offset); /* chained: the length of the first payload */
	c->is_chained = (flags & 1) != 0;
}

bool smb2_read_compressed(struct bytes msg, struct smb2_compressed *ret_compressed)
{
	struct reader r = {.rest = msg};

	*ret_compressed = (struct smb2_compressed){0};
	rd_skip(&r, sizeof(magic));
	compressed_fields(&(struct fields){.r = &r}, ret_compressed);
	return !r.bad && smb2_kind_of(msg) == SMB2_COMPRESSED;
}

void smb2_write_compressed(struct writer *w, const struct smb2_compressed *c)
{
	struct smb2_compressed copy = *c;

	wr_be(w, 4, 0xfc534d42);
	compressed_fields(&(struct fields){.w = w}, &copy);
}
