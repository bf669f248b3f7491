/* Is the strategy that is computed the right one, on made outbreaks whose truth differs from what
 * is known of them as estimates do? Right: it costs no more infected machine-hours than the better
 * of going always by hand, always generically, and by the rule of fifty. */
#include <math.h>
#include <stdio.h>

#include "dice.h"
#include "made_cure.h"
#include "table.h"

enum { PLAYS = 8, QUICK_PLAYS = 2, QUICK_RUNS = 10, HORIZON_HOURS = 14 * 24 };

static const struct column columns[] = {
	{"right %", 1}, {"within 5 %", 1}, {"rule %", 1},    {"manual %", 1},  {"generic %", 1},
	{"mixed %", 1}, {"cost", 2},       {"rule cost", 2}, {"outbreaks", 0},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const struct row {
	const char *name;
	double infected_low, infected_high, rate_low, rate_high;
} rows[] = {
	{"few and slow", 2, 20, 0.005, 0.05},
	{"few and fast", 2, 20, 0.05, 1},
	{"around fifty, slow", 20, 120, 0.005, 0.05},
	{"around fifty, fast", 20, 120, 0.05, 1},
	{"many", 120, 600, 0.005, 1},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

struct tally {
	double n, right, close, rule_right, chosen[STRATEGIES], cost, rule_cost;
};

static double between(struct dice *d, double low, double high)
{
	return low * exp(log(high / low) * dice_unit(d));
}

static double uniform(struct dice *d, double low, double high)
{
	return low + (high - low) * dice_unit(d);
}

/* What is known of `truth`, if its estimate has this relative error. */
static double blur(struct dice *d, double truth, double sd)
{
	return truth * exp(sd * dice_normal(d));
}

static void draw(const struct row *row, struct dice *d, struct cure_options *truth)
{
	*truth = (struct cure_options){
		.site = {.infected = floor(between(d, row->infected_low, row->infected_high)),
			 .exposed = floor(between(d, 100, 1000)),
			 .rate = between(d, row->rate_low, row->rate_high),
			 .rate_sd = 0.5,
			 .off_share = uniform(d, 0, 0.35)},
		.means = {.people = floor(uniform(d, 1, 13)),
			  .hours_a_day = uniform(d, 8, 24),
			  .minutes_each = between(d, 15, 60),
			  .hand_success = uniform(d, 0.9, 1),
			  .prepare_hours = between(d, 1, 12),
			  .generic_hours = between(d, 0.5, 12),
			  .generic_an_hour = between(d, 200, 5000),
			  .generic_success = uniform(d, 0.75, 0.99),
			  .restart_hours = uniform(d, 0, 12),
			  .clean_prepare_hours = between(d, 1, 12),
			  .quarantine_hours = dice_unit(d) < 0.3 ? between(d, 0.1, 2) : -1,
			  .found_share = uniform(d, 0.5, 1),
			  .find_hours = between(d, 0.2, 4)},
		.horizon_hours = HORIZON_HOURS,
		.seed = dice_next(d)};
	truth->site.machines = ceil((truth->site.infected + truth->site.exposed) * 1.3);
}

static void estimate(struct dice *d, const struct cure_options *truth, struct sim_site *site,
		     struct sim_means *means)
{
	*site = truth->site;
	*means = truth->means;
	site->infected = fmax(1, floor(blur(d, site->infected, 0.15) + 0.5));
	site->exposed = floor(blur(d, site->exposed, 0.1));
	site->rate = blur(d, site->rate, 0.3);
	site->rate_sd = 0.3;
	site->off_share = fmin(blur(d, site->off_share, 0.2), 0.6);
	site->machines = ceil(fmax(site->machines, site->infected + site->exposed));
	means->minutes_each = blur(d, means->minutes_each, 0.2);
	means->prepare_hours = blur(d, means->prepare_hours, 0.2);
	means->generic_hours = blur(d, means->generic_hours, 0.2);
	means->clean_prepare_hours = blur(d, means->clean_prepare_hours, 0.2);
	means->generic_success = fmin(blur(d, means->generic_success, 0.05), 1);
	means->restart_hours = blur(d, means->restart_hours, 0.2);
	means->find_hours = blur(d, means->find_hours, 0.3);
	means->found_share = fmin(blur(d, means->found_share, 0.1), 1);
}

static bool one(const struct row *row, struct dice *d, unsigned plays, struct tally *t)
{
	struct cure_options truth;
	struct strategy_choice choice = {0};
	struct sim_site site;
	struct sim_means means;
	double cost[STRATEGIES] = {0}, least;

	draw(row, d, &truth);
	estimate(d, &truth, &site, &means);
	if (strategy_choose(&site, &means, 60, dice_next(d), &choice) != RC_OK)
		return false;
	for (unsigned play = 0; play < plays; play++) {
		truth.seed += 1;
		for (unsigned s = 0; s < STRATEGIES; s++) {
			truth.strategy = (enum strategy)s;
			cost[s] += made_cure(&truth) / plays;
		}
	}
	least = fmax(fmin(cost[STRATEGY_MANUAL], cost[STRATEGY_GENERIC]), 0.1);
	t->n++;
	t->right += cost[choice.computed] <= least;
	t->close += cost[choice.computed] <= least * 1.05;
	t->rule_right += cost[choice.rule] <= least;
	t->chosen[choice.computed]++;
	t->cost += log(fmax(cost[choice.computed], 0.1) / least);
	t->rule_cost += log(fmax(cost[choice.rule], 0.1) / least);
	return true;
}

static void print(const char *name, const struct tally *t)
{
	double n = t->n > 0 ? t->n : NAN;
	double cells[COLUMNS] = {100 * t->right / n,
				 100 * t->close / n,
				 100 * t->rule_right / n,
				 100 * t->chosen[STRATEGY_MANUAL] / n,
				 100 * t->chosen[STRATEGY_GENERIC] / n,
				 100 * t->chosen[STRATEGY_MIXED] / n,
				 exp(t->cost / n),
				 exp(t->rule_cost / n),
				 t->n};

	table_row(name, columns, COLUMNS, cells);
}

static void add(struct tally *to, const struct tally *t)
{
	to->n += t->n;
	to->right += t->right;
	to->close += t->close;
	to->rule_right += t->rule_right;
	to->cost += t->cost;
	to->rule_cost += t->rule_cost;
	for (unsigned s = 0; s < STRATEGIES; s++)
		to->chosen[s] += t->chosen[s];
}

bool numbers_strategy(const struct numbers_options *opt)
{
	struct tally all = {0};
	unsigned plays = opt->is_quick ? QUICK_PLAYS : PLAYS;
	unsigned runs = opt->is_quick ? QUICK_RUNS : opt->runs;
	bool ok = true;

	table_head("Which strategy: no more infected machine-hours than the better of the others",
		   columns, COLUMNS);
	for (unsigned r = 0; r < ROWS; r++) {
		struct tally t = {0};
		struct dice d = {dice_mix(opt->seed * 31 + r)};

		for (unsigned i = 0; i < (runs + ROWS - 1) / ROWS; i++)
			ok = one(&rows[r], &d, plays, &t) && ok;
		print(rows[r].name, &t);
		add(&all, &t);
	}
	print("all", &all);
	ok = table_goal("the strategy chosen costs no more, % of all", 100 * all.right / all.n,
			opt->is_quick ? 50 : 95, 100) &&
	     ok;
	return ok;
}
