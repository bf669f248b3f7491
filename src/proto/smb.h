/*
 * smb - how nbss hands messages to the parsers of SMB 1 and SMB 2.
 *
 * A message is handed over by its head: as much as the parser needs to understand it. What follows
 * the head is contents of a file, which pass by without being held: `body` says which part of the
 * message belongs to which file.
 */
#ifndef PROTO_SMB_H
#define PROTO_SMB_H

#include "proto/files.h"

/* Of a message at most so much is held: a 64 KiB security blob with commands chained behind it. */
enum { SMB_HEAD_MAX = 68 * 1024 };

struct smb_body {
	size_t at, end;    /* part of the message that goes to `file` */
	struct file *file; /* a reference; NULL: nobody wants it */
	uint8_t carrier;
};

/* How long the head of a message must be, going by what is there of it: call again when that much
 * is there, until it asks for no more. At most `whole`, the message's length, and SMB_HEAD_MAX. */
size_t smb1_head(struct bytes head, size_t whole);
size_t smb2_head(struct bytes head, size_t whole);

struct smb_message {
	enum dir dir;
	struct bytes head; /* of the message; at least what smbX_head() wanted */
	size_t whole;
};

/* Understands a message. `ret_body` is set; its reference is the caller's. */
void smb1_message(struct files *f, const struct smb_message *m, struct smb_body *ret_body,
		  const struct proto_out *out);

/* `place`: of the message in its compound, from 0. `related`: the file that the message before it
 * was about, a reference that is kept up to date; the caller drops it after the last. */
void smb2_message(struct files *f, const struct smb_message *m, unsigned place,
		  struct file **related, struct smb_body *ret_body, const struct proto_out *out);

#endif
