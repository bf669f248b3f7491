/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "event/list.h"

static struct event a_call(uint64_t seq, struct bytes path)
{
	return (struct event){
		.kind = EV_SRVSVC,
		.seq = seq,
		.srvsvc = {.opnum = SRVSVC_CANONICALIZE, .path = path, .pipe = BYTES("browser")},
	};
}

static void events_come_back_in_order_with_their_bytes(void **unused)
{
	struct event_list l;
	uint8_t path[100];
	size_t at = 0;

	(void)unused;
	event_list_init(&l, 1 << 20);
	for (uint64_t i = 0; i < 1000; i++) {
		memset(path, (int)(i & 0xff), sizeof(path));

		struct event ev = a_call(i, (struct bytes){path, (size_t)(i % sizeof(path))});

		assert_int_equal(event_list_add(&l, &ev), RC_OK);
	}
	memset(path, 0, sizeof(path)); /* the list has copies */
	for (uint64_t i = 0; i < 1000; i++) {
		const struct event *ev = event_list_next(&l, &at);

		assert_non_null(ev);
		assert_int_equal(ev->seq, i);
		assert_int_equal(ev->srvsvc.path.len, i % sizeof(path));
		for (size_t k = 0; k < ev->srvsvc.path.len; k++)
			assert_int_equal(ev->srvsvc.path.at[k], i & 0xff);
		assert_true(bytes_eq(ev->srvsvc.pipe, BYTES("browser")));
		assert_int_equal(ev->srvsvc.server.len, 0);
	}
	assert_null(event_list_next(&l, &at));
	event_list_done(&l);
}

static void a_full_list_refuses_and_keeps_what_it_has(void **unused)
{
	struct event ev = a_call(7, BYTES("x"));
	struct event_list l;
	size_t at = 0, n = 0;

	(void)unused;
	event_list_init(&l, 4096);
	while (event_list_add(&l, &ev) == RC_OK)
		n++;
	assert_in_range(n, 1, 4096 / sizeof(ev));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(event_list_next(&l, &at)->seq, 7);
	assert_null(event_list_next(&l, &at));
	event_list_clear(&l);
	at = 0;
	assert_null(event_list_next(&l, &at));
	assert_int_equal(event_list_add(&l, &ev), RC_OK);
	event_list_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_come_back_in_order_with_their_bytes),
		cmocka_unit_test(a_full_list_refuses_and_keeps_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
