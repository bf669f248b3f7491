/*
 * Hives that libhivex wrote (tests/tools/make-hive) are read as hivexsh was told to write them; of
 * those made by hand, libhivex's hivexget reads the same; and damage ends in RC_FORMAT, not
 * elsewhere.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "disk/hive.h"
#include "hive_bench.h"

static char folder[] = "/tmp/quell-hive-XXXXXX";

static struct arena *arena;

/* --- asking --- */

struct names {
	char all[16384];
	size_t n, stop_at;
};

static bool take_name(void *ctx, const char *name)
{
	struct names *to = ctx;
	size_t len = strlen(to->all);

	(void)snprintf(to->all + len, sizeof(to->all) - len, "%s%s", len > 0 ? " " : "", name);
	return ++to->n != to->stop_at;
}

static enum rc value_of(const struct hive *h, const char *path, const char *name,
			struct hive_value *ret_v)
{
	uint32_t key = 0;
	enum rc rc = hive_key(h, path, &key);

	return rc == RC_OK ? hive_value(h, key, name, arena, ret_v) : rc;
}

static const char *text_of(const struct hive *h, const char *path, const char *name)
{
	struct hive_value v = {.text = NULL};

	if (value_of(h, path, name, &v) != RC_OK)
		fail_msg("%s\\%s", path, name);
	return v.text;
}

/* --- programs of libhivex --- */

/* Runs it with `in` and `out` as its files; its exit code. */
static int run(char *const *argv, const char *in, const char *out)
{
	int status = 0;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		int from = open(in, O_RDONLY), to = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (from == -1 || to == -1 || dup2(from, 0) == -1 || dup2(to, 1) == -1)
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *path_of(const char *name, char to[64])
{
	(void)snprintf(to, 64, "%s/%s", folder, name);
	return to;
}

static void save(const char *path, struct bytes b)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(b.at, 1, b.len, f), b.len);
	assert_int_equal(fclose(f), 0);
}

static struct bytes load(const char *path)
{
	uint8_t *at = malloc(BENCH_MAX);
	FILE *f = fopen(path, "rb");
	size_t len;

	assert_non_null(at);
	assert_non_null(f);
	len = fread(at, 1, BENCH_MAX, f);
	fclose(f);
	return (struct bytes){at, len};
}

/* What another program finds there; freed by the caller. NULL: it is missing. */
static char *hivexget(struct bytes hive, const char *path, const char *name)
{
	char file[64], out[64];
	char *argv[] = {(char *)(uintptr_t) "hivexget", path_of("get.hive", file),
			(char *)(uintptr_t)path, (char *)(uintptr_t)name, NULL};
	struct bytes said;
	char *text;
	int code;

	save(file, hive);
	code = run(argv, "/dev/null", path_of("get.out", out));
	if (code == 127) {
		unlink(file);
		unlink(out);
		return NULL;
	}
	assert_int_equal(code, 0);
	said = load(out);
	unlink(file);
	unlink(out);
	text = (char *)(uintptr_t)said.at;
	text[said.len > 0 ? said.len - 1 : 0] = '\0'; /* its newline */
	return text;
}

static const char commands[] =
	"add Microsoft\ncd Microsoft\nadd Windows NT\ncd Windows NT\nadd CurrentVersion\n"
	"cd CurrentVersion\nsetval 11\nProductName\nstring:Microsoft Windows XP\n"
	"CSDVersion\nstring:Service Pack 3\nRoot\nexpandstring:%SystemRoot%\n"
	"InstallDate\ndword:1227225600\n"
	"Large\nhex:11:00,00,00,00,05,00,00,00\nBig-endian\nhex:5:00,00,00,2a\n"
	"Binary\nhex:3:de,ad,be,ef,00\nNothing\nnone\nEmpty\nhex:1:\n"
	"Many\nhex:7:61,00,00,00,00,00,62,00,63,00,00,00,64,00\n\nstring:of the key itself\n"
	"cd \\ \nadd Wide\ncd Wide\n";

static void what_libhivex_wrote_is_read(void **state)
{
	static const struct {
		const char *name, *text;
		uint32_t type;
	} want[] = {{"ProductName", "Microsoft Windows XP", HIVE_SZ},
		    {"csdversion", "Service Pack 3", HIVE_SZ},
		    {"ROOT", "%SystemRoot%", HIVE_EXPAND_SZ},
		    {"InstallDate", "1227225600", HIVE_DWORD},
		    {"Large", "21474836480", HIVE_QWORD},
		    {"Big-Endian", "42", HIVE_DWORD_BE},
		    {"binary", "deadbeef00", HIVE_BINARY},
		    {"Nothing", "", HIVE_NONE},
		    {"Empty", "", HIVE_SZ},
		    {"Many", "a; bc; d", HIVE_MULTI_SZ},
		    {"", "of the key itself", HIVE_SZ}};
	char tool[4096], in[64], out[64], hive[64];
	char *argv[] = {tool, path_of("made.hive", hive), (char *)(uintptr_t) "SOFTWARE", NULL};
	const char *path = "microsoft\\WINDOWS NT\\CurrentVersion";
	struct names names = {.n = 0};
	struct hive_value v;
	struct bytes b;
	struct hive h;
	uint32_t key = 0;
	FILE *f;
	int code;

	(void)state;
	(void)snprintf(tool, sizeof(tool), "%s/tests/tools/make-hive", getenv("QUELL_SOURCE"));
	f = fopen(path_of("in", in), "w");
	assert_non_null(f);
	fputs(commands, f);
	for (int i = 1; i <= 300; i++)
		fprintf(f, "add KB%d\n", i);
	fclose(f);
	code = run(argv, in, path_of("out", out));
	unlink(in);
	unlink(out);
	if (code == 3) {
		print_message("skipped: hivexsh is missing\n");
		skip();
	}
	assert_int_equal(code, 0);
	b = load(hive);
	unlink(hive);
	assert_int_equal(hive_open(b, &h), RC_OK);
	assert_string_equal(h.name, "SOFTWARE");
	assert_true(h.at_ns / 1000000000 == 1227225600);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_int_equal(value_of(&h, path, want[i].name, &v), RC_OK);
		assert_string_equal(v.text, want[i].text);
		assert_int_equal(v.type, want[i].type);
	}
	assert_int_equal(value_of(&h, path, "ProductNames", &v), RC_END);
	assert_int_equal(value_of(&h, "Microsoft\\Windows NT\\Current", "", &v), RC_END);
	assert_int_equal(value_of(&h, "Microsoft\\Windows NT\\", "x", &v), RC_END);
	assert_int_equal(hive_key(&h, "", &key), RC_OK);
	assert_int_equal(hive_subkeys(&h, key, 10, take_name, &names), RC_OK);
	assert_string_equal(names.all, "Microsoft Wide");
	names = (struct names){.n = 0};
	assert_int_equal(hive_key(&h, "wide", &key), RC_OK);
	assert_int_equal(hive_subkeys(&h, key, 1000, take_name, &names), RC_OK);
	assert_int_equal(names.n, 300);
	assert_non_null(strstr(names.all, " KB299 "));
	assert_int_equal(hive_key(&h, "Wide\\kb299", &key), RC_OK);
	assert_int_equal(hive_key(&h, "Wide\\kb301", &key), RC_END);
	free((void *)(uintptr_t)b.at);
}

/* --- made by hand --- */

static const uint32_t one = 1; /* of the same byte order on every machine that quell runs on */

/* A root with the keys Alpha, "Größe" (Latin-1), "Ж" (UTF-16) in a list of that kind. */
static uint32_t with_list(struct bench *b, const char *kind)
{
	uint32_t root = bench_begin(b, "\\System32\\Config\\SYSTEM"), keys[3], values[1], lists[2];
	const struct bytes number = {(const uint8_t *)&one, 4};

	keys[0] = bench_key(b, BYTES("Alpha"), false);
	keys[1] = bench_key(b,
			    BYTES("Gr\xf6\xdf"
				  "e"),
			    false);
	keys[2] = bench_key(b, BYTES("\x16\x04"), true);
	values[0] = bench_value(b, "Number", HIVE_DWORD, number);
	for (unsigned i = 0; i < 3; i++)
		bench_values(b, keys[i], bench_list(b, NULL, values, 1), 1);
	if (strcmp(kind, "ri") == 0) {
		lists[0] = bench_list(b, "lf", keys, 1);
		lists[1] = bench_list(b, "li", keys + 1, 2);
		bench_subkeys(b, root, bench_list(b, "ri", lists, 2), 3);
	} else {
		bench_subkeys(b, root, bench_list(b, kind, keys, 3), 3);
	}
	return root;
}

static void lists_of_every_kind_hold_the_same(void **state)
{
	static const char *const kinds[] = {"li", "lf", "lh", "ri"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct names names = {.n = 0}, first = {.n = 0, .stop_at = 2};
		struct bench b = {NULL, 0};
		struct bytes all;
		struct hive h;
		uint32_t key = 0;
		char *said;

		with_list(&b, kinds[i]);
		all = bench_end(&b);
		assert_int_equal(hive_open(all, &h), RC_OK);
		assert_string_equal(h.name, "SYSTEM");
		assert_int_equal(hive_key(&h, "", &key), RC_OK);
		assert_int_equal(hive_subkeys(&h, key, 10, take_name, &names), RC_OK);
		assert_string_equal(names.all, "Alpha Größe Ж");
		assert_int_equal(hive_subkeys(&h, key, 10, take_name, &first), RC_OK);
		assert_string_equal(first.all, "Alpha Größe");
		assert_string_equal(text_of(&h, "ALPHA", "number"), "1");
		assert_string_equal(text_of(&h, "gRößE\\", "NUMBER"), "1");
		assert_string_equal(text_of(&h, "Ж", "Number"), "1");
		assert_int_equal(hive_key(&h, "Alph", &key), RC_END);
		assert_int_equal(hive_key(&h, "\\Alpha", &key), RC_END);
		said = hivexget(all, "\\Alpha", "Number");
		if (said != NULL)
			assert_string_equal(said, "1");
		free(said);
		free(b.at);
	}
}

static void big_data_is_put_together_and_cut(void **state)
{
	enum { LEN = 100000 };
	static uint8_t wide[LEN];
	struct bench b = {NULL, 0};
	uint32_t root = bench_begin(&b, ""), values[4], cut = 0;
	struct hive_value v;
	struct bytes all;
	struct hive h;
	char *said;

	(void)state;
	for (size_t i = 0; i < LEN; i += 2)
		wide[i] = (uint8_t)('a' + i / 2 % 23);
	values[0] = bench_big_value(&b, "Big", HIVE_SZ, (struct bytes){wide, 50000});
	values[1] = bench_big_value(&b, "Bigger", HIVE_SZ, (struct bytes){wide, LEN});
	values[2] = bench_big_value(&b, "Damaged", HIVE_SZ, (struct bytes){wide, 50000});
	values[3] = bench_value(&b, "One cell", HIVE_SZ, (struct bytes){wide, 20000});
	bench_values(&b, root, bench_list(&b, NULL, values, 4), 4);
	memcpy(&cut, bench_of(&b, values[2]) + 8, 4);
	bench_put(bench_of(&b, cut) + 2, 2, 3); /* a segment fewer than it takes */
	all = bench_end(&b);
	assert_int_equal(hive_open(all, &h), RC_OK);
	assert_string_equal(h.name, "");
	assert_int_equal(strlen(text_of(&h, "", "Big")), 25000);
	assert_int_equal(text_of(&h, "", "Big")[24999], 'a' + 24999 % 23);
	assert_int_equal(strlen(text_of(&h, "", "Bigger")), HIVE_VALUE_MAX / 2);
	assert_int_equal(strlen(text_of(&h, "", "One cell")), 10000);
	assert_int_equal(value_of(&h, "", "Damaged", &v), RC_FORMAT);
	said = hivexget(all, "\\", "Big");
	if (said != NULL)
		assert_string_equal(said, text_of(&h, "", "Big"));
	free(said);
	free(b.at);
}

static void names_that_hide_have_a_path(void **state)
{
	struct bench b = {NULL, 0};
	uint32_t root = bench_begin(&b, "x"), keys[3], key = 0;
	struct names names = {.n = 0};
	struct hive h;

	(void)state;
	keys[0] = bench_key(&b, BYTES("a\\b"), false);
	keys[1] = bench_key(&b, BYTES("\0\0h\0i\0"), true);
	keys[2] = bench_key(&b, BYTES("\x3d\xd8x\0"), true); /* half a pair */
	bench_subkeys(&b, root, bench_list(&b, "lh", keys, 3), 3);
	assert_int_equal(hive_open(bench_end(&b), &h), RC_OK);
	assert_int_equal(hive_subkeys(&h, root, 10, take_name, &names), RC_OK);
	assert_string_equal(names.all, "a\uFFFDb \uFFFDhi \uFFFDx");
	assert_int_equal(hive_key(&h, "A\uFFFDB", &key), RC_OK);
	assert_int_equal(key, keys[0]);
	assert_int_equal(hive_key(&h, "\uFFFDHI", &key), RC_OK);
	assert_int_equal(key, keys[1]);
	free(b.at);
}

static void a_key_below_itself_ends_with_the_path(void **state)
{
	struct bench b = {NULL, 0};
	uint32_t root = bench_begin(&b, "x"), key = 0, lists[2];
	struct names names = {.n = 0};
	struct hive h;

	(void)state;
	bench_subkeys(&b, root, bench_list(&b, "lh", &root, 1), 1);
	assert_int_equal(hive_open(bench_end(&b), &h), RC_OK);
	assert_int_equal(hive_key(&h, "root\\ROOT\\Root\\rOOT", &key), RC_OK);
	assert_int_equal(key, root);
	assert_int_equal(hive_key(&h, "root\\ROOT\\Roof", &key), RC_END);
	assert_int_equal(hive_subkeys(&h, key, 5, take_name, &names), RC_OK);
	assert_int_equal(names.n, 1);

	/* A list of lists that contains itself is no list of keys. */
	lists[0] = bench_list(&b, "ri", lists, 2);
	bench_put(bench_of(&b, lists[0]) + 4, 4, lists[0]);
	bench_put(bench_of(&b, lists[0]) + 8, 4, lists[0]);
	bench_subkeys(&b, root, lists[0], 0xffffffff);
	assert_int_equal(hive_open(bench_end(&b), &h), RC_OK);
	assert_int_equal(hive_subkeys(&h, root, 5, take_name, &names), RC_FORMAT);
	assert_int_equal(hive_key(&h, "ROOT", &key), RC_FORMAT);
	free(b.at);
}

static void a_huge_claim_is_bounded(void **state)
{
	enum { N = 65535 };
	static uint32_t same[N];
	struct bench b = {NULL, 0};
	uint32_t root = bench_begin(&b, "x"), list;
	struct hive_value v;
	struct hive h;
	uint32_t key = 0;

	(void)state;
	/* 65535 lists of 65535 keys, all the same: four billion, if one counted. */
	for (size_t i = 0; i < N; i++)
		same[i] = root;
	list = bench_list(&b, "lf", same, N);
	for (size_t i = 0; i < N; i++)
		same[i] = list;
	bench_subkeys(&b, root, bench_list(&b, "ri", same, N), 0xffffffff);
	bench_values(&b, root, bench_list(&b, NULL, same, N), 0xffffffff);
	assert_int_equal(hive_open(bench_end(&b), &h), RC_OK);
	assert_int_equal(hive_key(&h, "nobody", &key), RC_FORMAT);
	assert_int_equal(hive_value(&h, root, "nothing", arena, &v), RC_FORMAT);
	free(b.at);
}

static const struct {
	const char *name;
	size_t at;
	unsigned width;
	uint64_t value;
	enum rc open, key, number; /* hive_open, hive_key "Alpha", its value */
} patches[] = {
	/* with_list(): the root's cell is at 0x20, its list and Alpha behind it */
	{"untouched", 8, 4, 7, RC_OK, RC_OK, RC_OK},
	{"another mark", 0, 1, 'R', RC_FORMAT, 0, 0},
	{"a version of the future", 20, 4, 2, RC_FORMAT, 0, 0},
	{"no bin", HIVE_BINS, 1, 'H', RC_FORMAT, 0, 0},
	{"a root that is not aligned", 36, 4, 0x24, RC_FORMAT, 0, 0},
	{"a root beyond the end", 36, 4, 0x7ffffff8, RC_FORMAT, 0, 0},
	{"no root", 36, 4, 0xffffffff, RC_FORMAT, 0, 0},
	{"a root that is free", HIVE_BINS + 0x20, 4, 0x58, RC_FORMAT, 0, 0},
	{"a root longer than the file", HIVE_BINS + 0x20, 4, 0x80000000, RC_FORMAT, 0, 0},
	{"a root too short for its name", HIVE_BINS + 0x20, 4, 0xffffffb0, RC_FORMAT, 0, 0},
	{"a root without a name", HIVE_BINS + 0x24 + 72, 2, 0, RC_FORMAT, 0, 0},
	{"a root that is a value", HIVE_BINS + 0x24, 1, 'v', RC_FORMAT, 0, 0},
	{"no list where keys are claimed", HIVE_BINS + 0x24 + 28, 4, 0xffffffff, RC_OK, RC_FORMAT,
	 0},
	{"a list that is a key", HIVE_BINS + 0x24 + 28, 4, 0x20, RC_OK, RC_FORMAT, 0},
	{"more keys than the list has", HIVE_BINS + 0x24 + 20, 4, 9, RC_OK, RC_OK, RC_OK},
	{"fewer keys than the list has", HIVE_BINS + 0x24 + 20, 4, 1, RC_OK, RC_OK, RC_OK},
	{"no keys", HIVE_BINS + 0x24 + 20, 4, 0, RC_OK, RC_END, 0},
	{"a key that is none", HIVE_BINS + 0x78 + 4, 1, 'm', RC_OK, RC_FORMAT, 0},
	{"values nowhere", HIVE_BINS + 0x78 + 4 + 40, 4, 0xfffffff8, RC_OK, RC_OK, RC_FORMAT},
	{"no values", HIVE_BINS + 0x78 + 4 + 36, 4, 0, RC_OK, RC_OK, RC_END},
	{"more values than there are", HIVE_BINS + 0x78 + 4 + 36, 4, 0xffffffff, RC_OK, RC_OK,
	 RC_OK},
};

static void damage_is_told_where_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(patches) / sizeof(*patches); i++) {
		struct bench b = {NULL, 0};
		struct hive h = {.root = 7};
		struct hive_value v;
		struct bytes all;
		uint32_t key = 0;
		enum rc rc;

		with_list(&b, "lf");
		all = bench_end(&b);
		bench_put(b.at + patches[i].at, patches[i].width, patches[i].value);
		rc = hive_open(all, &h);
		if (rc != patches[i].open)
			fail_msg("%s: opened: %d", patches[i].name, rc);
		if (rc == RC_OK) {
			rc = hive_key(&h, "Alpha", &key);
			if (rc != patches[i].key)
				fail_msg("%s: key: %d", patches[i].name, rc);
		} else {
			assert_int_equal(h.root, 7); /* untouched */
		}
		if (rc == RC_OK) {
			rc = hive_value(&h, key, "Number", arena, &v);
			if (rc != patches[i].number)
				fail_msg("%s: value: %d", patches[i].name, rc);
		}
		free(b.at);
	}
}

static void a_value_that_lies_about_its_length_is_damaged(void **state)
{
	static const struct {
		const char *name;
		uint32_t len, type;
		enum rc want;
	} cases[] = {{"five bytes in four", 0x80000005, HIVE_BINARY, RC_FORMAT},
		     {"all there are", 0x80000004, HIVE_DWORD, RC_OK},
		     {"a number of three bytes", 0x80000003, HIVE_DWORD, RC_FORMAT},
		     {"a number of none", 0x80000000, HIVE_QWORD, RC_FORMAT},
		     {"no bytes", 0x80000000, HIVE_SZ, RC_OK},
		     {"half a character", 0x80000001, HIVE_SZ, RC_OK},
		     {"data elsewhere that is not there", 8, HIVE_SZ, RC_FORMAT},
		     {"two billion bytes", 0x7fffffff, HIVE_SZ, RC_FORMAT},
		     {"a type without a name", 0x80000002, 0x12345, RC_OK}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct bytes number = {(const uint8_t *)&one, 4};
		struct bench b = {NULL, 0};
		uint32_t root = bench_begin(&b, "x"), value;
		struct hive_value v;
		struct hive h;

		value = bench_value(&b, "v", cases[i].type, number);
		bench_put(bench_of(&b, value) + 4, 4, cases[i].len);
		bench_values(&b, root, bench_list(&b, NULL, &value, 1), 1);
		assert_int_equal(hive_open(bench_end(&b), &h), RC_OK);
		if (hive_value(&h, root, "V", arena, &v) != cases[i].want)
			fail_msg("%s", cases[i].name);
		free(b.at);
	}
}

static void a_hive_that_is_cut_anywhere_is_safe(void **state)
{
	struct bench b = {NULL, 0};
	struct bytes all;
	size_t n_open = 0;

	(void)state;
	with_list(&b, "ri");
	all = bench_end(&b);
	for (size_t n = 0; n <= all.len; n++) {
		uint8_t *exact = malloc(n > 0 ? n : 1);
		struct names names = {.n = 0};
		struct hive_value v;
		struct hive h;

		assert_non_null(exact);
		memcpy(exact, all.at, n);
		if (hive_open((struct bytes){exact, n}, &h) == RC_OK) {
			enum rc rc = hive_subkeys(&h, h.root, 10, take_name, &names);

			n_open++;
			assert_int_equal(rc, names.n == 3 ? RC_OK : RC_FORMAT);
			rc = value_of(&h, "Ж", "Number", &v);
			assert_true(rc == RC_OK || rc == RC_FORMAT);
		}
		free(exact);
	}
	assert_true(n_open > 0 && n_open < all.len);
	free(b.at);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || arena_new(0, &arena) != RC_OK;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_libhivex_wrote_is_read),
		cmocka_unit_test(lists_of_every_kind_hold_the_same),
		cmocka_unit_test(big_data_is_put_together_and_cut),
		cmocka_unit_test(names_that_hide_have_a_path),
		cmocka_unit_test(a_key_below_itself_ends_with_the_path),
		cmocka_unit_test(a_huge_claim_is_bounded),
		cmocka_unit_test(damage_is_told_where_it_is),
		cmocka_unit_test(a_value_that_lies_about_its_length_is_damaged),
		cmocka_unit_test(a_hive_that_is_cut_anywhere_is_safe),
	};

	return cmocka_run_group_tests_name("disk_hive", tests, set_up, tear_down);
}
