#include "desk/status.h"

#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "desk/outlook.h"

enum {
	CODES = 64,       /* different failure codes that are counted; others are rare */
	LATELY_HOURS = 2, /* whoever was heard within is on */
};

static const uint64_t MINUTE_NS = 60 * NS_PER_S, HOUR_NS = 3600 * NS_PER_S;

/* --- counts --- */

struct tally {
	struct wave_count count;
	struct {
		int64_t code;
		size_t n;
	} codes[CODES];
	size_t n_codes;
};

static void count_code(struct tally *t, int64_t code)
{
	for (size_t i = 0; i < t->n_codes; i++) {
		if (t->codes[i].code == code) {
			t->codes[i].n++;
			return;
		}
	}
	if (t->n_codes == CODES)
		return;
	t->codes[t->n_codes].code = code;
	t->codes[t->n_codes++].n = 1;
}

static void count_member(struct tally *t, const struct member *m)
{
	struct wave_count *c = &t->count;

	c->n++;
	c->by_stage[(unsigned)m->stage < STAGES ? m->stage : STAGE_UNKNOWN]++;
	c->infected += (m->marks & MEMBER_INFECTED) != 0;
	c->quarantined += (m->marks & MEMBER_QUARANTINED) != 0;
	c->reported += m->tried_ns > 0;
	if ((m->marks & MEMBER_FAILED) != 0) {
		c->failed++;
		count_code(t, m->code);
	}
}

/* The most frequent first; of the same, the lower code. */
static void end_tally(struct tally *t)
{
	enum { TOP = sizeof(t->count.codes) / sizeof(t->count.codes[0]) };

	while (t->count.n_codes < TOP && t->count.n_codes < t->n_codes) {
		size_t best = 0;

		for (size_t i = 1; i < t->n_codes; i++) {
			if (t->codes[i].n > t->codes[best].n ||
			    (t->codes[i].n == t->codes[best].n &&
			     t->codes[i].code < t->codes[best].code))
				best = i;
		}
		if (t->codes[best].n == 0)
			return;
		t->count.codes[t->count.n_codes].code = t->codes[best].code;
		t->count.codes[t->count.n_codes++].n = t->codes[best].n;
		t->codes[best].n = 0;
	}
}

void desk_status_count(const struct desk_campaign *c, uint32_t wave, struct wave_count *ret_count)
{
	struct tally t = {.n_codes = 0};

	for (size_t i = 0; i < c->n_members; i++) {
		if (wave == 0 || c->members[i].wave == wave)
			count_member(&t, &c->members[i]);
	}
	end_tally(&t);
	*ret_count = t.count;
}

/* --- waves --- */

static size_t patched_of(const struct wave_count *c)
{
	size_t n = 0;

	for (unsigned s = STAGE_PATCHED; s < STAGES; s++)
		n += c->by_stage[s];
	return n;
}

/* At the pace since it was opened. */
static double eta_of(const struct wave *w, const struct wave_count *c, uint64_t now_ns)
{
	size_t patched = patched_of(c);

	if (patched == c->n)
		return 0;
	if (w->opened_ns == 0 || now_ns <= w->opened_ns || patched == 0 || w->state != WAVE_OPEN)
		return -1;
	return (double)(now_ns - w->opened_ns) / (double)HOUR_NS * (double)(c->n - patched) /
	       (double)patched;
}

static enum rc fill_waves(struct desk_status *s, const struct desk_campaign *c, uint64_t now_ns)
{
	struct brief_wave *waves = arena_alloc(s->arena, (c->n_waves + 1) * sizeof(*waves));
	struct tally *tallies = calloc(c->n_waves + 1, sizeof(*tallies));
	enum { WHY = 160 };

	if (waves == NULL || tallies == NULL) {
		free(tallies);
		return RC_NOMEM;
	}
	for (size_t i = 0; i < c->n_members; i++) {
		const struct wave *w = desk_campaign_wave(c, c->members[i].wave);

		count_member(&tallies[c->n_waves], &c->members[i]);
		if (w != NULL)
			count_member(&tallies[w - c->waves], &c->members[i]);
	}
	for (size_t i = 0; i <= c->n_waves; i++)
		end_tally(&tallies[i]);
	s->brief.all = tallies[c->n_waves].count;
	for (size_t i = 0; i < c->n_waves; i++) {
		char *why = arena_alloc(s->arena, WHY);

		if (why == NULL)
			break;
		waves[i] = (struct brief_wave){.wave = &c->waves[i], .count = tallies[i].count};
		waves[i].gate =
			wave_gate(&c->waves[i], &waves[i].count, c->head.stop_failed, why, WHY);
		waves[i].gate_why = why;
		waves[i].eta_hours = eta_of(&c->waves[i], &waves[i].count, now_ns);
		s->brief.n_waves++;
	}
	s->brief.waves = waves;
	free(tallies);
	return s->brief.n_waves == c->n_waves ? RC_OK : RC_NOMEM;
}

static enum rc fill_contradictions(struct desk_status *s, const struct desk_campaign *c)
{
	struct brief_member *list = arena_alloc(s->arena, STATUS_CONTRADICTIONS * sizeof(*list));

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < c->n_members; i++) {
		if ((c->members[i].marks & MEMBER_CONTRADICTED) == 0)
			continue;
		if (s->brief.contradicted_in_all++ < STATUS_CONTRADICTIONS)
			list[s->brief.n_contradicted++] =
				(struct brief_member){c->members[i].machine, c->members[i].why};
	}
	s->brief.contradicted = list;
	return RC_OK;
}

/* --- the end --- */

struct ending {
	const struct desk_campaign *c;
	bool *is_on;                       /* of each member */
	uint64_t first_ns, last_ns, deeds; /* hostile minutes of anybody */
	bool has_any;
};

static bool take_recent(void *ctx, const struct store_presence *p)
{
	struct ending *e = ctx;
	const struct member *m = desk_campaign_member(e->c, p->machine);

	e->has_any = true;
	if (m != NULL && p->presence->alive != 0)
		e->is_on[m - e->c->members] = true;
	return true;
}

static bool take_hostile(void *ctx, const struct store_presence *p)
{
	struct ending *e = ctx;

	e->has_any = true;
	for (unsigned m = 0; m < PRESENCE_MINUTES; m++) {
		uint64_t at_ns = ((uint64_t)p->presence->hour * PRESENCE_MINUTES + m) * MINUTE_NS;

		if ((p->presence->hostile >> m & 1) == 0)
			continue;
		e->deeds++;
		e->first_ns = e->first_ns == 0 || at_ns < e->first_ns ? at_ns : e->first_ns;
		e->last_ns = at_ns > e->last_ns ? at_ns : e->last_ns;
	}
	return true;
}

/* How likely it is infected still. Who was never heard is not in it: that is the estimate's. */
static double p_infected(const struct member *m)
{
	if ((m->marks & MEMBER_INFECTED) == 0)
		return 0;
	return (m->marks & MEMBER_CLEANED) != 0 ? 1 - m->p_quiet : 1;
}

/* Those that were never heard. Where that cannot be said, `why` is kept: the reader must know that
 * the answer is about those that were heard alone. */
static enum rc fill_hidden(struct desk_status *s, struct store *store, struct end_input *in)
{
	struct estimate e = {.is_meaningful = false};
	enum rc rc = outlook_estimate(store, &e);

	if (rc != RC_OK)
		return rc;
	in->infected_before = (double)e.found;
	if (e.is_meaningful) {
		in->hidden_low = e.low - (double)e.found;
		in->hidden = e.total - (double)e.found;
		in->hidden_high = e.high - (double)e.found;
		return RC_OK;
	}
	s->brief.hidden_why = arena_strdup(s->arena, e.why);
	return s->brief.hidden_why == NULL ? RC_NOMEM : RC_OK;
}

static enum rc fill_end(struct desk_status *s, struct desk_campaign *c, uint64_t now_ns)
{
	struct ending e = {.c = c};
	struct end_input in = {.n_machines = 0};
	struct end_machine *list = arena_alloc(s->arena, (c->n_members + 1) * sizeof(*list));
	uint64_t hour = now_ns / HOUR_NS;
	enum rc rc = RC_OK;

	e.is_on = arena_alloc(s->arena, c->n_members + 1);
	if (list == NULL || e.is_on == NULL)
		return RC_NOMEM;
	rc = store_presence(c->store, NULL, 0, true, take_hostile, &e);
	if (rc == RC_OK && s->brief.all.infected > 0)
		rc = store_presence(c->store, NULL,
				    (uint32_t)(hour > LATELY_HOURS ? hour - LATELY_HOURS : 0),
				    false, take_recent, &e);
	if (rc != RC_OK || !e.has_any)
		return rc;
	for (size_t i = 0; i < c->n_members; i++) {
		double p = p_infected(&c->members[i]);

		if (p > 0)
			list[in.n_machines++] = (struct end_machine){p, !e.is_on[i]};
	}
	in.machines = list;
	in.hours_since_last = e.last_ns > 0 && now_ns > e.last_ns
				      ? (double)(now_ns - e.last_ns) / (double)HOUR_NS
				      : 0;
	in.hours_between = e.deeds > 1 ? (double)(e.last_ns - e.first_ns) / (double)HOUR_NS /
						 (double)(e.deeds - 1)
				       : 0;
	rc = fill_hidden(s, c->store, &in);
	if (rc != RC_OK)
		return rc;
	proof_end(&in, &s->brief.end);
	if (s->brief.hidden_why != NULL)
		s->brief.end.p_none_low = 0;
	s->brief.has_end = true;
	return RC_OK;
}

enum rc desk_status(struct desk_campaign *c, uint64_t now_ns, struct desk_status **ret_s)
{
	struct arena *arena = NULL;
	struct desk_status *s = NULL;
	enum rc rc = arena_new(0, &arena);

	if (rc != RC_OK)
		return rc;
	s = arena_alloc(arena, sizeof(*s));
	if (s == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	s->arena = arena;
	s->brief.campaign = &c->head;
	s->brief.at_ns = now_ns;
	rc = fill_waves(s, c, now_ns);
	if (rc == RC_OK)
		rc = fill_contradictions(s, c);
	if (rc == RC_OK)
		rc = fill_end(s, c, now_ns);
	if (rc != RC_OK) {
		desk_status_free(s);
		return rc;
	}
	*ret_s = s;
	return RC_OK;
}

void desk_status_free(struct desk_status *s)
{
	if (s != NULL)
		arena_free(s->arena);
}
