/* NetBIOS names, the name service, datagrams and what the browser says in them. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/browser.h"
#include "naming/nbdgm.h"
#include "naming/nbns.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

/* "FRED" with suffix 0 in scope NETBIOS.COM, as RFC 1001 14.1 has it. */
#define FRED "\40EGFCEFEECACACACACACACACACACACAAA"

static const struct {
	const char *what;
	struct bytes wire;
	const char *name; /* NULL: malformed */
	uint8_t suffix;
	unsigned scope;
} names[] = {
	{"a name", LIT(FRED "\0"), "FRED", 0, 0},
	{"a name in a scope", LIT(FRED "\7NETBIOS\3COM\0"), "FRED", 0, 12},
	{"a server", LIT("\40EGFCEFEECACACACACACACACACACACACA\0"), "FRED", 0x20, 0},
	{"all wildcards", LIT("\40CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0"), "*", 0, 0},
	{"a label too short", LIT("\37EGFCEFEECACACACACACACACACACACAA\0"), NULL, 0, 0},
	{"a letter past P", LIT("\40QGFCEFEECACACACACACACACACACACAAA\0"), NULL, 0, 0},
	{"a letter before A", LIT("\40@GFCEFEECACACACACACACACACACACAAA\0"), NULL, 0, 0},
	{"no end", LIT(FRED), NULL, 0, 0},
	{"the root", LIT("\0"), NULL, 0, 0},
};

static void names_are_decoded(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct reader r = {.rest = names[i].wire};
		struct netbios_name n = {0};
		bool good = netbios_read(&r, names[i].wire, &n);

		print_message("           %s\n", names[i].what);
		assert_int_equal(good, names[i].name != NULL);
		if (!good)
			continue;

		uint8_t buf[128];
		struct writer w = {.at = buf, .cap = sizeof(buf)};
		struct bytes text = netbios_text(n.name);

		assert_int_equal(text.len, strlen(names[i].name));
		assert_memory_equal(text.at, names[i].name, text.len);
		assert_int_equal(n.suffix, names[i].suffix);
		assert_int_equal(n.scope.len, names[i].scope);
		netbios_write(&w, &n);
		assert_true(bytes_eq((struct bytes){buf, w.len}, names[i].wire));
	}
}

static void names_are_made_in_upper_case(void **unused)
{
	struct netbios_name n = netbios_make("averyveryverylongname", NETBIOS_SERVER);

	(void)unused;
	assert_memory_equal(n.name, "AVERYVERYVERYLO", NETBIOS_NAME);
	assert_int_equal(n.suffix, NETBIOS_SERVER);
	n = netbios_make("pc-7", 0);
	assert_memory_equal(n.name, "PC-7           ", NETBIOS_NAME);
	assert_true(bytes_eq(netbios_text(n.name), BYTES("PC-7")));
}

/* A registration as Windows XP broadcasts it, by hand from RFC 1002 4.2.2. */
static const struct bytes registration = LIT("\x80\x01\x29\x10\0\1\0\0\0\0\0\1" FRED "\0\0\x20\0\1"
					     "\300\14\0\x20\0\1\0\4\223\340\0\6\0\0\12\0\0\7");

static void a_registration_is_read(void **unused)
{
	struct nbns x;
	struct addr want = addr_v4(0x0a000007);
	uint8_t buf[128];
	struct writer w = {.at = buf, .cap = sizeof(buf)};

	(void)unused;
	assert_true(nbns_read(registration, &x));
	assert_int_equal(x.id, 0x8001);
	assert_false(x.is_response);
	assert_int_equal(x.opcode, NBNS_REGISTRATION);
	assert_int_equal(x.flags, NBNS_BROADCAST | NBNS_RECURSION);
	assert_true(bytes_eq(netbios_text(x.name.name), BYTES("FRED")));
	assert_int_equal(x.ttl_s, 300000);
	assert_int_equal(x.n_addrs, 1);
	assert_true(addr_eq(&x.addrs[0].addr, &want));
	assert_int_equal(x.addrs[0].nb_flags, 0);
	nbns_write(&w, &x);
	assert_true(bytes_eq((struct bytes){buf, w.len}, registration));
	for (size_t cut = 0; cut < registration.len; cut++)
		assert_false(nbns_read(bytes_slice(registration, 0, cut), &x));
}

static void a_node_lists_its_names(void **unused)
{
	uint8_t buf[2048];
	struct nbns x = {
		.is_response = true,
		.opcode = NBNS_QUERY,
		.flags = NBNS_AUTHORITATIVE,
		.has_record = true,
		.name = netbios_make("*", 0),
		.type = NBNS_TYPE_NBSTAT,
		.n_names = 3,
		.names = {{"XP-1           ", 0x00, 0x0400},
			  {"WORKGROUP      ", 0x00, 0x8400},
			  {"MARIA          ", 0x03, 0x0400}},
		.unit_id = {{0, 1, 2, 3, 4, 5}},
	};
	struct nbns got;
	struct writer w = {.at = buf, .cap = sizeof(buf)};

	(void)unused;
	nbns_write(&w, &x);
	assert_true(nbns_read((struct bytes){buf, w.len}, &got));
	assert_int_equal(got.n_names, 3);
	assert_false(got.is_more);
	assert_int_equal(got.names[1].flags & NBNS_GROUP, NBNS_GROUP);
	assert_true(bytes_eq(netbios_text(got.names[2].name), BYTES("MARIA")));
	assert_int_equal(got.names[2].suffix, NETBIOS_MESSENGER);
	assert_memory_equal(got.unit_id.b, x.unit_id.b, 6);

	/* a count that promises more names than there are */
	buf[12 + 34 + 10] = 200;
	assert_false(nbns_read((struct bytes){buf, w.len}, &got));
}

static void lists_longer_than_the_room_are_told(void **unused)
{
	uint8_t buf[8192] = {0x12, 0x34, 0x85, 0, 0, 0, 0, 1, 0, 0, 0, 0};
	struct writer w = {.at = buf, .cap = sizeof(buf), .len = 12};
	struct nbns got;

	(void)unused;
	wr_bytes(&w, BYTES(FRED "\0\0\x20\0\1\0\0\0\0"));
	wr_be(&w, 2, 6 * 500);
	wr_zeros(&w, 6 * 500);
	assert_true(nbns_read((struct bytes){buf, w.len}, &got));
	assert_int_equal(got.n_addrs, NBNS_ADDRS);
	assert_true(got.is_more);

	w.len = 12;
	wr_bytes(&w, BYTES(FRED "\0\0\x21\0\1\0\0\0\0"));
	wr_be(&w, 2, 1 + 18 * 255);
	wr_be(&w, 1, 255);
	wr_zeros(&w, 18 * 255);
	assert_true(nbns_read((struct bytes){buf, w.len}, &got));
	assert_int_equal(got.n_names, NBNS_NAMES);
	assert_true(got.is_more);
}

static void datagrams_come_back(void **unused)
{
	uint8_t buf[256];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct nbdgm got, x = {
				  .type = NBDGM_DIRECT_GROUP,
				  .flags = NBDGM_FLAG_FIRST | 8,
				  .id = 7,
				  .source_ip = addr_v4(0x0a000007),
				  .source_port = NBDGM_PORT,
				  .source = netbios_make("pc-7", NETBIOS_WORKSTATION),
				  .destination = netbios_make("workgroup", NETBIOS_MASTER_BROWSER),
				  .data = BYTES("inside"),
			  };

	(void)unused;
	nbdgm_write(&w, &x);
	assert_int_equal(buf[10] << 8 | buf[11], 2 * 34 + 6);
	assert_true(nbdgm_read((struct bytes){buf, w.len}, &got));
	assert_true(bytes_eq(got.data, x.data));
	assert_true(addr_eq(&got.source_ip, &x.source_ip));
	assert_true(bytes_eq(netbios_text(got.source.name), BYTES("PC-7")));
	assert_int_equal(got.destination.suffix, NETBIOS_MASTER_BROWSER);
	for (size_t cut = 0; cut < 14 + 2 * 34; cut++)
		assert_false(nbdgm_read((struct bytes){buf, cut}, &got));
	buf[0] = 0x13; /* an error has no names */
	assert_false(nbdgm_read((struct bytes){buf, w.len}, &got));
}

/* A host announcement, by hand from MS-BRWS 2.2.1. */
static const struct bytes host =
	LIT("\1\0\200\374\12\0PC-7\0\0\0\0\0\0\0\0\0\0\0\0\5\1\3\20\0\0\17\1\125\252room 214\0");

static void announcements_are_read(void **unused)
{
	struct browser x;
	uint8_t buf[128];
	struct writer w = {.at = buf, .cap = sizeof(buf)};

	(void)unused;
	assert_true(browser_read(host, &x));
	assert_int_equal(x.command, BROWSER_HOST_ANNOUNCEMENT);
	assert_int_equal(x.period_ms, 720000);
	assert_true(bytes_eq(x.server, BYTES("PC-7")));
	assert_int_equal(x.os_major, 5);
	assert_int_equal(x.os_minor, 1);
	assert_int_equal(x.server_type,
			 BROWSER_TYPE_WORKSTATION | BROWSER_TYPE_SERVER | BROWSER_TYPE_NT);
	assert_true(bytes_eq(x.comment, BYTES("room 214")));
	browser_write(&w, &x);
	assert_true(bytes_eq((struct bytes){buf, w.len}, host));
	for (size_t cut = 0; cut < 32; cut++)
		assert_false(browser_read(bytes_slice(host, 0, cut), &x));
}

static void other_commands_name_their_sender(void **unused)
{
	static const struct {
		struct bytes data;
		const char *name; /* NULL: not read */
	} cases[] = {
		{LIT("\2\0PC-7\0"), "PC-7"},
		{LIT("\10\1\1\2\3\4\5\0\0\0\0\0\0\0PC-7\0"), "PC-7"},
		{LIT("\15PC-7\0"), "PC-7"},
		{LIT("\15PC-7"), "PC-7"},
		{LIT("\15averyveryverylongname"), "averyveryverylon"},
		{LIT("\11\4\1\0\0\0"), NULL},
		{LIT("\10\1\1\2\3"), NULL},
		{LIT(""), NULL},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct browser x;
		bool good = browser_read(cases[i].data, &x);

		assert_int_equal(good, cases[i].name != NULL);
		if (!good)
			continue;
		assert_int_equal(x.server.len, strlen(cases[i].name));
		assert_memory_equal(x.server.at, cases[i].name, x.server.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_decoded),
		cmocka_unit_test(names_are_made_in_upper_case),
		cmocka_unit_test(a_registration_is_read),
		cmocka_unit_test(a_node_lists_its_names),
		cmocka_unit_test(lists_longer_than_the_room_are_told),
		cmocka_unit_test(datagrams_come_back),
		cmocka_unit_test(announcements_are_read),
		cmocka_unit_test(other_commands_name_their_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
