#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/posture_pack.h"
#include "store/inside.h"

/* --- which ones, in order --- */

struct chosen {
	int64_t num, at_ns, n_values;
	const char *machine; /* "": nobody knows whose it is */
	struct addr addr;
	const char *name; /* "" with an address */
};

struct reading {
	struct store *s;
	struct arena *arena;
	struct chosen *list;
	size_t n, room;
	bool (*row)(void *ctx, const struct store_posture *p);
	void *ctx;
	const struct posture_wanted *only; /* NULL: all */
	char damaged[STORE_ERROR]; /* the first: "mac:001a2b000001 from assessment monday" */
	size_t n_damaged;
	bool is_joined;                /* what is known by now: a machine's postures are one */
	struct posture *known, *spare; /* of the machine whose postures are coming; for the next */
	bool has_known;
	size_t known_at;              /* the last of them */
	const char *assessment, *how; /* of the last */
};

static enum rc take_chosen(struct reading *r, struct sql_stmt *st)
{
	struct store *s = r->s;
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
			     .addr = db_addr(s, st, 2),
			     .name = arena_strdup(r->arena, db_text(s, st, 3)),
			     .at_ns = db_int(s, st, 4),
			     .n_values = db_int(s, st, 5)};
	return c->machine == NULL || c->name == NULL ? RC_NOMEM : RC_OK;
}

static int cmp_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* As the databases order them: what has none first. */
static int cmp_addrs(const struct addr *a, const struct addr *b)
{
	struct bytes x = posture_place(a).b, y = posture_place(b).b;
	size_t both = x.len < y.len ? x.len : y.len;
	int c = both > 0 ? memcmp(x.at, y.at, both) : 0;

	return c != 0 ? c : (int)x.len - (int)y.len;
}

/* By machine; then those of nobody, by address and name. */
static int cmp_owners(const struct chosen *a, const struct chosen *b)
{
	int c = (a->machine[0] == '\0') - (b->machine[0] == '\0');

	if (c == 0)
		c = strcmp(a->machine, b->machine);
	if (c != 0 || a->machine[0] != '\0')
		return c;
	c = cmp_addrs(&a->addr, &b->addr);
	return c != 0 ? c : strcmp(a->name, b->name);
}

/* Whose it is; then the oldest first, and of one time the one with more. */
static int by_time(const void *one, const void *other)
{
	const struct chosen *a = one, *b = other;
	int c = cmp_owners(a, b);

	if (c == 0)
		c = cmp_numbers(a->at_ns, b->at_ns);
	if (c == 0)
		c = cmp_numbers(a->n_values, b->n_values);
	return c != 0 ? c : cmp_numbers(a->num, b->num);
}

/* Whose it is; then where it was seen. */
static int by_place(const void *one, const void *other)
{
	const struct chosen *a = one, *b = other;
	int c = cmp_owners(a, b);

	if (c == 0)
		c = cmp_addrs(&a->addr, &b->addr);
	return c != 0 ? c : strcmp(a->name, b->name);
}

/* Of each owner the latest STORE_LOOKS. */
static void keep_latest(struct reading *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++) {
		if (r->n - i <= STORE_LOOKS ||
		    cmp_owners(&r->list[i], &r->list[i + STORE_LOOKS]) != 0)
			r->list[kept++] = r->list[i];
	}
	r->n = kept;
}

/* Chosen and sorted here: SQLite takes seven times as long. Without the bodies, which are long.
 */
#define CHOSEN                                                                                     \
	"SELECT p.num, m.id, p.addr, p.name, p.at_ns, p.n_values FROM posture p"                   \
	" LEFT JOIN machine m ON m.num = p.machine"

static enum rc choose(struct reading *r, const char *machine, const char *assessment)
{
	static const char with_a_value[] = CHOSEN " WHERE p.n_values > 0";
	static const char of_machine[] = CHOSEN " WHERE p.n_values > 0 AND p.machine = $1";
	static const char of_assessment[] = CHOSEN " WHERE p.assessment = $1";
	static const char of_both[] = CHOSEN " WHERE p.machine = $1 AND p.assessment = $2";
	int64_t whose = 0, from = 0;
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = RC_OK;

	r->is_joined = assessment == NULL;
	if (machine != NULL)
		rc = machine_num(r->s, machine, &whose);
	if (rc == RC_OK && assessment != NULL) {
		rc = assessment_num(r->s, assessment, &from);
		if (rc == RC_OK && from == 0)
			rc = store_says(r->s, RC_END, "there is no assessment %s", assessment);
	}
	if (rc == RC_OK)
		rc = db_query(r->s,
			      assessment == NULL ? (machine == NULL ? with_a_value : of_machine)
			      : machine == NULL  ? of_assessment
						 : of_both,
			      VALUES(sql_int(machine != NULL ? whose : from), sql_int(from)), &st);
	while (rc == RC_OK && (rc = db_next(r->s, st, &row)) == RC_OK && row)
		rc = take_chosen(r, st);
	db_end(r->s, st);
	if (rc != RC_OK || r->n == 0)
		return rc;
	qsort(r->list, r->n, sizeof(*r->list), r->is_joined ? by_time : by_place);
	if (r->is_joined)
		keep_latest(r);
	return RC_OK;
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
	const struct store_posture told = {.machine =
						   r->has_known ? r->list[r->known_at].machine : "",
					   .assessment = r->assessment,
					   .how = r->how,
					   .posture = r->known};

	if (!r->has_known)
		return RC_OK;
	r->has_known = false;
	return r->row(r->ctx, &told) ? RC_OK : RC_END;
}

static void note_damage(struct reading *r, const struct chosen *c, const char *assessment)
{
	char text[ADDR_TEXT] = "";
	const char *who = c->machine;

	if (r->n_damaged++ > 0)
		return;
	if (who[0] == '\0')
		who = addr_is_zero(&c->addr) ? c->name : addr_format(&c->addr, text);
	(void)snprintf(r->damaged, sizeof(r->damaged), "%s from assessment %s", who, assessment);
}

/* Most come from where the one before came from. */
static enum rc keep_text(struct reading *r, const char **kept, const char *text)
{
	if (*kept == NULL || strcmp(*kept, text) != 0)
		*kept = arena_strdup(r->arena, text);
	return *kept != NULL ? RC_OK : RC_NOMEM;
}

/* `spare` is the next of the same owner, or what is known of the next owner. */
static enum rc take_spare(struct reading *r, size_t i)
{
	struct posture *known = r->known;
	enum rc rc;

	if (r->has_known && r->is_joined && cmp_owners(&r->list[r->known_at], &r->list[i]) == 0)
		return posture_learn(known, r->spare);
	rc = tell_known(r);
	if (rc != RC_OK)
		return rc;
	r->known = r->spare;
	r->spare = known;
	r->has_known = true;
	return RC_OK;
}

/* One that is damaged must not hide the others. RC_END: enough was told. */
static enum rc take_body(void *ctx, size_t i, struct sql_stmt *st)
{
	struct reading *r = ctx;
	enum rc rc = posture_unpack_over(db_column(st, r->s, 0).b, r->only, r->spare);

	if (rc == RC_FORMAT) {
		note_damage(r, &r->list[i], db_text(r->s, st, 1));
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = take_spare(r, i);
	if (rc == RC_OK)
		rc = keep_text(r, &r->assessment, db_text(r->s, st, 1));
	if (rc == RC_OK)
		rc = keep_text(r, &r->how, db_text(r->s, st, 2));
	r->known_at = i;
	return rc;
}

static enum rc tell(struct reading *r)
{
	struct db_each e = {.text = "SELECT p.body, a.id, p.how FROM posture p"
				    " JOIN assessment a ON a.num = p.assessment WHERE p.num = $1",
			    .n = r->n,
			    .bind = bind_num,
			    .row = take_body,
			    .ctx = r};
	enum rc rc = posture_new(&r->known);

	if (rc == RC_OK)
		rc = posture_new(&r->spare);
	if (rc == RC_OK)
		rc = db_each(r->s, &e);
	if (rc == RC_OK)
		rc = tell_known(r);
	if (rc == RC_END)
		rc = RC_OK;
	posture_free(r->known);
	posture_free(r->spare);
	if (rc != RC_OK || r->n_damaged == 0)
		return rc;
	return store_says(r->s, RC_FORMAT,
			  "is damaged: the posture of %s cannot be read (%zu of %zu); assess it"
			  " again",
			  r->damaged, r->n_damaged, r->n);
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
