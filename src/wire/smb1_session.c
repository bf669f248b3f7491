/* Negotiation, session setup and tree connect. */
#include "wire/smb1_body.h"

#include "wire/smb1_words.h"

enum { DIALECT_FORMAT = 2 };

bool smb1_read_negotiate(struct bytes msg, const struct smb1_block *b,
			 struct smb1_negotiate *ret_negotiate)
{
	(void)msg;
	ret_negotiate->dialects = b->data;
	return b->words.len == 0 && b->data.len > 0;
}

void smb1_write_negotiate(struct writer *w, const struct smb1_negotiate *n)
{
	smb1_write_block(w, (struct bytes){NULL, 0}, n->dialects);
}

bool smb1_has_dialect(const struct smb1_negotiate *n, const char *name)
{
	struct reader r = {.rest = n->dialects};
	const struct bytes want = {(const uint8_t *)name, strlen(name)};

	while (rd_u8(&r) == DIALECT_FORMAT && !r.bad) {
		const uint8_t *end = r.rest.len == 0 ? NULL : memchr(r.rest.at, 0, r.rest.len);
		size_t len = end == NULL ? r.rest.len : (size_t)(end - r.rest.at);

		if (bytes_eq(rd_take(&r, len), want))
			return true;
		rd_skip(&r, 1);
	}
	return false;
}

static void negotiated_words(struct fields *f, struct smb1_negotiated *n, uint8_t *key_len)
{
	fld_u16(f, &n->dialect);
	fld_u8(f, &n->security_mode);
	fld_u16(f, &n->max_mpx);
	fld_const(f, 2, 1); /* MaxNumberVcs */
	fld_u32(f, &n->max_buffer);
	fld_const(f, 4, 0x10000); /* MaxRawSize */
	fld_zeros(f, 4);
	fld_u32(f, &n->capabilities);
	fld_zeros(f, 8 + 2); /* SystemTime, ServerTimeZone */
	fld_u8(f, key_len);
}

enum { NEGOTIATED_WORDS = 17, CHALLENGE = 8 };

bool smb1_read_negotiated(struct bytes msg, const struct smb1_block *b,
			  struct smb1_negotiated *ret_negotiated)
{
	struct reader r = {.rest = b->words};

	(void)msg;
	*ret_negotiated = (struct smb1_negotiated){.rest = b->data};
	negotiated_words(&(struct fields){.r = &r}, ret_negotiated, &ret_negotiated->key_len);
	return !r.bad;
}

/* A string of `rest`: where Unicode, it is not padded to an even offset (MS-CIFS 2.2.4.52.2). */
static struct bytes name_at(struct bytes rest, bool is_unicode, size_t *at)
{
	size_t unit = is_unicode ? 2 : 1, from = *at, end = from;

	while (end + unit <= rest.len && (rest.at[end] != 0 || rest.at[end + unit - 1] != 0))
		end += unit;
	*at = end + unit;
	return bytes_slice(rest, from, end - from);
}

void smb1_server_names(const struct smb1_negotiated *n, struct bytes *ret_domain,
		       struct bytes *ret_server)
{
	bool is_unicode = (n->capabilities & SMB1_CAP_UNICODE) != 0;
	size_t at = n->key_len;

	*ret_domain = *ret_server = (struct bytes){NULL, 0};
	if (smb1_is_extended(n))
		return;
	*ret_domain = name_at(n->rest, is_unicode, &at);
	*ret_server = name_at(n->rest, is_unicode, &at);
}

void smb1_write_negotiated(struct writer *w, const struct smb1_negotiated *n)
{
	struct smb1_negotiated copy = *n;
	bool has_guid = smb1_is_extended(n);
	uint8_t key_len = has_guid || n->rest.len < CHALLENGE ? 0 : CHALLENGE;

	wr_le(w, 1, NEGOTIATED_WORDS);
	negotiated_words(&(struct fields){.w = w}, &copy, &key_len);
	wr_le(w, 2, n->rest.len);
	wr_bytes(w, n->rest);
}

struct setup_lengths {
	uint16_t blob, oem, unicode;
	uint8_t words;
};

enum { SETUP_BLOB_WORDS = 12, SETUP_WORDS = 13 };

static void setup_words(struct fields *f, struct setup_lengths *l)
{
	smb1_andx_words(f);
	fld_const(f, 2, 0x4104);
	fld_const(f, 2, 50);
	fld_const(f, 2, 1);
	fld_zeros(f, 4);
	if (l->words == SETUP_BLOB_WORDS) {
		fld_u16(f, &l->blob);
	} else {
		fld_u16(f, &l->oem);
		fld_u16(f, &l->unicode);
	}
	fld_zeros(f, 4);
	fld_const(f, 4, SMB1_CAP_UNICODE | SMB1_CAP_NT_SMBS | SMB1_CAP_NT_STATUS);
}

bool smb1_read_session_setup(struct bytes msg, const struct smb1_block *b, bool is_unicode,
			     struct smb1_session_setup *ret_setup)
{
	struct reader r = {.rest = b->words};
	struct setup_lengths l = {.words = (uint8_t)(b->words.len / 2)};
	struct smb1_session_setup s = {.is_unicode = is_unicode};
	size_t at = b->data_at;

	*ret_setup = s;
	if (l.words != SETUP_BLOB_WORDS && l.words != SETUP_WORDS)
		return false;
	setup_words(&(struct fields){.r = &r}, &l);
	if (l.words == SETUP_BLOB_WORDS) {
		s.blob = bytes_slice(msg, at, l.blob);
		at += l.blob;
	} else {
		at += (size_t)l.oem + l.unicode;
		s.account = smb1_string(msg, is_unicode, at, &at);
		s.domain = smb1_string(msg, is_unicode, at, &at);
	}
	s.os = smb1_string(msg, is_unicode, at, &at);
	s.lanman = smb1_string(msg, is_unicode, at, &at);
	*ret_setup = s;
	return !r.bad;
}

void smb1_write_session_setup(struct writer *w, const struct smb1_session_setup *s)
{
	struct setup_lengths l = {
		.words = s->blob.len > 0 ? SETUP_BLOB_WORDS : SETUP_WORDS,
		.blob = (uint16_t)s->blob.len,
	};

	wr_le(w, 1, l.words);
	setup_words(&(struct fields){.w = w}, &l);

	size_t begin = smb1_begin_data(w);

	if (l.words == SETUP_BLOB_WORDS) {
		wr_bytes(w, s->blob);
	} else {
		smb1_write_string(w, s->is_unicode, s->account);
		smb1_write_string(w, s->is_unicode, s->domain);
	}
	smb1_write_string(w, s->is_unicode, s->os);
	smb1_write_string(w, s->is_unicode, s->lanman);
	smb1_end_data(w, begin);
}

enum { SESSION_WORDS = 3, SESSION_BLOB_WORDS = 4 };

bool smb1_read_session(struct bytes msg, const struct smb1_block *b, bool is_unicode,
		       struct smb1_session *ret_session)
{
	struct reader r = {.rest = b->words};
	struct fields f = {.r = &r};
	struct smb1_session s = {.is_unicode = is_unicode};
	size_t at = b->data_at;

	smb1_andx_words(&f);
	fld_u16(&f, &s.action);
	if (b->words.len == 2 * SESSION_BLOB_WORDS) {
		size_t blob = rd_le16(&r);

		s.blob = bytes_slice(msg, at, blob);
		at += blob;
	}
	s.os = smb1_string(msg, is_unicode, at, &at);
	s.lanman = smb1_string(msg, is_unicode, at, &at);
	if (s.blob.len == 0)
		s.domain = smb1_string(msg, is_unicode, at, &at);
	*ret_session = s;
	return !r.bad;
}

void smb1_write_session(struct writer *w, const struct smb1_session *s)
{
	struct fields f = {.w = w};
	struct smb1_session copy = *s;
	bool has_blob = s->blob.len > 0;

	wr_le(w, 1, has_blob ? SESSION_BLOB_WORDS : SESSION_WORDS);
	smb1_andx_words(&f);
	fld_u16(&f, &copy.action);
	if (has_blob)
		wr_le(w, 2, s->blob.len);

	size_t begin = smb1_begin_data(w);

	wr_bytes(w, s->blob);
	smb1_write_string(w, s->is_unicode, s->os);
	smb1_write_string(w, s->is_unicode, s->lanman);
	smb1_write_string(w, s->is_unicode, s->domain);
	smb1_end_data(w, begin);
}

enum { TREE_CONNECT_WORDS = 4, TREE_WORDS = 3 };

bool smb1_read_tree_connect(struct bytes msg, const struct smb1_block *b, bool is_unicode,
			    struct smb1_tree_connect *ret_tree)
{
	struct reader r = {.rest = b->words};
	size_t at = b->data_at;

	*ret_tree = (struct smb1_tree_connect){.is_unicode = is_unicode};
	if (b->cmd == SMB1_TREE_CONNECT) { /* 2.2.4.50: three strings with a format byte each */
		ret_tree->path = smb1_string(msg, is_unicode, at + 1, &at);
		(void)smb1_string(msg, is_unicode, at + 1, &at);
		ret_tree->service = smb1_string(msg, false, at + 1, NULL);
		return b->data.len > 0;
	}
	rd_skip(&r, 4 + 2);
	at += rd_le16(&r);
	ret_tree->path = smb1_string(msg, is_unicode, at, &at);
	ret_tree->service = smb1_string(msg, false, at, NULL);
	return !r.bad;
}

void smb1_write_tree_connect(struct writer *w, const struct smb1_tree_connect *t)
{
	struct fields f = {.w = w};

	wr_le(w, 1, TREE_CONNECT_WORDS);
	smb1_andx_words(&f);
	fld_const(&f, 2, 0); /* Flags */
	fld_const(&f, 2, 1); /* PasswordLength: one NUL, as clients with user security send */

	size_t begin = smb1_begin_data(w);

	wr_zeros(w, 1);
	smb1_write_string(w, t->is_unicode, t->path);
	smb1_write_string(w, false, t->service);
	smb1_end_data(w, begin);
}

bool smb1_read_tree(struct bytes msg, const struct smb1_block *b, struct smb1_tree *ret_tree)
{
	ret_tree->service = smb1_string(msg, false, b->data_at, NULL);
	return b->words.len >= 4;
}

void smb1_write_tree(struct writer *w, const struct smb1_tree *t)
{
	struct fields f = {.w = w};

	wr_le(w, 1, TREE_WORDS);
	smb1_andx_words(&f);
	fld_const(&f, 2, 1); /* OptionalSupport */

	size_t begin = smb1_begin_data(w);

	smb1_write_string(w, false, t->service);
	smb1_write_string(w, true, (struct bytes){NULL, 0}); /* NativeFileSystem */
	smb1_end_data(w, begin);
}
