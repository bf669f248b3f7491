/* Is the strategy that is computed the right one, on made outbreaks whose truth differs from what
 * is known of them as estimates do? Right: it costs no more infected machine-hours than the better
 * of going always by hand, always generically, and by the rule of fifty. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dice.h"
#include "epidemic/rate.h"
#include "made_cure.h"
#include "table.h"
#include "triage/triage.h"

enum { PLAYS = 16, QUICK_PLAYS = 2, QUICK_RUNS = 10, RUNS = 100 };
static const double total_sd = 0.15; /* relative, of the estimate of how many are infected */

static const struct column columns[] = {
	{"right %", 1}, {"within 5 %", 1}, {"rule %", 1},    {"manual %", 1},    {"generic %", 1},
	{"mixed %", 1}, {"cost", 2},       {"rule cost", 2}, {"rate held %", 1}, {"outbreaks", 0},
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
	double told, within; /* rates; of them, those whose interval holds the truth */
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
	truth->worm_sd = 0.5;
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
	site->infected = fmax(1, floor(blur(d, site->infected, total_sd) + 0.5));
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

/* An outbreak, who was heard when before its cure began, and what each strategy costs. */
struct episode {
	struct cure_options truth;
	struct rate_case cases[CURE_MOST];
	size_t n_cases;
	uint64_t now_ns;
	double cost[STRATEGIES];
};

/* The cure begins where the history ends. */
static void play(struct episode *o, unsigned plays)
{
	static uint64_t heard_ns[CURE_MOST];
	struct cure_options *truth = &o->truth;
	double hours = 0;

	o->n_cases = made_history(truth, heard_ns, &hours);
	for (size_t i = 0; i < o->n_cases; i++)
		o->cases[i] = (struct rate_case){.at_ns = heard_ns[i]};
	o->now_ns = 1 + (uint64_t)(hours * 3600e9);
	truth->site.hour = fmod(truth->site.hour + hours, 24);
	for (unsigned s = 0; s < STRATEGIES; s++)
		o->cost[s] = 0;
	for (unsigned i = 0; i < plays; i++) {
		truth->seed += 1;
		for (unsigned s = 0; s < STRATEGIES; s++) {
			truth->strategy = (enum strategy)s;
			o->cost[s] += made_cure(truth) / plays;
		}
	}
}

static struct rate measure_rate(const struct episode *o, const struct sim_site *site,
				const struct sim_means *means)
{
	const struct rate_input in = {.cases = o->cases,
				      .n = o->n_cases,
				      .from_ns = 1,
				      .now_ns = o->now_ns,
				      .now_hour = site->hour,
				      .site = site,
				      .infected_sd = total_sd * site->infected,
				      .means = means};
	struct rate rate = {0};
	enum rc rc = rate_count(&in, &rate);

	if (rc != RC_OK && rc != RC_INVAL)
		abort();
	return rate;
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

static double least(const struct episode *o)
{
	return fmax(fmin(o->cost[STRATEGY_MANUAL], o->cost[STRATEGY_GENERIC]), 0.1);
}

static void tell(const struct row *row, const struct episode *o, const struct sim_site *site,
		 const struct rate *rate, enum strategy chosen)
{
	const struct sim_site *truth = &o->truth.site;
	const double *cost = o->cost;

	printf("# %s: %.0f infected, %.0f open, %.3g an hour; taken for %.0f, %.0f, %.3g (%.3g to "
	       "%.3g); chose %s: manual %.0f, generic %.0f, mixed %.0f%s\n",
	       row->name, truth->infected, truth->exposed, truth->rate, site->infected,
	       site->exposed, rate->rate, rate->low, rate->high, strategy_name(chosen),
	       cost[STRATEGY_MANUAL], cost[STRATEGY_GENERIC], cost[STRATEGY_MIXED],
	       cost[chosen] <= least(o) ? "" : " WRONG");
}

/* What would be decided, if each setting had an error of `sd`. */
static void judge(const struct row *row, const struct episode *o, struct dice d, double sd,
		  struct tally *t)
{
	const double best = least(o), truth = o->truth.site.rate;
	struct sim_site site;
	struct sim_means means;
	struct rate rate;
	enum strategy chosen, rule;

	estimate(&d, &o->truth, sd, &site, &means);
	rate = measure_rate(o, &site, &means);
	rate_apply(&rate, &site);
	chosen = decide(&site, &means, rate.rate > 0, dice_next(&d));
	rule = decide(&site, &means, false, 0);
	if (getenv("NUMBERS_EACH") != NULL)
		tell(row, o, &site, &rate, chosen);
	t->n++;
	t->right += o->cost[chosen] <= best;
	t->close += o->cost[chosen] <= best * 1.05;
	t->rule_right += o->cost[rule] <= best;
	t->chosen[chosen]++;
	t->cost += log(fmax(o->cost[chosen], 0.1) / best);
	t->rule_cost += log(fmax(o->cost[rule], 0.1) / best);
	t->told += rate.rate > 0;
	t->within += rate.rate > 0 && rate.low <= truth && truth <= rate.high;
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
				 t->told > 0 ? 100 * t->within / t->told : NAN,
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
	to->told += t->told;
	to->within += t->within;
	for (unsigned s = 0; s < STRATEGIES; s++)
		to->chosen[s] += t->chosen[s];
}

/* The same outbreaks, by what is known of the site's settings. */
enum { EXACT, BLURRED, KNOWLEDGES };
static const struct knowledge {
	double sd;
	const char *title, *goal;
} knowledges[KNOWLEDGES] = {
	[EXACT] = {0,
		   "Which strategy: no more infected machine-hours than the better of the others",
		   "the strategy chosen costs no more, % of all"},
	[BLURRED] = {0.2,
		     "The same, if what is set of times, servers and switched-off machines is a "
		     "fifth wrong",
		     "the strategy chosen costs no more, with wrong settings, % of all"},
};

static void play_row(const struct numbers_options *opt, unsigned r, struct tally t[KNOWLEDGES])
{
	static struct episode o;
	struct dice d = {dice_mix(opt->seed * 31 + r)};
	unsigned runs = opt->is_quick ? QUICK_RUNS : opt->runs;
	uint64_t seed;

	for (unsigned i = 0; i < (runs + ROWS - 1) / ROWS; i++) {
		draw(&rows[r], &d, &o.truth);
		play(&o, opt->is_quick ? QUICK_PLAYS : PLAYS);
		seed = dice_next(&d);
		for (unsigned k = 0; k < KNOWLEDGES; k++)
			judge(&rows[r], &o, (struct dice){seed}, knowledges[k].sd, &t[k]);
	}
}

static bool show(const struct numbers_options *opt, const struct knowledge *k,
		 const struct tally t[ROWS])
{
	struct tally all = {0};
	bool ok;

	table_head(k->title, columns, COLUMNS);
	for (unsigned r = 0; r < ROWS; r++) {
		print(rows[r].name, &t[r]);
		add(&all, &t[r]);
	}
	print("all", &all);
	ok = table_goal(k->goal, 100 * all.right / all.n, opt->is_quick ? 75 : 95, 100);
	return table_goal("rates that their interval holds, %", 100 * all.within / all.told,
			  opt->is_quick ? 75 : 90, 100) &&
	       ok;
}

bool numbers_strategy(const struct numbers_options *opt)
{
	struct tally t[ROWS][KNOWLEDGES] = {0}, column[ROWS];
	bool ok = true;

	for (unsigned r = 0; r < ROWS; r++)
		play_row(opt, r, t[r]);
	for (unsigned k = 0; k < KNOWLEDGES; k++) {
		for (unsigned r = 0; r < ROWS; r++)
			column[r] = t[r][k];
		ok = show(opt, &knowledges[k], column) && ok;
	}
	return ok;
}
