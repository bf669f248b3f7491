#include "naming/browser.h"

enum { SIGNATURE = 0xaa55, ELECTION_VERSION = 1 };

/* Up to a NUL, or all of it. */
static struct bytes text(struct bytes b)
{
	const uint8_t *nul = b.len > 0 ? memchr(b.at, 0, b.len) : NULL;

	if (nul != NULL)
		b.len = (size_t)(nul - b.at);
	return b;
}

static bool is_announcement(uint8_t command)
{
	return command == BROWSER_HOST_ANNOUNCEMENT || command == BROWSER_DOMAIN_ANNOUNCEMENT ||
	       command == BROWSER_LOCAL_MASTER;
}

static void read_announcement(struct reader *r, struct browser *x)
{
	x->update_count = rd_u8(r);
	x->period_ms = rd_le32(r);
	x->server = text(rd_take(r, BROWSER_NAME));
	x->os_major = rd_u8(r);
	x->os_minor = rd_u8(r);
	x->server_type = rd_le32(r);
	x->browser_major = rd_u8(r);
	x->browser_minor = rd_u8(r);
	rd_skip(r, 2); /* the signature, which Windows for Workgroups leaves out of its domain's */
	x->comment = bytes_slice(text(r->rest), 0, BROWSER_COMMENT_MAX);
}

bool browser_read(struct bytes data, struct browser *ret_browser)
{
	struct reader r = {.rest = data};
	struct browser x = {.command = rd_u8(&r)};

	switch (x.command) {
	case BROWSER_HOST_ANNOUNCEMENT:
	case BROWSER_DOMAIN_ANNOUNCEMENT:
	case BROWSER_LOCAL_MASTER:
		read_announcement(&r, &x);
		break;
	case BROWSER_ELECTION:
		rd_skip(&r, 1);
		x.criteria = rd_le32(&r);
		x.uptime_ms = rd_le32(&r);
		rd_skip(&r, 4);
		x.server = text(r.rest);
		break;
	case BROWSER_ANNOUNCEMENT_REQUEST:
		rd_skip(&r, 1);
		x.server = text(r.rest);
		break;
	case BROWSER_MASTER_ANNOUNCEMENT:
		x.server = text(r.rest);
		break;
	default:
		return false;
	}
	if (r.bad)
		return false;
	x.server = bytes_slice(x.server, 0, BROWSER_NAME);
	*ret_browser = x;
	return true;
}

static void write_text(struct writer *w, struct bytes b)
{
	wr_bytes(w, b);
	wr_zeros(w, 1);
}

void browser_write(struct writer *w, const struct browser *x)
{
	wr_le(w, 1, x->command);
	if (is_announcement(x->command)) {
		struct bytes name = bytes_slice(x->server, 0, BROWSER_NAME - 1);

		wr_le(w, 1, x->update_count);
		wr_le(w, 4, x->period_ms);
		wr_bytes(w, name);
		wr_zeros(w, BROWSER_NAME - name.len);
		wr_le(w, 1, x->os_major);
		wr_le(w, 1, x->os_minor);
		wr_le(w, 4, x->server_type);
		wr_le(w, 1, x->browser_major);
		wr_le(w, 1, x->browser_minor);
		wr_le(w, 2, SIGNATURE);
		write_text(w, x->comment);
		return;
	}
	if (x->command == BROWSER_ELECTION) {
		wr_le(w, 1, ELECTION_VERSION);
		wr_le(w, 4, x->criteria);
		wr_le(w, 4, x->uptime_ms);
		wr_zeros(w, 4);
	} else if (x->command == BROWSER_ANNOUNCEMENT_REQUEST) {
		wr_zeros(w, 1);
	}
	write_text(w, x->server);
}
