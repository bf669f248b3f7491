/* ntlm - logon blobs: NTLMSSP (MS-NLMP 2.2.1) in SPNEGO (RFC 4178). The responses are noise. */
#ifndef TRAFFIC_NTLM_H
#define TRAFFIC_NTLM_H

#include "base/bytes.h"
#include "lan/net.h"

struct logon {
	const char *user, *domain; /* "" for nobody: a null session */
	const char *machine;       /* of the client */
	const char *server;
	enum os machine_os, server_os;
};

/* What a server offers: NTLMSSP. */
void ntlm_offer(struct writer *w);

/* The three messages of a logon. */
void ntlm_negotiate(struct writer *w, const struct logon *l);
void ntlm_challenge(struct writer *w, struct rng *r, const struct logon *l);
void ntlm_authenticate(struct writer *w, struct rng *r, const struct logon *l);

/* The server's last word. */
void ntlm_accept(struct writer *w);

#endif
