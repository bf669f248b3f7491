/* DHCPv4 and DHCPv6: a client speaks of its network card, a server of who may have which address.
 */
#include <stdio.h>

#include "naming/dhcp.h"
#include "naming/dhcp6.h"
#include "proto/say.h"

/* Codes as "1,15,3"; what does not fit is left out. */
static struct bytes codes(struct bytes raw, unsigned width, struct say_text *room)
{
	struct reader r = {.rest = raw};
	size_t len = 0;

	while (r.rest.len >= width) {
		char one[8];
		int n = snprintf(one, sizeof(one), "%s%u", len > 0 ? "," : "",
				 (unsigned)rd_be(&r, width));

		if (len + (size_t)n > EV_TEXT_MAX)
			break;
		memcpy(room->at + len, one, (size_t)n);
		len += (size_t)n;
	}
	return (struct bytes){(const uint8_t *)room->at, len};
}

enum { TYPE_ETHERNET = 1, TYPE_DUID = 255, IAID = 4 };

/* RFC 2132 9.14: a type and an id. That of the card itself says nothing new; a DUID is the same
 * machine's in DHCPv6 (RFC 4361 6.1). */
static struct bytes client_id(const struct dhcp *x, struct say_text *room)
{
	struct reader r = {.rest = x->client_id};
	unsigned type = rd_u8(&r);

	if (r.bad || r.rest.len == 0)
		return (struct bytes){NULL, 0};
	if (type == TYPE_ETHERNET && r.rest.len == x->hlen && x->hlen <= DHCP_CHADDR &&
	    memcmp(r.rest.at, x->chaddr, x->hlen) == 0)
		return (struct bytes){NULL, 0};
	if (type == TYPE_DUID && r.rest.len > IAID)
		return say_hex("duid:", bytes_slice(r.rest, IAID, SIZE_MAX), room);
	return say_hex("client:", x->client_id, room);
}

/* What a relay knows: at which of its ports the client is. Mostly text; otherwise in hex. */
static void say_circuit(const struct say *s, const struct dhcp *x, const struct ev_ident *card)
{
	struct bytes id = dhcp_relay_part(x->relay, DHCP_RELAY_CIRCUIT_ID);
	struct say_text hex, note;
	bool is_text = true;
	struct ev_ident told = {.from = IDENT_DHCP, .has_mac = true, .mac = card->mac};

	if (id.len == 0)
		return;
	for (size_t i = 0; i < id.len; i++)
		is_text = is_text && id.at[i] >= ' ' && id.at[i] < 0x7f;
	if (!is_text)
		id = say_hex("", id, &hex);

	int n = snprintf(note.at, sizeof(note.at), "circuit-id %.*s", (int)id.len,
			 (const char *)id.at);

	told.note = (struct bytes){(const uint8_t *)note.at,
				   n < (int)sizeof(note.at) ? (size_t)n : sizeof(note.at) - 1};
	say_ident(s, &told);
}

/* What the client tells of itself, with every message that is not the last: the card's own word. */
static void say_client(const struct say *s, const struct dhcp *x, const struct ev_ident *card)
{
	uint8_t fqdn[DHCP_VALUE_MAX];
	size_t fqdn_len = dhcp_fqdn_name(x, fqdn);
	struct say_text name, os, id, params;
	struct say_host host;
	struct ev_ident told = *card;

	say_host((struct bytes){fqdn, fqdn_len}, &host);
	told.act = IDENT_IS;
	told.addr = (struct addr){{0}};
	told.name = x->hostname.len > 0 ? say_utf8(x->hostname, &name) : host.name;
	told.domain = host.domain;
	told.os = say_utf8(x->vendor_class, &os);
	told.id = client_id(x, &id);
	told.note = codes(x->params, 1, &params);
	if (told.name.len + told.os.len + told.id.len + told.note.len > 0)
		say_ident(s, &told);
	say_circuit(s, x, card);
}

static void say_request(const struct say *s, const struct dhcp *x)
{
	struct ev_ident card = {.from = IDENT_DHCP};

	card.has_mac = dhcp_mac(x, &card.mac);
	if (!card.has_mac)
		return;
	switch (x->type) {
	case DHCP_RELEASE:
		card.act = IDENT_ENDS;
		card.addr = x->ciaddr;
		break;
	case DHCP_DECLINE: /* somebody else answers at it */
		card.act = IDENT_ENDS;
		card.addr = x->requested;
		break;
	case DHCP_DISCOVER:
	case DHCP_REQUEST:
	case DHCP_INFORM:
		say_client(s, x, &card);
		card.act = addr_is_zero(&x->ciaddr) ? IDENT_WISH : IDENT_IS;
		card.addr = addr_is_zero(&x->ciaddr) ? x->requested : x->ciaddr;
		break;
	default: /* BOOTP has no names */
		return;
	}
	if (!addr_is_zero(&card.addr))
		say_ident(s, &card);
}

static void say_role(const struct say *s, enum ev_ident_from from, const struct addr *addr,
		     unsigned role)
{
	if (!addr_is_zero(addr) && !addr_is_multicast(addr))
		say_ident(s, &(struct ev_ident){
				     .from = (uint8_t)from, .addr = *addr, .roles = (uint8_t)role});
}

static void say_answer(const struct say *s, const struct dhcp *x)
{
	struct ev_ident card = {.from = IDENT_DHCP};
	struct say_text name, domain;

	if (x->type != DHCP_OFFER && x->type != DHCP_ACK && x->type != DHCP_NAK)
		return;
	say_role(s, IDENT_DHCP, addr_is_zero(&x->server) ? &s->p->src : &x->server,
		 IDENT_ROLE_DHCP_SERVER);
	if (x->type != DHCP_ACK)
		return;
	say_role(s, IDENT_DHCP, &x->router, IDENT_ROLE_ROUTER);
	card.has_mac = dhcp_mac(x, &card.mac);
	if (!card.has_mac)
		return;
	/* An answer to INFORM gives no address: it has one. */
	card.addr = addr_is_zero(&x->yiaddr) ? x->ciaddr : x->yiaddr;
	card.lease_s = x->has_lease ? x->lease_s : 0;
	card.name = say_utf8(x->hostname, &name);
	card.domain = say_utf8(x->domain, &domain);
	if (!addr_is_zero(&card.addr))
		say_ident(s, &card);
	say_circuit(s, x, &card);
}

void say_dhcp(const struct say *s)
{
	uint8_t space[DHCP_ROOM];
	struct writer room = {.at = space, .cap = sizeof(space)};
	struct dhcp x;

	if (!dhcp_read(s->p->payload, &room, &x)) {
		say_malformed(s, "dhcp", "malformed");
		return;
	}
	if (x.is_cut)
		say_malformed(s, "dhcp", "option-cut");
	if (x.op == DHCP_BOOTREQUEST)
		say_request(s, &x);
	else
		say_answer(s, &x);
}

/* The client's link-local address and card: from the packet, or from the relay nearest to it. */
static struct ev_ident client_of(const struct say *s, const struct dhcp6 *x, bool is_from_client)
{
	const struct packet *p = s->p;
	struct ev_ident id = {.from = IDENT_DHCP6};

	if (x->n_relays > 0) {
		const struct dhcp6_relay *r = &x->relays[x->n_relays - 1];

		id.addr = r->peer;
		id.has_mac = r->has_mac;
		id.mac = r->mac;
	} else {
		id.addr = is_from_client ? p->src : p->dst;
		id.has_mac = p->has_mac;
		id.mac = is_from_client ? p->src_mac : p->dst_mac;
	}
	if (id.has_mac && (id.mac.b[0] & 1) != 0)
		id.has_mac = false;
	if (addr_is_multicast(&id.addr))
		id.addr = (struct addr){{0}};
	return id;
}

static void say_addrs(const struct say *s, const struct dhcp6 *x, struct ev_ident id, unsigned act)
{
	for (unsigned i = 0; i < x->n_addrs; i++) {
		const struct dhcp6_addr *a = &x->addrs[i];

		if (addr_is_zero(&a->addr) || addr_is_multicast(&a->addr) || a->status != 0)
			continue;
		id.addr = a->addr;
		id.act = (uint8_t)act;
		id.lease_s = 0;
		if (x->type == DHCP6_REPLY) {
			id.act = a->valid_s > 0 ? IDENT_IS : IDENT_ENDS;
			id.lease_s = a->valid_s;
		}
		say_ident(s, &id);
	}
}

static void say_client6(const struct say *s, const struct dhcp6 *x)
{
	struct ev_ident id = client_of(s, x, true), told;
	struct say_text duid, os, params;
	struct say_host host = {.name = {NULL, 0}};
	struct dns_name fqdn = {0};
	bool is_partial = false;
	unsigned act = IDENT_WISH;

	if (dns_name_read_partial(x->fqdn, &fqdn, &is_partial))
		say_host_of(&fqdn, &host);
	id.id = say_hex("duid:", x->client_id, &duid);
	told = id;
	told.name = host.name;
	told.domain = host.domain;
	told.os = say_utf8(x->vendor_class, &os);
	told.note = codes(x->params, 2, &params);
	if (x->type == DHCP6_RENEW || x->type == DHCP6_REBIND || x->type == DHCP6_CONFIRM)
		act = IDENT_IS;
	else if (x->type == DHCP6_RELEASE || x->type == DHCP6_DECLINE)
		act = IDENT_ENDS;
	if (act != IDENT_ENDS && (told.has_mac || !addr_is_zero(&told.addr)))
		say_ident(s, &told);
	id.id = act == IDENT_ENDS ? (struct bytes){NULL, 0} : id.id;
	say_addrs(s, x, id, act);
}

static void say_server6(const struct say *s, const struct dhcp6 *x)
{
	struct ev_ident id = client_of(s, x, false);
	struct say_text duid;

	if (x->n_relays == 0) /* otherwise the sender may be a relay */
		say_role(s, IDENT_DHCP6, &s->p->src, IDENT_ROLE_DHCP_SERVER);
	if (x->type != DHCP6_REPLY || x->status != 0)
		return;
	id.id = say_hex("duid:", x->client_id, &duid);
	say_addrs(s, x, id, IDENT_IS);
}

void say_dhcp6(const struct say *s)
{
	struct dhcp6 x;

	if (!dhcp6_read(s->p->payload, &x)) {
		say_malformed(s, "dhcp6", "malformed");
		return;
	}
	if (x.is_cut)
		say_malformed(s, "dhcp6", "option-cut");
	if (x.type == DHCP6_ADVERTISE || x.type == DHCP6_REPLY)
		say_server6(s, &x);
	else if (x.type != DHCP6_RECONFIGURE)
		say_client6(s, &x);
}
