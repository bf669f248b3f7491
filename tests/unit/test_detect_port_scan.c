/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "detect_bench.h"

enum { TCP = 6, UDP = 17 };

/* 192.168.0.0 + n, and the n-th address of the world outside. */
static struct addr inside(uint32_t n)
{
	return addr_v4(0xc0a80000u + n);
}

static struct addr outside(uint32_t n)
{
	return addr_v4(0x5db80000u + n);
}

static void tries(struct bench *b, double at_s, struct addr src, struct addr dst, uint16_t port,
		  enum ev_outcome outcome)
{
	uint64_t ns = (uint64_t)(at_s * 1e9) + 1;
	struct event ev = {.kind = EV_CONN,
			   .at_ns = ns,
			   .mono_ns = ns,
			   .src = {src, 50000},
			   .dst = {dst, port},
			   .conn = {.outcome = (uint8_t)outcome,
				    .ip_proto = port == 1434 ? UDP : TCP,
				    .first_seq = b->seq + 1,
				    .first_ns = ns}};

	bench_event(b, &ev);
}

static int set_up(void **state)
{
	*state = bench_new(&detector_port_scan);
	return 0;
}

static int tear_down(void **state)
{
	bench_free(*state);
	return 0;
}

static void four_failures_across_the_border_cross_the_threshold(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 3; i++)
		tries(b, i, inside(5), outside(i * 999), 445, EV_UNANSWERED);
	assert_int_equal(b->n_found, 0);
	tries(b, 4, inside(5), outside(0), 445, EV_UNANSWERED); /* no first contact */
	assert_int_equal(b->n_found, 0);
	tries(b, 5, inside(5), outside(5), 445, EV_REFUSED);
	assert_int_equal(b->n_found, 1);

	const struct finding *f = &b->found[0];
	struct addr src = inside(5);

	assert_int_equal(f->class, CLASS_SCAN);
	assert_true(addr_eq(&f->source, &src));
	assert_false(f->has_target);
	assert_int_equal(f->count, 5);
	assert_int_equal(bench_detail(f, "targets_tried").number, 4);
	assert_int_equal(bench_detail(f, "targets_failed").number, 4);
	assert_string_equal(bench_detail(f, "ports").text, "445/tcp");
	assert_int_equal(f->n_packets, 4);
}

static void a_success_takes_back_what_a_failure_gave(void **state)
{
	struct bench *b = *state;

	/* +1 +1 -1 +1 +1 = 3 steps of the four that it takes. */
	tries(b, 1, inside(5), outside(1), 445, EV_UNANSWERED);
	tries(b, 2, inside(5), outside(2), 445, EV_UNANSWERED);
	tries(b, 3, inside(5), outside(3), 445, EV_ESTABLISHED);
	tries(b, 4, inside(5), outside(4), 445, EV_UNANSWERED);
	tries(b, 5, inside(5), outside(5), 445, EV_UNANSWERED);
	assert_int_equal(b->n_found, 0);
	tries(b, 6, inside(5), outside(6), 445, EV_UNANSWERED);
	assert_int_equal(b->n_found, 1);
}

static void a_machine_that_was_benign_is_found_when_it_changes(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 40; i++)
		tries(b, i * 100, inside(5), inside(100 + i), 445, EV_ESTABLISHED);
	for (uint32_t i = 0; i < 8; i++)
		tries(b, 5000 + i, inside(5), inside(1000 + i), 445, EV_UNANSWERED);
	assert_int_equal(b->n_found, 1); /* four to come back to even, four to cross */
	assert_int_equal(b->last.first_ns, 5000 * NS_PER_S + 1); /* not since it was benign */
	assert_int_equal(b->last.packets[0], 41);
	assert_int_equal(b->last.count, 8);
}

static void a_slow_sweep_over_hours_is_found(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 9; i++)
		tries(b, i * 700, outside(1), inside(i * 300), 445, EV_UNANSWERED);
	assert_true(b->n_found >= 1);
	bench_finish(b);
	assert_int_equal(bench_detail(&b->last, "targets_tried").number, 9);
}

static void ordinary_trouble_makes_no_finding(void **state)
{
	static const struct {
		uint32_t targets;
		uint16_t port;
		enum ev_outcome outcome;
		bool is_outside;
	} rows[] = {
		{7, 445, EV_UNANSWERED, false},  /* dead mapped drives */
		{500, 443, EV_UNANSWERED, true}, /* the web, where it is blocked */
		{500, 80, EV_REFUSED, true},
		{500, 6881, EV_UNANSWERED, true}, /* peers that are gone */
		{500, 53, EV_UNANSWERED, true},
		{30, 3389, EV_ESTABLISHED, false}, /* an administrator's day */
		{500, 445, EV_MIDSTREAM, false},
		{500, 445, EV_BACKSCATTER, false}, /* a victim of forged sources */
		{50, 515, EV_UNANSWERED, false},   /* printers switched off */
		{30, 79, EV_UNANSWERED, false},    /* too few for a port no worm uses */
	};
	struct bench *b = *state;

	for (uint32_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		for (uint32_t i = 0; i < rows[r].targets; i++)
			tries(b, i * 3.0, inside(10 + r),
			      rows[r].is_outside ? outside(i * 77) : inside(4096 + i), rows[r].port,
			      rows[r].outcome);
		bench_finish(b);
		assert_int_equal(b->n_found, 0);
		assert_int_equal(b->n_lossy, 0);
	}
}

static void a_busy_server_is_left_alone(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 2000; i++)
		tries(b, i * 0.1, inside(1000 + i), inside(2), 445,
		      i % 3 == 0 ? EV_UNANSWERED : EV_ESTABLISHED);
	assert_int_equal(b->n_found, 0);
}

static void monitoring_of_a_night_with_a_third_switched_off_is_left_alone(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 300; i++)
		tries(b, i * 2.0, inside(2), inside(1000 + i), 445,
		      i % 3 == 0 ? EV_UNANSWERED : EV_ESTABLISHED);
	assert_int_equal(b->n_found, 0);
}

static void a_worm_that_everybody_answers_is_found_by_its_fan(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 59; i++)
		tries(b, i * 0.5, inside(2), inside(1000 + i), 445, EV_ESTABLISHED);
	assert_int_equal(b->n_found, 0);
	tries(b, 30, inside(2), inside(2000), 139, EV_ESTABLISHED);
	assert_int_equal(b->n_found, 1);
	assert_string_equal(bench_detail(&b->last, "kind").text, "fan-out");
	assert_string_equal(bench_detail(&b->last, "ports").text, "445/tcp, 139/tcp");
	assert_true(b->last.confidence < 80);
}

static void a_growing_sweep_is_told_again_and_its_count_adds_up(void **state)
{
	struct bench *b = *state;
	uint64_t count = 0;

	for (uint32_t i = 0; i < 1000; i++)
		tries(b, i, inside(5), inside(4096 + i), 445, EV_UNANSWERED);
	bench_finish(b);
	assert_in_range(b->n_found, 3, 12);
	for (unsigned i = 0; i < b->n_found; i++)
		count += b->found[i].count;
	assert_int_equal(count, 1000);
	assert_in_range((unsigned)bench_detail(&b->last, "targets_tried").number, 970, 1030);
	assert_string_equal(bench_detail(&b->last, "pattern").text, "ascending");
	assert_true(b->last.confidence > b->found[0].confidence);
	assert_int_equal(b->last.n_packets, FINDING_PACKETS);
	assert_int_equal(b->last.packets[0], 1);
}

/* For the minutes in which it attacked: between two findings, too. And who was cured calls servers
 * as anybody does. */
static void a_sweep_that_goes_on_is_told_each_time(void **state)
{
	struct bench *b = *state;
	unsigned told;

	for (uint32_t i = 0; i < 8; i++)
		tries(b, i, inside(5), inside(1000 + i), 445, EV_UNANSWERED);
	assert_int_equal(b->n_found, 1);
	assert_int_equal(b->n_again, 0);
	for (uint32_t i = 8; i < 15; i++)
		tries(b, 60 * i, inside(5), inside(1000 + i), 445, EV_REFUSED);
	assert_int_equal(b->n_found, 1);
	assert_int_equal(b->n_again, 7);
	assert_int_equal(b->again_ns, 60 * 14 * NS_PER_S + 1);
	for (uint32_t i = 0; i < 100; i++) {
		tries(b, 2000 + i, inside(5), inside(2000 + i), 445, EV_ESTABLISHED);
		tries(b, 2000 + i, inside(5), inside(1000 + i % 15), 445, EV_UNANSWERED);
	}
	assert_int_equal(b->n_again, 7);
	/* So many that the bitmap knows nearly all. */
	for (uint32_t i = 0; i < 60000; i++)
		tries(b, 10000 + i, inside(5), outside(i * 7), 445, EV_UNANSWERED);
	told = b->n_again;
	tries(b, 99999, inside(5), outside(7 * 59999), 445, EV_UNANSWERED);
	assert_int_equal(b->n_again, told + 1);
	assert_in_range(told, 55000, 60007);
}

static void many_ports_of_one_machine_are_reconnaissance(void **state)
{
	struct bench *b = *state;

	for (uint16_t port = 1; port <= 200; port++)
		tries(b, port * 0.01, inside(5), inside(9), port, EV_REFUSED);
	assert_int_equal(b->n_found, 1);
	assert_string_equal(bench_detail(&b->last, "kind").text, "ports-of-one");
	assert_true(b->last.has_target);
}

static void slammer_is_found_on_udp(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 10; i++)
		tries(b, i * 0.01, inside(5), outside(i * 1237), 1434, EV_UNANSWERED);
	assert_int_equal(b->n_found, 2); /* at four, and at eight */
	assert_string_equal(bench_detail(&b->last, "ports").text, "1434/udp");
}

static void a_flood_of_forged_sources_neither_fills_nor_hides_anything(void **state)
{
	struct bench *b = *state;

	bench_set(b, "sources", 64);
	for (uint32_t i = 0; i < 300000; i++) {
		tries(b, i * 1e-4, addr_v4(0x20000000u + i * 7919), inside(2), 445, EV_UNANSWERED);
		if (i % 1000 == 0)
			tries(b, i * 1e-4, inside(5), inside(4096 + i / 1000), 445, EV_UNANSWERED);
	}
	assert_int_equal(b->n_lossy, 0);
	assert_true(b->n_found >= 1);
	for (unsigned i = 0; i < b->n_found; i++) {
		struct addr worm = inside(5);

		assert_true(addr_eq(&b->found[i].source, &worm));
	}
}

static void every_machine_of_a_large_outbreak_is_found(void **state)
{
	struct bench *b = *state;
	unsigned before = 0;

	for (uint32_t step = 0; step < 8; step++) {
		before = b->n_found;
		for (uint32_t i = 0; i < 5000; i++)
			tries(b, step + i * 1e-4, inside(i), inside(40000 + i + 37 * step), 445,
			      EV_UNANSWERED);
	}
	assert_int_equal(before, 0);
	assert_int_equal(b->n_found, 5000);
	assert_int_equal(b->n_lossy, 0);
}

static void more_scanners_than_places_are_told_and_some_are_found(void **state)
{
	struct bench *b = *state;

	bench_set(b, "sources", 16);
	for (uint32_t step = 0; step < 20; step++) {
		for (uint32_t i = 0; i < 100; i++)
			tries(b, step, inside(i), inside(40000 + i + 37 * step), 445,
			      EV_UNANSWERED);
	}
	assert_true(b->n_lossy > 0);
	assert_true(b->n_found > 0); /* and those that have a place get somewhere */
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(four_failures_across_the_border_cross_the_threshold),
		TEST(a_success_takes_back_what_a_failure_gave),
		TEST(a_machine_that_was_benign_is_found_when_it_changes),
		TEST(a_slow_sweep_over_hours_is_found),
		TEST(ordinary_trouble_makes_no_finding),
		TEST(a_busy_server_is_left_alone),
		TEST(monitoring_of_a_night_with_a_third_switched_off_is_left_alone),
		TEST(a_worm_that_everybody_answers_is_found_by_its_fan),
		TEST(a_growing_sweep_is_told_again_and_its_count_adds_up),
		TEST(a_sweep_that_goes_on_is_told_each_time),
		TEST(many_ports_of_one_machine_are_reconnaissance),
		TEST(slammer_is_found_on_udp),
		TEST(a_flood_of_forged_sources_neither_fills_nor_hides_anything),
		TEST(every_machine_of_a_large_outbreak_is_found),
		TEST(more_scanners_than_places_are_told_and_some_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
