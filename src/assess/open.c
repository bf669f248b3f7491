/*
 * What a machine says to anybody: SMB negotiate and NTLM challenge (ask/smb.c), which dialects it
 * takes, whether SMB 1 is on, and whether it opens a session for nobody.
 *
 * In that session one more question is asked, the well-known harmless one for MS17-010: what a
 * PeekNamedPipe of FID 0 is answered with. An unpatched server looks for the room that the answer
 * could need before it looks at the FID, and says that it has too little (FACTS: measured on an
 * unpatched Windows 7 and described by nmap's smb-vuln-ms17-010); a patched one says that there is
 * no such FID, or that nobody may ask. Nothing else is sent, and nothing is opened.
 */
#include <errno.h>
#include <stdio.h>

#include "assess/visit.h"
#include "base/text.h"
#include "naming/spnego.h"
#include "wire/smb1_trans.h"

/* MS-ERREF 2.3.1 */
static const uint32_t more_processing = 0xc0000016, invalid_handle = 0xc0000008,
		      access_denied = 0xc0000022, insuff_server_resources = 0xc0000205;

enum { TREE_PATH = 2 * (ADDR_TEXT + 16) };

static void tell(const struct visit *v, enum observed state, const char *key, const char *value)
{
	visit_tell(v, BY_SMB, state, key, value);
}

/* Why an exchange broke off, as the reason for what is not known. */
static void tell_lost(const struct visit *v, const char *key, int why, struct answer *ret_answer)
{
	tell(v, OBSERVED_UNREADABLE, key, smb_words(why));
	answer_add(ret_answer, "%s", smb_words(why));
}

static void tell_signing(const struct visit *v)
{
	enum { ENABLED = 1, REQUIRED = 2, ENABLED_1 = 4, REQUIRED_1 = 8 };
	bool is_smb2 = v->smb == MESSAGE_SMB2;
	unsigned mode = v->heard.security_mode;
	bool is_required = (mode & (is_smb2 ? REQUIRED : REQUIRED_1)) != 0;
	bool is_enabled = (mode & (is_smb2 ? ENABLED : ENABLED_1)) != 0;

	tell(v, OBSERVED_VALUE, "smb.signing",
	     is_required  ? "required"
	     : is_enabled ? "enabled"
			  : "off");
}

static void tell_boot(const struct visit *v)
{
	const uint64_t from_1601 = 11644473600ull, ticks = 10000000ull;
	uint64_t s = v->heard.start_time / ticks;
	char text[TEXT_TIME];

	if (s <= from_1601 || s - from_1601 > UINT32_MAX)
		return;
	tell(v, OBSERVED_VALUE, "os.boot", text_time((s - from_1601) * 1000000000, text));
}

void visit_negotiate(struct visit *v, struct answer *ret_answer)
{
	const struct ntlm_version *n = &v->heard.version;
	char version[32];

	smb_hear(v->asking, true, ret_answer, &v->heard);
	v->smb = v->heard.speaks;
	if (v->smb == 0)
		return;
	tell_signing(v);
	tell_boot(v);
	if (v->heard.dialect != SMB_3_1_1)
		tell(v, OBSERVED_ABSENT, "smb.compression", "");
	else
		tell(v, OBSERVED_VALUE, "smb.compression",
		     v->heard.takes_compression ? "offered" : "none");
	if (!v->heard.has_version)
		return;
	(void)snprintf(version, sizeof(version), "%u.%u.%u", n->major, n->minor, n->build);
	tell(v, OBSERVED_VALUE, "smb.build", version);
	if (n->build != 0) /* Samba says 6.1.0 */
		tell(v, OBSERVED_VALUE, "os.version", version);
}

static const char *dialect_name(uint16_t dialect)
{
	switch (dialect) {
	case SMB_2_0_2:
		return "2.02";
	case SMB_2_1:
		return "2.1";
	case SMB_3_0:
		return "3.0";
	case SMB_3_0_2:
		return "3.0.2";
	default:
		return "3.1.1";
	}
}

static uint16_t older_than(uint16_t dialect)
{
	uint16_t n = 0;

	while (n < SMB_DIALECTS && smb_dialects[n] < dialect)
		n++;
	return n;
}

/* Offers what is older than what it took last, until it takes none: each connection finds one. */
void visit_dialects(struct visit *v, struct answer *ret_answer)
{
	struct smb_talk *t = smb_talk_of(v->asking);
	bool takes[SMB_DIALECTS] = {false};
	char text[64];
	size_t len = 0;
	struct smb2_negotiated n = {.dialect = v->heard.dialect};

	while (n.dialect != 0) {
		uint16_t older = older_than(n.dialect);

		if (older < SMB_DIALECTS && smb_dialects[older] == n.dialect) {
			takes[older] = true;
			v->lowest = n.dialect;
		}
		if (older == 0)
			break;
		t->status = 0;
		if (!smb_connect(t) || !smb_negotiate2(t, smb_dialects, older, false, &n)) {
			if (t->status != 0 || errno == EPIPE || errno == ECONNRESET)
				break; /* refused: it takes none of these */
			tell_lost(v, "smb.dialects", errno, ret_answer);
			smb_hang_up(t);
			return;
		}
		if (older_than(n.dialect) >= older)
			break; /* it takes what was not offered: no more is believed */
	}
	smb_hang_up(t);
	text[0] = '\0';
	if (v->has_smb1)
		len = (size_t)snprintf(text, sizeof(text), "NT1 ");
	for (size_t i = 0; i < SMB_DIALECTS; i++) {
		if (takes[i])
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s ",
						dialect_name(smb_dialects[i]));
	}
	if (len > 0)
		text[len - 1] = '\0';
	answer_add(ret_answer, "%s", text);
	ret_answer->is_ok = true;
	if (v->knows_smb1)
		tell(v, OBSERVED_VALUE, "smb.dialects", text);
	else
		tell(v, OBSERVED_UNREADABLE, "smb.dialects", "whether SMB 1 is on is not known");
}

/* "\\10.1.2.3\IPC$" in UTF-16. */
static struct bytes tree_path(const struct visit *v, uint8_t *room)
{
	char host[ADDR_TEXT], text[TREE_PATH / 2];
	size_t len = (size_t)snprintf(text, sizeof(text), "\\\\%s\\IPC$",
				      addr_format(&v->asking->addr, host));

	for (size_t i = 0; i < len; i++) {
		room[2 * i] = (uint8_t)text[i];
		room[2 * i + 1] = 0;
	}
	return (struct bytes){room, 2 * len};
}

static bool ask1(struct smb_talk *t, struct smb1_header *h, struct writer *w)
{
	struct bytes block = bytes_slice((struct bytes){w->at, w->len}, SMB1_HEADER, w->len);
	struct smb1_header got;
	struct smb1_block b;

	/* What was written stands behind a header, for its offsets; smb_ask1() writes its own. */
	if (w->bad || !smb_ask1(t, h, block, &got, &b))
		return false;
	h->status = got.status;
	h->uid = got.uid;
	h->tid = got.tid;
	return true;
}

static void next1(struct smb1_header *h, uint8_t cmd, struct writer *w)
{
	h->cmd = cmd;
	h->status = 0;
	h->mid++;
	w->len = 0;
	smb1_write_header(w, h);
}

/* With empty names and no passwords, as nobody. False: broke off, errno. */
static bool null_session1(const struct visit *v, struct smb_talk *t, struct smb1_header *h,
			  bool *ret_is_in)
{
	uint8_t room[SMB_REQUEST_MAX], path[TREE_PATH];
	struct writer w = {.at = room, .cap = sizeof(room)};
	const struct smb1_session_setup nobody = {.is_unicode = true};
	const struct smb1_tree_connect ipc = {
		.is_unicode = true, .path = tree_path(v, path), .service = BYTES("?????")};

	*ret_is_in = false;
	next1(h, SMB1_SESSION_SETUP, &w);
	smb1_write_session_setup(&w, &nobody);
	if (!ask1(t, h, &w))
		return false;
	if (h->status != 0)
		return true;
	next1(h, SMB1_TREE_CONNECT_ANDX, &w);
	smb1_write_tree_connect(&w, &ipc);
	if (!ask1(t, h, &w))
		return false;
	*ret_is_in = h->status == 0;
	return true;
}

static void tell_null_session(struct visit *v, bool is_in, struct answer *ret_answer)
{
	v->has_null_session = true;
	v->lets_nobody_in = is_in;
	tell(v, OBSERVED_VALUE, "smb.null-session", is_in ? "yes" : "no");
	answer_add(ret_answer, "%s", is_in ? "a null session" : "no null session");
}

static void peek(const struct visit *v, struct smb_talk *t, struct smb1_header *h,
		 struct answer *ret_answer)
{
	static const char key[] = "smb.ms17-010";
	uint8_t room[SMB_REQUEST_MAX];
	struct writer w = {.at = room, .cap = sizeof(room)};
	const struct smb1_trans question = {
		.cmd = SMB1_TRANS,
		.n_setup = 2,
		.setup = {SMB1_PIPE_PEEK, 0},
		.max_params = 0xffff,
		.max_data = 0xffff,
		.name = BYTES("\\PIPE\\"),
	};
	char text[64];

	h->flags2 = SMB1_FLAG2_NT_STATUS;
	next1(h, SMB1_TRANS, &w);
	smb1_write_trans(&w, &question);
	if (!ask1(t, h, &w)) {
		tell_lost(v, key, errno, ret_answer);
		return;
	}
	if (h->status == insuff_server_resources) {
		tell(v, OBSERVED_VALUE, key, "answers as unpatched");
		answer_add(ret_answer, "MS17-010: answers as unpatched");
	} else if (h->status == invalid_handle || h->status == access_denied) {
		tell(v, OBSERVED_VALUE, key, "answers as patched");
		answer_add(ret_answer, "MS17-010: answers as patched");
	} else {
		(void)snprintf(text, sizeof(text), "answers with 0x%08x, which proves nothing",
			       h->status);
		tell(v, OBSERVED_UNREADABLE, key, text);
		answer_add(ret_answer, "MS17-010: %s", text);
	}
}

static void talk_smb1(struct visit *v, struct smb_talk *t, struct answer *ret_answer)
{
	struct smb1_header h = {
		.flags2 = SMB1_FLAG2_UNICODE | SMB1_FLAG2_NT_STATUS, .pid = 1, .mid = 1};
	bool is_in = false;

	if (!null_session1(v, t, &h, &is_in)) {
		int why = errno;

		tell(v, OBSERVED_UNREADABLE, "smb.ms17-010", "the null session broke off");
		if (v->smb == MESSAGE_SMB2) /* then it is tried once more, over SMB 2 */
			answer_add(ret_answer, "%s", smb_words(why));
		else
			tell_lost(v, "smb.null-session", why, ret_answer);
		return;
	}
	tell_null_session(v, is_in, ret_answer);
	if (is_in)
		peek(v, t, &h, ret_answer);
	else
		tell(v, OBSERVED_UNREADABLE, "smb.ms17-010",
		     "only a null session could ask, and it was refused");
}

void visit_smb1(struct visit *v, struct answer *ret_answer)
{
	struct smb_talk *t = smb_talk_of(v->asking);
	struct smb1_negotiated n;
	bool is_answered = smb_connect(t) && smb_negotiate1(t, false, &n);

	/* Whoever has switched it off closes the connection, or takes no dialect. */
	if (!is_answered && errno != EPIPE && errno != ECONNRESET) {
		tell_lost(v, "smb.smb1", errno, ret_answer);
		tell(v, OBSERVED_UNREADABLE, "smb.ms17-010", "whether SMB 1 is on is not known");
		smb_hang_up(t);
		return;
	}
	ret_answer->is_ok = v->knows_smb1 = true;
	v->has_smb1 = is_answered && n.dialect != SMB1_NO_DIALECT;
	tell(v, OBSERVED_VALUE, "smb.smb1", v->has_smb1 ? "on" : "off");
	answer_add(ret_answer, "SMB 1 is %s", v->has_smb1 ? "on" : "off");
	if (v->has_smb1)
		talk_smb1(v, t, ret_answer);
	else
		tell(v, OBSERVED_ABSENT, "smb.ms17-010", "");
	smb_hang_up(t);
}

static bool ask2(struct smb_talk *t, struct smb2_header *h, struct writer *w)
{
	uint16_t cmd = h->cmd;

	errno = EPROTO;
	return !w->bad && smb_exchange(t, (struct bytes){w->at, w->len}) &&
	       smb2_read_header(t->reply, h) && h->cmd == cmd && (h->flags & SMB2_FLAG_REPLY) != 0;
}

static void next2(struct smb2_header *h, uint16_t cmd, struct writer *w)
{
	*h = (struct smb2_header){.cmd = cmd,
				  .credits = 1,
				  .credit_charge = 1,
				  .msg_id = h->msg_id + 1,
				  .session_id = h->session_id,
				  .tid = h->tid};
	w->len = 0;
	smb2_write_header(w, h);
}

/* The last message of NTLM without a name: MS-NLMP 3.2.5.1.2, "anonymous". */
static void write_nobody(struct writer *w)
{
	static const uint8_t lm[1] = {0};
	const struct ntlm nobody = {
		.type = NTLM_AUTHENTICATE,
		.flags = NTLM_NTLM | NTLM_ANONYMOUS | NTLM_EXTENDED_SECURITY | NTLM_REQUEST_TARGET,
		.is_unicode = true,
		.authenticate = {.lm = {lm, sizeof(lm)}},
	};
	uint8_t token[128], blob[256];
	struct writer inner = {.at = token, .cap = sizeof(token)};
	struct writer outer = {.at = blob, .cap = sizeof(blob)};
	struct spnego s = {.carries = SPNEGO_NTLM, .state = SPNEGO_NO_STATE};

	ntlm_write(&inner, &nobody);
	s.token = (struct bytes){token, inner.len};
	spnego_write_resp(&outer, &s);
	smb2_write_session_setup(w, &(struct smb2_session){.blob = {blob, outer.len}});
}

/* False: broke off, errno. */
static bool null_session2(const struct visit *v, struct smb_talk *t, bool *ret_is_in)
{
	uint8_t room[SMB_REQUEST_MAX], path[TREE_PATH], offer[256];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb2_header h = {0};
	const struct smb2_tree_connect ipc = {tree_path(v, path)};

	*ret_is_in = false;
	next2(&h, SMB2_SESSION_SETUP, &w);
	smb2_write_session_setup(
		&w, &(struct smb2_session){.blob = smb_ntlm_offer(offer, sizeof(offer))});
	if (!ask2(t, &h, &w))
		return false;
	if (h.status != more_processing)
		return true;
	next2(&h, SMB2_SESSION_SETUP, &w);
	write_nobody(&w);
	if (!ask2(t, &h, &w))
		return false;
	if (h.status != 0)
		return true;
	next2(&h, SMB2_TREE_CONNECT, &w);
	smb2_write_tree_connect(&w, &ipc);
	if (!ask2(t, &h, &w))
		return errno == EPIPE || errno == ECONNRESET; /* so it refuses, too */
	*ret_is_in = h.status == 0;
	return true;
}

/* Over the oldest of its dialects: in 3.1.1 more is signed than nobody can sign. */
void visit_null_session(struct visit *v, struct answer *ret_answer)
{
	struct smb_talk *t = smb_talk_of(v->asking);
	uint16_t n = v->lowest != 0 ? (uint16_t)(older_than(v->lowest) + 1) : SMB_DIALECTS;
	struct smb2_negotiated negotiated;
	bool is_in = false;

	if (!smb_connect(t) || !smb_negotiate2(t, smb_dialects, n, false, &negotiated) ||
	    !null_session2(v, t, &is_in)) {
		tell_lost(v, "smb.null-session", errno, ret_answer);
	} else {
		ret_answer->is_ok = true;
		tell_null_session(v, is_in, ret_answer);
	}
	smb_hang_up(t);
}
