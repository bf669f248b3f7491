/* What would be asked: doc/assess.md has the same in a table. Who changes what is sent, changes
 * both. */
#include <stdarg.h>
#include <stdio.h>

#include "ask/credentials.h"
#include "assess/assess.h"
#include "disk/pe.h"

struct plan {
	const struct assess_options *opt;
	void (*line)(void *ctx, const char *text);
	void *ctx;
};

__attribute__((format(printf, 2, 3))) static void say(const struct plan *p, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	p->line(p->ctx, text);
}

static void without_account(const struct plan *p)
{
	say(p, "SMB negotiate and NTLM challenge, nobody logs on: 1 connection, 2 messages; "
	       "where there is SMB 1 alone 1 connection more");
	say(p, "SMB 1 negotiate; where it is on, a null session on IPC$ and one PeekNamedPipe of "
	       "FID 0 (MS17-010): 1 connection, at most 4 messages");
	say(p, "SMB dialects: at most 4 connections, 1 message each");
	say(p,
	    "null session on IPC$, where SMB 1 gave no answer: 1 connection, at most 4 messages");
	if (!p->opt->patches_only)
		say(p, "SAMR as nobody, where a null session was let in: 1 connection, at most 7 "
		       "calls, 1 account");
}

static void with_account(const struct plan *p)
{
	const struct ask_credentials *c = p->opt->ask->credentials;

	say(p,
	    "logon as %s%s%s, one at a time over all machines until one has let it in; the "
	    "first refusal ends its use",
	    c->use_kerberos ? "the Kerberos ticket's user" : c->domain,
	    c->use_kerberos || c->domain[0] == '\0' ? "" : "\\",
	    c->use_kerberos ? "" : c->username);
	say(p,
	    "%zu files on ADMIN$ and the kernel's: 1 connection; of each file its date and size "
	    "and at most %d "
	    "reads, %d KiB in all",
	    p->opt->n_files, PE_READS, PE_BYTES >> 10);
	say(p,
	    "the registry (winreg), reading alone: 1 connection and logon for this and all that "
	    "follows; %zu values and keys, at most 4 calls each, what is asked of every Windows: "
	    "some 40, and its list of hotfixes: at most 1024",
	    p->opt->n_registry);
	if (p->opt->n_updates > 0)
		say(p,
		    "packages of Component Based Servicing, reading alone: each of %zu updates is "
		    "searched for, in at most 40 calls",
		    p->opt->n_updates);
	if (p->opt->patches_only)
		return;
	say(p, "SAMR, reading alone: password and lockout policy, at most 1000 accounts, "
	       "members of Administrators, in some 12 calls, and 3 more for each of at most 100 "
	       "accounts where the list leaves out their flags");
	say(p, "LSA, reading alone: audit policy, names of accounts: some 5 calls");
	say(p, "services (svcctl), reading alone: their list, and of %zu the start: 4 calls each",
	    p->opt->n_services);
	say(p, "shares (srvsvc), reading alone: their list, with who may write: 1 call, or 2");
}

void assess_plan(const struct assess_options *opt, void (*line)(void *ctx, const char *text),
		 void *ctx)
{
	const struct plan p = {opt, line, ctx};

	say(&p,
	    "each machine once, TCP %u alone; at most %u machines at once, %u new ones a second, "
	    "%u ms for each connection",
	    opt->ask->smb_port, opt->ask->parallel, opt->ask->rate, opt->ask->timeout_ms);
	without_account(&p);
	if (opt->ask->credentials != NULL)
		with_account(&p);
}
