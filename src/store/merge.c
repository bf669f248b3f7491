/*
 * Another store's runs, postures and the operators' words, into this one. Whatever both have is
 * decided by what it says, never by who came first: a into b and b into a give the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "store/runs.h"

/* --- runs --- */

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Two states of one run: the one that has heard more is the later one. */
static int cmp_states(const struct run_rows *a, const struct run_rows *b)
{
	int c = cmp_u64(a->packets, b->packets);

	if (c == 0)
		c = cmp_u64(a->last_ns, b->last_ns);
	if (c == 0)
		c = cmp_u64(a->listened_ns, b->listened_ns);
	if (c == 0)
		c = cmp_u64(a->n_findings, b->n_findings);
	if (c == 0)
		c = cmp_u64(a->n_judgements, b->n_judgements);
	if (c == 0)
		c = cmp_u64(a->coverage.len, b->coverage.len);
	if (c == 0 && a->coverage.len > 0)
		c = memcmp(a->coverage.at, b->coverage.at, a->coverage.len);
	for (size_t i = 0; c == 0 && i < a->n_findings; i++) {
		c = cmp_u64(a->findings[i].body.len, b->findings[i].body.len);
		if (c == 0)
			c = memcmp(a->findings[i].body.at, b->findings[i].body.at,
				   a->findings[i].body.len);
	}
	if (c == 0)
		c = strcmp(a->sensor, b->sensor);
	return c != 0 ? c : strcmp(a->names, b->names);
}

static enum rc merge_run(struct store *to, struct store *from, int64_t num, uint64_t *rows)
{
	struct run_rows theirs = {0}, ours = {0};
	int64_t have = 0;
	enum rc rc = arena_new(0, &theirs.arena);

	if (rc == RC_OK)
		rc = arena_new(0, &ours.arena);
	if (rc == RC_OK)
		rc = run_read(from, num, &theirs);
	if (rc == RC_OK)
		rc = db_number(to, "SELECT num FROM run WHERE id = $1", VALUES(sql_text(theirs.id)),
			       &have);
	if (rc == RC_OK && have != 0)
		rc = run_read(to, have, &ours);
	if (rc == RC_OK && (have == 0 || cmp_states(&theirs, &ours) > 0))
		rc = run_write(to, &theirs, rows);
	/* What either has heard of a machine was heard, whichever state is the later. */
	if (rc == RC_OK)
		rc = db_number(to, "SELECT num FROM run WHERE id = $1", VALUES(sql_text(theirs.id)),
			       &have);
	if (rc == RC_OK && have != 0)
		rc = presence_merge(to, have, from, num, rows);
	run_rows_done(&theirs);
	run_rows_done(&ours);
	return rc;
}

/* All numbers of the rows of one table. The caller frees the list. */
static enum rc numbers(struct store *s, const char *text, int64_t **ret_list, size_t *ret_n)
{
	struct sql_stmt *st = NULL;
	int64_t *list = NULL;
	size_t n = 0, room = 0;
	bool row = true;
	enum rc rc = db_query(s, text, NULL, 0, &st);

	while (rc == RC_OK && (rc = db_next(s, st, &row)) == RC_OK && row) {
		if (n == room) {
			int64_t *more;

			room = room == 0 ? 64 : room * 2;
			more = realloc(list, room * sizeof(*list));
			if (more == NULL) {
				rc = RC_NOMEM;
				break;
			}
			list = more;
		}
		list[n++] = db_int(s, st, 0);
	}
	db_end(s, st);
	*ret_list = list;
	*ret_n = n;
	return rc;
}

static enum rc merge_runs(struct store *to, struct store *from, uint64_t *rows)
{
	int64_t *list = NULL;
	size_t n = 0;
	enum rc rc = numbers(from, "SELECT num FROM run ORDER BY id", &list, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = merge_run(to, from, list[i], rows);
	free(list);
	return rc;
}

/* --- assessments and postures --- */

/* Two states of one assessment: the later one, that has asked and done more. */
static int cmp_assessments(const struct store_assessment *a, const struct store_assessment *b)
{
	int c = cmp_u64(a->last_ns, b->last_ns);

	if (c == 0)
		c = cmp_u64(a->done, b->done);
	if (c == 0)
		c = cmp_u64(a->asked, b->asked);
	if (c == 0)
		c = cmp_u64(a->first_ns, b->first_ns);
	if (c == 0)
		c = strcmp(a->how, b->how);
	if (c == 0)
		c = strcmp(a->who, b->who);
	return c != 0 ? c : strcmp(a->targets, b->targets);
}

static struct store_assessment assessment_of(struct store *s, struct sql_stmt *st, const char *id)
{
	return (struct store_assessment){.id = id,
					 .how = db_text(s, st, 0),
					 .who = db_text(s, st, 1),
					 .targets = db_text(s, st, 2),
					 .first_ns = db_u64(s, st, 3),
					 .last_ns = db_u64(s, st, 4),
					 .asked = db_u64(s, st, 5),
					 .done = db_u64(s, st, 6)};
}

static enum rc merge_assessment(struct store *to, const struct store_assessment *theirs,
				uint64_t *rows)
{
	struct sql_stmt *st = NULL;
	bool has = false, is_later = true;
	enum rc rc = db_query(to,
			      "SELECT how, who, targets, first_ns, last_ns, asked, done"
			      " FROM assessment WHERE id = $1",
			      VALUES(sql_text(theirs->id)), &st);

	if (rc == RC_OK)
		rc = db_next(to, st, &has);
	if (rc == RC_OK && has) {
		const struct store_assessment ours = assessment_of(to, st, theirs->id);

		is_later = cmp_assessments(theirs, &ours) > 0;
	}
	db_end(to, st);
	return rc == RC_OK && is_later ? assessment_write(to, theirs, rows) : rc;
}

static int cmp_postures(const struct posture_row *a, const struct posture_row *b)
{
	int c = cmp_u64(a->at_ns, b->at_ns);

	if (c == 0)
		c = cmp_u64(a->body.len, b->body.len);
	if (c == 0 && a->body.len > 0)
		c = memcmp(a->body.at, b->body.at, a->body.len);
	return c != 0 ? c : strcmp(a->how, b->how);
}

static struct posture_row row_of_posture(struct store *s, struct sql_stmt *st)
{
	return (struct posture_row){.addr = db_addr(s, st, 0),
				    .name = db_text(s, st, 1),
				    .at_ns = db_u64(s, st, 2),
				    .n_values = db_int(s, st, 3),
				    .how = db_text(s, st, 4),
				    .body = db_column(st, s, 5).b};
}

static enum rc merge_posture(struct store *to, struct posture_row *theirs, uint64_t *rows)
{
	struct sql_stmt *st = NULL;
	bool has = false, is_later = true;
	enum rc rc = db_query(to,
			      "SELECT addr, name, at_ns, n_values, how, body FROM posture"
			      " WHERE assessment = $1 AND addr = $2 AND name = $3",
			      VALUES(sql_int(theirs->assessment), posture_place(&theirs->addr),
				     sql_text(theirs->name)),
			      &st);

	if (rc == RC_OK)
		rc = db_next(to, st, &has);
	if (rc == RC_OK && has) {
		const struct posture_row ours = row_of_posture(to, st);

		is_later = cmp_postures(theirs, &ours) > 0;
	}
	db_end(to, st);
	return rc == RC_OK && is_later ? posture_write(to, theirs, rows) : rc;
}

static enum rc merge_posture_num(struct store *to, struct store *from, int64_t num, uint64_t *rows)
{
	struct sql_stmt *st = NULL;
	bool has = false;
	enum rc rc = db_query(from,
			      "SELECT p.addr, p.name, p.at_ns, p.n_values, p.how, p.body, a.id"
			      " FROM posture p JOIN assessment a ON a.num = p.assessment"
			      " WHERE p.num = $1",
			      VALUES(sql_int(num)), &st);

	if (rc == RC_OK)
		rc = db_next(from, st, &has);
	if (rc == RC_OK && has) {
		struct posture_row p = row_of_posture(from, st);

		rc = assessment_num(to, db_text(from, st, 6), &p.assessment);
		if (rc == RC_OK)
			rc = merge_posture(to, &p, rows);
	}
	db_end(from, st);
	return rc;
}

static enum rc merge_assessments(struct store *to, struct store *from, uint64_t *rows)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = db_query(from,
			      "SELECT how, who, targets, first_ns, last_ns, asked, done, id"
			      " FROM assessment ORDER BY id",
			      NULL, 0, &st);

	while (rc == RC_OK && (rc = db_next(from, st, &row)) == RC_OK && row) {
		const struct store_assessment a = assessment_of(from, st, db_text(from, st, 7));

		rc = merge_assessment(to, &a, rows);
	}
	db_end(from, st);
	return rc;
}

/* One by one: the bodies of all may be more than memory. */
static enum rc merge_postures(struct store *to, struct store *from, uint64_t *rows)
{
	int64_t *list = NULL;
	size_t n = 0;
	enum rc rc = merge_assessments(to, from, rows);

	if (rc == RC_OK)
		rc = numbers(from, "SELECT num FROM posture ORDER BY num", &list, &n);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = merge_posture_num(to, from, list[i], rows);
	free(list);
	return rc;
}

/* --- what operators said --- */

static enum rc merge_decisions(struct store *to, struct store *from)
{
	struct store_facts *f = NULL;
	enum rc rc = facts_load(from, NULL, 0, &f);

	for (size_t i = 0; rc == RC_OK && i < f->n_decisions; i++)
		rc = store_decide(to, &f->decisions[i], NULL);
	store_facts_free(f);
	return rc;
}

static enum rc merge_audit(struct store *to, struct store *from)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = db_query(from, "SELECT at_ns, who, act, machine, text FROM audit ORDER BY num",
			      NULL, 0, &st);

	while (rc == RC_OK && (rc = db_next(from, st, &row)) == RC_OK && row) {
		const struct audit_by by = {db_text(from, st, 1), db_u64(from, st, 0)};
		const char *act = db_text(from, st, 2), *id = db_text(from, st, 3),
			   *text = db_text(from, st, 4);
		int64_t have = 0;

		rc = db_number(to,
			       "SELECT 1 FROM audit WHERE at_ns = $1 AND who = $2 AND act = $3 AND"
			       " machine = $4 AND text = $5",
			       VALUES(sql_u64(by.at_ns), sql_text(by.who), sql_text(act),
				      sql_text(id), sql_text(text)),
			       &have);
		if (rc == RC_OK && have == 0)
			rc = store_note(to, act, id, text, &by);
	}
	db_end(from, st);
	return rc;
}

/* Which machine of `to` the facts of one machine of `from` went to: most of them, by card, name or
 * id, or by who had the address then. 0: none. */
struct vote {
	int64_t num;
	size_t n;
};

static enum rc vote_for(struct vote *votes, size_t *n, size_t max, int64_t num)
{
	for (size_t i = 0; i < *n; i++) {
		if (votes[i].num == num) {
			votes[i].n++;
			return RC_OK;
		}
	}
	if (*n < max && num != 0)
		votes[(*n)++] = (struct vote){num, 1};
	return RC_OK;
}

static enum rc ask_fact(struct store *to, const struct fact *f, int64_t *ret_num)
{
	char mac[13];
	enum rc rc = RC_OK;

	*ret_num = 0;
	if (f->has_mac)
		rc = db_number(to,
			       "SELECT machine FROM handle WHERE kind = $1 AND value = $2"
			       " ORDER BY last_ns DESC, machine LIMIT 1",
			       VALUES(sql_int(HANDLE_MAC), sql_text(handle_of_mac(&f->mac, mac))),
			       ret_num);
	else if (!addr_is_zero(&f->addr))
		rc = num_at(to, &f->addr, f->last_ns, ret_num);
	return rc;
}

static enum rc counterpart(struct store *to, struct store *from, int64_t num, int64_t *ret_num)
{
	enum { VOTES = 64 };
	struct store_facts *f = NULL;
	struct vote votes[VOTES];
	size_t n = 0, best = 0;
	enum rc rc = facts_load(from, &num, 1, &f);

	for (size_t i = 0; rc == RC_OK && i < f->n_facts; i++) {
		int64_t whose = 0;

		rc = ask_fact(to, &f->facts[i], &whose);
		if (rc == RC_OK)
			rc = vote_for(votes, &n, VOTES, whose);
	}
	for (size_t i = 1; i < n; i++) {
		if (votes[i].n > votes[best].n)
			best = i;
	}
	if (rc == RC_OK && n == 0 && f->was->n > 0) /* known by name alone */
		rc = db_number(to, "SELECT num FROM machine WHERE id = $1",
			       VALUES(sql_text(f->was->list[0].id)), ret_num);
	else if (rc == RC_OK && n > 0)
		*ret_num = votes[best].num;
	store_facts_free(f);
	return rc;
}

static enum rc merge_words_of(struct store *to, struct store *from, int64_t num, uint64_t *rows)
{
	struct sql_stmt *st = NULL;
	int64_t whose = 0;
	bool row = true;
	enum rc rc = counterpart(to, from, num, &whose);

	if (rc != RC_OK || whose == 0)
		return rc;
	rc = db_query(from, "SELECT key, value, who, at_ns FROM attribute WHERE machine = $1",
		      VALUES(sql_int(num)), &st);
	while (rc == RC_OK && (rc = db_next(from, st, &row)) == RC_OK && row)
		rc = db_exec(to,
			     "INSERT INTO attribute (machine, key, value, who, at_ns)"
			     " VALUES ($1, $2, $3, $4, $5)"
			     " ON CONFLICT (machine, key) DO UPDATE SET value = excluded.value,"
			     " who = excluded.who, at_ns = excluded.at_ns"
			     " WHERE excluded.at_ns > attribute.at_ns"
			     " OR (excluded.at_ns = attribute.at_ns"
			     " AND excluded.value > attribute.value)",
			     VALUES(sql_int(whose), sql_text(db_text(from, st, 0)),
				    sql_text(db_text(from, st, 1)), sql_text(db_text(from, st, 2)),
				    sql_u64(db_u64(from, st, 3))));
	db_end(from, st);
	return rc == RC_OK ? attributes_apply(to, whose, rows) : rc;
}

static enum rc merge_words(struct store *to, struct store *from, uint64_t *rows)
{
	int64_t *list = NULL;
	size_t n = 0;
	enum rc rc =
		numbers(from, "SELECT DISTINCT machine FROM attribute ORDER BY machine", &list, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = merge_words_of(to, from, list[i], rows);
	free(list);
	return rc;
}

enum rc store_merge_decisions(struct store *to, struct store *from)
{
	bool is_mine = false;
	enum rc rc = store_enter(to, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(to, "write what was decided elsewhere");
	store_try(from, "read what was decided");
	return store_leave(to, is_mine, merge_decisions(to, from));
}

enum rc store_merge_runs(struct store *to, struct store *from, uint64_t *ret_changed)
{
	bool is_mine = false;
	uint64_t rows = 0;
	enum rc rc = store_enter(to, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(to, "write another store's runs and postures");
	store_try(from, "read its runs and postures");
	rc = merge_runs(to, from, &rows);
	if (rc == RC_OK)
		rc = merge_postures(to, from, &rows);
	if (rc == RC_OK)
		rc = merge_words(to, from, &rows);
	if (rc == RC_OK)
		rc = merge_audit(to, from);
	if (rc == RC_OK && ret_changed != NULL)
		*ret_changed += rows;
	return store_leave(to, is_mine, rc);
}
