/*
 * smb2 - SMB 2 and 3 messages (MS-SMB2 2.2): headers, compounds, and the commands that name, open,
 * read, write and close.
 *
 * A message is `bytes` from its 0xFE 'SMB' on; in a compound, each from its own. Offsets count from
 * there, so a writer holds one message and nothing before it. It may be cut, as in wire/smb1.h:
 * `data_at` and `data_len` say where data should be, `data` is what is there of it.
 *
 * smb2_read_X(msg, …) takes the message from its header on; false: too short, or not that
 * structure (an error's body has StructureSize 9). smb2_write_X() appends the body behind a header.
 * Strings are UTF-16LE without terminator.
 */
#ifndef WIRE_SMB2_H
#define WIRE_SMB2_H

#include "base/bytes.h"

enum { SMB2_HEADER = 64, SMB2_FILE_ID = 16, SMB2_TRANSFORM_HEADER = 52 };

enum smb2_cmd {
	SMB2_NEGOTIATE,
	SMB2_SESSION_SETUP,
	SMB2_LOGOFF,
	SMB2_TREE_CONNECT,
	SMB2_TREE_DISCONNECT,
	SMB2_CREATE,
	SMB2_CLOSE,
	SMB2_FLUSH,
	SMB2_READ,
	SMB2_WRITE,
	SMB2_LOCK,
	SMB2_IOCTL,
	SMB2_CANCEL,
	SMB2_ECHO,
	SMB2_QUERY_DIRECTORY,
	SMB2_CHANGE_NOTIFY,
	SMB2_QUERY_INFO,
	SMB2_SET_INFO,
	SMB2_OPLOCK_BREAK,
};

enum {
	SMB2_FLAG_REPLY = 0x1,
	SMB2_FLAG_ASYNC = 0x2,
	SMB2_FLAG_RELATED = 0x4,
	SMB2_FLAG_SIGNED = 0x8,
};

enum smb2_kind { SMB2_NOT, SMB2_PLAIN, SMB2_TRANSFORM, SMB2_COMPRESSED };

struct smb2_header {
	uint16_t credit_charge, cmd, credits;
	uint32_t status; /* requests of 3.x: ChannelSequence */
	uint32_t flags;
	uint32_t next; /* offset of the next of a compound, from this header; 0: last */
	uint64_t msg_id;
	uint64_t async_id; /* if SMB2_FLAG_ASYNC; then tid is 0 */
	uint32_t tid;
	uint64_t session_id;
	uint8_t signature[16];
};

enum { SMB2_DIALECTS_MAX = 16 };

struct smb2_negotiate {
	uint16_t n_dialects; /* of which the first SMB2_DIALECTS_MAX are here */
	uint16_t dialects[SMB2_DIALECTS_MAX];
	uint16_t security_mode;
	uint8_t guid[16];
};

struct smb2_negotiated {
	uint16_t security_mode, dialect;
	uint8_t guid[16];
	uint32_t capabilities, max_transact, max_read, max_write;
	uint64_t system_time, start_time; /* FILETIME; 0: not told */
	struct bytes blob;
};

struct smb2_session { /* request and response */
	uint16_t flags;
	struct bytes blob;
};

struct smb2_tree_connect {
	struct bytes path;
};

enum { SMB2_SHARE_DISK = 1, SMB2_SHARE_PIPE = 2, SMB2_SHARE_PRINT = 3 };

struct smb2_tree {
	uint8_t share_type;
};

struct smb2_create {
	uint32_t access, share, disposition, options;
	struct bytes name;
};

struct smb2_created {
	uint64_t size;
	uint8_t file_id[SMB2_FILE_ID];
};

struct smb2_close { /* request */
	uint8_t file_id[SMB2_FILE_ID];
};

struct smb2_read { /* request */
	uint8_t file_id[SMB2_FILE_ID];
	uint64_t offset;
	uint32_t count;
};

struct smb2_write { /* request */
	uint8_t file_id[SMB2_FILE_ID];
	uint64_t offset;
	size_t data_at, data_len;
	struct bytes data;
};

struct smb2_data { /* response of READ */
	size_t data_at, data_len;
	struct bytes data;
};

enum {
	SMB2_PIPE_PEEK = 0x0011400c,
	SMB2_PIPE_WAIT = 0x00110018,
	SMB2_PIPE_TRANSCEIVE = 0x0011c017
};

struct smb2_ioctl { /* request: its input is data; response: its output is */
	uint32_t code;
	uint8_t file_id[SMB2_FILE_ID];
	size_t data_at, data_len;
	struct bytes data;
};

struct smb2_transform { /* MS-SMB2 2.2.41: an encrypted message follows */
	uint32_t original_size;
	uint16_t flags; /* 3.1.1: bit 0 encrypted; before: the algorithm, 1 */
	uint64_t session_id;
};

struct smb2_compressed { /* MS-SMB2 2.2.42 */
	uint32_t original_size;
	uint16_t algorithm; /* of the first payload if chained */
	bool is_chained;
	uint32_t offset; /* not chained: bytes in clear before the compressed ones */
};

/* What a message starts with; SMB2_NOT also for fewer than 4 bytes. */
enum smb2_kind smb2_kind_of(struct bytes msg);

bool smb2_read_header(struct bytes msg, struct smb2_header *ret_header);
void smb2_write_header(struct writer *w, const struct smb2_header *h);

/* Ends the message that starts at `at` of `w` for another to follow: pads it to 8 bytes and sets
 * NextCommand. Returns where the next starts. Write the next with a writer of its own. */
size_t smb2_end_of_compound_part(struct writer *w, size_t at);

bool smb2_read_negotiate(struct bytes msg, struct smb2_negotiate *ret_negotiate);
void smb2_write_negotiate(struct writer *w, const struct smb2_negotiate *n);
bool smb2_read_negotiated(struct bytes msg, struct smb2_negotiated *ret_negotiated);
void smb2_write_negotiated(struct writer *w, const struct smb2_negotiated *n);

bool smb2_read_session_setup(struct bytes msg, struct smb2_session *ret_session);
void smb2_write_session_setup(struct writer *w, const struct smb2_session *s);
bool smb2_read_session(struct bytes msg, struct smb2_session *ret_session);
void smb2_write_session(struct writer *w, const struct smb2_session *s);

bool smb2_read_tree_connect(struct bytes msg, struct smb2_tree_connect *ret_tree);
void smb2_write_tree_connect(struct writer *w, const struct smb2_tree_connect *t);
bool smb2_read_tree(struct bytes msg, struct smb2_tree *ret_tree);
void smb2_write_tree(struct writer *w, const struct smb2_tree *t);

bool smb2_read_create(struct bytes msg, struct smb2_create *ret_create);
void smb2_write_create(struct writer *w, const struct smb2_create *c);
bool smb2_read_created(struct bytes msg, struct smb2_created *ret_created);
void smb2_write_created(struct writer *w, const struct smb2_created *c);

bool smb2_read_close(struct bytes msg, struct smb2_close *ret_close);
void smb2_write_close(struct writer *w, const struct smb2_close *c);
void smb2_write_closed(struct writer *w);

bool smb2_read_read(struct bytes msg, struct smb2_read *ret_read);
void smb2_write_read(struct writer *w, const struct smb2_read *r);
bool smb2_read_data(struct bytes msg, struct smb2_data *ret_data);
void smb2_write_data(struct writer *w, const struct smb2_data *d);

bool smb2_read_write(struct bytes msg, struct smb2_write *ret_write);
void smb2_write_write(struct writer *w, const struct smb2_write *x);
bool smb2_read_written(struct bytes msg, uint32_t *ret_count);
void smb2_write_written(struct writer *w, uint32_t count);

bool smb2_read_ioctl(struct bytes msg, bool is_response, struct smb2_ioctl *ret_ioctl);
void smb2_write_ioctl(struct writer *w, bool is_response, const struct smb2_ioctl *x);

/* The body of a response with an error status (2.2.2). */
void smb2_write_error(struct writer *w);

/* Bodies without anything to say: LOGOFF, TREE_DISCONNECT, ECHO, and their responses. */
void smb2_write_empty(struct writer *w);

bool smb2_read_transform(struct bytes msg, struct smb2_transform *ret_transform);
void smb2_write_transform(struct writer *w, const struct smb2_transform *t);
bool smb2_read_compressed(struct bytes msg, struct smb2_compressed *ret_compressed);
void smb2_write_compressed(struct writer *w, const struct smb2_compressed *c);

#endif
