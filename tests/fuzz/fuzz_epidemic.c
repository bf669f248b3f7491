/* Whatever numbers the store has: estimates and proofs are finite and within their bounds, the same
 * again, and more silence never makes a machine less surely clean. The first byte says what is
 * tried; the rest is laid over the inputs. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "epidemic/estimate.h"
#include "epidemic/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SOURCES = 64, SENSORS = 4, MACHINES = 16 };

struct feed {
	const uint8_t *at;
	size_t left;
};

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Zeros once it is used up. */
static void take(struct feed *f, void *to, size_t len)
{
	size_t n = len < f->left ? len : f->left;

	memset(to, 0, len);
	if (n > 0)
		memcpy(to, f->at, n);
	f->at += n;
	f->left -= n;
}

static uint64_t take_u64(struct feed *f)
{
	uint64_t v;

	take(f, &v, sizeof(v));
	return v;
}

static uint32_t take_u32(struct feed *f)
{
	uint32_t v;

	take(f, &v, sizeof(v));
	return v;
}

static double take_double(struct feed *f) /* any: NAN, too */
{
	double v;

	take(f, &v, sizeof(v));
	return v;
}

static bool is_share(double x)
{
	return x >= 0 && x <= 1;
}

static bool is_text(const char *s, size_t size)
{
	return s[0] != '\0' && memchr(s, '\0', size) != NULL;
}

static struct quiet quiet(const struct quiet_input *in)
{
	struct quiet q;

	proof_quiet(in, &q);
	must(is_share(q.p_heard) && isfinite(q.more_minutes) && is_text(q.why, sizeof(q.why)));
	must(q.is_quiet == (in->hostile_since == 0 && q.p_heard >= QUIET_SURE));
	must(!q.is_quiet || q.more_minutes == 0);
	return q;
}

static void try_quiet(struct feed *f)
{
	struct quiet_input in = {
		.hostile_minutes = take_u32(f),
		.alive_minutes = take_u32(f),
		.longest_silence = take_u32(f),
		.lost_before = take_double(f),
		.alive_since = take_u32(f),
		.hostile_since = take_u32(f),
		.lost_since = take_double(f),
		.population_rate = take_double(f),
		.population_silence = take_double(f),
	};
	double was = quiet(&in).p_heard;

	in.alive_since += in.alive_since < UINT32_MAX;
	must(quiet(&in).p_heard >= was);
	in.alive_since = 0;
	must(quiet(&in).p_heard == 0); /* off, or unheard, proves nothing */
}

static void try_end(struct feed *f)
{
	struct end_machine machines[MACHINES];
	struct end_input in = {.machines = machines};
	struct end e;

	in.hidden_low = take_double(f);
	in.hidden = take_double(f);
	in.hidden_high = take_double(f);
	in.hours_since_last = take_double(f);
	in.hours_between = take_double(f);
	in.infected_before = take_double(f);
	for (; in.n_machines < MACHINES && f->left > 0; in.n_machines++) {
		machines[in.n_machines].p_infected = take_double(f);
		machines[in.n_machines].is_off = in.n_machines % 2 == 0;
	}
	proof_end(&in, &e);
	must(is_share(e.p_none) && is_share(e.p_none_low) && is_share(e.p_none_high));
	must(e.p_none_low <= e.p_none && e.p_none <= e.p_none_high);
	must(is_share(e.by_off) && is_share(e.by_listening) && is_share(e.by_hidden));
	must(e.by_off >= e.p_none && e.by_listening >= e.p_none);
	must(is_text(e.why, sizeof(e.why)) && is_text(e.raise, sizeof(e.raise)));
}

static void try_estimate(struct feed *f)
{
	struct heard_source sources[SOURCES] = {0};
	struct estimate_sensor sensors[SENSORS];
	struct estimate_input in = {.sources = sources, .sensors = sensors};
	struct estimate e, again;

	in.machines = take_double(f);
	in.growth = take_double(f);
	in.n_sensors = take_u32(f) % (SENSORS + 1);
	for (size_t i = 0; i < SENSORS; i++) {
		sensors[i].first_ns = take_u64(f);
		sensors[i].last_ns = take_u64(f);
		sensors[i].minutes = take_double(f);
		sensors[i].lost = take_double(f);
	}
	for (; in.n_sources < SOURCES && f->left > 0; in.n_sources++) {
		sources[in.n_sources].first_ns = take_u64(f);
		sources[in.n_sources].last_ns = take_u64(f);
		sources[in.n_sources].minutes = take_u32(f);
		sources[in.n_sources].by[in.n_sources % SENSORS] = take_u32(f);
	}
	if (estimate_total(&in, &e) != RC_OK || estimate_total(&in, &again) != RC_OK)
		return;
	must(e.total == again.total && e.low == again.low && e.high == again.high);
	must(e.found == in.n_sources && isfinite(e.high) && isfinite(e.minutes_to_95));
	must(e.low >= (double)e.found && e.total >= e.low && e.high >= e.total);
	must(is_share(e.share_found) && is_text(e.why, sizeof(e.why)));
	must(e.is_meaningful || e.high <= (double)e.found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = {data, size};
	uint8_t what;

	take(&f, &what, 1);
	if (what % 16 == 0) /* it takes some 50 ms */
		try_estimate(&f);
	else if (what % 2 == 0)
		try_end(&f);
	else
		try_quiet(&f);
	return 0;
}
