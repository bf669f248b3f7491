/*
 * Rows that are new, written many at a time. A statement of its own for each of a million rows
 * costs more than the row. Handles come machine by machine and belong all over their table, so they
 * are put in its order first; and in a store that had none, the index by machine is made at the
 * end, from what is there, which is cheaper than to keep it right all along.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/inside.h"

enum {
	FACT_PARAMS = 16,
	FACT_ROWS = 8,
	HANDLE_PARAMS = 8,
	HANDLE_ROWS = 16,
	HANDLES_MOST = 256 * 1024, /* kept until they are sorted and written: some 30 MB */
	MANY = 1000,               /* machines, for which the index is made anew */
};

static_assert(FACT_ROWS * FACT_PARAMS <= SQL_PARAMS && HANDLE_ROWS * HANDLE_PARAMS <= SQL_PARAMS,
	      "a statement has room for them");

struct late_row {
	int64_t num;
	struct handle h;
};

struct late {
	struct sql_value facts[FACT_ROWS * FACT_PARAMS];
	unsigned n_facts;
	struct late_row *rows;
	size_t n_rows, room;
	struct arena *arena; /* of the handles' values */
	bool is_without_index;
};

#define INTO_FACT                                                                                  \
	"INSERT INTO fact (machine, seq, kind, source, confidence, is_ended, mac, addr, host,"     \
	" value, origin, first_ns, last_ns, until_ns, count, packet) VALUES "
static const char fact_one[] =
	INTO_FACT "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
static const char fact_many[] = INTO_FACT
	"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16),"
	"($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32),"
	"($33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48),"
	"($49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64),"
	"($65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80),"
	"($81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96),"
	"($97, $98, $99, $100, $101, $102, $103, $104, $105, $106, $107, $108, $109, $110, $111, "
	"$112),"
	"($113, $114, $115, $116, $117, $118, $119, $120, $121, $122, $123, $124, $125, $126, "
	"$127, $128)";

#define INTO_HANDLE                                                                                \
	"INSERT INTO handle (kind, value, machine, first_ns, last_ns, from_ns, until_ns, sure)"    \
	" VALUES "
static const char handle_one[] = INTO_HANDLE "($1, $2, $3, $4, $5, $6, $7, $8)";
static const char handle_many[] = INTO_HANDLE "($1, $2, $3, $4, $5, $6, $7, $8),"
					      "($9, $10, $11, $12, $13, $14, $15, $16),"
					      "($17, $18, $19, $20, $21, $22, $23, $24),"
					      "($25, $26, $27, $28, $29, $30, $31, $32),"
					      "($33, $34, $35, $36, $37, $38, $39, $40),"
					      "($41, $42, $43, $44, $45, $46, $47, $48),"
					      "($49, $50, $51, $52, $53, $54, $55, $56),"
					      "($57, $58, $59, $60, $61, $62, $63, $64),"
					      "($65, $66, $67, $68, $69, $70, $71, $72),"
					      "($73, $74, $75, $76, $77, $78, $79, $80),"
					      "($81, $82, $83, $84, $85, $86, $87, $88),"
					      "($89, $90, $91, $92, $93, $94, $95, $96),"
					      "($97, $98, $99, $100, $101, $102, $103, $104),"
					      "($105, $106, $107, $108, $109, $110, $111, $112),"
					      "($113, $114, $115, $116, $117, $118, $119, $120),"
					      "($121, $122, $123, $124, $125, $126, $127, $128)";

static enum rc write_facts(struct store *s, struct late *l)
{
	enum rc rc = RC_OK;

	if (l->n_facts == FACT_ROWS)
		rc = db_exec(s, fact_many, l->facts, FACT_ROWS * FACT_PARAMS);
	for (unsigned i = 0; i < l->n_facts && l->n_facts < FACT_ROWS && rc == RC_OK; i++)
		rc = db_exec(s, fact_one, l->facts + (size_t)i * FACT_PARAMS, FACT_PARAMS);
	l->n_facts = 0;
	return rc;
}

enum rc late_fact(struct store *s, int64_t num, int64_t seq, const struct fact *f)
{
	struct late *l = s->late;
	const struct sql_value v[FACT_PARAMS] = {
		sql_int(num),
		sql_int(seq),
		sql_int(f->kind),
		sql_int(f->source),
		sql_int(f->confidence),
		sql_int(f->is_ended),
		value_of_mac(&f->mac, f->has_mac),
		value_of_addr(&f->addr),
		sql_text(f->host),
		sql_text(f->value),
		sql_text(f->origin),
		sql_u64(f->first_ns),
		sql_u64(f->last_ns),
		sql_u64(f->until_ns),
		sql_u64(f->count),
		sql_u64(f->packet),
	};

	memcpy(l->facts + (size_t)l->n_facts * FACT_PARAMS, v, sizeof(v));
	l->n_facts++;
	return l->n_facts < FACT_ROWS ? RC_OK : write_facts(s, l);
}

/* --- handles --- */

static int cmp_rows(const void *one, const void *two)
{
	const struct late_row *a = one, *b = two;
	int c = (int)a->h.kind - (int)b->h.kind;

	if (c == 0)
		c = strcmp(a->h.value, b->h.value);
	if (c == 0)
		c = (a->num > b->num) - (a->num < b->num);
	return c != 0 ? c : (a->h.first_ns > b->h.first_ns) - (a->h.first_ns < b->h.first_ns);
}

static void put_values(const struct late_row *r, struct sql_value *to)
{
	const struct sql_value v[HANDLE_PARAMS] = {
		sql_int(r->h.kind),     sql_text(r->h.value),  sql_int(r->num),
		sql_u64(r->h.first_ns), sql_u64(r->h.last_ns), sql_u64(r->h.from_ns),
		sql_u64(r->h.until_ns), sql_int(r->h.sure),
	};

	memcpy(to, v, sizeof(v));
}

static enum rc write_handles(struct store *s, struct late *l)
{
	struct sql_value v[HANDLE_ROWS * HANDLE_PARAMS];
	enum rc rc = RC_OK;
	size_t at = 0;

	if (l->n_rows > 1)
		qsort(l->rows, l->n_rows, sizeof(*l->rows), cmp_rows);
	while (at < l->n_rows && rc == RC_OK) {
		unsigned n = l->n_rows - at < HANDLE_ROWS ? 1 : HANDLE_ROWS;

		for (unsigned i = 0; i < n; i++)
			put_values(&l->rows[at + i], v + (size_t)i * HANDLE_PARAMS);
		rc = db_exec(s, n == 1 ? handle_one : handle_many, v, n * HANDLE_PARAMS);
		at += n;
	}
	l->n_rows = 0;
	arena_reset(l->arena);
	return rc;
}

enum rc late_handle(struct store *s, int64_t num, const struct handle *h)
{
	struct late *l = s->late;
	struct late_row row = {num, *h};

	if (l->n_rows == l->room) {
		size_t room = l->room == 0 ? 1024 : l->room * 2;
		struct late_row *rows = realloc(l->rows, room * sizeof(*rows));

		if (rows == NULL)
			return RC_NOMEM;
		l->rows = rows;
		l->room = room;
	}
	row.h.value = arena_strdup(l->arena, h->value);
	if (row.h.value == NULL)
		return RC_NOMEM;
	l->rows[l->n_rows++] = row;
	return l->n_rows < HANDLES_MOST ? RC_OK : write_handles(s, l);
}

/* --- all of them --- */

void late_drop(struct store *s)
{
	struct late *l = s->late;

	if (l == NULL)
		return;
	s->late = NULL;
	arena_free(l->arena);
	free(l->rows);
	free(l);
}

enum rc late_begin(struct store *s, size_t n)
{
	struct late *l = calloc(1, sizeof(*l));
	int64_t any = 0;
	enum rc rc = l == NULL ? RC_NOMEM : arena_new(0, &l->arena);

	if (rc != RC_OK) {
		free(l);
		return rc;
	}
	s->late = l;
	if (n >= MANY)
		rc = db_number(s, "SELECT 1 FROM handle LIMIT 1", NULL, 0, &any);
	l->is_without_index = n >= MANY && any == 0;
	if (rc == RC_OK && l->is_without_index)
		rc = db_exec(s, "DROP INDEX handle_machine", NULL, 0);
	return rc;
}

enum rc late_end(struct store *s)
{
	struct late *l = s->late;
	enum rc rc = write_facts(s, l);

	if (rc == RC_OK)
		rc = write_handles(s, l);
	if (rc == RC_OK && l->is_without_index)
		rc = db_exec(s, "CREATE INDEX handle_machine ON handle (machine)", NULL, 0);
	late_drop(s);
	return rc;
}
