/* Whose facts went where. */
#include <stdlib.h>
#include <string.h>

#include "store/put.h"

struct fact_of { /* a fact, and whose it is now */
	const struct fact *f;
	size_t machine; /* place in struct machines */
	bool is_context;
};

struct owned {
	const struct machines *m;
	struct fact_of *list; /* by fact_cmp_key() */
	size_t n;
	bool *is_written; /* of each machine */
	size_t *job;      /* place among the jobs, of those */
};

void owned_free(struct owned *o)
{
	if (o == NULL)
		return;
	free(o->list);
	free(o->is_written);
	free(o->job);
	free(o);
}

static int cmp_facts_of(const void *a, const void *b)
{
	return fact_cmp_key(((const struct fact_of *)a)->f, ((const struct fact_of *)b)->f);
}

static enum rc owned_new(const struct machines *m, struct owned **ret_o)
{
	struct owned *o = calloc(1, sizeof(*o));
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->list[i].n_facts;
	if (o != NULL) {
		o->m = m;
		o->list = malloc((n + 1) * sizeof(*o->list));
		o->is_written = calloc(m->n + 1, sizeof(*o->is_written));
		o->job = calloc(m->n + 1, sizeof(*o->job));
	}
	if (o == NULL || o->list == NULL || o->is_written == NULL || o->job == NULL) {
		owned_free(o);
		return RC_NOMEM;
	}
	*ret_o = o;
	return RC_OK;
}

static void owned_fill(struct owned *o)
{
	for (size_t i = 0; i < o->m->n; i++) {
		for (size_t k = 0; k < o->m->list[i].n_facts; k++)
			o->list[o->n++] = (struct fact_of){o->m->list[i].facts[k], i, false};
	}
	if (o->n > 0)
		qsort(o->list, o->n, sizeof(*o->list), cmp_facts_of);
}

/* Who has it now: place in the list, or n. */
static size_t owner_of(const struct owned *o, const struct fact *f)
{
	size_t low = 0, high = o->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (fact_cmp_key(o->list[mid].f, f) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < o->n && fact_cmp_key(o->list[low].f, f) == 0; low++) {
		if (o->list[low].f->first_ns <= f->first_ns &&
		    o->list[low].f->last_ns >= f->last_ns)
			return low;
	}
	return o->n;
}

bool heir_of(struct put *p, const struct was_machine *was, size_t *ret_job)
{
	const struct owned *o = p->owned;
	size_t *votes = calloc(p->n + 1, sizeof(*votes));
	size_t best = p->n;

	if (votes == NULL)
		return false;
	if (p->owned->n == 0)
		owned_fill(p->owned);
	for (size_t i = 0; i < was->n; i++) {
		size_t at = owner_of(o, &p->was->facts[was->first + i]);

		if (at < o->n && o->is_written[o->list[at].machine])
			votes[o->job[o->list[at].machine]]++;
	}
	for (size_t i = 0; i < p->n; i++) {
		if (votes[i] > 0 && (best == p->n || votes[i] > votes[best]))
			best = i;
	}
	free(votes);
	*ret_job = best;
	return best < p->n;
}

/* A machine of the context that has lost a fact, or got one, is no context any more; nor are those
 * that took something from it. Returns whether there was one more. */
static bool spread(const struct put *p, struct owned *o)
{
	const struct store_was *was = p->was->was;
	bool grew = false;

	for (size_t i = 0; i < was->n; i++) {
		const struct was_machine *w = &was->list[i];
		bool is_touched = false;

		if (!w->is_context || !p->stays[i])
			continue;
		for (size_t k = 0; k < w->n && !is_touched; k++) {
			size_t at = owner_of(o, &p->was->facts[w->first + k]);

			is_touched = at == o->n || o->is_written[o->list[at].machine];
		}
		if (!is_touched)
			continue;
		grew = true;
		p->stays[i] = false;
		for (size_t k = 0; k < w->n; k++) {
			size_t at = owner_of(o, &p->was->facts[w->first + k]);

			if (at < o->n)
				o->is_written[o->list[at].machine] = true;
		}
	}
	return grew;
}

static void mark_written(const struct put *p, struct owned *o)
{
	const struct store_was *was = p->was->was;

	owned_fill(o);
	for (size_t i = 0; i < was->n; i++) {
		const struct was_machine *w = &was->list[i];

		p->stays[i] = w->is_context;
		for (size_t k = 0; w->is_context && k < w->n; k++) {
			size_t at = owner_of(o, &p->was->facts[w->first + k]);

			if (at < o->n)
				o->list[at].is_context = true;
		}
	}
	for (size_t i = 0; i < o->n; i++) {
		if (!o->list[i].is_context)
			o->is_written[o->list[i].machine] = true;
	}
	while (spread(p, o))
		;
}

static bool has_context(const struct store_was *was)
{
	for (size_t i = 0; i < was->n; i++) {
		if (was->list[i].is_context)
			return true;
	}
	return false;
}

enum rc store_settle(struct store *s, struct store_facts *was, const struct machines *m,
		     bool *ret_is_settled)
{
	struct put p = {.s = s, .was = was};
	enum rc rc;

	*ret_is_settled = true;
	if (!has_context(was->was))
		return RC_OK;
	store_try(s, "read the machines");
	rc = owned_new(m, &p.owned);
	p.stays = calloc(was->was->n, sizeof(*p.stays));
	if (rc == RC_OK && p.stays == NULL)
		rc = RC_NOMEM;
	if (rc == RC_OK)
		mark_written(&p, p.owned);
	for (size_t i = 0; i < was->was->n && rc == RC_OK; i++) {
		if (was->was->list[i].is_context && !p.stays[i]) {
			was->was->list[i].is_context = false;
			*ret_is_settled = false;
		}
	}
	if (rc == RC_OK && !*ret_is_settled)
		rc = facts_load_context(s, was);
	owned_free(p.owned);
	free(p.stays);
	return rc;
}

enum rc choose_jobs(struct put *p, const struct machines *m)
{
	const struct store_was *was = p->was->was;
	enum rc rc = owned_new(m, &p->owned);

	if (rc != RC_OK)
		return rc;
	p->stays = arena_alloc(p->arena, was->n + 1);
	p->jobs = arena_alloc(p->arena, m->n * sizeof(*p->jobs));
	if (p->stays == NULL || p->jobs == NULL)
		return RC_NOMEM;
	if (has_context(was))
		mark_written(p, p->owned);
	else
		memset(p->owned->is_written, true, m->n);
	for (size_t i = 0; i < m->n; i++) {
		if (!p->owned->is_written[i])
			continue;
		p->owned->job[i] = p->n;
		p->jobs[p->n++].m = &m->list[i];
	}
	return RC_OK;
}
