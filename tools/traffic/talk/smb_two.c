/* SMB 2.1 as Windows 7 speaks it, one request at a time. */
#include "talk/smb.h"
#include "wire/smb1_body.h"
#include "wire/smb2.h"
#include "wire/utf16.h"

enum {
	BLOB = 1024,
	NAME = 256,
	MEGABYTE = 1 << 20,
	DIALECT = 0x0210,
	ANY_DIALECT = 0x02ff,
	CREDIT = 65536
};

struct exchange { /* what header the answer shares with its question */
	uint16_t cmd, charge;
};

static struct writer begin(struct smb *s, struct exchange x, bool is_reply, uint32_t status)
{
	struct writer w = smb_begin(s);
	struct smb2_header h = {
		.credit_charge = x.charge,
		.cmd = x.cmd,
		.credits = (uint16_t)(x.charge + 31),
		.status = status,
		.flags = is_reply ? SMB2_FLAG_REPLY : 0,
		.msg_id = s->message,
		.tid = x.cmd > SMB2_TREE_CONNECT ? s->tree : 0,
		.session_id =
			s->logon.domain[0] != '\0' || x.cmd > SMB2_SESSION_SETUP ? s->session : 0};

	if (x.cmd == SMB2_NEGOTIATE)
		h.session_id = 0;
	if (x.cmd == SMB2_TREE_CONNECT && is_reply && status == STATUS_OK)
		h.tid = s->tree;
	smb2_write_header(&w, &h);
	return w;
}

static struct writer ask(struct smb *s, struct exchange x)
{
	return begin(s, x, false, STATUS_OK);
}

/* The answer is sent, and the next message has the next number. */
static void answer(struct smb *s, struct exchange x, struct writer *w)
{
	smb_send(s, TCP_SERVER, w);
	s->message += x.charge;
}

static void fail(struct smb *s, struct exchange x, uint32_t status)
{
	struct writer w = begin(s, x, true, status);

	smb2_write_error(&w);
	answer(s, x, &w);
}

static void file_id(const struct smb *s, uint8_t to[SMB2_FILE_ID])
{
	struct writer w = {to, 0, SMB2_FILE_ID, false};

	wr_le(&w, 8, s->file);
	wr_le(&w, 8, s->file + 0x0000000100000000);
}

static void offer(struct smb *s, uint16_t dialect)
{
	struct exchange x = {SMB2_NEGOTIATE, 1};
	uint8_t blob[BLOB];
	struct writer b = {blob, 0, sizeof(blob), false}, w = begin(s, x, true, STATUS_OK);
	struct smb2_negotiated a = {.security_mode = 1,
				    .dialect = dialect,
				    .capabilities = 0x7,
				    .max_transact = MEGABYTE,
				    .max_read = MEGABYTE,
				    .max_write = MEGABYTE};

	memcpy(a.guid, s->tcp.end[TCP_SERVER]->mac.b, 6);
	ntlm_offer(&b);
	a.blob = (struct bytes){blob, b.len};
	smb2_write_negotiated(&w, &a);
	answer(s, x, &w);
}

/* Windows 7 asks in SMB 1 first, whether anything newer is spoken (MS-SMB2 3.2.4.2.2.1). */
static void ask_in_smb1(struct smb *s)
{
	struct writer w = smb_begin(s);
	struct smb1_header h = {
		.cmd = SMB1_NEGOTIATE, .flags = 0x18, .flags2 = 0xc843, .pid = 0xfeff};

	smb1_write_header(&w, &h);
	smb1_write_negotiate(
		&w, &(struct smb1_negotiate){BYTES("\2NT LM 0.12\0\2SMB 2.002\0\2SMB 2.???\0")});
	smb_send(s, TCP_CLIENT, &w);
	offer(s, ANY_DIALECT);
}

static void two_negotiate(struct smb *s)
{
	struct exchange x = {SMB2_NEGOTIATE, 1};
	struct smb2_negotiate q = {
		.n_dialects = 2, .dialects = {0x0202, DIALECT}, .security_mode = 1};
	struct writer w;

	s->message = 0;
	if (s->tcp.end[TCP_CLIENT]->os == OS_7)
		ask_in_smb1(s);
	memcpy(q.guid, s->tcp.end[TCP_CLIENT]->mac.b, 6);
	if (s->tcp.end[TCP_CLIENT]->guid != 0)
		memcpy(q.guid, &s->tcp.end[TCP_CLIENT]->guid, sizeof(uint64_t));
	w = ask(s, x);
	smb2_write_negotiate(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	offer(s, DIALECT);
}

static void setup(struct smb *s, struct bytes blob, struct bytes reply, uint32_t status)
{
	struct exchange x = {SMB2_SESSION_SETUP, 1};
	struct writer w = ask(s, x);

	smb2_write_session_setup(&w, &(struct smb2_session){.blob = blob});
	smb_send(s, TCP_CLIENT, &w);
	if (reply.len == 0) {
		fail(s, x, status);
		return;
	}
	w = begin(s, x, true, status);
	smb2_write_session(&w, &(struct smb2_session){.blob = reply});
	answer(s, x, &w);
}

static void two_logon(struct smb *s, uint32_t status)
{
	uint8_t room[BLOB], reply[BLOB];
	struct writer b = {room, 0, sizeof(room), false}, r = {reply, 0, sizeof(reply), false};
	struct rng *rng = &s->tcp.net->rng;

	ntlm_negotiate(&b, &s->logon);
	ntlm_challenge(&r, rng, &s->logon);
	setup(s, (struct bytes){room, b.len}, (struct bytes){reply, r.len}, STATUS_MORE);
	b.len = r.len = 0;
	ntlm_authenticate(&b, rng, &s->logon);
	if (status == STATUS_OK)
		ntlm_accept(&r);
	setup(s, (struct bytes){room, b.len}, (struct bytes){reply, r.len}, status);
}

static void two_tree(struct smb *s, const char *path, uint32_t status)
{
	struct exchange x = {SMB2_TREE_CONNECT, 1};
	uint8_t name[NAME];
	struct writer w = ask(s, x);

	smb2_write_tree_connect(
		&w, &(struct smb2_tree_connect){utf16_from_ascii(path, name, sizeof(name))});
	smb_send(s, TCP_CLIENT, &w);
	if (status != STATUS_OK) {
		fail(s, x, status);
		return;
	}
	s->tree++;
	w = begin(s, x, true, STATUS_OK);
	smb2_write_tree(&w, &(struct smb2_tree){s->is_pipe ? SMB2_SHARE_PIPE : SMB2_SHARE_DISK});
	answer(s, x, &w);
}

static void two_open(struct smb *s, const char *name, uint32_t status)
{
	struct exchange x = {SMB2_CREATE, 1};
	uint8_t room[NAME];
	struct smb2_create q = {.access = s->is_pipe ? 0x0012019f : 0x00120089,
				.share = 7,
				.disposition = 1,
				.options = s->is_pipe ? 0 : 0x40};
	struct smb2_created a = {.size = s->is_pipe ? 0 : 1 << 30};
	struct writer w = ask(s, x);

	q.name = utf16_from_ascii(name + (name[0] == '\\'), room, sizeof(room));
	smb2_write_create(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	if (status != STATUS_OK) {
		fail(s, x, status);
		return;
	}
	s->file += 4;
	file_id(s, a.file_id);
	w = begin(s, x, true, STATUS_OK);
	smb2_write_created(&w, &a);
	answer(s, x, &w);
}

static struct exchange with_data(uint16_t cmd, size_t len)
{
	return (struct exchange){cmd, (uint16_t)(len == 0 ? 1 : (len - 1) / CREDIT + 1)};
}

static void two_read(struct smb *s, struct bytes data)
{
	struct exchange x = with_data(SMB2_READ, data.len);
	struct smb2_read q = {.offset = s->is_pipe ? 0 : s->offset,
			      .count = s->is_pipe ? 1024 : (uint32_t)data.len};
	struct writer w = ask(s, x);

	file_id(s, q.file_id);
	smb2_write_read(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	w = begin(s, x, true, STATUS_OK);
	smb2_write_data(&w, &(struct smb2_data){.data_len = data.len, .data = data});
	answer(s, x, &w);
}

static void two_write(struct smb *s, struct bytes data, bool answered)
{
	struct exchange x = with_data(SMB2_WRITE, data.len);
	struct smb2_write q = {
		.offset = s->is_pipe ? 0 : s->offset, .data_len = data.len, .data = data};
	struct writer w = ask(s, x);

	file_id(s, q.file_id);
	smb2_write_write(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	if (!answered)
		return;
	w = begin(s, x, true, STATUS_OK);
	smb2_write_written(&w, (uint32_t)data.len);
	answer(s, x, &w);
}

static void two_shut(struct smb *s)
{
	struct exchange x = {SMB2_CLOSE, 1};
	struct smb2_close q;
	struct writer w = ask(s, x);

	file_id(s, q.file_id);
	smb2_write_close(&w, &q);
	smb_send(s, TCP_CLIENT, &w);
	w = begin(s, x, true, STATUS_OK);
	smb2_write_closed(&w);
	answer(s, x, &w);
}

static void empty(struct smb *s, uint16_t cmd)
{
	struct exchange x = {cmd, 1};
	struct writer w = ask(s, x);

	smb2_write_empty(&w);
	smb_send(s, TCP_CLIENT, &w);
	w = begin(s, x, true, STATUS_OK);
	smb2_write_empty(&w);
	answer(s, x, &w);
}

static void two_logoff(struct smb *s)
{
	empty(s, SMB2_TREE_DISCONNECT);
	empty(s, SMB2_LOGOFF);
}

static void two_transact(struct smb *s, struct bytes data, struct bytes reply, size_t piece)
{
	struct exchange x = {SMB2_IOCTL, 1};
	struct smb2_ioctl q = {.code = SMB2_PIPE_TRANSCEIVE, .data_len = data.len, .data = data};
	struct writer w = ask(s, x);

	(void)piece; /* one IOCTL holds it all: SMB 2 has no secondaries */
	file_id(s, q.file_id);
	smb2_write_ioctl(&w, false, &q);
	smb_send(s, TCP_CLIENT, &w);
	if (reply.len == 0)
		return;
	q.data = reply;
	q.data_len = reply.len;
	w = begin(s, x, true, STATUS_OK);
	smb2_write_ioctl(&w, true, &q);
	answer(s, x, &w);
}

const struct smb_verbs smb_two = {two_negotiate, two_logon, two_tree,   two_open,    two_read,
				  two_write,     two_shut,  two_logoff, two_transact};
