/*
 * Machines as they were resolved, into the store: what is there already stays untouched, to the
 * row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "store/put.h"

#define COLUMN_NAMES                                                                               \
	"id, name, fqdn, domain, username, os, vendor, listed_place, listed_owner, listed_phone,"  \
	" listed_note, addr, mac, n_addrs, n_macs, flags, first_ns, last_ns, user_probability,"    \
	" confidence, os_confidence"

static const uint64_t DAY_NS = 86400 * NS_PER_S;

/* The latest word of a list or of the wire about it; of the same time the surer, then the lesser.
 */
static const char *best_of(const struct machine *m, unsigned kind)
{
	const struct fact *best = NULL;

	for (size_t i = 0; i < m->n_facts; i++) {
		const struct fact *f = m->facts[i];

		if (f->kind != kind || f->value[0] == '\0')
			continue;
		if (best == NULL || f->last_ns > best->last_ns ||
		    (f->last_ns == best->last_ns &&
		     (f->confidence > best->confidence ||
		      (f->confidence == best->confidence && strcmp(f->value, best->value) < 0))))
			best = f;
	}
	return best == NULL ? "" : best->value;
}

/* The address to show: the latest; of about the same time one that can be reached from elsewhere,
 * and IPv4, which people know by heart. */
static const struct machine_addr *shown_addr(const struct machine *m)
{
	const struct machine_addr *best = NULL;
	unsigned best_rank = 0;

	for (size_t i = 0; i < m->n_addrs; i++) {
		const struct machine_addr *a = &m->addrs[i];
		unsigned rank =
			(addr_is_v4(&a->addr) ? 1u : 0) + (addr_is_link_local(&a->addr) ? 0 : 2u);
		if (best == NULL || (rank > best_rank && a->last_ns + DAY_NS >= best->last_ns)) {
			best = a;
			best_rank = rank;
		}
	}
	return best;
}

static const struct machine_mac *shown_mac(const struct machine *m, const struct machine_addr *a)
{
	const struct machine_mac *best = NULL;

	for (size_t i = 0; i < m->n_macs; i++) {
		if (a != NULL && a->has_mac && mac_eq(&a->mac, &m->macs[i].mac))
			return &m->macs[i];
		if (best == NULL || m->macs[i].last_ns > best->last_ns)
			best = &m->macs[i];
	}
	return best;
}

static void row_of(const struct machine *m, struct row *to)
{
	const struct machine_addr *a = shown_addr(m);
	const struct machine_mac *mac = shown_mac(m, a);

	*to = (struct row){
		.v = {
			[C_ID] = sql_text(m->id),
			[C_NAME] = sql_text(m->name),
			[C_FQDN] = sql_text(m->fqdn),
			[C_DOMAIN] = sql_text(m->domain),
			[C_USER] = sql_text(m->n_users > 0 ? m->users[0].user : ""),
			[C_OS] = sql_text(m->os),
			[C_VENDOR] = sql_text(m->vendor),
			[C_PLACE] = sql_text(m->place),
			[C_OWNER] = sql_text(m->owner),
			[C_PHONE] = sql_text(best_of(m, FACT_PHONE)),
			[C_NOTE] = sql_text(best_of(m, FACT_NOTE)),
			[C_ADDR] = a == NULL ? sql_none() : value_of_addr(&a->addr),
			[C_MAC] = mac == NULL ? sql_none() : value_of_mac(&mac->mac, true),
			[C_ADDRS] = sql_u64(m->n_addrs),
			[C_MACS] = sql_u64(m->n_macs),
			[C_FLAGS] = sql_int(m->flags),
			[C_FIRST] = sql_u64(m->first_ns),
			[C_LAST] = sql_u64(m->last_ns),
			[C_USER_P] = sql_real(m->n_users > 0 ? m->users[0].probability : 0),
			[C_CONFIDENCE] = sql_real(m->confidence),
			[C_OS_P] = sql_real(m->os_confidence),
		}};
}

/* --- what is there --- */

static unsigned bind_num(void *ctx, size_t i, struct sql_value *v)
{
	const struct put *p = ctx;

	v[0] = sql_int(p->jobs[i].num);
	v[1] = sql_int(HANDLE_OWNER);
	return 2;
}

static enum rc take_row(void *ctx, size_t i, struct sql_stmt *st)
{
	struct put *p = ctx;

	for (unsigned c = 0; c < COLUMNS; c++) {
		struct sql_value v = db_column(st, p->s, c);

		if (!value_keep(p->arena, &v, &p->jobs[i].old.v[c]))
			return RC_NOMEM;
	}
	return RC_OK;
}

static enum rc take_handle(void *ctx, size_t i, struct sql_stmt *st)
{
	struct put *p = ctx;

	p->jobs[i].handles.arena = p->arena;
	return handles_take(p->s, st, &p->jobs[i].handles);
}

static enum rc read_old(struct put *p)
{
	struct db_each e = {.text = "SELECT " COLUMN_NAMES " FROM machine WHERE num = $1",
			    .n = p->n,
			    .bind = bind_num,
			    .row = take_row,
			    .ctx = p};
	enum rc rc = db_each(p->s, &e);

	if (rc != RC_OK)
		return rc;
	e.text = "SELECT " HANDLE_COLUMNS " FROM handle WHERE machine = $1 AND kind < $2"
		 " ORDER BY kind, value, first_ns";
	e.row = take_handle;
	return db_each(p->s, &e);
}

/* --- facts --- */

static int cmp_by_pointer(const void *a, const void *b)
{
	const struct fact *x, *y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return fact_cmp(x, y);
}

static enum rc rewrite_fact(struct put *p, int64_t num, int64_t seq, const struct fact *f)
{
	static const char update[] =
		"UPDATE fact SET kind = $3, source = $4, confidence = $5, is_ended = $6, mac = $7,"
		" addr = $8, host = $9, value = $10, origin = $11, first_ns = $12, last_ns = $13,"
		" until_ns = $14, count = $15, packet = $16 WHERE machine = $1 AND seq = $2";

	return db_exec(p->s, update,
		       VALUES(sql_int(num), sql_int(seq), sql_int(f->kind), sql_int(f->source),
			      sql_int(f->confidence), sql_int(f->is_ended),
			      value_of_mac(&f->mac, f->has_mac), value_of_addr(&f->addr),
			      sql_text(f->host), sql_text(f->value), sql_text(f->origin),
			      sql_u64(f->first_ns), sql_u64(f->last_ns), sql_u64(f->until_ns),
			      sql_u64(f->count), sql_u64(f->packet)));
}

static enum rc delete_fact(struct put *p, int64_t num, int64_t seq)
{
	p->sum.rows++;
	return db_exec(p->s, "DELETE FROM fact WHERE machine = $1 AND seq = $2",
		       VALUES(sql_int(num), sql_int(seq)));
}

/* Numbers of old facts that the machine no longer has, to be taken by new ones. */
struct freed {
	int64_t *seq;
	size_t n, used;
	int64_t next;
};

static int64_t seq_of(const struct put *p, const struct fact *f)
{
	return p->was->was->seq[f - p->was->facts];
}

/* Walks old and new side by side; `write` false: only collects what is freed. */
static enum rc walk_facts(struct put *p, struct job *j, const struct fact **old, size_t n_old,
			  struct freed *freed, bool write)
{
	enum rc rc = RC_OK;
	size_t i = 0, k = 0;

	while (rc == RC_OK && (i < n_old || k < j->m->n_facts)) {
		int c = i == n_old ? 1 : k == j->m->n_facts ? -1 : fact_cmp(old[i], j->m->facts[k]);

		if (c < 0 && !write)
			freed->seq[freed->n++] = seq_of(p, old[i]);
		if (c > 0 && write) {
			bool is_new = freed->used == freed->n;
			int64_t seq = is_new ? freed->next++ : freed->seq[freed->used++];

			j->has_changed = true;
			p->sum.rows++;
			rc = is_new ? late_fact(p->s, j->num, seq, j->m->facts[k])
				    : rewrite_fact(p, j->num, seq, j->m->facts[k]);
		}
		i += c <= 0;
		k += c >= 0;
	}
	return rc;
}

static enum rc put_facts(struct put *p, struct job *j)
{
	size_t n = j->was == NULL ? 0 : j->was->n;
	const struct fact **old = malloc((n + 1) * sizeof(*old));
	struct freed freed = {.seq = malloc((n + 1) * sizeof(*freed.seq))};
	enum rc rc = old == NULL || freed.seq == NULL ? RC_NOMEM : RC_OK;

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		old[i] = &p->was->facts[j->was->first + i];
		if (seq_of(p, old[i]) >= freed.next)
			freed.next = seq_of(p, old[i]) + 1;
	}
	if (rc == RC_OK && n > 0)
		qsort(old, n, sizeof(*old), cmp_by_pointer);
	if (rc == RC_OK)
		rc = walk_facts(p, j, old, n, &freed, false);
	if (rc == RC_OK)
		rc = walk_facts(p, j, old, n, &freed, true);
	for (; rc == RC_OK && freed.used < freed.n; freed.used++) {
		j->has_changed = true;
		rc = delete_fact(p, j->num, freed.seq[freed.used]);
	}
	free(old);
	free(freed.seq);
	return rc;
}

/* --- handles --- */

static bool note_addr(struct put *p, const struct addr *a)
{
	if (p->s->has_runs == 0 && p->s->has_postures == 0)
		return true;
	if (p->n_addrs == p->room) {
		size_t room = p->room == 0 ? 64 : p->room * 2;
		struct addr *addrs = realloc(p->addrs, room * sizeof(*addrs));

		if (addrs == NULL)
			return false;
		p->addrs = addrs;
		p->room = room;
	}
	p->addrs[p->n_addrs++] = *a;
	return true;
}

/* `name` is in the arena. */
static bool note_name(struct put *p, const char *name)
{
	if (p->n_names == p->names_room) {
		size_t room = p->names_room == 0 ? 64 : p->names_room * 2;
		const char **names = realloc((void *)p->names, room * sizeof(*names));

		if (names == NULL)
			return false;
		p->names = names;
		p->names_room = room;
	}
	p->names[p->n_names++] = name;
	return name != NULL;
}

static enum rc changed_hands(void *ctx, const struct handle *h)
{
	struct put *p = ctx;
	struct addr a = {{0}};
	bool is_noted = true;

	if (h->kind == HANDLE_ADDR)
		is_noted = addr_of_handle(h->value, &a) && note_addr(p, &a);
	else if (h->kind == HANDLE_NAME && p->s->has_postures != 0)
		is_noted = note_name(p, arena_strdup(p->arena, h->value));
	return is_noted ? RC_OK : RC_NOMEM;
}

/* Addresses it has now, as far as we know: those of its last day. */
static void handles_of_now(struct handles *to, const struct machine *m)
{
	const struct machine_addr *shown = shown_addr(m);
	const struct handle t = {.sure = 1};
	char text[ADDR_TEXT];

	if (shown == NULL)
		return; /* it has none */
	handles_add(to, HANDLE_SHOWN, addr_format(&shown->addr, text), &t);
	for (size_t i = 0; i < m->n_addrs; i++) {
		if (m->addrs[i].last_ns + DAY_NS >= m->last_ns)
			handles_add(to, HANDLE_NOW, handle_of_addr(&m->addrs[i].addr, text), &t);
	}
}

static enum rc put_handles(struct put *p, struct job *j, struct handles *now)
{
	now->n = 0;
	handles_of_machine(now, j->m);
	handles_of_now(now, j->m);
	handles_tidy(now);
	if (now->is_lacking)
		return RC_NOMEM;
	return handles_write(p->s, j->num, &j->handles, now, &p->sum.rows, changed_hands, p);
}

/* --- rows of machines --- */

static enum rc write_row(struct put *p, struct job *j, const struct row *row)
{
	static const char insert[] =
		"INSERT INTO machine (" COLUMN_NAMES ", num, place, owner, phone, note)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
		" $17, $18, $19, $20, $21, $22, $8, $9, $10, $11)";
	static const char update[] =
		"UPDATE machine SET id = $1, name = $2, fqdn = $3, domain = $4, username = $5,"
		" os = $6, vendor = $7, listed_place = $8, listed_owner = $9, listed_phone = $10,"
		" listed_note = $11, addr = $12, mac = $13, n_addrs = $14, n_macs = $15,"
		" flags = $16, first_ns = $17, last_ns = $18, user_probability = $19,"
		" confidence = $20, os_confidence = $21 WHERE num = $22";
	struct sql_value v[COLUMNS + 1];

	memcpy(v, row->v, sizeof(row->v));
	v[COLUMNS] = sql_int(j->num);
	p->sum.rows++;
	return db_exec(p->s, j->was == NULL ? insert : update, v, COLUMNS + 1);
}

static enum rc put_row(struct put *p, struct job *j)
{
	struct row row;

	row_of(j->m, &row);
	if (j->was != NULL) {
		unsigned c = 0;

		while (c < COLUMNS && value_eq(&row.v[c], &j->old.v[c]))
			c++;
		if (c == COLUMNS)
			return RC_OK;
	}
	return write_row(p, j, &row);
}

static bool says_attributes(const struct machine *m)
{
	return m->place[0] != '\0' || m->owner[0] != '\0' || best_of(m, FACT_PHONE)[0] != '\0' ||
	       best_of(m, FACT_NOTE)[0] != '\0';
}

static enum rc put_machine(struct put *p, struct job *j, struct handles *now)
{
	uint64_t before = p->sum.rows;
	enum rc rc = put_row(p, j);

	if (rc == RC_OK)
		rc = put_facts(p, j);
	if (rc == RC_OK)
		rc = put_handles(p, j, now);
	j->wants_attributes = (p->sum.rows > before || p->s->has_attributes != 0) &&
			      (j->was != NULL || says_attributes(j->m));
	p->sum.machines_new += j->was == NULL;
	p->sum.machines_changed += j->was != NULL && j->has_changed;
	return rc;
}

/* --- who is who --- */

static int cmp_ids(const void *a, const void *b)
{
	const struct was_machine *x, *y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return strcmp(x->id, y->id);
}

/* By id. */
static enum rc sort_was(struct put *p)
{
	const struct store_was *was = p->was->was;

	p->by_id = arena_alloc(p->arena, (was->n + 1) * sizeof(*p->by_id));
	if (p->by_id == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < was->n; i++)
		p->by_id[i] = &was->list[i];
	if (was->n > 0)
		qsort(p->by_id, was->n, sizeof(*p->by_id), cmp_ids);
	return RC_OK;
}

static const struct was_machine *was_of(const struct put *p, const char *id)
{
	size_t low = 0, high = p->was->was->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(p->by_id[mid]->id, id);

		if (c == 0)
			return p->by_id[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static unsigned bind_id(void *ctx, size_t i, struct sql_value *v)
{
	const struct put *p = ctx;

	v[0] = sql_text(p->jobs[i].m->id);
	return 1;
}

static enum rc take_taken(void *ctx, size_t i, struct sql_stmt *st)
{
	struct put *p = ctx;

	(void)st;
	p->jobs[i].is_taken = p->jobs[i].was == NULL;
	return RC_OK;
}

/* A machine that was never seen together with these has that id: this one is told apart. */
static enum rc rename_taken(struct put *p, struct job *j)
{
	struct machine *copy = arena_alloc(p->arena, sizeof(*copy));
	size_t len = strnlen(j->m->id, MACHINE_ID - 8);
	int64_t n = 1;

	if (copy == NULL)
		return RC_NOMEM;
	*copy = *j->m;
	for (unsigned k = 2; n != 0 && k < 1000; k++) {
		n = 0;
		(void)snprintf(copy->id + len, MACHINE_ID - len, "~%u", k);
		enum rc rc = db_number(p->s, "SELECT num FROM machine WHERE id = $1",
				       VALUES(sql_text(copy->id)), &n);

		if (rc != RC_OK)
			return rc;
	}
	j->m = copy;
	return RC_OK;
}

static enum rc check_ids(struct put *p)
{
	struct db_each e = {.text = "SELECT num FROM machine WHERE id = $1",
			    .n = p->n,
			    .bind = bind_id,
			    .row = take_taken,
			    .ctx = p};
	enum rc rc = db_each(p->s, &e);

	for (size_t i = 0; i < p->n && rc == RC_OK; i++) {
		if (p->jobs[i].is_taken)
			rc = rename_taken(p, &p->jobs[i]);
	}
	return rc;
}

static enum rc assign(struct put *p)
{
	struct store *s = p->s;
	enum rc rc = sort_was(p);

	if (rc == RC_OK && s->next_num == 0) {
		rc = db_number(s, "SELECT max(num) FROM machine", NULL, 0, &s->next_num);
		s->next_num++;
	}
	for (size_t i = 0; i < p->n && rc == RC_OK; i++) {
		struct job *j = &p->jobs[i];

		j->was = was_of(p, j->m->id);
		j->num = j->was != NULL ? j->was->num : s->next_num++;
		if (j->was != NULL)
			p->stays[j->was - p->was->was->list] = true;
	}
	return rc == RC_OK ? check_ids(p) : rc;
}

/* --- machines that are no more --- */

/* What it could be found by will be somebody else's. */
static enum rc note_all(struct put *p, const struct was_machine *was)
{
	const char **names = NULL;
	size_t n = 0;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < was->n; i++) {
		if (!note_addr(p, &p->was->facts[was->first + i].addr))
			return RC_NOMEM;
	}
	if (p->s->has_postures != 0)
		rc = names_of_machine(p->s, was->num, p->arena, &names, &n);
	for (size_t i = 0; i < n && rc == RC_OK; i++)
		rc = note_name(p, names[i]) ? RC_OK : RC_NOMEM;
	return rc;
}

static enum rc vanish(struct put *p, const struct was_machine *was)
{
	enum rc rc = note_all(p, was);
	size_t heir = 0;

	if (rc == RC_OK && (p->s->has_attributes != 0 || p->s->has_members != 0) &&
	    heir_of(p, was, &heir)) {
		rc = attributes_move(p->s, was->num, p->jobs[heir].num);
		if (rc == RC_OK)
			rc = members_move(p->s, was->num, p->jobs[heir].num);
		if (rc == RC_OK)
			rc = attributes_apply(p->s, p->jobs[heir].num, &p->sum.rows);
	}
	p->sum.rows++;
	p->sum.machines_changed++;
	return rc != RC_OK ? rc
			   : db_exec(p->s, "DELETE FROM machine WHERE num = $1",
				     VALUES(sql_int(was->num)));
}

static enum rc vanish_all(struct put *p)
{
	const struct store_was *was = p->was->was;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < was->n && rc == RC_OK; i++) {
		if (!p->stays[i])
			rc = vanish(p, &was->list[i]);
	}
	return rc;
}

static enum rc look_what_there_is(struct store *s)
{
	int64_t any = 0;
	enum rc rc = RC_OK;

	if (s->has_runs < 0) {
		rc = db_number(s, "SELECT 1 FROM run LIMIT 1", NULL, 0, &any);
		s->has_runs = any != 0;
	}
	any = 0;
	if (rc == RC_OK && s->has_postures < 0) {
		rc = db_number(s, "SELECT 1 FROM posture LIMIT 1", NULL, 0, &any);
		s->has_postures = any != 0;
	}
	any = 0;
	if (rc == RC_OK && s->has_attributes < 0) {
		rc = db_number(s, "SELECT 1 FROM attribute LIMIT 1", NULL, 0, &any);
		s->has_attributes = any != 0;
	}
	any = 0;
	if (rc == RC_OK && s->has_members < 0) {
		rc = db_number(s, "SELECT 1 FROM member LIMIT 1", NULL, 0, &any);
		s->has_members = any != 0;
	}
	return rc;
}

static enum rc put_jobs(struct put *p)
{
	struct handles now = {0};
	enum rc rc = arena_new(0, &now.arena);

	if (rc == RC_OK)
		rc = late_begin(p->s, p->n);
	for (size_t i = 0; i < p->n && rc == RC_OK; i++) {
		rc = put_machine(p, &p->jobs[i], &now);
		arena_reset(now.arena);
	}
	arena_free(now.arena);
	handles_done(&now);
	if (rc == RC_OK)
		rc = late_end(p->s);
	late_drop(p->s);
	for (size_t i = 0; i < p->n && rc == RC_OK; i++) {
		if (p->jobs[i].wants_attributes)
			rc = attributes_apply(p->s, p->jobs[i].num, &p->sum.rows);
	}
	return rc;
}

static enum rc put_all(struct put *p, const struct machines *m)
{
	enum rc rc = look_what_there_is(p->s);

	if (rc == RC_OK)
		rc = choose_jobs(p, m);
	if (rc == RC_OK)
		rc = assign(p);
	if (rc == RC_OK)
		rc = read_old(p);
	if (rc == RC_OK)
		rc = put_jobs(p);
	if (rc == RC_OK)
		rc = vanish_all(p);
	if (rc == RC_OK && p->n_addrs > 0 && p->s->has_runs != 0)
		rc = runs_follow(p->s, p->addrs, p->n_addrs, &p->sum.rows);
	if (rc == RC_OK && p->s->has_postures != 0) {
		const struct posture_keys keys = {p->addrs, p->n_addrs, p->names, p->n_names};

		rc = postures_follow(p->s, &keys, &p->sum.rows);
	}
	return rc;
}

enum rc store_put_machines(struct store *s, const struct store_facts *was, const struct machines *m,
			   struct store_changes *sum)
{
	struct put p = {.s = s, .was = was};
	enum rc rc = arena_new(0, &p.arena);

	if (rc != RC_OK)
		return rc;
	store_try(s, "write the machines");
	rc = put_all(&p, m);
	for (size_t i = 0; i < p.n; i++)
		handles_done(&p.jobs[i].handles);
	owned_free(p.owned);
	free(p.addrs);
	free((void *)p.names);
	arena_free(p.arena);
	if (rc == RC_OK && sum != NULL) {
		sum->rows += p.sum.rows;
		sum->machines_new += p.sum.machines_new;
		sum->machines_changed += p.sum.machines_changed;
		sum->facts_new += p.sum.facts_new;
	}
	return rc;
}
