/*
 * The parent of those who assess: whom to send out when, and what is known of each machine.
 *
 * Every machine is first visited without an account, many at once. Who speaks SMB waits in line for
 * a visit with the account, if there is one: a child of its own again, so that the secrets are
 * never near a stranger without need. When the account may be used is ask/account.h's to say.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "ask/account.h"
#include "ask/credentials.h"
#include "ask/pool.h"
#include "ask/samba.h"
#include "assess/rpc_client.h"

enum {
	OPEN_BYTES = 64 << 10,
	VISIT_BYTES = 4 << 20, /* a full posture is less */
	PATIENCE_MS = 300,     /* see ask/account.h */
	VISITS_AT_ONCE = 64,   /* Samba's libraries: 1.3 MiB of its own for each process */
};

enum kind { WITHOUT_ACCOUNT, WITH_ACCOUNT };

struct mark {                    /* what is known of a target by now */
	struct posture *posture; /* from the first start on, until it is done */
	unsigned smb;
	char name[64], domain[64]; /* told by now; or "" */
	char *why;                 /* the first thing that went wrong */
	bool is_ours;              /* of the account's domain, it says */
	bool holds_logon, was_refused, is_full;
};

struct line {
	size_t *at; /* targets, as many as there are */
	size_t from, to;
};

struct run {
	const struct assess_options *opt;
	const struct addr *targets;
	size_t n;
	const struct assess_out *out;
	struct mark *marks;
	struct pool *pool;
	struct account account;
	size_t next;                /* target to begin with */
	unsigned n_first, n_visits; /* under way, without the account and with it */
	struct line ours, others;   /* who wait for a visit with the account */
	uint64_t began_ms;
	bool is_stopped;
};

static bool goes_on(void *ctx)
{
	const struct run *r = ctx;

	return r->out->goes_on == NULL || r->out->goes_on(r->out->ctx);
}

static void said(const struct run *r, size_t target, const char *what, const char *result,
		 bool is_ok)
{
	if (r->out->said != NULL)
		r->out->said(r->out->ctx, &r->targets[target], what, result, is_ok);
}

static void went_wrong(struct mark *m, const char *what, const char *result)
{
	char text[MESSAGE_TEXT];

	if (m->why != NULL)
		return;
	(void)snprintf(text, sizeof(text), "%.80s%s%.400s", what, what[0] != '\0' ? ": " : "",
		       result);
	m->why = strdup(text);
}

static void done(struct run *r, size_t target, enum assess_outcome how, const char *why)
{
	struct mark *m = &r->marks[target];

	r->out->done(r->out->ctx, target, m->posture, how, why);
	posture_free(m->posture);
	m->posture = NULL;
	free(m->why);
	m->why = NULL;
}

/* With all questions behind it. */
static void settle(struct run *r, size_t target)
{
	const struct mark *m = &r->marks[target];
	char text[128];

	if (m->why != NULL) {
		(void)snprintf(text, sizeof(text), "%.120s", m->why);
		done(r, target, m->was_refused ? ASSESS_REFUSED : ASSESS_PARTLY, text);
		return;
	}
	(void)snprintf(text, sizeof(text), "%zu observations", m->posture->n);
	done(r, target, ASSESS_DONE, text);
}

static uint64_t now_ns(const struct run *r)
{
	return r->opt->ask->now_ns + (reach_now_ms() - r->began_ms) * 1000000;
}

/* "CORP", or "corp.example" as the end of the machine's full name. */
static bool is_of_domain(const struct run *r, const struct message *m)
{
	const struct ask_credentials *c = r->opt->ask->credentials;
	size_t len = strlen(m->text[0]), tail = c == NULL ? 0 : strlen(c->domain);

	if (tail == 0 || len < tail || strcasecmp(m->text[0] + len - tail, c->domain) != 0)
		return false;
	return m->fact == FACT_DOMAIN
		       ? len == tail
		       : m->fact == FACT_FQDN && len > tail && m->text[0][len - tail - 1] == '.';
}

static void take_fact(struct run *r, size_t target, const struct message *m)
{
	struct mark *mark = &r->marks[target];
	const struct fact f = {
		.kind = m->fact,
		.source = m->source,
		.confidence = m->confidence,
		.addr = r->targets[target],
		.host = m->text[1],
		.value = m->text[0],
		.origin = r->opt->ask->origin,
		.machine = "",
		.first_ns = m->first_ns,
		.last_ns = m->last_ns,
		.count = 1,
	};

	if (m->fact == FACT_NAME && mark->name[0] == '\0') {
		(void)snprintf(mark->name, sizeof(mark->name), "%.63s", m->text[0]);
		if (posture_name(mark->posture, mark->name) != RC_OK)
			went_wrong(mark, "", "no memory for its name");
	}
	if (m->fact == FACT_DOMAIN && mark->domain[0] == '\0')
		(void)snprintf(mark->domain, sizeof(mark->domain), "%.63s", m->text[0]);
	mark->is_ours = mark->is_ours || is_of_domain(r, m);
	if (r->out->fact != NULL)
		r->out->fact(r->out->ctx, &f);
}

static void take_observation(struct run *r, size_t target, const struct message *m)
{
	struct mark *mark = &r->marks[target];
	const struct observation o = {
		.key = m->text[0],
		.value = m->text[1],
		.state = (uint8_t)m->number,
		.by = m->source,
		.at_ns = now_ns(r),
	};

	if (!mark->is_full && posture_add(mark->posture, &o) != RC_OK) {
		mark->is_full = true;
		went_wrong(mark, "", "it has more to tell than is kept: the rest is left out");
	}
}

/* Each logon is told once; the child's end tells it for one that did not. */
static void take_logon(struct run *r, size_t target, const struct message *m)
{
	char text[ADDR_TEXT], why[MESSAGE_TEXT];
	struct mark *mark = &r->marks[target];

	if (!mark->holds_logon)
		return;
	mark->holds_logon = false;
	mark->was_refused = m->number == MESSAGE_REFUSED;
	if (account_told(&r->account, m, addr_format(&r->targets[target], text), why))
		said(r, target, "", why, false);
}

/* False: not for this kind of child to say. */
static bool take(void *ctx, const struct pool_child *c, const struct message *m)
{
	struct run *r = ctx;
	size_t target = c->job.target;

	switch (m->kind) {
	case MESSAGE_BEGIN:
		return true;
	case MESSAGE_SAID:
		said(r, target, m->text[0], m->text[1], m->is_ok);
		if (!m->is_ok)
			went_wrong(&r->marks[target], m->text[0], m->text[1]);
		return true;
	case MESSAGE_FACT:
		if (c->job.kind != WITHOUT_ACCOUNT || m->source != FROM_ASK_SMB || m->has_mac)
			return false;
		take_fact(r, target, m);
		return true;
	case MESSAGE_SMB:
		if (c->job.kind != WITHOUT_ACCOUNT || m->number == 0)
			return false;
		r->marks[target].smb = m->number;
		return true;
	case MESSAGE_OBSERVED:
		take_observation(r, target, m);
		return true;
	case MESSAGE_LOGON:
		if (c->job.kind != WITH_ACCOUNT)
			return false;
		take_logon(r, target, m);
		return true;
	default:
		return false;
	}
}

static void ended(void *ctx, const struct pool_child *c, const char *why)
{
	const struct message lost = {.kind = MESSAGE_LOGON, .number = MESSAGE_NO_OUTCOME};
	struct run *r = ctx;
	size_t target = c->job.target;
	struct mark *m = &r->marks[target];

	if (why != NULL) {
		const char *what = c->doing[0] != '\0' ? c->doing : "asking";

		said(r, target, what, why, false);
		went_wrong(m, what, why);
	}
	if (c->job.kind == WITH_ACCOUNT) {
		r->n_visits--;
		take_logon(r, target, &lost);
		settle(r, target);
		return;
	}
	r->n_first--;
	if (m->smb == 0) {
		if (!r->is_stopped)
			done(r, target, ASSESS_NO_ANSWER, m->why != NULL ? m->why : "no answer");
	} else if (r->opt->ask->credentials != NULL) {
		bool has_domain = r->opt->ask->credentials->domain[0] != '\0';
		struct line *line = m->is_ours || !has_domain ? &r->ours : &r->others;

		line->at[line->to++] = target;
	} else {
		settle(r, target);
	}
}

static void run_visit(const struct pool_job *job, int pipe, pid_t parent)
{
	visit_run(job->with, pipe, parent);
}

static bool start(struct run *r, size_t target, enum kind kind)
{
	struct mark *m = &r->marks[target];
	const struct visit_task t = {
		.opt = r->opt,
		.addr = r->targets[target],
		.with_account = kind == WITH_ACCOUNT,
		.smb = m->smb,
		.names = {m->name, m->domain},
	};
	const struct pool_job job = {
		.kind = kind,
		.target = target,
		.limit_ms = visit_limit_ms(&t),
		.bytes = kind == WITH_ACCOUNT ? VISIT_BYTES : OPEN_BYTES,
		.with = &t,
		.run = run_visit,
	};

	if (pool_start(r->pool, &job) == RC_OK)
		return true;
	went_wrong(m, "asking", strerror(errno)); /* fork failed, most likely */
	return false;
}

/* Machines of the account's own domain come first. Another, such as a disk box in a cupboard, may
 * not know the account at all and refuse it, and then it is not used any more. */
static struct line *next_line(struct run *r)
{
	if (r->ours.from < r->ours.to)
		return &r->ours;
	if (r->others.from < r->others.to && r->next == r->n && r->n_first == 0)
		return &r->others;
	return NULL;
}

/* The next who waits for the account. False: nobody, or it may not be used just now. */
static bool start_visit(struct run *r)
{
	struct line *line = next_line(r);
	uint64_t now = reach_now_ms();
	size_t target = 0;

	if (line == NULL)
		return false;
	target = line->at[line->from];
	if (r->account.has_failed) {
		line->from++;
		went_wrong(&r->marks[target], "",
			   "not asked with the account: it was refused elsewhere");
		settle(r, target);
		return true;
	}
	if (!account_may_begin(&r->account, now) || r->n_visits == VISITS_AT_ONCE)
		return false;
	line->from++;
	if (start(r, target, WITH_ACCOUNT)) {
		r->n_visits++;
		r->marks[target].holds_logon = true;
		account_begin(&r->account, now);
	} else {
		settle(r, target);
	}
	return true;
}

/* Stopped: whoever is in line will not be asked with the account. */
static void leave_line(struct run *r, struct line *line)
{
	for (; line->from < line->to; line->from++) {
		size_t target = line->at[line->from];

		went_wrong(&r->marks[target], "", "stopped before it was asked with the account");
		settle(r, target);
	}
}

static bool begin(struct run *r, size_t target)
{
	struct mark *m = &r->marks[target];

	if (posture_new(&m->posture) != RC_OK)
		return false;
	m->posture->addr = r->targets[target];
	m->posture->at_ns = r->opt->ask->now_ns;
	return true;
}

static bool start_one(void *ctx)
{
	struct run *r = ctx;
	const struct reach reach = {r->opt->ask->scope, r->opt->ask->n_scope};
	size_t target = r->next;

	if (start_visit(r))
		return true;
	if (target == r->n)
		return false;
	r->next++;
	if (!begin(r, target)) {
		said(r, target, "", "not asked: no memory", false);
	} else if (!reach_allows(&reach, &r->targets[target])) {
		done(r, target, ASSESS_OUT_OF_SCOPE,
		     "not asked: it is outside networks.scope, the networks that quell may act on");
	} else if (!start(r, target, WITHOUT_ACCOUNT)) {
		done(r, target, ASSESS_NO_ANSWER, r->marks[target].why);
	} else {
		r->n_first++;
	}
	return true;
}

static enum rc prepare(struct run *r)
{
	const struct pool_options pool = {
		.parallel = r->opt->ask->parallel,
		.rate = r->opt->ask->rate,
		.ctx = r,
		.take = take,
		.ended = ended,
		.goes_on = goes_on,
	};

	r->marks = calloc(r->n + 1, sizeof(*r->marks));
	r->ours.at = calloc(r->n + 1, sizeof(*r->ours.at));
	r->others.at = calloc(r->n + 1, sizeof(*r->others.at));
	if (r->marks == NULL || r->ours.at == NULL || r->others.at == NULL)
		return RC_NOMEM;
	return pool_new(&pool, &r->pool);
}

/* Loaded by the parent, they are mapped once for all children: it costs 40 ms and 20 MiB here, and
 * saves 13 MiB in each of them. Where they are missing, each visit says so. Even without an account
 * SAMR is asked for the list of accounts, but for patches alone it is not. */
static void load_libraries(const struct assess_options *opt)
{
	if (opt->ask->credentials != NULL)
		(void)samba_load();
	if (opt->ask->credentials != NULL || !opt->patches_only)
		(void)rpc_client_load();
}

enum rc assess_run(const struct assess_options *opt, const struct addr *targets, size_t n,
		   const struct assess_out *out)
{
	const struct ask_options *o = opt->ask;
	struct run r = {
		.opt = opt,
		.targets = targets,
		.n = n,
		.out = out,
		.account = {.patience_ms = PATIENCE_MS},
		.began_ms = reach_now_ms(),
	};
	enum rc rc = RC_INVAL;

	if (o->n_scope == 0 || o->parallel == 0 || o->rate == 0 || o->timeout_ms == 0)
		return RC_INVAL;
	rc = prepare(&r);
	if (rc != RC_OK)
		goto out;
	load_libraries(opt);
	if (!pool_work(r.pool, start_one)) {
		r.is_stopped = true;
		pool_end(r.pool, "stopped before there was an answer");
	}
	leave_line(&r, &r.ours);
	leave_line(&r, &r.others);
	for (size_t i = 0; i < n; i++) { /* stopped before they said anything */
		posture_free(r.marks[i].posture);
		free(r.marks[i].why);
	}
out:
	pool_free(r.pool);
	free(r.others.at);
	free(r.ours.at);
	free(r.marks);
	return rc;
}
