/*
 * Postures on their way into the store, and after the machines that they are of. Like findings they
 * are kept by address and time, or by name; who that was is looked up when they come, and again
 * when an address or a name changes hands.
 */
#include <stdlib.h>

#include "model/posture_pack.h"
#include "store/inside.h"

/* --- assessments --- */

enum rc assessment_num(struct store *s, const char *id, int64_t *ret_num)
{
	*ret_num = 0;
	return db_number(s, "SELECT num FROM assessment WHERE id = $1", VALUES(sql_text(id)),
			 ret_num);
}

enum rc assessment_write(struct store *s, const struct store_assessment *a, uint64_t *rows)
{
	static const char insert[] = "INSERT INTO assessment (id, how, who, targets, first_ns, "
				     "last_ns, asked, done, num)"
				     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
	static const char update[] =
		"UPDATE assessment SET how = $2, who = $3, targets = $4, first_ns = $5,"
		" last_ns = $6, asked = $7, done = $8 WHERE id = $1";
	struct sql_value v[] = {sql_text(a->id),      sql_text(a->how),     sql_text(a->who),
				sql_text(a->targets), sql_u64(a->first_ns), sql_u64(a->last_ns),
				sql_u64(a->asked),    sql_u64(a->done),     sql_none()};
	int64_t num = 0, is_same = 0;
	enum rc rc = assessment_num(s, a->id, &num);

	if (rc == RC_OK)
		rc = db_number(s,
			       "SELECT 1 FROM assessment WHERE id = $1 AND how = $2 AND who = $3"
			       " AND targets = $4 AND first_ns = $5 AND last_ns = $6 AND asked = $7"
			       " AND done = $8",
			       v, 8, &is_same);
	if (rc != RC_OK || is_same != 0)
		return rc;
	++*rows;
	if (num != 0)
		return db_exec(s, update, v, 8);
	rc = db_number(s, "SELECT max(num) FROM assessment", NULL, 0, &num);
	v[8] = sql_int(num + 1);
	return rc != RC_OK ? rc : db_exec(s, insert, v, 9);
}

enum rc store_put_assessment(struct store *s, const struct store_assessment *a)
{
	bool is_mine = false;
	uint64_t rows = 0;
	enum rc rc;

	if (a->id[0] == '\0')
		return store_says(s, RC_INVAL, "an assessment has an id");
	rc = store_enter(s, &is_mine);
	if (rc != RC_OK)
		return rc;
	store_try(s, "write an assessment");
	return store_leave(s, is_mine, assessment_write(s, a, &rows));
}

/* --- whose posture it is --- */

enum { LABEL_END = HANDLE_TEXT + 1 };

/* "lap-7.corp.example": between "lap-7." and "lap-7/" is all that begins with its first label. */
struct label {
	char label[HANDLE_TEXT], from[LABEL_END], until[LABEL_END];
};

static void label_of(const char *name, struct label *to)
{
	size_t len = strcspn(name, ".");

	if (len >= HANDLE_TEXT)
		len = HANDLE_TEXT - 1;
	memcpy(to->label, name, len);
	memcpy(to->from, name, len);
	memcpy(to->until, name, len);
	to->label[len] = '\0';
	memcpy(to->from + len, ".", 2);
	memcpy(to->until + len, "/", 2); /* '.' and one */
}

#define WHO_HAS_NAME                                                                               \
	"SELECT h.machine, max(CASE WHEN h.first_ns <= $3 AND h.last_ns >= $3 THEN 1 ELSE 0 END)"  \
	" AS fits, max(h.last_ns) AS latest FROM handle h WHERE h.kind = $1 AND h.value = $2"
#define SUREST_FIRST " GROUP BY h.machine ORDER BY fits DESC, latest DESC LIMIT 2"

/* 0: nobody, or two of whom none can be preferred. */
static enum rc surest(struct store *s, const char *text, const struct sql_value *v, unsigned n,
		      int64_t *ret_num)
{
	struct sql_stmt *st = NULL;
	int64_t num = 0, fits = 0;
	uint64_t latest = 0;
	bool row = false;
	enum rc rc = db_query(s, text, v, n, &st);

	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	if (rc == RC_OK && row) {
		num = db_int(s, st, 0);
		fits = db_int(s, st, 1);
		latest = db_u64(s, st, 2);
		rc = db_next(s, st, &row);
		if (rc == RC_OK && row && fits == db_int(s, st, 1) &&
		    (fits != 0 || latest == db_u64(s, st, 2)))
			num = 0;
	}
	db_end(s, st);
	*ret_num = num;
	return rc;
}

/* Who has the whole name; otherwise who has its first label, and no longer name with that. */
static enum rc num_of_name(struct store *s, const char *name, uint64_t at_ns, int64_t *ret_num)
{
	static const char whole[] = WHO_HAS_NAME SUREST_FIRST;
	static const char short_one[] =
		WHO_HAS_NAME " AND NOT EXISTS (SELECT 1 FROM handle o WHERE o.machine = h.machine"
			     " AND o.kind = $1 AND o.value > $4 AND o.value < $5)" SUREST_FIRST;
	struct sql_value v[] = {sql_int(HANDLE_NAME), sql_text(name), sql_u64(at_ns), sql_none(),
				sql_none()};
	struct label l;
	int64_t any = 0;
	enum rc rc = surest(s, whole, v, 3, ret_num);

	if (rc != RC_OK || *ret_num != 0 || strchr(name, '.') == NULL)
		return rc;
	/* Two that have it are two: their short name says no more. */
	rc = db_number(s, "SELECT 1 FROM handle WHERE kind = $1 AND value = $2 LIMIT 1", v, 2,
		       &any);
	if (rc != RC_OK || any != 0)
		return rc;
	label_of(name, &l);
	v[1] = sql_text(l.label);
	v[3] = sql_text(l.from);
	v[4] = sql_text(l.until);
	return surest(s, short_one, v, 5, ret_num);
}

static enum rc whose(struct store *s, const struct addr *a, const char *name, uint64_t at_ns,
		     int64_t *ret_num)
{
	*ret_num = 0;
	if (!addr_is_zero(a))
		return num_at(s, a, at_ns, ret_num);
	return name[0] == '\0' ? RC_OK : num_of_name(s, name, at_ns, ret_num);
}

static struct sql_value value_of_num(int64_t num)
{
	return num == 0 ? sql_none() : sql_int(num);
}

struct sql_value posture_place(const struct addr *a)
{
	return addr_is_zero(a) ? sql_blob(NULL, 0) : value_of_addr(a);
}

/* --- one posture --- */

enum rc posture_write(struct store *s, const struct posture_row *r, uint64_t *rows)
{
	struct sql_value v[] = {sql_int(r->assessment),
				posture_place(&r->addr),
				sql_text(r->name),
				sql_text(r->how),
				sql_blob(r->body.at, r->body.len),
				sql_u64(r->at_ns),
				sql_int(r->n_values),
				sql_none(),
				sql_none()};
	int64_t is_same = 0, num = 0, machine = 0;
	enum rc rc = db_number(s,
			       "SELECT 1 FROM posture WHERE assessment = $1 AND addr = $2"
			       " AND name = $3 AND how = $4 AND body = $5",
			       v, 5, &is_same);

	if (rc != RC_OK || is_same != 0)
		return rc;
	rc = whose(s, &r->addr, r->name, r->at_ns, &machine);
	if (rc == RC_OK)
		rc = db_number(s, "SELECT max(num) FROM posture", NULL, 0, &num);
	if (rc != RC_OK)
		return rc;
	v[7] = value_of_num(machine);
	v[8] = sql_int(num + 1);
	s->has_postures = 1;
	++*rows;
	return db_exec(s,
		       "INSERT INTO posture (assessment, addr, name, how, body, at_ns, n_values,"
		       " machine, num) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		       " ON CONFLICT (assessment, addr, name) DO UPDATE SET how = excluded.how,"
		       " body = excluded.body, at_ns = excluded.at_ns,"
		       " n_values = excluded.n_values, machine = excluded.machine",
		       v, 9);
}

static enum rc put_posture(struct store *s, const char *assessment, struct posture_row *r,
			   uint64_t *rows)
{
	enum rc rc = assessment_num(s, assessment, &r->assessment);

	if (rc == RC_OK && r->assessment == 0 && s->sql->backend != &sql_null)
		return store_says(s, RC_END, "there is no assessment %s", assessment);
	return rc == RC_OK ? posture_write(s, r, rows) : rc;
}

enum rc store_put_posture(struct store *s, const char *assessment, const struct posture *p,
			  const char *how, uint64_t *ret_changed)
{
	char name[HANDLE_TEXT] = "";
	struct posture_row r = {.addr = p->addr, .name = name, .at_ns = p->at_ns, .how = how};
	uint8_t *body = NULL;
	uint64_t rows = 0;
	bool is_mine = false;
	enum rc rc = posture_pack(p, &body, &r.body.len);

	if (rc != RC_OK)
		return rc;
	r.body.at = body;
	for (size_t i = 0; i < p->n; i++)
		r.n_values += p->list[i].state == OBSERVED_VALUE;
	if (addr_is_zero(&p->addr))
		(void)text_fold(p->name, name, sizeof(name));
	rc = store_enter(s, &is_mine);
	if (rc == RC_OK) {
		store_try(s, "write what a machine looks like");
		rc = store_leave(s, is_mine, put_posture(s, assessment, &r, &rows));
	}
	if (rc == RC_OK && ret_changed != NULL)
		*ret_changed += rows;
	free(body);
	return rc;
}

/* --- postures follow the machines --- */

struct kept { /* a posture that may be another machine's now */
	int64_t num, machine;
	struct addr addr;
	const char *name;
	uint64_t at_ns;
};

struct following {
	struct store *s;
	struct arena *arena;
	const struct posture_keys *keys;
	struct kept *list;
	size_t n, room;
	struct label label; /* of the name that is looked up */
};

static unsigned bind_addr(void *ctx, size_t i, struct sql_value *v)
{
	const struct following *f = ctx;

	v[0] = posture_place(&f->keys->addrs[i]);
	return 1;
}

static enum rc take_kept(void *ctx, size_t i, struct sql_stmt *st)
{
	struct following *f = ctx;
	struct kept *k;

	(void)i;
	if (f->n == f->room) {
		size_t room = f->room == 0 ? 64 : f->room * 2;
		struct kept *list = realloc(f->list, room * sizeof(*list));

		if (list == NULL)
			return RC_NOMEM;
		f->list = list;
		f->room = room;
	}
	k = &f->list[f->n++];
	*k = (struct kept){.num = db_int(f->s, st, 0),
			   .machine = db_int(f->s, st, 1),
			   .addr = db_addr(f->s, st, 2),
			   .name = arena_strdup(f->arena, db_text(f->s, st, 3)),
			   .at_ns = db_u64(f->s, st, 4)};
	return k->name == NULL ? RC_NOMEM : RC_OK;
}

#define KEPT "SELECT num, machine, addr, name, at_ns FROM posture WHERE "

static enum rc find_by_addr(struct following *f)
{
	struct db_each e = {.text = KEPT "addr = $1 AND length(addr) > 0",
			    .n = f->keys->n_addrs,
			    .bind = bind_addr,
			    .row = take_kept,
			    .ctx = f};

	return db_each(f->s, &e);
}

static unsigned bind_name(void *ctx, size_t i, struct sql_value *v)
{
	struct following *f = ctx;

	label_of(f->keys->names[i], &f->label);
	v[0] = sql_text(f->label.label);
	v[1] = sql_text(f->label.from);
	v[2] = sql_text(f->label.until);
	return 3;
}

/* Whoever gets or loses a name changes whose the longer and the shorter ones are, too. */
static enum rc find_by_name(struct following *f)
{
	struct db_each e = {.text = KEPT "name = $1 OR (name > $2 AND name < $3)",
			    .n = f->keys->n_names,
			    .bind = bind_name,
			    .row = take_kept,
			    .ctx = f};

	return db_each(f->s, &e);
}

static int cmp_kept(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->num > y->num) - (x->num < y->num);
}

enum rc postures_follow(struct store *s, const struct posture_keys *k, uint64_t *rows)
{
	struct following f = {.s = s, .keys = k};
	enum rc rc = arena_new(0, &f.arena);

	if (rc == RC_OK)
		rc = find_by_addr(&f);
	if (rc == RC_OK)
		rc = find_by_name(&f);
	if (f.n > 0)
		qsort(f.list, f.n, sizeof(*f.list), cmp_kept);
	for (size_t i = 0; i < f.n && rc == RC_OK; i++) {
		const struct kept *p = &f.list[i];
		int64_t machine = 0;

		if (i > 0 && f.list[i - 1].num == p->num)
			continue;
		rc = whose(s, &p->addr, p->name, p->at_ns, &machine);
		if (rc != RC_OK || machine == p->machine)
			continue;
		++*rows;
		rc = db_exec(s, "UPDATE posture SET machine = $1 WHERE num = $2",
			     VALUES(value_of_num(machine), sql_int(p->num)));
	}
	free(f.list);
	arena_free(f.arena);
	return rc;
}

enum rc names_of_machine(struct store *s, int64_t num, struct arena *arena, const char ***ret_list,
			 size_t *ret_n)
{
	struct sql_stmt *st = NULL;
	const char **list = NULL;
	int64_t most = 0;
	size_t n = 0;
	bool row = true;
	const struct sql_value v[] = {sql_int(num), sql_int(HANDLE_NAME)};
	enum rc rc = db_number(s, "SELECT count(*) FROM handle WHERE machine = $1 AND kind = $2", v,
			       2, &most);

	if (rc == RC_OK) {
		list = arena_alloc(arena, (size_t)most * sizeof(*list));
		rc = list == NULL ? RC_NOMEM
				  : db_query(s,
					     "SELECT value FROM handle WHERE machine = $1"
					     " AND kind = $2",
					     v, 2, &st);
	}
	while (rc == RC_OK && n < (size_t)most && (rc = db_next(s, st, &row)) == RC_OK && row) {
		list[n] = arena_strdup(arena, db_text(s, st, 0));
		rc = list[n++] == NULL ? RC_NOMEM : RC_OK;
	}
	db_end(s, st);
	*ret_list = list;
	*ret_n = n;
	return rc;
}
