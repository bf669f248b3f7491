/*
 * Presence on its way into the store, back, and after the machines that it is of.
 *
 * It is kept by run, address and hour. If the address changed hands in that hour, its minutes are
 * divided among those who had it: the quiet minutes of one prove nothing for the other.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/monotime.h"
#include "store/campaigns.h"
#include "store/inside.h"

enum { PARTS = PRESENCE_MINUTES };

static const uint64_t MINUTE_NS = 60 * NS_PER_S, MINUTES_ALL = (UINT64_C(1) << 60) - 1;

/* --- who had the address --- */

struct owner { /* for a time: a row of `handle` */
	int64_t machine;
	uint64_t first_ns, last_ns, from_ns, until_ns;
	int64_t sure;
};

/* Of one address, those to be preferred first, but for who was heard at the very time. */
struct owners {
	struct owner *list;
	size_t n, room;
};

static enum rc add_owner(struct owners *o, struct store *s, struct sql_stmt *st)
{
	if (o->n == o->room) {
		size_t room = o->room == 0 ? 16 : o->room * 2;
		struct owner *list = realloc(o->list, room * sizeof(*list));

		if (list == NULL)
			return RC_NOMEM;
		o->list = list;
		o->room = room;
	}
	o->list[o->n++] = (struct owner){.machine = db_int(s, st, 0),
					 .first_ns = db_u64(s, st, 1),
					 .last_ns = db_u64(s, st, 2),
					 .from_ns = db_u64(s, st, 3),
					 .until_ns = db_u64(s, st, 4),
					 .sure = db_int(s, st, 5)};
	return RC_OK;
}

static enum rc read_owners(struct store *s, const struct addr *a, struct owners *o)
{
	char text[2 * sizeof(a->b) + 1];
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc;

	(void)handle_of_addr(a, text);
	o->n = 0;
	/* In num_at()'s order. */
	rc = db_query(s,
		      "SELECT h.machine, h.first_ns, h.last_ns, h.from_ns, h.until_ns, h.sure"
		      " FROM handle h JOIN machine m ON m.num = h.machine WHERE h.kind = $1"
		      " AND h.value = $2 AND h.sure > 0"
		      " ORDER BY h.sure DESC, h.last_ns DESC, h.first_ns DESC, m.id",
		      VALUES(sql_int(HANDLE_ADDR), sql_text(text)), &st);
	while (rc == RC_OK && (rc = db_next(s, st, &row)) == RC_OK && row)
		rc = add_owner(o, s, st);
	db_end(s, st);
	return rc;
}

/* 0: nobody known. */
static int64_t owner_at(const struct owners *o, uint64_t at_ns)
{
	int64_t believed = 0;

	for (size_t i = 0; i < o->n; i++) {
		const struct owner *w = &o->list[i];

		if (w->from_ns > at_ns || w->until_ns <= at_ns)
			continue;
		if (w->first_ns <= at_ns && w->last_ns >= at_ns)
			return w->machine;
		if (believed == 0)
			believed = w->machine;
	}
	return believed;
}

/* Who came in a minute has it at its end, who left at its beginning. */
static int64_t owner_in(const struct owners *o, uint32_t hour, unsigned minute)
{
	const uint64_t at_ns = ((uint64_t)hour * PRESENCE_MINUTES + minute) * MINUTE_NS;
	const int64_t num = owner_at(o, at_ns + MINUTE_NS - 1);

	return num != 0 ? num : owner_at(o, at_ns);
}

struct part { /* of an hour: somebody's minutes */
	int64_t machine;
	uint64_t alive, hostile;
};

static bool part_eq(const struct part *a, const struct part *b)
{
	return a->machine == b->machine && a->alive == b->alive && a->hostile == b->hostile;
}

/* Whose minutes they are; in the order of their first. */
static unsigned divide(const struct owners *o, uint32_t hour, const struct part *all,
		       struct part parts[PARTS])
{
	unsigned n = 0;

	for (unsigned m = 0; m < PRESENCE_MINUTES; m++) {
		const uint64_t bit = UINT64_C(1) << m;
		unsigned i = 0;

		if ((all->alive & bit) == 0)
			continue;
		const int64_t machine = owner_in(o, hour, m);

		while (i < n && parts[i].machine != machine)
			i++;
		if (i == n)
			parts[n++] = (struct part){.machine = machine};
		parts[i].alive |= bit;
		parts[i].hostile |= all->hostile & bit;
	}
	return n;
}

/* --- rows --- */

struct hour_row { /* what the store has of one run, address and hour */
	int64_t run;
	struct addr addr;
	uint32_t hour;
	struct part parts[PARTS]; /* most have one */
	unsigned n;
};

static struct sql_value addr_bytes(const struct addr *a)
{
	return addr_is_v4(a) ? sql_blob(a->b + 12, 4) : sql_blob(a->b, sizeof(a->b));
}

static struct sql_value value_of_num(int64_t num)
{
	return num == 0 ? sql_none() : sql_int(num);
}

static uint64_t minutes_of(const struct store *s, struct sql_stmt *st, unsigned i)
{
	return db_u64(s, st, i) & MINUTES_ALL;
}

static struct part part_of(const struct store *s, struct sql_stmt *st, unsigned at)
{
	const uint64_t alive = minutes_of(s, st, at + 1), hostile = minutes_of(s, st, at + 2);

	return (struct part){db_int(s, st, at), alive | hostile, hostile};
}

static enum rc write_parts(struct store *s, const struct hour_row *old, const struct part *parts,
			   unsigned n, uint64_t *rows)
{
	static const char put[] =
		"INSERT INTO presence (run, addr, hour, part, machine, alive, hostile)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (run, addr, hour, part)"
		" DO UPDATE SET machine = excluded.machine, alive = excluded.alive,"
		" hostile = excluded.hostile";
	static const char drop[] = "DELETE FROM presence WHERE run = $1 AND addr = $2 AND hour = $3"
				   " AND part = $4";
	struct sql_value v[7] = {sql_int(old->run), addr_bytes(&old->addr), sql_int(old->hour)};
	enum rc rc = RC_OK;

	for (unsigned i = 0; i < n && rc == RC_OK; i++) {
		if (i < old->n && part_eq(&old->parts[i], &parts[i]))
			continue;
		v[3] = sql_int(i);
		v[4] = value_of_num(parts[i].machine);
		v[5] = sql_u64(parts[i].alive);
		v[6] = sql_u64(parts[i].hostile);
		++*rows;
		s->has_presence = 1;
		rc = db_exec(s, put, v, 7);
	}
	for (unsigned i = n; i < old->n && rc == RC_OK; i++) {
		v[3] = sql_int(i);
		++*rows;
		rc = db_exec(s, drop, v, 4);
	}
	return rc;
}

static struct part joined(const struct part *parts, unsigned n)
{
	struct part all = {0};

	for (unsigned i = 0; i < n; i++) {
		all.alive |= parts[i].alive;
		all.hostile |= parts[i].hostile;
	}
	return all;
}

/* --- in --- */

struct putting {
	struct store *s;
	int64_t run;
	const struct presence *list; /* by presence_cmp() */
	struct part *have; /* of each: what there is already; `machine` is how many parts */
	struct owners owners;
	struct addr of; /* whose they are */
	bool has_owners;
	uint64_t rows;
};

static unsigned bind_hour(void *ctx, size_t i, struct sql_value *v)
{
	const struct putting *p = ctx;

	v[0] = sql_int(p->run);
	v[1] = addr_bytes(&p->list[i].addr);
	v[2] = sql_int(p->list[i].hour);
	return 3;
}

static enum rc take_have(void *ctx, size_t i, struct sql_stmt *st)
{
	struct putting *p = ctx;
	const struct part part = part_of(p->s, st, 0);

	p->have[i].alive |= part.alive;
	p->have[i].hostile |= part.hostile;
	p->have[i].machine++;
	return RC_OK;
}

static enum rc read_hour(struct store *s, struct hour_row *to)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc =
		db_query(s,
			 "SELECT machine, alive, hostile FROM presence WHERE run = $1"
			 " AND addr = $2 AND hour = $3 ORDER BY part",
			 VALUES(sql_int(to->run), addr_bytes(&to->addr), sql_int(to->hour)), &st);

	to->n = 0;
	while (rc == RC_OK && to->n < PARTS && (rc = db_next(s, st, &row)) == RC_OK && row)
		to->parts[to->n++] = part_of(s, st, 0);
	db_end(s, st);
	return rc;
}

static enum rc put_hour(struct putting *p, size_t i)
{
	const struct presence *new = &p->list[i];
	struct hour_row old = {.run = p->run, .addr = new->addr, .hour = new->hour};
	const struct part all = {.alive = p->have[i].alive | new->alive | new->hostile,
				 .hostile = p->have[i].hostile | new->hostile};
	struct part parts[PARTS];
	enum rc rc = RC_OK;

	if (all.alive == p->have[i].alive && all.hostile == p->have[i].hostile)
		return RC_OK;
	if (!p->has_owners || !addr_eq(&p->of, &new->addr)) {
		rc = read_owners(p->s, &new->addr, &p->owners);
		p->of = new->addr;
		p->has_owners = true;
	}
	if (rc == RC_OK && p->have[i].machine > 0)
		rc = read_hour(p->s, &old);
	if (rc != RC_OK)
		return rc;
	return write_parts(p->s, &old, parts, divide(&p->owners, new->hour, &all, parts), &p->rows);
}

static int cmp_presence(const void *a, const void *b)
{
	return presence_cmp(a, b);
}

/* Sorts the list, and joins what is of one hour. */
static size_t tidy(struct presence *list, size_t n)
{
	size_t kept = 0;

	if (n == 0)
		return 0;
	qsort(list, n, sizeof(*list), cmp_presence);
	for (size_t i = 0; i < n; i++) {
		list[i].hostile &= MINUTES_ALL;
		list[i].alive = (list[i].alive & MINUTES_ALL) | list[i].hostile;
		if (kept > 0 && presence_cmp(&list[kept - 1], &list[i]) == 0)
			presence_join(&list[kept - 1], &list[i]);
		else if (list[i].alive != 0)
			list[kept++] = list[i];
	}
	return kept;
}

/* Tidies the list. */
static enum rc put_list(struct store *s, int64_t run, struct presence *list, size_t n,
			uint64_t *rows)
{
	struct putting p = {.s = s, .run = run, .list = list};
	struct db_each e = {.text = "SELECT machine, alive, hostile FROM presence WHERE run = $1"
				    " AND addr = $2 AND hour = $3",
			    .n = tidy(list, n),
			    .bind = bind_hour,
			    .row = take_have,
			    .ctx = &p};
	enum rc rc;

	p.have = calloc(e.n + 1, sizeof(*p.have));
	if (p.have == NULL)
		return RC_NOMEM;
	rc = db_each(s, &e);
	for (size_t i = 0; i < e.n && rc == RC_OK; i++)
		rc = put_hour(&p, i);
	*rows += p.rows;
	free(p.have);
	free(p.owners.list);
	return rc;
}

static enum rc put_of_run(struct store *s, const char *run, struct presence *list, size_t n,
			  uint64_t *rows)
{
	int64_t num = 0;
	enum rc rc = db_number(s, "SELECT num FROM run WHERE id = $1", VALUES(sql_text(run)), &num);

	if (rc != RC_OK || s->sql->backend == &sql_null)
		return rc;
	if (num == 0)
		return store_says(s, RC_END, "there is no run %s", run);
	return put_list(s, num, list, n, rows);
}

enum rc store_put_presence(struct store *s, const char *run, const struct presence *list, size_t n,
			   uint64_t *ret_changed)
{
	struct presence *copy;
	bool is_mine = false;
	uint64_t rows = 0;
	enum rc rc;

	if (n == 0)
		return RC_OK;
	copy = malloc(n * sizeof(*copy));
	if (copy == NULL)
		return RC_NOMEM;
	memcpy(copy, list, n * sizeof(*copy));
	rc = store_enter(s, &is_mine);
	if (rc == RC_OK) {
		store_try(s, "write when machines were heard");
		rc = store_leave(s, is_mine, put_of_run(s, run, copy, n, &rows));
	}
	if (rc == RC_OK && ret_changed != NULL)
		*ret_changed += rows;
	free(copy);
	return rc;
}

/* --- out --- */

enum rc store_presence(struct store *s, const char *machine, uint32_t from_hour, bool hostile_only,
		       bool (*row)(void *ctx, const struct store_presence *p), void *ctx)
{
#define PRESENCE                                                                                   \
	"SELECT r.id, r.sensor, m.id, p.addr, p.hour, p.machine, p.alive, p.hostile"               \
	" FROM presence p LEFT JOIN run r ON r.num = p.run"                                        \
	" LEFT JOIN machine m ON m.num = p.machine"                                                \
	" WHERE p.hour >= $1"
#define IN_ORDER " ORDER BY p.machine, p.hour, p.run, p.addr, p.part"
	static const char *const texts[2][2] = {
		{PRESENCE IN_ORDER, PRESENCE " AND p.hostile <> 0" IN_ORDER},
		{PRESENCE " AND p.machine = $2" IN_ORDER,
		 PRESENCE " AND p.machine = $2 AND p.hostile <> 0" IN_ORDER},
	};
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	int64_t num = 0;
	enum rc rc = RC_OK;

	store_try(s, "read when machines were heard");
	if (machine != NULL)
		rc = machine_num(s, machine, &num);
	if (rc == RC_OK)
		rc = db_query(s, texts[machine != NULL][hostile_only],
			      VALUES(sql_int(from_hour), sql_int(num)), &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		const int64_t hour = db_int(s, st, 4);
		const struct part part = part_of(s, st, 5);
		const struct presence p = {.addr = db_addr(s, st, 3),
					   .hour = (uint32_t)hour,
					   .alive = part.alive,
					   .hostile = part.hostile};
		const struct store_presence of = {.run = db_text(s, st, 0),
						  .sensor = db_text(s, st, 1),
						  .machine = db_text(s, st, 2),
						  .presence = &p};

		if (hour < 0 || hour > UINT32_MAX) /* no writer of ours */
			continue;
		goes_on = row(ctx, &of);
	}
	db_end(s, st);
	return rc;
}

/* --- after the machines --- */

/* All hours of one address that are there, one after the other: what is to be written is kept until
 * all were read. */
struct following {
	struct store *s;
	struct owners owners;
	struct change {
		struct hour_row old;
		struct part parts[PARTS];
		unsigned n;
	} * changes;
	size_t n, room;
	struct hour_row at; /* the hour whose parts are coming */
};

static enum rc end_hour(struct following *f)
{
	struct part parts[PARTS];
	const struct part all = joined(f->at.parts, f->at.n);
	const unsigned n = divide(&f->owners, f->at.hour, &all, parts);
	bool is_same = n == f->at.n;

	for (unsigned i = 0; i < n && is_same; i++)
		is_same = part_eq(&parts[i], &f->at.parts[i]);
	if (is_same)
		return RC_OK;
	if (f->n == f->room) {
		size_t room = f->room == 0 ? 8 : f->room * 2;
		struct change *changes = realloc(f->changes, room * sizeof(*changes));

		if (changes == NULL)
			return RC_NOMEM;
		f->changes = changes;
		f->room = room;
	}
	f->changes[f->n].old = f->at;
	f->changes[f->n].n = n;
	memcpy(f->changes[f->n++].parts, parts, sizeof(parts));
	return RC_OK;
}

static enum rc take_part(struct following *f, struct sql_stmt *st)
{
	const int64_t run = db_int(f->s, st, 0);
	const uint32_t hour = (uint32_t)db_u64(f->s, st, 1);
	enum rc rc = RC_OK;

	if (f->at.n > 0 && (f->at.run != run || f->at.hour != hour)) {
		rc = end_hour(f);
		f->at.n = 0;
	}
	f->at.run = run;
	f->at.hour = hour;
	if (f->at.n < PARTS)
		f->at.parts[f->at.n++] = part_of(f->s, st, 2);
	return rc;
}

static enum rc follow_addr(struct following *f, const struct addr *a, uint64_t *rows)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = read_owners(f->s, a, &f->owners);

	f->n = 0;
	f->at = (struct hour_row){.addr = *a};
	if (rc == RC_OK)
		rc = db_query(f->s,
			      "SELECT run, hour, machine, alive, hostile FROM presence"
			      " WHERE addr = $1 ORDER BY run, hour, part",
			      VALUES(addr_bytes(a)), &st);
	while (rc == RC_OK && (rc = db_next(f->s, st, &row)) == RC_OK && row)
		rc = take_part(f, st);
	db_end(f->s, st);
	if (rc == RC_OK && f->at.n > 0)
		rc = end_hour(f);
	for (size_t i = 0; i < f->n && rc == RC_OK; i++)
		rc = write_parts(f->s, &f->changes[i].old, f->changes[i].parts, f->changes[i].n,
				 rows);
	return rc;
}

enum rc presence_follow(struct store *s, const struct addr *addrs, size_t n, uint64_t *rows)
{
	struct following f = {.s = s};
	enum rc rc = RC_OK;

	if (s->has_presence < 0) {
		int64_t any = 0;

		rc = db_number(s, "SELECT 1 FROM presence LIMIT 1", NULL, 0, &any);
		s->has_presence = any != 0;
	}
	for (size_t i = 0; i < n && rc == RC_OK && s->has_presence != 0; i++)
		rc = follow_addr(&f, &addrs[i], rows);
	free(f.changes);
	free(f.owners.list);
	return rc;
}

/* --- from another store --- */

enum rc presence_merge(struct store *to, int64_t to_run, struct store *from, int64_t from_run,
		       uint64_t *rows)
{
	enum { BATCH = 4096 };
	struct presence *list = malloc(BATCH * sizeof(*list));
	struct sql_stmt *st = NULL;
	bool row = true;
	size_t n = 0;
	enum rc rc = list == NULL ? RC_NOMEM
				  : db_query(from,
					     "SELECT addr, hour, machine, alive, hostile"
					     " FROM presence WHERE run = $1 ORDER BY addr, hour",
					     VALUES(sql_int(from_run)), &st);

	while (rc == RC_OK && (rc = db_next(from, st, &row)) == RC_OK && row) {
		const struct part part = part_of(from, st, 2);

		list[n++] = (struct presence){.addr = db_addr(from, st, 0),
					      .hour = (uint32_t)db_u64(from, st, 1),
					      .alive = part.alive,
					      .hostile = part.hostile};
		if (n < BATCH)
			continue;
		rc = put_list(to, to_run, list, n, rows);
		n = 0;
	}
	db_end(from, st);
	if (rc == RC_OK)
		rc = put_list(to, to_run, list, n, rows);
	free(list);
	return rc;
}
