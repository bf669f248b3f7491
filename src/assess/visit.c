#include "assess/visit.h"

#include <stdio.h>
#include <unistd.h>

#include "ask/confine.h"
#include "ask/credentials.h"
#include "base/text.h"

enum {
	OPEN_LIMIT = 12,  /* connections, each with the time-out of a question */
	VISIT_LIMIT = 60, /* hundreds of files and values, on a slow line */
	SLACK_MS = 2000,
};

void visit_tell(const struct visit *v, unsigned by, enum observed state, const char *key,
		const char *value)
{
	struct message m = {.kind = MESSAGE_OBSERVED, .source = (uint8_t)by, .number = state};

	(void)text_from_utf8((struct bytes){(const uint8_t *)key, strlen(key)}, m.text[0],
			     POSTURE_KEY);
	if (state != OBSERVED_ABSENT)
		(void)text_from_utf8((struct bytes){(const uint8_t *)value, strlen(value)},
				     m.text[1], POSTURE_VALUE);
	asking_tell(v->asking, &m);
}

void visit_tell_of(const struct visit *v, unsigned by, enum observed state, const char *prefix,
		   const char *name, const char *value)
{
	char key[2 * POSTURE_KEY];

	(void)snprintf(key, sizeof(key), "%s%s", prefix, name);
	visit_tell(v, by, state, key, value);
}

struct question {
	struct visit *visit;
	visit_question ask;
};

static void ask(struct asking *a, struct answer *ret_answer)
{
	const struct question *q = a->ctx;

	q->ask(q->visit, ret_answer);
}

void visit_do(struct visit *v, const char *what, visit_question question)
{
	struct question q = {v, question};

	v->asking->ctx = &q;
	asking_do(v->asking, what, ask);
	v->asking->ctx = NULL;
}

static void without_account(struct visit *v)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "SMB negotiate (TCP %u)", v->asking->opt->smb_port);
	visit_do(v, what, visit_negotiate);
	if (v->smb == 0)
		return;
	visit_do(v, "SMB 1, null session, PeekNamedPipe", visit_smb1);
	visit_do(v, "SMB dialects", visit_dialects);
	if (!v->has_null_session && v->smb == MESSAGE_SMB2)
		visit_do(v, "null session", visit_null_session);
	if (v->has_null_session && !v->opt->patches_only)
		visit_do(v, "accounts, as nobody (SAMR)", visit_anonymous);
}

static void with_account(struct visit *v)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "files on ADMIN$ (TCP %u)", v->asking->opt->smb_port);
	visit_do(v, what, visit_files);
	if (!v->is_in)
		return;
	visit_do(v, "registry (winreg)", visit_registry);
	if (v->opt->patches_only)
		return;
	visit_do(v, "accounts, passwords, Administrators (SAMR)", visit_accounts);
	visit_do(v, "audit policy (LSA)", visit_audit);
	visit_do(v, "services (svcctl)", visit_services);
	visit_do(v, "shares (srvsvc)", visit_shares);
}

unsigned visit_limit_ms(const struct visit_task *t)
{
	return (t->with_account ? VISIT_LIMIT : OPEN_LIMIT) * t->opt->ask->timeout_ms + SLACK_MS;
}

_Noreturn void visit_run(const struct visit_task *t, int pipe, pid_t parent)
{
	const struct ask_options *o = t->opt->ask;
	const struct ask_credentials *c = o->credentials;
	bool has_tickets = t->with_account && c != NULL && c->use_kerberos;
	const struct confine_options co = {
		.parent = parent,
		.pipe = pipe,
		.keep_id = has_tickets,
		.cpu_s = visit_limit_ms(t) / 1000 + 1,
		.tcp_port = has_tickets ? 0 : o->smb_port,
	};
	struct asking a = {
		.opt = o, .reach = {o->scope, o->n_scope}, .addr = t->addr, .to = CONFINE_PIPE};
	struct visit v = {.asking = &a,
			  .opt = t->opt,
			  .smb = t->smb,
			  .names = {t->names[0], t->names[1]},
			  .host = ""};

	if (!t->with_account)
		credentials_forget(c); /* whoever meets strangers without need has no secrets */
	if (confine(&co) != RC_OK)
		_exit(1);
	if (reach_allows(&a.reach, &a.addr)) {
		if (t->with_account)
			with_account(&v);
		else
			without_account(&v);
	}
	_exit(0);
}
