#include "week.h"

#include <errno.h>
#include <stdlib.h>

enum { LOST = 20 }; /* of a thousand frames */

/* Monday 2026-11-02 00:00 UTC */
#define WEEK_EPOCH UINT64_C(1793577600)

/* A mirror port drops some of what it should show. */
static void lose(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	struct week *w = ctx;

	if (rng_below(&w->loss, 1000) >= LOST)
		trace_write(t, at_ns, frame);
}

int week_main(const struct options *opt)
{
	struct week w = {.opt = opt, .start = WEEK_EPOCH * SEC};
	int status = 1;

	if (opt->machines > 2500) {
		fputs("quell-traffic: a /20 has room for 2500 machines at most\n", stderr);
		return 2;
	}
	if (opt->truth != NULL) {
		w.truth = fopen(opt->truth, "w");
		if (w.truth == NULL) {
			fprintf(stderr, "quell-traffic: %s: %s\n", opt->truth, strerror(errno));
			return 1;
		}
	}
	w.end = w.start + (uint64_t)opt->minutes * MINUTE;
	w.lan = lan_new(opt->out, opt->seed + 40);
	if (w.lan != NULL) {
		w.loss.state = opt->seed + 41;
		trace_set_tap(w.lan->trace, lose, &w);
		week_people(&w);
		sched_run(&w.sched, w.lan->trace, w.end);
		for (unsigned i = 0; i < w.n_units; i++)
			unit_end(&w.units[i], w.end);
		status = lan_finish(w.lan, opt->out);
	}
	if (w.truth != NULL && fclose(w.truth) != 0) {
		fprintf(stderr, "quell-traffic: %s: %s\n", opt->truth, strerror(errno));
		status = 1;
	}
	sched_done(&w.sched);
	free(w.docks);
	free(w.units);
	free(w.near.slots);
	free(w.far.slots);
	return status;
}
