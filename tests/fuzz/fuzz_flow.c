/*
 * Any packets at all, in a table too small for them: every stream that was opened is closed once,
 * the reader gets what the contract promises, the counters add up, memory stays in its limits.
 */
#include <stdint.h>
#include <stdlib.h>

#include "flow/table.h"

enum { FLOWS = 8 };

struct world {
	struct flow_table *table;
	uint64_t told[5], opened, closed;
	uint8_t mood; /* of the reader, from the input */
};

struct opened {
	struct world *world;
	size_t need[2];
};

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

static void on_conn(void *ctx, const struct flow_conn *conn)
{
	struct world *w = ctx;

	require(conn->first_seq <= conn->seq);
	w->told[conn->outcome]++;
}

static enum flow_choice on_classify(void *ctx, const struct flow_view *v, enum dir dir,
				    struct bytes head, void **ret_stream)
{
	struct world *w = ctx;
	struct opened *o = NULL;

	(void)dir;
	require(head.len > 0 && v->now != NULL);
	if (head.at[0] % 4 == 0)
		return FLOW_SKIP;
	if (head.at[0] % 4 == 1 && head.len < 40)
		return FLOW_UNSURE;
	o = calloc(1, sizeof(*o));
	require(o != NULL);
	o->world = w;
	w->opened++;
	*ret_stream = o;
	return FLOW_FOLLOW;
}

static struct step on_data(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
			   struct bytes in)
{
	struct opened *o = stream;
	size_t take = in.at[in.len - 1] % (in.len + 1);

	(void)v;
	require(o->world == ctx && in.len > 0 && in.len >= o->need[dir]);
	if (in.at[0] == 255)
		return (struct step){STEP_REJECT, 0, 0};
	o->need[dir] = in.len - take + 1 + in.at[0] % 64;
	return (struct step){STEP_MORE, take, o->need[dir]};
}

static bool on_gap(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
		   uint64_t missing)
{
	struct opened *o = stream;

	(void)v;
	require(o->world == ctx && missing > 0);
	o->need[dir] = 0;
	return missing % 4 != 0;
}

static void on_closed(void *ctx, void *stream)
{
	struct world *w = ctx;

	w->closed++;
	free(stream);
}

static void packet(struct world *w, struct reader *r, struct packet *p)
{
	uint8_t ends = rd_u8(r), kind = rd_u8(r);
	uint64_t step = rd_u8(r);

	p->seq++;
	p->mono_ns += kind & 8 ? step * NS_PER_S / 8 : step;
	p->src = addr_v4(ends & 1 ? 1 : 2);
	p->dst = addr_v4(ends & 1 ? 2 : 1);
	p->sport = (uint16_t)(ends & 2 ? 445 : 1024 + (ends >> 4));
	p->dport = (uint16_t)(ends & 2 ? 1024 + (ends >> 4) : 445);
	p->kind = kind % 8 == 0 ? PACKET_ICMP : kind % 8 == 1 ? PACKET_UDP : PACKET_TCP;
	p->ip_proto = p->kind == PACKET_ICMP  ? (kind & 16 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP)
		      : p->kind == PACKET_UDP ? IP_PROTO_UDP
					      : IP_PROTO_TCP;
	if (p->kind == PACKET_TCP) {
		p->tcp.flags = rd_u8(r) & 0x1f;
		/* Near a wrap, and sometimes far off. */
		p->tcp.seq = rd_u8(r) - 128u + (kind & 32 ? (uint32_t)rd_u8(r) << 16 : 0);
		p->tcp.ack = rd_u8(r) - 128u;
	}
	p->payload = rd_take_upto(r, rd_u8(r));
	p->payload_missing = kind >> 6 == 3 ? rd_u8(r) : 0;
	p->hash = flow_hash(p, 0);
	flow_prefetch(w->table, p->hash);
	if (kind & 8)
		flow_tick(w->table, p);
	flow_packet(w->table, p);
}

static void check(const struct world *w)
{
	struct flow_stats s;
	uint64_t told = 0;

	flow_stats_get(w->table, &s);
	for (int i = 0; i < 5; i++)
		told += w->told[i];
	require(told + s.undecided <= s.flows);
	require(s.midstream == w->told[FLOW_MIDSTREAM]);
	require(s.one_sided <= s.flows && s.shed_flows <= s.flows);
	require(s.streams == w->opened);
	require(w->opened - w->closed <= FLOWS);
	require(w->table->buffered <= w->table->limits.buffer_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct flow_limits limits = {FLOWS, 8192, 1024, 10, 100};
	struct world w = {0};
	struct flow_sink sink = {on_conn, on_classify, on_data, on_gap, on_closed, &w};
	struct reader r = {.rest = {data, size}};
	struct packet p = {.mono_ns = 1};
	bool ends = rd_u8(&r) % 2 == 0;

	require(flow_table_new(&limits, &sink, 0, &w.table) == RC_OK);
	while (r.rest.len > 0 && !r.bad) {
		packet(&w, &r, &p);
		check(&w);
	}
	if (ends) {
		flow_finish(w.table);
		check(&w);
		require(w.opened == w.closed && w.table->buffered == 0);
	}
	flow_table_free(w.table);
	require(w.opened == w.closed);
	return 0;
}
