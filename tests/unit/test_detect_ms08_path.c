/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "detect/ms08_path.h"
#include "utf16_bench.h"

static enum ms08_class class_of(const char *prefix, const char *path, struct ms08_shape *shape)
{
	struct utf16 a = {.len = 0}, b = {.len = 0};

	utf16_text(&a, prefix);
	utf16_text(&b, path);
	ms08_shape(utf16_bytes(&a), utf16_bytes(&b), shape);
	return ms08_class(shape);
}

static void the_walk_decides(void **state)
{
	static const struct {
		const char *prefix, *path;
		enum ms08_class want;
		int low;
	} rows[] = {
		{"", "", MS08_BENIGN, 0},
		{"\\", "C:\\temp\\a", MS08_BENIGN, 0},
		{"\\", "\\", MS08_BENIGN, 0},
		{"\\", "\\a\\..\\b", MS08_BALANCED, 0},
		{"", "C:\\a\\b\\..\\..\\c", MS08_BALANCED, 0},
		{"", "\\\\server\\share\\a\\..\\b", MS08_BALANCED, 0},
		{"", "\\\\?\\C:\\a\\..\\..\\b", MS08_EXPLOIT, -1},
		{"", "/a/./b//../c/../../../d", MS08_EXPLOIT, -1},
		{"", "\\..\\", MS08_BALANCED, -1},     /* nothing consumed, one step */
		{"", "\\..\\..\\x", MS08_EXPLOIT, -2}, /* two steps */
		{"", "\\a\\..\\..\\x", MS08_EXPLOIT, -1},
		{"\\", "\\a\\..\\..\\x", MS08_EXPLOIT, -1},
		{"", "..\\..\\x", MS08_EXPLOIT, -2},
		{"C:\\a\\b", "..\\..\\x", MS08_BALANCED, 0}, /* lawful: relative to the prefix */
		{"C:\\a\\b", "..\\..\\..\\x", MS08_EXPLOIT, -1},
		{"\\a\\b\\c", "\\d\\..\\..\\x", MS08_EXPLOIT, -1}, /* no relative path */
		{"", "\\...\\..x\\x..", MS08_BENIGN, 0},           /* names that only look so */
		{"", "\\a\\.\\.\\..\\..", MS08_EXPLOIT, -1},
		{"", "C:..\\x", MS08_BALANCED, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ms08_shape shape;

		assert_int_equal(class_of(rows[i].prefix, rows[i].path, &shape), rows[i].want);
		assert_int_equal(shape.low, rows[i].low);
	}
}

/* As in the two captures there are: `\`, 250 units, `\..\..\`, 46 units. */
static void the_shape_of_the_real_attack_is_seen(void **state)
{
	struct utf16 p = {.len = 0};
	struct ms08_shape shape;

	(void)state;
	utf16_text(&p, "\\");
	utf16_noise(&p, 250);
	utf16_text(&p, "\\..\\..\\");
	utf16_fill(&p, 'A', 46);
	utf16_unit(&p, 0);
	ms08_shape((struct bytes){NULL, 0}, utf16_bytes(&p), &shape);
	assert_int_equal(ms08_class(&shape), MS08_EXPLOIT);
	assert_int_equal(shape.units, 304);
	assert_int_equal(shape.low, -1);
	assert_int_equal(shape.climbs, 2);
	assert_int_equal(shape.longest, 250);
	assert_true(shape.has_consumed);
	assert_int_equal(shape.binary, 250);
}

static void what_follows_a_nul_is_not_walked(void **state)
{
	struct utf16 p = {.len = 0};
	struct ms08_shape shape;

	(void)state;
	utf16_text(&p, "\\a");
	utf16_unit(&p, 0);
	utf16_text(&p, "\\..\\..\\..");
	ms08_shape((struct bytes){NULL, 0}, utf16_bytes(&p), &shape);
	assert_int_equal(ms08_class(&shape), MS08_BENIGN);
}

static void too_long_begins_after_256(void **state)
{
	struct utf16 p = {.len = 0};
	struct ms08_shape shape;

	(void)state;
	utf16_text(&p, "\\");
	utf16_fill(&p, 'A', 255);
	ms08_shape((struct bytes){NULL, 0}, utf16_bytes(&p), &shape);
	assert_int_equal(ms08_class(&shape), MS08_BENIGN);
	utf16_fill(&p, 'A', 1);
	ms08_shape((struct bytes){NULL, 0}, utf16_bytes(&p), &shape);
	assert_int_equal(ms08_class(&shape), MS08_LONG);
	assert_int_equal(shape.binary, 0);
}

static void an_odd_byte_at_the_end_is_no_unit(void **state)
{
	struct utf16 p = {.len = 0};
	struct ms08_shape shape;

	(void)state;
	utf16_text(&p, "\\a\\..");
	p.len--;
	ms08_shape((struct bytes){NULL, 0}, utf16_bytes(&p), &shape);
	assert_int_equal(shape.climbs, 0);
}

static void the_scanners_questions_are_known_word_by_word(void **state)
{
	static const struct {
		const char *path;
		enum ms08_question want;
	} rows[] = {
		{"\\", MS08_ROOT},
		{"\\..\\", MS08_DOTDOT},
		{"\\AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\..\\n", MS08_RUN},
		{"\\AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\..\\nn", MS08_NO_QUESTION},
		{"\\AAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAA\\..\\n", MS08_NO_QUESTION},
		{"\\AAAA\\..\\n", MS08_NO_QUESTION},
		{"\\..\\..\\", MS08_NO_QUESTION},
		{"\\..", MS08_NO_QUESTION},
		{"", MS08_NO_QUESTION},
		{"A", MS08_NO_QUESTION},
		{"\\a", MS08_NO_QUESTION},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct utf16 p = {.len = 0};

		utf16_text(&p, rows[i].path);
		assert_int_equal(ms08_question(utf16_bytes(&p)), rows[i].want);
		utf16_unit(&p, 0);
		assert_int_equal(ms08_question(utf16_bytes(&p)), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_walk_decides),
		cmocka_unit_test(the_shape_of_the_real_attack_is_seen),
		cmocka_unit_test(what_follows_a_nul_is_not_walked),
		cmocka_unit_test(too_long_begins_after_256),
		cmocka_unit_test(an_odd_byte_at_the_end_is_no_unit),
		cmocka_unit_test(the_scanners_questions_are_known_word_by_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
