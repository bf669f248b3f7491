#include <stdlib.h>

#include "store/inside.h"

static enum rc stmt_of(struct store *s, const char *text, struct sql_stmt **ret_st)
{
	for (unsigned i = 0; i < s->n_stmts; i++) {
		if (s->stmts[i].text == text) {
			*ret_st = s->stmts[i].st;
			return RC_OK;
		}
	}
	if (s->n_stmts == STORE_STMTS) /* texts that are made up: forget all, they come again */
		db_forget(s);
	enum rc rc = s->sql->backend->prepare(s->sql, text, ret_st);

	if (rc != RC_OK)
		return store_failed(s, rc);
	s->stmts[s->n_stmts].text = text;
	s->stmts[s->n_stmts++].st = *ret_st;
	return RC_OK;
}

void db_forget(struct store *s)
{
	while (s->n_stmts > 0)
		s->sql->backend->finish(s->stmts[--s->n_stmts].st);
}

enum rc db_exec(struct store *s, const char *text, const struct sql_value *v, unsigned n)
{
	struct sql_stmt *st = NULL;
	enum rc rc = stmt_of(s, text, &st);

	if (rc != RC_OK)
		return rc;
	rc = s->sql->backend->exec(st, v, n);
	return rc == RC_OK ? RC_OK : store_failed(s, rc);
}

enum rc db_query(struct store *s, const char *text, const struct sql_value *v, unsigned n,
		 struct sql_stmt **ret_st)
{
	struct sql_stmt *st = NULL;
	enum rc rc = stmt_of(s, text, &st);

	if (rc != RC_OK)
		return rc;
	rc = s->sql->backend->query(st, v, n);
	if (rc != RC_OK)
		return store_failed(s, rc);
	*ret_st = st;
	return RC_OK;
}

enum rc db_next(struct store *s, struct sql_stmt *st, bool *ret_row)
{
	enum rc rc = s->sql->backend->fetch(st, ret_row);

	return rc == RC_OK ? RC_OK : store_failed(s, rc);
}

void db_end(struct store *s, struct sql_stmt *st)
{
	if (st != NULL)
		s->sql->backend->reset(st);
}

enum rc db_number(struct store *s, const char *text, const struct sql_value *v, unsigned n,
		  int64_t *ret_n)
{
	struct sql_stmt *st = NULL;
	bool row = false;
	enum rc rc = db_query(s, text, v, n, &st);

	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	if (rc == RC_OK && row)
		*ret_n = db_int(s, st, 0);
	if (rc == RC_OK)
		db_end(s, st);
	return rc;
}

/* Reads the answers to the queries from `from` on. */
static enum rc each_read(struct store *s, const struct db_each *e, struct sql_stmt *st, size_t from,
			 size_t until)
{
	enum rc rc = RC_OK;

	for (size_t i = from; i < until && rc == RC_OK; i++) {
		bool row = true;

		while (rc == RC_OK && row) {
			rc = db_next(s, st, &row);
			if (rc == RC_OK && row)
				rc = e->row(e->ctx, i, st);
		}
	}
	return rc;
}

enum rc db_each(struct store *s, const struct db_each *e)
{
	struct sql_value v[SQL_PARAMS];
	struct sql_stmt *st = NULL;
	size_t depth = s->sql->backend->depth;
	enum rc rc = RC_OK;

	for (size_t from = 0; from < e->n && rc == RC_OK; from += depth) {
		size_t until = e->n - from < depth ? e->n : from + depth;

		for (size_t i = from; i < until && rc == RC_OK; i++) {
			unsigned n = e->bind(e->ctx, i, v);

			rc = db_query(s, e->text, v, n, &st);
		}
		if (rc == RC_OK)
			rc = each_read(s, e, st, from, until);
	}
	if (rc != RC_OK)
		db_end(s, st);
	return rc;
}

int64_t db_int(const struct store *s, struct sql_stmt *st, unsigned i)
{
	struct sql_value v = db_column(st, s, i);

	return v.type == SQL_INT ? v.i : 0;
}

uint64_t db_u64(const struct store *s, struct sql_stmt *st, unsigned i)
{
	int64_t n = db_int(s, st, i);

	if (n == INT64_MAX)
		return UINT64_MAX;
	return n < 0 ? 0 : (uint64_t)n;
}

double db_real(const struct store *s, struct sql_stmt *st, unsigned i)
{
	struct sql_value v = db_column(st, s, i);

	if (v.type == SQL_INT)
		return (double)v.i;
	return v.type == SQL_REAL ? v.r : 0;
}

const char *db_text(const struct store *s, struct sql_stmt *st, unsigned i)
{
	struct sql_value v = db_column(st, s, i);

	return v.type == SQL_TEXT && v.b.at != NULL ? (const char *)v.b.at : "";
}

bool db_mac(const struct store *s, struct sql_stmt *st, unsigned i, struct mac *ret_mac)
{
	struct sql_value v = db_column(st, s, i);

	*ret_mac = (struct mac){{0}};
	if (v.type != SQL_BLOB || v.b.len != sizeof(ret_mac->b))
		return false;
	memcpy(ret_mac->b, v.b.at, sizeof(ret_mac->b));
	return true;
}

struct addr db_addr(const struct store *s, struct sql_stmt *st, unsigned i)
{
	struct sql_value v = db_column(st, s, i);
	struct addr a = {{0}};

	if (v.type == SQL_BLOB && v.b.len == 4)
		return addr_from_v4(v.b.at);
	if (v.type == SQL_BLOB && v.b.len == sizeof(a.b))
		memcpy(a.b, v.b.at, sizeof(a.b));
	return a;
}

struct sql_value value_of_addr(const struct addr *a)
{
	static const struct addr zero;

	if (addr_eq(a, &zero))
		return sql_none();
	return addr_is_v4(a) ? sql_blob(a->b + 12, 4) : sql_blob(a->b, sizeof(a->b));
}

struct sql_value value_of_mac(const struct mac *m, bool has)
{
	return has ? sql_blob(m->b, sizeof(m->b)) : sql_none();
}

bool value_eq(const struct sql_value *a, const struct sql_value *b)
{
	if (a->type != b->type)
		return false;
	uint64_t x = 0, y = 0; /* the bits: what is not a number equals itself */

	switch (a->type) {
	case SQL_INT:
		return a->i == b->i;
	case SQL_REAL:
		memcpy(&x, &a->r, sizeof(x));
		memcpy(&y, &b->r, sizeof(y));
		return x == y;
	case SQL_TEXT:
	case SQL_BLOB:
		return bytes_eq(a->b, b->b);
	case SQL_NULL:
		break;
	}
	return true;
}

bool value_keep(struct arena *arena, const struct sql_value *v, struct sql_value *ret)
{
	*ret = *v;
	if (v->type != SQL_TEXT && v->type != SQL_BLOB)
		return true;
	uint8_t *at = arena_alloc(arena, v->b.len + 1);

	if (at == NULL)
		return false;
	if (v->b.len > 0)
		memcpy(at, v->b.at, v->b.len);
	ret->b.at = at;
	return true;
}
