#include "app/record_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* What makes a fact the same one when it is told again. */
static uint64_t key_of(const struct fact *f)
{
	struct {
		uint64_t first_ns, host, value;
		struct addr addr;
		struct mac mac;
		uint8_t kind, source;
	} k;

	memset(&k, 0, sizeof(k)); /* padding is hashed, too */
	k.first_ns = f->first_ns;
	k.host = hash_bytes(f->host, strlen(f->host), 1);
	k.value = hash_bytes(f->value, strlen(f->value), 2);
	k.addr = f->addr;
	if (f->has_mac)
		k.mac = f->mac;
	k.kind = f->kind;
	k.source = f->source;
	return hash_bytes(&k, sizeof(k), f->has_mac);
}

static uint64_t state_of(const struct fact *f)
{
	const uint64_t s[] = {f->last_ns, f->until_ns, f->count,
			      f->packet,  f->is_ended, f->confidence};

	return hash_bytes(s, sizeof(s), 0);
}

static bool copy_fact(struct arena *a, const struct fact *f, struct fact *to)
{
	*to = *f;
	to->host = arena_strdup(a, f->host);
	to->value = arena_strdup(a, f->value);
	to->origin = arena_strdup(a, f->origin);
	to->machine = "";
	return to->host != NULL && to->value != NULL && to->origin != NULL;
}

static bool is_stored(const struct map *stored, const struct record_mark *m)
{
	const uint64_t *state = map_get(stored, &m->key);

	return state != NULL && *state == m->state;
}

/* In two passes: mostly little has changed, and the arena shall be as small. */
static enum rc take_new(struct record_batch *b, const struct fact *facts, size_t n,
			const struct map *stored)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct record_mark m = {key_of(&facts[i]), state_of(&facts[i])};

		b->n += !is_stored(stored, &m);
	}
	b->facts = arena_alloc(b->arena, b->n * sizeof(*b->facts));
	b->marks = arena_alloc(b->arena, b->n * sizeof(*b->marks));
	if (b->facts == NULL || b->marks == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < n && kept < b->n; i++) {
		struct record_mark m = {key_of(&facts[i]), state_of(&facts[i])};

		if (is_stored(stored, &m))
			continue;
		if (!copy_fact(b->arena, &facts[i], &b->facts[kept]))
			return RC_NOMEM;
		b->marks[kept++] = m;
	}
	return RC_OK;
}

enum rc record_batch_new(const struct fact *facts, size_t n, const struct map *stored,
			 struct record_batch **ret_b)
{
	struct record_batch *b = calloc(1, sizeof(*b));
	enum rc rc = b == NULL ? RC_NOMEM : arena_new(0, &b->arena);

	if (rc == RC_OK)
		rc = take_new(b, facts, n, stored);
	if (rc != RC_OK) {
		record_batch_free(b);
		return rc;
	}
	*ret_b = b;
	return RC_OK;
}

void record_batch_free(struct record_batch *b)
{
	if (b == NULL)
		return;
	arena_free(b->arena);
	free(b);
}

bool record_batch_is_stored(const struct record_batch *b, struct map *stored)
{
	bool fits = true;

	for (size_t i = 0; i < b->n; i++) {
		bool is_new = false;
		uint64_t *state = map_put(stored, &b->marks[i].key, &is_new);

		if (state != NULL)
			*state = b->marks[i].state;
		else
			fits = false;
	}
	return fits;
}

/* --- the run --- */

static bool copy_findings(struct record_batch *b, const struct outbreak *o)
{
	struct finding *all = arena_alloc(b->arena, o->n_findings * sizeof(*all));
	const struct finding **list =
		arena_alloc(b->arena, o->n_findings * sizeof(const struct finding *));

	if (all == NULL || list == NULL)
		return false;
	for (size_t i = 0; i < o->n_findings; i++) {
		all[i] = *o->findings[i];
		list[i] = &all[i];
	}
	b->outbreak->findings = list;
	return true;
}

static const char **copy_texts(struct arena *a, const char *const *from, size_t n)
{
	const char **to = arena_alloc(a, (n + 1) * sizeof(*to));

	for (size_t i = 0; i < n && to != NULL; i++) {
		to[i] = arena_strdup(a, from[i]);
		if (to[i] == NULL)
			return NULL;
	}
	return to;
}

static bool copy_threats(struct arena *a, struct host *h)
{
	struct host_threat *to = arena_alloc(a, h->n_threats * sizeof(*to));

	if (to == NULL)
		return false;
	for (size_t i = 0; i < h->n_threats; i++) {
		const struct host_threat *from = &h->threats[i];

		to[i] = *from;
		to[i].targets = arena_alloc(a, from->n_targets * sizeof(*to[i].targets));
		if (to[i].targets == NULL)
			return false;
		if (from->n_targets > 0)
			memcpy(to[i].targets, from->targets,
			       from->n_targets * sizeof(*from->targets));
	}
	h->threats = to;
	return true;
}

static bool copy_addrs(struct arena *a, struct host *h)
{
	struct addr *to = arena_alloc(a, h->n_addrs * sizeof(*to));

	if (to == NULL)
		return false;
	if (h->n_addrs > 0)
		memcpy(to, h->addrs, h->n_addrs * sizeof(*to));
	h->addrs = to;
	/* The store knows machines better than one run does. */
	h->machine = NULL;
	h->notes = NULL;
	h->n_notes = 0;
	return true;
}

/* Those that nothing is to be said of are not stored with the run: they come as facts. */
static bool copy_hosts(struct record_batch *b, const struct outbreak *o)
{
	struct host *to = NULL;
	size_t n = 0;

	for (size_t i = 0; i < o->n_hosts; i++)
		n += o->hosts[i].verdict != VERDICT_NO_EVIDENCE;
	to = arena_alloc(b->arena, n * sizeof(*to));
	b->outbreak->hosts = to;
	b->outbreak->n_hosts = n;
	for (size_t i = 0; i < o->n_hosts && to != NULL; i++) {
		if (o->hosts[i].verdict == VERDICT_NO_EVIDENCE)
			continue;
		*to = o->hosts[i];
		to->why = copy_texts(b->arena, to->why, to->n_why);
		if (to->why == NULL || !copy_threats(b->arena, to) || !copy_addrs(b->arena, to))
			return false;
		to++;
	}
	return to != NULL;
}

static bool copy_source(struct record_batch *b, const struct source_info *from)
{
	struct source_info *to = &b->outbreak->source;

	to->names = copy_texts(b->arena, from->names, from->n_names);
	to->own = NULL;
	to->n_own = 0;
	if (from->first_seq != NULL) {
		uint64_t *seq = arena_alloc(b->arena, from->n_names * sizeof(*seq));

		if (seq == NULL)
			return false;
		memcpy(seq, from->first_seq, from->n_names * sizeof(*seq));
		to->first_seq = seq;
	}
	if (from->note != NULL)
		to->note = arena_strdup(b->arena, from->note);
	return to->names != NULL && (from->note == NULL || to->note != NULL);
}

enum rc record_batch_add_run(struct record_batch *b, const struct outbreak *o, const char *id,
			     const char *sensor)
{
	b->outbreak = arena_alloc(b->arena, sizeof(*b->outbreak));
	if (b->outbreak == NULL)
		return RC_NOMEM;
	*b->outbreak = *o;
	b->outbreak->arena = NULL;
	b->outbreak->machines = NULL;
	b->outbreak->tree = NULL;
	if (!copy_source(b, &o->source) || !copy_findings(b, o) || !copy_hosts(b, o))
		return RC_NOMEM;
	b->run.sensor = arena_strdup(b->arena, sensor);
	if (b->run.sensor == NULL)
		return RC_NOMEM;
	if (id != NULL)
		(void)snprintf(b->run.id, sizeof(b->run.id), "%s", id);
	else
		run_id_of(&o->source, b->run.id);
	b->run.outbreak = b->outbreak;
	b->has_run = true;
	return RC_OK;
}

/* How many packets and bytes came, and when the first and the last, to the nanosecond: no two
 * captures of a network have that in common. It is so of a file as of a pipe, packed or not, and
 * needs no second reading. */
void run_id_of(const struct source_info *s, char id[64])
{
	const uint64_t what[] = {s->packets, s->bytes, s->first_ns, s->last_ns};

	(void)snprintf(id, 64, "file-%016llx%016llx",
		       (unsigned long long)hash_bytes(what, sizeof(what), 1),
		       (unsigned long long)hash_bytes(what, sizeof(what), 2));
}
