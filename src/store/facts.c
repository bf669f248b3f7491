#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/monotime.h"
#include "base/text.h"
#include "store/inside.h"

enum { MACHINES_MAX = 1 << 28 };

/* Who had an address longer ago than this says nothing about who has it: more than host/resolve.h
 * believes an owner to stay unseen. */
static const uint64_t NEAR_NS = 15 * UINT64_C(86400) * NS_PER_S;

struct loading {
	struct store *s;
	struct arena *arena;
	const int64_t *nums;
	struct was_machine *was; /* those of `nums` */
	struct fact *facts;
	int64_t *seq;
	size_t n, room;
	const char *origin, *host; /* of the last fact: the next one's are mostly the same */
};

void store_facts_free(struct store_facts *f)
{
	if (f == NULL)
		return;
	free((void *)(uintptr_t)f->facts);
	free(f->was->seq);
	map_free(f->was->nums);
	arena_free(f->arena); /* `f` lives in it, too */
}

static unsigned bind_num(void *ctx, size_t i, struct sql_value *v)
{
	const struct loading *l = ctx;

	v[0] = sql_int(l->nums[i]);
	return 1;
}

static enum rc take_id(void *ctx, size_t i, struct sql_stmt *st)
{
	struct loading *l = ctx;
	char id[MACHINE_ID];
	const char *text = db_text(l->s, st, 0);

	(void)text_from_utf8((struct bytes){(const uint8_t *)text, strlen(text)}, id, sizeof(id));
	l->was[i].id = arena_strdup(l->arena, id);
	return l->was[i].id == NULL ? RC_NOMEM : RC_OK;
}

/* As the last one, or a copy. */
static const char *keep_text(struct loading *l, const char *text, const char **last)
{
	if (text[0] == '\0')
		return "";
	if (last == NULL)
		return arena_strdup(l->arena, text);
	if (*last == NULL || strcmp(*last, text) != 0)
		*last = arena_strdup(l->arena, text);
	return *last;
}

static bool make_room(struct loading *l)
{
	if (l->n < l->room)
		return true;
	size_t room = l->room == 0 ? 256 : l->room * 2;
	struct fact *facts = realloc(l->facts, room * sizeof(*facts));

	if (facts == NULL)
		return false;
	l->facts = facts;
	int64_t *seq = realloc(l->seq, room * sizeof(*seq));

	if (seq == NULL)
		return false;
	l->seq = seq;
	l->room = room;
	return true;
}

static uint8_t small(int64_t n)
{
	return n < 0 || n > UINT8_MAX ? 0 : (uint8_t)n;
}

static enum rc take_fact(void *ctx, size_t i, struct sql_stmt *st)
{
	struct loading *l = ctx;
	struct store *s = l->s;
	struct was_machine *was = &l->was[i];

	if (!make_room(l))
		return RC_NOMEM;

	struct fact *f = &l->facts[l->n];

	*f = (struct fact){
		.kind = small(db_int(s, st, 1)),
		.source = small(db_int(s, st, 2)),
		.confidence = small(db_int(s, st, 3)),
		.is_ended = db_int(s, st, 4) != 0,
		.addr = db_addr(s, st, 6),
		.host = keep_text(l, db_text(s, st, 7), &l->host),
		.value = keep_text(l, db_text(s, st, 8), NULL),
		.origin = keep_text(l, db_text(s, st, 9), &l->origin),
		.machine = was->id,
		.first_ns = db_u64(s, st, 10),
		.last_ns = db_u64(s, st, 11),
		.until_ns = db_u64(s, st, 12),
		.count = db_u64(s, st, 13),
		.packet = db_u64(s, st, 14),
	};
	f->has_mac = db_mac(s, st, 5, &f->mac);
	if (f->host == NULL || f->value == NULL || f->origin == NULL)
		return RC_NOMEM;
	/* The file may be damaged, or somebody's: what cannot be is not told. */
	if (f->kind == 0 || f->kind >= FACT_KINDS || f->confidence == 0 || f->confidence > 100 ||
	    f->last_ns < f->first_ns)
		return store_says(s, RC_IO, "is damaged: a fact of %s makes no sense", was->id);
	if (was->n == 0)
		was->first = l->n;
	was->n++;
	l->seq[l->n++] = db_int(s, st, 0);
	return RC_OK;
}

static enum rc load_decisions(struct store *s, struct store_facts *to)
{
	struct sql_stmt *st = NULL;
	int64_t n = 0;
	bool row = true;
	enum rc rc = db_number(s, "SELECT count(*) FROM decision", NULL, 0, &n);

	if (rc != RC_OK || n <= 0)
		return rc;
	to->decisions = arena_alloc(to->arena, (size_t)n * sizeof(*to->decisions));
	if (to->decisions == NULL)
		return RC_NOMEM;
	rc = db_query(s, "SELECT a, b, is_same, at_ns, who FROM decision ORDER BY a, b", NULL, 0,
		      &st);
	while (rc == RC_OK && (rc = db_next(s, st, &row)) == RC_OK && row &&
	       to->n_decisions < (size_t)n) {
		struct decision d = {
			.a = arena_strdup(to->arena, db_text(s, st, 0)),
			.b = arena_strdup(to->arena, db_text(s, st, 1)),
			.is_same = db_int(s, st, 2) != 0,
			.at_ns = db_u64(s, st, 3),
			.who = arena_strdup(to->arena, db_text(s, st, 4)),
		};

		if (d.a == NULL || d.b == NULL || d.who == NULL)
			rc = RC_NOMEM;
		else
			to->decisions[to->n_decisions++] = d;
	}
	db_end(s, st);
	return rc;
}

/* Machines and facts behind those that are there already. */
static enum rc load_more(struct store *s, const int64_t *nums, size_t n, bool is_context,
			 struct store_facts *to)
{
	static const char ids[] = "SELECT id FROM machine WHERE num = $1";
	static const char facts[] =
		"SELECT seq, kind, source, confidence, is_ended, mac, addr, host, value, origin,"
		" first_ns, last_ns, until_ns, count, packet FROM fact WHERE machine = $1"
		" ORDER BY seq";
	struct store_was *was = to->was;
	struct was_machine *list = arena_alloc(to->arena, (was->n + n) * sizeof(*list));
	struct loading l = {.s = s,
			    .arena = to->arena,
			    .nums = nums,
			    .facts = (struct fact *)(uintptr_t)to->facts,
			    .seq = was->seq,
			    .n = to->n_facts,
			    .room = to->n_facts};
	struct db_each e = {.text = ids, .n = n, .bind = bind_num, .row = take_id, .ctx = &l};
	enum rc rc;

	if (list == NULL)
		return RC_NOMEM;
	if (was->n > 0)
		memcpy(list, was->list, was->n * sizeof(*list));
	l.was = list + was->n;
	rc = was->nums != NULL ? RC_OK : map_new(MACHINES_MAX, sizeof(int64_t), 1, 0, &was->nums);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		bool is_new;

		l.was[i] = (struct was_machine){.num = nums[i], .id = "", .is_context = is_context};
		rc = map_put(was->nums, &nums[i], &is_new) == NULL ? RC_NOMEM : RC_OK;
	}
	if (rc == RC_OK)
		rc = db_each(s, &e);
	e.text = facts;
	e.row = take_fact;
	if (rc == RC_OK)
		rc = db_each(s, &e);
	to->facts = l.facts;
	to->n_facts = l.n;
	was->list = list;
	was->n += n;
	was->seq = l.seq;
	return rc;
}

static enum rc facts_new(struct store_facts **ret_facts)
{
	struct arena *arena = NULL;
	struct store_facts *to;
	enum rc rc = arena_new(0, &arena);

	if (rc != RC_OK)
		return rc;
	to = arena_alloc(arena, sizeof(*to));
	if (to != NULL)
		to->was = arena_alloc(arena, sizeof(*to->was));
	if (to == NULL || to->was == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	to->arena = arena;
	*ret_facts = to;
	return RC_OK;
}

enum rc facts_load(struct store *s, const int64_t *nums, size_t n, struct store_facts **ret_facts)
{
	struct store_facts *to = NULL;
	enum rc rc = facts_new(&to);

	if (rc == RC_OK)
		rc = load_decisions(s, to);
	if (rc == RC_OK)
		rc = load_more(s, nums, n, false, to);
	if (rc != RC_OK)
		store_facts_free(to);
	else
		*ret_facts = to;
	return rc;
}

/* A set of machines that grows. */
struct nums {
	struct store *s;
	struct map *set;
	const struct handle *handles; /* that lead to them */
};

static enum rc nums_add(struct nums *n, int64_t num)
{
	bool is_new;

	return map_put(n->set, &num, &is_new) == NULL ? RC_NOMEM : RC_OK;
}

static int cmp_nums(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* Ascending; the caller frees it. NULL: no memory. */
static int64_t *nums_sorted(const struct nums *n)
{
	size_t len = map_len(n->set);
	int64_t *list = malloc((len + 1) * sizeof(*list));

	for (size_t i = 0; list != NULL && i < len; i++) {
		const void *key;

		(void)map_at(n->set, i, &key);
		memcpy(&list[i], key, sizeof(list[i]));
	}
	if (list != NULL && len > 0)
		qsort(list, len, sizeof(*list), cmp_nums);
	return list;
}

static unsigned bind_handle(void *ctx, size_t i, struct sql_value *v)
{
	const struct nums *n = ctx;

	const struct handle *h = &n->handles[i];
	bool passes_on = h->kind == HANDLE_ADDR; /* from one machine to another */

	v[0] = sql_int(h->kind);
	v[1] = sql_text(h->value);
	v[2] = sql_u64(!passes_on || h->first_ns < NEAR_NS ? 0 : h->first_ns - NEAR_NS);
	v[3] = sql_u64(!passes_on || h->until_ns > INT64_MAX - NEAR_NS ? UINT64_MAX
								       : h->until_ns + NEAR_NS);
	return 4;
}

static enum rc take_num(void *ctx, size_t i, struct sql_stmt *st)
{
	struct nums *n = ctx;

	(void)i;
	return nums_add(n, db_int(n->s, st, 0));
}

static enum rc add_by_handles(struct nums *n, struct handles *h)
{
	struct db_each e = {.text = "SELECT machine FROM handle WHERE kind = $1 AND value = $2"
				    " AND from_ns <= $4 AND until_ns >= $3",
			    .bind = bind_handle,
			    .row = take_num,
			    .ctx = n};

	handles_tidy(h);
	if (h->is_lacking)
		return RC_NOMEM;
	n->handles = h->list;
	e.n = h->n;
	return db_each(n->s, &e);
}

/* "mac:…", "ip:…", "name:…", or an id: what the operator's decisions speak of. */
static void add_key(struct handles *h, const char *key)
{
	const struct handle whenever = {.until_ns = UINT64_MAX};
	const char *slash = strrchr(key, '/');
	struct addr a;
	char text[2 * sizeof(a.b) + 1];

	handles_add(h, HANDLE_MACHINE, key, &whenever);
	if (strncmp(key, "mac:", 4) == 0)
		handles_add(h, HANDLE_MAC, key + 4, &whenever);
	else if (strncmp(key, "ip:", 3) == 0 && addr_parse(key + 3, &a) == RC_OK)
		handles_add(h, HANDLE_ADDR, handle_of_addr(&a, text), &whenever);
	else if (strncmp(key, "name:", 5) == 0)
		handles_add(h, HANDLE_NAME, slash != NULL ? slash + 1 : key + 5, &whenever);
}

static bool holds(const struct handles *h, const char *key, struct arena *arena)
{
	struct handles want = {.arena = arena};
	bool has = false;

	add_key(&want, key);
	for (size_t i = 0; i < want.n && !has; i++) {
		for (size_t j = 0; j < h->n && !has; j++)
			has = h->list[j].kind == want.list[i].kind &&
			      strcmp(h->list[j].value, want.list[i].value) == 0;
	}
	handles_done(&want);
	return has;
}

/* What the operator joined to one of these, or parted from it, belongs to the question. */
static void add_decided(struct handles *h, const struct store_facts *f)
{
	bool grew = true;

	while (grew) {
		grew = false;
		for (size_t i = 0; i < f->n_decisions; i++) {
			bool a = holds(h, f->decisions[i].a, h->arena);
			bool b = holds(h, f->decisions[i].b, h->arena);

			if (a != b) {
				add_key(h, a ? f->decisions[i].b : f->decisions[i].a);
				grew = true;
			}
		}
	}
}

/* Machines by these handles, and those that the operator has joined to them or parted from them. */
static enum rc related_nums(struct nums *n, struct handles *h, const struct store_facts *decided)
{
	enum rc rc = add_by_handles(n, h);

	if (rc == RC_OK && decided->n_decisions > 0) {
		add_decided(h, decided);
		rc = add_by_handles(n, h);
	}
	return rc;
}

/* Those that are not loaded, ascending; the caller frees the list. */
static enum rc without(const struct nums *n, const struct map *loaded, int64_t **ret_list,
		       size_t *ret_n)
{
	int64_t *list = nums_sorted(n);
	size_t kept = 0;

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < map_len(n->set); i++) {
		if (map_get(loaded, &list[i]) == NULL)
			list[kept++] = list[i];
	}
	*ret_list = list;
	*ret_n = kept;
	return RC_OK;
}

enum rc facts_load_context(struct store *s, struct store_facts *to)
{
	struct nums n = {.s = s};
	struct handles h = {0};
	int64_t *list = NULL;
	size_t n_list = 0;
	enum rc rc = arena_new(0, &h.arena);

	if (rc == RC_OK)
		rc = map_new(MACHINES_MAX, sizeof(int64_t), 1, 0, &n.set);
	for (size_t i = 0; i < to->was->n && rc == RC_OK; i++) {
		const struct was_machine *w = &to->was->list[i];

		for (size_t k = 0; !w->is_context && k < w->n; k++)
			handles_of_subject(&h, &to->facts[w->first + k]);
	}
	if (rc == RC_OK)
		rc = add_by_handles(&n, &h);
	if (rc == RC_OK)
		rc = without(&n, to->was->nums, &list, &n_list);
	if (rc == RC_OK && n_list > 0)
		rc = load_more(s, list, n_list, true, to);
	free(list);
	arena_free(h.arena);
	handles_done(&h);
	map_free(n.set);
	return rc;
}

/* The machines that the handles lead to, with their context. */
static enum rc load_related(struct nums *n, struct handles *h, struct store_facts **ret_facts)
{
	struct store_facts *to = NULL;
	int64_t *list = NULL;
	enum rc rc = facts_new(&to);

	if (rc == RC_OK)
		rc = load_decisions(n->s, to);
	if (rc == RC_OK)
		rc = related_nums(n, h, to);
	if (rc == RC_OK) {
		list = nums_sorted(n);
		rc = list == NULL ? RC_NOMEM : load_more(n->s, list, map_len(n->set), false, to);
	}
	if (rc == RC_OK)
		rc = facts_load_context(n->s, to);
	free(list);
	if (rc != RC_OK)
		store_facts_free(to);
	else
		*ret_facts = to;
	return rc;
}

static enum rc nums_new(struct store *s, struct nums *n, struct handles *h)
{
	enum rc rc = arena_new(0, &h->arena);

	store_try(s, "read the machines");
	n->s = s;
	return rc != RC_OK ? rc : map_new(MACHINES_MAX, sizeof(int64_t), 1, 0, &n->set);
}

enum rc store_related(struct store *s, const struct fact *keys, size_t n_keys,
		      struct store_facts **ret_facts)
{
	struct nums n = {0};
	struct handles h = {0};
	enum rc rc = nums_new(s, &n, &h);

	for (size_t i = 0; i < n_keys && rc == RC_OK; i++)
		handles_of_subject(&h, &keys[i]);
	if (rc == RC_OK)
		rc = load_related(&n, &h, ret_facts);
	arena_free(h.arena);
	handles_done(&h);
	map_free(n.set);
	return rc;
}

enum rc store_named(struct store *s, const char *const *keys, size_t n_keys,
		    struct store_facts **ret_facts)
{
	struct nums n = {0};
	struct handles h = {0};
	enum rc rc = nums_new(s, &n, &h);

	for (size_t i = 0; i < n_keys && rc == RC_OK; i++) {
		map_clear(n.set);
		h.n = 0;
		add_key(&h, keys[i]);
		rc = add_by_handles(&n, &h);
		if (rc == RC_OK && map_len(n.set) == 0)
			rc = store_says(s, RC_END, "no machine is known by %s", keys[i]);
	}
	for (size_t i = 0; i < n_keys && rc == RC_OK; i++)
		add_key(&h, keys[i]);
	if (rc == RC_OK)
		rc = load_related(&n, &h, ret_facts);
	arena_free(h.arena);
	handles_done(&h);
	map_free(n.set);
	return rc;
}

enum rc machine_num(struct store *s, const char *id, int64_t *ret_num)
{
	int64_t num = 0;
	enum rc rc =
		db_number(s, "SELECT num FROM machine WHERE id = $1", VALUES(sql_text(id)), &num);

	if (rc == RC_OK && num == 0)
		return store_says(s, RC_END, "there is no machine %s", id);
	if (rc == RC_OK)
		*ret_num = num;
	return rc;
}

static enum rc all_nums(struct nums *n)
{
	struct sql_stmt *st = NULL;
	bool row = true;
	enum rc rc = db_query(n->s, "SELECT num FROM machine", NULL, 0, &st);

	while (rc == RC_OK && (rc = db_next(n->s, st, &row)) == RC_OK && row)
		rc = nums_add(n, db_int(n->s, st, 0));
	return rc;
}

static enum rc load_nums(const struct nums *n, struct store_facts **ret_facts)
{
	int64_t *list = nums_sorted(n);
	enum rc rc = list == NULL ? RC_NOMEM : facts_load(n->s, list, map_len(n->set), ret_facts);

	free(list);
	return rc;
}

enum rc store_facts_of(struct store *s, const char *const *ids, size_t n,
		       struct store_facts **ret_facts)
{
	struct nums set = {.s = s};
	int64_t num = 0;
	enum rc rc = map_new(MACHINES_MAX, sizeof(int64_t), 1, 0, &set.set);

	store_try(s, "read the machines");
	if (rc == RC_OK && n == 0)
		rc = all_nums(&set);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		rc = machine_num(s, ids[i], &num);
		if (rc == RC_OK)
			rc = nums_add(&set, num);
	}
	if (rc == RC_OK)
		rc = load_nums(&set, ret_facts);
	map_free(set.set);
	return rc;
}
