/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "resolve_bench.h"

enum { SAYINGS = 6 };

struct saying {
	unsigned source;
	const char *user;
	double first, last; /* hours */
	unsigned count;
};

static size_t reach_of(void *ctx, const char *user)
{
	(void)ctx;
	return strstr(user, "helper") != NULL ? 40 : strstr(user, "twice") != NULL ? 2 : 1;
}

/* Ranked at `hours`, in general if negative; the arena owns what is returned. */
static struct machine_user *rank(const struct saying *said, size_t n, double hours,
				 struct arena *arena, size_t *ret_n)
{
	static struct fact facts[SAYINGS];
	const struct fact *list[SAYINGS];
	const struct user_reach reach = {reach_of, NULL};
	struct machine_user *users = NULL;

	for (size_t i = 0; i < n; i++) {
		struct row r = {.source = said[i].source,
				.kind = FACT_USER,
				.addr = "10.0.0.1",
				.value = said[i].user,
				.first = said[i].first,
				.last = said[i].last};

		facts[i] = bench_fact(&r);
		facts[i].count = said[i].count;
		list[i] = &facts[i];
	}
	assert_int_equal(
		users_rank(list, n, hours < 0 ? 0 : bench_ns(hours), &reach, arena, &users, ret_n),
		RC_OK);
	return users;
}

static const struct {
	const char *what;
	struct saying said[SAYINGS];
	double at;
	const char *first;
	bool is_sure; /* more than half */
} cases[] = {
	{"who is there every day, before who was there once",
	 {{FROM_KERBEROS, "eve@CORP", 0, 96, 10}, {FROM_KERBEROS, "max@CORP", 90, 90, 2}},
	 96,
	 "eve@CORP",
	 true},
	{"the new one, after the old one left",
	 {{FROM_KERBEROS, "eve@CORP", 0, 48, 10}, {FROM_KERBEROS, "max@CORP", 720, 800, 8}},
	 800,
	 "max@CORP",
	 true},
	{"the old one, when asked about then",
	 {{FROM_KERBEROS, "eve@CORP", 0, 48, 10}, {FROM_KERBEROS, "max@CORP", 720, 800, 8}},
	 24,
	 "eve@CORP",
	 true},
	{"a person before a service account that is there more often",
	 {{FROM_NTLM, "CORP\\svc-backup", 0, 96, 400}, {FROM_NTLM, "CORP\\eve", 50, 60, 2}},
	 96,
	 "CORP\\eve",
	 true},
	{"a person before an administrator",
	 {{FROM_KERBEROS, "administrator@CORP", 0, 96, 9}, {FROM_KERBEROS, "eve@CORP", 50, 60, 2}},
	 96,
	 "eve@CORP",
	 true},
	{"a person before who was seen on forty machines",
	 {{FROM_KERBEROS, "helper@CORP", 0, 48, 5}, {FROM_NTLM, "CORP\\eve", 30, 30, 1}},
	 48,
	 "CORP\\eve",
	 true},
	{"an administrator, if nobody else",
	 {{FROM_KERBEROS, "administrator@CORP", 0, 96, 9}, {0}},
	 -1,
	 "administrator@CORP",
	 false},
	{"the newest profile",
	 {{FROM_ASK_PROFILES, "eve", 0, 0, 1},
	  {FROM_ASK_PROFILES, "max", 700, 700, 1},
	  {FROM_ASK_PROFILES, "Default User", 701, 701, 1}},
	 720,
	 "max",
	 true},
	{"daily logons before a newer profile of a visitor",
	 {{FROM_KERBEROS, "eve@CORP", 600, 719, 20},
	  {FROM_ASK_PROFILES, "eve", 700, 700, 1},
	  {FROM_ASK_PROFILES, "max", 710, 710, 1}},
	 720,
	 "eve@CORP",
	 true},
	{"what the operator said",
	 {{FROM_OPERATOR, "max", 0, 0, 1}, {FROM_NTLM, "CORP\\eve", 90, 96, 2}},
	 96,
	 "max",
	 true},
	{"at a PC for all who sat there then",
	 {{FROM_KERBEROS, "eve@CORP", 0, 4, 4},
	  {FROM_KERBEROS, "max@CORP", 5, 8, 9},
	  {FROM_KERBEROS, "jan@CORP", 24, 29, 4}},
	 2,
	 "eve@CORP",
	 true},
	{"one person under three spellings",
	 {{FROM_KERBEROS, "Eve@CORP.EXAMPLE", 0, 1, 1},
	  {FROM_NTLM, "CORP\\eve", 1, 1, 1},
	  {FROM_NBNS, "EVE", 2, 2, 1},
	  {FROM_KERBEROS, "max@CORP", 2, 2, 1}},
	 3,
	 "CORP\\eve",
	 true},
};

static void the_person_to_call_is_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *arena = NULL;
		struct machine_user *users;
		size_t n = 0, n_users = 0;
		double sum = 0;

		print_message("           %s\n", cases[i].what);
		while (n < SAYINGS && cases[i].said[n].user != NULL)
			n++;
		assert_int_equal(arena_new(0, &arena), RC_OK);
		users = rank(cases[i].said, n, cases[i].at, arena, &n_users);
		assert_true(n_users > 0);
		for (size_t k = 0; k < n_users; k++) {
			print_message("             %.2f %s: %s\n", users[k].probability,
				      users[k].user, users[k].why);
			sum += users[k].probability;
			assert_true(k == 0 || users[k].probability <= users[k - 1].probability);
			assert_true(users[k].sources > 0 && users[k].why[0] != '\0');
		}
		assert_true(sum < 1);
		assert_string_equal(users[0].user, cases[i].first);
		assert_int_equal(users[0].probability > 0.5, cases[i].is_sure);
		arena_free(arena);
	}
}

static void machines_and_systems_are_nobody(void **state)
{
	static const char *const nobodies[] = {"PC7$",
					       "CORP\\PC7$",
					       "pc7$@CORP.EXAMPLE",
					       "ANONYMOUS LOGON",
					       "NT AUTHORITY\\SYSTEM",
					       "Default User",
					       "krbtgt@CORP",
					       ""};
	struct arena *arena = NULL;

	(void)state;
	assert_int_equal(arena_new(0, &arena), RC_OK);
	for (size_t i = 0; i < sizeof(nobodies) / sizeof(nobodies[0]); i++) {
		struct saying s = {FROM_NTLM, nobodies[i], 0, 5, 3};
		size_t n = 9;

		(void)rank(&s, 1, 5, arena, &n);
		assert_int_equal(n, 0);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_person_to_call_is_first),
		cmocka_unit_test(machines_and_systems_are_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
