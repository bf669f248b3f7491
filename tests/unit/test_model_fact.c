/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "model/fact.h"

#include <stdlib.h>

static struct fact fact(unsigned kind, const char *value, uint64_t first, uint64_t last)
{
	struct fact f = {.kind = (uint8_t)kind,
			 .source = FROM_DHCP,
			 .confidence = 50,
			 .has_mac = true,
			 .mac = {{0, 1, 2, 3, 4, 5}},
			 .addr = addr_v4(0x0a000001),
			 .host = "",
			 .value = value,
			 .origin = "a.pcap",
			 .machine = "",
			 .first_ns = first,
			 .last_ns = last,
			 .count = 1,
			 .packet = 7};

	return f;
}

static void every_kind_and_source_has_a_name_that_parses(void **state)
{
	static const uint8_t sources[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
					  12, 13, 14, 15, 16, 17, 18, 32, 33, 34, 35,
					  36, 37, 64, 65, 66, 67, 68, 69, 70, 71, 96};
	unsigned got = 0;

	(void)state;
	for (unsigned k = 1; k < FACT_KINDS; k++) {
		assert_int_equal(fact_kind_parse(fact_kind_name(k), &got), RC_OK);
		assert_int_equal(got, k);
	}
	for (size_t i = 0; i < sizeof(sources); i++) {
		assert_int_equal(fact_source_parse(fact_source_name(sources[i]), &got), RC_OK);
		assert_int_equal(got, sources[i]);
		assert_string_not_equal(fact_source_words(sources[i]), "unknown source");
	}
	assert_string_equal(fact_kind_name(0), "unknown");
	assert_string_equal(fact_kind_name(99), "unknown");
	assert_string_equal(fact_source_name(19), "unknown");
	assert_string_equal(fact_source_name(255), "unknown");
	assert_int_equal(fact_kind_parse("unknown", &got), RC_INVAL);
	assert_int_equal(fact_source_parse("", &got), RC_INVAL);
}

static void names_are_one_in_any_case_and_other_values_are_not(void **state)
{
	static const struct {
		unsigned kind;
		const char *a, *b;
		bool is_one;
	} rows[] = {
		{FACT_NAME, "LAP-7", "lap-7", true},
		{FACT_FQDN, "A.b", "a.B", true},
		{FACT_DOMAIN, "CORP", "Corp", true},
		{FACT_USER, "CORP\\eve", "corp\\Eve", true},
		{FACT_PLACE, "Room", "room", false},
		{FACT_ID, "guid:aa", "guid:AA", false},
		{FACT_NAME, "LAP-7", "lap-8", false},
		{FACT_NAME, "LAP", "LAP-7", false},
		{FACT_NAME, "M\xc3\x9c", "m\xc3\xbc", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fact a = fact(rows[i].kind, rows[i].a, 1, 2),
			    b = fact(rows[i].kind, rows[i].b, 1, 2);

		assert_int_equal(fact_cmp_key(&a, &b) == 0, rows[i].is_one);
		assert_int_equal(fact_cmp_key(&a, &b) < 0, fact_cmp_key(&b, &a) > 0);
		assert_int_not_equal(fact_cmp(&a, &b), 0);
	}
}

static void only_times_that_overlap_or_touch_meet(void **state)
{
	static const struct {
		uint64_t first, last;
		bool meets;
	} rows[] = {{1, 9, false}, {1, 10, true}, {15, 16, true}, {20, 30, true}, {21, 30, false}};
	struct fact a = fact(FACT_NAME, "x", 10, 20);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fact b = fact(FACT_NAME, "X", rows[i].first, rows[i].last);

		assert_int_equal(fact_meets(&a, &b), rows[i].meets);
		assert_int_equal(fact_meets(&b, &a), rows[i].meets);
		b.source = FROM_NBNS;
		assert_false(fact_meets(&a, &b));
	}
}

static void merging_takes_the_latest_word_on_the_end(void **state)
{
	struct fact a = fact(FACT_LINK, "", 10, 20), b = fact(FACT_LINK, "", 15, 40);

	(void)state;
	a.until_ns = 100;
	b.until_ns = 90;
	b.is_ended = true;
	b.count = 3;
	b.packet = 3;
	a.machine = "mac:b";
	b.machine = "mac:a";
	fact_merge(&a, &b);
	assert_int_equal(a.first_ns, 10);
	assert_int_equal(a.last_ns, 40);
	assert_int_equal(a.until_ns, 90);
	assert_true(a.is_ended);
	assert_int_equal(a.count, 3);
	assert_int_equal(a.packet, 3);
	assert_string_equal(a.machine, "mac:a");
	b = fact(FACT_LINK, "", 30, 50); /* it spoke again after all */
	b.origin = "b.pcap";
	b.packet = 1;
	fact_merge(&a, &b);
	assert_false(a.is_ended);
	assert_string_equal(a.origin, "a.pcap");
	assert_int_equal(a.packet, 3); /* of a.pcap, like the origin */
	b.origin = "0.pcap";
	b.packet = 0;
	fact_merge(&a, &b);
	assert_string_equal(a.origin, "0.pcap");
	assert_int_equal(a.packet, 0);
}

static uint32_t dice(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* The same set in another order, with some of it twice, is tidied to the same. */
static void tidying_knows_no_order(void **state)
{
	static const char *const values[] = {"x", "X", "y"};
	static const char *const origins[] = {"a.pcap", "b.pcap"};
	enum { N = 60, ROUNDS = 300 };
	struct fact one[N], two[2 * N];
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t n = 0, n_one, n_two;

		for (size_t i = 0; i < N; i++) {
			uint64_t first = 1 + dice(&seed) % 40;
			struct fact f = fact(FACT_NAME, values[dice(&seed) % 3], first,
					     first + dice(&seed) % 6);

			f.is_ended = dice(&seed) % 2 == 0;
			f.until_ns = dice(&seed) % 3;
			f.count = dice(&seed) % 3;
			f.packet = dice(&seed) % 4;
			f.origin = origins[dice(&seed) % 2];
			one[i] = f;
			two[n++] = f;
			if (dice(&seed) % 3 == 0)
				two[n++] = f;
		}
		for (size_t i = n; i > 1; i--) {
			size_t j = dice(&seed) % i;
			struct fact f = two[i - 1];

			two[i - 1] = two[j];
			two[j] = f;
		}
		n_one = facts_tidy(one, N);
		n_two = facts_tidy(two, n);
		assert_int_equal(n_one, n_two);
		for (size_t i = 0; i < n_one; i++) {
			assert_int_equal(fact_cmp(&one[i], &two[i]), 0);
			assert_false(i > 0 && fact_meets(&one[i - 1], &one[i]));
		}
		assert_int_equal(facts_tidy(one, n_one), n_one); /* and again: nothing new */
	}
	assert_int_equal(facts_tidy(one, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_and_source_has_a_name_that_parses),
		cmocka_unit_test(names_are_one_in_any_case_and_other_values_are_not),
		cmocka_unit_test(only_times_that_overlap_or_touch_meet),
		cmocka_unit_test(merging_takes_the_latest_word_on_the_end),
		cmocka_unit_test(tidying_knows_no_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
