/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "resolve_bench.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void an_address_goes_from_one_machine_to_the_next(void **state)
{
	static const struct row rows[] = {
		{FROM_DHCP, FACT_LINK, "1", "10.0.0.5", NULL, 8, 12, .until = 14},
		{FROM_DHCP, FACT_NAME, "1", "10.0.0.5", "PC-1", 8, 12, .until = 0},
		{FROM_NTLM, FACT_USER, NULL, "10.0.0.5", "CORP\\eve", 9, 11, .until = 0},
		{FROM_DHCP, FACT_LINK, "2", "10.0.0.5", NULL, 20, 22, .until = 26},
		{FROM_DHCP, FACT_NAME, "2", "10.0.0.5", "PC-2", 20, 22, .until = 0},
		{FROM_KERBEROS, FACT_USER, NULL, "10.0.0.5", "max", 21, 21, .until = 0},
		{FROM_DHCP, FACT_LINK, "1", "10.0.0.9", NULL, 20, 22, .until = 26},
	};
	struct machines *m = bench_resolve(rows, COUNT(rows), NULL, 0);
	const struct machine *one, *two;

	(void)state;
	assert_int_equal(m->n, 2);
	assert_string_equal(bench_who(m, "10.0.0.5", 7), "-"); /* DHCP tells the beginning */
	assert_string_equal(bench_who(m, "10.0.0.5", 8), "mac:001a2b000001");
	assert_string_equal(bench_who(m, "10.0.0.5", 13.9), "mac:001a2b000001");
	assert_string_equal(bench_who(m, "10.0.0.5", 14.1), "-"); /* the lease ran out */
	assert_string_equal(bench_who(m, "10.0.0.5", 21), "mac:001a2b000002");
	assert_string_equal(bench_who(m, "10.0.0.5", -1), "mac:001a2b000002");
	assert_string_equal(bench_who(m, "10.0.0.9", 21), "mac:001a2b000001");
	one = machines_by_id(m, "mac:001a2b000001");
	two = machines_by_id(m, "mac:001a2b000002");
	assert_string_equal(one->name, "PC-1");
	assert_int_equal(one->n_addrs, 2);
	assert_int_equal(one->n_users, 1);
	assert_string_equal(one->users[0].user, "CORP\\eve");
	assert_string_equal(two->users[0].user, "max");
	for (size_t i = 0; i < one->n_facts; i++)
		assert_string_equal(one->facts[i]->machine, one->id);
	machines_free(m);
}

static void a_release_ends_it_at_once(void **state)
{
	static const struct row rows[] = {
		{FROM_DHCP, FACT_LINK, "1", "10.0.0.5", NULL, 8, 12, .until = 14, .is_ended = true},
		{FROM_ARP, FACT_LINK, "1", "10.0.0.5", NULL, 8, 11, .until = 0},
	};
	struct machines *m = bench_resolve(rows, COUNT(rows), NULL, 0);

	(void)state;
	assert_string_equal(bench_who(m, "10.0.0.5", 11.9), "mac:001a2b000001");
	assert_string_equal(bench_who(m, "10.0.0.5", 12.1), "-");
	machines_free(m);
}

static const struct row laptop[] = {
	{FROM_DHCP, FACT_LINK, "1", "10.0.0.5", NULL, 8, 12, .until = 0},
	{FROM_DHCP, FACT_NAME, "1", "10.0.0.5", "LAP-1", 8, 12, .until = 0},
	{FROM_DHCP, FACT_LINK, "2", "10.0.0.6", NULL, 10, 11, .until = 0},
	{FROM_DHCP, FACT_NAME, "2", "10.0.0.6", "lap-1", 10, 11, .until = 0},
};

static void cable_and_radio_of_a_laptop_are_one(void **state)
{
	struct machines *m = bench_resolve(laptop, COUNT(laptop), NULL, 0);

	(void)state;
	assert_int_equal(m->n, 1);
	assert_int_equal(m->list[0].n_macs, 2);
	assert_int_equal(m->list[0].n_joined, 1);
	assert_non_null(strstr(m->list[0].joined[0], "lap-1"));
	assert_string_equal(bench_who(m, "10.0.0.5", 9), bench_who(m, "10.0.0.6", 10.5));
	machines_free(m);
}

static void the_operator_has_the_last_word(void **state)
{
	static const struct decision split[] = {
		{true, "mac:001a2b000001", "mac:001a2b000002", 5, "eve"},
		{false, "mac:001a2b000002", "mac:001a2b000001", 7, "max"},
	};
	static const struct decision merge[] = {
		{false, "mac:001a2b000001", "mac:001a2b000002", 5, "eve"},
		{true, "mac:001a2b000001", "mac:001a2b000002", 7, "max"},
	};
	static const struct row apart[] = {
		{FROM_ARP, FACT_LINK, "1", "10.0.0.5", NULL, 8, 12, .until = 0},
		{FROM_ARP, FACT_LINK, "2", "10.0.0.6", NULL, 8, 12, .until = 0},
	};
	struct machines *m = bench_resolve(laptop, COUNT(laptop), split, 2);

	(void)state;
	assert_int_equal(m->n, 2);
	machines_free(m);
	m = bench_resolve(apart, COUNT(apart), merge, 2);
	assert_int_equal(m->n, 1);
	assert_non_null(strstr(m->list[0].joined[0], "max"));
	machines_free(m);
	m = bench_resolve(apart, COUNT(apart), NULL, 0);
	assert_int_equal(m->n, 2);
	machines_free(m);
}

static void a_replaced_machine_is_another_one(void **state)
{
	static const struct row rows[] = {
		{FROM_DHCP, FACT_LINK, "1", "10.0.0.5", NULL, 8, 60, .until = 0},
		{FROM_DHCP, FACT_NAME, "1", "10.0.0.5", "PC-7", 8, 60, .until = 0},
		{FROM_DHCP, FACT_LINK, "2", "10.0.0.6", NULL, 80, 140, .until = 0},
		{FROM_DHCP, FACT_NAME, "2", "10.0.0.6", "PC-7", 80, 140, .until = 0},
	};
	struct machines *m = bench_resolve(rows, COUNT(rows), NULL, 0);

	(void)state;
	assert_int_equal(m->n, 2);
	machines_free(m);
}

static void names_that_say_nothing_join_nobody(void **state)
{
	static const char *const names[] = {"localhost", "Android-5e", "iPhone", "USER-PC"};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct row rows[COUNT(laptop)];
		struct machines *m;

		memcpy(rows, laptop, sizeof(rows));
		rows[1].value = rows[3].value = names[i];
		m = bench_resolve(rows, COUNT(rows), NULL, 0);
		assert_int_equal(m->n, 2);
		machines_free(m);
	}
}

static void an_id_joins_and_a_copied_image_does_not(void **state)
{
	static const struct row one[] = {
		{FROM_DHCP6, FACT_ID, "1", NULL, "duid:0001", 8, 9, .until = 0},
		{FROM_DHCP6, FACT_ID, "2", NULL, "duid:0001", 8, 9, .until = 0},
	};
	static const struct row image[] = {
		{FROM_DHCP6, FACT_ID, "1", NULL, "duid:0001", 8, 9, .until = 0},
		{FROM_DHCP, FACT_NAME, "1", NULL, "PC-1", 8, 9, .until = 0},
		{FROM_DHCP6, FACT_ID, "2", NULL, "duid:0001", 8, 9, .until = 0},
		{FROM_DHCP, FACT_NAME, "2", NULL, "PC-2", 8, 9, .until = 0},
	};
	static const struct row own_mac[] = {
		{FROM_DHCP, FACT_ID, "1", NULL, "client:01001a2b000001", 8, 9, .until = 0},
		{FROM_DHCP, FACT_ID, "2", NULL, "client:01001a2b000001", 8, 9, .until = 0},
	};
	struct machines *m = bench_resolve(one, COUNT(one), NULL, 0);

	(void)state;
	assert_int_equal(m->n, 1);
	machines_free(m);
	m = bench_resolve(image, COUNT(image), NULL, 0);
	assert_int_equal(m->n, 2);
	machines_free(m);
	m = bench_resolve(own_mac, COUNT(own_mac), NULL, 0);
	assert_int_equal(m->n, 2);
	machines_free(m);
}

static void behind_a_router_names_tell_machines_apart(void **state)
{
	static const struct row rows[] = {
		{FROM_LINK, FACT_LINK, "fe", "10.9.0.1", NULL, 0, 50, .until = 0},
		{FROM_LINK, FACT_LINK, "fe", "10.9.0.2", NULL, 0, 50, .until = 0},
		{FROM_LINK, FACT_LINK, "fe", "10.9.0.3", NULL, 0, 50, .until = 0},
		{FROM_ARP, FACT_LINK, "fe", "10.0.0.1", NULL, 0, 50, .until = 0},
		{FROM_NBNS, FACT_NAME, "fe", "10.9.0.1", "FAR-1", 1, 10, .until = 0},
		{FROM_NBNS, FACT_NAME, "fe", "10.9.0.1", "FAR-2", 20, 30, .until = 0},
		{FROM_NBNS, FACT_NAME, NULL, "10.9.0.2", "FAR-1", 20, 30, .until = 0},
		{FROM_NTLM, FACT_USER, NULL, "10.9.0.1", "eve", 5, 6, .until = 0},
	};
	struct machines *m = bench_resolve(rows, COUNT(rows), NULL, 0);

	(void)state;
	assert_string_equal(bench_who(m, "10.9.0.1", 5), "name:far-1");
	assert_string_equal(bench_who(m, "10.9.0.1", 25), "name:far-2");
	assert_string_equal(bench_who(m, "10.9.0.2", 25), "name:far-1");
	assert_string_equal(bench_who(m, "10.0.0.1", 5), "mac:001a2b0000fe");
	assert_true(machines_by_id(m, "mac:001a2b0000fe")->flags & MACHINE_ROUTER);
	assert_int_equal(machines_by_id(m, "mac:001a2b0000fe")->n_addrs, 1);
	assert_string_equal(machines_by_id(m, "name:far-1")->users[0].user, "eve");
	machines_free(m);
}

/* A dock is used by one laptop on one day and by another on the next; both have a radio. */
static void a_dock_joins_nobody(void **state)
{
	static const struct row rows[] = {
		{FROM_DHCP, FACT_LINK, "d0", "10.0.0.5", NULL, 8, 60, .until = 64},
		{FROM_DHCP, FACT_NAME, "d0", NULL, "LAP-1", 8, 16, .until = 0},
		{FROM_DHCP, FACT_NAME, "d0", NULL, "LAP-2", 32, 40, .until = 0},
		{FROM_DHCP, FACT_NAME, "d0", NULL, "LAP-1", 56, 60, .until = 0},
		{FROM_DHCP, FACT_NAME, "1", NULL, "LAP-1", 10, 11, .until = 0},
		{FROM_DHCP, FACT_NAME, "2", NULL, "LAP-2", 34, 35, .until = 0},
		{FROM_DHCP, FACT_LINK, "1", "10.0.0.7", NULL, 10, 11, .until = 14},
		{FROM_NTLM, FACT_USER, NULL, "10.0.0.5", "eve", 9, 10, .until = 0},
		{FROM_NTLM, FACT_USER, NULL, "10.0.0.5", "max", 33, 34, .until = 0},
		{FROM_NBNS, FACT_NAME, NULL, "10.0.0.5", "lap-2", 33, 50, .until = 0},
	};
	struct machines *m = bench_resolve(rows, COUNT(rows), NULL, 0);

	(void)state;
	assert_int_equal(m->n, 2);
	assert_string_equal(bench_who(m, "10.0.0.5", 9), "mac:001a2b000001");
	assert_string_equal(bench_who(m, "10.0.0.5", 33), "mac:001a2b000002");
	assert_string_equal(bench_who(m, "10.0.0.5", 57), "mac:001a2b000001");
	assert_string_equal(bench_who(m, "10.0.0.7", 10.5), "mac:001a2b000001");
	assert_string_equal(machines_by_id(m, "mac:001a2b000001")->users[0].user, "eve");
	assert_string_equal(machines_by_id(m, "mac:001a2b000002")->users[0].user, "max");
	machines_free(m);
}

static void a_renamed_machine_stays_one(void **state)
{
	static const struct row rows[] = {
		{FROM_DHCP, FACT_LINK, "1", "10.0.0.5", NULL, 8, 60, .until = 64},
		{FROM_DHCP, FACT_NAME, "1", NULL, "PC-1", 8, 30, .until = 0},
		{FROM_DHCP, FACT_NAME, "1", NULL, "FIN-1", 31, 60, .until = 0},
		/* and its name goes to another */
		{FROM_DHCP, FACT_NAME, "2", NULL, "PC-1", 40, 60, .until = 0},
	};
	struct machines *m = bench_resolve(rows, COUNT(rows), NULL, 0);

	(void)state;
	assert_int_equal(m->n, 2);
	assert_string_equal(machines_by_id(m, "mac:001a2b000001")->name, "FIN-1");
	assert_string_equal(machines_by_id(m, "mac:001a2b000002")->name, "PC-1");
	machines_free(m);
}

static void ids_stay_what_they_were(void **state)
{
	static const struct row rows[] = {
		{FROM_ARP, FACT_LINK, "2", "10.0.0.6", NULL, 1, 2, .machine = "name:old"},
		{FROM_ARP, FACT_LINK, "2", "10.0.0.7", NULL, 3, 4, .until = 0},
		{FROM_ARP, FACT_LINK, "3", "10.0.0.8", NULL, 3, 4, .machine = "name:old"},
		{FROM_DHCP, FACT_LINK, "2", "10.0.0.6", NULL, 1, 2, .machine = "name:old"},
	};
	struct machines *m = bench_resolve(rows, COUNT(rows), NULL, 0);

	(void)state;
	assert_string_equal(bench_who(m, "10.0.0.7", 3.5), "name:old");
	assert_string_equal(bench_who(m, "10.0.0.8", 3.5), "mac:001a2b000003");
	machines_free(m);
}

/* --- any order, any number of times --- */

static void print_machines(const struct machines *m, FILE *to)
{
	char text[ADDR_TEXT];

	for (size_t i = 0; i < m->n; i++) {
		const struct machine *x = &m->list[i];

		fprintf(to, "%s|%s|%s|%s|%s|%s|%f|%f|%u|%zu\n", x->id, x->name, x->fqdn, x->domain,
			x->os, x->owner, x->os_confidence, x->confidence, x->flags, x->n_facts);
		for (size_t k = 0; k < x->n_joined; k++)
			fprintf(to, " %s\n", x->joined[k]);
		for (size_t k = 0; k < x->n_addrs; k++)
			fprintf(to, " %s %d %d %llu %llu %llu %llu\n",
				addr_format(&x->addrs[k].addr, text), x->addrs[k].confidence,
				x->addrs[k].source, (unsigned long long)x->addrs[k].first_ns,
				(unsigned long long)x->addrs[k].last_ns,
				(unsigned long long)x->addrs[k].from_ns,
				(unsigned long long)x->addrs[k].until_ns);
		for (size_t k = 0; k < x->n_users; k++)
			fprintf(to, " %s %f %s\n", x->users[k].user, x->users[k].probability,
				x->users[k].why);
	}
}

static uint32_t dice(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void random_row(uint32_t *seed, struct row *r)
{
	static const char *const macs[] = {NULL,           "1",           "2", "3", "4",
					   "02:0:0:0:0:9", "0:0:5e:0:1:1"};
	static const char *const addrs[] = {NULL, "10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"};
	static const char *const names[] = {"A1", "a1", "b2", "iphone", "c3.corp"};
	static const uint8_t sources[] = {FROM_ARP,  FROM_LINK, FROM_DHCP,     FROM_NBNS,
					  FROM_NTLM, FROM_DNS,  FROM_LIST_CSV, FROM_ASK_PROFILES};
	static const uint8_t kinds[] = {FACT_LINK, FACT_NAME, FACT_USER, FACT_ID, FACT_OS};

	*r = (struct row){.source = sources[dice(seed) % COUNT(sources)],
			  .kind = kinds[dice(seed) % COUNT(kinds)],
			  .mac = macs[dice(seed) % COUNT(macs)],
			  .addr = addrs[dice(seed) % COUNT(addrs)],
			  .first = dice(seed) % 100};
	r->last = r->first + dice(seed) % 40;
	r->until = dice(seed) % 4 == 0 ? r->last + 3 : 0;
	r->is_ended = dice(seed) % 8 == 0;
	r->host = dice(seed) % 6 == 0 ? names[dice(seed) % COUNT(names)] : NULL;
	r->value = r->kind == FACT_LINK ? "" : names[dice(seed) % COUNT(names)];
}

static void order_and_repetition_change_nothing(void **state)
{
	enum { N = 40, ROUNDS = 150 };
	struct row rows[2 * N];
	uint32_t seed = 3;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t n = N, len[2];
		char *text[2];

		for (size_t i = 0; i < N; i++)
			random_row(&seed, &rows[i]);
		for (unsigned pass = 0; pass < 2; pass++) {
			struct machines *m = bench_resolve(rows, n, NULL, 0);
			FILE *to = open_memstream(&text[pass], &len[pass]);

			print_machines(m, to);
			assert_int_equal(fclose(to), 0);
			machines_free(m);
			for (size_t i = 0; i < N && n < COUNT(rows); i++) {
				if (dice(&seed) % 2 == 0)
					rows[n++] = rows[i];
			}
			for (size_t i = n; i > 1; i--) {
				size_t j = dice(&seed) % i;
				struct row r = rows[i - 1];

				rows[i - 1] = rows[j];
				rows[j] = r;
			}
		}
		assert_string_equal(text[0], text[1]);
		free(text[0]);
		free(text[1]);
	}
}

static void nothing_makes_no_machines(void **state)
{
	struct machines *m = bench_resolve(NULL, 0, NULL, 0);

	(void)state;
	assert_int_equal(m->n, 0);
	assert_string_equal(bench_who(m, "10.0.0.1", -1), "-");
	machines_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_goes_from_one_machine_to_the_next),
		cmocka_unit_test(a_release_ends_it_at_once),
		cmocka_unit_test(cable_and_radio_of_a_laptop_are_one),
		cmocka_unit_test(the_operator_has_the_last_word),
		cmocka_unit_test(a_replaced_machine_is_another_one),
		cmocka_unit_test(names_that_say_nothing_join_nobody),
		cmocka_unit_test(an_id_joins_and_a_copied_image_does_not),
		cmocka_unit_test(behind_a_router_names_tell_machines_apart),
		cmocka_unit_test(a_dock_joins_nobody),
		cmocka_unit_test(a_renamed_machine_stays_one),
		cmocka_unit_test(ids_stay_what_they_were),
		cmocka_unit_test(order_and_repetition_change_nothing),
		cmocka_unit_test(nothing_makes_no_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
