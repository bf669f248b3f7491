#include <stdlib.h>
#include <string.h>

#include "model/posture_pack.h"
#include "store/inside.h"

/* --- which ones, in order --- */

struct chosen {
	int64_t num;
	const char *machine, *assessment, *how;
	const char *who; /* for messages: the machine, or where or by what name it was seen */
};

struct reading {
	struct store *s;
	struct arena *arena;
	struct chosen *list;
	size_t n, room;
	bool (*row)(void *ctx, const struct store_posture *p);
	void *ctx;
	const struct posture_wanted *only; /* NULL: all */
	const struct chosen *damaged;      /* the first */
	size_t n_damaged;
	bool is_joined;        /* what is known by now: a machine's postures are one */
	struct posture *known; /* of the machine whose postures are coming */
	size_t known_at;       /* the last of them */
};

static enum rc take_chosen(struct reading *r, struct sql_stmt *st)
{
	struct store *s = r->s;
	struct addr a = db_addr(s, st, 4);
	char text[ADDR_TEXT] = "";
	struct chosen *c;

	if (r->n == r->room) {
		size_t room = r->room == 0 ? 64 : r->room * 2;
		struct chosen *list = realloc(r->list, room * sizeof(*list));

		if (list == NULL)
			return RC_NOMEM;
		r->list = list;
		r->room = room;
	}
	c = &r->list[r->n++];
	*c = (struct chosen){.num = db_int(s, st, 0),
			     .machine = arena_strdup(r->arena, db_text(s, st, 1)),
			     .assessment = arena_strdup(r->arena, db_text(s, st, 2)),
			     .how = arena_strdup(r->arena, db_text(s, st, 3))};
	if (c->machine == NULL || c->assessment == NULL || c->how == NULL)
		return RC_NOMEM;
	if (c->machine[0] != '\0')
		c->who = c->machine;
	else if (!addr_is_zero(&a))
		c->who = arena_strdup(r->arena, addr_format(&a, text));
	else
		c->who = arena_strdup(r->arena, db_text(s, st, 5));
	return c->who == NULL ? RC_NOMEM : RC_OK;
}

/* Without the bodies, which are long: sorting would carry them along. */
#define CHOSEN                                                                                     \
	"SELECT p.num, m.id, a.id, p.how, p.addr, p.name FROM posture p"                           \
	" JOIN assessment a ON a.num = p.assessment LEFT JOIN machine m ON m.num = p.machine"
#define IN_ORDER                                                                                   \
	" ORDER BY (CASE WHEN m.id IS NULL THEN 1 ELSE 0 END), m.id, p.addr, p.name,"              \
	" p.at_ns DESC, a.id"
#define LATEST_FIRST " ORDER BY at_ns DESC, n_values DESC, num DESC"
/* A machine's together, the oldest first. */
#define TO_JOIN                                                                                    \
	" ORDER BY (CASE WHEN m.id IS NULL THEN 1 ELSE 0 END), m.id,"                              \
	" (CASE WHEN m.id IS NULL THEN p.addr END), (CASE WHEN m.id IS NULL THEN p.name END),"     \
	" p.at_ns, p.n_values, p.num"

static enum rc choose(struct reading *r, const char *machine, const char *assessment)
{
	/* Of those whose machine nobody knows, the latest of each address or name. 8: STORE_LOOKS.
	 */
	static const char latest_of_all[] = CHOSEN
		" JOIN (SELECT num, row_number() OVER (PARTITION BY machine,"
		" (CASE WHEN machine IS NULL THEN addr END),"
		" (CASE WHEN machine IS NULL THEN name END)" LATEST_FIRST ") AS place"
		" FROM posture WHERE n_values > 0) l ON l.num = p.num WHERE l.place <= 8" TO_JOIN;
	static const char latest_of_one[] =
		CHOSEN " WHERE p.num IN (SELECT num FROM posture WHERE machine = $1"
		       " AND n_values > 0" LATEST_FIRST " LIMIT 8)" TO_JOIN;
	static const char of_assessment[] = CHOSEN " WHERE p.assessment = $1" IN_ORDER;
	static const char of_both[] = CHOSEN " WHERE p.machine = $1 AND p.assessment = $2" IN_ORDER;
	int64_t of_machine = 0, from = 0;
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = RC_OK;

	_Static_assert(STORE_LOOKS == 8, "the statements above say so");
	r->is_joined = assessment == NULL;
	if (machine != NULL)
		rc = machine_num(r->s, machine, &of_machine);
	if (rc == RC_OK && assessment != NULL) {
		rc = assessment_num(r->s, assessment, &from);
		if (rc == RC_OK && from == 0)
			rc = store_says(r->s, RC_END, "there is no assessment %s", assessment);
	}
	if (rc == RC_OK)
		rc = db_query(r->s,
			      machine == NULL && assessment == NULL ? latest_of_all
			      : assessment == NULL                  ? latest_of_one
			      : machine == NULL                     ? of_assessment
								    : of_both,
			      VALUES(sql_int(machine != NULL ? of_machine : from), sql_int(from)),
			      &st);
	while (rc == RC_OK && (rc = db_next(r->s, st, &row)) == RC_OK && row)
		rc = take_chosen(r, st);
	db_end(r->s, st);
	return rc;
}

/* --- what they say --- */

static unsigned bind_num(void *ctx, size_t i, struct sql_value *v)
{
	const struct reading *r = ctx;

	v[0] = sql_int(r->list[i].num);
	return 1;
}

/* Tells what was gathered of a machine. RC_END: enough was told. */
static enum rc tell_known(struct reading *r)
{
	struct store_posture told = {.posture = r->known};
	const struct chosen *c = NULL;
	bool goes_on = true;

	if (r->known == NULL)
		return RC_OK;
	c = &r->list[r->known_at];
	told.machine = c->machine;
	told.assessment = c->assessment;
	told.how = c->how;
	goes_on = r->row(r->ctx, &told);
	posture_free(r->known);
	r->known = NULL;
	return goes_on ? RC_OK : RC_END;
}

static bool are_of_one(const struct chosen *a, const struct chosen *b)
{
	return strcmp(a->machine, b->machine) == 0 && strcmp(a->who, b->who) == 0;
}

/* One that is damaged must not hide the others. RC_END: enough was told. */
static enum rc take_body(void *ctx, size_t i, struct sql_stmt *st)
{
	struct reading *r = ctx;
	const struct chosen *c = &r->list[i];
	struct posture *p = NULL;
	enum rc rc = posture_unpack_some(db_column(st, r->s, 0).b, r->only, &p);

	if (rc == RC_FORMAT) {
		if (r->n_damaged++ == 0)
			r->damaged = c;
		return RC_OK;
	}
	if (rc != RC_OK)
		return rc;
	if (r->known != NULL && r->is_joined && are_of_one(&r->list[r->known_at], c)) {
		rc = posture_learn(r->known, p);
		posture_free(p);
		r->known_at = i;
		return rc;
	}
	rc = tell_known(r);
	r->known = p;
	r->known_at = i;
	return rc;
}

static enum rc tell(struct reading *r)
{
	struct db_each e = {.text = "SELECT body FROM posture WHERE num = $1",
			    .n = r->n,
			    .bind = bind_num,
			    .row = take_body,
			    .ctx = r};
	enum rc rc = db_each(r->s, &e);

	if (rc == RC_OK)
		rc = tell_known(r);
	if (rc == RC_END)
		rc = RC_OK;
	posture_free(r->known);
	if (rc != RC_OK || r->n_damaged == 0)
		return rc;
	return store_says(r->s, RC_FORMAT,
			  "is damaged: the posture of %s from assessment %s cannot be read"
			  " (%zu of %zu); assess it again",
			  r->damaged->who, r->damaged->assessment, r->n_damaged, r->n);
}

static enum rc read_postures(struct reading *r, const char *machine, const char *assessment)
{
	enum rc rc = arena_new(0, &r->arena);

	store_try(r->s, "read the postures");
	if (rc == RC_OK)
		rc = choose(r, machine, assessment);
	if (rc == RC_OK)
		rc = tell(r);
	free(r->list);
	arena_free(r->arena);
	return rc;
}

enum rc store_postures(struct store *s, const char *machine, const char *assessment,
		       bool (*row)(void *ctx, const struct store_posture *p), void *ctx)
{
	struct reading r = {.s = s, .row = row, .ctx = ctx};

	return read_postures(&r, machine, assessment);
}

enum rc store_postures_some(struct store *s, const struct posture_wanted *only,
			    bool (*row)(void *ctx, const struct store_posture *p), void *ctx)
{
	struct reading r = {.s = s, .row = row, .ctx = ctx, .only = only};

	return read_postures(&r, NULL, NULL);
}

enum rc store_assessments(struct store *s, bool (*row)(void *ctx, const struct store_assessment *a),
			  void *ctx)
{
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	enum rc rc;

	store_try(s, "read the assessments");
	rc = db_query(s,
		      "SELECT id, how, who, targets, first_ns, last_ns, asked, done FROM assessment"
		      " ORDER BY first_ns DESC, id",
		      NULL, 0, &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		const struct store_assessment a = {.id = db_text(s, st, 0),
						   .how = db_text(s, st, 1),
						   .who = db_text(s, st, 2),
						   .targets = db_text(s, st, 3),
						   .first_ns = db_u64(s, st, 4),
						   .last_ns = db_u64(s, st, 5),
						   .asked = db_u64(s, st, 6),
						   .done = db_u64(s, st, 7)};

		goes_on = row(ctx, &a);
	}
	db_end(s, st);
	return rc;
}
