/*
 * sql - one SQL over two databases: what each must be able to do is to run statements with bound
 * values.
 *
 * A backend is one constant struct in its own file. It knows nothing of machines. Statements are
 * written once, in the SQL that SQLite 3.35 and PostgreSQL 11 share, with parameters $1, $2, …; the
 * few words that differ are members here. Values are only ever bound.
 *
 * Errors: RC_IO with `error` and `message` of struct sql set. What exec() was given may fail only
 * at the next query(), run() or commit(), because backends may send it later.
 */
#ifndef SQL_SQL_H
#define SQL_SQL_H

#include "base/bytes.h"
#include "base/rc.h"

enum sql_error {
	SQL_FINE,
	SQL_FULL,     /* no room on the disk */
	SQL_BUSY,     /* somebody else is writing, and did not end in time */
	SQL_GONE,     /* the server went away, or cannot be reached */
	SQL_READONLY, /* may be read, not written */
	SQL_DENIED,   /* password, role, file rights */
	SQL_MISSING,  /* no such file, folder or database */
	SQL_FOREIGN,  /* a file or database that is not a store of quell's */
	SQL_DAMAGED,  /* its structure is broken */
	SQL_OTHER,
};

enum sql_type { SQL_NULL, SQL_INT, SQL_REAL, SQL_TEXT, SQL_BLOB };

struct sql_value { /* texts and blobs are borrowed; a text's bytes are ended by a NUL */
	enum sql_type type;
	int64_t i;
	double r;
	struct bytes b;
};

enum { SQL_MESSAGE = 320, SQL_PARAMS = 128, SQL_BUSY_MS = 10000 };

struct sql { /* a connection; the backend's own struct begins with it */
	const struct sql_backend *backend;
	enum sql_error error; /* of the last call that failed */
	char message[SQL_MESSAGE];
};

struct sql_stmt; /* a prepared statement */

struct sql_backend {
	const char *name;
	/* Words of CREATE TABLE: an integer key, text in the order of its bytes, bytes, and what
	 * ends a table whose rows lie in the order of the key. */
	const char *type_id, *type_text, *type_blob, *by_key;
	const char *before; /* a statement that makes room for the tables; may be NULL */
	/* Statements that make rows of table {N} stay as they are, for whoever writes with whatever
	 * program, as long as he does not mean to cheat. */
	const char *only_grows;
	/* Queries that may be sent before the first answer is read. */
	size_t depth;

	/* `where`: what follows the scheme in the URL, or all of it for those who want it. On
	 * failure *ret_sql may still be set, for its message; sql_close() frees it. */
	enum rc (*open)(const char *where, bool can_write, struct sql **ret_sql);
	void (*close)(struct sql *s);

	/* Statements without parameters and rows, separated by semicolons. */
	enum rc (*run)(struct sql *s, const char *text);
	/* `writes`: nobody else may write until the end. */
	enum rc (*begin)(struct sql *s, bool writes);
	enum rc (*commit)(struct sql *s);
	void (*rollback)(struct sql *s);

	/* `text` has parameters $1 to $n without a gap, and must live as long as the statement;
	 * values beyond $n are ignored. */
	enum rc (*prepare)(struct sql *s, const char *text, struct sql_stmt **ret_stmt);
	void (*finish)(struct sql_stmt *st);
	/* Of a statement that gives no rows. */
	enum rc (*exec)(struct sql_stmt *st, const struct sql_value *v, unsigned n);
	/* Sends a query; up to `depth` of one statement before the first fetch(). */
	enum rc (*query)(struct sql_stmt *st, const struct sql_value *v, unsigned n);
	/* The next row of the oldest query; *ret_row false: it has no more, and is over. */
	enum rc (*fetch)(struct sql_stmt *st, bool *ret_row);
	/* Ends all queries of the statement, read or not. */
	void (*reset)(struct sql_stmt *st);
	/* Column `i` of the row; borrowed until the next fetch(). */
	struct sql_value (*column)(struct sql_stmt *st, unsigned i);

	/* Does a table of this name exist? Asked before there are any of ours. */
	enum rc (*has_table)(struct sql *s, const char *table, bool *ret_has);
	/* After personal data was deleted: let no copy of it stay where it need not. May be NULL.
	 */
	void (*forget)(struct sql *s);
};

extern const struct sql_backend sql_sqlite, sql_postgres, sql_null;

static inline struct sql_value sql_int(int64_t i)
{
	return (struct sql_value){.type = SQL_INT, .i = i};
}

/* Times and counts: SQL knows signed numbers only, so the upper half is cut to the greatest. */
static inline struct sql_value sql_u64(uint64_t u)
{
	return sql_int(u > INT64_MAX ? INT64_MAX : (int64_t)u);
}

static inline struct sql_value sql_real(double r)
{
	return (struct sql_value){.type = SQL_REAL, .r = r};
}

static inline struct sql_value sql_text(const char *text)
{
	return (struct sql_value){.type = SQL_TEXT, .b = {(const uint8_t *)text, strlen(text)}};
}

static inline struct sql_value sql_blob(const void *at, size_t len)
{
	return (struct sql_value){.type = SQL_BLOB, .b = {at, len}};
}

static inline struct sql_value sql_none(void)
{
	return (struct sql_value){.type = SQL_NULL};
}

/* Says what went wrong; returns RC_IO. The message is made one line. */
enum rc sql_fail(struct sql *s, enum sql_error error, const char *message);

#endif
