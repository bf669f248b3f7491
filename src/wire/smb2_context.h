/*
 * smb2_context - the negotiate contexts of SMB 3.1.1 (MS-SMB2 2.2.3.1, 2.2.4.1): what else client
 * and server can do, behind a NEGOTIATE request or response. Older servers do not look there.
 */
#ifndef WIRE_SMB2_CONTEXT_H
#define WIRE_SMB2_CONTEXT_H

#include "wire/smb2.h"

enum smb2_context_type {
	SMB2_PREAUTH_INTEGRITY = 1,
	SMB2_ENCRYPTION = 2,
	SMB2_COMPRESSION = 3,
	SMB2_SIGNING = 8,
};

struct smb2_context {
	uint16_t type;
	struct bytes data;
};

/* Walks those of a NEGOTIATE: set by smb2_contexts(), moved by smb2_next_context(). */
struct smb2_contexts {
	struct bytes msg;
	size_t at;
	unsigned left;
};

/* Of the message from its header on. A message without contexts has none; so has one that is too
 * short, or is no NEGOTIATE. The count is the sender's word: the walk ends with the message. */
struct smb2_contexts smb2_contexts(struct bytes msg);
/* False: there is none any more, or it is cut. */
bool smb2_next_context(struct smb2_contexts *c, struct smb2_context *ret_context);

/* Appends them to the NEGOTIATE whose header is at `at`, and says in its body where they are. */
void smb2_write_contexts(struct writer *w, size_t at, const struct smb2_context *list, unsigned n);

/* The data of a COMPRESSION context: how many algorithms there are that are not NONE. */
unsigned smb2_compression_algorithms(struct bytes data);

#endif
