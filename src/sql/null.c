/* Keeps nothing: everything can be written, and nothing is ever there. */
#include <stdlib.h>

#include "sql/sql.h"

struct sql_stmt {
	char nothing;
};

static enum rc null_open(const char *where, bool can_write, struct sql **ret_sql)
{
	struct sql *s = calloc(1, sizeof(*s));

	(void)where;
	(void)can_write;
	if (s == NULL)
		return RC_NOMEM;
	s->backend = &sql_null;
	*ret_sql = s;
	return RC_OK;
}

static void null_close(struct sql *s)
{
	free(s);
}

static enum rc null_run(struct sql *s, const char *text)
{
	(void)s;
	(void)text;
	return RC_OK;
}

static enum rc null_begin(struct sql *s, bool writes)
{
	(void)s;
	(void)writes;
	return RC_OK;
}

static enum rc null_commit(struct sql *s)
{
	(void)s;
	return RC_OK;
}

static void null_rollback(struct sql *s)
{
	(void)s;
}

static enum rc null_prepare(struct sql *s, const char *text, struct sql_stmt **ret_stmt)
{
	struct sql_stmt *st = calloc(1, sizeof(*st));

	(void)s;
	(void)text;
	if (st == NULL)
		return RC_NOMEM;
	*ret_stmt = st;
	return RC_OK;
}

static void null_finish(struct sql_stmt *st)
{
	free(st);
}

static enum rc null_exec(struct sql_stmt *st, const struct sql_value *v, unsigned n)
{
	(void)st;
	(void)v;
	(void)n;
	return RC_OK;
}

static enum rc null_fetch(struct sql_stmt *st, bool *ret_row)
{
	(void)st;
	*ret_row = false;
	return RC_OK;
}

static void null_reset(struct sql_stmt *st)
{
	(void)st;
}

static struct sql_value null_column(struct sql_stmt *st, unsigned i)
{
	(void)st;
	(void)i;
	return sql_none();
}

static enum rc null_has_table(struct sql *s, const char *table, bool *ret_has)
{
	(void)s;
	(void)table;
	*ret_has = false;
	return RC_OK;
}

const struct sql_backend sql_null = {
	.name = "null",
	.type_id = "",
	.type_text = "",
	.type_blob = "",
	.by_key = "",
	.only_grows = "",
	.depth = 1,
	.open = null_open,
	.close = null_close,
	.run = null_run,
	.begin = null_begin,
	.commit = null_commit,
	.rollback = null_rollback,
	.prepare = null_prepare,
	.finish = null_finish,
	.exec = null_exec,
	.query = null_exec,
	.fetch = null_fetch,
	.reset = null_reset,
	.column = null_column,
	.has_table = null_has_table,
};
