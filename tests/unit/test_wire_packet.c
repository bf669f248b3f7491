/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>

#include "wire/packet.h"

/* Frames are put together from these; each length byte is that of what follows. */
#define MACS "\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
#define IP4_HEAD(total, proto)                                                                     \
	"\x45\0\0" total "\0\x01\x40\0\x40" proto "\0\0\x0a\0\0\x01\x0a\0\0\x02"
#define IP4_OUTER(total, proto)                                                                    \
	"\x45\0\0" total "\0\x01\x40\0\x40" proto "\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
#define IP6_HEAD(len, next)                                                                        \
	"\x60\0\0\0\0" len next "\x40"                                                             \
	"\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02"
#define PORTS    "\x04\xd2\x01\xbd" /* 1234 to 445 */
#define TCP      PORTS "\0\0\0\x07\0\0\0\x09\x50\x18\x10\0\0\0\0\0"
#define UDP(len) PORTS "\0" len "\0\0"
#define IP4_TCP  IP4_HEAD("\x2c", "\x06") TCP "data" /* 44 bytes */
#define IP6_TCP  IP6_HEAD("\x18", "\x06") TCP "data" /* 64 bytes */
#define IP4      "\x08\0"
#define IP6      "\x86\xdd"
#define ARP_HEAD "\0\x01\x08\0\x06\x04\0\x01"
#define ARP      ARP_HEAD "\x02\0\0\0\0\x01\x0a\0\0\x01\0\0\0\0\0\0\x0a\0\0\x02"

struct row {
	const char *name;
	unsigned linktype;
	struct bytes frame;
	enum packet_kind kind;
	const char *payload; /* or `why` of a malformed one; NULL: do not look */
	uint32_t vlan, missing;
	bool has_mac;
};

/* BYTES() is no constant initialiser. */
#define L(link, literal)                                                                           \
	link,                                                                                      \
	{                                                                                          \
		(const uint8_t *)(literal), sizeof(literal) - 1                                    \
	}

static const struct row links[] = {
	{"ethernet", L(1, MACS IP4 IP4_TCP), .kind = PACKET_TCP, .payload = "data",
	 .has_mac = true},
	{"ethernet, v6", L(1, MACS IP6 IP6_TCP), .kind = PACKET_TCP, .payload = "data",
	 .has_mac = true},
	{"a tag", L(1, MACS "\x81\0\0\x05" IP4 IP4_TCP), .kind = PACKET_TCP, .payload = "data",
	 .vlan = 5, .has_mac = true},
	{"a priority", L(1, MACS "\x81\0\xe0\0" IP4 IP4_TCP), .kind = PACKET_TCP, .payload = "data",
	 .has_mac = true},
	{"QinQ", L(1, MACS "\x88\xa8\xe0\x01\x81\0\0\x02" IP4 IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data", .vlan = 0x1002, .has_mac = true},
	{"old QinQ", L(1, MACS "\x91\0\0\x01\x81\0\0\x02" IP6 IP6_TCP), .kind = PACKET_TCP,
	 .payload = "data", .vlan = 0x1002, .has_mac = true},
	{"three tags", L(1, MACS "\x88\xa8\0\x01\x81\0\0\x02\x81\0\0\x03" IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data", .vlan = 0x2003, .has_mac = true},
	{"snap", L(1, MACS "\0\x34\xaa\xaa\x03\0\0\0" IP4 IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data", .has_mac = true},
	{"snap in a tag", L(1, MACS "\x81\0\0\x05\0\x34\xaa\xaa\x03\0\0\0" IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data", .vlan = 5, .has_mac = true},
	{"snap of Cisco", L(1, MACS "\0\x08\xaa\xaa\x03\0\0\x0c\x20\0"), .kind = PACKET_NEIGHBOUR,
	 .has_mac = true},
	{"802.2 with IP", L(1, MACS "\0\x2f\x06\x06\x03" IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data", .has_mac = true},
	{"spanning tree", L(1, MACS "\0\x03\x42\x42\x03"), .kind = PACKET_OTHER, .has_mac = true},
	{"between length and type", L(1, MACS "\x05\xe0xxxx"), .kind = PACKET_OTHER,
	 .has_mac = true},
	{"LLDP", L(1, MACS "\x88\xcc"), .kind = PACKET_NEIGHBOUR, .has_mac = true},
	{"ARP", L(1, MACS "\x08\x06" ARP), .kind = PACKET_ARP, .has_mac = true},
	{"ARP of another net", L(1, MACS "\x08\x06\0\x18\x08\0\x08\x04\0\x01"),
	 .kind = PACKET_OTHER, .has_mac = true},
	{"cooked", L(113, "\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0" IP4 IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data", .has_mac = true},
	{"cooked, no MAC", L(113, "\0\0\xff\xfe\0\0\0\0\0\0\0\0\0\0" IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data"},
	{"cooked, 802.2",
	 L(113, "\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0\0\x04\xaa\xaa\x03\0\0\0" IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data", .has_mac = true},
	{"cooked, CAN", L(113, "\0\0\x01\x18\0\0\0\0\0\0\0\0\0\0\0\x0c"), .kind = PACKET_OTHER},
	{"cooked v2", L(276, IP6 "\0\0\0\0\0\x02\0\x01\0\x06\x02\0\0\0\0\x01\0\0" IP6_TCP),
	 .kind = PACKET_TCP, .payload = "data", .has_mac = true},
	{"raw, v4", L(101, IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"raw, v6", L(101, IP6_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"raw as 12", L(12, IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"raw as 14", L(14, IP6_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"IPv4", L(228, IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"IPv6", L(229, IP6_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"null, little", L(0, "\x02\0\0\0" IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"null, big", L(0, "\0\0\0\x02" IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"null, v6 of Darwin", L(0, "\x1e\0\0\0" IP6_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"null, AppleTalk", L(0, "\x10\0\0\0"), .kind = PACKET_OTHER},
	{"loop", L(108, "\0\0\0\x18" IP6_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"PPP", L(9, "\0\x21" IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"PPP with address", L(9, "\xff\x03\0\x57" IP6_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"PPP compressed", L(9, "\x21" IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"PPP, LCP", L(9, "\xc0\x21\x01\x01"), .kind = PACKET_OTHER},
	{"PPP in HDLC", L(50, "\xff\x03\0\x21" IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"Cisco HDLC", L(50, "\x0f\0" IP4 IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"Cisco HDLC as 104", L(104, "\x8f\0" IP6 IP6_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"PPPoE link", L(51, "\x11\0\0\x01\0\x2e\0\x21" IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data"},
	{"PPPoE", L(1, MACS "\x88\x64\x11\0\0\x01\0\x2e\0\x21" IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data", .has_mac = true},
	{"PPPoE discovery", L(1, MACS "\x88\x63\x11\x09\0\0\0\0"), .kind = PACKET_OTHER,
	 .has_mac = true},
	{"MPLS", L(1, MACS "\x88\x47\0\x01\x01\x40" IP4_TCP), .kind = PACKET_TCP, .payload = "data",
	 .has_mac = true},
	{"two labels", L(1, MACS "\x88\x48\0\x01\0\x40\0\x02\x01\x40" IP6_TCP), .kind = PACKET_TCP,
	 .payload = "data", .has_mac = true},
	{"pseudo-wire", L(1, MACS "\x88\x47\0\x01\x01\x40" MACS IP4 IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data", .has_mac = true},
	{"pseudo-wire with control word",
	 L(1, MACS "\x88\x47\0\x01\x01\x40\0\0\0\0" MACS IP4 IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data", .has_mac = true},
	{"MPLS channel", L(1, MACS "\x88\x47\0\x01\x01\x40\x10\0\0\x07"), .kind = PACKET_OTHER,
	 .has_mac = true},
	{"an unknown link", L(147, IP4_TCP), .kind = PACKET_OTHER},
};

static const struct row inside_ip[] = {
	{"padding is cut", L(1, MACS IP4 IP4_HEAD("\x28", "\x06") TCP "\0\0\0\0\0\0"),
	 .kind = PACKET_TCP, .payload = "", .has_mac = true},
	{"padding after v6", L(101, IP6_HEAD("\x14", "\x06") TCP "\0\0"), .kind = PACKET_TCP,
	 .payload = ""},
	{"no total length", L(101, IP4_HEAD("\0", "\x06") TCP "data"), .kind = PACKET_TCP,
	 .payload = "data"},
	{"no length, v6", L(101, IP6_HEAD("\0", "\x06") TCP "data"), .kind = PACKET_TCP,
	 .payload = "data"},
	{"cut by the snap length", L(101, IP4_HEAD("\x80", "\x06") TCP "data"), .kind = PACKET_TCP,
	 .payload = "data", .missing = 0x80 - 44},
	{"cut in TCP's options",
	 L(101,
	   IP4_HEAD("\x80", "\x06") PORTS "\0\0\0\x07\0\0\0\x09\x80\x18\x10\0\0\0\0\0\x01\x01"),
	 .kind = PACKET_TCP, .payload = "", .missing = 0x80 - 20 - 32},
	{"IP options",
	 L(101,
	   "\x46\0\0\x30\0\x01\0\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02\x01\x01\x01\0" TCP "data"),
	 .kind = PACKET_TCP, .payload = "data"},
	{"TCP options",
	 L(101, IP4_HEAD("\x30", "\x06") PORTS "\0\0\0\x07\0\0\0\x09\x60\x18\x10\0\0\0\0\0"
					       "\x01\x01\x01\0data"),
	 .kind = PACKET_TCP, .payload = "data"},
	{"UDP", L(101, IP4_HEAD("\x20", "\x11") UDP("\x0c") "data"), .kind = PACKET_UDP,
	 .payload = "data"},
	{"UDP shorter than IP", L(101, IP4_HEAD("\x20", "\x11") UDP("\x0a") "data"),
	 .kind = PACKET_UDP, .payload = "da"},
	{"UDP cut", L(101, IP4_HEAD("\x40", "\x11") UDP("\x2c") "data"), .kind = PACKET_UDP,
	 .payload = "data", .missing = 32},
	{"ICMP", L(101, IP4_HEAD("\x1c", "\x01") "\x08\0\0\0echo"), .kind = PACKET_ICMP},
	{"ICMPv6", L(101, IP6_HEAD("\x04", "\x3a") "\x80\0\0\0"), .kind = PACKET_ICMP},
	{"ICMPv6 in v4", L(101, IP4_HEAD("\x18", "\x3a") "\x80\0\0\0"), .kind = PACKET_IP},
	{"IGMP", L(101, IP4_HEAD("\x1c", "\x02") "\x16\0\0\0\0\0\0\0"), .kind = PACKET_IP},
	{"no next header", L(101, IP6_HEAD("\0", "\x3b")), .kind = PACKET_IP},
	{"extension headers",
	 L(101, IP6_HEAD("\x40", "\0") "\x3c\0\x01\x04\0\0\0\0"               /* hop by hop */
				       "\x2b\0\x01\x04\0\0\0\0"               /* destination */
				       "\x33\0\0\0\0\0\0\0"                   /* routing */
				       "\x06\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0" /* AH */
	   TCP "data"),
	 .kind = PACKET_TCP, .payload = "data"},
	{"an atomic fragment", L(101, IP6_HEAD("\x20", "\x2c") "\x06\0\0\0\0\0\0\x05" TCP "data"),
	 .kind = PACKET_TCP, .payload = "data"},
	{"AH in v4", L(101, IP4_HEAD("\x38", "\x33") "\x06\x01\0\0\0\0\0\0\0\0\0\0" TCP "data"),
	 .kind = PACKET_TCP, .payload = "data"},
	{"IP in IP", L(101, IP4_OUTER("\x40", "\x04") IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data"},
	{"6 in 4", L(1, MACS IP4 IP4_OUTER("\x54", "\x29") IP6_TCP), .kind = PACKET_TCP,
	 .payload = "data"},
	{"4 in 6", L(101, IP6_HEAD("\x2c", "\x04") IP4_TCP), .kind = PACKET_TCP, .payload = "data"},
	{"GRE", L(1, MACS IP4 IP4_OUTER("\x44", "\x2f") "\0\0" IP4 IP4_TCP), .kind = PACKET_TCP,
	 .payload = "data"},
	{"GRE with everything",
	 L(101, IP4_OUTER("\x50", "\x2f") "\xb0\0" IP4 "\0\0\0\0\0\0\0\x01\0\0\0\x02" IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data"},
	{"GRE with Ethernet", L(101, IP4_OUTER("\x52", "\x2f") "\0\0\x65\x58" MACS IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data", .has_mac = true},
	{"GRE with source routes", L(101, IP4_OUTER("\x44", "\x2f") "\x40\0" IP4 IP4_TCP),
	 .kind = PACKET_IP},
	{"GRE, empty", L(101, IP4_OUTER("\x18", "\x2f") "\0\0\0\0"), .kind = PACKET_IP},
	{"PPTP",
	 L(101, IP4_OUTER("\x4e", "\x2f") "\x30\x01\x88\x0b\0\x2e\0\x01\0\0\0\0\0\x21" IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data"},
	{"ERSPAN I", L(101, IP4_OUTER("\x52", "\x2f") "\0\0\x88\xbe" MACS IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data", .has_mac = true},
	{"ERSPAN II",
	 L(101, IP4_OUTER("\x5e", "\x2f") "\x10\0\x88\xbe\0\0\0\x01"
					  "\x10\x01\0\x01\0\0\0\0" MACS IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data", .has_mac = true},
	{"ERSPAN III",
	 L(101, IP4_OUTER("\x6a", "\x2f") "\x10\0\x22\xeb\0\0\0\x01"
					  "\x20\x01\0\x01\0\0\0\0\0\0\0\x01"
					  "\0\0\0\0\0\0\0\0" MACS IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data", .has_mac = true},
	{"VXLAN",
	 L(1, MACS "\x81\0\0\x07" IP4 IP4_OUTER("\x62", "\x11") "\x80\0\x12\xb5\0\x4e\0\0"
								"\x08\0\0\0\0\0\x07\0" MACS
								"\x81\0\0\x09" IP4 IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data", .vlan = 9, .has_mac = true},
	{"VXLAN's port without its flag",
	 L(101, IP4_OUTER("\x5e", "\x11") "\x80\0\x12\xb5\0\x4a\0\0"
					  "\x09\0\0\0\0\0\x07\0" MACS IP4 IP4_TCP),
	 .kind = PACKET_UDP},
	{"MPLS in IP", L(101, IP4_OUTER("\x44", "\x89") "\0\x01\x01\x40" IP4_TCP),
	 .kind = PACKET_TCP, .payload = "data"},
};

static const struct row malformed[] = {
	{"nothing", L(1, ""), .kind = PACKET_MALFORMED, .payload = "ether"},
	{"half an Ethernet header", L(1, "\x02\0\0"), .kind = PACKET_MALFORMED, .payload = "ether"},
	{"half a tag", L(1, MACS "\x81\0\0"), .kind = PACKET_MALFORMED, .payload = "vlan",
	 .has_mac = true},
	{"half of 802.2", L(1, MACS "\0\x02\xaa\xaa"), .kind = PACKET_MALFORMED, .payload = "llc",
	 .has_mac = true},
	{"half of SNAP", L(1, MACS "\0\x05\xaa\xaa\x03\0\0"), .kind = PACKET_MALFORMED,
	 .payload = "snap", .has_mac = true},
	{"ARP's head", L(1, MACS "\x08\x06\0\x01"), .kind = PACKET_MALFORMED, .payload = "arp",
	 .has_mac = true},
	{"ARP's body", L(1, MACS "\x08\x06" ARP_HEAD "\x02"), .kind = PACKET_MALFORMED,
	 .payload = "arp", .has_mac = true},
	{"half of PPPoE", L(51, "\x11\0\0"), .kind = PACKET_MALFORMED, .payload = "pppoe"},
	{"no PPPoE", L(51, "\x21\0\0\x01\0\x2e\0\x21"), .kind = PACKET_MALFORMED,
	 .payload = "pppoe"},
	{"half of PPP", L(9, "\0"), .kind = PACKET_MALFORMED, .payload = "ppp"},
	{"half of HDLC", L(50, "\x0f\0\x08"), .kind = PACKET_MALFORMED, .payload = "hdlc"},
	{"half of null", L(0, "\x02\0"), .kind = PACKET_MALFORMED, .payload = "null"},
	{"half of cooked", L(113, "\0\0\0\x01\0\x06"), .kind = PACKET_MALFORMED, .payload = "sll"},
	{"half of cooked v2", L(276, IP6 "\0\0"), .kind = PACKET_MALFORMED, .payload = "sll"},
	{"labels without end", L(1, MACS "\x88\x47\0\x01\0\x40\0\x01\0\x40"),
	 .kind = PACKET_MALFORMED, .payload = "mpls", .has_mac = true},
	{"no IP at all", L(101, ""), .kind = PACKET_MALFORMED, .payload = "ip"},
	{"no IP version", L(101, "\x55"), .kind = PACKET_MALFORMED, .payload = "ip"},
	{"half of IPv4", L(228, "\x45\0\0\x2c"), .kind = PACKET_MALFORMED, .payload = "ip4"},
	{"IPv4 with another version", L(228, IP6_TCP), .kind = PACKET_MALFORMED, .payload = "ip4"},
	{"a header of 16 bytes", L(101, "\x44\0\0\x2c\0\0\0\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02"),
	 .kind = PACKET_MALFORMED, .payload = "ip4"},
	{"options past the end", L(101, "\x4f\0\0\x50\0\0\0\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02"),
	 .kind = PACKET_MALFORMED, .payload = "ip4"},
	{"a length below the header", L(101, IP4_HEAD("\x13", "\x06") TCP),
	 .kind = PACKET_MALFORMED, .payload = "ip4"},
	{"half of IPv6", L(229, "\x60\0\0\0\0"), .kind = PACKET_MALFORMED, .payload = "ip6"},
	{"IPv6 with another version", L(229, IP4_TCP), .kind = PACKET_MALFORMED, .payload = "ip6"},
	{"half an extension", L(101, IP6_HEAD("\x04", "\0") "\x06\x01\0\0"),
	 .kind = PACKET_MALFORMED, .payload = "ip6-extension"},
	{"half a fragment header", L(101, IP6_HEAD("\x04", "\x2c") "\x06\0\0\0"),
	 .kind = PACKET_MALFORMED, .payload = "ip6-fragment"},
	{"half of TCP", L(101, IP4_HEAD("\x20", "\x06") TCP), .kind = PACKET_MALFORMED,
	 .payload = "tcp"},
	{"TCP of 16 bytes",
	 L(101, IP4_HEAD("\x28", "\x06") PORTS "\0\0\0\x07\0\0\0\x09\x40\x18\x10\0\0\0\0\0"),
	 .kind = PACKET_MALFORMED, .payload = "tcp"},
	{"TCP longer than IP",
	 L(101, IP4_HEAD("\x28", "\x06") PORTS "\0\0\0\x07\0\0\0\x09\x60\x18\x10\0\0\0\0\0"),
	 .kind = PACKET_MALFORMED, .payload = "tcp"},
	{"half of UDP", L(101, IP4_HEAD("\x18", "\x11") PORTS), .kind = PACKET_MALFORMED,
	 .payload = "udp"},
	{"UDP of 7 bytes", L(101, IP4_HEAD("\x20", "\x11") UDP("\x07") "data"),
	 .kind = PACKET_MALFORMED, .payload = "udp"},
	{"UDP longer than IP", L(101, IP4_HEAD("\x20", "\x11") UDP("\x0d") "data"),
	 .kind = PACKET_MALFORMED, .payload = "udp"},
	{"half of ICMP", L(101, IP4_HEAD("\x16", "\x01") "\x08\0"), .kind = PACKET_MALFORMED,
	 .payload = "icmp"},
	{"half of GRE", L(101, IP4_OUTER("\x16", "\x2f") "\0\0"), .kind = PACKET_MALFORMED,
	 .payload = "gre"},
	{"GRE without its key", L(101, IP4_OUTER("\x18", "\x2f") "\x20\0" IP4),
	 .kind = PACKET_MALFORMED, .payload = "gre"},
};

/* Decodes a copy of its exact length, so that a read past the end is seen, over garbage, so that
 * a field left unset is seen. */
static uint8_t *decode(const struct row *row, struct packet *p)
{
	uint8_t *copy = malloc(row->frame.len > 0 ? row->frame.len : 1);

	assert_non_null(copy);
	memcpy(copy, row->frame.at, row->frame.len);
	memset(p, 0xa5, sizeof(*p));
	p->is_tick = p->has_mac = true;
	print_message("  %s\n", row->name);
	assert_int_equal(packet_decode(row->linktype, (struct bytes){copy, row->frame.len}, p),
			 row->kind);
	assert_int_equal(p->kind, row->kind);
	assert_int_equal(p->vlan, row->vlan);
	assert_int_equal(p->payload_missing, row->missing);
	assert_int_equal(p->has_mac, row->has_mac);
	assert_false(p->is_tick);
	assert_int_equal(p->seq, UINT64_C(0xa5a5a5a5a5a5a5a5)); /* the caller's */
	assert_int_equal(p->wire_len, 0xa5a5a5a5);
	return copy;
}

static void check_tcp(const struct packet *p)
{
	assert_int_equal(p->sport, 1234);
	assert_int_equal(p->dport, 445);
	assert_int_equal(p->tcp.seq, 7);
	assert_int_equal(p->tcp.ack, 9);
	assert_int_equal(p->tcp.window, 4096);
	assert_int_equal(p->tcp.flags, TCP_PSH | TCP_ACK);
	assert_int_equal(p->ip_proto, IP_PROTO_TCP);
	assert_int_equal(p->ttl, 64);
	assert_int_equal(p->src.b[15], 1); /* 10.0.0.1, fd00::1: not the tunnel's end */
	assert_int_equal(p->dst.b[15], 2);
	assert_int_equal(p->src.b[addr_is_v4(&p->src) ? 12 : 0], addr_is_v4(&p->src) ? 10 : 0xfd);
}

static void check(const struct row *row)
{
	struct packet p;
	uint8_t *copy = decode(row, &p);

	if (row->kind == PACKET_TCP)
		check_tcp(&p);
	if (row->kind == PACKET_UDP && row->payload != NULL)
		assert_int_equal(p.dport, 445);
	if (row->kind == PACKET_MALFORMED) {
		assert_string_equal(p.why, row->payload);
		assert_int_equal(p.payload.len, 0);
	} else if (row->payload != NULL) {
		assert_int_equal(p.payload.len, strlen(row->payload));
		assert_memory_equal(p.payload.at, row->payload, p.payload.len);
	}
	if (row->has_mac && row->kind != PACKET_MALFORMED)
		assert_int_equal(p.src_mac.b[5], 1);
	free(copy);
}

#define CHECK_ALL(rows)                                                                            \
	for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++)                              \
	check(&(rows)[i])

static void every_link_type_leads_to_ip(void **unused)
{
	(void)unused;
	CHECK_ALL(links);
}

static void ip_leads_to_what_it_carries(void **unused)
{
	(void)unused;
	CHECK_ALL(inside_ip);
}

static void what_cannot_be_read_names_its_layer(void **unused)
{
	(void)unused;
	CHECK_ALL(malformed);
}

static void a_frame_cut_anywhere_is_safe(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(inside_ip) / sizeof(inside_ip[0]); i++) {
		for (size_t len = 0; len < inside_ip[i].frame.len; len++) {
			uint8_t *copy = malloc(len > 0 ? len : 1);
			struct packet p;

			assert_non_null(copy);
			memcpy(copy, inside_ip[i].frame.at, len);
			enum packet_kind kind =
				packet_decode(inside_ip[i].linktype, (struct bytes){copy, len}, &p);

			assert_int_equal(kind, p.kind);
			if (p.payload.len > 0)
				assert_true(p.payload.at >= copy &&
					    p.payload.at + p.payload.len <= copy + len);
			free(copy);
		}
	}
}

static void fragments_come_back_marked(void **unused)
{
	const struct {
		struct bytes frame;
		struct packet_frag want;
		size_t len;
		uint8_t proto;
	} rows[] = {
		{BYTES("\x45\0\0\x1c\x12\x34\x20\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02"
		       "abcdefgh"),
		 {0x1234, 0, true},
		 8,
		 6},
		{BYTES("\x45\0\0\x16\x12\x34\x1f\xff\x40\x11\0\0\x0a\0\0\x01\x0a\0\0\x02"
		       "ab\0\0"),
		 {0x1234, 65528, false},
		 2,
		 17},
		{BYTES(IP6_HEAD("\x10", "\x2c") "\x06\0\0\x09\0\x01\0\x05"
						"abcdefgh"),
		 {0x10005, 8, true},
		 8,
		 6},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct packet p;

		assert_int_equal(packet_decode(101, rows[i].frame, &p), PACKET_FRAGMENT);
		assert_int_equal(p.frag.id, rows[i].want.id);
		assert_int_equal(p.frag.offset, rows[i].want.offset);
		assert_int_equal(p.frag.more, rows[i].want.more);
		assert_int_equal(p.payload.len, rows[i].len);
		assert_int_equal(p.ip_proto, rows[i].proto);
		assert_int_equal(p.sport, 0);
	}
}

static void a_datagram_put_together_is_decoded_like_a_whole_one(void **unused)
{
	struct packet p;

	(void)unused;
	assert_int_equal(packet_decode(101,
				       BYTES(IP6_HEAD("\x10", "\x2c") "\x3c\0\0\x01\0\0\0\x05"
								      "abcdefgh"),
				       &p),
			 PACKET_FRAGMENT);
	/* What was fragmented began with destination options. */
	assert_int_equal(packet_decode_l4(BYTES("\x06\0\x01\x04\0\0\0\0" TCP "data"), 3, &p),
			 PACKET_TCP);
	check_tcp(&p);
	assert_int_equal(p.payload.len, 4);
	assert_int_equal(p.payload_missing, 3);
}

static void arp_gives_both_machines(void **unused)
{
	struct packet p;
	const struct addr asks = addr_v4(0x0a000001), asked = addr_v4(0x0a000002);

	(void)unused;
	assert_int_equal(packet_decode(1, BYTES(MACS "\x08\x06" ARP), &p), PACKET_ARP);
	assert_int_equal(p.arp.op, 1);
	assert_int_equal(p.arp.sha.b[5], 1);
	assert_int_equal(p.arp.tha.b[5], 0);
	assert_true(addr_eq(&p.src, &asks));
	assert_true(addr_eq(&p.dst, &asked));
}

static void layers_end_somewhere(void **unused)
{
	uint8_t frame[12 + PACKET_LAYERS * 4 + 2 + 44];
	struct packet p;

	(void)unused;
	for (unsigned tags = 0; tags <= PACKET_LAYERS; tags++) {
		struct writer w = {frame, 0, sizeof(frame), false};

		wr_bytes(&w, BYTES(MACS));
		for (unsigned i = 0; i < tags; i++)
			wr_be(&w, 4, 0x81000005);
		wr_be(&w, 2, 0x0800);
		wr_bytes(&w, BYTES(IP4_TCP));
		packet_decode(1, (struct bytes){frame, w.len}, &p);
		if (tags < PACKET_LAYERS) {
			assert_int_equal(p.kind, PACKET_TCP);
		} else {
			assert_int_equal(p.kind, PACKET_MALFORMED);
			assert_string_equal(p.why, "layers");
		}
	}
}

static void link_types_are_known_or_not(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		assert_int_equal(packet_knows_linktype(links[i].linktype),
				 links[i].linktype != 147);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_type_leads_to_ip),
		cmocka_unit_test(ip_leads_to_what_it_carries),
		cmocka_unit_test(what_cannot_be_read_names_its_layer),
		cmocka_unit_test(a_frame_cut_anywhere_is_safe),
		cmocka_unit_test(fragments_come_back_marked),
		cmocka_unit_test(a_datagram_put_together_is_decoded_like_a_whole_one),
		cmocka_unit_test(arp_gives_both_machines),
		cmocka_unit_test(layers_end_somewhere),
		cmocka_unit_test(link_types_are_known_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
