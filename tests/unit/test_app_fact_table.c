/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "app/fact_table.h"

static struct fact a_fact(const char *name, uint64_t first_ns, uint64_t last_ns)
{
	return (struct fact){.kind = FACT_NAME,
			     .source = FROM_DHCP,
			     .confidence = 90,
			     .addr = addr_v4(1),
			     .host = "",
			     .value = name,
			     .origin = "",
			     .machine = "",
			     .first_ns = first_ns,
			     .last_ns = last_ns,
			     .count = 1,
			     .packet = 12};
}

static void what_is_told_again_replaces_what_was_told(void **unused)
{
	static const char *const names[] = {"one.pcap", "two.pcap"};
	static const uint64_t first_seq[] = {1, 10};
	struct source_info source = {
		.names = (const char **)(uintptr_t)names, .n_names = 2, .first_seq = first_seq};
	char name[] = "PC-1";
	struct fact f = a_fact(name, 5, 9), weaker = a_fact("PC-1", 5, 20),
		    other = a_fact("PC-1", 50, 60);
	const struct fact *list = NULL;
	struct fact_table *t = NULL;
	size_t n = 0;

	(void)unused;
	weaker.confidence = 1;
	assert_int_equal(fact_table_new(10, &t), RC_OK);
	assert_true(fact_table_put(t, &f));
	name[0] = 'X'; /* it was a copy */
	assert_true(fact_table_put(t, &other));
	assert_true(fact_table_put(t, &weaker));
	assert_int_equal(fact_table_list(t, &source, &list, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].value, "PC-1");
	assert_int_equal(list[0].confidence, 1);
	assert_int_equal(list[0].last_ns, 20);
	assert_string_equal(list[0].origin, "two.pcap");
	assert_int_equal(list[0].packet, 3);
	assert_int_equal(list[1].first_ns, 50);
	fact_table_free(t);
}

static void it_is_bounded(void **unused)
{
	struct fact_table *t = NULL;

	(void)unused;
	assert_int_equal(fact_table_new(2, &t), RC_OK);
	for (uint64_t i = 1; i <= 4; i++) {
		struct fact f = a_fact("PC-1", i, i);

		assert_int_equal(fact_table_put(t, &f), i <= 2);
	}
	fact_table_free(t);
	fact_table_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_again_replaces_what_was_told),
		cmocka_unit_test(it_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
