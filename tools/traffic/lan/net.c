#include "lan/net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	ETH = 14,
	ETH_MIN = 60, /* without the check sequence */
	IP4 = 20,
	IP6 = 40,
	UDP = 8,
	TCP = 20,
	ETHERTYPE_IP4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IP6 = 0x86dd,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	ARP_LEN = 28,
};

static const struct mac mac_all = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

struct packet_to {
	uint64_t at;
	const struct mac *smac, *dmac;
	const struct addr *src, *dst;
	uint8_t proto, ttl;
	uint16_t id;
};

static void complain(const char *path, int why)
{
	fprintf(stderr, "quell-traffic: %s: %s\n", path, strerror(why));
}

static void lan_free(struct lan *n)
{
	free(n->scratch);
	free(n->text);
	free(n->noise);
	free(n);
}

static void fill(struct lan *n)
{
	static const char line[] = "<p>The quarterly figures of the stationery department.</p>\r\n";
	struct rng r = {1};

	for (size_t i = 0; i < LAN_TEXT; i++)
		n->text[i] = (uint8_t)line[i % (sizeof(line) - 1)];
	rng_fill(&r, n->noise, (size_t)2 * LAN_NOISE);
}

struct lan *lan_new(const char *path, uint64_t seed)
{
	struct lan *n = calloc(1, sizeof(*n));

	if (n == NULL) {
		complain(path, errno);
		return NULL;
	}
	n->scratch = malloc(LAN_SCRATCH);
	n->text = malloc(LAN_TEXT);
	n->noise = malloc((size_t)2 * LAN_NOISE);
	if (n->scratch == NULL || n->text == NULL || n->noise == NULL ||
	    trace_open(path, &n->trace) != RC_OK) {
		complain(path, errno);
		lan_free(n);
		return NULL;
	}
	fill(n);
	n->rng.state = seed;
	return n;
}

struct bytes lan_text(const struct lan *n, size_t len)
{
	return (struct bytes){n->text, len < LAN_TEXT ? len : LAN_TEXT};
}

struct bytes lan_noise(struct lan *n, size_t len)
{
	return (struct bytes){n->noise + rng_below(&n->rng, LAN_NOISE),
			      len < LAN_NOISE ? len : LAN_NOISE};
}

int lan_finish(struct lan *n, const char *path)
{
	enum rc rc = trace_close(n->trace);

	if (rc != RC_OK)
		complain(path, errno);
	lan_free(n);
	return rc == RC_OK ? 0 : 1;
}

void net_join(struct lan *n, struct host *h)
{
	if (n->hosts + 1 < NET_LOCAL)
		h->index = ++n->hosts;
}

uint16_t host_port(struct host *h)
{
	uint16_t first = h->os == OS_XP || h->os == OS_2003 ? 1030 : 49160;
	uint16_t last = h->os == OS_XP || h->os == OS_2003 ? 5000 : 65530;

	if (h->port < first || h->port >= last)
		h->port = first;
	return h->port++;
}

static uint8_t ttl_of(const struct host *h)
{
	uint8_t first = h->os == OS_LINUX || h->os == OS_PRINTER || h->os == OS_OTHER ? 64 : 128;

	if (h->hops > 0)
		return (uint8_t)(first - h->hops);
	return (uint8_t)(h->via != NULL ? first - 11 : first);
}

static const struct mac *mac_towards(const struct host *h)
{
	return h->via != NULL ? &h->via->mac : &h->mac;
}

static uint64_t add_bytes(uint64_t sum, struct bytes b)
{
	size_t i = 0;

	/* Four bytes at a time: the one's complement sum does not mind (RFC 1071 2B). */
	for (; i + 4 <= b.len; i += 4) {
		uint32_t v;

		memcpy(&v, b.at + i, 4);
		sum += v;
	}
	for (; i < b.len; i += 2) {
		uint8_t two[2] = {b.at[i], i + 1 < b.len ? b.at[i + 1] : 0};
		uint16_t v;

		memcpy(&v, two, 2);
		sum += v;
	}
	return sum;
}

/* In the machine's own byte order, to be stored by memcpy. */
static uint16_t fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void ethernet(struct writer *w, const struct mac *src, const struct mac *dst, uint16_t type)
{
	wr_bytes(w, (struct bytes){dst->b, 6});
	wr_bytes(w, (struct bytes){src->b, 6});
	wr_be(w, 2, type);
}

static struct writer frame(struct lan *n, uint64_t at, size_t len)
{
	size_t padded = len > ETH_MIN ? len : ETH_MIN;
	uint8_t *to = trace_frame(n->trace, at, padded);

	memset(to + len, 0, padded - len);
	return (struct writer){to, 0, len, false};
}

void net_seal_ip4(uint8_t *ip)
{
	uint16_t sum;

	memset(ip + 10, 0, 2);
	sum = fold(add_bytes(0, (struct bytes){ip, (size_t)(ip[0] & 15) * 4}));
	memcpy(ip + 10, &sum, 2);
}

static struct writer ip4_packet(struct lan *n, const struct packet_to *p, size_t len)
{
	struct writer w = frame(n, p->at, ETH + IP4 + len);

	ethernet(&w, p->smac, p->dmac, ETHERTYPE_IP4);
	wr_be(&w, 1, 0x45);
	wr_be(&w, 1, 0);
	wr_be(&w, 2, IP4 + len);
	wr_be(&w, 2, p->id);
	wr_be(&w, 2, p->proto == PROTO_TCP ? 0x4000 : 0); /* don't fragment */
	wr_be(&w, 1, p->ttl);
	wr_be(&w, 1, p->proto);
	wr_be(&w, 2, 0);
	wr_bytes(&w, (struct bytes){p->src->b + 12, 4});
	wr_bytes(&w, (struct bytes){p->dst->b + 12, 4});
	net_seal_ip4(w.at + ETH);
	return w;
}

static struct writer ip_packet(struct lan *n, const struct packet_to *p, size_t len)
{
	struct writer w;

	if (addr_is_v4(p->src))
		return ip4_packet(n, p, len);
	w = frame(n, p->at, ETH + IP6 + len);
	ethernet(&w, p->smac, p->dmac, ETHERTYPE_IP6);
	wr_be(&w, 4, 0x60000000);
	wr_be(&w, 2, len);
	wr_be(&w, 1, p->proto);
	wr_be(&w, 1, p->ttl);
	wr_bytes(&w, (struct bytes){p->src->b, 16});
	wr_bytes(&w, (struct bytes){p->dst->b, 16});
	return w;
}

/* The checksum over the pseudo header and `l4`, stored `at` bytes into it. */
static void seal(struct bytes l4, const struct packet_to *p, uint8_t *at)
{
	bool is_v4 = addr_is_v4(p->src);
	size_t from = is_v4 ? 12 : 0;
	uint8_t pseudo[8];
	struct writer w = {pseudo, 0, sizeof(pseudo), false};
	uint64_t sum;
	uint16_t v;

	wr_be(&w, 4, l4.len);
	wr_be(&w, 4, p->proto);
	sum = add_bytes(0, (struct bytes){p->src->b + from, 16 - from});
	sum = add_bytes(sum, (struct bytes){p->dst->b + from, 16 - from});
	sum = add_bytes(sum, (struct bytes){pseudo, sizeof(pseudo)});
	v = fold(add_bytes(sum, l4));
	if (v == 0 && p->proto == PROTO_UDP)
		v = 0xffff; /* zero means that there is none */
	memcpy(at, &v, 2);
}

static void arp(struct lan *n, uint64_t at, unsigned op, const struct host *from,
		const struct mac *to_mac, const struct addr *to)
{
	struct writer w = frame(n, at, ETH + ARP_LEN);
	static const struct mac nobody;

	ethernet(&w, &from->mac, op == 1 ? &mac_all : to_mac, ETHERTYPE_ARP);
	wr_be(&w, 8, 0x0001080006040000 | op);
	wr_bytes(&w, (struct bytes){from->mac.b, 6});
	wr_bytes(&w, (struct bytes){from->addr.b + 12, 4});
	wr_bytes(&w, (struct bytes){op == 1 ? nobody.b : to_mac->b, 6});
	wr_bytes(&w, (struct bytes){to->b + 12, 4});
}

void net_arp_nobody(struct lan *n, uint64_t at, struct host *from, const struct addr *whom)
{
	arp(n, at, 1, from, NULL, whom);
}

void net_arp_announce(struct lan *n, uint64_t at, struct host *h)
{
	arp(n, at, 1, h, NULL, &h->addr);
}

bool net_resolve(struct lan *n, uint64_t *at, struct host *from, struct host *to)
{
	struct host *hop = to->via != NULL ? to->via : to;
	uint64_t *known = &n->known_until[from->index][hop->index];

	if (from->via != NULL || from->index == 0 || hop->index == 0 || !addr_is_v4(&hop->addr))
		return true; /* the other side's routers do this out of sight */
	if (*known > *at)
		return true;
	arp(n, *at, 1, from, NULL, &hop->addr);
	if (hop->is_off)
		return false;
	*at += rng_between(&n->rng, 80 * US, 400 * US);
	arp(n, *at, 2, hop, &from->mac, &from->addr);
	*at += 20 * US;
	*known = *at + rng_between(&n->rng, 2 * MINUTE, 10 * MINUTE);
	n->known_until[hop->index][from->index] = *known; /* who is asked learns too */
	return true;
}

static void udp_to(struct lan *n, struct packet_to *p, struct datagram d, struct bytes payload)
{
	struct writer w = ip_packet(n, p, UDP + payload.len);
	size_t start = w.len;

	wr_be(&w, 2, d.sport);
	wr_be(&w, 2, d.dport);
	wr_be(&w, 2, UDP + payload.len);
	wr_be(&w, 2, 0);
	wr_bytes(&w, payload);
	seal((struct bytes){w.at + start, w.len - start}, p, w.at + start + 6);
}

static struct packet_to towards(uint64_t at, struct host *from, struct host *to, uint8_t proto)
{
	return (struct packet_to){.at = at,
				  .smac = mac_towards(from),
				  .dmac = mac_towards(to),
				  .src = &from->addr,
				  .dst = &to->addr,
				  .proto = proto,
				  .ttl = ttl_of(from),
				  .id = from->ip_id++};
}

void udp_send(struct lan *n, uint64_t at, struct datagram d, struct bytes payload)
{
	struct packet_to p = towards(at, d.from, d.to, PROTO_UDP);

	udp_to(n, &p, d, payload);
}

void udp_shout(struct lan *n, uint64_t at, struct datagram d, const struct addr *to,
	       struct bytes payload)
{
	static const struct addr unset = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}};
	struct packet_to p = towards(at, d.from, d.from, PROTO_UDP);
	struct mac group = {{0x01, 0x00, 0x5e, to->b[13] & 0x7f, to->b[14], to->b[15]}};
	bool is_group = to->b[12] >= 224 && to->b[12] < 240;

	p.dst = to;
	p.dmac = is_group ? &group : &mac_all;
	if (is_group)
		p.ttl = 4;
	if (d.sport == 68) /* DHCP: it has no address yet */
		p.src = &unset;
	udp_to(n, &p, d, payload);
}

void tcp_segment(struct lan *n, uint64_t at, const struct segment *s)
{
	struct packet_to p = towards(at, s->from, s->to, PROTO_TCP);
	struct writer w = ip_packet(n, &p, TCP + s->options.len + s->data.len);
	size_t start = w.len;

	wr_be(&w, 2, s->sport);
	wr_be(&w, 2, s->dport);
	wr_be(&w, 4, s->seq);
	wr_be(&w, 4, s->ack);
	wr_be(&w, 1, (TCP + s->options.len) / 4 << 4);
	wr_be(&w, 1, s->flags);
	wr_be(&w, 2, s->window);
	wr_be(&w, 4, 0);
	wr_bytes(&w, s->options);
	wr_bytes(&w, s->data);
	seal((struct bytes){w.at + start, w.len - start}, &p, w.at + start + 16);
}

static void echo(struct lan *n, uint64_t at, struct host *from, struct host *to, uint8_t type)
{
	enum { ECHO = 40 };
	struct packet_to p = towards(at, from, to, PROTO_ICMP);
	struct writer w = ip_packet(n, &p, ECHO);
	size_t start = w.len;
	uint16_t sum;

	wr_be(&w, 1, type);
	wr_be(&w, 3, 0);
	wr_be(&w, 4, 0x02000100);
	wr_bytes(&w, BYTES("abcdefghijklmnopqrstuvwabcdefghi"));
	sum = fold(add_bytes(0, (struct bytes){w.at + start, ECHO}));
	memcpy(w.at + start + 2, &sum, 2);
}

void net_ping(struct lan *n, uint64_t at, struct host *from, struct host *to)
{
	if (!net_resolve(n, &at, from, to))
		return;
	echo(n, at, from, to, 8);
	if (!to->is_off)
		echo(n, at + rng_between(&n->rng, 200 * US, 900 * US), to, from, 0);
}
