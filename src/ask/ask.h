/*
 * ask - asks machines, name servers, switches and routers who somebody is.
 *
 * Only what harms nobody: a NetBIOS node status, a reverse look-up, an SMB negotiate with the
 * server's NTLM challenge, reading folder dates on c$ with the operator's credentials, SNMP reads.
 * What is sent, and how often, is listed in doc/who.md. Nothing is asked of an address outside
 * `scope`. Each machine is asked in a process of its own, which is ended when its time is over;
 * at most `parallel` at once and `rate` new ones a second. A logon that fails is never tried again
 * on that machine, and an account that fails on one machine is not used on others: it could be
 * locked out.
 */
#ifndef ASK_ASK_H
#define ASK_ASK_H

#include "base/addr.h"
#include "model/fact.h"

struct ask_credentials; /* secrets; wiped when freed */

/* A file of mode 0600 that is the caller's own: "username = …", "password = …", "domain = …" lines,
 * as smbclient -A reads them; or "kerberos" alone for the ticket cache. RC_INVAL: `err` says why.
 */
MUST_CHECK enum rc ask_credentials_read(const char *path, struct ask_credentials **ret_c, char *err,
					size_t err_len);
/* From the terminal, without echo. RC_IO: there is none. */
MUST_CHECK enum rc ask_credentials_prompt(const char *user, struct ask_credentials **ret_c,
					  char *err, size_t err_len);
MUST_CHECK enum rc ask_credentials_kerberos(struct ask_credentials **ret_c);
void ask_credentials_free(struct ask_credentials *c); /* NULL is fine */

struct ask_switch { /* or a router: settings' `switches` */
	struct addr addr;
	uint16_t port;              /* 161 */
	const char *name;           /* "2nd-floor" */
	bool is_router;             /* its ARP table is asked too */
	const char *community_file; /* v2c: 0600 file with the community; or NULL */
	const char *user, *auth, *priv,
		*secrets_file; /* v3: "SHA"/"SHA-256", "AES"/""; 0600 file with
				* two lines, authentication and privacy */
};

enum { /* what to ask */
       ASK_NBSTAT = 1,
       ASK_DNS = 2,
       ASK_SMB = 4,
       ASK_PROFILES = 8, /* needs credentials */
       ASK_SWITCHES = 16,
       ASK_ALL = 31,
};

struct ask_options {
	unsigned what;
	const struct net *scope;
	size_t n_scope;
	const struct ask_credentials *credentials; /* NULL: none */
	const struct ask_switch *switches;
	size_t n_switches;
	unsigned timeout_ms;          /* of each question */
	unsigned parallel;            /* machines at once */
	unsigned rate;                /* new machines a second */
	uint16_t smb_port, nbns_port; /* 0: 445 and 137; tests use others */
	uint64_t now_ns;
	const char *origin; /* of the facts: "ask@HOSTNAME" */
};

struct ask_target {
	struct addr addr; /* zero: only its MACs are known, for the switches */
	struct mac macs[4];
	unsigned n_macs;
};

struct ask_out { /* borrowed for the call; called from ask_run() alone, in no fixed order */
	void (*fact)(void *ctx, const struct fact *f);
	/* One line for each question: of whom, what, and what came of it ("LAP-7, CORP; 12 ms").
	 * `what` "": no question, but something to know, such as why one was not asked. */
	void (*said)(void *ctx, const struct ask_target *of, const char *what, const char *result,
		     bool is_ok);
	bool (*goes_on)(void *ctx); /* false: stop asking; may be NULL */
	void *ctx;
};

/* RC_INVAL: nothing may be asked at all (no scope). A target out of scope is told to `said`. */
MUST_CHECK enum rc ask_run(const struct ask_options *opt, const struct ask_target *targets,
			   size_t n, const struct ask_out *out);

#endif
