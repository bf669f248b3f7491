/* logon - the entries that follow from a logon seen in a log: the client, its user, the server. */
#ifndef IMPORT_LOGON_H
#define IMPORT_LOGON_H

#include "import/entry.h"

struct logon {                           /* empty where the log does not say */
	struct bytes client, server;     /* addresses */
	struct bytes user, domain, host; /* NTLM: who, from which machine */
	struct bytes server_name, server_domain;
	struct bytes principal; /* Kerberos: "maria/CORP.EXAMPLE", "LAP-7$@CORP" */
	bool is_kdc;            /* the server answered as a domain controller */
	bool is_failed;
	uint64_t at_ns;
};

/* Ends the row: used, or bad if no machine can be told from it. */
void logon_use(struct work *w, const struct logon *l, uint64_t line);

#endif
