/* The first byte picks a port or protocol, the rest is the payload. The same packet says the same
 * every time; a text is UTF-8 within its length; what has neither address nor card is nobody's. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/text.h"
#include "proto/datagram.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	uint64_t sum;
	unsigned n;
};

static void on_event(void *ctx, enum dir dir, struct event *ev)
{
	struct heard *h = ctx;
	struct bytes *fields[EV_BYTES_MAX];
	unsigned n = event_bytes(ev, fields);
	char text[3 * EV_TEXT_MAX + 1];

	(void)dir;
	if (ev->kind != EV_IDENT || ev->ident.from >= IDENT_FROMS || ev->ident.act > IDENT_ENDS)
		abort();
	for (unsigned i = 0; i < n; i++) {
		if (fields[i]->len > EV_TEXT_MAX)
			abort();
		if (text_from_utf8(*fields[i], text, sizeof(text)) != fields[i]->len ||
		    memcmp(text, fields[i]->len > 0 ? fields[i]->at : (const uint8_t *)"",
			   fields[i]->len) != 0)
			abort();
		h->sum = hash_bytes(text, strlen(text), h->sum);
	}
	h->sum = hash_bytes(ev->ident.addr.b, sizeof(ev->ident.addr.b), h->sum);
	h->n++;
}

static void on_what(void *ctx, enum dir dir, const char *proto, const char *what)
{
	struct heard *h = ctx;

	(void)dir;
	h->sum = hash_bytes(proto, strlen(proto), hash_bytes(what, strlen(what), h->sum));
}

static void on_blind(void *ctx, enum dir dir, const char *what)
{
	on_what(ctx, dir, "", what);
}

static struct heard hear(const struct packet *p)
{
	struct heard h = {0};
	const struct proto_out out = {
		.event = on_event,
		.anomaly = on_what,
		.blind = on_blind,
		.ctx = &h,
		.wants = EV_BIT(EV_IDENT),
	};

	datagram_take(p, &out);
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t ports[] = {53, 67, 68, 88, 137, 138, 546, 547, 5353, 5355};
	enum { PORTS = sizeof(ports) / sizeof(ports[0]) };
	unsigned pick = size > 0 ? data[0] % (PORTS + 3) : 0;
	struct packet p = {
		.kind = PACKET_UDP,
		.src = addr_v4(0x0a000007),
		.dst = addr_v4(0x0a0000ff),
		.src_mac = {{2, 0, 0, 0, 0, 7}},
		.has_mac = true,
		.ttl = 255,
		.payload = size > 1 ? (struct bytes){data + 1, size - 1} : (struct bytes){NULL, 0},
	};

	if (pick < PORTS) {
		p.sport = p.dport = ports[pick];
	} else if (pick == PORTS) {
		p.kind = PACKET_ICMP;
		p.ip_proto = IP_PROTO_ICMP6;
	} else {
		p.kind = PACKET_NEIGHBOUR;
		p.neighbour = pick == PORTS + 1 ? PACKET_LLDP : PACKET_CDP;
	}

	struct heard one = hear(&p), two = hear(&p);

	if (one.n != two.n || one.sum != two.sum)
		abort();
	/* A message has a few hundred records at most, and so few statements. */
	if (one.n > 512 || (one.n > 0 && !datagram_wants(&p)))
		abort();
	return 0;
}
