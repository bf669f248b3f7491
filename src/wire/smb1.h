/*
 * smb1 - SMB 1 messages (MS-CIFS 2.2.3, 2.2.4; MS-SMB): header, blocks and AndX chains.
 *
 * A message is `bytes` from its 0xFF 'SMB' on, without NBSS. All offsets in it count from there;
 * so a writer holds one message and nothing before it. A message may be cut: a stream parser has
 * its beginning only. Reading a block then gives what is there.
 *
 * The bodies of the commands are in wire/smb1_body.h and wire/smb1_trans.h.
 */
#ifndef WIRE_SMB1_H
#define WIRE_SMB1_H

#include "base/bytes.h"

enum { SMB1_HEADER = 32, SMB1_NO_FID = 0xffff, SMB1_NO_ANDX = 0xff };

enum smb1_cmd {
	SMB1_OPEN = 0x02,
	SMB1_CREATE = 0x03,
	SMB1_CLOSE = 0x04,
	SMB1_READ = 0x0a,
	SMB1_WRITE = 0x0b,
	SMB1_CREATE_NEW = 0x0f,
	SMB1_LOCK_AND_READ = 0x13,
	SMB1_WRITE_AND_UNLOCK = 0x14,
	SMB1_READ_RAW = 0x1a,
	SMB1_WRITE_RAW = 0x1d,
	SMB1_WRITE_COMPLETE = 0x20,
	SMB1_LOCKING_ANDX = 0x24,
	SMB1_TRANS = 0x25,
	SMB1_TRANS_SECONDARY = 0x26,
	SMB1_ECHO = 0x2b,
	SMB1_WRITE_AND_CLOSE = 0x2c,
	SMB1_OPEN_ANDX = 0x2d,
	SMB1_READ_ANDX = 0x2e,
	SMB1_WRITE_ANDX = 0x2f,
	SMB1_TRANS2 = 0x32,
	SMB1_TRANS2_SECONDARY = 0x33,
	SMB1_TREE_CONNECT = 0x70,
	SMB1_TREE_DISCONNECT = 0x71,
	SMB1_NEGOTIATE = 0x72,
	SMB1_SESSION_SETUP = 0x73,
	SMB1_LOGOFF = 0x74,
	SMB1_TREE_CONNECT_ANDX = 0x75,
	SMB1_NT_TRANS = 0xa0,
	SMB1_NT_TRANS_SECONDARY = 0xa1,
	SMB1_NT_CREATE = 0xa2,
	SMB1_NT_CANCEL = 0xa4,
};

enum { SMB1_FLAG_REPLY = 0x80 };
enum {
	SMB1_FLAG2_SIGNED = 0x0004,
	SMB1_FLAG2_EXTENDED_SECURITY = 0x0800,
	SMB1_FLAG2_NT_STATUS = 0x4000,
	SMB1_FLAG2_UNICODE = 0x8000,
};

struct smb1_header {
	uint8_t cmd, flags;
	uint16_t flags2;
	uint32_t status;      /* as on the wire: NT status, or DOS class and code */
	uint32_t pid;         /* PIDHigh and PIDLow */
	uint8_t signature[8]; /* SecurityFeatures */
	uint16_t tid, uid, mid;
};

/* Words and bytes of one command. */
struct smb1_block {
	uint8_t cmd;
	size_t at;           /* of WordCount */
	struct bytes words;  /* all WordCount * 2 bytes */
	size_t data_at;      /* of the byte after ByteCount */
	uint16_t byte_count; /* as claimed; a message of more than 64 KiB claims wrongly */
	struct bytes data;   /* of those, what is there */
};

enum smb1_chain {
	SMB1_CHAIN_END,
	SMB1_CHAIN_NEXT,
	SMB1_CHAIN_BAD, /* points back or into itself: a loop, or nonsense */
};

/* False: shorter than a header, or not 0xFF 'SMB'. */
bool smb1_read_header(struct bytes msg, struct smb1_header *ret_header);
void smb1_write_header(struct writer *w, const struct smb1_header *h);

/* The block of `cmd` at offset `at`. False: its words or its ByteCount are not all there. */
bool smb1_read_block(struct bytes msg, uint8_t cmd, size_t at, struct smb1_block *ret_block);

bool smb1_is_andx(uint8_t cmd);

/* Where the block after `b` is, if there is one. Offsets must grow, so a walk always ends. */
enum smb1_chain smb1_next(const struct smb1_block *b, uint8_t *ret_cmd, size_t *ret_at);

/* Writes a block without fields: an error's, an echo's, or one made by hand. */
void smb1_write_block(struct writer *w, struct bytes words, struct bytes data);

/* Makes the block at `at` (its WordCount) point to a block of `cmd` that will be written next. */
void smb1_write_chain(struct writer *w, size_t at, uint8_t cmd);

/* The string at offset `at` of the message, up to its terminator or the end of what is there.
 * Unicode starts at an even offset. ret_after, which may be NULL: the offset behind it. */
struct bytes smb1_string(struct bytes msg, bool is_unicode, size_t at, size_t *ret_after);

#endif
