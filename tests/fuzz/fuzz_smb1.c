/* Every SMB 1 block that is read and written is read the same again; chains end. */
#include "again.h"
#include "wire/nbss.h"
#include "wire/smb1_body.h"
#include "wire/smb1_trans.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool request(struct bytes msg, const struct smb1_block *b, bool is_unicode, struct writer *w)
{
	struct smb1_negotiate n;
	struct smb1_session_setup s;
	struct smb1_tree_connect t;
	struct smb1_nt_create c;
	struct smb1_read r;
	struct smb1_write x;
	uint16_t fid = 0;

	switch (b->cmd) {
	case SMB1_NEGOTIATE:
		if (!smb1_read_negotiate(msg, b, &n))
			return false;
		(void)smb1_has_dialect(&n, "NT LM 0.12");
		smb1_write_negotiate(w, &n);
		return true;
	case SMB1_SESSION_SETUP:
		if (!smb1_read_session_setup(msg, b, is_unicode, &s))
			return false;
		smb1_write_session_setup(w, &s);
		return true;
	case SMB1_TREE_CONNECT_ANDX:
		if (!smb1_read_tree_connect(msg, b, is_unicode, &t))
			return false;
		smb1_write_tree_connect(w, &t);
		return true;
	case SMB1_NT_CREATE:
		if (!smb1_read_create(msg, b, is_unicode, &c))
			return false;
		smb1_write_nt_create(w, &c);
		return true;
	case SMB1_READ_ANDX:
		if (!smb1_read_read(b, &r))
			return false;
		smb1_write_read_andx(w, &r);
		return true;
	case SMB1_WRITE_ANDX:
		if (!smb1_read_write(msg, b, &x))
			return false;
		smb1_write_write_andx(w, &x);
		return true;
	case SMB1_CLOSE:
		if (!smb1_read_close(b, &fid))
			return false;
		smb1_write_close(w, fid);
		return true;
	default: /* what is only read */
		(void)smb1_read_create(msg, b, is_unicode, &c);
		(void)smb1_read_read(b, &r);
		(void)smb1_read_write(msg, b, &x);
		return false;
	}
}

static bool response(struct bytes msg, const struct smb1_block *b, bool is_unicode,
		     struct writer *w)
{
	struct smb1_negotiated n;
	struct smb1_session s;
	struct smb1_tree t;
	struct smb1_opened o;
	struct smb1_data d;
	uint32_t count = 0;

	switch (b->cmd) {
	case SMB1_NEGOTIATE:
		if (!smb1_read_negotiated(msg, b, &n))
			return false;
		smb1_write_negotiated(w, &n);
		return true;
	case SMB1_SESSION_SETUP:
		if (!smb1_read_session(msg, b, is_unicode, &s))
			return false;
		smb1_write_session(w, &s);
		return true;
	case SMB1_TREE_CONNECT_ANDX:
		if (!smb1_read_tree(msg, b, &t))
			return false;
		smb1_write_tree(w, &t);
		return true;
	case SMB1_NT_CREATE:
		if (!smb1_read_opened(b, &o))
			return false;
		smb1_write_nt_created(w, &o);
		return true;
	case SMB1_READ_ANDX:
		if (!smb1_read_data(msg, b, &d))
			return false;
		smb1_write_data_andx(w, &d);
		return true;
	case SMB1_WRITE_ANDX:
		if (!smb1_read_written(b, &count))
			return false;
		smb1_write_written_andx(w, count);
		return true;
	default:
		(void)smb1_read_data(msg, b, &d);
		return false;
	}
}

static bool copy(struct bytes in, struct writer *w)
{
	struct smb1_header h;
	struct smb1_block b;
	struct smb1_trans t;

	if (!smb1_read_header(in, &h) || !smb1_read_block(in, h.cmd, SMB1_HEADER, &b))
		return false;
	bool is_unicode = (h.flags2 & SMB1_FLAG2_UNICODE) != 0;

	smb1_write_header(w, &h);
	if (h.cmd == SMB1_TRANS || h.cmd == SMB1_TRANS_SECONDARY || h.cmd == SMB1_TRANS2 ||
	    h.cmd == SMB1_TRANS2_SECONDARY || h.cmd == SMB1_NT_TRANS ||
	    h.cmd == SMB1_NT_TRANS_SECONDARY) {
		if (!smb1_read_trans(in, &b, &h, &t))
			return false;
		if (t.n_setup > SMB1_SETUP_MAX)
			return false; /* the writer has no more */
		smb1_write_trans(w, &t);
		return true;
	}
	return (h.flags & SMB1_FLAG_REPLY) != 0 ? response(in, &b, is_unicode, w)
						: request(in, &b, is_unicode, w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct smb1_block b;
	uint8_t cmd = size > 4 ? data[4] : 0;
	size_t at = SMB1_HEADER, steps = 0;

	again_check(copy, in);
	while (smb1_read_block(in, cmd, at, &b) && smb1_next(&b, &cmd, &at) == SMB1_CHAIN_NEXT) {
		if (++steps > size)
			abort();
	}
	return 0;
}
