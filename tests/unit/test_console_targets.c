/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "console/targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct cli_command command = {.name = "test"};

static const struct {
	const char *words;
	int status;
	size_t n;
	const char *first, *last;
} cases[] = {
	{"10.1.2.3", CLI_DONE, 1, "10.1.2.3", "10.1.2.3"},
	{"2001:db8::1", CLI_DONE, 1, "2001:db8::1", "2001:db8::1"},
	{"10.1.2.0/24", CLI_DONE, 254, "10.1.2.1", "10.1.2.254"},
	{"10.1.2.4/31", CLI_DONE, 2, "10.1.2.4", "10.1.2.5"},
	{"10.1.2.4/32", CLI_DONE, 1, "10.1.2.4", "10.1.2.4"},
	{"10.1.2.250-10.1.3.5", CLI_DONE, 12, "10.1.2.250", "10.1.3.5"},
	{"10.1.2.3-40", CLI_DONE, 38, "10.1.2.3", "10.1.2.40"},
	{"255.255.255.254-255.255.255.255", CLI_DONE, 2, "255.255.255.254", "255.255.255.255"},
	{"10.1.2.9 10.1.2.3 10.1.2.9", CLI_DONE, 2, "10.1.2.3", "10.1.2.9"},
	{"10.1.2.0/29 10.1.2.4-10.1.2.8", CLI_DONE, 8, "10.1.2.1", "10.1.2.8"},
	{"10.0.0.0/12", CLI_DONE, TARGETS_MOST - 2, "10.0.0.1", "10.15.255.254"},
	{"10.0.0.0/11", CLI_USAGE, 0, NULL, NULL},
	{"10.0.0.0/12 11.0.0.0/30 11.0.0.4", CLI_USAGE, 0, NULL, NULL},
	{"10.1.2.40-10.1.2.3", CLI_USAGE, 0, NULL, NULL},
	{"10.1.2.40-3", CLI_USAGE, 0, NULL, NULL},
	{"2001:db8::/64", CLI_USAGE, 0, NULL, NULL},
	{"@/nonexistent/list", CLI_USAGE, 0, NULL, NULL},
};

static void words_mean_addresses_each_once_and_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct targets t = {.n = 0};
		char first[ADDR_TEXT], last[ADDR_TEXT];
		int status = targets_add_all(&t, &command, NULL, cases[i].words);

		if (status != cases[i].status)
			fail_msg("%s: status %d", cases[i].words, status);
		targets_sort(&t);
		if (status == CLI_DONE) {
			assert_int_equal(t.n, cases[i].n);
			assert_string_equal(addr_format(&t.list[0], first), cases[i].first);
			assert_string_equal(addr_format(&t.list[t.n - 1], last), cases[i].last);
		}
		targets_done(&t);
	}
}

static void a_file_has_one_target_a_line_and_names_no_other_file(void **state)
{
	static const struct {
		const char *text;
		int status;
		size_t n;
	} files[] = {
		{"10.1.2.3\n# a comment\n\n  10.1.2.4, lap-7, Jane\n\"10.1.2.5\";x\r\n", CLI_DONE,
		 3},
		{"10.1.2.0/30", CLI_DONE, 2},
		{"", CLI_DONE, 0},
		{"10.1.2.3\n@/etc/passwd\n", CLI_USAGE, 0},
		{"-\n", CLI_USAGE, 0},
		{"10.1.2.9-10.1.2.3\n", CLI_USAGE, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct targets t = {.n = 0};
		char word[] = "@/tmp/quell-targets-XXXXXX";
		int fd = mkstemp(word + 1);
		FILE *to = fd == -1 ? NULL : fdopen(fd, "w");

		assert_non_null(to);
		fputs(files[i].text, to);
		assert_int_equal(fclose(to), 0);
		assert_int_equal(targets_add(&t, &command, NULL, word), files[i].status);
		if (files[i].status == CLI_DONE)
			assert_int_equal(t.n, files[i].n);
		unlink(word + 1);
		targets_done(&t);
	}
}

static void whoever_is_done_is_taken_out(void **state)
{
	struct targets t = {.n = 0};
	struct addr gone, absent;

	(void)state;
	assert_int_equal(addr_parse("10.1.2.2", &gone), RC_OK);
	assert_int_equal(addr_parse("10.9.9.9", &absent), RC_OK);
	targets_remove(&t, &gone); /* of nobody */
	assert_int_equal(targets_add(&t, &command, NULL, "10.1.2.0/29"), CLI_DONE);
	targets_sort(&t);
	targets_remove(&t, &gone);
	targets_remove(&t, &gone);
	targets_remove(&t, &absent);
	assert_int_equal(t.n, 5);
	for (size_t i = 0; i < t.n; i++)
		assert_false(addr_eq(&t.list[i], &gone));
	targets_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_mean_addresses_each_once_and_in_order),
		cmocka_unit_test(a_file_has_one_target_a_line_and_names_no_other_file),
		cmocka_unit_test(whoever_is_done_is_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
