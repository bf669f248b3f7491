/*
 * Connections: who tried to reach whom, and what came of it.
 *
 * No state machine of TCP, but the few questions that its packets answer even when half of them
 * were not heard: was it answered, refused, left alone; has it ended. Sequence numbers are looked
 * at where a forged or late packet would change the answer.
 */
#include "flow/table.h"

enum {
	REUSE_IDLE_S = 30,   /* silence after which a strange SYN is another connection */
	ANSWER_SPAN = 65536, /* how far beyond the SYN an answer may acknowledge: data on the SYN */
	LATE_MAX = 8,        /* packets with data after which a closed flow was not closed */
	PORT_SERVICE = 1024,
};

/* Ports that are the server's even against a lower one: what quell is about. */
static const uint16_t known_servers[] = {445, 139, 135};

static uint8_t heard(enum dir dir)
{
	return dir == TO_SERVER ? HEARD_CLIENT : HEARD_SERVER;
}

static struct endpoint end_of(const struct flow *f, int which)
{
	return (struct endpoint){f->addr[which], f->port[which]};
}

void conn_tell(struct flow_table *t, const struct flow *f, enum flow_outcome outcome, bool by_icmp)
{
	const struct packet *p = t->p;
	struct flow_conn conn = {
		.outcome = outcome,
		.src = end_of(f, TO_SERVER),
		.dst = end_of(f, TO_CLIENT),
		.ip_proto = (uint8_t)(f->net >> 24),
		.vlan = f->net & 0xffffff,
		.first_seq = f->first_seq,
		.first_ns = f->first_ns,
		.seq = p->seq,
		.at_ns = p->at_ns,
		.mono_ns = p->mono_ns,
		.by_icmp = by_icmp,
	};

	t->sink.conn(t->sink.ctx, &conn);
}

/* Which way does a packet in the middle of a conversation go? A guess from the ports. */
static enum dir guess_dir(const struct packet *p)
{
	for (size_t i = 0; i < sizeof(known_servers) / sizeof(known_servers[0]); i++) {
		if (p->sport != p->dport && p->dport == known_servers[i])
			return TO_SERVER;
		if (p->sport != p->dport && p->sport == known_servers[i])
			return TO_CLIENT;
	}
	return p->sport < p->dport ? TO_CLIENT : TO_SERVER;
}

static void set_next(struct flow *f, enum dir dir, uint32_t seq)
{
	f->seq_next[dir] = seq;
	f->known |= (uint8_t)(1 << dir);
}

static void close_flow(struct flow_table *t, struct flow *f)
{
	f->state = STATE_CLOSED;
	f->late = 0;
	table_move(t, f, LIST_CLOSED);
}

static void establish(struct flow_table *t, struct flow *f)
{
	if (f->state == STATE_HALF) {
		f->marks |= MARK_TELLS_SIDED;
		conn_tell(t, f, FLOW_ESTABLISHED, false);
	}
	f->state = STATE_OPEN;
	if (f->list == LIST_CLOSED)
		table_move(t, f, LIST_PLAIN);
}

/* Payload, FIN: what a packet of an open connection carries. */
static void carry(struct flow_table *t, struct flow *f, enum dir dir)
{
	const struct packet *p = t->p;
	uint32_t seq = p->tcp.seq + ((p->tcp.flags & TCP_SYN) != 0);
	uint32_t len = (uint32_t)p->payload.len + p->payload_missing;

	if ((p->tcp.flags & TCP_ACK) != 0)
		stream_ack(t, f, dir, p->tcp.ack);
	if (len > 0)
		stream_data(t, f, dir, seq, p->payload, p->payload_missing);
	if ((p->tcp.flags & TCP_FIN) != 0) {
		f->marks |= (uint8_t)(FIN_CLIENT << dir);
		stream_fin(t, f, dir, seq + len);
	}
	if ((f->marks & FIN_BOTH) == FIN_BOTH && stream_is_over(f)) {
		stream_end(t, f);
		close_flow(t, f);
	}
}

static void start_syn(struct flow *f, enum dir dir, const struct packet *p)
{
	set_next(f, dir, p->tcp.seq + 1);
	f->isn = p->tcp.seq;
	f->known |= KNOWN_ISN;
	f->syns = 1;
}

/* The first packet of a flow that nobody knew. */
static void begin_tcp(struct flow_table *t, const struct packet *p)
{
	uint8_t flags = p->tcp.flags;
	struct flow *f = NULL;
	enum dir dir = TO_SERVER;

	if ((flags & TCP_RST) != 0) {
		/* RFC 9293 3.10.7.1: number 0 answers a segment without ACK, which was a SYN.
		 * Any other RST may be the end of anything. */
		if (p->tcp.seq != 0 || (flags & TCP_ACK) == 0)
			return;
		f = table_add(t, TO_CLIENT);
		conn_tell(t, f, FLOW_BACKSCATTER, false);
		close_flow(t, f);
		return;
	}
	if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
		f = table_add(t, TO_SERVER);
		start_syn(f, TO_SERVER, p);
	} else if ((flags & TCP_SYN) != 0) {
		dir = TO_CLIENT;
		f = table_add(t, dir);
		set_next(f, TO_CLIENT, p->tcp.seq + 1);
		set_next(f, TO_SERVER, p->tcp.ack);
		f->isn = p->tcp.ack - 1;
		f->known |= KNOWN_ISN;
		conn_tell(t, f, FLOW_BACKSCATTER, false);
		f->state = STATE_OPEN;
	} else if (p->payload.len > 0) {
		dir = guess_dir(p);
		f = table_add(t, dir);
		f->marks |= MARK_MIDSTREAM | MARK_TELLS_SIDED;
		t->stats.midstream++;
		conn_tell(t, f, FLOW_MIDSTREAM, false);
		f->state = STATE_OPEN;
	}
	if (f != NULL && p->payload.len > 0)
		carry(t, f, dir);
}

/* A SYN without ACK on a flow that is there. */
static void again_syn(struct flow_table *t, struct flow *f, enum dir dir, uint32_t idle)
{
	const struct packet *p = t->p;

	if (f->state == STATE_HALF && dir == TO_CLIENT) { /* both opened at once */
		set_next(f, dir, p->tcp.seq + 1);
		return;
	}
	if (dir == TO_SERVER && (f->known & KNOWN_ISN) != 0 && p->tcp.seq == f->isn) {
		if (f->syns < UINT8_MAX)
			f->syns++; /* a retransmission */
		return;
	}
	if (f->state == STATE_HALF) { /* a sender that forgot its number, still trying */
		uint8_t syns = f->syns;

		start_syn(f, dir, p);
		f->syns = syns < UINT8_MAX ? (uint8_t)(syns + 1) : syns;
		return;
	}
	if (f->state != STATE_OPEN || idle > REUSE_IDLE_S * 7) {
		/* Whoever sends the SYN is the client now; the entry's places follow from it. */
		table_renew(t, f, TO_SERVER);
		start_syn(f, TO_SERVER, p);
		carry(t, f, TO_SERVER);
		return;
	}
	/* A machine that started anew, or somebody who wants us to believe so: the answer tells. */
	f->syn_again = p->tcp.seq;
	f->marks |= MARK_AGAIN;
}

static bool answers(uint32_t ack, uint32_t isn)
{
	return ack - (isn + 1) <= ANSWER_SPAN;
}

static void syn_ack(struct flow_table *t, struct flow *f, enum dir dir)
{
	const struct packet *p = t->p;

	if (f->state == STATE_OPEN && (f->marks & MARK_AGAIN) != 0 &&
	    p->tcp.ack == f->syn_again + 1) {
		uint32_t isn = f->syn_again;

		table_renew(t, f, TO_CLIENT);
		set_next(f, TO_SERVER, isn + 1);
		f->isn = isn;
		f->known |= KNOWN_ISN;
		f->marks |= HEARD_CLIENT;
		dir = TO_CLIENT;
	}
	if (f->state == STATE_OPEN || (f->known & KNOWN_ISN) == 0 || (f->marks & FIN_BOTH) != 0)
		return;
	if (dir == TO_SERVER) { /* the answer to the other side's SYN, if both opened at once */
		if (f->state == STATE_HALF && (f->marks & HEARD_SERVER) != 0)
			establish(t, f);
		return;
	}
	if (!answers(p->tcp.ack, f->isn))
		return;
	set_next(f, TO_CLIENT, p->tcp.seq + 1);
	establish(t, f);
	carry(t, f, dir);
}

/* Anything but SYN while an attempt waits for its answer. */
static void half_open(struct flow_table *t, struct flow *f, enum dir dir)
{
	const struct packet *p = t->p;
	bool has_ack = (p->tcp.flags & TCP_ACK) != 0;

	if ((p->tcp.flags & TCP_RST) != 0) {
		if (dir == TO_CLIENT) {
			if (f->state == STATE_HALF)
				conn_tell(t, f, FLOW_REFUSED, false);
			close_flow(t, f);
		} else if (p->tcp.seq == f->isn + 1) {
			/* What a half-open scan sends when it has its answer. */
			establish(t, f);
			close_flow(t, f);
		}
		return;
	}
	if (dir == TO_SERVER) {
		if (!has_ack || p->tcp.seq - (f->isn + 1) > ANSWER_SPAN)
			return;
		if ((f->known & 1 << TO_CLIENT) == 0)
			set_next(f, TO_CLIENT, p->tcp.ack);
	} else if (!has_ack || !answers(p->tcp.ack, f->isn)) {
		return;
	}
	establish(t, f);
	carry(t, f, dir);
}

static void open_flow(struct flow_table *t, struct flow *f, enum dir dir)
{
	const struct packet *p = t->p;

	if ((p->tcp.flags & TCP_RST) != 0) {
		if (!stream_takes_rst(f, dir, p->tcp.seq))
			return;
		stream_end(t, f);
		close_flow(t, f);
		return;
	}
	if ((f->list == LIST_HALF && (f->marks & HEARD_BOTH) == HEARD_BOTH) ||
	    (f->list == LIST_FOLLOWED && f->reading == READ_DONE))
		table_move(t, f, LIST_PLAIN);
	carry(t, f, dir);
}

/* Stragglers of a closed flow; many with data mean that the RST was not what it seemed. */
static void closed_flow(struct flow_table *t, struct flow *f, enum dir dir)
{
	const struct packet *p = t->p;

	if (p->payload.len == 0 || (p->tcp.flags & TCP_RST) != 0 || ++f->late < LATE_MAX)
		return;
	f->state = STATE_OPEN;
	f->marks = (uint8_t)((f->marks & HEARD_BOTH) | MARK_MIDSTREAM);
	f->reading = READ_UNDECIDED;
	f->known = 0;
	table_move(t, f, LIST_PLAIN);
	carry(t, f, dir);
}

static void conn_tcp(struct flow_table *t, const struct packet *p)
{
	enum dir dir = TO_SERVER;
	struct flow *f = table_find(t, p, &dir);
	uint8_t flags = p->tcp.flags;

	if (f == NULL) {
		begin_tcp(t, p);
		return;
	}

	uint32_t idle = table_when(p) - f->last;

	f->last += idle;
	f->marks |= heard(dir);
	if (f->reading == READ_DONE && f->list == LIST_PLAIN &&
	    (flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0)
		return;
	if ((flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_SYN)
		again_syn(t, f, dir, idle);
	else if ((flags & (TCP_SYN | TCP_RST)) == TCP_SYN)
		syn_ack(t, f, dir);
	else if (f->state == STATE_OPEN)
		open_flow(t, f, dir);
	else if (f->state == STATE_CLOSED)
		closed_flow(t, f, dir);
	else
		half_open(t, f, dir);
}

/* Sent to everybody: nobody in particular fails to answer. */
static bool is_to_group(const struct packet *p)
{
	return addr_is_multicast(&p->dst) || (p->has_mac && (p->dst_mac.b[0] & 1) != 0);
}

static void begin_udp(struct flow_table *t, const struct packet *p)
{
	if (is_to_group(p))
		return;
	if (p->sport >= PORT_SERVICE || p->dport < PORT_SERVICE) {
		(void)table_add(t, TO_SERVER);
		return;
	}

	/* From a service to a port that nobody serves: an answer, to a broadcast perhaps. */
	struct flow *f = table_add(t, TO_CLIENT);

	f->marks |= MARK_MIDSTREAM;
	t->stats.midstream++;
	conn_tell(t, f, FLOW_MIDSTREAM, false);
	f->state = STATE_OPEN;
}

static void conn_udp(struct flow_table *t, const struct packet *p)
{
	enum dir dir = TO_SERVER;
	struct flow *f = table_find(t, p, &dir);

	if (f == NULL) {
		begin_udp(t, p);
		return;
	}
	f->last = table_when(p);
	f->marks |= heard(dir);
	if (dir == TO_CLIENT && f->state == STATE_HALF)
		conn_tell(t, f, FLOW_ESTABLISHED, false);
	if (dir == TO_CLIENT && f->state != STATE_OPEN && f->state != STATE_CLOSED)
		f->state = STATE_OPEN;
	if (f->state == STATE_OPEN && f->list != LIST_PLAIN &&
	    (f->marks & HEARD_BOTH) == HEARD_BOTH)
		table_move(t, f, LIST_PLAIN);
}

/* Does it say that nobody is there, rather than that the packet was too long? */
static bool is_refusal(const struct packet *p)
{
	enum { IP4_UNREACHABLE = 3, IP4_TOO_LONG = 4, IP6_UNREACHABLE = 1 };
	struct reader r = {.rest = p->payload};
	uint8_t type = rd_u8(&r), code = rd_u8(&r);

	if (p->ip_proto == IP_PROTO_ICMP6)
		return type == IP6_UNREACHABLE;
	return type == IP4_UNREACHABLE && code != IP4_TOO_LONG;
}

static void conn_icmp(struct flow_table *t, const struct packet *p)
{
	struct packet quoted;
	enum dir dir = TO_SERVER;

	if (!is_refusal(p) || !quoted_flow(p, &quoted))
		return;

	struct flow *f = table_find(t, &quoted, &dir);

	if (f == NULL || dir != TO_SERVER || f->state != STATE_HALF)
		return;
	conn_tell(t, f, FLOW_REFUSED, true);
	close_flow(t, f);
}

void conn_packet(struct flow_table *t, const struct packet *p)
{
	if (p->kind == PACKET_TCP)
		conn_tcp(t, p);
	else if (p->kind == PACKET_UDP)
		conn_udp(t, p);
	else if (p->kind == PACKET_ICMP)
		conn_icmp(t, p);
}
