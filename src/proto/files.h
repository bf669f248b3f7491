/*
 * files - what an SMB connection has open: trees, files and pipes, and the requests whose answers
 * are awaited. SMB 1 and SMB 2 share it.
 *
 * A struct file is a name, whether it is a pipe, and then the RPC association in it. Trees are
 * files too: a name and a kind. They are counted references, since a file may be closed while a
 * read of it is under way. Contents of ordinary files are never looked at.
 */
#ifndef PROTO_FILES_H
#define PROTO_FILES_H

#include "proto/logon.h"
#include "proto/rpc.h"

enum {
	FILES_MAX = 256,   /* open at once in one connection */
	TREES_MAX = 64,    /* connected at once */
	PENDING_MAX = 512, /* requests in flight; SMB 2 servers grant 512 credits by default */
	SNIFF = 16,        /* bytes that tell RPC from anything else */
};

enum file_kind {
	FILE_UNKNOWN, /* opened out of hearing: its contents decide */
	FILE_PIPE,
	FILE_DISK,
};

struct file {
	unsigned refs;
	uint8_t kind;
	struct rpc *rpc;
	size_t name_len;
	char name[]; /* UTF-8 */
};

struct parts { /* a transaction whose data comes in several messages */
	uint32_t total, got;
	uint8_t *at;
};

struct pending { /* a request; files are references that it holds */
	struct file *tree, *made, *used;
	struct parts asked, answered;
	uint32_t ioctl;
	uint16_t fid, sub;
};

struct file_id {
	uint8_t b[16];
};

struct files {
	struct quota *quota;
	struct map *open, *trees, *pending;
	struct logon logon;
	bool was_cleared, was_unopened; /* told */
	bool raw_next[2]; /* READ_RAW, WRITE_RAW: a message without a header may come */
};

/* False: no memory. `f` is zeroed or from before. */
bool files_init(struct files *f, struct quota *q);
void files_done(struct files *f);
size_t files_held(const struct files *f); /* bytes of memory, without those of the quota */

/* A new file with one reference. `name` as on the wire. NULL: the quota. */
struct file *file_new(struct files *f, struct bytes name, bool is_unicode, enum file_kind kind);
struct file *file_hold(struct file *file); /* NULL is fine */
void file_drop(struct files *f, struct file *file);
struct bytes file_name(const struct file *file);      /* NULL: empty */
struct bytes file_pipe_name(const struct file *file); /* without \PIPE\ */

/* By id: borrowed, NULL: none. Setting takes over a reference (NULL: none to take). False: full. */
struct file *files_get(const struct files *f, const struct file_id *id);
bool files_set(struct files *f, const struct file_id *id, struct file *file);
struct file *files_take(struct files *f, const struct file_id *id);
struct file *trees_get(const struct files *f, uint32_t tid);
bool trees_set(struct files *f, uint32_t tid, struct file *tree);
void trees_del(struct files *f, uint32_t tid);

/* The request of this key: a new one replaces the old. When the table is full of requests that
 * nobody answered (one direction is not heard), it starts anew, and says so once: "pending-limit".
 * NULL: no memory. */
struct pending *pending_put(struct files *f, uint64_t key, enum dir dir,
			    const struct proto_out *out);
struct pending *pending_get(const struct files *f, uint64_t key);
void pending_del(struct files *f, uint64_t key);

/* Is the share that a path names the one of pipes? */
enum file_kind tree_kind(const struct file *tree);

/* Contents of a pipe are ignored, since nobody heard it opened and they do not start like RPC. Told
 * once: "unopened-limit". */
void files_unopened(struct files *f, enum dir dir, const struct proto_out *out);

/* Contents of a file pass; the first piece of a read or write has `is_start` and, if it has so
 * many, at least SNIFF bytes. */
void file_feed(struct files *f, struct file *file, enum dir dir, struct bytes in, bool is_start,
	       enum ev_carrier carrier, const struct proto_out *out);
void file_gap(struct file *file, enum dir dir, uint64_t missing);

enum parts_state {
	PARTS_MORE,
	PARTS_WHOLE, /* all of it is there: `parts_free` it after use */
	PARTS_PAST,  /* lies past the total that was announced, and was left out */
	PARTS_LIMIT, /* the quota */
};

/* Adds a part to what is collected. */
enum parts_state parts_add(struct files *f, struct parts *p, uint32_t total, uint32_t at,
			   struct bytes part);
void parts_free(struct files *f, struct parts *p);

#endif
