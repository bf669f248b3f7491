/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "model/coverage.h"

static void named_counts_stay_sorted_and_add_up(void **state)
{
	struct named_count list[COVERAGE_NAMED];
	size_t n = 0;

	(void)state;
	named_count_add(list, &n, "smb1: andx-loop", 1);
	named_count_add(list, &n, "dcerpc: version", 2);
	named_count_add(list, &n, "smb1: andx-loop", 3);
	named_count_add(list, &n, "never", 0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].name, "dcerpc: version");
	assert_int_equal(list[1].n, 4);
}

static void a_full_list_counts_under_other(void **state)
{
	struct named_count list[COVERAGE_NAMED];
	size_t n = 0;
	uint64_t sum = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "name %02u", i);
		named_count_add(list, &n, name, 1);
	}
	assert_int_equal(n, COVERAGE_NAMED);
	for (size_t i = 0; i < n; i++) {
		sum += list[i].n;
		if (strcmp(list[i].name, "other") == 0)
			assert_int_equal(list[i].n, 100 - (COVERAGE_NAMED - 1));
		if (i > 0)
			assert_true(strcmp(list[i - 1].name, list[i].name) < 0);
	}
	assert_int_equal(sum, 100);
}

static void coverage_adds_up_in_any_order(void **state)
{
	struct coverage a = {.packets = 1, .bytes = 2, .lost_packets = 3, .sealed_rpc_flows = 4};
	struct coverage b = {.packets = 10, .malformed = 5, .undecided_attempts = 6};
	struct coverage ab, ba;

	(void)state;
	named_count_add(a.anomalies, &a.n_anomalies, "x: y", 1);
	named_count_add(b.anomalies, &b.n_anomalies, "a: b", 2);
	named_count_add(b.limits, &b.n_limits, "full", 7);
	memset(&ab, 0, sizeof(ab));
	memset(&ba, 0, sizeof(ba));
	coverage_add(&ab, &a);
	coverage_add(&ab, &b);
	coverage_add(&ba, &b);
	coverage_add(&ba, &a);
	assert_memory_equal(&ab, &ba, sizeof(ab));
	assert_int_equal(ab.packets, 11);
	assert_int_equal(ab.sealed_rpc_flows, 4);
	assert_int_equal(ab.undecided_attempts, 6);
	assert_int_equal(ab.n_anomalies, 2);
	assert_int_equal(ab.limits[0].n, 7);
}

static void low_coverage_is_told_from_good(void **state)
{
	static const struct {
		struct coverage c;
		int is_low;
	} rows[] = {
		{{.packets = 0}, 1},
		{{.packets = 1000, .bytes = 100000}, 0},
		{{.packets = 950, .lost_packets = 50}, 1},
		{{.packets = 951, .lost_packets = 49}, 0},
		{{.packets = 100, .undecoded_packets = 50}, 1},
		{{.packets = 100, .undecoded_packets = 49}, 0},
		{{.packets = 100, .bytes = 1000, .gap_bytes = 60, .dropped_bytes = 40}, 1},
		{{.packets = 100, .bytes = 1000, .gap_bytes = 60, .dropped_bytes = 39}, 0},
		{{.packets = 100, .flows = 200, .shed_flows = 2}, 1},
		{{.packets = 100, .flows = 201, .shed_flows = 2}, 0},
		{{.packets = 100, .streams = 100, .shed_streams = 5}, 1},
		{{.packets = 100, .n_limits = 1}, 1},
		{{.packets = 100, .truncated_files = 1, .encrypted_smb_flows = 9}, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(coverage_is_low(&rows[i].c), rows[i].is_low);
}

/* Names that found no room say nothing of worms; everything else that was let go does. */
static void names_that_were_let_go_do_not_make_coverage_low(void **state)
{
	static const struct {
		const char *limit;
		int is_low;
	} rows[] = {
		{LIMIT_IDENTITY, 0}, {LIMIT_FACTS, 0}, {"flows", 1}, {"targets" LIMIT_JOINED, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct coverage c = {.packets = 1000, .bytes = 100000};

		named_count_add(c.limits, &c.n_limits, rows[i].limit, 5);
		assert_int_equal(coverage_is_low(&c), rows[i].is_low);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(named_counts_stay_sorted_and_add_up),
		cmocka_unit_test(a_full_list_counts_under_other),
		cmocka_unit_test(coverage_adds_up_in_any_order),
		cmocka_unit_test(low_coverage_is_told_from_good),
		cmocka_unit_test(names_that_were_let_go_do_not_make_coverage_low),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
