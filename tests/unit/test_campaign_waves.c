#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/waves.h"

enum { MACHINES = 400, NAME = 16 };

struct office { /* four networks of 100; a tenth infected, a twentieth servers */
	struct wave_candidate list[MACHINES];
	char names[MACHINES][NAME];
};

static void fill(struct office *o)
{
	for (unsigned i = 0; i < MACHINES; i++) {
		(void)snprintf(o->names[i], NAME, "name:pc-%04u", i);
		o->list[i] = (struct wave_candidate){
			.machine = o->names[i],
			.addr = addr_v4(0x0a010000U + (i / 100 << 8) + i % 100 + 1),
			.is_infected = i % 10 == 3,
			.is_server = i % 20 == 0,
			.importance = i % 40 == 0 ? 5 : i % 3,
		};
	}
}

static unsigned next_random(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

static void shuffle(struct wave_candidate *list, size_t n, uint32_t seed)
{
	for (size_t i = n - 1; i > 0; i--) {
		size_t j = next_random(&seed) % (i + 1);
		struct wave_candidate c = list[i];

		list[i] = list[j];
		list[j] = c;
	}
}

static uint32_t wave_of(const struct office *o, const char *machine)
{
	for (unsigned i = 0; i < MACHINES; i++) {
		if (strcmp(o->list[i].machine, machine) == 0)
			return o->list[i].wave;
	}
	fail();
	return 0;
}

static size_t size_of(const struct office *o, uint32_t wave)
{
	size_t n = 0;

	for (unsigned i = 0; i < MACHINES; i++)
		n += o->list[i].wave == wave;
	return n;
}

static const struct wave_plan plans[] = {
	{WAVES_INFECTED_FIRST, 10, 50, 24}, {WAVES_INFECTED_FIRST, 0, 0, 24},
	{WAVES_BY_NETWORK, 8, 0, 24},       {WAVES_BY_NETWORK, 8, 30, 24},
	{WAVES_BY_NETWORK, 8, 150, 24},     {WAVES_BY_IMPORTANCE, 16, 100, 24},
	{WAVES_BY_IMPORTANCE, 1000, 7, 24},
};
enum { PLANS = sizeof(plans) / sizeof(plans[0]) };

static void everybody_has_one_wave_whatever_the_order_they_come_in(void **state)
{
	static struct office a, b;
	uint32_t last = 0, again = 0;

	(void)state;
	for (unsigned p = 0; p < PLANS; p++) {
		fill(&a);
		fill(&b);
		shuffle(b.list, MACHINES, p + 1);
		assert_int_equal(waves_plan(&plans[p], 3, a.list, MACHINES, &last), RC_OK);
		assert_int_equal(waves_plan(&plans[p], 3, b.list, MACHINES, &again), RC_OK);
		assert_int_equal(last, again);
		for (unsigned i = 0; i < MACHINES; i++) {
			assert_in_range(a.list[i].wave, 3, last);
			assert_int_equal(a.list[i].wave, wave_of(&b, a.list[i].machine));
		}
		for (uint32_t w = 3; w <= last; w++) {
			bool is_pilot = w == 3 && plans[p].pilot > 0;

			assert_true(size_of(&a, w) > 0);
			if (plans[p].ring > 0 && !is_pilot)
				assert_true(size_of(&a, w) <= plans[p].ring);
		}
		if (plans[p].pilot > 0 && plans[p].pilot < MACHINES)
			assert_int_equal(size_of(&a, 3), plans[p].pilot);
	}
}

static void the_pilot_has_some_of_every_kind_and_never_the_most_important(void **state)
{
	static struct office o;
	const struct wave_plan plan = {WAVES_INFECTED_FIRST, 16, 50, 24};
	unsigned kinds[2][2] = {{0, 0}, {0, 0}}, nets[4] = {0, 0, 0, 0};
	uint32_t last = 0;

	(void)state;
	fill(&o);
	assert_int_equal(waves_plan(&plan, 1, o.list, MACHINES, &last), RC_OK);
	for (unsigned i = 0; i < MACHINES; i++) {
		if (o.list[i].wave != 1)
			continue;
		assert_true(o.list[i].importance < 5);
		kinds[o.list[i].is_infected][o.list[i].is_server]++;
		nets[i / 100]++;
	}
	assert_true(kinds[0][0] > 0 && kinds[0][1] > 0 && kinds[1][0] > 0);
	for (unsigned i = 0; i < 4; i++)
		assert_true(nets[i] > 0);
}

static void infected_machines_go_before_all_others(void **state)
{
	static struct office o;
	const struct wave_plan plan = {WAVES_INFECTED_FIRST, 5, 10, 24};
	uint32_t last = 0, last_infected = 0, first_other = UINT32_MAX;

	(void)state;
	fill(&o);
	assert_int_equal(waves_plan(&plan, 1, o.list, MACHINES, &last), RC_OK);
	for (unsigned i = 0; i < MACHINES; i++) {
		if (o.list[i].is_infected && o.list[i].wave > last_infected)
			last_infected = o.list[i].wave;
		if (!o.list[i].is_infected && o.list[i].wave > 1 && o.list[i].wave < first_other)
			first_other = o.list[i].wave;
	}
	assert_true(last_infected <= first_other);
}

static void a_network_is_a_ring_and_is_not_cut_where_it_fits(void **state)
{
	static struct office o;
	const struct wave_plan each = {WAVES_BY_NETWORK, 0, 0, 24},
			       two = {WAVES_BY_NETWORK, 0, 250, 24};
	uint32_t last = 0;

	(void)state;
	fill(&o);
	assert_int_equal(waves_plan(&each, 1, o.list, MACHINES, &last), RC_OK);
	assert_int_equal(last, 4);
	for (unsigned i = 0; i < MACHINES; i++)
		assert_int_equal(o.list[i].wave, 1 + i / 100);
	assert_int_equal(waves_plan(&two, 1, o.list, MACHINES, &last), RC_OK);
	assert_int_equal(last, 2);
	for (unsigned i = 0; i < MACHINES; i++)
		assert_int_equal(o.list[i].wave, 1 + i / 200);
}

static void the_most_important_come_last_by_importance(void **state)
{
	static struct office o;
	const struct wave_plan plan = {WAVES_BY_IMPORTANCE, 4, 50, 24};
	uint32_t last = 0;

	(void)state;
	fill(&o);
	assert_int_equal(waves_plan(&plan, 1, o.list, MACHINES, &last), RC_OK);
	for (unsigned i = 0; i < MACHINES; i++) {
		for (unsigned j = 0; j < MACHINES; j++) {
			if (o.list[i].wave > 1 && o.list[j].wave > 1 &&
			    o.list[i].importance < o.list[j].importance)
				assert_true(o.list[i].wave <= o.list[j].wave);
		}
	}
}

static void few_or_no_machines_are_fine(void **state)
{
	struct wave_candidate one = {.machine = "name:only", .importance = 5};
	const struct wave_plan plan = {WAVES_INFECTED_FIRST, 10, 5, 24};
	uint32_t last = 77;

	(void)state;
	assert_int_equal(waves_plan(&plan, 1, NULL, 0, &last), RC_OK);
	assert_int_equal(last, 0);
	assert_int_equal(waves_plan(&plan, 1, &one, 1, &last), RC_OK);
	assert_int_equal(one.wave, 1);
	assert_int_equal(last, 1);
}

static void the_gate_opens_on_evidence_alone(void **state)
{
	static const struct {
		size_t n, patched, failed, reported;
		double stop;
		enum gate gate;
		const char *says;
	} cases[] = {
		{10, 9, 0, 10, 0.2, GATE_OPEN, "9 of 10 are patched, 0 failed"},
		{10, 8, 0, 8, 0.2, GATE_SHUT, "8 of 10 are patched; the gate opens at 90 %"},
		{10, 9, 1, 10, 0.2, GATE_SHUT,
		 "1 of 10 failed, 1 of them with 0x80070005; at most 5 % may"},
		{10, 7, 2, 9, 0.2, GATE_STOP,
		 "2 of 10 failed, 2 of them with 0x80070005: stop and look"},
		{1000, 8, 4, 12, 0.2, GATE_STOP,
		 "4 of 1000 failed, 4 of them with 0x80070005: stop and look"},
		{1000, 8, 1, 1, 0.2, GATE_SHUT, "8 of 1000 are patched; the gate opens at 90 %"},
		{10, 0, 10, 10, 0, GATE_SHUT,
		 "10 of 10 failed, 10 of them with 0x80070005; at most 5 % may"},
		{0, 0, 0, 0, 0.2, GATE_OPEN, "nobody is in this wave"},
	};
	const struct wave w = {.num = 1, .name = "pilot", .gate_patched = 0.9, .gate_failed = 0.05};
	char why[160];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct wave_count count = {
			.n = cases[i].n, .failed = cases[i].failed, .reported = cases[i].reported};

		count.by_stage[STAGE_PATCHED] = cases[i].patched / 2;
		count.by_stage[STAGE_QUIET] = cases[i].patched - cases[i].patched / 2;
		count.by_stage[STAGE_REBOOT_PENDING] = cases[i].n - cases[i].patched;
		if (cases[i].failed > 0) {
			count.n_codes = 1;
			count.codes[0].code = -2147024891;
			count.codes[0].n = cases[i].failed;
		}
		assert_int_equal(wave_gate(&w, &count, cases[i].stop, why, sizeof(why)),
				 cases[i].gate);
		assert_string_equal(why, cases[i].says);
	}
}

static void orders_are_parsed_by_their_names(void **state)
{
	enum wave_order o = WAVES_BY_NETWORK;

	(void)state;
	for (unsigned i = 0; i < WAVE_ORDERS; i++) {
		assert_int_equal(wave_order_parse(wave_order_name((enum wave_order)i), &o), RC_OK);
		assert_int_equal(o, i);
	}
	assert_int_equal(wave_order_parse("at random", &o), RC_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_has_one_wave_whatever_the_order_they_come_in),
		cmocka_unit_test(the_pilot_has_some_of_every_kind_and_never_the_most_important),
		cmocka_unit_test(infected_machines_go_before_all_others),
		cmocka_unit_test(a_network_is_a_ring_and_is_not_cut_where_it_fits),
		cmocka_unit_test(the_most_important_come_last_by_importance),
		cmocka_unit_test(few_or_no_machines_are_fine),
		cmocka_unit_test(the_gate_opens_on_evidence_alone),
		cmocka_unit_test(orders_are_parsed_by_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
