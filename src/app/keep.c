#include "app/keep.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/resolve.h"

/* Both in fact_cmp() order: how many of `now` are not among `old`. */
static uint64_t count_new(const struct fact *old, size_t n_old, const struct fact *now,
			  size_t n_now)
{
	uint64_t n = 0;
	size_t i = 0;

	for (size_t k = 0; k < n_now; k++) {
		while (i < n_old && fact_cmp(&old[i], &now[k]) < 0)
			i++;
		n += i == n_old || fact_cmp(&old[i], &now[k]) != 0;
	}
	return n;
}

static int cmp_facts(const void *a, const void *b)
{
	return fact_cmp(a, b);
}

struct batch {
	const struct fact *facts; /* new ones */
	size_t n;
	struct store_facts *was;
	struct fact *all; /* old and new, tidy */
	size_t n_all;
	struct machines *machines;
};

static void batch_done(struct batch *b)
{
	machines_free(b->machines);
	free(b->all);
	store_facts_free(b->was);
}

/* What was there, and what is new, as one. */
static enum rc batch_join(struct batch *b)
{
	size_t n_old = b->was->n_facts;

	free(b->all);
	b->all = malloc((n_old + b->n + 1) * sizeof(*b->all));
	if (b->all == NULL)
		return RC_NOMEM;
	if (n_old > 0)
		memcpy(b->all, b->was->facts, n_old * sizeof(*b->all));
	if (b->n > 0)
		memcpy(b->all + n_old, b->facts, b->n * sizeof(*b->all));
	b->n_all = facts_tidy(b->all, n_old + b->n);
	return RC_OK;
}

static enum rc count_facts(const struct batch *b, struct keep_result *sum)
{
	size_t n = b->was->n_facts;
	struct fact *old = malloc((n + 1) * sizeof(*old));

	if (old == NULL)
		return RC_NOMEM;
	if (n > 0) {
		memcpy(old, b->was->facts, n * sizeof(*old));
		qsort(old, n, sizeof(*old), cmp_facts);
	}
	sum->facts_new += count_new(old, n, b->all, b->n_all);
	free(old);
	return RC_OK;
}

enum { ROUNDS = 8, ASK_REACH = 20000 }; /* reach: facts that tell enough of users */

struct elsewhere {
	struct store *s;
	const struct store_facts *was;
};

static size_t machines_of(void *ctx, const char *user)
{
	const struct elsewhere *e = ctx;

	return store_user_elsewhere(e->s, e->was, user);
}

static enum rc resolve_batch(struct store *s, struct batch *b)
{
	struct elsewhere e = {s, b->was};
	const struct user_reach reach = {machines_of, &e};
	const struct resolve_input in = {.facts = b->all,
					 .n_facts = b->n_all,
					 .decisions = b->was->decisions,
					 .n_decisions = b->was->n_decisions,
					 .reach = b->n_all < ASK_REACH ? &reach : NULL};

	machines_free(b->machines);
	b->machines = NULL;
	return resolve(&in, &b->machines);
}

/* Resolves what is related to the facts anew, with them, and puts it back. A machine that becomes
 * another one brings its own relations: once more with these, which seldom is more than once. */
static enum rc put_batch(struct store *s, struct batch *b, struct keep_result *sum)
{
	struct store_changes changes = {0};
	bool is_settled = false;
	enum rc rc = RC_OK;

	for (unsigned i = 0; i < ROUNDS && !is_settled && rc == RC_OK; i++) {
		rc = batch_join(b);
		if (rc == RC_OK)
			rc = resolve_batch(s, b);
		if (rc == RC_OK)
			rc = store_settle(s, b->was, b->machines, &is_settled);
	}
	if (rc == RC_OK && !is_settled)
		rc = batch_join(b);
	if (rc == RC_OK && !is_settled)
		rc = resolve_batch(s, b);
	if (rc == RC_OK)
		rc = count_facts(b, sum);
	free(b->all); /* the machines have copies: a large list need not be there twice */
	b->all = NULL;
	if (rc == RC_OK)
		rc = store_put_machines(s, b->was, b->machines, &changes);
	sum->machines_new += changes.machines_new;
	sum->machines_changed += changes.machines_changed;
	sum->rows_changed += changes.rows;
	return rc;
}

static enum rc keep_batch(struct store *s, const struct fact *facts, size_t n,
			  struct keep_result *sum)
{
	struct batch b = {.facts = facts, .n = n};
	enum rc rc = store_related(s, facts, n, &b.was);

	if (rc == RC_OK)
		rc = put_batch(s, &b, sum);
	batch_done(&b);
	return rc;
}

enum rc keep_facts(struct store *s, const struct fact *facts, size_t n, bool dry_run,
		   struct keep_result *sum)
{
	enum rc rc = store_begin(s);

	if (rc != RC_OK)
		return rc;
	rc = keep_batch(s, facts, n, sum);
	if (rc == RC_OK && !dry_run)
		return store_commit(s);
	store_rollback(s);
	return rc;
}

enum rc keep_run(struct store *s, const struct store_run *run, const struct fact *facts, size_t n,
		 struct keep_result *sum)
{
	enum rc rc = store_begin(s);

	if (rc != RC_OK)
		return rc;
	rc = keep_batch(s, facts, n, sum);
	if (rc == RC_OK)
		rc = store_put_run(s, run, &sum->rows_changed);
	if (rc == RC_OK)
		return store_commit(s);
	store_rollback(s);
	return rc;
}

/* --- decisions --- */

static enum rc decide(struct store *s, const struct decision *d, const struct audit_by *by)
{
	const char *const keys[] = {d->a, d->b};
	struct keep_result sum = {0};
	struct batch b = {0};
	enum rc rc = store_decide(s, d, by);

	if (rc == RC_OK)
		rc = store_named(s, keys, 2, &b.was);
	if (rc == RC_OK)
		rc = put_batch(s, &b, &sum);
	batch_done(&b);
	return rc;
}

enum rc keep_decision(struct store *s, const struct decision *d, const struct audit_by *by)
{
	enum rc rc = store_begin(s);

	if (rc != RC_OK)
		return rc;
	rc = decide(s, d, by);
	if (rc == RC_OK)
		return store_commit(s);
	store_rollback(s);
	return rc;
}

/* --- another store --- */

static enum rc merge(struct store *to, struct store *from, struct keep_result *sum)
{
	struct store_facts *f = NULL;
	enum rc rc = store_merge_decisions(to, from);

	if (rc == RC_OK)
		rc = store_facts_of(from, NULL, 0, &f);
	if (rc == RC_OK)
		rc = keep_batch(to, f->facts, f->n_facts, sum);
	if (rc == RC_OK)
		rc = store_merge_runs(to, from, &sum->rows_changed);
	store_facts_free(f);
	return rc;
}

enum rc keep_store(struct store *to, struct store *from, struct keep_result *sum)
{
	enum rc rc = store_begin(to);

	if (rc == RC_OK)
		rc = merge(to, from, sum);
	if (rc == RC_OK)
		return store_commit(to);
	store_rollback(to);
	return rc;
}

const char *keep_who(char *text)
{
	char host[HOST_NAME_MAX + 1] = "", room[4096];
	struct passwd entry, *found = NULL;
	const char *sudo = getenv("SUDO_USER");

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	if (getpwuid_r(getuid(), &entry, room, sizeof(room), &found) != 0)
		found = NULL;
	(void)snprintf(text, KEEP_WHO, "%.64s (uid %u%s%.32s) on %.40s",
		       found != NULL ? found->pw_name : "?", (unsigned)getuid(),
		       sudo != NULL && getuid() == 0 ? ", by sudo " : "",
		       sudo != NULL && getuid() == 0 ? sudo : "", host);
	return text;
}
