/* json of the triage - quell.triage/1, doc/triage.schema.json. */
#include <string.h>

#include "brief/triage_parts.h"
#include "report/pen.h"

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
		pen_put_text(p, "weakness", patch->weakness->id);
		list(p, "threats", patch->threats);
		for (unsigned s = 0; s < PATCH_STATES; s++)
			pen_put_number(p, patch_state_name((enum patch_state)s),
				       patch->by_state[s]);
		pen_put_number(p, "never_assessed", patch->not_asked);
		pen_put_time(p, "oldest_assessment", patch->oldest_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void put_infected(struct pen *p, const struct triage_input *in)
{
	const struct estimate *e = &in->estimate;

	section(p, "infected", '{');
	pen_put_number(p, "found", in->by_verdict[VERDICT_INFECTED]);
	pen_put_number(p, "suspected", in->by_verdict[VERDICT_SUSPECTED]);
	pen_key(p, "estimate");
	if (e->is_meaningful) {
		pen_open(p, '{');
		pen_put_real(p, "total", e->total);
		pen_put_real(p, "low", e->low);
		pen_put_real(p, "high", e->high);
		pen_put_real(p, "share_found", e->share_found);
		pen_key(p, "minutes_to_95");
		if (e->minutes_to_95 >= 0)
			pen_real(p, e->minutes_to_95);
		else
			pen_null(p);
		pen_close(p, '}');
	} else {
		pen_null(p);
	}
	pen_put_text(p, "why", e->why);
	pen_close(p, '}');
}

static void put_heard(struct pen *p, const struct triage_heard *h)
{
	section(p, "heard", '{');
	pen_put_number(p, "runs", h->runs);
	pen_put_number(p, "sensors", h->sensors);
	pen_put_time(p, "first", h->first_ns);
	pen_put_time(p, "last", h->last_ns);
	pen_put_real(p, "minutes", h->minutes);
	pen_close(p, '}');
}

static void put_machines(struct pen *p, const struct triage_input *in)
{
	section(p, "machines", '[');
	for (size_t i = 0; i < in->n_nodes; i++) {
		const struct triage_node *n = &in->nodes[i];

		pen_line(p);
		pen_open(p, '{');
		pen_put_text(p, "id", n->machine);
		pen_put_text(p, "name", n->name);
		pen_key(p, "address");
		if (addr_is_zero(&n->addr))
			pen_null(p);
		else
			pen_addr(p, &n->addr);
		pen_put_text(p, "user", n->user);
		pen_put_text(p, "place", n->place);
		pen_put_text(p, "phone", n->phone);
		pen_put_text(p, "owner", n->owner);
		pen_put_text(p, "os", n->os);
		pen_put_text(p, "verdict", verdict_name(n->verdict));
		pen_put_text(p, "patch", patch_state_name(n->patch));
		pen_put_time(p, "first", n->first_ns);
		pen_put_time(p, "last", n->last_ns);
		pen_put_text(p, "why", n->why);
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
	pen_put_text(p, "basis", triage_basis_name(t->basis));
	pen_put_number(p, "infected", t->infected);
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
		pen_put_text(p, "when", triage_when_name(s->when));
		pen_put_text(p, "act", triage_act_name(s->act));
		pen_put_text(p, "what", s->what);
		pen_put_text(p, "whom", s->whom);
		pen_put_number(p, "machines", s->how_many);
		pen_put_text(p, "channel", s->channel);
		pen_put_text(p, "proof", s->proof);
		pen_put_text(p, "command", s->command);
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
		pen_put_text(p, "control", tree_control_name(in->cuts[i].control));
		pen_put_real(p, "spared", in->cuts[i].spared);
		pen_put_number(p, "of", in->cuts[i].of);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void three(struct pen *p, const char *key, double mean, double low, double high)
{
	pen_key(p, key);
	pen_open(p, '{');
	pen_put_real(p, "mean", mean);
	pen_put_real(p, "low", low);
	pen_put_real(p, "high", high);
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
			pen_put_text(p, "measure", m[i].id);
			pen_put_real(p, "factor", m[i].factor);
			pen_put_real(p, "hours", triage_hours[h]);
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
	pen_put_text(p, "why", g->why);
	if (g->is_fitted) {
		three(p, "rate", g->rate, g->rate_low, g->rate_high);
		three(p, "limit", g->limit, g->limit_low, g->limit_high);
		three(p, "doubling_hours", g->doubling_hours, g->doubling_low, g->doubling_high);
		three(p, "r", g->r, g->r_low, g->r_high);
		pen_put_real(p, "now", g->now);
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
	pen_put_text(p, "strategy", strategy_name(s));
	range(p, "machine_hours", &o->machine_hours);
	range(p, "hours_to_zero", &o->hours_to_zero);
	range(p, "infected_in_all", &o->infected_in_all);
	range(p, "reinfected", &o->reinfected);
	range(p, "peak", &o->peak);
	range(p, "work_hours", &o->work_hours);
	pen_put_real(p, "share_ended", o->share_ended);
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
	pen_put_number(p, "runs", in->runs);
	pen_put_number(p, "seed", in->seed);
	pen_put_real(p, "people", in->means.people);
	pen_put_real(p, "minutes_each", in->means.minutes_each);
	three(p, "rate", in->rate.rate, in->rate.low, in->rate.high);
	pen_put_real(p, "rate_infections", in->rate.infections);
	pen_put_real(p, "rate_machine_hours", in->rate.machine_hours);
	pen_put_text(p, "rule", strategy_name(c->rule));
	pen_put_text(p, "computed", strategy_name(c->computed));
	pen_key(p, "break_even");
	if (c->break_even >= 0)
		pen_real(p, c->break_even);
	else
		pen_null(p);
	pen_put_real(p, "clean_an_hour", c->clean_an_hour);
	pen_put_real(p, "infect_an_hour", c->infect_an_hour);
	pen_put_text(p, "why", c->why);
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
	pen_put_text(&p, "schema", "quell.triage/1");
	pen_put_time(&p, "at", in->now_ns);
	pen_put_number(&p, "machines_known", in->machines);
	pen_put_number(&p, "machines_assessed", in->assessed);
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
