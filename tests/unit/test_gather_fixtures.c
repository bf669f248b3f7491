/*
 * Every file tests/gather/NAME.in says what NAME.want says: each machine with its observations and
 * facts, each bad line, and the counts. QUELL_ACCEPT=1 writes NAME.want anew.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/monotime.h"
#include "base/text.h"
#include "gather/gather.h"

enum { PATH = 1024, FIXTURES_MIN = 25 };

/* 2020-06-01: earlier than any time that a checkout gives its files, so it is what they have. */
static const uint64_t now_ns = UINT64_C(1590969600) * NS_PER_S;

static const char *short_time(uint64_t at_ns, char *to)
{
	text_time(at_ns, to);
	to[19] = 'Z';
	to[20] = '\0';
	return to;
}

static void on_machine(void *ctx, const char *file, const struct posture *p,
		       const struct fact *facts, size_t n_facts)
{
	static const char *const states[] = {"?", "=", "absent", "unreadable"};
	char at[TEXT_TIME], a[ADDR_TEXT], m[MAC_TEXT];
	FILE *to = ctx;

	fprintf(to, "machine %s of %s at %s\n", p->name, file, short_time(p->at_ns, at));
	assert_true(p->at_ns <= now_ns);
	for (size_t i = 0; i < p->n; i++) {
		const struct observation *o = &p->list[i];

		assert_true(o->at_ns == p->at_ns);
		fprintf(to, "  %s %s%s%s\n", o->key, states[o->state],
			o->value[0] != '\0' ? " " : "", o->value);
	}
	for (size_t i = 0; i < n_facts; i++) {
		const struct fact *f = &facts[i];

		assert_true(f->first_ns == p->at_ns && f->last_ns == p->at_ns);
		assert_string_equal(f->origin, file);
		fprintf(to, "  fact %s %u%% %s %s '%s' %s '%s'\n", fact_source_name(f->source),
			f->confidence, addr_is_zero(&f->addr) ? "-" : addr_format(&f->addr, a),
			f->has_mac ? mac_format(&f->mac, m) : "-", f->host, fact_kind_name(f->kind),
			f->value);
	}
}

static void on_bad(void *ctx, const char *file, uint64_t line, const char *why)
{
	fprintf(ctx, "bad %s:%llu: %s\n", file, (unsigned long long)line, why);
}

static const char *const registry[] = {"HKLM\\SOFTWARE\\Policies\\X\\Y",
				       "HKLM\\SYSTEM\\Select\\Current", "HKLM\\SAM\\SAM\\C"},
			 *const services[] = {"wuauserv", "TlntSvr"};
static const struct gather_script asks = {NULL, registry, services, 0, 3, 2};

static char *told(const char *path)
{
	char *text = NULL, err[256] = "";
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	const struct gather_out out = {on_machine, on_bad, to};
	struct gather_counts c;

	assert_non_null(to);
	assert_int_equal(gather_read(path, now_ns, &asks, &out, &c, err, sizeof(err)), RC_OK);
	assert_true(c.lines == c.lines_used + c.lines_bad + c.lines_skipped);
	fprintf(to,
		"%llu lines, %llu used, %llu bad, %llu skipped; %llu machines; %llu of %llu files "
		"bad\n",
		(unsigned long long)c.lines, (unsigned long long)c.lines_used,
		(unsigned long long)c.lines_bad, (unsigned long long)c.lines_skipped,
		(unsigned long long)c.machines, (unsigned long long)c.files_bad,
		(unsigned long long)c.files);
	fclose(to);
	return text;
}

static void compare(const char *folder, const char *name, const char *end)
{
	char path[PATH], *got = NULL, *want = NULL;
	size_t len = 0;
	FILE *f = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s%s", folder, name, end);
	got = told(path);
	(void)snprintf(path, sizeof(path), "%s/%s.want", folder, name);
	if (getenv("QUELL_ACCEPT") != NULL) {
		f = fopen(path, "w");
		assert_non_null(f);
		assert_true(fputs(got, f) >= 0);
		fclose(f);
	}
	f = fopen(path, "r");
	assert_non_null(f);
	if (getdelim(&want, &len, '\0', f) < 0)
		fail_msg("%s is empty", path);
	fclose(f);
	if (strcmp(got, want) != 0)
		print_error("%s:\n%s\n--- wanted:\n%s", path, got, want);
	assert_string_equal(got, want);
	free(want);
	free(got);
}

static void every_result_says_what_it_should(void **unused)
{
	char folder[PATH / 2];
	struct dirent **entries = NULL;
	int seen = 0;

	(void)unused;
	(void)snprintf(folder, sizeof(folder), "%s/tests/gather", getenv("QUELL_SOURCE"));

	int n = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char *dot = strstr(entries[i]->d_name, ".in");

		if (dot != NULL && dot[3] == '\0') {
			*dot = '\0';
			compare(folder, entries[i]->d_name, ".in");
			seen++;
		}
		free(entries[i]);
	}
	free(entries);
	assert_true(seen >= FIXTURES_MIN);
}

/* What the files say together is what each says, one after the other in the order of names. */
static void a_folder_says_what_its_files_say(void **unused)
{
	char folder[PATH / 2], *all = NULL;
	struct gather_counts c, sum = {.files = 0};
	char err[256] = "";
	size_t len = 0;
	FILE *to = open_memstream(&all, &len);
	const struct gather_out out = {on_machine, on_bad, to};
	static const char *const some[] = {"cmd-xp-german", "ps1-10", "wsus-status"};

	(void)unused;
	assert_non_null(to);
	(void)snprintf(folder, sizeof(folder), "%s/tests/gather", getenv("QUELL_SOURCE"));
	assert_int_equal(gather_read(folder, now_ns, NULL, &out, &c, err, sizeof(err)), RC_OK);
	fclose(to);
	assert_true(c.lines == c.lines_used + c.lines_bad + c.lines_skipped);
	assert_true(c.files > FIXTURES_MIN && c.files_bad > 0 && c.machines > sum.machines);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		char path[PATH], *one = NULL, *counts = NULL;

		(void)snprintf(path, sizeof(path), "%s/%s.in", folder, some[i]);
		one = told(path);
		counts = strrchr(one, '\n');
		while (counts > one && (*counts == '\n' ? counts[1] == '\0' : true))
			counts--;
		counts[1] = '\0'; /* without the counts */
		assert_non_null(strstr(all, one));
		free(one);
	}
	free(all);
}

/* SYSTEM and SOFTWARE of one machine are one; a SOFTWARE without its SYSTEM is named by its file.
 */
static void hives_that_lie_beside_each_other_are_one_machine(void **unused)
{
	char folder[PATH / 2], path[PATH], *one = NULL, *other = NULL;

	(void)unused;
	(void)snprintf(folder, sizeof(folder), "%s/tests/gather", getenv("QUELL_SOURCE"));
	compare(folder, "hives", "");
	(void)snprintf(path, sizeof(path), "%s/hives/LAP-7-SYSTEM", folder);
	one = told(path);
	(void)snprintf(path, sizeof(path), "%s/hives/LAP-7-SOFTWARE", folder);
	other = told(path);
	assert_non_null(strstr(one, "  os.service-pack = 3\n"));
	assert_non_null(strstr(one, "  service:wuauserv = disabled\n"));
	assert_non_null(strstr(other, "  os.service-pack = 3\n"));
	assert_non_null(strstr(other, "  service:wuauserv = disabled\n"));
	free(one);
	free(other);
}

static void what_is_no_file_is_an_error(void **unused)
{
	const struct gather_out out = {on_machine, on_bad, NULL};
	struct gather_counts c = {.files = 77};
	char err[256] = "";

	(void)unused;
	assert_int_equal(gather_read("/nonexistent/x", now_ns, NULL, &out, &c, err, sizeof(err)),
			 RC_IO);
	assert_non_null(strstr(err, "/nonexistent/x"));
	assert_int_equal(gather_read("/dev/null", now_ns, NULL, &out, &c, err, sizeof(err)), RC_IO);
	assert_true(c.files == 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_result_says_what_it_should),
		cmocka_unit_test(a_folder_says_what_its_files_say),
		cmocka_unit_test(hives_that_lie_beside_each_other_are_one_machine),
		cmocka_unit_test(what_is_no_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
