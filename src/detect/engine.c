/* Findings lie in the order of their first sighting; one map finds them by key, another counts
 * the targets of each source. A sorted list of them is made when somebody asks. */
#include "detect/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

enum { DETECTORS_MAX = 32, KNOBS_MAX = 32, LIMIT_WORDS = 16 };

struct running {
	const struct detector *d;
	void *state;
};

struct key { /* no padding: compared byte by byte */
	char threat[32];
	struct addr source, target;
	uint32_t class, has_target;
};

struct pair { /* whose targets are counted */
	char threat[32];
	struct addr source;
	uint32_t class;
};

struct kept {
	struct finding f;
	uint64_t next_news; /* count at which it is told again */
};

struct limit {
	const char *what; /* a literal of a detector */
	uint64_t n;
};

struct engine {
	struct engine_options opt;
	struct running run[DETECTORS_MAX];
	unsigned n_run, wants;
	struct map *findings; /* struct key -> index into kept */
	struct map *targets;  /* struct pair -> size_t, how many targets are listed */
	struct kept *kept;
	size_t n_kept, room;
	const struct finding **sorted; /* of the last engine_findings() */
	struct limit limits[LIMIT_WORDS];
	unsigned n_limits;
	struct finding_out out;
};

static void on_lossy(void *ctx, const char *what)
{
	struct engine *e = ctx;

	for (unsigned i = 0; i < e->n_limits; i++) {
		if (strcmp(e->limits[i].what, what) == 0) {
			e->limits[i].n++;
			return;
		}
	}
	if (e->n_limits < LIMIT_WORDS)
		e->limits[e->n_limits++] = (struct limit){what, 1};
	else
		e->limits[LIMIT_WORDS - 1].n++; /* more words than detectors have */
}

static struct kept *kept_find(struct engine *e, const struct key *k)
{
	const size_t *at = map_get(e->findings, k);

	return at == NULL ? NULL : &e->kept[*at];
}

/* A new one; NULL: no room. */
static struct kept *kept_add(struct engine *e, const struct key *k)
{
	bool is_new = false;

	if (e->n_kept == e->room) {
		size_t room = e->room == 0 ? 64 : e->room * 2;
		struct kept *more = realloc(e->kept, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		e->kept = more;
		e->room = room;
	}

	size_t *at = map_put(e->findings, k, &is_new);

	if (at == NULL)
		return NULL;
	*at = e->n_kept;
	return &e->kept[e->n_kept++];
}

/* May this source have one more target listed for this threat? */
static bool target_has_room(struct engine *e, const struct finding *f)
{
	struct pair p;
	bool is_new = false;

	memset(&p, 0, sizeof(p));
	snprintf(p.threat, sizeof(p.threat), "%s", f->threat);
	p.source = f->source;
	p.class = (uint32_t)f->class;

	size_t *n = map_put(e->targets, &p, &is_new);

	if (n == NULL || *n >= e->opt.max_targets)
		return false;
	++*n;
	return true;
}

static void key_of(const struct finding *f, struct key *ret_key)
{
	memset(ret_key, 0, sizeof(*ret_key));
	snprintf(ret_key->threat, sizeof(ret_key->threat), "%s", f->threat);
	ret_key->source = f->source;
	if (f->has_target)
		ret_key->target = f->target;
	ret_key->class = (uint32_t)f->class;
	ret_key->has_target = f->has_target;
}

static void tell(struct engine *e, struct kept *k, bool is_new)
{
	if (is_new)
		k->next_news = k->f.count > 0 ? k->f.count * 10 : 10;
	else if (k->f.count < k->next_news)
		return;
	else
		k->next_news = k->f.count * 10;
	if (e->opt.news != NULL)
		e->opt.news(e->opt.news_ctx, &k->f, is_new);
}

static void on_found(void *ctx, const struct finding *f)
{
	struct engine *e = ctx;
	struct finding joined;
	struct key key;
	struct kept *k = NULL;

	if (f->count > 0 && e->opt.sighted != NULL)
		e->opt.sighted(e->opt.news_ctx, f);
	key_of(f, &key);
	k = kept_find(e, &key);
	if (k == NULL && f->count == 0)
		return; /* adds to a finding that was not kept */
	if (k == NULL && f->has_target && !target_has_room(e, f)) {
		on_lossy(e, "findings: targets of one source" LIMIT_JOINED);
		joined = *f;
		joined.has_target = false;
		memset(&joined.target, 0, sizeof(joined.target));
		f = &joined;
		key_of(f, &key);
		k = kept_find(e, &key);
	}
	if (k != NULL) {
		finding_add(&k->f, f);
		tell(e, k, false);
		return;
	}
	k = kept_add(e, &key);
	if (k == NULL) {
		on_lossy(e, "findings: more than are kept");
		return;
	}
	k->f = *f;
	tell(e, k, true);
}

static void on_again(void *ctx, const char *threat, const struct addr *source, uint64_t at_ns)
{
	const struct engine *e = ctx;

	e->opt.again(e->opt.news_ctx, threat, source, at_ns);
}

static enum rc start(struct engine *e, const struct detector *d)
{
	long knobs[KNOBS_MAX];
	unsigned n = 0;
	struct running *r = &e->run[e->n_run];

	if (e->n_run == DETECTORS_MAX)
		return RC_INVAL;
	for (const struct knob *k = d->knobs; k != NULL && k->name != NULL; k++, n++) {
		if (n == KNOBS_MAX)
			return RC_INVAL;
		knobs[n] = e->opt.knob != NULL ? e->opt.knob(e->opt.knob_ctx, d, n) : k->fallback;
	}
	r->d = d;
	r->state = calloc(1, d->state_size > 0 ? d->state_size : 1);
	if (r->state == NULL)
		return RC_NOMEM;
	e->n_run++;
	e->wants |= d->wants;
	if (d->init == NULL)
		return RC_OK;

	struct detector_setup setup = {knobs, e->opt.policy, e->opt.seed};

	return d->init(r->state, &setup);
}

enum rc engine_new(const struct engine_options *opt, struct engine **ret_engine)
{
	if (opt->max_findings == 0 || opt->max_targets == 0 || opt->policy == NULL)
		return RC_INVAL;

	struct engine *e = calloc(1, sizeof(*e));
	enum rc rc = RC_NOMEM;

	if (e == NULL)
		return RC_NOMEM;
	e->opt = *opt;
	e->out = (struct finding_out){on_found, on_lossy, e, opt->again != NULL ? on_again : NULL};
	rc = map_new(opt->max_findings, sizeof(struct key), sizeof(size_t), opt->seed,
		     &e->findings);
	if (rc == RC_OK)
		rc = map_new(opt->max_findings, sizeof(struct pair), sizeof(size_t), opt->seed,
			     &e->targets);
	for (size_t i = 0; rc == RC_OK && detector_registry[i] != NULL; i++)
		rc = start(e, detector_registry[i]);
	if (rc != RC_OK) {
		engine_free(e);
		return rc;
	}
	*ret_engine = e;
	return RC_OK;
}

void engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	for (unsigned i = 0; i < e->n_run; i++) {
		if (e->run[i].d->fini != NULL)
			e->run[i].d->fini(e->run[i].state);
		free(e->run[i].state);
	}
	map_free(e->findings);
	map_free(e->targets);
	free(e->kept);
	free(e->sorted);
	free(e);
}

unsigned engine_wants(const struct engine *e)
{
	return e->wants;
}

void engine_event(struct engine *e, const struct event *ev)
{
	for (unsigned i = 0; i < e->n_run; i++) {
		if (e->run[i].d->wants & EV_BIT(ev->kind))
			e->run[i].d->observe(e->run[i].state, ev, &e->out);
	}
}

void engine_finish(struct engine *e)
{
	for (unsigned i = 0; i < e->n_run; i++) {
		if (e->run[i].d->finish != NULL)
			e->run[i].d->finish(e->run[i].state, &e->out);
	}
}

static int by_finding(const void *a, const void *b)
{
	return finding_cmp(*(const struct finding *const *)a, *(const struct finding *const *)b);
}

const struct finding *const *engine_findings(struct engine *e, size_t *ret_n)
{
	*ret_n = 0;
	if (e->n_kept == 0)
		return NULL;

	const struct finding **sorted = realloc(e->sorted, e->n_kept * sizeof(struct finding *));

	if (sorted == NULL) {
		on_lossy(e, "findings: no memory to sort them");
		return NULL;
	}
	e->sorted = sorted;
	for (size_t i = 0; i < e->n_kept; i++)
		sorted[i] = &e->kept[i].f;
	qsort(sorted, e->n_kept, sizeof(struct finding *), by_finding);
	*ret_n = e->n_kept;
	return sorted;
}

void engine_coverage(const struct engine *e, struct coverage *c)
{
	for (unsigned i = 0; i < e->n_limits; i++)
		named_count_add(c->limits, &c->n_limits, e->limits[i].what, e->limits[i].n);
}
