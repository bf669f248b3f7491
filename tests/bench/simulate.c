/*
 * Times the simulation behind `quell triage --simulate`: RUNS runs of each strategy at a site of
 * MACHINES, and the whole choice with its break-even. Prints lines "NAME SECONDS", with what came
 * out before the time. usage: bench-simulate [MACHINES [RUNS]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "epidemic/simulate.h"

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench-simulate: %s\n", what);
	exit(1);
}

static void time_all(double machines, double infected, double rate, unsigned runs)
{
	struct sim_options opt = {.site = {.machines = machines,
					   .infected = infected,
					   .exposed = machines * 0.8 - infected,
					   .rate = rate,
					   .rate_sd = 0.3,
					   .hour = 9},
				  .means = sim_means_default(),
				  .runs = runs,
				  .seed = 1,
				  .horizon_hours = SIM_HORIZON_HOURS};
	struct strategy_choice choice;
	double t;

	opt.means.found_share = 0.8;
	opt.means.generic_an_hour = machines / 5;
	for (unsigned s = 0; s < STRATEGIES; s++) {
		struct sim_outcome o = {0};

		opt.strategy = (enum strategy)s;
		t = cpu_s();
		if (simulate(&opt, &o) != RC_OK)
			die("it could not be simulated");
		printf("%u runs, %.0f machines, %.0f infected, rate %g: %s (%.0f infected "
		       "machine-hours, %.0f hours, %.0f %% ended) %.3f\n",
		       runs, machines, infected, rate, strategy_name(opt.strategy),
		       o.machine_hours.mean, o.hours_to_zero.mean, o.share_ended * 100,
		       cpu_s() - t);
	}
	t = cpu_s();
	if (strategy_choose(&opt.site, &opt.means, runs, 1, &choice) != RC_OK)
		die("it could not be chosen");
	printf("%u runs, %.0f machines, choice (%s) %.3f\n", runs, machines, choice.why,
	       cpu_s() - t);
}

int main(int argc, char **argv)
{
	double machines = argc > 1 ? strtod(argv[1], NULL) : 100000;
	unsigned runs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1000;

	if (machines < 1000 || machines > SIM_MACHINES || runs < 1 || runs > SIM_RUNS)
		die("usage: bench-simulate [MACHINES [RUNS]], at least 1000 machines");
	time_all(machines, 20, 0.1, runs);
	time_all(machines, machines / 200, 1, runs);
	time_all(machines, machines / 10, 20, runs);
	return 0;
}
