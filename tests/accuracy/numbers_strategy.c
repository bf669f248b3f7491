/* Is the strategy that is computed the right one, on made outbreaks whose truth differs from what
 * is known of them as estimates do? Right: it costs no more infected machine-hours than the better
 * of going always by hand, always generically, and by the rule of fifty. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dice.h"
#include "made_cure.h"
#include "table.h"
#include "triage/triage.h"

enum { PLAYS = 16, QUICK_PLAYS = 2, QUICK_RUNS = 10, RUNS = 100 };

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

/* One statement each: the order in which an initializer's are drawn is the compiler's. */
static void draw_means(struct dice *d, struct sim_means *m)
{
	*m = (struct sim_means){.day_from = 7, .quarantine_hours = -1};
	m->people = floor(uniform(d, 1, 13));
	m->hours_a_day = uniform(d, 8, 24);
	m->off_share = uniform(d, 0, 0.35);
	m->minutes_each = between(d, 15, 60);
	m->hand_success = uniform(d, 0.9, 1);
	m->prepare_hours = between(d, 1, 12);
	m->generic_hours = between(d, 0.5, 12);
	m->generic_an_hour = between(d, 200, 5000);
	m->generic_success = uniform(d, 0.75, 0.99);
	m->restart_hours = uniform(d, 0, 12);
	m->clean_prepare_hours = between(d, 1, 12);
	if (dice_unit(d) < 0.3)
		m->quarantine_hours = between(d, 0.1, 2);
	m->found_share = uniform(d, 0.5, 1);
	m->find_hours = between(d, 0.2, 4);
}

static void draw(const struct row *row, struct dice *d, struct cure_options *truth)
{
	struct sim_site *site = &truth->site;

	*truth = (struct cure_options){.horizon_hours = SIM_HORIZON_HOURS};
	site->infected = floor(between(d, row->infected_low, row->infected_high));
	site->exposed = floor(between(d, 100, 1000));
	site->rate = between(d, row->rate_low, row->rate_high);
	site->rate_sd = 0.5;
	site->hour = uniform(d, 0, 24);
	site->machines = ceil((site->infected + site->exposed) * 1.3);
	draw_means(d, &truth->means);
	truth->seed = dice_next(d);
}

/* What quell estimates has its error; the site's own settings have `sd` of it. */
static void estimate(struct dice *d, const struct cure_options *truth, double sd,
		     struct sim_site *site, struct sim_means *means)
{
	*site = truth->site;
	*means = truth->means;
	site->infected = fmax(1, floor(blur(d, site->infected, 0.15) + 0.5));
	site->exposed = floor(blur(d, site->exposed, 0.1));
	site->machines = ceil(fmax(site->machines, site->infected + site->exposed));
	means->find_hours = blur(d, means->find_hours, 0.3);
	means->found_share = fmin(blur(d, means->found_share, 0.1), 1);
	means->off_share = fmin(blur(d, means->off_share, sd), 0.6);
	means->minutes_each = blur(d, means->minutes_each, sd);
	means->prepare_hours = blur(d, means->prepare_hours, sd);
	means->generic_hours = blur(d, means->generic_hours, sd);
	means->clean_prepare_hours = blur(d, means->clean_prepare_hours, sd);
	means->generic_success = fmin(blur(d, means->generic_success, sd / 4), 1);
	means->restart_hours = blur(d, means->restart_hours, sd);
}

/* How fast it spreads, from the times at which they were heard. The cure begins where that ends. */
static bool measure_rate(struct cure_options *truth, struct sim_site *site)
{
	static uint64_t heard_ns[CURE_MOST];
	struct growth g = {0};
	double hours = 0;
	struct growth_input in = {
		.infected_ns = heard_ns, .from_ns = 1, .machines = site->infected + site->exposed};

	in.n = made_history(truth, heard_ns, &hours);
	in.now_ns = 1 + (uint64_t)(hours * 3600e9);
	truth->site.hour = site->hour = fmod(truth->site.hour + hours, 24);
	if (growth_fit(&in, &g) != RC_OK)
		abort();
	return strategy_rate(&g, hours, site->hour, site);
}

/* As triage does. */
static enum strategy decide(const struct sim_site *site, const struct sim_means *means,
			    bool has_rate, uint64_t seed)
{
	struct triage_input in = {.site = *site,
				  .means = *means,
				  .runs = RUNS,
				  .has_choice = has_rate,
				  .estimate = {.is_meaningful = true, .total = site->infected}};
	enum strategy s = STRATEGY_MANUAL;

	in.by_verdict[VERDICT_INFECTED] = (size_t)site->infected;
	if (has_rate && strategy_choose(site, means, RUNS, seed, &in.choice) != RC_OK)
		abort();
	(void)triage_decide(&in, &s);
	return s;
}

static void one(const struct row *row, struct dice *d, double sd, unsigned plays, struct tally *t)
{
	struct cure_options truth;
	struct sim_site site;
	struct sim_means means;
	double cost[STRATEGIES] = {0}, least;
	enum strategy chosen, rule;
	bool has_rate;

	draw(row, d, &truth);
	estimate(d, &truth, sd, &site, &means);
	has_rate = measure_rate(&truth, &site);
	chosen = decide(&site, &means, has_rate, dice_next(d));
	rule = decide(&site, &means, false, 0);
	for (unsigned play = 0; play < plays; play++) {
		truth.seed += 1;
		for (unsigned s = 0; s < STRATEGIES; s++) {
			truth.strategy = (enum strategy)s;
			cost[s] += made_cure(&truth) / plays;
		}
	}
	least = fmax(fmin(cost[STRATEGY_MANUAL], cost[STRATEGY_GENERIC]), 0.1);
	if (getenv("NUMBERS_EACH") != NULL)
		printf("# %s: %.0f infected, %.0f open, %.3g an hour; taken for %.0f, %.0f, "
		       "%.3g (%.2f); chose %s: manual %.0f, generic %.0f, mixed %.0f%s\n",
		       row->name, truth.site.infected, truth.site.exposed, truth.site.rate,
		       site.infected, site.exposed, has_rate ? site.rate : 0, site.rate_sd,
		       strategy_name(chosen), cost[STRATEGY_MANUAL], cost[STRATEGY_GENERIC],
		       cost[STRATEGY_MIXED], cost[chosen] <= least ? "" : " WRONG");
	t->n++;
	t->right += cost[chosen] <= least;
	t->close += cost[chosen] <= least * 1.05;
	t->rule_right += cost[rule] <= least;
	t->chosen[chosen]++;
	t->cost += log(fmax(cost[chosen], 0.1) / least);
	t->rule_cost += log(fmax(cost[rule], 0.1) / least);
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

/* Returns how many of 100 were right. */
static double play_all(const struct numbers_options *opt, unsigned runs, double sd,
		       const char *title)
{
	struct tally all = {0};
	unsigned plays = opt->is_quick ? QUICK_PLAYS : PLAYS;

	table_head(title, columns, COLUMNS);
	for (unsigned r = 0; r < ROWS; r++) {
		struct tally t = {0};
		struct dice d = {dice_mix(opt->seed * 31 + r)};

		for (unsigned i = 0; i < (runs + ROWS - 1) / ROWS; i++)
			one(&rows[r], &d, sd, plays, &t);
		print(rows[r].name, &t);
		add(&all, &t);
	}
	print("all", &all);
	return 100 * all.right / all.n;
}

bool numbers_strategy(const struct numbers_options *opt)
{
	double right = play_all(opt, opt->is_quick ? QUICK_RUNS : opt->runs, 0,
				"Which strategy: no more infected machine-hours than the better of "
				"the others");
	bool ok = table_goal("the strategy chosen costs no more, % of all", right,
			     opt->is_quick ? 75 : 95, 100);

	if (opt->is_quick)
		return ok;
	right = play_all(opt, opt->runs / 5, 0.2,
			 "The same, if each setting of the site is a fifth wrong");
	return table_goal("the strategy chosen costs no more, with wrong settings, % of all", right,
			  95, 100) &&
	       ok;
}
