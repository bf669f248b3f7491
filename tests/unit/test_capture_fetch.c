/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "capture/capture.h"

enum { FRAMES = 3000, BLOCKS = 64, ROOM = 8 << 20 };

/* Lengths that end records on, just before and just after the borders of blocks, and now and then
 * a frame longer than what is fetched at once. */
static size_t length_of(size_t i)
{
	return i % 500 == 499 ? FRAME_MAX - i % 7 : i * 7919 % 1500;
}

static int a_capture(void)
{
	struct writer w = {.at = malloc(ROOM), .cap = ROOM};
	int fd = memfd_create("capture", MFD_CLOEXEC);

	assert_non_null(w.at);
	wr_le(&w, 4, 0xa1b2c3d4);
	wr_le(&w, 4, 0x00040002);
	wr_zeros(&w, 8);
	wr_le(&w, 4, FRAME_MAX);
	wr_le(&w, 4, 1);
	for (size_t i = 0; i < FRAMES; i++) {
		size_t len = length_of(i);

		wr_le(&w, 4, i);
		wr_le(&w, 4, 0);
		wr_le(&w, 4, len);
		wr_le(&w, 4, len);
		for (size_t k = 0; k < len; k++)
			wr_le(&w, 1, i + k);
	}
	assert_false(w.bad);
	assert_true(fd >= 0 && write(fd, w.at, w.len) == (ssize_t)w.len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	free(w.at);
	return fd;
}

static void take(const struct block *b, size_t *n, uint64_t *sum)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct frame *f = &b->frames[i];

		assert_int_equal(f->at_ns / 1000000000, *n);
		assert_int_equal(f->data.len, length_of(*n));
		*sum = hash_bytes(f->data.at, f->data.len, *sum);
		++*n;
	}
}

static void blocks_fetched_in_any_order_read_as_if_one_by_one(void **unused)
{
	struct block *blocks[BLOCKS] = {NULL};
	struct capture *c = NULL;
	const char *why = NULL;
	uint64_t alone = 0, ahead = 0;
	size_t n = 0;
	int fd = a_capture();
	enum rc rc = RC_OK;

	(void)unused;
	for (size_t i = 0; i < BLOCKS; i++)
		assert_int_equal(block_new(&blocks[i]), RC_OK);
	assert_int_equal(capture_open_fd(fd, "one by one", &c, &why), RC_OK);
	while ((rc = capture_read(c, blocks[0], 0)) == RC_OK) {
		assert_true(blocks[0]->n > 0);
		take(blocks[0], &n, &alone);
	}
	assert_int_equal(rc, RC_END);
	assert_int_equal(n, FRAMES);
	capture_free(c);

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(capture_open_fd(fd, "ahead", &c, &why), RC_OK);
	assert_true(capture_can_fetch(c));
	for (size_t i = BLOCKS; i > 0; i--)
		capture_fetch(c, blocks[i - 1], i - 1);
	n = 0;
	for (size_t i = 0; i < BLOCKS; i++) {
		rc = capture_read(c, blocks[i], 0);
		if (rc != RC_OK)
			break;
		take(blocks[i], &n, &ahead);
	}
	assert_int_equal(rc, RC_END);
	assert_int_equal(n, FRAMES);
	assert_int_equal(ahead, alone);
	capture_free(c);
	for (size_t i = 0; i < BLOCKS; i++)
		block_free(blocks[i]);
	close(fd);
}

static void a_pipe_cannot_be_fetched_from(void **unused)
{
	uint8_t all[24] = {0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [20] = 1};
	struct capture *c = NULL;
	const char *why = NULL;
	int ends[2];

	(void)unused;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], all, sizeof(all)), sizeof(all));
	close(ends[1]);
	assert_int_equal(capture_open_fd(ends[0], "pipe", &c, &why), RC_OK);
	assert_false(capture_can_fetch(c));
	capture_free(c);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_fetched_in_any_order_read_as_if_one_by_one),
		cmocka_unit_test(a_pipe_cannot_be_fetched_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
