/*
 * However two streams are cut into segments, repeated and shuffled, their reader gets them in
 * order and whole, in the portions that it asked for; and the engine keeps to its limits. The
 * receivers acknowledge what they have, as real ones do, and in the end send again what is left.
 */
#include <stdint.h>
#include <stdlib.h>

#include "flow/table.h"

enum { STREAM = 3000, SEGMENT = 255 };

struct side {
	uint32_t isn;
	uint8_t bytes[STREAM];
	uint8_t has[STREAM]; /* came to the receiver */
	uint32_t whole;      /* of them in order from the start */
	size_t read, need;
};

struct world {
	struct flow_table *table;
	struct side side[2];
	struct packet p;
	size_t unit;
	int open;
};

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

static void on_conn(void *ctx, const struct flow_conn *conn)
{
	(void)ctx;
	require(conn->outcome == FLOW_ESTABLISHED);
}

static enum flow_choice on_classify(void *ctx, const struct flow_view *v, enum dir dir,
				    struct bytes head, void **ret_stream)
{
	struct world *w = ctx;

	(void)v;
	require(memcmp(head.at, w->side[dir].bytes, head.len) == 0);
	if (head.len < 10)
		return FLOW_UNSURE;
	w->open++;
	*ret_stream = w;
	return FLOW_FOLLOW;
}

static struct step on_data(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
			   struct bytes in)
{
	struct world *w = ctx;
	struct side *s = &w->side[dir];
	size_t take = in.len - in.len % w->unit;

	(void)v;
	require(stream == w && in.len >= s->need && s->read + in.len <= STREAM);
	require(memcmp(in.at, s->bytes + s->read, in.len) == 0);
	s->read += take;
	s->need = w->unit;
	return (struct step){STEP_MORE, take, w->unit};
}

static bool on_gap(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
		   uint64_t missing)
{
	(void)ctx, (void)stream, (void)v, (void)dir, (void)missing;
	abort();
}

static void on_closed(void *ctx, void *stream)
{
	struct world *w = ctx;

	(void)stream;
	w->open--;
}

static void send(struct world *w, enum dir dir, uint8_t flags, uint32_t from, uint32_t len)
{
	struct packet *p = &w->p;
	struct side *s = &w->side[dir];
	uint32_t syn = (flags & TCP_SYN) == 0;
	uint8_t *exact = malloc(len > 0 ? len : 1);

	require(exact != NULL);
	memcpy(exact, s->bytes + from, len);
	p->seq++;
	p->mono_ns += 1000;
	p->src = addr_v4(dir == TO_SERVER ? 1 : 2);
	p->dst = addr_v4(dir == TO_SERVER ? 2 : 1);
	p->sport = dir == TO_SERVER ? 1025 : 445;
	p->dport = dir == TO_SERVER ? 445 : 1025;
	p->tcp.seq = s->isn + syn + from;
	p->tcp.ack = w->side[!dir].isn + 1 + w->side[!dir].whole;
	p->tcp.flags = flags;
	p->payload = (struct bytes){exact, len};
	memset(s->has + from, 1, len);
	while (s->whole < STREAM && s->has[s->whole])
		s->whole++;
	p->hash = flow_hash(p, 0);
	flow_packet(w->table, p);
	require(w->table->buffered <= w->table->limits.buffer_bytes);
	free(exact);
}

/* From here on everything comes again, in order. */
static void send_all(struct world *w)
{
	for (uint32_t at = 0; at < STREAM; at += SEGMENT) {
		uint32_t len = STREAM - at < SEGMENT ? STREAM - at : SEGMENT;

		send(w, TO_SERVER, TCP_ACK, at, len);
		send(w, TO_CLIENT, TCP_ACK, at, len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct flow_limits limits = {4, 32768, 8192, 10, 300};
	struct world *w = calloc(1, sizeof(*w));
	struct reader r = {.rest = {data, size}};

	require(w != NULL);

	struct flow_sink sink = {on_conn, on_classify, on_data, on_gap, on_closed, w};

	for (int i = 0; i < STREAM; i++) {
		w->side[TO_SERVER].bytes[i] = (uint8_t)(i * 7 + i / 256);
		w->side[TO_CLIENT].bytes[i] = (uint8_t)(i * 5 + i / 200);
	}
	w->unit = 1 + rd_u8(&r) % 40;
	w->side[TO_SERVER].isn = rd_be32(&r);
	w->side[TO_CLIENT].isn = rd_be32(&r);
	w->p.kind = PACKET_TCP;
	w->p.ip_proto = IP_PROTO_TCP;
	w->p.mono_ns = 1;
	require(flow_table_new(&limits, &sink, 0, &w->table) == RC_OK);
	send(w, TO_SERVER, TCP_SYN, 0, 0);
	send(w, TO_CLIENT, TCP_SYN | TCP_ACK, 0, 0);
	for (;;) {
		uint32_t from = rd_be16(&r), len = rd_u8(&r);
		enum dir dir = from >> 15 ? TO_CLIENT : TO_SERVER;

		if (r.bad)
			break;
		from = (from & 0x7fff) % STREAM;
		len = len < STREAM - from ? len : STREAM - from;
		send(w, dir, TCP_ACK, from, len);
		send(w, dir_other(dir), TCP_ACK, 0, 0);
		if (len == 0) { /* a while passes */
			w->p.mono_ns += 11 * NS_PER_S;
			flow_tick(w->table, &w->p);
		}
	}
	send_all(w);
	for (int dir = 0; dir < 2; dir++)
		require(STREAM - w->side[dir].read == STREAM % w->unit);
	require(w->open == 1);
	flow_finish(w->table);
	require(w->open == 0 && w->table->buffered == 0);
	flow_table_free(w->table);
	free(w);
	return 0;
}
