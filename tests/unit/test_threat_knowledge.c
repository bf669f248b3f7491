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
		{ROW("5.1.2600", "by: release, service-pack: 12"), "service-pack is 0 to 9"},
		{ROW("5.1.2600", "by: release, service-pack: x"), "f.yaml:7: fixed, entry 1, "
								  "service-pack"},
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_of_the_data_is_built_in),
		cmocka_unit_test(weaknesses_are_there_by_id_and_named_as_their_files),
		cmocka_unit_test(the_rows_of_ms08_067_are_those_of_the_bulletin),
		cmocka_unit_test(every_baseline_reads),
		cmocka_unit_test(a_catalogue_that_makes_no_sense_is_refused_with_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
