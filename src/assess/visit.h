/*
 * visit - a child at one machine: its questions, in order, and how it tells what it saw.
 *
 * A question is asked through ask/asking.h, so it is named before it begins and its outcome told
 * after; what it tells by then is kept, should the machine hang or the child be ended. Whatever
 * could not be learned is told, too, with the reason: silence would look like "nothing there".
 */
#ifndef ASSESS_VISIT_H
#define ASSESS_VISIT_H

#include <sys/types.h>

#include "ask/smb.h"
#include "assess/assess.h"

struct rpc_client;

struct visit {
	struct asking *asking;
	const struct assess_options *opt;
	unsigned smb;              /* enum message_smb: what it speaks; 0: not known (yet) */
	struct smb_heard heard;    /* without an account: what it said first */
	bool has_smb1, knows_smb1; /* without: is SMB 1 on? */
	bool has_null_session;     /* without: it was asked for one, and answered */
	bool lets_nobody_in;       /* without: with yes */
	uint16_t lowest;           /* without: of its dialects; 0: not known */
	const char *names[2];      /* its own name and its domain's, as the challenge told, or "" */
	const char *host;          /* to connect to: its address, or for Kerberos its name */
	bool is_in;                /* with one: it was let in, and not as a guest */
	struct rpc_client *rpc;    /* with one: NULL until a pipe is asked for */
};

/* `value` "" for OBSERVED_ABSENT; the reason for OBSERVED_UNREADABLE. Texts are cut at the sizes of
 * model/posture.h. */
void visit_tell(const struct visit *v, unsigned by, enum observed state, const char *key,
		const char *value);
/* "account:" and "Administrator" make the key. */
void visit_tell_of(const struct visit *v, unsigned by, enum observed state, const char *prefix,
		   const char *name, const char *value);

/* A question puts what came of it in words, as in ask/asking.h, and tells what it saw. */
typedef void (*visit_question)(struct visit *v, struct answer *ret_answer);

/* Says what is asked now, asks, and says what came of it and how long it took. */
void visit_do(struct visit *v, const char *what, visit_question question);

/* Without an account (assess/open.c). The first finds out whether there is SMB at all. */
void visit_negotiate(struct visit *v, struct answer *ret_answer); /* challenge, signing,
								   * compression */
void visit_smb1(struct visit *v, struct answer *ret_answer);      /* is it on? null session,
								   * PeekNamedPipe */
void visit_dialects(struct visit *v, struct answer *ret_answer);
void visit_null_session(struct visit *v, struct answer *ret_answer); /* over SMB 2 */
/* Does SAMR list the accounts to nobody? After the others: where there is a null session, one more
 * connection, and from then on no other (assess/accounts.c). */
void visit_anonymous(struct visit *v, struct answer *ret_answer);

/* With one. Each says itself what it could not learn. */
void visit_files(struct visit *v, struct answer *ret_answer); /* libsmbclient: the logon is
							       * here; assess/files.c */
/* The others: after it let us in; assess/rpc_client.h. */
void visit_registry(struct visit *v, struct answer *ret_answer); /* winreg; registry.c */
void visit_accounts(struct visit *v, struct answer *ret_answer); /* SAMR: accounts,
								  * Administrators, passwords */
void visit_audit(struct visit *v, struct answer *ret_answer);    /* LSA: audit policy */
void visit_services(struct visit *v, struct answer *ret_answer); /* svcctl, and the anti-malware
								  * among the services */
void visit_shares(struct visit *v, struct answer *ret_answer);   /* srvsvc: shares, and who may
								  * write to them */

/* What a child is sent out for. */
struct visit_task {
	const struct assess_options *opt;
	struct addr addr;
	bool with_account;
	unsigned smb; /* with: as above */
	const char *names[2];
};

unsigned visit_limit_ms(const struct visit_task *t); /* how long it may take in all */

/* In the child; `pipe` is where it tells. */
_Noreturn void visit_run(const struct visit_task *t, int pipe, pid_t parent);

#endif
