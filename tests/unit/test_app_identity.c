/* What is told again, and when: by the clock of the packets alone. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "app/identity.h"
#include "base/monotime.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static struct identity *make(void)
{
	struct identity *i = NULL;

	assert_int_equal(identity_new(7, false, &i), RC_OK);
	return i;
}

static struct packet tcp(uint32_t src, uint8_t flags, uint64_t at_s)
{
	static const uint8_t frame[] = "\2\4\5\264";

	return (struct packet){
		.kind = PACKET_TCP,
		.ip_proto = IP_PROTO_TCP,
		.mono_ns = at_s * NS_PER_S,
		.src = addr_v4(src),
		.dst = addr_v4(0x0a000001),
		.ttl = 64,
		.tcp = {.flags = flags, .window = 1024, .options_len = 4},
		.payload = {frame + 4, 0},
		.src_mac = {{2, 0, 0, 0, 0, 7}},
		.has_mac = true,
	};
}

static bool takes(struct identity *i, struct packet p, struct ev_ident *id)
{
	return identity_packet(i, &p, id);
}

static void a_link_is_told_once_a_minute(void **unused)
{
	struct identity *i = make();
	struct ev_ident id;
	struct packet p = tcp(0x0a000007, TCP_ACK, 5);

	(void)unused;
	assert_true(takes(i, p, &id));
	assert_int_equal(id.from, IDENT_LINK);
	assert_true(id.has_mac && mac_eq(&id.mac, &p.src_mac) && addr_eq(&id.addr, &p.src));
	assert_int_equal(id.ttl, 64);
	p.mono_ns += 59 * NS_PER_S;
	assert_false(takes(i, p, &id));
	p.mono_ns += NS_PER_S;
	assert_true(takes(i, p, &id));
	assert_false(takes(i, p, &id));
	p.ttl = 63; /* something new */
	assert_true(takes(i, p, &id));
	p.src_mac.b[5] = 8;
	assert_true(takes(i, p, &id));
	identity_free(i);
}

/* With a store: in every minute of the clock, but only as a repeat, so that nothing else is told
 * more often than without. */
static void by_minute_a_link_is_repeated_in_each(void **unused)
{
	static const struct {
		unsigned at_s;
		bool is_told, is_repeat;
	} cases[] = {
		{50, true, false},   {59, false, false},  {60, true, true},
		{61, false, false},  {109, false, false}, {110, true, false},
		{119, false, false}, {120, true, true},   {300, true, false},
	};
	struct identity *i = NULL;
	struct ev_ident id;

	(void)unused;
	assert_int_equal(identity_new(7, true, &i), RC_OK);
	for (unsigned k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct packet p = tcp(0x0a000007, TCP_ACK, cases[k].at_s);

		p.at_ns = p.mono_ns;
		id = (struct ev_ident){0};
		if (takes(i, p, &id) != cases[k].is_told || id.is_repeat != cases[k].is_repeat)
			fail_msg("at %u s", cases[k].at_s);
	}
	assert_int_equal(identity_lost(i), 0);
	identity_free(i);
}

static void only_somebody_has_a_link(void **unused)
{
	static const struct {
		const char *what, *src;
		uint8_t mac0, flags;
		bool has_mac, told;
	} cases[] = {
		{"an ordinary packet", "10.0.0.7", 2, TCP_ACK, true, true},
		{"no Ethernet", "10.0.0.8", 2, TCP_ACK, false, false},
		{"a group's card", "10.0.0.9", 3, TCP_ACK, true, false},
		{"nobody's address", "0.0.0.0", 2, TCP_ACK, true, false},
		{"a group's address", "224.0.0.1", 2, TCP_ACK, true, false},
		{"a reset that acknowledges nothing", "10.0.0.10", 2, TCP_RST, true, false},
		{"IPv6", "fe80::7", 2, TCP_ACK, true, true},
	};
	struct identity *i = make();
	struct ev_ident id;

	(void)unused;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct packet p = tcp(0, cases[k].flags, 5);

		print_message("           %s\n", cases[k].what);
		assert_int_equal(addr_parse(cases[k].src, &p.src), RC_OK);
		p.src_mac.b[0] = cases[k].mac0;
		p.has_mac = cases[k].has_mac;
		assert_int_equal(takes(i, p, &id), cases[k].told);
	}
	identity_free(i);
}

static void a_syn_has_a_shape(void **unused)
{
	struct identity *i = make();
	struct ev_ident id;
	struct packet p = tcp(0x0a000007, TCP_SYN, 5);

	(void)unused;
	assert_true(takes(i, p, &id));
	assert_int_equal(id.from, IDENT_SYN);
	assert_true(bytes_eq(id.note, BYTES("64:1024:1460:0:M:0")));
	assert_false(takes(i, p, &id));
	p.tcp.window = 8192;
	assert_true(takes(i, p, &id));
	identity_free(i);
}

static void a_flood_of_syns_leaves_room_for_the_rest(void **unused)
{
	struct identity *i = make();
	struct ev_ident id;
	unsigned told = 0;

	(void)unused;
	for (uint32_t k = 0; k < 100000; k++)
		told += takes(i, tcp(0x0b000000 + k, TCP_SYN, 5), &id);
	assert_true(told > 0 && told < 100);
	assert_int_equal(identity_lost(i), 100000 - told);
	assert_true(takes(i, tcp(0x0a000007, TCP_ACK, 5), &id));
	identity_tick(i);
	assert_true(takes(i, tcp(0x0c000007, TCP_SYN, 6), &id));
	identity_free(i);
}

static void a_second_has_room_for_so_many(void **unused)
{
	struct identity *i = make();
	struct ev_ident id;
	unsigned told[2] = {0, 0};

	(void)unused;
	for (int second = 0; second < 2; second++) {
		for (uint32_t k = 0; k < 5000; k++)
			told[second] += takes(
				i, tcp(0x0b000000 + (uint32_t)second * 5000 + k, TCP_ACK, 5), &id);
		identity_tick(i);
	}
	assert_true(told[0] >= 1000 && told[0] < 5000);
	assert_int_equal(told[0], told[1]);
	assert_int_equal(identity_lost(i), 10000 - 2 * told[0]);
	identity_free(i);
}

static void what_can_end_is_told_each_time(void **unused)
{
	static const struct {
		const char *what;
		struct ev_ident id;
		bool again;
	} cases[] = {
		{"a name in an announcement", {.from = IDENT_BROWSER}, false},
		{"a name given to NBNS", {.from = IDENT_NBNS}, true},
		{"a name given back", {.from = IDENT_LLMNR, .act = IDENT_ENDS}, true},
		{"a lease", {.from = IDENT_DHCP, .has_mac = true, .addr = {{1}}}, true},
		{"a wish for a lease",
		 {.from = IDENT_DHCP, .act = IDENT_WISH, .has_mac = true, .addr = {{1}}},
		 false},
		{"the card's name", {.from = IDENT_DHCP, .has_mac = true}, false},
		{"a DHCP server", {.from = IDENT_DHCP, .addr = {{1}}, .roles = 16}, false},
		{"a logon", {.from = IDENT_NTLM, .user = LIT("maria")}, true},
		{"a native system", {.from = IDENT_SMB1, .os = LIT("Windows 5.1")}, false},
	};

	(void)unused;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct identity *i = make();
		struct event ev = {.kind = EV_IDENT, .ident = cases[k].id};

		print_message("           %s\n", cases[k].what);
		ev.ident.name = BYTES("PC-7");
		assert_true(identity_is_news(i, &ev, NS_PER_S));
		assert_int_equal(identity_is_news(i, &ev, NS_PER_S), cases[k].again);
		ev.ident.name = BYTES("PC-8");
		assert_true(identity_is_news(i, &ev, NS_PER_S));
		ev.ident.domain = BYTES("PC-8"); /* the same bytes elsewhere are something else */
		ev.ident.name = BYTES("");
		assert_true(identity_is_news(i, &ev, NS_PER_S));
		identity_free(i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_is_told_once_a_minute),
		cmocka_unit_test(by_minute_a_link_is_repeated_in_each),
		cmocka_unit_test(only_somebody_has_a_link),
		cmocka_unit_test(a_syn_has_a_shape),
		cmocka_unit_test(a_flood_of_syns_leaves_room_for_the_rest),
		cmocka_unit_test(a_second_has_room_for_so_many),
		cmocka_unit_test(what_can_end_is_told_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
