/* DHCPv6 laid out by hand from RFC 8415, in relays and without. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/dhcp6.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

/* A REQUEST: client id, IA_NA with fd00::7, ORO, vendor class of Windows, FQDN "pc7". */
static const struct bytes request =
	LIT("\3\1\2\3"
	    "\0\1\0\4\0\3\0\1"
	    "\0\3\0\50\0\0\0\1\0\0\0\0\0\0\0\0"
	    "\0\5\0\30\375\0\0\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\16\20\0\0\34\40"
	    "\0\6\0\4\0\27\0\30"
	    "\0\20\0\16\0\0\1\67\0\10MSFT 5.0"
	    "\0\47\0\6\0\3pc7\0");

static void a_request_is_read(void **unused)
{
	struct dhcp6 x;
	char text[ADDR_TEXT];

	(void)unused;
	assert_true(dhcp6_read(request, &x));
	assert_int_equal(x.type, DHCP6_REQUEST);
	assert_int_equal(x.xid, 0x010203);
	assert_true(bytes_eq(x.client_id, BYTES("\0\3\0\1")));
	assert_int_equal(x.n_addrs, 1);
	assert_string_equal(addr_format(&x.addrs[0].addr, text), "fd00::7");
	assert_int_equal(x.addrs[0].preferred_s, 3600);
	assert_int_equal(x.addrs[0].valid_s, 7200);
	assert_true(bytes_eq(x.params, BYTES("\0\27\0\30")));
	assert_int_equal(x.enterprise, 311);
	assert_true(bytes_eq(x.vendor_class, BYTES("MSFT 5.0")));
	assert_true(bytes_eq(x.fqdn, BYTES("\3pc7\0")));
	assert_false(x.is_cut);
}

static void a_cut_is_told_and_the_rest_is_read(void **unused)
{
	struct dhcp6 x;

	(void)unused;
	for (size_t cut = 0; cut < request.len; cut++) {
		bool good = dhcp6_read(bytes_slice(request, 0, cut), &x);
		bool is_border = cut == 4 || cut == 12 || cut == 56 || cut == 64 || cut == 82;

		assert_int_equal(good, cut >= 4);
		if (good)
			assert_int_equal(x.is_cut, !is_border);
		if (good && cut >= 12)
			assert_int_equal(x.client_id.len, 4);
	}
}

/* A message in `n` relays. */
static size_t relayed(uint8_t *to, size_t cap, unsigned n)
{
	struct writer w = {.at = to, .cap = cap};

	for (unsigned i = n; i > 0; i--) {
		wr_be(&w, 1, DHCP6_RELAY_FORW);
		wr_be(&w, 1, i - 1);
		wr_zeros(&w, 31);
		wr_be(&w, 1, i);
		wr_be(&w, 2, 9);
		wr_be(&w, 2, (i - 1) * 38 + request.len);
	}
	wr_bytes(&w, request);
	assert_false(w.bad);
	return w.len;
}

static void relays_are_taken_off_up_to_a_limit(void **unused)
{
	uint8_t buf[1024], again[1024];
	struct dhcp6 x;

	(void)unused;
	for (unsigned n = 0; n < 12; n++) {
		size_t len = relayed(buf, sizeof(buf), n);
		bool good = dhcp6_read((struct bytes){buf, len}, &x);

		assert_int_equal(good, n <= DHCP6_RELAYS);
		if (!good)
			continue;
		assert_int_equal(x.n_relays, n);
		assert_int_equal(x.type, DHCP6_REQUEST);
		assert_int_equal(x.n_addrs, 1);
		if (n > 0)
			assert_int_equal(x.relays[n - 1].peer.b[15], 1); /* nearest the client */

		struct writer w = {.at = again, .cap = sizeof(again)};

		dhcp6_write(&w, &x);
		assert_true(dhcp6_read((struct bytes){again, w.len}, &x));
		assert_int_equal(x.n_relays, n);
	}
}

static void a_relay_knows_the_card_and_the_port(void **unused)
{
	uint8_t buf[512];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct dhcp6 got, x = {.n_relays = 1,
			       .relays = {{.type = DHCP6_RELAY_FORW,
					   .interface_id = BYTES("Gi1/0/7"),
					   .has_mac = true,
					   .mac = {{2, 0, 0, 0, 0, 7}}}},
			       .type = DHCP6_SOLICIT};

	(void)unused;
	dhcp6_write(&w, &x);
	assert_true(dhcp6_read((struct bytes){buf, w.len}, &got));
	assert_true(bytes_eq(got.relays[0].interface_id, BYTES("Gi1/0/7")));
	assert_true(got.relays[0].has_mac);
	assert_memory_equal(got.relays[0].mac.b, x.relays[0].mac.b, 6);
}

static void a_refusal_of_an_ia_is_that_of_its_addresses(void **unused)
{
	/* IA_TA with an address, then status 2 for the IA */
	static const struct bytes reply =
		LIT("\7\0\0\1\0\4\0\46\0\0\0\1"
		    "\0\5\0\30\375\0\0\0\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\1"
		    "\0\15\0\2\0\2");
	struct dhcp6 x;

	(void)unused;
	assert_true(dhcp6_read(reply, &x));
	assert_int_equal(x.n_addrs, 1);
	assert_int_equal(x.addrs[0].status, 2);
	assert_int_equal(x.status, 0);
}

static void more_addresses_than_room_are_told(void **unused)
{
	uint8_t buf[1024];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct dhcp6 x;

	(void)unused;
	wr_bytes(&w, BYTES("\7\0\0\1"));
	for (int i = 0; i < DHCP6_ADDRS + 1; i++) {
		wr_bytes(&w, BYTES("\0\4\0\40\0\0\0\1\0\5\0\30"));
		wr_zeros(&w, 24);
	}
	assert_true(dhcp6_read((struct bytes){buf, w.len}, &x));
	assert_int_equal(x.n_addrs, DHCP6_ADDRS);
	assert_true(x.is_cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read),
		cmocka_unit_test(a_cut_is_told_and_the_rest_is_read),
		cmocka_unit_test(relays_are_taken_off_up_to_a_limit),
		cmocka_unit_test(a_relay_knows_the_card_and_the_port),
		cmocka_unit_test(a_refusal_of_an_ia_is_that_of_its_addresses),
		cmocka_unit_test(more_addresses_than_room_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
