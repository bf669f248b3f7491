/* Link layers: everything that can stand between the capture file and IP. */
#include "wire/packet_walk.h"

enum { /* LINKTYPE_*: https://www.tcpdump.org/linktypes.html */
       LINK_NULL = 0,
       LINK_ETHERNET = 1,
       LINK_PPP = 9,
       LINK_RAW_DLT = 12, /* DLT_RAW on most systems, found in files all the same */
       LINK_RAW_OPENBSD = 14,
       LINK_PPP_HDLC = 50,
       LINK_PPPOE = 51,
       LINK_RAW = 101,
       LINK_C_HDLC = 104,
       LINK_LOOP = 108,
       LINK_SLL = 113,
       LINK_IP4 = 228,
       LINK_IP6 = 229,
       LINK_SLL2 = 276,
};

enum { OUI_CISCO = 0x00000c, TYPE_CDP = 0x2000 };

enum { LENGTH_MAX = 1500, TYPE_MIN = 1536 }; /* IEEE 802.3: a length, or an EtherType */

static struct mac take_mac(struct reader *r)
{
	struct mac m = {{0}};

	rd_copy(r, m.b, sizeof(m.b));
	return m;
}

static enum packet_kind walk_arp(struct walk *w)
{
	struct reader *r = &w->r;
	unsigned hardware = rd_be16(r), protocol = rd_be16(r);
	unsigned hlen = rd_u8(r), plen = rd_u8(r);
	uint16_t op = rd_be16(r);

	if (r->bad)
		return walk_malformed(w, "arp");
	if ((hardware != 1 && hardware != 6) || protocol != TYPE_IP4 || hlen != 6 || plen != 4)
		return walk_other(w);

	struct packet_arp arp = {.op = op};

	arp.sha = take_mac(r);
	struct addr spa = addr_v4(rd_be32(r));

	arp.tha = take_mac(r);
	struct addr tpa = addr_v4(rd_be32(r));

	if (r->bad)
		return walk_malformed(w, "arp");
	w->p->arp = arp;
	w->p->src = spa;
	w->p->dst = tpa;
	return w->p->kind = PACKET_ARP;
}

static enum packet_kind walk_neighbour(struct walk *w, enum packet_neighbour protocol)
{
	w->p->neighbour = (uint8_t)protocol;
	w->missing = 0;
	return walk_done(w, PACKET_NEIGHBOUR);
}

/* IEEE 802.2, with SNAP (RFC 1042) */
static enum packet_kind walk_llc(struct walk *w)
{
	unsigned dsap = rd_u8(&w->r), ssap = rd_u8(&w->r), control = rd_u8(&w->r);

	if (w->r.bad)
		return walk_malformed(w, "llc");
	if (dsap == 0x06 && ssap == 0x06 && control == 0x03)
		return walk_ip4(w);
	if (dsap != 0xaa || ssap != 0xaa || control != 0x03)
		return walk_other(w);

	uint64_t oui = rd_be(&w->r, 3);
	unsigned type = rd_be16(&w->r);

	if (w->r.bad)
		return walk_malformed(w, "snap");
	if (oui == OUI_CISCO && type == TYPE_CDP)
		return walk_neighbour(w, PACKET_CDP);
	if (oui != 0 && oui != 0x0000f8) /* RFC 1042; 802.1H bridge tunnel */
		return walk_other(w);
	return walk_type(w, type);
}

/* IEEE 802.1Q. Of more than two tags the inner two count. */
static enum packet_kind walk_vlan(struct walk *w)
{
	uint32_t vid = rd_be16(&w->r) & 0xfff;
	unsigned type = rd_be16(&w->r);

	if (w->r.bad)
		return walk_malformed(w, "vlan");
	if (vid != 0) /* 0 carries a priority only */
		w->p->vlan = (w->p->vlan << 12 | vid) & 0xffffff;
	if (type <= LENGTH_MAX)
		return walk_llc(w);
	return walk_type(w, type);
}

/* RFC 2516, session stage */
static enum packet_kind walk_pppoe(struct walk *w)
{
	unsigned version = rd_u8(&w->r), code = rd_u8(&w->r);

	rd_skip(&w->r, 2);
	size_t len = rd_be16(&w->r);

	if (w->r.bad || version != 0x11)
		return walk_malformed(w, "pppoe");
	if (code != 0)
		return walk_other(w);
	w->r.rest = bytes_slice(w->r.rest, 0, len);
	return walk_ppp(w);
}

enum packet_kind walk_type(struct walk *w, unsigned ethertype)
{
	if (ethertype == TYPE_IP4)
		return walk_ip4(w);
	if (ethertype == TYPE_IP6)
		return walk_ip6(w);
	if (!walk_enter(w))
		return walk_malformed(w, "layers");
	switch (ethertype) {
	case TYPE_ARP:
		return walk_arp(w);
	case TYPE_VLAN:
	case TYPE_QINQ:
	case TYPE_QINQ_OLD:
		return walk_vlan(w);
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST:
		return walk_mpls(w);
	case TYPE_PPPOE:
		return walk_pppoe(w);
	case TYPE_PPP:
		return walk_ppp(w);
	case TYPE_TRANS_ETHER:
		return walk_ether(w);
	case TYPE_LLDP:
		return walk_neighbour(w, PACKET_LLDP);
	default:
		return walk_other(w);
	}
}

/* Inside a tunnel, the addresses and tags of the inner frame are those of the machine. */
enum packet_kind walk_ether(struct walk *w)
{
	struct reader h = {rd_take(&w->r, 14), false};
	struct packet *p = w->p;

	if (w->r.bad)
		return walk_malformed(w, "ether");
	p->dst_mac = take_mac(&h);
	p->src_mac = take_mac(&h);
	p->has_mac = true;
	p->vlan = 0;

	unsigned type = rd_be16(&h);

	if (type == TYPE_IP4)
		return walk_ip4(w);
	if (type > LENGTH_MAX)
		return type >= TYPE_MIN ? walk_type(w, type) : walk_other(w);
	if (type < w->r.rest.len)
		w->r.rest.len = type;
	return walk_llc(w);
}

/* Does this look like an Ethernet header: is there a type that we follow where one belongs? */
static bool is_like_ether(struct bytes at)
{
	struct reader r = {at, false};

	rd_skip(&r, 12);
	unsigned type = rd_be16(&r);

	return !r.bad && (type == TYPE_IP4 || type == TYPE_IP6 || type == TYPE_ARP ||
			  type == TYPE_VLAN || type == TYPE_QINQ);
}

/*
 * RFC 3032. What the stack carries is not said: IP is told by its version; the rest is a
 * pseudo-wire of Ethernet (RFC 4448) with a control word, which starts with four zero bits, or
 * without.
 */
enum packet_kind walk_mpls(struct walk *w)
{
	struct reader *r = &w->r;
	uint32_t label = 0;

	while (!r->bad && (label & 0x100) == 0) /* the bottom of the stack */
		label = rd_be32(r);
	if (r->bad || r->rest.len == 0)
		return walk_malformed(w, "mpls");
	switch (r->rest.at[0] >> 4) {
	case 4:
		return walk_ip4(w);
	case 6:
		return walk_ip6(w);
	case 1: /* associated channel, RFC 4385 */
		return walk_other(w);
	case 0:
		if (is_like_ether(bytes_slice(r->rest, 4, SIZE_MAX)))
			rd_skip(r, 4);
		break;
	default:
		break;
	}
	if (!is_like_ether(r->rest))
		return walk_other(w);
	return walk_ether(w);
}

/* RFC 1661, its protocol field possibly compressed; RFC 1662's address and control left out
 * or not. */
enum packet_kind walk_ppp(struct walk *w)
{
	struct reader *r = &w->r;

	if (r->rest.len >= 2 && r->rest.at[0] == 0xff && r->rest.at[1] == 0x03)
		rd_skip(r, 2);

	unsigned protocol = rd_u8(r);

	if ((protocol & 1) == 0)
		protocol = protocol << 8 | rd_u8(r);
	if (r->bad)
		return walk_malformed(w, "ppp");
	switch (protocol) {
	case 0x0021:
		return walk_ip4(w);
	case 0x0057:
		return walk_ip6(w);
	case 0x0281:
	case 0x0283:
		return walk_mpls(w);
	default:
		return walk_other(w);
	}
}

/* RFC 1662 framing, or Cisco's: then an EtherType stands where PPP has its protocol. */
static enum packet_kind walk_hdlc(struct walk *w)
{
	struct bytes b = w->r.rest;

	if (b.len < 4)
		return walk_malformed(w, "hdlc");
	if (b.at[0] != 0x0f && b.at[0] != 0x8f)
		return walk_ppp(w);
	rd_skip(&w->r, 2);
	return walk_type(w, rd_be16(&w->r));
}

/* BSD loopback: an address family in the byte order of whoever captured. */
static enum packet_kind walk_null(struct walk *w)
{
	uint32_t family = rd_be32(&w->r);

	if (w->r.bad)
		return walk_malformed(w, "null");
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		return walk_ip4(w);
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return walk_ip6(w);
	default:
		return walk_other(w);
	}
}

enum { ARPHRD_ETHERNET = 1, SLL_8022 = 4 };

struct cooked {
	unsigned hardware, addr_len, protocol;
	struct bytes addr;
};

/* Linux cooked captures know the sender's address only: dst_mac stays zero. */
static enum packet_kind walk_cooked(struct walk *w, const struct cooked *c)
{
	if (w->r.bad)
		return walk_malformed(w, "sll");
	if (c->hardware == ARPHRD_ETHERNET && c->addr_len == 6) {
		struct reader addr = {c->addr, false};

		w->p->src_mac = take_mac(&addr);
		w->p->has_mac = true;
	}
	if (c->protocol == SLL_8022)
		return walk_llc(w);
	return c->protocol >= TYPE_MIN ? walk_type(w, c->protocol) : walk_other(w);
}

static enum packet_kind walk_sll(struct walk *w)
{
	struct reader *r = &w->r;
	struct cooked c = {0};

	rd_skip(r, 2);
	c.hardware = rd_be16(r);
	c.addr_len = rd_be16(r);
	c.addr = rd_take(r, 8);
	c.protocol = rd_be16(r);
	return walk_cooked(w, &c);
}

static enum packet_kind walk_sll2(struct walk *w)
{
	struct reader *r = &w->r;
	struct cooked c = {.protocol = rd_be16(r)};

	rd_skip(r, 6);
	c.hardware = rd_be16(r);
	rd_skip(r, 1);
	c.addr_len = rd_u8(r);
	c.addr = rd_take(r, 8);
	return walk_cooked(w, &c);
}

bool packet_knows_linktype(unsigned linktype)
{
	switch (linktype) {
	case LINK_NULL:
	case LINK_ETHERNET:
	case LINK_PPP:
	case LINK_RAW_DLT:
	case LINK_RAW_OPENBSD:
	case LINK_PPP_HDLC:
	case LINK_PPPOE:
	case LINK_RAW:
	case LINK_C_HDLC:
	case LINK_LOOP:
	case LINK_SLL:
	case LINK_IP4:
	case LINK_IP6:
	case LINK_SLL2:
		return true;
	default:
		return false;
	}
}

static enum packet_kind walk_link(struct walk *w, unsigned linktype)
{
	switch (linktype) {
	case LINK_NULL:
	case LINK_LOOP:
		return walk_null(w);
	case LINK_PPP:
		return walk_ppp(w);
	case LINK_PPP_HDLC:
	case LINK_C_HDLC:
		return walk_hdlc(w);
	case LINK_PPPOE:
		return walk_pppoe(w);
	case LINK_RAW:
	case LINK_RAW_DLT:
	case LINK_RAW_OPENBSD:
		return walk_ip(w);
	case LINK_IP4:
		return walk_ip4(w);
	case LINK_IP6:
		return walk_ip6(w);
	case LINK_SLL:
		return walk_sll(w);
	case LINK_SLL2:
		return walk_sll2(w);
	default:
		return walk_other(w);
	}
}

enum packet_kind packet_decode(unsigned linktype, struct bytes frame, struct packet *p)
{
	struct walk w = {.r = {frame, false}, .p = p};

	p->src = p->dst = (struct addr){{0}};
	p->sport = p->dport = 0;
	p->ip_proto = p->ttl = 0;
	p->vlan = 0;
	memset(&p->arp, 0, sizeof(p->arp));
	p->payload = (struct bytes){NULL, 0};
	p->payload_missing = 0;
	p->has_mac = p->is_tick = p->is_df = false;
	p->why = NULL;
	if (linktype == LINK_ETHERNET)
		return walk_ether(&w);
	p->src_mac = p->dst_mac = (struct mac){{0}};
	return walk_link(&w, linktype);
}
