#include "naming/lldp.h"

enum tlv {
	END = 0,
	CHASSIS_ID = 1,
	PORT_ID = 2,
	TTL = 3,
	PORT_DESCRIPTION = 4,
	SYSTEM_NAME = 5,
	SYSTEM_DESCRIPTION = 6,
	CAPABILITIES = 7,
	MANAGEMENT = 8,
};

enum { FAMILY_IP4 = 1, FAMILY_IP6 = 2, LENGTH = 0x1ff };

static void read_management(struct lldp *x, struct reader *v)
{
	size_t len = rd_u8(v); /* of the family and the address */
	unsigned family = rd_u8(v);
	struct bytes at = rd_take(v, len > 0 ? len - 1 : 0);

	if (v->bad || !addr_is_zero(&x->management))
		return;
	if (family == FAMILY_IP4 && at.len == 4)
		x->management = addr_from_v4(at.at);
	else if (family == FAMILY_IP6 && at.len == 16)
		memcpy(x->management.b, at.at, sizeof(x->management.b));
}

static void tlv(struct lldp *x, unsigned type, struct bytes value)
{
	struct reader v = {.rest = value};

	switch (type) {
	case CHASSIS_ID:
		x->chassis_type = rd_u8(&v);
		x->chassis = v.rest;
		break;
	case PORT_ID:
		x->port_type = rd_u8(&v);
		x->port = v.rest;
		break;
	case TTL:
		x->ttl_s = rd_be16(&v);
		break;
	case PORT_DESCRIPTION:
		x->port_description = value;
		break;
	case SYSTEM_NAME:
		x->system_name = value;
		break;
	case SYSTEM_DESCRIPTION:
		x->system_description = value;
		break;
	case CAPABILITIES:
		x->capabilities = rd_be16(&v);
		x->enabled = rd_be16(&v);
		x->has_capabilities = !v.bad;
		break;
	case MANAGEMENT:
		read_management(x, &v);
		break;
	default:
		break;
	}
}

bool lldp_read(struct bytes msg, struct lldp *ret_lldp)
{
	struct reader r = {.rest = msg};
	struct lldp x = {.chassis_type = 0};
	unsigned n = 0;

	while (r.rest.len > 0) {
		unsigned head = rd_be16(&r), type = head >> 9;
		struct bytes value = rd_take(&r, head & LENGTH);

		if (r.bad)
			return false;
		if (type == END)
			break;
		if (n < 3 && type != n + 1) /* 8.2: chassis, port and TTL, in this order */
			return false;
		tlv(&x, type, value);
		n++;
	}
	if (n < 3)
		return false;
	*ret_lldp = x;
	return true;
}

/* What does not fit a TLV is cut off. */
static void put(struct writer *w, unsigned type, int subtype, struct bytes value)
{
	size_t extra = subtype >= 0;

	value = bytes_slice(value, 0, LENGTH - extra);
	wr_be(w, 2, type << 9 | (value.len + extra));
	if (subtype >= 0)
		wr_be(w, 1, (unsigned)subtype);
	wr_bytes(w, value);
}

static void put_text(struct writer *w, unsigned type, struct bytes value)
{
	if (value.len > 0)
		put(w, type, -1, value);
}

static void put_management(struct writer *w, const struct addr *a)
{
	bool is_v4 = addr_is_v4(a);
	unsigned len = is_v4 ? 4 : 16;

	if (addr_is_zero(a))
		return;
	wr_be(w, 2, (unsigned)MANAGEMENT << 9 | (2 + len + 6));
	wr_be(w, 1, len + 1);
	wr_be(w, 1, is_v4 ? FAMILY_IP4 : FAMILY_IP6);
	wr_bytes(w, (struct bytes){a->b + 16 - len, len});
	wr_be(w, 1, 1); /* the interface's number is unknown */
	wr_zeros(w, 5);
}

void lldp_write(struct writer *w, const struct lldp *x)
{
	put(w, CHASSIS_ID, x->chassis_type, x->chassis);
	put(w, PORT_ID, x->port_type, x->port);
	wr_be(w, 2, (unsigned)TTL << 9 | 2);
	wr_be(w, 2, x->ttl_s);
	put_text(w, PORT_DESCRIPTION, x->port_description);
	put_text(w, SYSTEM_NAME, x->system_name);
	put_text(w, SYSTEM_DESCRIPTION, x->system_description);
	if (x->has_capabilities) {
		wr_be(w, 2, (unsigned)CAPABILITIES << 9 | 4);
		wr_be(w, 2, x->capabilities);
		wr_be(w, 2, x->enabled);
	}
	put_management(w, &x->management);
	wr_be(w, 2, END);
}

bool lldp_chassis_mac(const struct lldp *x, struct mac *ret_mac)
{
	if (x->chassis_type != LLDP_CHASSIS_MAC || x->chassis.len != sizeof(ret_mac->b))
		return false;
	memcpy(ret_mac->b, x->chassis.at, sizeof(ret_mac->b));
	return true;
}
