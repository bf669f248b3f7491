/* The tree played again with a control on: who would not have been infected? */
#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "outbreak/tree.h"
#include "threat/catalogue.h"

static const struct {
	const char *name, *text;
} controls[CONTROLS] = {
	[CONTROL_PATCH] = {"patch",
			   "the patches of the weaknesses that were used had been on every "
			   "machine"},
	[CONTROL_SEGMENT] = {"segmentation",
			     "no SMB or RPC had been let through between machines of different "
			     "networks"},
	[CONTROL_CLIENTS] = {"client-firewall",
			     "no SMB or RPC had been let through between machines at all, but to "
			     "servers"},
	[CONTROL_QUARANTINE] = {"quarantine",
				"each attacker had been cut off soon after its first deed"},
	[CONTROL_PASSWORDS] = {"passwords", "no password had been weak, and no administrator's the "
					    "same on several machines"},
};

const char *tree_control_name(enum tree_control c)
{
	return (unsigned)c < CONTROLS ? controls[c].name : "unknown";
}

const char *tree_control_text(enum tree_control c)
{
	return (unsigned)c < CONTROLS ? controls[c].text : "";
}

struct play {
	const struct tree_replay *in;
	const struct tree_edge **edges; /* by the target's first deed: who infects comes first */
	uint64_t *acted_ns;             /* of each node */
	double *infected;               /* of each node: chance that it is, all the same */
};

static bool is_over_smb(const struct threat *t)
{
	return t != NULL &&
	       (strstr(t->ports, "445/tcp") != NULL || strstr(t->ports, "139/tcp") != NULL ||
		strstr(t->ports, "135/tcp") != NULL);
}

/* In different networks, as far as an address tells: /24 of IPv4, /64 of IPv6. */
static bool is_elsewhere(const struct addr *a, const struct addr *b)
{
	size_t same = 0, wanted = addr_is_v4(a) ? 15 : 8;

	if (addr_is_zero(a) || addr_is_zero(b))
		return false;
	while (same < wanted && a->b[same] == b->b[same])
		same++;
	return same < wanted;
}

static bool cuts(const struct play *p, enum tree_control c, const struct tree_edge *e,
		 uint32_t from)
{
	const struct threat *t = threat_find(e->threat);
	const struct addr *addrs = p->in->addrs;

	switch (c) {
	case CONTROL_PATCH:
		return e->class == CLASS_EXPLOIT && t != NULL && t->patch != NULL;
	case CONTROL_SEGMENT:
		return is_over_smb(t) && is_elsewhere(&addrs[from], &addrs[e->to]);
	case CONTROL_CLIENTS:
		return is_over_smb(t);
	case CONTROL_QUARANTINE:
		return p->acted_ns[from] != 0 &&
		       (double)e->at_ns > (double)p->acted_ns[from] +
						  p->in->quarantine_minutes * 60 * (double)NS_PER_S;
	case CONTROL_PASSWORDS:
		return e->class == CLASS_CREDENTIAL || e->class == CLASS_LATERAL;
	case CONTROLS:
		break;
	}
	return false;
}

/* The chance that what `from` did to the target still happens, if it was `from`. */
static double goes_through(const struct play *p, enum tree_control c, const struct tree_edge *e,
			   uint32_t from)
{
	if (from >= p->in->n_nodes || e->to >= p->in->n_nodes)
		return 1;
	return cuts(p, c, e, from) ? 0 : p->infected[from];
}

static double play(struct play *p, enum tree_control c)
{
	double spared = 0;

	for (uint32_t i = 0; i < p->in->n_nodes; i++)
		p->infected[i] = 1;
	for (size_t i = 0; i < p->in->tree->n_edges; i++) {
		const struct tree_edge *e = p->edges[i];
		double lost = e->confidence * (1 - goes_through(p, c, e, e->from));

		/* Whom nobody heard, no control is said to have stopped. */
		for (size_t k = 0; k < e->n_others; k++)
			lost += e->others[k].confidence *
				(1 - goes_through(p, c, e, e->others[k].from));
		lost = lost < 1 ? lost : 1;
		if (e->to < p->in->n_nodes)
			p->infected[e->to] = 1 - lost;
		spared += lost;
	}
	return spared;
}

static int by_acted(const void *one, const void *two)
{
	const struct tree_edge *const *a = one, *const *b = two;
	/* Who did nothing infected nobody: it may come last. 0 - 1 is later than all. */
	uint64_t at = (*a)->acted_ns - 1, bt = (*b)->acted_ns - 1;

	if (at != bt)
		return at < bt ? -1 : 1;
	return ((*a)->to > (*b)->to) - ((*a)->to < (*b)->to);
}

static int by_spared(const void *one, const void *two)
{
	const struct tree_cut *a = one, *b = two;

	if (a->spared > b->spared || a->spared < b->spared)
		return a->spared > b->spared ? -1 : 1;
	return (int)a->control - (int)b->control;
}

static void times(struct play *p)
{
	const struct tree *t = p->in->tree;

	for (size_t i = 0; i < t->n_edges; i++) {
		p->edges[i] = &t->edges[i];
		if (t->edges[i].to < p->in->n_nodes)
			p->acted_ns[t->edges[i].to] = t->edges[i].acted_ns;
	}
	for (size_t i = 0; i < t->n_roots; i++) {
		if (t->roots[i].node < p->in->n_nodes)
			p->acted_ns[t->roots[i].node] = t->roots[i].since_ns;
	}
	if (t->n_edges > 1)
		qsort(p->edges, t->n_edges, sizeof(struct tree_edge *), by_acted);
}

enum rc tree_replay(const struct tree_replay *in, struct tree_cut *ret_cuts)
{
	struct play p = {.in = in};
	struct arena *scratch = NULL;
	enum rc rc = arena_new(0, &scratch);

	if (rc != RC_OK)
		return rc;
	p.edges = arena_alloc(scratch, in->tree->n_edges * sizeof(struct tree_edge *));
	p.acted_ns = arena_alloc(scratch, in->n_nodes * sizeof(*p.acted_ns));
	p.infected = arena_alloc(scratch, in->n_nodes * sizeof(*p.infected));
	if (p.edges == NULL || p.acted_ns == NULL || p.infected == NULL) {
		arena_free(scratch);
		return RC_NOMEM;
	}
	times(&p);
	for (unsigned c = 0; c < CONTROLS; c++)
		ret_cuts[c] = (struct tree_cut){(enum tree_control)c,
						play(&p, (enum tree_control)c), in->tree->n_edges};
	qsort(ret_cuts, CONTROLS, sizeof(*ret_cuts), by_spared);
	arena_free(scratch);
	return RC_OK;
}
