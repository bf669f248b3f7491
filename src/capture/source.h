/*
 * source - the bytes of a file or pipe, unpacked if it is gzip or zstd.
 *
 * Only read(2) is used, so pipes do. Bytes that are not packed go straight from the kernel to
 * the caller's memory.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "base/bytes.h"
#include "base/rc.h"

struct source;

/* `fd` stays the caller's. RC_IO, RC_NOMEM. An empty file is fine, and ends at once. */
MUST_CHECK enum rc source_new(int fd, struct source **ret_source);
void source_free(struct source *s); /* NULL is fine */

/*
 * Up to `cap` bytes, at least one. RC_END: there are no more. RC_FORMAT: the packed data is
 * broken, source_error() says how. RC_IO: errno tells.
 */
MUST_CHECK enum rc source_read(struct source *s, uint8_t *to, size_t cap, size_t *ret_n);

const char *source_error(const struct source *s); /* a literal, "" if there was none */

/*
 * For a regular file that is not packed: what was read of it but not yet taken goes to `to` (at
 * most SOURCE_PIECE bytes), and the rest is the caller's to read, from *ret_offset of *ret_fd on.
 * False: it is no such file, and nothing has changed.
 */
enum { SOURCE_PIECE = 64 * 1024 };
bool source_hand_over(struct source *s, uint8_t *to, size_t *ret_n, int *ret_fd,
		      uint64_t *ret_offset);

bool source_is_packed(const struct source *s);

/* After RC_END: does the file end in the middle of packed data? */
bool source_is_cut(const struct source *s);

#endif
