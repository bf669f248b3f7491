/* DHCPv4: messages laid out by hand, and what a hostile client or an odd server does to them. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/dhcp.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

enum { HEAD = 236, SNAME_AT = 44, FILE_AT = 108 };

struct message {
	uint8_t at[2048];
	size_t len;
};

/* A BOOTREQUEST of 02:00:00:00:00:07 with these options behind the cookie. */
static struct message message_with(struct bytes options)
{
	struct message m = {.at = {1, 1, 6, 0, 1, 2, 3, 4}};
	struct writer w = {.at = m.at, .cap = sizeof(m.at), .len = HEAD};

	m.at[28] = 2;
	m.at[33] = 7;
	wr_be(&w, 4, 0x63825363);
	wr_bytes(&w, options);
	m.len = w.len;
	return m;
}

struct got {
	uint8_t space[DHCP_ROOM];
	struct writer room;
	struct dhcp x;
};

static bool read_into(struct got *g, const struct message *m)
{
	g->room = (struct writer){.at = g->space, .cap = sizeof(g->space)};
	return dhcp_read((struct bytes){m->at, m->len}, &g->room, &g->x);
}

static const struct {
	const char *what;
	struct bytes options;
	uint8_t type;
	struct bytes hostname, params, fqdn_name;
	bool is_cut;
} cases[] = {
	{"a request of Windows", LIT("\65\1\3\14\4PC-7\67\3\1\17\3\377"), 3, LIT("PC-7"),
	 LIT("\1\17\3"), LIT(""), false},
	{"pads between options", LIT("\0\0\65\1\1\0\0\14\1a\0\377"), 1, LIT("a"), LIT(""), LIT(""),
	 false},
	{"nothing counts behind the end", LIT("\65\1\1\377\14\1a"), 1, LIT(""), LIT(""), LIT(""),
	 false},
	{"no end", LIT("\65\1\1\14\1a"), 1, LIT("a"), LIT(""), LIT(""), false},
	{"a length past the end", LIT("\65\1\1\14\11abc"), 1, LIT(""), LIT(""), LIT(""), true},
	{"a code without a length", LIT("\65\1\1\14"), 1, LIT(""), LIT(""), LIT(""), true},
	{"a name in two pieces", LIT("\14\3abc\65\1\1\14\3def\377"), 1, LIT("abcdef"), LIT(""),
	 LIT(""), false},
	{"an empty piece first", LIT("\14\0\14\1x\377"), 0, LIT("x"), LIT(""), LIT(""), false},
	{"the first type counts", LIT("\65\1\3\65\1\7\377"), 3, LIT(""), LIT(""), LIT(""), false},
	{"FQDN as text", LIT("\121\16\0\0\0pc7.a.test.\377"), 0, LIT(""), LIT(""),
	 LIT("pc7.a.test"), false},
	{"FQDN as labels", LIT("\121\17\5\0\0\3pc7\1a\4test\0\377"), 0, LIT(""), LIT(""),
	 LIT("pc7.a.test"), false},
	{"FQDN as labels, host only", LIT("\121\7\4\0\0\3pc7\377"), 0, LIT(""), LIT(""), LIT("pc7"),
	 false},
	{"FQDN with a label past its end", LIT("\121\7\4\0\0\11pc7\377"), 0, LIT(""), LIT(""),
	 LIT(""), false},
	{"FQDN with a pointer", LIT("\121\5\4\0\0\300\14\377"), 0, LIT(""), LIT(""), LIT(""),
	 false},
	{"FQDN too short for its flags", LIT("\121\2\4\0\377"), 0, LIT(""), LIT(""), LIT(""),
	 false},
};

static void options_are_read(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message m = message_with(cases[i].options);
		struct got g;
		uint8_t name[DHCP_VALUE_MAX];

		print_message("           %s\n", cases[i].what);
		assert_true(read_into(&g, &m));
		assert_int_equal(g.x.type, cases[i].type);
		assert_true(bytes_eq(g.x.hostname, cases[i].hostname));
		assert_true(bytes_eq(g.x.params, cases[i].params));
		assert_int_equal(g.x.is_cut, cases[i].is_cut);

		size_t len = dhcp_fqdn_name(&g.x, name);

		assert_true(bytes_eq((struct bytes){name, len}, cases[i].fqdn_name));
	}
}

static void every_cut_of_a_message_is_told(void **unused)
{
	struct message m = message_with(BYTES("\65\1\3\14\4PC-7\377"));
	size_t whole = m.len;
	struct got g;

	(void)unused;
	for (m.len = 0; m.len < whole; m.len++) {
		bool good = read_into(&g, &m);

		assert_int_equal(good, m.len >= HEAD);
		if (good && m.len > HEAD + 4 + 3)
			assert_int_equal(g.x.is_cut, m.len < whole - 1 && m.len > HEAD + 4 + 3);
	}
	m.at[0] = 3;
	assert_false(read_into(&g, &m));
}

static void an_overloaded_message_goes_on_in_file_then_sname(void **unused)
{
	struct message m = message_with(BYTES("\64\1\3\14\2ab\377"));
	struct got g;

	(void)unused;
	memcpy(m.at + FILE_AT, "\14\2cd\65\1\5\377", 8);
	memcpy(m.at + SNAME_AT, "\14\2ef\64\1\3\377", 8); /* an overload in there leads nowhere */
	assert_true(read_into(&g, &m));
	assert_true(bytes_eq(g.x.hostname, BYTES("abcdef")));
	assert_int_equal(g.x.type, DHCP_ACK);

	m.at[HEAD + 4 + 2] = 1; /* only the file */
	assert_true(read_into(&g, &m));
	assert_true(bytes_eq(g.x.hostname, BYTES("abcd")));
	m.at[HEAD + 4 + 2] = 0;
	assert_true(read_into(&g, &m));
	assert_true(bytes_eq(g.x.hostname, BYTES("ab")));
}

static void a_message_without_the_cookie_is_bootp(void **unused)
{
	struct message m = message_with(BYTES("\14\1a\377"));
	struct got g;
	struct mac mac;

	(void)unused;
	m.at[HEAD] = 0;
	assert_true(read_into(&g, &m));
	assert_int_equal(g.x.type, 0);
	assert_int_equal(g.x.hostname.len, 0);
	assert_true(dhcp_mac(&g.x, &mac));
	assert_memory_equal(mac.b, "\2\0\0\0\0\7", 6);
}

static void only_ethernet_has_a_mac(void **unused)
{
	struct mac mac;
	struct dhcp x = {.htype = 1, .hlen = 6, .chaddr = {0, 1, 2, 3, 4, 5}};

	(void)unused;
	assert_true(dhcp_mac(&x, &mac));
	x.htype = 32; /* InfiniBand */
	assert_false(dhcp_mac(&x, &mac));
	x.htype = 1;
	x.hlen = 16;
	assert_false(dhcp_mac(&x, &mac));
	x.hlen = 6;
	x.chaddr[0] = 1; /* a group's */
	assert_false(dhcp_mac(&x, &mac));
	x = (struct dhcp){.htype = 1, .hlen = 6};
	assert_false(dhcp_mac(&x, &mac));
}

static void what_is_written_is_read(void **unused)
{
	uint8_t buf[1024], fqdn[64], name[DHCP_VALUE_MAX];
	struct writer w = {.at = buf, .cap = sizeof(buf)}, f = {.at = fqdn, .cap = sizeof(fqdn)};
	const struct mac mac = {{2, 0, 0, 0, 0, 9}};
	struct message m = {.len = 0};
	struct mac back;
	struct got g;

	(void)unused;
	dhcp_write_fqdn(&f, DHCP_FQDN_SERVER_UPDATES, BYTES("lap-9.corp.example"));

	struct dhcp x = {
		.op = DHCP_BOOTREPLY,
		.xid = 0xdeadbeef,
		.flags = 0x8000,
		.ciaddr = addr_v4(0x0a000009),
		.yiaddr = addr_v4(0x0a00000a),
		.giaddr = addr_v4(0x0a000001),
		.type = DHCP_ACK,
		.has_lease = true,
		.lease_s = 3600,
		.requested = addr_v4(0x0a00000b),
		.server = addr_v4(0x0a000002),
		.router = addr_v4(0x0a000001),
		.hostname = BYTES("LAP-9"),
		.domain = BYTES("corp.example"),
		.params = BYTES("\1\17\3\6"),
		.vendor_class = BYTES("MSFT 5.0"),
		.client_id = BYTES("\1\2\0\0\0\0\11"),
		.fqdn = {fqdn, f.len},
		.relay = BYTES("\1\7Gi1/0/7\2\3sw2"),
	};
	dhcp_set_mac(&x, &mac);
	dhcp_write(&w, &x);
	assert_false(w.bad || f.bad);
	memcpy(m.at, buf, w.len);
	m.len = w.len;
	assert_true(read_into(&g, &m));
	assert_false(g.x.is_cut);
	assert_int_equal(g.x.op, DHCP_BOOTREPLY);
	assert_int_equal(g.x.xid, 0xdeadbeef);
	assert_int_equal(g.x.lease_s, 3600);
	assert_true(addr_eq(&g.x.yiaddr, &x.yiaddr) && addr_eq(&g.x.giaddr, &x.giaddr));
	assert_true(addr_eq(&g.x.requested, &x.requested) && addr_eq(&g.x.server, &x.server));
	assert_true(addr_eq(&g.x.router, &x.router) && addr_eq(&g.x.ciaddr, &x.ciaddr));
	assert_true(bytes_eq(g.x.hostname, x.hostname) && bytes_eq(g.x.domain, x.domain));
	assert_true(bytes_eq(g.x.params, x.params) && bytes_eq(g.x.client_id, x.client_id));
	assert_true(bytes_eq(g.x.vendor_class, x.vendor_class));
	assert_true(dhcp_mac(&g.x, &back) && mac_eq(&back, &mac));
	assert_int_equal(dhcp_fqdn_name(&g.x, name), 18);
	assert_memory_equal(name, "lap-9.corp.example", 18);
	assert_true(bytes_eq(dhcp_relay_part(g.x.relay, DHCP_RELAY_CIRCUIT_ID), BYTES("Gi1/0/7")));
	assert_true(bytes_eq(dhcp_relay_part(g.x.relay, DHCP_RELAY_REMOTE_ID), BYTES("sw2")));
	assert_int_equal(dhcp_relay_part(g.x.relay, 9).len, 0);
	assert_int_equal(dhcp_relay_part(BYTES("\2\7x"), 2).len, 0);
}

static void a_long_value_goes_in_pieces(void **unused)
{
	uint8_t value[DHCP_VALUE_MAX + 100];
	struct message m = {.len = 0};
	struct writer w = {.at = m.at, .cap = sizeof(m.at)};
	struct got g;

	(void)unused;
	for (size_t i = 0; i < sizeof(value); i++)
		value[i] = (uint8_t)i;
	dhcp_write(&w,
		   &(struct dhcp){.op = DHCP_BOOTREQUEST, .vendor_class = {value, sizeof(value)}});
	m.len = w.len;
	assert_true(read_into(&g, &m));
	assert_int_equal(g.x.vendor_class.len, DHCP_VALUE_MAX);
	assert_memory_equal(g.x.vendor_class.at, value, DHCP_VALUE_MAX);
	assert_false(g.x.is_cut);
}

static void pieces_beyond_the_room_are_told(void **unused)
{
	struct message m = message_with(BYTES(""));
	struct writer w = {.at = m.at, .cap = sizeof(m.at), .len = m.len};
	struct got g;

	(void)unused;
	for (int i = 0; i < 250; i++) /* one value grows byte by byte: each copy is longer */
		wr_bytes(&w, BYTES("\14\1a"));
	m.len = w.len;
	assert_true(read_into(&g, &m));
	assert_true(g.x.is_cut);
	assert_true(g.x.hostname.len > 100 && g.x.hostname.len <= DHCP_VALUE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read),
		cmocka_unit_test(every_cut_of_a_message_is_told),
		cmocka_unit_test(an_overloaded_message_goes_on_in_file_then_sname),
		cmocka_unit_test(a_message_without_the_cookie_is_bootp),
		cmocka_unit_test(only_ethernet_has_a_mac),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_long_value_goes_in_pieces),
		cmocka_unit_test(pieces_beyond_the_room_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
