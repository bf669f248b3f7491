/*
 * How right the infection tree is: doc/tree.md.
 *
 * What is heard of a made outbreak becomes findings as the detectors would make them: joined by
 * source and target, an exploit where somebody answers, a scan where nobody does. Nodes are
 * addresses, or the machine that had the address when the finding began, where that is known.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "made_outbreak.h"
#include "outbreak/tree.h"
#include "table.h"

enum {
	SCAN_LEAST = 8, /* attempts in vain, for a scan to be one */
	BINS = 10,      /* of the confidence */
};

struct world {
	const char *name;
	struct made_options opt;
	bool by_machine;      /* who had an address when is known */
	double right, first3; /* at least, of all */
};

/* What is not said otherwise. */
static const struct made_options usual = {.machines = 1000, .open_share = 0.5, .hours = 2.5};

static const struct world worlds[] = {
	{"full view", {.worm = WORM_UNIFORM}, true, 0.98, 0.95},
	{"full view, local worm", {.worm = WORM_LOCAL}, true, 0.98, 0.95},
	{"full view, after a quarter of an hour",
	 {.worm = WORM_UNIFORM, .listen_from = 0.25},
	 true,
	 0.85,
	 0},
	{"full view, switched off at night",
	 {.worm = WORM_SLOW, .hours = 30, .has_days = true},
	 true,
	 0.95,
	 0.9},
	{"full view, shared addresses", {.worm = WORM_UNIFORM, .has_nat = true}, false, 0.95, 0.9},
	{"full view, addresses change hands",
	 {.worm = WORM_UNIFORM, .has_churn = true},
	 false,
	 0.85,
	 0.9},
	{"... and who had them is known",
	 {.worm = WORM_UNIFORM, .has_churn = true},
	 true,
	 0.95,
	 0.9},
	{"one switch in five", {.worm = WORM_UNIFORM, .view = VIEW_SWITCH}, true, 0.65, 0.5},
	{"one switch in five, local worm",
	 {.worm = WORM_LOCAL, .view = VIEW_SWITCH},
	 true,
	 0.65,
	 0.5},
	{"decoys",
	 {.worm = WORM_UNIFORM,
	  .view = VIEW_DECOY,
	  .machines = 4000,
	  .open_share = 0.1,
	  .hours = 8},
	 true,
	 0,
	 0.35},
};
enum { WORLDS = sizeof(worlds) / sizeof(worlds[0]) };

/* What was told, against the truth. */
struct score {
	double outbreaks, edges, right, listed;
	double heard, found; /* infections whose attempt was heard; with the right edge */
	double said[BINS], is[BINS], of[BINS]; /* edges and others, by confidence */
	double zero_first, zero_3, zero_said;
};

struct key {
	struct addr from, to;
};

struct told {              /* findings in the making, and whose they are */
	struct map *nodes; /* struct addr -> uint32_t, where nodes are addresses */
	struct map *pairs; /* struct key -> struct tree_deed */
	struct finding *findings;
	struct tree_deed *deeds;
	size_t n, max;
};

struct truth {          /* of each node */
	uint64_t at_ns; /* 0: never infected */
	uint32_t from;
	bool is_heard;
};

static uint32_t node_of(const struct world *w, struct told *t, uint32_t machine,
			const struct addr *a)
{
	bool is_new = false;
	uint32_t *node;

	if (w->by_machine)
		return machine;
	node = map_put(t->nodes, a, &is_new);
	if (node == NULL)
		abort();
	if (is_new)
		*node = (uint32_t)map_len(t->nodes) - 1;
	return *node;
}

static void add(struct finding *f, const struct made_attempt *a)
{
	if (f->count++ == 0)
		f->first_ns = a->at_ns;
	f->last_ns = a->at_ns;
}

/* Joined as finding_add() would. A target that is not there is a scan, with no target. */
static void tell(const struct made_outbreak *o, const struct world *w, struct told *t,
		 const struct made_attempt *a)
{
	bool is_decoy = o->opt.view == VIEW_DECOY && a->to == UINT32_MAX;
	bool answers = is_decoy || (a->to != UINT32_MAX && made_is_on(o, a->to, a->at_ns));
	struct key k;
	bool is_new = false;
	size_t *place;

	memset(&k, 0, sizeof(k));
	k.from = a->from_addr;
	if (answers)
		k.to = a->to_addr;
	place = map_put(t->pairs, &k, &is_new);
	if (place == NULL || (is_new && t->n == t->max))
		abort();
	if (is_new) {
		struct finding *f = &t->findings[t->n];

		*f = (struct finding){.class = answers ? CLASS_EXPLOIT : CLASS_SCAN,
				      .source = a->from_addr,
				      .target = k.to,
				      .has_target = answers,
				      .confidence = answers ? 95 : 70};
		(void)snprintf(f->threat, sizeof(f->threat), "%s",
			       answers ? "ms08-067" : "port-scan");
		t->deeds[t->n].source = node_of(w, t, a->from, &a->from_addr);
		t->deeds[t->n].target =
			answers && !is_decoy ? node_of(w, t, a->to, &a->to_addr) : TREE_NOBODY;
		*place = t->n++;
	}
	add(&t->findings[*place], a);
}

static void scans_drop(struct told *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->findings[i].class == CLASS_SCAN && t->findings[i].count < SCAN_LEAST)
			continue;
		t->deeds[n] = t->deeds[i];
		t->deeds[n++].finding = &t->findings[i];
	}
	t->n = n;
}

/* A node is infected when the first machine of it is. */
static void truth_of(const struct made_outbreak *o, const struct world *w, struct told *t,
		     struct truth *truth)
{
	for (uint32_t i = 0; i < o->n_machines; i++) {
		const struct made_machine *m = &o->machines[i];

		if (m->infected_ns != 0 && m->infected_by == UINT32_MAX) {
			struct truth *to = &truth[node_of(w, t, i, &m->addr)];

			*to = (struct truth){m->infected_ns, TREE_NOBODY, false};
		}
	}
	for (size_t i = 0; i < o->n_attempts; i++) {
		const struct made_attempt *a = &o->attempts[i];
		uint32_t from, to;

		if (!a->infects)
			continue;
		from = node_of(w, t, a->from, &a->from_addr);
		to = node_of(w, t, a->to, &a->to_addr);
		if (truth[to].at_ns == 0 || a->at_ns < truth[to].at_ns)
			truth[to] = (struct truth){a->at_ns, from, a->is_heard};
	}
}

static void calibrate(struct score *s, double says, bool is)
{
	size_t bin = says < 1 ? (size_t)(says * BINS) : BINS - 1;

	s->said[bin] += says;
	s->is[bin] += is;
	s->of[bin]++;
}

static void score_edge(const struct tree_edge *e, const struct truth *truth, struct score *s)
{
	bool is_right = truth[e->to].from == e->from, is_listed = is_right;

	s->edges++;
	s->right += is_right;
	s->found += is_right && truth[e->to].is_heard;
	calibrate(s, e->confidence, is_right);
	for (size_t i = 0; i < e->n_others; i++) {
		bool is = truth[e->to].from == e->others[i].from;

		is_listed |= is;
		calibrate(s, e->others[i].confidence, is);
	}
	s->listed += is_listed;
}

static void score_tree(const struct tree *t, const struct truth *truth, size_t n_nodes,
		       struct score *s)
{
	uint32_t zero = TREE_NOBODY;

	for (uint32_t i = 0; i < n_nodes; i++) {
		s->heard += truth[i].at_ns != 0 && truth[i].is_heard;
		if (truth[i].at_ns != 0 &&
		    (zero == TREE_NOBODY || truth[i].at_ns < truth[zero].at_ns))
			zero = i;
	}
	for (size_t i = 0; i < t->n_edges; i++)
		score_edge(&t->edges[i], truth, s);
	for (size_t i = 0; i < t->n_roots && i < 3; i++) {
		s->zero_first += i == 0 && t->roots[i].node == zero;
		s->zero_3 += t->roots[i].node == zero;
	}
	s->zero_said += t->n_roots > 0 ? t->roots[0].confidence : 0;
	s->outbreaks++;
}

static void told_free(struct told *t)
{
	map_free(t->nodes);
	map_free(t->pairs);
	free(t->findings);
	free(t->deeds);
}

static void play(const struct world *w, uint64_t seed, struct score *s)
{
	struct made_options opt = w->opt;
	struct made_outbreak *o = NULL;
	struct told t = {.n = 0};
	struct truth *truth = NULL;
	struct tree *tree = NULL;
	struct tree_input in = {.n_deeds = 0};
	size_t most;

	opt.machines = opt.machines > 0 ? opt.machines : usual.machines;
	opt.open_share = opt.open_share > 0 ? opt.open_share : usual.open_share;
	opt.hours = opt.hours > 0 ? opt.hours : usual.hours;
	opt.seeds = 1;
	opt.rate_spread = 0.5;
	opt.listen_until = opt.hours;
	opt.clean_from = opt.lost_from = -1;
	opt.seed = seed;
	if (made_outbreak(&opt, &o) != RC_OK)
		abort();
	t.max = o->n_attempts + 1;
	most = o->n_machines * 4 + 1024;
	t.findings = calloc(t.max, sizeof(*t.findings));
	t.deeds = calloc(t.max, sizeof(*t.deeds));
	truth = calloc(most, sizeof(*truth));
	if (t.findings == NULL || t.deeds == NULL || truth == NULL ||
	    map_new(most, sizeof(struct addr), sizeof(uint32_t), 0, &t.nodes) != RC_OK ||
	    map_new(t.max, sizeof(struct key), sizeof(size_t), 0, &t.pairs) != RC_OK)
		abort();
	for (size_t i = 0; i < o->n_attempts; i++) {
		if (o->attempts[i].is_heard)
			tell(o, w, &t, &o->attempts[i]);
	}
	scans_drop(&t);
	truth_of(o, w, &t, truth);
	in = (struct tree_input){
		t.deeds, t.n, w->by_machine ? (uint32_t)o->n_machines : (uint32_t)map_len(t.nodes)};
	if (tree_build(&in, &tree) != RC_OK)
		abort();
	score_tree(tree, truth, in.n_nodes, s);
	tree_free(tree);
	told_free(&t);
	free(truth);
	made_outbreak_free(o);
}

static double share(double part, double of)
{
	return of > 0 ? part / of : NAN;
}

/* How far what is said is from what is, for edges of that confidence; by their number. */
static double miscalibration(const struct score *s)
{
	double off = 0, of = 0;

	for (unsigned i = 0; i < BINS; i++) {
		off += fabs(s->said[i] - s->is[i]);
		of += s->of[i];
	}
	return share(off, of);
}

static const struct column columns[] = {
	{"edges", 0},    {"right %", 1},      {"listed %", 1},  {"heard found %", 1},
	{"off by %", 1}, {"zero first %", 0}, {"among 3 %", 0}, {"zero said %", 0},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const double off_most = 0.15;

static bool goals(const struct world *w, const struct score *s, bool is_quick)
{
	double slack = is_quick ? 0.8 : 1;
	bool ok = true;

	if (w->right > 0)
		ok = table_goal("edges that are right", share(s->right, s->edges), w->right * slack,
				1);
	if (s->edges > 0)
		ok = table_goal("what is said is off by", miscalibration(s), 0, off_most / slack) &&
		     ok;
	/* Three outbreaks say little of what mostly cannot be known. */
	if (w->first3 > 0 && (!is_quick || w->right > 0.9))
		ok = table_goal("patient zero among the first three",
				share(s->zero_3, s->outbreaks), w->first3 * slack, 1) &&
		     ok;
	return ok;
}

static bool world_numbers(const struct world *w, const struct numbers_options *opt, unsigned runs)
{
	struct score s = {0};

	for (unsigned i = 0; i < runs; i++)
		play(w, opt->seed * 1000 + i, &s);
	table_row(w->name, columns, COLUMNS,
		  (double[]){s.edges / s.outbreaks, 100 * share(s.right, s.edges),
			     100 * share(s.listed, s.edges), 100 * share(s.found, s.heard),
			     100 * miscalibration(&s), 100 * share(s.zero_first, s.outbreaks),
			     100 * share(s.zero_3, s.outbreaks),
			     100 * share(s.zero_said, s.outbreaks)});
	return goals(w, &s, opt->is_quick);
}

bool numbers_tree(const struct numbers_options *opt)
{
	unsigned runs = opt->runs / WORLDS / (opt->is_quick ? 2 : 1);
	bool ok = true;

	table_head("The infection tree", columns, COLUMNS);
	for (size_t i = 0; i < WORLDS; i++)
		ok = world_numbers(&worlds[i], opt, runs > 0 ? runs : 1) && ok;
	return ok;
}
