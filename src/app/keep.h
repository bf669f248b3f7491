/*
 * keep - brings facts, runs and decisions into a store: load what they touch, resolve anew, put
 * back.
 *
 * The one way in for everybody: `quell watch --store`, `quell hosts import`, `quell who --ask`, and
 * the operator's merge and split. Each call is one transaction (a large one: several), idempotent,
 * and safe to repeat after RC_IO. store_error() tells what went wrong.
 */
#ifndef APP_KEEP_H
#define APP_KEEP_H

#include "store/store.h"

struct keep_result {
	uint64_t machines_new, machines_changed, rows_changed;
	uint64_t facts_new; /* facts that told something the store did not know */
};

/* Adds to *sum. `dry_run`: everything is done, then rolled back. */
MUST_CHECK enum rc keep_facts(struct store *s, const struct fact *facts, size_t n, bool dry_run,
			      struct keep_result *sum);

/* Facts first, then the run's findings, coverage and verdicts, by machine. */
MUST_CHECK enum rc keep_run(struct store *s, const struct store_run *run, const struct fact *facts,
			    size_t n, struct keep_result *sum);

/* Merge (is_same) or split, and both machines anew. RC_END: a key that no machine has. */
MUST_CHECK enum rc keep_decision(struct store *s, const struct decision *d,
				 const struct audit_by *by);

/* Everything of another store into this one; again: nothing changes. */
MUST_CHECK enum rc keep_store(struct store *to, struct store *from, struct keep_result *sum);

/* Who runs this command, for the audit: "maria (uid 1000) on lap-9". `text` holds KEEP_WHO. */
enum { KEEP_WHO = 160 };
const char *keep_who(char *text);

#endif
