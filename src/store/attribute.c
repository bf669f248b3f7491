/* What the operator says of machines, what becomes of it in the list, and the audit of it. */
#include <stdio.h>
#include <stdlib.h>

#include "store/inside.h"

enum { TAGS_TEXT = 1024, IMPORTANCE_MAX = 5, VALUE_MAX = 1000 };

static const struct {
	const char *key;
	unsigned handle; /* 0: no text */
} keys[] = {
	{"place", HANDLE_PLACE}, {"owner", HANDLE_OWNER}, {"phone", HANDLE_PHONE},
	{"note", HANDLE_NOTE},   {"importance", 0},
};

enum { TEXTS = 4, IMPORTANCE = 4, KEYS = 5 };

struct effect { /* on the machine's row and handles */
	char *text[TEXTS];
	char tags[TAGS_TEXT];
	int64_t importance;
	struct handles handles;
};

static bool is_tag(const char *key)
{
	return strncmp(key, "tag:", 4) == 0;
}

static bool take_attribute(struct effect *e, const char *key, const char *value)
{
	static const struct handle t = {.sure = 100};
	size_t len = strlen(e->tags);

	if (value[0] == '\0')
		return true;
	if (is_tag(key)) {
		if (len + strlen(key + 4) + 2 < sizeof(e->tags)) {
			(void)snprintf(e->tags + len, sizeof(e->tags) - len, "%s%s",
				       len > 0 ? "," : "", key + 4);
		}
		handles_add(&e->handles, HANDLE_TAG, key + 4, &t);
		return true;
	}
	if (strcmp(key, keys[IMPORTANCE].key) == 0)
		e->importance = value[0] - '0';
	for (unsigned i = 0; i < TEXTS; i++) {
		if (strcmp(key, keys[i].key) == 0) {
			e->text[i] = arena_strdup(e->handles.arena, value);
			return e->text[i] != NULL;
		}
	}
	return true;
}

static enum rc read_effect(struct store *s, int64_t num, struct effect *e)
{
	static const struct handle t = {.sure = 100};
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = db_query(s,
			      "SELECT listed_place, listed_owner, listed_phone, listed_note"
			      " FROM machine WHERE num = $1",
			      VALUES(sql_int(num)), &st);

	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	for (unsigned i = 0; i < TEXTS && rc == RC_OK; i++) {
		e->text[i] = arena_strdup(e->handles.arena, row ? db_text(s, st, i) : "");
		rc = e->text[i] == NULL ? RC_NOMEM : RC_OK;
	}
	db_end(s, st);
	st = NULL;
	if (rc == RC_OK)
		rc = db_query(s, "SELECT key, value FROM attribute WHERE machine = $1 ORDER BY key",
			      VALUES(sql_int(num)), &st);
	while (rc == RC_OK && (rc = db_next(s, st, &row)) == RC_OK && row) {
		char key[HANDLE_TEXT];

		/* A text is borrowed until the next one is asked for in some backends. */
		(void)snprintf(key, sizeof(key), "%s", db_text(s, st, 0));
		if (!take_attribute(e, key, db_text(s, st, 1)))
			rc = RC_NOMEM;
	}
	db_end(s, st);
	for (unsigned i = 0; i < TEXTS && rc == RC_OK; i++)
		handles_add(&e->handles, keys[i].handle, e->text[i], &t);
	handles_tidy(&e->handles);
	return rc == RC_OK && e->handles.is_lacking ? RC_NOMEM : rc;
}

static enum rc write_row(struct store *s, int64_t num, const struct effect *e, uint64_t *rows)
{
	const struct sql_value v[] = {sql_int(num),          sql_text(e->text[0]),
				      sql_text(e->text[1]),  sql_text(e->text[2]),
				      sql_text(e->text[3]),  sql_text(e->tags),
				      sql_int(e->importance)};
	const unsigned n = sizeof(v) / sizeof(v[0]);
	int64_t is_same = 0;
	enum rc rc = db_number(s,
			       "SELECT 1 FROM machine WHERE num = $1 AND place = $2 AND owner = $3"
			       " AND phone = $4 AND note = $5 AND tags = $6 AND importance = $7",
			       v, n, &is_same);

	if (rc != RC_OK || is_same != 0)
		return rc;
	++*rows;
	return db_exec(
		s,
		"UPDATE machine SET place = $2, owner = $3, phone = $4, note = $5, tags = $6,"
		" importance = $7 WHERE num = $1",
		v, n);
}

static enum rc write_handles(struct store *s, int64_t num, const struct effect *e, uint64_t *rows)
{
	struct handles old = {.arena = e->handles.arena};
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = db_query(s,
			      "SELECT " HANDLE_COLUMNS " FROM handle WHERE machine = $1 AND"
			      " kind >= $2 ORDER BY kind, value, first_ns",
			      VALUES(sql_int(num), sql_int(HANDLE_OWNER)), &st);

	while (rc == RC_OK && (rc = db_next(s, st, &row)) == RC_OK && row)
		rc = handles_take(s, st, &old);
	db_end(s, st);
	if (rc == RC_OK)
		rc = handles_write(s, num, &old, &e->handles, rows, NULL, NULL);
	handles_done(&old);
	return rc;
}

enum rc attributes_apply(struct store *s, int64_t num, uint64_t *rows)
{
	struct effect *e = calloc(1, sizeof(*e));
	enum rc rc = e == NULL ? RC_NOMEM : arena_new(0, &e->handles.arena);

	if (rc == RC_OK)
		rc = read_effect(s, num, e);
	if (rc == RC_OK)
		rc = write_row(s, num, e, rows);
	if (rc == RC_OK)
		rc = write_handles(s, num, e, rows);
	if (e != NULL) {
		arena_free(e->handles.arena);
		handles_done(&e->handles);
	}
	free(e);
	return rc;
}

enum rc attributes_move(struct store *s, int64_t from, int64_t to)
{
	return db_exec(
		s,
		"INSERT INTO attribute (machine, key, value, who, at_ns)"
		" SELECT $2, key, value, who, at_ns FROM attribute WHERE machine = $1"
		" ON CONFLICT (machine, key) DO UPDATE SET value = excluded.value,"
		" who = excluded.who, at_ns = excluded.at_ns"
		" WHERE excluded.at_ns > attribute.at_ns OR (excluded.at_ns = attribute.at_ns"
		" AND excluded.value > attribute.value)",
		VALUES(sql_int(from), sql_int(to)));
}

/* --- set, tag --- */

struct word { /* of the operator, about one machine */
	const char *id, *key, *value;
	const char *act, *text; /* for the audit */
};

static enum rc old_value(struct store *s, int64_t num, const char *key, char *to, size_t cap)
{
	struct sql_stmt *st = NULL;
	bool row = false;
	enum rc rc = db_query(s, "SELECT value FROM attribute WHERE machine = $1 AND key = $2",
			      VALUES(sql_int(num), sql_text(key)), &st);

	if (rc == RC_OK)
		rc = db_next(s, st, &row);
	if (rc == RC_OK)
		(void)snprintf(to, cap, "%s", row ? db_text(s, st, 0) : "");
	db_end(s, st);
	return rc;
}

static enum rc say_it(struct store *s, const struct word *w, const struct audit_by *by)
{
	char old[VALUE_MAX + 1] = "", text[2 * VALUE_MAX + 64];
	uint64_t rows = 0;
	int64_t num = 0;
	enum rc rc = machine_num(s, w->id, &num);

	if (rc == RC_OK)
		rc = old_value(s, num, w->key, old, sizeof(old));
	if (rc != RC_OK || strcmp(old, w->value) == 0)
		return rc; /* said before: nothing to write */
	rc = db_exec(s,
		     "INSERT INTO attribute (machine, key, value, who, at_ns)"
		     " VALUES ($1, $2, $3, $4, $5)"
		     " ON CONFLICT (machine, key) DO UPDATE SET value = excluded.value,"
		     " who = excluded.who, at_ns = excluded.at_ns",
		     VALUES(sql_int(num), sql_text(w->key), sql_text(w->value), sql_text(by->who),
			    sql_u64(by->at_ns)));
	if (rc == RC_OK)
		rc = attributes_apply(s, num, &rows);
	if (w->text == NULL && old[0] != '\0')
		(void)snprintf(text, sizeof(text), "%s: \"%s\", was \"%s\"", w->key, w->value, old);
	else if (w->text == NULL)
		(void)snprintf(text, sizeof(text), "%s: \"%s\"", w->key, w->value);
	else
		(void)snprintf(text, sizeof(text), "%s", w->text);
	return rc != RC_OK ? rc : store_note(s, w->act, w->id, text, by);
}

static enum rc say(struct store *s, const struct word *w, const struct audit_by *by)
{
	bool is_mine = false;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write what you say of a machine");
	return store_leave(s, is_mine, say_it(s, w, by));
}

enum rc store_set(struct store *s, const char *id, const char *key, const char *value,
		  const struct audit_by *by)
{
	const struct word w = {.id = id, .key = key, .value = value, .act = "set"};
	bool is_known = false;

	for (unsigned i = 0; i < KEYS; i++)
		is_known = is_known || strcmp(key, keys[i].key) == 0;
	if (!is_known)
		return store_says(s, RC_INVAL,
				  "%s: not something to set: owner, place, phone, note or "
				  "importance",
				  key);
	if (strcmp(key, keys[IMPORTANCE].key) == 0 && value[0] != '\0' &&
	    (value[0] < '0' || value[0] > '0' + IMPORTANCE_MAX || value[1] != '\0'))
		return store_says(s, RC_INVAL, "importance: a number from 0 to %d, not \"%s\"",
				  IMPORTANCE_MAX, value);
	if (strlen(value) > VALUE_MAX)
		return store_says(s, RC_INVAL, "%s: at most %d bytes", key, VALUE_MAX);
	return say(s, &w, by);
}

enum rc store_tag(struct store *s, const char *id, const char *tag, bool is_on,
		  const struct audit_by *by)
{
	char key[HANDLE_TEXT] = "tag:";
	const struct word w = {.id = id,
			       .key = key,
			       .value = is_on ? "1" : "",
			       .act = is_on ? "tag" : "untag",
			       .text = key + 4};

	if (tag[0] == '\0' || strlen(tag) > 64)
		return store_says(s, RC_INVAL, "a tag has 1 to 64 bytes");
	for (const char *p = tag; *p != '\0'; p++) {
		if ((unsigned char)*p <= ' ' || *p == ',' || *p == 0x7f)
			return store_says(s, RC_INVAL,
					  "%s: a tag has no blanks, commas or control characters",
					  tag);
	}
	(void)text_fold(tag, key + 4, sizeof(key) - 4);
	return say(s, &w, by);
}

enum rc store_attributes(struct store *s, const char *id,
			 void (*row)(void *ctx, const struct store_attribute *a), void *ctx)
{
	struct sql_stmt *st = NULL;
	bool has = true;
	enum rc rc;

	store_try(s, "read what was said of a machine");
	rc = db_query(s,
		      "SELECT a.key, a.value, a.who, a.at_ns FROM attribute a"
		      " JOIN machine m ON m.num = a.machine"
		      " WHERE m.id = $1 AND a.value <> '' ORDER BY a.key",
		      VALUES(sql_text(id)), &st);
	while (rc == RC_OK && (rc = db_next(s, st, &has)) == RC_OK && has) {
		const char *key = db_text(s, st, 0);
		const struct store_attribute a = {.key = is_tag(key) ? "tag" : key,
						  .value =
							  is_tag(key) ? key + 4 : db_text(s, st, 1),
						  .who = db_text(s, st, 2),
						  .at_ns = db_u64(s, st, 3)};

		row(ctx, &a);
	}
	db_end(s, st);
	return rc;
}

/* --- merge, split, forget --- */

static enum rc decide(struct store *s, const struct decision *d, const struct audit_by *by)
{
	bool in_order = strcmp(d->a, d->b) <= 0;
	char text[2 * MACHINE_ID + 32];
	enum rc rc = db_exec(
		s,
		"INSERT INTO decision (a, b, is_same, at_ns, who) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (a, b) DO UPDATE SET is_same = excluded.is_same,"
		" at_ns = excluded.at_ns, who = excluded.who"
		" WHERE excluded.at_ns > decision.at_ns OR (excluded.at_ns = decision.at_ns"
		" AND excluded.is_same > decision.is_same)",
		VALUES(sql_text(in_order ? d->a : d->b), sql_text(in_order ? d->b : d->a),
		       sql_int(d->is_same), sql_u64(d->at_ns), sql_text(d->who)));

	(void)snprintf(text, sizeof(text), "%s %s %s", d->a, d->is_same ? "is" : "is not", d->b);
	if (rc == RC_OK && by != NULL)
		rc = store_note(s, d->is_same ? "merge" : "split", d->a, text, by);
	return rc;
}

enum rc store_decide(struct store *s, const struct decision *d, const struct audit_by *by)
{
	bool is_mine = false;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write a decision");
	return store_leave(s, is_mine, decide(s, d, by));
}

/* What of it lies elsewhere than in its own rows. */
static enum rc forget_traces(struct store *s, int64_t num, const char *id)
{
	enum rc rc = db_exec(s, "DELETE FROM judgement WHERE machine = $1", VALUES(sql_int(num)));

	if (rc == RC_OK)
		rc = db_exec(s, "DELETE FROM posture WHERE machine = $1", VALUES(sql_int(num)));
	if (rc == RC_OK) /* the hours that somebody works */
		rc = db_exec(s, "DELETE FROM presence WHERE machine = $1", VALUES(sql_int(num)));
	if (rc == RC_OK)
		rc = db_exec(s, "DELETE FROM decision WHERE a = $1 OR b = $1",
			     VALUES(sql_text(id)));
	/* Owners and phone numbers are in the audit's texts, too. */
	if (rc == RC_OK)
		rc = db_exec(s, "UPDATE audit SET text = '' WHERE machine = $1",
			     VALUES(sql_text(id)));
	return rc != RC_OK ? rc
			   : db_exec(s, "DELETE FROM machine WHERE num = $1", VALUES(sql_int(num)));
}

/* What it was found by is somebody else's now, or nobody's. */
static enum rc hand_over(struct store *s, const struct store_facts *f,
			 const struct posture_keys *names)
{
	struct posture_keys had = *names;
	struct addr *addrs = calloc(f->n_facts + 1, sizeof(*addrs));
	uint64_t rows = 0;
	enum rc rc = RC_OK;

	if (addrs == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < f->n_facts; i++)
		addrs[i] = f->facts[i].addr;
	had.addrs = addrs;
	had.n_addrs = f->n_facts;
	rc = runs_follow(s, addrs, f->n_facts, &rows);
	if (rc == RC_OK)
		rc = postures_follow(s, &had, &rows);
	free(addrs);
	return rc;
}

static enum rc forget(struct store *s, const char *id, const struct audit_by *by)
{
	struct store_facts *f = NULL;
	struct posture_keys had = {0};
	const char **names = NULL;
	int64_t num = 0;
	enum rc rc = machine_num(s, id, &num);

	if (rc == RC_OK)
		rc = facts_load(s, &num, 1, &f);
	if (rc == RC_OK)
		rc = names_of_machine(s, num, f->arena, &names, &had.n_names);
	had.names = names;
	if (rc == RC_OK)
		rc = forget_traces(s, num, id);
	if (rc == RC_OK)
		rc = hand_over(s, f, &had);
	if (rc == RC_OK)
		rc = store_note(s, "forget", id, "", by);
	store_facts_free(f);
	return rc;
}

enum rc store_forget(struct store *s, const char *id, const struct audit_by *by)
{
	bool is_mine = false;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "forget a machine");
	rc = store_leave(s, is_mine, forget(s, id, by));
	if (rc == RC_OK && is_mine && s->sql->backend->forget != NULL)
		s->sql->backend->forget(s->sql);
	return rc;
}

/* --- the audit --- */

enum rc store_note(struct store *s, const char *act, const char *id, const char *text,
		   const struct audit_by *by)
{
	bool is_mine = false;
	int64_t num = 0;
	enum rc rc = store_enter(s, &is_mine);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write the audit");
	rc = db_number(s, "SELECT max(num) FROM audit", NULL, 0, &num);
	if (rc == RC_OK)
		rc = db_exec(s,
			     "INSERT INTO audit (num, at_ns, who, act, machine, text)"
			     " VALUES ($1, $2, $3, $4, $5, $6)",
			     VALUES(sql_int(num + 1), sql_u64(by->at_ns), sql_text(by->who),
				    sql_text(act), sql_text(id), sql_text(text)));
	return store_leave(s, is_mine, rc);
}

enum rc store_audit(struct store *s, const char *id, size_t max,
		    bool (*row)(void *ctx, const struct store_audit *a), void *ctx)
{
	static const char of_one[] =
		"SELECT at_ns, who, act, machine, text FROM audit WHERE machine = $2"
		" ORDER BY at_ns DESC, num DESC LIMIT $1";
	static const char of_all[] = "SELECT at_ns, who, act, machine, text FROM audit"
				     " ORDER BY at_ns DESC, num DESC LIMIT $1";
	struct sql_stmt *st = NULL;
	bool has = true, goes_on = true;
	enum rc rc;

	store_try(s, "read the audit");
	rc = db_query(s, id != NULL ? of_one : of_all,
		      VALUES(sql_u64(max), sql_text(id != NULL ? id : "")), &st);
	while (rc == RC_OK && goes_on && (rc = db_next(s, st, &has)) == RC_OK && has) {
		const struct store_audit a = {.at_ns = db_u64(s, st, 0),
					      .who = db_text(s, st, 1),
					      .act = db_text(s, st, 2),
					      .machine = db_text(s, st, 3),
					      .text = db_text(s, st, 4)};

		goes_on = row(ctx, &a);
	}
	db_end(s, st);
	return rc;
}
