/* Scans, and what looks like one and is none. */
#include "shapes.h"

enum { SWEEP = 40, PORTS = 60, ARPS = 80, RETRIES = 24, CALLERS = 30, SMB_PORT = 445 };

static struct host neighbour(struct stage *st, unsigned i)
{
	return (struct host){.addr = addr_v4(0x0a010200 + i), .os = OS_XP, .via = &st->router};
}

/* 445 on 40 machines behind the router: a few answer, some refuse, most are not there. */
void shape_sweep(struct stage *st, const struct shape *s)
{
	struct tcp t;

	(void)s;
	for (unsigned i = 0; i < SWEEP; i++) {
		struct host h = neighbour(st, 1 + i * 5 % 253);
		struct datagram who = {&st->actor, &h, host_port(&st->actor), SMB_PORT};
		enum tcp_fate fate = i % 8 == 3   ? TCP_ACCEPTED
				     : i % 4 == 1 ? TCP_REFUSED
						  : TCP_SILENCE;

		if (tcp_open(&t, st->lan, st->at, who, fate) == TCP_ACCEPTED)
			tcp_close(&t, TCP_CLIENT);
		st->at += 600 * MS;
	}
}

/* All kinds of ports of one machine: reconnaissance, not spread. */
void shape_ports(struct stage *st, const struct shape *s)
{
	struct tcp t;

	(void)s;
	for (unsigned i = 0; i < PORTS; i++) {
		struct datagram who = {&st->actor, &st->target, host_port(&st->actor),
				       (uint16_t)(20 + i * 17)};

		if (i == 25)
			who.dport = SMB_PORT;
		if (tcp_open(&t, st->lan, st->at, who, i == 25 ? TCP_ACCEPTED : TCP_REFUSED) ==
		    TCP_ACCEPTED)
			tcp_reset(&t, TCP_CLIENT);
		st->at += 40 * MS;
	}
}

/* Who has .1, .2, … : three of 80 answer. */
void shape_arp(struct stage *st, const struct shape *s)
{
	(void)s;
	for (unsigned i = 1; i <= ARPS; i++) {
		struct addr a = st->actor.addr;

		a.b[15] = (uint8_t)i;
		if (addr_eq(&a, &st->target.addr))
			(void)net_resolve(st->lan, &st->at, &st->actor, &st->target);
		else if (!addr_eq(&a, &st->actor.addr))
			net_arp_nobody(st->lan, st->at, &st->actor, &a);
		st->at += 70 * MS;
	}
}

/* A server under a flood with forged sources answers to machines that never called. */
void shape_backscatter(struct stage *st, const struct shape *s)
{
	static const uint8_t options[] = {2, 4, 0x05, 0xb4};

	(void)s;
	for (unsigned i = 0; i < SWEEP * 2; i++) {
		struct host h = neighbour(st, 1 + i * 3 % 253);
		struct segment x = {.from = &st->actor,
				    .to = &h,
				    .sport = i % 2 == 0 ? 80 : SMB_PORT,
				    .dport = (uint16_t)(1024 + rng_below(&st->lan->rng, 60000)),
				    .seq = (uint32_t)rng_next(&st->lan->rng),
				    .ack = (uint32_t)rng_next(&st->lan->rng),
				    .window = i % 3 == 0 ? 0 : 8192,
				    .flags = i % 3 == 0 ? 0x14 : 0x12};

		if (i % 3 != 0)
			x.options = (struct bytes){options, sizeof(options)};
		tcp_segment(st->lan, st->at, &x);
		st->at += 90 * MS;
	}
}

/* A mapped drive whose server was switched off, tried again and again. */
void shape_dead_drive(struct stage *st, const struct shape *s)
{
	struct host gone = neighbour(st, 7);
	struct tcp t;

	(void)s;
	for (unsigned i = 0; i < RETRIES; i++) {
		struct datagram who = {&st->actor, &gone, host_port(&st->actor), SMB_PORT};

		(void)tcp_open(&t, st->lan, st->at, who, TCP_SILENCE);
		who.sport = host_port(&st->actor);
		who.dport = 139;
		(void)tcp_open(&t, st->lan, st->at + 50 * MS, who, TCP_SILENCE);
		st->at += 45 * SEC;
	}
}

/* Many clients at one server: heard from one side, the server must not seem to call them. */
void shape_busy_server(struct stage *st, const struct shape *s)
{
	struct tcp t;

	(void)s;
	for (unsigned i = 0; i < CALLERS; i++) {
		struct host h = neighbour(st, 20 + i);
		struct datagram who = {&h, &st->actor, host_port(&h), SMB_PORT};

		if (tcp_open(&t, st->lan, st->at, who, i % 5 == 4 ? TCP_REFUSED : TCP_ACCEPTED) ==
		    TCP_ACCEPTED)
			tcp_close(&t, TCP_CLIENT);
		st->at += 300 * MS;
	}
}
