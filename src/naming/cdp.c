#include "naming/cdp.h"

enum tlv {
	DEVICE_ID = 1,
	ADDRESSES = 2,
	PORT_ID = 3,
	CAPABILITIES = 4,
	SOFTWARE = 5,
	PLATFORM = 6,
	NATIVE_VLAN = 10,
};

enum { HEAD = 4, NLPID = 1, NLPID_IP = 0xcc, ADDRESSES_MAX = 16 };

/* A count, then for each: protocol type, length, protocol, length, address. */
static void read_addresses(struct cdp *x, struct reader *v)
{
	uint32_t n = rd_be32(v);

	for (uint32_t i = 0; i < n && i < ADDRESSES_MAX && !v->bad; i++) {
		unsigned type = rd_u8(v);
		struct bytes protocol = rd_take(v, rd_u8(v)), at = rd_take(v, rd_be16(v));

		if (type == NLPID && protocol.len == 1 && protocol.at[0] == NLPID_IP &&
		    at.len == 4 && addr_is_zero(&x->address))
			x->address = addr_from_v4(at.at);
	}
}

static void tlv(struct cdp *x, unsigned type, struct bytes value)
{
	struct reader v = {.rest = value};

	switch (type) {
	case DEVICE_ID:
		x->device_id = value;
		break;
	case ADDRESSES:
		read_addresses(x, &v);
		break;
	case PORT_ID:
		x->port_id = value;
		break;
	case CAPABILITIES:
		x->capabilities = rd_be32(&v);
		break;
	case SOFTWARE:
		x->software = value;
		break;
	case PLATFORM:
		x->platform = value;
		break;
	case NATIVE_VLAN:
		x->native_vlan = rd_be16(&v);
		break;
	default:
		break;
	}
}

bool cdp_read(struct bytes msg, struct cdp *ret_cdp)
{
	struct reader r = {.rest = msg};
	struct cdp x = {.version = rd_u8(&r)};

	x.ttl_s = rd_u8(&r);
	rd_skip(&r, 2); /* checksum */
	if (r.bad || x.version < 1 || x.version > 2)
		return false;
	while (r.rest.len >= HEAD) { /* less is padding */
		unsigned type = rd_be16(&r);
		size_t len = rd_be16(&r);
		struct bytes value = rd_take(&r, len > HEAD ? len - HEAD : 0);

		if (r.bad || len < HEAD)
			return false;
		tlv(&x, type, value);
	}
	*ret_cdp = x;
	return true;
}

static void put(struct writer *w, unsigned type, struct bytes value)
{
	if (value.len == 0)
		return;
	wr_be(w, 2, type);
	wr_be(w, 2, HEAD + value.len);
	wr_bytes(w, value);
}

static void put_number(struct writer *w, unsigned type, unsigned width, uint32_t v)
{
	if (v == 0)
		return;
	wr_be(w, 2, type);
	wr_be(w, 2, HEAD + width);
	wr_be(w, width, v);
}

/* RFC 1071; of an odd length the last byte is the low one of a word, as Cisco has it below 0x80. */
static uint16_t checksum(struct bytes b)
{
	struct reader r = {.rest = b};
	uint32_t sum = 0;

	while (r.rest.len >= 2)
		sum += rd_be16(&r);
	if (r.rest.len > 0)
		sum += rd_u8(&r);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

void cdp_write(struct writer *w, const struct cdp *x)
{
	size_t at = w->len;

	wr_be(w, 1, x->version);
	wr_be(w, 1, x->ttl_s);
	wr_be(w, 2, 0);
	put(w, DEVICE_ID, x->device_id);
	if (!addr_is_zero(&x->address)) {
		wr_be(w, 2, ADDRESSES);
		wr_be(w, 2, HEAD + 4 + 9);
		wr_be(w, 4, 1);
		wr_be(w, 1, NLPID);
		wr_be(w, 1, 1);
		wr_be(w, 1, NLPID_IP);
		wr_be(w, 2, 4);
		wr_bytes(w, (struct bytes){x->address.b + 12, 4});
	}
	put(w, PORT_ID, x->port_id);
	put_number(w, CAPABILITIES, 4, x->capabilities);
	put(w, SOFTWARE, x->software);
	put(w, PLATFORM, x->platform);
	put_number(w, NATIVE_VLAN, 2, x->native_vlan);
	if (!w->bad && w->at != NULL)
		wr_patch_be(w, at + 2, 2, checksum((struct bytes){w->at + at, w->len - at}));
}
