/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>

#include "base/monotime.h"
#include "flow/flow.h"

enum { FLOWS = 64 };

struct bench {
	struct flow_table *table;
	struct packet p;
	unsigned told[5];
	unsigned opened, closed, data;
};

static void on_conn(void *ctx, const struct flow_conn *conn)
{
	struct bench *b = ctx;

	b->told[conn->outcome]++;
}

/* Port 445 is followed. */
static enum flow_choice on_classify(void *ctx, const struct flow_view *v, enum dir dir,
				    struct bytes head, void **ret_stream)
{
	struct bench *b = ctx;

	(void)dir, (void)head;
	if (v->server.port != 445)
		return FLOW_SKIP;
	b->opened++;
	*ret_stream = b;
	return FLOW_FOLLOW;
}

static struct step on_data(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
			   struct bytes in)
{
	struct bench *b = ctx;

	(void)stream, (void)v, (void)dir;
	b->data += (unsigned)in.len;
	return (struct step){STEP_MORE, in.len, 1};
}

static bool on_gap(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
		   uint64_t missing)
{
	(void)ctx, (void)stream, (void)v, (void)dir, (void)missing;
	return true;
}

static void on_closed(void *ctx, void *stream)
{
	struct bench *b = ctx;

	(void)stream;
	b->closed++;
}

static int set_up(void **state)
{
	static const struct flow_limits limits = {FLOWS, 1 << 20, 1 << 16, 10, 300};
	struct bench *b = calloc(1, sizeof(*b));
	struct flow_sink sink = {on_conn, on_classify, on_data, on_gap, on_closed, b};

	assert_non_null(b);
	b->p.mono_ns = 1;
	assert_int_equal(flow_table_new(&limits, &sink, 0, &b->table), RC_OK);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	flow_table_free(b->table);
	free(b);
	return 0;
}

static void send(struct bench *b)
{
	b->p.seq++;
	b->p.mono_ns += NS_PER_MS;
	b->p.hash = flow_hash(&b->p, 0);
	flow_prefetch_slot(b->table, b->p.hash);
	flow_prefetch(b->table, b->p.hash);
	flow_packet(b->table, &b->p);
}

static void tcp(struct bench *b, uint32_t client, uint16_t port, bool is_client, uint8_t flags,
		uint32_t seq, uint32_t ack, const char *data)
{
	struct packet *p = &b->p;

	p->kind = PACKET_TCP;
	p->ip_proto = IP_PROTO_TCP;
	p->src = is_client ? addr_v4(client) : addr_v4(1);
	p->dst = is_client ? addr_v4(1) : addr_v4(client);
	p->sport = is_client ? 1025 : port;
	p->dport = is_client ? port : 1025;
	p->tcp = (struct packet_tcp){.seq = seq, .ack = ack, .flags = flags};
	p->payload = (struct bytes){(const uint8_t *)data, strlen(data)};
	send(b);
}

static void shake(struct bench *b, uint32_t client, uint16_t port)
{
	tcp(b, client, port, true, TCP_SYN, 100, 0, "");
	tcp(b, client, port, false, TCP_SYN | TCP_ACK, 500, 101, "");
	tcp(b, client, port, true, TCP_ACK, 101, 501, "hello");
}

static struct flow_stats stats_of(const struct bench *b)
{
	struct flow_stats s;

	flow_stats_get(b->table, &s);
	return s;
}

static void a_limit_of_nothing_is_refused(void **unused)
{
	static const struct flow_limits limits[] = {
		{0, 1, 1, 1, 1}, {1, 0, 1, 1, 1}, {1, 1, 0, 1, 1}, {1, 1, 1, 0, 1}, {1, 1, 1, 1, 0},
	};
	struct flow_sink sink = {0};
	struct flow_table *t = NULL;

	(void)unused;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		assert_int_equal(flow_table_new(&limits[i], &sink, 0, &t), RC_INVAL);
	assert_null(t);
	flow_table_free(NULL);
}

static void a_flood_pushes_out_itself_and_nobody_else(void **state)
{
	struct bench *b = *state;

	shake(b, 2, 445);
	shake(b, 3, 80);
	for (uint32_t i = 0; i < 10000; i++)
		tcp(b, 1000 + i, 80, true, TCP_SYN, i, 0, "");
	assert_int_equal(stats_of(b).shed_flows, 10000 - (FLOWS - 2));
	assert_int_equal(b->closed, 0);
	/* Both are still known: nothing is told of them again. */
	tcp(b, 2, 445, true, TCP_ACK, 106, 501, "world");
	tcp(b, 3, 80, true, TCP_ACK, 106, 501, "world");
	assert_int_equal(b->data, 10);
	assert_int_equal(b->told[FLOW_ESTABLISHED], 2);
	assert_int_equal(b->told[FLOW_MIDSTREAM], 0);
	assert_int_equal(b->told[FLOW_UNANSWERED], 0);
}

static void a_flood_slow_enough_is_told(void **state)
{
	struct bench *b = *state;

	for (uint32_t i = 0; i < 1000; i++) {
		b->p.mono_ns += NS_PER_S;
		flow_tick(b->table, &b->p);
		tcp(b, 1000 + i, 80, true, TCP_SYN, i, 0, "");
	}
	assert_int_equal(b->told[FLOW_UNANSWERED], 990);
	assert_int_equal(stats_of(b).shed_flows, 0);
}

static void closed_flows_go_first_then_idle_ones_then_followed_ones(void **state)
{
	struct bench *b = *state;

	shake(b, 2, 445); /* the oldest of all, and followed */
	for (uint32_t i = 0; i < FLOWS - 1; i++)
		shake(b, 100 + i, 80);
	tcp(b, 120, 80, true, TCP_RST, 106, 0, "");
	shake(b, 1000, 80);
	assert_int_equal(stats_of(b).shed_flows, 0);   /* the closed one went */
	tcp(b, 100, 80, true, TCP_ACK, 106, 501, "x"); /* not idle */
	for (uint32_t i = 0; i < 10; i++)
		shake(b, 2000 + i, 80);
	assert_int_equal(stats_of(b).shed_flows, 10);
	assert_int_equal(b->closed, 0);
	tcp(b, 100, 80, true, TCP_ACK, 107, 501, "x");
	assert_int_equal(b->told[FLOW_MIDSTREAM], 0); /* known */
	tcp(b, 101, 80, true, TCP_ACK, 107, 501, "x");
	assert_int_equal(b->told[FLOW_MIDSTREAM], 1); /* forgotten */
	for (uint32_t i = 0; i < FLOWS; i++)
		shake(b, 3000 + i, 445);
	assert_int_equal(b->closed, 1);
	assert_int_equal(stats_of(b).shed_streams, 1);
}

static void the_quietest_stream_is_given_up_when_its_reader_asks(void **state)
{
	struct bench *b = *state;

	assert_false(flow_shed_stream(b->table));
	for (uint32_t i = 0; i < 3; i++) {
		shake(b, 2 + i, 445);
		b->p.mono_ns += NS_PER_S;
	}
	tcp(b, 2, 445, true, TCP_ACK, 106, 501, "world"); /* the oldest is not the quietest */
	assert_int_equal(b->data, 4 * 5);
	assert_true(flow_shed_stream(b->table));
	assert_int_equal(b->closed, 1);
	assert_int_equal(stats_of(b).shed_streams, 1);
	tcp(b, 2, 445, true, TCP_ACK, 111, 501, "world");
	tcp(b, 4, 445, true, TCP_ACK, 106, 501, "world");
	assert_int_equal(b->data, 6 * 5);
	tcp(b, 3, 445, true, TCP_ACK, 106, 501, "world");
	assert_int_equal(b->data, 6 * 5);
	assert_int_equal(b->told[FLOW_ESTABLISHED], 3); /* known, though not read */
	assert_int_equal(b->told[FLOW_MIDSTREAM], 0);
	assert_true(flow_shed_stream(b->table));
	assert_true(flow_shed_stream(b->table));
	assert_false(flow_shed_stream(b->table));
	assert_int_equal(b->closed, 3);
	assert_int_equal(stats_of(b).shed_flows, 0);
}

static void coming_and_going_loses_nobody(void **state)
{
	enum { ALIVE = FLOWS - 4, ROUNDS = 300 };
	struct bench *b = *state;
	uint32_t client[ALIVE], seq[ALIVE];
	uint32_t born = 0;

	for (uint32_t i = 0; i < ALIVE + ROUNDS; i++) {
		uint32_t at = i < ALIVE ? i : i * 7 % ALIVE, n = i < ALIVE ? i + 1 : ALIVE;
		unsigned data = 0;

		if (i >= ALIVE)
			tcp(b, client[at], 445, true, TCP_RST, seq[at], 0, "");
		client[at] = 100 + born++;
		seq[at] = 106;
		shake(b, client[at], 445);
		data = b->data;
		for (uint32_t k = 0; k < n; k++)
			tcp(b, client[k], 445, true, TCP_ACK, seq[k]++, 501, "x");
		assert_int_equal(b->data, data + n);
	}
	assert_int_equal(b->told[FLOW_ESTABLISHED], ALIVE + ROUNDS);
	assert_int_equal(b->told[FLOW_MIDSTREAM], 0);
	assert_int_equal(b->opened - b->closed, ALIVE);
	assert_int_equal(stats_of(b).shed_flows, 0);
}

static void freeing_a_table_closes_and_tells_nothing_else(void **unused)
{
	void *state = NULL;
	struct bench *b = NULL;

	(void)unused;
	set_up(&state);
	b = state;
	shake(b, 2, 445);
	tcp(b, 3, 445, true, TCP_SYN, 7, 0, "");
	flow_table_free(b->table);
	assert_int_equal(b->opened, 1);
	assert_int_equal(b->closed, 1);
	assert_int_equal(b->told[FLOW_UNANSWERED], 0);
	free(b);
}

static void datagrams_to_everybody_are_no_attempts(void **state)
{
	struct bench *b = *state;

	b->p = (struct packet){.kind = PACKET_UDP, .ip_proto = IP_PROTO_UDP, .mono_ns = 1};
	b->p.src = addr_v4(0x0a000001);
	b->p.sport = b->p.dport = 5353;
	b->p.dst = addr_v4(0xe00000fb);
	send(b);
	b->p.dst = addr_v4(0x0a0000ff);
	b->p.has_mac = true;
	b->p.dst_mac = (struct mac){{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
	send(b);
	flow_finish(b->table);
	assert_int_equal(stats_of(b).flows, 0);
	assert_int_equal(stats_of(b).undecided, 0);
}

static void vlans_keep_flows_apart(void **state)
{
	struct bench *b = *state;

	shake(b, 2, 445);
	b->p.vlan = 7;
	shake(b, 2, 445);
	assert_int_equal(b->told[FLOW_ESTABLISHED], 2);
}

static void the_hash_is_the_same_for_both_directions_and_spreads(void **unused)
{
	unsigned shards[FLOW_SHARDS] = {0}, slots[FLOW_SHARDS] = {0};
	struct packet p = {.kind = PACKET_TCP, .ip_proto = IP_PROTO_TCP, .dport = 445};

	(void)unused;
	for (uint32_t i = 0; i < 65536; i++) {
		p.src = addr_v4(0x0a000000 + i / 16);
		p.dst = addr_v4(0x0a010000 + i % 64);
		p.sport = (uint16_t)(1024 + i);

		struct packet back = p;
		uint32_t hash = flow_hash(&p, 5);

		back.src = p.dst;
		back.dst = p.src;
		back.sport = p.dport;
		back.dport = p.sport;
		assert_int_equal(flow_hash(&back, 5), hash);
		shards[hash >> 28]++;
		slots[hash >> 28 == 3 ? hash & 15 : 0] += hash >> 28 == 3;
	}
	for (int i = 0; i < FLOW_SHARDS; i++) {
		assert_in_range(shards[i], 3800, 4400); /* 4096 and five deviations */
		assert_in_range(slots[i], 170, 350);    /* 256 */
	}
	p.vlan = 1;
	uint32_t tagged = flow_hash(&p, 5);

	p.vlan = 0;
	assert_int_not_equal(flow_hash(&p, 5), tagged);
	assert_int_not_equal(flow_hash(&p, 5), flow_hash(&p, 6));
}

static void an_icmp6_error_lands_where_its_flow_is(void **state)
{
	struct bench *b = *state;
	struct packet flow = {.kind = PACKET_TCP, .ip_proto = IP_PROTO_TCP, .mono_ns = 1};
	struct addr client = {{0xfd, [15] = 1}}, server = {{0xfd, [15] = 2}};
	uint8_t m[8 + 40 + 8] = {1, 4};
	struct writer w = {.at = m, .len = 8, .cap = sizeof(m)};

	flow.src = client;
	flow.dst = server;
	flow.sport = 1025;
	flow.dport = 445;
	flow.tcp.flags = TCP_SYN;
	b->p = flow;
	send(b);
	wr_be(&w, 4, 0x60000000);
	wr_be(&w, 2, 8);
	wr_be(&w, 1, IP_PROTO_TCP);
	wr_be(&w, 1, 64);
	wr_bytes(&w, (struct bytes){client.b, sizeof(client.b)});
	wr_bytes(&w, (struct bytes){server.b, sizeof(server.b)});
	wr_be(&w, 2, 1025);
	wr_be(&w, 2, 445);
	b->p.kind = PACKET_ICMP;
	b->p.ip_proto = IP_PROTO_ICMP6;
	b->p.src = (struct addr){{0xfd, [15] = 9}}; /* a router */
	b->p.dst = client;
	b->p.sport = b->p.dport = 0;
	/* Cut off anywhere before the ports, it is about nobody. */
	for (size_t len = 0; len < 8 + 40 + 4; len++) {
		b->p.payload = (struct bytes){m, len};
		send(b);
		assert_int_equal(b->told[FLOW_REFUSED], 0);
	}
	b->p.payload = (struct bytes){m, sizeof(m)};
	send(b);
	assert_int_equal(b->p.hash, flow_hash(&flow, 0));
	assert_int_equal(b->told[FLOW_REFUSED], 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_of_nothing_is_refused),
		TEST(a_flood_pushes_out_itself_and_nobody_else),
		TEST(a_flood_slow_enough_is_told),
		TEST(closed_flows_go_first_then_idle_ones_then_followed_ones),
		TEST(the_quietest_stream_is_given_up_when_its_reader_asks),
		TEST(coming_and_going_loses_nobody),
		cmocka_unit_test(freeing_a_table_closes_and_tells_nothing_else),
		TEST(datagrams_to_everybody_are_no_attempts),
		TEST(vlans_keep_flows_apart),
		cmocka_unit_test(the_hash_is_the_same_for_both_directions_and_spreads),
		TEST(an_icmp6_error_lands_where_its_flow_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
