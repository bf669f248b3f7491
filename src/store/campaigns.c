/* Campaigns, their files and waves, and the journal, to which lines are only ever added. */
#include <stdlib.h>

#include "store/campaigns.h"
#include "store/inside.h"

enum rc campaign_num(struct store *s, const char *id, int64_t *ret_num)
{
	*ret_num = 0;
	enum rc rc = db_number(s, "SELECT num FROM campaign WHERE id = $1", VALUES(sql_text(id)),
			       ret_num);

	if (rc == RC_OK && *ret_num == 0 && s->sql->backend != &sql_null)
		return store_says(s, RC_END, "there is no campaign %s", id);
	return rc;
}

/* --- campaigns and their files --- */

static enum rc put_head(struct store *s, const struct campaign *c, int64_t *ret_num)
{
	static const char insert[] =
		"INSERT INTO campaign (id, weakness, patch, strategy, state, made_ns, stop_failed,"
		" num) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
	static const char update[] =
		"UPDATE campaign SET weakness = $2, patch = $3, strategy = $4, state = $5,"
		" made_ns = $6, stop_failed = $7 WHERE id = $1";
	struct sql_value v[] = {sql_text(c->id),
				sql_text(c->weakness),
				sql_text(c->patch),
				sql_text(c->strategy),
				sql_text(c->state),
				sql_u64(c->made_ns),
				sql_real(share_of(c->stop_failed)),
				sql_none()};
	int64_t num = 0;
	enum rc rc = db_number(s, "SELECT num FROM campaign WHERE id = $1", v, 1, &num);

	*ret_num = num;
	if (rc != RC_OK)
		return rc;
	if (num != 0)
		return db_exec(s, update, v, 7);
	rc = db_number(s, "SELECT max(num) FROM campaign", NULL, 0, &num);
	*ret_num = num + 1;
	v[7] = sql_int(num + 1);
	return rc != RC_OK ? rc : db_exec(s, insert, v, 8);
}

static enum rc put_campaign(struct store *s, const struct campaign *c)
{
	int64_t num = 0;
	enum rc rc = put_head(s, c, &num);

	if (rc == RC_OK)
		rc = db_exec(s, "DELETE FROM campaign_file WHERE campaign = $1",
			     VALUES(sql_int(num)));
	for (size_t i = 0; i < c->n_files && rc == RC_OK; i++) {
		const struct campaign_file *f = &c->files[i];

		rc = db_exec(s,
			     "INSERT INTO campaign_file (campaign, num, role, path, sha256, signer,"
			     " args, os) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			     VALUES(sql_int(num), sql_u64(i + 1), sql_text(f->role),
				    sql_text(f->path), sql_text(f->sha256), sql_text(f->signer),
				    sql_text(f->args), sql_text(f->os)));
	}
	return rc;
}

enum rc store_put_campaign(struct store *s, const struct campaign *c)
{
	bool is_mine = false;
	enum rc rc;

	if (c->id[0] == '\0')
		return store_says(s, RC_INVAL, "a campaign has an id");
	rc = store_enter(s, &is_mine);
	if (rc != RC_OK)
		return rc;
	store_try(s, "write a campaign");
	return store_leave(s, is_mine, put_campaign(s, c));
}

struct listing { /* of campaigns */
	struct store *s;
	struct arena *arena;
	struct campaign *list;
	int64_t *nums;
	size_t n, room;
};

static const char *keep(struct listing *l, struct sql_stmt *st, unsigned i)
{
	return arena_strdup(l->arena, db_text(l->s, st, i));
}

static enum rc take_campaign(struct listing *l, struct sql_stmt *st)
{
	struct campaign *c;

	if (l->n == l->room)
		return RC_END;
	l->nums[l->n] = db_int(l->s, st, 0);
	c = &l->list[l->n++];
	*c = (struct campaign){.id = keep(l, st, 1),
			       .weakness = keep(l, st, 2),
			       .patch = keep(l, st, 3),
			       .strategy = keep(l, st, 4),
			       .state = keep(l, st, 5),
			       .made_ns = db_u64(l->s, st, 6),
			       .stop_failed = share_of(db_real(l->s, st, 7))};
	return c->id != NULL && c->weakness != NULL && c->patch != NULL && c->strategy != NULL &&
			       c->state != NULL
		       ? RC_OK
		       : RC_NOMEM;
}

static enum rc list_campaigns(struct listing *l, const char *id)
{
	static const char all[] =
		"SELECT num, id, weakness, patch, strategy, state, made_ns, stop_failed"
		" FROM campaign ORDER BY made_ns DESC, num DESC";
	static const char one[] = "SELECT num, id, weakness, patch, strategy, state, made_ns,"
				  " stop_failed FROM campaign WHERE id = $1";
	struct sql_stmt *st = NULL;
	int64_t n = 0;
	bool row = true;
	enum rc rc = db_number(l->s, "SELECT count(*) FROM campaign", NULL, 0, &n);

	if (rc != RC_OK)
		return rc;
	l->list = arena_alloc(l->arena, ((size_t)n + 1) * sizeof(*l->list));
	l->nums = arena_alloc(l->arena, ((size_t)n + 1) * sizeof(*l->nums));
	if (l->list == NULL || l->nums == NULL)
		return RC_NOMEM;
	l->room = (size_t)n;
	rc = db_query(l->s, id != NULL ? one : all, VALUES(sql_text(id != NULL ? id : "")), &st);
	while (rc == RC_OK && (rc = db_next(l->s, st, &row)) == RC_OK && row)
		rc = take_campaign(l, st);
	db_end(l->s, st);
	if (rc == RC_END) /* one more than were counted a moment ago */
		rc = RC_OK;
	if (rc == RC_OK && id != NULL && l->n == 0)
		return store_says(l->s, RC_END, "there is no campaign %s", id);
	return rc;
}

static enum rc list_files(struct listing *l, size_t i)
{
	struct sql_stmt *st = NULL;
	struct campaign_file *files;
	int64_t n = 0;
	size_t k = 0;
	bool row = true;
	const struct sql_value v = sql_int(l->nums[i]);
	enum rc rc = db_number(l->s, "SELECT count(*) FROM campaign_file WHERE campaign = $1", &v,
			       1, &n);

	if (rc != RC_OK)
		return rc;
	files = arena_alloc(l->arena, ((size_t)n + 1) * sizeof(*files));
	if (files == NULL)
		return RC_NOMEM;
	rc = db_query(l->s,
		      "SELECT role, path, sha256, signer, args, os FROM campaign_file"
		      " WHERE campaign = $1 ORDER BY num",
		      &v, 1, &st);
	while (rc == RC_OK && k < (size_t)n && (rc = db_next(l->s, st, &row)) == RC_OK && row) {
		struct campaign_file *f = &files[k++];

		*f = (struct campaign_file){.role = keep(l, st, 0),
					    .path = keep(l, st, 1),
					    .sha256 = keep(l, st, 2),
					    .signer = keep(l, st, 3),
					    .args = keep(l, st, 4),
					    .os = keep(l, st, 5)};
		if (f->role == NULL || f->path == NULL || f->sha256 == NULL || f->signer == NULL ||
		    f->args == NULL || f->os == NULL)
			rc = RC_NOMEM;
	}
	db_end(l->s, st);
	l->list[i].files = files;
	l->list[i].n_files = k;
	return rc;
}

enum rc store_campaigns(struct store *s, const char *id,
			bool (*row)(void *ctx, const struct campaign *c), void *ctx)
{
	struct listing l = {.s = s};
	bool goes_on = true;
	enum rc rc = arena_new(0, &l.arena);

	if (rc != RC_OK)
		return rc;
	store_try(s, "read the campaigns");
	rc = list_campaigns(&l, id);
	for (size_t i = 0; i < l.n && rc == RC_OK && goes_on; i++) {
		rc = list_files(&l, i);
		if (rc == RC_OK)
			goes_on = row(ctx, &l.list[i]);
	}
	arena_free(l.arena);
	return rc;
}

/* --- waves --- */

static enum rc put_wave(struct store *s, const char *campaign, const struct wave *w)
{
	int64_t num = 0;
	enum rc rc = campaign_num(s, campaign, &num);

	if (rc != RC_OK)
		return rc;
	return db_exec(s,
		       "INSERT INTO wave (campaign, num, name, state, gate_patched, gate_failed,"
		       " opened_ns) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		       " ON CONFLICT (campaign, num) DO UPDATE SET name = excluded.name,"
		       " state = excluded.state, gate_patched = excluded.gate_patched,"
		       " gate_failed = excluded.gate_failed, opened_ns = excluded.opened_ns",
		       VALUES(sql_int(num), sql_int(w->num), sql_text(w->name), sql_int(w->state),
			      sql_real(share_of(w->gate_patched)),
			      sql_real(share_of(w->gate_failed)), sql_u64(w->opened_ns)));
}

enum rc store_put_wave(struct store *s, const char *campaign, const struct wave *w)
{
	bool is_mine = false;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write a wave");
	return store_leave(s, is_mine, put_wave(s, campaign, w));
}

enum rc store_waves(struct store *s, const char *campaign,
		    bool (*row)(void *ctx, const struct wave *w), void *ctx)
{
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	int64_t num = 0;
	enum rc rc;

	store_try(s, "read the waves");
	rc = campaign_num(s, campaign, &num);
	if (rc == RC_OK)
		rc = db_query(s,
			      "SELECT num, name, state, gate_patched, gate_failed, opened_ns"
			      " FROM wave WHERE campaign = $1 ORDER BY num",
			      VALUES(sql_int(num)), &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		const int64_t n = db_int(s, st, 0), state = db_int(s, st, 2);
		const struct wave w = {.num = (uint32_t)n,
				       .name = db_text(s, st, 1),
				       .state = (enum wave_state)state,
				       .gate_patched = share_of(db_real(s, st, 3)),
				       .gate_failed = share_of(db_real(s, st, 4)),
				       .opened_ns = db_u64(s, st, 5)};

		if (n < 1 || n > UINT32_MAX || state < 0 || state >= WAVE_STATES)
			rc = store_says(s, RC_IO, "is damaged: a wave of %s makes no sense",
					campaign);
		else
			goes_on = row(ctx, &w);
	}
	db_end(s, st);
	return rc;
}

/* --- the journal --- */

static enum rc last_line(struct store *s, struct journal_line *line)
{
	struct sql_stmt *st = NULL;
	bool row = false;
	enum rc rc = db_query(s, "SELECT num, hash FROM journal ORDER BY num DESC LIMIT 1", NULL, 0,
			      &st);

	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	line->num = 1;
	memset(line->prev, 0, sizeof(line->prev));
	if (rc == RC_OK && row) {
		struct bytes hash = db_column(st, s, 1).b;

		line->num = db_u64(s, st, 0) + 1;
		/* A line whose hash is no hash is found by whoever verifies. */
		if (db_column(st, s, 1).type == SQL_BLOB && hash.len == sizeof(line->prev))
			memcpy(line->prev, hash.at, sizeof(line->prev));
	}
	db_end(s, st);
	return rc;
}

static enum rc add_line(struct store *s, struct journal_line *line,
			void (*seal)(struct journal_line *line))
{
	enum rc rc = last_line(s, line);

	if (rc != RC_OK)
		return rc;
	seal(line);
	return db_exec(s,
		       "INSERT INTO journal (num, at_ns, campaign, who, act, machine, text, prev,"
		       " hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		       VALUES(sql_u64(line->num), sql_u64(line->at_ns), sql_text(line->campaign),
			      sql_text(line->who), sql_text(line->act), sql_text(line->machine),
			      sql_text(line->text), sql_blob(line->prev, sizeof(line->prev)),
			      sql_blob(line->hash, sizeof(line->hash))));
}

enum rc store_journal_add(struct store *s, struct journal_line *line,
			  void (*seal)(struct journal_line *line))
{
	bool is_mine = false;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write the journal");
	return store_leave(s, is_mine, add_line(s, line, seal));
}

/* Anything but 32 bytes becomes zeros, which fit no line. */
static void take_hash(const struct store *s, struct sql_stmt *st, unsigned i,
		      uint8_t to[JOURNAL_HASH])
{
	struct sql_value v = db_column(st, s, i);

	if (v.type == SQL_BLOB && v.b.len == JOURNAL_HASH)
		memcpy(to, v.b.at, JOURNAL_HASH);
}

enum rc store_journal(struct store *s, const char *campaign,
		      bool (*row)(void *ctx, const struct journal_line *l), void *ctx)
{
	static const char all[] = "SELECT num, at_ns, campaign, who, act, machine, text, prev, hash"
				  " FROM journal ORDER BY num";
	static const char of_one[] =
		"SELECT num, at_ns, campaign, who, act, machine, text, prev, hash"
		" FROM journal WHERE campaign = $1 ORDER BY num";
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	enum rc rc;

	store_try(s, "read the journal");
	rc = db_query(s, campaign != NULL ? of_one : all,
		      VALUES(sql_text(campaign != NULL ? campaign : "")), &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		struct journal_line l = {.num = db_u64(s, st, 0),
					 .at_ns = db_u64(s, st, 1),
					 .campaign = db_text(s, st, 2),
					 .who = db_text(s, st, 3),
					 .act = db_text(s, st, 4),
					 .machine = db_text(s, st, 5),
					 .text = db_text(s, st, 6)};

		take_hash(s, st, 7, l.prev);
		take_hash(s, st, 8, l.hash);
		goes_on = row(ctx, &l);
	}
	db_end(s, st);
	return rc;
}
