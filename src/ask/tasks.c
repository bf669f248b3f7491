#include "ask/tasks.h"

#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#include "ask/confine.h"
#include "ask/credentials.h"

enum { SNMP_LIMIT = 20, PROFILES_LIMIT = 6, OPEN_LIMIT = 7, SLACK_MS = 2000 };

unsigned task_limit_ms(enum task_kind kind, const struct ask_options *opt)
{
	unsigned times = kind == TASK_OPEN       ? OPEN_LIMIT
			 : kind == TASK_PROFILES ? PROFILES_LIMIT
						 : SNMP_LIMIT;

	return times * opt->timeout_ms + SLACK_MS;
}

static void ask_openly(struct asking *a)
{
	const struct ask_options *o = a->opt;
	char what[64];

	if ((o->what & ASK_NBSTAT) != 0) {
		(void)snprintf(what, sizeof(what), "NetBIOS node status (UDP %u)", o->nbns_port);
		asking_do(a, what, ask_nbstat);
	}
	if ((o->what & ASK_SMB) != 0 || ((o->what & ASK_PROFILES) != 0 && o->credentials != NULL)) {
		(void)snprintf(what, sizeof(what), "SMB negotiate (TCP %u)", o->smb_port);
		asking_do(a, what, ask_smb);
	}
	if ((o->what & ASK_DNS) != 0)
		asking_do(a, "reverse look-up (DNS)", ask_dns);
}

_Noreturn void task_run(const struct task *t, int pipe, int parent)
{
	const struct ask_credentials *c = t->opt->credentials;
	bool has_tickets = t->kind == TASK_PROFILES && c != NULL && c->use_kerberos;
	struct confine_options co = {
		.parent = (pid_t)parent,
		.pipe = pipe,
		.keep_id = has_tickets,
		.cpu_s = task_limit_ms(t->kind, t->opt) / 1000 + 1,
		.tcp_port = has_tickets ? 0 : t->opt->smb_port,
	};
	struct asking a = {.opt = t->opt,
			   .reach = {t->opt->scope, t->opt->n_scope},
			   .addr = t->addr,
			   .to = CONFINE_PIPE,
			   .task = t};
	char what[128];

	if (t->kind != TASK_PROFILES)
		credentials_forget(c); /* whoever meets strangers without need has no secrets */
	if (confine(&co) != RC_OK)
		_exit(1);
	if (reach_allows(&a.reach, &a.addr)) {
		switch (t->kind) {
		case TASK_OPEN:
			ask_openly(&a);
			break;
		case TASK_PROFILES:
			(void)snprintf(what, sizeof(what), "profiles on c$ (TCP %u)",
				       t->opt->smb_port);
			asking_do(&a, what, ask_profiles);
			break;
		case TASK_ROUTER:
		case TASK_SWITCH:
			(void)snprintf(what, sizeof(what), "%s of %.64s (SNMP, UDP %u)",
				       t->kind == TASK_ROUTER ? "ARP table" : "MAC table",
				       t->at->name, t->at->port);
			asking_do(&a, what, ask_snmp);
			break;
		}
	}
	_exit(0);
}
