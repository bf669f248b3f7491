/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "judge_bench.h"

#define UAC                                                                                        \
	"registry:HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\EnableLUA"

static const char *const yes[] = {"yes", NULL}, *const zero[] = {"0", NULL};
static const char *const running[] = {"running", NULL};
static const char *const enabled[] = {"enabled", NULL};
static const char *const enabled_never[] = {"enabled", "never-expires", NULL};
static const char *const disabled[] = {"disabled", NULL};
static const char *const success_failure[] = {"success", "failure", NULL};
static const char *const until_reset[] = {"until-reset", NULL};
static const char *const nobody[] = {"nobody", "BUILTIN\\Administrators", NULL};

static const struct check least_8 = {.id = "length",
				     .key = "policy.min-password-length",
				     .want = WANT_AT_LEAST,
				     .number = 8,
				     .is_serious = true,
				     .reason = "Short ones are guessed."};
static const struct check age_42 = {.id = "age",
				    .key = "policy.max-password-age",
				    .want = WANT_AT_MOST,
				    .number = 42,
				    .reason = "Old ones are known."};
static const struct check locks = {.id = "locks",
				   .key = "policy.lockout-threshold",
				   .want = WANT_AT_MOST,
				   .number = 10,
				   .is_serious = true,
				   .reason = "Guessing must end."};
static const struct check locks_at_all = {.id = "locks",
					  .key = "policy.lockout-threshold",
					  .want = WANT_AT_LEAST,
					  .number = 1,
					  .reason = "same"};
static const struct check lasts = {.id = "lasts",
				   .key = "policy.lockout-duration",
				   .want = WANT_AT_LEAST,
				   .number = 15,
				   .texts = until_reset,
				   .reason = "A worm is patient."};
static const struct check complex = {.id = "complex",
				     .key = "policy.password-complexity",
				     .want = WANT_EQUALS,
				     .texts = yes,
				     .is_serious = true,
				     .reason = "Words are guessed."};
static const struct check not_zero = {.id = "limit",
				      .key = "registry:HKLM\\X",
				      .want = WANT_NOT,
				      .texts = zero,
				      .absent = "0",
				      .reason = "Zero is open."};
static const struct check no_default = {.id = "limit",
					.key = "registry:HKLM\\X",
					.want = WANT_NOT,
					.texts = zero,
					.reason = "Zero is open."};
static const struct check governed = {.id = "governed",
				      .key = "registry:HKLM\\X",
				      .policy_key = "registry:HKLM\\Policies\\X",
				      .want = WANT_EQUALS,
				      .texts = yes,
				      .reason = "It counts."};
static const struct check uac = {.id = "uac",
				 .key = UAC,
				 .want = WANT_AT_LEAST,
				 .number = 1,
				 .absent = "1",
				 .from = VER(6),
				 .is_serious = true,
				 .reason = "Programs must ask."};
static const struct check old_only = {.id = "old",
				      .key = "service:ERSvc",
				      .want = WANT_WORD,
				      .texts = running,
				      .absent_passes = true,
				      .until = VER(6),
				      .reason = "Crashes tell."};
static const struct check no_telnet = {.id = "telnet",
				       .key = "service:TlntSvr",
				       .want = WANT_WORD,
				       .texts = disabled,
				       .absent_passes = true,
				       .reason = "Passwords in clear."};
static const struct check audit_logon = {.id = "audit",
					 .key = "audit:logon",
					 .want = WANT_WORD,
					 .texts = success_failure,
					 .reason = "Who was it?"};
static const struct check no_password = {.id = "guest",
					 .key = "account:Guest",
					 .want = WANT_NO_WORD,
					 .texts = enabled,
					 .absent_passes = true,
					 .reason = "Anybody is Guest."};
static const struct check admins = {.id = "admins",
				    .key = "admin:*",
				    .want = WANT_COUNT_AT_MOST,
				    .number = 2,
				    .reason = "Each is a way in."};
static const struct check no_eternal = {.id = "eternal",
					.key = "account:*",
					.want = WANT_COUNT_AT_MOST,
					.number = 0,
					.texts = enabled_never,
					.reason = "Old ones are known."};
static const struct check has_av = {.id = "av",
				    .key = "anti-malware:*",
				    .want = WANT_COUNT_AT_LEAST,
				    .number = 1,
				    .texts = running,
				    .is_serious = true,
				    .reason = "Nothing looks."};
static const struct check fresh = {.id = "fresh",
				   .key = "anti-malware:*",
				   .want = WANT_AGE_AT_MOST,
				   .number = 7,
				   .texts = running,
				   .reason = "Old signatures are blind."};
static const struct check writers = {.id = "writers",
				     .key = "share.writers:*",
				     .want = WANT_EQUALS,
				     .texts = nobody,
				     .is_serious = true,
				     .reason = "Worms copy themselves there."};

struct row {
	const char *words;
	const struct check *check;
	enum mark mark;
	const char *value, *wanted, *why; /* NULL: not looked at; why: a part */
};

static void try_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct baseline b = {.id = "b", .checks = rows[i].check, .n_checks = 1};
		struct posture *p = bench_of(rows[i].words);
		struct judged *j = bench_judge(p, &b, NULL);
		const struct judged_check *got = &j->checks[0];

		print_message("           %s: %s\n", rows[i].check->id, rows[i].words);
		if (got->mark != rows[i].mark)
			fail_msg("%s, not %s: \"%s\", %s", mark_name(got->mark),
				 mark_name(rows[i].mark), got->value, got->why);
		assert_ptr_equal(got->check, rows[i].check);
		assert_int_equal(j->n_mark[rows[i].mark], 1);
		if (rows[i].value != NULL)
			assert_string_equal(got->value, rows[i].value);
		if (rows[i].wanted != NULL)
			assert_string_equal(got->wanted, rows[i].wanted);
		if (rows[i].why != NULL && strstr(got->why, rows[i].why) == NULL)
			fail_msg("why is \"%s\"", got->why);
		judged_free(j);
		posture_free(p);
	}
}
#define TRY(rows) try_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void numbers_are_compared(void **state)
{
	static const struct row rows[] = {
		{"policy.min-password-length=7", &least_8, MARK_FAIL, "7", "at least 8",
		 "Short ones are guessed."},
		{"policy.min-password-length=8", &least_8, MARK_PASS, "8", NULL, NULL},
		{"policy.min-password-length=14", &least_8, MARK_PASS, NULL, NULL, NULL},
		{"policy.min-password-length=many", &least_8, MARK_UNKNOWN, "many", NULL,
		 "is no number"},
		{"policy.min-password-length=", &least_8, MARK_UNKNOWN, NULL, NULL, NULL},
		{"policy.min-password-length=8x", &least_8, MARK_UNKNOWN, NULL, NULL, NULL},
		{"policy.max-password-age=42", &age_42, MARK_PASS, NULL, "at most 42", NULL},
		{"policy.max-password-age=43", &age_42, MARK_WARN, "43", NULL, NULL},
		{"policy.max-password-age=never", &age_42, MARK_WARN, "never", NULL, NULL},
		{"policy.max-password-age=99999999999999999999", &age_42, MARK_WARN, NULL, NULL,
		 NULL},
		/* 0 is never, which is more than ten and less than one. */
		{"policy.lockout-threshold=0", &locks, MARK_FAIL, NULL, NULL, NULL},
		{"policy.lockout-threshold=10", &locks, MARK_PASS, NULL, NULL, NULL},
		{"policy.lockout-threshold=0", &locks_at_all, MARK_WARN, NULL, NULL, NULL},
		{"policy.lockout-threshold=1", &locks_at_all, MARK_PASS, NULL, NULL, NULL},
		{"policy.lockout-duration=until-reset", &lasts, MARK_PASS, NULL,
		 "at least 15 or until-reset", NULL},
		{"policy.lockout-duration=14", &lasts, MARK_WARN, NULL, NULL, NULL},
	};

	(void)state;
	TRY(rows);
}

static void words_are_compared(void **state)
{
	static const struct row rows[] = {
		{"policy.password-complexity=yes", &complex, MARK_PASS, "yes", "yes", NULL},
		{"policy.password-complexity=YES", &complex, MARK_PASS, NULL, NULL, NULL},
		{"policy.password-complexity=no", &complex, MARK_FAIL, "no", NULL, NULL},
		{"registry:HKLM\\X=0", &not_zero, MARK_WARN, "0", "not 0", NULL},
		{"registry:HKLM\\X=1; 0; 2", &not_zero, MARK_WARN, NULL, NULL, NULL},
		{"registry:HKLM\\X=1; 10", &not_zero, MARK_PASS, NULL, NULL, NULL},
		{"audit:logon=success failure", &audit_logon, MARK_PASS, NULL,
		 "success and failure", NULL},
		{"audit:logon=failure success", &audit_logon, MARK_PASS, NULL, NULL, NULL},
		{"audit:logon=success", &audit_logon, MARK_WARN, "success", NULL, NULL},
		{"audit:logon=none", &audit_logon, MARK_WARN, NULL, NULL, NULL},
		{"account:guest=rid=501 disabled", &no_password, MARK_PASS, NULL, "not enabled",
		 NULL},
		{"account:Guest=rid=501 enabled", &no_password, MARK_WARN, NULL, NULL, NULL},
		{"account:Guest=rid=501 enabled-not", &no_password, MARK_PASS, NULL, NULL, NULL},
	};

	(void)state;
	TRY(rows);
}

static void what_is_not_known_is_not_passed(void **state)
{
	static const struct row rows[] = {
		{"os.ubr=1", &least_8, MARK_UNKNOWN, "", "at least 8", "not asked"},
		{"policy.min-password-length?access denied", &least_8, MARK_UNKNOWN, "", NULL,
		 "access denied"},
		{"registry:HKLM\\X!", &no_default, MARK_UNKNOWN, NULL, NULL,
		 "what Windows does then is not known"},
		{"service:TlntSvr?access denied", &no_telnet, MARK_UNKNOWN, NULL, NULL,
		 "access denied"},
	};

	(void)state;
	TRY(rows);
}

static void nothing_there_is_the_default_or_as_wanted(void **state)
{
	static const struct row rows[] = {
		{"registry:HKLM\\X!", &not_zero, MARK_WARN, "not set, which is 0", NULL, NULL},
		{"os.version=6.1.7601 | " UAC "!", &uac, MARK_PASS, "not set, which is 1", NULL,
		 NULL},
		{"service:TlntSvr!", &no_telnet, MARK_PASS, "not there", "disabled", NULL},
		{"service:TlntSvr=running automatic", &no_telnet, MARK_WARN, NULL, NULL, NULL},
		/* A list that was read whole, and has it not. */
		{"service:=2 | service:a=running manual | service:b=running manual", &no_telnet,
		 MARK_PASS, "not there", NULL, NULL},
		{"service:?access denied | service:a=running manual", &no_telnet, MARK_UNKNOWN,
		 NULL, NULL, NULL},
		{"service:a=running manual", &no_telnet, MARK_UNKNOWN, NULL, NULL, "not asked"},
	};

	(void)state;
	TRY(rows);
}

static void group_policys_own_value_counts_first(void **state)
{
	static const struct row rows[] = {
		{"registry:HKLM\\X=no | registry:HKLM\\Policies\\X=yes", &governed, MARK_PASS,
		 "yes", NULL, NULL},
		{"registry:HKLM\\X=yes | registry:HKLM\\Policies\\X=no", &governed, MARK_WARN, "no",
		 NULL, NULL},
		{"registry:HKLM\\X=yes | registry:HKLM\\Policies\\X!", &governed, MARK_PASS, "yes",
		 NULL, NULL},
		{"registry:HKLM\\X=yes", &governed, MARK_PASS, "yes", NULL, NULL},
		{"registry:HKLM\\X=yes | registry:HKLM\\Policies\\X?access denied", &governed,
		 MARK_UNKNOWN, NULL, NULL, "group policy's own value: access denied"},
	};

	(void)state;
	TRY(rows);
}

static void checks_are_for_some_windows_only(void **state)
{
	static const struct row rows[] = {
		{"os.version=5.1.2600 | os.service-pack=3 | " UAC "!", &uac, MARK_NOT_APPLICABLE,
		 "", NULL, "not on Windows XP Service Pack 3"},
		{"os.version=6.0.6000 | " UAC "=0", &uac, MARK_FAIL, "0", NULL, NULL},
		{"os.version=6.0.6000 | service:ERSvc=stopped disabled", &old_only,
		 MARK_NOT_APPLICABLE, NULL, NULL, NULL},
		{"os.version=5.2.3790 | service:ERSvc=stopped disabled", &old_only, MARK_WARN, NULL,
		 NULL, NULL},
		{UAC "=1", &uac, MARK_UNKNOWN, "1", NULL, "which Windows it is is not known"},
	};

	(void)state;
	TRY(rows);
}

static void lists_are_counted(void **state)
{
	static const struct row rows[] = {
		{"admin:PC\\A=user | admin:PC\\B=group", &admins, MARK_PASS, "2: PC\\A, PC\\B",
		 "at most 2", NULL},
		{"admin:=3 | admin:PC\\A=user | admin:PC\\B=group | admin:D\\C=unknown", &admins,
		 MARK_WARN, "3: D\\C, PC\\A, PC\\B", NULL, "Each is a way in."},
		{"admin:=0", &admins, MARK_PASS, "none", NULL, NULL},
		{"os.ubr=1", &admins, MARK_UNKNOWN, "", NULL, "not asked"},
		{"admin:?access denied", &admins, MARK_UNKNOWN, NULL, NULL, "access denied"},
		/* More could only make it worse. */
		{"admin:?cut off | admin:A=user", &admins, MARK_UNKNOWN, "1: A", NULL, "cut off"},
		{"admin:?cut off | admin:A=user | admin:B=user | admin:C=user", &admins, MARK_WARN,
		 NULL, NULL, NULL},
		{"account:A=rid=1 enabled never-expires | account:B=rid=2 disabled never-expires",
		 &no_eternal, MARK_WARN, "1: A", "none that is enabled and never-expires", NULL},
		{"account:B=rid=2 disabled never-expires", &no_eternal, MARK_PASS, "none", NULL,
		 NULL},
		{"anti-malware:A=stopped | anti-malware:B=running", &has_av, MARK_PASS, "1: B",
		 "at least 1 that is running", NULL},
		{"anti-malware:A=stopped", &has_av, MARK_FAIL, "none", NULL, "Nothing looks."},
		{"anti-malware:=0", &has_av, MARK_FAIL, "none", NULL, NULL},
		{"anti-malware:?no answer", &has_av, MARK_UNKNOWN, NULL, NULL, "no answer"},
		{"anti-malware:?no answer | anti-malware:B=running", &has_av, MARK_PASS, NULL, NULL,
		 NULL},
		{"admin:a=user | admin:b=user | admin:c=user | admin:d=user | admin:e=user | "
		 "admin:f=user | admin:g=user | admin:h=user",
		 &admins, MARK_WARN, "8: a, b, c, d, e, f and 2 more", NULL, NULL},
	};
	struct posture *p = bench_of("admin:PC\\A=user | admin:PC\\B=user");
	const struct baseline b = {.checks = &admins, .n_checks = 1};
	struct judged *j;

	(void)state;
	TRY(rows);
	bench_add(p, "admin:pc\\a", "user", V, BY_SCRIPT); /* told twice, counted once */
	j = bench_judge(p, &b, NULL);
	assert_int_equal(j->checks[0].mark, MARK_PASS);
	judged_free(j);
	posture_free(p);
}

static void all_of_a_list_must_be_as_wanted(void **state)
{
	static const struct row rows[] = {
		{"share.writers:A=nobody | share.writers:B=BUILTIN\\Administrators; nobody",
		 &writers, MARK_PASS, "all 2", "nobody or BUILTIN\\Administrators", NULL},
		{"share.writers:A=nobody | share.writers:B=BUILTIN\\Administrators; Everyone",
		 &writers, MARK_FAIL, "B (BUILTIN\\Administrators; Everyone)", NULL, NULL},
		{"share.writers:A=nobody | share.writers:B?access denied", &writers, MARK_UNKNOWN,
		 NULL, NULL, "access denied"},
		{"share.writers:A=Everyone | share.writers:B?access denied", &writers, MARK_FAIL,
		 NULL, NULL, NULL},
		{"share.writers:=0", &writers, MARK_PASS, "none", NULL, NULL},
		{"os.ubr=1", &writers, MARK_UNKNOWN, NULL, NULL, "not asked"},
	};

	(void)state;
	TRY(rows);
}

/* Everything was seen on 2009-01-15 at noon. */
static void signatures_age_by_the_time_of_asking(void **state)
{
	static const struct row rows[] = {
		{"anti-malware:A=running signatures=2009-01-14", &fresh, MARK_PASS,
		 "A (2009-01-14, 1 day old)", "at most 7 days old", NULL},
		{"anti-malware:A=running signatures=2009-01-08", &fresh, MARK_PASS, NULL, NULL,
		 NULL},
		{"anti-malware:A=running signatures=2009-01-07", &fresh, MARK_WARN,
		 "A (2009-01-07, 8 days old)", NULL, "Old signatures are blind."},
		{"anti-malware:A=running signatures=2009-01-16", &fresh, MARK_PASS, NULL, NULL,
		 NULL},
		{"anti-malware:A=running signatures=2010-01-16", &fresh, MARK_UNKNOWN, NULL, NULL,
		 "dated after"},
		{"anti-malware:A=running", &fresh, MARK_UNKNOWN, NULL, NULL, "is not known"},
		{"anti-malware:A=running signatures=soon", &fresh, MARK_UNKNOWN, NULL, NULL, NULL},
		/* The newest of those that run. */
		{"anti-malware:A=running signatures=2008-01-07 | "
		 "anti-malware:B=running signatures=2009-01-14",
		 &fresh, MARK_PASS, NULL, NULL, NULL},
		{"anti-malware:A=running signatures=2008-01-07 | "
		 "anti-malware:B=stopped signatures=2009-01-14",
		 &fresh, MARK_WARN, NULL, NULL, NULL},
		{"anti-malware:=0", &fresh, MARK_WARN, "none", NULL, NULL},
	};

	(void)state;
	TRY(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_compared),
		cmocka_unit_test(words_are_compared),
		cmocka_unit_test(what_is_not_known_is_not_passed),
		cmocka_unit_test(nothing_there_is_the_default_or_as_wanted),
		cmocka_unit_test(group_policys_own_value_counts_first),
		cmocka_unit_test(checks_are_for_some_windows_only),
		cmocka_unit_test(lists_are_counted),
		cmocka_unit_test(all_of_a_list_must_be_as_wanted),
		cmocka_unit_test(signatures_age_by_the_time_of_asking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
