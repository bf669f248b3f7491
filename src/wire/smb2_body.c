/* Bodies of SMB 2 and 3. Each starts with StructureSize, of which the lowest bit says that a
 * variable part follows. */
#include "wire/smb2.h"

#include "wire/fields.h"

struct body { /* a body being read: the reader is behind the header */
	struct reader r;
	struct fields f;
	bool is_it; /* StructureSize is what it should be */
};

static void begin(struct body *b, struct bytes msg, uint16_t size)
{
	*b = (struct body){.r = {.rest = msg}};
	b->f.r = &b->r;
	rd_skip(&b->r, SMB2_HEADER);
	b->is_it = rd_le16(&b->r) == size;
}

static bool done(const struct body *b)
{
	return b->is_it && !b->r.bad;
}

/* A 16-bit offset and length of a variable part that follows the fixed one at once. When writing,
 * `fixed` bytes of the body come before the part. */
static void part16(struct fields *f, size_t fixed, size_t *at, size_t *len)
{
	uint16_t at16 = (uint16_t)(SMB2_HEADER + fixed), len16 = (uint16_t)*len;

	fld_u16(f, &at16);
	fld_u16(f, &len16);
	*at = at16;
	*len = len16;
}

static void file_id(struct fields *f, uint8_t *id)
{
	fld_raw(f, id, SMB2_FILE_ID);
}

bool smb2_read_negotiate(struct bytes msg, struct smb2_negotiate *ret_negotiate)
{
	struct body b;
	struct smb2_negotiate n = {0};

	begin(&b, msg, 36);
	n.n_dialects = rd_le16(&b.r);
	n.security_mode = rd_le16(&b.r);
	rd_skip(&b.r, 2 + 4);
	file_id(&b.f, n.guid);
	rd_skip(&b.r, 8);
	for (unsigned i = 0; i < n.n_dialects && i < SMB2_DIALECTS_MAX; i++)
		n.dialects[i] = rd_le16(&b.r);
	*ret_negotiate = n;
	return done(&b);
}

void smb2_write_negotiate(struct writer *w, const struct smb2_negotiate *n)
{
	uint16_t count = n->n_dialects < SMB2_DIALECTS_MAX ? n->n_dialects : SMB2_DIALECTS_MAX;

	wr_le(w, 2, 36);
	wr_le(w, 2, count);
	wr_le(w, 2, n->security_mode);
	wr_zeros(w, 2 + 4);
	wr_bytes(w, (struct bytes){n->guid, sizeof(n->guid)});
	wr_zeros(w, 8);
	for (unsigned i = 0; i < count; i++)
		wr_le(w, 2, n->dialects[i]);
}

static void negotiated_fields(struct fields *f, struct smb2_negotiated *n, size_t *at, size_t *len)
{
	fld_u16(f, &n->security_mode);
	fld_u16(f, &n->dialect);
	fld_zeros(f, 2);
	fld_raw(f, n->guid, sizeof(n->guid));
	fld_u32(f, &n->capabilities);
	fld_u32(f, &n->max_transact);
	fld_u32(f, &n->max_read);
	fld_u32(f, &n->max_write);
	fld_u64(f, &n->system_time);
	fld_u64(f, &n->start_time);
	part16(f, 64, at, len);
	fld_zeros(f, 4);
}

bool smb2_read_negotiated(struct bytes msg, struct smb2_negotiated *ret_negotiated)
{
	struct body b;
	size_t at = 0, len = 0;

	begin(&b, msg, 65);
	*ret_negotiated = (struct smb2_negotiated){0};
	negotiated_fields(&b.f, ret_negotiated, &at, &len);
	ret_negotiated->blob = bytes_slice(msg, at, len);
	return done(&b);
}

void smb2_write_negotiated(struct writer *w, const struct smb2_negotiated *n)
{
	struct smb2_negotiated copy = *n;
	size_t at = 0, len = n->blob.len;

	wr_le(w, 2, 65);
	negotiated_fields(&(struct fields){.w = w}, &copy, &at, &len);
	wr_bytes(w, n->blob);
}

bool smb2_read_session_setup(struct bytes msg, struct smb2_session *ret_session)
{
	struct body b;
	size_t at = 0, len = 0;

	begin(&b, msg, 25);
	ret_session->flags = rd_u8(&b.r);
	rd_skip(&b.r, 1 + 4 + 4);
	part16(&b.f, 0, &at, &len);
	rd_skip(&b.r, 8);
	ret_session->blob = bytes_slice(msg, at, len);
	return done(&b);
}

void smb2_write_session_setup(struct writer *w, const struct smb2_session *s)
{
	size_t at = 0, len = s->blob.len;

	wr_le(w, 2, 25);
	wr_le(w, 1, s->flags);
	wr_le(w, 1, 1);     /* SecurityMode: signing enabled */
	wr_zeros(w, 4 + 4); /* Capabilities, Channel */
	part16(&(struct fields){.w = w}, 24, &at, &len);
	wr_zeros(w, 8);
	wr_bytes(w, s->blob);
}

bool smb2_read_session(struct bytes msg, struct smb2_session *ret_session)
{
	struct body b;
	size_t at = 0, len = 0;

	begin(&b, msg, 9);
	ret_session->flags = rd_le16(&b.r);
	part16(&b.f, 0, &at, &len);
	ret_session->blob = bytes_slice(msg, at, len);
	return done(&b);
}

void smb2_write_session(struct writer *w, const struct smb2_session *s)
{
	size_t at = 0, len = s->blob.len;

	wr_le(w, 2, 9);
	wr_le(w, 2, s->flags);
	part16(&(struct fields){.w = w}, 8, &at, &len);
	wr_bytes(w, s->blob);
}

bool smb2_read_tree_connect(struct bytes msg, struct smb2_tree_connect *ret_tree)
{
	struct body b;
	size_t at = 0, len = 0;

	begin(&b, msg, 9);
	rd_skip(&b.r, 2);
	part16(&b.f, 0, &at, &len);
	ret_tree->path = bytes_slice(msg, at, len);
	return done(&b);
}

void smb2_write_tree_connect(struct writer *w, const struct smb2_tree_connect *t)
{
	size_t at = 0, len = t->path.len;

	wr_le(w, 2, 9);
	wr_zeros(w, 2);
	part16(&(struct fields){.w = w}, 8, &at, &len);
	wr_bytes(w, t->path);
}

bool smb2_read_tree(struct bytes msg, struct smb2_tree *ret_tree)
{
	struct body b;

	begin(&b, msg, 16);
	ret_tree->share_type = rd_u8(&b.r);
	return done(&b);
}

void smb2_write_tree(struct writer *w, const struct smb2_tree *t)
{
	wr_le(w, 2, 16);
	wr_le(w, 1, t->share_type);
	wr_zeros(w, 1 + 4 + 4);
	wr_le(w, 4, 0x001f01ff); /* MaximalAccess */
}

static void create_fields(struct fields *f, struct smb2_create *c, size_t *at, size_t *len)
{
	fld_zeros(f, 1 + 1); /* SecurityFlags, RequestedOplockLevel */
	fld_const(f, 4, 2);  /* ImpersonationLevel */
	fld_zeros(f, 8 + 8);
	fld_u32(f, &c->access);
	fld_zeros(f, 4); /* FileAttributes */
	fld_u32(f, &c->share);
	fld_u32(f, &c->disposition);
	fld_u32(f, &c->options);
	part16(f, 56, at, len);
	fld_zeros(f, 4 + 4); /* no create contexts */
}

bool smb2_read_create(struct bytes msg, struct smb2_create *ret_create)
{
	struct body b;
	size_t at = 0, len = 0;

	begin(&b, msg, 57);
	*ret_create = (struct smb2_create){0};
	create_fields(&b.f, ret_create, &at, &len);
	ret_create->name = bytes_slice(msg, at, len);
	return done(&b);
}

void smb2_write_create(struct writer *w, const struct smb2_create *c)
{
	struct smb2_create copy = *c;
	size_t at = 0, len = c->name.len;

	wr_le(w, 2, 57);
	create_fields(&(struct fields){.w = w}, &copy, &at, &len);
	wr_bytes(w, c->name);
	if (c->name.len == 0)
		wr_zeros(w, 1); /* the variable part is never empty */
}

static void created_fields(struct fields *f, struct smb2_created *c)
{
	fld_zeros(f, 1 + 1);
	fld_const(f, 4, 1);  /* CreateAction: opened */
	fld_zeros(f, 4 * 8); /* times */
	fld_zeros(f, 8);     /* AllocationSize */
	fld_u64(f, &c->size);
	fld_const(f, 4, 128); /* FileAttributes: normal */
	fld_zeros(f, 4);
	file_id(f, c->file_id);
	fld_zeros(f, 4 + 4);
}

bool smb2_read_created(struct bytes msg, struct smb2_created *ret_created)
{
	struct body b;

	begin(&b, msg, 89);
	*ret_created = (struct smb2_created){0};
	created_fields(&b.f, ret_created);
	return done(&b);
}

void smb2_write_created(struct writer *w, const struct smb2_created *c)
{
	struct smb2_created copy = *c;

	wr_le(w, 2, 89);
	created_fields(&(struct fields){.w = w}, &copy);
}

bool smb2_read_close(struct bytes msg, struct smb2_close *ret_close)
{
	struct body b;

	begin(&b, msg, 24);
	rd_skip(&b.r, 2 + 4);
	file_id(&b.f, ret_close->file_id);
	return done(&b);
}

void smb2_write_close(struct writer *w, const struct smb2_close *c)
{
	wr_le(w, 2, 24);
	wr_zeros(w, 2 + 4);
	wr_bytes(w, (struct bytes){c->file_id, SMB2_FILE_ID});
}

void smb2_write_closed(struct writer *w)
{
	wr_le(w, 2, 60);
	wr_zeros(w, 58);
}

static void read_fields(struct fields *f, struct smb2_read *x)
{
	fld_const(f, 1, 0x50); /* Padding: where the client wants the data */
	fld_zeros(f, 1);
	fld_u32(f, &x->count);
	fld_u64(f, &x->offset);
	file_id(f, x->file_id);
	fld_zeros(f, 4 + 4 + 4 + 2 + 2);
}

bool smb2_read_read(struct bytes msg, struct smb2_read *ret_read)
{
	struct body b;

	begin(&b, msg, 49);
	*ret_read = (struct smb2_read){0};
	read_fields(&b.f, ret_read);
	return done(&b);
}

void smb2_write_read(struct writer *w, const struct smb2_read *r)
{
	struct smb2_read copy = *r;

	wr_le(w, 2, 49);
	read_fields(&(struct fields){.w = w}, &copy);
	wr_zeros(w, 1); /* the variable part is never empty */
}

bool smb2_read_data(struct bytes msg, struct smb2_data *ret_data)
{
	struct body b;

	begin(&b, msg, 17);
	ret_data->data_at = rd_u8(&b.r);
	rd_skip(&b.r, 1);
	ret_data->data_len = rd_le32(&b.r);
	rd_skip(&b.r, 4 + 4);
	ret_data->data = bytes_slice(msg, ret_data->data_at, ret_data->data_len);
	return done(&b);
}

void smb2_write_data(struct writer *w, const struct smb2_data *d)
{
	wr_le(w, 2, 17);
	wr_le(w, 1, SMB2_HEADER + 16);
	wr_zeros(w, 1);
	wr_le(w, 4, d->data.len);
	wr_zeros(w, 4 + 4);
	wr_bytes(w, d->data);
}

bool smb2_read_write(struct bytes msg, struct smb2_write *ret_write)
{
	struct body b;
	struct smb2_write x = {0};

	begin(&b, msg, 49);
	x.data_at = rd_le16(&b.r);
	x.data_len = rd_le32(&b.r);
	x.offset = rd_le64(&b.r);
	file_id(&b.f, x.file_id);
	rd_skip(&b.r, 4 + 4 + 2 + 2 + 4);
	x.data = bytes_slice(msg, x.data_at, x.data_len);
	*ret_write = x;
	return done(&b);
}

void smb2_write_write(struct writer *w, const struct smb2_write *x)
{
	wr_le(w, 2, 49);
	wr_le(w, 2, SMB2_HEADER + 48);
	wr_le(w, 4, x->data.len);
	wr_le(w, 8, x->offset);
	wr_bytes(w, (struct bytes){x->file_id, SMB2_FILE_ID});
	wr_zeros(w, 4 + 4 + 2 + 2 + 4);
	wr_bytes(w, x->data);
}

bool smb2_read_written(struct bytes msg, uint32_t *ret_count)
{
	struct body b;

	begin(&b, msg, 17);
	rd_skip(&b.r, 2);
	*ret_count = rd_le32(&b.r);
	return done(&b);
}

void smb2_write_written(struct writer *w, uint32_t count)
{
	wr_le(w, 2, 17);
	wr_zeros(w, 2);
	wr_le(w, 4, count);
	wr_zeros(w, 4 + 2 + 2);
}

enum { IOCTL_FIXED = 56, IOCTL_RESPONSE_FIXED = 48 };

bool smb2_read_ioctl(struct bytes msg, bool is_response, struct smb2_ioctl *ret_ioctl)
{
	struct body b;
	struct smb2_ioctl x = {0};

	begin(&b, msg, is_response ? 49 : 57);
	rd_skip(&b.r, 2);
	x.code = rd_le32(&b.r);
	file_id(&b.f, x.file_id);
	if (is_response)
		rd_skip(&b.r, 4 + 4); /* the input, echoed or not */
	x.data_at = rd_le32(&b.r);
	x.data_len = rd_le32(&b.r);
	rd_skip(&b.r, is_response ? 4 + 4 : 4 + 4 + 4 + 4 + 4 + 4);
	x.data = bytes_slice(msg, x.data_at, x.data_len);
	*ret_ioctl = x;
	return done(&b);
}

void smb2_write_ioctl(struct writer *w, bool is_response, const struct smb2_ioctl *x)
{
	size_t at = SMB2_HEADER + (is_response ? IOCTL_RESPONSE_FIXED : IOCTL_FIXED);

	wr_le(w, 2, is_response ? 49 : 57);
	wr_zeros(w, 2);
	wr_le(w, 4, x->code);
	wr_bytes(w, (struct bytes){x->file_id, SMB2_FILE_ID});
	if (is_response) {
		wr_le(w, 4, at);
		wr_le(w, 4, 0);
	}
	wr_le(w, 4, at);
	wr_le(w, 4, x->data.len);
	if (!is_response) {
		wr_zeros(w, 4 + 4 + 4); /* MaxInputResponse, OutputOffset, OutputCount */
		wr_le(w, 4, 0x10000);   /* MaxOutputResponse */
		wr_le(w, 4, 1);         /* Flags: a file system control */
		wr_zeros(w, 4);
	} else {
		wr_zeros(w, 4 + 4);
	}
	wr_bytes(w, x->data);
}

void smb2_write_error(struct writer *w)
{
	wr_le(w, 2, 9);
	wr_zeros(w, 1 + 1 + 4 + 1);
}

void smb2_write_empty(struct writer *w)
{
	wr_le(w, 2, 4);
	wr_zeros(w, 2);
}
