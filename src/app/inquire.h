/*
 * inquire - `quell who --ask`: goes and asks, tells what it asked, and keeps what came back.
 *
 * How the command calls it:
 *
 *	struct ask_target targets[…];
 *	n += inquire_targets_of(machine, settings, targets + n, room);   for each machine, or
 *	targets[n++] = (struct ask_target){.addr = address};             for one that nobody knows
 *	rc = inquire(&(struct inquire_options){.settings = …, .store = …, .to = stderr}, targets, n,
 *		     &result);
 *	… then load the machines from the store again, and show them.
 *
 * What may be asked comes from the settings: networks.scope, switches, ask.*. Without a scope
 * nothing is asked, and the message says how to set it. One line for each question goes to
 * `to`, as "asked 10.1.2.3: NetBIOS node status (UDP 137): LAP-7, CORP; 12 ms". SIGINT and
 * SIGTERM stop the asking, not the program: what was learned by then is kept.
 */
#ifndef APP_INQUIRE_H
#define APP_INQUIRE_H

#include <signal.h>
#include <stdio.h>

#include "app/keep.h"
#include "ask/ask.h"
#include "model/machine.h"
#include "settings/settings.h"

struct inquire_account {         /* whose; at most one of them */
	const char *credentials; /* a file's path, instead of ask.credentials; or NULL */
	const char *user;        /* "CORP\\maria": its password is prompted for; or NULL */
	bool use_kerberos;       /* the caller's tickets */
};

/* NULL: none is given, and none is in the settings. RC_INVAL: it cannot be used; that was said on
 * stderr. */
MUST_CHECK enum rc inquire_account(const struct inquire_account *account, const struct settings *s,
				   struct ask_credentials **ret_c);

/* False, and said on stderr: the settings name no network that quell may act on. */
bool inquire_has_scope(const struct settings *s);

/* Where facts come from: "ask@lap-9". `text` holds INQUIRE_ORIGIN. Returns it. */
enum { INQUIRE_ORIGIN = 96 };
const char *inquire_origin(const char *what, char *text);

/* SIGINT and SIGTERM: the first one is noted, the second one ends the program. */
struct inquire_signals {
	struct sigaction was_int, was_term;
};
void inquire_catch(struct inquire_signals *ret_s);
void inquire_release(const struct inquire_signals *s);
bool inquire_goes_on(void *ctx); /* false: it was asked to stop */

struct inquire_options {
	const struct settings *settings;
	struct store *store; /* NULL: nothing is kept */
	FILE *to;            /* what was asked, line by line, fit for a terminal; NULL: silence */
	struct inquire_account account;
	unsigned what;                /* ASK_…; 0: everything that the settings allow */
	const struct fact_sink *also; /* is told each fact too; may be NULL */
};

struct inquire_result {
	size_t questions, answers;
	bool was_stopped;        /* by a signal */
	struct keep_result kept; /* all zero without a store */
};

/* RC_INVAL: nothing was asked (no scope, credentials that cannot be used); RC_IO: asked, but the
 * store did not keep it (store_error()). A message has gone to stderr in both cases. */
MUST_CHECK enum rc inquire(const struct inquire_options *opt, const struct ask_target *targets,
			   size_t n, struct inquire_result *ret_result);

/* Whom to ask about a machine: its latest address in scope (IPv4 before IPv6) with its MACs; or,
 * out of scope, its latest address, which is then told as not asked. Returns how many: 0 or 1. */
size_t inquire_targets_of(const struct machine *m, const struct settings *s, struct ask_target *to,
			  size_t max);

#endif
