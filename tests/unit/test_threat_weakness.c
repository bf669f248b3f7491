/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "threat/weakness.h"

static void versions_are_read(void **state)
{
	static const struct {
		const char *text;
		struct version want;
	} cases[] = {
		{"5", {{5}}},
		{"6.1", {{6, 1}}},
		{"5.1.2600", {{5, 1, 2600}}},
		{"6.0.6001.18157", {{6, 0, 6001, 18157}}},
		{"10.0.18362.65535", {{10, 0, 18362, 65535}}},
		{"0.0.0.0", {{0}}},
		{"05.01", {{5, 1}}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct version v = {{9, 9, 9, 9}};

		assert_true(version_parse(cases[i].text, &v));
		assert_int_equal(version_cmp(&v, &cases[i].want), 0);
	}
}

static void what_is_no_version_is_refused_and_changes_nothing(void **state)
{
	static const char *const cases[] = {
		"",
		".",
		"5.",
		".5",
		"5..1",
		"5.1.2600.1.2",
		"5.1.2600.1.",
		"65536",
		"5.1.99999",
		"-1",
		" 5",
		"5 ",
		"5.x",
		"v5",
		"5,1",
		"99999999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct version v = {{9, 9, 9, 9}}, same = v;

		assert_false(version_parse(cases[i], &v));
		assert_int_equal(version_cmp(&v, &same), 0);
	}
}

static void versions_are_ordered_part_by_part(void **state)
{
	static const char *const ascending[] = {
		"0",
		"5.0.2195",
		"5.1",
		"5.1.2600.5694",
		"5.1.2600.10000",
		"5.2.3790.9",
		"6.0.6001.18157",
		"6.0.6001.22100",
		"6.0.6002",
		"6.1",
		"10.0",
	};
	enum { N = sizeof(ascending) / sizeof(ascending[0]) };

	(void)state;
	for (size_t i = 0; i < N; i++) {
		for (size_t k = 0; k < N; k++) {
			struct version a = {{0}}, b = {{0}};

			assert_true(version_parse(ascending[i], &a));
			assert_true(version_parse(ascending[k], &b));
			assert_int_equal(version_cmp(&a, &b), (i > k) - (i < k));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_read),
		cmocka_unit_test(what_is_no_version_is_refused_and_changes_nothing),
		cmocka_unit_test(versions_are_ordered_part_by_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
