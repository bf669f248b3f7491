/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>

#include "base/words.h"

static struct bytes text(const char *t)
{
	return (struct bytes){(const uint8_t *)t, strlen(t)};
}

static void a_text_has_one_number(void **unused)
{
	struct words *w = NULL;
	char name[16];

	(void)unused;
	assert_int_equal(words_new(1000, 10000, 7, &w), RC_OK);
	for (unsigned i = 1; i <= 1000; i++) {
		snprintf(name, sizeof(name), "word %u", i);
		assert_int_equal(words_put(w, text(name)), i);
	}
	for (unsigned i = 1000; i >= 1; i--) {
		snprintf(name, sizeof(name), "word %u", i);
		assert_int_equal(words_put(w, text(name)), i);
		assert_string_equal(words_text(w, i), name);
	}
	assert_int_equal(words_put(w, text("")), 0);
	assert_string_equal(words_text(w, 0), "");
	words_free(w);
}

static void what_has_no_room_or_is_no_text_gets_none(void **unused)
{
	struct words *w = NULL;
	char large[4096] = {0};

	(void)unused;
	memset(large, 'x', sizeof(large));
	assert_int_equal(words_new(2, 100, 0, &w), RC_OK);
	assert_int_equal(words_put(w, BYTES("a\0b")), WORDS_NONE);
	assert_int_equal(words_put(w, (struct bytes){(uint8_t *)large, sizeof(large)}), WORDS_NONE);
	assert_int_equal(words_put(w, text("a")), 1);
	assert_int_equal(words_put(w, text("b")), 2);
	assert_int_equal(words_put(w, text("c")), WORDS_NONE);
	assert_int_equal(words_put(w, text("b")), 2);
	words_free(w);
	words_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_has_one_number),
		cmocka_unit_test(what_has_no_room_or_is_no_text_gets_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
