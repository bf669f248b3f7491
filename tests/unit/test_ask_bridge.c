/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "ask/bridge.h"
#include "ask/ports.h"

static const struct mac mac_a = {{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}};
static const struct mac mac_b = {{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5f}};
static const struct mac mac_c = {{0, 0x1a, 0x2b, 0x3c, 0x4d, 0x60}};

static void number(struct bridge *b, enum bridge_column c, const uint32_t *index, size_t n,
		   uint32_t value)
{
	bridge_row(b, 0, c, index, n, &(struct bridge_value){.is_number = true, .number = value});
}

static void text(struct bridge *b, enum bridge_column c, const uint32_t *index, size_t n,
		 const char *value)
{
	bridge_row(b, 0, c, index, n,
		   &(struct bridge_value){.octets = {(const uint8_t *)value, strlen(value)}});
}

static void learn(struct bridge *b, const struct mac *m, uint32_t port)
{
	const uint32_t index[6] = {m->b[0], m->b[1], m->b[2], m->b[3], m->b[4], m->b[5]};

	number(b, BRIDGE_FDB, index, 6, port);
}

/* Ports 5 and 24 are interfaces 105 and 124. */
static struct bridge *small(void)
{
	struct bridge *b = NULL;

	assert_int_equal(bridge_new(&b), RC_OK);
	number(b, BRIDGE_IF_INDEX, (uint32_t[]){5}, 1, 105);
	number(b, BRIDGE_IF_INDEX, (uint32_t[]){24}, 1, 124);
	text(b, BRIDGE_IF_NAME, (uint32_t[]){105}, 1, "Gi1/0/5");
	text(b, BRIDGE_IF_DESCR, (uint32_t[]){105}, 1, "GigabitEthernet1/0/5");
	text(b, BRIDGE_IF_ALIAS, (uint32_t[]){105}, 1, "room 214");
	text(b, BRIDGE_IF_DESCR, (uint32_t[]){124}, 1, "GigabitEthernet1/0/24");
	text(b, BRIDGE_IF_NAME, (uint32_t[]){5}, 1, "wrong: the port's number is not the index");
	return b;
}

static void neighbour(struct bridge *b, uint32_t port, const char *name, int caps)
{
	const uint32_t index[3] = {0, port, 1};
	const uint8_t octet = (uint8_t)caps;

	text(b, BRIDGE_REM_NAME, index, 3, name);
	if (caps >= 0)
		bridge_row(b, 0, BRIDGE_REM_CAPS, index, 3,
			   &(struct bridge_value){.octets = {&octet, 1}});
}

static void a_mac_is_found_on_its_port(void **unused)
{
	struct bridge *b = small();
	struct message m[4];

	(void)unused;
	learn(b, &mac_a, 5);
	learn(b, &mac_b, 24);
	learn(b, &mac_c, 24);
	learn(b, &mac_c, 24);
	assert_int_equal(bridge_find(b, &mac_a, m, 4), 1);
	assert_string_equal(m[0].text[0], "Gi1/0/5");
	assert_string_equal(m[0].text[1], "room 214");
	assert_int_equal(m[0].number, 1);
	assert_int_equal(m[0].flags, 0);
	assert_int_equal(bridge_find(b, &mac_b, m, 4), 1);
	assert_string_equal(m[0].text[0], "GigabitEthernet1/0/24");
	assert_int_equal(m[0].number, 2); /* one of them was told twice */
	assert_int_equal(bridge_find(b, &(struct mac){{1, 2, 3, 4, 5, 6}}, m, 4), 0);
	learn(b, &mac_a, 77); /* a port that nothing is known of */
	assert_int_equal(bridge_find(b, &mac_a, m, 4), 2);
	assert_string_equal(m[1].text[0], "port 77");
	learn(b, &mac_a, 0);
	assert_int_equal(bridge_find(b, &mac_a, m, 4), 2);
	assert_int_equal(bridge_find(b, &mac_a, m, 1), 1);
	bridge_free(b);
}

static const struct {
	const char *what;
	int caps; /* -1: not told */
	unsigned flags;
} behind[] = {
	{"another switch", 0x20, MESSAGE_UPLINK},
	{"a router", 0x08, MESSAGE_UPLINK},
	{"somebody who does not say what it is", -1, MESSAGE_UPLINK},
	{"a telephone with a switch in it", 0x24, 0},
	{"an access point", 0x30, MESSAGE_RADIO},
	{"a station", 0x01, 0},
	{"nothing it wants to tell", 0x00, 0},
};

static void the_neighbour_tells_uplinks_from_edges(void **unused)
{
	struct message m[1];

	(void)unused;
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		struct bridge *b = small();

		print_message("           %s\n", behind[i].what);
		learn(b, &mac_a, 24);
		learn(b, &mac_b, 5);
		neighbour(b, 24, "core", behind[i].caps);
		assert_int_equal(bridge_find(b, &mac_a, m, 1), 1);
		assert_int_equal(m[0].flags, behind[i].flags);
		assert_int_equal(bridge_find(b, &mac_b, m, 1), 1);
		assert_int_equal(m[0].flags, 0);
		bridge_free(b);
	}
}

static void lldp_ports_are_found_by_their_ids(void **unused)
{
	struct bridge *b = small();
	struct message m[1];

	(void)unused;
	learn(b, &mac_a, 5);
	/* LLDP's port 3 is Gi1/0/5, says its id of subtype 5, interfaceName. */
	number(b, BRIDGE_LOC_SUBTYPE, (uint32_t[]){3}, 1, 5);
	text(b, BRIDGE_LOC_ID, (uint32_t[]){3}, 1, "Gi1/0/5");
	neighbour(b, 3, "stairs", 0x20);
	assert_int_equal(bridge_find(b, &mac_a, m, 1), 1);
	assert_int_equal(m[0].flags, MESSAGE_UPLINK);
	assert_string_equal(m[0].text[2], "stairs");
	bridge_free(b);
}

static void a_machine_that_speaks_lldp_is_its_own_neighbour(void **unused)
{
	struct bridge *b = small();
	struct message m[1];

	(void)unused;
	learn(b, &mac_a, 5);
	neighbour(b, 5, "hyper-v", 0x20);
	bridge_row(b, 0, BRIDGE_REM_CHASSIS, (uint32_t[]){0, 5, 1}, 3,
		   &(struct bridge_value){.octets = {mac_a.b, sizeof(mac_a.b)}});
	assert_int_equal(bridge_find(b, &mac_a, m, 1), 1);
	assert_int_equal(m[0].flags, MESSAGE_ITSELF);
	bridge_free(b);
}

static void tables_by_vlan_are_read(void **unused)
{
	struct bridge *b = small();
	struct message m[4];
	const uint32_t index[7] = {7, 0, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e};

	(void)unused;
	number(b, BRIDGE_QFDB, index, 7, 5);
	number(b, BRIDGE_VLAN_FDB, (uint32_t[]){0, 214}, 2, 7);
	assert_int_equal(bridge_find(b, &mac_a, m, 4), 1);
	assert_string_equal(m[0].text[0], "Gi1/0/5");
	assert_int_equal(m[0].vlan, 214);
	bridge_free(b);
}

static void nonsense_is_passed_over(void **unused)
{
	static const uint32_t big[6] = {0, 0x1a, 0x2b, 0x3c, 0x4d, 256};
	struct bridge *b = small();

	(void)unused;
	number(b, BRIDGE_FDB, big, 6, 5);
	number(b, BRIDGE_FDB, big, 5, 5);
	text(b, BRIDGE_FDB, (uint32_t[]){1, 2, 3, 4, 5, 6}, 6, "5");
	text(b, BRIDGE_IF_INDEX, (uint32_t[]){5}, 1, "x");
	number(b, BRIDGE_IF_NAME, (uint32_t[]){5}, 1, 3);
	bridge_row(b, 0, BRIDGE_COLUMNS, big, 1, &(struct bridge_value){.is_number = true});
	assert_int_equal(bridge_macs(b), 0);
	for (uint32_t i = 0; i < 9000; i++)
		text(b, BRIDGE_IF_NAME, &i, 1, "x");
	assert_true(bridge_is_full(b));
	bridge_free(b);
}

static const struct {
	const char *what;
	bool is_old;
	uint32_t index[20];
	size_t n;
	const char *want; /* NULL: refused */
} arp[] = {
	{"IPv4, old", true, {3, 10, 1, 2, 3}, 5, "10.1.2.3"},
	{"IPv4, new", false, {3, 1, 4, 10, 1, 2, 3}, 7, "10.1.2.3"},
	{"IPv4 with a zone", false, {3, 3, 8, 10, 1, 2, 3, 0, 0, 0, 1}, 11, "10.1.2.3"},
	{"IPv6",
	 false,
	 {3, 2, 16, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
	 19,
	 "fd00::1"},
	{"a length that lies", false, {3, 1, 16, 10, 1, 2, 3}, 7, NULL},
	{"a type that lies", false, {3, 2, 4, 10, 1, 2, 3}, 7, NULL},
	{"no octet", true, {3, 10, 1, 2, 300}, 5, NULL},
	{"cut", true, {3, 10, 1, 2}, 4, NULL},
	{"nothing", false, {0}, 0, NULL},
};

static void arp_tables_are_read(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(arp) / sizeof(arp[0]); i++) {
		struct bridge_value v = {.octets = {mac_a.b, sizeof(mac_a.b)}};
		struct addr a;
		struct mac m;
		char shown[ADDR_TEXT];
		bool ok = bridge_arp_row(arp[i].is_old, arp[i].index, arp[i].n, &v, &a, &m);

		print_message("           %s\n", arp[i].what);
		assert_int_equal(ok, arp[i].want != NULL);
		if (!ok)
			continue;
		assert_string_equal(addr_format(&a, shown), arp[i].want);
		assert_true(mac_eq(&m, &mac_a));
		v.octets.len = 5;
		assert_false(bridge_arp_row(arp[i].is_old, arp[i].index, arp[i].n, &v, &a, &m));
	}
}

/* --- which port of all switches' --- */

struct seen {
	size_t at;
	const char *port, *alias, *neighbour;
	unsigned flags, macs;
};

static const struct {
	const char *what;
	struct seen seen[3];
	const char *want;
	unsigned confidence;
} choices[] = {
	{"nobody knows it", {{0}}, NULL, 0},
	{"one port, alone on it",
	 {{1, "Gi1/0/17", "room 214", "", 0, 1}},
	 "switch 2nd-floor, Gi1/0/17, 'room 214'",
	 90},
	{"the edge, not the way to it",
	 {{0, "Gi1/1", "", "2nd-floor", MESSAGE_UPLINK, 1}, {1, "Gi1/0/17", "", "", 0, 3}},
	 "switch 2nd-floor, Gi1/0/17 (one of 3 MAC addresses there)",
	 80},
	{"no LLDP: where fewer are",
	 {{0, "Gi1/1", "", "", 0, 40}, {1, "Gi1/0/17", "", "", 0, 2}},
	 "switch 2nd-floor, Gi1/0/17 (one of 2 MAC addresses there)",
	 80},
	{"only uplinks",
	 {{0, "Gi1/1", "", "attic", MESSAGE_UPLINK, 9}},
	 "switch core, Gi1/1, or beyond: that port leads to attic (one of 9 MAC addresses there)",
	 25},
	{"by radio",
	 {{1, "Gi1/0/3", "", "ap-3", MESSAGE_RADIO, 30}},
	 "switch 2nd-floor, Gi1/0/3, by radio through ap-3 (one of 30 MAC addresses there)",
	 50},
	{"it says itself where it is",
	 {{0, "Gi1/1", "", "", 0, 1}, {1, "Gi1/0/9", "", "srv", MESSAGE_ITSELF, 8}},
	 "switch 2nd-floor, Gi1/0/9 (one of 8 MAC addresses there)",
	 95},
};

static void the_place_is_where_it_is_plugged_in(void **unused)
{
	const struct ask_switch switches[] = {{.name = "core"}, {.name = "2nd-floor"}};
	const struct ask_options opt = {.switches = switches, .n_switches = 2};

	(void)unused;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		struct ports *p = NULL;
		struct port_found found;

		print_message("           %s\n", choices[i].what);
		assert_int_equal(ports_new(&p), RC_OK);
		for (const struct seen *s = choices[i].seen; s->port != NULL; s++) {
			struct message m = {.kind = MESSAGE_PORT,
					    .mac = mac_a,
					    .flags = (uint8_t)s->flags,
					    .number = s->macs};

			(void)snprintf(m.text[0], sizeof(m.text[0]), "%s", s->port);
			(void)snprintf(m.text[1], sizeof(m.text[1]), "%s", s->alias);
			(void)snprintf(m.text[2], sizeof(m.text[2]), "%s", s->neighbour);
			assert_int_equal(ports_add(p, s->at, &m), RC_OK);
		}
		assert_int_equal(ports_find(p, &opt, &mac_a, &found), choices[i].want != NULL);
		assert_false(ports_find(p, &opt, &mac_b, &found));
		if (choices[i].want != NULL) {
			assert_true(ports_find(p, &opt, &mac_a, &found));
			assert_string_equal(found.text, choices[i].want);
			assert_int_equal(found.confidence, choices[i].confidence);
		}
		ports_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mac_is_found_on_its_port),
		cmocka_unit_test(the_neighbour_tells_uplinks_from_edges),
		cmocka_unit_test(lldp_ports_are_found_by_their_ids),
		cmocka_unit_test(a_machine_that_speaks_lldp_is_its_own_neighbour),
		cmocka_unit_test(tables_by_vlan_are_read),
		cmocka_unit_test(nonsense_is_passed_over),
		cmocka_unit_test(arp_tables_are_read),
		cmocka_unit_test(the_place_is_where_it_is_plugged_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
