/*
 * SMB 1: from a message's head to events, and to whose contents follow.
 *
 * Answers do not repeat what they answer, so requests are remembered by MID and PID. All commands
 * of an AndX chain share them.
 */
#include "proto/smb1_walk.h"

/* Is this status a no? */
static bool is_refused(const struct smb1_header *h)
{
	const uint32_t more_processing = 0xc0000016;

	if ((h->flags2 & SMB1_FLAG2_NT_STATUS) == 0)
		return (h->status & 0xff) != 0; /* the class of a DOS error */
	return h->status >> 30 == 3 && h->status != more_processing;
}

static bool has_letter(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t letter = text.at[i] | 0x20;

		if (letter >= 'a' && letter <= 'z')
			return true;
	}
	return false;
}

/* What both sides' setups say of themselves. Exploits fill these fields with anything, and many
 * clients say "." for no domain. */
static void tell_native(const struct walk *w, struct ev_ident *ident)
{
	if (!has_letter(ident->os))
		ident->os = (struct bytes){NULL, 0};
	if (!has_letter(ident->note))
		ident->note = (struct bytes){NULL, 0};
	if (bytes_eq(ident->domain, BYTES(".")) || bytes_eq(ident->domain, BYTES("?")))
		ident->domain = (struct bytes){NULL, 0};
	if (ident->user.len + ident->name.len + ident->domain.len + ident->os.len +
		    ident->note.len >
	    0)
		logon_tell(w->m->dir, ident, w->out);
}

struct texts {
	struct logon_text user, domain, name, os, lanman;
};

static void session_setup(struct walk *w, const struct smb1_block *b)
{
	struct smb1_session_setup s;
	struct texts t;

	if (!smb1_read_session_setup(w->m->head, b, w->is_unicode, &s))
		return;
	(void)logon_blob(&w->f->logon, w->key, w->m->dir, s.blob, w->out);

	struct ev_ident ident = {
		.from = IDENT_SMB1,
		.domain = logon_text(s.domain, s.is_unicode, &t.domain),
		.os = logon_text(s.os, s.is_unicode, &t.os),
		.note = logon_text(s.lanman, s.is_unicode, &t.lanman),
	};

	logon_account(&ident, logon_text(s.account, s.is_unicode, &t.user));
	logon_claim(&w->f->logon, w->key, &ident);
	tell_native(w, &ident);
}

static void session(struct walk *w, const struct smb1_block *b)
{
	struct smb1_session s;
	struct texts t;

	logon_answered(&w->f->logon, w->key, w->m->dir, is_refused(&w->h), w->out);
	if (!smb1_read_session(w->m->head, b, w->is_unicode, &s))
		return;
	(void)logon_blob(NULL, 0, w->m->dir, s.blob, w->out);

	struct ev_ident ident = {
		.from = IDENT_SMB1,
		.domain = logon_text(s.domain, s.is_unicode, &t.domain),
		.os = logon_text(s.os, s.is_unicode, &t.os),
		.note = logon_text(s.lanman, s.is_unicode, &t.lanman),
	};

	tell_native(w, &ident);
}

static void negotiated(struct walk *w, const struct smb1_block *b)
{
	struct smb1_negotiated n;
	struct bytes domain, server;
	struct texts t;

	if (!smb1_read_negotiated(w->m->head, b, &n))
		return;
	if (smb1_is_extended(&n)) {
		logon_guid(w->m->dir, IDENT_SMB1, bytes_slice(n.rest, 0, SMB1_GUID), w->out);
		(void)logon_blob(NULL, 0, w->m->dir, bytes_slice(n.rest, SMB1_GUID, SIZE_MAX),
				 w->out);
		return;
	}
	smb1_server_names(&n, &domain, &server);
	bool is_unicode = (n.capabilities & SMB1_CAP_UNICODE) != 0;
	struct ev_ident ident = {
		.from = IDENT_SMB1,
		.domain = logon_text(domain, is_unicode, &t.domain),
		.name = logon_text(server, is_unicode, &t.name),
	};

	tell_native(w, &ident);
}

static void request(struct walk *w, const struct smb1_block *b)
{
	struct smb1_write raw;

	switch (b->cmd) {
	case SMB1_SESSION_SETUP:
		session_setup(w, b);
		break;
	case SMB1_TREE_CONNECT_ANDX:
	case SMB1_TREE_CONNECT:
		walk_tree_connect(w, b);
		break;
	case SMB1_TREE_DISCONNECT:
		w->name = NULL;
		trees_del(w->f, w->h.tid);
		break;
	case SMB1_NT_CREATE:
	case SMB1_OPEN_ANDX:
	case SMB1_OPEN:
	case SMB1_CREATE:
	case SMB1_CREATE_NEW:
		walk_create(w, b);
		break;
	case SMB1_CLOSE:
		walk_close_file(w, b);
		break;
	case SMB1_WRITE_ANDX:
	case SMB1_WRITE:
	case SMB1_WRITE_AND_UNLOCK:
	case SMB1_WRITE_AND_CLOSE:
		walk_write_file(w, b);
		break;
	case SMB1_WRITE_RAW:
		if (smb1_read_write(w->m->head, b, &raw))
			w->ev.fid = raw.fid;
		w->f->raw_next[w->m->dir] = true;
		break;
	case SMB1_READ_RAW:
		w->f->raw_next[dir_other(w->m->dir)] = true;
		walk_read_file(w, b);
		break;
	case SMB1_READ_ANDX:
	case SMB1_READ:
	case SMB1_LOCK_AND_READ:
		walk_read_file(w, b);
		break;
	case SMB1_TRANS:
	case SMB1_TRANS_SECONDARY:
		walk_trans(w, b);
		break;
	case SMB1_TRANS2:
	case SMB1_TRANS2_SECONDARY:
	case SMB1_NT_TRANS:
	case SMB1_NT_TRANS_SECONDARY:
		walk_other_trans(w, b);
		break;
	default:
		break;
	}
}

static bool is_secondary(uint8_t cmd)
{
	return cmd == SMB1_TRANS_SECONDARY || cmd == SMB1_TRANS2_SECONDARY ||
	       cmd == SMB1_NT_TRANS_SECONDARY;
}

/* True: the request stays open. */
static bool response(struct walk *w, const struct smb1_block *b)
{
	struct pending *p = walk_pending(w);

	switch (b->cmd) {
	case SMB1_NEGOTIATE:
		negotiated(w, b);
		return false;
	case SMB1_SESSION_SETUP:
		session(w, b);
		return false;
	case SMB1_TREE_CONNECT_ANDX:
	case SMB1_TREE_CONNECT:
		walk_tree_connected(w, b);
		return false;
	case SMB1_NT_CREATE:
	case SMB1_OPEN_ANDX:
	case SMB1_OPEN:
	case SMB1_CREATE:
	case SMB1_CREATE_NEW:
		walk_created(w, b);
		return false;
	case SMB1_READ_ANDX:
	case SMB1_READ:
	case SMB1_LOCK_AND_READ:
		walk_read_done(w, b);
		return false;
	case SMB1_TRANS:
		return walk_trans_done(w, b);
	case SMB1_TRANS2:
	case SMB1_NT_TRANS:
		walk_other_trans(w, b);
		return b->words.len == 0 && w->h.status == 0;
	default:
		w->name = p == NULL ? NULL : p->used;
		w->ev.fid = p == NULL ? SMB1_NO_FID : p->fid;
		return false;
	}
}

static void tell(struct walk *w, const struct smb1_block *b)
{
	struct event ev = {.kind = EV_SMB1, .smb1 = w->ev};

	ev.smb1.cmd = b->cmd;
	ev.smb1.name = file_name(w->name);
	if ((w->out->wants & EV_BIT(EV_SMB1)) != 0)
		w->out->event(w->out->ctx, w->m->dir, &ev);
	if (w->later_file != NULL)
		file_feed(w->f, w->later_file, w->m->dir, w->later, true, EV_CARRIER_SMB1, w->out);
	file_drop(w->f, w->later_file);
	w->later_file = NULL;
}

/* One block. True: its request stays open. */
static bool block(struct walk *w, const struct smb1_block *b, uint16_t chain)
{
	bool stays = true;

	w->name = NULL;
	w->ev = (struct ev_smb1){
		.flags = w->h.flags,
		.flags2 = w->h.flags2,
		.status = w->h.status,
		.tid = w->h.tid,
		.uid = w->h.uid,
		.mid = w->h.mid,
		.pid = w->h.pid,
		.fid = SMB1_NO_FID,
		.trans_sub = SMB1_NO_FID,
		.chain = chain,
		.is_response = w->is_response,
	};
	if (w->is_response)
		stays = response(w, b);
	else
		request(w, b);
	tell(w, b);
	return stays;
}

void smb1_message(struct files *f, const struct smb_message *m, struct smb_body *ret_body,
		  const struct proto_out *out)
{
	struct walk w = {.f = f, .m = m, .body = ret_body, .out = out};
	struct smb1_block b;
	size_t at = SMB1_HEADER;
	bool stays = true;

	*ret_body = (struct smb_body){0};
	if (!smb1_read_header(m->head, &w.h)) {
		walk_anomaly(&w, "short-header");
		return;
	}
	w.is_response = (w.h.flags & SMB1_FLAG_REPLY) != 0;
	w.is_unicode = (w.h.flags2 & SMB1_FLAG2_UNICODE) != 0;
	w.key = (uint64_t)w.h.pid << 16 | w.h.mid;
	if (!w.is_response && !is_secondary(w.h.cmd))
		pending_del(f, w.key);

	uint8_t cmd = w.h.cmd;

	for (uint16_t chain = 0;; chain++) {
		if (!smb1_read_block(m->head, cmd, at, &b)) {
			walk_anomaly(&w, chain == 0 ? "short-block" : "andx-offset");
			break;
		}
		stays = block(&w, &b, chain);
		enum smb1_chain next = smb1_next(&b, &cmd, &at);

		if (next == SMB1_CHAIN_BAD)
			walk_anomaly(&w, "andx-loop");
		if (next == SMB1_CHAIN_NEXT && chain + 1 == CHAIN_MAX)
			walk_anomaly(&w, "andx-too-long");
		if (next != SMB1_CHAIN_NEXT || chain + 1 == CHAIN_MAX)
			break;
	}
	if (w.is_response && !stays)
		pending_del(f, w.key);
}
