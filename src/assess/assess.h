/*
 * assess - asks machines about patches, policy and protection, and never harms them.
 *
 * What is asked, how often, and what it leaves behind is listed in doc/assess.md; nothing there can
 * crash or change its target. Each machine is asked by a process of its own (ask/pool.h), at most
 * `parallel` at once and `rate` new ones a second, inside the scope alone. An account is tried once
 * with one password: the first refusal ends its use for the whole run, and any sign of a lockout
 * does, too.
 *
 * First what anybody may know (SMB negotiate, NTLM challenge, status codes), then with an account:
 * files on ADMIN$, the registry, SAMR, LSA, services, shares. What could not be learned is told as
 * OBSERVED_UNREADABLE with the reason.
 */
#ifndef ASSESS_ASSESS_H
#define ASSESS_ASSESS_H

#include "ask/ask.h"
#include "model/posture.h"

struct assess_options {
	const struct ask_options
		*ask;             /* scope, credentials (NULL: anonymous), timeout, parallel,
				   * rate, ports, now, origin; `what` and switches are not used */
	const char *const *files; /* below ADMIN$: "system32/netapi32.dll" */
	size_t n_files;
	const char *const *registry; /* values "HKLM\...\Name" and keys "HKLM\...\Key\" */
	size_t n_registry;
	const char *const *services; /* asked for one by one where they are not in the list */
	size_t n_services;
	const char *const
		*updates; /* "KB958644": looked for among the packages of Vista and later */
	size_t n_updates;
	bool patches_only; /* --for: neither accounts, policy, shares nor services */
};

enum assess_outcome {
	ASSESS_DONE,      /* every question was answered */
	ASSESS_PARTLY,    /* not all of them: `why` is about the first; also without the account,
			   * since it was refused elsewhere */
	ASSESS_NO_ANSWER, /* it does not speak SMB, or nobody is there: nothing was observed */
	ASSESS_REFUSED,   /* it refused the account; the posture is what needs none */
	ASSESS_OUT_OF_SCOPE
};

struct assess_out { /* borrowed for the call; called from assess_run() alone, in no fixed order */
	/* One machine is done, or its time is over, or all was stopped: what is known by now, and
	 * one line about it. Once for each machine that told anything; a machine that was not begun
	 * when goes_on() said no is not done, and a later run can take it up. */
	void (*done)(void *ctx, size_t target, const struct posture *p, enum assess_outcome how,
		     const char *why);
	void (*fact)(void *ctx, const struct fact *f); /* its name, domain, system; may be NULL */
	void (*said)(void *ctx, const struct addr *of, const char *what, const char *result,
		     bool is_ok);   /* each question; may be NULL */
	bool (*goes_on)(void *ctx); /* false: stop asking; may be NULL */
	void *ctx;
};

/* RC_INVAL: no scope. Targets in the order given. */
MUST_CHECK enum rc assess_run(const struct assess_options *opt, const struct addr *targets,
			      size_t n, const struct assess_out *out);

/* What would be asked, one line a question with how often, for --dry-run. Line by line to `line`.
 */
void assess_plan(const struct assess_options *opt, void (*line)(void *ctx, const char *text),
		 void *ctx);

#endif
