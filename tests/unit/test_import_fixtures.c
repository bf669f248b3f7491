/*
 * Every file tests/import/FORMAT/NAME.in is recognised as FORMAT, and says what NAME.want says: a
 * line for each fact, bad row and remark, and the counts. QUELL_ACCEPT=1 writes NAME.want anew.
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
#include "import/import.h"

enum { PATH = 1024 };

static const uint64_t file_ns = UINT64_C(1795521600) * NS_PER_S; /* 2026-11-24T12:00:00Z */

static const char *short_time(uint64_t at_ns, char *to)
{
	text_time(at_ns, to);
	to[19] = 'Z';
	to[20] = '\0';
	return to;
}

static void on_fact(void *ctx, const struct fact *f)
{
	char a[ADDR_TEXT] = "-", m[MAC_TEXT] = "-", first[TEXT_TIME], last[TEXT_TIME],
	     until[TEXT_TIME] = "";
	FILE *to = ctx;

	if (!addr_is_zero(&f->addr))
		addr_format(&f->addr, a);
	if (f->has_mac)
		mac_format(&f->mac, m);
	assert_true(f->last_ns >= f->first_ns && f->first_ns > 0);
	assert_true(f->confidence >= 1 && f->confidence <= 100);
	assert_true(f->count == 1);
	assert_string_equal(f->machine, "");
	if (f->until_ns != 0)
		short_time(f->until_ns, until);
	fprintf(to, "%s %u%% %s %s '%s' %s '%s' %s %s%s%s%s\n", fact_source_name(f->source),
		f->confidence, a, m, f->host, fact_kind_name(f->kind), f->value,
		short_time(f->first_ns, first), short_time(f->last_ns, last),
		f->until_ns != 0 ? " until " : "", until, f->is_ended ? " ended" : "");
}

static void on_bad(void *ctx, uint64_t line, const char *why)
{
	fprintf(ctx, "bad %llu: %s\n", (unsigned long long)line, why);
}

static void on_odd(void *ctx, uint64_t line, const char *what)
{
	fprintf(ctx, "odd %llu: %s\n", (unsigned long long)line, what);
}

static const struct import_format *guess(FILE *from)
{
	uint8_t head[IMPORT_HEAD];
	size_t len = fread(head, 1, sizeof(head), from);

	rewind(from);
	return import_guess((struct bytes){head, len});
}

/* "map=..." and "dates=..." in NAME.opt */
static void read_options(const char *path, struct import_options *opt, char *line, size_t cap)
{
	FILE *from = fopen(path, "r");

	if (from == NULL)
		return;
	if (fgets(line, (int)cap, from) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "map=", 4) == 0)
			opt->map = line + 4;
		else if (strcmp(line, "dates=dmy") == 0)
			opt->date_order = 1;
		else
			fail_msg("%s: %s", path, line);
	}
	fclose(from);
}

static char *told(const char *folder, const char *name, const char *format)
{
	char path[PATH], options[PATH], line[PATH] = "", err[256] = "";
	struct import_options opt = {.now_ns = file_ns, .file_ns = file_ns, .origin = name};
	struct import_result r = {.rows = 0};
	char *text = NULL;
	size_t len = 0;

	(void)snprintf(path, sizeof(path), "%s/%s.in", folder, name);
	(void)snprintf(options, sizeof(options), "%s/%s.opt", folder, name);
	FILE *from = fopen(path, "rb"), *to = open_memstream(&text, &len);
	struct import_out out = {on_fact, on_bad, on_odd, to};

	assert_non_null(from);
	assert_non_null(to);
	read_options(options, &opt, line, sizeof(line));

	const struct import_format *f = guess(from);

	if (opt.map == NULL)
		fprintf(to, "is %s\n", f != NULL ? f->name : "nothing");
	f = import_format_find(format);
	assert_non_null(f);

	enum rc rc = f->read(from, &opt, &out, &r, err, sizeof(err));

	if (rc != RC_OK)
		fprintf(to, "%s: %s\n", rc_str(rc), err);
	fprintf(to, "%llu rows, %llu used, %llu bad, %llu skipped, %llu facts, %llu odd\n",
		(unsigned long long)r.rows, (unsigned long long)r.used, (unsigned long long)r.bad,
		(unsigned long long)r.skipped, (unsigned long long)r.facts,
		(unsigned long long)r.odd);
	assert_true(r.rows == r.used + r.bad + r.skipped);
	fclose(to);
	fclose(from);
	return text;
}

static void compare(const char *folder, const char *name, const char *format)
{
	char path[PATH];
	char *got = told(folder, name, format), *want = NULL;
	size_t len = 0;
	FILE *f = NULL;

	(void)snprintf(path, sizeof(path), "%s/%s.want", folder, name);
	if (getenv("QUELL_ACCEPT") != NULL) {
		f = fopen(path, "w");
		assert_non_null(f);
		assert_int_equal(fputs(got, f) >= 0, 1);
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

static unsigned folder_of(const char *format)
{
	char folder[PATH / 2];
	struct dirent **entries = NULL;
	unsigned seen = 0;

	(void)snprintf(folder, sizeof(folder), "%s/tests/import/%s", getenv("QUELL_SOURCE"),
		       format);

	int n = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char *dot = strstr(entries[i]->d_name, ".in");

		if (dot != NULL && dot[3] == '\0') {
			*dot = '\0';
			compare(folder, entries[i]->d_name, format);
			seen++;
		}
		free(entries[i]);
	}
	free(entries);
	return seen;
}

static void every_list_is_recognised_and_says_what_it_should(void **unused)
{
	(void)unused;
	for (const struct import_format *const *f = import_formats; *f != NULL; f++) {
		if (folder_of((*f)->name) == 0)
			fail_msg("%s has no fixture in tests/import", (*f)->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_is_recognised_and_says_what_it_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
