/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "detect_bench.h"

static struct addr host(uint32_t n)
{
	return addr_v4(0x0a000000u + n);
}

static struct mac mac_of(uint32_t n)
{
	return (struct mac){{2, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n}};
}

static void arp(struct bench *b, double at_s, uint16_t op, uint32_t from, uint32_t to)
{
	uint64_t ns = (uint64_t)(at_s * 1e9) + 1;
	struct event ev = {.kind = EV_ARP,
			   .at_ns = ns,
			   .mono_ns = ns,
			   .src = {from == 0 ? addr_v4(0) : host(from), 0},
			   .dst = {host(to), 0},
			   .arp = {.op = op, .sha = mac_of(from), .eth_src = mac_of(from)}};

	bench_event(b, &ev);
}

static void asks(struct bench *b, double at_s, uint32_t from, uint32_t to)
{
	arp(b, at_s, 1, from, to);
}

static int set_up(void **state)
{
	*state = bench_new(&detector_arp_scan);
	return 0;
}

static int tear_down(void **state)
{
	bench_free(*state);
	return 0;
}

static void an_ascending_sweep_of_silent_addresses_is_found(void **state)
{
	struct bench *b = *state;

	asks(b, 0, 5, 1); /* before, as anybody does */
	for (uint32_t i = 0; i < 19; i++)
		asks(b, 100 + i, 5, 10 + i);
	assert_int_equal(b->n_found, 0);
	asks(b, 119, 5, 29);
	assert_int_equal(b->n_found, 1);

	struct addr src = host(5);

	assert_true(addr_eq(&b->last.source, &src));
	assert_int_equal(b->last.count, 21);
	assert_int_equal(b->last.first_ns, 100 * NS_PER_S + 1);
	assert_int_equal(b->last.packets[0], 2);
	assert_string_equal(bench_detail(&b->last, "mac").text, "02:00:00:00:00:05");
	assert_string_equal(bench_detail(&b->last, "pattern").text, "ascending");
	for (uint32_t i = 20; i < 240; i++)
		asks(b, 100 + i, 5, 10 + i);
	/* That it goes on is told each time, for the minutes in which it did. */
	assert_int_equal(b->n_again, 220);
	asks(b, 2000, 5, 3); /* cured, it asks for a printer */
	assert_int_equal(b->n_again, 220);
	assert_int_equal(b->again_ns, 339 * NS_PER_S + 1);
	bench_finish(b);
	assert_in_range(b->n_found, 3, 6);
	assert_int_equal(bench_detail(&b->last, "addresses").number, 242);
}

static void the_same_in_no_order_needs_repeats_or_more_of_it(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 39; i++)
		asks(b, i, 5, 10 + i * 77 % 1009);
	assert_int_equal(b->n_found, 0);
	asks(b, 39, 5, 3000);
	assert_int_equal(b->n_found, 1);
	for (uint32_t i = 0; i < 20; i++) {
		asks(b, i, 6, 10 + i * 77 % 1009);
		asks(b, i + 0.5, 6, 10 + i * 77 % 1009);
	}
	assert_int_equal(b->n_found, 2);
}

static void a_sweep_through_a_peopled_network_is_found(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 10; i < 70; i++)
		asks(b, 0, i, 1); /* sixty machines, which are heard to speak */
	for (uint32_t i = 1; i < 255; i++)
		asks(b, 10 + i * 0.2, 20, i);
	assert_true(b->n_found >= 1);
}

static void asking_for_machines_that_live_is_no_sweep(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 10; i < 70; i++)
		arp(b, 0, 1, i, i); /* they announce themselves */
	for (uint32_t i = 10; i < 70; i++)
		asks(b, 10 + i * 0.1, 5, i);
	assert_int_equal(b->n_found, 0);
}

static void ordinary_arp_makes_no_finding(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 250; i++)
		asks(b, i * 10, 5, 10 + i); /* too slow: six a minute */
	for (uint32_t i = 0; i < 250; i++)
		asks(b, 3000 + i * 0.01, 0, 10 + i); /* a DHCP server's probes */
	for (uint32_t i = 0; i < 250; i++)
		arp(b, 3100 + i * 0.01, 1, 10 + i, 10 + i); /* announcements */
	for (uint32_t i = 0; i < 12; i++) {
		for (uint32_t again = 0; again < 3; again++)
			asks(b, 3200 + i + again * 0.3, 7, 4000 + i * 3); /* dead drives */
	}
	for (uint32_t i = 0; i < 250; i++)
		arp(b, 3300 + i * 0.01, 2, 8, 4000 + i); /* answers */
	for (uint32_t i = 0; i < 1000; i++)
		asks(b, 3400 + i * 0.01, 9, 5000 + i % 2); /* stubborn */
	bench_finish(b);
	assert_int_equal(b->n_found, 0);
	assert_int_equal(b->n_lossy, 0);
}

static void a_gateway_that_asks_for_others_is_not_accused(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 10; i < 30; i++)
		asks(b, 0, i, 1);
	for (uint32_t i = 100; i < 200; i++)
		asks(b, 10 + i * 0.1, 1, i);
	assert_true(b->n_found >= 1);
	assert_true(b->last.confidence < 30);
	assert_string_equal(bench_detail(&b->last, "kind").text, "gateway");
}

static void forged_askers_fill_nothing_but_their_table(void **state)
{
	struct bench *b = *state;

	bench_set(b, "sources", 64);
	for (uint32_t i = 0; i < 100000; i++)
		asks(b, i * 1e-4, 0x10000 + i, 1);
	assert_int_equal(b->n_found, 0);
	for (uint32_t i = 0; i < 30; i++)
		asks(b, 20 + i, 5, 10 + i);
	assert_int_equal(b->n_found, 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_ascending_sweep_of_silent_addresses_is_found),
		TEST(the_same_in_no_order_needs_repeats_or_more_of_it),
		TEST(a_sweep_through_a_peopled_network_is_found),
		TEST(asking_for_machines_that_live_is_no_sweep),
		TEST(ordinary_arp_makes_no_finding),
		TEST(a_gateway_that_asks_for_others_is_not_accused),
		TEST(forged_askers_fill_nothing_but_their_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
