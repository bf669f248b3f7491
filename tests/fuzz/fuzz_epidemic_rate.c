/* Whatever cases there are: every number is finite and in its order, infections are no fewer than
 * those that were seen while listening, and the order of the cases does not matter. Bytes: a head
 * of 16 for window, site and means; then two for each case. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "epidemic/rate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 16, CASES = 64 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check(const struct rate_input *in, const struct rate *r)
{
	double seen = 0;

	for (size_t i = 0; i < in->n; i++) {
		const struct rate_case *c = &in->cases[i];

		seen += c->is_infection && c->at_ns != 0 && c->at_ns >= in->from_ns &&
			c->at_ns <= in->now_ns;
	}
	must(isfinite(r->low) && isfinite(r->rate) && isfinite(r->high));
	must(r->low >= 0 && r->rate > 0 && r->low <= r->rate && r->rate <= r->high);
	must(isfinite(r->infections) && r->infections >= seen - 1e-6);
	must(isfinite(r->machine_hours) && r->machine_hours > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rate_case cases[CASES], turned[CASES];
	struct sim_site site = {.rate = 0};
	struct sim_means means = sim_means_default();
	struct rate_input in = {.cases = cases, .site = &site, .means = &means};
	struct rate r, again;
	uint64_t time, rest;

	if (size < HEAD)
		return 0;
	memcpy(&time, data, sizeof(time));
	memcpy(&rest, data + sizeof(time), sizeof(rest));
	in.from_ns = (time & 0xffff) << (time >> 16 & 31);
	in.now_ns = in.from_ns + ((time >> 21 & 0xffff) << (time >> 37 & 31));
	in.now_hour = (double)(time >> 43 & 0xff) / 255 * 24;
	in.infected_sd = (double)(time >> 51 & 0xff) - 1;
	site.infected = (double)(rest & 0xfff);
	site.exposed = (double)(rest >> 12 & 0xfffff);
	means.find_hours = ldexp((double)(rest >> 32 & 0xff), (int)(rest >> 40 & 31) - 20);
	means.off_share = (double)(rest >> 45 & 0xff) / 258;
	for (size_t at = HEAD; at + 2 <= size && in.n < CASES; at += 2) {
		uint64_t x = (uint64_t)(data[at] << 8 | data[at + 1]);

		cases[in.n].at_ns = in.from_ns / 2 + (in.now_ns - in.from_ns / 2) / 65000 * x;
		cases[in.n++].is_infection = (x & 1) != 0;
	}
	for (size_t i = 0; i < in.n; i++)
		turned[i] = cases[in.n - 1 - i];
	if (rate_count(&in, &r) != RC_OK)
		return 0;
	check(&in, &r);
	in.cases = turned;
	must(rate_count(&in, &again) == RC_OK);
	must(r.rate == again.rate && r.low == again.low && r.high == again.high);
	must(r.infections == again.infections && r.machine_hours == again.machine_hours);
	return 0;
}
