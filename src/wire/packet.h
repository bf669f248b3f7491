/*
 * packet - one frame taken apart down to TCP, UDP, ICMP or ARP.
 *
 * packet_decode() walks Ethernet with VLAN tags (802.1Q, QinQ), Linux cooked v1/v2, raw IP,
 * null/loopback, PPP and PPPoE, MPLS, GRE and VXLAN to the innermost IP packet (RFC 791, RFC 8200
 * with extension headers), at most PACKET_LAYERS deep. It keeps no state: a fragment comes back
 * marked, and flow/defrag puts fragments together. It never fails: what cannot be read is
 * PACKET_MALFORMED with the layer's name, for the coverage.
 *
 * The struct is filled for every packet on the wire, so it is kept to what the flow engine reads.
 */
#ifndef WIRE_PACKET_H
#define WIRE_PACKET_H

#include "base/addr.h"
#include "base/bytes.h"

enum { PACKET_LAYERS = 12 };

enum packet_kind {
	PACKET_OTHER,    /* fine, but nothing that quell reads: STP, IPX, … */
	PACKET_ARP,      /* `arp` is set */
	PACKET_FRAGMENT, /* IP fragment: addresses, proto and `frag` are set, payload is its data */
	PACKET_TCP,      /* ports, `tcp`, payload */
	PACKET_UDP,      /* ports, payload */
	PACKET_ICMP,     /* payload is the ICMP message; `ip_proto` tells v4 (1) from v6 (58) */
	PACKET_IP,       /* another IP protocol: addresses only */
	PACKET_NEIGHBOUR, /* a neighbour on the cable: `neighbour`, payload */
	PACKET_MALFORMED, /* `why` names the layer */
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32 };

enum { IP_PROTO_ICMP = 1, IP_PROTO_TCP = 6, IP_PROTO_UDP = 17, IP_PROTO_ICMP6 = 58 };

/* options_len bytes of options lie right before the payload; 0 where it is unknown. */
struct packet_tcp {
	uint32_t seq, ack;
	uint16_t window;
	uint8_t flags, options_len;
};

struct packet_frag {
	uint32_t id;
	uint16_t offset; /* bytes */
	bool more;
};

struct packet_arp {  /* RFC 826; Ethernet and IPv4 only */
	uint16_t op; /* 1 request, 2 reply */
	struct mac sha, tha;
	/* the protocol addresses are the packet's src and dst */
};

enum packet_neighbour { PACKET_LLDP, PACKET_CDP }; /* IEEE 802.1AB; Cisco's */

struct packet {
	uint64_t seq;     /* its place among all frames of this run: from 1, over all files */
	uint64_t at_ns;   /* capture time, since 1970 UTC */
	uint64_t mono_ns; /* base/monotime.h */
	struct addr src, dst;
	uint16_t sport, dport;
	uint8_t kind;      /* enum packet_kind */
	uint8_t ip_proto;  /* of the innermost IP header; for v6 after extension headers */
	uint8_t ttl;       /* or hop limit */
	uint8_t shard;     /* set by the front: which part of the flow engine owns it */
	uint32_t vlan;     /* without priority: the tag, or outer << 12 | inner; 0: untagged */
	uint32_t wire_len; /* of the whole frame on the wire */
	uint32_t hash;     /* of the flow, the same for both directions; set by the front */
	union {
		struct packet_tcp tcp;
		struct packet_frag frag;
		struct packet_arp arp;
		uint8_t neighbour; /* enum packet_neighbour */
	};
	struct bytes payload; /* of the innermost protocol, without trailing padding of Ethernet */
	uint32_t payload_missing; /* bytes of the payload that the snap length cut off */
	struct mac src_mac, dst_mac;
	bool has_mac;    /* the MACs are those of this IP packet's link; cooked: dst_mac is zero */
	bool is_df;      /* IPv4: don't fragment */
	bool is_tick;    /* the flow engine's clocks tick before this packet; set by the front */
	const char *why; /* PACKET_MALFORMED: "ip4", "tcp", …; a literal */
};

/* `linktype` is pcap's LINKTYPE_*. seq, at_ns, mono_ns, shard, hash and wire_len are the caller's;
 * the rest of *p is set. Returns p->kind. `frame` is borrowed by p->payload. */
enum packet_kind packet_decode(unsigned linktype, struct bytes frame, struct packet *p);

/* The options of a TCP packet, as far as they are there. */
static inline struct bytes packet_tcp_options(const struct packet *p)
{
	if (p->kind != PACKET_TCP || p->tcp.options_len == 0)
		return (struct bytes){NULL, 0};
	return (struct bytes){p->payload.at - p->tcp.options_len, p->tcp.options_len};
}

/* Decodes what IP carries: for datagrams put together from fragments. p holds addresses and
 * ip_proto already. */
enum packet_kind packet_decode_l4(struct bytes datagram, uint32_t missing, struct packet *p);

/* Can packet_decode() take frames of this link type apart at all? */
bool packet_knows_linktype(unsigned linktype);

#endif
