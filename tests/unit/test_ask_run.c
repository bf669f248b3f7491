/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "ask/ask.h"
#include "ask/message.h"
#include "ask/neighbour.h"
#include "ask/reach.h"
#include "model/posture.h"

static struct message sample(unsigned kind)
{
	struct message m = {
		.kind = (uint8_t)kind,
		.fact = FACT_USER,
		.source = FROM_ASK_PROFILES,
		.confidence = 80,
		.is_ok = true,
		.has_mac = true,
		.number = 7,
		.vlan = 214,
		.first_ns = 1,
		.last_ns = 2,
		.addr = addr_v4(0x0a010203),
		.mac = {{1, 2, 3, 4, 5, 6}},
		.text = {"CORP\\m\xc3\xbcller", "b", "c"},
	};

	if (kind == MESSAGE_OBSERVED) {
		m.number = OBSERVED_VALUE;
		m.source = BY_SMB;
	}

	return m;
}

static void messages_come_back_and_never_from_a_part(void **unused)
{
	uint8_t room[MESSAGE_MAX];
	struct message got;
	size_t used = 0;

	(void)unused;
	for (unsigned kind = MESSAGE_BEGIN; kind < MESSAGE_KINDS; kind++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct message m = sample(kind);

		message_write(&w, &m);
		assert_false(w.bad);
		for (size_t cut = 0; cut < w.len; cut++)
			assert_int_equal(message_read((struct bytes){room, cut}, &got, &used),
					 MESSAGE_MORE);
		assert_int_equal(message_read((struct bytes){room, w.len}, &got, &used),
				 MESSAGE_READ);
		assert_int_equal(used, w.len);
		assert_memory_equal(&got, &m, sizeof(m));
	}
}

static void what_no_child_says_is_refused(void **unused)
{
	uint8_t room[MESSAGE_MAX];
	struct message got;
	size_t used = 0;

	(void)unused;
	for (unsigned i = 0; i < 10; i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct message m = sample(MESSAGE_FACT);

		switch (i) {
		case 0:
			m.kind = 0;
			break;
		case 1:
			m.kind = MESSAGE_KINDS;
			break;
		case 2:
			m.fact = FACT_KINDS;
			break;
		case 3:
			m.source = FROM_OPERATOR; /* nobody speaks for the operator */
			break;
		case 4:
			m.source = FROM_ARP;
			break;
		case 5:
			m.confidence = 101;
			break;
		case 6:
			m.last_ns = 0;
			break;
		case 7:
			m.text[0][0] = '\0';
			break;
		default:
			break;
		}
		message_write(&w, &m);
		if (i == 8) /* longer than it is */
			wr_patch_be(&w, 0, 4, MESSAGE_MAX);
		if (i == 9) /* a text that reaches beyond the message */
			wr_patch_be(&w, 4 + 30 + 16 + 6, 2, 999);
		assert_int_equal(message_read((struct bytes){room, w.len}, &got, &used),
				 MESSAGE_BAD);
	}
}

static const struct {
	unsigned state, by;
	const char *key, *value;
	bool is_believed;
} observations[] = {
	{OBSERVED_VALUE, BY_FILE, "file:system32/srv.sys", "5.1.2600.7208", true},
	{OBSERVED_VALUE, BY_REGISTRY, "registry:HKLM\\x\\Name", "", true}, /* an empty text */
	{OBSERVED_UNREADABLE, BY_SMB, "smb.smb1", "no answer", true},
	{OBSERVED_ABSENT, BY_SERVICES, "service:spooler", "", true},
	{OBSERVED_ABSENT, BY_SERVICES, "service:spooler", "stopped", false},
	{0, BY_FILE, "file:x", "1", false},
	{4, BY_FILE, "file:x", "1", false},
	{256 + OBSERVED_VALUE, BY_FILE, "file:x", "1", false},
	{OBSERVED_VALUE, 0, "file:x", "1", false},
	{OBSERVED_VALUE, BY_SMB + 1, "file:x", "1", false},
	{OBSERVED_VALUE, BY_SCRIPT, "file:x", "1", false}, /* nobody speaks for the script */
	{OBSERVED_VALUE, BY_HIVE, "file:x", "1", false},
	{OBSERVED_VALUE, BY_LIST, "file:x", "1", false},
	{OBSERVED_VALUE, BY_FILE, "", "1", false},
};

static void an_observation_is_believed_in_its_ranges_alone(void **unused)
{
	uint8_t room[MESSAGE_MAX];
	struct message got;
	size_t used = 0;

	(void)unused;
	for (size_t i = 0; i < sizeof(observations) / sizeof(observations[0]); i++) {
		struct message m = {.kind = MESSAGE_OBSERVED,
				    .number = observations[i].state,
				    .source = (uint8_t)observations[i].by};
		struct writer w = {.at = room, .cap = sizeof(room)};

		print_message("           %zu\n", i);
		(void)snprintf(m.text[0], MESSAGE_TEXT, "%s", observations[i].key);
		(void)snprintf(m.text[1], MESSAGE_TEXT, "%s", observations[i].value);
		message_write(&w, &m);
		assert_int_equal(message_read((struct bytes){room, w.len}, &got, &used),
				 observations[i].is_believed ? MESSAGE_READ : MESSAGE_BAD);
	}
	for (size_t len = POSTURE_KEY - 1; len <= POSTURE_KEY; len++) {
		struct message m = {
			.kind = MESSAGE_OBSERVED, .number = OBSERVED_VALUE, .source = BY_FILE};
		struct writer w = {.at = room, .cap = sizeof(room)};

		memset(m.text[0], 'k', len);
		message_write(&w, &m);
		assert_int_equal(message_read((struct bytes){room, w.len}, &got, &used),
				 len < POSTURE_KEY ? MESSAGE_READ : MESSAGE_BAD);
	}
}

static const struct {
	const char *addr;
	bool is_allowed;
} scope_cases[] = {
	{"10.1.2.3", true},         {"10.2.0.1", false},
	{"192.168.7.7", true},      {"192.168.7.8", false},
	{"0.0.0.0", false},         {"224.0.0.1", false},
	{"255.255.255.255", false}, {"fd00:1::5", true},
	{"fd00:2::5", false},       {"::", false},
	{"ff02::1", false},         {"127.0.0.1", false},
};

static void nobody_outside_the_scope_is_reached(void **unused)
{
	struct net scope[3];
	const struct net all = {.bits = 0};
	const struct reach r = {scope, 3}, everybody = {&all, 1}, nobody = {NULL, 0};
	struct addr a;

	(void)unused;
	assert_int_equal(net_parse("10.1.0.0/16", &scope[0]), RC_OK);
	assert_int_equal(net_parse("192.168.7.7", &scope[1]), RC_OK);
	assert_int_equal(net_parse("fd00:1::/32", &scope[2]), RC_OK);
	for (size_t i = 0; i < sizeof(scope_cases) / sizeof(scope_cases[0]); i++) {
		print_message("           %s\n", scope_cases[i].addr);
		assert_int_equal(addr_parse(scope_cases[i].addr, &a), RC_OK);
		assert_int_equal(reach_allows(&r, &a), scope_cases[i].is_allowed);
		assert_false(reach_allows(&nobody, &a));
		if (!scope_cases[i].is_allowed) {
			assert_int_equal(reach_udp(&r, &a, 9), -1);
			assert_int_equal(reach_tcp(&r, &a, 9, reach_now_ms() + 1000), -1);
		}
	}
	assert_int_equal(addr_parse("224.0.0.1", &a), RC_OK);
	assert_false(reach_allows(&everybody, &a)); /* groups are never asked */
}

static const struct {
	const char *line, *mac;
} arp_lines[] = {
	{"10.1.2.3         0x1         0x2         00:1a:2b:3c:4d:5e     *        eth0\n",
	 "00:1a:2b:3c:4d:5e"},
	{"10.1.2.3 0x1 0x6 ff:EE:2b:3c:4d:5e * eth0", "ff:ee:2b:3c:4d:5e"}, /* permanent */
	{"10.1.2.3         0x1         0x0         00:00:00:00:00:00     *        eth0\n", NULL},
	{"10.1.2.3         0x20        0x2         00:1a:2b:3c:4d:5e     *        ib0\n", NULL},
	{"IP address       HW type     Flags       HW address            Mask     Device\n", NULL},
	{"10.1.2.3 0x1 0x2 00:1a:2b:3c:4d", NULL},
	{"10.1.2.3 0x1 0x2 00:1a:2b:3c:4d:5", NULL},
	{"10.1.2.3 0x1 0x2 00:1a:2b:3c:4d:zz * eth0", NULL},
	{"10.1.2.3 0x1", NULL},
	{"\n", NULL},
	{"", NULL},
};

static void the_kernel_knows_who_answered(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(arp_lines) / sizeof(arp_lines[0]); i++) {
		struct addr a;
		struct mac m;
		char text[MAC_TEXT];
		bool ok = neighbour_parse(arp_lines[i].line, &a, &m);

		assert_int_equal(ok, arp_lines[i].mac != NULL);
		if (ok)
			assert_string_equal(mac_format(&m, text), arp_lines[i].mac);
	}
}

struct heard {
	unsigned facts, said;
	char last[512];
};

static void heard_fact(void *ctx, const struct fact *f)
{
	struct heard *h = ctx;

	(void)f;
	h->facts++;
}

static void heard_said(void *ctx, const struct ask_target *of, const char *what, const char *result,
		       bool is_ok)
{
	struct heard *h = ctx;

	(void)of;
	(void)what;
	assert_false(is_ok);
	h->said++;
	(void)snprintf(h->last, sizeof(h->last), "%s", result);
}

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static void without_a_scope_nothing_is_asked(void **unused)
{
	const struct ask_target target = {.addr = addr_v4(0x7f000001)};
	struct ask_options opt = {.what = ASK_ALL,
				  .timeout_ms = 100,
				  .parallel = 4,
				  .rate = 100,
				  .smb_port = 1,
				  .nbns_port = 1,
				  .origin = "test"};
	struct heard h = {0};
	struct ask_out out = {heard_fact, heard_said, NULL, &h};
	struct net other;

	(void)unused;
	assert_int_equal(ask_run(&opt, &target, 1, &out), RC_INVAL);
	assert_int_equal(h.said, 0);
	assert_int_equal(net_parse("10.0.0.0/8", &other), RC_OK);
	opt.scope = &other;
	opt.n_scope = 1;
	assert_int_equal(ask_run(&opt, &target, 1, &out), RC_OK);
	assert_int_equal(h.said, 1);
	assert_non_null(strstr(h.last, "outside networks.scope"));
	out.goes_on = never;
	assert_int_equal(ask_run(&opt, &target, 1, &out), RC_OK);
	assert_int_equal(h.said, 1);
	assert_int_equal(h.facts, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_back_and_never_from_a_part),
		cmocka_unit_test(what_no_child_says_is_refused),
		cmocka_unit_test(an_observation_is_believed_in_its_ranges_alone),
		cmocka_unit_test(nobody_outside_the_scope_is_reached),
		cmocka_unit_test(the_kernel_knows_who_answered),
		cmocka_unit_test(without_a_scope_nothing_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
