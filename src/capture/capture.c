#include "capture/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/capture_impl.h"

enum rc block_new(struct block **ret_block)
{
	struct block *b = malloc(sizeof(*b));

	if (b == NULL)
		return RC_NOMEM;
	b->buf = aligned_alloc(BLOCK_ALIGN, BLOCK_BYTES);
	if (b->buf == NULL) {
		free(b);
		return RC_NOMEM;
	}
	b->cap = BLOCK_BYTES;
	b->n = b->len = b->fetched = 0;
	b->is_fetched = false;
	b->fetch_errno = 0;
	*ret_block = b;
	return RC_OK;
}

void block_free(struct block *b)
{
	if (b != NULL)
		free(b->buf);
	free(b);
}

/* A pipe may bring the head in pieces. */
static enum rc read_head(struct source *src, uint8_t *to, size_t *ret_len)
{
	size_t len = 0;

	while (len < FORMAT_HEAD) {
		size_t n = 0;
		enum rc rc = source_read(src, to + len, FORMAT_HEAD - len, &n);

		if (rc == RC_END)
			break;
		if (rc != RC_OK)
			return rc;
		len += n;
	}
	*ret_len = len;
	return RC_OK;
}

static enum rc open_format(struct bytes head, bool is_packed, struct opened *ret_opened,
			   const char **ret_why)
{
	enum rc rc = RC_FORMAT;

	*ret_why = NULL;
	if (head.len == 0) {
		*ret_why = is_packed ? "not a capture: what is packed in it is empty or cut off"
				     : "not a capture: it is empty";
		return RC_FORMAT;
	}
	rc = pcap_format_open(head, ret_opened, ret_why);
	if (rc == RC_FORMAT && *ret_why == NULL)
		rc = pcapng_format_open(head, ret_opened, ret_why);
	return rc;
}

enum rc capture_open_fd(int fd, const char *name, struct capture **ret_cap, const char **ret_why)
{
	uint8_t head[FORMAT_HEAD];
	struct opened opened = {NULL, NULL, 0};
	struct source *src = NULL;
	size_t len = 0;
	off_t start = lseek(fd, 0, SEEK_CUR); /* -1: a pipe */
	enum rc rc = source_new(fd, &src);

	(void)name;
	*ret_why = rc_str(rc);
	if (rc != RC_OK)
		return rc;
	rc = read_head(src, head, &len);
	if (rc != RC_OK) {
		*ret_why = rc == RC_FORMAT ? source_error(src) : rc_str(rc);
		goto out;
	}
	rc = open_format((struct bytes){head, len}, source_is_packed(src), &opened, ret_why);
	if (rc == RC_OK) {
		rc = file_capture_new(src, opened, (struct bytes){head, len}, ret_cap);
		*ret_why = rc_str(rc);
		return rc;
	}
	if (rc == RC_FORMAT && len == FORMAT_HEAD && !source_is_packed(src) && start != -1 &&
	    lseek(fd, start, SEEK_SET) == start)
		rc = odd_capture_new(fd, ret_cap);
	if (rc == RC_FORMAT && *ret_why == NULL)
		*ret_why = looks_like((struct bytes){head, len});
	else if (rc != RC_FORMAT)
		*ret_why = rc_str(rc);
out:;
	int why = errno;

	source_free(src);
	errno = why;
	return rc;
}

enum rc capture_read(struct capture *c, struct block *b, int wait_ms)
{
	return c->kind->read(c, b, wait_ms);
}

bool capture_can_fetch(const struct capture *c)
{
	return c->kind->fetch != NULL;
}

void capture_fetch(const struct capture *c, struct block *b, uint64_t ticket)
{
	c->kind->fetch(c, b, ticket);
}

const char *capture_error(const struct capture *c)
{
	return c->error;
}

int capture_fd(const struct capture *c)
{
	return c->poll_fd;
}

size_t capture_fds(const struct capture *c, int ret_fds[CAPTURE_FDS])
{
	return c->kind->fds != NULL ? c->kind->fds(c, ret_fds) : 0;
}

void capture_stats_get(struct capture *c, struct capture_stats *ret_stats)
{
	if (c->kind->update != NULL)
		c->kind->update(c);
	*ret_stats = c->stats;
}

void capture_free(struct capture *c)
{
	if (c != NULL)
		c->kind->free(c);
}
