/* Create, close, read and write. */
#include "wire/smb1_body.h"

#include "wire/smb1_words.h"

enum { DATA_BLOCK = 1, DATA_BLOCK_HEAD = 3 }; /* MS-CIFS 2.2.4.12: format byte, length */

enum { CREATE_WORDS = 24, CREATED_WORDS = 34 };

static void create_words(struct fields *f, struct smb1_nt_create *c, uint16_t *name_len)
{
	smb1_andx_words(f);
	fld_zeros(f, 1);
	fld_u16(f, name_len);
	fld_const(f, 4, 0x16); /* Flags: oplocks, extended response */
	fld_u32(f, &c->root_fid);
	fld_u32(f, &c->access);
	fld_zeros(f, 8 + 4); /* AllocationSize, ExtFileAttributes */
	fld_u32(f, &c->share);
	fld_u32(f, &c->disposition);
	fld_u32(f, &c->options);
	fld_const(f, 4, 2); /* ImpersonationLevel */
	fld_const(f, 1, 3); /* SecurityFlags */
}

static struct bytes sized_name(struct bytes msg, const struct smb1_block *b, bool is_unicode,
			       uint16_t len)
{
	size_t at = is_unicode ? b->data_at + (b->data_at & 1) : b->data_at;
	struct bytes name = bytes_slice(msg, at, len);

	/* NameLength counts the terminator with some clients and without it with others. */
	return smb1_string(name, is_unicode, 0, NULL);
}

bool smb1_read_create(struct bytes msg, const struct smb1_block *b, bool is_unicode,
		      struct smb1_nt_create *ret_create)
{
	struct reader r = {.rest = b->words};
	uint16_t name_len = 0;

	*ret_create = (struct smb1_nt_create){.is_unicode = is_unicode};
	switch (b->cmd) {
	case SMB1_NT_CREATE:
		create_words(&(struct fields){.r = &r}, ret_create, &name_len);
		ret_create->name = sized_name(msg, b, is_unicode, name_len);
		return !r.bad;
	case SMB1_OPEN_ANDX:
		ret_create->name = smb1_string(msg, is_unicode, b->data_at, NULL);
		return b->words.len >= 30;
	default: /* a format byte before the name */
		ret_create->name = smb1_string(msg, is_unicode, b->data_at + 1, NULL);
		return b->words.len >= 4 && b->data.len > 0;
	}
}

void smb1_write_nt_create(struct writer *w, const struct smb1_nt_create *c)
{
	struct smb1_nt_create copy = *c;
	uint16_t name_len = (uint16_t)c->name.len;

	wr_le(w, 1, CREATE_WORDS);
	create_words(&(struct fields){.w = w}, &copy, &name_len);

	size_t begin = smb1_begin_data(w);

	smb1_write_string(w, c->is_unicode, c->name);
	smb1_end_data(w, begin);
}

static void created_words(struct fields *f, struct smb1_opened *o)
{
	smb1_andx_words(f);
	fld_zeros(f, 1); /* OpLockLevel */
	fld_u16(f, &o->fid);
	fld_const(f, 4, 1);   /* CreateDisposition: opened */
	fld_zeros(f, 4 * 8);  /* times */
	fld_const(f, 4, 128); /* ExtFileAttributes: normal */
	fld_zeros(f, 8);      /* AllocationSize */
	fld_u64(f, &o->size);
	fld_u16(f, &o->type);
	fld_const(f, 2, o->type == SMB1_TYPE_FILE ? 0 : 0x05ff); /* NMPipeStatus */
	fld_zeros(f, 1);                                         /* Directory */
}

bool smb1_read_opened(const struct smb1_block *b, struct smb1_opened *ret_opened)
{
	struct reader r = {.rest = b->words};
	struct smb1_opened o = {0};

	switch (b->cmd) {
	case SMB1_NT_CREATE:
		created_words(&(struct fields){.r = &r}, &o);
		break;
	case SMB1_OPEN_ANDX:
		rd_skip(&r, 4);
		o.fid = rd_le16(&r);
		rd_skip(&r, 2 + 4);
		o.size = rd_le32(&r);
		rd_skip(&r, 2);
		o.type = rd_le16(&r);
		break;
	default:
		o.fid = rd_le16(&r);
		break;
	}
	*ret_opened = o;
	return !r.bad;
}

void smb1_write_nt_created(struct writer *w, const struct smb1_opened *o)
{
	struct smb1_opened copy = *o;

	wr_le(w, 1, CREATED_WORDS);
	created_words(&(struct fields){.w = w}, &copy);
	wr_le(w, 2, 0);
}

bool smb1_read_close(const struct smb1_block *b, uint16_t *ret_fid)
{
	struct reader r = {.rest = b->words};

	*ret_fid = rd_le16(&r);
	return !r.bad;
}

void smb1_write_close(struct writer *w, uint16_t fid)
{
	wr_le(w, 1, 3);
	wr_le(w, 2, fid);
	wr_le(w, 4, 0); /* LastTimeModified */
	wr_le(w, 2, 0);
}

enum { READ_ANDX_WORDS = 12, DATA_ANDX_WORDS = 12, WRITE_ANDX_WORDS = 14, WRITTEN_WORDS = 6 };

bool smb1_read_read(const struct smb1_block *b, struct smb1_read *ret_read)
{
	struct reader r = {.rest = b->words};
	struct smb1_read x = {0};

	if (b->cmd == SMB1_READ_ANDX)
		rd_skip(&r, 4);
	x.fid = rd_le16(&r);
	if (b->cmd == SMB1_READ_RAW) {
		x.offset = rd_le32(&r);
		x.count = rd_le16(&r);
	} else if (b->cmd == SMB1_READ_ANDX) {
		x.offset = rd_le32(&r);
		x.count = rd_le16(&r);
		rd_skip(&r, 2);
		uint32_t high = rd_le32(&r); /* a time-out for pipes: then all ones */

		if (high <= 0xffff)
			x.count |= high << 16;
		rd_skip(&r, 2);
		if (b->words.len >= 2 * READ_ANDX_WORDS)
			x.offset |= (uint64_t)rd_le32(&r) << 32;
	} else {
		x.count = rd_le16(&r);
		x.offset = rd_le32(&r);
	}
	*ret_read = x;
	return !r.bad;
}

void smb1_write_read_andx(struct writer *w, const struct smb1_read *r)
{
	struct fields f = {.w = w};

	wr_le(w, 1, READ_ANDX_WORDS);
	smb1_andx_words(&f);
	wr_le(w, 2, r->fid);
	wr_le(w, 4, r->offset);
	wr_le(w, 2, r->count);
	wr_le(w, 2, r->count < 0xffff ? r->count : 0xffff); /* MinCount */
	wr_le(w, 4, r->count >> 16);
	wr_le(w, 2, 0);
	wr_le(w, 4, r->offset >> 32);
	wr_le(w, 2, 0);
}

bool smb1_read_data(struct bytes msg, const struct smb1_block *b, struct smb1_data *ret_data)
{
	struct reader r = {.rest = b->words};
	struct smb1_data d = {0};

	if (b->cmd == SMB1_READ_ANDX) {
		rd_skip(&r, 4);
		d.available = rd_le16(&r);
		rd_skip(&r, 4);
		d.data_len = rd_le16(&r);
		d.data_at = rd_le16(&r);
		d.data_len |= (size_t)rd_le32(&r) << 16;
	} else {
		d.data_len = rd_le16(&r);
		d.data_at = b->data_at + DATA_BLOCK_HEAD;
	}
	d.data = bytes_slice(msg, d.data_at, d.data_len);
	*ret_data = d;
	return !r.bad;
}

void smb1_write_data_andx(struct writer *w, const struct smb1_data *d)
{
	struct fields f = {.w = w};

	wr_le(w, 1, DATA_ANDX_WORDS);
	smb1_andx_words(&f);
	wr_le(w, 2, d->available);
	wr_le(w, 4, 0);
	wr_le(w, 2, d->data.len);
	wr_le(w, 2, w->len + 2 + 4 + 6 + 2 + 1); /* DataOffset: past the words, ByteCount, a pad */
	wr_le(w, 4, d->data.len >> 16);
	wr_le(w, 2 + 4, 0);
	wr_le(w, 2, d->data.len + 1);
	wr_le(w, 1, 0);
	wr_bytes(w, d->data);
}

static void read_write_andx(struct reader *r, const struct smb1_block *b, struct smb1_write *x)
{
	rd_skip(r, 4);
	x->fid = rd_le16(r);
	x->offset = rd_le32(r);
	rd_skip(r, 4);
	x->mode = rd_le16(r);
	x->remaining = rd_le16(r);
	x->data_len = (size_t)rd_le16(r) << 16;
	x->data_len |= rd_le16(r);
	x->data_at = rd_le16(r);
	if (b->words.len >= 2 * WRITE_ANDX_WORDS)
		x->offset |= (uint64_t)rd_le32(r) << 32;
}

bool smb1_read_write(struct bytes msg, const struct smb1_block *b, struct smb1_write *ret_write)
{
	struct reader r = {.rest = b->words};
	struct smb1_write x = {0};

	switch (b->cmd) {
	case SMB1_WRITE_ANDX:
		read_write_andx(&r, b, &x);
		break;
	case SMB1_WRITE_RAW: /* MS-CIFS 2.2.4.25 */
		x.fid = rd_le16(&r);
		rd_skip(&r, 2 + 2);
		x.offset = rd_le32(&r);
		rd_skip(&r, 4);
		x.mode = rd_le16(&r);
		rd_skip(&r, 4);
		x.data_len = rd_le16(&r);
		x.data_at = rd_le16(&r);
		break;
	case SMB1_WRITE_AND_CLOSE: /* 2.2.4.40: one pad byte, no format byte */
		x.fid = rd_le16(&r);
		x.data_len = rd_le16(&r);
		x.offset = rd_le32(&r);
		x.data_at = b->data_at + 1;
		break;
	default:
		x.fid = rd_le16(&r);
		x.data_len = rd_le16(&r);
		x.offset = rd_le32(&r);
		x.remaining = rd_le16(&r);
		x.data_at = b->data_at + DATA_BLOCK_HEAD;
		break;
	}
	x.data = bytes_slice(msg, x.data_at, x.data_len);
	*ret_write = x;
	return !r.bad;
}

void smb1_write_write_andx(struct writer *w, const struct smb1_write *x)
{
	struct fields f = {.w = w};

	wr_le(w, 1, WRITE_ANDX_WORDS);
	smb1_andx_words(&f);
	wr_le(w, 2, x->fid);
	wr_le(w, 4, x->offset);
	wr_le(w, 4, 0xffffffff); /* Timeout, ignored */
	wr_le(w, 2, x->mode);
	wr_le(w, 2, x->remaining);
	wr_le(w, 2, x->data.len >> 16);
	wr_le(w, 2, x->data.len);
	wr_le(w, 2, w->len + 2 + 4 + 2 + 1); /* DataOffset: as in smb1_write_data_andx() */
	wr_le(w, 4, x->offset >> 32);
	wr_le(w, 2, x->data.len + 1);
	wr_le(w, 1, 0);
	wr_bytes(w, x->data);
}

bool smb1_read_written(const struct smb1_block *b, uint32_t *ret_count)
{
	struct reader r = {.rest = b->words};

	if (b->cmd == SMB1_WRITE_ANDX)
		rd_skip(&r, 4);
	*ret_count = rd_le16(&r);
	if (b->cmd == SMB1_WRITE_ANDX) {
		rd_skip(&r, 2);
		*ret_count |= (uint32_t)rd_le16(&r) << 16;
	}
	return !r.bad;
}

void smb1_write_written_andx(struct writer *w, uint32_t count)
{
	struct fields f = {.w = w};

	wr_le(w, 1, WRITTEN_WORDS);
	smb1_andx_words(&f);
	wr_le(w, 2, count);
	wr_le(w, 2, 0xffff); /* Available */
	wr_le(w, 2, count >> 16);
	wr_le(w, 2, 0);
	wr_le(w, 2, 0);
}
