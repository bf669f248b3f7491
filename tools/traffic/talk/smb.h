/*
 * smb - one client's connection to a server's files and pipes, both sides of it, over SMB 1 or
 * SMB 2.1. The messages are written by wire/.
 */
#ifndef TRAFFIC_SMB_H
#define TRAFFIC_SMB_H

#include "lan/tcp.h"
#include "talk/ntlm.h"

enum smb_dialect { SMB_ONE, SMB_TWO };

/* NT status; too large for an enum. */
#define STATUS_OK            0u
#define STATUS_MORE          0xc0000016u
#define STATUS_DENIED        0xc0000022u
#define STATUS_NO_NAME       0xc0000034u
#define STATUS_LOGON_FAILURE 0xc000006du

struct smb {
	struct tcp tcp;
	enum smb_dialect dialect;
	struct logon logon;
	bool is_pipe; /* what is open */
	uint64_t offset;
	/* SMB 1 */
	uint16_t uid, tid, fid, mid, pid;
	/* SMB 2 */
	uint64_t session, message, file;
	uint32_t tree;
};

/* Calls the server on who.dport: 445, or 139 with the names of both before anything else; and
 * negotiates. False: nobody spoke. */
bool smb_connect(struct smb *s, struct lan *n, uint64_t at, struct datagram who,
		 enum smb_dialect dialect);

/* As if connected: a capture that started too late. */
void smb_midstream(struct smb *s, struct lan *n, uint64_t at, struct datagram who,
		   enum smb_dialect dialect);

/* Logs on as `user`, "" for nobody. `status` is what the server thinks of it. */
void smb_logon(struct smb *s, const char *user, uint32_t status);

void smb_tree(struct smb *s, const char *share, uint32_t status);

/* Opens a file, or on IPC$ a pipe (without \PIPE\ in front). */
void smb_open(struct smb *s, const char *name, uint32_t status);

/* One request and its answer. At most 60 KiB over SMB 1, 1 MiB over SMB 2. */
void smb_read(struct smb *s, struct bytes data);
void smb_write(struct smb *s, struct bytes data);

/* Only the write, without an answer. */
void smb_write_unanswered(struct smb *s, struct bytes data);

void smb_shut(struct smb *s);   /* closes the file */
void smb_logoff(struct smb *s); /* and the connection */

/* TransactNmPipe or FSCTL_PIPE_TRANSCEIVE. `answer` empty: none came. `piece`: at most so many
 * bytes of the question in one message (TRANSACTION_SECONDARY carries the rest), 0: all. */
void smb_transact(struct smb *s, struct bytes ask, struct bytes answer, size_t piece);

/* The two halves that smb.c chooses from. */
extern const struct smb_verbs {
	void (*negotiate)(struct smb *s);
	void (*logon)(struct smb *s, uint32_t status);
	void (*tree)(struct smb *s, const char *path, uint32_t status);
	void (*open)(struct smb *s, const char *name, uint32_t status);
	void (*read)(struct smb *s, struct bytes data);
	void (*write)(struct smb *s, struct bytes data, bool answered);
	void (*shut)(struct smb *s);
	void (*logoff)(struct smb *s);
	void (*transact)(struct smb *s, struct bytes ask, struct bytes answer, size_t piece);
} smb_one, smb_two;

/* A message in the making: in the LAN's scratch memory, behind four bytes for its length. */
struct writer smb_begin(struct smb *s);
void smb_send(struct smb *s, unsigned side, struct writer *w);

#endif
