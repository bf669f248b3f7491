/* What neighbours say on the cable: neighbour discovery, LLDP, CDP. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/cdp.h"
#include "naming/lldp.h"
#include "naming/nd.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

#define TARGET "\376\200\0\0\0\0\0\0\0\0\0\0\0\0\0\11"

static const struct {
	const char *what;
	struct bytes msg;
	bool good, has_source, has_target, is_router;
	uint16_t lifetime;
} messages[] = {
	{"an advertisement", LIT("\210\0\0\0\240\0\0\0" TARGET "\2\1\2\0\0\0\0\7"), true, false,
	 true, true, 0},
	{"one without an option", LIT("\210\0\0\0\140\0\0\0" TARGET), true, false, false, false, 0},
	{"a solicitation", LIT("\207\0\0\0\0\0\0\0" TARGET "\1\1\2\0\0\0\0\7"), true, true, false,
	 false, 0},
	{"options that are skipped",
	 LIT("\207\0\0\0\0\0\0\0" TARGET "\16\2aaaaaaaaaaaaaa\1\1\2\0\0\0\0\7"), true, true, false,
	 false, 0},
	{"a card of another length", LIT("\207\0\0\0\0\0\0\0" TARGET "\1\2\2\0\0\0\0\7aaaaaaaa"),
	 true, false, false, false, 0},
	{"a router", LIT("\206\0\0\0\100\0\7\10\0\0\0\0\0\0\0\0\1\1\2\0\0\0\0\7"), true, true,
	 false, false, 1800},
	{"who is a router?", LIT("\205\0\0\0\0\0\0\0"), true, false, false, false, 0},
	{"an option of no length", LIT("\205\0\0\0\0\0\0\0\1\0\2\0\0\0\0\7"), false, false, false,
	 false, 0},
	{"an option past the end", LIT("\205\0\0\0\0\0\0\0\1\2\2\0\0\0\0\7"), false, false, false,
	 false, 0},
	{"half an option", LIT("\205\0\0\0\0\0\0\0\1"), false, false, false, false, 0},
	{"a code that is not 0", LIT("\205\1\0\0\0\0\0\0"), false, false, false, false, 0},
	{"a group as target", LIT("\207\0\0\0\0\0\0\0\377\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), false,
	 false, false, false, 0},
	{"cut in the target", LIT("\207\0\0\0\0\0\0\0\376\200"), false, false, false, false, 0},
	{"an echo", LIT("\200\0\0\0\0\0\0\0"), false, false, false, false, 0},
	{"nothing", LIT(""), false, false, false, false, 0},
};

static void neighbour_discovery_is_read(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		struct nd x;
		bool good = nd_read(messages[i].msg, &x);

		print_message("           %s\n", messages[i].what);
		assert_int_equal(good, messages[i].good);
		if (!good)
			continue;
		assert_int_equal(x.has_source, messages[i].has_source);
		assert_int_equal(x.has_target, messages[i].has_target);
		assert_int_equal(x.is_router, messages[i].is_router);
		assert_int_equal(x.router_lifetime_s, messages[i].lifetime);
		if (x.has_source)
			assert_memory_equal(x.source.b, "\2\0\0\0\0\7", 6);
	}
}

static const struct bytes lldpdu =
	LIT("\2\7\4\2\0\0\0\0\1\4\11\5Gi1/0/17\6\2\0\170\12\3sw2\14\3IOS\16\4\0\24\0\4"
	    "\20\14\5\1\12\0\0\1\2\0\0\0\1\0\376\3abc\0\0");

static void an_lldpdu_is_read(void **unused)
{
	struct lldp x;
	struct mac mac;
	struct addr want = addr_v4(0x0a000001);
	uint8_t buf[256];
	struct writer w = {.at = buf, .cap = sizeof(buf)};

	(void)unused;
	assert_true(lldp_read(lldpdu, &x));
	assert_true(lldp_chassis_mac(&x, &mac));
	assert_memory_equal(mac.b, "\2\0\0\0\0\1", 6);
	assert_int_equal(x.port_type, LLDP_PORT_NAME);
	assert_true(bytes_eq(x.port, BYTES("Gi1/0/17")));
	assert_int_equal(x.ttl_s, 120);
	assert_true(bytes_eq(x.system_name, BYTES("sw2")));
	assert_true(bytes_eq(x.system_description, BYTES("IOS")));
	assert_int_equal(x.capabilities, LLDP_ROUTER | LLDP_BRIDGE);
	assert_int_equal(x.enabled, LLDP_BRIDGE);
	assert_true(addr_eq(&x.management, &want));
	lldp_write(&w, &x);
	assert_true(lldp_read((struct bytes){buf, w.len}, &x));
	assert_true(bytes_eq(x.port, BYTES("Gi1/0/17")) && addr_eq(&x.management, &want));
}

static void what_is_no_lldpdu_is_not_read(void **unused)
{
	static const struct bytes bad[] = {
		LIT(""),
		LIT("\2\7\4\2\0\0\0\0\1\0\0"),                      /* no port */
		LIT("\4\11\5Gi1/0/17\2\7\4\2\0\0\0\0\1\6\2\0\170"), /* wrong order */
		LIT("\2\7\4\2\0\0\0\0\1\4\11\5Gi1"),                /* past the end */
		LIT("\2\7\4\2\0\0\0\0\1\4\2\5a\6\2\0\170\12"),      /* half a head */
	};
	struct lldp x;

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(lldp_read(bad[i], &x));
}

static const struct bytes cdpdu =
	LIT("\2\264\0\0\0\1\0\10sw-2\0\2\0\21\0\0\0\1\1\1\314\0\4\12\0\0\1\0\3\0\11Gi1/7"
	    "\0\4\0\10\0\0\0\50\0\6\0\11cisco\0\12\0\6\0\7");

static void a_cdp_message_is_read(void **unused)
{
	struct addr want = addr_v4(0x0a000001);
	uint8_t buf[256];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct cdp x;

	(void)unused;
	assert_true(cdp_read(cdpdu, &x));
	assert_true(bytes_eq(x.device_id, BYTES("sw-2")));
	assert_true(addr_eq(&x.address, &want));
	assert_true(bytes_eq(x.port_id, BYTES("Gi1/7")));
	assert_int_equal(x.capabilities, 0x28);
	assert_true(bytes_eq(x.platform, BYTES("cisco")));
	assert_int_equal(x.native_vlan, 7);
	cdp_write(&w, &x);
	assert_int_equal(w.len, cdpdu.len);
	assert_memory_equal(buf + 4, cdpdu.at + 4, cdpdu.len - 4);

	uint32_t sum = 0; /* with its checksum a message of even length adds up to ones */

	for (size_t i = 0; i + 1 < w.len; i += 2)
		sum += (uint32_t)(buf[i] << 8 | buf[i + 1]);
	if (w.len % 2 == 0)
		assert_int_equal((sum & 0xffff) + (sum >> 16), 0xffff);
}

static void what_is_no_cdp_is_not_read(void **unused)
{
	static const struct {
		struct bytes msg;
		bool good;
	} cases[] = {
		{LIT("\2\264\0\0"), true},
		{LIT("\2\264\0\0\0\0\0"), true}, /* padding */
		{LIT("\3\264\0\0"), false},
		{LIT("\0\264\0\0"), false},
		{LIT("\2\264\0"), false},
		{LIT("\2\264\0\0\0\1\0\3"), false},      /* shorter than its head */
		{LIT("\2\264\0\0\0\1\0\11abcd"), false}, /* past the end */
		{LIT("\2\264\0\0\0\2\0\10\377\377\377\377"),
		 true}, /* addresses that are not there */
	};
	struct cdp x;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(cdp_read(cases[i].msg, &x), cases[i].good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbour_discovery_is_read),
		cmocka_unit_test(an_lldpdu_is_read),
		cmocka_unit_test(what_is_no_lldpdu_is_not_read),
		cmocka_unit_test(a_cdp_message_is_read),
		cmocka_unit_test(what_is_no_cdp_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
