/*
 * store - what must outlive the process: machines, facts, findings, coverage, and who changed what.
 *
 * One interface and one SQL schema over two backends: SQLite (WAL; the default) and PostgreSQL.
 * Backends know how to run a statement and nothing else (sql/sql.h); everything above is shared.
 * URLs: "sqlite:/var/lib/quell/quell.db" (or a bare path that ends in .db), "postgresql://…" as
 * libpq reads it (never with a password in it: use ~/.pgpass or PGPASSFILE), "null:" keeps nothing.
 *
 * Writing is idempotent: the same facts, runs and findings again change nothing, not even a time
 * stamp. A transaction is whole or not there, also after kill -9. Errors are sentences that name
 * the store and the thing; `store_error()` has the last one.
 *
 * RC_IO: the database said no (disk full, gone, locked): roll back, try again later. RC_FORMAT: not
 * a store of quell's, or a newer schema than this quell knows. RC_INVAL: the URL cannot be used.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "model/machine.h"
#include "model/outbreak.h"
#include "model/posture.h"
#include "model/posture_pack.h"
#include "model/presence.h"
#include "model/query.h"

struct store;

enum store_mode {
	STORE_READ,  /* must exist; nothing is changed, not even migrated */
	STORE_WRITE, /* made or migrated where needed */
};

MUST_CHECK enum rc store_open(const char *url, enum store_mode mode, struct store **ret_store,
			      char *err, size_t err_len);
void store_close(struct store *s); /* NULL is fine; an open transaction is rolled back */
const char *store_error(const struct store *s);
const char *store_name(const struct store *s); /* the URL, fit to be shown */

/* The newest schema that this quell knows, and that of the store. */
enum { STORE_SCHEMA = 4 };
int store_schema(const struct store *s);

MUST_CHECK enum rc store_begin(struct store *s);
MUST_CHECK enum rc store_commit(struct store *s);
void store_rollback(struct store *s);

/* --- machines and facts --- */

struct store_facts {              /* what resolve() reads */
	const struct fact *facts; /* `machine` is set; machine by machine */
	size_t n_facts;
	struct decision *decisions; /* all that touch them */
	size_t n_decisions;
	struct store_was *was; /* what store_put_machines() remembers of them */
	struct arena *arena;   /* owns the texts, and this */
};
void store_facts_free(struct store_facts *f); /* NULL is fine */

/* All facts of all machines that share a MAC, a name, an id (FACT_ID) or, at about the same time,
 * an address with one of `keys`; and of those that share one with these, so that they are resolved
 * as before: what comes of the latter alone, store_put_machines() leaves as it was. */
MUST_CHECK enum rc store_related(struct store *s, const struct fact *keys, size_t n_keys,
				 struct store_facts **ret_facts);

/* The same of the machines that `keys` name: ids, or keys as in struct decision. RC_END: one of
 * them names nobody. */
MUST_CHECK enum rc store_named(struct store *s, const char *const *keys, size_t n_keys,
			       struct store_facts **ret_facts);

/* All facts of these machines; n 0: of all. RC_END: one of them is not there. */
MUST_CHECK enum rc store_facts_of(struct store *s, const char *const *ids, size_t n,
				  struct store_facts **ret_facts);

/* Are all whom `m` makes other machines than before loaded with their own relations? If not, `was`
 * has grown by these: resolve again, with it. */
MUST_CHECK enum rc store_settle(struct store *s, struct store_facts *was, const struct machines *m,
				bool *ret_is_settled);

struct store_changes {
	uint64_t rows;                           /* written or deleted */
	uint64_t machines_new, machines_changed; /* changed: other facts than before, or gone */
	uint64_t facts_new;                      /* that were not there, or have grown */
};

/* Makes the store say what `m` says: the machines that `m` was resolved from (those in `was`) are
 * replaced by those in `m`; attributes, tags and findings follow the facts. What is the same
 * already is not written. In the transaction in which `was` was read. Adds to *sum, if not NULL. */
MUST_CHECK enum rc store_put_machines(struct store *s, const struct store_facts *was,
				      const struct machines *m, struct store_changes *sum);

/* Machines that a look-up by address, MAC, name, fqdn, user or id finds, best first, at most `max`.
 * at_ns: who had it then (0: latest). Texts live until store_ids_free(). */
struct store_ids {
	char (*list)[MACHINE_ID];
	size_t n;
};
void store_ids_done(struct store_ids *ids);
MUST_CHECK enum rc store_find(struct store *s, const char *what, uint64_t at_ns, size_t max,
			      struct store_ids *ret_ids);

/* On how many machines beyond those in `was` that user is known, of whatever domain. 0 if it cannot
 * say. */
size_t store_user_elsewhere(struct store *s, const struct store_facts *was, const char *user);

/* --- the list --- */

struct store_row { /* a line of `quell hosts`; borrowed for the call */
	const char *id, *name, *fqdn, *domain, *user, *os, *vendor, *place, *owner, *phone, *note;
	const char *tags; /* "kiosk,lab" */
	double user_probability, confidence;
	struct addr addr; /* latest; zero: none */
	struct mac mac;
	bool has_mac;
	unsigned n_addrs, n_macs, importance, flags;
	enum verdict verdict;
	double verdict_confidence;
	const char *why, *threats; /* strongest reason; "ms08-067,port-scan" */
	uint64_t first_ns, last_ns;
};

/* Calls `row` for each match; false stops. ret_total: matches without the limit, or up to where it
 * was stopped; may be NULL. */
MUST_CHECK enum rc store_list(struct store *s, const struct query *q,
			      bool (*row)(void *ctx, const struct store_row *r), void *ctx,
			      uint64_t *ret_total);

struct store_count { /* of machines; on_wire: those that sensors have heard */
	uint64_t by_verdict[VERDICTS], all, on_wire;
};
MUST_CHECK enum rc store_count(struct store *s, struct store_count *ret_c);
struct store_network { /* /24 or /64 of their latest addresses; borrowed for the call */
	struct net net;
	uint64_t machines, on_wire;
};
MUST_CHECK enum rc store_networks(struct store *s,
				  bool (*row)(void *ctx, const struct store_network *n), void *ctx);

/* Where a switch said that a machine is plugged in, "switch-2, Gi1/0/17": its latest word of each
 * machine that one spoke of, and of one time the surest, by id. Borrowed for the call. */
MUST_CHECK enum rc store_switch_ports(struct store *s,
				      bool (*row)(void *ctx, const char *id, const char *port),
				      void *ctx);

/* --- what the operator says; each writes its line of audit in the same transaction --- */

struct audit_by {
	const char *who; /* "maria (uid 1000) on lap-9" */
	uint64_t at_ns;
};

/* key: "owner", "place", "phone", "note", "importance" (0..5); value "": taken back. RC_END: no
 * such machine; RC_INVAL: no such key or value. */
MUST_CHECK enum rc store_set(struct store *s, const char *id, const char *key, const char *value,
			     const struct audit_by *by);
MUST_CHECK enum rc store_tag(struct store *s, const char *id, const char *tag, bool is_on,
			     const struct audit_by *by);
/* Keeps the decision; the caller loads, resolves and puts the machines of both keys again. */
MUST_CHECK enum rc store_decide(struct store *s, const struct decision *d,
				const struct audit_by *by);
/* Its facts, attributes and judgements are gone; the audit keeps that there was one. */
MUST_CHECK enum rc store_forget(struct store *s, const char *id, const struct audit_by *by);
/* Anything else worth a line: "import", id or "", text. */
MUST_CHECK enum rc store_note(struct store *s, const char *act, const char *id, const char *text,
			      const struct audit_by *by);

struct store_audit {
	uint64_t at_ns;
	const char *who, *act, *machine, *text;
};
/* Latest first; id NULL: all. */
MUST_CHECK enum rc store_audit(struct store *s, const char *id, size_t max,
			       bool (*row)(void *ctx, const struct store_audit *a), void *ctx);

struct store_attribute {
	const char *key, *value, *who;
	uint64_t at_ns;
};
MUST_CHECK enum rc store_attributes(struct store *s, const char *id,
				    void (*row)(void *ctx, const struct store_attribute *a),
				    void *ctx); /* tags come with the key "tag" */

/* --- runs: what sensors heard --- */

struct store_run {
	char id[64]; /* of a capture: from its contents, so the same one again is the same run */
	const char *sensor;              /* who listened */
	const struct outbreak *outbreak; /* source, coverage, findings, verdicts */
	const struct presence *presence; /* since the last time */
	size_t n_presence;
};

/* Replaces an earlier state of the same run. Findings and verdicts are kept by address and time;
 * the machines that had the addresses then are judged, now and whenever the store learns better
 * who that was. ret_changed: rows written; may be NULL. */
MUST_CHECK enum rc store_put_run(struct store *s, const struct store_run *run,
				 uint64_t *ret_changed);

struct store_finding { /* borrowed for the call */
	const char *run, *sensor;
	const struct finding *finding;
	const char *source_machine, *target_machine; /* ids, or "" */
};
MUST_CHECK enum rc store_findings(struct store *s, const char *id, /* NULL: all */
				  bool (*row)(void *ctx, const struct store_finding *f), void *ctx);

struct store_run_row {
	const char *id, *sensor, *kind, *names;
	const struct coverage *coverage;
	uint64_t first_ns, last_ns, packets, bytes;
};
MUST_CHECK enum rc store_runs(struct store *s,
			      bool (*row)(void *ctx, const struct store_run_row *r), void *ctx);

/* --- postures: what assessments saw --- */

struct store_assessment { /* one `quell assess`, or one import; borrowed for the call */
	const char *id;   /* "20261128T220000Z-4711", unique; an import's: from its contents */
	const char *how;  /* "asked" "anonymous" "import" */
	const char *who, *targets; /* audit's who; what was asked, as given */
	uint64_t first_ns, last_ns;
	uint64_t asked, done; /* machines; to resume, and to tell */
};
/* Made, or its times and counts brought up to date. RC_INVAL: it has no id. */
MUST_CHECK enum rc store_put_assessment(struct store *s, const struct store_assessment *a);

/* Replaces what that assessment has of the same address, or without one of the same name. It
 * belongs to the machine that had the address then (zero: the one with the name, if no other had it
 * then, too), now and whenever the store learns better who that was. `how`: one line, "3 of 9
 * questions unanswered", or "". ret_changed: rows written; may be NULL. RC_END: no such assessment.
 */
MUST_CHECK enum rc store_put_posture(struct store *s, const char *assessment,
				     const struct posture *p, const char *how,
				     uint64_t *ret_changed);

struct store_posture {                          /* borrowed for the call */
	const char *machine, *assessment, *how; /* machine: its id, or "": nobody known has it */
	const struct posture *posture;
};
/* Of one machine (NULL: of all), from one assessment (NULL: what is known by now, the latest
 * STORE_LOOKS postures of a machine put over each other by posture_learn(), told with the latest
 * one's assessment), by machine id, those without one last. `row` false stops. RC_END: no such
 * machine or assessment. RC_FORMAT: some are damaged, and store_error() names the first; the others
 * were told.
 */
enum { STORE_LOOKS = 8 };
MUST_CHECK enum rc store_postures(struct store *s, const char *machine, const char *assessment,
				  bool (*row)(void *ctx, const struct store_posture *p), void *ctx);
/* The latter, of these keys alone. */
MUST_CHECK enum rc store_postures_some(struct store *s, const struct posture_wanted *only,
				       bool (*row)(void *, const struct store_posture *), void *c);
/* Latest first. */
MUST_CHECK enum rc store_assessments(struct store *s,
				     bool (*row)(void *, const struct store_assessment *), void *c);

/* Of another store, the operators' decisions; then facts go the way of all facts (store_facts_of,
 * resolve, store_put_machines), which is the caller's; then runs, findings, presence, postures,
 * what operators said, and the audit; no campaigns. Of what both have the later word counts.
 * ret_changed: rows written; may be NULL. */
MUST_CHECK enum rc store_merge_decisions(struct store *to, struct store *from);
MUST_CHECK enum rc store_merge_runs(struct store *to, struct store *from, uint64_t *ret_changed);

#endif
