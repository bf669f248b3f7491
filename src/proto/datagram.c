#include "proto/datagram.h"

#include "base/text.h"
#include "naming/cdp.h"
#include "naming/dhcp.h"
#include "naming/dhcp6.h"
#include "naming/dns.h"
#include "naming/lldp.h"
#include "naming/nbdgm.h"
#include "naming/nbns.h"
#include "naming/nd.h"
#include "proto/kerberos.h"
#include "proto/say.h"

enum { KERBEROS_PORT = 88 };

struct bytes say_utf8(struct bytes raw, struct say_text *room)
{
	size_t n = text_from_utf8(raw, room->at, sizeof(room->at));

	return (struct bytes){(const uint8_t *)room->at, n};
}

struct bytes say_latin1(struct bytes raw, struct say_text *room)
{
	size_t n = text_from_latin1(raw, room->at, sizeof(room->at));

	return (struct bytes){(const uint8_t *)room->at, n};
}

struct bytes say_labels(const struct dns_name *n, unsigned from, struct say_text *room)
{
	char raw[DNS_NAME_TEXT];
	size_t len = dns_name_text(n, from, raw);

	return say_utf8((struct bytes){(const uint8_t *)raw, len}, room);
}

struct bytes say_hex(const char *kind, struct bytes raw, struct say_text *room)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = strlen(kind);

	if (raw.len == 0)
		return (struct bytes){NULL, 0};
	memcpy(room->at, kind, n + 1);
	for (size_t i = 0; i < raw.len && n + 2 <= EV_TEXT_MAX; i++) {
		room->at[n++] = digits[raw.at[i] >> 4];
		room->at[n++] = digits[raw.at[i] & 15];
	}
	return (struct bytes){(const uint8_t *)room->at, n};
}

void say_host(struct bytes fqdn, struct say_host *ret_host)
{
	const uint8_t *dot = fqdn.len > 0 ? memchr(fqdn.at, '.', fqdn.len) : NULL;
	size_t label = dot != NULL ? (size_t)(dot - fqdn.at) : fqdn.len;

	ret_host->name = ret_host->domain = (struct bytes){NULL, 0};
	if (label == 0 || fqdn.at[0] == '_' || fqdn.at[0] == '*')
		return;
	ret_host->name = say_utf8(bytes_slice(fqdn, 0, label), &ret_host->name_room);
	ret_host->domain = say_utf8(bytes_slice(fqdn, label + 1, SIZE_MAX), &ret_host->domain_room);
}

void say_host_of(const struct dns_name *n, struct say_host *ret_host)
{
	char raw[DNS_NAME_TEXT];
	size_t len = dns_name_text(n, 0, raw);

	say_host((struct bytes){(const uint8_t *)raw, len}, ret_host);
}

void say_ident(const struct say *s, const struct ev_ident *id)
{
	struct event ev = {.kind = EV_IDENT, .ident = *id};

	if ((s->out->wants & EV_BIT(EV_IDENT)) != 0)
		s->out->event(s->out->ctx, TO_SERVER, &ev);
}

void say_malformed(const struct say *s, const char *proto, const char *what)
{
	if (s->p->payload_missing == 0)
		s->out->anomaly(s->out->ctx, TO_SERVER, proto, what);
}

static void say_kerberos(const struct say *s)
{
	kerberos_datagram(s->p->payload, s->out);
}

static const struct {
	uint16_t port; /* of either end */
	void (*say)(const struct say *s);
} rows[] = {
	{DNS_PORT, say_dns},
	{DHCP_SERVER_PORT, say_dhcp},
	{DHCP_CLIENT_PORT, say_dhcp},
	{KERBEROS_PORT, say_kerberos},
	{NBNS_PORT, say_nbns},
	{NBDGM_PORT, say_nbdgm},
	{DHCP6_CLIENT_PORT, say_dhcp6},
	{DHCP6_SERVER_PORT, say_dhcp6},
	{MDNS_PORT, say_mdns},
	{LLMNR_PORT, say_llmnr},
};

static bool is_wanted(uint16_t port)
{
	if (port > LLMNR_PORT)
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].port == port)
			return true;
	return false;
}

/* RFC 4861: routers never pass these on, so a hop limit below 255 came from elsewhere. */
static bool is_nd(const struct packet *p)
{
	return p->ip_proto == IP_PROTO_ICMP6 && p->ttl == ND_HOP_LIMIT && p->payload.len > 0 &&
	       p->payload.at[0] >= ND_ROUTER_SOLICITATION &&
	       p->payload.at[0] <= ND_NEIGHBOUR_ADVERTISEMENT;
}

bool datagram_wants(const struct packet *p)
{
	switch (p->kind) {
	case PACKET_UDP:
		return is_wanted(p->dport) || is_wanted(p->sport);
	case PACKET_ICMP:
		return is_nd(p);
	case PACKET_NEIGHBOUR:
		return true;
	default:
		return false;
	}
}

static void say_udp(const struct say *s)
{
	/* The server's port decides: a client may happen to use another row's. */
	const uint16_t ports[] = {s->p->dport, s->p->sport};

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			if (rows[i].port != ports[k])
				continue;
			rows[i].say(s);
			return;
		}
	}
}

static bool is_own(const struct mac *m)
{
	static const struct mac zero;

	return (m->b[0] & 1) == 0 && !mac_eq(m, &zero);
}

static void say_bound(const struct say *s, const struct ev_ident *id)
{
	if (id->has_mac && is_own(&id->mac) && !addr_is_zero(&id->addr) &&
	    !addr_is_multicast(&id->addr))
		say_ident(s, id);
}

static void say_nd(const struct say *s)
{
	const struct packet *p = s->p;
	struct ev_ident id = {.from = IDENT_ND, .addr = p->src};
	struct nd x;

	if (!nd_read(p->payload, &x)) {
		say_malformed(s, "nd", "malformed");
		return;
	}
	if (x.type == ND_NEIGHBOUR_ADVERTISEMENT) {
		id.addr = x.target;
		id.has_mac = x.has_target || p->has_mac;
		id.mac = x.has_target ? x.target_mac : p->src_mac;
		id.roles = x.is_router ? IDENT_ROLE_ROUTER : 0;
	} else if (addr_is_zero(&p->src)) { /* is this address free? RFC 4862 5.4 */
		id.act = IDENT_WISH;
		id.addr = x.target;
		id.has_mac = p->has_mac;
		id.mac = p->src_mac;
	} else {
		id.has_mac = x.has_source;
		id.mac = x.source;
		if (x.type == ND_ROUTER_ADVERTISEMENT && x.router_lifetime_s > 0)
			id.roles = IDENT_ROLE_ROUTER;
		if (id.roles != 0 && !id.has_mac) { /* a router need not tell its MAC */
			say_ident(s, &id);
			return;
		}
	}
	say_bound(s, &id);
}

/* "switch, port" */
static struct bytes place(struct bytes device, struct bytes port, struct say_text *room)
{
	struct say_text half;
	char raw[2 * EV_TEXT_MAX + 4];
	struct writer w = {.at = (uint8_t *)raw, .cap = sizeof(raw)};

	/* Each ends at its first NUL; the whole is cut at a character. */
	wr_bytes(&w, device.len > 0 ? say_utf8(device, &half) : BYTES("?"));
	wr_bytes(&w, BYTES(", "));
	wr_bytes(&w, port.len > 0 ? say_utf8(port, &half) : BYTES("?"));
	return say_utf8((struct bytes){w.at, w.len}, room);
}

static void say_lldp(const struct say *s)
{
	struct say_text name, os, note, shown[2];
	struct lldp x;
	char mac[MAC_TEXT];

	if (!lldp_read(s->p->payload, &x)) {
		say_malformed(s, "lldp", "malformed");
		return;
	}
	struct bytes device = x.system_name, port = x.port;
	struct mac chassis, at;

	if (device.len == 0 && lldp_chassis_mac(&x, &chassis)) {
		mac_format(&chassis, mac);
		device = (struct bytes){(const uint8_t *)mac, strlen(mac)};
	} else if (device.len == 0) {
		device = x.chassis_type >= LLDP_CHASSIS_NAME ? x.chassis
							     : say_hex("", x.chassis, &shown[0]);
	}
	if (x.port_type == LLDP_PORT_MAC && port.len == sizeof(at.b)) {
		memcpy(at.b, port.at, sizeof(at.b));
		mac_format(&at, shown[1].at);
		port = (struct bytes){(const uint8_t *)shown[1].at, MAC_TEXT - 1};
	} else if (x.port_type != LLDP_PORT_ALIAS && x.port_type != LLDP_PORT_NAME &&
		   x.port_type != LLDP_PORT_LOCAL) {
		port = say_hex("", port, &shown[1]);
	}
	say_ident(s, &(struct ev_ident){
			     .from = IDENT_LLDP,
			     .act = x.ttl_s == 0 ? IDENT_ENDS : IDENT_IS,
			     .has_mac = s->p->has_mac,
			     .mac = s->p->src_mac,
			     .addr = x.management,
			     .roles = (x.enabled & LLDP_ROUTER) != 0 ? IDENT_ROLE_ROUTER : 0,
			     .name = say_utf8(x.system_name, &name),
			     .os = say_utf8(x.system_description, &os),
			     .note = place(device, port, &note),
		     });
}

static void say_cdp(const struct say *s)
{
	struct say_text name, os, note;
	struct cdp x;

	if (!cdp_read(s->p->payload, &x)) {
		say_malformed(s, "cdp", "malformed");
		return;
	}
	say_ident(s, &(struct ev_ident){
			     .from = IDENT_CDP,
			     .act = x.ttl_s == 0 ? IDENT_ENDS : IDENT_IS,
			     .has_mac = s->p->has_mac,
			     .mac = s->p->src_mac,
			     .addr = x.address,
			     .roles = (x.capabilities & CDP_ROUTER) != 0 ? IDENT_ROLE_ROUTER : 0,
			     .name = say_utf8(x.device_id, &name),
			     .os = say_utf8(x.platform, &os),
			     .note = place(x.device_id, x.port_id, &note),
		     });
}

void datagram_take(const struct packet *p, const struct proto_out *out)
{
	const struct say s = {p, out};

	switch (p->kind) {
	case PACKET_UDP:
		say_udp(&s);
		break;
	case PACKET_ICMP:
		if (is_nd(p))
			say_nd(&s);
		break;
	case PACKET_NEIGHBOUR:
		if (p->neighbour == PACKET_LLDP)
			say_lldp(&s);
		else
			say_cdp(&s);
		break;
	default:
		break;
	}
}
