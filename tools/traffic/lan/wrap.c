#include "lan/wrap.h"

#include "lan/net.h"

enum {
	FRAME_MAX = 2048,
	ETH = 14,
	IP4 = 20,
	MACS = 12,
	GRE = 4,
	VXLAN = 8,
	UDP = 8,
	VXLAN_PORT = 4789,
	FRAGMENT = 120, /* a multiple of eight */
	SERVER_PORT = 445,
};

static void tagged(struct trace *t, uint64_t at_ns, struct bytes frame, struct bytes tags)
{
	uint8_t room[FRAME_MAX];
	struct writer w = {room, 0, sizeof(room), false};

	wr_bytes(&w, bytes_slice(frame, 0, MACS));
	wr_bytes(&w, tags);
	wr_bytes(&w, bytes_slice(frame, MACS, frame.len));
	trace_write(t, at_ns, (struct bytes){room, w.len});
}

void wrap_vlan(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	(void)ctx;
	tagged(t, at_ns, frame, BYTES("\x81\x00\x00\x17"));
}

void wrap_qinq(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	(void)ctx;
	tagged(t, at_ns, frame, BYTES("\x88\xa8\x00\x64\x81\x00\x00\x17"));
}

static void outer_ip4(struct writer *w, uint8_t proto, size_t len)
{
	wr_bytes(w, BYTES("\x00\x1b\x54\xaa\x00\x02\x00\x1b\x54\xaa\x00\x01\x08\x00"));
	wr_be(w, 2, 0x4500);
	wr_be(w, 2, IP4 + len);
	wr_be(w, 4, 0);
	wr_be(w, 1, 64);
	wr_be(w, 1, proto);
	wr_be(w, 2, 0);
	wr_be(w, 4, 0xac100001); /* 172.16.0.1 to .2 */
	wr_be(w, 4, 0xac100002);
	net_seal_ip4(w->at + ETH);
}

/* Without Ethernet's padding. */
static struct bytes ip_of(struct bytes frame)
{
	size_t len = (size_t)(frame.at[ETH + 2] << 8 | frame.at[ETH + 3]);

	return bytes_slice(frame, ETH, len);
}

static bool is_ip4(struct bytes frame)
{
	return frame.at[MACS] == 8 && frame.at[MACS + 1] == 0;
}

void wrap_mpls(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	uint8_t room[FRAME_MAX];
	struct writer w = {room, 0, sizeof(room), false};

	(void)ctx;
	if (!is_ip4(frame))
		return;
	wr_bytes(&w, bytes_slice(frame, 0, MACS));
	wr_be(&w, 2, 0x8847);
	wr_be(&w, 4, 0x0001e040); /* label 30, more below */
	wr_be(&w, 4, 0x00021140); /* label 33, the last */
	wr_bytes(&w, ip_of(frame));
	trace_write(t, at_ns, (struct bytes){room, w.len});
}

void wrap_pppoe(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	uint8_t room[FRAME_MAX];
	struct writer w = {room, 0, sizeof(room), false};

	(void)ctx;
	if (!is_ip4(frame))
		return;
	wr_bytes(&w, bytes_slice(frame, 0, MACS));
	wr_be(&w, 2, 0x8864);
	wr_be(&w, 4, 0x11000007); /* session 7 */
	wr_be(&w, 2, 2 + ip_of(frame).len);
	wr_be(&w, 2, 0x0021); /* PPP: IPv4 */
	wr_bytes(&w, ip_of(frame));
	trace_write(t, at_ns, (struct bytes){room, w.len});
}

void wrap_gre(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	uint8_t room[FRAME_MAX];
	struct writer w = {room, 0, sizeof(room), false};
	struct bytes inner;

	(void)ctx;
	if (!is_ip4(frame))
		return;
	inner = ip_of(frame);
	outer_ip4(&w, 47, GRE + inner.len);
	wr_be(&w, 4, 0x00000800);
	wr_bytes(&w, inner);
	trace_write(t, at_ns, (struct bytes){room, w.len});
}

void wrap_vxlan(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	uint8_t room[FRAME_MAX];
	struct writer w = {room, 0, sizeof(room), false};

	(void)ctx;
	outer_ip4(&w, 17, UDP + VXLAN + frame.len);
	wr_be(&w, 2, 50123);
	wr_be(&w, 2, VXLAN_PORT);
	wr_be(&w, 2, UDP + VXLAN + frame.len);
	wr_be(&w, 2, 0);
	wr_be(&w, 8, 0x0800000000007b00);
	wr_bytes(&w, frame);
	trace_write(t, at_ns, (struct bytes){room, w.len});
}

static void one_fragment(struct trace *t, uint64_t at_ns, struct bytes frame, size_t from)
{
	uint8_t room[FRAME_MAX];
	struct writer w = {room, 0, sizeof(room), false};
	struct bytes ip = ip_of(frame), data = bytes_slice(ip, IP4, ip.len);
	struct bytes part = bytes_slice(data, from, FRAGMENT);
	bool is_last = from + part.len == data.len;

	wr_bytes(&w, bytes_slice(frame, 0, ETH + IP4));
	wr_patch_be(&w, ETH + 2, 2, IP4 + part.len);
	wr_patch_be(&w, ETH + 6, 2, (is_last ? 0 : 0x2000) | from / 8);
	net_seal_ip4(room + ETH);
	wr_bytes(&w, part);
	if (w.len < 60)
		wr_zeros(&w, 60 - w.len);
	trace_write(t, at_ns, (struct bytes){room, w.len});
}

/* Larger ones come in pieces; every third datagram's last piece comes first. */
void wrap_fragments(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	struct wrap *x = ctx;
	size_t len, last;
	bool last_first;

	len = is_ip4(frame) ? ip_of(frame).len - IP4 : 0;
	if (len <= FRAGMENT) {
		trace_write(t, at_ns, frame);
		return;
	}
	last = (len - 1) / FRAGMENT * FRAGMENT;
	last_first = x->seen++ % 3 == 2;
	if (last_first)
		one_fragment(t, at_ns, frame, last);
	for (size_t at = 0; at < last; at += FRAGMENT)
		one_fragment(t, at_ns, frame, at);
	if (!last_first)
		one_fragment(t, at_ns, frame, last);
}

void wrap_lose(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	struct wrap *x = ctx;

	x->seen++;
	if (x->seen < x->from || x->seen >= x->to)
		trace_write(t, at_ns, frame);
}

void wrap_twice(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	(void)ctx;
	trace_write(t, at_ns, frame);
	trace_write(t, at_ns, frame);
}

void wrap_swap(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	struct wrap *x = ctx;

	if (++x->seen % 4 == 2 && frame.len <= sizeof(x->held)) {
		memcpy(x->held, frame.at, frame.len);
		x->held_len = frame.len;
		return;
	}
	trace_write(t, at_ns, frame);
	if (x->held_len > 0)
		trace_write(t, at_ns, (struct bytes){x->held, x->held_len});
	x->held_len = 0;
}

static void one_way(struct trace *t, uint64_t at_ns, struct bytes frame, size_t port_at)
{
	unsigned port;

	if (!is_ip4(frame) || frame.at[ETH + 9] != 6)
		return;
	port = (unsigned)(frame.at[ETH + IP4 + port_at] << 8 | frame.at[ETH + IP4 + port_at + 1]);
	if (port == SERVER_PORT)
		trace_write(t, at_ns, frame);
}

void wrap_to_server(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	(void)ctx;
	one_way(t, at_ns, frame, 2);
}

void wrap_from_server(void *ctx, struct trace *t, uint64_t at_ns, struct bytes frame)
{
	(void)ctx;
	one_way(t, at_ns, frame, 0);
}
