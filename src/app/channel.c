#include "app/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "model/exchange.h"

enum { HEAD = 5, GATHER = 64 * 1024, ROOM = EXCHANGE_MAX + HEAD };

struct channel_out {
	int fd;
	enum rc broken;
	size_t len;
	uint8_t at[GATHER];
};

struct channel_in {
	int fd;
	size_t from, to; /* not yet taken */
	uint8_t at[ROOM];
};

enum rc channel_out_new(int fd, struct channel_out **ret_out)
{
	struct channel_out *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return RC_NOMEM;
	c->fd = fd;
	*ret_out = c;
	return RC_OK;
}

void channel_out_free(struct channel_out *c)
{
	free(c);
}

static enum rc write_all(struct channel_out *c, struct bytes b)
{
	while (c->broken == RC_OK && b.len > 0) {
		ssize_t n = write(c->fd, b.at, b.len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			c->broken = errno == EPIPE ? RC_CLOSED : RC_IO;
		else
			b = bytes_slice(b, (size_t)n, b.len);
	}
	return c->broken;
}

enum rc channel_flush(struct channel_out *c)
{
	struct bytes all = {c->at, c->len};

	c->len = 0;
	return write_all(c, all);
}

enum rc channel_send(struct channel_out *c, enum channel_type type, struct bytes message)
{
	if (c->broken != RC_OK)
		return c->broken;
	if (message.len + 1 > EXCHANGE_MAX)
		return RC_INVAL;
	if (HEAD + message.len > GATHER - c->len && channel_flush(c) != RC_OK)
		return c->broken;

	struct writer w = {.at = c->at, .len = c->len, .cap = GATHER};

	wr_le(&w, 4, message.len + 1);
	wr_le(&w, 1, type);
	if (message.len <= GATHER - w.len) {
		wr_bytes(&w, message);
		c->len = w.len;
		return RC_OK;
	}
	c->len = w.len;
	if (channel_flush(c) != RC_OK)
		return c->broken;
	return write_all(c, message);
}

enum rc channel_in_new(int fd, struct channel_in **ret_in)
{
	struct channel_in *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return RC_NOMEM;
	c->fd = fd;
	*ret_in = c;
	return RC_OK;
}

void channel_in_free(struct channel_in *c)
{
	free(c);
}

enum rc channel_read(struct channel_in *c)
{
	if (c->from > 0) {
		memmove(c->at, c->at + c->from, c->to - c->from);
		c->to -= c->from;
		c->from = 0;
	}
	for (;;) {
		ssize_t n = read(c->fd, c->at + c->to, sizeof(c->at) - c->to);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return RC_IO;
		if (n == 0)
			return RC_END;
		c->to += (size_t)n;
		return RC_OK;
	}
}

enum rc channel_next(struct channel_in *c, enum channel_type *ret_type, struct bytes *ret_message)
{
	struct reader r = {.rest = {c->at + c->from, c->to - c->from}};
	size_t len = rd_le32(&r);

	if (r.bad)
		return RC_END;
	if (len == 0 || len > EXCHANGE_MAX)
		return RC_FORMAT;
	if (len > r.rest.len)
		return RC_END;

	unsigned type = rd_u8(&r);

	if (type < CHANNEL_FINDING || type > CHANNEL_PRESENCE)
		return RC_FORMAT;
	*ret_type = (enum channel_type)type;
	*ret_message = rd_take(&r, len - 1);
	c->from = c->to - r.rest.len;
	return RC_OK;
}
