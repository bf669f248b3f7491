/* SMB 1: trees, files, and what is read and written. */
#include "proto/smb1_walk.h"

#include <strings.h>

static struct file_id id_of(uint16_t fid)
{
	return (struct file_id){{(uint8_t)fid, (uint8_t)(fid >> 8)}};
}

void walk_anomaly(const struct walk *w, const char *what)
{
	w->out->anomaly(w->out->ctx, w->m->dir, "smb1", what);
}

void walk_limit(const struct walk *w)
{
	quota_hit(w->f->quota, w->m->dir, w->out);
}

struct file *walk_file_of(const struct walk *w, uint16_t fid, struct bytes contents)
{
	struct file_id id = id_of(fid);
	struct file *file = files_get(w->f, &id);

	if (file != NULL || contents.len < SNIFF || contents.at[0] != 5)
		return file;
	file = file_new(w->f, (struct bytes){NULL, 0}, false, FILE_UNKNOWN);
	if (file == NULL || !files_set(w->f, &id, file)) {
		walk_limit(w);
		return NULL;
	}
	return file;
}

void walk_contents(struct walk *w, struct file *file, size_t at, size_t len)
{
	if (at + len > w->m->whole) {
		walk_anomaly(w, "data-past-end");
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
		walk_anomaly(w, "two-bodies");
	}
}

struct pending *walk_pending(struct walk *w)
{
	struct pending *p = pending_get(w->f, w->key);

	if (p == NULL && !w->is_response) {
		p = pending_put(w->f, w->key, w->m->dir, w->out);
		if (p == NULL)
			walk_limit(w);
		else
			p->fid = SMB1_NO_FID;
	}
	return p;
}

void walk_remember(struct walk *w, struct file *file, uint16_t fid)
{
	struct pending *p = walk_pending(w);

	if (p == NULL)
		return;
	file_drop(w->f, p->used);
	p->used = file_hold(file);
	p->fid = fid;
}

void walk_tree_connect(struct walk *w, const struct smb1_block *b)
{
	struct smb1_tree_connect t;
	struct pending *p = walk_pending(w);

	if (p == NULL || !smb1_read_tree_connect(w->m->head, b, w->is_unicode, &t))
		return;
	file_drop(w->f, p->tree);
	p->tree = file_new(w->f, t.path, w->is_unicode, FILE_DISK);
	w->name = p->tree;
	if (p->tree == NULL) {
		walk_limit(w);
		return;
	}
	struct bytes n = file_name(p->tree);

	if (n.len >= 4 && strncasecmp((const char *)n.at + n.len - 4, "IPC$", 4) == 0)
		p->tree->kind = FILE_PIPE;
}

void walk_tree_connected(struct walk *w, const struct smb1_block *b)
{
	struct smb1_tree t;
	struct pending *p = walk_pending(w);

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
		walk_limit(w);
}

void walk_create(struct walk *w, const struct smb1_block *b)
{
	struct smb1_nt_create c;
	struct pending *p = walk_pending(w);

	if (p == NULL || !smb1_read_create(w->m->head, b, w->is_unicode, &c))
		return;
	/* In a chain behind a tree connect the tree is the one that is being connected. */
	enum file_kind kind = tree_kind(p->tree != NULL ? p->tree : trees_get(w->f, w->h.tid));

	file_drop(w->f, p->made);
	p->made = file_new(w->f, c.name, w->is_unicode, kind);
	w->name = p->made;
	if (p->made == NULL)
		walk_limit(w);
}

void walk_created(struct walk *w, const struct smb1_block *b)
{
	struct smb1_opened o;
	struct pending *p = walk_pending(w);

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
		walk_limit(w);
}

void walk_close_file(struct walk *w, const struct smb1_block *b)
{
	uint16_t fid = SMB1_NO_FID;

	if (!smb1_read_close(b, &fid))
		return;

	struct file_id id = id_of(fid);
	struct file *file = files_take(w->f, &id);

	w->ev.fid = fid;
	walk_remember(w, file, fid);
	w->name = walk_pending(w) == NULL ? NULL : file;
	file_drop(w->f, file);
}

void walk_write_file(struct walk *w, const struct smb1_block *b)
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
	struct file *file = walk_file_of(w, x.fid, x.data);

	w->ev.fid = x.fid;
	w->name = file;
	walk_remember(w, file, x.fid);
	walk_contents(w, file, x.data_at, x.data_len);
}

void walk_read_file(struct walk *w, const struct smb1_block *b)
{
	struct smb1_read x;
	struct pending *p = walk_pending(w);

	if (!smb1_read_read(b, &x))
		return;
	w->ev.fid = x.fid;
	struct file_id id = id_of(x.fid);
	struct file *file = files_get(w->f, &id);

	/* Chained behind a create, it reads what that opens. */
	if (w->ev.chain > 0 && p != NULL && p->made != NULL)
		file = p->made;
	w->name = file;
	walk_remember(w, file, x.fid);
}

void walk_read_done(struct walk *w, const struct smb1_block *b)
{
	struct smb1_data d;
	struct pending *p = walk_pending(w);

	w->name = p == NULL ? NULL : p->used;
	w->ev.fid = p == NULL ? SMB1_NO_FID : p->fid;
	if (!smb1_read_data(w->m->head, b, &d))
		return;

	struct file *file = p == NULL ? NULL : p->used;

	if (file == NULL && p != NULL)
		file = walk_file_of(w, p->fid, d.data);
	walk_contents(w, file, d.data_at, d.data_len);
}
