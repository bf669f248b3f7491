/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "model/policy.h"

static struct addr addr(const char *text)
{
	struct addr a = {{0}};

	assert_int_equal(addr_parse(text, &a), RC_OK);
	return a;
}

static struct net net(const char *text)
{
	struct net n = {.bits = 0};

	assert_int_equal(net_parse(text, &n), RC_OK);
	return n;
}

static void private_networks_are_local_unless_something_is_set(void **state)
{
	static const struct {
		const char *addr;
		bool by_default, when_set;
	} rows[] = {
		{"10.1.2.3", true, false},     {"172.16.0.1", true, false},
		{"172.32.0.1", false, false},  {"192.168.255.1", true, false},
		{"169.254.9.9", true, false},  {"203.0.113.9", false, true},
		{"fd12::1", true, false},      {"fe80::1", true, false},
		{"2001:db8::1", false, false}, {"11.0.0.1", false, false},
	};
	const struct net own[] = {net("203.0.113.0/24")};
	const struct policy none = {0}, set = {.local = own, .n_local = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr a = addr(rows[i].addr);

		assert_int_equal(policy_is_local(&none, &a), rows[i].by_default);
		assert_int_equal(policy_is_local(&set, &a), rows[i].when_set);
	}
}

static void trust_is_for_a_network_and_perhaps_one_threat(void **state)
{
	const struct trusted list[] = {
		{"nessus", net("10.0.0.9"), NULL},
		{"deployment", net("10.0.1.0/24"), "psexec-spread"},
	};
	const struct policy p = {.trusted = list, .n_trusted = 2};
	struct addr scanner = addr("10.0.0.9"), server = addr("10.0.1.7"), pc = addr("10.0.0.8");

	(void)state;
	assert_ptr_equal(policy_trusts(&p, &scanner, "ms08-067"), &list[0]);
	assert_ptr_equal(policy_trusts(&p, &server, "psexec-spread"), &list[1]);
	assert_null(policy_trusts(&p, &server, "ms08-067"));
	assert_null(policy_trusts(&p, &pc, "ms08-067"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(private_networks_are_local_unless_something_is_set),
		cmocka_unit_test(trust_is_for_a_network_and_perhaps_one_threat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
