/*
 * smb1_walk - what the .c files that understand an SMB 1 message share. Private to smb1*.c.
 *
 * smb1.c walks the blocks of a message's AndX chain, smb1_open.c understands trees, files and what
 * is read and written, smb1_trans.c transactions.
 */
#ifndef PROTO_SMB1_WALK_H
#define PROTO_SMB1_WALK_H

#include "proto/smb.h"
#include "wire/smb1_body.h"

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

void walk_anomaly(const struct walk *w, const char *what);
void walk_limit(const struct walk *w);

/* The file of `fid`, borrowed. One that nobody saw opened is made up: its contents will show what
 * it is. NULL: the limits. */
struct file *walk_file_of(const struct walk *w, uint16_t fid, struct bytes contents);

/* Contents of `file` at `at` of the message: now, if they are all there, else as they pass. */
void walk_contents(struct walk *w, struct file *file, size_t at, size_t len);

/* The request that the message is or answers. NULL: it was not heard, or the limits. */
struct pending *walk_pending(struct walk *w);
void walk_remember(struct walk *w, struct file *file, uint16_t fid);

/* One block each. */
void walk_tree_connect(struct walk *w, const struct smb1_block *b);
void walk_tree_connected(struct walk *w, const struct smb1_block *b);
void walk_create(struct walk *w, const struct smb1_block *b);
void walk_created(struct walk *w, const struct smb1_block *b);
void walk_close_file(struct walk *w, const struct smb1_block *b);
void walk_write_file(struct walk *w, const struct smb1_block *b);
void walk_read_file(struct walk *w, const struct smb1_block *b);
void walk_read_done(struct walk *w, const struct smb1_block *b);

void walk_trans(struct walk *w, const struct smb1_block *b);
/* True: more of this answer will come. */
bool walk_trans_done(struct walk *w, const struct smb1_block *b);
/* Transactions that do not concern pipes: only what they are. */
void walk_other_trans(struct walk *w, const struct smb1_block *b);

#endif
