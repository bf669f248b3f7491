#include "app/keep.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/resolve.h"

enum { BATCH = 50000 }; /* facts in one transaction: some 30 MB while they are resolved */

/* What a machine's own: those of one machine shall come together, or it would be resolved again for
 * each of them. */
static int cmp_subject(const void *one, const void *two)
{
	const struct fact *a, *b;

	memcpy(&a, one, sizeof(a));
	memcpy(&b, two, sizeof(b));

	int c = a->has_mac - b->has_mac;

	if (c == 0 && a->has_mac)
		c = memcmp(a->mac.b, b->mac.b, sizeof(a->mac.b));
	if (c == 0)
		c = strcmp(a->host, b->host);
	if (c == 0)
		c = addr_cmp(&a->addr, &b->addr);
	return c != 0 ? c : (a->first_ns > b->first_ns) - (a->first_ns < b->first_ns);
}

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
static enum rc batch_join(struct batch *b, struct keep_result *sum)
{
	size_t n_old = b->was->n_facts;
	struct fact *old = malloc((n_old + 1) * sizeof(*old));

	b->all = malloc((n_old + b->n + 1) * sizeof(*b->all));
	if (old == NULL || b->all == NULL) {
		free(old);
		return RC_NOMEM;
	}
	if (n_old > 0) {
		memcpy(old, b->was->facts, n_old * sizeof(*old));
		memcpy(b->all, b->was->facts, n_old * sizeof(*old));
		qsort(old, n_old, sizeof(*old), cmp_facts);
	}
	if (b->n > 0)
		memcpy(b->all + n_old, b->facts, b->n * sizeof(*b->all));
	b->n_all = facts_tidy(b->all, n_old + b->n);
	sum->facts_new += count_new(old, n_old, b->all, b->n_all);
	free(old);
	return RC_OK;
}

/* Resolves what is related to the facts anew, with them, and puts it back. */
static enum rc put_batch(struct store *s, struct batch *b, struct keep_result *sum)
{
	struct store_changes changes = {0};
	enum rc rc = batch_join(b, sum);

	if (rc == RC_OK) {
		const struct resolve_input in = {.facts = b->all,
						 .n_facts = b->n_all,
						 .decisions = b->was->decisions,
						 .n_decisions = b->was->n_decisions};

		rc = resolve(&in, &b->machines);
	}
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

/* Copies in an order in which a machine's facts are neighbours. NULL: no memory. */
static struct fact *in_order(const struct fact *facts, size_t n)
{
	const struct fact **list = malloc((n + 1) * sizeof(*list));
	struct fact *copy = malloc((n + 1) * sizeof(*copy));

	for (size_t i = 0; i < n && list != NULL; i++)
		list[i] = &facts[i];
	if (list != NULL && n > 0)
		qsort(list, n, sizeof(*list), cmp_subject);
	for (size_t i = 0; i < n && list != NULL && copy != NULL; i++)
		copy[i] = *list[i];
	if (list == NULL) {
		free(copy);
		copy = NULL;
	}
	free(list);
	return copy;
}

/* One transaction for all that there is to keep, or many: `in_one`. */
static enum rc keep_all(struct store *s, const struct fact *facts, size_t n, bool in_one,
			struct keep_result *sum)
{
	struct fact *list = in_order(facts, n);
	enum rc rc = list == NULL ? RC_NOMEM : RC_OK;

	for (size_t at = 0; at < n && rc == RC_OK; at += BATCH) {
		size_t len = n - at < BATCH ? n - at : BATCH;

		if (!in_one)
			rc = store_begin(s);
		if (rc == RC_OK)
			rc = keep_batch(s, list + at, len, sum);
		if (!in_one && rc == RC_OK)
			rc = store_commit(s);
		else if (!in_one)
			store_rollback(s);
	}
	free(list);
	return rc;
}

enum rc keep_facts(struct store *s, const struct fact *facts, size_t n, bool dry_run,
		   struct keep_result *sum)
{
	enum rc rc;

	if (!dry_run)
		return keep_all(s, facts, n, false, sum);
	rc = store_begin(s);
	if (rc != RC_OK)
		return rc;
	rc = keep_all(s, facts, n, true, sum);
	store_rollback(s);
	return rc;
}

enum rc keep_run(struct store *s, const struct store_run *run, const struct fact *facts, size_t n,
		 struct keep_result *sum)
{
	enum rc rc = store_begin(s);

	if (rc != RC_OK)
		return rc;
	rc = keep_all(s, facts, n, true, sum);
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

enum rc keep_store(struct store *to, struct store *from, struct keep_result *sum)
{
	struct store_facts *f = NULL;
	enum rc rc = store_facts_of(from, NULL, 0, &f);

	if (rc == RC_OK)
		rc = keep_facts(to, f->facts, f->n_facts, false, sum);
	if (rc == RC_OK)
		rc = store_begin(to);
	if (rc == RC_OK) {
		rc = store_merge_runs(to, from);
		if (rc == RC_OK)
			rc = store_commit(to);
		else
			store_rollback(to);
	}
	store_facts_free(f);
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
