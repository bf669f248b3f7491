/*
 * SMB 1: from a message's head to events, and to whose contents follow.
 *
 * Answers do not repeat what they answer, so requests are remembered by MID and PID. All commands
 * of an AndX chain share them.
 */
#include "proto/smb.h"

#include <strings.h>

#include "wire/smb1_body.h"
#include "wire/smb1_trans.h"

enum { CHAIN_MAX = 16 }; /* commands in one message; real clients chain three */

struct walk { /* one message */
	struct files *f;
	const struct smb_message *m;
	struct smb_body *body;
	const struct proto_out *out;
	struct smb1_header h;
	bool is_response, is_unicode;
	uint64_t key;
	struct ev_smb1 ev;       /* of the block at hand */
	const struct file *name; /* whose name it gets */
	struct bytes later;      /* contents that are all here: fed once the event is out */
	struct file *later_file;
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t trans_head(const struct smb1_trans *t, const struct smb1_block *b)
{
	size_t name = b->data_at + least(b->byte_count, EV_NAME_MAX);
	size_t data = t->data.at + least(t->data.count, SNIFF);

	if (t->data.count != t->data.total)
		data = t->data.at + t->data.count;
	return t->is_response || data > name ? data : name;
}

/* How much of the message the block at hand needs. */
static size_t block_head(struct bytes msg, const struct smb1_block *b, const struct smb1_header *h)
{
	bool is_response = (h->flags & SMB1_FLAG_REPLY) != 0;
	struct smb1_write x;
	struct smb1_data d;
	struct smb1_trans t;

	switch (b->cmd) {
	case SMB1_TREE_CONNECT_ANDX:
	case SMB1_TREE_CONNECT:
	case SMB1_NT_CREATE:
	case SMB1_OPEN_ANDX:
	case SMB1_OPEN:
	case SMB1_CREATE:
	case SMB1_CREATE_NEW:
		return b->data_at + b->byte_count;
	case SMB1_WRITE_ANDX:
	case SMB1_WRITE:
	case SMB1_WRITE_AND_UNLOCK:
	case SMB1_WRITE_AND_CLOSE:
	case SMB1_WRITE_RAW:
		if (!is_response && smb1_read_write(msg, b, &x))
			return x.data_at + least(x.data_len, SNIFF);
		return b->data_at;
	case SMB1_READ_ANDX:
	case SMB1_READ:
	case SMB1_LOCK_AND_READ:
		if (is_response && smb1_read_data(msg, b, &d))
			return d.data_at + least(d.data_len, SNIFF);
		return b->data_at;
	case SMB1_TRANS:
	case SMB1_TRANS_SECONDARY:
		if (smb1_read_trans(msg, b, h, &t))
			return trans_head(&t, b);
		return b->data_at;
	default:
		return b->data_at;
	}
}

size_t smb1_head(struct bytes head, size_t whole)
{
	size_t cap = least(whole, SMB_HEAD_MAX), need = SMB1_HEADER + 1, at = SMB1_HEADER;
	struct smb1_header h;

	if (head.len < need || !smb1_read_header(head, &h))
		return least(need, cap);

	uint8_t cmd = h.cmd;

	for (unsigned i = 0; i < CHAIN_MAX && at < cap; i++) {
		struct smb1_block b;
		struct reader r = {.rest = bytes_slice(head, at, SIZE_MAX)};
		size_t words = at + 1 + 2 * (size_t)rd_u8(&r) + 2;

		need = words > need ? words : need;
		if (!smb1_read_block(head, cmd, at, &b))
			break;
		size_t want = block_head(head, &b, &h);

		need = want > need ? want : need;
		if (smb1_next(&b, &cmd, &at) != SMB1_CHAIN_NEXT)
			break;
		need = at + 1 > need ? at + 1 : need;
	}
	return least(need, cap);
}

static struct file_id id_of(uint16_t fid)
{
	return (struct file_id){{(uint8_t)fid, (uint8_t)(fid >> 8)}};
}

static void anomaly(const struct walk *w, const char *what)
{
	w->out->anomaly(w->out->ctx, w->m->dir, "smb1", what);
}

static void limit(const struct walk *w)
{
	quota_hit(w->f->quota, w->m->dir, w->out);
}

/* The file of `fid`, borrowed. One that nobody saw opened is made up: its contents will show what
 * it is. NULL: the limits. */
static struct file *file_of(const struct walk *w, uint16_t fid, struct bytes contents)
{
	struct file_id id = id_of(fid);
	struct file *file = files_get(w->f, &id);

	if (file != NULL || contents.len < SNIFF || contents.at[0] != 5)
		return file;
	file = file_new(w->f, (struct bytes){NULL, 0}, false, FILE_UNKNOWN);
	if (file == NULL || !files_set(w->f, &id, file)) {
		limit(w);
		return NULL;
	}
	return file;
}

/* Contents of `file` at `at` of the message: now, if they are all there, else as they pass. */
static void contents(struct walk *w, struct file *file, size_t at, size_t len)
{
	if (at + len > w->m->whole) {
		anomaly(w, "data-past-end");
		len = at < w->m->whole ? w->m->whole - at : 0;
	}
	if (file == NULL || file->kind == FILE_DISK || len == 0)
		return;
	if (at + len <= w->m->head.len) {
		w->later = bytes_slice(w->m->head, at, len);
		w->later_file = file_hold(file);
	} else if (w->body->file == NULL) {
		*w->body = (struct smb_body){at, at + len, file_hold(file), EV_CARRIER_SMB1};
	} else {
		anomaly(w, "two-bodies");
	}
}

static struct pending *pending(struct walk *w)
{
	struct pending *p = pending_get(w->f, w->key);

	if (p == NULL && !w->is_response) {
		p = pending_put(w->f, w->key);
		if (p == NULL)
			limit(w);
		else
			p->fid = SMB1_NO_FID;
	}
	return p;
}

static void remember(struct walk *w, struct file *file, uint16_t fid)
{
	struct pending *p = pending(w);

	if (p == NULL)
		return;
	file_drop(w->f, p->used);
	p->used = file_hold(file);
	p->fid = fid;
}

static void tree_connect(struct walk *w, const struct smb1_block *b)
{
	struct smb1_tree_connect t;
	struct pending *p = pending(w);

	if (p == NULL || !smb1_read_tree_connect(w->m->head, b, w->is_unicode, &t))
		return;
	file_drop(w->f, p->tree);
	p->tree = file_new(w->f, t.path, w->is_unicode, FILE_DISK);
	w->name = p->tree;
	if (p->tree == NULL) {
		limit(w);
		return;
	}
	struct bytes n = file_name(p->tree);

	if (n.len >= 4 && strncasecmp((const char *)n.at + n.len - 4, "IPC$", 4) == 0)
		p->tree->kind = FILE_PIPE;
}

static void tree_connected(struct walk *w, const struct smb1_block *b)
{
	struct smb1_tree t;
	struct pending *p = pending(w);

	w->name = p == NULL ? NULL : p->tree;
	if (w->h.status != 0 || !smb1_read_tree(w->m->head, b, &t))
		return;

	struct file *tree = p == NULL ? NULL : file_hold(p->tree);
	bool is_pipe = t.service.len == 3 && memcmp(t.service.at, "IPC", 3) == 0;

	if (tree == NULL)
		tree = file_new(w->f, (struct bytes){NULL, 0}, false, FILE_DISK);
	if (tree != NULL && t.service.len > 0)
		tree->kind = is_pipe ? FILE_PIPE : FILE_DISK;
	if (tree == NULL || !trees_set(w->f, w->h.tid, tree))
		limit(w);
}

static void create(struct walk *w, const struct smb1_block *b)
{
	struct smb1_nt_create c;
	struct pending *p = pending(w);

	if (p == NULL || !smb1_read_create(w->m->head, b, w->is_unicode, &c))
		return;
	/* In a chain behind a tree connect the tree is the one that is being connected. */
	enum file_kind kind = tree_kind(p->tree != NULL ? p->tree : trees_get(w->f, w->h.tid));

	file_drop(w->f, p->made);
	p->made = file_new(w->f, c.name, w->is_unicode, kind);
	w->name = p->made;
	if (p->made == NULL)
		limit(w);
}

static void created(struct walk *w, const struct smb1_block *b)
{
	struct smb1_opened o;
	struct pending *p = pending(w);

	w->name = p == NULL ? NULL : p->made;
	if (!smb1_read_opened(b, &o))
		return;

	struct file *file = p == NULL ? NULL : file_hold(p->made);
	struct file_id id = id_of(o.fid);

	w->ev.fid = o.fid;
	if (file == NULL)
		file = file_new(w->f, (struct bytes){NULL, 0}, false, FILE_UNKNOWN);
	if (file != NULL && (o.type == SMB1_TYPE_BYTE_PIPE || o.type == SMB1_TYPE_MESSAGE_PIPE))
		file->kind = FILE_PIPE;
	if (file == NULL || !files_set(w->f, &id, file))
		limit(w);
}

static void close_file(struct walk *w, const struct smb1_block *b)
{
	uint16_t fid = SMB1_NO_FID;

	if (!smb1_read_close(b, &fid))
		return;

	struct file_id id = id_of(fid);
	struct file *file = files_take(w->f, &id);

	w->ev.fid = fid;
	remember(w, file, fid);
	w->name = pending(w) == NULL ? NULL : file;
	file_drop(w->f, file);
}

static void write_file(struct walk *w, const struct smb1_block *b)
{
	struct smb1_write x;

	if (!smb1_read_write(w->m->head, b, &x))
		return;
	/* Message mode with both bits: two bytes of length come first (MS-CIFS 2.2.4.43.1). */
	if ((x.mode & (SMB1_WRITE_RAW_PIPE | SMB1_WRITE_START)) ==
		    (SMB1_WRITE_RAW_PIPE | SMB1_WRITE_START) &&
	    b->cmd == SMB1_WRITE_ANDX && x.data_len >= 2 && x.data.len >= 2 && x.data.at[0] != 5) {
		x.data_at += 2;
		x.data_len -= 2;
		x.data = bytes_slice(x.data, 2, SIZE_MAX);
	}
	struct file *file = file_of(w, x.fid, x.data);

	w->ev.fid = x.fid;
	w->name = file;
	remember(w, file, x.fid);
	contents(w, file, x.data_at, x.data_len);
}

static void read_file(struct walk *w, const struct smb1_block *b)
{
	struct smb1_read x;
	struct pending *p = pending(w);

	if (!smb1_read_read(b, &x))
		return;
	w->ev.fid = x.fid;
	struct file_id id = id_of(x.fid);
	struct file *file = files_get(w->f, &id);

	/* Chained behind a create, it reads what that opens. */
	if (w->ev.chain > 0 && p != NULL && p->made != NULL)
		file = p->made;
	w->name = file;
	remember(w, file, x.fid);
}

static void read_done(struct walk *w, const struct smb1_block *b)
{
	struct smb1_data d;
	struct pending *p = pending(w);

	w->name = p == NULL ? NULL : p->used;
	w->ev.fid = p == NULL ? SMB1_NO_FID : p->fid;
	if (!smb1_read_data(w->m->head, b, &d))
		return;

	struct file *file = p == NULL ? NULL : p->used;

	if (file == NULL && p != NULL)
		file = file_of(w, p->fid, d.data);
	contents(w, file, d.data_at, d.data_len);
}

/* The part of a transaction's data that is in this message goes to `file`, or waits for more. */
static void trans_data(struct walk *w, struct file *file, struct parts *parts,
		       const struct smb1_trans *t)
{
	if (t->data.count == t->data.total && t->data.displacement == 0) {
		contents(w, file, t->data.at, t->data.count);
		return;
	}
	if (file == NULL || file->kind == FILE_DISK)
		return;
	if (t->data.bytes.len != t->data.count) {
		anomaly(w, "data-past-end");
	} else if (parts_add(w->f, parts, t->data.total, t->data.displacement, t->data.bytes)) {
		w->later = (struct bytes){parts->at, parts->total};
		w->later_file = file_hold(file);
	} else if (parts->at == NULL) {
		limit(w);
	}
}

static bool is_pipe_write(uint16_t sub)
{
	return sub == SMB1_PIPE_TRANSACT || sub == SMB1_PIPE_WRITE || sub == SMB1_PIPE_RAW_WRITE ||
	       sub == SMB1_PIPE_CALL;
}

static bool is_pipe_read(uint16_t sub)
{
	return sub == SMB1_PIPE_TRANSACT || sub == SMB1_PIPE_READ || sub == SMB1_PIPE_RAW_READ ||
	       sub == SMB1_PIPE_CALL;
}

static void trans(struct walk *w, const struct smb1_block *b)
{
	struct smb1_trans t;
	struct pending *p = pending(w);
	struct file *file = NULL;

	if (p == NULL || !smb1_read_trans(w->m->head, b, &w->h, &t))
		return;
	if (b->cmd == SMB1_TRANS_SECONDARY) {
		w->ev.trans_sub = p->sub;
		w->ev.fid = p->fid;
		w->name = p->used;
		if (p->used != NULL && is_pipe_write(p->sub))
			trans_data(w, p->used, &p->asked, &t);
		return;
	}
	parts_free(w->f, &p->asked);
	parts_free(w->f, &p->answered);
	w->ev.trans_sub = t.n_setup > 0 ? t.setup[0] : SMB1_NO_FID;
	p->sub = w->ev.trans_sub;
	if (t.n_setup == 2 && p->sub != SMB1_PIPE_CALL && p->sub != SMB1_PIPE_WAIT) {
		w->ev.fid = t.setup[1];
		file = file_hold(file_of(w, t.setup[1], t.data.bytes));
	}
	if (file == NULL) /* named: a call, a mailslot, or a pipe nobody saw opened */
		file = file_new(w->f, t.name, t.is_unicode,
				p->sub == SMB1_PIPE_CALL && t.n_setup == 2 ? FILE_PIPE : FILE_DISK);
	if (file == NULL)
		limit(w);
	remember(w, file, w->ev.fid);
	file_drop(w->f, file);
	w->name = p->used;
	if (is_pipe_write(p->sub) && t.n_setup == 2)
		trans_data(w, p->used, &p->asked, &t);
}

/* True: more of this answer will come. */
static bool trans_done(struct walk *w, const struct smb1_block *b)
{
	struct smb1_trans t;
	struct pending *p = pending(w);

	if (p == NULL)
		return false;
	w->name = p->used;
	w->ev.fid = p->fid;
	w->ev.trans_sub = p->sub;
	if (!smb1_read_trans(w->m->head, b, &w->h, &t))
		return w->h.status == 0 && b->words.len == 0; /* "go on", to a first part */
	if (p->used != NULL && is_pipe_read(p->sub)) {
		/* A transaction on a pipe that was opened out of hearing. */
		if (p->used->kind == FILE_DISK && p->fid != SMB1_NO_FID) {
			struct file *file = file_of(w, p->fid, t.data.bytes);

			if (file != NULL)
				trans_data(w, file, &p->answered, &t);
		} else {
			trans_data(w, p->used, &p->answered, &t);
		}
	}
	return (uint64_t)t.data.displacement + t.data.count < t.data.total ||
	       (uint64_t)t.params.displacement + t.params.count < t.params.total;
}

/* Transactions that do not concern pipes: only what they are. */
static void other_trans(struct walk *w, const struct smb1_block *b)
{
	struct smb1_trans t;
	struct pending *p = pending(w);

	if (p == NULL)
		return;
	if (!w->is_response && (b->cmd == SMB1_TRANS2 || b->cmd == SMB1_NT_TRANS) &&
	    smb1_read_trans(w->m->head, b, &w->h, &t))
		p->sub = b->cmd == SMB1_NT_TRANS ? t.function
						 : (t.n_setup > 0 ? t.setup[0] : SMB1_NO_FID);
	w->ev.trans_sub = p->sub;
}

static void request(struct walk *w, const struct smb1_block *b)
{
	struct smb1_write raw;

	switch (b->cmd) {
	case SMB1_TREE_CONNECT_ANDX:
	case SMB1_TREE_CONNECT:
		tree_connect(w, b);
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
		create(w, b);
		break;
	case SMB1_CLOSE:
		close_file(w, b);
		break;
	case SMB1_WRITE_ANDX:
	case SMB1_WRITE:
	case SMB1_WRITE_AND_UNLOCK:
	case SMB1_WRITE_AND_CLOSE:
		write_file(w, b);
		break;
	case SMB1_WRITE_RAW:
		if (smb1_read_write(w->m->head, b, &raw))
			w->ev.fid = raw.fid;
		w->f->raw_next[w->m->dir] = true;
		break;
	case SMB1_READ_RAW:
		w->f->raw_next[dir_other(w->m->dir)] = true;
		read_file(w, b);
		break;
	case SMB1_READ_ANDX:
	case SMB1_READ:
	case SMB1_LOCK_AND_READ:
		read_file(w, b);
		break;
	case SMB1_TRANS:
	case SMB1_TRANS_SECONDARY:
		trans(w, b);
		break;
	case SMB1_TRANS2:
	case SMB1_TRANS2_SECONDARY:
	case SMB1_NT_TRANS:
	case SMB1_NT_TRANS_SECONDARY:
		other_trans(w, b);
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
	struct pending *p = pending(w);

	switch (b->cmd) {
	case SMB1_TREE_CONNECT_ANDX:
	case SMB1_TREE_CONNECT:
		tree_connected(w, b);
		return false;
	case SMB1_NT_CREATE:
	case SMB1_OPEN_ANDX:
	case SMB1_OPEN:
	case SMB1_CREATE:
	case SMB1_CREATE_NEW:
		created(w, b);
		return false;
	case SMB1_READ_ANDX:
	case SMB1_READ:
	case SMB1_LOCK_AND_READ:
		read_done(w, b);
		return false;
	case SMB1_TRANS:
		return trans_done(w, b);
	case SMB1_TRANS2:
	case SMB1_NT_TRANS:
		other_trans(w, b);
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
		anomaly(&w, "short-header");
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
			anomaly(&w, chain == 0 ? "short-block" : "andx-offset");
			break;
		}
		stays = block(&w, &b, chain);
		enum smb1_chain next = smb1_next(&b, &cmd, &at);

		if (next == SMB1_CHAIN_BAD)
			anomaly(&w, "andx-loop");
		if (next == SMB1_CHAIN_NEXT && chain + 1 == CHAIN_MAX)
			anomaly(&w, "andx-too-long");
		if (next != SMB1_CHAIN_NEXT || chain + 1 == CHAIN_MAX)
			break;
	}
	if (w.is_response && !stays)
		pending_del(f, w.key);
}
