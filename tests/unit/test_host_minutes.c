/* In which minutes somebody was heard: bits, hours, and what is handed on. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "host/minutes.h"

enum { HOUR = 486112 };

struct told {
	struct presence rows[64];
	size_t n;
};

static void take(void *ctx, const struct presence *p)
{
	struct told *t = ctx;

	assert_true(t->n < 64);
	t->rows[t->n++] = *p;
}

static uint64_t at(unsigned hour, unsigned minute, unsigned second)
{
	return ((uint64_t)(HOUR + hour) * 3600 + minute * 60 + second) * NS_PER_S;
}

static void row_is(const struct told *t, size_t i, unsigned hour, uint64_t alive, uint64_t hostile)
{
	assert_true(i < t->n);
	assert_int_equal(t->rows[i].hour, HOUR + hour);
	assert_int_equal(t->rows[i].alive, alive);
	assert_int_equal(t->rows[i].hostile, hostile);
}

static void minutes_of_an_hour_are_one_row(void **state)
{
	struct told t = {.n = 0};
	const struct minutes_sink to = {take, &t};
	const struct addr a = addr_v4(0x0a010203);
	struct minutes m = {0};

	(void)state;
	minutes_alive(&m, &a, at(0, 0, 0), &to);
	minutes_alive(&m, &a, at(0, 0, 59), &to);
	minutes_alive(&m, &a, at(0, 59, 59) + NS_PER_S - 1, &to);
	minutes_hostile(&m, &a, at(0, 30, 1), &to);
	assert_int_equal(t.n, 0);
	minutes_tell(&m, &to);
	minutes_tell(&m, &to); /* once */
	assert_int_equal(t.n, 1);
	/* Who attacks has spoken. */
	row_is(&t, 0, 0, UINT64_C(1) | UINT64_C(1) << 59 | UINT64_C(1) << 30, UINT64_C(1) << 30);
	assert_true(addr_eq(&t.rows[0].addr, &a));
	/* The same again is nothing new. */
	minutes_alive(&m, &a, at(0, 0, 0), &to);
	minutes_hostile(&m, &a, at(0, 30, 30), &to);
	minutes_tell(&m, &to);
	assert_int_equal(t.n, 1);
}

static void an_hour_is_handed_on_when_another_begins(void **state)
{
	struct told t = {.n = 0};
	const struct minutes_sink to = {take, &t};
	const struct addr a = addr_v4(0x0a010203);
	struct minutes m = {0};

	(void)state;
	minutes_alive(&m, &a, at(0, 59, 59), &to);
	minutes_alive(&m, &a, at(1, 0, 0), &to);
	assert_int_equal(t.n, 1);
	row_is(&t, 0, 0, UINT64_C(1) << 59, 0);
	/* Minute 0 of another hour is another minute. */
	minutes_alive(&m, &a, at(2, 0, 0), &to);
	row_is(&t, 1, 1, 1, 0);
	/* Backwards, as in a second file: nothing is lost, and the rows join. */
	minutes_hostile(&m, &a, at(0, 59, 0), &to);
	minutes_alive(&m, &a, at(2, 1, 0), &to);
	minutes_tell(&m, &to);
	assert_int_equal(t.n, 5);
	row_is(&t, 2, 2, 1, 0);
	row_is(&t, 3, 0, UINT64_C(1) << 59, UINT64_C(1) << 59);
	row_is(&t, 4, 2, 2, 0);
}

/* Against a plain table of minutes, in any order of times. */
static void whatever_the_order_the_same_minutes_are_told(void **state)
{
	enum { N = 5000, HOURS = 3 };
	const struct addr a = addr_v4(0x0a010203);
	uint64_t seed = 7, alive[HOURS] = {0}, hostile[HOURS] = {0};
	uint64_t told_alive[HOURS] = {0}, told_hostile[HOURS] = {0};
	struct minutes m = {0};
	struct told t = {.n = 0};
	const struct minutes_sink to = {take, &t};

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		const unsigned hour = (unsigned)(seed >> 33) % HOURS,
			       minute = (unsigned)(seed >> 40) % 60;

		alive[hour] |= UINT64_C(1) << minute;
		if (seed >> 61 == 0) {
			hostile[hour] |= UINT64_C(1) << minute;
			minutes_hostile(&m, &a, at(hour, minute, (unsigned)(seed >> 50) % 60), &to);
		} else {
			minutes_alive(&m, &a, at(hour, minute, (unsigned)(seed >> 50) % 60), &to);
		}
		if (i == N - 1)
			minutes_tell(&m, &to);
		for (; t.n > 0; t.n--) {
			const struct presence *p = &t.rows[t.n - 1];

			told_alive[p->hour - HOUR] |= p->alive;
			told_hostile[p->hour - HOUR] |= p->hostile;
		}
	}
	assert_memory_equal(told_alive, alive, sizeof(alive));
	assert_memory_equal(told_hostile, hostile, sizeof(hostile));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minutes_of_an_hour_are_one_row),
		cmocka_unit_test(an_hour_is_handed_on_when_another_begins),
		cmocka_unit_test(whatever_the_order_the_same_minutes_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
