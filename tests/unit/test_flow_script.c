/*
 * Conversations as text, and what the sink hears of them.
 *
 * A script is steps with ';' between them, a step is words:
 *     C|S FLAGS SEQ [ACK [DATA [MISSING]]]  a segment from client or server; FLAGS of S A F R
 *     C|S udp [DATA]                        a datagram
 *     S icmp|CODE                           destination unreachable, about the client's packet
 *     @12.5                                 from here on it is 12.5 s
 *     tick, end                             flow_tick(), flow_finish()
 * The sink follows streams that start with 'f', wants four bytes to be sure, and skips all else;
 * '!' makes its reader reject. It writes down: "established:C" (the opener), ">abc" and "<abc"
 * for data to server and client, ">[5]" for a gap, "." for the end of a stream; at the end the
 * counters that are not 0, but for the number of flows.
 */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>

#include "flow/flow.h"

enum { CLIENT_PORT = 1025, SERVER_PORT = 445 };

struct bench {
	struct flow_table *table;
	char log[1024];
	size_t len;
	size_t unit; /* the reader takes multiples of it */
	bool hates_gaps;
	bool is_swapped; /* the script's client has the server's port */
	struct packet p;
	int streams, closed;
};

struct script {
	const char *what, *steps, *want;
	size_t unit;
	bool hates_gaps;
	bool is_swapped;
	struct flow_limits limits;
};

__attribute__((format(printf, 2, 3))) static void note(struct bench *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (b->len > 0 && b->len < sizeof(b->log) - 1)
		b->log[b->len++] = ' ';

	int n = vsnprintf(b->log + b->len, sizeof(b->log) - b->len, format, args);

	va_end(args);
	assert_true(n >= 0 && b->len + (size_t)n < sizeof(b->log));
	b->len += (size_t)n;
}

static struct addr client_addr(void)
{
	return addr_v4(0x0a000001);
}

static void on_conn(void *ctx, const struct flow_conn *conn)
{
	static const char *const names[] = {"established", "refused", "unanswered", "midstream",
					    "backscatter"};
	struct bench *b = ctx;
	struct addr client = client_addr();

	note(b, "%s:%s%s", names[conn->outcome], addr_eq(&conn->src.addr, &client) ? "C" : "S",
	     conn->by_icmp ? "!" : "");
	assert_false(addr_eq(&conn->src.addr, &conn->dst.addr));
	assert_true(conn->first_seq <= conn->seq);
}

static enum flow_choice on_classify(void *ctx, const struct flow_view *v, enum dir dir,
				    struct bytes head, void **ret_stream)
{
	struct bench *b = ctx;

	(void)v, (void)dir;
	assert_true(head.len > 0);
	assert_int_equal(b->streams, b->closed);
	if (head.at[0] != 'f')
		return head.at[0] == 'u' ? FLOW_UNSURE : FLOW_SKIP;
	if (head.len < 4)
		return FLOW_UNSURE;
	b->streams++;
	*ret_stream = b;
	return FLOW_FOLLOW;
}

static struct step on_data(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
			   struct bytes in)
{
	struct bench *b = ctx;
	size_t take = in.len - in.len % b->unit;

	assert_ptr_equal(stream, b);
	assert_true(b->streams > b->closed);
	if (!v->is_midstream)
		assert_int_equal(v->client.port, b->is_swapped ? SERVER_PORT : CLIENT_PORT);
	if (memchr(in.at, '!', in.len) != NULL)
		return (struct step){STEP_REJECT, 0, 0};
	if (take > 0)
		note(b, "%c%.*s", dir == TO_SERVER ? '>' : '<', (int)take, (const char *)in.at);
	return (struct step){STEP_MORE, take, b->unit};
}

static bool on_gap(void *ctx, void *stream, const struct flow_view *v, enum dir dir,
		   uint64_t missing)
{
	struct bench *b = ctx;

	(void)v;
	assert_ptr_equal(stream, b);
	assert_true(b->streams > b->closed && missing > 0);
	note(b, "%c[%llu]", dir == TO_SERVER ? '>' : '<', (unsigned long long)missing);
	return !b->hates_gaps;
}

static void on_closed(void *ctx, void *stream)
{
	struct bench *b = ctx;

	assert_ptr_equal(stream, b);
	b->closed++;
	note(b, ".");
}

static uint8_t flags_of(const char *word)
{
	static const char letters[] = "FSRPA";
	uint8_t flags = 0;

	for (; *word != '\0'; word++) {
		const char *at = strchr(letters, *word);

		assert_non_null(at);
		flags |= (uint8_t)(1u << (at - letters));
	}
	return flags;
}

static void from(struct bench *b, bool is_client)
{
	struct packet *p = &b->p;
	uint16_t low = b->is_swapped ? CLIENT_PORT : SERVER_PORT;
	uint16_t high = b->is_swapped ? SERVER_PORT : CLIENT_PORT;

	p->src = is_client ? client_addr() : addr_v4(0x0a000002);
	p->dst = is_client ? addr_v4(0x0a000002) : client_addr();
	p->sport = is_client ? high : low;
	p->dport = is_client ? low : high;
}

static void send(struct bench *b)
{
	b->p.seq++;
	b->p.hash = flow_hash(&b->p, 0);
	flow_packet(b->table, &b->p);
}

/* Type 3, about the client's packet of the protocol that was there last. */
static void send_icmp(struct bench *b, uint8_t code)
{
	uint8_t m[36] = {[0] = 3, [1] = code, [8] = 0x45, [17] = b->p.ip_proto};
	struct writer w = {.at = m, .len = 20, .cap = sizeof(m)};
	uint32_t hash = 0;

	from(b, true);
	hash = flow_hash(&b->p, 0);
	wr_bytes(&w, (struct bytes){b->p.src.b + 12, 4});
	wr_bytes(&w, (struct bytes){b->p.dst.b + 12, 4});
	wr_be(&w, 2, b->p.sport);
	wr_be(&w, 2, b->p.dport);
	from(b, false);
	b->p.kind = PACKET_ICMP;
	b->p.ip_proto = IP_PROTO_ICMP;
	b->p.payload = (struct bytes){m, sizeof(m)};
	b->p.sport = b->p.dport = 0;
	send(b);
	assert_int_equal(b->p.hash, hash);
}

static void segment(struct bench *b, const char *step)
{
	char who[8], flags[8], data[256] = "";
	unsigned seq = 0, ack = 0, missing = 0;
	uint8_t *exact = NULL;

	assert_in_range(
		sscanf(step, "%7s %7s %u %u %255s %u", who, flags, &seq, &ack, data, &missing), 2,
		6);
	b->p.payload = (struct bytes){NULL, 0};
	b->p.payload_missing = missing;
	if (strncmp(flags, "icmp", 4) == 0) {
		send_icmp(b, (uint8_t)(flags[4] - '0'));
		return;
	}
	from(b, who[0] == 'C');
	if (strcmp(flags, "udp") == 0) {
		b->p.kind = PACKET_UDP;
		b->p.ip_proto = IP_PROTO_UDP;
	} else {
		b->p.kind = PACKET_TCP;
		b->p.ip_proto = IP_PROTO_TCP;
		b->p.tcp = (struct packet_tcp){.seq = seq, .ack = ack, .flags = flags_of(flags)};
	}

	size_t len = strcmp(data, "-") == 0 ? 0 : strlen(data);

	if (len > 0) {
		exact = malloc(len); /* so that a read past the end is seen */
		assert_non_null(exact);
		memcpy(exact, data, len);
		b->p.payload = (struct bytes){exact, len};
	}
	send(b);
	free(exact);
}

static void note_stats(struct bench *b)
{
	struct flow_stats s;

	flow_stats_get(b->table, &s);

	const struct {
		const char *name;
		uint64_t n;
	} counters[] = {
		{"midstream", s.midstream},
		{"one_sided", s.one_sided},
		{"gap", s.gap_bytes},
		{"dropped", s.dropped_bytes},
		{"shed_flows", s.shed_flows},
		{"shed_streams", s.shed_streams},
		{"differ", s.overlaps_differing},
		{"undecided", s.undecided},
	};

	assert_true(s.flows >= s.midstream);
	assert_int_equal(s.streams, b->streams);
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (counters[i].n > 0)
			note(b, "%s=%llu", counters[i].name, (unsigned long long)counters[i].n);
	}
}

static void step(struct bench *b, const char *text)
{
	text += strspn(text, " ");
	if (text[0] == '@') {
		b->p.at_ns = b->p.mono_ns = (uint64_t)(strtod(text + 1, NULL) * 1e9) + 1;
	} else if (strncmp(text, "tick", 4) == 0) {
		flow_tick(b->table, &b->p);
	} else if (strncmp(text, "end", 3) == 0) {
		flow_finish(b->table);
		note_stats(b);
	} else {
		segment(b, text);
	}
}

static void play(const struct script *s)
{
	static const struct flow_limits usual = {100, 1 << 20, 1 << 16, 10, 300};
	struct bench b = {.unit = s->unit > 0 ? s->unit : 1,
			  .hates_gaps = s->hates_gaps,
			  .is_swapped = s->is_swapped,
			  .p = {.mono_ns = 1, .ip_proto = IP_PROTO_TCP}};
	struct flow_sink sink = {on_conn, on_classify, on_data, on_gap, on_closed, &b};
	char *steps = strdup(s->steps), *rest = steps, *text = NULL;

	print_message("           %s\n", s->what);
	assert_non_null(steps);
	assert_int_equal(
		flow_table_new(s->limits.flows > 0 ? &s->limits : &usual, &sink, 0, &b.table),
		RC_OK);
	while ((text = strsep(&rest, ";")) != NULL)
		step(&b, text);
	flow_table_free(b.table);
	free(steps);
	b.log[b.len] = '\0';
	assert_string_equal(b.log, s->want);
	assert_int_equal(b.streams, b.closed);
}

#define PLAY(scripts)                                                                              \
	for (size_t i = 0; i < sizeof(scripts) / sizeof((scripts)[0]); i++)                        \
	play(&(scripts)[i])

/* The handshake: the client's first byte is 101, the server's 501. */
#define SHAKE "C S 100; S SA 500 101; C A 101 501; "

static void an_attempt_is_told_once_with_its_outcome(void **unused)
{
	static const struct script scripts[] = {
		{"answered", "C S 100; S SA 500 101; C A 101 501; S SA 500 101; end",
		 .want = "established:C"},
		{"refused", "C S 100; S RA 0 101; C S 100; S RA 0 101; end", .want = "refused:C"},
		{"refused twice, with another number",
		 "C S 100; S RA 0 101; C S 200; S RA 0 201; end", .want = "refused:C refused:C"},
		{"left alone", "C S 100; @9; tick; @10; tick; @11; C S 100; tick; end",
		 .want = "unanswered:C"},
		{"left alone three times", "C S 100; @1; C S 100; @3; C S 100; end",
		 .want = "unanswered:C"},
		{"too young", "C S 100; @1; C S 100; end", .want = "undecided=1"},
		{"a late answer", "C S 100; @10; tick; S SA 500 101; C A 101 501 fabc; end",
		 .want = "unanswered:C >fabc ."},
		{"with data on the SYN", "C S 100 0 fabc; S SA 500 105; C A 105 501 d; end",
		 .want = ">fabc established:C >d ."},
		{"both at once", "C S 100; S S 500; C SA 100 501; S SA 500 101; C A 101 501; end",
		 .want = "established:C"},
		{"unreachable", "C S 100; S icmp1; end", .want = "refused:C!"},
		{"too long is not unreachable", "C S 100; S icmp4; end", .want = "undecided=1"},
		{"an answer to another SYN", "C S 100; S SA 500 999999; end",
		 .want = "undecided=1"},
		{"a half-open scan, half heard", "C S 100; C R 101; end",
		 .want = "established:C one_sided=1"},
		{"only the client heard", "C S 100; C A 101 501; C A 101 501 fabc; end",
		 .want = "established:C >fabc . one_sided=1"},
		{"the SYN-ACK was lost", "C S 100; S A 501 101 fabc; end",
		 .want = "established:C <fabc ."},
	};

	(void)unused;
	PLAY(scripts);
}

static void answers_without_a_question_do_not_blame_who_answers(void **unused)
{
	static const struct script scripts[] = {
		{"SYN-ACK", "S SA 500 101; S SA 500 101; C R 101; end", .want = "backscatter:C"},
		{"RST", "S RA 0 101; S RA 0 101; end", .want = "backscatter:C"},
		{"a RST that may be the end of anything", "S RA 77 101; S R 78; end", .want = ""},
		{"SYN-ACK from a port like a client's", "S SA 500 101; end",
		 .want = "backscatter:C", .is_swapped = true},
		{"and then both go on", "S SA 500 101; C A 101 501 fabc; S A 501 105 de; end",
		 .want = "backscatter:C >fabc <de ."},
		{"unreachable", "S SA 500 101; S icmp1; end", .want = "backscatter:C"},
	};

	(void)unused;
	PLAY(scripts);
}

static void streams_are_picked_up_in_the_middle(void **unused)
{
	static const struct script scripts[] = {
		{"client first", "C A 101 501 fabc; S A 501 105 de; end",
		 .want = "midstream:C >fabc <de . midstream=1"},
		{"server first", "S A 501 101 fabc; C A 101 505 de; end",
		 .want = "midstream:C <fabc >de . midstream=1"},
		{"a port below 1024 is not always the server",
		 "C A 101 501 fabc; S A 501 105 de; end",
		 .want = "midstream:S <fabc >de . midstream=1", .is_swapped = true},
		{"the first segment is no beginning",
		 "C A 101 501 xx; S A 501 103 yy; C A 103 503 fabc; end",
		 .want = "midstream:C >fabc . midstream=1"},
		{"frames are missing on both sides",
		 "C A 101 501 fabc; S A 521 205 de; C A 205 523 g; S A 523 206 h; end",
		 .want = "midstream:C >fabc <de >[100] >g <h . midstream=1 gap=100"},
		{"acknowledgements alone are nobody", "C A 101 501; S A 501 101; S FA 501 101; end",
		 .want = ""},
	};

	(void)unused;
	PLAY(scripts);
}

static void connections_end_and_begin_anew(void **unused)
{
	static const struct script scripts[] = {
		{"FIN both ways",
		 SHAKE
		 "C A 101 501 fabc; C FA 105 501; S FA 501 106; C A 106 502; S A 502 106; end",
		 .want = "established:C >fabc ."},
		{"data with the FIN", SHAKE "C FA 101 501 fabc; S FA 501 106 de; end",
		 .want = "established:C >fabc <de ."},
		{"RST", SHAKE "C A 101 501 fabc; S R 501; C A 105 501 late; end",
		 .want = "established:C >fabc ."},
		{"a RST far out of the window",
		 SHAKE "C A 101 501 fabc; S A 501 105 x; "
		       "S R 90000501; C A 105 501 de; end",
		 .want = "established:C >fabc <x >de ."},
		{"the port again",
		 SHAKE "C FA 101 501 fabc; S FA 501 106; C S 900; S SA 700 901; "
		       "C A 901 701 fxyz; end",
		 .want = "established:C >fabc . established:C >fxyz ."},
		{"the port again, other way round",
		 SHAKE "C FA 101 501; S FA 501 106; S S 900; C RA 0 901; end",
		 .want = "established:C refused:S"},
		{"the port again after a long silence",
		 SHAKE "C A 101 501 fabc; @100; C S 900; end",
		 .want = "established:C >fabc . undecided=1"},
		{"a SYN in the middle that nobody answers",
		 SHAKE "C A 101 501 fabc; C S 900; C A 105 501 de; end",
		 .want = "established:C >fabc >de ."},
		{"a SYN in the middle that is answered",
		 SHAKE "C A 101 501 fabc; C S 900; S SA 700 901; C A 901 701 fxyz; end",
		 .want = "established:C >fabc . established:C >fxyz ."},
		{"idle", SHAKE "C A 101 501 fabc; @301; tick; C A 105 501 fd; end",
		 .want = "established:C >fabc . midstream:C midstream=1 one_sided=1"},
		{"a RST that was none",
		 SHAKE "C R 101; C A 101 501 x; C A 102 501 x; "
		       "C A 103 501 x; C A 104 501 x; C A 105 501 x; "
		       "C A 106 501 x; C A 107 501 x; C A 108 501 fabc; end",
		 .want = "established:C >fabc ."},
	};

	(void)unused;
	PLAY(scripts);
}

static void only_wanted_streams_are_read(void **unused)
{
	static const struct script scripts[] = {
		{"nobody", SHAKE "C A 101 501 x; S A 501 102 x; C A 102 502 fabc; end",
		 .want = "established:C"},
		{"the server speaks first", SHAKE "S A 501 101 fabc; C A 101 505 xyz; end",
		 .want = "established:C <fabc >xyz ."},
		{"sure with the second segment", SHAKE "C A 101 501 fa; C A 103 501 bc; end",
		 .want = "established:C >fabc ."},
		{"what the other said while unsure",
		 SHAKE "C A 101 501 fa; S A 501 103 ux; C A 103 503 bc; end",
		 .want = "established:C <ux >fabc ."},
		{"the other side was skipped",
		 SHAKE "C A 101 501 x; S A 501 102 fabc; C A 102 505 y; "
		       "end",
		 .want = "established:C <fabc >y ."},
		{"the reader rejects",
		 SHAKE "C A 101 501 fabc; C A 105 501 !; C A 106 501 fabc; "
		       "S A 501 110 fabc; end",
		 .want = "established:C >fabc ."},
		{"in units of three",
		 SHAKE "C A 101 501 fabc; C A 105 501 d; C A 106 501 efghi; "
		       "S A 501 111 vw; end",
		 .want = "established:C >fab >cdefgh .", .unit = 3},
	};

	(void)unused;
	PLAY(scripts);
}

static void bytes_come_in_order(void **unused)
{
	static const struct script scripts[] = {
		{"swapped", SHAKE "C A 101 501 fabc; C A 107 501 fg; C A 105 501 de; end",
		 .want = "established:C >fabc >de >fg ."},
		{"swapped at the start", SHAKE "C A 105 501 de; C A 101 501 fabc; end",
		 .want = "established:C >fabc >de ."},
		{"retransmitted", SHAKE "C A 101 501 fabc; C A 101 501 fabc; C A 103 501 bcd; end",
		 .want = "established:C >fabc >d ."},
		{"kept alive",
		 SHAKE "C A 101 501 fabc; C A 104 501 x; C A 104 501; C A 105 501 d; end",
		 .want = "established:C >fabc >d ."},
		{"numbers wrap",
		 "C S 4294967292; S SA 4294967295 4294967293; "
		 "C A 4294967293 0 fabc; C A 3 0 gh; C A 1 0 de; S A 0 5 xy; end",
		 .want = "established:C >fabc >de >gh <xy ."},
		{"FIN before the bytes",
		 SHAKE "C A 101 501 fabc; C FA 107 501 fg; S FA 501 105; C A 105 502 de; end",
		 .want = "established:C >fabc >de >fg ."},
	};

	(void)unused;
	PLAY(scripts);
}

static void overlaps_go_as_in_windows(void **unused)
{
	/* Byte 101..104 are "fabc"; the hole is at 105; what is held comes first. */
#define HELD(steps) SHAKE "C A 101 501 fabc; " steps "end"
	static const struct script scripts[] = {
		{"starts and ends with the old: old",
		 HELD("C A 107 501 AAAA; C A 107 501 BBBB; C A 105 501 xy; "),
		 .want = "established:C >fabc >xy >AAAA . differ=1"},
		{"starts with the old, ends later: old, then new",
		 HELD("C A 107 501 AA; C A 107 501 BBBB; C A 105 501 xy; "),
		 .want = "established:C >fabc >xy >AA >BB . differ=1"},
		{"starts after the old, ends before it: old",
		 HELD("C A 107 501 AAAA; C A 108 501 BB; C A 105 501 xy; "),
		 .want = "established:C >fabc >xy >AAAA . differ=1"},
		{"starts after the old, ends later: old, then new",
		 HELD("C A 107 501 AAAA; C A 109 501 BBBB; C A 105 501 xy; "),
		 .want = "established:C >fabc >xy >AAAA >BB . differ=1"},
		{"starts before the old, ends before it: new, then old",
		 HELD("C A 108 501 AAAA; C A 106 501 BBBB; C A 105 501 x; "),
		 .want = "established:C >fabc >x >BBBB >AA . differ=1"},
		{"starts before the old, ends with it: new",
		 HELD("C A 108 501 AA; C A 106 501 BBBB; C A 105 501 x; "),
		 .want = "established:C >fabc >x >BBBB . differ=1"},
		{"starts before the old, ends later: new",
		 HELD("C A 107 501 AA; C A 106 501 BBBB; C A 105 501 x; "),
		 .want = "established:C >fabc >x >BBBB . differ=1"},
		{"from the old one over a hole into another old one",
		 HELD("C A 106 501 AAA; C A 110 501 CC; C A 107 501 BBBB; C A 105 501 x; "),
		 .want = "established:C >fabc >x >AAA >BB >C . differ=2"},
		{"fills the hole and goes on: new", HELD("C A 107 501 AAAA; C A 105 501 BBBB; "),
		 .want = "established:C >fabc >BBBB >AA . differ=1"},
		{"starts with an old one that has others behind it: old, then new",
		 HELD("C A 107 501 AA; C A 112 501 CC; C A 107 501 BBBB; C A 111 501 d; "
		      "C A 105 501 xy; "),
		 .want = "established:C >fabc >xy >AA >BB >d >CC . differ=1"},
		{"an old one is gone, and another comes",
		 HELD("C A 107 501 AA; C A 105 501 BBBB; C A 112 501 z; C A 109 501 www; "),
		 .want = "established:C >fabc >BBBB >www >z . differ=1"},
		{"the same bytes differ from nothing",
		 HELD("C A 107 501 AAAA; C A 107 501 AAAA; C A 105 501 xyAA; "),
		 .want = "established:C >fabc >xyAA >AA ."},
		{"what the reader has cannot be changed, but be seen while it waits",
		 SHAKE "C A 101 501 fabcd; C A 104 501 XXe; end",
		 .want = "established:C >fabc . differ=1", .unit = 4},
	};

	(void)unused;
	PLAY(scripts);
}

static void holes_are_given_up_when_waiting_is_in_vain(void **unused)
{
	static const struct script scripts[] = {
		{"the receiver has what we miss",
		 SHAKE "C A 101 501 fabc; C A 110 501 xy; S A 501 112; end",
		 .want = "established:C >fabc >[5] >xy . gap=5"},
		{"the receiver has just what we miss",
		 SHAKE "C A 101 501 fabc; C A 110 501 xy; S A 501 110 q; end",
		 .want = "established:C >fabc >[5] >xy <q . gap=5"},
		{"the receiver misses it too",
		 SHAKE "C A 101 501 fabc; C A 110 501 xy; S A 501 105; @11; S A 501 105; tick; "
		       "C A 105 501 defgh; end",
		 .want = "established:C >fabc >defgh >xy ."},
		{"nobody answers in time",
		 SHAKE "C A 101 501 fabc; C A 110 501 xy; @11; tick; C A 112 501 z; end",
		 .want = "established:C >fabc >[5] >xy >z . gap=5"},
		{"the capture ends", SHAKE "C A 101 501 fabc; C A 110 501 xy; C A 120 501 z; end",
		 .want = "established:C >fabc >[5] >xy >[8] >z . gap=13"},
		{"the last bytes", SHAKE "C A 101 501 fabc; C FA 110 501; S FA 501 111; end",
		 .want = "established:C >fabc >[5] . gap=5"},
		{"a reader that cannot go on",
		 SHAKE "C A 101 501 fabc; C A 110 501 xy; S A 501 112; C A 112 501 fabc; end",
		 .want = "established:C >fabc >[5] . gap=5", .hates_gaps = true},
		{"what waits before the gap is part of it",
		 SHAKE "C A 101 501 fabcde; C A 110 501 xyzw; S A 501 114; end",
		 .want = "established:C >fabc >[5] >xyzw . gap=3", .unit = 4},
		{"the snap length cut bytes off", SHAKE "C A 101 501 fabc 6; C A 111 501 xy; end",
		 .want = "established:C >fabc >[6] >xy . gap=6"},
		{"the snap length cut held bytes off",
		 SHAKE "C A 101 501 fabc; C A 107 501 x 3; C A 111 501 y; C A 105 501 de; end",
		 .want = "established:C >fabc >de >x >[3] >y . gap=3"},
		{"first bytes lost", SHAKE "C A 110 501 fxy; S A 501 113; C A 113 501 z; end",
		 .want = "established:C >fxyz ."},
		{"far ahead and never confirmed",
		 SHAKE "C A 101 501 fabc; C A 90000000 501 xy; "
		       "C A 105 501 d; end",
		 .want = "established:C >fabc >d . dropped=2"},
		{"far ahead and confirmed",
		 SHAKE "C A 101 501 fabc; S A 501 5000001; C A 5000001 501 xy; end",
		 .want = "established:C >fabc >[4999896] >xy . gap=4999896"},
	};

	(void)unused;
	PLAY(scripts);
}

static void datagrams_are_attempts_too(void **unused)
{
	static const struct script scripts[] = {
		{"answered", "C udp; C udp; S udp; S udp; end", .want = "established:C"},
		{"left alone, and on and on", "C udp; @10; tick; C udp; @20; tick; C udp; end",
		 .want = "unanswered:C"},
		{"unreachable", "C udp; S icmp3; C udp; end", .want = "refused:C!"},
		{"a late answer", "C udp; @10; tick; S udp; end", .want = "unanswered:C"},
		{"too young", "C udp; end", .want = "undecided=1"},
		{"an answer to a question not heard", "S udp; end",
		 .want = "midstream:C midstream=1"},
	};

	(void)unused;
	PLAY(scripts);
}

static void limits_hold(void **unused)
{
	static const struct script scripts[] = {
		{"a reader that waits for too much",
		 SHAKE "C A 101 501 fabc; C A 105 501 defg; end",
		 .want = "established:C . dropped=4 shed_streams=1", .unit = 65,
		 .limits = {10, 1 << 20, 64, 10, 300}},
		{"no room behind a hole, and nobody says that it will be filled",
		 SHAKE "C A 101 501 fabc; C A 110 501 0123456789; C A 130 501 0123456789; end",
		 .want = "established:C >fabc >[5] >0123456789 >[10] >0123456789 . gap=15",
		 .limits = {10, 1 << 20, 64, 10, 300}},
		{"no room behind a hole that will be filled",
		 SHAKE "C A 101 501 fabc; C A 110 501 0123456789; S A 501 105; "
		       "C A 120 501 0123456789; C A 105 501 defgh; end",
		 .want = "established:C >fabc >defgh >0123456789 . dropped=10",
		 .limits = {10, 1 << 20, 64, 10, 300}},
	};

	(void)unused;
	PLAY(scripts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attempt_is_told_once_with_its_outcome),
		cmocka_unit_test(answers_without_a_question_do_not_blame_who_answers),
		cmocka_unit_test(streams_are_picked_up_in_the_middle),
		cmocka_unit_test(connections_end_and_begin_anew),
		cmocka_unit_test(only_wanted_streams_are_read),
		cmocka_unit_test(bytes_come_in_order),
		cmocka_unit_test(overlaps_go_as_in_windows),
		cmocka_unit_test(holes_are_given_up_when_waiting_is_in_vain),
		cmocka_unit_test(datagrams_are_attempts_too),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
