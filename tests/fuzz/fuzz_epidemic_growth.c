/* Whatever times there are: every number is finite and in its order, the order of the times does
 * not matter, and a forecast does not fall, neither with hours nor with the rate. Bytes: a head of
 * 8 for window, limit and share; then two for each time. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "epidemic/growth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 8, TIMES = 64 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void in_order(double low, double x, double high)
{
	must(isfinite(low) && isfinite(x) && isfinite(high));
	must(low <= x && x <= high);
}

static void check_forecast(const struct growth *g)
{
	static const double hours[] = {-1e9, -30, -1, 0, 0.5, 6, 48, 1e5, 1e9, INFINITY, NAN};
	struct growth_point p, last = {0}, half;

	for (unsigned i = 0; i < sizeof(hours) / sizeof(*hours); i++) {
		growth_at(g, hours[i], 1, &p);
		in_order(p.low, p.infected, p.high);
		must(p.low >= 0);
		growth_at(g, hours[i], 0.5, &half);
		must(half.infected <= p.infected);
		if (i > 1 && i < 8)
			must(p.infected >= last.infected * (1 - 1e-9));
		last = p;
	}
	growth_at(g, 5, NAN, &p);
	in_order(p.low, p.infected, p.high);
	growth_at(g, 5, -1, &p);
	in_order(p.low, p.infected, p.high);
}

static void check(const struct growth *g)
{
	must(memchr(g->why, '\0', sizeof(g->why)) != NULL && g->why[0] != '\0');
	if (!g->is_fitted) {
		must(g->rate == 0 && isfinite(g->rate_high));
		check_forecast(g);
		return;
	}
	in_order(g->rate_low, g->rate, g->rate_high);
	in_order(g->r_low, g->r, g->r_high);
	must(g->rate > 0 && g->now >= 0 && isfinite(g->now) && g->scatter >= 1);
	must(isfinite(g->doubling_low) && isfinite(g->doubling_hours) &&
	     isfinite(g->doubling_high));
	if (g->doubling_hours >= 0 && g->doubling_high >= 0)
		in_order(g->doubling_low, g->doubling_hours, g->doubling_high);
	if (g->limit >= 0 && g->limit_high >= 0)
		in_order(g->limit_low, g->limit, g->limit_high);
	must(g->n_curves <= GROWTH_CURVES);
	check_forecast(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t times[TIMES], turned[TIMES], head;
	struct growth_input in = {.infected_ns = times};
	struct growth g, again;

	if (size < HEAD)
		return 0;
	memcpy(&head, data, sizeof(head));
	in.from_ns = (head & 0xffff) << (head >> 16 & 31);
	in.now_ns = in.from_ns + ((head >> 21 & 0xffff) << (head >> 37 & 47));
	in.machines = (head >> 43 & 1) != 0 ? (double)(head >> 44 & 0xfff) : 0;
	in.share_heard = (double)(head >> 56) / 255;
	for (size_t at = HEAD; at + 2 <= size && in.n < TIMES; at += 2) {
		uint64_t x = (uint64_t)(data[at] << 8 | data[at + 1]);

		times[in.n++] = in.from_ns + (in.now_ns - in.from_ns) / 65000 * x;
	}
	for (size_t i = 0; i < in.n; i++)
		turned[i] = times[in.n - 1 - i];
	if (growth_fit(&in, &g) != RC_OK)
		return 0;
	check(&g);
	in.infected_ns = turned;
	must(growth_fit(&in, &again) == RC_OK);
	must(again.is_fitted == g.is_fitted && again.rate == g.rate && again.now == g.now);
	must(strcmp(again.why, g.why) == 0);
	return 0;
}
