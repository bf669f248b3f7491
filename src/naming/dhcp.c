#include "naming/dhcp.h"

#include "naming/dns_name.h"

enum { SNAME = 64, FILE_NAME = 128, SHORTEST = 300, COOKIE = 0x63825363, BOOTP_LEAST = 236 };

enum option {
	PAD = 0,
	ROUTER = 3,
	HOSTNAME = 12,
	DOMAIN = 15,
	REQUESTED = 50,
	LEASE = 51,
	OVERLOAD = 52,
	TYPE = 53,
	SERVER = 54,
	PARAMS = 55,
	VENDOR_CLASS = 60,
	CLIENT_ID = 61,
	FQDN = 81,
	RELAY = 82,
	END = 255,
};

enum { OVERLOAD_FILE = 1, OVERLOAD_SNAME = 2 };

static const struct {
	uint8_t code;
	size_t at; /* in struct dhcp */
} values[] = {
	{CLIENT_ID, offsetof(struct dhcp, client_id)},
	{HOSTNAME, offsetof(struct dhcp, hostname)},
	{DOMAIN, offsetof(struct dhcp, domain)},
	{FQDN, offsetof(struct dhcp, fqdn)},
	{VENDOR_CLASS, offsetof(struct dhcp, vendor_class)},
	{PARAMS, offsetof(struct dhcp, params)},
	{RELAY, offsetof(struct dhcp, relay)},
};

enum { VALUES = sizeof(values) / sizeof(values[0]) };

static struct bytes *value_of(struct dhcp *x, size_t i)
{
	return (struct bytes *)(void *)((char *)x + values[i].at);
}

static struct addr take_addr(struct reader *r)
{
	uint32_t v = rd_be32(r);

	return v != 0 ? addr_v4(v) : (struct addr){{0}};
}

static void put_addr(struct writer *w, const struct addr *a)
{
	wr_bytes(w, (struct bytes){a->b + 12, 4}); /* zero has zeros there, too */
}

/* One more piece of a value: RFC 3396, 7. */
static void join(struct dhcp *x, struct bytes *value, struct bytes piece, struct writer *room)
{
	struct writer whole = {.at = room->at + room->len, .cap = room->cap - room->len};

	if (value->len == 0) {
		*value = bytes_slice(piece, 0, DHCP_VALUE_MAX);
		return;
	}
	piece = bytes_slice(piece, 0, DHCP_VALUE_MAX - value->len);
	wr_bytes(&whole, *value);
	wr_bytes(&whole, piece);
	if (whole.bad) {
		x->is_cut = true;
		return;
	}
	room->len += whole.len;
	*value = (struct bytes){whole.at, whole.len};
}

static void set_addr(struct addr *a, struct bytes value)
{
	struct reader r = {.rest = value};

	if (value.len >= 4 && addr_is_zero(a))
		*a = take_addr(&r);
}

static void option(struct dhcp *x, uint8_t code, struct bytes value, struct writer *room)
{
	struct reader r = {.rest = value};

	switch (code) {
	case TYPE:
		if (x->type == 0)
			x->type = rd_u8(&r);
		return;
	case LEASE:
		if (!x->has_lease && value.len == 4) {
			x->lease_s = rd_be32(&r);
			x->has_lease = true;
		}
		return;
	case REQUESTED:
		set_addr(&x->requested, value);
		return;
	case SERVER:
		set_addr(&x->server, value);
		return;
	case ROUTER:
		set_addr(&x->router, value);
		return;
	default:
		break;
	}
	for (size_t i = 0; i < VALUES; i++)
		if (values[i].code == code)
			join(x, value_of(x, i), value, room);
}

/* Returns what option 52 said, if it was there. */
static unsigned options(struct dhcp *x, struct bytes area, struct writer *room)
{
	struct reader r = {.rest = area};
	unsigned overload = 0;

	while (r.rest.len > 0) {
		uint8_t code = rd_u8(&r);

		if (code == PAD)
			continue;
		if (code == END)
			break;

		struct bytes value = rd_take(&r, rd_u8(&r));

		if (r.bad) {
			x->is_cut = true;
			break;
		}
		if (code == OVERLOAD && value.len == 1)
			overload = value.at[0];
		else
			option(x, code, value, room);
	}
	return overload;
}

bool dhcp_read(struct bytes msg, struct writer *room, struct dhcp *ret_dhcp)
{
	struct reader r = {.rest = msg};
	struct dhcp x = {.op = rd_u8(&r)};

	x.htype = rd_u8(&r);
	x.hlen = rd_u8(&r);
	x.hops = rd_u8(&r);
	x.xid = rd_be32(&r);
	x.secs = rd_be16(&r);
	x.flags = rd_be16(&r);
	x.ciaddr = take_addr(&r);
	x.yiaddr = take_addr(&r);
	rd_skip(&r, 4); /* siaddr: where to boot from */
	x.giaddr = take_addr(&r);
	rd_copy(&r, x.chaddr, sizeof(x.chaddr));

	struct bytes sname = rd_take(&r, SNAME), file = rd_take(&r, FILE_NAME);

	if (r.bad || (x.op != DHCP_BOOTREQUEST && x.op != DHCP_BOOTREPLY))
		return false;
	if (rd_be32(&r) == COOKIE) {
		unsigned overload = options(&x, r.rest, room);

		if ((overload & OVERLOAD_FILE) != 0)
			(void)options(&x, file, room);
		if ((overload & OVERLOAD_SNAME) != 0)
			(void)options(&x, sname, room);
	}
	*ret_dhcp = x;
	return true;
}

static void put_value(struct writer *w, uint8_t code, struct bytes value)
{
	while (value.len > 0) {
		struct bytes piece = bytes_slice(value, 0, 255);

		wr_be(w, 1, code);
		wr_be(w, 1, piece.len);
		wr_bytes(w, piece);
		value = bytes_slice(value, piece.len, SIZE_MAX);
	}
}

static void put_addr_option(struct writer *w, uint8_t code, const struct addr *a)
{
	if (!addr_is_zero(a))
		put_value(w, code, (struct bytes){a->b + 12, 4});
}

void dhcp_write(struct writer *w, const struct dhcp *x)
{
	struct dhcp copy = *x;
	size_t at = w->len;

	wr_be(w, 1, x->op);
	wr_be(w, 1, x->htype);
	wr_be(w, 1, x->hlen);
	wr_be(w, 1, x->hops);
	wr_be(w, 4, x->xid);
	wr_be(w, 2, x->secs);
	wr_be(w, 2, x->flags);
	put_addr(w, &x->ciaddr);
	put_addr(w, &x->yiaddr);
	wr_zeros(w, 4);
	put_addr(w, &x->giaddr);
	wr_bytes(w, (struct bytes){x->chaddr, sizeof(x->chaddr)});
	wr_zeros(w, SNAME + FILE_NAME);
	wr_be(w, 4, COOKIE);
	if (x->type != 0)
		put_value(w, TYPE, (struct bytes){&x->type, 1});
	put_addr_option(w, REQUESTED, &x->requested);
	put_addr_option(w, SERVER, &x->server);
	if (x->has_lease) {
		wr_be(w, 1, LEASE);
		wr_be(w, 1, 4);
		wr_be(w, 4, x->lease_s);
	}
	put_addr_option(w, ROUTER, &x->router);
	for (size_t i = 0; i < VALUES; i++)
		put_value(w, values[i].code, *value_of(&copy, i));
	wr_be(w, 1, END);
	if (w->len - at < SHORTEST)
		wr_zeros(w, SHORTEST - (w->len - at));
}

enum { ETHERNET = 1, ETHERNET_LEN = 6 };

bool dhcp_mac(const struct dhcp *x, struct mac *ret_mac)
{
	static const struct mac zero;
	struct mac m;

	memcpy(m.b, x->chaddr, sizeof(m.b));
	if (x->htype != ETHERNET || x->hlen != ETHERNET_LEN || mac_eq(&m, &zero) ||
	    (m.b[0] & 1) != 0)
		return false;
	*ret_mac = m;
	return true;
}

void dhcp_set_mac(struct dhcp *x, const struct mac *mac)
{
	x->htype = ETHERNET;
	x->hlen = ETHERNET_LEN;
	memset(x->chaddr, 0, sizeof(x->chaddr));
	memcpy(x->chaddr, mac->b, sizeof(mac->b));
}

size_t dhcp_fqdn_name(const struct dhcp *x, uint8_t *to)
{
	struct reader r = {.rest = x->fqdn};
	unsigned flags = rd_u8(&r);
	struct dns_name n = {0};
	char text[DNS_NAME_TEXT];
	bool is_partial = false;
	size_t len = 0;

	rd_skip(&r, 2);
	if (r.bad)
		return 0;
	if ((flags & DHCP_FQDN_CANONICAL) == 0) {
		struct bytes name = bytes_slice(r.rest, 0, DHCP_VALUE_MAX);

		while (name.len > 0 &&
		       (name.at[name.len - 1] == '.' || name.at[name.len - 1] == '\0'))
			name.len--;
		if (name.len > 0)
			memcpy(to, name.at, name.len);
		return name.len;
	}
	if (!dns_name_read_partial(r.rest, &n, &is_partial))
		return 0;
	len = dns_name_text(&n, 0, text);
	memcpy(to, text, len);
	return len;
}

void dhcp_write_fqdn(struct writer *w, uint8_t flags, struct bytes name)
{
	struct dns_name n = {0};

	wr_be(w, 1, flags | DHCP_FQDN_CANONICAL);
	wr_zeros(w, 2);
	if (!dns_name_parse(name, &n))
		w->bad = true;
	dns_name_write(w, &n);
}

struct bytes dhcp_relay_part(struct bytes relay, uint8_t code)
{
	struct reader r = {.rest = relay};

	while (!r.bad && r.rest.len > 0) {
		uint8_t got = rd_u8(&r);
		struct bytes value = rd_take(&r, rd_u8(&r));

		if (!r.bad && got == code)
			return value;
	}
	return (struct bytes){NULL, 0};
}
