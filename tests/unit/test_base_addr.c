/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/addr.h"

static struct addr parsed(const char *text)
{
	struct addr a = {{0}};

	assert_int_equal(addr_parse(text, &a), RC_OK);
	return a;
}

static void addresses_are_read_and_written_alike(void **state)
{
	static const char *const texts[] = {"0.0.0.0", "10.1.2.3", "255.255.255.255",
					    "::",      "fe80::1",  "2001:db8::ff00:42:8329"};
	char text[ADDR_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct addr a = parsed(texts[i]);

		assert_string_equal(addr_format(&a, text), texts[i]);
	}

	struct addr v4 = addr_v4(0x0a010203), same = parsed("10.1.2.3");

	assert_true(addr_eq(&v4, &same));
	same = parsed("::ffff:10.1.2.3"); /* one form for both spellings */
	assert_true(addr_eq(&v4, &same));
}

static void what_is_no_address_is_refused_and_leaves_the_output(void **state)
{
	static const char *const texts[] = {"", "10.0.0", "10.0.0.256", "host", "10.0.0.1 ", ":::"};
	struct addr a = addr_v4(7);
	const struct addr before = a;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(addr_parse(texts[i], &a), RC_INVAL);
		assert_true(addr_eq(&a, &before));
	}
}

static void kinds_of_addresses_are_told_apart(void **state)
{
	static const struct {
		const char *text;
		bool v4, zero, multicast, loopback, link_local;
	} rows[] = {
		{"0.0.0.0", true, true, false, false, false},
		{"::", false, true, false, false, false},
		{"224.0.0.251", true, false, true, false, false},
		{"239.255.255.250", true, false, true, false, false},
		{"240.0.0.1", true, false, false, false, false},
		{"255.255.255.255", true, false, true, false, false},
		{"ff02::1", false, false, true, false, false},
		{"127.9.9.9", true, false, false, true, false},
		{"::1", false, false, false, true, false},
		{"169.254.1.1", true, false, false, false, true},
		{"fe80::1", false, false, false, false, true},
		{"febf::1", false, false, false, false, true},
		{"fec0::1", false, false, false, false, false},
		{"192.0.2.1", true, false, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr a = parsed(rows[i].text);

		assert_int_equal(addr_is_v4(&a), rows[i].v4);
		assert_int_equal(addr_is_zero(&a), rows[i].zero);
		assert_int_equal(addr_is_multicast(&a), rows[i].multicast);
		assert_int_equal(addr_is_loopback(&a), rows[i].loopback);
		assert_int_equal(addr_is_link_local(&a), rows[i].link_local);
	}
}

static void networks_hold_what_their_prefix_says(void **state)
{
	static const struct {
		const char *net, *inside, *outside, *text;
	} rows[] = {
		{"10.0.0.0/8", "10.255.0.1", "11.0.0.0", "10.0.0.0/8"},
		{"192.168.4.0/22", "192.168.7.255", "192.168.8.0", "192.168.4.0/22"},
		{"10.0.0.9", "10.0.0.9", "10.0.0.8", "10.0.0.9/32"},
		{"0.0.0.0/0", "1.2.3.4", "2001:db8::1", "0.0.0.0/0"},
		{"fd00::/8", "fdff::1", "fe00::1", "fd00::/8"},
		{"::/0", "2001:db8::1", NULL, "::/0"},
		{"2001:db8::/63", "2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8::/63"},
		{"2001:db8::/64", "2001:db8::ffff:0:0:1", "2001:db8:0:1::", "2001:db8::/64"},
		{"2001:db8::/65", "2001:db8::7fff:0:0:1", "2001:db8::8000:0:0:0", "2001:db8::/65"},
		{"2001:db8::1", "2001:db8::1", "2001:db8::2", "2001:db8::1/128"},
	};
	char text[NET_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct net n = {.bits = 0};
		struct addr in = parsed(rows[i].inside);

		assert_int_equal(net_parse(rows[i].net, &n), RC_OK);
		assert_true(net_contains(&n, &in));
		if (rows[i].outside != NULL) {
			struct addr out = parsed(rows[i].outside);

			assert_false(net_contains(&n, &out));
		}
		assert_string_equal(net_format(&n, text), rows[i].text);
	}
}

static void networks_with_a_typing_error_are_refused(void **state)
{
	static const char *const texts[] = {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/",
					    "fd00::/129", "10.0.0.0/-1", "10.0.0.0/8x",
					    "/8",         "10.0.0.0/ 8"};
	struct net n = {.bits = 77};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(net_parse(texts[i], &n), RC_INVAL);
		assert_int_equal(n.bits, 77);
	}
}

static void macs_are_written_in_lower_case(void **state)
{
	const struct mac m = {{0, 0x1b, 0xAB, 0xcd, 9, 0xff}};
	char text[MAC_TEXT];

	(void)state;
	assert_string_equal(mac_format(&m, text), "00:1b:ab:cd:09:ff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_written_alike),
		cmocka_unit_test(what_is_no_address_is_refused_and_leaves_the_output),
		cmocka_unit_test(kinds_of_addresses_are_told_apart),
		cmocka_unit_test(networks_hold_what_their_prefix_says),
		cmocka_unit_test(networks_with_a_typing_error_are_refused),
		cmocka_unit_test(macs_are_written_in_lower_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
