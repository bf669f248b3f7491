/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "golden.h"
#include "picture_office.h"

static void check_widths(const char *text, size_t most)
{
	for (size_t width = 0; *text != '\0'; text++) {
		width = *text == '\n' ? 0 : width + (((unsigned char)*text & 0xc0) != 0x80);
		assert_true(width <= most);
	}
}

static void an_office_reads_as_agreed(void **state)
{
	char *text = sample_office_as(PICTURE_HUMAN), *again = sample_office_as(PICTURE_HUMAN);

	(void)state;
	golden_check("tests/golden/picture/office.txt", text);
	check_widths(text, 100);
	assert_null(strchr(text, 0x1b));
	assert_string_equal(text, again);
	free(text);
	free(again);
}

static void one_weakness_alone_is_told_of_that_one(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];
	struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	char *text;

	(void)state;
	sample_office(office);
	opt.only = "ms08-067";
	text = sample_draw(&opt, office, SAMPLE_OFFICE);
	golden_check("tests/golden/picture/only.txt", text);
	assert_null(strstr(text, "ms17-010"));
	assert_null(strstr(text, "POLICY"));
	free(text);
}

static void a_narrow_terminal_is_kept_to(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];
	struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);

	(void)state;
	sample_office(office);
	for (unsigned width = 60; width <= 100; width++) {
		opt.style.width = width;
		char *text = sample_draw(&opt, office, SAMPLE_OFFICE);

		assert_non_null(text);
		check_widths(text, width);
		assert_non_null(strstr(text, width < 80 ? "N/A" : "NOT AFFECTED"));
		free(text);
	}
}

static void colours_change_nothing_but_colours(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];
	struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	char *plain = sample_office_as(PICTURE_HUMAN), *colored, *to;

	(void)state;
	sample_office(office);
	opt.style.color = true;
	colored = sample_draw(&opt, office, SAMPLE_OFFICE);
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
}

/* --- the first line --- */

static void is_missing(struct sample_machine *s)
{
	sample_judged(s, "Windows 7", PATCH_EFFECTIVE, MARK_PASS);
	sample_patch(s, "bluekeep")->state = PATCH_MISSING;
}

static void is_loose(struct sample_machine *s)
{
	sample_judged(s, "Windows 7", PATCH_EFFECTIVE, MARK_PASS);
	sample_patch(s, "ms08-067")->state = PATCH_MISSING;
}

static void is_pending(struct sample_machine *s)
{
	sample_judged(s, "Windows 7", PATCH_EFFECTIVE, MARK_PASS);
	sample_patch(s, "bluekeep")->state = PATCH_PENDING;
}

static void is_patched(struct sample_machine *s)
{
	sample_judged(s, "Windows 7", PATCH_EFFECTIVE, MARK_PASS);
}

static void is_unknown(struct sample_machine *s)
{
	s->m.judged = NULL;
}

static void the_first_line_is_the_answer(void **state)
{
	static const struct {
		const char *says;
		void (*are[3])(struct sample_machine *s);
	} cases[] = {
		{"No machine is known here: there is nothing to tell.", {NULL}},
		{"No: 1 of 2 machines misses a patch.\n", {is_missing, is_patched}},
		{"No: 2 of 3 machines miss a patch. 1 of them misses one that keeps out a threat "
		 "that "
		 "is",
		 {is_missing, is_loose, is_patched}},
		{"No: 1 of 1 machine misses a patch. A threat that is about here uses the hole.\n",
		 {is_loose}},
		{"No: 1 of 3 machines misses a patch. 1 more waits for a restart. Of 1 more it is "
		 "not "
		 "known.\n",
		 {is_missing, is_pending, is_unknown}},
		{"Not yet: 1 of 2 machines has a patch installed that works only after a "
		 "restart.\n",
		 {is_pending, is_patched}},
		{"Unknown: of 2 machines it is not known whether they are patched.\n",
		 {is_unknown, is_unknown}},
		{"Unknown for 1 of 3 machines. None of the others misses a patch.\n",
		 {is_unknown, is_patched, is_patched}},
		{"Yes: none of the 2 machines misses a patch for the 4 weaknesses looked for. That "
		 "is "
		 "not "
		 "all",
		 {is_patched, is_patched}},
	};
	const struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sample_machine list[3];
		size_t n = 0;

		for (; n < 3 && cases[i].are[n] != NULL; n++) {
			sample_unknown(&list[n], "name:x", "x", 0x0a000001);
			cases[i].are[n](&list[n]);
			sample_sees(&list[n], "os.version", "6.1.7601", OBSERVED_VALUE,
				    BY_REGISTRY);
		}
		char *text = sample_draw(&opt, list, n);

		assert_non_null(text);
		if (strncmp(text, cases[i].says, strlen(cases[i].says)) != 0)
			fail_msg("case %zu: %.200s", i, text);
		free(text);
	}
}

static void nothing_is_ever_called_clean_or_healthy(void **state)
{
	struct sample_machine one;
	const struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	char *text;

	(void)state;
	sample_unknown(&one, "name:x", "x", 0x0a000001);
	is_patched(&one);
	text = sample_draw(&opt, &one, 1);
	assert_non_null(text);
	assert_null(strcasestr(text, "clean"));
	assert_null(strcasestr(text, "healthy"));
	assert_null(strcasestr(text, "safe"));
	free(text);
}

/* --- the worst --- */

enum { MANY = 3000 };

static size_t worst_of(struct sample_machine *list, const char *wanted[], size_t cap)
{
	const struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	char *text = sample_draw(&opt, list, MANY), *at;
	size_t n = 0;

	assert_non_null(text);
	at = strstr(text, "THE WORST 20 MACHINES OF 3,000");
	assert_non_null(at);
	for (; n < cap; n++) { /* each after the other */
		at = strstr(at, wanted[n]);
		if (at == NULL)
			break;
	}
	free(text);
	return n;
}

static void the_worst_come_first_whatever_their_order(void **state)
{
	static char ids[MANY][24];
	struct sample_machine *list = calloc(MANY, sizeof(*list));
	const char *wanted[] = {"  1.  ip:2999", "  2.  ip:2998", "  18. ip:2982", "  19. ip:0000",
				"  20. ip:0001"};

	(void)state;
	assert_non_null(list);
	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < MANY; i++) {
			size_t to = turn == 0 ? i : MANY - 1 - i;

			(void)snprintf(ids[i], sizeof(ids[i]), "ip:%04zu", i);
			sample_unknown(&list[to], ids[i], "", 0);
			is_missing(&list[to]);
			/* two thousand with the same harm: then the id counts */
			list[to].judged.harm = i < MANY - 18 ? 5 : (double)i;
		}
		assert_int_equal(worst_of(list, wanted, 5), 5);
	}
	free(list);
}

static void harm_that_is_no_number_is_none(void **state)
{
	struct sample_machine list[2];
	const struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	volatile double zero = 0;
	char *text;

	(void)state;
	sample_unknown(&list[0], "name:nan", "nan", 0x0a000001);
	is_missing(&list[0]);
	list[0].judged.harm = zero / zero;
	sample_unknown(&list[1], "name:bad", "bad", 0x0a000002);
	is_missing(&list[1]);
	list[1].judged.harm = 1;
	text = sample_draw(&opt, list, 2);
	assert_non_null(text);
	assert_non_null(strstr(text, "THE WORST MACHINE\n  1.  bad"));
	free(text);
}

/* --- strangers --- */

static void hostile_names_cannot_move_the_cursor(void **state)
{
	static const char evil[] = "x\x1b[2J\x07\r\n\xc2\x9b"
				   "31m\xe2\x80\xae%s%n\x7f";
	struct sample_machine office[SAMPLE_OFFICE];
	const struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	char *text;

	(void)state;
	sample_office(office);
	office[0].m.name = evil;
	office[0].m.user = evil;
	office[0].m.place = evil;
	office[0].patches[1].why = evil;
	office[0].checks[0].value = evil;
	office[0].signs[0].why = evil;
	text = sample_draw(&opt, office, SAMPLE_OFFICE);
	assert_non_null(text);
	for (const char *at = text; *at != '\0'; at++)
		assert_true(*at == '\n' || ((unsigned char)*at >= 0x20 && *at != 0x7f));
	assert_null(strstr(text, "\xc2\x9b"));
	assert_null(strstr(text, "\xe2\x80\xae"));
	check_widths(text, 100);
	free(text);
}

static void endless_texts_are_cut(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];
	const struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	char *text, *huge = malloc(1 << 20);

	(void)state;
	assert_non_null(huge);
	memset(huge, 'A', (1 << 20) - 1);
	huge[(1 << 20) - 1] = '\0';
	sample_office(office);
	office[0].m.name = huge;
	office[0].m.owner = huge;
	office[0].patches[1].why = huge;
	office[0].signs[0].why = huge;
	text = sample_draw(&opt, office, SAMPLE_OFFICE);
	assert_non_null(text);
	assert_true(strlen(text) < 40000);
	check_widths(text, 100);
	free(text);
	free(huge);
}

static void a_full_disk_is_told(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];

	(void)state;
	sample_office(office);
	for (int f = PICTURE_HUMAN; f <= PICTURE_CSV; f++) {
		struct picture_options opt =
			sample_options((enum picture_format)f, fopen("/dev/full", "w"));
		struct picture *p = NULL;

		if (opt.to == NULL)
			skip();
		assert_int_equal(picture_new(&opt, &p), RC_OK);
		assert_int_equal(picture_add(p, &office[0].m), RC_OK);
		assert_int_equal(picture_end(p), RC_IO);
		picture_free(p);
		fclose(opt.to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_office_reads_as_agreed),
		cmocka_unit_test(one_weakness_alone_is_told_of_that_one),
		cmocka_unit_test(a_narrow_terminal_is_kept_to),
		cmocka_unit_test(colours_change_nothing_but_colours),
		cmocka_unit_test(the_first_line_is_the_answer),
		cmocka_unit_test(nothing_is_ever_called_clean_or_healthy),
		cmocka_unit_test(the_worst_come_first_whatever_their_order),
		cmocka_unit_test(harm_that_is_no_number_is_none),
		cmocka_unit_test(hostile_names_cannot_move_the_cursor),
		cmocka_unit_test(endless_texts_are_cut),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
