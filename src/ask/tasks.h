/*
 * tasks - what a child is sent out for; each runs in a process of its own.
 */
#ifndef ASK_TASKS_H
#define ASK_TASKS_H

#include "ask/asking.h"

enum task_kind {
	TASK_OPEN,     /* what needs no account: node status, SMB negotiate, reverse look-up */
	TASK_PROFILES, /* with the account */
	TASK_ROUTER,   /* ARP tables */
	TASK_SWITCH,   /* bridge tables */
};

struct task {
	enum task_kind kind;
	const struct ask_options *opt;
	struct addr addr;
	unsigned smb;                /* profiles: of MESSAGE_SMB */
	const char *names[2];        /* profiles: the machine's own, and its domain's; "" */
	const struct ask_switch *at; /* switch, router */
	char *secrets;               /* of it; wiped by whoever made it */
	const struct addr *addrs;    /* router: whose MACs are looked for */
	size_t n_addrs;
	const struct mac *macs; /* switch: where these are */
	size_t n_macs;
};

/* How long such a task may take in all, before it is ended. */
unsigned task_limit_ms(enum task_kind kind, const struct ask_options *opt);

/* What the child does; never returns. `pipe` is where it tells. */
_Noreturn void task_run(const struct task *t, int pipe, int parent);

#endif
