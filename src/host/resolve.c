#include "host/resolve.h"

#include <stdlib.h>

#include "base/hash.h"
#include "host/resolver.h"

struct texts { /* the last few texts that were copied: facts mostly repeat them */
	struct arena *arena;
	const char *from[8], *copy[8];
	unsigned next;
	bool failed;
};

static const char *keep_text(struct texts *t, const char *text)
{
	const char *copy;

	if (text[0] == '\0')
		return "";
	for (unsigned i = 0; i < 8; i++) {
		if (t->from[i] == text)
			return t->copy[i];
	}
	copy = arena_strdup(t->arena, text);
	if (copy == NULL) {
		t->failed = true;
		return "";
	}
	t->from[t->next % 8] = text;
	t->copy[t->next++ % 8] = copy;
	return copy;
}

static enum rc copy_facts(struct resolver *r)
{
	struct texts t = {.arena = r->arena};
	size_t n = r->in->n_facts;

	r->facts = arena_alloc(r->arena, (n + 1) * sizeof(*r->facts));
	if (r->facts == NULL)
		return RC_NOMEM;
	if (n > 0)
		memcpy(r->facts, r->in->facts, n * sizeof(*r->facts));
	r->n_facts = facts_tidy(r->facts, n);
	for (size_t i = 0; i < r->n_facts; i++) {
		struct fact *f = &r->facts[i];

		f->host = keep_text(&t, f->host);
		f->value = keep_text(&t, f->value);
		f->origin = keep_text(&t, f->origin);
		f->machine = keep_text(&t, f->machine);
	}
	r->names = arena_alloc(r->scratch, (r->n_facts + 1) * sizeof(*r->names));
	r->atom_of = arena_alloc(r->scratch, (r->n_facts + 1) * sizeof(*r->atom_of));
	if (t.failed || r->names == NULL || r->atom_of == NULL)
		return RC_NOMEM;
	return map_new(n + 1, sizeof(struct mac), sizeof(uint32_t), 0, &r->macs);
}

/* --- on how many machines a user was seen --- */

struct user_at { /* a key of a map: no padding */
	uint64_t user[2];
	uint64_t machine;
};

struct reaches {
	struct map *counts; /* uint64_t[2] to size_t */
	const struct user_reach *more;
};

static void user_key(const char *user, uint64_t key[2])
{
	char folded[256];
	size_t len = user_fold(user, folded, sizeof(folded));

	key[0] = hash_bytes(folded, len, 1);
	key[1] = hash_bytes(folded, len, 2);
}

static size_t machines_of(void *ctx, const char *user)
{
	const struct reaches *x = ctx;
	uint64_t key[2];
	const size_t *n;

	user_key(user, key);
	n = map_get(x->counts, key);

	size_t here = n == NULL ? 1 : *n;
	size_t there = x->more == NULL ? 0 : x->more->n_machines_of(x->more->ctx, user);

	return here + there;
}

static enum rc count_reach(const struct machines *m, struct map *counts, struct map *pairs)
{
	for (size_t i = 0; i < m->n; i++) {
		for (size_t k = 0; k < m->list[i].n_facts; k++) {
			const struct fact *f = m->list[i].facts[k];
			struct user_at at = {{0}, i};
			bool is_new = false;
			size_t *n;

			if (f->kind != FACT_USER)
				continue;
			user_key(f->value, at.user);
			if (map_put(pairs, &at, &is_new) == NULL)
				return RC_NOMEM;
			if (!is_new)
				continue;
			n = map_put(counts, at.user, &is_new);
			if (n == NULL)
				return RC_NOMEM;
			++*n;
		}
	}
	return RC_OK;
}

enum rc machines_rank_users(struct machines *m, const char *id, uint64_t at_ns,
			    const struct user_reach *more)
{
	struct map *pairs = NULL;
	struct reaches x = {.more = more};
	struct user_reach reach = {machines_of, &x};
	size_t n_facts = 0;
	enum rc rc;

	for (size_t i = 0; i < m->n; i++)
		n_facts += m->list[i].n_facts;
	rc = map_new(n_facts + 1, sizeof(struct user_at), 1, 0, &pairs);
	if (rc == RC_OK)
		rc = map_new(n_facts + 1, 2 * sizeof(uint64_t), sizeof(size_t), 0, &x.counts);
	if (rc == RC_OK)
		rc = count_reach(m, x.counts, pairs);
	for (size_t i = 0; rc == RC_OK && i < m->n; i++) {
		struct machine *one = &m->list[i];

		if (id == NULL || strcmp(one->id, id) == 0)
			rc = users_rank(one->facts, one->n_facts, at_ns, &reach, m->arena,
					&one->users, &one->n_users);
	}
	map_free(pairs);
	map_free(x.counts);
	return rc;
}

enum rc resolve(const struct resolve_input *in, struct machines **ret_machines)
{
	struct resolver r = {.in = in};
	struct machines *m = NULL;
	enum rc rc = arena_new(0, &r.arena);

	if (rc == RC_OK)
		rc = arena_new(0, &r.scratch);
	if (rc == RC_OK)
		rc = copy_facts(&r);
	if (rc == RC_OK)
		rc = steps_atoms(&r);
	if (rc == RC_OK)
		rc = steps_join(&r);
	if (rc == RC_OK)
		rc = steps_build(&r, &m);
	if (rc == RC_OK)
		rc = machines_rank_users(m, NULL, 0, in->reach);
	map_free(r.macs);
	arena_free(r.scratch);
	free(r.atoms);
	free(r.stays);
	free(r.calls);
	free(r.joints);
	if (rc != RC_OK) {
		arena_free(r.arena);
		return rc;
	}
	*ret_machines = m;
	return RC_OK;
}
