/*
 * smb1_body - the commands of SMB 1 that open, read, write and close (MS-CIFS 2.2.4).
 *
 * Every smb1_write_X() appends one block behind the header or the block before; AndX is empty
 * until smb1_write_chain(). Every smb1_read_X() takes the message and one block of it; false: the
 * block has not the words that the command needs, as in every error. Strings are as on the
 * wire: UTF-16LE where `is_unicode`, else an OEM code page, without terminator. Data may be cut
 * where the message is: `data_at` and `data_len` say where it should be.
 */
#ifndef WIRE_SMB1_BODY_H
#define WIRE_SMB1_BODY_H

#include "wire/smb1.h"

struct smb1_negotiate {        /* request: what a client of these years sends, or only NT LM 0.12 */
	struct bytes dialects; /* each 0x02, ASCII, NUL: see smb1_has_dialect() */
};

struct smb1_negotiated { /* response of NT LM 0.12 */
	uint16_t dialect;
	uint8_t security_mode;
	uint16_t max_mpx;
	uint32_t max_buffer, capabilities;
	uint8_t key_len;   /* of the challenge that `rest` starts with: 8 or none */
	struct bytes rest; /* challenge and domain, or GUID and security blob */
};

enum { SMB1_GUID = 16 };

enum {
	SMB1_CAP_UNICODE = 0x4,
	SMB1_CAP_NT_SMBS = 0x10,
	SMB1_CAP_NT_STATUS = 0x40,
};

/* CAP_EXTENDED_SECURITY: `rest` is GUID and security blob. */
static inline bool smb1_is_extended(const struct smb1_negotiated *n)
{
	return n->capabilities >> 31 != 0;
}

struct smb1_session_setup { /* request */
	bool is_unicode;
	struct bytes blob; /* security blob: 12 words; empty: 13 words with `account` */
	struct bytes account, domain, os, lanman;
};

struct smb1_session { /* response */
	bool is_unicode;
	uint16_t action; /* 1: guest */
	struct bytes blob;
	struct bytes os, lanman; /* what follows the blob */
	struct bytes domain;     /* PrimaryDomain: none where there is a blob */
};

struct smb1_tree_connect { /* request */
	bool is_unicode;
	struct bytes path;    /* \\SERVER\SHARE */
	struct bytes service; /* ASCII: "?????", "IPC", "A:" */
};

struct smb1_tree { /* response */
	struct bytes service;
};

struct smb1_nt_create { /* request; also what OPEN_ANDX, OPEN and CREATE name */
	bool is_unicode;
	uint32_t root_fid, access, share, disposition, options;
	struct bytes name;
};

enum { SMB1_TYPE_FILE = 0, SMB1_TYPE_BYTE_PIPE = 1, SMB1_TYPE_MESSAGE_PIPE = 2 };

struct smb1_opened { /* response of NT_CREATE and OPEN_ANDX */
	uint16_t fid;
	uint16_t type; /* SMB1_TYPE_… and others */
	uint64_t size;
};

struct smb1_read { /* request of READ_ANDX, READ, LOCK_AND_READ */
	uint16_t fid;
	uint64_t offset;
	uint32_t count;
};

enum { /* WriteMode */
       SMB1_WRITE_RAW_PIPE = 0x0004,
       SMB1_WRITE_START = 0x0008, /* a message starts here */
};

struct smb1_write { /* request of WRITE_ANDX, WRITE, WRITE_AND_UNLOCK, WRITE_AND_CLOSE */
	uint16_t fid;
	uint64_t offset;
	uint16_t mode, remaining;
	size_t data_at, data_len; /* read: where; write: data_len is data.len */
	struct bytes data;
};

struct smb1_data { /* response of READ_ANDX, READ, LOCK_AND_READ */
	uint16_t available;
	size_t data_at, data_len;
	struct bytes data;
};

/* MS-CIFS 2.2.4.52 */
bool smb1_read_negotiate(struct bytes msg, const struct smb1_block *b,
			 struct smb1_negotiate *ret_negotiate);
void smb1_write_negotiate(struct writer *w, const struct smb1_negotiate *n);
bool smb1_has_dialect(const struct smb1_negotiate *n, const char *name);
bool smb1_read_negotiated(struct bytes msg, const struct smb1_block *b,
			  struct smb1_negotiated *ret_negotiated);
void smb1_write_negotiated(struct writer *w, const struct smb1_negotiated *n);
/* The two names behind a challenge; empty where the server sends none. */
void smb1_server_names(const struct smb1_negotiated *n, struct bytes *ret_domain,
		       struct bytes *ret_server);

/* MS-CIFS 2.2.4.53, MS-SMB 2.2.4.6 */
bool smb1_read_session_setup(struct bytes msg, const struct smb1_block *b, bool is_unicode,
			     struct smb1_session_setup *ret_setup);
void smb1_write_session_setup(struct writer *w, const struct smb1_session_setup *s);
bool smb1_read_session(struct bytes msg, const struct smb1_block *b, bool is_unicode,
		       struct smb1_session *ret_session);
void smb1_write_session(struct writer *w, const struct smb1_session *s);

/* MS-CIFS 2.2.4.55 */
bool smb1_read_tree_connect(struct bytes msg, const struct smb1_block *b, bool is_unicode,
			    struct smb1_tree_connect *ret_tree);
void smb1_write_tree_connect(struct writer *w, const struct smb1_tree_connect *t);
bool smb1_read_tree(struct bytes msg, const struct smb1_block *b, struct smb1_tree *ret_tree);
void smb1_write_tree(struct writer *w, const struct smb1_tree *t);

/* MS-CIFS 2.2.4.64; reads also OPEN_ANDX (2.2.4.41), OPEN, CREATE, CREATE_NEW. */
bool smb1_read_create(struct bytes msg, const struct smb1_block *b, bool is_unicode,
		      struct smb1_nt_create *ret_create);
void smb1_write_nt_create(struct writer *w, const struct smb1_nt_create *c);
bool smb1_read_opened(const struct smb1_block *b, struct smb1_opened *ret_opened);
void smb1_write_nt_created(struct writer *w, const struct smb1_opened *o);

/* MS-CIFS 2.2.4.5: a request; its response is an empty block. */
bool smb1_read_close(const struct smb1_block *b, uint16_t *ret_fid);
void smb1_write_close(struct writer *w, uint16_t fid);

/* MS-CIFS 2.2.4.42, 2.2.4.11 */
bool smb1_read_read(const struct smb1_block *b, struct smb1_read *ret_read);
void smb1_write_read_andx(struct writer *w, const struct smb1_read *r);
bool smb1_read_data(struct bytes msg, const struct smb1_block *b, struct smb1_data *ret_data);
void smb1_write_data_andx(struct writer *w, const struct smb1_data *d);

/* MS-CIFS 2.2.4.43, 2.2.4.12. The response of WRITE_ANDX says how many bytes were written. */
bool smb1_read_write(struct bytes msg, const struct smb1_block *b, struct smb1_write *ret_write);
void smb1_write_write_andx(struct writer *w, const struct smb1_write *x);
bool smb1_read_written(const struct smb1_block *b, uint32_t *ret_count);
void smb1_write_written_andx(struct writer *w, uint32_t count);

#endif
