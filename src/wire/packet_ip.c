/* IP and what it carries, tunnels included. */
#include "wire/packet_walk.h"

enum {
	PROTO_HOP_BY_HOP = 0,
	PROTO_IP4 = 4,
	PROTO_IP6 = 41,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_GRE = 47,
	PROTO_AH = 51,
	PROTO_DEST_OPTIONS = 60,
	PROTO_MPLS = 137,
};

enum { PORT_VXLAN = 4789 };

/* RFC 9293. Options may be cut off by the snap length. */
static enum packet_kind walk_tcp(struct walk *w)
{
	struct reader h = {rd_take(&w->r, 20), false};
	struct packet *p = w->p;

	if (w->r.bad)
		return walk_malformed(w, "tcp");
	uint16_t sport = rd_be16(&h), dport = rd_be16(&h);
	struct packet_tcp tcp = {.seq = rd_be32(&h)};

	tcp.ack = rd_be32(&h);
	uint8_t offset = rd_u8(&h) >> 4;

	tcp.flags = rd_u8(&h) & 0x3f;
	tcp.window = rd_be16(&h);

	if (offset < 5)
		return walk_malformed(w, "tcp");
	size_t options = offset * 4U - 20;

	if (options > w->r.rest.len) {
		size_t cut = options - w->r.rest.len;

		if (cut > w->missing)
			return walk_malformed(w, "tcp");
		w->missing -= (uint32_t)cut;
		options = w->r.rest.len;
	}
	rd_skip(&w->r, options);
	tcp.options_len = (uint8_t)options;
	p->sport = sport;
	p->dport = dport;
	p->tcp = tcp;
	return walk_done(w, PACKET_TCP);
}

/* RFC 7348, 5: the I flag is set; the others are reserved, but for the G flag of group policy. */
static bool is_vxlan(struct bytes b)
{
	return b.len >= 8 + 14 && (b.at[0] & 0x7f) == 0x08 && b.at[7] == 0;
}

static enum packet_kind walk_udp(struct walk *w)
{
	struct reader h = {rd_take(&w->r, 8), false};
	struct packet *p = w->p;

	if (w->r.bad)
		return walk_malformed(w, "udp");
	uint16_t sport = rd_be16(&h), dport = rd_be16(&h);
	size_t len = rd_be16(&h), there = w->r.rest.len + w->missing;

	/* 0: a jumbogram (RFC 2675), or segmentation left to the card. */
	if (len != 0 && (len < 8 || len - 8 > there))
		return walk_malformed(w, "udp");
	if (len != 0 && len - 8 < there) {
		w->r.rest = bytes_slice(w->r.rest, 0, len - 8);
		w->missing = (uint32_t)(len - 8 - w->r.rest.len);
	}
	if (dport == PORT_VXLAN && is_vxlan(w->r.rest)) {
		p->has_mac = false;
		rd_skip(&w->r, 8);
		return walk_ether(w);
	}
	p->sport = sport;
	p->dport = dport;
	return walk_done(w, PACKET_UDP);
}

static enum packet_kind walk_icmp(struct walk *w)
{
	if (w->r.rest.len < 4 && w->missing == 0) /* type, code, checksum */
		return walk_malformed(w, "icmp");
	return walk_done(w, PACKET_ICMP);
}

/* The mirrored frame of a Cisco switch: type I has no header and no sequence number. */
static enum packet_kind walk_erspan(struct walk *w, unsigned type, bool has_seq)
{
	if (type == TYPE_ERSPAN && has_seq)
		rd_skip(&w->r, 8);
	if (type == TYPE_ERSPAN3) {
		rd_skip(&w->r, 11);
		if ((rd_u8(&w->r) & 1) != 0) /* platform specific subheader */
			rd_skip(&w->r, 8);
	}
	return walk_ether(w);
}

/* RFC 2784 and 2890; version 1 is PPTP's (RFC 2637). */
static enum packet_kind walk_gre(struct walk *w)
{
	enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQ = 0x1000, ACK = 0x0080 };
	struct reader *r = &w->r;
	unsigned flags = rd_be16(r), type = rd_be16(r), version = flags & 7;

	if (!r->bad && (version > 1 || (flags & ROUTING) != 0))
		return walk_done(w, PACKET_IP);
	if ((flags & CHECKSUM) != 0)
		rd_skip(r, 4);
	if ((flags & KEY) != 0)
		rd_skip(r, 4);
	if ((flags & SEQ) != 0)
		rd_skip(r, 4);
	if (version == 1 && (flags & ACK) != 0)
		rd_skip(r, 4);
	if (r->bad)
		return walk_malformed(w, "gre");
	if (r->rest.len == 0) /* a keep-alive, or an acknowledgement of PPTP */
		return walk_done(w, PACKET_IP);
	w->p->has_mac = false; /* the outer frame's say nothing about the inner machines */
	if (type == TYPE_ERSPAN || type == TYPE_ERSPAN3)
		return walk_erspan(w, type, (flags & SEQ) != 0);
	return walk_type(w, type);
}

static enum packet_kind walk_ip_in_ip(struct walk *w)
{
	w->p->has_mac = false;
	return w->p->ip_proto == PROTO_IP4 ? walk_ip4(w) : walk_ip6(w);
}

/* RFC 8200, 4.5. True: the packet is whole after all (RFC 6946), go on with the next header. */
static bool walk_fragment6(struct walk *w)
{
	struct reader *r = &w->r;
	struct packet *p = w->p;
	uint8_t next = rd_u8(r);

	rd_skip(r, 1);
	unsigned offset = rd_be16(r);
	struct packet_frag frag = {.id = rd_be32(r)};

	if (r->bad) {
		walk_malformed(w, "ip6-fragment");
		return false;
	}
	p->ip_proto = next;
	frag.offset = (uint16_t)(offset & ~7U);
	frag.more = (offset & 1) != 0;
	if (frag.offset == 0 && !frag.more)
		return true;
	p->frag = frag;
	walk_done(w, PACKET_FRAGMENT);
	return false;
}

/* Skips one extension header: RFC 8200, 4; RFC 4302 for AH. False: cut short. */
static bool skip_extension(struct walk *w)
{
	struct reader *r = &w->r;
	uint8_t next = rd_u8(r);
	size_t units = rd_u8(r);

	rd_skip(r, w->p->ip_proto == PROTO_AH ? (units + 2) * 4 - 2 : (units + 1) * 8 - 2);
	w->p->ip_proto = next;
	return !r->bad;
}

static bool is_extension(const struct walk *w)
{
	unsigned proto = w->p->ip_proto;

	return proto == PROTO_AH ||
	       (w->is_v6 && (proto == PROTO_HOP_BY_HOP || proto == PROTO_ROUTING ||
			     proto == PROTO_DEST_OPTIONS));
}

/* What is neither TCP nor UDP. */
static enum packet_kind walk_rare(struct walk *w)
{
	switch (w->p->ip_proto) {
	case IP_PROTO_ICMP:
		return w->is_v6 ? walk_done(w, PACKET_IP) : walk_icmp(w);
	case IP_PROTO_ICMP6:
		return w->is_v6 ? walk_icmp(w) : walk_done(w, PACKET_IP);
	case PROTO_IP4:
	case PROTO_IP6:
		return walk_ip_in_ip(w);
	case PROTO_GRE:
		return walk_gre(w);
	case PROTO_MPLS:
		w->p->has_mac = false;
		return walk_mpls(w);
	default:
		return walk_done(w, PACKET_IP);
	}
}

static enum packet_kind walk_l4(struct walk *w)
{
	struct packet *p = w->p;

	for (;;) {
		if (p->ip_proto == IP_PROTO_TCP)
			return walk_tcp(w);
		if (p->ip_proto == IP_PROTO_UDP)
			return walk_udp(w);
		if (w->is_v6 && p->ip_proto == PROTO_FRAGMENT) {
			if (!walk_fragment6(w))
				return p->kind;
		} else if (!is_extension(w)) {
			return walk_rare(w);
		} else if (!skip_extension(w)) {
			return walk_malformed(w, "ip6-extension");
		}
		if (!walk_enter(w))
			return walk_malformed(w, "layers");
	}
}

/* The IP payload is `len` bytes long; 0: as long as the frame (segmentation left to the card
 * writes no length). What follows it is padding. */
static void trim(struct walk *w, size_t len, bool is_known)
{
	size_t there = w->r.rest.len;

	w->missing = 0;
	if (!is_known)
		return;
	if (len < there)
		w->r.rest.len = len;
	else
		w->missing = (uint32_t)(len - there);
}

/* RFC 791. The checksum is not looked at: cards compute it after the capture. */
enum packet_kind walk_ip4(struct walk *w)
{
	struct reader h = {rd_take(&w->r, 20), false};
	struct packet *p = w->p;

	if (w->r.bad || !walk_enter(w))
		return walk_malformed(w, w->r.bad ? "ip4" : "layers");
	unsigned version = rd_u8(&h);

	rd_skip(&h, 1);
	size_t total = rd_be16(&h), header = (version & 0xf) * 4U;
	uint32_t id = rd_be16(&h);
	unsigned fragment = rd_be16(&h);
	uint8_t ttl = rd_u8(&h), proto = rd_u8(&h);

	rd_skip(&h, 2);
	if (version >> 4 != 4 || header < 20 || (total != 0 && total < header))
		return walk_malformed(w, "ip4");
	rd_skip(&w->r, header - 20);
	if (w->r.bad)
		return walk_malformed(w, "ip4");
	trim(w, total - (total != 0 ? header : 0), total != 0);
	p->src = addr_v4(rd_be32(&h));
	p->dst = addr_v4(rd_be32(&h));
	p->ttl = ttl;
	p->ip_proto = proto;
	p->is_df = (fragment & 0x4000) != 0;
	w->is_v6 = false;
	if ((fragment & 0x3fff) == 0)
		return walk_l4(w);
	p->frag = (struct packet_frag){id, (uint16_t)(fragment << 3), (fragment & 0x2000) != 0};
	return walk_done(w, PACKET_FRAGMENT);
}

/* RFC 8200 */
enum packet_kind walk_ip6(struct walk *w)
{
	struct reader h = {rd_take(&w->r, 40), false};
	struct packet *p = w->p;

	if (w->r.bad || !walk_enter(w))
		return walk_malformed(w, w->r.bad ? "ip6" : "layers");
	unsigned version = rd_be32(&h) >> 28;
	size_t len = rd_be16(&h);

	p->ip_proto = rd_u8(&h);
	p->ttl = rd_u8(&h);
	p->is_df = false;
	if (version != 6)
		return walk_malformed(w, "ip6");
	rd_copy(&h, p->src.b, sizeof(p->src.b));
	rd_copy(&h, p->dst.b, sizeof(p->dst.b));
	trim(w, len, len != 0);
	w->is_v6 = true;
	return walk_l4(w);
}

enum packet_kind walk_ip(struct walk *w)
{
	if (w->r.rest.len == 0)
		return walk_malformed(w, "ip");
	switch (w->r.rest.at[0] >> 4) {
	case 4:
		return walk_ip4(w);
	case 6:
		return walk_ip6(w);
	default:
		return walk_malformed(w, "ip");
	}
}

enum packet_kind packet_decode_l4(struct bytes datagram, uint32_t missing, struct packet *p)
{
	struct walk w = {.r = {datagram, false}, .p = p, .missing = missing};

	w.is_v6 = !addr_is_v4(&p->src);
	p->sport = p->dport = 0;
	p->payload = (struct bytes){NULL, 0};
	p->payload_missing = 0;
	p->why = NULL;

	enum packet_kind kind = walk_l4(&w);

	if (kind == PACKET_TCP) /* the payload will move, what lies before it will not */
		p->tcp.options_len = 0;
	return kind;
}
