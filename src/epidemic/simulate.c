#include "epidemic/simulate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "epidemic/number.h"
#include "epidemic/spread.h"

static const char *const names[STRATEGIES] = {
	[STRATEGY_MANUAL] = "manual",
	[STRATEGY_GENERIC] = "generic",
	[STRATEGY_MIXED] = "mixed",
};

const char *strategy_name(enum strategy s)
{
	assert((unsigned)s < STRATEGIES);
	return names[s];
}

enum rc strategy_parse(const char *name, enum strategy *ret_s)
{
	for (unsigned s = 0; s < STRATEGIES; s++) {
		if (strcmp(name, names[s]) == 0) {
			*ret_s = (enum strategy)s;
			return RC_OK;
		}
	}
	return RC_INVAL;
}

/*
 * Four people at half an hour each come to some fifty machines in half a day, which is where the
 * field's rule draws its line. Group policy is asked for every 90 minutes and up to 30 more, so
 * within one hour on average for the first time; two are for what waits for a logon. No figure is
 * known that would hold for sites in general of shares that fail: these are round, and the site's
 * own are better. Anti-malware counts for nothing until the vendor has had the sample.
 */
struct sim_means sim_means_default(void)
{
	return (struct sim_means){
		.people = 4,
		.hours_a_day = 12,
		.day_from = 7,
		.off_share = 0.2,
		.minutes_each = 30,
		.hand_success = 0.98,
		.prepare_hours = 4,
		.generic_hours = 2,
		.generic_an_hour = 1000,
		.generic_success = 0.9,
		.restart_hours = 8,
		.clean_prepare_hours = 4,
		.protection = 0,
		.quarantine_hours = -1,
		.found_share = 1,
		.find_hours = 1,
	};
}

static bool site_is_good(const struct sim_site *s)
{
	return number_within(s->machines, 0, SIM_MACHINES) &&
	       number_within(s->infected, 0, s->machines) &&
	       number_within(s->exposed, 0, s->machines) && number_within(s->rate, 0, 1e6) &&
	       number_within(s->rate_sd, 0, 10) && number_within(s->hour, 0, 24);
}

static bool means_are_good(const struct sim_means *m)
{
	return number_within(m->people, 0, 1e5) && number_within(m->hours_a_day, 0, 24) &&
	       number_within(m->day_from, 0, 24) && number_within(m->off_share, 0, 0.99) &&
	       number_within(m->minutes_each, 0.1, 1e4) && number_within(m->hand_success, 0, 1) &&
	       number_within(m->prepare_hours, 0, 1e4) && number_within(m->generic_hours, 0, 1e4) &&
	       number_within(m->generic_an_hour, 0, 1e9) &&
	       number_within(m->generic_success, 0, 1) && number_within(m->restart_hours, 0, 1e4) &&
	       number_within(m->clean_prepare_hours, 0, 1e4) &&
	       number_within(m->protection, 0, 1) &&
	       number_within(m->quarantine_hours, -1e4, 1e4) &&
	       number_within(m->found_share, 0, 1) && number_within(m->find_hours, 0, 1e6);
}

/* Of `n` sorted values, the one below which `share` of them are. */
static double at_share(const double *sorted, size_t n, double share)
{
	double place = share * (double)(n - 1);
	size_t i = (size_t)place;
	double rest = place - (double)i;

	return i + 1 < n ? sorted[i] + rest * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

static struct sim_range range_of(double *values, size_t n)
{
	struct sim_range r = {0};

	for (size_t i = 0; i < n; i++)
		r.mean += values[i] / (double)n;
	qsort(values, n, sizeof(*values), number_order);
	r.low = at_share(values, n, 0.025);
	r.high = at_share(values, n, 0.975);
	return r;
}

double sim_standard_error(const struct sim_range *r, unsigned runs)
{
	return runs > 0 ? fmax(r->high - r->low, 0) / (2 * NUMBER_IN_95) / sqrt(runs) : 0;
}

enum { COLUMNS = 6 };

static void keep(double *columns[COLUMNS], size_t i, const struct spread_result *res)
{
	columns[0][i] = res->machine_hours;
	columns[1][i] = res->hours;
	columns[2][i] = res->infected_in_all;
	columns[3][i] = res->reinfected;
	columns[4][i] = res->peak;
	columns[5][i] = res->work_hours;
}

enum rc simulate(const struct sim_options *opt, struct sim_outcome *ret_o)
{
	double *values, *columns[COLUMNS], log_sd, z = 0;
	struct sim_outcome o = {0};
	unsigned ended = 0;

	if (!site_is_good(&opt->site) || !means_are_good(&opt->means) || opt->runs < 1 ||
	    opt->runs > SIM_RUNS || !number_within(opt->horizon_hours, 1, 24 * 366) ||
	    (unsigned)opt->strategy >= STRATEGIES)
		return RC_INVAL;
	values = calloc((size_t)opt->runs * COLUMNS, sizeof(*values));
	if (values == NULL)
		return RC_NOMEM;
	for (size_t c = 0; c < COLUMNS; c++)
		columns[c] = values + c * opt->runs;
	log_sd = sqrt(random_log(1 + opt->site.rate_sd * opt->site.rate_sd));
	for (unsigned i = 0; i < opt->runs; i++) {
		struct spread_result res;
		struct random r;

		random_init(&r, opt->seed, i);
		/* Antithetic pairs: what one run draws too high, the next has too low. */
		z = i % 2 == 0 ? random_normal(&r) : -z;
		spread_run(opt, opt->site.rate * random_exp(log_sd * z), &r, &res);
		keep(columns, i, &res);
		ended += res.is_ended;
	}
	o.machine_hours = range_of(columns[0], opt->runs);
	o.hours_to_zero = range_of(columns[1], opt->runs);
	o.infected_in_all = range_of(columns[2], opt->runs);
	o.reinfected = range_of(columns[3], opt->runs);
	o.peak = range_of(columns[4], opt->runs);
	o.work_hours = range_of(columns[5], opt->runs);
	o.share_ended = (double)ended / opt->runs;
	free(values);
	*ret_o = o;
	return RC_OK;
}
