/* For each infected machine the attempts that may have done it. */
#include <math.h>
#include <stdlib.h>

#include "outbreak/tree_parts.h"

enum { PIECES = 4, TRIES_MOST = PIECES + 2, COUNT_MOST = 1000000, BINS = 64, BIN_HOLDS = 16 };

/* What an attempt is worth as a try, and its evidence. A guessed password rarely fits; a body that
 * goes to a machine is hardly ever heard but where the attempt succeeded; to start a program there
 * one must have got in. */
static const struct {
	double tries, worth;
} of_class[CLASSES] = {
	[CLASS_EXPLOIT] = {1, 1},
	[CLASS_TRANSFER] = {1, 50},
	[CLASS_CREDENTIAL] = {0.05, 1},
	[CLASS_LATERAL] = {1, 5},
};

static const double refused = 0.02;                  /* the answer said that it was of no use */
static const double other_worm = 0.25;               /* what it does since is something else */
static const double least_delay = 0.01;              /* seconds */
static const double usual_gap = 60, least_gap = 0.1; /* seconds */
static const double least_span = 60;  /* seconds: in less, nothing is said about time */
static const double usual_span = 600; /* and about how often machines are attacked */
static const double best_quantile = 0.95;
static const double few = 0.5; /* attempts */

double tree_tries_of(const struct finding *f)
{
	double n = f->count > COUNT_MOST ? COUNT_MOST : f->count > 0 ? (double)f->count : 1;

	return of_class[f->class].tries * n;
}

/* When it cannot have been infected any more. 0: it is not infected. */
static uint64_t limit_of(const struct tree_node *n)
{
	if (n->acted_ns != 0)
		return n->acted_ns;
	return n->fetched_ns != 0 ? n->fetched_ns + 1 : 0;
}

/* The server said that it is patched, or no Windows (detect/ms08_067.c). 0x57 says nothing here:
 * who was just taken answers so, too. */
static bool was_refused(const struct finding *f)
{
	static const char *const answers[] = {"0x7b", "fault"};
	struct detail d;

	if (!finding_detail_get(f, "answer", &d) || d.is_number)
		return false;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (strncmp(d.text, answers[i], strlen(answers[i])) == 0)
			return true;
	}
	return false;
}

/* Does the target do what was done to it? A machine that only looks around may. */
static bool is_kin(const struct tree_node *to, const struct finding *f)
{
	unsigned i = 0;

	while (i < NODE_THREATS && to->threats[i] != NULL) {
		if (strcmp(to->threats[i], f->threat) == 0)
			return true;
		i++;
	}
	return i == 0 || i == NODE_THREATS || f->class == CLASS_TRANSFER;
}

struct attempt { /* one finding, and until when it counts */
	const struct tree_deed *d;
	uint64_t limit_ns;
	double tries, worth; /* of each of its attempts */
};

static void put(struct growing *g, const struct attempt *a, uint64_t at_ns, double n,
		uint64_t packet)
{
	double delay = tree_seconds(a->limit_ns - at_ns);

	g->tries[g->n_tries++] = (struct tree_tries){
		.f = a->d->finding,
		.at_ns = at_ns,
		.packet = packet,
		.from = a->d->source,
		.is_heard = n <= 0,
		.n = a->tries * (n > 0 ? n : 1),
		.worth = a->worth,
		.ln_delay = log(delay > least_delay ? delay : least_delay),
	};
}

/* `n` attempts that were heard at times unknown between two others: in a few pieces. */
static void put_between(struct growing *g, const struct attempt *a, uint64_t from_ns,
			uint64_t to_ns, double n)
{
	unsigned pieces = n >= PIECES ? PIECES : (unsigned)ceil(n);
	double wide = (double)(to_ns - from_ns);

	for (unsigned i = 0; i < pieces; i++) {
		double at = (i + 0.5) / pieces * wide;

		put(g, a, from_ns + (uint64_t)at, n / pieces, 0);
	}
}

/* A finding is several attempts: its first and last times are known, not those between. */
static void put_finding(struct growing *g, const struct attempt *a)
{
	const struct finding *f = a->d->finding;
	double more = f->count > COUNT_MOST ? COUNT_MOST : f->count > 0 ? (double)f->count - 1 : 0;

	put(g, a, f->first_ns, 0, f->n_packets > 0 ? f->packets[0] : 0);
	if (more <= 0)
		return;
	if (f->last_ns <= f->first_ns) {
		g->tries[g->n_tries - 1].n *= 1 + more;
	} else if (f->last_ns < a->limit_ns) {
		bool has_all = f->n_packets == f->count;

		put(g, a, f->last_ns, 0, has_all ? f->packets[f->n_packets - 1] : 0);
		put_between(g, a, f->first_ns, f->last_ns, more - 1);
	} else {
		double share =
			(double)(a->limit_ns - f->first_ns) / (double)(f->last_ns - f->first_ns);

		put_between(g, a, f->first_ns, a->limit_ns, more * share);
	}
}

static int by_time(const void *one, const void *two)
{
	const struct tree_tries *a = one, *b = two;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->is_heard != b->is_heard)
		return a->is_heard ? -1 : 1;
	return tree_finding_cmp(a->f, b->f);
}

/* One that was heard once may be heard every so often. */
static double gap_of(const struct tree_node *n)
{
	double gap = n->deeds > 1 && n->acted_ns != 0
			     ? tree_seconds(n->last_ns - n->acted_ns) / (n->deeds - 1)
			     : usual_gap;

	return gap > least_gap ? gap : least_gap;
}

static void case_fill(struct growing *g, const struct tree_deed *deeds, size_t n)
{
	struct tree_node *to = &g->nodes[deeds->target];
	struct tree_case *c = &g->cases[g->n_cases];
	uint64_t limit = limit_of(to);

	*c = (struct tree_case){.to = deeds->target, .first = g->n_tries};
	for (size_t i = 0; i < n && limit != 0; i++) {
		const struct finding *f = deeds[i].finding;
		double use = was_refused(f) ? refused : 1;
		struct attempt a = {&deeds[i], limit, of_class[f->class].tries * use,
				    of_class[f->class].worth * use * f->confidence / 100.0};

		if (f->first_ns >= limit)
			continue;
		a.worth *= is_kin(to, f) ? 1 : other_worm;
		put_finding(g, &a);
	}
	c->n = g->n_tries - c->first;
	if (c->n == 0)
		return;
	qsort(&g->tries[c->first], c->n, sizeof(*g->tries), by_time);
	c->is_flat = to->acted_ns == 0 || to->did->class == CLASS_IMPLANT;
	c->flat = 1 / (least_span + tree_seconds(limit - g->begin_ns));
	c->gap = gap_of(to);
	c->listened = tree_seconds(limit - g->begin_ns);
	c->span = tree_seconds(g->end_ns - g->begin_ns);
	if (c->span < least_span)
		c->span = least_span;
	to->in_case = ++g->n_cases;
}

static int by_number(const void *one, const void *two)
{
	const double *a = one, *b = two;

	return (*a > *b) - (*a < *b);
}

/* How many attempts are heard on a machine on behalf of which most is heard. */
static enum rc usual_attempts(const struct growing *g, double *ret_n)
{
	double *all = arena_alloc(g->scratch, (g->in->n_nodes + 1) * sizeof(*all));
	size_t n = 0;

	if (all == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < g->in->n_nodes; i++) {
		if (limit_of(&g->nodes[i]) != 0 && g->nodes[i].attempts > 0)
			all[n++] = g->nodes[i].attempts;
	}
	*ret_n = 1;
	if (n == 0)
		return RC_OK;
	qsort(all, n, sizeof(*all), by_number);
	*ret_n = all[(size_t)((double)(n - 1) * best_quantile)];
	/* The best of many are so by chance, too. */
	*ret_n -= sqrt(*ret_n);
	if (*ret_n < 1)
		*ret_n = 1;
	return RC_OK;
}

/* How many attempts there were in each part of the time, on everybody. */
struct weather {
	double bins[BINS]; /* attempts in a second */
	size_t n;          /* bins; few where there are few attempts: each shall hold some */
	double wide;       /* of a bin, in seconds */
	double all;        /* attempts */
};

static size_t bin_of(const struct growing *g, const struct weather *w, uint64_t at_ns)
{
	double at = tree_seconds(at_ns - g->begin_ns) / w->wide;

	return at < (double)(w->n - 1) ? (size_t)at : w->n - 1;
}

static struct weather weather_of(const struct growing *g)
{
	double span = tree_seconds(g->end_ns - g->begin_ns);
	struct weather w = {.n = 1};

	for (size_t i = 0; i < g->n_target; i++)
		w.all += tree_tries_of(g->by_target[i].finding);
	while (w.n < BINS && (double)w.n * BIN_HOLDS < w.all)
		w.n++;
	w.wide = (span > usual_span ? span : usual_span) / (double)w.n;
	for (size_t i = 0; i < g->n_target; i++) {
		const struct finding *f = g->by_target[i].finding;
		size_t from = bin_of(g, &w, f->first_ns), to = bin_of(g, &w, f->last_ns);
		double n = tree_tries_of(f) / (double)(to - from + 1);

		for (size_t k = from; k <= to; k++)
			w.bins[k] += n / w.wide;
	}
	for (size_t k = 0; k < w.n; k++)
		w.bins[k] += 1 / (w.wide * (double)w.n); /* nowhere none at all */
	return w;
}

/* What goes on around: how often a machine is attacked at a time, and how much of that is heard. */
static enum rc surroundings(struct growing *g)
{
	struct weather w = weather_of(g);
	double usual = 1, targets = 0;
	enum rc rc = usual_attempts(g, &usual);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < g->in->n_nodes; i++)
		targets += g->nodes[i].attempts > 0;
	for (size_t i = 0; i < g->n_cases; i++) {
		struct tree_case *c = &g->cases[i];
		double n = g->nodes[c->to].attempts;
		double most = n + sqrt(n + 1); /* as few may be chance */
		/* One of them may be the one; of a few, how many come is chance. */
		double share = ((n > 1 ? n - 1 : 0) + few) / (w.all + few * targets);

		c->heard = most < usual ? most / usual : 1;
		for (size_t k = c->first; k < c->first + c->n; k++) {
			struct tree_tries *t = &g->tries[k];

			t->background = share * w.bins[bin_of(g, &w, t->at_ns)];
		}
	}
	return RC_OK;
}

enum rc tree_cases(struct growing *g)
{
	g->cases = arena_alloc(g->scratch, (g->n_target + 1) * sizeof(*g->cases));
	g->tries = arena_alloc(g->scratch, (g->n_target * TRIES_MOST + 1) * sizeof(*g->tries));
	if (g->cases == NULL || g->tries == NULL)
		return RC_NOMEM;
	for (size_t i = 0, n = 0; i < g->n_target; i += n) {
		const struct tree_deed *d = &g->by_target[i];

		for (n = 1; i + n < g->n_target && d[n].target == d->target;)
			n++;
		case_fill(g, d, n);
	}
	return surroundings(g);
}
