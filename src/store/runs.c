/*
 * What sensors heard: runs, findings, verdicts. They are kept by address and time; who that was is
 * looked up when they come, and again when the store learns better.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "model/exchange.h"
#include "store/campaigns.h"
#include "store/runs.h"

enum { THREATS_TEXT = 1024, MACHINES_MAX = 1 << 28 };

/* --- machines whose verdict may have changed --- */

static enum rc touch(struct map *set, int64_t num)
{
	bool is_new;

	return num == 0 || map_put(set, &num, &is_new) != NULL ? RC_OK : RC_NOMEM;
}

static enum rc threats_of(struct store *s, int64_t num, char *to, size_t cap)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	size_t n = 0;
	enum rc rc = db_query(s,
			      "SELECT DISTINCT threat FROM finding WHERE source_machine = $1"
			      " ORDER BY threat",
			      VALUES(sql_int(num)), &st);

	to[0] = '\0';
	while (rc == RC_OK && (rc = db_next(s, st, &row)) == RC_OK && row) {
		const char *threat = db_text(s, st, 0);

		if (n + strlen(threat) + 2 > cap)
			break;
		n += (size_t)snprintf(to + n, cap - n, "%s%s", n > 0 ? "," : "", threat);
	}
	db_end(s, st);
	return rc;
}

enum rc verdict_sum(struct store *s, int64_t num, uint64_t *rows)
{
	char threats[THREATS_TEXT], why[FINDING_WHY] = "";
	struct sql_stmt *st = NULL;
	int64_t verdict = VERDICT_NO_EVIDENCE, is_same = 0;
	double confidence = 0;
	bool row = false;
	enum rc rc = threats_of(s, num, threats, sizeof(threats));

	if (rc == RC_OK)
		rc = db_query(s,
			      "SELECT verdict, confidence, why FROM judgement WHERE machine = $1"
			      " ORDER BY verdict DESC, confidence DESC, last_ns DESC, why LIMIT 1",
			      VALUES(sql_int(num)), &st);
	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	if (rc == RC_OK && row) {
		verdict = db_int(s, st, 0);
		confidence = db_real(s, st, 1);
		(void)snprintf(why, sizeof(why), "%s", db_text(s, st, 2));
	}
	db_end(s, st);

	const struct sql_value v[] = {sql_int(num), sql_int(verdict), sql_real(confidence),
				      sql_text(why), sql_text(threats)};

	if (rc == RC_OK)
		rc = db_number(s,
			       "SELECT 1 FROM machine WHERE num = $1 AND verdict = $2 AND"
			       " verdict_confidence = $3 AND why = $4 AND threats = $5",
			       v, 5, &is_same);
	if (rc != RC_OK || is_same != 0)
		return rc;
	++*rows;
	return db_exec(s,
		       "UPDATE machine SET verdict = $2, verdict_confidence = $3, why = $4,"
		       " threats = $5 WHERE num = $1",
		       v, 5);
}

static enum rc sum_all(struct store *s, const struct map *set, uint64_t *rows)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < map_len(set) && rc == RC_OK; i++) {
		const void *key;
		int64_t num;

		(void)map_at(set, i, &key);
		memcpy(&num, key, sizeof(num));
		rc = verdict_sum(s, num, rows);
	}
	return rc;
}

/* --- a run as rows --- */

static struct sql_value addr_bytes(const struct addr *a)
{
	return addr_is_v4(a) ? sql_blob(a->b + 12, 4) : sql_blob(a->b, sizeof(a->b));
}

static int cmp_bytes(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n > 0 ? memcmp(a.at, b.at, n) : 0;

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

/* As the databases order the key. */
static int cmp_findings(const void *one, const void *two)
{
	const struct finding_row *a = one, *b = two;
	int c = strcmp(a->threat, b->threat);

	if (c == 0)
		c = (a->class > b->class) - (a->class < b->class);
	if (c == 0)
		c = cmp_bytes(a->source, b->source);
	return c != 0 ? c : cmp_bytes(a->target, b->target);
}

static int cmp_judgements(const void *one, const void *two)
{
	const struct judgement_row *a = one, *b = two;

	return cmp_bytes(a->addr, b->addr);
}

static struct bytes keep(struct arena *arena, struct sql_value v)
{
	struct sql_value kept = sql_none();

	return value_keep(arena, &v, &kept) ? kept.b : (struct bytes){NULL, 0};
}

static enum rc row_of_finding(const struct finding *f, struct arena *arena, struct finding_row *to)
{
	uint8_t *at = NULL;
	size_t len = 0;
	enum rc rc = exchange_pack_finding(f, &at, &len);

	if (rc != RC_OK)
		return rc;
	*to = (struct finding_row){
		.threat = arena_strdup(arena, f->threat),
		.why = arena_strdup(arena, f->why),
		.class = f->class,
		.source = keep(arena, addr_bytes(&f->source)),
		.target = keep(arena, f->has_target ? addr_bytes(&f->target) : sql_blob(NULL, 0)),
		.body = keep(arena, sql_blob(at, len)),
		.source_addr = f->source,
		.target_addr = f->target,
		.has_target = f->has_target,
		.first_ns = f->first_ns,
		.last_ns = f->last_ns,
		.count = f->count,
		.confidence = f->confidence,
	};
	free(at);
	return to->threat != NULL && to->why != NULL && to->source.at != NULL &&
			       to->target.at != NULL && to->body.at != NULL
		       ? RC_OK
		       : RC_NOMEM;
}

/* A verdict is about who had the address when it did what it is judged for. */
static uint64_t judged_ns(const struct host *h)
{
	uint64_t at_ns = 0;

	for (size_t i = 0; i < h->n_threats; i++) {
		if (at_ns == 0 || h->threats[i].last_ns > at_ns)
			at_ns = h->threats[i].last_ns;
	}
	return at_ns != 0 ? at_ns : h->seen.last_ns;
}

static char *names_of(const struct source_info *s, struct arena *arena)
{
	size_t len = 1;
	char *text;

	for (size_t i = 0; i < s->n_names; i++)
		len += strlen(s->names[i]) + 2;
	text = arena_alloc(arena, len);
	if (text == NULL)
		return NULL;
	len = 0;
	for (size_t i = 0; i < s->n_names; i++) {
		const char *parts[] = {i > 0 ? ", " : "", s->names[i]};

		for (unsigned k = 0; k < 2; k++) {
			memcpy(text + len, parts[k], strlen(parts[k]));
			len += strlen(parts[k]);
		}
	}
	text[len] = '\0';
	return text;
}

static enum rc source_rows(const struct store_run *run, struct run_rows *r)
{
	const struct source_info *s = &run->outbreak->source;
	uint8_t *at = NULL;
	size_t len = 0;
	enum rc rc = exchange_pack_coverage(&run->outbreak->coverage, &at, &len);

	if (rc != RC_OK)
		return rc;
	r->id = run->id;
	r->sensor = run->sensor;
	r->kind = s->kind;
	r->names = names_of(s, r->arena);
	r->note = s->note != NULL ? s->note : "";
	r->first_ns = s->first_ns;
	r->last_ns = s->last_ns;
	r->listened_ns = s->listened_ns;
	r->packets = s->packets;
	r->bytes = s->bytes;
	r->is_interrupted = s->is_interrupted;
	r->coverage = keep(r->arena, sql_blob(at, len));
	free(at);
	return r->names != NULL && r->coverage.at != NULL ? RC_OK : RC_NOMEM;
}

static enum rc run_rows_of(const struct store_run *run, struct run_rows *r)
{
	const struct outbreak *o = run->outbreak;
	enum rc rc = source_rows(run, r);

	r->findings = arena_alloc(r->arena, o->n_findings * sizeof(*r->findings));
	r->judgements = arena_alloc(r->arena, o->n_hosts * sizeof(*r->judgements));
	if (r->findings == NULL || r->judgements == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < o->n_findings && rc == RC_OK; i++)
		rc = row_of_finding(o->findings[i], r->arena, &r->findings[r->n_findings++]);
	for (size_t i = 0; i < o->n_hosts; i++) {
		const struct host *h = &o->hosts[i];

		r->judgements[r->n_judgements++] = (struct judgement_row){
			.addr = keep(r->arena, addr_bytes(&h->seen.addr)),
			.at = h->seen.addr,
			.verdict = h->verdict,
			.confidence = h->confidence,
			.why = h->n_why > 0 ? h->why[0] : "",
			.first_ns = h->seen.first_ns,
			.last_ns = judged_ns(h),
		};
	}
	return rc;
}

/* --- rows into the store --- */

struct writing {
	struct store *s;
	int64_t run;
	struct map *touched;
	struct arena *arena;
	uint64_t rows;
};

static enum rc put_source(struct writing *w, const struct run_rows *r)
{
	static const char update[] =
		"UPDATE run SET sensor = $2, kind = $3, names = $4, note = $5, first_ns = $6,"
		" last_ns = $7, listened_ns = $8, packets = $9, bytes = $10, is_interrupted = $11,"
		" coverage = $12 WHERE id = $1";
	static const char insert[] =
		"INSERT INTO run (id, sensor, kind, names, note, first_ns, last_ns, listened_ns,"
		" packets, bytes, is_interrupted, coverage, num) VALUES"
		" ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
	struct sql_value v[] = {
		sql_text(r->id),
		sql_text(r->sensor),
		sql_text(r->kind),
		sql_text(r->names),
		sql_text(r->note),
		sql_u64(r->first_ns),
		sql_u64(r->last_ns),
		sql_u64(r->listened_ns),
		sql_u64(r->packets),
		sql_u64(r->bytes),
		sql_int(r->is_interrupted),
		sql_blob(r->coverage.at, r->coverage.len),
		sql_none(),
	};
	const unsigned n = sizeof(v) / sizeof(v[0]);
	struct store *s = w->s;
	int64_t is_same = 0;
	enum rc rc = db_number(s, "SELECT num FROM run WHERE id = $1", v, 1, &w->run);

	if (rc == RC_OK && w->run != 0)
		rc = db_number(s,
			       "SELECT 1 FROM run WHERE id = $1 AND sensor = $2 AND kind = $3"
			       " AND names = $4 AND note = $5 AND first_ns = $6 AND last_ns = $7"
			       " AND listened_ns = $8 AND packets = $9 AND bytes = $10"
			       " AND is_interrupted = $11 AND coverage = $12",
			       v, n - 1, &is_same);
	if (rc != RC_OK || is_same != 0)
		return rc;
	w->rows++;
	s->has_runs = 1;
	if (w->run != 0)
		return db_exec(s, update, v, n - 1);
	rc = db_number(s, "SELECT max(num) FROM run", NULL, 0, &w->run);
	v[n - 1] = sql_int(++w->run);
	return rc != RC_OK ? rc : db_exec(s, insert, v, n);
}

static struct sql_value value_of_num(int64_t num)
{
	return num == 0 ? sql_none() : sql_int(num);
}

static struct sql_value value_of_bytes(struct bytes b)
{
	return sql_blob(b.at, b.len);
}

static enum rc put_finding(struct writing *w, const struct finding_row *f)
{
	int64_t source = 0, target = 0;
	enum rc rc = num_at(w->s, &f->source_addr, f->first_ns, &source);

	if (rc == RC_OK && f->has_target)
		rc = num_at(w->s, &f->target_addr, f->first_ns, &target);
	if (rc == RC_OK)
		rc = touch(w->touched, source);
	w->rows++;
	return rc != RC_OK
		       ? rc
		       : db_exec(w->s,
				 "INSERT INTO finding (run, threat, class, source, target,"
				 " source_machine, target_machine, first_ns, last_ns, count,"
				 " confidence, why, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
				 " $9, $10, $11, $12, $13)"
				 " ON CONFLICT (run, threat, class, source, target) DO UPDATE SET"
				 " source_machine = excluded.source_machine,"
				 " target_machine = excluded.target_machine,"
				 " first_ns = excluded.first_ns, last_ns = excluded.last_ns,"
				 " count = excluded.count, confidence = excluded.confidence,"
				 " why = excluded.why, body = excluded.body",
				 VALUES(sql_int(w->run), sql_text(f->threat), sql_int(f->class),
					value_of_bytes(f->source), value_of_bytes(f->target),
					value_of_num(source), value_of_num(target),
					sql_u64(f->first_ns), sql_u64(f->last_ns),
					sql_u64(f->count), sql_int(f->confidence), sql_text(f->why),
					value_of_bytes(f->body)));
}

static enum rc drop_finding(struct writing *w, const struct finding_row *f)
{
	w->rows++;
	return db_exec(w->s,
		       "DELETE FROM finding WHERE run = $1 AND threat = $2 AND class = $3"
		       " AND source = $4 AND target = $5",
		       VALUES(sql_int(w->run), sql_text(f->threat), sql_int(f->class),
			      value_of_bytes(f->source), value_of_bytes(f->target)));
}

static enum rc put_judgement(struct writing *w, const struct judgement_row *j)
{
	int64_t num = 0;
	enum rc rc = num_at(w->s, &j->at, j->last_ns, &num);

	if (rc == RC_OK)
		rc = touch(w->touched, num);
	w->rows++;
	return rc != RC_OK
		       ? rc
		       : db_exec(w->s,
				 "INSERT INTO judgement (run, addr, machine, verdict, confidence,"
				 " why, first_ns, last_ns) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
				 " ON CONFLICT (run, addr) DO UPDATE SET machine = "
				 "excluded.machine,"
				 " verdict = excluded.verdict, confidence = excluded.confidence,"
				 " why = excluded.why, first_ns = excluded.first_ns,"
				 " last_ns = excluded.last_ns",
				 VALUES(sql_int(w->run), value_of_bytes(j->addr), value_of_num(num),
					sql_int(j->verdict), sql_real(j->confidence),
					sql_text(j->why), sql_u64(j->first_ns),
					sql_u64(j->last_ns)));
}

static enum rc drop_judgement(struct writing *w, const struct judgement_row *j)
{
	w->rows++;
	return db_exec(w->s, "DELETE FROM judgement WHERE run = $1 AND addr = $2",
		       VALUES(sql_int(w->run), value_of_bytes(j->addr)));
}

static bool same_judgement(const struct judgement_row *a, const struct judgement_row *b)
{
	const struct sql_value x = sql_real(a->confidence), y = sql_real(b->confidence);

	return a->verdict == b->verdict && value_eq(&x, &y) && strcmp(a->why, b->why) == 0 &&
	       a->first_ns == b->first_ns && a->last_ns == b->last_ns;
}

static enum rc put_findings(struct writing *w, const struct run_rows *old,
			    const struct run_rows *now)
{
	enum rc rc = RC_OK;
	size_t i = 0, k = 0;

	while (rc == RC_OK && (i < old->n_findings || k < now->n_findings)) {
		int c = i == old->n_findings   ? 1
			: k == now->n_findings ? -1
					       : cmp_findings(&old->findings[i], &now->findings[k]);

		if (c <= 0)
			rc = touch(w->touched, old->findings[i].source_num);
		if (rc == RC_OK && c < 0)
			rc = drop_finding(w, &old->findings[i]);
		else if (rc == RC_OK &&
			 (c > 0 || !bytes_eq(old->findings[i].body, now->findings[k].body)))
			rc = put_finding(w, &now->findings[k]);
		i += c <= 0;
		k += c >= 0;
	}
	return rc;
}

static enum rc put_judgements(struct writing *w, const struct run_rows *old,
			      const struct run_rows *now)
{
	enum rc rc = RC_OK;
	size_t i = 0, k = 0;

	while (rc == RC_OK && (i < old->n_judgements || k < now->n_judgements)) {
		int c = i == old->n_judgements ? 1
			: k == now->n_judgements
				? -1
				: cmp_judgements(&old->judgements[i], &now->judgements[k]);
		bool differs = c != 0 || !same_judgement(&old->judgements[i], &now->judgements[k]);

		if (differs && c <= 0)
			rc = touch(w->touched, old->judgements[i].num);
		if (rc == RC_OK && differs)
			rc = c < 0 ? drop_judgement(w, &old->judgements[i])
				   : put_judgement(w, &now->judgements[k]);
		i += c <= 0;
		k += c >= 0;
	}
	return rc;
}

static size_t unique(void *list, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	char *at = list;
	size_t kept = 0;

	if (n == 0)
		return 0;
	qsort(list, n, size, cmp);
	for (size_t i = 1; i < n; i++) {
		if (cmp(at + kept * size, at + i * size) != 0 && ++kept != i)
			memcpy(at + kept * size, at + i * size, size);
	}
	return kept + 1;
}

enum rc run_write(struct store *s, struct run_rows *r, uint64_t *rows)
{
	struct writing w = {.s = s};
	struct run_rows old = {0};
	enum rc rc = map_new(MACHINES_MAX, sizeof(int64_t), 1, 0, &w.touched);

	if (rc == RC_OK)
		rc = arena_new(0, &old.arena);
	r->n_findings = unique(r->findings, r->n_findings, sizeof(*r->findings), cmp_findings);
	r->n_judgements =
		unique(r->judgements, r->n_judgements, sizeof(*r->judgements), cmp_judgements);
	if (rc == RC_OK)
		rc = put_source(&w, r);
	if (rc == RC_OK)
		rc = run_read_rows(s, w.run, &old);
	if (rc == RC_OK)
		rc = put_findings(&w, &old, r);
	if (rc == RC_OK)
		rc = put_judgements(&w, &old, r);
	if (rc == RC_OK)
		rc = sum_all(s, w.touched, &w.rows);
	map_free(w.touched);
	run_rows_done(&old);
	*rows += w.rows;
	return rc;
}

enum rc store_put_run(struct store *s, const struct store_run *run, uint64_t *ret_changed)
{
	struct run_rows r = {0};
	bool is_mine = false;
	uint64_t rows = 0;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write what was heard");
	rc = arena_new(0, &r.arena);
	if (rc == RC_OK)
		rc = run_rows_of(run, &r);
	if (rc == RC_OK)
		rc = run_write(s, &r, &rows);
	if (rc == RC_OK)
		rc = store_put_presence(s, run->id, run->presence, run->n_presence, &rows);
	run_rows_done(&r);
	rc = store_leave(s, is_mine, rc);
	if (rc == RC_OK && ret_changed != NULL)
		*ret_changed += rows;
	return rc;
}

/* --- findings follow the machines --- */

struct mention { /* of an address, in a finding or a verdict */
	int64_t run;
	struct finding_row f; /* its key; a verdict has none */
	uint64_t at_ns;
	int64_t num;
	size_t addr;
};

enum mention_kind { OF_SOURCE, OF_TARGET, OF_VERDICT };

struct following {
	struct store *s;
	const struct addr *addrs;
	struct arena *arena;
	struct map *touched;
	struct mention *list;
	size_t n, room;
	enum mention_kind kind;
	uint64_t rows;
};

static unsigned bind_addr(void *ctx, size_t i, struct sql_value *v)
{
	const struct following *f = ctx;

	v[0] = addr_bytes(&f->addrs[i]);
	return 1;
}

static enum rc take_mention(void *ctx, size_t i, struct sql_stmt *st)
{
	struct following *f = ctx;
	struct store *s = f->s;

	if (f->n == f->room) {
		size_t room = f->room == 0 ? 64 : f->room * 2;
		struct mention *list = realloc(f->list, room * sizeof(*list));

		if (list == NULL)
			return RC_NOMEM;
		f->list = list;
		f->room = room;
	}

	struct mention *m = &f->list[f->n++];

	*m = (struct mention){.run = db_int(s, st, 0),
			      .at_ns = db_u64(s, st, 1),
			      .num = db_int(s, st, 2),
			      .addr = i};
	if (f->kind == OF_VERDICT)
		return RC_OK;
	m->f = (struct finding_row){.threat = arena_strdup(f->arena, db_text(s, st, 3)),
				    .class = db_int(s, st, 4),
				    .source = keep(f->arena, db_column(st, s, 5)),
				    .target = keep(f->arena, db_column(st, s, 6))};
	return m->f.threat == NULL || m->f.source.at == NULL || m->f.target.at == NULL ? RC_NOMEM
										       : RC_OK;
}

static enum rc point(struct following *f, const struct mention *m, int64_t num)
{
	static const char *const texts[] = {
		[OF_SOURCE] =
			"UPDATE finding SET source_machine = $1 WHERE run = $2 AND threat = $3"
			" AND class = $4 AND source = $5 AND target = $6",
		[OF_TARGET] =
			"UPDATE finding SET target_machine = $1 WHERE run = $2 AND threat = $3"
			" AND class = $4 AND source = $5 AND target = $6",
	};
	enum rc rc = touch(f->touched, num);

	if (rc == RC_OK)
		rc = touch(f->touched, m->num);
	f->rows++;
	if (rc != RC_OK)
		return rc;
	if (f->kind == OF_VERDICT)
		return db_exec(
			f->s, "UPDATE judgement SET machine = $1 WHERE run = $2 AND addr = $3",
			VALUES(value_of_num(num), sql_int(m->run), addr_bytes(&f->addrs[m->addr])));
	return db_exec(f->s, texts[f->kind],
		       VALUES(value_of_num(num), sql_int(m->run), sql_text(m->f.threat),
			      sql_int(m->f.class), value_of_bytes(m->f.source),
			      value_of_bytes(m->f.target)));
}

static enum rc follow(struct following *f, enum mention_kind kind, size_t n_addrs)
{
	static const char *const texts[] = {
		[OF_SOURCE] = "SELECT run, first_ns, source_machine, threat, class, source, target"
			      " FROM finding WHERE source = $1",
		[OF_TARGET] = "SELECT run, first_ns, target_machine, threat, class, source, target"
			      " FROM finding WHERE target = $1",
		[OF_VERDICT] = "SELECT run, last_ns, machine FROM judgement WHERE addr = $1",
	};
	struct db_each e = {.text = texts[kind],
			    .n = n_addrs,
			    .bind = bind_addr,
			    .row = take_mention,
			    .ctx = f};
	enum rc rc;

	f->kind = kind;
	f->n = 0;
	rc = db_each(f->s, &e);
	for (size_t i = 0; i < f->n && rc == RC_OK; i++) {
		const struct mention *m = &f->list[i];
		int64_t num = 0;

		rc = num_at(f->s, &f->addrs[m->addr], m->at_ns, &num);
		/* A machine that was deleted has left NULL: its verdict is gone with it, but
		 * whoever takes over must be summed up. */
		if (rc == RC_OK && num != m->num)
			rc = point(f, m, num);
		else if (rc == RC_OK)
			rc = touch(f->touched, num);
	}
	return rc;
}

static int cmp_addrs(const void *a, const void *b)
{
	return addr_cmp(a, b);
}

enum rc runs_follow(struct store *s, const struct addr *addrs, size_t n, uint64_t *rows)
{
	struct following f = {.s = s};
	struct addr *list = malloc((n + 1) * sizeof(*list));
	enum rc rc = list == NULL ? RC_NOMEM : arena_new(0, &f.arena);

	if (rc == RC_OK)
		rc = map_new(MACHINES_MAX, sizeof(int64_t), 1, 0, &f.touched);
	if (rc == RC_OK) {
		if (n > 0)
			memcpy(list, addrs, n * sizeof(*list));
		n = unique(list, n, sizeof(*list), cmp_addrs);
		f.addrs = list;
	}
	for (unsigned kind = OF_SOURCE; kind <= OF_VERDICT && rc == RC_OK; kind++)
		rc = follow(&f, (enum mention_kind)kind, n);
	if (rc == RC_OK)
		rc = sum_all(s, f.touched, &f.rows);
	if (rc == RC_OK)
		rc = presence_follow(s, list, n, &f.rows);
	*rows += f.rows;
	map_free(f.touched);
	arena_free(f.arena);
	free(f.list);
	free(list);
	return rc;
}
