/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "model/machine.h"

#include <stdio.h>

struct had {
	const char *id;
	uint32_t addr;
	unsigned from, first, last, until, confidence;
};

static struct machines *machines(const struct had *had, size_t n)
{
	struct arena *arena = NULL;
	struct machines *m;

	assert_int_equal(arena_new(0, &arena), RC_OK);
	m = arena_alloc(arena, sizeof(*m));
	m->arena = arena;
	m->list = arena_alloc(arena, n * sizeof(*m->list));
	for (size_t i = 0; i < n; i++) {
		struct machine *one = NULL;

		for (size_t j = 0; j < m->n && one == NULL; j++) {
			if (strcmp(m->list[j].id, had[i].id) == 0)
				one = &m->list[j];
		}
		if (one == NULL) {
			one = &m->list[m->n++];
			(void)snprintf(one->id, sizeof(one->id), "%s", had[i].id);
			one->addrs = arena_alloc(arena, n * sizeof(*one->addrs));
		}
		one->addrs[one->n_addrs++] =
			(struct machine_addr){.addr = addr_v4(had[i].addr),
					      .confidence = (uint8_t)had[i].confidence,
					      .first_ns = had[i].first,
					      .last_ns = had[i].last,
					      .from_ns = had[i].from,
					      .until_ns = had[i].until};
	}
	assert_int_equal(machines_seal(m), RC_OK);
	return m;
}

static void the_one_who_had_it_then_is_found(void **state)
{
	static const struct had had[] = {
		{"b", 1, 100, 100, 150, 200, 90}, {"a", 1, 200, 220, 300, 400, 90},
		{"c", 1, 120, 120, 130, 900, 40}, /* behind the same address, longer */
		{"b", 2, 250, 250, 260, 270, 90}, {"d", 3, 10, 10, 20, 30, 90},
		{"e", 3, 10, 10, 20, 40, 90},
	};
	static const struct {
		uint32_t addr;
		unsigned at;
		const char *want;
	} rows[] = {
		{1, 99, NULL},  {1, 100, "b"},  {1, 125, "b"},  {1, 199, "b"},  {1, 200, "a"},
		{1, 399, "a"},  {1, 400, "c"},  {1, 899, "c"},  {1, 900, NULL}, {2, 249, NULL},
		{2, 250, "b"},  {2, 269, "b"},  {2, 270, NULL}, {3, 15, "d"},   {3, 35, "e"},
		{4, 100, NULL}, {0, 100, NULL}, {1, 0, "a"},    {2, 0, "b"},    {3, 0, "d"},
		{4, 0, NULL},
	};
	struct machines *m = machines(had, sizeof(had) / sizeof(had[0]));

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr a = addr_v4(rows[i].addr);
		const struct machine_addr *row = NULL;
		const struct machine *got = machines_at(m, &a, rows[i].at, &row);

		print_message("           %u at %u\n", rows[i].addr, rows[i].at);
		if (rows[i].want == NULL) {
			assert_null(got);
			assert_null(row);
			continue;
		}
		assert_non_null(got);
		assert_string_equal(got->id, rows[i].want);
		assert_true(addr_eq(&row->addr, &a));
		assert_ptr_equal(machines_by_id(m, got->id), got);
		assert_ptr_equal(machines_at(m, &a, rows[i].at, NULL), got);
	}
	assert_null(machines_by_id(m, "f"));
	machines_free(m);
	machines_free(NULL);
}

/* By the index as by looking at every row. */
static void the_index_finds_what_a_search_finds(void **state)
{
	enum { N = 400 };
	static struct had had[N];
	static char ids[N][8];
	uint32_t seed = 7;
	struct machines *m;

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		seed = seed * 1664525 + 1013904223;
		(void)snprintf(ids[i], sizeof(ids[i]), "m%u", (seed >> 20) % 50);
		had[i] = (struct had){ids[i], (seed >> 8) % 5,     (seed >> 10) % 997, 0, 0,
				      0,      1 + (seed >> 16) % 3};
		had[i].first = had[i].from + (seed >> 12) % 5;
		had[i].last = had[i].first + (seed >> 14) % 20;
		had[i].until = had[i].last + 1 + (seed >> 18) % 9;
	}
	m = machines(had, N);
	for (unsigned at = 1; at < 1100; at++) {
		for (uint32_t a = 0; a < 6; a++) {
			struct addr addr = addr_v4(a);
			const struct machine_addr *row = NULL;
			bool is_there = false;

			for (unsigned i = 0; i < N; i++)
				is_there = is_there || (had[i].addr == a && had[i].from <= at &&
							had[i].until > at);
			assert_int_equal(machines_at(m, &addr, at, &row) != NULL, is_there);
			assert_true(row == NULL || (row->from_ns <= at && row->until_ns > at));
		}
	}
	machines_free(m);
}

static void keys_are_lower_case_and_without_blanks(void **state)
{
	static const struct {
		const char *domain, *name, *want;
	} rows[] = {
		{"CORP", "PC-0042", "name:corp/pc-0042"},
		{"", "Pc 7", "name:pc%207"},
		{"a/b", "c", "name:a%2fb/c"},
		{"", "", "name:"},
		{"", "\x1b[31m", "name:%1b[31m"},
		{"", "M\xc3\x9cller", "name:m\xc3\x9cller"},
	};
	char text[MACHINE_ID], other[MACHINE_ID], name[256];
	struct mac mac = {{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}};
	struct addr a = addr_v4(0x0a010203);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(key_of_name(rows[i].domain, rows[i].name, text), rows[i].want);
	assert_string_equal(key_of_mac(&mac, text), "mac:001a2b3c4d5e");
	assert_string_equal(key_of_addr(&a, text), "ip:10.1.2.3");
	for (size_t len = 80; len < 256; len++) { /* what is cut stays different */
		memset(name, 'a', len);
		name[len - 1] = '\0';
		(void)key_of_name("D", name, text);
		assert_true(strlen(text) < MACHINE_ID);
		name[len - 2] = 'B';
		(void)key_of_name("d", name, other);
		assert_string_not_equal(text, other);
		name[len - 2] = 'A';
		assert_string_equal(key_of_name("d", name, other), text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_who_had_it_then_is_found),
		cmocka_unit_test(the_index_finds_what_a_search_finds),
		cmocka_unit_test(keys_are_lower_case_and_without_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
