/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <time.h>

#include "base/monotime.h"
#include "base/text.h"

static void utf16_becomes_utf8_whatever_its_units_are(void **state)
{
	const struct {
		struct bytes in;
		size_t cap;
		const char *want;
	} rows[] = {
		{BYTES("C\0:\0\\\0t\0"), 64, "C:\\t"},
		{BYTES(""), 64, ""},
		{BYTES("a\0\0\0b\0"), 64, "a"},                        /* ends at a NUL */
		{BYTES("a\0b"), 64, "a"},                              /* half a unit */
		{BYTES("\xe4\0\xac\x20"), 64, "\xc3\xa4\xe2\x82\xac"}, /* ä € */
		{BYTES("\x3d\xd8\x00\xde"), 64, "\xf0\x9f\x98\x80"},   /* a pair */
		{BYTES("\x3d\xd8z\0"), 64, "\xef\xbf\xbdz"},           /* a lone high one */
		{BYTES("\x00\xdez\0"), 64, "\xef\xbf\xbdz"},           /* a lone low one */
		{BYTES("\x3d\xd8"), 64, "\xef\xbf\xbd"},               /* one at the end */
		{BYTES("\xe4\0\xe4\0\xe4\0"), 6, "\xc3\xa4\xc3\xa4"},  /* cut at a character */
		{BYTES("a\0"), 1, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char to[64] = "untouched";

		assert_int_equal(text_from_utf16(rows[i].in, to, rows[i].cap),
				 strlen(rows[i].want));
		assert_string_equal(to, rows[i].want);
	}
}

static void latin1_becomes_utf8(void **state)
{
	char to[8];

	(void)state;
	assert_int_equal(text_from_latin1(BYTES("a\xfc"
						"b\0c"),
					  to, sizeof(to)),
			 4);
	assert_string_equal(to, "a\xc3\xbc"
				"b");
	assert_int_equal(text_from_latin1(BYTES("abcdefghij"), to, sizeof(to)), 7);
}

static void what_is_not_utf8_becomes_one_replacement_each(void **state)
{
#define FFFD "\xef\xbf\xbd"
	const struct {
		struct bytes in;
		const char *want;
	} rows[] = {
		{BYTES("plain"), "plain"},
		{BYTES("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
		 "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
		{BYTES("\x80"), FFFD},
		{BYTES("\xc0\xaf"), FFFD FFFD},                   /* overlong */
		{BYTES("\xe0\x80\xaf"), FFFD FFFD FFFD},          /* overlong */
		{BYTES("\xed\xa0\x80"), FFFD FFFD FFFD},          /* a surrogate */
		{BYTES("\xf4\x90\x80\x80"), FFFD FFFD FFFD FFFD}, /* beyond the last */
		{BYTES("\xe2\x82"), FFFD},                        /* broken off */
		{BYTES("\xe2\x82z"), FFFD "z"},
		{BYTES("\xf0\x9f\x98z"), FFFD "z"},
		{BYTES("a\0b"), "a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char to[64];

		text_from_utf8(rows[i].in, to, sizeof(to));
		assert_string_equal(to, rows[i].want);
	}
}

static void nothing_that_acts_reaches_a_terminal(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{"plain \xc3\xa4", "plain \xc3\xa4"},
		{"\x1b[2J", "\\x1b[2J"},
		{"a\\b", "a\\b"},
		{"tab\tnl\n\x7f", "tab\\x09nl\\x0a\\x7f"},
		{"\xc2\x9b"
		 "1m",
		 "\\x9b1m"},
		{"\xe2\x80\xae"
		 "gpj.exe",
		 "\\u202egpj.exe"},
		{"\xe2\x81\xa6", "\\u2066"},
		{"stray \xff", "stray \\xff"},
		{"cut \xe2\x82", "cut \\xe2\\x82"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char to[64];

		assert_int_equal(text_printable(rows[i].in, to, sizeof(to)), strlen(rows[i].want));
		assert_string_equal(to, rows[i].want);
	}
}

static void an_escape_is_never_cut_in_half(void **state)
{
	char to[6];

	(void)state;
	assert_int_equal(text_printable("ab\x1b", to, sizeof(to)), 2);
	assert_string_equal(to, "ab");
	assert_int_equal(text_printable("a", to, 0), 0);
}

static void times_are_rfc_3339_in_utc(void **state)
{
	char to[TEXT_TIME];

	(void)state;
	assert_string_equal(text_time(UINT64_C(1234494727123456789), to),
			    "2009-02-13T03:12:07.123456Z");
	assert_string_equal(text_time(0, to), "1970-01-01T00:00:00.000000Z");
	assert_string_equal(text_time(UINT64_MAX, to), "2554-07-21T23:34:33.709551Z");
}

static void every_day_is_as_libc_has_it(void **state)
{
	(void)state;
	for (time_t day = 0; day < 213503; day++) { /* to the end of uint64_t */
		time_t at = day * 86400 + day % 86400;
		char to[TEXT_TIME], want[TEXT_TIME];
		struct tm tm;

		assert_non_null(gmtime_r(&at, &tm));
		assert_int_not_equal(strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.000000Z", &tm),
				     0);
		assert_string_equal(text_time((uint64_t)at * NS_PER_S, to), want);
	}
}

static void distance_counts_edits(void **state)
{
	(void)state;
	assert_int_equal(text_distance("", ""), 0);
	assert_int_equal(text_distance("", "abc"), 3);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
	assert_int_equal(text_distance("limits.flow", "limits.flows"), 1);
	assert_int_equal(text_distance("same", "same"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf16_becomes_utf8_whatever_its_units_are),
		cmocka_unit_test(latin1_becomes_utf8),
		cmocka_unit_test(what_is_not_utf8_becomes_one_replacement_each),
		cmocka_unit_test(nothing_that_acts_reaches_a_terminal),
		cmocka_unit_test(an_escape_is_never_cut_in_half),
		cmocka_unit_test(times_are_rfc_3339_in_utc),
		cmocka_unit_test(every_day_is_as_libc_has_it),
		cmocka_unit_test(distance_counts_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
