/*
 * json of the picture - quell.assessment/1, doc/assessment.schema.json.
 *
 * Machines are written as they come; what is counted over all of them follows.
 */
#include "picture/json.h"

#include <stdlib.h>

#include "picture/site.h"

static enum rc begin(struct picture *pic)
{
	struct pen *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return RC_NOMEM;
	pic->state = p;
	p->to = pic->opt.to;
	json_head(p, &pic->opt, "quell.assessment/1");
	pen_line(p);
	pen_key(p, "machines");
	pen_open(p, '[');
	return RC_OK;
}

static enum rc add(struct picture *pic, const struct picture_machine *m)
{
	struct pen *p = pic->state;

	pen_line(p);
	pen_open(p, '{');
	json_machine_head(p, &pic->opt, m);
	json_machine_judged(p, &pic->opt, m, false);
	pen_close(p, '}');
	return p->bad ? RC_IO : RC_OK;
}

static void put_summary(struct pen *p, const struct tally *t)
{
	json_count(p, "machines", t->machines);
	pen_key(p, "assessed");
	pen_open(p, '{');
	for (unsigned a = 0; a < ASSESSEDS; a++)
		json_count(p, assessed_name((enum assessed)a), t->assessed[a]);
	pen_close(p, '}');
	pen_key(p, "states");
	pen_open(p, '{');
	for (unsigned s = 0; s < PATCH_STATES; s++)
		json_count(p, patch_state_name((enum patch_state)s), t->by_state[s]);
	pen_close(p, '}');
	pen_key(p, "evidence");
	pen_open(p, '{');
	for (unsigned e = 0; e < EVIDENCES; e++)
		json_count(p, evidence_name((enum evidence)e), t->evidence[e]);
	pen_close(p, '}');
	pen_key(p, "protection");
	pen_open(p, '{');
	for (unsigned i = 0; i < PROTECTIONS; i++)
		json_count(p, protection_name((enum protection)i), t->protection[i]);
	pen_close(p, '}');
	json_count(p, "loose_missing", t->loose_missing);
	json_count(p, "tampered", t->tampered);
	json_count(p, "conflicting", t->conflicting);
	json_count(p, "unassessed_infected", t->unassessed_infected);
	pen_key(p, "first");
	pen_time(p, t->first_ns);
	pen_key(p, "last");
	pen_time(p, t->last_ns);
}

static void put_weakness(struct pen *p, const struct tally_weakness *w)
{
	pen_line(p);
	pen_open(p, '{');
	json_member(p, "id", w->weakness->id);
	json_member(p, "title", w->weakness->title);
	json_member(p, "cve", w->weakness->cve);
	json_member(p, "bulletin", w->weakness->bulletin);
	json_list(p, "threats", w->weakness->threats);
	pen_key(p, "loose");
	pen_bool(p, w->is_loose);
	for (unsigned s = 0; s < PATCH_STATES; s++)
		json_count(p, patch_state_name((enum patch_state)s), w->n[s]);
	json_count(p, "conflicts", w->conflicts);
	json_count(p, "remedied", w->remedied);
	json_member(p, "install", w->kbs);
	pen_close(p, '}');
}

static void put_check(struct pen *p, const struct tally_check *c)
{
	pen_line(p);
	pen_open(p, '{');
	json_member(p, "id", c->check->id);
	json_member(p, "group", c->check->group);
	json_member(p, "title", c->check->title);
	pen_key(p, "serious");
	pen_bool(p, c->check->is_serious);
	json_member(p, "reason", c->check->reason);
	json_member(p, "correct", c->check->correct);
	json_list(p, "doors", c->check->doors);
	for (unsigned m = 0; m < MARKS; m++)
		json_count(p, mark_name((enum mark)m), c->n[m]);
	pen_close(p, '}');
}

static void put_sign(struct pen *p, const struct tally_sign *s)
{
	pen_line(p);
	pen_open(p, '{');
	json_member(p, "id", s->id);
	pen_key(p, "strong");
	pen_bool(p, s->is_strong);
	json_member(p, "why", s->why);
	json_count(p, "machines", s->machines);
	pen_key(p, "examples");
	pen_open(p, '[');
	for (size_t i = 0; i < s->n_named; i++)
		pen_text(p, s->named[i]);
	pen_close(p, ']');
	pen_close(p, '}');
}

static void put_worst(struct pen *p, const struct worst *w)
{
	pen_line(p);
	pen_open(p, '{');
	json_member(p, "id", w->machine.id);
	json_member(p, "name", w->machine.name);
	pen_key(p, "harm");
	pen_real(p, w->harm);
	json_count(p, "wrong", w->n_wrong_all);
	json_member(p, "next_step", w->next);
	pen_close(p, '}');
}

static void list_begin(struct pen *p, const char *key)
{
	pen_close(p, ']');
	pen_line(p);
	pen_key(p, key);
	pen_open(p, '[');
}

static enum rc end(struct picture *pic)
{
	const struct tally *t = pic->tally;
	struct pen *p = pic->state;

	list_begin(p, "weaknesses");
	for (size_t i = 0; i < t->n_weaknesses; i++)
		put_weakness(p, &t->weaknesses[i]);
	list_begin(p, "policy");
	for (size_t i = 0; i < t->n_checks; i++)
		put_check(p, &t->checks[i]);
	list_begin(p, "tampering");
	for (size_t i = 0; i < t->n_signs; i++)
		put_sign(p, &t->signs[i]);
	list_begin(p, "worst");
	for (size_t i = 0; i < t->n_worst; i++)
		put_worst(p, t->worst[i]);
	pen_close(p, ']');
	pen_line(p);
	pen_key(p, "summary");
	pen_open(p, '{');
	put_summary(p, t);
	pen_close(p, '}');
	pen_close(p, '}');
	return json_end(p);
}

const struct picture_writer picture_json = {begin, add, end, free};
