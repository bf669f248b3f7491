/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "event/event.h"

static void every_kind_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned a = 0; a < EV_KINDS; a++) {
		assert_string_not_equal(event_kind_name((enum ev_kind)a), "unknown");
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(event_kind_name((enum ev_kind)a),
						event_kind_name((enum ev_kind)b));
	}
	assert_string_equal(event_kind_name(EV_KINDS), "unknown");
}

static void the_borrowed_parts_of_an_event_are_known(void **state)
{
	static const unsigned want[EV_KINDS] = {
		[EV_SMB1] = 1, [EV_SMB2] = 1, [EV_RPC] = 1, [EV_SRVSVC] = 4, [EV_IDENT] = 6};
	struct bytes *fields[EV_BYTES_MAX];

	(void)state;
	for (unsigned kind = 0; kind < EV_KINDS; kind++) {
		struct event ev = {.kind = (uint8_t)kind};

		assert_int_equal(event_bytes(&ev, fields), want[kind]);
	}

	struct event ev = {.kind = EV_SRVSVC};

	assert_int_equal(event_bytes(&ev, fields), 4);
	assert_ptr_equal(fields[1], &ev.srvsvc.path);
	assert_ptr_equal(fields[3], &ev.srvsvc.pipe);
}

static void events_stand_in_the_order_of_frames_and_ticks_come_first(void **state)
{
	static const struct event in_order[] = {
		{.seq = 7, .shard = 3},
		{.seq = 8, .is_tick = true, .shard = 0},
		{.seq = 8, .is_tick = true, .shard = 5},
		{.seq = 8, .shard = 2},
		{.seq = 9, .is_tick = true, .shard = 1},
	};
	const int n = (int)(sizeof(in_order) / sizeof(in_order[0]));

	(void)state;
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < n; j++) {
			int got = event_cmp(&in_order[i], &in_order[j]);

			assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_name_of_its_own),
		cmocka_unit_test(the_borrowed_parts_of_an_event_are_known),
		cmocka_unit_test(events_stand_in_the_order_of_frames_and_ticks_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
