/* What can be tested of live captures without a network of our own; the rest is in tests/live. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "capture/capture.h"

static void an_interface_that_is_not_there_is_named(void **unused)
{
	const struct capture_live_options opt = {.interface = "quell-none", .fanout = 1};
	struct capture *c = NULL;
	char err[400] = "";

	(void)unused;
	assert_int_equal(capture_open_live(&opt, &c, err, sizeof(err)), RC_INVAL);
	assert_null(c);
	assert_non_null(strstr(err, "quell-none"));
}

/* Opens the loopback interface; skips the test where we may not. */
static struct capture *open_loopback(unsigned fanout_id)
{
	const struct capture_live_options opt = {.interface = "lo",
						 .filter = "udp",
						 .fanout = 2,
						 .fanout_id = fanout_id,
						 .ring_bytes = 1024 * 1024};
	struct capture *c = NULL;
	char err[400] = "";

	if (capture_open_live(&opt, &c, err, sizeof(err)) != RC_OK) {
		print_message("  skipped: %s\n", err);
		skip();
	}
	return c;
}

static void a_filter_that_is_none_is_quoted(void **unused)
{
	const struct capture_live_options opt = {
		.interface = "lo", .filter = "tpc port 445", .fanout = 1};
	struct capture *c = open_loopback(4711);
	char err[400] = "";

	(void)unused;
	capture_free(c);
	c = NULL;
	assert_int_equal(capture_open_live(&opt, &c, err, sizeof(err)), RC_INVAL);
	assert_null(c);
	assert_non_null(strstr(err, "\"tpc port 445\""));
}

static void workers_share_an_interface(void **unused)
{
	struct capture *one = open_loopback(4712), *two = open_loopback(4712);
	int fds[CAPTURE_FDS];
	struct capture_stats stats;
	struct block *b = NULL;

	(void)unused;
	assert_true(capture_fd(one) >= 0);
	assert_true(capture_fd(two) >= 0);
	assert_true(capture_fds(one, fds) >= 1);
	assert_int_equal(fds[0], capture_fd(one));
	assert_int_equal(block_new(&b), RC_OK);
	assert_int_equal(capture_read(one, b, 0), RC_OK);
	assert_true(b->n <= BLOCK_FRAMES);
	capture_stats_get(one, &stats);
	assert_int_equal(stats.lost_kernel, 0);
	capture_free(one);
	capture_free(two);
	block_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_that_is_not_there_is_named),
		cmocka_unit_test(a_filter_that_is_none_is_quoted),
		cmocka_unit_test(workers_share_an_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
