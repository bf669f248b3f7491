/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "golden.h"
#include "picture_office.h"

static const char schema[] = "doc/assessment-diff.schema.json";

static char *compare(const struct picture_options *given, const struct picture_change *list,
		     size_t n)
{
	struct picture_options opt = *given;
	struct picture_diff *d = NULL;
	char *text = NULL;
	size_t len = 0;

	opt.to = open_memstream(&text, &len);
	assert_non_null(opt.to);
	assert_int_equal(picture_diff_new(&opt, &d), RC_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(picture_diff_add(d, &list[i]), RC_OK);
	assert_int_equal(picture_diff_end(d), RC_OK);
	picture_diff_free(d);
	fclose(opt.to);
	return text;
}

struct week { /* the office before and after a night's work */
	struct sample_machine before[SAMPLE_OFFICE], after[SAMPLE_OFFICE];
	struct picture_change changes[SAMPLE_OFFICE];
};

/* PC-0042 was patched; PC-0043 restarted; PC-0044 was tampered with; SRV-01 could not be read;
 * one is gone, one new, one was assessed for the first time, the others are the same. */
static void make_week(struct week *w)
{
	sample_office(w->before);
	sample_office(w->after);
	sample_patch_is(&w->after[0], "ms08-067", PATCH_EFFECTIVE,
			"system32/netapi32.dll is 5.1.2600.5694", "");
	sample_check_is(&w->after[0], "guest", MARK_PASS, "disabled", "disabled");
	sample_check_is(&w->after[0], "audit-logon", MARK_FAIL, "none", "success and failure");
	w->after[0].judged.n_signs = 0;
	sample_patch_is(&w->after[1], "ms08-067", PATCH_EFFECTIVE, "", "");
	sample_patch_is(&w->after[2], "ms17-010", PATCH_MISSING,
			"system32/drivers/srv.sys is 6.1.7601.17514, fixed in 6.1.7601.23689",
			"KB4012212");
	sample_sign(&w->after[2], "protection-disabled", "WinDefend is stopped and disabled", true);
	sample_judged(&w->after[3], "Windows Server 2008 R2 Service Pack 1", PATCH_UNKNOWN,
		      MARK_UNKNOWN);
	w->after[3].posture.n = 0;
	sample_judged(&w->after[6], "Windows 7 Service Pack 1", PATCH_EFFECTIVE, MARK_PASS);
	sample_patch_is(&w->after[6], "bluekeep", PATCH_MISSING, "", "KB4499175");
	sample_sees(&w->after[6], "os.version", "6.1.7601", OBSERVED_VALUE, BY_REGISTRY);
	w->after[8].judged.os = "Windows 10 22H2";
	for (size_t i = 0; i < SAMPLE_OFFICE; i++)
		w->changes[i] = (struct picture_change){&w->before[i].m, &w->after[i].m};
	w->changes[5].after = NULL;
	w->changes[7].before = NULL;
}

static void a_night_of_work_reads_as_agreed(void **state)
{
	static const struct {
		enum picture_format format;
		const char *golden;
	} cases[] = {{PICTURE_HUMAN, "tests/golden/picture/diff.txt"},
		     {PICTURE_CSV, "tests/golden/picture/diff.csv"},
		     {PICTURE_JSON, "tests/golden/picture/diff.json"}};
	static struct week w;

	(void)state;
	make_week(&w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct picture_options opt = sample_options(cases[i].format, NULL);
		char *text = compare(&opt, w.changes, SAMPLE_OFFICE);
		char *again = compare(&opt, w.changes, SAMPLE_OFFICE);

		golden_check(cases[i].golden, text);
		assert_string_equal(text, again);
		if (cases[i].format == PICTURE_JSON)
			assert_true(golden_is_valid(schema, text));
		free(text);
		free(again);
	}
}

static void the_same_twice_is_no_change(void **state)
{
	static struct week w;
	const struct picture_options opt = sample_options(PICTURE_JSON, NULL);
	const struct picture_options table = sample_options(PICTURE_CSV, NULL);
	char *text;

	(void)state;
	make_week(&w);
	for (size_t i = 0; i < SAMPLE_OFFICE; i++)
		w.changes[i] = (struct picture_change){&w.before[i].m, &w.before[i].m};
	text = compare(&opt, w.changes, SAMPLE_OFFICE);
	assert_true(golden_is_valid(schema, text));
	assert_non_null(strstr(text, "\"machines\":[],"));
	assert_non_null(strstr(text, "\"same\":9,\"better\":0,\"worse\":0"));
	free(text);
	text = compare(&table, w.changes, SAMPLE_OFFICE);
	assert_string_equal(text, "id,name,address,what,about,item,from,to,direction,why\r\n");
	free(text);
}

/* What is worse one way is better the other way, on as many machines. */
static void backwards_is_the_opposite(void **state)
{
	static const char *const pairs[][2] = {{"worse", "better"}, {"lost", "learned"}};
	static struct week w;
	const struct picture_options opt = sample_options(PICTURE_CSV, NULL);
	char *there, *back;

	(void)state;
	make_week(&w);
	w.after[3].posture.n = 1; /* or its signs are lost, which has no opposite */
	there = compare(&opt, w.changes, SAMPLE_OFFICE);
	for (size_t i = 0; i < SAMPLE_OFFICE; i++)
		w.changes[i] = (struct picture_change){w.changes[i].after, w.changes[i].before};
	back = compare(&opt, w.changes, SAMPLE_OFFICE);
	for (size_t i = 0; i < 4; i++) {
		char one[16], other[16];
		int n = 0;

		(void)snprintf(one, sizeof(one), ",%s,", pairs[i / 2][i % 2]);
		(void)snprintf(other, sizeof(other), ",%s,", pairs[i / 2][1 - i % 2]);
		for (const char *at = there; (at = strstr(at, one)) != NULL; at++)
			n++;
		for (const char *at = back; (at = strstr(at, other)) != NULL; at++)
			n--;
		assert_int_equal(n, 0);
	}
	free(there);
	free(back);
}

static void a_sign_that_was_not_looked_for_again_is_not_gone(void **state)
{
	struct sample_machine before, after;
	const struct picture_options opt = sample_options(PICTURE_CSV, NULL);
	struct picture_change c = {&before.m, &after.m};
	char *text;

	(void)state;
	sample_worst(&before);
	sample_worst(&after);
	after.judged.n_signs = 0;
	text = compare(&opt, &c, 1);
	assert_non_null(strstr(text, "protection-disabled,present,absent,better,"));
	free(text);
	after.posture.n = 0; /* nothing was learned */
	text = compare(&opt, &c, 1);
	assert_non_null(strstr(text, "protection-disabled,present,absent,lost,"));
	free(text);
}

static void what_is_worse_comes_first_among_thousands(void **state)
{
	enum { MANY = 4000 };
	static char ids[MANY][24];
	struct sample_machine *list = calloc(2 * (size_t)MANY, sizeof(*list));
	const struct picture_options opt = sample_options(PICTURE_HUMAN, NULL);
	struct picture_diff *d = NULL;
	struct picture_options to = opt;
	char *text = NULL;
	size_t len = 0;

	(void)state;
	assert_non_null(list);
	to.to = open_memstream(&text, &len);
	assert_int_equal(picture_diff_new(&to, &d), RC_OK);
	for (size_t i = 0; i < MANY; i++) {
		struct sample_machine *a = &list[2 * i], *b = &list[2 * i + 1];
		bool is_worse = i >= MANY - 3;

		(void)snprintf(ids[i], sizeof(ids[i]), "ip:%04zu", i);
		sample_unknown(a, ids[i], "", 0);
		sample_unknown(b, ids[i], "", 0);
		sample_judged(a, "Windows 7", PATCH_EFFECTIVE, MARK_PASS);
		sample_judged(b, "Windows 7", PATCH_EFFECTIVE, MARK_PASS);
		sample_patch(is_worse ? b : a, "ms08-067")->state = PATCH_MISSING;
		struct picture_change c = {&a->m, &b->m};

		assert_int_equal(picture_diff_add(d, &c), RC_OK);
	}
	assert_int_equal(picture_diff_end(d), RC_OK);
	picture_diff_free(d);
	fclose(to.to);
	assert_non_null(strstr(text, "Machines that miss a patch: 3,997 before, 3 now."));
	assert_non_null(strstr(text, "Better on 3,997 machines, worse on 3."));
	assert_non_null(strstr(text, "  1.  ip:3997, Windows 7\n    worse "));
	assert_non_null(strstr(text, "  4.  ip:0000, Windows 7\n    better "));
	assert_non_null(strstr(text, "and 3,950 more machines"));
	free(text);
	free(list);
}

static void hostile_names_stay_in_their_cells(void **state)
{
	static const char evil[] = "=1+1,\"\r\n\x1b[2J\xff";
	static struct week w;

	(void)state;
	make_week(&w);
	for (size_t i = 0; i < SAMPLE_OFFICE; i++)
		w.after[i].m.name = w.before[i].m.name = evil;
	w.after[2].patches[2].why = evil;
	w.after[8].judged.os = evil;
	for (int f = PICTURE_HUMAN; f <= PICTURE_CSV; f++) {
		const struct picture_options opt = sample_options((enum picture_format)f, NULL);
		char *text = compare(&opt, w.changes, SAMPLE_OFFICE);

		for (const char *at = text; *at != '\0'; at++)
			assert_true(*at == '\n' || *at == '\r' ||
				    ((unsigned char)*at >= 0x20 && *at != 0x7f));
		if (f == PICTURE_JSON)
			assert_true(golden_is_valid(schema, text));
		if (f == PICTURE_CSV)
			assert_null(strstr(text, ",="));
		free(text);
	}
}

static void there_is_no_comparison_in_html(void **state)
{
	const struct picture_options opt = sample_options(PICTURE_HTML, stdout);
	struct picture_diff *d = NULL;

	(void)state;
	assert_int_equal(picture_diff_new(&opt, &d), RC_INVAL);
	assert_null(d);
}

static void nothing_against_nothing_is_said(void **state)
{
	const struct picture_change none = {NULL, NULL};

	(void)state;
	for (int f = PICTURE_HUMAN; f <= PICTURE_CSV; f++) {
		const struct picture_options opt = sample_options((enum picture_format)f, NULL);
		char *text = compare(&opt, &none, 1);

		assert_true(strlen(text) > 0);
		if (f == PICTURE_JSON)
			assert_true(golden_is_valid(schema, text));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_night_of_work_reads_as_agreed),
		cmocka_unit_test(the_same_twice_is_no_change),
		cmocka_unit_test(backwards_is_the_opposite),
		cmocka_unit_test(a_sign_that_was_not_looked_for_again_is_not_gone),
		cmocka_unit_test(what_is_worse_comes_first_among_thousands),
		cmocka_unit_test(hostile_names_stay_in_their_cells),
		cmocka_unit_test(there_is_no_comparison_in_html),
		cmocka_unit_test(nothing_against_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
