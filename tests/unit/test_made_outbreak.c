/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "made_outbreak.h"

#define HOUR_NS 3600000000000u

static struct made_options office(enum made_worm worm, enum made_view view, uint64_t seed)
{
	return (struct made_options){.worm = worm,
				     .view = view,
				     .machines = 600,
				     .open_share = 0.7,
				     .seeds = 20,
				     .attempts_hour = 60,
				     .rate_spread = 0.5,
				     .hours = 4,
				     .listen_from = 1,
				     .listen_until = 4,
				     .clean_from = -1,
				     .lost_from = -1,
				     .seed = seed};
}

static struct made_outbreak *make(const struct made_options *opt)
{
	struct made_outbreak *o = NULL;

	assert_int_equal(made_outbreak(opt, &o), RC_OK);
	assert_non_null(o);
	return o;
}

static size_t infected(const struct made_outbreak *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_machines; i++)
		n += o->machines[i].infected_ns != 0;
	return n;
}

static size_t heard(const struct made_outbreak *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_attempts; i++)
		n += o->attempts[i].is_heard;
	return n;
}

/* Each of them: every worm, every view, with and without what makes it harder. */
static void each(void (*check)(const struct made_outbreak *o))
{
	for (unsigned i = 0; i < MADE_WORMS * MADE_VIEWS * 4; i++) {
		struct made_options opt =
			office(i % MADE_WORMS, i / MADE_WORMS % MADE_VIEWS, i + 1);
		struct made_outbreak *o;

		opt.has_nat = opt.has_churn = i / (MADE_WORMS * MADE_VIEWS) % 2;
		if (i / (MADE_WORMS * MADE_VIEWS * 2)) {
			opt.has_days = true;
			opt.clean_from = 2;
			opt.clean_an_hour = 40;
			opt.clean_fails = 0.3;
			opt.lost_from = 3.5;
		}
		o = make(&opt);
		check(o);
		made_outbreak_free(o);
	}
}

static void the_same_seed_makes_the_same_outbreak(void **state)
{
	(void)state;
	for (unsigned worm = 0; worm < MADE_WORMS; worm++) {
		struct made_options opt = office(worm, VIEW_FULL, 7);
		struct made_outbreak *a = make(&opt), *b = make(&opt), *c;
		bool differs;

		opt.seed = 8;
		c = make(&opt);
		assert_int_equal(a->n_attempts, b->n_attempts);
		for (size_t i = 0; i < a->n_attempts; i++) {
			assert_true(a->attempts[i].at_ns == b->attempts[i].at_ns);
			assert_int_equal(a->attempts[i].from, b->attempts[i].from);
			assert_int_equal(a->attempts[i].to, b->attempts[i].to);
		}
		for (size_t i = 0; i < a->n_machines; i++)
			assert_true(a->machines[i].infected_ns == b->machines[i].infected_ns);
		differs = a->n_attempts != c->n_attempts ||
			  a->attempts[0].at_ns != c->attempts[0].at_ns;
		assert_true(differs);
		made_outbreak_free(a);
		made_outbreak_free(b);
		made_outbreak_free(c);
	}
}

static void check_infections(const struct made_outbreak *o)
{
	size_t by_attempt = 0, seeds = 0;

	for (size_t i = 0; i < o->n_machines; i++) {
		const struct made_machine *m = &o->machines[i];

		assert_true(m->infected_ns != 0 ||
			    (m->cured_ns == 0 && m->infected_by == UINT32_MAX));
		if (m->infected_ns == 0)
			continue;
		assert_true(m->is_open);
		assert_true(m->infected_ns >= o->start_ns && m->infected_ns <= o->end_ns);
		assert_true(m->cured_ns == 0 || m->cured_ns >= m->infected_ns);
		if (m->infected_by == UINT32_MAX) {
			seeds++;
			continue;
		}
		assert_true(m->infected_by < o->n_machines && m->infected_by != i);
		assert_true(o->machines[m->infected_by].infected_ns <= m->infected_ns);
	}
	assert_true(seeds == (size_t)o->opt.seeds);
	for (size_t i = 0; i < o->n_attempts; i++) {
		const struct made_attempt *t = &o->attempts[i];
		const struct made_machine *from = &o->machines[t->from];

		assert_true(from->infected_ns != 0 && from->infected_ns <= t->at_ns);
		assert_true(!from->cure_holds || t->at_ns <= from->cured_ns);
		assert_true(t->is_heard || t->infects);
		assert_true(i == 0 || t->at_ns >= o->attempts[i - 1].at_ns);
		assert_true(made_is_on(o, t->from, t->at_ns));
		if (!t->infects)
			continue;
		assert_true(t->to < o->n_machines && made_is_on(o, t->to, t->at_ns));
		assert_true(o->machines[t->to].infected_ns == t->at_ns);
		assert_int_equal(o->machines[t->to].infected_by, t->from);
		by_attempt++;
	}
	assert_int_equal(by_attempt + seeds, infected(o));
	assert_true(by_attempt > 0);
}

static void who_infects_whom_is_consistent_in_time(void **state)
{
	(void)state;
	each(check_infections);
}

static int by_addr(const void *a, const void *b)
{
	return addr_cmp(a, b);
}

static void check_addresses(const struct made_outbreak *o)
{
	struct addr *all = calloc(o->n_machines, sizeof(*all));
	size_t n = 0, moved = 0, shared = 0;

	assert_non_null(all);
	for (size_t i = 0; i < o->n_machines; i++) {
		const struct made_machine *m = &o->machines[i];

		assert_true(addr_is_v4(&m->addr));
		if (m->nat == 0 || m->nat == i + 1)
			all[n++] = m->addr;
		else
			assert_true(addr_eq(&m->addr, &o->machines[m->nat - 1].addr));
	}
	qsort(all, n, sizeof(*all), by_addr);
	for (size_t i = 1; i < n; i++)
		assert_false(addr_eq(&all[i - 1], &all[i]));
	for (size_t i = 0; i < o->n_attempts; i++) {
		const struct made_attempt *t = &o->attempts[i];
		const struct made_machine *from = &o->machines[t->from];
		bool is_first = addr_eq(&t->from_addr, &from->addr);

		assert_true(addr_is_v4(&t->from_addr) && addr_is_v4(&t->to_addr));
		assert_true(is_first || o->opt.has_churn);
		moved += !is_first;
		shared += from->nat != 0 && from->nat != t->from + 1;
		if (t->to == UINT32_MAX && !o->opt.has_churn)
			assert_null(bsearch(&t->to_addr, all, n, sizeof(*all), by_addr));
		if (t->to != UINT32_MAX && !o->opt.has_churn && t->is_heard)
			assert_true(addr_eq(&t->to_addr, &o->machines[t->to].addr));
	}
	assert_true(!o->opt.has_churn || moved > 0);
	assert_true(o->opt.has_nat || shared == 0);
	free(all);
}

static void addresses_are_their_own_unless_shared_or_moved(void **state)
{
	(void)state;
	each(check_addresses);
}

static void check_view(const struct made_outbreak *o)
{
	uint64_t from_ns = o->start_ns + (uint64_t)(o->opt.listen_from * HOUR_NS);
	uint64_t until_ns = o->start_ns + (uint64_t)(o->opt.listen_until * HOUR_NS), n = 0;

	if (o->opt.lost_from >= 0)
		until_ns = o->start_ns + (uint64_t)(o->opt.lost_from * HOUR_NS);
	for (size_t i = 0; i < o->n_attempts; i++) {
		const struct made_attempt *t = &o->attempts[i];

		if (!t->is_heard)
			continue;
		n++;
		assert_true(t->at_ns >= from_ns && t->at_ns <= until_ns);
		if (o->opt.view == VIEW_DECOY)
			assert_true(t->to == UINT32_MAX);
		if (o->opt.view == VIEW_SWITCH)
			assert_true(o->machines[t->from].is_watched ||
				    (t->to != UINT32_MAX && o->machines[t->to].is_watched));
	}
	assert_true(n > 0);
}

static void a_view_hears_what_it_can_and_only_while_it_listens(void **state)
{
	(void)state;
	each(check_view);
}

static void partial_views_hear_their_share(void **state)
{
	static const struct {
		enum made_view view;
		double low, high; /* of what is heard in full view, by how wide they see */
	} rows[] = {{VIEW_FULL, 1, 1}, {VIEW_DECOY, 0.005, 0.011}, {VIEW_SWITCH, 0.15, 0.36}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double got = 0, full = 0;

		for (uint64_t seed = 1; seed <= 8; seed++) {
			struct made_options opt = office(WORM_UNIFORM, rows[i].view, seed);
			struct made_outbreak *o;

			opt.seeds = 200; /* so that chance in spreading does not matter */
			opt.open_share = 0.35;
			o = make(&opt);
			got += (double)heard(o) / (double)infected(o);
			made_outbreak_free(o);
			opt.view = VIEW_FULL;
			o = make(&opt);
			full += (double)heard(o) / (double)infected(o);
			made_outbreak_free(o);
		}
		if (got / full < rows[i].low || got / full > rows[i].high)
			fail_msg("view %d hears %g of all", (int)rows[i].view, got / full);
	}
}

static void worms_differ_as_they_are_said_to(void **state)
{
	(void)state;
	for (unsigned worm = 0; worm < MADE_WORMS; worm++) {
		struct made_options opt = office(worm, VIEW_FULL, 3);
		size_t near = 0, gaps = 0;
		uint64_t last_ns[600] = {0};
		struct made_outbreak *o;

		opt.attempts_hour = 0;
		opt.listen_from = 0;
		o = make(&opt);
		for (size_t i = 0; i < o->n_attempts; i++) {
			const struct made_attempt *t = &o->attempts[i];

			near += t->from_addr.b[14] == t->to_addr.b[14];
			gaps += last_ns[t->from] != 0 && t->at_ns - last_ns[t->from] > HOUR_NS / 2;
			last_ns[t->from] = t->at_ns;
		}
		double local = (double)near / (double)o->n_attempts;
		double hourly = made_attempts_hour(worm);

		assert_true(worm == WORM_LOCAL ? local > 0.8 : local < 0.35);
		assert_true(hourly > 0);
		if (worm == WORM_DORMANT)
			assert_true(gaps > infected(o) / 4);
		else if (worm != WORM_SLOW)
			assert_int_equal(gaps, 0);
		made_outbreak_free(o);
	}
}

static void cures_that_fail_are_heard_again(void **state)
{
	struct made_options opt = office(WORM_UNIFORM, VIEW_FULL, 5);
	size_t cured = 0, failed = 0, again = 0;
	bool seen[600] = {0};
	struct made_outbreak *o;

	(void)state;
	opt.clean_from = 2;
	opt.clean_an_hour = 400;
	opt.clean_fails = 0.25;
	o = make(&opt);
	for (size_t i = 0; i < o->n_attempts; i++) {
		const struct made_attempt *t = &o->attempts[i];
		const struct made_machine *m = &o->machines[t->from];

		if (m->cured_ns != 0 && t->at_ns > m->cured_ns && !seen[t->from]) {
			seen[t->from] = true;
			again++;
		}
	}
	for (size_t i = 0; i < o->n_machines; i++) {
		cured += o->machines[i].cured_ns != 0;
		failed += o->machines[i].cured_ns != 0 && !o->machines[i].cure_holds;
	}
	assert_true(cured > 300);
	assert_true(failed > cured / 8 && failed < cured / 2);
	assert_true(again > failed * 3 / 4 && again <= failed);
	made_outbreak_free(o);
}

static void machines_are_off_at_night(void **state)
{
	struct made_options opt = office(WORM_SLOW, VIEW_FULL, 5);
	size_t day = 0, night = 0;
	struct made_outbreak *o;

	(void)state;
	opt.hours = 48;
	opt.has_days = true;
	o = make(&opt);
	for (uint32_t i = 0; i < o->n_machines; i++) {
		day += made_is_on(o, i, o->start_ns + 5 * HOUR_NS);
		night += made_is_on(o, i, o->start_ns + 18 * HOUR_NS);
	}
	assert_true(day > o->n_machines * 85 / 100 && day < o->n_machines);
	assert_true(night > o->n_machines / 10 && night < o->n_machines * 3 / 10);
	made_outbreak_free(o);
}

static void what_cannot_be_played_is_said(void **state)
{
	struct made_options opt = office(WORM_LOCAL, VIEW_DECOY, 1);
	struct made_outbreak *o = NULL;

	(void)state;
	opt.machines = 0;
	assert_int_equal(made_outbreak(&opt, &o), RC_INVAL);
	opt.machines = 20001;
	assert_int_equal(made_outbreak(&opt, &o), RC_INVAL);
	opt.machines = 1;
	opt.hours = NAN;
	assert_int_equal(made_outbreak(&opt, &o), RC_INVAL);
	opt.hours = 1;
	opt.worm = MADE_WORMS;
	assert_int_equal(made_outbreak(&opt, &o), RC_INVAL);
	assert_null(o);
	opt.worm = WORM_LOCAL;
	opt.open_share = 0; /* nobody can be infected: nothing happens, and it ends */
	o = make(&opt);
	assert_int_equal(infected(o), 0);
	assert_int_equal(o->n_attempts, 0);
	made_outbreak_free(o);
	made_outbreak_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_makes_the_same_outbreak),
		cmocka_unit_test(who_infects_whom_is_consistent_in_time),
		cmocka_unit_test(addresses_are_their_own_unless_shared_or_moved),
		cmocka_unit_test(a_view_hears_what_it_can_and_only_while_it_listens),
		cmocka_unit_test(partial_views_hear_their_share),
		cmocka_unit_test(worms_differ_as_they_are_said_to),
		cmocka_unit_test(cures_that_fail_are_heard_again),
		cmocka_unit_test(machines_are_off_at_night),
		cmocka_unit_test(what_cannot_be_played_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
