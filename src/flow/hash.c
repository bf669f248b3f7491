/*
 * Which flow a packet belongs to, as a number.
 *
 * Both endpoints are mixed alone and added up, which makes the hash the same for both
 * directions; one multiplication of 64 by 64 bits per endpoint and one for the sum (the mixing
 * step of wyhash). The top 4 bits choose the shard, the low ones the slot within it: a shard
 * of 2^27 flows would be the first to share bits.
 */
#include "flow/table.h"

static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t end_hash(const struct addr *a, uint16_t port, uint64_t seed)
{
	uint64_t hi = 0, lo = 0;

	memcpy(&hi, a->b, sizeof(hi));
	memcpy(&lo, a->b + sizeof(hi), sizeof(lo));
	hi ^= (uint64_t)port << 24 ^ UINT64_C(0x9e3779b97f4a7c15);
	return mix(hi + seed, lo ^ (seed ^ UINT64_C(0xe7037ed1a0b428db)));
}

uint32_t flow_hash(const struct packet *p, uint64_t seed)
{
	struct packet quoted;

	if (p->kind == PACKET_ICMP && quoted_flow(p, &quoted))
		p = &quoted;

	uint16_t sport = p->kind == PACKET_TCP || p->kind == PACKET_UDP ? p->sport : 0;
	uint16_t dport = p->kind == PACKET_TCP || p->kind == PACKET_UDP ? p->dport : 0;
	uint64_t h = end_hash(&p->src, sport, seed) + end_hash(&p->dst, dport, seed);

	h = mix(h ^ UINT64_C(0x8ebc6af09c88c6e3),
		table_net(p) ^ seed ^ UINT64_C(0x589965cc75374cc3));
	return (uint32_t)(h ^ h >> 32);
}

/* RFC 792, RFC 4443: type, code, checksum, four bytes, then the packet that it is about. */
enum { ICMP_HEAD = 8, IP4_HEAD = 20 };

static void quoted_ip4(struct reader *r, struct packet *q)
{
	unsigned head = (rd_u8(r) & 15u) * 4u;

	rd_skip(r, 5);
	r->bad |= (rd_be16(r) & 0x1fff) != 0 || head < IP4_HEAD; /* no ports in a later fragment */
	rd_skip(r, 1);
	q->ip_proto = rd_u8(r);
	rd_skip(r, 2);

	struct addr src = addr_v4(rd_be32(r));
	struct addr dst = addr_v4(rd_be32(r));

	if (r->bad)
		return;
	q->src = src;
	q->dst = dst;
	rd_skip(r, head - IP4_HEAD);
}

static void quoted_ip6(struct reader *r, struct packet *q)
{
	rd_skip(r, 6);
	q->ip_proto = rd_u8(r);
	rd_skip(r, 1);

	struct bytes src = rd_take(r, 16), dst = rd_take(r, 16);

	if (r->bad)
		return;
	memcpy(q->src.b, src.at, src.len);
	memcpy(q->dst.b, dst.at, dst.len);
}

/* Is it an error, which quotes a packet? */
static bool is_error(const struct packet *icmp, uint8_t type)
{
	if (icmp->ip_proto == IP_PROTO_ICMP6)
		return type >= 1 && type <= 4;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

bool quoted_flow(const struct packet *icmp, struct packet *ret_quoted)
{
	struct reader r = {.rest = icmp->payload};
	uint8_t type = rd_u8(&r);

	rd_skip(&r, ICMP_HEAD - 1);
	if (r.bad || r.rest.len == 0 || !is_error(icmp, type))
		return false;

	struct packet q = {.vlan = icmp->vlan, .hash = icmp->hash};

	if (r.rest.at[0] >> 4 == 4)
		quoted_ip4(&r, &q);
	else
		quoted_ip6(&r, &q);
	q.sport = rd_be16(&r);
	q.dport = rd_be16(&r);
	if (r.bad || (q.ip_proto != IP_PROTO_TCP && q.ip_proto != IP_PROTO_UDP))
		return false;
	q.kind = q.ip_proto == IP_PROTO_TCP ? PACKET_TCP : PACKET_UDP;
	*ret_quoted = q;
	return true;
}
