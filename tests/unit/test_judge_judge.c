/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "judge_bench.h"

#include <stdlib.h>

#define XP3     "os.version=5.1.2600 | os.service-pack=3 | reboot-pending=no | "
#define NETAPI  "file:system32/netapi32.dll="
#define SRV     "file:system32/drivers/srv.sys="
#define APPLETS "registry:HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Applets\\"
#define TCPIP   "registry:HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\"

static void windows_is_put_in_words(void **state)
{
	static const struct {
		const char *words, *os;
	} rows[] = {
		{"os.version=5.1.2600 | os.service-pack=3", "Windows XP Service Pack 3"},
		{"os.version=5.1.2600 | os.service-pack=0", "Windows XP"},
		{"os.version=5.1.2600 | os.name=Microsoft Windows XP | os.service-pack=2",
		 "Windows XP Service Pack 2"},
		{"os.version=6.1.7601 | os.service-pack=1",
		 "Windows 7 or Server 2008 R2 Service Pack 1"},
		{"os.version=6.1.7601 | os.product-type=workstation", "Windows 7"},
		{"os.version=6.1.7601 | os.product-type=dc", "Windows Server 2008 R2"},
		{"os.version=5.2.3790 | os.product-type=workstation", "Windows XP x64"},
		{"os.version=10.0.18363 | os.ubr=719 | os.name=Windows 10 Pro",
		 "Windows 10 Pro (build 18363.719)"},
		{"os.version=10.0.17763 | os.product-type=server",
		 "Windows Server 2019 (build 17763)"},
		{"os.version=10.0.22631 | os.ubr=1", "Windows 11 (build 22631.1)"},
		{"smb.build=6.3.9600", "Windows 8.1 or Server 2012 R2"},
		{"smb.build=6.1.0", "unknown"},
		{"os.version=9.9.9", "Windows 9.9"},
		{"os.version=none", "unknown"},
		{"os.name=Windows XP", "Windows XP"},
		{"smb.smb1=on", "unknown"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct posture *p = bench_of(rows[i].words);
		struct judged *j = bench_judge(p, NULL, NULL);

		print_message("           %s\n", rows[i].words);
		assert_string_equal(j->os, rows[i].os);
		judged_free(j);
		posture_free(p);
	}
}

static void tampering_is_more_than_what_administrators_do(void **state)
{
#define OFF(service) "service:" service "=stopped disabled"
	static const struct {
		const char *words, *id; /* NULL: no sign */
		bool is_strong;
		const char *why;
	} rows[] = {
		{OFF("wuauserv") " | " OFF("BITS") " | " OFF("WinDefend"), "protection-disabled",
		 true, "wuauserv, BITS and WinDefend are stopped and disabled together: Conficker"},
		{OFF("wuauserv") " | " OFF("wscsvc") " | " OFF("ERSvc"), "protection-disabled",
		 true, NULL},
		{OFF("wuauserv") " | " OFF("BITS") " | " OFF("wscsvc") " | " OFF(
			 "WinDefend") " | " OFF("ERSvc") " | " OFF("WerSvc"),
		 "protection-disabled", true, NULL},
		/* Windows 2000 has no more than these. */
		{OFF("wuauserv") " | " OFF("BITS"), "protection-disabled", false,
		 "wuauserv and BITS are stopped and disabled together"},
		{OFF("wuauserv") " | " OFF("WinDefend"), "protection-disabled", false, NULL},
		/* Another product, and no error reports. */
		{OFF("WinDefend") " | " OFF("wscsvc") " | " OFF("ERSvc"), NULL, false, NULL},
		{OFF("wuauserv"), NULL, false, NULL},
		{"service:wuauserv=stopped manual | service:BITS=stopped manual | " OFF(
			 "WinDefend"),
		 NULL, false, NULL},
		{"service:wuauserv=running disabled | " OFF("BITS"), NULL, false, NULL},
		{"service:wuauserv?access denied | service:BITS! | " OFF("WinDefend"), NULL, false,
		 NULL},
		{APPLETS "dl=5", "conficker-registry", true, "there is a value dl in HKLM\\"},
		{APPLETS "DS=5 | " APPLETS "dl=5", "conficker-registry", true,
		 "dl and a value ds in "
		 "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Applets: "},
		{APPLETS "dl! | " APPLETS "ds?access denied", NULL, false, NULL},
		{TCPIP "TcpNumConnections=16777214", "tcp-limit-raised", false, NULL},
		{TCPIP "TcpNumConnections=10", NULL, false, NULL},
		{"service:mssecsvc2.0=running automatic", "wannacry-service", true, NULL},
		{"service:mssecsvc2.0!", NULL, false, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct posture *p = bench_of(rows[i].words);
		struct judged *j = bench_judge(p, NULL, NULL);

		print_message("           %s\n", rows[i].words);
		assert_int_equal(j->n_signs, rows[i].id != NULL);
		if (rows[i].id != NULL) {
			assert_string_equal(j->signs[0].id, rows[i].id);
			assert_int_equal(j->signs[0].is_strong, rows[i].is_strong);
			if (rows[i].why != NULL && strstr(j->signs[0].why, rows[i].why) == NULL)
				fail_msg("%s", j->signs[0].why);
		}
		judged_free(j);
		posture_free(p);
	}
}

static double harm_of(const char *words, const char *const *loose)
{
	struct posture *p = bench_of(words);
	struct judged *j = bench_judge(p, NULL, loose);
	double harm = j->harm;

	judged_free(j);
	posture_free(p);
	return harm;
}

static void the_worst_comes_first(void **state)
{
	static const char *const conficker[] = {"ms08-067", NULL};
	static const char *const order[] = {
		/* Open to the worm that is about. */
		XP3 NETAPI "5.1.2600.5512 | " SRV "5.1.2600.7208",
		/* Looks infected. */
		XP3 NETAPI "5.1.2600.5694 | " SRV "5.1.2600.7208 | " APPLETS "dl=1",
		/* Not restarted. */
		"os.version=5.1.2600 | os.service-pack=3 | reboot-pending=x | " NETAPI
		"5.1.2600.5694 | " SRV "5.1.2600.7208",
		/* Open, but it cannot be reached. */
		XP3 NETAPI "5.1.2600.5512 | " SRV "5.1.2600.7208 | service:lanmanserver=stopped "
			   "disabled",
		/* Open to another. */
		XP3 NETAPI "5.1.2600.5694 | " SRV "5.1.2600.5512",
		XP3 NETAPI "5.1.2600.5694 | " SRV "5.1.2600.7208",
	};

	(void)state;
	for (size_t i = 1; i < sizeof(order) / sizeof(order[0]); i++) {
		print_message("           %s: %g\n", order[i - 1],
			      harm_of(order[i - 1], conficker));
		assert_true(harm_of(order[i - 1], conficker) > harm_of(order[i], conficker));
	}
	/* Nothing known is not nothing to fear. */
	assert_true(harm_of("smb.smb1=on", conficker) >
		    harm_of(XP3 NETAPI "5.1.2600.5694 | " SRV "5.1.2600.7208", conficker));
	/* With nothing about, one known hole comes before nothing known. */
	assert_true(harm_of(XP3 NETAPI "5.1.2600.5512 | " SRV "5.1.2600.7208", NULL) >
		    harm_of("smb.smb1=on", NULL));
	assert_true(harm_of(XP3 NETAPI "5.1.2600.5512", NULL) <
		    harm_of(XP3 NETAPI "5.1.2600.5512", conficker));
}

static void states_are_counted(void **state)
{
	struct posture *p = bench_of(XP3 NETAPI "5.1.2600.5512 | " SRV "5.1.2600.7208");
	struct judged *j = bench_judge(p, NULL, NULL);
	unsigned all = 0;

	(void)state;
	assert_int_equal(j->n_patches, BENCH_WEAKNESSES);
	assert_ptr_equal(j->posture, p);
	assert_int_equal(j->n_patch[PATCH_MISSING], 1);
	assert_int_equal(j->n_patch[PATCH_EFFECTIVE], 1);
	assert_int_equal(j->n_patch[PATCH_NOT_AFFECTED], 2); /* smbghost, zerologon */
	for (unsigned s = 0; s < PATCH_STATES; s++)
		all += j->n_patch[s];
	assert_int_equal(all, BENCH_WEAKNESSES);
	judged_free(j);
	judged_free(NULL);
	posture_free(p);
}

static bool has(const char *const *list, size_t n, const char *text)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0) /* each once, sorted */
			assert_true(strcasecmp(list[i - 1], list[i]) < 0);
		found += strcmp(list[i], text) == 0;
	}
	return found == 1;
}

static void questions_are_what_the_judgement_looks_at(void **state)
{
	static const char *const texts[] = {"x", NULL};
	static const struct check checks[] = {
		{.key = "service:TlntSvr", .want = WANT_WORD, .texts = texts},
		{.key = "service:*", .want = WANT_WORD, .texts = texts},
		{.key = "account:*", .want = WANT_WORD, .texts = texts},
		{.key = "registry:HKLM\\Here\\X",
		 .policy_key = "registry:HKLM\\Policies\\X",
		 .want = WANT_EQUALS,
		 .texts = texts},
	};
	static const struct baseline b = {.checks = checks, .n_checks = 4};
	const struct judge_rules rules = {
		.weaknesses = bench_weaknesses, .n_weaknesses = BENCH_WEAKNESSES, .baseline = &b};
	struct judge_questions q;

	(void)state;
#define CURRENT "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
	assert_int_equal(judge_questions_by(&rules, NULL, &q), RC_OK);
	assert_int_equal(q.n_files, 2);
	assert_true(has(q.files, q.n_files, "system32/netapi32.dll"));
	assert_true(has(q.registry, q.n_registry, CURRENT "UBR"));
	assert_true(has(q.registry, q.n_registry, CURRENT "HotFix\\KB958644\\Installed"));
	assert_true(has(q.registry, q.n_registry, CURRENT "HotFix\\KB4012598\\Installed"));
	assert_true(has(q.registry, q.n_registry, "HKLM\\Here\\X"));
	assert_true(has(q.registry, q.n_registry, "HKLM\\Policies\\X"));
	assert_true(has(q.registry, q.n_registry,
			"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\"
			"Component Based Servicing\\RebootPending\\"));
	assert_false(has(q.registry, q.n_registry, CURRENT "HotFix\\KB4551762\\Installed"));
	assert_true(has(q.services, q.n_services, "TlntSvr"));
	assert_true(has(q.services, q.n_services, "spooler"));
	assert_true(has(q.services, q.n_services, "lanmanserver"));
	assert_true(has(q.services, q.n_services, "WinDefend"));
	assert_false(has(q.services, q.n_services, "*"));
	assert_true(has(q.updates, q.n_updates, "KB4551762"));
	judge_questions_done(&q);
	assert_int_equal(judge_questions_by(&rules, "ms08-067", &q), RC_OK);
	assert_int_equal(q.n_files, 1);
	assert_int_equal(q.n_services, 1);
	assert_int_equal(q.n_updates, 1);
	assert_true(has(q.registry, q.n_registry, CURRENT "HotFix\\KB958644\\Installed"));
	assert_false(has(q.registry, q.n_registry, "HKLM\\Here\\X"));
	judge_questions_done(&q);
	assert_int_equal(judge_questions_by(&rules, "ms99-999", &q), RC_INVAL);
}

/* --- honesty: knowing less never makes more of a machine --- */

static const char *const pool[] = {
	"os.version=5.1.2600",
	"os.version=6.0.6001",
	"os.version=6.0.6002",
	"os.version=10.0.14393",
	"os.version=10.0.18363",
	"os.service-pack=2",
	"os.service-pack=3",
	"os.ubr=719",
	"os.ubr=2000",
	"os.product-type=dc",
	"os.product-type=workstation",
	"os.boot=2009-01-10T08:00:00Z",
	"file.changed:system32/netapi32.dll=2009-01-12T08:00:00Z",
	NETAPI "5.1.2600.5512",
	NETAPI "5.1.2600.5694",
	NETAPI "6.0.6001.22100",
	NETAPI "6.0.6001.18157",
	SRV "5.1.2600.7208",
	SRV "10.0.14393.0",
	SRV "6.0.6002.24067",
	"hotfix:KB958644=installed",
	"hotfix:KB958644=installed-pending",
	"hotfix:KB4551762=installed",
	"reboot-pending=no",
	"reboot-pending=Windows Update",
	"smb.build=6.1.7601",
	"smb.ms17-010=answers as unpatched",
	"smb.ms17-010=answers as patched",
	"smb.smb1=off",
	"smb.compression=none",
	"service:spooler!",
	"service:lanmanserver=stopped disabled",
	"file:system32/netapi32.dll!",
};
enum { POOL = sizeof(pool) / sizeof(pool[0]) };

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static bool is_good(enum patch_state s)
{
	return s == PATCH_EFFECTIVE || s == PATCH_NOT_AFFECTED;
}

/* The same posture, and something more that could not be read: from every source, at any time. */
static struct judged *with_unreadable(struct posture *p, unsigned *seed)
{
	static const unsigned sources[] = {BY_FILE,   BY_REGISTRY, BY_SERVICES,
					   BY_SCRIPT, BY_HIVE,     BY_LIST};
	unsigned n = 1 + next_random(seed) % 6;

	for (unsigned i = 0; i < n; i++) {
		char key[256];
		const char *one = pool[next_random(seed) % POOL];

		(void)snprintf(key, sizeof(key), "%.*s", (int)strcspn(one, "=!?"), one);
		unsigned by = sources[next_random(seed) % 6];
		if (posture_from(p, key, by) == NULL) /* a newer word of the same source counts */
			bench_add(p, key, "access denied", UNREADABLE, by);
	}
	return bench_judge(p, NULL, NULL);
}

static void what_cannot_be_read_never_makes_a_machine_better(void **state)
{
	unsigned seed = 20090115, good = 0, bad = 0;

	(void)state;
	for (unsigned round = 0; round < 4000; round++) {
		struct posture *p = bench_posture();
		unsigned n = 1 + next_random(&seed) % 8;
		struct judged *before, *after;

		for (unsigned i = 0; i < n; i++)
			bench_say(p, pool[next_random(&seed) % POOL]);
		before = bench_judge(p, NULL, NULL);
		after = with_unreadable(p, &seed);
		for (size_t i = 0; i < before->n_patches; i++) {
			if (is_good(before->patches[i].state)) {
				good++;
				continue;
			}
			bad++;
			if (is_good(after->patches[i].state))
				fail_msg("round %u: %s, then %s: %s", round, before->patches[i].why,
					 after->patches[i].why, after->patches[i].weakness->id);
		}
		judged_free(before);
		judged_free(after);
		posture_free(p);
	}
	assert_true(good > 1000 && bad > 1000); /* both were tried */
}

/* No list alone, whatever it says, makes anything effective. */
static void no_list_makes_anything_effective(void **state)
{
	unsigned seed = 958644;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		struct posture *p = bench_posture();
		struct judged *j;

		for (unsigned i = 0; i < 12; i++) {
			const char *one = pool[next_random(&seed) % POOL];
			size_t len = strcspn(one, "=!?");
			char key[256];

			(void)snprintf(key, sizeof(key), "%.*s", (int)len, one);
			bench_add(p, key, one + len + 1, one[len] == '!' ? ABSENT : V, BY_LIST);
		}
		j = bench_judge(p, NULL, NULL);
		assert_int_equal(j->n_patch[PATCH_EFFECTIVE], 0);
		judged_free(j);
		posture_free(p);
	}
}

/* The catalogue and the baselines that are built in, not the bench's. */
static void the_built_in_knowledge_is_judged_by(void **state)
{
	struct posture *p = bench_of(XP3 NETAPI "5.1.2600.5512 | hotfix:KB958644! | "
						"policy.min-password-length=0");
	const char *const *name = knowledge_baselines();

	(void)state;
	for (; *name != NULL; name++) {
		struct knowledge *k = NULL;
		struct judged *j = NULL;
		struct judge_questions q;
		char err[256];
		size_t n = 0;
		unsigned marks = 0;

		print_message("           %s\n", *name);
		assert_int_equal(knowledge_new(*name, &k, err, sizeof(err)), RC_OK);
		assert_int_equal(judge_posture(p, k, NULL, &j), RC_OK);
		(void)knowledge_weaknesses(k, &n);
		assert_int_equal(j->n_patches, n);
		assert_int_equal(bench_patch(j, "ms08-067")->state, PATCH_MISSING);
		assert_string_equal(bench_patch(j, "ms08-067")->kbs, "KB958644");
		assert_int_equal(bench_patch(j, "smbghost")->state, PATCH_NOT_AFFECTED);
		assert_int_equal(j->n_checks, knowledge_baseline(k)->n_checks);
		for (unsigned m = 0; m < MARKS; m++)
			marks += j->n_mark[m];
		assert_int_equal(marks, j->n_checks);
		assert_true(j->n_mark[MARK_FAIL] > 0 && j->n_mark[MARK_UNKNOWN] > 0);
		for (size_t i = 0; i < j->n_checks; i++) {
			assert_true(j->checks[i].wanted[0] != '\0' && j->checks[i].why[0] != '\0');
			assert_true(j->checks[i].mark != MARK_PASS ||
				    posture_find(p, j->checks[i].check->key) != NULL);
		}
		assert_int_equal(judge_questions(k, NULL, &q), RC_OK);
		assert_true(has(q.files, q.n_files, "system32/netapi32.dll"));
		judge_questions_done(&q);
		judged_free(j);
		knowledge_free(k);
	}
	posture_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_is_put_in_words),
		cmocka_unit_test(tampering_is_more_than_what_administrators_do),
		cmocka_unit_test(the_worst_comes_first),
		cmocka_unit_test(states_are_counted),
		cmocka_unit_test(questions_are_what_the_judgement_looks_at),
		cmocka_unit_test(what_cannot_be_read_never_makes_a_machine_better),
		cmocka_unit_test(no_list_makes_anything_effective),
		cmocka_unit_test(the_built_in_knowledge_is_judged_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
