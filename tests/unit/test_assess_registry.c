/* What a registry value says in words. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "assess/remote_registry.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static const struct {
	const char *what;
	uint32_t type;
	struct bytes data;
	const char *text;
} cases[] = {
	{"a text", REG_SZ, LIT("C\0:\0\0\0"), "C:"},
	{"a text without its end", REG_EXPAND_SZ, LIT("a\0b\0"), "ab"},
	{"half a character", REG_SZ, LIT("a\0b"), "a"},
	{"nothing", REG_SZ, LIT(""), ""},
	{"texts", REG_MULTI_SZ, LIT("a\0\0\0b\0c\0\0\0\0\0"), "a; bc"},
	{"texts with a hole, without an end", REG_MULTI_SZ, LIT("\0\0a\0\0\0\0\0b\0"), "a; b"},
	{"no texts", REG_MULTI_SZ, LIT("\0\0"), ""},
	{"a number", REG_DWORD, LIT("\xff\xff\xff\xff"), "4294967295"},
	{"a number from a Macintosh", REG_DWORD_BE, LIT("\0\0\1\0"), "256"},
	{"a long number", REG_QWORD, LIT("\1\0\0\0\1\0\0\0"), "4294967297"},
	{"a number that is cut", REG_DWORD, LIT("\1\0"), "0100"},
	{"bytes", REG_BINARY, LIT("\0\xfe"), "00fe"},
};

static void values_are_said_in_words(void **unused)
{
	char text[REGISTRY_TEXT], little[8];

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("           %s\n", cases[i].what);
		assert_string_equal(registry_text(cases[i].type, cases[i].data, text, sizeof(text)),
				    cases[i].text);
		/* However little room there is, it is the beginning of the same. */
		(void)registry_text(cases[i].type, cases[i].data, little, sizeof(little));
		assert_true(strlen(little) < sizeof(little));
		assert_memory_equal(little, text, strlen(little));
	}
}

static void a_path_ends_with_the_name(void **unused)
{
	(void)unused;
	assert_int_equal(registry_key_len("HKLM\\a\\b"), 7);
	assert_int_equal(registry_key_len("HKLM\\a\\"), 7);
	assert_int_equal(registry_key_len("nothing"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_said_in_words),
		cmocka_unit_test(a_path_ends_with_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
