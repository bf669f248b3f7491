/*
 * inside - what the files of store/ share: the open store, statements by their text, and the
 * handles by which machines are found.
 */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "base/map.h"
#include "sql/sql.h"
#include "store/store.h"

enum { STORE_NAME = 512, STORE_ERROR = 1024, STORE_STMTS = 96 };

struct store {
	struct sql *sql;
	enum store_mode mode;
	int schema;
	bool is_open;      /* a transaction is */
	const char *doing; /* "read the machines": for messages */
	char name[STORE_NAME], error[STORE_ERROR];
	struct {
		const char *text;
		struct sql_stmt *st;
	} stmts[STORE_STMTS];
	unsigned n_stmts;
	int64_t next_num; /* of machines, in this transaction; 0: not asked yet */
	int has_runs;     /* are there findings or verdicts? -1: not asked yet */
	int has_postures;
	int has_attributes;
	int has_members;
	int has_presence;
	struct late *late; /* late.c's, while many machines are written; else NULL */
};

/* --- store.c --- */

/* Says what is being tried, for the message if it fails. */
static inline void store_try(struct store *s, const char *doing)
{
	s->doing = doing;
}

/* Makes store_error() of what the backend said. Returns rc. */
enum rc store_failed(struct store *s, enum rc rc);
enum rc store_says(struct store *s, enum rc rc, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The store's own way of doing things in one go: begins, and ends well or not at all, unless the
 * caller has begun already. */
MUST_CHECK enum rc store_enter(struct store *s, bool *ret_is_mine);
enum rc store_leave(struct store *s, bool is_mine, enum rc rc);

/* --- db.c: statements; `text` is a literal, by which it is remembered --- */

#define VALUES(...)                                                                                \
	(const struct sql_value[]){__VA_ARGS__},                                                   \
		sizeof((const struct sql_value[]){__VA_ARGS__}) / sizeof(struct sql_value)

MUST_CHECK enum rc db_exec(struct store *s, const char *text, const struct sql_value *v,
			   unsigned n);
MUST_CHECK enum rc db_query(struct store *s, const char *text, const struct sql_value *v,
			    unsigned n, struct sql_stmt **ret_st);
MUST_CHECK enum rc db_next(struct store *s, struct sql_stmt *st, bool *ret_row);
void db_end(struct store *s, struct sql_stmt *st); /* before the last row; NULL is fine */
/* The first column of the first row as a number; `or` if there is none. */
MUST_CHECK enum rc db_number(struct store *s, const char *text, const struct sql_value *v,
			     unsigned n, int64_t *ret_n);
void db_forget(struct store *s); /* all statements */

/* The same query for many values, as fast as the backend can. `row` is called for each row, in the
 * order of i; it must not use the store. */
struct db_each {
	const char *text;
	size_t n;
	unsigned (*bind)(void *ctx, size_t i, struct sql_value *v); /* returns how many values */
	enum rc (*row)(void *ctx, size_t i, struct sql_stmt *st);
	void *ctx;
};
MUST_CHECK enum rc db_each(struct store *s, const struct db_each *e);

static inline struct sql_value db_column(struct sql_stmt *st, const struct store *s, unsigned i)
{
	return s->sql->backend->column(st, i);
}
int64_t db_int(const struct store *s, struct sql_stmt *st, unsigned i);
uint64_t db_u64(const struct store *s, struct sql_stmt *st, unsigned i); /* as sql_u64() */
double db_real(const struct store *s, struct sql_stmt *st, unsigned i);
/* Ended by a NUL, "" for what is no text. Borrowed until db_next(). */
const char *db_text(const struct store *s, struct sql_stmt *st, unsigned i);
bool db_mac(const struct store *s, struct sql_stmt *st, unsigned i, struct mac *ret_mac);
struct addr db_addr(const struct store *s, struct sql_stmt *st, unsigned i); /* zero: none */
struct sql_value value_of_addr(const struct addr *a); /* 4 or 16 bytes; nothing for zero */
struct sql_value value_of_mac(const struct mac *m, bool has);
bool value_eq(const struct sql_value *a, const struct sql_value *b);
/* A copy whose bytes are in the arena. False: no memory. */
bool value_keep(struct arena *arena, const struct sql_value *v, struct sql_value *ret);

/* --- handle.c: what a machine can be found by; numbers are stored, never renumbered --- */

enum handle_kind {
	HANDLE_ADDR = 1, /* handle_of_addr() */
	HANDLE_MAC = 2,  /* 12 hex digits */
	HANDLE_NAME = 3, /* names and FQDNs, whole and their first label */
	HANDLE_ID = 4,   /* FACT_ID */
	HANDLE_USER = 5, /* whole, and without domain or realm */
	HANDLE_OS = 6,
	HANDLE_VENDOR = 7,
	HANDLE_DOMAIN = 8,
	HANDLE_ROLE = 9,
	HANDLE_MACHINE = 10, /* the machine's id */
	HANDLE_SHOWN = 11,   /* its latest address as text */
	HANDLE_NOW = 12,     /* addresses of its last day, as HANDLE_ADDR */
	HANDLE_OWNER = 13,   /* from here on: attribute.c's, and may be the operator's word */
	HANDLE_PLACE = 14,
	HANDLE_PHONE = 15,
	HANDLE_NOTE = 16,
	HANDLE_TAG = 17,
};

enum { HANDLE_TEXT = 256 }; /* with the NUL; longer ones are cut */

/* Lower case, for Latin, Greek and Cyrillic letters; cut at a character. */
const char *text_fold(const char *text, char *to, size_t cap);

/* "0a010203" or 32 digits: in the order of addresses, IPv4 apart from IPv6. */
const char *handle_of_addr(const struct addr *a, char *to);
bool addr_of_handle(const char *text, struct addr *ret_a); /* false: it is none */
const char *handle_of_mac(const struct mac *m, char *to);

struct handle {
	unsigned kind;
	const char *value;
	uint64_t first_ns, last_ns, from_ns, until_ns;
	unsigned sure;
};

struct handles { /* a list that grows */
	struct handle *list;
	size_t n, room;
	struct arena *arena; /* of the values */
	bool is_lacking;     /* no memory */
};
void handles_done(struct handles *h);
/* Folds the value; an empty one is left out. */
void handles_add(struct handles *h, unsigned kind, const char *value, const struct handle *times);
/* By which a fact is related to machines: address, MAC, names, FACT_ID. */
void handles_of_subject(struct handles *h, const struct fact *f);
void handles_of_machine(struct handles *h, const struct machine *m);
/* Sorts by kind, value and first_ns; joins what is the same. */
void handles_tidy(struct handles *h);
/* Makes the rows of machine `num` say what `now` says, where they say what `old` says; both tidy.
 * `touched` is told of each that changes. Adds to *rows. */
MUST_CHECK enum rc handles_write(struct store *s, int64_t num, const struct handles *old,
				 const struct handles *now, uint64_t *rows,
				 enum rc (*touched)(void *ctx, const struct handle *h), void *ctx);
/* Row of: kind, value, first_ns, last_ns, from_ns, until_ns, sure. */
#define HANDLE_COLUMNS "kind, value, first_ns, last_ns, from_ns, until_ns, sure"
MUST_CHECK enum rc handles_take(const struct store *s, struct sql_stmt *st, struct handles *h);

/* --- late.c: rows that are new, many in a statement, handles in the order of their key --- */

/* For `n` machines that are going to be written. Between this and late_end() nobody reads facts or
 * handles. After an error late_drop() is all that is left to do. */
MUST_CHECK enum rc late_begin(struct store *s, size_t n);
MUST_CHECK enum rc late_end(struct store *s);
void late_drop(struct store *s); /* what is not written yet; none is fine */
/* Its texts live until late_end(). */
MUST_CHECK enum rc late_fact(struct store *s, int64_t num, int64_t seq, const struct fact *f);
MUST_CHECK enum rc late_handle(struct store *s, int64_t num, const struct handle *h); /* copies */

/* --- facts.c --- */

struct was_machine {
	int64_t num;
	const char *id;
	size_t first, n; /* its facts */
	/* Loaded so that others are resolved as they were: it is not written, unless it must share
	 * facts with them. */
	bool is_context;
};

struct store_was {
	struct was_machine *list;
	size_t n;
	int64_t *seq;     /* of each fact */
	struct map *nums; /* of the machines */
};

/* Facts and ids of the machines `nums`, which are ascending. */
MUST_CHECK enum rc facts_load(struct store *s, const int64_t *nums, size_t n,
			      struct store_facts **ret_facts);
/* Whoever shares a name, a card or an address with those that are not context: without them they
 * would be resolved otherwise than when these were there. */
MUST_CHECK enum rc facts_load_context(struct store *s, struct store_facts *to);
MUST_CHECK enum rc machine_num(struct store *s, const char *id, int64_t *ret_num); /* RC_END */

/* --- find.c --- */

/* The machine that had the address then; at_ns 0: the latest. 0: nobody known. */
MUST_CHECK enum rc num_at(struct store *s, const struct addr *a, uint64_t at_ns, int64_t *ret_num);

/* --- attribute.c --- */

/* Makes the columns and handles of a machine that depend on the operator's word. Adds the rows
 * that it changed. */
MUST_CHECK enum rc attributes_apply(struct store *s, int64_t num, uint64_t *rows);
/* The latest word about each thing counts. */
MUST_CHECK enum rc attributes_move(struct store *s, int64_t from, int64_t to);

/* --- runs.c --- */

/* Findings and verdicts of these addresses (handle_of_addr() texts) again to the machines that had
 * them; sums up the verdicts of all machines that this touches. */
MUST_CHECK enum rc runs_follow(struct store *s, const struct addr *addrs, size_t n, uint64_t *rows);

/* The worst verdict on a machine, and what it did, into its row. */
MUST_CHECK enum rc verdict_sum(struct store *s, int64_t num, uint64_t *rows);

/* --- postures.c --- */

struct posture_row {
	int64_t assessment; /* its number */
	struct addr addr;   /* zero: none */
	const char *name;   /* folded; "" with an address */
	uint64_t at_ns;
	int64_t n_values; /* observations that are one */
	const char *how;
	struct bytes body; /* posture_pack() */
};

struct sql_value posture_place(const struct addr *a); /* in its key: zero is no bytes */
MUST_CHECK enum rc assessment_num(struct store *s, const char *id, int64_t *ret_num); /* 0: none */
MUST_CHECK enum rc assessment_write(struct store *s, const struct store_assessment *a,
				    uint64_t *rows);
/* Makes the store say so. Adds to *rows. */
MUST_CHECK enum rc posture_write(struct store *s, const struct posture_row *r, uint64_t *rows);

/* What changed hands. Names are folded, and may be there more than once. */
struct posture_keys {
	const struct addr *addrs;
	size_t n_addrs;
	const char *const *names;
	size_t n_names;
};
/* Postures of these again to the machines that had them. */
MUST_CHECK enum rc postures_follow(struct store *s, const struct posture_keys *k, uint64_t *rows);

/* The names that a machine can be found by, into the arena. */
MUST_CHECK enum rc names_of_machine(struct store *s, int64_t num, struct arena *arena,
				    const char ***ret_list, size_t *ret_n);

/* --- presence.c --- */

/* Presence of these addresses again to the machines that had them. Each but once. */
MUST_CHECK enum rc presence_follow(struct store *s, const struct addr *addrs, size_t n,
				   uint64_t *rows);
/* What run `from_run` of another store has, to what run `to_run` has here. */
MUST_CHECK enum rc presence_merge(struct store *to, int64_t to_run, struct store *from,
				  int64_t from_run, uint64_t *rows);

/* --- campaigns.c, members.c --- */

/* RC_END, with a message: there is none. 0 in a store that keeps nothing. */
MUST_CHECK enum rc campaign_num(struct store *s, const char *id, int64_t *ret_num);
/* The memberships of a machine that is about to be deleted. */
MUST_CHECK enum rc members_move(struct store *s, int64_t from, int64_t to);

/* A share or a probability; 0 for what is none. */
static inline double share_of(double x)
{
	return x >= 0 && x <= 1 ? x : 0;
}

/* --- schema.c --- */

MUST_CHECK enum rc schema_read(struct store *s, int *ret_version); /* 0: empty */
MUST_CHECK enum rc schema_migrate(struct store *s, int from, int to);

#endif
