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
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask/credentials.h"
#include "ask/neighbour.h"
#include "ask/ports.h"
#include "ask/tasks.h"

enum {
	PARALLEL_MAX = 256,
	TURN_MS = 100,         /* how often goes_on() is asked */
	CHILD_BYTES = 4 << 20, /* all that one child may tell: some 4,000 machines' ports */
	MACS = 8,
};

struct child {
	pid_t pid; /* 0: free */
	int from;
	struct task task;
	size_t target; /* or index of the switch */
	uint64_t until_ms;
	size_t told; /* bytes */
	uint8_t in[MESSAGE_MAX];
	size_t in_len;
	char doing[MESSAGE_TEXT]; /* "": between questions */
	bool holds_logon, is_bad;
};

struct mark { /* what is known of a target by now */
	struct mac macs[MACS];
	unsigned n_macs, smb;
	bool wants_visit, is_visited;
	char name[64], domain[64]; /* told by now; or "" */
};

struct run {
	const struct ask_options *opt;
	const struct ask_target *targets;
	struct mark *marks;
	size_t n;
	const struct ask_out *out;
	struct child *children;
	unsigned n_children, max_children;
	size_t next_open, next_router, next_switch;
	uint64_t next_start_ms;
	bool logon_is_busy, account_is_good, account_failed;
	unsigned no_outcome; /* logons of which nobody knows how they went */
	struct mac *macs;    /* of all targets, for the switches */
	size_t n_macs;
	struct addr *addrs;
	struct ports *ports;
};

static bool goes_on(const struct run *r)
{
	return r->out->goes_on == NULL || r->out->goes_on(r->out->ctx);
}

static void said(const struct run *r, const struct ask_target *of, const char *what,
		 const char *result, bool is_ok)
{
	r->out->said(r->out->ctx, of, what, result, is_ok);
}

static struct ask_target child_target(const struct run *r, const struct child *c)
{
	if (c->task.at == NULL)
		return r->targets[c->target];
	return (struct ask_target){.addr = c->task.addr};
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

/* How a logon went. One without outcome may have counted as a failed one somewhere: as long as the
 * account was let in nowhere, a second one is not risked. */
static void take_logon(struct run *r, struct child *c, const struct message *m)
{
	char text[ADDR_TEXT], why[MESSAGE_TEXT];
	const struct ask_target *of = &r->targets[c->target];

	if (!c->holds_logon)
		return;
	c->holds_logon = false;
	r->logon_is_busy = false;
	if (m->number == MESSAGE_LET_IN) {
		r->account_is_good = true;
		return;
	}
	if (m->number == MESSAGE_NO_PROOF ||
	    (m->number == MESSAGE_NO_OUTCOME && (r->account_is_good || ++r->no_outcome < 2)))
		return;
	r->account_failed = true;
	(void)snprintf(
		why, sizeof(why),
		m->number == MESSAGE_REFUSED
			? "THE ACCOUNT WAS REFUSED by %s: %.200s. One logon was tried; the "
			  "account is not used on other machines in this run, since it could be "
			  "locked out"
			: "NO OUTCOME of two logons, the last at %s%.0s: they may count as "
			  "failed ones, so the account is not used on other machines in this "
			  "run",
		addr_format(&of->addr, text), m->text[0]);
	said(r, of, "", why, false);
}

/* False: not for this kind of task to say. */
static bool take(struct run *r, struct child *c, const struct message *m)
{
	struct ask_target of = child_target(r, c);
	bool is_machine = c->task.at == NULL;

	switch (m->kind) {
	case MESSAGE_BEGIN:
		memcpy(c->doing, m->text[0], sizeof(c->doing));
		return true;
	case MESSAGE_SAID:
		c->doing[0] = '\0';
		said(r, &of, m->text[0], m->text[1], m->is_ok);
		return true;
	case MESSAGE_FACT:
		if (!is_machine ||
		    (c->task.kind == TASK_PROFILES) != (m->source == FROM_ASK_PROFILES))
			return false;
		note_fact(&r->marks[c->target], m);
		if (c->task.kind == TASK_PROFILES)
			tell_of_disk(r, c->target, m);
		else
			tell_fact(r, &of, m);
		return true;
	case MESSAGE_SMB:
		if (c->task.kind != TASK_OPEN)
			return false;
		r->marks[c->target].smb = m->number;
		return true;
	case MESSAGE_LOGON:
		if (c->task.kind != TASK_PROFILES)
			return false;
		take_logon(r, c, m);
		return true;
	case MESSAGE_PAIR:
		if (c->task.kind != TASK_ROUTER)
			return false;
		take_pair(r, m);
		return true;
	case MESSAGE_PORT:
		return c->task.kind == TASK_SWITCH && ports_add(r->ports, c->target, m) == RC_OK;
	default:
		return false;
	}
}

/* False: it ended, or says what no child of ours says. */
static bool listen_to(struct run *r, struct child *c)
{
	ssize_t n = read(c->from, c->in + c->in_len, sizeof(c->in) - c->in_len);
	size_t used = 0;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	c->in_len += (size_t)n;
	c->told += (size_t)n;
	if (c->told > CHILD_BYTES)
		c->is_bad = true;
	for (struct message m; !c->is_bad;) {
		size_t one = 0;
		enum message_step step =
			message_read((struct bytes){c->in + used, c->in_len - used}, &m, &one);

		if (step == MESSAGE_MORE)
			break;
		if (step == MESSAGE_BAD || !take(r, c, &m))
			c->is_bad = true;
		used += one;
	}
	memmove(c->in, c->in + used, c->in_len - used);
	c->in_len -= used;
	return !c->is_bad;
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

static void end(struct run *r, struct child *c, const char *why)
{
	struct ask_target of = child_target(r, c);
	char result[128];
	int status = 0;

	(void)kill(c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
		continue;
	close(c->from);
	if (why == NULL && c->is_bad)
		why = "ended: what came back made no sense";
	if (why == NULL && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
		(void)snprintf(result, sizeof(result),
			       "ended by signal %d: the answer was too much for the one who asked",
			       WTERMSIG(status));
		why = result;
	}
	if (why == NULL && ((WIFEXITED(status) && WEXITSTATUS(status) != 0) || c->doing[0] != '\0'))
		why = "failed within quell, before there was an answer";
	if (why != NULL)
		said(r, &of, c->doing[0] != '\0' ? c->doing : "asking", why, false);
	if (c->task.kind == TASK_OPEN) {
		r->marks[c->target].wants_visit = r->marks[c->target].smb != 0;
		take_neighbour(r, c->target);
	}
	if (c->holds_logon) {
		const struct message lost = {.kind = MESSAGE_LOGON, .number = MESSAGE_NO_OUTCOME};

		take_logon(r, c, &lost);
	}
	c->pid = 0;
	r->n_children--;
}

static enum rc start(struct run *r, const struct task *t, size_t target, bool holds_logon)
{
	struct child *c = r->children;
	pid_t parent = getpid();
	int ends[2];

	while (c->pid != 0)
		c++;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return RC_IO;
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	c->pid = fork();
	if (c->pid == 0)
		task_run(t, ends[1], parent);
	close(ends[1]);
	if (c->pid == -1) {
		c->pid = 0;
		close(ends[0]);
		return RC_IO;
	}
	c->from = ends[0];
	c->task = *t;
	c->task.secrets = NULL;
	c->target = target;
	c->until_ms = reach_now_ms() + task_limit_ms(t->kind, r->opt);
	c->told = c->in_len = 0;
	c->doing[0] = '\0';
	c->is_bad = false;
	c->holds_logon = holds_logon;
	if (holds_logon)
		r->logon_is_busy = true;
	r->n_children++;
	r->next_start_ms = reach_now_ms() + 1000 / r->opt->rate;
	return RC_OK;
}

/* Fork failed, most likely: told once for each machine, and not tried again for it. */
static void try_start(struct run *r, const struct task *t, size_t target, bool holds_logon)
{
	struct ask_target of = {.addr = t->addr};

	if (t->at == NULL)
		of = r->targets[target];
	if (start(r, t, target, holds_logon) != RC_OK)
		said(r, &of, "", strerror(errno), false);
	secret_free(t->secrets, SECRET_FILE_MAX); /* the child has its copy, and no other will */
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
	if (!may_visit(r) || r->logon_is_busy)
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
		if (r->account_failed) {
			said(r, &r->targets[i], "",
			     "profiles on c$ not asked for: the account was refused elsewhere",
			     false);
			continue;
		}
		try_start(r, &t, i, true);
		return true;
	}
	return false;
}

/* Starts one task of the first part; false: there is none that can start now. */
static bool start_first(struct run *r)
{
	struct reach reach = {r->opt->scope, r->opt->n_scope};
	struct task t;

	if (start_visit(r))
		return true;
	while ((r->opt->what & ASK_SWITCHES) != 0 && r->next_router < r->opt->n_switches) {
		size_t i = r->next_router++;

		if (!r->opt->switches[i].is_router || !prepare_switch(r, i, TASK_ROUTER, &t))
			continue;
		try_start(r, &t, i, false);
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
		try_start(r, &t, i, false);
		return true;
	}
	return false;
}

static bool start_second(struct run *r)
{
	struct task t;

	while (r->n_macs > 0 && r->next_switch < r->opt->n_switches) {
		size_t i = r->next_switch++;

		if (!prepare_switch(r, i, TASK_SWITCH, &t))
			continue;
		try_start(r, &t, i, false);
		return true;
	}
	return false;
}

static void listen_to_all(struct run *r, int wait_ms)
{
	struct pollfd fds[PARALLEL_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < r->max_children; i++) {
		if (r->children[i].pid != 0)
			fds[n++] = (struct pollfd){.fd = r->children[i].from, .events = POLLIN};
	}
	if (poll(fds, n, wait_ms) < 0)
		return;
	n = 0;
	for (unsigned i = 0; i < r->max_children; i++) {
		struct child *c = &r->children[i];

		if (c->pid != 0 && fds[n++].revents != 0 && !listen_to(r, c))
			end(r, c, NULL);
	}
	for (unsigned i = 0; i < r->max_children; i++) {
		struct child *c = &r->children[i];

		if (c->pid != 0 && reach_now_ms() >= c->until_ms)
			end(r, c, "no answer; ended, since its time was over");
	}
}

/* Starts and listens until there is nothing more to do. False: it was stopped. */
static bool work(struct run *r, bool (*start_one)(struct run *r))
{
	for (;;) {
		bool is_all_started = false;

		if (!goes_on(r))
			return false;
		while (r->n_children < r->max_children && reach_now_ms() >= r->next_start_ms &&
		       !is_all_started)
			is_all_started = !start_one(r);
		if (is_all_started && r->n_children == 0)
			return true;
		/* With a start to come soon, wait no longer than until then. */
		uint64_t now = reach_now_ms();
		int wait_ms = TURN_MS;

		if (!is_all_started && r->n_children < r->max_children &&
		    r->next_start_ms < now + TURN_MS)
			wait_ms = r->next_start_ms > now ? (int)(r->next_start_ms - now) : 0;
		listen_to_all(r, wait_ms);
	}
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
	r->children = calloc(r->max_children, sizeof(*r->children));
	r->marks = calloc(r->n + 1, sizeof(*r->marks));
	r->macs = calloc(r->n * MACS + 1, sizeof(*r->macs));
	r->addrs = calloc(r->n + 1, sizeof(*r->addrs));
	if (r->children == NULL || r->marks == NULL || r->macs == NULL || r->addrs == NULL)
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
		.max_children = opt->parallel < PARALLEL_MAX ? opt->parallel : PARALLEL_MAX,
	};
	enum rc rc = RC_INVAL;

	if (opt->n_scope == 0 || opt->parallel == 0 || opt->rate == 0 || opt->timeout_ms == 0)
		return RC_INVAL;
	rc = prepare(&r);
	if (rc != RC_OK)
		goto out;
	if (work(&r, start_first)) {
		gather_macs(&r);
		if ((opt->what & ASK_SWITCHES) != 0)
			(void)work(&r, start_second);
	}
	for (unsigned i = 0; i < r.max_children; i++) {
		if (r.children[i].pid != 0)
			end(&r, &r.children[i], "stopped before there was an answer");
	}
	tell_places(&r);
out:
	ports_free(r.ports);
	free(r.addrs);
	free(r.macs);
	free(r.marks);
	free(r.children);
	return rc;
}
