/* Shapes of SYNs as systems send them, and options as nobody should. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/syn.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static const struct {
	const char *what;
	uint8_t ttl;
	uint16_t window;
	bool df;
	struct bytes options;
	const char *shape;
} cases[] = {
	{"Windows 7", 126, 8192, true, LIT("\2\4\5\264\1\3\3\2\1\1\4\2"),
	 "128:8192:1460:2:M,N,W,N,N,S:1"},
	{"Linux", 64, 29200, true, LIT("\2\4\5\264\4\2\10\12\0\0\0\1\0\0\0\0\1\3\3\7"),
	 "64:29200:1460:7:M,S,T,N,W:1"},
	{"a scanner", 40, 1024, false, LIT("\2\4\5\264"), "64:1024:1460:0:M:0"},
	{"no options", 255, 512, false, LIT(""), "255:512:0:0::0"},
	{"an end, and what is behind it", 33, 1, false, LIT("\1\0\2\4"), "64:1:0:0:N,E:0"},
	{"one that nobody knows", 1, 1, false, LIT("\42\2\1\1"), "32:1:0:0:34,N,N:0"},
	{"a length of zero", 1, 1, false, LIT("\2\0\5\264"), "32:1:0:0::0"},
	{"a length past the end", 1, 1, false, LIT("\1\2\5\5\264"), "32:1:0:0:N:0"},
	{"a kind without a length", 1, 1, false, LIT("\1\2"), "32:1:0:0:N:0"},
	{"a segment size of three bytes", 1, 1, false, LIT("\2\5\5\264\1"), "32:1:0:0:M:0"},
};

static void shapes_are_told(void **unused)
{
	char text[SYN_TEXT];

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct syn s = {cases[i].ttl, cases[i].window, cases[i].df, cases[i].options};

		print_message("           %s\n", cases[i].what);
		assert_int_equal(syn_shape(&s, text), strlen(cases[i].shape));
		assert_string_equal(text, cases[i].shape);
	}
}

static void the_longest_shape_fits(void **unused)
{
	uint8_t options[SYN_OPTIONS_MAX];
	char text[SYN_TEXT];
	struct syn s = {255, 0xffff, true, {options, sizeof(options)}};

	(void)unused;
	memset(options, 1, sizeof(options));
	assert_int_equal(syn_shape(&s, text), strlen("255:65535:0:0:") + 40 * 2 - 1 + 2);
	for (size_t i = 0; i < sizeof(options); i += 2) {
		options[i] = 0xff;
		options[i + 1] = 2;
	}
	assert_int_equal(syn_shape(&s, text), strlen("255:65535:0:0:") + 20 * 4 - 1 + 2);
}

static void a_shape_is_sent_again(void **unused)
{
	static const char *const shapes[] = {"128:8192:1460:2:M,N,W,N,N,S:1",
					     "64:29200:1460:7:M,S,T,N,W:1", "255:512:0:0::0"};
	uint8_t room[64];
	char text[SYN_TEXT];

	(void)unused;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct syn s;

		assert_true(syn_parse((struct bytes){(const uint8_t *)shapes[i], strlen(shapes[i])},
				      &w, &s));
		assert_int_equal(w.len % 4, 0);
		syn_shape(&s, text);
		assert_string_equal(text, shapes[i]);
	}
}

static void what_is_no_shape_is_refused(void **unused)
{
	static const char *const wrong[] = {"",
					    "64",
					    "64:1:2:3",
					    "256:1:2:3:M:1",
					    "a:1:2:3:M:1",
					    "64:65536:2:3:M:1",
					    "64:1:2:3:M:2",
					    "64:1:2:3:M",
					    "64:1:2:3:T,T,T,T,T:1"};
	uint8_t room[64];

	(void)unused;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct syn s;

		print_message("           %s\n", wrong[i]);
		assert_false(syn_parse((struct bytes){(const uint8_t *)wrong[i], strlen(wrong[i])},
				       &w, &s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_are_told),
		cmocka_unit_test(the_longest_shape_fits),
		cmocka_unit_test(a_shape_is_sent_again),
		cmocka_unit_test(what_is_no_shape_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
