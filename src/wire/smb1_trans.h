/*
 * smb1_trans - TRANSACTION, TRANSACTION2 and NT_TRANSACT with their secondaries and responses
 * (MS-CIFS 2.2.4.33, 2.2.4.34, 2.2.4.46, 2.2.4.47, 2.2.4.62, 2.2.4.63).
 *
 * All of them say: so many bytes of parameters and of data in all, here are so many of them, at
 * this place of the message, which belong at that place of the whole.
 */
#ifndef WIRE_SMB1_TRANS_H
#define WIRE_SMB1_TRANS_H

#include "wire/smb1.h"

enum smb1_pipe_call { /* Setup[0] of TRANSACTION on a pipe; Setup[1] is the FID */
		      SMB1_PIPE_SET_STATE = 0x0001,
		      SMB1_PIPE_RAW_READ = 0x0011,
		      SMB1_PIPE_QUERY_STATE = 0x0021,
		      SMB1_PIPE_PEEK = 0x0023,
		      SMB1_PIPE_TRANSACT = 0x0026,
		      SMB1_PIPE_RAW_WRITE = 0x0031,
		      SMB1_PIPE_READ = 0x0036,
		      SMB1_PIPE_WRITE = 0x0037,
		      SMB1_PIPE_WAIT = 0x0053,
		      SMB1_PIPE_CALL = 0x0054, /* open, write, read, close; Setup[1] a priority */
};

enum { SMB1_SETUP_MAX = 4 };

struct smb1_part { /* of parameters or data */
	uint32_t total, count, displacement;
	size_t at;          /* offset in the message */
	struct bytes bytes; /* read: what is there of it */
};

struct smb1_trans {
	uint8_t cmd; /* which of the six it is */
	bool is_response;
	bool is_unicode;                /* of name; write: also aligns */
	uint16_t function;              /* NT_TRANSACT requests */
	uint8_t n_setup;                /* words there are, */
	uint16_t setup[SMB1_SETUP_MAX]; /* of which the first are here */
	uint32_t max_params, max_data;  /* requests: what the client takes */
	uint16_t fid;                   /* TRANSACTION2_SECONDARY */
	struct bytes name;              /* TRANSACTION request: \PIPE\…, \MAILSLOT\… */
	struct smb1_part params, data;
};

/* False: the words are too few. A response without words (an error, or "go on") is false too. */
bool smb1_read_trans(struct bytes msg, const struct smb1_block *b, const struct smb1_header *h,
		     struct smb1_trans *ret_trans);

/* Appends the block. Of the parts it takes `bytes`, `displacement` and `total`; total 0: all is in
 * here. At most SMB1_SETUP_MAX setup words. */
void smb1_write_trans(struct writer *w, const struct smb1_trans *t);

#endif
