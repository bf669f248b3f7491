/* The frames that the filter's unit test and its fuzz target are tried on. */
#ifndef TESTS_FILTER_FRAMES_H
#define TESTS_FILTER_FRAMES_H

#include "event/event.h"
#include "wire/packet.h"

enum { FRAME_MAX = 4 };

enum { FRAME_SMB1_CALL, FRAME_ARP, FRAME_SMB2_ANSWER, FRAME_UDP6, FRAMES };

struct test_frame {
	struct event events[FRAME_MAX];
	size_t n;
};

#define HOSTILE "\\\0a\0\\\0.\0.\0\\\0.\0.\0\\\0A\0A\0A\0A\0\0"

static inline struct event frame_of(uint64_t seq, uint8_t kind, uint8_t proto)
{
	struct event ev = {.kind = EV_FRAME, .seq = seq};

	ev.src = (struct endpoint){addr_v4(0x0a000005), 1042};
	ev.dst = (struct endpoint){addr_v4(0xc0a80107), 445};
	ev.frame = (struct ev_frame){.kind = kind,
				     .ip_proto = proto,
				     .ttl = 128,
				     .wire_len = 900,
				     .payload_len = 846,
				     .tcp_flags = TCP_PSH | TCP_ACK,
				     .src_mac = {{0, 0x11, 0x22, 0xaa, 0xbb, 0xcc}},
				     .dst_mac = {{0, 0x11, 0x22, 0, 0, 1}},
				     .has_mac = true};
	return ev;
}

static inline struct event of_frame(const struct event *frame, enum ev_kind kind)
{
	struct event ev = *frame;

	ev.kind = (uint8_t)kind;
	memset(&ev.frame, 0, sizeof(ev.frame));
	return ev;
}

static inline void frame_smb1_call(struct test_frame *f)
{
	struct event *e = f->events;

	f->n = 4;
	e[0] = frame_of(7, PACKET_TCP, IP_PROTO_TCP);
	e[1] = of_frame(&e[0], EV_SMB1);
	e[1].smb1 = (struct ev_smb1){.cmd = 0x25,
				     .fid = 0x4000,
				     .trans_sub = 0x26,
				     .pid = 0x0001fe0d,
				     .status = 0x00020001,
				     .mid = 64,
				     .name = BYTES("\\PIPE\\")};
	e[2] = of_frame(&e[0], EV_RPC);
	e[2].rpc = (struct ev_rpc){.ptype = 0,
				   .pfc_flags = 3,
				   .carrier = EV_CARRIER_SMB1,
				   .call_id = 1,
				   .opnum = SRVSVC_CANONICALIZE,
				   .has_opnum = true,
				   .has_uuid = true,
				   .uuid = {0x4b324fc8,
					    0x1670,
					    0x01d3,
					    {0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88}},
				   .pipe = BYTES("srvsvc")};
	e[3] = of_frame(&e[0], EV_SRVSVC);
	e[3].srvsvc = (struct ev_srvsvc){.opnum = SRVSVC_CANONICALIZE,
					 .path = {(const uint8_t *)HOSTILE, sizeof(HOSTILE) - 1},
					 .outbuf_len = 1000,
					 .pipe = BYTES("srvsvc")};
}

static inline void frame_smb2_answer(struct test_frame *f)
{
	struct event *e = f->events;

	f->n = 3;
	e[0] = frame_of(9, PACKET_TCP, IP_PROTO_TCP);
	e[0].vlan = 100;
	e[1] = of_frame(&e[0], EV_SMB2);
	e[1].smb2 = (struct ev_smb2){.cmd = 5,
				     .status = 0xc0000022,
				     .is_response = true,
				     .session_id = 0xffffffffffffffff,
				     .file_id = {1, 2, 3, 4, 5, 6, 7, 8, 9},
				     .name = BYTES("srvsvc")};
	e[2] = of_frame(&e[0], EV_RPC);
	e[2].rpc = (struct ev_rpc){.ptype = 2,
				   .carrier = EV_CARRIER_SMB2,
				   .opnum = SRVSVC_CANONICALIZE,
				   .has_opnum = true,
				   .has_uuid = true,
				   .uuid = {0x4b324fc8,
					    0x1670,
					    0x01d3,
					    {0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88}},
				   .is_response = true};
}

static inline void test_frames(struct test_frame f[FRAMES])
{
	memset(f, 0, FRAMES * sizeof(*f));
	frame_smb1_call(&f[FRAME_SMB1_CALL]);
	f[FRAME_ARP].n = 2;
	f[FRAME_ARP].events[0] = frame_of(8, PACKET_ARP, 0);
	f[FRAME_ARP].events[1] = of_frame(&f[FRAME_ARP].events[0], EV_ARP);
	f[FRAME_ARP].events[1].arp.op = 1;
	frame_smb2_answer(&f[FRAME_SMB2_ANSWER]);
	f[FRAME_UDP6].n = 1;
	f[FRAME_UDP6].events[0] = frame_of(10, PACKET_UDP, IP_PROTO_UDP);
	f[FRAME_UDP6].events[0].src.addr = (struct addr){{0xfe, 0x80, [15] = 1}};
	f[FRAME_UDP6].events[0].dst.addr = (struct addr){{0xff, 0x02, [15] = 0xfb}};
}

static inline size_t frame_events(const struct test_frame *f, const struct event *ret[FRAME_MAX])
{
	for (size_t i = 0; i < f->n; i++)
		ret[i] = &f->events[i];
	return f->n;
}

#endif
