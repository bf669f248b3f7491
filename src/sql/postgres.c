/*
 * PostgreSQL, for a store that several sensors write to. Everything lies in a schema of its own,
 * "quell", so that the database may be shared. Values travel in binary. Statements without rows are
 * sent in pipeline mode and their answers read later, many at once: a round trip costs more than
 * the row. Writers take turns by an advisory lock, as in SQLite.
 */
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sql/sql.h"

enum {
	OID_BYTEA = 17, /* pg_type.dat */
	OID_INT8 = 20,
	OID_TEXT = 25,
	OID_FLOAT8 = 701,
	OID_INT4 = 23,
	OID_BOOL = 16,
	OID_NUMERIC = 1700,
	DEPTH = 256, /* answers that may wait; they and the questions fit into the socket's buffers
		      */
	LOCK = 0x71756c6c,
};

struct pg {
	struct sql base;
	PGconn *conn;
	bool can_write, is_piped;
	unsigned waiting;    /* answers to exec() that were not read */
	unsigned generation; /* of the connection: prepared statements die with it */
	unsigned n_stmts;
};

struct sql_stmt {
	struct pg *pg;
	const char *text;
	char name[16];
	unsigned generation, n_params; /* generation 0: not prepared */
	Oid types[SQL_PARAMS];
	unsigned sent; /* queries whose answers were not read */
	PGresult **results;
	size_t n_results, at_result;
	int row; /* of results[at_result] */
};

static enum sql_error class_of(PGconn *conn, const char *state)
{
	if (conn == NULL || PQstatus(conn) != CONNECTION_OK)
		return SQL_GONE;
	if (state == NULL)
		return SQL_OTHER;
	/* Appendix A of the manual; classes are two letters. */
	if (strcmp(state, "53100") == 0)
		return SQL_FULL;
	if (strncmp(state, "55P03", 5) == 0 || strncmp(state, "40", 2) == 0)
		return SQL_BUSY;
	if (strncmp(state, "57", 2) == 0 || strncmp(state, "08", 2) == 0)
		return SQL_GONE;
	if (strcmp(state, "25006") == 0)
		return SQL_READONLY;
	if (strcmp(state, "42501") == 0 || strncmp(state, "28", 2) == 0)
		return SQL_DENIED;
	if (strcmp(state, "3D000") == 0)
		return SQL_MISSING;
	if (strncmp(state, "XX", 2) == 0)
		return SQL_DAMAGED;
	return SQL_OTHER;
}

/* Of a result, or of the connection if there is none. */
static enum rc failed(struct pg *pg, const PGresult *res)
{
	const char *state = res != NULL ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *text = res != NULL ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (text == NULL)
		text = PQerrorMessage(pg->conn);
	if (text[0] == '\0')
		text = "the server closed the connection";
	return sql_fail(&pg->base, class_of(pg->conn, state), text);
}

/* Reads all answers up to the sync mark; `take` gets those with rows, and owns them. */
static enum rc read_answers(struct pg *pg, struct sql_stmt *st)
{
	enum rc rc = RC_OK;
	unsigned nulls = 0;

	for (;;) {
		PGresult *res = PQgetResult(pg->conn);
		ExecStatusType status = PQresultStatus(res);

		if (res == NULL) { /* the end of one answer; two in a row: of everything */
			if (++nulls > 1 || PQstatus(pg->conn) != CONNECTION_OK)
				break;
			continue;
		}
		nulls = 0;
		if (status == PGRES_PIPELINE_SYNC) {
			PQclear(res);
			break;
		}
		if (status == PGRES_TUPLES_OK && st != NULL) {
			st->results[st->n_results++] = res;
			continue;
		}
		/* What follows a failure is skipped by the server: the first one tells. */
		if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
		    status != PGRES_PIPELINE_ABORTED && rc == RC_OK)
			rc = failed(pg, res);
		PQclear(res);
	}
	pg->waiting = 0;
	if (rc == RC_OK && PQstatus(pg->conn) != CONNECTION_OK)
		rc = failed(pg, NULL);
	return rc;
}

/* Waits for all that was sent. */
static enum rc drain(struct pg *pg, struct sql_stmt *st)
{
	if (!pg->is_piped || (pg->waiting == 0 && (st == NULL || st->sent == 0)))
		return RC_OK;
	if (PQpipelineSync(pg->conn) != 1) {
		pg->waiting = 0;
		return failed(pg, NULL);
	}
	return read_answers(pg, st);
}

static enum rc unpipe(struct pg *pg)
{
	enum rc rc = drain(pg, NULL);

	if (pg->is_piped && PQexitPipelineMode(pg->conn) != 1 && rc == RC_OK)
		rc = failed(pg, NULL);
	pg->is_piped = false;
	return rc;
}

static enum rc pipe_on(struct pg *pg)
{
	if (!pg->is_piped && PQenterPipelineMode(pg->conn) != 1)
		return failed(pg, NULL);
	pg->is_piped = true;
	return RC_OK;
}

static enum rc simple(struct pg *pg, const char *text)
{
	enum rc rc = unpipe(pg);

	if (rc != RC_OK)
		return rc;
	PGresult *res = PQexec(pg->conn, text);
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		rc = failed(pg, res);
	PQclear(res);
	return rc;
}

static void silence(void *ctx, const char *message)
{
	(void)ctx;
	(void)message; /* notices of IF NOT EXISTS */
}

/* A fresh connection as we want it. */
static enum rc dress(struct pg *pg)
{
	char text[256];

	pg->generation++;
	pg->is_piped = false;
	pg->waiting = 0;
	(void)PQsetNoticeProcessor(pg->conn, silence, NULL);
	(void)snprintf(text, sizeof(text),
		       "SET client_encoding = 'UTF8'; SET search_path = quell;"
		       "SET lock_timeout = %d; SET standard_conforming_strings = on;"
		       "SET default_transaction_read_only = %s",
		       SQL_BUSY_MS, pg->can_write ? "off" : "on");
	return simple(pg, text);
}

static enum rc pg_open(const char *where, bool can_write, struct sql **ret_sql)
{
	/* Options of ours come after the URL's own in the list, the URL first. */
	const char *const keys[] = {"dbname", "fallback_application_name", "connect_timeout", NULL};
	const char *const values[] = {where, "quell", "10", NULL};
	struct pg *pg = calloc(1, sizeof(*pg));
	enum rc rc;

	if (pg == NULL)
		return RC_NOMEM;
	pg->base.backend = &sql_postgres;
	pg->can_write = can_write;
	*ret_sql = &pg->base;
	pg->conn = PQconnectdbParams(keys, values, 1);
	if (pg->conn == NULL)
		return RC_NOMEM;
	if (PQstatus(pg->conn) != CONNECTION_OK) {
		const char *why = PQerrorMessage(pg->conn);
		enum sql_error class = SQL_GONE;

		/* libpq tells no code of a connection that failed: its words must do. */
		if (strstr(why, "authentication failed") != NULL ||
		    strstr(why, "no password supplied") != NULL ||
		    strstr(why, "no pg_hba.conf entry") != NULL ||
		    (strstr(why, "role ") != NULL && strstr(why, "does not exist") != NULL))
			class = SQL_DENIED;
		else if (strstr(why, "database ") != NULL && strstr(why, "does not exist") != NULL)
			class = SQL_MISSING;
		return sql_fail(&pg->base, class, why);
	}
	rc = dress(pg);
	return rc;
}

static void pg_close(struct sql *s)
{
	struct pg *pg = (struct pg *)s;

	PQfinish(pg->conn);
	free(pg);
}

static enum rc pg_run(struct sql *s, const char *text)
{
	return simple((struct pg *)s, text);
}

static enum rc pg_begin(struct sql *s, bool writes)
{
	struct pg *pg = (struct pg *)s;
	char lock[96];
	enum rc rc = RC_OK;

	/* The server may have been restarted since: try once to come back. */
	if (PQstatus(pg->conn) == CONNECTION_OK && simple(pg, "SELECT 1") != RC_OK &&
	    PQstatus(pg->conn) == CONNECTION_OK)
		return RC_IO;
	if (PQstatus(pg->conn) != CONNECTION_OK) {
		PQreset(pg->conn);
		if (PQstatus(pg->conn) != CONNECTION_OK)
			return failed(pg, NULL);
		rc = dress(pg);
	}
	if (rc != RC_OK)
		return rc;
	if (!writes)
		return simple(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	(void)snprintf(lock, sizeof(lock), "SELECT pg_advisory_xact_lock(%d)", LOCK);
	rc = simple(pg, "BEGIN");
	if (rc == RC_OK)
		rc = simple(pg, lock);
	if (rc != RC_OK) {
		struct sql kept = pg->base;

		(void)simple(pg, "ROLLBACK");
		pg->base = kept;
	}
	return rc;
}

static enum rc pg_commit(struct sql *s)
{
	struct pg *pg = (struct pg *)s;
	enum rc rc = unpipe(pg);
	PGresult *res;

	if (rc != RC_OK)
		return rc;
	res = PQexec(pg->conn, "COMMIT");
	/* After a statement that failed it answers ROLLBACK, and calls that success. */
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		rc = failed(pg, res);
	else if (strcmp(PQcmdStatus(res), "COMMIT") != 0)
		rc = sql_fail(&pg->base, SQL_OTHER, "the transaction was rolled back");
	PQclear(res);
	return rc;
}

static void pg_rollback(struct sql *s)
{
	struct pg *pg = (struct pg *)s;
	struct sql kept = pg->base; /* what led to it is the message */

	if (PQstatus(pg->conn) == CONNECTION_OK) {
		(void)unpipe(pg);
		(void)simple(pg, "ROLLBACK");
	}
	pg->base = kept;
}

static enum rc pg_prepare(struct sql *s, const char *text, struct sql_stmt **ret_stmt)
{
	struct pg *pg = (struct pg *)s;
	struct sql_stmt *st = calloc(1, sizeof(*st));

	if (st == NULL)
		return RC_NOMEM;
	st->pg = pg;
	st->text = text;
	(void)snprintf(st->name, sizeof(st->name), "q%u", pg->n_stmts++);
	for (const char *p = strchr(text, '$'); p != NULL; p = strchr(p + 1, '$')) {
		unsigned long n = strtoul(p + 1, NULL, 10);

		if (n > st->n_params && n <= SQL_PARAMS)
			st->n_params = (unsigned)n;
	}
	*ret_stmt = st;
	return RC_OK;
}

static void clear_results(struct sql_stmt *st)
{
	for (size_t i = st->at_result; i < st->n_results; i++)
		PQclear(st->results[i]);
	st->n_results = st->at_result = 0;
	st->row = -1;
}

static void pg_reset(struct sql_stmt *st)
{
	struct sql kept = st->pg->base;

	if (st->sent > 0 && PQstatus(st->pg->conn) == CONNECTION_OK)
		(void)drain(st->pg, st);
	st->pg->base = kept;
	st->sent = 0;
	clear_results(st);
}

static void pg_finish(struct sql_stmt *st)
{
	char text[40];

	if (st == NULL)
		return;
	pg_reset(st);
	if (st->generation == st->pg->generation && PQstatus(st->pg->conn) == CONNECTION_OK &&
	    PQtransactionStatus(st->pg->conn) != PQTRANS_INERROR) {
		struct sql kept = st->pg->base;

		(void)snprintf(text, sizeof(text), "DEALLOCATE %s", st->name);
		(void)simple(st->pg, text);
		st->pg->base = kept;
	}
	free(st->results);
	free(st);
}

static Oid oid_of(enum sql_type type)
{
	switch (type) {
	case SQL_INT:
		return OID_INT8;
	case SQL_REAL:
		return OID_FLOAT8;
	case SQL_TEXT:
		return OID_TEXT;
	case SQL_BLOB:
		return OID_BYTEA;
	case SQL_NULL:
		break;
	}
	return 0; /* as the statement has it */
}

/* On the server; again if the connection is another one, or the values' types are. */
static enum rc ready(struct sql_stmt *st, const struct sql_value *v, unsigned n)
{
	struct pg *pg = st->pg;
	bool is_new = st->generation != pg->generation;

	for (unsigned i = 0; i < n && !is_new; i++)
		is_new = v[i].type != SQL_NULL && st->types[i] != 0 &&
			 st->types[i] != oid_of(v[i].type);
	if (!is_new)
		return RC_OK;
	enum rc rc = unpipe(pg);

	if (rc != RC_OK)
		return rc;
	for (unsigned i = 0; i < n; i++)
		st->types[i] = oid_of(v[i].type);
	(void)snprintf(st->name, sizeof(st->name), "q%u", pg->n_stmts++);
	PGresult *res = PQprepare(pg->conn, st->name, st->text, (int)n, st->types);

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		rc = failed(pg, res);
	else
		st->generation = pg->generation;
	PQclear(res);
	return rc;
}

static enum rc send_it(struct sql_stmt *st, const struct sql_value *v, unsigned n)
{
	const char *at[SQL_PARAMS];
	int lengths[SQL_PARAMS], formats[SQL_PARAMS];
	uint64_t numbers[SQL_PARAMS];
	enum rc rc;

	if (n > st->n_params)
		n = st->n_params;
	rc = ready(st, v, n);
	if (rc == RC_OK)
		rc = pipe_on(st->pg);
	if (rc != RC_OK)
		return rc;
	for (unsigned i = 0; i < n; i++) {
		formats[i] = 1;
		lengths[i] = (int)v[i].b.len;
		at[i] = v[i].b.len > 0 ? (const char *)v[i].b.at : "";
		if (v[i].type == SQL_NULL)
			at[i] = NULL;
		if (v[i].type != SQL_INT && v[i].type != SQL_REAL)
			continue;
		if (v[i].type == SQL_INT)
			numbers[i] = (uint64_t)v[i].i;
		else
			memcpy(&numbers[i], &v[i].r, sizeof(numbers[i]));
		numbers[i] = htobe64(numbers[i]);
		at[i] = (const char *)&numbers[i];
		lengths[i] = sizeof(numbers[i]);
	}
	if (PQsendQueryPrepared(st->pg->conn, st->name, (int)n, at, lengths, formats, 1) != 1)
		return failed(st->pg, NULL);
	return RC_OK;
}

static enum rc pg_exec(struct sql_stmt *st, const struct sql_value *v, unsigned n)
{
	enum rc rc = send_it(st, v, n);

	if (rc != RC_OK)
		return rc;
	return ++st->pg->waiting >= DEPTH ? drain(st->pg, NULL) : RC_OK;
}

static enum rc pg_query(struct sql_stmt *st, const struct sql_value *v, unsigned n)
{
	enum rc rc = RC_OK;

	if (st->sent == 0) { /* the first of several: nothing else is on its way */
		clear_results(st);
		rc = drain(st->pg, NULL);
	}
	if (rc == RC_OK && st->results == NULL) {
		st->results = calloc(DEPTH, sizeof(PGresult *));
		rc = st->results == NULL ? RC_NOMEM : RC_OK;
	}
	if (rc == RC_OK)
		rc = send_it(st, v, n);
	if (rc == RC_OK)
		st->sent++;
	return rc;
}

static enum rc pg_fetch(struct sql_stmt *st, bool *ret_row)
{
	*ret_row = false;
	if (st->sent > 0) {
		enum rc rc = drain(st->pg, st);

		st->sent = 0;
		st->row = -1;
		if (rc != RC_OK) {
			clear_results(st);
			return rc;
		}
	}
	if (st->at_result == st->n_results)
		return RC_OK;
	if (++st->row < PQntuples(st->results[st->at_result])) {
		*ret_row = true;
		return RC_OK;
	}
	PQclear(st->results[st->at_result++]);
	st->row = -1;
	return RC_OK;
}

static uint64_t number_of(const uint8_t *at, int len)
{
	uint64_t n = 0;

	for (int i = 0; i < len; i++)
		n = n << 8 | at[i];
	return n;
}

static struct sql_value pg_column(struct sql_stmt *st, unsigned i)
{
	const PGresult *res = st->results[st->at_result];
	int at = (int)i, len;
	const uint8_t *bytes;
	uint64_t n;
	double r;

	if (at >= PQnfields(res) || PQgetisnull(res, st->row, at))
		return sql_none();
	bytes = (const uint8_t *)PQgetvalue(res, st->row, at);
	len = PQgetlength(res, st->row, at);
	switch (PQftype(res, at)) {
	case OID_INT8:
		return sql_int((int64_t)number_of(bytes, 8));
	case OID_INT4:
		return sql_int((int32_t)number_of(bytes, 4));
	case OID_BOOL:
		return sql_int(bytes[0] != 0);
	case OID_FLOAT8:
		n = number_of(bytes, 8);
		memcpy(&r, &n, sizeof(r));
		return sql_real(r);
	case OID_BYTEA:
		return sql_blob(bytes, (size_t)len);
	default: /* texts are ended by a NUL in every format */
		return (struct sql_value){.type = SQL_TEXT, .b = {bytes, (size_t)len}};
	}
}

static enum rc pg_has_table(struct sql *s, const char *table, bool *ret_has)
{
	struct pg *pg = (struct pg *)s;
	const char *values[] = {table};
	enum rc rc = unpipe(pg);
	PGresult *res;

	if (rc != RC_OK)
		return rc;
	res = PQexecParams(pg->conn,
			   "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'quell'"
			   " AND tablename = $1",
			   1, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		rc = failed(pg, res);
	else
		*ret_has = PQntuples(res) > 0;
	PQclear(res);
	return rc;
}

const struct sql_backend sql_postgres = {
	.name = "postgresql",
	.type_id = "BIGINT PRIMARY KEY",
	.type_text = "TEXT COLLATE \"C\"",
	.type_blob = "BYTEA",
	.by_key = "",
	.only_grows = "CREATE FUNCTION {N}_only_grows() RETURNS trigger LANGUAGE plpgsql AS"
		      " 'BEGIN RAISE EXCEPTION ''the {N} only grows''; END';"
		      "CREATE TRIGGER {N}_keeps_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON {N}"
		      " FOR EACH STATEMENT EXECUTE FUNCTION {N}_only_grows();",
	.before = "CREATE SCHEMA IF NOT EXISTS quell",
	.depth = DEPTH,
	.open = pg_open,
	.close = pg_close,
	.run = pg_run,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.prepare = pg_prepare,
	.finish = pg_finish,
	.exec = pg_exec,
	.query = pg_query,
	.fetch = pg_fetch,
	.reset = pg_reset,
	.column = pg_column,
	.has_table = pg_has_table,
};
