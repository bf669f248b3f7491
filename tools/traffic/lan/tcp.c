#include "lan/tcp.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
enum { WINDOW = 65535, WINDOW_7 = 8192, GIGABIT_NS_PER_BYTE = 8 };

/* Vista to Windows 8 begin with 8 KiB. */
static uint16_t window_of(const struct host *h, unsigned flags)
{
	if ((flags & RST) != 0)
		return 0;
	return (flags & SYN) != 0 && (h->os == OS_7 || h->os == OS_2008) ? WINDOW_7 : WINDOW;
}

static void segment(struct tcp *t, unsigned side, unsigned flags, struct bytes options,
		    struct bytes data)
{
	struct segment s = {.from = t->end[side],
			    .to = t->end[!side],
			    .sport = t->port[side],
			    .dport = t->port[!side],
			    .seq = t->seq[side],
			    .ack = (flags & ACK) != 0 ? t->seq[!side] : 0,
			    .window = window_of(t->end[side], flags),
			    .flags = (uint8_t)flags,
			    .options = options,
			    .data = data};

	tcp_segment(t->net, t->at, &s);
	t->seq[side] += (uint32_t)data.len + ((flags & (SYN | FIN)) != 0);
	if ((flags & ACK) != 0)
		t->pending[!side] = 0;
}

static const struct bytes none;

/* Windows XP's SYN is 48 bytes long (MSS, SACK permitted); later ones offer window scaling,
 * which here scales by nothing. */
static struct bytes syn_options(const struct host *h, bool is_v6)
{
	static const uint8_t old[] = {2, 4, 0x05, 0xb4, 1, 1, 4, 2};
	static const uint8_t newer[] = {2, 4, 0x05, 0xb4, 1, 3, 3, 0, 1, 1, 4, 2};
	static const uint8_t v6[] = {2, 4, 0x05, 0xa0, 1, 3, 3, 0, 1, 1, 4, 2};

	if (is_v6)
		return (struct bytes){v6, sizeof(v6)};
	if (h->os == OS_XP || h->os == OS_2003)
		return (struct bytes){old, sizeof(old)};
	return (struct bytes){newer, sizeof(newer)};
}

static void start(struct tcp *t, struct lan *n, uint64_t at, struct datagram who)
{
	bool is_far = who.from->via != NULL || who.to->via != NULL;

	*t = (struct tcp){.net = n,
			  .end = {who.from, who.to},
			  .port = {who.sport, who.dport},
			  .seq = {(uint32_t)rng_next(&n->rng), (uint32_t)rng_next(&n->rng)},
			  .at = at};
	if (n->first_seq != 0)
		t->seq[0] = t->seq[1] = n->first_seq;
	t->delay = is_far ? rng_between(&n->rng, 4 * MS, 25 * MS)
			  : rng_between(&n->rng, 60 * US, 200 * US);
}

static enum tcp_fate silence(struct tcp *t)
{
	static const uint64_t wait[] = {0, 3 * SEC, 6 * SEC};
	struct bytes options = syn_options(t->end[0], !addr_is_v4(&t->end[0]->addr));

	for (unsigned i = 0; i < 3; i++) {
		t->at += wait[i];
		segment(t, TCP_CLIENT, SYN, options, none);
		t->seq[0]--;
	}
	return TCP_SILENCE;
}

enum tcp_fate tcp_open(struct tcp *t, struct lan *n, uint64_t at, struct datagram who,
		       enum tcp_fate fate)
{
	bool is_v6 = !addr_is_v4(&who.from->addr);
	bool scales;

	start(t, n, at, who);
	if (!net_resolve(n, &t->at, who.from, who.to))
		return TCP_SILENCE;
	if (fate == TCP_SILENCE || who.to->is_off)
		return silence(t);
	segment(t, TCP_CLIENT, SYN, syn_options(who.from, is_v6), none);
	t->at += t->delay * 2;
	if (fate == TCP_REFUSED) {
		t->seq[1] = 0;
		segment(t, TCP_SERVER, RST | ACK, none, none);
		return TCP_REFUSED;
	}
	/* A server may only answer what was offered. */
	scales = syn_options(who.from, is_v6).len > 8;
	segment(t, TCP_SERVER, SYN | ACK, syn_options(scales ? who.to : who.from, is_v6), none);
	t->at += t->delay / 4 + 10 * US;
	segment(t, TCP_CLIENT, ACK, none, none);
	return TCP_ACCEPTED;
}

void tcp_midstream(struct tcp *t, struct lan *n, uint64_t at, struct datagram who)
{
	start(t, n, at, who);
}

static void acknowledge(struct tcp *t, unsigned side)
{
	t->at += 15 * US;
	segment(t, side, ACK, none, none);
}

void tcp_say(struct tcp *t, unsigned side, struct bytes data)
{
	size_t mss = addr_is_v4(&t->end[0]->addr) ? NET_MSS : NET_MSS - 20;

	if (t->mss > 0)
		mss = t->mss;

	t->at += t->delay + rng_below(&t->net->rng, 100000);
	while (data.len > 0) {
		struct bytes part = bytes_slice(data, 0, mss);

		data = bytes_slice(data, part.len, data.len);
		segment(t, side, data.len > 0 ? ACK : PSH | ACK, none, part);
		t->at += part.len * GIGABIT_NS_PER_BYTE + US;
		if (++t->pending[side] == 2)
			acknowledge(t, !side);
	}
}

void tcp_close(struct tcp *t, unsigned side)
{
	t->at += t->delay;
	segment(t, side, FIN | ACK, none, none);
	t->at += t->delay;
	segment(t, !side, FIN | ACK, none, none);
	t->at += t->delay;
	segment(t, side, ACK, none, none);
}

void tcp_reset(struct tcp *t, unsigned side)
{
	t->at += t->delay;
	segment(t, side, RST | ACK, none, none);
}
