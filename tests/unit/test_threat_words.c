/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "threat/words.h"

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void versions_are_written_as_they_are_read(void **state)
{
	static const char *const cases[] = {"5.1",
					    "6.0",
					    "6.1.7601",
					    "5.1.2600.5694",
					    "10.0.18362",
					    "10.0.0.1",
					    "65535.65535.65535.65535"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[VERSION_TEXT];
		struct version v = {{0}};

		assert_true(version_parse(cases[i], &v));
		assert_string_equal(version_format(&v, text), cases[i]);
	}
}

static void windows_have_names_and_unknown_ones_numbers(void **state)
{
	static const struct {
		struct version v;
		const char *want;
	} cases[] = {
		{{{5, 1, 2600}}, "Windows XP"},
		{{{5, 1}}, "Windows XP"},
		{{{6, 0}}, "Windows Vista, Server 2008"},
		{{{6, 0, 6000}}, "Windows Vista"},
		{{{6, 1, 7601}}, "Windows 7 SP1, Server 2008 R2 SP1"},
		{{{10, 0, 14393}}, "Windows 10 1607, Server 2016"},
		{{{10, 0, 18363, 720}}, "Windows 10 1909"},
		{{{10, 0}}, "Windows 10"},
		{{{10, 0, 99}}, "Windows 10.0.99"},
		{{{3, 51}}, "Windows 3.51"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[WORDS_TEXT];

		assert_string_equal(version_windows(&cases[i].v, text), cases[i].want);
	}
}

static void a_want_is_said_in_words(void **state)
{
	const struct {
		enum want want;
		long number;
		const char *const *texts;
		const char *said;
	} cases[] = {
		{WANT_AT_LEAST, 8, NULL, "at least 8"},
		{WANT_AT_LEAST, 15, TEXTS("until-reset"), "at least 15 or until-reset"},
		{WANT_AT_MOST, 3, NULL, "at most 3"},
		{WANT_EQUALS, 0, TEXTS("off"), "off"},
		{WANT_EQUALS, 0, TEXTS("a", "b", "c"), "a, b or c"},
		{WANT_NOT, 0, TEXTS("a", "b"), "not a or b"},
		{WANT_WORD, 0, TEXTS("success", "failure"), "success and failure"},
		{WANT_NO_WORD, 0, TEXTS("disabled"), "not disabled"},
		{WANT_NO_WORD, 0, TEXTS("running", "automatic"), "neither running nor automatic"},
		{WANT_COUNT_AT_MOST, 0, TEXTS("rid=501", "enabled"),
		 "none that is rid=501 and enabled"},
		{WANT_COUNT_AT_MOST, 2, NULL, "at most 2"},
		{WANT_COUNT_AT_LEAST, 1, TEXTS("running"), "at least 1 that is running"},
		{WANT_AGE_AT_MOST, 7, TEXTS("running"), "at most 7 days old"},
		{WANT_AGE_AT_MOST, 1, NULL, "at most 1 day old"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct check c = {
			.want = cases[i].want, .number = cases[i].number, .texts = cases[i].texts};
		char text[WORDS_TEXT];

		assert_string_equal(check_wanted(&c, text), cases[i].said);
	}
}

static void a_long_want_is_cut(void **state)
{
	const char *texts[65] = {NULL};
	const struct check c = {.want = WANT_NOT, .texts = texts};
	char text[WORDS_TEXT];

	(void)state;
	for (size_t i = 0; i < 64; i++)
		texts[i] = "a word of some length";
	assert_int_equal(strlen(check_wanted(&c, text)), WORDS_TEXT - 1);
}

static void to_which_windows_a_check_applies_is_said(void **state)
{
	static const struct {
		struct version from, until;
		const char *want;
	} cases[] = {
		{{{0}}, {{0}}, ""},
		{{{5, 1}}, {{0}}, "Windows XP and later"},
		{{{0}}, {{6, 0}}, "before Windows Vista, Server 2008"},
		{{{5, 1}}, {{10, 0}}, "Windows XP and later, before Windows 10"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct check c = {.from = cases[i].from, .until = cases[i].until};
		char text[WORDS_TEXT];

		assert_string_equal(check_applies(&c, text), cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_written_as_they_are_read),
		cmocka_unit_test(windows_have_names_and_unknown_ones_numbers),
		cmocka_unit_test(a_want_is_said_in_words),
		cmocka_unit_test(a_long_want_is_cut),
		cmocka_unit_test(to_which_windows_a_check_applies_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
