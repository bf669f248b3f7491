/*
 * SMB 2 and 3: from a message's head to events, and to whose contents follow.
 *
 * Answers are matched with requests by MessageId. Related messages of a compound name no file: they
 * mean the one of the message before.
 */
#include "proto/smb.h"

#include <strings.h>

#include "wire/smb2.h"

#define STATUS_PENDING         0x103u
#define STATUS_MORE_PROCESSING 0xc0000016u

enum { DIALECT_ANY = 0x02ff }; /* an answer to SMB 1: which one is yet to be negotiated */

struct walk { /* one message */
	struct files *f;
	const struct smb_message *m;
	struct smb_body *body;
	const struct proto_out *out;
	struct file **related;
	struct smb2_header h;
	bool is_response;
	struct ev_smb2 ev;
	const struct file *name;
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t data_head(size_t at, size_t len)
{
	return at + least(len, SNIFF);
}

/* Offset and length of a variable part: where it ends. */
static size_t offset_head(struct reader *r)
{
	size_t at = rd_le16(r), len = rd_le16(r);

	return at + len;
}

/* What a variable part makes the head longer by; the fixed part is there. */
static size_t variable_head(struct bytes msg, const struct smb2_header *h)
{
	bool is_response = (h->flags & SMB2_FLAG_REPLY) != 0;
	struct smb2_write x;
	struct smb2_data d;
	struct smb2_ioctl c;
	struct reader r = {.rest = msg};

	switch (h->cmd) {
	case SMB2_WRITE:
		return !is_response && smb2_read_write(msg, &x) ? data_head(x.data_at, x.data_len)
								: 0;
	case SMB2_READ:
		return is_response && smb2_read_data(msg, &d) ? data_head(d.data_at, d.data_len)
							      : 0;
	case SMB2_IOCTL:
		return smb2_read_ioctl(msg, is_response, &c) && c.code == SMB2_PIPE_TRANSCEIVE
			       ? data_head(c.data_at, c.data_len)
			       : 0;
	case SMB2_NEGOTIATE:
		rd_skip(&r, SMB2_HEADER + (is_response ? 56 : 2));
		if (!is_response)
			return SMB2_HEADER + 36 + 2 * (size_t)rd_le16(&r);
		return offset_head(&r);
	case SMB2_SESSION_SETUP:
		rd_skip(&r, SMB2_HEADER + (is_response ? 4 : 12));
		return offset_head(&r);
	case SMB2_CREATE:
	case SMB2_TREE_CONNECT:
		if (is_response)
			return 0;
		/* Offset and length of the name. */
		rd_skip(&r, SMB2_HEADER + (h->cmd == SMB2_CREATE ? 44 : 4));
		return offset_head(&r);
	default:
		return 0;
	}
}

/* The fixed part of what is read of a command: enough of it to know the rest. */
static size_t fixed_head(const struct smb2_header *h)
{
	bool is_response = (h->flags & SMB2_FLAG_REPLY) != 0;

	switch (h->cmd) {
	case SMB2_NEGOTIATE:
		return SMB2_HEADER + (is_response ? 64 : 36);
	case SMB2_SESSION_SETUP:
		return SMB2_HEADER + (is_response ? 8 : 24);
	case SMB2_WRITE:
		return SMB2_HEADER + (is_response ? 0 : 48);
	case SMB2_READ:
		return SMB2_HEADER + (is_response ? 16 : 48);
	case SMB2_IOCTL:
		return SMB2_HEADER + (is_response ? 48 : 56);
	case SMB2_CREATE:
		return SMB2_HEADER + (is_response ? 88 : 56);
	case SMB2_TREE_CONNECT:
		return SMB2_HEADER + (is_response ? 16 : 8);
	case SMB2_CLOSE:
		return SMB2_HEADER + (is_response ? 0 : 24);
	default:
		return SMB2_HEADER;
	}
}

size_t smb2_head(struct bytes head, size_t whole)
{
	size_t cap = least(whole, SMB_HEAD_MAX), need = SMB2_HEADER;
	struct smb2_header h;

	if (head.len >= need && smb2_read_header(head, &h)) {
		need = fixed_head(&h);
		if (head.len >= need) {
			size_t more = variable_head(head, &h);

			need = more > need ? more : need;
		}
	}
	return least(need, cap);
}

static void anomaly(const struct walk *w, const char *what)
{
	w->out->anomaly(w->out->ctx, w->m->dir, "smb2", what);
}

static void limit(const struct walk *w)
{
	quota_hit(w->f->quota, w->m->dir, w->out);
}

static void relate(struct walk *w, struct file *file)
{
	struct file *old = *w->related;

	*w->related = file_hold(file);
	file_drop(w->f, old);
}

static bool is_any(const uint8_t *id, uint8_t byte)
{
	for (size_t i = 0; i < SMB2_FILE_ID; i++) {
		if (id[i] != byte)
			return false;
	}
	return true;
}

/* The file of this id, borrowed; as in smb1.c, contents may make one up. */
static struct file *file_of(struct walk *w, const uint8_t *file_id, struct bytes contents)
{
	struct file_id id;
	struct file *file;

	memcpy(w->ev.file_id, file_id, SMB2_FILE_ID);
	memcpy(id.b, file_id, sizeof(id.b));
	if ((w->h.flags & SMB2_FLAG_RELATED) != 0 && is_any(file_id, 0xff))
		return *w->related;
	file = files_get(w->f, &id);
	if (file == NULL && contents.len >= SNIFF && contents.at[0] == 5) {
		file = file_new(w->f, (struct bytes){NULL, 0}, true, FILE_UNKNOWN);
		if (file == NULL || !files_set(w->f, &id, file)) {
			limit(w);
			return NULL;
		}
	}
	relate(w, file);
	return file;
}

static void contents(struct walk *w, struct file *file, size_t at, size_t len)
{
	if (at > w->m->whole || len > w->m->whole - at) {
		anomaly(w, "data-past-end");
		len = at < w->m->whole ? w->m->whole - at : 0;
	}
	if (file == NULL || file->kind == FILE_DISK || len == 0)
		return;
	*w->body = (struct smb_body){at, at + len, file_hold(file), EV_CARRIER_SMB2};
}

static struct pending *pending(const struct walk *w)
{
	return pending_get(w->f, w->h.msg_id);
}

static struct pending *new_pending(struct walk *w)
{
	struct pending *p = pending_put(w->f, w->h.msg_id, w->m->dir, w->out);

	if (p == NULL)
		limit(w);
	return p;
}

static void use(struct walk *w, struct file *file, uint32_t ioctl)
{
	struct pending *p = new_pending(w);

	w->name = file;
	if (p == NULL)
		return;
	p->used = file_hold(file);
	p->ioctl = ioctl;
}

static void tree_connect(struct walk *w)
{
	struct smb2_tree_connect t;
	struct pending *p = new_pending(w);

	if (p == NULL || !smb2_read_tree_connect(w->m->head, &t))
		return;
	p->tree = file_new(w->f, t.path, true, FILE_DISK);
	w->name = p->tree;
	if (p->tree == NULL) {
		limit(w);
		return;
	}
	struct bytes n = file_name(p->tree);

	if (n.len >= 4 && strncasecmp((const char *)n.at + n.len - 4, "IPC$", 4) == 0)
		p->tree->kind = FILE_PIPE;
}

static void tree_connected(struct walk *w, const struct pending *p)
{
	struct smb2_tree t;

	w->name = p == NULL ? NULL : p->tree;
	if (w->h.status != 0 || !smb2_read_tree(w->m->head, &t))
		return;

	struct file *tree = p == NULL ? NULL : file_hold(p->tree);

	if (tree == NULL)
		tree = file_new(w->f, (struct bytes){NULL, 0}, true, FILE_DISK);
	if (tree != NULL)
		tree->kind = t.share_type == SMB2_SHARE_PIPE ? FILE_PIPE : FILE_DISK;
	if (tree == NULL || !trees_set(w->f, w->h.tid, tree))
		limit(w);
}

static void create(struct walk *w)
{
	struct smb2_create c;
	struct pending *p = new_pending(w);

	if (p == NULL || !smb2_read_create(w->m->head, &c))
		return;
	p->made = file_new(w->f, c.name, true, tree_kind(trees_get(w->f, w->h.tid)));
	w->name = p->made;
	if (p->made == NULL)
		limit(w);
	relate(w, p->made);
}

static void created(struct walk *w, const struct pending *p)
{
	struct smb2_created c;
	struct file_id id;

	w->name = p == NULL ? NULL : p->made;
	if (w->h.status != 0 || !smb2_read_created(w->m->head, &c))
		return;

	struct file *file = p == NULL ? NULL : file_hold(p->made);

	if (file == NULL)
		file = file_new(w->f, (struct bytes){NULL, 0}, true, FILE_UNKNOWN);
	memcpy(w->ev.file_id, c.file_id, SMB2_FILE_ID);
	memcpy(id.b, c.file_id, sizeof(id.b));
	relate(w, file);
	if (file == NULL || !files_set(w->f, &id, file))
		limit(w);
}

static void close_file(struct walk *w)
{
	struct smb2_close c;
	struct file_id id;

	if (!smb2_read_close(w->m->head, &c))
		return;
	memcpy(id.b, c.file_id, sizeof(id.b));
	use(w, file_of(w, c.file_id, (struct bytes){NULL, 0}), 0);
	file_drop(w->f, files_take(w->f, &id));
	if (pending(w) == NULL)
		w->name = NULL;
}

static void negotiate(const struct walk *w)
{
	struct smb2_negotiate n;
	struct logon_text room = {{0}};
	struct ev_ident ident = {.from = IDENT_SMB2};

	if (!smb2_read_negotiate(w->m->head, &n))
		return;
	ident.id = logon_guid_text((struct bytes){n.guid, sizeof(n.guid)}, &room);
	for (unsigned i = 0; i < n.n_dialects && i < SMB2_DIALECTS_MAX; i++) {
		if (n.dialects[i] > ident.dialect && n.dialects[i] != DIALECT_ANY)
			ident.dialect = n.dialects[i];
	}
	logon_tell(w->m->dir, &ident, w->out);
}

static uint64_t unix_ns(uint64_t filetime)
{
	const uint64_t epoch =
		UINT64_C(116444736000000000); /* 1970 in units of 100 ns since 1601 */

	/* Before 1970, or so late that a day could not be told: nonsense. */
	if (filetime <= epoch || filetime - epoch > UINT64_MAX / 200)
		return 0;
	return (filetime - epoch) * 100;
}

static void negotiated(const struct walk *w)
{
	struct smb2_negotiated n;
	struct logon_text room = {{0}};

	if (w->h.status != 0 || !smb2_read_negotiated(w->m->head, &n))
		return;
	const struct ev_ident ident = {
		.from = IDENT_SMB2,
		.dialect = n.dialect != DIALECT_ANY ? n.dialect : 0,
		.boot_ns = unix_ns(n.start_time),
		.id = logon_guid_text((struct bytes){n.guid, sizeof(n.guid)}, &room),
	};

	logon_tell(w->m->dir, &ident, w->out);
	(void)logon_blob(NULL, 0, w->m->dir, n.blob, w->out);
}

static void session_setup(const struct walk *w)
{
	struct smb2_session s;

	if (smb2_read_session_setup(w->m->head, &s))
		(void)logon_blob(&w->f->logon, w->h.msg_id, w->m->dir, s.blob, w->out);
}

static void session(const struct walk *w)
{
	struct smb2_session s;
	bool is_error = w->h.status >> 30 == 3;

	if (w->h.status == STATUS_PENDING)
		return;
	logon_answered(&w->f->logon, w->h.msg_id, w->m->dir,
		       is_error && w->h.status != STATUS_MORE_PROCESSING, w->out);
	/* An error's body looks like an answer's, but what follows is no blob. */
	if (is_error && w->h.status != STATUS_MORE_PROCESSING)
		return;
	if (smb2_read_session(w->m->head, &s))
		(void)logon_blob(NULL, 0, w->m->dir, s.blob, w->out);
}

static void request(struct walk *w)
{
	struct smb2_write x;
	struct smb2_read r;
	struct smb2_ioctl c;
	struct file *file = NULL;

	switch (w->h.cmd) {
	case SMB2_NEGOTIATE:
		negotiate(w);
		break;
	case SMB2_SESSION_SETUP:
		session_setup(w);
		break;
	case SMB2_TREE_CONNECT:
		tree_connect(w);
		break;
	case SMB2_TREE_DISCONNECT:
		trees_del(w->f, w->h.tid);
		break;
	case SMB2_CREATE:
		create(w);
		break;
	case SMB2_CLOSE:
		close_file(w);
		break;
	case SMB2_WRITE:
		if (!smb2_read_write(w->m->head, &x))
			break;
		file = file_of(w, x.file_id, x.data);
		use(w, file, 0);
		contents(w, file, x.data_at, x.data_len);
		break;
	case SMB2_READ:
		if (smb2_read_read(w->m->head, &r))
			use(w, file_of(w, r.file_id, (struct bytes){NULL, 0}), 0);
		break;
	case SMB2_IOCTL:
		if (!smb2_read_ioctl(w->m->head, false, &c))
			break;
		w->ev.ioctl = c.code;
		if (c.code != SMB2_PIPE_TRANSCEIVE)
			c.data = (struct bytes){NULL, 0};
		file = file_of(w, c.file_id, c.data);
		if (file == NULL && c.code == SMB2_PIPE_TRANSCEIVE && c.data_len > 0)
			files_unopened(w->f, w->m->dir, w->out);
		use(w, file, c.code);
		if (c.code == SMB2_PIPE_TRANSCEIVE)
			contents(w, file, c.data_at, c.data_len);
		break;
	default:
		break;
	}
}

static void response(struct walk *w)
{
	struct pending *p = pending(w);
	struct smb2_data d;
	struct smb2_ioctl c;

	w->name = p == NULL ? NULL : p->used;
	w->ev.ioctl = p == NULL ? 0 : p->ioctl;
	switch (w->h.cmd) {
	case SMB2_NEGOTIATE:
		negotiated(w);
		break;
	case SMB2_SESSION_SETUP:
		session(w);
		break;
	case SMB2_TREE_CONNECT:
		tree_connected(w, p);
		break;
	case SMB2_CREATE:
		created(w, p);
		break;
	case SMB2_READ:
		if (p != NULL && smb2_read_data(w->m->head, &d))
			contents(w, p->used, d.data_at, d.data_len);
		break;
	case SMB2_IOCTL:
		if (!smb2_read_ioctl(w->m->head, true, &c))
			break;
		w->ev.ioctl = c.code;
		if (c.code != SMB2_PIPE_TRANSCEIVE)
			break;
		struct file *file =
			p != NULL && p->used != NULL ? p->used : file_of(w, c.file_id, c.data);

		memcpy(w->ev.file_id, c.file_id, SMB2_FILE_ID);
		w->name = file;
		contents(w, file, c.data_at, c.data_len);
		break;
	default:
		break;
	}
}

static void tell(struct walk *w)
{
	struct event ev = {.kind = EV_SMB2, .smb2 = w->ev};

	ev.smb2.name = file_name(w->name);
	if ((w->out->wants & EV_BIT(EV_SMB2)) != 0)
		w->out->event(w->out->ctx, w->m->dir, &ev);
}

void smb2_message(struct files *f, const struct smb_message *m, unsigned place,
		  struct file **related, struct smb_body *ret_body, const struct proto_out *out)
{
	struct walk w = {.f = f, .m = m, .body = ret_body, .out = out, .related = related};

	*ret_body = (struct smb_body){0};
	if (!smb2_read_header(m->head, &w.h)) {
		anomaly(&w, "short-header");
		return;
	}
	w.is_response = (w.h.flags & SMB2_FLAG_REPLY) != 0;
	w.ev = (struct ev_smb2){
		.cmd = w.h.cmd,
		.status = w.h.status,
		.flags = w.h.flags,
		.tid = w.h.tid,
		.msg_id = w.h.msg_id,
		.session_id = w.h.session_id,
		.chain = (uint16_t)place,
		.is_response = w.is_response,
		.is_signed = (w.h.flags & SMB2_FLAG_SIGNED) != 0,
	};
	if (w.is_response)
		response(&w);
	else
		request(&w);
	tell(&w);
	/* An interim answer says that the real one will come. */
	if (w.is_response && !(w.h.status == STATUS_PENDING && (w.h.flags & SMB2_FLAG_ASYNC) != 0))
		pending_del(f, w.h.msg_id);
}
