/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "store_facts.h"

static struct test_store at;

/* Two machines of one network, one of another, one by IPv6, one without an address. */
static int set_up(void **state)
{
	struct fact f[] = {
		fact_of(FACT_LINK, "", "001a2b000001", "10.1.2.3", minutes(0), minutes(60)),
		fact_of(FACT_LINK, "", "001a2b000002", "10.1.2.200", minutes(0), minutes(60)),
		fact_of(FACT_LINK, "", "001a2b000003", "10.1.3.1", minutes(0), minutes(60)),
		fact_of(FACT_LINK, "", "001a2b000004", "2001:db8::4", minutes(0), minutes(200)),
		fact_of(FACT_NAME, "LAP-9", "001a2b000005", NULL, minutes(0), minutes(60)),
	};

	(void)state;
	f[1].source = f[3].source = f[4].source = FROM_LIST_CSV; /* sensors never heard these */
	test_store_new(&at, 1);
	(void)keep(at.s, f, sizeof(f) / sizeof(f[0]));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_store_done(&at);
	return 0;
}

static void machines_are_counted_by_verdict(void **state)
{
	struct store_count c = {.all = 99};

	(void)state;
	assert_int_equal(store_count(at.s, &c), RC_OK);
	assert_int_equal(c.all, 5);
	assert_int_equal(c.by_verdict[VERDICT_NO_EVIDENCE], 5);
	assert_int_equal(c.by_verdict[VERDICT_INFECTED], 0);
	assert_int_equal(c.on_wire, 2);
}

struct told {
	char text[512];
	unsigned most;
};

static bool take(void *ctx, const struct store_network *n)
{
	struct told *t = ctx;
	size_t len = strlen(t->text);
	char net[NET_TEXT];

	snprintf(t->text + len, sizeof(t->text) - len, "%s %u %u; ", net_format(&n->net, net),
		 (unsigned)n->machines, (unsigned)n->on_wire);
	return --t->most > 0;
}

static void networks_are_told_with_how_many_were_heard(void **state)
{
	struct told t = {.most = 9}, one = {.most = 1};

	(void)state;
	assert_int_equal(store_networks(at.s, take, &t), RC_OK);
	assert_string_equal(t.text, "10.1.2.0/24 2 1; 10.1.3.0/24 1 1; 2001:db8::/64 1 0; ");
	assert_int_equal(store_networks(at.s, take, &one), RC_OK);
	assert_string_equal(one.text, "10.1.2.0/24 2 1; ");
}

static bool take_port(void *ctx, const char *id, const char *port)
{
	struct told *t = ctx;
	size_t len = strlen(t->text);

	snprintf(t->text + len, sizeof(t->text) - len, "%s: %s; ", id, port);
	return --t->most > 0;
}

static void a_switch_says_where_a_machine_is_plugged_in(void **state)
{
	struct told t = {.most = 9}, one = {.most = 1};
	struct test_store office;
	struct fact f[] = {
		fact_of(FACT_PLACE, "sw-1, Gi1/0/1", "001a2b000001", NULL, minutes(0), minutes(1)),
		fact_of(FACT_PLACE, "sw-2, Gi1/0/9", "001a2b000001", NULL, minutes(5), minutes(9)),
		fact_of(FACT_PLACE, "room 214", "001a2b000002", NULL, minutes(0), minutes(60)),
		fact_of(FACT_PLACE, "sw-1, Gi1/0/3", "001a2b000003", NULL, minutes(0), minutes(9)),
	};

	(void)state;
	f[0].source = f[1].source = f[3].source = FROM_ASK_SWITCH;
	f[2].source = FROM_LIST_CSV;
	test_store_new(&office, 1);
	(void)keep(office.s, f, sizeof(f) / sizeof(f[0]));
	assert_int_equal(store_switch_ports(office.s, take_port, &t), RC_OK);
	assert_string_equal(t.text, "mac:001a2b000001: sw-2, Gi1/0/9; "
				    "mac:001a2b000003: sw-1, Gi1/0/3; ");
	assert_int_equal(store_switch_ports(office.s, take_port, &one), RC_OK);
	assert_string_equal(one.text, "mac:001a2b000001: sw-2, Gi1/0/9; ");
	test_store_done(&office);
}

static void an_empty_store_counts_nothing(void **state)
{
	struct test_store empty;
	struct store_count c = {.all = 99};
	struct told t = {.most = 9};

	(void)state;
	test_store_new(&empty, 2);
	assert_int_equal(store_count(empty.s, &c), RC_OK);
	assert_int_equal(c.all, 0);
	assert_int_equal(c.on_wire, 0);
	assert_int_equal(store_networks(empty.s, take, &t), RC_OK);
	assert_string_equal(t.text, "");
	test_store_done(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines_are_counted_by_verdict),
		cmocka_unit_test(networks_are_told_with_how_many_were_heard),
		cmocka_unit_test(a_switch_says_where_a_machine_is_plugged_in),
		cmocka_unit_test(an_empty_store_counts_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
