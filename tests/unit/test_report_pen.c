/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/pen.h"

/* What `write` writes, as text; the caller frees it. */
static char *written(void (*write)(struct pen *p, const void *what), const void *what)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	struct pen p = {.to = to};

	write(&p, what);
	assert_int_equal(pen_done(&p), RC_OK);
	fclose(to);
	assert_int_equal(strlen(text), len);
	return text;
}

static void write_text(struct pen *p, const void *what)
{
	pen_text(p, what);
}

static void write_real(struct pen *p, const void *what)
{
	pen_real(p, *(const double *)what);
}

static void text_is_ascii_whatever_it_was(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", "\"\""},
		{NULL, "null"},
		{"a \"b\" \\c/\x7f", "\"a \\\"b\\\" \\\\c/\x7f\""},
		{"\b\f\n\r\t\x01\x1b", "\"\\b\\f\\n\\r\\t\\u0001\\u001B\""},
		{"\xc3\xa4 \xe2\x80\xae", "\"\\u00E4 \\u202E\""},
		{"\xf0\x9f\x90\x9b", "\"\\uD83D\\uDC1B\""},
		{"\xff\xe2\x80", "\"\\uFFFD\\uFFFD\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *got = written(write_text, rows[i].text);

		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

static void reals_are_as_jansson_writes_them(void **state)
{
	static const double rows[] = {0.98,   0.5,     -0.1,     1.0 / 3, 1.5e-5,
				      1e-300, 1.25e20, -1.5e100, 1e17,    118904.698929123};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *j = json_real(rows[i]);
		char *want = json_dumps(j, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
		char *got = written(write_real, &rows[i]);

		assert_string_equal(got, want);
		free(got);
		free(want);
		json_decref(j);
	}
}

static void whole_reals_are_integers_and_no_number_is_null(void **state)
{
	static const struct {
		double d;
		const char *want;
	} rows[] = {{0, "0"},           {38, "38"},
		    {-1, "-1"},         {9007199254740992.0, "9007199254740992"},
		    {NAN, "null"},      {INFINITY, "null"},
		    {-INFINITY, "null"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *got = written(write_real, &rows[i].d);

		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

static void write_all_kinds(struct pen *p, const void *what)
{
	const struct addr a = addr_v4(0xc0a80001);

	(void)what;
	pen_open(p, '{');
	pen_key(p, "a");
	pen_open(p, '[');
	pen_close(p, ']');
	pen_line(p);
	pen_key(p, "b");
	pen_open(p, '[');
	pen_line(p);
	pen_number(p, 0);
	pen_line(p);
	pen_number(p, UINT64_MAX);
	pen_bool(p, true);
	pen_bool(p, false);
	pen_null(p);
	pen_time(p, 0);
	pen_time(p, UINT64_C(1234567890123456000));
	pen_addr(p, &a);
	pen_close(p, ']');
	pen_close(p, '}');
}

static void commas_stand_between_values_only(void **state)
{
	char *got = written(write_all_kinds, NULL);

	(void)state;
	assert_string_equal(got,
			    "{\"a\":[],\n\"b\":[\n0,\n9223372036854775807,true,false,null,null,"
			    "\"2009-02-13T23:31:30.123456Z\",\"192.168.0.1\"]}");
	free(got);
}

static void write_much(struct pen *p, const void *what)
{
	pen_open(p, '[');
	for (size_t i = 0; i < 5; i++)
		pen_text(p, what);
	pen_close(p, ']');
}

static void more_than_its_room_goes_through_a_pen(void **state)
{
	size_t len = PEN_ROOM + 1000;
	char *text = malloc(len + 1), *got;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 23);
	text[len] = '\0';
	got = written(write_much, text);

	json_t *j = json_loads(got, 0, NULL);

	assert_int_equal(json_array_size(j), 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(json_string_value(json_array_get(j, i)), text);
	json_decref(j);
	free(got);
	free(text);
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct pen p = {.to = full};

	(void)state;
	assert_non_null(full);
	pen_text(&p, "x");
	assert_int_equal(pen_done(&p), RC_IO);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_ascii_whatever_it_was),
		cmocka_unit_test(reals_are_as_jansson_writes_them),
		cmocka_unit_test(whole_reals_are_integers_and_no_number_is_null),
		cmocka_unit_test(commas_stand_between_values_only),
		cmocka_unit_test(more_than_its_room_goes_through_a_pen),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
