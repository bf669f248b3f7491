/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/map.h"

static struct map *map(size_t max)
{
	struct map *m = NULL;

	assert_int_equal(map_new(max, sizeof(uint32_t), sizeof(uint64_t), 1, &m), RC_OK);
	return m;
}

static bool put(struct map *m, uint32_t key, uint64_t value)
{
	bool is_new = false;
	uint64_t *v = map_put(m, &key, &is_new);

	if (v == NULL)
		return false;
	if (is_new)
		assert_int_equal(*v, 0);
	*v = value;
	return true;
}

static void a_map_of_nothing_is_refused(void **state)
{
	struct map *m = NULL;

	(void)state;
	assert_int_equal(map_new(0, 4, 8, 0, &m), RC_INVAL);
	assert_int_equal(map_new(1, 0, 8, 0, &m), RC_INVAL);
	assert_int_equal(map_new(1, 4, 0, 0, &m), RC_INVAL);
	map_free(NULL);
}

static void a_full_map_refuses_the_new_and_keeps_the_old(void **state)
{
	struct map *m = map(100);

	(void)state;
	for (uint32_t k = 0; k < 100; k++)
		assert_true(put(m, k, k + 1));
	assert_false(put(m, 100, 1));
	assert_true(put(m, 50, 999)); /* not new */
	for (uint32_t k = 0; k < 100; k++)
		assert_int_equal(*(uint64_t *)map_get(m, &k), k == 50 ? 999 : k + 1);
	assert_int_equal(map_len(m), 100);
	map_free(m);
}

static void entries_stand_in_the_order_they_came(void **state)
{
	struct map *m = map(1000);

	(void)state;
	for (uint32_t k = 0; k < 1000; k++)
		put(m, k * 2654435761u, k);
	for (size_t i = 0; i < 1000; i++) {
		const void *key = NULL;

		assert_int_equal(*(uint64_t *)map_at(m, i, &key), i);
		assert_non_null(key);
	}
	map_free(m);
}

/* Against a plain array, through a few thousand puts and deletes. */
static void it_holds_what_an_array_would(void **state)
{
	enum { KEYS = 256 };
	uint64_t want[KEYS] = {0};
	struct map *m = map(KEYS);
	uint32_t random = 1;
	size_t n = 0;

	(void)state;
	for (unsigned step = 0; step < 20000; step++) {
		random = random * 1664525u + 1013904223u;

		uint32_t key = random >> 24;

		if (random >> 8 & 1) {
			n += want[key] == 0;
			want[key] = step + 1;
			assert_true(put(m, key, step + 1));
		} else {
			assert_int_equal(map_del(m, &key), want[key] != 0);
			n -= want[key] != 0;
			want[key] = 0;
		}
		assert_int_equal(map_len(m), n);
	}
	for (uint32_t key = 0; key < KEYS; key++) {
		const uint64_t *v = map_get(m, &key);

		assert_int_equal(v == NULL ? 0 : *v, want[key]);
	}
	map_clear(m);
	assert_int_equal(map_len(m), 0);
	for (uint32_t key = 0; key < KEYS; key++)
		assert_null(map_get(m, &key));
	assert_true(put(m, 7, 1));
	map_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_of_nothing_is_refused),
		cmocka_unit_test(a_full_map_refuses_the_new_and_keeps_the_old),
		cmocka_unit_test(entries_stand_in_the_order_they_came),
		cmocka_unit_test(it_holds_what_an_array_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
