#include "capture/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* What is read at once of packed data. The first piece, from which packing is told, too. */
enum { PIECE = SOURCE_PIECE };

enum packing { PLAIN, GZIP, ZSTD };

struct source {
	int fd;
	enum packing packing;
	bool is_cut;
	bool is_between;  /* members or frames: the file may end here */
	bool has_started; /* a first member or frame has been read */
	const char *error;
	z_stream gzip;
	ZSTD_DStream *zstd;
	size_t from, to; /* what is left in `in` */
	uint8_t in[PIECE];
};

static enum rc read_some(int fd, uint8_t *to, size_t cap, size_t *ret_n)
{
	ssize_t n = 0;

	do
		n = read(fd, to, cap);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return RC_IO;
	*ret_n = (size_t)n;
	return n == 0 ? RC_END : RC_OK;
}

static enum rc refill(struct source *s)
{
	size_t n = 0;
	enum rc rc = read_some(s->fd, s->in, sizeof(s->in), &n);

	s->from = 0;
	s->to = n;
	return rc;
}

/* Until four bytes are there, or the end: a pipe may bring them one by one. */
static enum rc read_head(struct source *s)
{
	while (s->to < 4) {
		size_t n = 0;
		enum rc rc = read_some(s->fd, s->in + s->to, sizeof(s->in) - s->to, &n);

		if (rc == RC_END)
			break;
		if (rc != RC_OK)
			return rc;
		s->to += n;
	}
	return RC_OK;
}

enum rc source_new(int fd, struct source **ret_source)
{
	enum rc rc = RC_NOMEM;
	struct source *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return RC_NOMEM;
	s->fd = fd;
	s->error = "";
	s->is_between = true;
	rc = read_head(s);
	if (rc != RC_OK)
		goto out;

	struct reader r = {{s->in, s->to}, false};
	uint32_t magic = rd_be32(&r);

	rc = RC_NOMEM;
	if (magic >> 16 == 0x1f8b) { /* RFC 1952 */
		if (inflateInit2(&s->gzip, 15 + 16) != Z_OK)
			goto out;
		s->packing = GZIP;
	} else if (magic == 0x28b52ffd || (magic & 0xf0ffffff) == 0x502a4d18) { /* RFC 8878 */
		s->zstd = ZSTD_createDStream();
		if (s->zstd == NULL)
			goto out;
		s->packing = ZSTD;
	}
	*ret_source = s;
	return RC_OK;
out:;
	int why = errno;

	source_free(s);
	errno = why;
	return rc;
}

void source_free(struct source *s)
{
	if (s == NULL)
		return;
	if (s->packing == GZIP)
		inflateEnd(&s->gzip);
	ZSTD_freeDStream(s->zstd);
	free(s);
}

/* Bytes after the last member are no capture; gzip(1) and zstd(1) ignore them too, aloud. */
static enum rc broken(struct source *s, const char *error)
{
	if (s->is_between && s->has_started)
		return RC_END;
	s->error = error;
	return RC_FORMAT;
}

static enum rc gzip_step(struct source *s, uint8_t *to, size_t cap, size_t *ret_n)
{
	z_stream *z = &s->gzip;

	z->next_in = s->in + s->from;
	z->avail_in = (uInt)(s->to - s->from);
	z->next_out = to;
	z->avail_out = (uInt)cap;
	if (s->is_between && s->has_started && s->in[s->from] != 0x1f)
		return RC_END;

	int result = inflate(z, Z_NO_FLUSH);

	s->from = s->to - z->avail_in;
	*ret_n = cap - z->avail_out;
	s->is_between = result == Z_STREAM_END;
	if (result == Z_STREAM_END) {
		s->has_started = true;
		return inflateReset(z) == Z_OK ? RC_OK : RC_NOMEM;
	}
	if (result == Z_MEM_ERROR)
		return RC_NOMEM;
	if (result != Z_OK && result != Z_BUF_ERROR)
		return broken(s, "its gzip data is broken");
	return RC_OK;
}

static enum rc zstd_step(struct source *s, uint8_t *to, size_t cap, size_t *ret_n)
{
	ZSTD_inBuffer in = {s->in, s->to, s->from};
	ZSTD_outBuffer out = {to, cap, 0};
	size_t result = ZSTD_decompressStream(s->zstd, &out, &in);

	s->from = in.pos;
	*ret_n = out.pos;
	if (ZSTD_isError(result))
		return broken(s, "its zstd data is broken, or needs more than 128 MiB to unpack");
	s->is_between = result == 0;
	s->has_started = s->has_started || result == 0;
	return RC_OK;
}

static enum rc read_packed(struct source *s, uint8_t *to, size_t cap, size_t *ret_n)
{
	for (;;) {
		size_t n = 0;
		enum rc rc = RC_OK;

		/* With all input taken, a decoder may still hold output: ask it first. */
		if (s->from < s->to || !s->is_between) {
			rc = s->packing == GZIP ? gzip_step(s, to, cap, &n)
						: zstd_step(s, to, cap, &n);
			if (n > 0) {
				*ret_n = n; /* an error comes again, with nothing before it */
				return RC_OK;
			}
			if (rc != RC_OK)
				return rc;
		}
		if (s->from < s->to)
			continue;
		rc = refill(s);
		if (rc == RC_END)
			s->is_cut = !s->is_between;
		if (rc != RC_OK)
			return rc;
	}
}

enum rc source_read(struct source *s, uint8_t *to, size_t cap, size_t *ret_n)
{
	if (s->packing != PLAIN)
		return read_packed(s, to, cap, ret_n);
	if (s->from >= s->to)
		return read_some(s->fd, to, cap, ret_n);

	struct bytes head = bytes_slice((struct bytes){s->in, s->to}, s->from, cap);

	memcpy(to, head.at, head.len);
	s->from += head.len;
	*ret_n = head.len;
	return RC_OK;
}

const char *source_error(const struct source *s)
{
	return s->error;
}

bool source_is_packed(const struct source *s)
{
	return s->packing != PLAIN;
}

bool source_is_cut(const struct source *s)
{
	return s->is_cut;
}

bool source_hand_over(struct source *s, uint8_t *to, size_t *ret_n, int *ret_fd,
		      uint64_t *ret_offset)
{
	off_t at = lseek(s->fd, 0, SEEK_CUR);
	struct stat st;

	if (s->packing != PLAIN || at == -1 || fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	*ret_n = s->to - s->from;
	memcpy(to, s->in + s->from, *ret_n);
	s->from = s->to;
	*ret_fd = s->fd;
	*ret_offset = (uint64_t)at;
	return true;
}
