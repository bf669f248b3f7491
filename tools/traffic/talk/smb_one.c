/* SMB 1 as Windows XP and 2003 speak it: Unicode, NT status, extended security. */
#include "talk/smb.h"
#include "talk/system.h"
#include "wire/smb1_body.h"
#include "wire/smb1_trans.h"
#include "wire/utf16.h"

enum {
	BLOB = 1024,
	NAME = 256,
	CAPS = 0x0001f3fd,
};

static struct writer begin(struct smb *s, uint8_t cmd, bool is_reply, uint32_t status)
{
	struct writer w = smb_begin(s);
	struct smb1_header h = {.cmd = cmd,
				.flags = is_reply ? 0x98 : 0x18,
				.flags2 = 0xc807,
				.status = status,
				.pid = s->pid,
				.tid = s->tid,
				.uid = s->uid,
				.mid = s->mid};

	h.flags2 &= (uint16_t)~SMB1_FLAG2_SIGNED;
	smb1_write_header(&w, &h);
	return w;
}

static struct writer ask(struct smb *s, uint8_t cmd)
{
	s->mid = (uint16_t)(s->mid + 64);
	return begin(s, cmd, false, STATUS_OK);
}

/* An error has no words and no bytes. */
static void fail(struct smb *s, uint8_t cmd, uint32_t status)
{
	struct writer w = begin(s, cmd, true, status);

	smb1_write_block(&w, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
	smb_send(s, TCP_SERVER, &w);
}

static void one_negotiate(struct smb *s)
{
	struct smb1_negotiate q = {BYTES("\2PC NETWORK PROGRAM 1.0\0\2LANMAN1.0\0"
					 "\2Windows for Workgroups 3.1a\0\2LM1.2X002\0"
					 "\2LANMAN2.1\0\2NT LM 0.12\0")};
	uint8_t rest[BLOB];
	struct writer r = {rest, 0, sizeof(rest), false}, w;
	struct smb1_negotiated a = {.dialect = 5,
				    .security_mode = 3,
				    .max_mpx = 50,
				    .max_buffer = 16644,
				    .capabilities = CAPS | 0x80000000};

	s->mid = 0;
	w = begin(s, SMB1_NEGOTIATE, false, STATUS_OK);
	smb1_write_negotiate(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	wr_le(&r, 8, rng_next(&s->tcp.net->rng)); /* GUID */
	wr_le(&r, 8, rng_next(&s->tcp.net->rng));
	ntlm_offer(&r);
	a.rest = (struct bytes){rest, r.len};
	w = begin(s, SMB1_NEGOTIATE, true, STATUS_OK);
	smb1_write_negotiated(&w, &a);
	smb_send(s, TCP_SERVER, &w);
}

static void setup_ask(struct smb *s, struct bytes blob)
{
	const struct system *system = system_of(s->logon.machine_os);
	uint8_t os[NAME], lanman[NAME];
	struct smb1_session_setup q = {
		.is_unicode = true,
		.blob = blob,
		.os = utf16_from_ascii(system->native_os, os, sizeof(os)),
		.lanman = utf16_from_ascii(system->native_lanman, lanman, sizeof(lanman))};
	struct writer w = ask(s, SMB1_SESSION_SETUP);

	smb1_write_session_setup(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
}

static void setup_answer(struct smb *s, struct bytes blob, uint32_t status)
{
	const struct system *system = system_of(s->logon.server_os);
	uint8_t os[NAME], lanman[NAME];
	struct smb1_session a = {
		.is_unicode = true,
		.blob = blob,
		.os = utf16_from_ascii(system->native_os, os, sizeof(os)),
		.lanman = utf16_from_ascii(system->native_lanman, lanman, sizeof(lanman))};
	struct writer w = begin(s, SMB1_SESSION_SETUP, true, status);

	smb1_write_session(&w, &a);
	smb_send(s, TCP_SERVER, &w);
}

static void one_logon(struct smb *s, uint32_t status)
{
	uint8_t room[BLOB];
	struct writer b = {room, 0, sizeof(room), false};
	struct rng *r = &s->tcp.net->rng;

	ntlm_negotiate(&b, &s->logon);
	setup_ask(s, (struct bytes){room, b.len});
	s->uid = 2048;
	b.len = 0;
	ntlm_challenge(&b, r, &s->logon);
	setup_answer(s, (struct bytes){room, b.len}, STATUS_MORE);
	b.len = 0;
	ntlm_authenticate(&b, r, &s->logon);
	setup_ask(s, (struct bytes){room, b.len});
	if (status != STATUS_OK) {
		fail(s, SMB1_SESSION_SETUP, status);
		return;
	}
	b.len = 0;
	ntlm_accept(&b);
	setup_answer(s, (struct bytes){room, b.len}, STATUS_OK);
}

static void one_tree(struct smb *s, const char *path, uint32_t status)
{
	uint8_t name[NAME];
	struct smb1_tree_connect q = {.is_unicode = true,
				      .path = utf16_from_ascii(path, name, sizeof(name)),
				      .service = BYTES("?????")};
	struct writer w;

	s->tid = 0;
	w = ask(s, SMB1_TREE_CONNECT_ANDX);
	smb1_write_tree_connect(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	if (status != STATUS_OK) {
		fail(s, SMB1_TREE_CONNECT_ANDX, status);
		return;
	}
	s->tid = 2048;
	w = begin(s, SMB1_TREE_CONNECT_ANDX, true, STATUS_OK);
	smb1_write_tree(&w, &(struct smb1_tree){s->is_pipe ? BYTES("IPC") : BYTES("A:")});
	smb_send(s, TCP_SERVER, &w);
}

static void one_open(struct smb *s, const char *name, uint32_t status)
{
	uint8_t room[NAME];
	struct smb1_nt_create q = {.is_unicode = true,
				   .access = s->is_pipe ? 0x0002019f : 0x00120089,
				   .share = 3,
				   .disposition = 1,
				   .options = 0x40,
				   .name = utf16_from_ascii(name, room, sizeof(room))};
	struct writer w = ask(s, SMB1_NT_CREATE);

	smb1_write_nt_create(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	if (status != STATUS_OK) {
		fail(s, SMB1_NT_CREATE, status);
		return;
	}
	s->fid = s->fid == 0 ? 0x4000 : (uint16_t)(s->fid + 1);
	w = begin(s, SMB1_NT_CREATE, true, STATUS_OK);
	smb1_write_nt_created(
		&w,
		&(struct smb1_opened){s->fid, s->is_pipe ? SMB1_TYPE_MESSAGE_PIPE : SMB1_TYPE_FILE,
				      s->is_pipe ? 0 : 1 << 30});
	smb_send(s, TCP_SERVER, &w);
}

static void one_read(struct smb *s, struct bytes data)
{
	uint32_t count = s->is_pipe ? 1024 : (uint32_t)data.len;
	struct smb1_read q = {s->fid, s->is_pipe ? 0 : s->offset, count};
	struct writer w = ask(s, SMB1_READ_ANDX);

	smb1_write_read_andx(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	w = begin(s, SMB1_READ_ANDX, true, STATUS_OK);
	smb1_write_data_andx(
		&w, &(struct smb1_data){.available = s->is_pipe ? 0 : 0xffff, .data = data});
	smb_send(s, TCP_SERVER, &w);
}

static void one_write(struct smb *s, struct bytes data, bool answered)
{
	struct smb1_write q = {.fid = s->fid,
			       .offset = s->is_pipe ? 0 : s->offset,
			       .mode = s->is_pipe ? SMB1_WRITE_START : 0,
			       .remaining = s->is_pipe ? (uint16_t)data.len : 0,
			       .data = data};
	struct writer w = ask(s, SMB1_WRITE_ANDX);

	smb1_write_write_andx(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	if (!answered)
		return;
	w = begin(s, SMB1_WRITE_ANDX, true, STATUS_OK);
	smb1_write_written_andx(&w, (uint32_t)data.len);
	smb_send(s, TCP_SERVER, &w);
}

static void one_shut(struct smb *s)
{
	struct writer w = ask(s, SMB1_CLOSE);

	smb1_write_close(&w, s->fid);
	smb_send(s, TCP_CLIENT, &w);
	fail(s, SMB1_CLOSE, STATUS_OK);
}

static void one_logoff(struct smb *s)
{
	static const uint8_t words[] = {0xff, 0, 0, 0};
	struct writer w = ask(s, SMB1_TREE_DISCONNECT);

	smb1_write_block(&w, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
	smb_send(s, TCP_CLIENT, &w);
	fail(s, SMB1_TREE_DISCONNECT, STATUS_OK);
	w = ask(s, SMB1_LOGOFF);
	smb1_write_block(&w, (struct bytes){words, sizeof(words)}, (struct bytes){NULL, 0});
	smb_send(s, TCP_CLIENT, &w);
	w = begin(s, SMB1_LOGOFF, true, STATUS_OK);
	smb1_write_block(&w, (struct bytes){words, sizeof(words)}, (struct bytes){NULL, 0});
	smb_send(s, TCP_SERVER, &w);
}

/* What does not fit goes into secondaries, which the server does not answer one by one. */
static void trans_ask(struct smb *s, struct bytes data, size_t piece)
{
	uint8_t name[NAME];
	struct bytes first = bytes_slice(data, 0, piece > 0 ? piece : data.len);
	struct smb1_trans q = {.cmd = SMB1_TRANS,
			       .is_unicode = true,
			       .n_setup = 2,
			       .setup = {SMB1_PIPE_TRANSACT, s->fid},
			       .max_data = 1024,
			       .name = utf16_from_ascii("\\PIPE\\", name, sizeof(name))};
	struct writer w = ask(s, SMB1_TRANS);

	q.data = (struct smb1_part){.total = (uint32_t)data.len, .bytes = first};
	smb1_write_trans(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	if (first.len < data.len)
		fail(s, SMB1_TRANS, STATUS_OK); /* "go on" */
	for (size_t done = first.len; done < data.len; done += piece) {
		q = (struct smb1_trans){.cmd = SMB1_TRANS_SECONDARY, .is_unicode = true};
		q.data = (struct smb1_part){.total = (uint32_t)data.len,
					    .displacement = (uint32_t)done,
					    .bytes = bytes_slice(data, done, piece)};
		w = begin(s, SMB1_TRANS_SECONDARY, false, STATUS_OK);
		smb1_write_trans(&w, &q);
		smb_send(s, TCP_CLIENT, &w);
	}
}

static void one_transact(struct smb *s, struct bytes data, struct bytes answer, size_t piece)
{
	struct smb1_trans a = {.cmd = SMB1_TRANS,
			       .is_response = true,
			       .is_unicode = true,
			       .data = {.bytes = answer}};
	struct writer w;

	trans_ask(s, data, piece);
	if (answer.len == 0)
		return;
	w = begin(s, SMB1_TRANS, true, STATUS_OK);
	smb1_write_trans(&w, &a);
	smb_send(s, TCP_SERVER, &w);
}

const struct smb_verbs smb_one = {one_negotiate, one_logon, one_tree,   one_open,    one_read,
				  one_write,     one_shut,  one_logoff, one_transact};
