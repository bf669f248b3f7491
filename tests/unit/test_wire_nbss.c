/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/nbss.h"

static void a_length_has_24_bits(void **unused)
{
	uint8_t buf[4];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct nbss got = {0};

	(void)unused;
	nbss_write(&w, &(struct nbss){NBSS_MESSAGE, 0xfedcba});
	struct reader r = {.rest = {buf, w.len}};

	assert_true(nbss_read(&r, &got));
	assert_int_equal(got.type, NBSS_MESSAGE);
	assert_int_equal(got.len, 0xfedcba);
	r.rest = (struct bytes){buf, 3};
	assert_false(nbss_read(&r, &got));
}

static void only_lengths_that_can_be_are_sane(void **unused)
{
	static const struct {
		struct nbss n;
		bool is_sane;
	} cases[] = {
		{{NBSS_MESSAGE, 0}, true},   {{NBSS_MESSAGE, 0xffffff}, true},
		{{NBSS_REQUEST, 68}, true},  {{NBSS_REQUEST, 10}, false},
		{{NBSS_POSITIVE, 0}, true},  {{NBSS_POSITIVE, 1}, false},
		{{NBSS_NEGATIVE, 1}, true},  {{NBSS_NEGATIVE, 0}, false},
		{{NBSS_RETARGET, 6}, true},  {{NBSS_RETARGET, 5}, false},
		{{NBSS_KEEPALIVE, 0}, true}, {{NBSS_KEEPALIVE, 0x10000}, false},
		{{0x80, 0}, false},          {{'G', 0}, false},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(nbss_is_sane(&cases[i].n), cases[i].is_sane);
}

static void a_session_request_names_both_ends(void **unused)
{
	uint8_t buf[128], name[16];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct nbss n = {0};

	(void)unused;
	nbss_write_request(&w, "*smbserver", "pc-7");
	assert_false(w.bad);
	struct reader r = {.rest = {buf, w.len}};

	assert_true(nbss_read(&r, &n) && nbss_is_sane(&n));
	assert_int_equal(n.len, r.rest.len);
	assert_true(nbss_read_name(&r, name));
	assert_memory_equal(name, "*SMBSERVER     \x20", 16);
	assert_true(nbss_read_name(&r, name));
	assert_memory_equal(name, "PC-7           \x00", 16);
	assert_false(nbss_read_name(&r, name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_length_has_24_bits),
		cmocka_unit_test(only_lengths_that_can_be_are_sane),
		cmocka_unit_test(a_session_request_names_both_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
