/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "threat/builtin.h"
#include "threat/catalogue.h"
#include "threat/knowledge.h"
#include "threat/read.h"

enum { ERR = 1024 };

static struct knowledge *knowledge(const char *baseline)
{
	struct knowledge *k = NULL;
	char err[ERR] = "";

	if (knowledge_new(baseline, &k, err, sizeof(err)) != RC_OK)
		fail_msg("%s", err);
	return k;
}

/* --- what is built in --- */

static unsigned files_in(const char *folder)
{
	char path[4096];
	unsigned n = 0;
	DIR *d = NULL;

	(void)snprintf(path, sizeof(path), "%s/data/%s", getenv("QUELL_SOURCE"), folder);
	d = opendir(path);
	assert_non_null(d);
	for (const struct dirent *e = NULL; (e = readdir(d)) != NULL;) {
		size_t len = strlen(e->d_name);

		n += len > 5 && strcmp(e->d_name + len - 5, ".yaml") == 0;
	}
	closedir(d);
	return n;
}

static unsigned built_in(const char *folder)
{
	unsigned n = 0;

	for (const struct builtin *b = builtin_files; b->name != NULL; b++)
		n += strcmp(b->folder, folder) == 0;
	return n;
}

static void every_file_of_the_data_is_built_in(void **state)
{
	(void)state;
	if (getenv("QUELL_SOURCE") == NULL)
		skip();
	assert_true(files_in("catalogue") > 0);
	assert_int_equal(built_in("catalogue"), files_in("catalogue"));
	assert_true(files_in("baselines") > 0);
	assert_int_equal(built_in("baselines"), files_in("baselines"));
}

static void weaknesses_are_there_by_id_and_named_as_their_files(void **state)
{
	struct knowledge *k = knowledge(NULL);
	size_t n = 0;
	const struct weakness *w = knowledge_weaknesses(k, &n);

	(void)state;
	assert_int_equal(n, built_in("catalogue"));
	for (size_t i = 0; i < n; i++) {
		char file[80];
		bool is_there = false;

		if (i > 0)
			assert_true(strcmp(w[i - 1].id, w[i].id) < 0);
		(void)snprintf(file, sizeof(file), "%s.yaml", w[i].id);
		for (const struct builtin *b = builtin_files; b->name != NULL; b++)
			is_there = is_there || strcmp(b->name, file) == 0;
		assert_true(is_there);
		assert_non_null(threat_find(w[i].threats[0]));
		assert_ptr_equal(knowledge_weakness(k, w[i].id), &w[i]);
	}
	assert_null(knowledge_weakness(k, "ms08"));
	knowledge_free(k);
}

static const struct fixed *fixed(const struct weakness *w, struct version os, int sp,
				 enum branch branch)
{
	for (size_t i = 0; i < w->n_fixed; i++) {
		const struct fixed *f = &w->fixed[i];

		if (version_cmp(&f->os, &os) == 0 && f->service_pack == sp && f->branch == branch)
			return f;
	}
	fail_msg("%s has no such row", w->id);
	return NULL;
}

static void the_rows_of_ms08_067_are_those_of_the_bulletin(void **state)
{
	static const struct {
		struct version os;
		int sp;
		enum branch branch;
		struct version want;
	} cases[] = {
		{{{5, 0, 2195}}, 4, BRANCH_ANY, {{5, 0, 2195, 7203}}},
		{{{5, 1, 2600}}, 3, BRANCH_ANY, {{5, 1, 2600, 5694}}},
		{{{6, 0, 6001}}, -1, BRANCH_GDR, {{6, 0, 6001, 18157}}},
		{{{6, 0, 6001}}, -1, BRANCH_LDR, {{6, 0, 6001, 22288}}},
	};
	struct knowledge *k = knowledge(NULL);
	const struct weakness *w = knowledge_weakness(k, "ms08-067");

	(void)state;
	assert_non_null(w);
	assert_string_equal(w->file, "system32/netapi32.dll");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct fixed *f = fixed(w, cases[i].os, cases[i].sp, cases[i].branch);

		assert_int_equal(f->by, FIXED_BY_FILE);
		assert_int_equal(version_cmp(&f->version, &cases[i].want), 0);
		assert_string_equal(f->kbs[0], "KB958644");
		assert_null(f->kbs[1]);
	}
	knowledge_free(k);
}

static void every_baseline_reads(void **state)
{
	(void)state;
	for (const char *const *name = knowledge_baselines(); *name != NULL; name++) {
		struct knowledge *k = knowledge(*name);
		const struct baseline *b = knowledge_baseline(k);

		assert_string_equal(b->id, *name);
		assert_true(b->n_checks > 0);
		knowledge_free(k);
	}
}

/* --- what is refused --- */

struct refusal {
	const char *text; /* of the file */
	const char *want; /* part of the message */
};

static void refused(bool is_baseline, const struct refusal *c)
{
	char err[ERR] = "";
	struct arena *arena = NULL;
	struct yaml_source src = {
		"f.yaml", {(const uint8_t *)c->text, strlen(c->text)}, NULL, err, sizeof(err)};
	const struct baseline_finder finder = {NULL, NULL};
	struct weakness w = {.id = "untouched"};
	struct baseline b = {.id = "untouched"};

	assert_int_equal(arena_new(8 << 20, &arena), RC_OK);
	src.arena = arena;
	assert_int_equal(is_baseline ? baseline_read(&src, &finder, &b) : weakness_read(&src, &w),
			 RC_INVAL);
	if (strstr(err, c->want) == NULL)
		fail_msg("'%s' has no '%s' in it", err, c->want);
	assert_int_equal(strncmp(err, "f.yaml:", 7), 0);
	assert_string_equal(w.id, "untouched");
	assert_string_equal(b.id, "untouched");
	arena_free(arena);
}

#define HEAD                                                                                       \
	"weakness: a\ntitle: t\nthreats: [ms08-067]\naffected: {from: \"5.0\", until: \"6.1\"}\n"  \
	"source: s\nfile: system32/a.dll\n"
#define ROW(os, rest) HEAD "fixed: [{os: \"" os "\", " rest ", source: s}]\n"
#define REMEDY(rest)  HEAD "gaps: [Nothing.]\nremedies: [{" rest ", says: s, source: s}]\n"

static void a_catalogue_that_makes_no_sense_is_refused_with_the_place(void **state)
{
	static const struct refusal cases[] = {
		{"", "f.yaml: empty"},
		{"# nothing\n", "f.yaml: empty"},
		{"- a\n", "Expecting MAPPING"},
		{"weakness: [a\n", "f.yaml:1: weakness"},
		{HEAD "fixd: 3\n", "f.yaml:7: there is no key 'fixd'; did you mean 'fixed'?"},
		{HEAD "weakness: b\n", "already seen"},
		{HEAD "gaps: &g [Nothing.]\nanswers: *g\n", "aliases"},
		{HEAD "gaps: [Nothing.]\n---\na: b\n", "more than one document"},
		{"weakness: a\n", "Missing required mapping field"},
		{HEAD, "neither `fixed` nor `gaps`"},
		{HEAD "gaps: [Nothing]\n", "full stop"},
		{HEAD "gaps: [\"a\\x1b.\"]\n", "cannot be shown"},
		{ROW("5.1.2600", "by: fil, version: 5.1.1.1, kbs: [KB958644]"),
		 "fixed, entry 1 (5.1.2600): by: there is no 'fil'; did you mean 'file'?"},
		{ROW("5.1.2600", "by: file, version: 5.1.1.1.1, kbs: [KB958644]"), "is no version"},
		{ROW("5.1.2600", "by: file, kbs: [KB958644]"), "`version` goes with"},
		{ROW("5.1.2600", "by: build, ubr: 1, version: \"5.1\""), "`version` goes with"},
		{ROW("5.1.2600", "by: file, version: \"5.1\""), "`kbs` is empty"},
		{ROW("5.1.2600", "by: update, kbs: [958644]"), "is no update"},
		{ROW("5.1.2600", "by: update, kbs: [KB958644x]"), "is no update"},
		{ROW("6.1.7601", "by: update, kbs: [KB958644]"), "not among the affected"},
		{ROW("4.0.1381", "by: update, kbs: [KB958644]"), "not among the affected"},
		{ROW("5.1", "by: build, ubr: 3"), "needs the build"},
		{ROW("5.1.2600", "by: release, service-pack: 12"),
		 "'12' is no whole number of 0 to 9"},
		{ROW("5.1.2600", "by: release, service-pack: x"),
		 "fixed, entry 1 (5.1.2600): service-pack: 'x'"},
		{ROW("6.0.6001", "by: file, branch: gdr, version: 6.0.6001.22100, kbs: [KB958644]"),
		 "GDR ends below 20000"},
		{ROW("6.0.6001", "by: file, branch: ldr, version: 6.0.6001.18100, kbs: [KB958644]"),
		 "LDR ends at 20000"},
		{HEAD "fixed: [{os: \"5.1\", by: release, source: s}, {os: \"5.1\", by: release, "
		      "source: s}]\n",
		 "the same Windows as entry 1"},
		{HEAD "fixed: [{os: \"5.1\", by: release}]\n", "source"},
		{REMEDY("key: smb.smb2, equals: \"off\""), "did you mean 'smb.smb1'?"},
		{REMEDY("key: smb.smb1, equals: never"), "but one of: on|off"},
		{REMEDY("key: \"file:a/../b\", equals: x"), "is no file below"},
		{REMEDY("key: \"registry:HKCR\\\\x\", equals: x"), "HKLM"},
		{REMEDY("key: \"service:*\", equals: x"), "nowhere else"},
		{REMEDY("key: \"service:\", equals: x"), "must say of what"},
		{REMEDY("key: smb.smb1, equals: \"off\", means: patched"),
		 "`means` is for answers"},
		{"weakness: A b\ntitle: t\nthreats: [ms08-067]\naffected: {from: \"5\", until: "
		 "\"6\"}\nsource: s\n",
		 "is no id"},
		{"weakness: a\ntitle: t\nthreats: [ms08-06]\naffected: {from: \"5\", until: "
		 "\"6\"}\nsource: s\ngaps: [A.]\n",
		 "did you mean 'ms08-067'?"},
		{"weakness: a\ntitle: t\nthreats: [ms08-067]\naffected: {from: \"6\", until: "
		 "\"6\"}\nsource: s\n",
		 "`until` is the first"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(false, &cases[i]);
}

#define CHECK_HEAD "baseline: b\ntitle: t\nsummary: S.\n"
#define CHECK(rest)                                                                                \
	CHECK_HEAD                                                                                 \
	"checks:\n  - {id: a, group: network, title: t, reason: R., correct: c, doors: "           \
	"[autorun], source: s, " rest "}\n"

static void a_baseline_that_makes_no_sense_is_refused_with_the_place(void **state)
{
	static const struct refusal cases[] = {
		{CHECK_HEAD, "a baseline without checks"},
		{CHECK("key: smb.smb1, want: equals, texts: [\"off\"], sirious: yes"),
		 "f.yaml:5: there is no key 'sirious'; did you mean 'serious'?"},
		{CHECK("key: smb.smb1, want: equals, texts: [\"off\"], serious: maybe"),
		 "check a: serious: there is no 'maybe'"},
		{CHECK("key: smb.smb1, want: equal, texts: [\"off\"]"), "did you mean 'equals'?"},
		{CHECK("key: smb.smb1, texts: [\"off\"]"), "`want` is missing"},
		{CHECK("key: smb.smb1, want: equals"), "needs `texts`"},
		{CHECK("key: smb.smb1, want: equals, texts: [never]"), "but one of: on|off"},
		{CHECK("key: smb.smb1, want: at-least"), "needs a `number`"},
		{CHECK("key: smb.smb1, want: equals, texts: [\"on\"], number: 1"),
		 "has not a `number`"},
		{CHECK("key: policy.min-password-age, want: at-least, number: -1"),
		 "'-1' is no whole number"},
		{CHECK("key: policy.min-password-age, want: at-least, number: 8x"),
		 "'8x' is no whole number"},
		{CHECK("key: policy.min-password-age, want: at-least, number: "
		       "99999999999999999999"),
		 "0 to 2147483647"},
		{CHECK("key: policy.min-password-age, want: at-least, number: 2147483648"),
		 "0 to 2147483647"},
		{CHECK("key: policy.min-pasword-age, want: at-least, number: 1"),
		 "did you mean 'policy.min-password-age'?"},
		{CHECK("key: \"admin:\", want: count-at-most, number: 1"), "must say of what"},
		{CHECK("key: admin:x, want: count-at-most, number: 1"), "ends in '*'"},
		{CHECK("key: \"a*b\", want: count-at-most, number: 1"), "nothing that is observed"},
		{CHECK("key: \"admin:a*b\", want: count-at-most, number: 1"), "at the end"},
		{CHECK("key: smb.build, want: age-at-most, number: 1"),
		 "anti-malware's signatures"},
		{CHECK("key: \"admin:*\", want: count-at-most, number: 1, absent: x"),
		 "not of many"},
		{CHECK("key: smb.build, want: not, texts: [x], absent: x, absent-passes: yes"),
		 "not with `absent-passes`"},
		{CHECK("key: smb.build, want: not, texts: [x], from: \"6.0\", until: \"6.0\""),
		 "`until` is the first"},
		{CHECK("key: smb.build, want: not, texts: [x], from: six"), "is no version"},
		{CHECK("key: smb.build, policy-key: \"registry:X\", want: not, texts: [x]"),
		 "HKLM"},
		{CHECK_HEAD "checks: [{id: a, want: not}]\n", "source"},
		{CHECK_HEAD "checks: [{id: a, want: not, source: s}]\n",
		 "check a: `group` is missing"},
		{CHECK_HEAD "changes: [{id: a, source: s}]\n", "extends none"},
		{CHECK_HEAD "without: [a]\n", "extends none"},
		{"baseline: b\ntitle: t\nsummary: S\nchecks: []\n", "full stop"},
		{CHECK("key: smb.build, want: not, texts: [x]") "  - {id: a, want: not, source: "
								"s}\n",
		 "one of this id already"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(true, &cases[i]);
}

/* --- the operator's own --- */

static const struct check *check(const struct knowledge *k, const char *id)
{
	const struct baseline *b = knowledge_baseline(k);

	for (size_t i = 0; i < b->n_checks; i++) {
		if (strcmp(b->checks[i].id, id) == 0)
			return &b->checks[i];
	}
	return NULL;
}

/* Writes `text` to a file, reads it as --baseline does, and tells what came of it. */
static enum rc with_file(const char *text, size_t len, struct knowledge **ret_k, char *err)
{
	char path[] = "/tmp/quell-test-XXXXXX.yaml";
	int fd = mkstemps(path, 5);
	enum rc rc = RC_OK;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
	rc = knowledge_new(path, ret_k, err, ERR);
	unlink(path);
	return rc;
}

static void a_baseline_extends_another_and_changes_only_what_it_names(void **state)
{
	static const char text[] =
		"baseline: mine\ntitle: Mine\nsummary: Mine.\nextends: office\n"
		"without: [guest, smb1]\n"
		"changes: [{id: password-length, number: 10, source: our policy}]\n"
		"checks: [{id: own, group: passwords, title: t, key: os.name, want: not, texts: "
		"[x],\n  reason: R., correct: c, doors: [autorun], source: s}]\n";
	struct knowledge *office = knowledge("office"), *k = NULL;
	char err[ERR] = "";

	(void)state;
	assert_int_equal(with_file(text, sizeof(text) - 1, &k, err), RC_OK);
	assert_string_equal(knowledge_baseline(k)->id, "mine");
	assert_int_equal(knowledge_baseline(k)->n_checks,
			 knowledge_baseline(office)->n_checks - 2 + 1);
	assert_null(check(k, "guest"));
	assert_int_equal(check(k, "password-length")->number, 10);
	assert_string_equal(check(k, "password-length")->source, "our policy");
	assert_string_equal(check(k, "password-length")->reason,
			    check(office, "password-length")->reason);
	assert_int_equal(check(k, "password-history")->number, 24);

	/* Its own check is with the others of its group. */
	for (size_t i = 1; i < knowledge_baseline(k)->n_checks; i++) {
		const struct check *c = &knowledge_baseline(k)->checks[i];

		if (strcmp(c->id, "own") == 0)
			assert_string_equal(c[-1].group, "passwords");
	}
	knowledge_free(office);
	knowledge_free(k);
}

static void strict_asks_more_than_office_and_office_more_than_the_minimum(void **state)
{
	static const char *const names[] = {"outbreak-minimum", "office", "strict"};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct knowledge *k = knowledge(names[i]);

		assert_true(knowledge_baseline(k)->n_checks > n);
		n = knowledge_baseline(k)->n_checks;
		assert_non_null(check(k, "autorun"));
		assert_int_equal(check(k, "signatures")->number, i == 0 ? 7 : i == 1 ? 3 : 1);
		knowledge_free(k);
	}
}

static void a_file_that_is_none_is_refused_with_its_name(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{"ofice", "there is no baseline 'ofice'; did you mean 'office'?"},
		{"", "there is no baseline ''"},
		{"/nowhere/at/all.yaml", "/nowhere/at/all.yaml: No such file"},
		{"/tmp/", "/tmp/: Is a directory"},
		{"none.yaml", "none.yaml: No such file"},
	};
	static const char orphan[] = "extends: nothing\nbaseline: a\ntitle: t\nsummary: S.\n";
	struct knowledge *k = NULL;
	char err[ERR] = "";
	char *big = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(knowledge_new(cases[i].name, &k, err, sizeof(err)), RC_INVAL);
		if (strstr(err, cases[i].want) == NULL)
			fail_msg("'%s' has no '%s' in it", err, cases[i].want);
		assert_null(k);
	}
	assert_int_equal(with_file("a\0b", 3, &k, err), RC_INVAL);
	assert_non_null(strstr(err, "zero byte"));
	assert_int_equal(with_file(orphan, sizeof(orphan) - 1, &k, err), RC_INVAL);
	assert_non_null(strstr(err, "there is no baseline 'nothing'"));

	big = malloc(YAML_FILE_MAX + 1);
	assert_non_null(big);
	memset(big, '#', YAML_FILE_MAX + 1);
	assert_int_equal(with_file(big, YAML_FILE_MAX + 1, &k, err), RC_INVAL);
	assert_non_null(strstr(err, "longer than 256 KiB"));
	free(big);
}

/* What a worm's author would hand an administrator: deep, wide, and referring to itself. */
static void a_hostile_file_costs_a_message_and_no_more(void **state)
{
	enum { N = 100000 };
	static const char *const heads[] = {
		CHECK_HEAD "checks: ",
		CHECK_HEAD "without: [",
		"",
	};
	static const char *const units[] = {
		"[", "a,", "{a: ", "a: &a [*a, *a]\n", "- ", "? ", "!!x ", "\"", "|\n", "%a\n"};
	char err[ERR] = "";
	struct knowledge *k = NULL;
	char *text = malloc(N + 100);

	(void)state;
	assert_non_null(text);
	for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++) {
		for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
			size_t len = strlen(heads[h]), unit = strlen(units[u]);

			memcpy(text, heads[h], len);
			for (; len + unit <= N; len += unit)
				memcpy(text + len, units[u], unit);
			err[0] = '\0';
			assert_int_equal(with_file(text, len, &k, err), RC_INVAL);
			assert_true(err[0] != '\0');
		}
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_of_the_data_is_built_in),
		cmocka_unit_test(weaknesses_are_there_by_id_and_named_as_their_files),
		cmocka_unit_test(the_rows_of_ms08_067_are_those_of_the_bulletin),
		cmocka_unit_test(every_baseline_reads),
		cmocka_unit_test(a_catalogue_that_makes_no_sense_is_refused_with_the_place),
		cmocka_unit_test(a_baseline_that_makes_no_sense_is_refused_with_the_place),
		cmocka_unit_test(a_baseline_extends_another_and_changes_only_what_it_names),
		cmocka_unit_test(strict_asks_more_than_office_and_office_more_than_the_minimum),
		cmocka_unit_test(a_file_that_is_none_is_refused_with_its_name),
		cmocka_unit_test(a_hostile_file_costs_a_message_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
