/* DER elements: the shortest and the longest, and all that is refused. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/der.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static const struct {
	const char *what;
	struct bytes in;
	bool is_good;
	size_t body, rest;
} elements[] = {
	{"an empty body", LIT("\x05\x00"), true, 0, 0},
	{"one byte, and more behind it", LIT("\x04\x01xyz"), true, 1, 2},
	{"a long length of one byte", LIT("\x04\x81\x02xy"), true, 2, 0},
	{"longer than need be, as BER may", LIT("\x04\x84\0\0\0\x01x"), true, 1, 0},
	{"no length", LIT("\x04"), false, 0, 0},
	{"a cut length", LIT("\x04\x82\x01"), false, 0, 0},
	{"a cut body", LIT("\x04\x03xy"), false, 0, 0},
	{"a length of five bytes", LIT("\x04\x85\0\0\0\0\x01x"), false, 0, 0},
	{"as long as 32 bits can say", LIT("\x30\x84\xff\xff\xff\xffx"), false, 0, 0},
	{"an indefinite length", LIT("\x30\x80\x05\0\0\0"), false, 0, 0},
	{"a tag of more bytes", LIT("\x1f\x81\x01\x00"), false, 0, 0},
	{"an application's tag of more bytes", LIT("\x7f\x21\x00"), false, 0, 0},
};

static void elements_are_read_or_refused(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		struct reader r = {.rest = elements[i].in};
		struct der e;

		print_message("           %s\n", elements[i].what);
		assert_int_equal(der_next(&r, &e), elements[i].is_good);
		assert_int_equal(r.bad, !elements[i].is_good);
		assert_int_equal(e.body.len, elements[i].body);
		if (elements[i].is_good)
			assert_int_equal(r.rest.len, elements[i].rest);
	}
}

static void the_end_is_not_an_error(void **unused)
{
	struct reader r = {.bad = false}, body;
	struct der e;

	(void)unused;
	assert_false(der_next(&r, &e));
	assert_false(r.bad);
	assert_false(der_enter_if(&r, DER_SEQUENCE, &body));
	assert_false(r.bad);
	assert_true(body.bad);
	(void)der_enter(&r, DER_SEQUENCE);
	assert_true(r.bad);
}

static void another_tag_is_left_where_it_was_or_makes_the_reader_bad(void **unused)
{
	struct reader r = {.rest = BYTES("\x04\x01x")}, body;

	(void)unused;
	assert_false(der_enter_if(&r, DER_SEQUENCE, &body));
	assert_int_equal(r.rest.len, 3);
	assert_int_equal(der_take(&r, DER_SEQUENCE).len, 0);
	assert_true(r.bad);
	assert_int_equal(der_take(&r, DER_OCTET_STRING).len, 0); /* it stays bad */
}

static void integers_come_back_in_their_shortest_form(void **unused)
{
	static const struct {
		int64_t v;
		size_t len;
	} cases[] = {
		{0, 3},
		{1, 3},
		{127, 3},
		{128, 4},
		{-1, 3},
		{-128, 3},
		{-129, 4},
		{32767, 4},
		{32768, 5},
		{0xffffffff, 7},
		{INT64_MAX, 10},
		{INT64_MIN, 10},
		{INT64_C(1) << 55, 10},
		{(INT64_C(1) << 55) - 1, 9},
	};
	uint8_t room[16];

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};

		der_put_int(&w, cases[i].v);
		assert_false(w.bad);
		assert_int_equal(w.len, cases[i].len);
		struct reader r = {.rest = {room, w.len}};

		assert_true(der_int(&r) == cases[i].v);
		assert_false(r.bad);
	}
}

static void integers_that_are_none_are_bad(void **unused)
{
	static const struct bytes cases[] = {LIT("\x02\x00"), LIT("\x02\x09\0\0\0\0\0\0\0\0\x01"),
					     LIT("\x04\x01\x01"), LIT("")};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reader r = {.rest = cases[i]};

		assert_true(der_int(&r) == 0);
		assert_true(r.bad);
	}
}

/* Lengths on both sides of every border, nested so that the outer ones move the inner ones. */
static void bodies_of_every_length_come_back(void **unused)
{
	static const size_t lengths[] = {0,   1,   125, 126,   127,   128,
					 253, 255, 256, 65533, 65536, 70000};
	static uint8_t room[80000], body[70000];

	(void)unused;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};

		wr_be(&w, 1, 0xaa); /* something in front */
		size_t outer = der_begin(&w, DER_SEQUENCE), inner = der_begin(&w, DER_CONTEXT);

		der_put(&w, DER_OCTET_STRING, (struct bytes){body, lengths[i]});
		der_end(&w, inner);
		der_end(&w, outer);
		assert_false(w.bad);
		struct reader r = {.rest = {room + 1, w.len - 1}};
		struct reader seq = der_enter(&r, DER_SEQUENCE),
			      field = der_enter(&seq, DER_CONTEXT);
		struct bytes got = der_take(&field, DER_OCTET_STRING);

		assert_false(r.bad || seq.bad || field.bad);
		assert_int_equal(got.len, lengths[i]);
		assert_int_equal(r.rest.len + seq.rest.len + field.rest.len, 0);
	}
}

static void what_does_not_fit_is_told(void **unused)
{
	uint8_t room[140];

	(void)unused;
	for (size_t cap = 0; cap < 138; cap++) {
		struct writer w = {.at = room, .cap = cap};
		size_t seq = der_begin(&w, DER_SEQUENCE);
		uint8_t *body = wr_room(&w, 135);

		if (body != NULL)
			memset(body, 0, 135);
		der_end(&w, seq);
		assert_true(w.bad);
		assert_true(w.len <= cap);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_read_or_refused),
		cmocka_unit_test(the_end_is_not_an_error),
		cmocka_unit_test(another_tag_is_left_where_it_was_or_makes_the_reader_bad),
		cmocka_unit_test(integers_come_back_in_their_shortest_form),
		cmocka_unit_test(integers_that_are_none_are_bad),
		cmocka_unit_test(bodies_of_every_length_come_back),
		cmocka_unit_test(what_does_not_fit_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
