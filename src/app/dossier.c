#include "app/dossier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/resolve.h"

enum { OTHERS = 24 };

struct gathering {
	struct store *s;
	struct dossier *d;
	enum rc rc;
	struct who_attribute *attributes;
	size_t attributes_cap;
	struct who_finding *findings;
	struct who_candidate *others;
	const char *id;
};

static const char *keep(struct gathering *g, const char *text)
{
	char *copy = arena_strdup(g->d->arena, text);

	if (copy == NULL)
		g->rc = RC_NOMEM;
	return copy != NULL ? copy : "";
}

/* --- the row of the list --- */

static bool take_row(void *ctx, const struct store_row *r)
{
	struct gathering *g = ctx;

	g->d->answer.row = (struct who_row){
		.phone = keep(g, r->phone),
		.note = keep(g, r->note),
		.tags = keep(g, r->tags),
		.why = keep(g, r->why),
		.threats = keep(g, r->threats),
		.place = keep(g, r->place),
		.owner = keep(g, r->owner),
		.user = keep(g, r->user),
		.user_probability = r->user_probability,
		.verdict_confidence = r->verdict_confidence,
		.verdict = r->verdict,
		.importance = r->importance,
	};
	return true;
}

static bool take_candidate(void *ctx, const struct store_row *r)
{
	struct gathering *g = ctx;

	g->others[g->d->answer.n_others++] = (struct who_candidate){
		.id = keep(g, r->id),
		.name = keep(g, r->name[0] != '\0' ? r->name : r->fqdn),
		.user = keep(g, r->user),
		.place = keep(g, r->place),
		.addr = r->addr,
		.verdict = r->verdict,
		.last_ns = r->last_ns,
	};
	return true;
}

static enum rc list_one(struct gathering *g, const char *id,
			bool (*row)(void *ctx, const struct store_row *r))
{
	struct query q = {.n_terms = 1, .limit = 1};
	enum rc rc;

	q.terms[0] = (struct query_term){.field = QUERY_ID, .op = QUERY_IS};
	(void)snprintf(q.terms[0].text, sizeof(q.terms[0].text), "%s", id);
	rc = store_list(g->s, &q, row, g, NULL);
	return rc == RC_OK ? g->rc : rc;
}

static enum rc list_candidates(struct gathering *g, const struct store_ids *ids, size_t from)
{
	g->others = arena_alloc(g->d->arena, ids->n * sizeof(*g->others));
	if (g->others == NULL)
		return RC_NOMEM;
	for (size_t i = from; i < ids->n && i < WHO_CANDIDATES; i++) {
		enum rc rc = list_one(g, ids->list[i], take_candidate);

		if (rc != RC_OK)
			return rc;
	}
	g->d->answer.others = g->others;
	return RC_OK;
}

/* --- the machine --- */

/* The facts of everybody who shares a key with it: who had an address before and after is part of
 * why it is its own now. */
static enum rc load_machines(struct gathering *g)
{
	struct store_facts *own = NULL, *all = NULL;
	const char *id = g->id;
	enum rc rc = store_facts_of(g->s, &id, 1, &own);

	if (rc == RC_OK)
		rc = store_related(g->s, own->facts, own->n_facts, &all);
	if (rc == RC_OK) {
		struct resolve_input in = {all->facts, all->n_facts, all->decisions,
					   all->n_decisions, NULL};

		rc = resolve(&in, &g->d->machines);
	}
	if (rc == RC_OK && g->d->answer.at_ns != 0)
		rc = machines_rank_users(g->d->machines, id, g->d->answer.at_ns, NULL);
	store_facts_free(all);
	store_facts_free(own);
	return rc;
}

static const struct machine_addr *row_of(const struct machine *m, const struct addr *a,
					 uint64_t at_ns)
{
	const struct machine_addr *best = NULL;

	for (size_t i = 0; i < m->n_addrs; i++) {
		const struct machine_addr *r = &m->addrs[i];

		if (!addr_eq(&r->addr, a))
			continue;
		if (best == NULL || (at_ns != 0 && r->from_ns <= at_ns && at_ns < r->until_ns))
			best = r;
	}
	return best;
}

/* --- what the operator and the sensors said --- */

static void take_attribute(void *ctx, const struct store_attribute *a)
{
	struct gathering *g = ctx;
	struct who_answer *to = &g->d->answer;

	if (to->n_attributes == g->attributes_cap) {
		size_t cap = g->attributes_cap == 0 ? 16 : 2 * g->attributes_cap;
		struct who_attribute *more = arena_alloc(g->d->arena, cap * sizeof(*more));

		if (more == NULL) {
			g->rc = RC_NOMEM;
			return;
		}
		if (to->n_attributes > 0)
			memcpy(more, g->attributes, to->n_attributes * sizeof(*more));
		g->attributes = more;
		g->attributes_cap = cap;
	}
	g->attributes[to->n_attributes++] = (struct who_attribute){
		keep(g, a->key), keep(g, a->value), keep(g, a->who), a->at_ns};
}

static bool take_finding(void *ctx, const struct store_finding *f)
{
	struct gathering *g = ctx;
	struct who_answer *to = &g->d->answer;
	struct finding *copy = NULL;
	bool is_own = strcmp(f->source_machine, g->id) == 0;

	if (to->n_findings == WHO_FINDINGS) {
		to->n_findings_left_out++;
		return true;
	}
	copy = arena_alloc(g->d->arena, sizeof(*copy));
	if (copy == NULL) {
		g->rc = RC_NOMEM;
		return false;
	}
	*copy = *f->finding;
	g->findings[to->n_findings++] = (struct who_finding){
		copy, keep(g, f->sensor), keep(g, f->run),
		keep(g, is_own ? f->target_machine : f->source_machine), is_own};
	return g->rc == RC_OK;
}

/* --- who the others are --- */

struct naming { /* ids that were looked up, and how to call them */
	const char *ids[OTHERS], *names[OTHERS];
	size_t n;
	struct gathering *g;
	const char *name;
};

static bool take_name(void *ctx, const struct store_row *r)
{
	struct naming *n = ctx;

	if (r->name[0] != '\0' || r->fqdn[0] != '\0')
		n->name = keep(n->g, r->name[0] != '\0' ? r->name : r->fqdn);
	return true;
}

/* The machine's name in place of its id; of the first few, since nobody reads them all. */
static const char *name_of(struct naming *n, const char *id)
{
	struct query q = {.n_terms = 1, .limit = 1};

	for (size_t i = 0; i < n->n; i++) {
		if (strcmp(n->ids[i], id) == 0)
			return n->names[i];
	}
	if (n->n == OTHERS || id[0] == '\0')
		return id;
	n->name = id;
	q.terms[0] = (struct query_term){.field = QUERY_ID, .op = QUERY_IS};
	(void)snprintf(q.terms[0].text, sizeof(q.terms[0].text), "%s", id);
	if (store_list(n->g->s, &q, take_name, n, NULL) != RC_OK)
		return id;
	n->ids[n->n] = id;
	n->names[n->n] = n->name;
	return n->names[n->n++];
}

static int cmp_findings(const void *one, const void *two)
{
	const struct who_finding *a = one, *b = two;

	if (a->is_own != b->is_own)
		return a->is_own ? -1 : 1;
	if (a->finding->class != b->finding->class)
		return a->finding->class < b->finding->class ? -1 : 1;
	if (a->finding->first_ns != b->finding->first_ns)
		return a->finding->first_ns < b->finding->first_ns ? -1 : 1;
	return finding_cmp(a->finding, b->finding);
}

static enum rc gather(struct gathering *g)
{
	struct who_answer *to = &g->d->answer;
	struct naming naming = {.n = 0, .g = g};
	enum rc rc = load_machines(g);

	if (rc != RC_OK)
		return rc;
	to->machine = machines_by_id(g->d->machines, g->id);
	if (to->machine == NULL)
		return RC_END; /* it was changed between two questions */
	if (!addr_is_zero(&to->addr))
		to->had = row_of(to->machine, &to->addr, to->at_ns);
	g->findings = arena_alloc(g->d->arena, WHO_FINDINGS * sizeof(*g->findings));
	if (g->findings == NULL)
		return RC_NOMEM;
	rc = list_one(g, g->id, take_row);
	if (rc == RC_OK)
		rc = store_attributes(g->s, g->id, take_attribute, g);
	if (rc == RC_OK)
		rc = store_findings(g->s, g->id, take_finding, g);
	if (rc != RC_OK || g->rc != RC_OK)
		return rc != RC_OK ? rc : g->rc;
	if (to->n_findings > 1)
		qsort(g->findings, to->n_findings, sizeof(*g->findings), cmp_findings);
	for (size_t i = 0; i < to->n_findings; i++)
		g->findings[i].other = name_of(&naming, g->findings[i].other);
	to->findings = g->findings;
	to->attributes = g->attributes;
	return RC_OK;
}

/* An address, a MAC or an id means one machine at a time, the best of them; a name or a user that
 * several have is a question back. */
static bool means_one(const char *what, const struct store_ids *ids)
{
	struct addr a;

	return ids->n == 1 || addr_parse(what, &a) == RC_OK || strcmp(what, ids->list[0]) == 0 ||
	       strspn(what, "0123456789abcdefABCDEF:.-") == strlen(what);
}

static enum rc find(struct gathering *g, const char *what)
{
	struct who_answer *to = &g->d->answer;
	struct store_ids ids = {NULL, 0};
	enum rc rc = store_find(g->s, what, to->at_ns, WHO_CANDIDATES, &ids);

	if (rc != RC_OK)
		return rc;
	if (ids.n == 0) {
		to->found = WHO_NONE;
	} else if (means_one(what, &ids)) {
		to->found = WHO_ONE;
		g->id = keep(g, ids.list[0]);
		rc = gather(g);
		if (rc == RC_OK && ids.n > 1)
			rc = list_candidates(g, &ids, 1);
	} else {
		to->found = WHO_SEVERAL;
		rc = list_candidates(g, &ids, 0);
	}
	store_ids_done(&ids);
	return rc == RC_OK ? g->rc : rc;
}

enum rc dossier_find(struct store *s, const char *what, uint64_t at_ns,
		     struct dossier **ret_dossier)
{
	struct dossier *d = calloc(1, sizeof(*d));
	struct gathering g = {.s = s, .d = d};
	enum rc rc = RC_NOMEM;

	if (d == NULL)
		return RC_NOMEM;
	if (arena_new(0, &d->arena) != RC_OK)
		goto out;
	d->answer.query = keep(&g, what);
	d->answer.at_ns = at_ns;
	if (addr_parse(what, &d->answer.addr) != RC_OK)
		d->answer.addr = (struct addr){{0}};
	rc = find(&g, what);
	if (rc != RC_OK)
		goto out;
	*ret_dossier = d;
	d = NULL;
out:
	dossier_free(d);
	return rc;
}

void dossier_free(struct dossier *d)
{
	if (d == NULL)
		return;
	machines_free(d->machines);
	arena_free(d->arena);
	free(d);
}
