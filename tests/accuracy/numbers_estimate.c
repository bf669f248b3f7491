/* How often does the interval of estimate.h cover the number infected at the end of listening? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dice.h"
#include "epidemic/estimate.h"
#include "made_outbreak.h"
#include "table.h"

#define MINUTE_NS 60000000000u

static const struct column columns[] = {
	{"covers %", 1}, {"too low %", 1}, {"width %", 1},   {"found %", 1},
	{"bias %", 1},   {"answers %", 1}, {"outbreaks", 0},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const struct row {
	const char *name;
	enum made_worm worm;
	enum made_view view;
	bool is_goal; /* counts for what must be reached */
} rows[] = {
	{"uniform, everything heard", WORM_UNIFORM, VIEW_FULL, true},
	{"uniform, decoys", WORM_UNIFORM, VIEW_DECOY, true},
	{"uniform, one switch in five", WORM_UNIFORM, VIEW_SWITCH, true},
	{"local, everything heard", WORM_LOCAL, VIEW_FULL, true},
	{"local, decoys", WORM_LOCAL, VIEW_DECOY, true},
	{"local, one switch in five", WORM_LOCAL, VIEW_SWITCH, true},
	{"slow, everything heard", WORM_SLOW, VIEW_FULL, true},
	{"slow, decoys", WORM_SLOW, VIEW_DECOY, true},
	{"slow, one switch in five", WORM_SLOW, VIEW_SWITCH, true},
	{"dormant, everything heard", WORM_DORMANT, VIEW_FULL, false},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct tally {
	double n, answers, covers, low, high, width, found, bias;
};

static double log_between(struct dice *d, double low, double high)
{
	return low * pow(high / low, dice_unit(d));
}

/* An outbreak drawn at random, of which the last part is listened to. */
static struct made_options draw(const struct row *row, struct dice *d)
{
	static const double minutes[] = {15, 30, 60, 240};
	double listen = minutes[dice_below(d, 4)] / 60;
	bool is_slow = row->worm == WORM_SLOW;
	struct made_options opt = {
		.worm = row->worm,
		.view = row->view,
		.machines = (unsigned)log_between(d, 300, 4000),
		.open_share = log_between(d, 0.1, 0.6),
		.seeds = log_between(d, 2, 50),
		.attempts_hour = is_slow ? log_between(d, 3, 12) : log_between(d, 15, 120),
		.rate_spread = 0.2 + 0.6 * dice_unit(d),
		.clean_from = -1,
		.lost_from = -1,
		.seed = dice_next(d),
	};

	if (row->worm == WORM_DORMANT)
		opt.attempts_hour *= 5;
	opt.hours = listen + log_between(d, 0.2, is_slow ? 24 : 6);
	opt.listen_from = opt.hours - listen;
	opt.listen_until = opt.hours;
	return opt;
}

/* Which sensor heard it: each network's decoys are one; a switch, or all, is one. */
static unsigned sensor_of(const struct made_outbreak *o, const struct made_attempt *t)
{
	return o->opt.view == VIEW_DECOY ? t->to_addr.b[14] % ESTIMATE_SENSORS : 0;
}

/* As a sensor would tell it. Returns how many were heard; `sources` has room for all machines. */
static size_t hear(const struct made_outbreak *o, struct heard_source *sources, uint32_t *place)
{
	uint64_t from_ns = o->start_ns + (uint64_t)(o->opt.listen_from * 60) * MINUTE_NS;
	uint64_t(*last)[ESTIMATE_SENSORS + 1] = calloc(o->n_machines, sizeof(*last));
	size_t n = 0;

	if (last == NULL)
		abort();
	for (size_t i = 0; i < o->n_machines; i++)
		place[i] = UINT32_MAX;
	for (size_t i = 0; i < o->n_attempts; i++) {
		const struct made_attempt *t = &o->attempts[i];
		uint64_t minute = (t->at_ns - from_ns) / MINUTE_NS + 1;
		unsigned by = sensor_of(o, t);

		if (!t->is_heard)
			continue;
		if (place[t->from] == UINT32_MAX) {
			place[t->from] = (uint32_t)n;
			sources[n++] = (struct heard_source){.first_ns = t->at_ns};
		}
		struct heard_source *s = &sources[place[t->from]];

		s->last_ns = t->at_ns;
		s->minutes += last[t->from][ESTIMATE_SENSORS] != minute;
		s->by[by] += last[t->from][by] != minute;
		last[t->from][ESTIMATE_SENSORS] = last[t->from][by] = minute;
	}
	free(last);
	return n;
}

static struct estimate estimate(const struct made_outbreak *o)
{
	struct heard_source *sources = calloc(o->n_machines, sizeof(*sources));
	uint32_t *place = calloc(o->n_machines, sizeof(*place));
	struct estimate_sensor sensors[ESTIMATE_SENSORS] = {0};
	struct estimate e = {0};
	struct estimate_input in = {.sources = sources,
				    .sensors = sensors,
				    .n_sensors = o->opt.view == VIEW_DECOY ? ESTIMATE_SENSORS : 1,
				    .machines = (double)o->n_machines};

	if (sources == NULL || place == NULL)
		abort();
	in.n_sources = hear(o, sources, place);
	for (size_t i = 0; i < in.n_sensors; i++)
		sensors[i] = (struct estimate_sensor){
			.first_ns = o->start_ns + (uint64_t)(o->opt.listen_from * 3600e9),
			.last_ns = o->end_ns,
			.minutes = (o->opt.listen_until - o->opt.listen_from) * 60};
	if (estimate_total(&in, &e) != RC_OK)
		abort();
	free(sources);
	free(place);
	return e;
}

static void judge(struct tally *t, const struct estimate *e, double truth)
{
	bool is_low = e->high<truth, is_high = e->low> truth;

	t->n++;
	t->found += (double)e->found / truth;
	if (!e->is_meaningful)
		return;
	t->answers++;
	t->low += is_low;
	t->high += is_high;
	t->covers += !is_low && !is_high;
	t->width += (e->high - e->low) / truth;
	t->bias += e->total / truth - 1;
}

static void add(struct tally *sum, const struct tally *t)
{
	sum->n += t->n;
	sum->answers += t->answers;
	sum->covers += t->covers;
	sum->low += t->low;
	sum->high += t->high;
	sum->width += t->width;
	sum->found += t->found;
	sum->bias += t->bias;
}

static void print(const char *name, const struct tally *t)
{
	const double cells[COLUMNS] = {
		100 * t->covers / t->answers,
		100 * t->low / t->answers,
		100 * t->width / t->answers,
		100 * t->found / t->n,
		100 * t->bias / t->answers,
		100 * t->answers / t->n,
		t->n,
	};

	table_row(name, columns, COLUMNS, cells);
}

static struct tally run(const struct row *row, unsigned runs, uint64_t seed)
{
	struct dice dice = {dice_mix(seed)};
	struct tally t = {0};

	for (unsigned tries = 0; t.n < runs && tries < runs * 20; tries++) {
		struct made_options opt = draw(row, &dice);
		struct made_outbreak *o = NULL;
		double truth = 0;

		if (made_outbreak(&opt, &o) != RC_OK || o == NULL)
			abort();
		for (size_t i = 0; i < o->n_machines; i++)
			truth += o->machines[i].infected_ns != 0;
		if (truth >= 20) {
			struct estimate e = estimate(o);

			judge(&t, &e, truth);
			if (getenv("NUMBERS_EACH") != NULL)
				printf("# %s: %.0f min, %.0f/h spread %.2f: truth %.0f found %zu: "
				       "%.0f in %.0f..%.0f %s; 95%% in %.0f min\n",
				       row->name, (opt.hours - opt.listen_from) * 60,
				       opt.attempts_hour, opt.rate_spread, truth, e.found, e.total,
				       e.low, e.high,
				       e.is_meaningful && (e.high < truth || e.low > truth) ? "MISS"
											    : e.why,
				       e.minutes_to_95);
		}
		made_outbreak_free(o);
	}
	return t;
}

bool numbers_estimate(const struct numbers_options *opt)
{
	unsigned goals = 0;
	struct tally all = {0};

	for (size_t i = 0; i < ROWS; i++)
		goals += rows[i].is_goal;
	table_head("How many are infected: 95 % intervals, listening for 15 to 240 minutes",
		   columns, COLUMNS);
	for (size_t i = 0; i < ROWS; i++) {
		struct tally t = run(&rows[i], (opt->runs + goals - 1) / goals, opt->seed + i);

		print(rows[i].name, &t);
		if (rows[i].is_goal)
			add(&all, &t);
	}
	print("all but the dormant", &all);
	return table_goal("intervals that cover the truth, %", 100 * all.covers / all.answers,
			  opt->is_quick ? 80 : 93, opt->is_quick ? 100 : 97);
}
