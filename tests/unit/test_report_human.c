/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "report_sample.h"

/* Goldens are in tests/golden/report; QUELL_ACCEPT=1 rewrites them, to be read in the diff. */
static char *golden_path(const char *name)
{
	const char *root = getenv("QUELL_SOURCE");
	char *path = NULL;

	if (asprintf(&path, "%s/tests/golden/report/%s", root == NULL ? "." : root, name) < 0)
		return NULL;
	return path;
}

static void check_golden(const char *name, const char *got)
{
	char *path = golden_path(name), *want = NULL;
	size_t len = 0;
	FILE *file;

	assert_non_null(path);
	assert_non_null(got);
	if (getenv("QUELL_ACCEPT") != NULL) {
		file = fopen(path, "w");
		assert_non_null(file);
		assert_int_equal(fputs(got, file) == EOF, 0);
		fclose(file);
	}
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(getdelim(&want, &len, '\0', file) > 0);
	fclose(file);
	assert_string_equal(got, want);
	free(want);
	free(path);
}

static void check_widths(const char *text)
{
	for (size_t width = 0; *text != '\0'; text++) {
		width = *text == '\n' ? 0 : width + (((unsigned char)*text & 0xc0) != 0x80);
		assert_true(width <= 100);
	}
}

static void an_office_reads_as_agreed(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	assert_true(sample_office(&s));
	text = sample_write(&s.o, "human", false);
	check_golden("office.txt", text);
	check_widths(text);
	assert_null(strchr(text, 0x1b));
	free(text);
	sample_done(&s);
}

static void colours_change_nothing_but_colours(void **state)
{
	struct sample s;
	char *plain, *colored, *to;

	(void)state;
	assert_true(sample_office(&s));
	plain = sample_write(&s.o, "human", false);
	colored = sample_write(&s.o, "human", true);
	assert_non_null(plain);
	assert_non_null(strstr(colored, "\x1b[1;31m"));
	to = colored;
	for (const char *from = colored; *from != '\0'; from++) {
		if (*from == 0x1b)
			from += strcspn(from, "m");
		else
			*to++ = *from;
	}
	*to = '\0';
	assert_string_equal(plain, colored);
	free(plain);
	free(colored);
	sample_done(&s);
}

static void nothing_found_is_never_called_clean(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	assert_true(sample_room(&s, 2, 0));
	sample_heard(&s);
	sample_is(&s, 0xc0a80102, VERDICT_NO_EVIDENCE);
	text = sample_write(&s.o, "human", false);
	check_golden("quiet.txt", text);
	assert_null(strcasestr(text, "clean"));
	free(text);
	sample_done(&s);
}

static void an_empty_capture_says_that_little_was_heard(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	assert_true(sample_room(&s, 0, 0));
	s.o.source.kind = "live";
	s.o.source.names = (const char *[]){"eth0"};
	s.o.source.n_names = 1;
	s.o.source.is_interrupted = true;
	s.o.source.note = "the interface went away";
	text = sample_write(&s.o, "human", false);
	check_golden("empty.txt", text);
	free(text);
	sample_done(&s);
}

static void five_thousand_infected_stay_readable(void **state)
{
	struct sample s;
	size_t lines = 0;
	char *text;

	(void)state;
	assert_true(sample_room(&s, 5000, 5000));
	sample_heard(&s);
	for (uint32_t i = 0; i < 5000; i++) {
		struct host *h = sample_acts(&s, 0x0a000000 + i, VERDICT_INFECTED, "ms08-067");

		h->why[0] = "It called NetPathCanonicalize with a hostile path.";
		s.findings[i] =
			sample_finding("ms08-067", CLASS_EXPLOIT, 0x0a000000 + i, h->why[0]);
	}
	s.o.n_findings = 5000;
	text = sample_write(&s.o, "human", false);
	check_golden("thousands.txt", text);
	check_widths(text);
	for (const char *at = text; *at != '\0'; at++)
		lines += *at == '\n';
	assert_true(lines < 100);
	free(text);
	sample_done(&s);
}

static void hostile_names_cannot_move_the_cursor(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	assert_true(sample_office(&s));
	s.o.hosts[0].why[0] = "path \x1b[2J\x07\r\n\xc2\x9b"
			      "31m\xe2\x80\xae"
			      "evil\x7f";
	s.o.source.note = "\x1b]0;title\x07";
	text = sample_write(&s.o, "human", false);
	assert_non_null(text);
	for (const char *at = text; *at != '\0'; at++)
		assert_true(*at == '\n' || ((unsigned char)*at >= 0x20 && *at != 0x7f));
	assert_null(strstr(text, "\xc2\x9b"));
	assert_null(strstr(text, "\xe2\x80\xae"));
	free(text);
	sample_done(&s);
}

static void a_word_longer_than_a_line_is_broken(void **state)
{
	struct sample s;
	char *text, word[300];

	(void)state;
	assert_true(sample_office(&s));
	memset(word, 'A', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	s.o.hosts[0].why[0] = word;
	text = sample_write(&s.o, "human", false);
	assert_non_null(text);
	check_widths(text);
	free(text);
	sample_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_office_reads_as_agreed),
		cmocka_unit_test(colours_change_nothing_but_colours),
		cmocka_unit_test(nothing_found_is_never_called_clean),
		cmocka_unit_test(an_empty_capture_says_that_little_was_heard),
		cmocka_unit_test(five_thousand_infected_stay_readable),
		cmocka_unit_test(hostile_names_cannot_move_the_cursor),
		cmocka_unit_test(a_word_longer_than_a_line_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
