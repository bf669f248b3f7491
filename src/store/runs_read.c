#include <stdlib.h>

#include "model/exchange.h"
#include "store/runs.h"

void run_rows_done(struct run_rows *r)
{
	arena_free(r->arena);
	*r = (struct run_rows){0};
}

static struct bytes keep(struct arena *arena, struct sql_value v)
{
	struct sql_value kept = sql_none();

	if (v.type != SQL_BLOB || !value_keep(arena, &v, &kept))
		return (struct bytes){NULL, 0};
	return kept.b;
}

static enum rc count(struct store *s, const char *text, int64_t num, size_t *ret_n)
{
	int64_t n = 0;
	enum rc rc = db_number(s, text, VALUES(sql_int(num)), &n);

	*ret_n = n > 0 ? (size_t)n : 0;
	return rc;
}

static enum rc take_finding(struct store *s, struct sql_stmt *st, struct run_rows *r)
{
	struct finding_row *f = &r->findings[r->n_findings];

	*f = (struct finding_row){
		.threat = arena_strdup(r->arena, db_text(s, st, 0)),
		.class = db_int(s, st, 1),
		.source = keep(r->arena, db_column(st, s, 2)),
		.target = keep(r->arena, db_column(st, s, 3)),
		.source_addr = db_addr(s, st, 2),
		.target_addr = db_addr(s, st, 3),
		.first_ns = db_u64(s, st, 4),
		.last_ns = db_u64(s, st, 5),
		.count = db_u64(s, st, 6),
		.confidence = (unsigned)db_int(s, st, 7),
		.why = arena_strdup(r->arena, db_text(s, st, 8)),
		.body = keep(r->arena, db_column(st, s, 9)),
		.source_num = db_int(s, st, 10),
	};
	f->has_target = f->target.len > 0;
	if (f->threat == NULL || f->why == NULL || f->source.at == NULL || f->body.at == NULL)
		return RC_NOMEM;
	r->n_findings++;
	return RC_OK;
}

static enum rc read_findings(struct store *s, int64_t num, struct run_rows *r)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	size_t n = 0;
	enum rc rc = count(s, "SELECT count(*) FROM finding WHERE run = $1", num, &n);

	r->findings = arena_alloc(r->arena, n * sizeof(*r->findings));
	if (rc == RC_OK && r->findings == NULL)
		rc = RC_NOMEM;
	if (rc == RC_OK)
		rc = db_query(s,
			      "SELECT threat, class, source, target, first_ns, last_ns, count,"
			      " confidence, why, body, source_machine FROM finding WHERE run = $1"
			      " ORDER BY threat, class, source, target",
			      VALUES(sql_int(num)), &st);
	while (rc == RC_OK && r->n_findings < n && (rc = db_next(s, st, &row)) == RC_OK && row)
		rc = take_finding(s, st, r);
	db_end(s, st);
	return rc;
}

static enum rc read_judgements(struct store *s, int64_t num, struct run_rows *r)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	size_t n = 0;
	enum rc rc = count(s, "SELECT count(*) FROM judgement WHERE run = $1", num, &n);

	r->judgements = arena_alloc(r->arena, n * sizeof(*r->judgements));
	if (rc == RC_OK && r->judgements == NULL)
		rc = RC_NOMEM;
	if (rc == RC_OK)
		rc = db_query(s,
			      "SELECT addr, verdict, confidence, why, first_ns, last_ns, machine"
			      " FROM judgement WHERE run = $1 ORDER BY addr",
			      VALUES(sql_int(num)), &st);
	while (rc == RC_OK && r->n_judgements < n && (rc = db_next(s, st, &row)) == RC_OK && row) {
		struct judgement_row *j = &r->judgements[r->n_judgements++];

		*j = (struct judgement_row){
			.addr = keep(r->arena, db_column(st, s, 0)),
			.at = db_addr(s, st, 0),
			.verdict = db_int(s, st, 1),
			.confidence = db_real(s, st, 2),
			.why = arena_strdup(r->arena, db_text(s, st, 3)),
			.first_ns = db_u64(s, st, 4),
			.last_ns = db_u64(s, st, 5),
			.num = db_int(s, st, 6),
		};
		if (j->addr.at == NULL || j->why == NULL)
			rc = RC_NOMEM;
	}
	db_end(s, st);
	return rc;
}

enum rc run_read_rows(struct store *s, int64_t num, struct run_rows *r)
{
	enum rc rc = read_findings(s, num, r);

	return rc == RC_OK ? read_judgements(s, num, r) : rc;
}

static const char *keep_text(struct store *s, struct sql_stmt *st, unsigned i, struct run_rows *r)
{
	const char *text = arena_strdup(r->arena, db_text(s, st, i));

	return text == NULL ? "" : text;
}

enum rc run_read(struct store *s, int64_t num, struct run_rows *r)
{
	struct sql_stmt *st = NULL;
	bool row = false;
	enum rc rc =
		db_query(s,
			 "SELECT id, sensor, kind, names, note, first_ns, last_ns, listened_ns,"
			 " packets, bytes, is_interrupted, coverage FROM run WHERE num = $1",
			 VALUES(sql_int(num)), &st);

	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	if (rc == RC_OK && !row)
		rc = RC_END;
	if (rc == RC_OK) {
		r->id = keep_text(s, st, 0, r);
		r->sensor = keep_text(s, st, 1, r);
		r->kind = keep_text(s, st, 2, r);
		r->names = keep_text(s, st, 3, r);
		r->note = keep_text(s, st, 4, r);
		r->first_ns = db_u64(s, st, 5);
		r->last_ns = db_u64(s, st, 6);
		r->listened_ns = db_u64(s, st, 7);
		r->packets = db_u64(s, st, 8);
		r->bytes = db_u64(s, st, 9);
		r->is_interrupted = db_int(s, st, 10);
		r->coverage = keep(r->arena, db_column(st, s, 11));
	}
	db_end(s, st);
	return rc == RC_OK ? run_read_rows(s, num, r) : rc;
}

/* --- for those who tell of them --- */

static enum rc hand_finding(struct store *s, struct sql_stmt *st,
			    bool (*row)(void *ctx, const struct store_finding *f), void *ctx)
{
	struct sql_value body = db_column(st, s, 0);
	struct finding *f = malloc(sizeof(*f));
	enum rc rc = f == NULL ? RC_NOMEM : exchange_unpack_finding(body.b, f);
	struct store_finding told = {.run = db_text(s, st, 1),
				     .sensor = db_text(s, st, 2),
				     .source_machine = db_text(s, st, 3),
				     .target_machine = db_text(s, st, 4),
				     .finding = f};

	if (rc == RC_FORMAT)
		rc = store_says(s, RC_IO, "is damaged: a finding of run %s cannot be read",
				told.run);
	if (rc == RC_OK && !row(ctx, &told))
		rc = RC_END;
	free(f);
	return rc;
}

#define FINDINGS                                                                                   \
	"SELECT f.body, r.id, r.sensor, a.id, b.id FROM finding f JOIN run r ON r.num = f.run"     \
	" LEFT JOIN machine a ON a.num = f.source_machine"                                         \
	" LEFT JOIN machine b ON b.num = f.target_machine"
#define IN_ORDER " ORDER BY f.first_ns, f.threat, f.class, f.source, f.target, r.id"

enum rc store_findings(struct store *s, const char *id,
		       bool (*row)(void *ctx, const struct store_finding *f), void *ctx)
{
	/* Two look-ups: with OR neither of the indexes would serve. */
	static const char of_one[] = FINDINGS
		" WHERE (f.run, f.threat, f.class, f.source, f.target) IN"
		" (SELECT run, threat, class, source, target FROM finding WHERE source_machine = $1"
		" UNION SELECT run, threat, class, source, target FROM finding"
		" WHERE target_machine = $1)" IN_ORDER;
	static const char of_all[] = FINDINGS IN_ORDER;
	struct sql_stmt *st = NULL;
	int64_t num = 0;
	bool has = true;
	enum rc rc = RC_OK;

	store_try(s, "read the findings");
	if (id != NULL)
		rc = machine_num(s, id, &num);
	if (rc == RC_OK)
		rc = db_query(s, id != NULL ? of_one : of_all, VALUES(sql_int(num)), &st);
	while (rc == RC_OK && (rc = db_next(s, st, &has)) == RC_OK && has) {
		rc = hand_finding(s, st, row, ctx);
		if (rc == RC_END)
			break;
	}
	db_end(s, st);
	return rc == RC_END && st != NULL ? RC_OK : rc;
}

enum rc store_runs(struct store *s, bool (*row)(void *ctx, const struct store_run_row *r),
		   void *ctx)
{
	struct coverage *coverage = malloc(sizeof(*coverage));
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	enum rc rc = coverage == NULL ? RC_NOMEM : RC_OK;

	store_try(s, "read the runs");
	if (rc == RC_OK)
		rc = db_query(s,
			      "SELECT id, sensor, kind, names, first_ns, last_ns, packets, bytes,"
			      " coverage FROM run ORDER BY first_ns, id",
			      NULL, 0, &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		struct store_run_row r = {.id = db_text(s, st, 0),
					  .sensor = db_text(s, st, 1),
					  .kind = db_text(s, st, 2),
					  .names = db_text(s, st, 3),
					  .first_ns = db_u64(s, st, 4),
					  .last_ns = db_u64(s, st, 5),
					  .packets = db_u64(s, st, 6),
					  .bytes = db_u64(s, st, 7),
					  .coverage = coverage};

		rc = exchange_unpack_coverage(db_column(st, s, 8).b, coverage);
		if (rc == RC_FORMAT)
			rc = store_says(s, RC_IO,
					"is damaged: the coverage of run %s cannot be read", r.id);
		if (rc == RC_OK)
			goes_on = row(ctx, &r);
	}
	db_end(s, st);
	free(coverage);
	return rc;
}
