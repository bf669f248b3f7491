/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <jansson.h>
#include <malloc.h>

#include "golden.h"
#include "picture_office.h"

static const char schema[] = "doc/assessment.schema.json";

static json_t *parsed(const char *text)
{
	json_error_t error;
	json_t *root = json_loads(text, 0, &error);

	if (root == NULL)
		fail_msg("line %d: %s", error.line, error.text);
	return root;
}

static json_int_t number(const json_t *root, const char *key)
{
	const json_t *v = json_object_get(root, key);

	assert_true(json_is_integer(v));
	return json_integer_value(v);
}

/* Element of a list whose "id" it is. */
static json_t *with_id(const json_t *root, const char *list, const char *id)
{
	json_t *all = json_object_get(root, list), *one;
	size_t i;

	assert_true(json_is_array(all));
	json_array_foreach(all, i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "id")), id) == 0)
			return one;
	}
	fail_msg("no %s in %s", id, list);
	return NULL;
}

static void an_office_matches_the_schema(void **state)
{
	char *text = sample_office_as(PICTURE_JSON), *again = sample_office_as(PICTURE_JSON);

	(void)state;
	assert_non_null(text);
	assert_true(golden_is_valid(schema, text));
	assert_string_equal(text, again);
	golden_check("tests/golden/picture/office.json", text);
	free(text);
	free(again);
}

static void the_schema_notices_mistakes(void **state)
{
	static const char *const breaks[][2] = {
		{"\"assessed\":\"never\"", "\"assessed\":\"clean\""},
		{"\"state\":\"pending\"", "\"state\":\"Pending\""},
		{"\"harm\":87.5", "\"harm\":-7.5"},
		{"\"address\":\"10.1.2.3\"", "\"address\":\"10.1.2,3\""},
		{"\"summary\":", "\"sunmary\":"},
		{"\"how\":\"access denied\",\"at\":\"2026-12-01T",
		 "\"how\":\"access denied\",\"at\":\"2026-12-01 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		char *text = sample_office_as(PICTURE_JSON), *at;

		assert_non_null(text);
		at = strstr(text, breaks[i][0]);
		assert_non_null(at);
		memcpy(at, breaks[i][1], strlen(breaks[i][1]));
		if (golden_is_valid(schema, text))
			fail_msg("not noticed: %s", breaks[i][1]);
		free(text);
	}
}

static void a_picture_of_nothing_matches_the_schema(void **state)
{
	struct picture_options opt = sample_options(PICTURE_JSON, NULL);
	char *text;

	(void)state;
	opt.baseline = NULL;
	opt.loose = NULL;
	opt.n_weaknesses = 0;
	opt.at_ns = 0;
	text = sample_draw(&opt, NULL, 0);
	assert_non_null(text);
	assert_true(golden_is_valid(schema, text));
	free(text);
}

static void every_machine_is_counted_once_in_each_total(void **state)
{
	static const char *const states[] = {"effective", "pending", "missing", "unknown",
					     "not-affected"};
	static const char *const marks[] = {"fail", "warn", "unknown", "pass", "not-applicable"};
	char *text = sample_office_as(PICTURE_JSON);
	json_t *root = parsed(text), *one;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(root, "weaknesses"), i, one)
	{
		json_int_t sum = 0;

		for (size_t s = 0; s < 5; s++)
			sum += number(one, states[s]);
		assert_int_equal(sum, SAMPLE_OFFICE);
	}
	assert_int_equal(i, SAMPLE_WEAKNESSES);
	json_array_foreach(json_object_get(root, "policy"), i, one)
	{
		json_int_t sum = 0;

		for (size_t s = 0; s < 5; s++)
			sum += number(one, marks[s]);
		assert_int_equal(sum, SAMPLE_OFFICE);
	}
	assert_int_equal(i, SAMPLE_CHECKS);
	assert_int_equal(json_array_size(json_object_get(root, "machines")), SAMPLE_OFFICE);
	json_decref(root);
	free(text);
}

static void the_never_assessed_are_unknown_in_the_totals(void **state)
{
	char *text = sample_office_as(PICTURE_JSON);
	json_t *root = parsed(text), *summary = json_object_get(root, "summary");
	json_t *ms08 = with_id(root, "weaknesses", "ms08-067");

	(void)state;
	/* PC-0050 answered nothing, PC-0051 and the one with a card were never asked */
	assert_int_equal(number(ms08, "unknown"), 3);
	assert_int_equal(number(ms08, "missing"), 1);
	assert_int_equal(number(ms08, "pending"), 1);
	assert_int_equal(number(with_id(root, "weaknesses", "ms17-010"), "unknown"), 4);
	assert_int_equal(number(with_id(root, "weaknesses", "ms17-010"), "conflicts"), 1);
	assert_int_equal(number(with_id(root, "weaknesses", "ms17-010"), "remedied"), 1);
	assert_int_equal(number(with_id(root, "policy", "guest"), "unknown"), 4);
	assert_int_equal(number(json_object_get(summary, "assessed"), "never"), 2);
	assert_int_equal(number(json_object_get(summary, "assessed"), "failed"), 1);
	assert_int_equal(number(json_object_get(summary, "assessed"), "partly"), 1);
	assert_int_equal(number(json_object_get(summary, "states"), "unknown"), 4);
	assert_int_equal(number(json_object_get(summary, "states"), "missing"), 2);
	assert_int_equal(number(summary, "loose_missing"), 1);
	assert_int_equal(number(summary, "unassessed_infected"), 1);
	assert_int_equal(number(summary, "tampered"), 1);
	assert_int_equal(number(json_object_get(summary, "protection"), "running"), 3);
	assert_int_equal(number(json_object_get(summary, "protection"), "stopped"), 1);
	assert_int_equal(number(json_object_get(summary, "protection"), "none"), 1);
	assert_string_equal(json_string_value(json_object_get(
				    with_id(root, "machines", "name:pc-0050"), "assessed")),
			    "failed");
	json_decref(root);
	free(text);
}

static const char evil[] = "=cmd|' /C calc'!A0\",\r\n\x1b[2J<script>\xff\xe2\x80\xae";

static void hostile_names_stay_ascii_in_json(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];
	const struct picture_options opt = sample_options(PICTURE_JSON, NULL);
	char *text;

	(void)state;
	sample_office(office);
	office[0].m.name = evil;
	office[0].m.owner = evil;
	office[0].patches[1].why = evil;
	office[0].checks[0].value = evil;
	office[0].signs[0].why = evil;
	office[0].signs[0].id = evil;
	text = sample_draw(&opt, office, SAMPLE_OFFICE);
	assert_non_null(text);
	for (const char *at = text; *at != '\0'; at++)
		assert_true(*at == '\n' || (*at >= 0x20 && *at < 0x7f));
	assert_true(golden_is_valid(schema, text));
	free(text);
}

/* --- csv --- */

static void an_office_is_a_table(void **state)
{
	char *text = sample_office_as(PICTURE_CSV), *again = sample_office_as(PICTURE_CSV);

	(void)state;
	golden_check("tests/golden/picture/office.csv", text);
	assert_string_equal(text, again);
	free(text);
	free(again);
}

/* Cells per line, read as RFC 4180 says; 0: lines differ, or a quote is not closed. */
static size_t cells_per_line(const char *text, size_t *ret_lines)
{
	size_t cells = 1, wanted = 0, lines = 0;
	bool is_quoted = false;

	for (; *text != '\0'; text++) {
		if (*text == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && *text == ',')
			cells++;
		if (is_quoted || *text != '\n')
			continue;
		if (wanted != 0 && cells != wanted)
			return 0;
		wanted = cells;
		cells = 1;
		lines++;
	}
	*ret_lines = lines;
	return is_quoted ? 0 : wanted;
}

static void hostile_cells_are_no_formulas_and_no_lines(void **state)
{
	struct sample_machine office[SAMPLE_OFFICE];
	const struct picture_options opt = sample_options(PICTURE_CSV, NULL);
	size_t lines = 0;
	char *text;

	(void)state;
	sample_office(office);
	for (size_t i = 0; i < SAMPLE_OFFICE; i++)
		office[i].m.name = office[i].m.user = office[i].m.how = evil;
	office[0].signs[0].id = evil;
	office[0].patches[1].kbs = evil;
	text = sample_draw(&opt, office, SAMPLE_OFFICE);
	assert_non_null(text);
	assert_int_equal(cells_per_line(text, &lines), 21 + SAMPLE_WEAKNESSES);
	assert_int_equal(lines, SAMPLE_OFFICE + 1);
	assert_null(strstr(text, ",="));
	assert_null(strstr(text, ",\"="));
	assert_null(strchr(text, 0x1b));
	free(text);
}

static void long_lists_in_a_cell_end_at_a_whole_word(void **state)
{
	static struct check checks[200];
	static struct judged_check judged[200];
	static char ids[200][24];
	struct baseline baseline = {.id = "big", .title = "", .checks = checks, .n_checks = 200};
	struct picture_options opt = sample_options(PICTURE_CSV, NULL);
	struct sample_machine one;
	char *text;

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "check-%03zu", i);
		checks[i] = (struct check){.id = ids[i], .group = "x", .title = "x"};
		judged[i] = (struct judged_check){.check = &checks[i], .mark = MARK_FAIL};
	}
	opt.baseline = &baseline;
	sample_unknown(&one, "name:x", "x", 1);
	sample_judged(&one, "Windows 7", PATCH_EFFECTIVE, MARK_PASS);
	one.judged.checks = judged;
	one.judged.n_checks = 200;
	text = sample_draw(&opt, &one, 1);
	assert_non_null(text);
	assert_non_null(strstr(text, "check-000;check-001;"));
	assert_non_null(strstr(text, "check-101;...\""));
	free(text);
}

/* --- signs --- */

static void a_weak_sign_is_not_counted_as_a_strong_one(void **state)
{
	struct sample_machine list[3];
	const struct picture_options opt = sample_options(PICTURE_JSON, NULL);
	json_t *root, *signs;
	char *text;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		sample_unknown(&list[i], "name:x", "x", (uint32_t)i + 1);
		sample_judged(&list[i], "Windows 7", PATCH_EFFECTIVE, MARK_PASS);
		sample_sign(&list[i], "protection-disabled", "stopped and disabled", i == 1);
	}
	sample_sign(&list[0], "protection-disabled", "again", false); /* counts once */
	text = sample_draw(&opt, list, 3);
	root = parsed(text);
	signs = json_object_get(root, "tampering");
	assert_int_equal(json_array_size(signs), 2);
	assert_true(json_is_true(json_object_get(json_array_get(signs, 0), "strong")));
	assert_int_equal(number(json_array_get(signs, 0), "machines"), 1);
	assert_int_equal(number(json_array_get(signs, 1), "machines"), 2);
	assert_int_equal(number(json_object_get(root, "summary"), "tampered"), 1);
	json_decref(root);
	free(text);
}

/* --- the real catalogue, and the real judge --- */

static void the_real_catalogue_can_be_drawn(void **state)
{
	static const struct observation seen[] = {
		{"os.version", "5.1.2600", OBSERVED_VALUE, BY_REGISTRY, SAMPLE_NOW},
		{"os.service-pack", "3", OBSERVED_VALUE, BY_REGISTRY, SAMPLE_NOW},
		{"file:system32/netapi32.dll", "5.1.2600.5512", OBSERVED_VALUE, BY_FILE,
		 SAMPLE_NOW},
		{"policy.min-password-length", "0", OBSERVED_VALUE, BY_SAMR, SAMPLE_NOW},
	};
	struct picture_options opt = sample_options(PICTURE_JSON, NULL);
	struct sample_machine one;
	struct knowledge *k = NULL;
	struct posture *p = NULL;
	struct judged *j = NULL;
	char err[256] = "", *text;
	json_t *root;

	(void)state;
	assert_int_equal(knowledge_new(NULL, &k, err, sizeof(err)), RC_OK);
	assert_int_equal(posture_new(&p), RC_OK);
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		assert_int_equal(posture_add(p, &seen[i]), RC_OK);
	assert_int_equal(judge_posture(p, k, sample_loose, &j), RC_OK);
	opt.weaknesses = knowledge_weaknesses(k, &opt.n_weaknesses);
	opt.baseline = knowledge_baseline(k);
	sample_unknown(&one, "name:pc", "pc", 1);
	one.m.judged = j;
	one.m.at_ns = SAMPLE_NOW;
	text = sample_draw(&opt, &one, 1);
	assert_non_null(text);
	assert_true(golden_is_valid(schema, text));
	root = parsed(text);
	assert_int_equal(number(with_id(root, "weaknesses", "ms08-067"), "missing"), 1);
	assert_int_equal(number(with_id(root, "policy", "password-length"), "fail"), 1);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(json_object_get(root, "worst"), 0), "id")),
			    "name:pc");
	json_decref(root);
	free(text);
	for (int f = PICTURE_HUMAN; f <= PICTURE_HTML; f++) {
		opt.format = (enum picture_format)f;
		text = sample_draw(&opt, &one, 1);
		assert_non_null(text);
		assert_non_null(strstr(text, "ms08-067"));
		free(text);
	}
	judged_free(j);
	posture_free(p);
	knowledge_free(k);
}

/* --- streaming --- */

static size_t heap(void)
{
	return mallinfo2().uordblks;
}

/* The heap in use after n machines, and nothing written kept. */
static size_t heap_after(enum picture_format format, const struct sample_machine *office, size_t n)
{
	struct picture_options opt = sample_options(format, fopen("/dev/null", "w"));
	struct picture *p = NULL;
	size_t used;

	assert_non_null(opt.to);
	assert_int_equal(picture_new(&opt, &p), RC_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(picture_add(p, &office[i % SAMPLE_OFFICE].m), RC_OK);
	used = heap();
	assert_int_equal(picture_end(p), RC_OK);
	picture_free(p);
	fclose(opt.to);
	return used;
}

static void memory_stays_flat_however_many_come(void **state)
{
	static const enum picture_format formats[] = {PICTURE_HUMAN, PICTURE_JSON, PICTURE_CSV};
	struct sample_machine office[SAMPLE_OFFICE];

	(void)state;
	sample_office(office);
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		size_t few = heap_after(formats[f], office, 1000);
		size_t many = heap_after(formats[f], office, 20000);

		assert_true(many <= few + 64 * 1024);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_office_matches_the_schema),
		cmocka_unit_test(the_schema_notices_mistakes),
		cmocka_unit_test(a_picture_of_nothing_matches_the_schema),
		cmocka_unit_test(every_machine_is_counted_once_in_each_total),
		cmocka_unit_test(the_never_assessed_are_unknown_in_the_totals),
		cmocka_unit_test(hostile_names_stay_ascii_in_json),
		cmocka_unit_test(an_office_is_a_table),
		cmocka_unit_test(hostile_cells_are_no_formulas_and_no_lines),
		cmocka_unit_test(long_lists_in_a_cell_end_at_a_whole_word),
		cmocka_unit_test(a_weak_sign_is_not_counted_as_a_strong_one),
		cmocka_unit_test(the_real_catalogue_can_be_drawn),
		cmocka_unit_test(memory_stays_flat_however_many_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
