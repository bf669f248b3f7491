/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/monotime.h"

static void an_arena_gives_zeroed_and_aligned_memory(void **state)
{
	struct arena *a = NULL;

	(void)state;
	assert_int_equal(arena_new(0, &a), RC_OK);
	for (size_t n = 0; n < 3000; n += 7) {
		unsigned char *p = arena_alloc(a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	assert_non_null(arena_alloc(a, 1 << 20)); /* more than a chunk */
	assert_string_equal(arena_strdup(a, "text"), "text");
	arena_free(a);
	arena_free(NULL);
}

static void an_arena_that_was_reset_is_as_new(void **state)
{
	struct arena *a = NULL;

	(void)state;
	assert_int_equal(arena_new(100000, &a), RC_OK);
	arena_reset(a);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 90; i++) {
			unsigned char *p = arena_alloc(a, 1024), sum = 0;

			assert_non_null(p);
			for (size_t k = 0; k < 1024; k++)
				sum |= p[k];
			assert_int_equal(sum, 0);
			memset(p, 0xff, 1024);
		}
		assert_null(arena_alloc(a, 10000));
		arena_reset(a);
	}
	arena_free(a);
	arena_reset(NULL);
}

static void an_arena_keeps_to_its_limit(void **state)
{
	struct arena *a = NULL;

	(void)state;
	assert_int_equal(arena_new(1000, &a), RC_OK);
	assert_non_null(arena_alloc(a, 600));
	assert_null(arena_alloc(a, 600));
	assert_non_null(arena_alloc(a, 300));
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_null(arena_strdup(a,
				 "no room for a text of this length, which is more than there is "
				 "left of what was allowed"));
	arena_free(a);
}

static void a_reader_that_ran_past_the_end_stays_bad(void **state)
{
	struct reader r = {BYTES("\1\2\3\4\5\6\7"), false};

	(void)state;
	assert_int_equal(rd_be16(&r), 0x0102);
	assert_int_equal(rd_le16(&r), 0x0403);
	assert_int_equal(rd_be(&r, 3), 0x050607);
	assert_false(r.bad);
	assert_int_equal(rd_u8(&r), 0);
	assert_true(r.bad);
	assert_int_equal(rd_take(&r, 0).len, 0);

	r = (struct reader){BYTES("\1\2\3"), false};
	assert_int_equal(rd_le32(&r), 0); /* not the three bytes that there are */
	assert_true(r.bad);
	assert_int_equal(rd_u8(&r), 0);
}

static void a_reader_takes_what_there_is(void **state)
{
	struct reader r = {BYTES("abcdef"), false};

	(void)state;
	rd_skip(&r, 2);
	assert_true(bytes_eq(rd_take(&r, 2), BYTES("cd")));
	assert_true(bytes_eq(rd_take_upto(&r, 99), BYTES("ef")));
	assert_false(r.bad);
	assert_int_equal(rd_take_upto(&r, 1).len, 0);
	assert_false(r.bad);
	rd_skip(&r, SIZE_MAX);
	assert_true(r.bad);
}

static void numbers_of_every_width_come_back(void **state)
{
	uint8_t room[16];

	(void)state;
	for (unsigned width = 1; width <= 8; width++) {
		uint64_t v = UINT64_C(0x8192a3b4c5d6e7f8) >> (64 - 8 * width);
		struct writer w = {.at = room, .cap = sizeof(room)};

		wr_be(&w, width, v);
		wr_le(&w, width, v);
		assert_false(w.bad);
		assert_int_equal(w.len, 2 * width);

		struct reader r = {{room, w.len}, false};

		assert_true(rd_be(&r, width) == v);
		assert_true(rd_le(&r, width) == v);
	}
}

static void a_slice_never_leaves_its_bytes(void **state)
{
	(void)state;
	assert_true(bytes_eq(bytes_slice(BYTES("abcdef"), 2, 3), BYTES("cde")));
	assert_true(bytes_eq(bytes_slice(BYTES("abcdef"), 4, SIZE_MAX), BYTES("ef")));
	assert_int_equal(bytes_slice(BYTES("abc"), 3, 1).len, 0);
	assert_int_equal(bytes_slice(BYTES("abc"), SIZE_MAX, SIZE_MAX).len, 0);
}

static void a_full_writer_writes_nothing_more(void **state)
{
	uint8_t room[6] = {9, 9, 9, 9, 9, 9};
	struct writer w = {.at = room, .cap = 5};

	(void)state;
	wr_bytes(&w, BYTES("ab"));
	wr_zeros(&w, 1);
	wr_patch_le(&w, 1, 2, 0x0102);
	wr_be(&w, 4, 1);
	assert_true(w.bad);
	assert_int_equal(w.len, 3);
	wr_zeros(&w, 1);
	assert_int_equal(w.len, 3);
	assert_memory_equal(room, "a\2\1\11\11\11", 6);
	wr_patch_be(&w, 0, 2, 7); /* a bad writer patches nothing */
	assert_int_equal(room[0], 'a');
}

static void the_clock_never_goes_back_and_never_stands_still_for_long(void **state)
{
	static const struct {
		uint64_t at_s, want_s; /* want: after the start */
	} rows[] = {
		{1000, 0},  {1010, 10},   {1005, 10}, /* a little late: holds */
		{1020, 20}, {1020, 20},   {500, 20},  /* a new epoch */
		{507, 27},  {2000, 1520}, {1941, 1520}, {1939, 1520}, {1940, 1521},
	};
	struct monotime m = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(monotime_advance(&m, rows[i].at_s * NS_PER_S),
				 1 + rows[i].want_s * NS_PER_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_gives_zeroed_and_aligned_memory),
		cmocka_unit_test(an_arena_that_was_reset_is_as_new),
		cmocka_unit_test(an_arena_keeps_to_its_limit),
		cmocka_unit_test(a_reader_that_ran_past_the_end_stays_bad),
		cmocka_unit_test(a_reader_takes_what_there_is),
		cmocka_unit_test(numbers_of_every_width_come_back),
		cmocka_unit_test(a_slice_never_leaves_its_bytes),
		cmocka_unit_test(a_full_writer_writes_nothing_more),
		cmocka_unit_test(the_clock_never_goes_back_and_never_stands_still_for_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
