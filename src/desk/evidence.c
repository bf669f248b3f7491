#include "desk/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "outbreak/verdict.h"

enum { FROM = 256 };

struct gathering { /* what a pass over the store works with */
	struct desk_campaign *c;
	const struct audit_by *by;
	struct desk_evidence *e;
	struct judge_rules rules;
	struct attack {
		uint64_t at_ns;
		bool is_infected; /* the store's verdict */
		char why[FROM];
	} * attacks; /* of each member */
	enum rc rc;
};

static void take_step(struct gathering *g, struct member *m, const struct campaign_step *step)
{
	const struct member before = *m;
	enum step_outcome o = STEP_SAME;
	char err[CAMPAIGN_WHY] = "";

	g->rc = desk_campaign_step(g->c, m, step, g->by, &o, err, sizeof(err));
	if (g->rc != RC_OK)
		return;
	g->e->changed += before.stage != m->stage || before.marks != m->marks;
	g->e->contradicted += o == STEP_CONTRADICTED;
	if (step->event == EVENT_HEARD_HOSTILE && o == STEP_DONE) {
		g->e->infected += (before.marks & MEMBER_INFECTED) == 0;
		g->e->reinfected += (m->marks & ~before.marks & MEMBER_REINFECTED) != 0;
	}
}

/* --- assessments --- */

static bool is_of_patch(const char *key, const struct weakness *w)
{
	static const char *const keys[] = {"os.ubr", "os.version", "os.service-pack",
					   "os.product-type"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < w->n_answers; i++) {
		if (strcmp(key, w->answers[i].key) == 0)
			return true;
	}
	return strncmp(key, "hotfix:", 7) == 0;
}

/* When that was seen which the judgement rests on: of the file, if it was read, whatever was asked
 * since. A look at anything else later must not make an old look at the file new. */
static uint64_t seen_at(const struct posture *p, const struct weakness *w)
{
	char key[POSTURE_KEY];
	const struct observation *o = NULL;
	uint64_t at_ns = 0;

	if (w->file != NULL) {
		(void)snprintf(key, sizeof(key), "file:%s", w->file);
		o = posture_find(p, key);
		if (o != NULL && o->state == OBSERVED_VALUE)
			return o->at_ns;
	}
	for (size_t i = 0; i < p->n; i++) {
		if (is_of_patch(p->list[i].key, w) && p->list[i].at_ns > at_ns)
			at_ns = p->list[i].at_ns;
	}
	return at_ns > 0 ? at_ns : p->at_ns;
}

static bool event_of(enum patch_state state, enum campaign_event *ret_e)
{
	switch (state) {
	case PATCH_EFFECTIVE:
		*ret_e = EVENT_SEEN_EFFECTIVE;
		return true;
	case PATCH_PENDING:
		*ret_e = EVENT_SEEN_PENDING;
		return true;
	case PATCH_MISSING:
		*ret_e = EVENT_SEEN_MISSING;
		return true;
	case PATCH_NOT_AFFECTED:
		*ret_e = EVENT_SEEN_NOT_AFFECTED;
		return true;
	default:
		return false; /* unknown is no evidence */
	}
}

static bool take_posture(void *ctx, const struct store_posture *sp)
{
	struct gathering *g = ctx;
	struct member *m = desk_campaign_member(g->c, sp->machine);
	struct judged *j = NULL;
	char from[FROM];

	if (m == NULL)
		return true;
	g->rc = judge_by(sp->posture, &g->rules, &j);
	if (g->rc != RC_OK || j == NULL)
		return false;
	if (j->n_patches == 1) {
		const struct judged_patch *p = &j->patches[0];
		struct campaign_step step = {.at_ns = seen_at(sp->posture, p->weakness),
					     .conflict = p->conflict,
					     .from = from};

		(void)snprintf(from, sizeof(from), "assessment %.32s (%.180s)", sp->assessment,
			       p->why);
		g->e->assessed++;
		if (event_of(p->state, &step.event))
			take_step(g, m, &step);
	}
	judged_free(j);
	return g->rc == RC_OK;
}

enum rc desk_evidence_patches(struct desk_campaign *c, const struct knowledge *k,
			      const struct audit_by *by, struct desk_evidence *e)
{
	const struct weakness *w = knowledge_weakness(k, c->head.weakness);
	struct gathering g = {.c = c,
			      .by = by,
			      .e = e,
			      .rules = {.weaknesses = w, .n_weaknesses = 1, .patches_only = true}};
	struct judge_keys keys = {.n = 0};
	enum rc rc = RC_OK;

	if (w == NULL)
		return RC_INVAL;
	if (c->n_members == 0)
		return RC_OK;
	rc = judge_keys_by(&g.rules, &keys);
	if (rc != RC_OK)
		return rc;
	rc = store_postures_some(c->store, &(struct posture_wanted){keys.list, keys.n},
				 take_posture, &g);
	judge_keys_done(&keys);
	return rc != RC_OK ? rc : g.rc;
}

/* --- attacks --- */

static bool take_infected(void *ctx, const struct store_row *r)
{
	struct gathering *g = ctx;
	const struct member *m = desk_campaign_member(g->c, r->id);

	if (m != NULL)
		g->attacks[m - g->c->members].is_infected = r->verdict == VERDICT_INFECTED;
	return true;
}

/* The latest deed of each counts: was it after the cleaning? */
static bool take_finding(void *ctx, const struct store_finding *f)
{
	struct gathering *g = ctx;
	const struct member *m = desk_campaign_member(g->c, f->source_machine);
	struct attack *a = NULL;

	if (m == NULL || verdict_of_source(f->finding) < VERDICT_SUSPECTED)
		return true;
	a = &g->attacks[m - g->c->members];
	if (!a->is_infected || f->finding->last_ns <= a->at_ns)
		return true;
	a->at_ns = f->finding->last_ns;
	(void)snprintf(a->why, sizeof(a->why), "sensor %.40s (%.180s)", f->sensor, f->finding->why);
	return true;
}

static void take_attacks(struct gathering *g)
{
	for (size_t i = 0; i < g->c->n_members && g->rc == RC_OK; i++) {
		const struct campaign_step step = {.event = EVENT_HEARD_HOSTILE,
						   .at_ns = g->attacks[i].at_ns,
						   .from = g->attacks[i].why};

		if (g->attacks[i].at_ns > 0)
			take_step(g, &g->c->members[i], &step);
	}
}

enum rc desk_evidence_attacks(struct desk_campaign *c, const struct audit_by *by,
			      struct desk_evidence *e)
{
	struct gathering g = {.c = c, .by = by, .e = e};
	struct query infected = {.n_terms = 0};
	char err[64];
	enum rc rc = query_parse("verdict:infected", by->at_ns, &infected, err, sizeof(err));

	if (rc != RC_OK || c->n_members == 0)
		return rc;
	g.attacks = calloc(c->n_members, sizeof(*g.attacks));
	if (g.attacks == NULL)
		return RC_NOMEM;
	rc = store_list(c->store, &infected, take_infected, &g, NULL);
	if (rc == RC_OK)
		rc = store_findings(c->store, NULL, take_finding, &g);
	if (rc == RC_OK)
		take_attacks(&g);
	free(g.attacks);
	return rc != RC_OK ? rc : g.rc;
}

enum rc desk_evidence(struct desk_campaign *c, const struct knowledge *k, const struct audit_by *by,
		      struct desk_evidence *ret_e)
{
	struct desk_evidence e = {.assessed = 0};
	enum rc rc = desk_evidence_patches(c, k, by, &e);

	if (rc == RC_OK)
		rc = desk_evidence_attacks(c, by, &e);
	if (rc == RC_OK)
		rc = desk_evidence_silence(c, by, &e);
	if (rc == RC_OK)
		*ret_e = e;
	return rc;
}
