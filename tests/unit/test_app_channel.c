/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/channel.h"
#include "model/exchange.h"

enum { MESSAGES = 300 };

/* Lengths from nothing to larger than what the writer gathers. */
static size_t length_of(size_t i)
{
	return i % 50 == 49 ? 200 * 1000 + i : i * 37 % 1000;
}

static void *send_all(void *arg)
{
	static uint8_t payload[201 * 1000];
	struct channel_out *out = arg;

	for (size_t i = 0; i < MESSAGES; i++) {
		memset(payload, (int)(i & 0xff), sizeof(payload));
		if (channel_send(out, i % 2 ? CHANNEL_LINE : CHANNEL_FINDING,
				 (struct bytes){payload, length_of(i)}) != RC_OK)
			return arg;
	}
	return channel_send(out, CHANNEL_DONE, (struct bytes){0}) != RC_OK ||
			       channel_flush(out) != RC_OK
		       ? arg
		       : NULL;
}

static void messages_of_any_length_arrive_whole_and_in_order(void **unused)
{
	enum channel_type type = CHANNEL_SOURCE;
	struct channel_out *out = NULL;
	struct channel_in *in = NULL;
	struct bytes m = {0};
	pthread_t sender;
	void *failed = NULL;
	size_t n = 0;
	int ends[2];

	(void)unused;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(channel_out_new(ends[1], &out), RC_OK);
	assert_int_equal(channel_in_new(ends[0], &in), RC_OK);
	assert_int_equal(pthread_create(&sender, NULL, send_all, out), 0);
	while (type != CHANNEL_DONE) {
		assert_int_equal(channel_read(in), RC_OK);
		while (channel_next(in, &type, &m) == RC_OK && type != CHANNEL_DONE) {
			assert_int_equal(type, n % 2 ? CHANNEL_LINE : CHANNEL_FINDING);
			assert_int_equal(m.len, length_of(n));
			assert_true(m.len == 0 ||
				    (m.at[0] == (n & 0xff) && m.at[m.len - 1] == (n & 0xff)));
			n++;
		}
	}
	assert_int_equal(n, MESSAGES);
	pthread_join(sender, &failed);
	assert_null(failed);
	close(ends[1]);
	assert_int_equal(channel_read(in), RC_END);
	close(ends[0]);
	channel_in_free(in);
	channel_out_free(out);
}

static const struct {
	const char *what;
	uint8_t bytes[6];
	size_t len;
	enum rc want;
} heads[] = {
	{"half a head", {2, 0, 0}, 3, RC_END},
	{"half a message", {2, 0, 0, 0, CHANNEL_LINE}, 5, RC_END},
	{"a message", {2, 0, 0, 0, CHANNEL_LINE, 'x'}, 6, RC_OK},
	{"no length", {0, 0, 0, 0}, 4, RC_FORMAT},
	{"a length past all bounds", {0xff, 0xff, 0xff, 0x7f}, 4, RC_FORMAT},
	{"a type nobody knows", {1, 0, 0, 0, 99}, 5, RC_FORMAT},
	{"type 0", {1, 0, 0, 0, 0}, 5, RC_FORMAT},
};

static void a_reader_believes_no_head(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		enum channel_type type;
		struct channel_in *in = NULL;
		struct bytes m;
		int ends[2];

		print_message("           %s\n", heads[i].what);
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(channel_in_new(ends[0], &in), RC_OK);
		assert_int_equal(write(ends[1], heads[i].bytes, heads[i].len), heads[i].len);
		assert_int_equal(channel_read(in), RC_OK);
		assert_int_equal(channel_next(in, &type, &m), heads[i].want);
		close(ends[0]);
		close(ends[1]);
		channel_in_free(in);
	}
}

static void a_broken_channel_stays_broken_and_says_so(void **unused)
{
	struct channel_out *out = NULL;
	uint8_t *big = calloc(1, 500000);
	int ends[2];

	(void)unused;
	signal(SIGPIPE, SIG_IGN);
	assert_non_null(big);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(channel_out_new(ends[1], &out), RC_OK);
	close(ends[0]);
	assert_int_equal(channel_send(out, CHANNEL_LINE, (struct bytes){big, 500000}), RC_CLOSED);
	assert_int_equal(channel_send(out, CHANNEL_LINE, BYTES("x")), RC_CLOSED);
	assert_int_equal(channel_flush(out), RC_CLOSED);
	close(ends[1]);
	channel_out_free(out);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_of_any_length_arrive_whole_and_in_order),
		cmocka_unit_test(a_reader_believes_no_head),
		cmocka_unit_test(a_broken_channel_stays_broken_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
