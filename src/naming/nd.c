#include "naming/nd.h"

enum { SOURCE_LINK_LAYER = 1, TARGET_LINK_LAYER = 2, UNIT = 8 };

static bool is_neighbour(uint8_t type)
{
	return type == ND_NEIGHBOUR_SOLICITATION || type == ND_NEIGHBOUR_ADVERTISEMENT;
}

/* RFC 4861 4.6: lengths count eight bytes, and none is zero. */
static bool read_options(struct nd *x, struct reader *r)
{
	while (!r->bad && r->rest.len > 0) {
		uint8_t type = rd_u8(r);
		size_t len = rd_u8(r) * (size_t)UNIT;
		struct reader value = {.rest = rd_take(r, len > 2 ? len - 2 : 0)};

		if (len == 0 || r->bad)
			return false;
		if (type == SOURCE_LINK_LAYER && len == UNIT) {
			rd_copy(&value, x->source.b, sizeof(x->source.b));
			x->has_source = true;
		} else if (type == TARGET_LINK_LAYER && len == UNIT) {
			rd_copy(&value, x->target_mac.b, sizeof(x->target_mac.b));
			x->has_target = true;
		}
	}
	return !r->bad;
}

bool nd_read(struct bytes msg, struct nd *ret_nd)
{
	struct reader r = {.rest = msg};
	struct nd x = {.type = rd_u8(&r)};
	unsigned code = rd_u8(&r);

	rd_skip(&r, 2); /* checksum */
	if (r.bad || code != 0)
		return false;
	if (is_neighbour(x.type)) {
		unsigned flags = rd_u8(&r);

		if (x.type == ND_NEIGHBOUR_ADVERTISEMENT) {
			x.is_router = (flags & 0x80) != 0;
			x.is_solicited = (flags & 0x40) != 0;
			x.is_override = (flags & 0x20) != 0;
		}
		rd_skip(&r, 3);
		rd_copy(&r, x.target.b, sizeof(x.target.b));
		if (addr_is_multicast(&x.target))
			return false;
	} else if (x.type == ND_ROUTER_ADVERTISEMENT) {
		rd_skip(&r, 2);
		x.router_lifetime_s = rd_be16(&r);
		rd_skip(&r, 8);
	} else if (x.type == ND_ROUTER_SOLICITATION) {
		rd_skip(&r, 4);
	} else {
		return false;
	}
	if (r.bad || !read_options(&x, &r))
		return false;
	*ret_nd = x;
	return true;
}

static void put_mac(struct writer *w, uint8_t type, const struct mac *m)
{
	wr_be(w, 1, type);
	wr_be(w, 1, 1);
	wr_bytes(w, (struct bytes){m->b, sizeof(m->b)});
}

void nd_write(struct writer *w, const struct nd *x)
{
	wr_be(w, 1, x->type);
	wr_zeros(w, 3);
	if (is_neighbour(x->type)) {
		wr_be(w, 1,
		      (x->is_router ? 0x80u : 0) | (x->is_solicited ? 0x40u : 0) |
			      (x->is_override ? 0x20u : 0));
		wr_zeros(w, 3);
		wr_bytes(w, (struct bytes){x->target.b, sizeof(x->target.b)});
	} else if (x->type == ND_ROUTER_ADVERTISEMENT) {
		wr_zeros(w, 2);
		wr_be(w, 2, x->router_lifetime_s);
		wr_zeros(w, 8);
	} else {
		wr_zeros(w, 4);
	}
	if (x->has_source)
		put_mac(w, SOURCE_LINK_LAYER, &x->source);
	if (x->has_target)
		put_mac(w, TARGET_LINK_LAYER, &x->target_mac);
}
