/*
 * Files: bytes are read straight into a block, records are parsed where they lie, and the
 * incomplete one at the end is carried over to the next block. So a byte is copied once, by the
 * kernel, into memory that stays in the cache until its frame is decoded.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/capture_impl.h"

struct file_capture {
	struct capture base;
	struct source *source;
	struct opened opened;
	uint8_t *carry; /* BLOCK_BYTES: what the last block could not use */
	size_t n_carry;
	size_t fill;     /* how far to fill a block: about as much as BLOCK_FRAMES frames need */
	uint64_t offset; /* of the record scanned next, in the unpacked file */
	uint64_t skip;   /* bytes to pass over first */
	enum rc ended;   /* the source's last word, or RC_OK */
	int ended_errno; /* for RC_IO */
	enum rc over;    /* our last word */
	bool can_fetch;  /* a plain file: */
	int fd;
	uint64_t fetch_at; /* where block 0's bytes start */
	uint64_t ticket;   /* of the block read next */
};

/* Where the fetched bytes of a block start: in front of them is room for a record's beginning. */
enum { HEADROOM = BLOCK_BYTES - BLOCK_FILL };

/* The kernel copies with `rep movsb`. Where the target is not aligned to a cache line, and lies a
 * few bytes behind its source within one, AMD's Zen 3 takes five times as long: 0.4 s instead of
 * 0.08 for 1 GB. A file's bytes start anywhere (24 in pcap), so it is our side that is aligned. */
static_assert(HEADROOM % BLOCK_ALIGN == 0, "fetched bytes start at a page");
static_assert(HEADROOM > FRAME_MAX + 4096, "any record fits in front of the fetched bytes");
static_assert(HEADROOM > SOURCE_PIECE + FORMAT_HEAD, "so does what was read to know the format");

/* Measured: with 128 KiB at a time, more than with 512, what was read is still in the cache when
 * it is decoded; mapping the file costs more, in page faults, but for the smallest frames. */
enum { FILL_MIN = 32 * 1024, FILL_MAX = BLOCK_FILL };

static enum rc stop(struct file_capture *f, enum rc rc, const char *what)
{
	unsigned long long at = f->offset;

	f->over = rc;
	if (what != NULL)
		snprintf(f->base.error, sizeof(f->base.error), "%s at byte %llu%s", what, at,
			 source_is_packed(f->source) ? " of the unpacked data" : "");
	return rc;
}

/* The source has no more, and no whole record is left. */
static enum rc finish(struct file_capture *f, size_t left)
{
	switch (f->ended) {
	case RC_END:
		if (left > 0 || f->skip > 0 || source_is_cut(f->source))
			f->base.stats.truncated_files = 1;
		return stop(f, RC_END, NULL);
	case RC_IO:
		(void)stop(f, RC_IO, strerror(f->ended_errno));
		errno = f->ended_errno;
		return RC_IO;
	case RC_FORMAT:
		return stop(f, RC_FORMAT, source_error(f->source));
	default:
		return stop(f, f->ended, rc_str(f->ended));
	}
}

static void pass_over(struct file_capture *f, struct bytes *in)
{
	size_t n = f->skip < in->len ? (size_t)f->skip : in->len;

	f->skip -= n;
	f->offset += n;
	*in = bytes_slice(*in, n, SIZE_MAX);
}

/* Scans what is there. What is left of `in` is not scanned, for want of bytes or of room. */
static enum rc scan_run(struct file_capture *f, struct block *b, struct bytes *in)
{
	pass_over(f, in);
	if (in->len == 0)
		return RC_OK;
	struct scan s = {.in = *in, .b = b, .stats = &f->base.stats};
	enum rc rc = f->opened.format->scan(f->opened.state, &s);

	f->offset += in->len - s.in.len;
	f->skip = s.skip;
	*in = s.in;
	return rc == RC_OK ? RC_OK : stop(f, rc, s.error != NULL ? s.error : rc_str(rc));
}

/* Small frames fill a block's table before its bytes: then read less, so as to carry less. */
static void adapt_fill(struct file_capture *f, const struct block *b, size_t left)
{
	size_t used = b->len - left;

	if (b->n < BLOCK_FRAMES)
		f->fill += f->fill / 4;
	else
		f->fill = used + used / 32;
	if (f->fill < FILL_MIN)
		f->fill = FILL_MIN;
	if (f->fill > FILL_MAX)
		f->fill = FILL_MAX;
}

/* Brings more bytes behind the `*len` that are there. */
static void read_more(struct file_capture *f, struct block *b, size_t *len)
{
	/* A record may be longer than what is usually read. */
	size_t upto = *len < f->fill ? f->fill : b->cap, n = 0;

	assert(*len < b->cap); /* no record is as long as a block */
	f->ended = source_read(f->source, b->buf + *len, upto - *len, &n);
	f->ended_errno = errno;
	if (f->ended == RC_OK)
		*len += n;
}

static void file_fetch(const struct capture *c, struct block *b, uint64_t ticket)
{
	const struct file_capture *f = (const struct file_capture *)c;
	uint64_t from = f->fetch_at + ticket * BLOCK_FILL;

	b->is_fetched = true;
	b->fetched = 0;
	b->fetch_errno = 0;
	while (b->fetched < BLOCK_FILL) {
		ssize_t n = pread(f->fd, b->buf + HEADROOM + b->fetched, BLOCK_FILL - b->fetched,
				  (off_t)(from + b->fetched));

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			b->fetch_errno = errno;
		if (n <= 0)
			return;
		b->fetched += (size_t)n;
	}
}

/* A plain file: what is read is in its place already, unless nobody did it ahead of time. */
static enum rc take_fetched(struct file_capture *f, struct block *b)
{
	if (!b->is_fetched)
		file_fetch(&f->base, b, f->ticket);
	b->is_fetched = false;
	f->ticket++;

	size_t len = f->n_carry + b->fetched;
	struct bytes in = {b->buf + HEADROOM - f->n_carry, len};

	if (f->n_carry > 0)
		memcpy(b->buf + HEADROOM - f->n_carry, f->carry, f->n_carry);
	b->len = HEADROOM + b->fetched;
	if (b->fetch_errno != 0) {
		f->ended = RC_IO;
		f->ended_errno = b->fetch_errno;
	} else if (b->fetched < BLOCK_FILL) {
		f->ended = RC_END;
	}
	if (scan_run(f, b, &in) == RC_OK && b->n == 0 && f->ended != RC_OK)
		return finish(f, in.len);
	assert(in.len <= HEADROOM); /* the table has room for every frame of a block */
	if (in.len > 0)
		memcpy(f->carry, in.at, in.len);
	f->n_carry = in.len;
	f->base.stats.frames += b->n;
	return b->n > 0 ? RC_OK : f->over;
}

static enum rc file_read(struct capture *c, struct block *b, int wait_ms)
{
	struct file_capture *f = (struct file_capture *)c;
	struct bytes in = {NULL, 0};
	size_t len = f->n_carry;

	(void)wait_ms;
	b->n = b->len = 0;
	if (f->over != RC_OK)
		return f->over;
	if (f->can_fetch) {
		bool by_caller = b->is_fetched;
		enum rc rc = take_fetched(f, b);

		while (rc == RC_OK && b->n == 0 && !by_caller)
			rc = take_fetched(f, b);
		return rc;
	}
	memcpy(b->buf, f->carry, len);
	f->n_carry = 0;
	for (;;) {
		if (f->ended == RC_OK && (len < f->fill || in.len > 0))
			read_more(f, b, &len);
		in = (struct bytes){b->buf, len};
		if (scan_run(f, b, &in) != RC_OK || b->n > 0 || f->ended != RC_OK)
			break;
		if (in.len > 0)
			memmove(b->buf, in.at, in.len);
		len = in.len;
	}
	b->len = len;
	if (f->over == RC_OK && b->n == 0)
		return finish(f, in.len);
	if (in.len > 0)
		memcpy(f->carry, in.at, in.len);
	f->n_carry = in.len;
	adapt_fill(f, b, in.len);
	c->stats.frames += b->n;
	return b->n > 0 ? RC_OK : f->over;
}

static void file_free(struct capture *c)
{
	struct file_capture *f = (struct file_capture *)c;

	source_free(f->source);
	f->opened.format->free(f->opened.state);
	free(f->carry);
	free(f);
}

enum rc file_capture_new(struct source *src, struct opened opened, struct bytes head,
			 struct capture **ret_cap)
{
	static const struct capture_kind plain = {file_read, file_fetch, NULL, file_free, NULL};
	static const struct capture_kind packed = {file_read, NULL, NULL, file_free, NULL};
	struct file_capture *f = calloc(1, sizeof(*f));

	assert(opened.head <= head.len && head.len <= FORMAT_HEAD);
	if (f != NULL)
		f->carry = malloc(BLOCK_BYTES);
	if (f == NULL || f->carry == NULL) {
		source_free(src);
		opened.format->free(opened.state);
		free(f);
		return RC_NOMEM;
	}
	f->base.poll_fd = -1;
	f->source = src;
	f->opened = opened;
	f->fill = FILL_MAX;
	f->offset = opened.head;
	f->n_carry = head.len - opened.head;
	if (f->n_carry > 0)
		memcpy(f->carry, head.at + opened.head, f->n_carry);

	size_t n = 0;

	f->can_fetch = source_hand_over(src, f->carry + f->n_carry, &n, &f->fd, &f->fetch_at);
	f->n_carry += n;
	f->base.kind = f->can_fetch ? &plain : &packed;
	*ret_cap = &f->base;
	return RC_OK;
}
