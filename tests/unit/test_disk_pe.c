/*
 * Files that mingw linked (tests/tools/make-pe) tell their version, also where 300 MB follow; and
 * whatever a hostile file claims, its reader is asked for little and the answer has a reason.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "disk/pe.h"

enum { FILE_LEN = 0x800, HEADERS = 0x80, RSRC = 0x400, RSRC_RVA = 0x1000, DATA = 0x58 };

/* --- a reader that counts --- */

struct source {
	int fd; /* or, if -1, `b` */
	struct bytes b;
	size_t at_once;      /* the most it gives at once; 0: as asked */
	unsigned fails_from; /* this read and later ones fail; 0: none */
	unsigned reads;
	size_t bytes;
};

static long source_read(void *ctx, uint64_t offset, void *to, size_t len)
{
	struct source *s = ctx;
	struct bytes got;

	s->reads++;
	if (s->fails_from != 0 && s->reads >= s->fails_from)
		return -1;
	if (s->at_once != 0 && len > s->at_once)
		len = s->at_once;
	if (s->fd != -1) {
		ssize_t n = pread(s->fd, to, len, (off_t)offset);

		s->bytes += n > 0 ? (size_t)n : 0;
		return (long)n;
	}
	got = bytes_slice(s->b, offset, len);
	if (got.len > 0)
		memcpy(to, got.at, got.len);
	s->bytes += got.len;
	return (long)got.len;
}

static enum rc read_version(struct source *s, struct pe_version *ret_v, const char **ret_why)
{
	const struct pe_reader r = {source_read, s};
	enum rc rc = pe_version_read(&r, ret_v, ret_why);

	assert_true(s->reads <= PE_READS);
	assert_true(s->bytes <= PE_BYTES);
	return rc;
}

/* --- files as a real linker makes them --- */

struct real {
	char path[64];
	const char *version, *arch, *size;
};

static char folder[] = "/tmp/quell-pe-XXXXXX";

/* False: there is no mingw here. */
static bool make(struct real *f, const char *name)
{
	char tool[4096];
	int status = 0;
	pid_t pid;

	(void)snprintf(tool, sizeof(tool), "%s/tests/tools/make-pe", getenv("QUELL_SOURCE"));
	(void)snprintf(f->path, sizeof(f->path), "%s/%s", folder, name);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		setenv("SOURCE_DATE_EPOCH", "1227225600", 1); /* 2008-11-21 */
		execl(tool, tool, f->path, f->version, f->arch, f->size, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 3)
		return false;
	assert_int_equal(WEXITSTATUS(status), 0);
	return true;
}

static void linked_files_tell_version_machine_and_time(void **state)
{
	static const uint16_t xp[4] = {5, 1, 2600, 5694}, ten[4] = {10, 0, 18362, 719};
	struct {
		struct real file;
		const uint16_t *want;
		uint16_t machine;
	} cases[] = {{{.version = "5.1.2600.5694", .arch = "x86", .size = "+0"}, xp, 0x14c},
		     {{.version = "10.0.18362.719", .arch = "x64", .size = "+0"}, ten, 0x8664},
		     {{.version = "10.0.18362.719", .arch = "x86", .size = "300M"}, ten, 0x14c},
		     {{.version = "5.1.2600.5694", .arch = "x64", .size = "300M"}, xp, 0x8664},
		     {{.version = "none", .arch = "x86", .size = "+0"}, NULL, 0x14c},
		     {{.version = "none", .arch = "x64", .size = "300M"}, NULL, 0x8664}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct source s = {.fd = -1};
		struct pe_version v;
		const char *why = "";
		struct stat st;

		if (!make(&cases[i].file, "a.dll")) {
			print_message("skipped: mingw is missing\n");
			skip();
		}
		s.fd = open(cases[i].file.path, O_RDONLY | O_CLOEXEC);
		assert_int_not_equal(s.fd, -1);
		assert_int_equal(fstat(s.fd, &st), 0);
		assert_int_equal(st.st_size > 1000000, cases[i].file.size[0] == '3');
		assert_int_equal(read_version(&s, &v, &why), RC_OK);
		assert_int_equal(v.machine, cases[i].machine);
		assert_int_equal(v.timestamp, 1227225600);
		assert_int_not_equal(v.checksum, 0);
		assert_int_equal(v.has_version, cases[i].want != NULL);
		if (cases[i].want != NULL) {
			assert_memory_equal(v.file, cases[i].want, sizeof(v.file));
			assert_memory_equal(v.product, cases[i].want, sizeof(v.product));
		}
		assert_true(s.reads <= 3);
		close(s.fd);
		unlink(cases[i].file.path);
	}
}

static void a_linked_file_that_is_cut_says_so(void **state)
{
	struct real file = {.version = "5.1.2600.5694", .arch = "x86", .size = "+0"};
	uint8_t whole[8192];
	ssize_t len = 0;
	int fd;

	(void)state;
	if (!make(&file, "cut.dll"))
		skip();
	fd = open(file.path, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	len = read(fd, whole, sizeof(whole));
	assert_true(len > 4096);
	close(fd);
	unlink(file.path);
	for (size_t n = 0; n < (size_t)len; n++) {
		struct source s = {.fd = -1, .b = {whole, n}};
		struct pe_version v;
		const char *why = "";
		enum rc rc = read_version(&s, &v, &why);

		if (rc == RC_OK) /* only texts and padding are missing */
			assert_true(v.has_version && v.file[3] == 5694 && n > 0x400);
		else
			assert_string_equal(why, "it is cut short");
		assert_true(rc == RC_OK || rc == RC_FORMAT);
	}
}

/* --- files made by hand, and then hostile --- */

static void put(uint8_t *at, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

/* .rsrc at 0x400: three directories, at 0, 0x18 and 0x30, the data entry at 0x48, the version at
 * 0x58. */
static void build(uint8_t *f, bool is_64)
{
	uint8_t *h = f + HEADERS, *optional = h + 24, *section, *rsrc = f + RSRC;
	unsigned directories = is_64 ? 112 : 96;

	memset(f, 0, FILE_LEN);
	memcpy(f, "MZ", 2);
	put(f + 60, 4, HEADERS);
	memcpy(h, "PE\0\0", 4);
	put(h + 4, 2, is_64 ? 0x8664 : 0x14c);
	put(h + 6, 2, 1); /* section */
	put(h + 8, 4, 0x4802a12c);
	put(h + 20, 2, directories + 128);
	put(optional, 2, is_64 ? 0x20b : 0x10b);
	put(optional + 64, 4, 0x0005c7a1);
	put(optional + directories - 4, 4, 16);
	put(optional + directories + 16, 4, RSRC_RVA);
	put(optional + directories + 20, 4, 0x200);
	section = optional + directories + 128;
	memcpy(section, ".rsrc", 5);
	put(section + 8, 4, 0x200);
	put(section + 12, 4, RSRC_RVA);
	put(section + 16, 4, 0x400);
	put(section + 20, 4, RSRC);
	for (unsigned i = 0; i < 3; i++) {
		put(rsrc + i * 0x18 + 14, 2, 1);
		put(rsrc + i * 0x18 + 16, 4, i == 0 ? 16 : i == 1 ? 1 : 0x409);
		put(rsrc + i * 0x18 + 20, 4, i == 2 ? 0x48 : 0x80000000U + (i + 1) * 0x18);
	}
	put(rsrc + 0x48, 4, RSRC_RVA + DATA);
	put(rsrc + 0x4c, 4, 40 + 52);
	put(rsrc + DATA, 2, 40 + 52);
	put(rsrc + DATA + 2, 2, 52);
	for (unsigned i = 0; i < 15; i++)
		rsrc[DATA + 6 + i * 2] = (uint8_t) "VS_VERSION_INFO"[i];
	put(rsrc + DATA + 40, 4, 0xfeef04bd);
	put(rsrc + DATA + 48, 4, 6U << 16 | 1);
	put(rsrc + DATA + 52, 4, 7601U << 16 | 17514);
	put(rsrc + DATA + 56, 4, 6U << 16 | 2);
	put(rsrc + DATA + 60, 4, 9200U << 16 | 16384);
}

static void every_part_of_a_version_is_read(void **state)
{
	static const uint16_t file[4] = {6, 1, 7601, 17514}, product[4] = {6, 2, 9200, 16384};
	uint8_t f[FILE_LEN];

	(void)state;
	for (int is_64 = 0; is_64 < 2; is_64++) {
		struct source s = {.fd = -1, .b = {f, sizeof(f)}};
		struct pe_version v;
		const char *why = "";

		build(f, is_64 != 0);
		assert_int_equal(read_version(&s, &v, &why), RC_OK);
		assert_memory_equal(v.file, file, sizeof(file));
		assert_memory_equal(v.product, product, sizeof(product));
		assert_int_equal(v.checksum, 0x0005c7a1);
		assert_int_equal(v.timestamp, 0x4802a12c);
		assert_int_equal(v.machine, is_64 != 0 ? 0x8664 : 0x14c);
		assert_true(v.has_version);
		assert_int_equal(s.reads, 1);
	}
}

enum { OPTIONAL = HEADERS + 24, SECTION_AT = OPTIONAL + 224 };

static const struct {
	const char *name;
	size_t at;
	unsigned width;
	uint64_t value;
	const char *why; /* NULL: it is fine */
	bool has_version;
} patches[] = {
	{"not MZ", 0, 2, 0x4d5a, "it does not begin with MZ", false},
	{"a header beyond the end", 60, 4, 0xffffffff, "it is cut short", false},
	{"a header that is not there", 60, 4, 0x90, "it has no PE header", false},
	{"an NE header", HEADERS, 2, 0x454e, "it has no PE header", false},
	{"no optional header", HEADERS + 20, 2, 0, "it has no optional header", false},
	{"a short optional header", HEADERS + 20, 2, 95, "its optional header is too short", false},
	{"a ROM image", OPTIONAL, 2, 0x107, "its optional header is neither PE32 nor PE32+", false},
	{"no directory of resources", OPTIONAL + 92, 4, 2, NULL, false},
	{"no resources", OPTIONAL + 96 + 16, 4, 0, NULL, false},
	{"65535 sections", HEADERS + 6, 2, 65535, "it has more than 96 sections", false},
	{"no section", HEADERS + 6, 2, 0, "its resources point outside of its sections", false},
	{"resources nowhere", OPTIONAL + 96 + 16, 4, 0xfffffff0,
	 "its resources point outside of its sections", false},
	{"a section beyond the end", SECTION_AT + 20, 4, 0xfffffff0, "it is cut short", false},
	{"a section of all addresses", SECTION_AT + 8, 4, 0xffffffff, NULL, true},
	{"a section without a size in memory", SECTION_AT + 8, 4, 0, NULL, true},
	{"a section that ends in the version", SECTION_AT + 8, 4, DATA + 64,
	 "its resources point outside of its sections", false},
	{"131070 entries", RSRC + 12, 4, 0xffffffff,
	 "a resource directory claims more than 512 entries", false},
	{"more entries than it has room for", RSRC + 14, 2, 512, NULL, true},
	{"no entries", RSRC + 14, 2, 0, NULL, false},
	{"no version among the types", RSRC + 16, 4, 15, NULL, false},
	{"a type that is a name", RSRC + 16, 4, 0x80000010, NULL, false},
	{"a version that has a name", RSRC + 0x18 + 16, 4, 0x80000100, NULL, true},
	{"another language", RSRC + 0x30 + 16, 4, 0x407, NULL, true},
	{"a directory that contains itself", RSRC + 20, 4, 0x80000000,
	 "its resources are not three levels deep", false},
	{"a cycle at the second level", RSRC + 0x18 + 20, 4, 0x80000018,
	 "its resources are not three levels deep", false},
	{"data at the first level", RSRC + 20, 4, 0x48, "its resources are not three levels deep",
	 false},
	{"a fourth level", RSRC + 0x30 + 20, 4, 0x80000000,
	 "its resources are not three levels deep", false},
	{"a directory out of range", RSRC + 20, 4, 0xfffffff0,
	 "its resources point outside of its sections", false},
	{"a data entry over the end", RSRC + 0x30 + 20, 4, 0x1f8,
	 "its resources point outside of its sections", false},
	{"data that is nowhere", RSRC + 0x48, 4, 0, "its version resource is nowhere", false},
	{"data out of range", RSRC + 0x48, 4, 0x90000000,
	 "its resources point outside of its sections", false},
	{"data of no length", RSRC + 0x4c, 4, 0, "its version resource is too short", false},
	{"data without room for numbers", RSRC + 0x4c, 4, 91, "its version resource is too short",
	 false},
	{"another key", RSRC + DATA + 6, 2, 'X', "its version resource is not VS_VERSION_INFO",
	 false},
	{"a version of texts alone", RSRC + DATA + 2, 2, 0, NULL, false},
	{"too few numbers", RSRC + DATA + 2, 2, 51, "its version resource is too short", false},
	{"another signature", RSRC + DATA + 40, 4, 0xfeef04bc,
	 "its version lacks the signature of VS_FIXEDFILEINFO", false},
};

static void what_is_hostile_has_a_reason(void **state)
{
	uint8_t f[FILE_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(patches) / sizeof(*patches); i++) {
		struct source s = {.fd = -1, .b = {f, sizeof(f)}};
		struct pe_version v = {.machine = 1};
		const char *why = NULL;
		enum rc rc;

		build(f, false);
		put(f + patches[i].at, patches[i].width, patches[i].value);
		rc = read_version(&s, &v, &why);
		if ((why == NULL) != (patches[i].why == NULL) ||
		    (why != NULL && strcmp(why, patches[i].why) != 0))
			fail_msg("%s: %s", patches[i].name, why != NULL ? why : "fine");
		assert_int_equal(rc, patches[i].why != NULL ? RC_FORMAT : RC_OK);
		if (rc == RC_OK)
			assert_int_equal(v.has_version, patches[i].has_version);
		else
			assert_int_equal(v.machine, 1); /* untouched */
	}
}

static void a_file_that_scatters_its_tables_is_given_up(void **state)
{
	enum { FAR = 8192, LEN = 40 * FAR };
	uint8_t *f = calloc(1, LEN);
	struct source s = {.fd = -1, .b = {f, LEN}};
	const char *why = "";
	struct pe_version v;

	(void)state;
	assert_non_null(f);
	build(f, false);
	/* 512 entries, and reads of an eighth of a window: more than the budget. */
	put(f + SECTION_AT + 8, 4, LEN);
	put(f + SECTION_AT + 16, 4, LEN - RSRC);
	put(f + RSRC + 14, 2, 512);
	put(f + RSRC + 16, 4, 1);
	put(f + RSRC + 16 + 511 * 8, 4, 16);
	put(f + RSRC + 16 + 511 * 8 + 4, 4, 0x80000000U + FAR);
	put(f + RSRC + FAR + 14, 2, 512);
	put(f + RSRC + FAR + 20, 4, 0x80000000U + 2 * FAR);
	put(f + RSRC + 2 * FAR + 14, 2, 512);
	put(f + RSRC + 2 * FAR + 20, 4, 3 * FAR);
	put(f + RSRC + 3 * FAR, 4, RSRC_RVA + DATA);
	s.at_once = 512;
	assert_int_equal(read_version(&s, &v, &why), RC_FORMAT);
	assert_string_equal(why, "its headers or resources lie in too many places");
	assert_int_equal(s.reads, PE_READS);
	free(f);
}

static void reads_that_give_little_or_fail_are_told_apart(void **state)
{
	uint8_t f[FILE_LEN];
	const char *why = NULL;
	struct pe_version v;

	(void)state;
	build(f, true);
	struct source little = {.fd = -1, .b = {f, sizeof(f)}, .at_once = 300};
	assert_int_equal(read_version(&little, &v, &why), RC_OK);
	assert_int_equal(v.file[2], 7601);

	struct source least = {.fd = -1, .b = {f, sizeof(f)}, .at_once = 1};
	assert_int_equal(read_version(&least, &v, &why), RC_FORMAT);
	assert_string_equal(why, "its headers or resources lie in too many places");

	for (unsigned i = 1; i <= little.reads; i++) {
		struct source bad = {
			.fd = -1, .b = {f, sizeof(f)}, .at_once = 300, .fails_from = i};
		why = NULL;
		assert_int_equal(read_version(&bad, &v, &why), RC_IO);
		assert_null(why);
	}
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int drop_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linked_files_tell_version_machine_and_time),
		cmocka_unit_test(a_linked_file_that_is_cut_says_so),
		cmocka_unit_test(every_part_of_a_version_is_read),
		cmocka_unit_test(what_is_hostile_has_a_reason),
		cmocka_unit_test(a_file_that_scatters_its_tables_is_given_up),
		cmocka_unit_test(reads_that_give_little_or_fail_are_told_apart),
	};

	return cmocka_run_group_tests_name("disk_pe", tests, make_folder, drop_folder);
}
