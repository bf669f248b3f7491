/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>

#include "judge_bench.h"
#include "model/posture_pack.h"

#define NETAPI "file:system32/netapi32.dll="
#define SRV    "file:system32/drivers/srv.sys="
#define XP3    "os.version=5.1.2600 | os.service-pack=3 | reboot-pending=no | "
#define SEVEN  "os.version=6.1.7601 | os.service-pack=1 | reboot-pending=no | "

struct row {
	const char *words, *id;
	enum patch_state state;
	const char *why, *conflict; /* parts of them; NULL: not looked at; "" conflict: none */
	const char *kbs;            /* NULL: not looked at */
};

static void must_say(const char *what, const char *text, const char *part)
{
	if (part == NULL)
		return;
	if (part[0] == '\0' ? text[0] != '\0' : strstr(text, part) == NULL)
		fail_msg("%s is \"%s\", not \"%s\"", what, text, part);
}

/* The same from what judge_keys_by() names alone. */
static void must_need_no_more(const struct posture *p, const struct judged_patch *all)
{
	const struct judge_rules rules = {.weaknesses = bench_weaknesses,
					  .n_weaknesses = BENCH_WEAKNESSES};
	struct judge_keys keys;
	struct posture *some = NULL;
	uint8_t *at = NULL;
	size_t len = 0;

	assert_int_equal(judge_keys_by(&rules, &keys), RC_OK);
	assert_int_equal(posture_pack(p, &at, &len), RC_OK);
	assert_int_equal(posture_unpack_some((struct bytes){at, len},
					     &(struct posture_wanted){keys.list, keys.n}, &some),
			 RC_OK);

	struct judged *j = bench_judge(some, NULL, NULL);
	const struct judged_patch *got = bench_patch(j, all->weakness->id);

	assert_string_equal(patch_state_name(got->state), patch_state_name(all->state));
	assert_string_equal(got->why, all->why);
	assert_string_equal(got->conflict, all->conflict);
	assert_string_equal(got->remedy, all->remedy);
	assert_string_equal(got->kbs, all->kbs);
	judged_free(j);
	posture_free(some);
	free(at);
	judge_keys_done(&keys);
}

static void must_be_the_same_without_words(const struct posture *p, const struct judged *all)
{
	const struct judge_rules rules = {.weaknesses = bench_weaknesses,
					  .n_weaknesses = BENCH_WEAKNESSES};
	enum patch_state states[BENCH_WEAKNESSES];

	judge_states(p, &rules, states);
	for (size_t i = 0; i < BENCH_WEAKNESSES; i++)
		assert_string_equal(patch_state_name(states[i]),
				    patch_state_name(all->patches[i].state));
}

static void try_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct posture *p = bench_of(rows[i].words);
		struct judged *j = bench_judge(p, NULL, NULL);
		const struct judged_patch *got = bench_patch(j, rows[i].id);

		print_message("           %s: %s\n", rows[i].words, rows[i].id);
		if (got->state != rows[i].state)
			fail_msg("%s, not %s: %s", patch_state_name(got->state),
				 patch_state_name(rows[i].state), got->why);
		assert_true(got->why[0] != '\0');
		must_say("why", got->why, rows[i].why);
		must_say("conflict", got->conflict, rows[i].conflict);
		if (rows[i].kbs != NULL)
			assert_string_equal(got->kbs, rows[i].kbs);
		must_need_no_more(p, got);
		must_be_the_same_without_words(p, j);
		judged_free(j);
		posture_free(p);
	}
}
#define TRY(rows) try_rows(rows, sizeof(rows) / sizeof((rows)[0]))

/* The vendor's tables: MS08-067 (netapi32.dll) and MS17-010 (srv.sys). */
static const struct {
	const char *windows, *id, *file;
	unsigned build[3], fixed;
	const char *kbs;
} bulletins[] = {
	{"os.version=5.0.2195 | os.service-pack=4",
	 "ms08-067",
	 NETAPI,
	 {5, 0, 2195},
	 7203,
	 "KB958644"},
	{"os.version=5.1.2600 | os.service-pack=2",
	 "ms08-067",
	 NETAPI,
	 {5, 1, 2600},
	 3462,
	 "KB958644"},
	{"os.version=5.1.2600 | os.service-pack=3",
	 "ms08-067",
	 NETAPI,
	 {5, 1, 2600},
	 5694,
	 "KB958644"},
	{"os.version=5.2.3790 | os.service-pack=1",
	 "ms08-067",
	 NETAPI,
	 {5, 2, 3790},
	 3229,
	 "KB958644"},
	{"os.version=5.2.3790 | os.service-pack=2",
	 "ms08-067",
	 NETAPI,
	 {5, 2, 3790},
	 4392,
	 "KB958644"},
	{"os.version=6.0.6000 | os.service-pack=0",
	 "ms08-067",
	 NETAPI,
	 {6, 0, 6000},
	 16764,
	 "KB958644"},
	{"os.version=6.0.6000 | os.service-pack=0",
	 "ms08-067",
	 NETAPI,
	 {6, 0, 6000},
	 20937,
	 "KB958644"},
	{"os.version=6.0.6001 | os.service-pack=1",
	 "ms08-067",
	 NETAPI,
	 {6, 0, 6001},
	 18157,
	 "KB958644"},
	{"os.version=6.0.6001 | os.service-pack=1",
	 "ms08-067",
	 NETAPI,
	 {6, 0, 6001},
	 22288,
	 "KB958644"},
	{"os.version=5.1.2600 | os.service-pack=3",
	 "ms17-010",
	 SRV,
	 {5, 1, 2600},
	 7208,
	 "KB4012598"},
	{"os.version=5.2.3790 | os.service-pack=2",
	 "ms17-010",
	 SRV,
	 {5, 2, 3790},
	 6021,
	 "KB4012598"},
	{"os.version=6.0.6002 | os.service-pack=2",
	 "ms17-010",
	 SRV,
	 {6, 0, 6002},
	 19743,
	 "KB4012598"},
	{"os.version=6.0.6002 | os.service-pack=2",
	 "ms17-010",
	 SRV,
	 {6, 0, 6002},
	 24067,
	 "KB4012598"},
	{"os.version=6.0.6003 | os.service-pack=2",
	 "ms17-010",
	 SRV,
	 {6, 0, 6002},
	 24067,
	 "KB4012598"},
	{"os.version=6.1.7601 | os.service-pack=1",
	 "ms17-010",
	 SRV,
	 {6, 1, 7601},
	 23689,
	 "KB4012212 or KB4012215"},
	{"os.version=6.2.9200 | os.service-pack=0",
	 "ms17-010",
	 SRV,
	 {6, 2, 9200},
	 22099,
	 "KB4012214 or KB4012217"},
	{"os.version=6.3.9600 | os.service-pack=0",
	 "ms17-010",
	 SRV,
	 {6, 3, 9600},
	 18604,
	 "KB4012213 or KB4012216"},
	{"os.version=10.0.14393", "ms17-010", SRV, {10, 0, 14393}, 953, "KB4013429"},
};

/* One below is missing, the fixed one and one above are not. */
static void each_row_of_the_bulletins_is_compared_within_its_branch(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bulletins) / sizeof(bulletins[0]); i++) {
		for (int off = -1; off <= 1; off++) {
			char words[256], want[64];
			struct row row = {words,
					  bulletins[i].id,
					  off < 0 ? PATCH_MISSING : PATCH_EFFECTIVE,
					  want,
					  "",
					  off < 0 ? bulletins[i].kbs : ""};

			(void)snprintf(words, sizeof(words),
				       "%s | reboot-pending=no | %s%u.%u.%u.%u",
				       bulletins[i].windows, bulletins[i].file,
				       bulletins[i].build[0], bulletins[i].build[1],
				       bulletins[i].build[2], bulletins[i].fixed + (unsigned)off);
			(void)snprintf(want, sizeof(want), "fixed in %u.%u.%u.%u",
				       bulletins[i].build[0], bulletins[i].build[1],
				       bulletins[i].build[2], bulletins[i].fixed);
			try_rows(&row, 1);
		}
	}
}

static void the_other_branch_has_another_number(void **state)
{
	static const struct row rows[] = {
		/* Its number is above the fixed one of GDR, and it is not fixed. */
		{"os.version=6.0.6001 | " NETAPI "6.0.6001.22100", "ms08-067", PATCH_MISSING,
		 "fixed in 6.0.6001.22288", "", "KB958644"},
		{"os.version=6.0.6001 | " NETAPI "6.0.6001.20000", "ms08-067", PATCH_MISSING,
		 "fixed in 6.0.6001.22288", NULL, NULL},
		{"os.version=6.0.6001 | " NETAPI "6.0.6001.19999", "ms08-067", PATCH_EFFECTIVE,
		 "fixed in 6.0.6001.18157", NULL, NULL},
		{"os.version=6.0.6000 | " NETAPI "6.0.6000.20936", "ms08-067", PATCH_MISSING,
		 "fixed in 6.0.6000.20937", NULL, NULL},
		/* Windows 8.1 has one row for both; much later ones are above 20000. */
		{"os.version=6.3.9600 | " SRV "6.3.9600.20042", "ms17-010", PATCH_EFFECTIVE, NULL,
		 "", NULL},
		/* Seven's old branch stays below the fixed one for ever. */
		{"os.version=6.1.7601 | " SRV "6.1.7601.17514", "ms17-010", PATCH_MISSING, NULL, "",
		 NULL},
	};

	(void)state;
	TRY(rows);
}

static void the_service_pack_tells_which_row_where_the_build_does_not(void **state)
{
	static const struct row rows[] = {
		/* 5512 is above SP2's fixed version, and is SP3's first, unfixed one. */
		{XP3 NETAPI "5.1.2600.5512", "ms08-067", PATCH_MISSING, "fixed in 5.1.2600.5694",
		 "", "KB958644"},
		{"os.version=5.1.2600 | os.service-pack=2 | " NETAPI "5.1.2600.5512", "ms08-067",
		 PATCH_MISSING, "fixed in 5.1.2600.5694",
		 "is of Service Pack 3, the machine says Service Pack 2", NULL},
		{"os.version=5.1.2600 | os.service-pack=2 | " NETAPI "5.1.2600.5694", "ms08-067",
		 PATCH_EFFECTIVE, NULL, "is of Service Pack 3", NULL},
		/* Fixed for SP2, on a machine with SP3: a file from before the service pack. */
		{XP3 NETAPI "5.1.2600.3462", "ms08-067", PATCH_MISSING, "fixed in 5.1.2600.5694",
		 "is of Service Pack 2, the machine says Service Pack 3", NULL},
		{XP3 NETAPI "5.1.2600.2180", "ms08-067", PATCH_MISSING, NULL, "", NULL},
		/* The service pack is not known: the file tells. */
		{"os.version=5.1.2600 | " NETAPI "5.1.2600.5512", "ms08-067", PATCH_MISSING,
		 "fixed in 5.1.2600.5694", "", NULL},
		{"os.version=5.1.2600 | " NETAPI "5.1.2600.3462", "ms08-067", PATCH_EFFECTIVE,
		 "fixed in 5.1.2600.3462", "", NULL},
		{"os.version=5.1.2600 | " NETAPI "5.1.2600.3461", "ms08-067", PATCH_MISSING,
		 "fixed in 5.1.2600.3462", "", NULL},
		{"os.version=5.2.3790 | " NETAPI "5.2.3790.3959", "ms08-067", PATCH_MISSING,
		 "fixed in 5.2.3790.4392", "", NULL},
		/* No fix was made for this one: only a later service pack has it. */
		{"os.version=5.1.2600 | os.service-pack=1 | " NETAPI "5.1.2600.1106", "ms08-067",
		 PATCH_MISSING, "fixed in 5.1.2600.3462", "", "KB958644"},
		{"os.version=5.1.2600 | os.service-pack=2 | " SRV "5.1.2600.3700", "ms17-010",
		 PATCH_MISSING, "fixed in 5.1.2600.7208", "", NULL},
		{"os.version=6.1.7600 | os.service-pack=0 | " SRV "6.1.7600.16385", "ms17-010",
		 PATCH_MISSING, "fixed in 6.1.7601.23689", "", NULL},
	};

	(void)state;
	TRY(rows);
}

static void a_newer_file_is_fixed_whatever_lists_say(void **state)
{
	static const struct row rows[] = {
		{XP3 NETAPI "5.1.2600.6260 | hotfix:KB958644!", "ms08-067", PATCH_EFFECTIVE,
		 "KB958644 is on no list: another update brought it", "", ""},
		{SEVEN SRV "6.1.7601.24540 | hotfix:KB4012212! | hotfix:KB4012215!", "ms17-010",
		 PATCH_EFFECTIVE, "is on no list", "", ""},
		/* A service pack that came later than the fix. */
		{"os.version=6.0.6002 | os.service-pack=2 | reboot-pending=no | " NETAPI
		 "6.0.6002.18005",
		 "ms08-067", PATCH_EFFECTIVE, "fixed in 6.0.6001.22288", "", ""},
		{"os.version=6.0.6003 | reboot-pending=no | " SRV "6.0.6003.20514", "ms17-010",
		 PATCH_EFFECTIVE, NULL, "", ""},
		/* From Windows 10 on builds live side by side: a later one proves nothing. */
		{"os.version=10.0.14999 | os.ubr=1 | " SRV "10.0.14999.1", "ms17-010",
		 PATCH_UNKNOWN, "no fixed version is known for Windows 10", NULL, ""},
	};

	(void)state;
	TRY(rows);
}

static void what_only_a_list_says_is_never_effective(void **state)
{
	static const struct row rows[] = {
		{XP3 "hotfix:KB958644=installed", "ms08-067", PATCH_UNKNOWN,
		 "system32/netapi32.dll was not read: not asked; the registry says KB958644 is "
		 "installed",
		 "", "KB958644"},
		{XP3 "file:system32/netapi32.dll?access denied | hotfix:KB958644=installed",
		 "ms08-067", PATCH_UNKNOWN, "was not read: access denied; the registry says", "",
		 NULL},
		{XP3 "hotfix:KB958644!", "ms08-067", PATCH_UNKNOWN, "not asked", "", "KB958644"},
		{XP3 "hotfix:KB958644?no answer", "ms08-067", PATCH_UNKNOWN, "not asked", "", NULL},
		{XP3 "hotfix:KB958644=installed-pending", "ms08-067", PATCH_PENDING,
		 "waits for a restart", "", ""},
		/* The update of another Windows. */
		{XP3 "hotfix:KB4012212=installed", "ms17-010", PATCH_UNKNOWN,
		 "srv.sys was not read: not asked", "", "KB4012598"},
		{XP3 "file:system32/netapi32.dll!", "ms08-067", PATCH_UNKNOWN,
		 "there is no system32/netapi32.dll", "", NULL},
		{XP3 NETAPI "garbage", "ms08-067", PATCH_UNKNOWN, "has no version: \"garbage\"", "",
		 NULL},
	};
	struct posture *p = bench_of(XP3 "hotfix:KB1=installed");
	struct judged *j;

	(void)state;
	TRY(rows);
	/* The file's version, as an inventory has it; the build, as a list has it. */
	bench_add(p, "file:system32/netapi32.dll", "5.1.2600.6260", V, BY_LIST);
	bench_add(p, "hotfix:KB958644", "claimed", V, BY_LIST);
	j = bench_judge(p, NULL, NULL);
	assert_int_equal(bench_patch(j, "ms08-067")->state, PATCH_UNKNOWN);
	must_say("why", bench_patch(j, "ms08-067")->why,
		 "a list says system32/netapi32.dll is 5.1.2600.6260, which is fixed; the file was "
		 "not read; a list says KB958644 is installed");
	judged_free(j);
	posture_free(p);
	p = bench_of("os.version=10.0.18363");
	bench_add(p, "os.ubr", "720", V, BY_LIST);
	j = bench_judge(p, NULL, NULL);
	assert_int_equal(bench_patch(j, "smbghost")->state, PATCH_UNKNOWN);
	judged_free(j);
	posture_free(p);
}

static void what_waits_for_a_restart_is_pending(void **state)
{
	static const struct row rows[] = {
		{"os.version=5.1.2600 | os.service-pack=3 | reboot-pending=UpdateExeVolatile "
		 "| " NETAPI "5.1.2600.5694",
		 "ms08-067", PATCH_PENDING, "but a restart is pending (UpdateExeVolatile)", "", ""},
		{XP3 NETAPI "5.1.2600.5694 | hotfix:KB958644=installed-pending", "ms08-067",
		 PATCH_PENDING, "but the registry says KB958644 is installed, and waits", "", ""},
		/* Written after the start: another one runs. */
		{XP3 NETAPI "5.1.2600.5694 | os.boot=2009-01-10T08:00:00Z | "
			    "file.changed:system32/netapi32.dll=2009-01-12T08:00:00Z",
		 "ms08-067", PATCH_PENDING, "written after the last start", "", ""},
		{XP3 NETAPI "5.1.2600.5694 | os.boot=2009-01-10T08:00:00Z | "
			    "file.changed:system32/netapi32.dll=2008-10-15T08:00:00Z",
		 "ms08-067", PATCH_EFFECTIVE, NULL, "", ""},
		/* The old file still lies there, the new one is to be put in its place. */
		{"os.version=5.1.2600 | os.service-pack=3 | "
		 "reboot-pending=PendingFileRenameOperations | hotfix:KB958644=installed | " NETAPI
		 "5.1.2600.5512",
		 "ms08-067", PATCH_PENDING,
		 "the registry says KB958644 is installed, and a restart is pending", "", ""},
		{XP3 NETAPI "5.1.2600.5512 | hotfix:KB958644=installed-pending", "ms08-067",
		 PATCH_PENDING, NULL, "", ""},
		/* A restart for something else does not make an old file new. */
		{"os.version=5.1.2600 | os.service-pack=3 | reboot-pending=Windows Update | " NETAPI
		 "5.1.2600.5512",
		 "ms08-067", PATCH_MISSING, NULL, "", "KB958644"},
		{"os.version=10.0.18363 | os.ubr=720 | reboot-pending=Component Based Servicing",
		 "smbghost", PATCH_PENDING, "a restart is pending", "", ""},
		/* Nobody knows: said beside it. */
		{"os.version=5.1.2600 | os.service-pack=3 | " NETAPI "5.1.2600.5694", "ms08-067",
		 PATCH_EFFECTIVE, "whether a restart is pending is not known", "", ""},
		{"os.version=5.1.2600 | reboot-pending?access denied | " NETAPI "5.1.2600.5694",
		 "ms08-067", PATCH_EFFECTIVE, "whether a restart is pending is not known", "", ""},
	};

	struct posture *p = bench_of("os.version=5.1.2600 | os.service-pack=3 | "
				     "reboot-pending=Windows Update | " NETAPI "5.1.2600.5512");
	struct judged *j;

	(void)state;
	TRY(rows);
	/* What only an inventory claims does not wait for this restart. */
	bench_add(p, "hotfix:KB958644", "claimed", V, BY_LIST);
	j = bench_judge(p, NULL, NULL);
	assert_int_equal(bench_patch(j, "ms08-067")->state, PATCH_MISSING);
	must_say("conflict", bench_patch(j, "ms08-067")->conflict, "a list says KB958644");
	judged_free(j);
	posture_free(p);
}

static void disagreement_is_shown(void **state)
{
	static const struct row rows[] = {
		/* Also what Conficker leaves: it closes the hole in memory, the file stays old. */
		{XP3 NETAPI "5.1.2600.5512 | hotfix:KB958644=installed", "ms08-067", PATCH_MISSING,
		 "fixed in 5.1.2600.5694",
		 "the registry says KB958644 is installed, but the file is older", "KB958644"},
		/* A file of an older Windows than the machine says. */
		{"os.version=6.0.6002 | reboot-pending=no | " NETAPI "6.0.6001.18000", "ms08-067",
		 PATCH_MISSING, "fixed in 6.0.6001.18157",
		 "is of 6.0.6001, the machine says 6.0.6002", NULL},
		{"os.version=6.0.6002 | reboot-pending=no | " NETAPI "6.0.6001.18157", "ms08-067",
		 PATCH_UNKNOWN, "of another Windows", "is of 6.0.6001, the machine says 6.0.6002",
		 NULL},
		{"os.version=6.1.7601 | reboot-pending=no | " SRV "6.0.6002.24067", "ms17-010",
		 PATCH_UNKNOWN, "of another Windows", "is of 6.0.6002, the machine says 6.1.7601",
		 NULL},
		{"os.version=6.0.6001 | reboot-pending=no | " NETAPI "6.0.6000.20937", "ms08-067",
		 PATCH_MISSING, "fixed in 6.0.6001.18157", "is of 6.0.6000", NULL},
		/* A newer one is fixed by its own row. */
		{"os.version=6.0.6000 | reboot-pending=no | " NETAPI "6.0.6001.18157", "ms08-067",
		 PATCH_EFFECTIVE, NULL, "is of 6.0.6001, the machine says 6.0.6000", NULL},
		{"os.version=6.0.6000 | reboot-pending=no | " NETAPI "6.0.6001.18156", "ms08-067",
		 PATCH_MISSING, NULL, "is of 6.0.6001", NULL},
		/* Builds that share their files are no disagreement. */
		{"os.version=6.0.6003 | reboot-pending=no | " SRV "6.0.6002.24067", "ms17-010",
		 PATCH_EFFECTIVE, NULL, "", NULL},
		/* File and build. */
		{"os.version=10.0.14393 | os.ubr=2000 | reboot-pending=no | " SRV "10.0.14393.0",
		 "ms17-010", PATCH_MISSING, "srv.sys is 10.0.14393, fixed in 10.0.14393.953",
		 "build 14393.2000 should have a newer file", NULL},
		{"os.version=10.0.14393 | os.ubr=10 | reboot-pending=no | " SRV "10.0.14393.953",
		 "ms17-010", PATCH_EFFECTIVE, NULL, "build 14393.10 should have an older file",
		 NULL},
	};

	(void)state;
	TRY(rows);
}

static void windows_10_is_known_by_its_build(void **state)
{
	static const struct row rows[] = {
		{"os.version=10.0.18362 | os.ubr=719 | reboot-pending=no", "smbghost",
		 PATCH_MISSING, "the build is 18362.719, fixed in 18362.720", "", "KB4551762"},
		{"os.version=10.0.18362 | os.ubr=720 | reboot-pending=no", "smbghost",
		 PATCH_EFFECTIVE, "the build is 18362.720", "", ""},
		{"os.version=10.0.18363 | os.ubr=719 | reboot-pending=no", "smbghost",
		 PATCH_MISSING, "fixed in 18363.720", "", "KB4551762"},
		{"os.version=10.0.18363 | os.ubr=1556 | reboot-pending=no", "smbghost",
		 PATCH_EFFECTIVE, NULL, "", ""},
		{"os.version=10.0.10240 | os.ubr=17318 | reboot-pending=no", "ms17-010",
		 PATCH_MISSING, NULL, "", "KB4012606"},
		{"os.version=10.0.10240 | os.ubr=17319 | reboot-pending=no", "ms17-010",
		 PATCH_EFFECTIVE, NULL, "", ""},
		{"os.version=10.0.10586 | os.ubr=838 | reboot-pending=no", "ms17-010",
		 PATCH_MISSING, NULL, "", "KB4013198"},
		{"os.version=10.0.10586 | os.ubr=839 | reboot-pending=no", "ms17-010",
		 PATCH_EFFECTIVE, NULL, "", ""},
		/* A file's fourth part is the update that made it: the build tells as well. */
		{"os.version=10.0.14393 | os.ubr=952 | file:system32/drivers/srv.sys?denied",
		 "ms17-010", PATCH_MISSING, "fixed in 14393.953", "", NULL},
		{"os.version=10.0.14393 | os.ubr=953 | reboot-pending=no", "ms17-010",
		 PATCH_EFFECTIVE, NULL, "", NULL},
		/* Enablement packages: the same files, and the same row. */
		{"os.version=10.0.19045 | os.ubr=1083 | reboot-pending=no", "printnightmare",
		 PATCH_EFFECTIVE, NULL, "", NULL},
		{"os.version=10.0.19042 | os.ubr=1082 | reboot-pending=no", "printnightmare",
		 PATCH_MISSING, NULL, "", "KB5004945"},
		{"os.version=10.0.18363 | os.ubr?access denied", "smbghost", PATCH_UNKNOWN,
		 "access denied", "", "KB4551762"},
		{"os.version=10.0.18363", "smbghost", PATCH_UNKNOWN, "not asked", "", NULL},
		{"os.version=10.0.18363 | os.ubr=what", "smbghost", PATCH_UNKNOWN, NULL, "", NULL},
	};

	(void)state;
	TRY(rows);
}

static void a_windows_without_the_hole_is_not_affected(void **state)
{
	static const struct row rows[] = {
		{SEVEN NETAPI "6.1.7601.17514", "ms08-067", PATCH_NOT_AFFECTED,
		 "Windows 7 or Server 2008 R2 Service Pack 1 never had it", "", ""},
		{"os.version=4.0.1381", "ms08-067", PATCH_NOT_AFFECTED, "older than the hole", "",
		 ""},
		{"os.version=10.0.15063", "ms17-010", PATCH_NOT_AFFECTED, NULL, "", ""},
		{"os.version=10.0.15062", "ms17-010", PATCH_UNKNOWN, NULL, "", NULL},
		{"os.version=10.0.17763 | os.ubr=1", "smbghost", PATCH_NOT_AFFECTED,
		 "older than the hole", "", ""},
		{"os.version=10.0.19041 | os.ubr=1", "smbghost", PATCH_NOT_AFFECTED, NULL, "", ""},
		/* Which build of 10 is not known: it may be one of those. */
		{"os.version=10.0", "smbghost", PATCH_UNKNOWN, NULL, "", NULL},
		/* Its challenge says which Windows it is. */
		{"smb.build=6.1.7601", "ms08-067", PATCH_NOT_AFFECTED, NULL, "", ""},
		{"smb.build=5.1.2600", "ms08-067", PATCH_UNKNOWN, "was not read: not asked", "",
		 "KB958644"},
		/* Samba says 6.1.0, and is no Windows. */
		{"smb.build=6.1.0", "ms08-067", PATCH_UNKNOWN, NULL, "", ""},
		{"os.version?no answer", "smbghost", PATCH_UNKNOWN,
		 "which Windows it is is not known: no answer", "", NULL},
		/* Only the file was readable: it is of some Windows. */
		{NETAPI "6.1.7601.17514", "ms08-067", PATCH_NOT_AFFECTED, NULL, "", ""},
		{NETAPI "5.1.2600.5512", "ms08-067", PATCH_MISSING, NULL, "", "KB958644"},
		{NETAPI "5.1.2600.5694", "ms08-067", PATCH_EFFECTIVE, NULL, "", ""},
		/* The service pack had it from the beginning. */
		{"os.version=6.0.6002 | os.service-pack=2", "printnightmare", PATCH_NOT_AFFECTED,
		 "had the fix from its first day", "", ""},
		{"os.version=6.0.6003", "printnightmare", PATCH_NOT_AFFECTED, NULL, "", ""},
		{"os.version=6.0.6001 | os.service-pack=1", "printnightmare", PATCH_UNKNOWN, NULL,
		 "", NULL},
		/* No spooler, no hole. */
		{"os.version=10.0.19041 | os.ubr=1 | service:spooler!", "printnightmare",
		 PATCH_NOT_AFFECTED, "it has no service spooler", "", ""},
		{"os.version=10.0.19041 | os.ubr=1 | service:Spooler=stopped disabled",
		 "printnightmare", PATCH_MISSING, NULL, "", NULL},
		/* Only the number of an update is known. */
		{"os.version=5.1.2600", "printnightmare", PATCH_UNKNOWN,
		 "no fixed version is known for Windows XP", "", ""},
	};

	(void)state;
	TRY(rows);
}

static void some_holes_are_on_domain_controllers_only(void **state)
{
	static const struct row rows[] = {
		{"os.version=10.0.18362 | os.ubr=1 | os.product-type=dc", "zerologon",
		 PATCH_MISSING, NULL, "", NULL},
		{"os.version=10.0.18362 | os.ubr=1 | os.product-type=workstation", "zerologon",
		 PATCH_NOT_AFFECTED, "only a dc has it", "", ""},
		{"os.version=10.0.18362 | os.ubr=1", "zerologon", PATCH_UNKNOWN,
		 "only a dc has it, and whether it is one is not known", "", NULL},
		{"os.version=10.0.18362 | os.ubr=720", "zerologon", PATCH_EFFECTIVE, NULL, "",
		 NULL},
	};

	(void)state;
	TRY(rows);
}

static void anonymous_answers_say_no_more_than_they_prove(void **state)
{
	static const struct row rows[] = {
		{"smb.build=6.1.7601 | smb.ms17-010=answers as unpatched", "ms17-010",
		 PATCH_MISSING, "answers PeekNamedPipe as an unpatched one", "",
		 "KB4012212 or KB4012215"},
		{"smb.ms17-010=answers as unpatched", "ms17-010", PATCH_MISSING, NULL, "", NULL},
		{"smb.build=6.1.7601 | smb.ms17-010=answers as patched", "ms17-010", PATCH_UNKNOWN,
		 "was not read: not asked; it answers PeekNamedPipe as a patched one does", "",
		 NULL},
		{"smb.build=6.1.7601 | smb.ms17-010?no answer", "ms17-010", PATCH_UNKNOWN, NULL, "",
		 NULL},
		/* What runs counts, whatever lies on the disk. */
		{SEVEN SRV "6.1.7601.23689 | smb.ms17-010=answers as unpatched", "ms17-010",
		 PATCH_PENDING, "it was not restarted since",
		 "answers PeekNamedPipe as an unpatched one", ""},
		{SEVEN SRV "6.1.7601.23688 | smb.ms17-010=answers as patched", "ms17-010",
		 PATCH_MISSING, NULL, "as a patched one does", NULL},
		{"os.version=10.0.19041 | smb.ms17-010=answers as unpatched", "ms17-010",
		 PATCH_MISSING, NULL, "never had it", NULL},
		{SEVEN "hotfix:KB4012212=installed | smb.ms17-010=answers as unpatched", "ms17-010",
		 PATCH_MISSING, NULL, "the registry says KB4012212 is installed", NULL},
		{"os.version=10.0.18363 | smb.compression=none", "smbghost", PATCH_NOT_AFFECTED,
		 "does not take compressed messages", "", ""},
		{"os.version=10.0.18363 | os.ubr=719 | smb.compression=none", "smbghost",
		 PATCH_MISSING, "fixed in 18363.720", "does not take compressed messages", NULL},
	};

	(void)state;
	TRY(rows);
}

static void a_fix_can_be_undone_by_a_setting(void **state)
{
#define POINT                                                                                      \
	"registry:HKLM\\software\\policies\\Microsoft\\Windows NT\\Printers\\PointAndPrint\\"      \
	"NoWarningNoElevationOnInstall"
	static const struct row rows[] = {
		{"os.version=10.0.19041 | os.ubr=1083 | reboot-pending=no | " POINT "=1",
		 "printnightmare", PATCH_MISSING,
		 "but Point and Print installs drivers without asking", "", NULL},
		{"os.version=10.0.19041 | os.ubr=1083 | reboot-pending=no | " POINT "=0",
		 "printnightmare", PATCH_EFFECTIVE, NULL, "", NULL},
		{"os.version=10.0.19041 | os.ubr=1083 | reboot-pending=no | " POINT "!",
		 "printnightmare", PATCH_EFFECTIVE, NULL, "", NULL},
	};

	(void)state;
	TRY(rows);
}

static void a_remedy_is_no_fix(void **state)
{
	struct posture *p =
		bench_of(XP3 SRV "5.1.2600.5512 | smb.smb1=off | "
				 "service:LanmanServer=stopped disabled | " NETAPI "5.1.2600.5694");
	struct judged *j = bench_judge(p, NULL, NULL);

	(void)state;
	assert_int_equal(bench_patch(j, "ms17-010")->state, PATCH_MISSING);
	assert_string_equal(bench_patch(j, "ms17-010")->remedy,
			    "SMB 1 is off; the Server service is switched off");
	assert_string_equal(bench_patch(j, "smbghost")->remedy, "");
	judged_free(j);
	posture_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_of_the_bulletins_is_compared_within_its_branch),
		cmocka_unit_test(the_other_branch_has_another_number),
		cmocka_unit_test(the_service_pack_tells_which_row_where_the_build_does_not),
		cmocka_unit_test(a_newer_file_is_fixed_whatever_lists_say),
		cmocka_unit_test(what_only_a_list_says_is_never_effective),
		cmocka_unit_test(what_waits_for_a_restart_is_pending),
		cmocka_unit_test(disagreement_is_shown),
		cmocka_unit_test(windows_10_is_known_by_its_build),
		cmocka_unit_test(a_windows_without_the_hole_is_not_affected),
		cmocka_unit_test(some_holes_are_on_domain_controllers_only),
		cmocka_unit_test(anonymous_answers_say_no_more_than_they_prove),
		cmocka_unit_test(a_fix_can_be_undone_by_a_setting),
		cmocka_unit_test(a_remedy_is_no_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
