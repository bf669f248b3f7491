/* Machines as members of campaigns, into the store and back, and after the machines that they are.
 */
#include <stdlib.h>

#include "store/campaigns.h"
#include "store/inside.h"

#define MEMBER_COLUMNS                                                                             \
	"x.wave, x.stage, x.marks, x.stage_ns, x.patch_ns, x.cleaned_ns, x.tried_ns, x.code,"      \
	" x.p_quiet, x.why"
enum { FIRST = 2, VALUES_OF_MEMBER = 12 }; /* campaign and machine come first */

struct putting {
	struct store *s;
	const struct member *list;
	int64_t campaign;
	struct found {
		int64_t machine; /* 0: there is none */
		bool is_same;
	} * found;
};

static void values_of(const struct member *m, struct sql_value v[VALUES_OF_MEMBER])
{
	const struct sql_value of[] = {
		sql_int(m->wave),     sql_int(m->stage),    sql_int(m->marks),
		sql_u64(m->stage_ns), sql_u64(m->patch_ns), sql_u64(m->cleaned_ns),
		sql_u64(m->tried_ns), sql_int(m->code),     sql_real(share_of(m->p_quiet)),
		sql_text(m->why),
	};

	memcpy(v + FIRST, of, sizeof(of));
}

static unsigned bind_member(void *ctx, size_t i, struct sql_value *v)
{
	const struct putting *p = ctx;

	v[0] = sql_text(p->list[i].machine);
	v[1] = sql_int(p->campaign);
	return 2;
}

static enum rc take_old(void *ctx, size_t i, struct sql_stmt *st)
{
	struct putting *p = ctx;
	struct sql_value v[VALUES_OF_MEMBER];
	unsigned k = FIRST;

	values_of(&p->list[i], v);
	/* Its number, and then its values, or nothing if it is no member. */
	while (k < VALUES_OF_MEMBER) {
		struct sql_value old = db_column(st, p->s, k - FIRST + 1);

		/* SQLite keeps a real that is whole as it was given, PostgreSQL, too: but one of
		 * them may hand back a number. */
		if (v[k].type == SQL_REAL && old.type == SQL_INT)
			old = sql_real((double)old.i);
		if (!value_eq(&v[k], &old))
			break;
		k++;
	}
	p->found[i].machine = db_int(p->s, st, 0);
	p->found[i].is_same = k == VALUES_OF_MEMBER;
	return RC_OK;
}

static enum rc write_member(struct store *s, struct sql_value v[VALUES_OF_MEMBER])
{
	s->has_members = 1;
	return db_exec(s,
		       "INSERT INTO member (campaign, machine, wave, stage, marks, stage_ns,"
		       " patch_ns, cleaned_ns, tried_ns, code, p_quiet, why)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
		       " ON CONFLICT (campaign, machine) DO UPDATE SET wave = excluded.wave,"
		       " stage = excluded.stage, marks = excluded.marks,"
		       " stage_ns = excluded.stage_ns, patch_ns = excluded.patch_ns,"
		       " cleaned_ns = excluded.cleaned_ns, tried_ns = excluded.tried_ns,"
		       " code = excluded.code, p_quiet = excluded.p_quiet, why = excluded.why",
		       v, VALUES_OF_MEMBER);
}

static enum rc put_members(struct putting *p, const char *campaign, size_t n, uint64_t *rows)
{
	struct db_each e = {.text = "SELECT m.num, " MEMBER_COLUMNS
				    " FROM machine m LEFT JOIN member x"
				    " ON x.machine = m.num AND x.campaign = $2 WHERE m.id = $1",
			    .n = n,
			    .bind = bind_member,
			    .row = take_old,
			    .ctx = p};
	enum rc rc = campaign_num(p->s, campaign, &p->campaign);

	if (rc != RC_OK || p->s->sql->backend == &sql_null)
		return rc;
	p->found = calloc(n + 1, sizeof(*p->found));
	if (p->found == NULL)
		return RC_NOMEM;
	rc = db_each(p->s, &e);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		struct sql_value v[VALUES_OF_MEMBER];

		if (p->found[i].machine == 0)
			rc = store_says(p->s, RC_END, "there is no machine %s", p->list[i].machine);
		if (rc != RC_OK || p->found[i].is_same)
			continue;
		v[0] = sql_int(p->campaign);
		v[1] = sql_int(p->found[i].machine);
		values_of(&p->list[i], v);
		++*rows;
		rc = write_member(p->s, v);
	}
	free(p->found);
	return rc;
}

enum rc store_put_members(struct store *s, const char *campaign, const struct member *list,
			  size_t n, uint64_t *ret_changed)
{
	struct putting p = {.s = s, .list = list};
	bool is_mine = false;
	uint64_t rows = 0;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write the members of a campaign");
	rc = store_leave(s, is_mine, put_members(&p, campaign, n, &rows));
	if (rc == RC_OK && ret_changed != NULL)
		*ret_changed += rows;
	return rc;
}

/* Column `at` is the first of MEMBER_COLUMNS. False: the file is damaged, or somebody's. */
static bool take_member(const struct store *s, struct sql_stmt *st, unsigned at, struct member *to)
{
	const int64_t wave = db_int(s, st, at), stage = db_int(s, st, at + 1),
		      marks = db_int(s, st, at + 2);

	to->wave = (uint32_t)wave;
	to->stage = (enum stage)stage;
	to->marks = (unsigned)marks;
	to->stage_ns = db_u64(s, st, at + 3);
	to->patch_ns = db_u64(s, st, at + 4);
	to->cleaned_ns = db_u64(s, st, at + 5);
	to->tried_ns = db_u64(s, st, at + 6);
	to->code = db_int(s, st, at + 7);
	to->p_quiet = db_real(s, st, at + 8);
	to->why = db_text(s, st, at + 9);
	return wave >= 0 && wave <= UINT32_MAX && stage >= 0 && stage < STAGES && marks >= 0 &&
	       marks < MEMBER_MARKS && to->p_quiet >= 0 && to->p_quiet <= 1;
}

enum rc store_members(struct store *s, const char *campaign,
		      bool (*row)(void *ctx, const struct member *m), void *ctx)
{
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	int64_t num = 0;
	enum rc rc;

	store_try(s, "read the members of a campaign");
	rc = campaign_num(s, campaign, &num);
	if (rc == RC_OK)
		rc = db_query(s,
			      "SELECT m.id, " MEMBER_COLUMNS
			      " FROM member x JOIN machine m ON m.num = x.machine"
			      " WHERE x.campaign = $1 ORDER BY m.id",
			      VALUES(sql_int(num)), &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		const char *id = db_text(s, st, 0);
		struct member m = {.wave = 0};

		memcpy(m.machine, id, strnlen(id, sizeof(m.machine) - 1));
		if (!take_member(s, st, 1, &m))
			rc = store_says(s, RC_IO, "is damaged: a member of %s makes no sense",
					campaign);
		else
			goes_on = row(ctx, &m);
	}
	db_end(s, st);
	return rc;
}

/* --- members follow the machines --- */

struct moved { /* of a machine that is no more */
	int64_t campaign;
	struct member m;
};

static enum rc read_moved(struct store *s, struct arena *arena, int64_t machine, size_t max,
			  struct moved *list, size_t *ret_n)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = db_query(s,
			      "SELECT x.campaign, " MEMBER_COLUMNS
			      " FROM member x WHERE x.machine = $1 ORDER BY x.campaign",
			      VALUES(sql_int(machine)), &st);

	while (rc == RC_OK && *ret_n < max && (rc = db_next(s, st, &row)) == RC_OK && row) {
		struct moved *m = &list[(*ret_n)++];

		*m = (struct moved){.campaign = db_int(s, st, 0)};
		if (!take_member(s, st, 1, &m->m))
			rc = store_says(s, RC_IO, "is damaged: a member makes no sense");
		m->m.why = arena_strdup(arena, m->m.why);
		if (m->m.why == NULL)
			rc = RC_NOMEM;
	}
	db_end(s, st);
	return rc;
}

static enum rc read_member(struct store *s, struct arena *arena, const struct sql_value v[2],
			   struct member *to, bool *ret_has)
{
	struct sql_stmt *st = NULL;
	enum rc rc = db_query(s,
			      "SELECT " MEMBER_COLUMNS " FROM member x WHERE x.campaign = $1"
			      " AND x.machine = $2",
			      v, 2, &st);

	if (rc == RC_OK)
		rc = db_next(s, st, ret_has);
	if (rc == RC_OK && *ret_has) {
		if (!take_member(s, st, 0, to))
			rc = store_says(s, RC_IO, "is damaged: a member makes no sense");
		to->why = arena_strdup(arena, to->why);
		if (to->why == NULL)
			rc = RC_NOMEM;
	}
	db_end(s, st);
	return rc;
}

/* Of two that are one machine nothing is known better than of the one that is less far; and what
 * either was infected with, it is. */
static enum rc join_member(struct store *s, struct arena *arena, const struct moved *from,
			   int64_t to)
{
	const unsigned sticks = MEMBER_INFECTED | MEMBER_REINFECTED;
	struct sql_value v[VALUES_OF_MEMBER] = {sql_int(from->campaign), sql_int(to)};
	struct member old = {.why = ""}, m = from->m;
	bool has = false;
	enum rc rc = read_member(s, arena, v, &old, &has);

	if (rc != RC_OK)
		return rc;
	if (has) {
		const unsigned both = (old.marks | m.marks) & sticks;

		if (old.stage <= m.stage)
			m = old;
		m.marks |= both;
	}
	values_of(&m, v);
	return write_member(s, v);
}

enum rc members_move(struct store *s, int64_t from, int64_t to)
{
	struct arena *arena = NULL;
	struct moved *list = NULL;
	int64_t max = 0;
	size_t n = 0;
	enum rc rc = db_number(s, "SELECT count(*) FROM member WHERE machine = $1",
			       VALUES(sql_int(from)), &max);

	if (rc != RC_OK || max <= 0)
		return rc;
	rc = arena_new(0, &arena);
	if (rc == RC_OK) {
		list = arena_alloc(arena, (size_t)max * sizeof(*list));
		rc = list == NULL ? RC_NOMEM : read_moved(s, arena, from, (size_t)max, list, &n);
	}
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = join_member(s, arena, &list[i], to);
	arena_free(arena);
	return rc;
}
