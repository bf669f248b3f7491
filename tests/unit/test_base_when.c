/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/monotime.h"
#include "base/text.h"
#include "base/when.h"

static void times_are_read_in_utc_unless_they_say_otherwise(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
	} rows[] = {
		{"2026-11-01", "2026-11-01T00:00:00.000000Z"},
		{"2026-11-01T09:30", "2026-11-01T09:30:00.000000Z"},
		{"2026-11-01 09:30:07", "2026-11-01T09:30:07.000000Z"},
		{"2026-11-01_09:30:07", "2026-11-01T09:30:07.000000Z"},
		{"2026-11-01t09:30:07z", "2026-11-01T09:30:07.000000Z"},
		{"2026-11-01T09:30:07.25+01:00", "2026-11-01T08:30:07.250000Z"},
		{"2026-11-01T00:30:07.123456789123-0130", "2026-11-01T02:00:07.123456Z"},
		{"2024-02-29", "2024-02-29T00:00:00.000000Z"},
		{"2000-02-29", "2000-02-29T00:00:00.000000Z"},
		{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
		{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"},
		{"2553-12-31T23:59:59Z", "2553-12-31T23:59:59.000000Z"},
		{"", NULL},
		{"2026", NULL},
		{"2026-11", NULL},
		{"2026-11-1", NULL},
		{"26-11-01", NULL},
		{"2026-13-01", NULL},
		{"2026-00-01", NULL},
		{"2026-11-00", NULL},
		{"2026-11-31", NULL},
		{"2023-02-29", NULL},
		{"2100-02-29", NULL},
		{"1969-12-31", NULL},
		{"2554-01-01", NULL},
		{"1970-01-01T00:00+01:00", NULL},
		{"2026-11-01T", NULL},
		{"2026-11-01T24:00", NULL},
		{"2026-11-01T23:60", NULL},
		{"2026-11-01T23:59:61", NULL},
		{"2026-11-01T9:30", NULL},
		{"2026-11-01T09:30:07.", NULL},
		{"2026-11-01T09:30X", NULL},
		{"2026-11-01T09:30Zx", NULL},
		{"2026-11-01T09:30+24:00", NULL},
		{"2026-11-01T09:30+1", NULL},
		{"2026-11-01x", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t ns = 77;
		char text[TEXT_TIME];

		if (rows[i].want == NULL) {
			assert_int_equal(when_parse(rows[i].text, &ns), RC_INVAL);
			assert_int_equal(ns, 77);
		} else {
			assert_int_equal(when_parse(rows[i].text, &ns), RC_OK);
			assert_string_equal(text_time(ns, text), rows[i].want);
		}
	}
}

static void what_is_printed_is_read_back(void **state)
{
	(void)state;
	for (uint64_t s = 0; s < UINT64_C(584) * 365 * 86400; s += UINT64_C(40013) * 31) {
		uint64_t want = s * NS_PER_S + s % 1000 * 1000000 + 654000, ns = 0;
		char text[TEXT_TIME];

		assert_int_equal(when_parse(text_time(want, text), &ns), RC_OK);
		assert_int_equal(ns, want);
	}
}

static void spans_need_a_unit(void **state)
{
	static const struct {
		const char *text;
		uint64_t want_ns;
	} rows[] = {
		{"90s", 90 * NS_PER_S},
		{"0s", 0},
		{"30m", 1800 * NS_PER_S},
		{"2h", 7200 * NS_PER_S},
		{"1.5d", UINT64_C(129600) * NS_PER_S},
		{"2w", UINT64_C(14) * 86400 * NS_PER_S},
		{"0.001s", NS_PER_S / 1000},
		{"100w", UINT64_C(700) * 86400 * NS_PER_S},
	};
	static const char *const bad[] = {"",       "s",     "2",    "-2h",
					  "2H",     "2 h",   ".5h",  "2.h",
					  "2hh",    "2h30m", "1e3s", "99999999999999999999s",
					  "36601d", "5300w"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t ns = 77;

		assert_int_equal(when_parse_span(rows[i].text, &ns), RC_OK);
		assert_int_equal(ns, rows[i].want_ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t ns = 77;

		assert_int_equal(when_parse_span(bad[i], &ns), RC_INVAL);
		assert_int_equal(ns, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_in_utc_unless_they_say_otherwise),
		cmocka_unit_test(what_is_printed_is_read_back),
		cmocka_unit_test(spans_need_a_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
