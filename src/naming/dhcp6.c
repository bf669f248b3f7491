#include "naming/dhcp6.h"

enum option {
	CLIENT_ID = 1,
	SERVER_ID = 2,
	IA_NA = 3,
	IA_TA = 4,
	IAADDR = 5,
	ORO = 6,
	RELAY_MSG = 9,
	STATUS = 13,
	VENDOR_CLASS = 16,
	INTERFACE_ID = 18,
	CLIENT_FQDN = 39,
	LINK_LAYER = 79,
};

enum { ETHERNET = 1, ADDR_LEN = 16 };

struct option_at {
	uint16_t code;
	struct bytes value;
};

/* The next option. False: the end, or half an option. */
static bool next(struct reader *r, struct option_at *o, bool *is_cut)
{
	if (r->rest.len == 0)
		return false;
	o->code = rd_be16(r);
	o->value = rd_take(r, rd_be16(r));
	*is_cut |= r->bad;
	return !r->bad;
}

static struct addr take_addr(struct reader *r)
{
	struct addr a = {{0}};

	rd_copy(r, a.b, sizeof(a.b));
	return a;
}

static void read_status(struct bytes value, uint16_t *status)
{
	struct reader r = {.rest = value};
	uint16_t got = rd_be16(&r);

	if (*status == 0)
		*status = got;
}

static void read_addr(struct dhcp6 *x, struct bytes value)
{
	struct reader r = {.rest = value};
	struct dhcp6_addr a = {.addr = take_addr(&r)};
	struct option_at o;

	a.preferred_s = rd_be32(&r);
	a.valid_s = rd_be32(&r);
	if (r.bad || x->n_addrs == DHCP6_ADDRS) {
		x->is_cut = true;
		return;
	}
	while (next(&r, &o, &x->is_cut))
		if (o.code == STATUS)
			read_status(o.value, &a.status);
	x->addrs[x->n_addrs++] = a;
}

static void read_ia(struct dhcp6 *x, bool is_temporary, struct bytes value)
{
	struct reader r = {.rest = value};
	unsigned first = x->n_addrs;
	struct option_at o;
	uint16_t status = 0;

	rd_skip(&r, is_temporary ? 4 : 12); /* IAID, T1, T2 */
	x->is_cut |= r.bad;
	while (!r.bad && next(&r, &o, &x->is_cut)) {
		if (o.code == IAADDR)
			read_addr(x, o.value);
		else if (o.code == STATUS)
			read_status(o.value, &status);
	}
	for (unsigned i = first; i < x->n_addrs; i++)
		if (x->addrs[i].status == 0)
			x->addrs[i].status = status;
}

static void read_vendor_class(struct dhcp6 *x, struct bytes value)
{
	struct reader r = {.rest = value};

	x->enterprise = rd_be32(&r);
	x->vendor_class = rd_take(&r, rd_be16(&r));
}

static void option(struct dhcp6 *x, const struct option_at *o)
{
	switch (o->code) {
	case CLIENT_ID:
		x->client_id = o->value;
		break;
	case SERVER_ID:
		x->server_id = o->value;
		break;
	case IA_NA:
	case IA_TA:
		read_ia(x, o->code == IA_TA, o->value);
		break;
	case ORO:
		x->params = o->value;
		break;
	case STATUS:
		read_status(o->value, &x->status);
		break;
	case VENDOR_CLASS:
		read_vendor_class(x, o->value);
		break;
	case CLIENT_FQDN:
		x->fqdn_flags = o->value.len > 0 ? o->value.at[0] : 0;
		x->fqdn = bytes_slice(o->value, 1, SIZE_MAX);
		break;
	default:
		break;
	}
}

/* Takes one relay's message off. Returns what it carries; empty: nothing. */
static struct bytes read_relay(struct dhcp6 *x, struct bytes msg)
{
	struct reader r = {.rest = msg};
	struct dhcp6_relay relay = {.type = rd_u8(&r)};
	struct bytes inner = {NULL, 0};
	struct option_at o;

	relay.hops = rd_u8(&r);
	relay.link = take_addr(&r);
	relay.peer = take_addr(&r);
	while (!r.bad && next(&r, &o, &x->is_cut)) {
		struct reader v = {.rest = o.value};

		if (o.code == RELAY_MSG) {
			inner = o.value;
		} else if (o.code == INTERFACE_ID) {
			relay.interface_id = o.value;
		} else if (o.code == LINK_LAYER && rd_be16(&v) == ETHERNET &&
			   v.rest.len == sizeof(relay.mac.b)) {
			rd_copy(&v, relay.mac.b, sizeof(relay.mac.b));
			relay.has_mac = true;
		}
	}
	x->relays[x->n_relays++] = relay;
	return inner;
}

bool dhcp6_read(struct bytes msg, struct dhcp6 *ret_dhcp6)
{
	struct dhcp6 x = {.n_relays = 0};
	struct option_at o;

	while (msg.len > 0 && (msg.at[0] == DHCP6_RELAY_FORW || msg.at[0] == DHCP6_RELAY_REPL)) {
		if (x.n_relays == DHCP6_RELAYS)
			return false;
		msg = read_relay(&x, msg);
	}
	struct reader r = {.rest = msg};

	x.type = rd_u8(&r);
	x.xid = (uint32_t)rd_be(&r, 3);
	if (r.bad || x.type < DHCP6_SOLICIT || x.type > DHCP6_INFORMATION_REQUEST)
		return false;
	while (next(&r, &o, &x.is_cut))
		option(&x, &o);
	*ret_dhcp6 = x;
	return true;
}

/* Starts an option; end() sets its length. */
static size_t begin(struct writer *w, uint16_t code)
{
	wr_be(w, 2, code);
	wr_be(w, 2, 0);
	return w->len;
}

static void end(struct writer *w, size_t at)
{
	if (!w->bad)
		wr_patch_be(w, at - 2, 2, w->len - at);
}

static void put(struct writer *w, uint16_t code, struct bytes value)
{
	if (value.len == 0)
		return;

	size_t at = begin(w, code);

	wr_bytes(w, value);
	end(w, at);
}

static void put_status(struct writer *w, uint16_t status)
{
	if (status == 0)
		return;

	size_t at = begin(w, STATUS);

	wr_be(w, 2, status);
	end(w, at);
}

static void put_addrs(struct writer *w, const struct dhcp6 *x)
{
	if (x->n_addrs == 0)
		return;

	size_t ia = begin(w, IA_NA);

	wr_zeros(w, 12);
	for (unsigned i = 0; i < x->n_addrs && i < DHCP6_ADDRS; i++) {
		const struct dhcp6_addr *a = &x->addrs[i];
		size_t at = begin(w, IAADDR);

		wr_bytes(w, (struct bytes){a->addr.b, ADDR_LEN});
		wr_be(w, 4, a->preferred_s);
		wr_be(w, 4, a->valid_s);
		put_status(w, a->status);
		end(w, at);
	}
	end(w, ia);
}

static size_t put_relay(struct writer *w, const struct dhcp6_relay *r)
{
	wr_be(w, 1, r->type);
	wr_be(w, 1, r->hops);
	wr_bytes(w, (struct bytes){r->link.b, ADDR_LEN});
	wr_bytes(w, (struct bytes){r->peer.b, ADDR_LEN});
	put(w, INTERFACE_ID, r->interface_id);
	if (r->has_mac) {
		size_t at = begin(w, LINK_LAYER);

		wr_be(w, 2, ETHERNET);
		wr_bytes(w, (struct bytes){r->mac.b, sizeof(r->mac.b)});
		end(w, at);
	}
	return begin(w, RELAY_MSG);
}

void dhcp6_write(struct writer *w, const struct dhcp6 *x)
{
	size_t ends[DHCP6_RELAYS];
	unsigned n = x->n_relays < DHCP6_RELAYS ? x->n_relays : DHCP6_RELAYS;

	for (unsigned i = 0; i < n; i++)
		ends[i] = put_relay(w, &x->relays[i]);
	wr_be(w, 1, x->type);
	wr_be(w, 3, x->xid);
	put(w, CLIENT_ID, x->client_id);
	put(w, SERVER_ID, x->server_id);
	put_addrs(w, x);
	put(w, ORO, x->params);
	put_status(w, x->status);
	if (x->enterprise != 0 || x->vendor_class.len > 0) {
		size_t at = begin(w, VENDOR_CLASS);

		wr_be(w, 4, x->enterprise);
		wr_be(w, 2, x->vendor_class.len);
		wr_bytes(w, x->vendor_class);
		end(w, at);
	}
	if (x->fqdn.len > 0) {
		size_t at = begin(w, CLIENT_FQDN);

		wr_be(w, 1, x->fqdn_flags);
		wr_bytes(w, x->fqdn);
		end(w, at);
	}
	for (unsigned i = n; i > 0; i--)
		end(w, ends[i - 1]);
}
