/* How often does proof.h call a machine quiet that is infected still, and how often does it not
 * call one quiet that is clean and was there to be heard? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dice.h"
#include "epidemic/proof.h"
#include "made_outbreak.h"
#include "table.h"

enum {
	HOURS = 24 * 5,
	MINUTES = HOURS * 60,
	LONG_ENOUGH =
		12 * 60, /* alive minutes; who was there so long should be known to be clean */
};
#define MINUTE_NS    60000000000u
#define ALIVE_CHANCE 0.6 /* that a machine that is on says something in a minute */

static const struct column columns[] = {
	{"false %", 2}, {"fooled %", 2}, {"missed %", 2}, {"silence min", 0},
	{"away %", 1},  {"cures", 0},    {"failed", 0},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const struct row {
	const char *name;
	enum made_worm worm;
	enum made_view view;
	double deaf_from; /* hours; < 0: never */
	double lost;      /* share of packets that are lost from the cleaning on */
} rows[] = {
	{"uniform, everything heard", WORM_UNIFORM, VIEW_FULL, -1, 0},
	{"uniform, one switch in five", WORM_UNIFORM, VIEW_SWITCH, -1, 0},
	{"local, everything heard", WORM_LOCAL, VIEW_FULL, -1, 0},
	{"slow, everything heard", WORM_SLOW, VIEW_FULL, -1, 0},
	{"dormant, everything heard", WORM_DORMANT, VIEW_FULL, -1, 0},
	{"uniform, the sensor goes deaf", WORM_UNIFORM, VIEW_FULL, 50, 0},
	{"dormant, the sensor goes deaf", WORM_DORMANT, VIEW_FULL, 60, 0},
	{"slow, half of the packets lost later", WORM_SLOW, VIEW_FULL, -1, 0.5},
	{"dormant, half of the packets lost later", WORM_DORMANT, VIEW_FULL, -1, 0.5},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

enum { ALIVE = 1, HOSTILE = 2 };

struct tally {
	double cures, held, failed, quiet, fooled, there, missed, silence;
};

struct heard { /* what the sensor knows of each machine, minute by minute */
	const struct made_outbreak *o;
	uint8_t (*minutes)[MINUTES];
	struct quiet_input *inputs;
	double rate, silence; /* of all infected */
};

static struct made_options draw(const struct row *row, struct dice *d)
{
	struct made_options opt = {
		.worm = row->worm,
		.view = row->view,
		.machines = 150 + dice_below(d, 100),
		.open_share = 0.3 + 0.3 * dice_unit(d),
		.seeds = 5,
		.attempts_hour = made_attempts_hour(row->worm) / 2 * exp(dice_normal(d) / 3),
		.rate_spread = 0.2 + 0.6 * dice_unit(d),
		.hours = HOURS,
		.listen_from = 0,
		.listen_until = HOURS,
		.clean_from = 28,
		.clean_an_hour = 5,
		.clean_fails = 0.15,
		.has_days = true,
		.lost_from = row->deaf_from,
		.seed = dice_next(d),
	};

	return opt;
}

static unsigned minute_of(const struct made_outbreak *o, uint64_t at_ns)
{
	uint64_t m = (at_ns - o->start_ns) / MINUTE_NS;

	return m < MINUTES ? (unsigned)m : MINUTES - 1;
}

static void listen(struct heard *h, const struct row *row, struct dice *d)
{
	const struct made_outbreak *o = h->o;
	unsigned until = row->deaf_from >= 0 ? (unsigned)(row->deaf_from * 60) : MINUTES;

	for (size_t i = 0; i < o->n_attempts; i++) {
		const struct made_attempt *t = &o->attempts[i];
		bool is_late = t->at_ns >= o->start_ns + (uint64_t)(o->opt.clean_from * 3600e9);

		if (!t->is_heard || (is_late && dice_unit(d) < row->lost))
			continue;
		h->minutes[t->from][minute_of(o, t->at_ns)] = ALIVE | HOSTILE;
	}
	for (uint32_t i = 0; i < o->n_machines; i++) {
		for (unsigned m = 0; m < until && o->machines[i].cured_ns != 0; m++) {
			uint64_t at_ns = o->start_ns + m * (uint64_t)MINUTE_NS;

			if (dice_unit(d) < ALIVE_CHANCE && made_is_on(o, i, at_ns))
				h->minutes[i][m] |= ALIVE;
		}
	}
}

/* The machine's story until it was cured. */
static void look_back(struct heard *h, uint32_t machine)
{
	const uint8_t *minutes = h->minutes[machine];
	struct quiet_input *in = &h->inputs[machine];
	unsigned until = minute_of(h->o, h->o->machines[machine].cured_ns);
	uint32_t alive = 0, silence = 0; /* since the last hostile minute */

	for (unsigned m = 0; m < until; m++) {
		if ((minutes[m] & HOSTILE) != 0) {
			if (in->hostile_minutes > 0)
				in->alive_minutes += alive;
			if (in->hostile_minutes > 0 && silence > in->longest_silence)
				in->longest_silence = silence;
			in->hostile_minutes++;
			in->alive_minutes++;
			alive = silence = 0;
		} else if (minutes[m] != 0) {
			alive++;
			silence++;
		}
	}
}

static void look_at_all(struct heard *h)
{
	double hostile = 0, alive = 0;

	for (uint32_t i = 0; i < h->o->n_machines; i++) {
		if (h->o->machines[i].cured_ns == 0)
			continue;
		look_back(h, i);
		hostile += h->inputs[i].hostile_minutes;
		alive += h->inputs[i].alive_minutes;
		h->silence = fmax(h->silence, h->inputs[i].longest_silence);
	}
	h->rate = alive > 0 ? hostile / alive : 0;
}

/* Asked in each minute in which it is alive, and believed the first time. */
static bool becomes_quiet(const struct heard *h, uint32_t machine, struct quiet_input *in)
{
	unsigned from = minute_of(h->o, h->o->machines[machine].cured_ns) + 1;
	struct quiet q;

	proof_quiet(in, &q);
	for (unsigned m = from; m < MINUTES && q.more_minutes >= 0; m++) {
		if ((h->minutes[machine][m] & HOSTILE) != 0)
			return false;
		in->alive_since += h->minutes[machine][m] != 0;
		if (in->alive_since >= q.more_minutes) {
			proof_quiet(in, &q);
			if (q.is_quiet)
				return true;
		}
	}
	return false;
}

static unsigned alive_after(const struct heard *h, uint32_t machine)
{
	unsigned n = 0;

	for (unsigned m = minute_of(h->o, h->o->machines[machine].cured_ns) + 1; m < MINUTES; m++)
		n += h->minutes[machine][m] != 0;
	return n;
}

static void judge(const struct heard *h, const struct row *row, uint32_t machine, struct tally *t)
{
	const struct made_machine *m = &h->o->machines[machine];
	struct quiet_input in = h->inputs[machine];
	bool is_quiet;

	in.lost_since = row->lost;
	in.population_rate = h->rate;
	in.population_silence = h->silence;
	is_quiet = becomes_quiet(h, machine, &in);
	t->cures++;
	t->quiet += is_quiet;
	if (!m->cure_holds) {
		t->failed++;
		t->fooled += is_quiet;
		return;
	}
	t->held++;
	if (is_quiet)
		t->silence += in.alive_since;
	if (alive_after(h, machine) * (1 - row->lost) < LONG_ENOUGH)
		return;
	t->there++;
	t->missed += !is_quiet;
}

static void run(const struct row *row, struct dice *d, struct tally *t)
{
	struct made_options opt = draw(row, d);
	struct made_outbreak *o = NULL;
	struct heard h = {0};

	if (made_outbreak(&opt, &o) != RC_OK || o == NULL)
		abort();
	h.o = o;
	h.minutes = calloc(o->n_machines, sizeof(*h.minutes));
	h.inputs = calloc(o->n_machines, sizeof(*h.inputs));
	if (h.minutes == NULL || h.inputs == NULL)
		abort();
	listen(&h, row, d);
	look_at_all(&h);
	for (uint32_t i = 0; i < o->n_machines; i++) {
		if (o->machines[i].cured_ns != 0)
			judge(&h, row, i, t);
	}
	free(h.minutes);
	free(h.inputs);
	made_outbreak_free(o);
}

static void print(const char *name, const struct tally *t)
{
	const double cells[COLUMNS] = {
		100 * t->fooled / t->quiet,
		100 * t->fooled / t->failed,
		100 * t->missed / t->there,
		t->silence / (t->quiet - t->fooled),
		100 - 100 * t->there / t->held,
		t->cures,
		t->failed,
	};

	table_row(name, columns, COLUMNS, cells);
}

static void add(struct tally *sum, const struct tally *t)
{
	sum->cures += t->cures;
	sum->held += t->held;
	sum->failed += t->failed;
	sum->quiet += t->quiet;
	sum->fooled += t->fooled;
	sum->there += t->there;
	sum->missed += t->missed;
	sum->silence += t->silence;
}

bool numbers_cure(const struct numbers_options *opt)
{
	unsigned runs = opt->runs / 20 > 1 ? opt->runs / 20 : 1;
	struct tally all = {0};
	bool ok;

	table_head("Which machines are quiet: cures that hold, and that fail", columns, COLUMNS);
	for (size_t i = 0; i < ROWS; i++) {
		struct dice dice = {dice_mix(opt->seed + 100 * i)};
		struct tally t = {0};

		for (unsigned n = 0; n < runs; n++)
			run(&rows[i], &dice, &t);
		print(rows[i].name, &t);
		add(&all, &t);
	}
	print("all", &all);
	ok = table_goal("of those called quiet, infected still, %", 100 * all.fooled / all.quiet,
			-INFINITY, opt->is_quick ? 2 : 1);
	ok = table_goal("of cures that hold, not called quiet after 12 h alive, %",
			100 * all.missed / all.there, -INFINITY, opt->is_quick ? 10 : 5) &&
	     ok;
	return ok;
}
