/*
 * net - machines on an Ethernet segment, and the frames they send: ARP, IPv4, IPv6, UDP, TCP
 * segments and ICMP, with right lengths and checksums (RFC 826, 791, 8200, 768, 9293, 792).
 */
#ifndef TRAFFIC_NET_H
#define TRAFFIC_NET_H

#include "base/addr.h"
#include "base/bytes.h"
#include "lan/rng.h"
#include "lan/trace.h"

#define US     1000ull
#define MS     1000000ull
#define SEC    1000000000ull
#define MINUTE (60 * SEC)

enum os { OS_OTHER, OS_XP, OS_2003, OS_2008, OS_7, OS_10, OS_LINUX, OS_PRINTER };

enum {
	HOST_NAME = 16,
	NET_MSS = 1460,
	NET_LOCAL = 256,
	LAN_TEXT = 1 << 20,
	LAN_NOISE = 1 << 14,
	LAN_SCRATCH = LAN_TEXT + 4096
};

struct host {
	struct addr addr;
	struct mac mac;
	char name[HOST_NAME]; /* NetBIOS style, upper case, with the NUL */
	enum os os;
	struct host *via; /* the router in front of it; NULL: on the segment */
	uint64_t guid;    /* of its SMB 2 client; 0: made from the MAC */
	uint8_t hops;     /* routers on the way; 0: none, or the usual number behind `via` */
	bool is_off;      /* answers nothing, not even ARP */
	uint16_t ip_id, port;
	uint16_t index; /* among those on the segment, for who knows whose MAC; 0: nobody */
};

struct lan {
	struct trace *trace;
	struct rng rng;
	uint64_t known_until[NET_LOCAL][NET_LOCAL]; /* [who][whom]: ARP cache entry lasts until */
	uint16_t hosts;                             /* indexes given out */
	uint32_t first_seq;                         /* of every TCP stream; 0: random */
	uint8_t *text, *noise;
	uint8_t *scratch; /* LAN_SCRATCH bytes for a message in the making */
};

/* n bytes of a document's text, the same for everybody, or of noise that starts elsewhere each
 * time; at most LAN_TEXT and LAN_NOISE. Valid as long as the LAN. */
struct bytes lan_text(const struct lan *n, size_t len);
struct bytes lan_noise(struct lan *n, size_t len);

/* Zeroed memory for a LAN that writes to `path`; seeded. NULL: it said why on stderr. */
struct lan *lan_new(const char *path, uint64_t seed);

/* Ends the file and frees the LAN. The program's exit status. */
int lan_finish(struct lan *n, const char *path);

/* Gives the host a place on the segment. */
void net_join(struct lan *n, struct host *h);

/* A client port, a different one each time, as Windows counts. */
uint16_t host_port(struct host *h);

/* ARP where `from` does not know the next hop to `to`. Moves *at on. False: nobody answered. */
bool net_resolve(struct lan *n, uint64_t *at, struct host *from, struct host *to);

/* A question for an address that nobody has. */
void net_arp_nobody(struct lan *n, uint64_t at, struct host *from, const struct addr *whom);

/* "I am here": on boot, and after DHCP. */
void net_arp_announce(struct lan *n, uint64_t at, struct host *h);

struct datagram {
	struct host *from, *to;
	uint16_t sport, dport;
};

void udp_send(struct lan *n, uint64_t at, struct datagram d, struct bytes payload);

/* To everybody on the segment: `to` is the broadcast or multicast address. */
void udp_shout(struct lan *n, uint64_t at, struct datagram d, const struct addr *to,
	       struct bytes payload);

struct segment {
	struct host *from, *to;
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint16_t window;
	uint8_t flags;
	struct bytes options, data;
};

void tcp_segment(struct lan *n, uint64_t at, const struct segment *s);

/* Puts the right checksum into the IPv4 header at `ip`. */
void net_seal_ip4(uint8_t *ip);

/* An echo request and its answer. */
void net_ping(struct lan *n, uint64_t at, struct host *from, struct host *to);

#endif
