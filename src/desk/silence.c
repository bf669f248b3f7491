/* Does a machine's silence prove that it is cured? Its minutes, from the store, for
 * epidemic/proof.h, which has the formula. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "desk/evidence.h"
#include "epidemic/proof.h"

enum {
	DAYS = 60, /* that are looked back: an outbreak is over by then, or begins anew */
	SENSORS = 64,
};

static const uint64_t MINUTE_NS = 60 * NS_PER_S, HOUR_NS = 3600 * NS_PER_S;

struct hour { /* of one machine, by one sensor */
	uint32_t hour;
	unsigned sensor;
	uint64_t alive, hostile;
};

struct run { /* what a sensor lost, and when */
	unsigned sensor;
	uint64_t first_ns, last_ns, packets, lost;
};

struct proving {
	struct desk_campaign *c;
	char sensors[SENSORS][64];
	unsigned n_sensors;
	struct run *runs;
	size_t n_runs, runs_cap;
	char machine[MACHINE_ID]; /* whose hours these are */
	struct hour *hours;
	size_t n_hours, hours_cap;
	struct quiet_input *inputs; /* of each member */
	uint64_t hostile, alive;    /* minutes of all, while they were infected */
	uint32_t silence;           /* the longest of any of them, while it was infected */
	bool is_full;               /* no memory */
};

static bool grow(void **list, size_t n, size_t *cap, size_t each)
{
	size_t more = *cap == 0 ? 64 : 2 * *cap;
	void *grown = NULL;

	if (n < *cap)
		return true;
	grown = realloc(*list, more * each);
	if (grown == NULL)
		return false;
	*list = grown;
	*cap = more;
	return true;
}

/* Those past the last one are one: their silence is then that of all of them. */
static unsigned sensor_of(struct proving *p, const char *name)
{
	for (unsigned i = 0; i < p->n_sensors; i++) {
		if (strncmp(p->sensors[i], name, sizeof(p->sensors[i]) - 1) == 0)
			return i;
	}
	if (p->n_sensors == SENSORS)
		return SENSORS - 1;
	(void)snprintf(p->sensors[p->n_sensors], sizeof(p->sensors[0]), "%s", name);
	return p->n_sensors++;
}

/* --- what was lost --- */

static bool take_run(void *ctx, const struct store_run_row *r)
{
	struct proving *p = ctx;

	if (!grow((void **)&p->runs, p->n_runs, &p->runs_cap, sizeof(*p->runs))) {
		p->is_full = true;
		return false;
	}
	p->runs[p->n_runs++] = (struct run){
		.sensor = sensor_of(p, r->sensor),
		.first_ns = r->first_ns,
		.last_ns = r->last_ns,
		.packets = r->packets,
		.lost = r->coverage->lost_packets,
	};
	return true;
}

static double lost_share(const struct proving *p, uint64_t sensors, uint64_t from_ns,
			 uint64_t to_ns)
{
	uint64_t packets = 0, lost = 0;

	for (size_t i = 0; i < p->n_runs; i++) {
		const struct run *r = &p->runs[i];

		if ((sensors >> r->sensor & 1) == 0 || r->last_ns < from_ns || r->first_ns > to_ns)
			continue;
		packets += r->packets;
		lost += r->lost;
	}
	return packets + lost > 0 ? (double)lost / (double)(packets + lost) : 0;
}

/* --- one machine's minutes --- */

/* Silence begins when it was clean; of who never was infected, when it was patched. */
static uint64_t silent_from(const struct member *m)
{
	return m->cleaned_ns > 0 ? m->cleaned_ns : m->stage_ns;
}

struct minutes { /* of all its sensors that count, one after the other */
	struct quiet_input *in;
	uint64_t start, first,
		last; /* minutes since 1970: clean from; first and last attack before */
	uint32_t run; /* alive and not hostile, since the last attack */
};

static void take_minute(struct minutes *t, uint64_t minute, bool is_hostile)
{
	if (minute > t->start) {
		t->in->alive_since++;
		t->in->hostile_since += is_hostile;
		return;
	}
	if (minute < t->first || minute > t->last)
		return;
	t->in->alive_minutes++;
	t->in->hostile_minutes += is_hostile;
	t->run = is_hostile ? 0 : t->run + 1;
	if (t->run > t->in->longest_silence)
		t->in->longest_silence = t->run;
}

/* By hour; several sensors' minutes of one hour are one. */
static void walk(const struct proving *p, uint64_t sensors, struct minutes *t)
{
	for (size_t i = 0; i < p->n_hours;) {
		uint32_t hour = p->hours[i].hour;
		uint64_t alive = 0, hostile = 0;

		for (; i < p->n_hours && p->hours[i].hour == hour; i++) {
			if ((sensors >> p->hours[i].sensor & 1) == 0)
				continue;
			hostile |= p->hours[i].hostile;
			alive |= p->hours[i].alive | p->hours[i].hostile;
		}
		for (unsigned m = 0; m < PRESENCE_MINUTES; m++) {
			if ((alive >> m & 1) != 0)
				take_minute(t, (uint64_t)hour * PRESENCE_MINUTES + m,
					    (hostile >> m & 1) != 0);
		}
	}
}

static void find_attacks(const struct proving *p, struct minutes *t, uint64_t *ret_sensors)
{
	t->first = UINT64_MAX;
	for (size_t i = 0; i < p->n_hours; i++) {
		for (unsigned m = 0; m < PRESENCE_MINUTES; m++) {
			uint64_t minute = (uint64_t)p->hours[i].hour * PRESENCE_MINUTES + m;

			if ((p->hours[i].hostile >> m & 1) == 0)
				continue;
			*ret_sensors |= UINT64_C(1) << p->hours[i].sensor;
			if (minute > t->start)
				continue;
			t->first = minute < t->first ? minute : t->first;
			t->last = minute > t->last ? minute : t->last;
		}
	}
}

static int by_hour(const void *a, const void *b)
{
	const struct hour *x = a, *y = b;

	return x->hour < y->hour ? -1 : x->hour > y->hour;
}

static void end_machine(struct proving *p)
{
	const struct member *m = p->n_hours > 0 ? desk_campaign_member(p->c, p->machine) : NULL;
	struct minutes t = {.last = 0};
	uint64_t sensors = 0;

	if (m == NULL) {
		p->n_hours = 0;
		return;
	}
	qsort(p->hours, p->n_hours, sizeof(*p->hours), by_hour);
	t.in = &p->inputs[m - p->c->members];
	t.start = m->stage >= STAGE_PATCHED ? silent_from(m) / MINUTE_NS : UINT64_MAX;
	find_attacks(p, &t, &sensors);
	if (sensors == 0)
		sensors = UINT64_MAX; /* never heard to attack: whoever would have heard it */
	walk(p, sensors, &t);
	t.in->lost_before = lost_share(p, sensors, t.first * MINUTE_NS, (t.last + 1) * MINUTE_NS);
	t.in->lost_since = lost_share(p, sensors, t.start * MINUTE_NS, UINT64_MAX);
	if ((m->marks & (MEMBER_INFECTED | MEMBER_CLEANED)) != 0) {
		p->hostile += t.in->hostile_minutes;
		p->alive += t.in->alive_minutes;
		if (t.in->longest_silence > p->silence)
			p->silence = t.in->longest_silence;
	}
	p->n_hours = 0;
}

static bool take_presence(void *ctx, const struct store_presence *sp)
{
	struct proving *p = ctx;

	if (strcmp(sp->machine, p->machine) != 0) {
		end_machine(p);
		(void)snprintf(p->machine, sizeof(p->machine), "%s", sp->machine);
	}
	if (sp->machine[0] == '\0')
		return true;
	if (!grow((void **)&p->hours, p->n_hours, &p->hours_cap, sizeof(*p->hours))) {
		p->is_full = true;
		return false;
	}
	p->hours[p->n_hours++] = (struct hour){
		.hour = sp->presence->hour,
		.sensor = sensor_of(p, sp->sensor),
		.alive = sp->presence->alive,
		.hostile = sp->presence->hostile,
	};
	return true;
}

/* --- what it proves --- */

static bool can_be_proved(const struct member *m)
{
	return m->stage >= STAGE_PATCHED && m->stage < STAGE_QUIET &&
	       ((m->marks & MEMBER_CLEANED) != 0 || (m->marks & MEMBER_INFECTED) == 0);
}

static enum rc take_step(struct proving *p, size_t i, const struct campaign_step *step,
			 const struct audit_by *by, struct desk_evidence *e)
{
	struct member *m = &p->c->members[i];
	enum step_outcome o = STEP_SAME;
	char err[CAMPAIGN_WHY] = "";
	enum rc rc = desk_campaign_step(p->c, m, step, by, &o, err, sizeof(err));

	e->changed += o == STEP_DONE;
	e->quiet += o == STEP_DONE;
	return rc;
}

static enum rc conclude_one(struct proving *p, size_t i, const struct audit_by *by,
			    struct desk_evidence *e)
{
	struct member *m = &p->c->members[i];
	struct quiet q = {.p_heard = 0};
	struct campaign_step step = {
		.event = EVENT_PROVED_QUIET, .at_ns = by->at_ns, .from = q.why};

	if (!can_be_proved(m))
		return RC_OK;
	p->inputs[i].population_rate = p->alive > 0 ? (double)p->hostile / (double)p->alive : 0;
	p->inputs[i].population_silence = p->silence;
	proof_quiet(&p->inputs[i], &q);
	if (q.is_quiet) {
		m->p_quiet = q.p_heard;
		return take_step(p, i, &step, by, e);
	}
	e->proving += (m->marks & MEMBER_CLEANED) != 0;
	if (m->p_quiet < q.p_heard || m->p_quiet > q.p_heard) {
		m->p_quiet = q.p_heard;
		desk_campaign_touch(p->c, m);
	}
	return RC_OK;
}

enum rc desk_evidence_silence(struct desk_campaign *c, const struct audit_by *by,
			      struct desk_evidence *e)
{
	struct proving *p = calloc(1, sizeof(*p));
	uint64_t now_hour = by->at_ns / HOUR_NS, back = (uint64_t)DAYS * 24;
	enum rc rc = p != NULL ? RC_OK : RC_NOMEM;

	if (p == NULL || c->n_members == 0)
		goto out;
	p->c = c;
	p->inputs = calloc(c->n_members, sizeof(*p->inputs));
	if (p->inputs == NULL)
		rc = RC_NOMEM;
	if (rc == RC_OK)
		rc = store_runs(c->store, take_run, p);
	if (rc == RC_OK)
		rc = store_presence(c->store, NULL,
				    (uint32_t)(now_hour > back ? now_hour - back : 0), false,
				    take_presence, p);
	if (rc == RC_OK && p->is_full)
		rc = RC_NOMEM;
	if (rc == RC_OK)
		end_machine(p);
	for (size_t i = 0; i < c->n_members && rc == RC_OK; i++)
		rc = conclude_one(p, i, by, e);
	free(p->runs);
	free(p->hours);
	free(p->inputs);
out:
	free(p);
	return rc;
}
