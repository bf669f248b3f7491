/*
 * logon - whom a security blob says who is: NTLMSSP and Kerberos, raw or in SPNEGO, whatever
 * carries them (SMB, RPC, HTTP).
 *
 * An AUTHENTICATE tells the sender's user and workstation, a CHALLENGE the sender's names, an
 * AP-REQ the receiver's name. Whoever carries the blobs and hears answers says so, with a key that
 * tells requests apart: the last claim of a stream is kept, and ends where it is refused.
 */
#ifndef PROTO_LOGON_H
#define PROTO_LOGON_H

#include "proto/proto.h"

struct logon { /* the last claim; zeroed: none */
	bool is_open;
	bool is_smb1; /* by name and password of SMB 1 itself */
	uint64_t key;
	uint8_t user_len, domain_len;
	char user[EV_TEXT_MAX + 1], domain[EV_TEXT_MAX + 1];
};

/* What a blob carried, for whoever must know where an exchange stands. */
enum logon_step { LOGON_NOTHING, LOGON_BEGINS, LOGON_CHALLENGED, LOGON_CLAIMED };

/* Tells EV_IDENT of all that `blob`, sent by `dir`, says. `l` may be NULL: nobody hears answers. */
enum logon_step logon_blob(struct logon *l, uint64_t key, enum dir dir, struct bytes blob,
			   const struct proto_out *out);

/* A claim made otherwise: texts in UTF-8, in `ident` of IDENT_SMB1. */
void logon_claim(struct logon *l, uint64_t key, const struct ev_ident *ident);

/* The request of this key was answered by `dir`. */
void logon_answered(struct logon *l, uint64_t key, enum dir dir, bool is_refused,
		    const struct proto_out *out);

/* Room for a text of an event. */
struct logon_text {
	char at[EV_TEXT_MAX + 1];
};

/* UTF-16LE or a code page to UTF-8 in `room`; cut at EV_TEXT_MAX. */
struct bytes logon_text(struct bytes raw, bool is_unicode, struct logon_text *room);

/* A GUID of 16 bytes as on the wire; zeros are none. */
struct bytes logon_guid_text(struct bytes guid, struct logon_text *room);
void logon_guid(enum dir dir, enum ev_ident_from from, struct bytes guid,
		const struct proto_out *out);

/* UTF-8 from a stranger: "PC7$" is PC7's own account, its name goes to ident->name, with its role;
 * anything else to ident->user. Borrows `account`. */
void logon_account(struct ev_ident *ident, struct bytes account);

/* Tells `ident` of the sender, or of the receiver where it says so. */
void logon_tell(enum dir dir, const struct ev_ident *ident, const struct proto_out *out);

#endif
