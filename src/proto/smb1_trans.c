/*
 * SMB 1 transactions. What is called on a pipe is in the data of one; long ones come in parts, in
 * TRANSACTION_SECONDARY or several answers.
 */
#include "proto/smb1_walk.h"

#include "wire/smb1_trans.h"

/* The part of a transaction's data that is in this message goes to `file`, or waits for more. */
static void trans_data(struct walk *w, struct file *file, struct parts *parts,
		       const struct smb1_trans *t)
{
	if (t->data.count == t->data.total && t->data.displacement == 0) {
		walk_contents(w, file, t->data.at, t->data.count);
		return;
	}
	if (file == NULL || file->kind == FILE_DISK)
		return;
	if (t->data.bytes.len != t->data.count) {
		walk_anomaly(w, "data-past-end");
		return;
	}
	switch (parts_add(w->f, parts, t->data.total, t->data.displacement, t->data.bytes)) {
	case PARTS_WHOLE:
		w->later = (struct bytes){parts->at, parts->total};
		w->later_file = file_hold(file);
		break;
	case PARTS_PAST:
		walk_anomaly(w, "data-past-total");
		break;
	case PARTS_LIMIT:
		walk_limit(w);
		break;
	case PARTS_MORE:
		break;
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

void walk_trans(struct walk *w, const struct smb1_block *b)
{
	struct smb1_trans t;
	struct pending *p = walk_pending(w);
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
		file = file_hold(walk_file_of(w, t.setup[1], t.data.bytes));
	}
	if (file == NULL && is_pipe_write(p->sub) && t.n_setup == 2 && p->sub != SMB1_PIPE_CALL &&
	    t.data.count > 0)
		files_unopened(w->f, w->m->dir, w->out);
	if (file == NULL) /* named: a call, a mailslot, or a pipe nobody saw opened */
		file = file_new(w->f, t.name, t.is_unicode,
				p->sub == SMB1_PIPE_CALL && t.n_setup == 2 ? FILE_PIPE : FILE_DISK);
	if (file == NULL)
		walk_limit(w);
	walk_remember(w, file, w->ev.fid);
	file_drop(w->f, file);
	w->name = p->used;
	if (is_pipe_write(p->sub) && t.n_setup == 2)
		trans_data(w, p->used, &p->asked, &t);
}

bool walk_trans_done(struct walk *w, const struct smb1_block *b)
{
	struct smb1_trans t;
	struct pending *p = walk_pending(w);

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
			struct file *file = walk_file_of(w, p->fid, t.data.bytes);

			if (file != NULL)
				trans_data(w, file, &p->answered, &t);
		} else {
			trans_data(w, p->used, &p->answered, &t);
		}
	}
	return (uint64_t)t.data.displacement + t.data.count < t.data.total ||
	       (uint64_t)t.params.displacement + t.params.count < t.params.total;
}

void walk_other_trans(struct walk *w, const struct smb1_block *b)
{
	struct smb1_trans t;
	struct pending *p = walk_pending(w);

	if (p == NULL)
		return;
	if (!w->is_response && (b->cmd == SMB1_TRANS2 || b->cmd == SMB1_NT_TRANS) &&
	    smb1_read_trans(w->m->head, b, &w->h, &t))
		p->sub = b->cmd == SMB1_NT_TRANS ? t.function
						 : (t.n_setup > 0 ? t.setup[0] : SMB1_NO_FID);
	w->ev.trans_sub = p->sub;
}
