/*
 * SQLite: WAL, so that readers never wait and a killed writer loses nothing that was committed.
 * synchronous=NORMAL syncs at checkpoints: power loss may cost the last commits, never the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/sql.h"

enum {
	APPLICATION_ID = 0x71756c6c, /* "qull": file(1) and we know our own by it */
	LENGTH_MAX = 1 << 24,        /* of a text or blob in a file that may be hostile */
};

struct lite {
	struct sql base;
	sqlite3 *db;
};

struct sql_stmt {
	struct lite *lite;
	sqlite3_stmt *st;
	int at[SQL_PARAMS]; /* place of $1, $2, … : SQLite takes them for names */
	bool is_over;
};

static enum sql_error class_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return SQL_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return SQL_BUSY;
	case SQLITE_READONLY:
		return SQL_READONLY;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return SQL_DENIED;
	case SQLITE_CORRUPT:
		return SQL_DAMAGED;
	case SQLITE_NOTADB:
		return SQL_FOREIGN;
	case SQLITE_IOERR:
		/* A quota, or a limit on the size of files, is told as an error of input and
		 * output; so is a disk that is full under the shared memory. */
		return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ||
				       code == SQLITE_IOERR_SHMSIZE
			       ? SQL_FULL
			       : SQL_OTHER;
	default:
		return SQL_OTHER;
	}
}

static enum rc failed(struct lite *l)
{
	int code = sqlite3_extended_errcode(l->db);
	enum sql_error class = class_of(code);

	if ((code & 0xff) == SQLITE_NOMEM)
		return RC_NOMEM;
	return sql_fail(&l->base, class, sqlite3_errmsg(l->db));
}

static enum rc lite_run(struct sql *s, const char *text)
{
	struct lite *l = (struct lite *)s;

	errno = 0;
	return sqlite3_exec(l->db, text, NULL, NULL, NULL) == SQLITE_OK ? RC_OK : failed(l);
}

/* The one number that a statement gives. */
static enum rc number(struct lite *l, const char *text, int64_t *ret_n)
{
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v2(l->db, text, -1, &st, NULL);

	errno = 0;
	if (code == SQLITE_OK) {
		code = sqlite3_step(st);
		if (code == SQLITE_ROW)
			*ret_n = sqlite3_column_int64(st, 0);
		else if (code == SQLITE_DONE)
			*ret_n = 0;
	}
	enum rc rc = code == SQLITE_ROW || code == SQLITE_DONE ? RC_OK : failed(l);

	sqlite3_finalize(st);
	return rc;
}

/* A new file belongs to its maker alone: it will hold users' names. */
static enum rc make_file(struct lite *l, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	int why = errno;

	if (fd != -1) {
		(void)close(fd);
		return RC_OK;
	}
	if (why == EACCES || why == EPERM)
		return sql_fail(&l->base, access(path, R_OK) == 0 ? SQL_READONLY : SQL_DENIED,
				strerror(why));
	if (why == EROFS)
		return sql_fail(&l->base, SQL_READONLY, strerror(why));
	if (why == ENOENT)
		return sql_fail(&l->base, SQL_MISSING, "there is no such folder");
	return sql_fail(&l->base,
			why == ENOSPC || why == EDQUOT    ? SQL_FULL
			: why == ENOTDIR || why == EISDIR ? SQL_FOREIGN
							  : SQL_OTHER,
			strerror(why));
}

static enum rc check_file(struct lite *l, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return sql_fail(&l->base,
				errno == ENOENT   ? SQL_MISSING
				: errno == EACCES ? SQL_DENIED
						  : SQL_OTHER,
				strerror(errno));
	if (!S_ISREG(st.st_mode))
		return sql_fail(&l->base, SQL_FOREIGN, "not a regular file");
	if (access(path, R_OK) != 0)
		return sql_fail(&l->base, SQL_DENIED, strerror(errno));
	return RC_OK;
}

/* A file URI for SQLite: everything but plain characters is escaped. False: too long. */
static bool uri_of(const char *path, const char *options, char *to, size_t cap)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	/* A path that begins with two slashes would be a host's name. */
	while (path[0] == '/' && path[1] == '/')
		path++;
	for (const char *head = "file:"; *head != '\0'; head++)
		to[n++] = *head;
	for (; *path != '\0' && n + 4 < cap; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("/._-~", c) != NULL) {
			to[n++] = (char)c;
		} else {
			to[n++] = '%';
			to[n++] = hex[c >> 4];
			to[n++] = hex[c & 15];
		}
	}
	if (*path != '\0' || n + strlen(options) >= cap)
		return false;
	memcpy(to + n, options, strlen(options) + 1);
	return true;
}

static enum rc connect_file(struct lite *l, const char *path, int flags, const char *options)
{
	char uri[3 * 4096];

	if (l->db != NULL)
		(void)sqlite3_close(l->db);
	l->db = NULL;
	if (!uri_of(path, options, uri, sizeof(uri)))
		return sql_fail(&l->base, SQL_MISSING, strerror(ENAMETOOLONG));
	errno = 0;
	if (sqlite3_open_v2(uri, &l->db, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return l->db == NULL ? RC_NOMEM : failed(l);
	(void)sqlite3_extended_result_codes(l->db, 1);
	(void)sqlite3_busy_timeout(l->db, SQL_BUSY_MS);
	/* The file may come from a stranger: nothing in its schema may run, and its lengths are
	 * not believed. */
	(void)sqlite3_limit(l->db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)NULL);
	int64_t ignored;

	/* Reads the first page: only now does SQLite look at the file. */
	return number(l, "SELECT count(*) FROM sqlite_master", &ignored);
}

/* Without changing it. Where the folder may be written, a reader keeps WAL's shared memory there
 * and sees what a writer commits; on a disk that cannot be written nobody writes, either. */
static enum rc connect_reader(struct lite *l, const char *path)
{
	char wal[4096];
	struct stat st;
	enum rc rc = connect_file(l, path, SQLITE_OPEN_READWRITE, "");

	if (rc == RC_IO && l->base.error != SQL_FOREIGN && l->base.error != SQL_DAMAGED)
		rc = connect_file(l, path, SQLITE_OPEN_READONLY, "");
	if (rc == RC_IO && l->base.error != SQL_FOREIGN && l->base.error != SQL_DAMAGED &&
	    snprintf(wal, sizeof(wal), "%s-wal", path) < (int)sizeof(wal) &&
	    (stat(wal, &st) != 0 || st.st_size == 0))
		rc = connect_file(l, path, SQLITE_OPEN_READONLY, "?immutable=1");
	return rc != RC_OK ? rc : lite_run(&l->base, "PRAGMA query_only=1");
}

/* Ours, or empty and to be made ours. */
static enum rc check_owner(struct lite *l, bool can_write)
{
	int64_t id = 0, tables = 0, others = 0;
	enum rc rc = number(l, "PRAGMA application_id", &id);

	if (rc == RC_OK)
		rc = number(l, "SELECT count(*) FROM sqlite_master", &tables);
	/* Triggers are those of `only_grows`; here none of them runs, whatever it says. */
	if (rc == RC_OK)
		rc = number(
			l,
			"SELECT count(*) FROM sqlite_master WHERE (type NOT IN ('table',"
			" 'index') OR sql LIKE 'CREATE VIRTUAL%') AND NOT (type = 'trigger'"
			" AND sql LIKE '%BEGIN SELECT RAISE(ABORT, ''the % only grows''); END')",
			&others);
	if (rc != RC_OK)
		return rc;
	if (id == APPLICATION_ID && others == 0)
		return RC_OK;
	if (!can_write || id != 0 || tables != 0)
		return sql_fail(&l->base, SQL_FOREIGN, "an SQLite file of another program's");
	char set[64];

	(void)snprintf(set, sizeof(set), "PRAGMA application_id=%d", APPLICATION_ID);
	return lite_run(&l->base, set);
}

static enum rc connect_writer(struct lite *l, const char *path)
{
	int64_t ignored;
	enum rc rc = make_file(l, path);

	if (rc == RC_OK)
		rc = check_file(l, path);
	if (rc == RC_OK)
		rc = connect_file(l, path, SQLITE_OPEN_READWRITE, "");
	if (rc == RC_OK && sqlite3_db_readonly(l->db, "main") == 1)
		rc = sql_fail(&l->base, SQL_READONLY, "the file may only be read");
	if (rc == RC_OK)
		rc = check_owner(l, true);
	if (rc == RC_OK) /* it answers with the mode's name */
		rc = number(l, "PRAGMA journal_mode=WAL", &ignored);
	if (rc == RC_OK)
		rc = lite_run(&l->base, "PRAGMA synchronous=NORMAL;"
					"PRAGMA foreign_keys=1;"
					"PRAGMA secure_delete=FAST;"
					"PRAGMA journal_size_limit=67108864;"
					"PRAGMA temp_store=MEMORY;"
					"PRAGMA cache_size=-131072");
	return rc;
}

static enum rc lite_open(const char *where, bool can_write, struct sql **ret_sql)
{
	struct lite *l = calloc(1, sizeof(*l));
	enum rc rc;

	if (l == NULL)
		return RC_NOMEM;
	l->base.backend = &sql_sqlite;
	*ret_sql = &l->base;
	if (can_write)
		return connect_writer(l, where);
	rc = check_file(l, where);
	if (rc == RC_OK)
		rc = connect_reader(l, where);
	if (rc == RC_OK)
		rc = check_owner(l, false);
	if (rc == RC_OK)
		rc = lite_run(&l->base, "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768;"
					"PRAGMA cell_size_check=1");
	return rc;
}

static void lite_close(struct sql *s)
{
	struct lite *l = (struct lite *)s;

	(void)sqlite3_close(l->db);
	free(l);
}

static enum rc lite_begin(struct sql *s, bool writes)
{
	return lite_run(s, writes ? "BEGIN IMMEDIATE" : "BEGIN");
}

static enum rc lite_commit(struct sql *s)
{
	return lite_run(s, "COMMIT");
}

static void lite_rollback(struct sql *s)
{
	struct lite *l = (struct lite *)s;

	/* A full disk has rolled it back already. */
	if (sqlite3_get_autocommit(l->db) == 0)
		(void)sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
}

static enum rc lite_prepare(struct sql *s, const char *text, struct sql_stmt **ret_stmt)
{
	struct lite *l = (struct lite *)s;
	struct sql_stmt *st = calloc(1, sizeof(*st));

	if (st == NULL)
		return RC_NOMEM;
	st->lite = l;
	errno = 0;
	if (sqlite3_prepare_v3(l->db, text, -1, SQLITE_PREPARE_PERSISTENT, &st->st, NULL) !=
	    SQLITE_OK) {
		free(st);
		return failed(l);
	}
	for (unsigned i = 0; i < SQL_PARAMS && (i == 0 || st->at[i - 1] != 0); i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "$%u", i + 1);
		st->at[i] = sqlite3_bind_parameter_index(st->st, name);
	}
	*ret_stmt = st;
	return RC_OK;
}

static void lite_finish(struct sql_stmt *st)
{
	if (st != NULL)
		(void)sqlite3_finalize(st->st);
	free(st);
}

static int bind(struct sql_stmt *st, int at, const struct sql_value *v)
{
	/* An empty blob without an address would be NULL. */
	const void *bytes = v->b.len > 0 ? v->b.at : (const uint8_t *)"";

	switch (v->type) {
	case SQL_INT:
		return sqlite3_bind_int64(st->st, at, v->i);
	case SQL_REAL:
		return sqlite3_bind_double(st->st, at, v->r);
	case SQL_TEXT:
		return sqlite3_bind_text64(st->st, at, bytes, v->b.len, SQLITE_STATIC, SQLITE_UTF8);
	case SQL_BLOB:
		return sqlite3_bind_blob64(st->st, at, bytes, v->b.len, SQLITE_STATIC);
	case SQL_NULL:
		break;
	}
	return sqlite3_bind_null(st->st, at);
}

static enum rc lite_query(struct sql_stmt *st, const struct sql_value *v, unsigned n)
{
	(void)sqlite3_reset(st->st);
	st->is_over = false;
	for (unsigned i = 0; i < n && i < SQL_PARAMS; i++) {
		if (st->at[i] != 0 && bind(st, st->at[i], &v[i]) != SQLITE_OK)
			return failed(st->lite);
	}
	return RC_OK;
}

static enum rc lite_fetch(struct sql_stmt *st, bool *ret_row)
{
	int code;

	*ret_row = false;
	if (st->is_over)
		return RC_OK;
	errno = 0;
	code = sqlite3_step(st->st);
	if (code == SQLITE_ROW) {
		*ret_row = true;
		return RC_OK;
	}
	enum rc rc = code == SQLITE_DONE ? RC_OK : failed(st->lite);

	st->is_over = true;
	(void)sqlite3_reset(
		st->st); /* or it would keep its snapshot, and the file from shrinking */
	return rc;
}

static void lite_reset(struct sql_stmt *st)
{
	(void)sqlite3_reset(st->st);
	st->is_over = true;
}

static enum rc lite_exec(struct sql_stmt *st, const struct sql_value *v, unsigned n)
{
	enum rc rc = lite_query(st, v, n);
	bool row;

	return rc != RC_OK ? rc : lite_fetch(st, &row);
}

static struct sql_value lite_column(struct sql_stmt *st, unsigned i)
{
	int at = (int)i;
	const void *bytes;

	switch (sqlite3_column_type(st->st, at)) {
	case SQLITE_INTEGER:
		return sql_int(sqlite3_column_int64(st->st, at));
	case SQLITE_FLOAT:
		return sql_real(sqlite3_column_double(st->st, at));
	case SQLITE_TEXT:
		bytes = sqlite3_column_text(st->st, at);
		return (struct sql_value){
			.type = SQL_TEXT,
			.b = {bytes, bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(st->st, at)}};
	case SQLITE_BLOB:
		bytes = sqlite3_column_blob(st->st, at);
		return sql_blob(bytes,
				bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(st->st, at));
	default:
		return sql_none();
	}
}

static enum rc lite_has_table(struct sql *s, const char *table, bool *ret_has)
{
	struct sql_stmt *st = NULL;
	struct sql_value name = sql_text(table);
	enum rc rc = lite_prepare(
		s, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1", &st);

	if (rc != RC_OK || st == NULL)
		return rc;
	rc = lite_query(st, &name, 1);
	if (rc == RC_OK)
		rc = lite_fetch(st, ret_has);
	lite_finish(st);
	return rc;
}

/* What was deleted still lies in the log until it is written back. A reader may prevent that; the
 * next checkpoint does it then. */
static void lite_forget(struct sql *s)
{
	struct lite *l = (struct lite *)s;

	(void)sqlite3_wal_checkpoint_v2(l->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

const struct sql_backend sql_sqlite = {
	.name = "sqlite",
	.type_id = "INTEGER PRIMARY KEY",
	.type_text = "TEXT",
	.type_blob = "BLOB",
	.by_key = "WITHOUT ROWID",
	/* REPLACE deletes without asking the trigger of DELETE: a row that is there is none to be
	 * inserted. */
	.only_grows = "CREATE TRIGGER {N}_keeps_text BEFORE UPDATE ON {N}"
		      " BEGIN SELECT RAISE(ABORT, 'the {N} only grows'); END;"
		      "CREATE TRIGGER {N}_keeps_rows BEFORE DELETE ON {N}"
		      " BEGIN SELECT RAISE(ABORT, 'the {N} only grows'); END;"
		      "CREATE TRIGGER {N}_keeps_order BEFORE INSERT ON {N}"
		      " WHEN EXISTS (SELECT 1 FROM {N} WHERE num >= new.num)"
		      " BEGIN SELECT RAISE(ABORT, 'the {N} only grows'); END;",
	.depth = 1,
	.open = lite_open,
	.close = lite_close,
	.run = lite_run,
	.begin = lite_begin,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.prepare = lite_prepare,
	.finish = lite_finish,
	.exec = lite_exec,
	.query = lite_query,
	.fetch = lite_fetch,
	.reset = lite_reset,
	.column = lite_column,
	.has_table = lite_has_table,
	.forget = lite_forget,
};
