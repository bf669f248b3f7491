/*
 * The parent of all who ask: whom to send out when, what they told, and when they are ended.
 *
 * First every machine is asked what needs no account, and routers for their ARP tables; who speaks
 * SMB is then visited with the account. When all MACs are known that will be, each switch is
 * walked once, for all of them.
 *
 * Accounts get locked out when a wrong password is tried too often, so there is at most one logon
 * under way at any time, over all machines. A visitor says when it was let in, and only then the
 * next one starts; the first refusal ends the use of the account for this run.
 */
#include "ask/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ask/account.h"
#include "ask/credentials.h"
#include "ask/neighbour.h"
#include "ask/pool.h"
#include "ask/ports.h"
#include "ask/tasks.h"

enum {
	CHILD_BYTES = 4 << 20, /* all that one child may tell: some 4,000 machines' ports */
	MACS = 8,
};

struct mark { /* what is known of a target by now */
	struct mac macs[MACS];
	unsigned n_macs, smb;
	bool wants_visit, is_visited, holds_logon;
	char name[64], domain[64]; /* told by now; or "" */
};

struct run {
	const struct ask_options *opt;
	const struct ask_target *targets;
	struct mark *marks;
	size_t n;
	const struct ask_out *out;
	struct pool *pool;
	size_t next_open, next_router, next_switch;
	struct account account;
	struct mac *macs; /* of all targets, for the switches */
	size_t n_macs;
	struct addr *addrs;
	struct ports *ports;
};

static bool goes_on(void *ctx)
{
	const struct run *r = ctx;

	return r->out->goes_on == NULL || r->out->goes_on(r->out->ctx);
}

static void said(const struct run *r, const struct ask_target *of, const char *what,
		 const char *result, bool is_ok)
{
	r->out->said(r->out->ctx, of, what, result, is_ok);
}

static bool is_machine(const struct pool_child *c)
{
	return c->job.kind == TASK_OPEN || c->job.kind == TASK_PROFILES;
}

static struct ask_target child_target(const struct run *r, const struct pool_child *c)
{
	if (is_machine(c))
		return r->targets[c->job.target];
	return (struct ask_target){.addr = r->opt->switches[c->job.target].addr};
}

static void add_mac(struct mark *m, const struct mac *mac)
{
	static const struct mac none;

	if (mac_eq(mac, &none) || (mac->b[0] & 1) != 0)
		return;
	for (unsigned i = 0; i < m->n_macs; i++) {
		if (mac_eq(&m->macs[i], mac))
			return;
	}
	if (m->n_macs < MACS)
		m->macs[m->n_macs++] = *mac;
}

/* What later tasks want to know. */
static void note_fact(struct mark *mark, const struct message *m)
{
	if (m->has_mac)
		add_mac(mark, &m->mac);
	if (m->fact == FACT_NAME && mark->name[0] == '\0')
		(void)snprintf(mark->name, sizeof(mark->name), "%.63s", m->text[0]);
	if (m->fact == FACT_DOMAIN && mark->domain[0] == '\0')
		(void)snprintf(mark->domain, sizeof(mark->domain), "%.63s", m->text[0]);
}

static void tell_fact(const struct run *r, const struct ask_target *of, const struct message *m)
{
	struct fact f = {
		.kind = m->fact,
		.source = m->source,
		.confidence = m->confidence,
		.has_mac = m->has_mac,
		.mac = m->mac,
		.addr = of->addr,
		.host = m->text[1],
		.value = m->text[0],
		.origin = r->opt->origin,
		.machine = "",
		.first_ns = m->first_ns,
		.last_ns = m->last_ns,
		.count = 1,
	};

	r->out->fact(r->out->ctx, &f);
}

/* What is on a disk is older than the question. The machine may have had another address then, and
 * somebody else this one; so it is said of the machine by its card and its name, where they are
 * known. */
static void tell_of_disk(const struct run *r, size_t target, const struct message *m)
{
	const struct mark *mark = &r->marks[target];
	struct ask_target of = r->targets[target];
	struct message about = *m;

	if (mark->n_macs > 0) {
		about.has_mac = true;
		about.mac = mark->macs[0];
	}
	memcpy(about.text[1], mark->name, sizeof(mark->name));
	if (about.has_mac || mark->name[0] != '\0')
		of.addr = (struct addr){{0}};
	tell_fact(r, &of, &about);
}

/* A router knows the MAC of an address: of all targets that have it. */
static void take_pair(struct run *r, const struct message *m)
{
	struct message link = {
		.kind = MESSAGE_FACT,
		.fact = FACT_LINK,
		.source = FROM_ASK_ROUTER,
		.confidence = 90,
		.has_mac = true,
		.mac = m->mac,
		.first_ns = r->opt->now_ns,
		.last_ns = r->opt->now_ns,
	};
	bool is_told = false;

	for (size_t i = 0; i < r->n; i++) {
		if (addr_is_zero(&m->addr) || !addr_eq(&r->targets[i].addr, &m->addr))
			continue;
		add_mac(&r->marks[i], &m->mac);
		if (!is_told)
			tell_fact(r, &r->targets[i], &link);
		is_told = true;
	}
}

static void take_logon(struct run *r, size_t target, const struct message *m)
{
	char text[ADDR_TEXT], why[MESSAGE_TEXT];
	const struct ask_target *of = &r->targets[target];

	if (!r->marks[target].holds_logon)
		return;
	r->marks[target].holds_logon = false;
	if (account_told(&r->account, m, addr_format(&of->addr, text), why))
		said(r, of, "", why, false);
}

/* False: not for this kind of task to say. */
static bool take(void *ctx, const struct pool_child *c, const struct message *m)
{
	struct run *r = ctx;
	struct ask_target of = child_target(r, c);

	switch (m->kind) {
	case MESSAGE_BEGIN:
		return true;
	case MESSAGE_SAID:
		said(r, &of, m->text[0], m->text[1], m->is_ok);
		return true;
	case MESSAGE_FACT:
		if (!is_machine(c) ||
		    (c->job.kind == TASK_PROFILES) != (m->source == FROM_ASK_PROFILES))
			return false;
		note_fact(&r->marks[c->job.target], m);
		if (c->job.kind == TASK_PROFILES)
			tell_of_disk(r, c->job.target, m);
		else
			tell_fact(r, &of, m);
		return true;
	case MESSAGE_SMB:
		if (c->job.kind != TASK_OPEN)
			return false;
		r->marks[c->job.target].smb = m->number;
		return true;
	case MESSAGE_LOGON:
		if (c->job.kind != TASK_PROFILES)
			return false;
		take_logon(r, c->job.target, m);
		return true;
	case MESSAGE_PAIR:
		if (c->job.kind != TASK_ROUTER)
			return false;
		take_pair(r, m);
		return true;
	case MESSAGE_PORT:
		return c->job.kind == TASK_SWITCH && ports_add(r->ports, c->job.target, m) == RC_OK;
	default:
		return false;
	}
}

/* Who answered on the same cable has shown its card. */
static void take_neighbour(struct run *r, size_t target)
{
	struct message link = {
		.kind = MESSAGE_FACT,
		.fact = FACT_LINK,
		.source = FROM_ARP,
		.confidence = 90,
		.has_mac = true,
		.first_ns = r->opt->now_ns,
		.last_ns = r->opt->now_ns,
	};

	if (!neighbour_mac(&r->targets[target].addr, &link.mac))
		return;
	add_mac(&r->marks[target], &link.mac);
	tell_fact(r, &r->targets[target], &link);
}

static void ended(void *ctx, const struct pool_child *c, const char *why)
{
	struct run *r = ctx;
	const struct message lost = {.kind = MESSAGE_LOGON, .number = MESSAGE_NO_OUTCOME};
	struct ask_target of = child_target(r, c);

	if (why != NULL)
		said(r, &of, c->doing[0] != '\0' ? c->doing : "asking", why, false);
	if (c->job.kind == TASK_OPEN) {
		r->marks[c->job.target].wants_visit = r->marks[c->job.target].smb != 0;
		take_neighbour(r, c->job.target);
	}
	if (c->job.kind == TASK_PROFILES)
		take_logon(r, c->job.target, &lost);
}

static void run_task(const struct pool_job *job, int pipe, pid_t parent)
{
	task_run(job->with, pipe, parent);
}

/* Fork failed, most likely: told once for each machine, and not tried again for it. */
static bool try_start(struct run *r, const struct task *t, size_t target)
{
	const struct pool_job job = {
		.kind = t->kind,
		.target = target,
		.limit_ms = task_limit_ms(t->kind, r->opt),
		.bytes = CHILD_BYTES,
		.with = t,
		.run = run_task,
	};
	struct ask_target of = {.addr = t->addr};
	bool ok = pool_start(r->pool, &job) == RC_OK;

	if (t->at == NULL)
		of = r->targets[target];
	if (!ok)
		said(r, &of, "", strerror(errno), false);
	secret_free(t->secrets, SECRET_FILE_MAX); /* the child has its copy, and no other will */
	return ok;
}

static const char *const outside =
	"not asked: it is outside networks.scope, the networks that quell may act on";

/* Of a switch or a router. False: it cannot be asked; that was told. */
static bool prepare_switch(const struct run *r, size_t i, enum task_kind kind, struct task *ret_t)
{
	const struct ask_switch *w = &r->opt->switches[i];
	struct ask_target of = {.addr = w->addr};
	struct reach reach = {r->opt->scope, r->opt->n_scope};
	char err[MESSAGE_TEXT];

	*ret_t = (struct task){
		.kind = kind,
		.opt = r->opt,
		.addr = w->addr,
		.at = w,
		.addrs = r->addrs,
		.n_addrs = r->n,
		.macs = r->macs,
		.n_macs = r->n_macs,
	};
	if (!reach_allows(&reach, &w->addr)) {
		said(r, &of, "", outside, false);
		return false;
	}
	if (secret_read(w->community_file != NULL ? w->community_file : w->secrets_file,
			&ret_t->secrets, err, sizeof(err)) != RC_OK) {
		said(r, &of, "", err, false);
		return false;
	}
	return true;
}

static bool asks_openly(const struct ask_options *o)
{
	return (o->what & (ASK_NBSTAT | ASK_DNS | ASK_SMB)) != 0 ||
	       ((o->what & ASK_PROFILES) != 0 && o->credentials != NULL);
}

static bool may_visit(const struct run *r)
{
	return (r->opt->what & ASK_PROFILES) != 0 && r->opt->credentials != NULL;
}

/* Starts the next visit with the account, if there is one to start. */
static bool start_visit(struct run *r)
{
	if (!may_visit(r) || r->account.under_way > 0)
		return false;
	for (size_t i = 0; i < r->n; i++) {
		struct mark *m = &r->marks[i];
		struct task t = {.kind = TASK_PROFILES,
				 .opt = r->opt,
				 .addr = r->targets[i].addr,
				 .smb = m->smb,
				 .names = {m->name, m->domain}};

		if (!m->wants_visit || m->is_visited)
			continue;
		m->is_visited = true;
		if (r->account.has_failed) {
			said(r, &r->targets[i], "",
			     "profiles on c$ not asked for: the account was refused elsewhere",
			     false);
			continue;
		}
		m->holds_logon = try_start(r, &t, i);
		if (m->holds_logon)
			account_begin(&r->account, reach_now_ms());
		return true;
	}
	return false;
}

/* Starts one task of the first part; false: there is none that can start now. */
static bool start_first(void *ctx)
{
	struct run *r = ctx;
	struct reach reach = {r->opt->scope, r->opt->n_scope};
	struct task t;

	if (start_visit(r))
		return true;
	while ((r->opt->what & ASK_SWITCHES) != 0 && r->next_router < r->opt->n_switches) {
		size_t i = r->next_router++;

		if (!r->opt->switches[i].is_router || !prepare_switch(r, i, TASK_ROUTER, &t))
			continue;
		(void)try_start(r, &t, i);
		return true;
	}
	while (r->next_open < r->n) {
		size_t i = r->next_open++;

		if (addr_is_zero(&r->targets[i].addr))
			continue;
		if (!reach_allows(&reach, &r->targets[i].addr)) {
			said(r, &r->targets[i], "", outside, false);
			continue;
		}
		if (!asks_openly(r->opt))
			continue;
		t = (struct task){.kind = TASK_OPEN, .opt = r->opt, .addr = r->targets[i].addr};
		(void)try_start(r, &t, i);
		return true;
	}
	return false;
}

static bool start_second(void *ctx)
{
	struct run *r = ctx;
	struct task t;

	while (r->n_macs > 0 && r->next_switch < r->opt->n_switches) {
		size_t i = r->next_switch++;

		if (!prepare_switch(r, i, TASK_SWITCH, &t))
			continue;
		(void)try_start(r, &t, i);
		return true;
	}
	return false;
}

static void gather_macs(struct run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		for (unsigned j = 0; j < r->marks[i].n_macs; j++)
			r->macs[r->n_macs++] = r->marks[i].macs[j];
	}
}

/* Where each target's MACs are, by what all switches said. */
static void tell_places(const struct run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		for (unsigned j = 0; j < r->marks[i].n_macs; j++) {
			const struct mac *mac = &r->marks[i].macs[j];
			struct message m = {
				.kind = MESSAGE_FACT,
				.fact = FACT_PLACE,
				.source = FROM_ASK_SWITCH,
				.has_mac = true,
				.mac = *mac,
				.first_ns = r->opt->now_ns,
				.last_ns = r->opt->now_ns,
			};
			struct port_found p;

			if (!ports_find(r->ports, r->opt, mac, &p))
				continue;
			m.confidence = (uint8_t)p.confidence;
			memcpy(m.text[0], p.text, sizeof(m.text[0]));
			tell_fact(r, &r->targets[i], &m);
			said(r, &r->targets[i], "", p.text, true);
		}
	}
}

static enum rc prepare(struct run *r)
{
	const struct pool_options pool = {
		.parallel = r->opt->parallel,
		.rate = r->opt->rate,
		.ctx = r,
		.take = take,
		.ended = ended,
		.goes_on = goes_on,
	};
	enum rc rc = pool_new(&pool, &r->pool);

	r->marks = calloc(r->n + 1, sizeof(*r->marks));
	r->macs = calloc(r->n * MACS + 1, sizeof(*r->macs));
	r->addrs = calloc(r->n + 1, sizeof(*r->addrs));
	if (rc != RC_OK || r->marks == NULL || r->macs == NULL || r->addrs == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < r->n; i++) {
		r->addrs[i] = r->targets[i].addr;
		for (unsigned j = 0; j < r->targets[i].n_macs; j++)
			add_mac(&r->marks[i], &r->targets[i].macs[j]);
	}
	return ports_new(&r->ports);
}

enum rc ask_run(const struct ask_options *opt, const struct ask_target *targets, size_t n,
		const struct ask_out *out)
{
	struct run r = {
		.opt = opt,
		.targets = targets,
		.n = n,
		.out = out,
	};
	enum rc rc = RC_INVAL;

	if (opt->n_scope == 0 || opt->parallel == 0 || opt->rate == 0 || opt->timeout_ms == 0)
		return RC_INVAL;
	rc = prepare(&r);
	if (rc != RC_OK)
		goto out;
	if (pool_work(r.pool, start_first)) {
		gather_macs(&r);
		if ((opt->what & ASK_SWITCHES) != 0)
			(void)pool_work(r.pool, start_second);
	}
	pool_end(r.pool, "stopped before there was an answer");
	tell_places(&r);
out:
	ports_free(r.ports);
	free(r.addrs);
	free(r.macs);
	free(r.marks);
	pool_free(r.pool);
	return rc;
}
