/*
 * The first byte says how small the pieces are, the rest is a file. Read at once, fetched ahead or
 * in pieces, it gives the same frames, of sizes within bounds, and comes to the same end.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_MAX = 64 * 1024, PIECES = 200, HEAD = 24 }; /* a pipe holds 256 packets */

static void require(bool holds)
{
	if (!holds)
		abort();
}

struct outcome {
	enum rc rc;
	uint64_t hash;
	struct capture_stats stats;
};

static uint64_t mix(uint64_t hash, uint64_t v)
{
	return (hash ^ v) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t mix_frame(uint64_t hash, const struct frame *f)
{
	hash = mix(mix(mix(hash, f->at_ns), f->wire_len), f->linktype);
	for (size_t i = 0; i < f->data.len; i++)
		hash = mix(hash, f->data.at[i]);
	return hash;
}

static struct outcome read_all(int fd, bool ahead)
{
	struct outcome o = {.rc = RC_OK};
	struct capture *c = NULL;
	struct block *b = NULL;
	const char *why = NULL;

	require(block_new(&b) == RC_OK);
	o.rc = capture_open_fd(fd, "fuzz", &c, &why);
	if (o.rc != RC_OK) {
		require(why != NULL);
		goto out;
	}
	ahead = ahead && capture_can_fetch(c);
	for (uint64_t ticket = 0;; ticket++) {
		if (ahead)
			capture_fetch(c, b, ticket);
		o.rc = capture_read(c, b, 0);
		if (o.rc != RC_OK)
			break;
		require((b->n > 0 || ahead) && b->n <= BLOCK_FRAMES && b->len <= b->cap);
		for (size_t i = 0; i < b->n; i++) {
			const struct frame *f = &b->frames[i];

			require(f->data.len <= FRAME_MAX && f->data.len <= f->wire_len);
			require(f->data.len == 0 || (f->data.at >= b->buf &&
						     f->data.at + f->data.len <= b->buf + b->len));
			o.hash = mix_frame(o.hash, f);
		}
	}
	require(o.rc == RC_END || (o.rc == RC_FORMAT && capture_error(c)[0] != '\0'));
	capture_stats_get(c, &o.stats);
out:
	capture_free(c);
	block_free(b);
	close(fd);
	return o;
}

static int as_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	require(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* A pipe in packet mode: each read gives what one write brought, and loses what it has no room
 * for: so the head, which is read apart, comes byte by byte. */
static int as_pieces(const uint8_t *data, size_t size, size_t piece)
{
	int fds[2];

	require(pipe2(fds, O_CLOEXEC | O_DIRECT | O_NONBLOCK) == 0);
	require(fcntl(fds[1], F_SETPIPE_SZ, 1024 * 1024) > 0);
	for (size_t at = 0, n = 0; at < size; at += n) {
		n = at < HEAD ? 1 : piece;
		if (n > size - at)
			n = size - at;
		require(write(fds[1], data + at, n) == (ssize_t)n);
	}
	close(fds[1]);
	return fds[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > FILE_MAX)
		return 0;
	size_t piece = data[0] % 64 + 1U;

	data++;
	size--;
	if (size / PIECES + 1 > piece)
		piece = size / PIECES + 1;

	struct outcome whole = read_all(as_file(data, size), false);
	struct outcome fetched = read_all(as_file(data, size), true);
	struct outcome pieces = read_all(as_pieces(data, size, piece), false);
	bool is_packed = size > 1 && ((data[0] == 0x1f && data[1] == 0x8b) ||
				      (data[0] == 0x28 && data[1] == 0xb5) ||
				      (data[1] == 0x2a && data[0] >> 4 == 5));
	bool is_old = size > 7 && data[0] != 0x0a && memcmp(data + 4, "\2\0\4\0", 4) != 0 &&
		      memcmp(data + 4, "\0\2\0\4", 4) != 0;

	require(whole.rc == fetched.rc && whole.hash == fetched.hash);
	require(memcmp(&whole.stats, &fetched.stats, sizeof(whole.stats)) == 0);

	/* How much comes out before a packing error is the library's affair; versions before 2.4
	 * are read through libpcap, which seeks. */
	if ((is_packed && whole.rc == RC_FORMAT) || is_old)
		return 0;
	require(whole.rc == pieces.rc);
	require(whole.hash == pieces.hash);
	require(memcmp(&whole.stats, &pieces.stats, sizeof(whole.stats)) == 0);
	return 0;
}
