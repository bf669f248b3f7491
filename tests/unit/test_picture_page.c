/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "golden.h"
#include "picture_office.h"

static char *page(const struct picture_options *given, const struct picture_machine *m)
{
	struct picture_options opt = *given;
	char *text = NULL;
	size_t len = 0;
	enum rc rc;

	opt.to = open_memstream(&text, &len);
	assert_non_null(opt.to);
	rc = picture_page(&opt, m);
	fclose(opt.to);
	assert_int_equal(rc, RC_OK);
	return text;
}

static char *page_of(enum picture_format format, size_t which)
{
	struct sample_machine office[SAMPLE_OFFICE];
	const struct picture_options opt = sample_options(format, NULL);

	sample_office(office);
	return page(&opt, &office[which].m);
}

static const char schema[] = "doc/assessed-machine.schema.json";

static void the_worst_machine_reads_as_agreed(void **state)
{
	char *text = page_of(PICTURE_HUMAN, 0), *again = page_of(PICTURE_HUMAN, 0);

	(void)state;
	golden_check("tests/golden/picture/page.txt", text);
	assert_string_equal(text, again);
	free(text);
	free(again);
}

static void every_machine_has_a_page_in_every_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLE_OFFICE; i++) {
		char *human = page_of(PICTURE_HUMAN, i), *json = page_of(PICTURE_JSON, i);
		char *html = page_of(PICTURE_HTML, i);

		assert_true(golden_is_valid(schema, json));
		assert_null(strcasestr(human, "clean"));
		assert_non_null(strstr(html, "</html>"));
		free(human);
		free(json);
		free(html);
	}
}

static void a_table_has_no_page(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];
	struct picture_options opt = sample_options(PICTURE_CSV, stdout);

	(void)state;
	sample_office(office);
	assert_int_equal(picture_page(&opt, &office[0].m), RC_INVAL);
}

static void a_machine_never_assessed_says_so(void **state)
{
	char *human = page_of(PICTURE_HUMAN, 6), *json = page_of(PICTURE_JSON, 6);
	char *html = page_of(PICTURE_HTML, 6);

	(void)state;
	golden_check("tests/golden/picture/page-never.txt", human);
	assert_non_null(strstr(json, "\"assessed\":\"never\""));
	assert_non_null(strstr(html, "Never assessed"));
	free(human);
	free(json);
	free(html);
}

static void what_could_not_be_read_is_told_with_why(void **state)
{
	struct sample_machine one;
	const struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	struct observation many[40];
	char *text;

	(void)state;
	sample_unknown(&one, "name:x", "x", 1);
	sample_judged(&one, "Windows 7", PATCH_UNKNOWN, MARK_UNKNOWN);
	for (size_t i = 0; i < 40; i++)
		many[i] = (struct observation){.key = "file:system32/x.dll",
					       .value = "access denied",
					       .state = OBSERVED_UNREADABLE,
					       .by = BY_FILE,
					       .at_ns = SAMPLE_NOW};
	many[0].state = OBSERVED_VALUE;
	one.posture.list = many;
	one.posture.n = 40;
	text = page(&opt, &one.m);
	assert_non_null(strstr(text, "file       its files, over SMB: 1 answer, 39 not readable"));
	assert_non_null(strstr(text, "file:system32/x.dll: access denied"));
	assert_non_null(strstr(text, "and 27 more: -o json has all"));
	free(text);
}

static void strangers_sources_are_named_unknown(void **state)
{
	struct sample_machine one;
	struct picture_options opt = sample_options(PICTURE_JSON, NULL);
	struct observation many[64];
	char *text;

	(void)state;
	sample_unknown(&one, "name:x", "x", 1);
	sample_judged(&one, "Windows 7", PATCH_UNKNOWN, MARK_UNKNOWN);
	for (size_t i = 0; i < 64; i++)
		many[i] = (struct observation){.key = "os.version",
					       .value = "6.1",
					       .state = OBSERVED_VALUE,
					       .by = (uint8_t)(255 - i)};
	one.posture.list = many;
	one.posture.n = 64;
	text = page(&opt, &one.m);
	assert_true(golden_is_valid(schema, text));
	assert_non_null(strstr(text, "\"by\":\"unknown\""));
	free(text);
	opt.format = PICTURE_HUMAN;
	text = page(&opt, &one.m);
	assert_non_null(strstr(text, "an unknown source"));
	free(text);
}

/* --- html --- */

static void an_office_prints_as_agreed(void **state)
{
	char *site = sample_office_as(PICTURE_HTML), *again = sample_office_as(PICTURE_HTML);
	char *machine = page_of(PICTURE_HTML, 0);

	(void)state;
	golden_check("tests/golden/picture/office.html", site);
	assert_string_equal(site, again);
	golden_check("tests/golden/picture/page.html", machine);
	free(site);
	free(again);
	free(machine);
}

/* Tags that are open and closed as often; nothing that loads or runs. */
static void check_html(const char *text)
{
	static const char *const tags[] = {"table", "tr", "td",     "th",     "span", "p",
					   "h2",    "h3", "div",    "ol",     "li",   "dl",
					   "dt",    "dd", "strong", "section"};
	static const char *const never[] = {"<script",     "src=",  "href=", "url(",
					    "@import",     "<img",  "<link", "onerror",
					    "javascript:", "http:", "https:"};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		char open[16], closed[16];
		int n = 0;

		(void)snprintf(open, sizeof(open), "<%s", tags[i]);
		(void)snprintf(closed, sizeof(closed), "</%s>", tags[i]);
		for (const char *at = text; (at = strstr(at, open)) != NULL; at++)
			n += at[strlen(open)] == ' ' || at[strlen(open)] == '>';
		for (const char *at = text; (at = strstr(at, closed)) != NULL; at++)
			n--;
		if (n != 0)
			fail_msg("<%s>: %d", tags[i], n);
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strcasestr(text, never[i]) != NULL)
			fail_msg("%s", never[i]);
	for (const char *at = text; *at != '\0'; at++)
		assert_true(*at == '\n' || ((unsigned char)*at >= 0x20 && *at != 0x7f));
}

static void hostile_names_are_text_in_html(void **state)
{
	static const char evil[] =
		"</td></table><SCRIPT>alert(1)</SCRIPT><img src=x onerror='a'>\"&"
		"\x1b\x07\xe2\x80\xae\xff";
	struct sample_machine office[SAMPLE_OFFICE];
	const struct picture_options opt = sample_options(PICTURE_HTML, NULL);
	char *text, *at;

	(void)state;
	sample_office(office);
	for (size_t i = 0; i < SAMPLE_OFFICE; i++) {
		struct picture_machine *m = &office[i].m;

		m->id = m->name = m->os = m->user = m->place = m->owner = m->how = evil;
		for (size_t n = 0; n < office[i].posture.n; n++)
			office[i].seen[n].value = evil;
	}
	office[0].patches[1].why = office[0].patches[1].kbs = office[0].patches[1].conflict = evil;
	office[0].patches[1].remedy = evil;
	office[0].checks[0].value = office[0].checks[0].why = office[0].checks[0].wanted = evil;
	office[0].signs[0].why = evil;
	office[0].judged.os = evil;
	for (int turn = 0; turn < 2; turn++) {
		text = turn == 0 ? sample_draw(&opt, office, SAMPLE_OFFICE)
				 : page(&opt, &office[0].m);
		assert_non_null(text);
		assert_non_null(strstr(text, "&lt;SCRIPT&gt;"));
		while ((at = strcasestr(text, "src=x")) != NULL) /* they are there, as text */
			memcpy(at, "....x", 5);
		while ((at = strcasestr(text, "onerror")) != NULL)
			memcpy(at, ".......", 7);
		check_html(text);
		free(text);
	}
}

static void the_pages_need_nothing_else(void **state)
{
	char *site = sample_office_as(PICTURE_HTML), *machine = page_of(PICTURE_HTML, 0);

	(void)state;
	check_html(site);
	check_html(machine);
	free(site);
	free(machine);
}

static void a_list_to_walk_with_has_an_end(void **state)
{
	const struct picture_options opt = sample_options(PICTURE_HTML, NULL);
	struct sample_machine *list = calloc(5000, sizeof(*list));
	size_t rows = 0;
	char *text;

	(void)state;
	assert_non_null(list);
	for (size_t i = 0; i < 5000; i++)
		sample_unknown(&list[i], "name:x", "x", 0x0a000000 + (uint32_t)i);
	text = sample_draw(&opt, list, 5000);
	assert_non_null(text);
	for (const char *at = text; (at = strstr(at, "class=\"box\"")) != NULL; at++)
		rows++;
	assert_int_equal(rows, 2000);
	assert_non_null(strstr(text, "And 3,000 more: quell assess -o csv lists them all."));
	free(text);
	free(list);
}

static void a_full_disk_is_told(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];
	struct picture *p = NULL;

	(void)state;
	sample_office(office);
	for (int f = PICTURE_HUMAN; f <= PICTURE_HTML; f++) {
		struct picture_options opt =
			sample_options((enum picture_format)f, fopen("/dev/full", "w"));

		if (opt.to == NULL)
			skip();
		if (f != PICTURE_CSV)
			assert_int_equal(picture_page(&opt, &office[0].m), RC_IO);
		fclose(opt.to);
	}
	struct picture_options opt = sample_options(PICTURE_HTML, fopen("/dev/full", "w"));

	assert_non_null(opt.to);
	assert_int_equal(picture_new(&opt, &p), RC_OK);
	assert_int_equal(picture_add(p, &office[0].m), RC_OK);
	assert_int_equal(picture_end(p), RC_IO);
	picture_free(p);
	fclose(opt.to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worst_machine_reads_as_agreed),
		cmocka_unit_test(every_machine_has_a_page_in_every_format),
		cmocka_unit_test(a_table_has_no_page),
		cmocka_unit_test(a_machine_never_assessed_says_so),
		cmocka_unit_test(what_could_not_be_read_is_told_with_why),
		cmocka_unit_test(strangers_sources_are_named_unknown),
		cmocka_unit_test(an_office_prints_as_agreed),
		cmocka_unit_test(hostile_names_are_text_in_html),
		cmocka_unit_test(the_pages_need_nothing_else),
		cmocka_unit_test(a_list_to_walk_with_has_an_end),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
