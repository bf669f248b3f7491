/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "store_facts.h"

static struct test_store at;

static int set_up(void **state)
{
	(void)state;
	test_store_new(&at, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_store_done(&at);
	return 0;
}

/* Two laptops, one after the other at one address, and a server. */
static size_t office(struct fact *f)
{
	size_t n = 0;

	f[n++] = fact_of(FACT_LINK, "", "001a2b000001", "10.1.2.3", minutes(0), minutes(60));
	f[n++] = fact_of(FACT_NAME, "LAP-7", "001a2b000001", "10.1.2.3", minutes(0), minutes(60));
	f[n++] = fact_of(FACT_USER, "CORP\\maria", "001a2b000001", "10.1.2.3", minutes(5),
			 minutes(50));
	f[n++] = fact_of(FACT_OS, "Windows XP", "001a2b000001", NULL, minutes(0), minutes(1));
	f[n++] = fact_of(FACT_LINK, "", "001a2b000001", "10.1.2.9", minutes(3000), minutes(3060));
	f[n++] = fact_of(FACT_LINK, "", "001a2b000002", "10.1.2.3", minutes(2000), minutes(2060));
	f[n++] = fact_of(FACT_NAME, "LAP-8", "001a2b000002", "10.1.2.3", minutes(2000),
			 minutes(2060));
	f[n++] = fact_of(FACT_LINK, "", "001a2b000003", "10.1.2.4", minutes(0), minutes(4000));
	f[n++] = fact_of(FACT_FQDN, "srv.corp.example", "001a2b000003", "10.1.2.4", minutes(0),
			 minutes(4000));
	return n;
}

static void found(const char *what, uint64_t at_ns, const char *want)
{
	struct store_ids ids = {0};

	if (store_find(at.s, what, at_ns, 10, &ids) != RC_OK)
		fail_msg("%s", store_error(at.s));
	if (want == NULL)
		assert_int_equal(ids.n, 0);
	else if (ids.n == 0)
		fail_msg("%s: nobody, should be %s", what, want);
	else
		assert_string_equal(ids.list[0], want);
	store_ids_done(&ids);
}

static void machines_are_found_by_all_that_names_them(void **state)
{
	static const struct {
		const char *what;
		unsigned minute; /* 0: now */
		const char *id;
	} cases[] = {
		{"10.1.2.3", 0, "mac:001a2b000002"},
		{"10.1.2.3", 30, "mac:001a2b000001"},
		{"10.1.2.3", 2030, "mac:001a2b000002"},
		{"10.1.2.9", 3030, "mac:001a2b000001"},
		{"10.1.2.77", 0, NULL},
		{"00:1A:2B:00:00:03", 0, "mac:001a2b000003"},
		{"001a.2b00.0003", 0, "mac:001a2b000003"},
		{"lap-7", 0, "mac:001a2b000001"},
		{"Lap-8", 0, "mac:001a2b000002"},
		{"srv", 0, "mac:001a2b000003"},
		{"SRV.corp.example", 0, "mac:001a2b000003"},
		{"maria", 0, "mac:001a2b000001"},
		{"corp\\Maria", 0, "mac:001a2b000001"},
		{"mac:001a2b000002", 0, "mac:001a2b000002"},
		{"nobody", 0, NULL},
		{"%", 0, NULL},
	};
	struct fact f[16];

	(void)state;
	(void)keep(at.s, f, office(f));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		found(cases[i].what, cases[i].minute == 0 ? 0 : minutes(cases[i].minute),
		      cases[i].id);
}

static void the_same_facts_again_change_nothing(void **state)
{
	struct keep_result r;
	struct fact f[16];
	size_t n = office(f);

	(void)state;
	r = keep(at.s, f, n);
	assert_int_equal(r.machines_new, 3);
	assert_int_equal(r.facts_new, n);
	assert_true(r.rows_changed > n);
	for (unsigned i = 0; i < 3; i++) {
		r = keep(at.s, f, n - i);
		assert_int_equal(r.rows_changed, 0);
		assert_int_equal(r.machines_new + r.machines_changed + r.facts_new, 0);
	}
}

static void a_dry_run_tells_and_changes_nothing(void **state)
{
	struct keep_result r = {0};
	struct fact f[16];
	size_t n = office(f);

	(void)state;
	assert_int_equal(keep_facts(at.s, f, n, true, &r), RC_OK);
	assert_int_equal(r.machines_new, 3);
	found("10.1.2.4", 0, NULL);
	r = keep(at.s, f, n);
	assert_int_equal(r.machines_new, 3);
}

/* So many at once go another way: in the order of their keys, with the index made at the end. */
static void many_machines_at_once_are_found_one_by_one(void **state)
{
	enum { MANY = 1500 };
	static struct fact f[2 * MANY];
	static char names[MANY][16];
	struct keep_result sum = {0};

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		char mac[16], ip[16];

		snprintf(mac, sizeof(mac), "001a2b%06x", i);
		snprintf(ip, sizeof(ip), "10.0.%u.%u", (MANY - i) >> 8, (MANY - i) & 255);
		snprintf(names[i], sizeof(names[i]), "pc-%04u", i);
		f[2 * i] = fact_of(FACT_LINK, "", mac, ip, minutes(i), minutes(i + 60));
		f[2 * i + 1] = fact_of(FACT_NAME, names[i], mac, NULL, minutes(i), minutes(i + 60));
	}
	if (keep_facts(at.s, f, 2 * (size_t)MANY, true, &sum) != RC_OK) /* undone as a whole */
		fail_msg("%s", store_error(at.s));
	assert_int_equal(sum.machines_new, MANY);
	found("pc-0007", 0, NULL);
	(void)keep(at.s, f, 2 * (size_t)MANY);
	for (unsigned i = 0; i < MANY; i += 50) {
		char id[MACHINE_ID];

		snprintf(id, sizeof(id), "mac:001a2b%06x", i);
		found(names[i], 0, id);
	}
	assert_int_equal(keep(at.s, f, 2 * (size_t)MANY).rows_changed, 0);
	f[1].value = "renamed";
	f[1].first_ns = f[1].last_ns = minutes(5000);
	(void)keep(at.s, &f[1], 1);
	found("renamed", 0, "mac:001a2b000000");
}

static void facts_come_back_as_they_were(void **state)
{
	struct store_facts *got = NULL;
	struct fact f[16], want;
	const char *id = "mac:001a2b000001";
	bool seen = false;

	(void)state;
	(void)office(f);
	f[2].until_ns = UINT64_MAX;
	f[2].count = UINT64_MAX;
	f[2].is_ended = true;
	f[2].host = "lap-7";
	want = f[2];
	(void)keep(at.s, f, 9);
	assert_int_equal(store_facts_of(at.s, &id, 1, &got), RC_OK);
	assert_int_equal(got->n_facts, 5);
	for (size_t i = 0; i < got->n_facts; i++) {
		assert_string_equal(got->facts[i].machine, id);
		seen = seen || fact_cmp(&got->facts[i], &want) == 0;
	}
	assert_true(seen);
	store_facts_free(got);
	id = "mac:nobody";
	assert_int_equal(store_facts_of(at.s, &id, 1, &got), RC_END);
	assert_non_null(strstr(store_error(at.s), "mac:nobody"));
	assert_int_equal(store_facts_of(at.s, NULL, 0, &got), RC_OK);
	assert_int_equal(got->n_facts, 9);
	store_facts_free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(machines_are_found_by_all_that_names_them, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_same_facts_again_change_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_dry_run_tells_and_changes_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(many_machines_at_once_are_found_one_by_one, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(facts_come_back_as_they_were, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
