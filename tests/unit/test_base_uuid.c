/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/uuid.h"

static const struct uuid srvsvc = {
	0x4b324fc8, 0x1670, 0x01d3, {0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88}};

static void a_uuid_is_shown_in_lower_case(void **unused)
{
	char text[UUID_TEXT];

	(void)unused;
	assert_string_equal(uuid_format(&srvsvc, text), "4b324fc8-1670-01d3-1278-5a47bf6ee188");
}

static void either_case_is_read(void **unused)
{
	struct uuid u = {0};

	(void)unused;
	assert_int_equal(uuid_parse("4B324FC8-1670-01d3-1278-5a47bf6ee188", &u), RC_OK);
	assert_true(uuid_eq(&u, &srvsvc));
	assert_int_equal(uuid_parse("4b324fc8-1670-01d3-1278-5a47bf6ee189", &u), RC_OK);
	assert_false(uuid_eq(&u, &srvsvc));
}

static void what_is_no_uuid_is_refused(void **unused)
{
	static const char *const bad[] = {"",
					  "4b324fc8",
					  "4b324fc8-1670-01d3-1278-5a47bf6ee18",
					  "4b324fc8-1670-01d3-1278-5a47bf6ee1881",
					  "4b324fc8-1670-01d3-1278_5a47bf6ee188",
					  "4b324fc8-1670-01d3-1278-5a47bf6ee18g",
					  "{4b324fc8-1670-01d3-1278-5a47bf6ee188}"};

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct uuid u = srvsvc;

		assert_int_equal(uuid_parse(bad[i], &u), RC_INVAL);
		assert_true(uuid_eq(&u, &srvsvc));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_uuid_is_shown_in_lower_case),
		cmocka_unit_test(either_case_is_read),
		cmocka_unit_test(what_is_no_uuid_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
