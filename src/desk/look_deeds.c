/*
 * The findings: which threats are loose, what infected machines did to each other, and what the
 * vendor wants to see.
 *
 * They come in the order of their beginning, and an outbreak has more of them than memory should
 * hold: what is kept is bounded, the early ones first, and what is not is told.
 */
#include <stdlib.h>
#include <string.h>

#include "desk/looking.h"

static bool is_loose(const struct looking *l, const char *threat)
{
	for (size_t i = 0; i < l->n_loose; i++) {
		if (strcmp(l->loose[i], threat) == 0)
			return true;
	}
	return false;
}

static void add_loose(struct looking *l, const char *threat)
{
	if (l->n_loose < LOOSE_MOST && !is_loose(l, threat))
		l->loose[l->n_loose++] = look_kept(l, threat);
}

static void keep_deed(struct looking *l, uint32_t from, uint32_t to, const struct finding *f)
{
	struct finding *copy = NULL;

	if (l->n_deeds == l->cap_deeds) {
		size_t cap = l->cap_deeds == 0 ? 256 : 2 * l->cap_deeds;
		struct tree_deed *more = realloc(l->deeds, cap * sizeof(*more));

		if (more == NULL) {
			l->rc = RC_NOMEM;
			return;
		}
		l->deeds = more;
		l->cap_deeds = cap;
	}
	copy = arena_alloc(l->arena, sizeof(*copy));
	if (copy == NULL) {
		l->rc = RC_NOMEM;
		return;
	}
	*copy = *f;
	l->deeds[l->n_deeds++] = (struct tree_deed){from, to, copy};
}

/* What is done to machines that are not infected tells how busy a machine is: some of it will do,
 * but when each began, by every kind of deed, must be known. */
static void take_deed(struct looking *l, uint32_t from, uint32_t to, const struct finding *f)
{
	struct triage_node *node = &l->nodes[from];
	bool is_first = (l->classes[from] & 1u << f->class) == 0;

	if (node->first_ns == 0 || f->first_ns < node->first_ns)
		node->first_ns = f->first_ns;
	if (f->last_ns > node->last_ns)
		node->last_ns = f->last_ns;
	if (is_first || (to != TREE_NOBODY ? l->n_between < BETWEEN_MOST : l->n_aside < ASIDE_MOST))
		keep_deed(l, from, to, f);
	else
		l->deeds_left_out++;
	l->n_between += to != TREE_NOBODY;
	l->n_aside += to == TREE_NOBODY;
	l->classes[from] |= 1u << f->class;
}

/* --- evidence: of each class that proves something, the first --- */

static const char *names_of(const struct looking *l, const char *run)
{
	size_t low = 0, high = l->n_runs;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(l->runs[mid].id, run);

		if (c == 0)
			return l->runs[mid].names;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return "";
}

static void take_evidence(struct looking *l, const struct store_finding *f, unsigned *classes)
{
	unsigned class = 1u << f->finding->class, n = 0;

	if ((*classes & class) != 0 || f->finding->class == CLASS_SCAN ||
	    f->finding->n_packets == 0)
		return;
	while (l->evidence[n] != NULL)
		n++;
	if (n == EVIDENCE_MOST)
		return;
	*classes |= class;
	l->evidence[n] = look_text(l, "%s (%s, heard by %s)", f->finding->why, names_of(l, f->run),
				   f->sensor);
}

/* --- all of them --- */

struct passing {
	struct looking *l;
	unsigned evidence; /* classes of which there is some */
};

static bool take_finding(void *ctx, const struct store_finding *f)
{
	struct passing *p = ctx;
	struct looking *l = p->l;
	uint32_t from = look_node(l, f->source_machine), to = look_node(l, f->target_machine);

	if (f->finding->class == CLASS_CHECK)
		return true;
	if (from == TREE_NOBODY) {
		l->deeds_of_nobody += f->source_machine[0] == '\0';
		return true;
	}
	if (l->nodes[from].verdict == VERDICT_INFECTED && f->finding->class != CLASS_SCAN) {
		add_loose(l, f->finding->threat);
		take_evidence(l, f, &p->evidence);
	}
	take_deed(l, from, to == from ? TREE_NOBODY : to, f->finding);
	return l->rc == RC_OK;
}

enum rc look_at_findings(struct looking *l)
{
	struct passing p = {.l = l};
	enum rc rc = RC_OK;

	l->classes = arena_alloc(l->arena, l->n_nodes * sizeof(*l->classes));
	if (l->classes == NULL)
		return RC_NOMEM;
	if (l->n_nodes > 0)
		rc = store_findings(l->s, NULL, take_finding, &p);
	return rc == RC_OK ? l->rc : rc;
}

enum rc look_at_tree(struct looking *l)
{
	struct triage_input *in = &l->o->in;
	const struct tree_input deeds = {l->deeds, l->n_deeds, (uint32_t)l->n_nodes};
	struct addr *addrs = NULL;
	enum rc rc = RC_OK;

	if (l->n_nodes == 0)
		return RC_OK;
	rc = tree_build(&deeds, &l->o->tree);
	if (rc != RC_OK)
		return rc;
	in->tree = l->o->tree;
	addrs = arena_alloc(l->arena, l->n_nodes * sizeof(*addrs));
	if (addrs == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < l->n_nodes; i++)
		addrs[i] = l->nodes[i].addr;
	if (in->tree->n_edges == 0)
		return RC_OK;
	const double an_hour = 60; /* minutes: where there is no quarantine, what one would be */
	const struct tree_replay replay = {.tree = in->tree,
					   .addrs = addrs,
					   .n_nodes = (uint32_t)l->n_nodes,
					   .quarantine_minutes =
						   l->opt->means.quarantine_hours > 0
							   ? l->opt->means.quarantine_hours * 60
							   : an_hour};

	rc = tree_replay(&replay, in->cuts);
	in->has_cuts = rc == RC_OK;
	return rc;
}
