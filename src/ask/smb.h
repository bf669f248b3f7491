/*
 * smb - a connection to an SMB server, and what it says before anybody logs on.
 *
 * One exchange after the other, each until the question's time is over; errno tells why one failed,
 * EPROTO for an answer that is none. One connection at a time: the memory for answers is one.
 */
#ifndef ASK_SMB_H
#define ASK_SMB_H

#include "ask/asking.h"
#include "naming/ntlm.h"
#include "wire/smb1_body.h"
#include "wire/smb2.h"

enum { SMB_REPLY_MAX = 65536, SMB_REQUEST_MAX = 1024 };

enum smb_dialect {
	SMB_2_0_2 = 0x0202,
	SMB_2_1 = 0x0210,
	SMB_3_0 = 0x0300,
	SMB_3_0_2 = 0x0302,
	SMB_3_1_1 = 0x0311,
};

enum { SMB_DIALECTS = 5, SMB1_NO_DIALECT = 0xffff };
extern const uint16_t smb_dialects[SMB_DIALECTS]; /* from the oldest on */

struct smb_talk {
	struct asking *a;
	int fd; /* -1: none */
	uint64_t until_ms;
	uint32_t status;    /* of the negotiation */
	struct bytes reply; /* in `room`, until the next exchange */
	uint8_t room[SMB_REPLY_MAX];
};

/* The one of this process, not connected. */
struct smb_talk *smb_talk_of(struct asking *a);

/* A new connection; the one before is closed. Its question's time begins. */
bool smb_connect(struct smb_talk *t);
void smb_hang_up(struct smb_talk *t);

/* Sends a message, at most SMB_REQUEST_MAX, and waits for the next one. */
bool smb_exchange(struct smb_talk *t, struct bytes request);

/* Offers these dialects, ascending; with 3.1.1 also contexts (wire/smb2_context.h). False with
 * EPROTO and `status`: refused. */
bool smb_negotiate2(struct smb_talk *t, const uint16_t *dialects, uint16_t n_dialects,
		    bool with_compression, struct smb2_negotiated *ret_n);

/* Offers NT LM 0.12. ret_n->dialect is SMB1_NO_DIALECT if it was not taken. */
bool smb_negotiate1(struct smb_talk *t, bool extended, struct smb1_negotiated *ret_n);

/* Sends a header and a block, and reads both of the answer to it. */
bool smb_ask1(struct smb_talk *t, const struct smb1_header *h, struct bytes block,
	      struct smb1_header *ret_h, struct smb1_block *ret_b);

/* The first message of NTLM's exchange, in SPNEGO: nobody's yet. In `room`, at least 256 bytes. */
struct bytes smb_ntlm_offer(uint8_t *room, size_t cap);

/* As reach_words(). */
const char *smb_words(int err);

struct smb_heard {
	unsigned speaks;  /* enum message_smb; 0: not SMB, or nothing */
	uint16_t dialect; /* the best; SMB 2 and later */
	uint16_t
		security_mode; /* of MS-SMB2 2.2.4, or where there is SMB 1 alone MS-CIFS 2.2.4.52.2
				*/
	bool takes_compression; /* 3.1.1, and it was offered */
	bool has_version;       /* of the challenge */
	struct ntlm_version version;
	uint64_t start_time; /* FILETIME; 0: not told */
};

/* Negotiates, and lets itself be challenged; tells the names in the challenge as facts. */
void smb_hear(struct asking *a, bool with_compression, struct answer *ret_answer,
	      struct smb_heard *ret_heard);

#endif
