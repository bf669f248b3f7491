/* json of the triage - quell.triage/1, doc/triage.schema.json. */
#include <string.h>

#include "brief/triage_parts.h"
#include "report/pen.h"

static void member(struct pen *p, const char *key, const char *text)
{
	pen_key(p, key);
	pen_text(p, text);
}

static void number(struct pen *p, const char *key, uint64_t n)
{
	pen_key(p, key);
	pen_number(p, n);
}

static void real(struct pen *p, const char *key, double d)
{
	pen_key(p, key);
	pen_real(p, d);
}

static void when(struct pen *p, const char *key, uint64_t at_ns)
{
	pen_key(p, key);
	pen_time(p, at_ns);
}

static void list(struct pen *p, const char *key, const char *const *texts)
{
	pen_key(p, key);
	pen_open(p, '[');
	for (; texts != NULL && *texts != NULL; texts++)
		pen_text(p, *texts);
	pen_close(p, ']');
}

static void section(struct pen *p, const char *key, char bracket)
{
	pen_line(p);
	pen_key(p, key);
	pen_open(p, bracket);
}

/* --- the two questions --- */

static void put_patches(struct pen *p, const struct triage_input *in)
{
	section(p, "patched", '[');
	for (size_t i = 0; i < in->n_patches; i++) {
		const struct triage_patch *patch = &in->patches[i];

		pen_line(p);
		pen_open(p, '{');
		member(p, "weakness", patch->weakness->id);
		list(p, "threats", patch->threats);
		for (unsigned s = 0; s < PATCH_STATES; s++)
			number(p, patch_state_name((enum patch_state)s), patch->by_state[s]);
		number(p, "never_assessed", patch->not_asked);
		when(p, "oldest_assessment", patch->oldest_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void put_infected(struct pen *p, const struct triage_input *in)
{
	const struct estimate *e = &in->estimate;

	section(p, "infected", '{');
	number(p, "found", in->by_verdict[VERDICT_INFECTED]);
	number(p, "suspected", in->by_verdict[VERDICT_SUSPECTED]);
	pen_key(p, "estimate");
	if (e->is_meaningful) {
		pen_open(p, '{');
		real(p, "total", e->total);
		real(p, "low", e->low);
		real(p, "high", e->high);
		real(p, "share_found", e->share_found);
		pen_key(p, "minutes_to_95");
		if (e->minutes_to_95 >= 0)
			pen_real(p, e->minutes_to_95);
		else
			pen_null(p);
		pen_close(p, '}');
	} else {
		pen_null(p);
	}
	member(p, "why", e->why);
	pen_close(p, '}');
}

static void put_heard(struct pen *p, const struct triage_heard *h)
{
	section(p, "heard", '{');
	number(p, "runs", h->runs);
	number(p, "sensors", h->sensors);
	when(p, "first", h->first_ns);
	when(p, "last", h->last_ns);
	real(p, "minutes", h->minutes);
	pen_close(p, '}');
}

static void put_machines(struct pen *p, const struct triage_input *in)
{
	section(p, "machines", '[');
	for (size_t i = 0; i < in->n_nodes; i++) {
		const struct triage_node *n = &in->nodes[i];

		pen_line(p);
		pen_open(p, '{');
		member(p, "id", n->machine);
		member(p, "name", n->name);
		pen_key(p, "address");
		if (addr_is_zero(&n->addr))
			pen_null(p);
		else
			pen_addr(p, &n->addr);
		member(p, "user", n->user);
		member(p, "place", n->place);
		member(p, "phone", n->phone);
		member(p, "owner", n->owner);
		member(p, "os", n->os);
		member(p, "verdict", verdict_name(n->verdict));
		member(p, "patch", patch_state_name(n->patch));
		when(p, "first", n->first_ns);
		when(p, "last", n->last_ns);
		member(p, "why", n->why);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

/* --- the decision and the plan --- */

static void put_decision(struct pen *p, const struct triage *t)
{
	const struct triage_input *in = t->in;

	section(p, "decision", '{');
	pen_key(p, "strategy");
	if (t->basis == TRIAGE_NOTHING)
		pen_null(p);
	else
		pen_text(p, strategy_name(t->decided));
	member(p, "basis", triage_basis_name(t->basis));
	number(p, "infected", t->infected);
	pen_key(p, "computed");
	if (in->has_choice)
		pen_text(p, strategy_name(in->choice.computed));
	else
		pen_null(p);
	pen_key(p, "reasons");
	pen_open(p, '[');
	for (size_t i = 0; i < t->n_reasons; i++)
		pen_text(p, t->reasons[i]);
	pen_close(p, ']');
	pen_close(p, '}');
}

static void put_steps(struct pen *p, const struct triage *t)
{
	section(p, "steps", '[');
	for (size_t i = 0; i < t->n_steps; i++) {
		const struct triage_step *s = &t->steps[i];

		pen_line(p);
		pen_open(p, '{');
		member(p, "when", triage_when_name(s->when));
		member(p, "act", triage_act_name(s->act));
		member(p, "what", s->what);
		member(p, "whom", s->whom);
		number(p, "machines", s->how_many);
		member(p, "channel", s->channel);
		member(p, "proof", s->proof);
		member(p, "command", s->command);
		pen_close(p, '}');
	}
	pen_close(p, ']');
	section(p, "vendor", '[');
	for (size_t i = 0; i < t->n_vendor; i++) {
		pen_line(p);
		pen_text(p, t->vendor[i]);
	}
	pen_close(p, ']');
}

/* --- what it rests on --- */

static void put_cuts(struct pen *p, const struct triage_input *in)
{
	section(p, "controls", '[');
	for (unsigned i = 0; in->has_cuts && i < CONTROLS; i++) {
		pen_line(p);
		pen_open(p, '{');
		member(p, "control", tree_control_name(in->cuts[i].control));
		real(p, "spared", in->cuts[i].spared);
		number(p, "of", in->cuts[i].of);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void three(struct pen *p, const char *key, double mean, double low, double high)
{
	pen_key(p, key);
	pen_open(p, '{');
	real(p, "mean", mean);
	real(p, "low", low);
	real(p, "high", high);
	pen_close(p, '}');
}

static void put_forecast(struct pen *p, const struct triage_input *in)
{
	struct triage_measure m[TRIAGE_MEASURES];
	size_t n = triage_measures(in, m);

	section(p, "forecast", '[');
	for (size_t i = 0; i < n; i++) {
		for (unsigned h = 0; h < TRIAGE_HOURS; h++) {
			struct growth_point at = {0};

			growth_at(&in->growth, triage_hours[h], m[i].factor, &at);
			pen_line(p);
			pen_open(p, '{');
			member(p, "measure", m[i].id);
			real(p, "factor", m[i].factor);
			real(p, "hours", triage_hours[h]);
			three(p, "infected", at.infected, at.low, at.high);
			pen_close(p, '}');
		}
	}
	pen_close(p, ']');
}

static void put_growth(struct pen *p, const struct triage_input *in)
{
	const struct growth *g = &in->growth;

	section(p, "growth", '{');
	pen_key(p, "fitted");
	pen_bool(p, g->is_fitted);
	member(p, "why", g->why);
	if (g->is_fitted) {
		three(p, "rate", g->rate, g->rate_low, g->rate_high);
		three(p, "limit", g->limit, g->limit_low, g->limit_high);
		three(p, "doubling_hours", g->doubling_hours, g->doubling_low, g->doubling_high);
		three(p, "r", g->r, g->r_low, g->r_high);
		real(p, "now", g->now);
		put_forecast(p, in);
	}
	pen_close(p, '}');
}

static void range(struct pen *p, const char *key, const struct sim_range *r)
{
	three(p, key, r->mean, r->low, r->high);
}

static void put_outcome(struct pen *p, enum strategy s, const struct sim_outcome *o)
{
	pen_line(p);
	pen_open(p, '{');
	member(p, "strategy", strategy_name(s));
	range(p, "machine_hours", &o->machine_hours);
	range(p, "hours_to_zero", &o->hours_to_zero);
	range(p, "infected_in_all", &o->infected_in_all);
	range(p, "reinfected", &o->reinfected);
	range(p, "peak", &o->peak);
	range(p, "work_hours", &o->work_hours);
	real(p, "share_ended", o->share_ended);
	pen_close(p, '}');
}

static void put_strategies(struct pen *p, const struct triage_input *in)
{
	const struct strategy_choice *c = &in->choice;

	pen_line(p);
	pen_key(p, "strategies");
	if (!in->has_choice) {
		pen_null(p);
		return;
	}
	pen_open(p, '{');
	number(p, "runs", in->runs);
	number(p, "seed", in->seed);
	real(p, "people", in->means.people);
	real(p, "minutes_each", in->means.minutes_each);
	member(p, "rule", strategy_name(c->rule));
	member(p, "computed", strategy_name(c->computed));
	pen_key(p, "break_even");
	if (c->break_even >= 0)
		pen_real(p, c->break_even);
	else
		pen_null(p);
	real(p, "clean_an_hour", c->clean_an_hour);
	real(p, "infect_an_hour", c->infect_an_hour);
	member(p, "why", c->why);
	section(p, "outcomes", '[');
	for (unsigned i = 0; i < STRATEGIES; i++)
		put_outcome(p, (enum strategy)i, &c->outcomes[i]);
	pen_close(p, ']');
	pen_close(p, '}');
}

enum rc brief_triage_json(const struct triage *t, FILE *to)
{
	const struct triage_input *in = t->in;
	const struct tree_names names = triage_tree_names(in);
	struct pen p = {.to = to};

	pen_open(&p, '{');
	pen_line(&p);
	member(&p, "schema", "quell.triage/1");
	when(&p, "at", in->now_ns);
	number(&p, "machines_known", in->machines);
	number(&p, "machines_assessed", in->assessed);
	list(&p, "loose", in->loose);
	put_patches(&p, in);
	put_infected(&p, in);
	put_heard(&p, &in->heard);
	put_decision(&p, t);
	put_steps(&p, t);
	put_machines(&p, in);
	pen_line(&p);
	pen_key(&p, "tree");
	tree_json(&p, in->tree, &names);
	put_cuts(&p, in);
	put_growth(&p, in);
	put_strategies(&p, in);
	section(&p, "not_seen", '[');
	for (size_t i = 0; i < in->n_blind; i++)
		pen_text(&p, in->blind[i].text);
	pen_close(&p, ']');
	pen_close(&p, '}');
	if (pen_done(&p) != RC_OK || fputc('\n', to) == EOF || fflush(to) == EOF)
		return RC_IO;
	return RC_OK;
}
