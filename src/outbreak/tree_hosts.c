/* The tree of a report: its hosts are the nodes. */
#include "base/map.h"
#include "outbreak/tree.h"
#include "outbreak/who.h"

static struct who who_of(const struct outbreak *o, const struct host *h)
{
	struct who who;

	if (h->machine != NULL && o->machines != NULL)
		return who_is(o->machines, h->machine);
	memset(&who, 0, sizeof(who)); /* a key of a map */
	who.addr = h->seen.addr;
	return who;
}

static enum rc places(const struct outbreak *o, struct map *at)
{
	for (size_t i = 0; i < o->n_hosts && i < TREE_NOBODY; i++) {
		struct who who = who_of(o, &o->hosts[i]);
		bool is_new = false;
		uint32_t *place = map_put(at, &who, &is_new);

		if (place == NULL)
			return RC_NOMEM;
		if (is_new)
			*place = (uint32_t)i;
	}
	return RC_OK;
}

static uint32_t place_of(const struct outbreak *o, const struct map *at, const struct addr *a,
			 uint64_t at_ns)
{
	struct who who = who_at(o->machines, a, at_ns);
	const uint32_t *place = map_get(at, &who);

	return place == NULL ? TREE_NOBODY : *place;
}

/* What the operator ordered, and what only asks, infects nobody. */
static bool may_infect(const struct outbreak *o, uint32_t node)
{
	return node != TREE_NOBODY && o->hosts[node].verdict > VERDICT_SCANNER;
}

static size_t deeds_of(const struct outbreak *o, const struct map *at, struct tree_deed *deeds)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_findings; i++) {
		const struct finding *f = o->findings[i];
		uint32_t source = place_of(o, at, &f->source, f->first_ns), target = TREE_NOBODY;

		if (!may_infect(o, source))
			continue;
		if (f->has_target)
			target = place_of(o, at, &f->target, f->first_ns);
		deeds[n++] = (struct tree_deed){source, target, f};
	}
	return n;
}

enum rc tree_of_outbreak(const struct outbreak *o, struct tree **ret_tree)
{
	struct tree_input in = {.n_nodes = (uint32_t)o->n_hosts};
	struct tree_deed *deeds = NULL;
	struct arena *scratch = NULL;
	struct map *at = NULL;
	enum rc rc = arena_new(0, &scratch);

	if (rc != RC_OK)
		return rc;
	deeds = arena_alloc(scratch, o->n_findings * sizeof(*deeds));
	rc = deeds == NULL ? RC_NOMEM
			   : map_new(o->n_hosts + 1, sizeof(struct who), sizeof(uint32_t), 0, &at);
	if (rc == RC_OK)
		rc = places(o, at);
	if (rc == RC_OK) {
		in.deeds = deeds;
		in.n_deeds = deeds_of(o, at, deeds);
		rc = tree_build(&in, ret_tree);
	}
	map_free(at);
	arena_free(scratch);
	return rc;
}
