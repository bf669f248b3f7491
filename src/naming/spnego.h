/*
 * spnego - what a security blob carries: GSS-API tokens (RFC 2743 3.1) and SPNEGO (RFC 4178 4.2,
 * MS-SPNG), down to the message of NTLM or Kerberos in it.
 *
 * Blobs come raw ("NTLMSSP"), in GSS-API's frame, in SPNEGO with or without that frame, and
 * SPNEGO's tokens may be in GSS-API's frame again. So many layers are taken off and no more.
 */
#ifndef NAMING_SPNEGO_H
#define NAMING_SPNEGO_H

#include "base/bytes.h"

enum { SPNEGO_LAYERS = 6 };

enum spnego_carries {
	SPNEGO_NOTHING,  /* no token, as in a server's first offer; or one of another mechanism */
	SPNEGO_NTLM,     /* `token` is for ntlm_read() */
	SPNEGO_KERBEROS, /* `token` is for krb_read(): AP-REQ, AP-REP or KRB-ERROR */
};

enum spnego_mech { /* bits */
		   SPNEGO_MECH_NTLM = 1,
		   SPNEGO_MECH_KRB5 = 2,
		   SPNEGO_MECH_MS_KRB5 = 4, /* Windows 2000's, off by a digit */
		   SPNEGO_MECH_NEGOEX = 8,
};

enum spnego_state { SPNEGO_ACCEPTED, SPNEGO_INCOMPLETE, SPNEGO_REJECTED, SPNEGO_NO_STATE = 0xff };

struct spnego {
	uint8_t carries; /* enum spnego_carries */
	uint8_t state;   /* enum spnego_state: of a server's answer */
	uint8_t mechs;   /* enum spnego_mech, of all that are offered or chosen */
	struct bytes token;
	/* A server's hint, ASCII: "dc1$@EXAMPLE.ORG" of old ones, of newer ones a text that says
	 * to ignore it. */
	struct bytes hint;
};

/* False: not any of that, or cut. All points into `blob`. */
bool spnego_read(struct bytes blob, struct spnego *ret_spnego);

/* A client's first token (NegTokenInit in GSS-API's frame): offers `mechs`, the token's mechanism
 * first. A Kerberos token gets its own GSS-API frame. With SPNEGO_NOTHING and a hint it is a
 * server's offer (NegTokenInit2). */
void spnego_write_init(struct writer *w, const struct spnego *s);

/* Any later token (NegTokenResp), of either side. */
void spnego_write_resp(struct writer *w, const struct spnego *s);

#endif
