/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>

#include "base/monotime.h"
#include "flow/defrag.h"

enum { FRAGS = 5, UDP_HEAD = 8 };

/* A fragment: its bytes repeat `fill`. Those at offset 0 start with an UDP header. */
struct frag {
	uint16_t offset, len;
	char more; /* '+' or '.' */
	char fill;
	uint32_t missing;
	uint32_t id;
	double at_s;
};

struct script {
	const char *what;
	struct frag frags[FRAGS];
	const char *want; /* what comes out, after the UDP header; NULL: nothing */
	struct defrag_stats stats;
	bool is_v6;
	size_t datagrams, bytes; /* limits, if not 0 */
	uint32_t want_missing;
};

static uint32_t whole_len(const struct script *s)
{
	for (size_t i = 0; i < FRAGS; i++) {
		if (s->frags[i].more == '.')
			return s->frags[i].offset + s->frags[i].len;
	}
	return UDP_HEAD;
}

static struct packet packet_of(const struct script *s, const struct frag *f, uint8_t *bytes)
{
	struct packet p = {
		.kind = PACKET_FRAGMENT,
		.ip_proto = IP_PROTO_UDP,
		.mono_ns = (uint64_t)(f->at_s * 1e9) + 1,
		.frag = {f->id, f->offset, f->more == '+'},
		.payload = {bytes, f->len - f->missing},
		.payload_missing = f->missing,
	};

	p.src = s->is_v6 ? (struct addr){{0xfd, [15] = 1}} : addr_v4(0x0a000001);
	p.dst = s->is_v6 ? (struct addr){{0xfd, [15] = 2}} : addr_v4(0x0a000002);
	memset(bytes, f->fill, f->len);
	if (f->offset == 0) {
		struct writer w = {.at = bytes, .cap = f->len};

		wr_be(&w, 2, 1025);
		wr_be(&w, 2, 137);
		wr_be(&w, 2, whole_len(s));
		wr_be(&w, 2, 0);
	}
	return p;
}

static void play(const struct script *s)
{
	uint8_t bytes[256];
	struct defrag *d = NULL;
	struct defrag_stats stats;
	char got[512] = "";

	print_message("           %s\n", s->what);
	assert_int_equal(
		defrag_new(s->datagrams ? s->datagrams : 8, s->bytes ? s->bytes : 4096, 0, &d),
		RC_OK);
	for (size_t i = 0; i < FRAGS && s->frags[i].more != '\0'; i++) {
		struct packet p = packet_of(s, &s->frags[i], bytes);

		if (!defrag_packet(d, &p))
			continue;
		assert_string_equal(got, "");
		assert_int_equal(p.kind, PACKET_UDP);
		assert_int_equal(p.sport, 1025);
		assert_int_equal(p.dport, 137);
		assert_int_equal(p.payload_missing, s->want_missing);
		snprintf(got, sizeof(got), "%.*s", (int)p.payload.len, (const char *)p.payload.at);
	}
	defrag_stats_get(d, &stats);
	defrag_free(d);
	assert_string_equal(got, s->want != NULL ? s->want : "");
	assert_memory_equal(&stats, &s->stats, sizeof(stats));
}

#define PLAY(scripts)                                                                              \
	for (size_t i = 0; i < sizeof(scripts) / sizeof((scripts)[0]); i++)                        \
	play(&(scripts)[i])

#define A8 "AAAAAAAA"
#define B8 "BBBBBBBB"
#define WHOLE                                                                                      \
	{                                                                                          \
		.datagrams = 1                                                                     \
	}

static void fragments_become_a_datagram(void **unused)
{
	static const struct script scripts[] = {
		{.what = "in order",
		 .frags = {{0, 16, '+', 'A'}, {16, 8, '+', 'B'}, {24, 3, '.', 'C'}},
		 .want = A8 B8 "CCC",
		 .stats = WHOLE},
		{.what = "backwards",
		 .frags = {{24, 3, '.', 'C'}, {16, 8, '+', 'B'}, {0, 16, '+', 'A'}},
		 .want = A8 B8 "CCC",
		 .stats = WHOLE},
		{.what = "in two datagrams at once",
		 .frags = {{0, 16, '+', 'A'}, {0, 16, '+', 'X', .id = 9}, {16, 3, '.', 'C'}},
		 .want = A8 "CCC",
		 .stats = WHOLE},
		{.what = "some twice",
		 .is_v6 = true,
		 .frags = {{0, 16, '+', 'A'}, {0, 16, '+', 'A'}, {16, 3, '.', 'C'}},
		 .want = A8 "CCC",
		 .stats = WHOLE},
		{.what = "one that is whole by itself",
		 .is_v6 = true,
		 .frags = {{0, 11, '.', 'A'}},
		 .want = "AAA",
		 .stats = WHOLE},
		{.what = "cut off by the snap length",
		 .frags = {{0, 16, '+', 'A', .missing = 4}, {16, 8, '.', 'B'}},
		 .want = "AAAA",
		 .stats = WHOLE,
		 .want_missing = 12},
	};

	(void)unused;
	PLAY(scripts);
}

static void overlaps_do_not_change_what_came_first(void **unused)
{
	static const struct script scripts[] = {
		{.what = "teardrop: inside another",
		 .frags = {{0, 32, '+', 'A'}, {16, 8, '+', 'X'}, {32, 2, '.', 'C'}},
		 .want = A8 A8 A8 "CC",
		 .stats = {.datagrams = 1, .malformed = 1}},
		{.what = "over the end of another",
		 .frags = {{0, 16, '+', 'A'}, {8, 16, '+', 'B'}, {24, 2, '.', 'C'}},
		 .want = A8 B8 "CC",
		 .stats = {.datagrams = 1, .malformed = 1}},
		{.what = "over two and the hole between",
		 .frags = {{0, 16, '+', 'A'},
			   {24, 8, '+', 'C'},
			   {8, 24, '+', 'B'},
			   {32, 1, '.', 'D'}},
		 .want = A8 B8 "CCCCCCCCD",
		 .stats = {.datagrams = 1, .malformed = 1}},
		{.what = "RFC 5722: IPv6 gives it all up",
		 .is_v6 = true,
		 .frags = {{0, 16, '+', 'A'},
			   {8, 16, '+', 'B'},
			   {16, 8, '+', 'B'},
			   {24, 2, '.', 'C'}},
		 .stats = {.malformed = 1}},
	};

	(void)unused;
	PLAY(scripts);
}

static void wrong_lengths_are_no_part_of_it(void **unused)
{
	static const struct script scripts[] = {
		{.what = "no multiple of eight",
		 .frags = {{0, 16, '+', 'A'}, {16, 5, '+', 'B'}, {16, 3, '.', 'C'}},
		 .want = A8 "CCC",
		 .stats = {.datagrams = 1, .malformed = 1}},
		{.what = "beyond 64 KiB",
		 .frags = {{65528, 8, '.', 'A'}},
		 .stats = {.malformed = 1}},
		{.what = "beyond the end",
		 .frags = {{16, 3, '.', 'C'}, {24, 8, '+', 'X'}, {0, 16, '+', 'A'}},
		 .want = A8 "CCC",
		 .stats = {.datagrams = 1, .malformed = 1}},
		{.what = "two ends",
		 .frags = {{16, 3, '.', 'C'}, {16, 4, '.', 'X'}, {0, 16, '+', 'A'}},
		 .want = A8 "CCC",
		 .stats = {.datagrams = 1, .malformed = 1}},
		{.what = "an end before what is there",
		 .frags = {{24, 8, '+', 'X'}, {16, 3, '.', 'C'}},
		 .stats = {.malformed = 1}},
		{.what = "nothing", .frags = {{16, 0, '+', 'X'}}, .stats = {.malformed = 1}},
	};

	(void)unused;
	PLAY(scripts);
}

static void what_is_never_complete_is_forgotten(void **unused)
{
	static const struct script scripts[] = {
		{.what = "after 30 s",
		 .frags = {{0, 16, '+', 'A'}, {16, 3, '.', 'C', .at_s = 30}},
		 .stats = {.timed_out = 1}},
		{.what = "not before",
		 .frags = {{0, 16, '+', 'A'}, {16, 3, '.', 'C', .at_s = 29}},
		 .want = A8 "CCC",
		 .stats = WHOLE},
		{.what = "when there are too many",
		 .frags = {{0, 16, '+', 'A'}, {0, 16, '+', 'X', .id = 1}, {16, 3, '.', 'C'}},
		 .stats = {.shed = 2},
		 .datagrams = 1},
		{.what = "when they hold too much",
		 .frags = {{0, 96, '+', 'A'}, {0, 64, '+', 'X', .id = 1}, {96, 3, '.', 'C'}},
		 .stats = {.shed = 1},
		 .bytes = 170},
		{.what = "when one holds too much",
		 .frags = {{0, 96, '+', 'A'}, {96, 96, '+', 'B'}, {192, 3, '.', 'C'}},
		 .stats = {.shed = 1},
		 .bytes = 170},
	};

	(void)unused;
	PLAY(scripts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fragments_become_a_datagram),
		cmocka_unit_test(overlaps_do_not_change_what_came_first),
		cmocka_unit_test(wrong_lengths_are_no_part_of_it),
		cmocka_unit_test(what_is_never_complete_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
