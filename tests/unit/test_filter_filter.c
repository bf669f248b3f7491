/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "filter/filter.h"
#include "filter_frames.h"

enum { CALL = 1, ARP = 2, ANSWER = 4, UDP6 = 8, EVERY = 15 };

static unsigned matches(const char *text)
{
	struct test_frame frames[FRAMES];
	struct filter *f = NULL;
	char err[512];
	unsigned got = 0;

	if (filter_compile(text, &f, err, sizeof(err)) != RC_OK) {
		print_message("%s\n", err);
		return ~0u;
	}
	test_frames(frames);
	for (unsigned i = 0; i < FRAMES; i++) {
		const struct event *events[FRAME_MAX];
		size_t n = frame_events(&frames[i], events);

		if (filter_match(f, events, n))
			got |= 1u << i;
	}
	filter_free(f);
	return got;
}

static const struct {
	const char *text;
	unsigned want;
} good[] = {
	{"smb.service contains \"NetPathCanonicalize\"", CALL},
	{"frame", EVERY},
	{"ip", CALL | ANSWER},
	{"ipv6", UDP6},
	{"arp", ARP},
	{"not smb", EVERY & ~(unsigned)CALL},
	{"!smb && !(smb2)", ARP | UDP6},
	{"tcp or udp and arp", CALL | ANSWER},
	{"(tcp or udp) and arp", 0},
	{"tcp xor smb2", CALL},
	{"tcp ^^ smb2 || arp", CALL | ARP},
	/* one of two values is enough, except where all must differ */
	{"tcp.port == 445", CALL | ANSWER},
	{"tcp.port eq 1042", CALL | ANSWER},
	{"tcp.port != 445", 0},
	{"tcp.port != 80", CALL | ANSWER},
	{"tcp.port !== 445", CALL | ANSWER},
	{"tcp.port ~= 445", CALL | ANSWER},
	{"tcp.port === 445", 0},
	{"all tcp.port > 444", CALL | ANSWER},
	{"all tcp.port > 445", 0},
	{"any tcp.port > 445", CALL | ANSWER},
	{"any tcp.port != 445", CALL | ANSWER},
	{"not tcp.port == 445", ARP | UDP6},
	{"udp.port != 53", UDP6},
	{"tcp.srcport==tcp.dstport", 0},
	{"tcp.srcport == tcp.port", CALL | ANSWER},
	{"tcp.srcport > tcp.dstport", CALL | ANSWER},
	/* numbers */
	{"smb.cmd == 0x25", CALL},
	{"smb.cmd == 37", CALL},
	{"smb.cmd == 045", CALL},
	{"smb.cmd == 0b100101", CALL},
	{"smb.cmd == '%'", CALL},
	{"smb.cmd >= 0x25 and smb.cmd <= 0x25 and not smb.cmd lt 0x25", CALL},
	{"smb.error_class == 1 and smb.error_code == 2", CALL},
	{"smb.nt_status", 0}, /* flags2 says that the status is a DOS error */
	{"smb.pid == 0xfe0d && smb.pid.high == 1", CALL},
	{"smb2.sesid == 0xffffffffffffffff", ANSWER},
	{"smb2.nt_status == 0xc0000022", ANSWER},
	{"smb2.flags.response == True and smb2.flags.signature == 0", ANSWER},
	{"smb.flags.response == false", CALL},
	{"frame.number in {7, 9..10}", CALL | ANSWER | UDP6},
	{"frame.number not in {7, 9 .. 10}", ARP},
	{"tcp.flags & 0x10", CALL | ANSWER},
	{"tcp.flags & 2", 0},
	{"tcp.flags & 0x18 == 0x18", CALL | ANSWER},
	{"tcp.flags.push == 1 and tcp.flags.syn == 0", CALL | ANSWER},
	{"vlan.id == 100", ANSWER},
	{"vlan", ANSWER},
	/* addresses */
	{"ip.src == 10.0.0.5", CALL | ANSWER},
	{"ip.addr == 192.168.0.0/16", CALL | ANSWER},
	{"ip.src == 10.0.0.99/8", CALL | ANSWER},
	{"ip.src in {10.0.0.1..10.0.0.9, 192.168.0.0/16}", CALL | ANSWER},
	{"ip.src > 10.0.0.4 and ip.src < 10.0.0.6", CALL | ANSWER},
	{"ipv6.src == fe80::1", UDP6},
	{"ipv6.addr == ff00::/8", UDP6},
	{"eth.src == 00:11:22:aa:bb:cc", EVERY},
	{"eth.src == 0011.22aa.bbcc", EVERY},
	{"eth.addr contains 22-00-00", EVERY},
	{"arp.src.proto_ipv4 == 10.0.0.5 and arp.opcode == 1", ARP},
	{"ip.src == 10.0.0.5 and arp", 0},
	/* strings */
	{"srvsvc.srvsvc_NetPathCanonicalize.path == \"\\\\a\\\\..\\\\..\\\\AAAA\"", CALL},
	{"srvsvc.srvsvc_NetPathCanonicalize.path == r\"\\a\\..\\..\\AAAA\"", CALL},
	{"srvsvc.srvsvc_NetPathCanonicalize.path contains r\"\\..\\..\\\"", ~0u},
	{"srvsvc.srvsvc_NetPathCanonicalize.path contains \"\\x41\\101A\"", CALL},
	{"srvsvc.srvsvc_NetPathCanonicalize.path contains \"aaaa\"", 0},
	{"srvsvc.srvsvc_NetPathCanonicalize.path matches \"aaaa$\"", CALL},
	{"srvsvc.srvsvc_NetPathCanonicalize.path ~ r\"(?-i)aaaa\"", 0},
	{"smb.trans_name < \"b\"", CALL},
	{"smb.trans_name in {\"x\", \"\\\\PIPE\\\\\"}", CALL},
	{"smb.trans_name == r\"\\PIPE\\\\\"", 0}, /* a raw string keeps both */
	{"smb.file", 0},
	{"smb2.filename == \"srvsvc\"", ANSWER},
	{"smb2.fid == 04030201-0605-0807-0900-000000000000", ANSWER},
	{"smb.service", CALL},
	{"dcerpc.opnum == 31", CALL | ANSWER},
	{"srvsvc.opnum == 31", CALL},
	/* a regular expression that would take for ever finds nothing instead */
	{"smb.trans_name matches \"(\\\\x5c|[A-Z]|.)*(.*)*(.*)*(.*)*(.*)*#\"", 0},
};

static void expressions_match_as_in_wireshark(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		unsigned got = matches(good[i].text);

		if (got != good[i].want)
			fail_msg("%s: matched %#x, not %#x", good[i].text, got, good[i].want);
	}
}

static const struct {
	const char *text, *err;
} wrong[] = {
	{"", "a field is missing here"},
	{"smb.cdm == 1", "there is no field 'smb.cdm'; did you mean 'smb.cmd'?"},
	{"ip.scr == 1.2.3.4", "did you mean 'ip.src'?"},
	{"smb.cmd == 256", "smb.cmd is at most 255\n    smb.cmd == 256\n               ^~~"},
	{"smb.cmd == x", "smb.cmd is a number, 0 to 255"},
	{"smb.cmd == -1", "smb.cmd is a number"},
	{"smb.cmd == 08", "smb.cmd is a number"},
	{"frame.number == 18446744073709551616", "frame.number is a number"},
	{"ip.src == 1.2.3", "ip.src needs an IPv4 address"},
	{"ip.src == fe80::1", "ip.src needs an IPv4 address"},
	{"ip.src == 10.0.0.0/33", "ip.src needs an IPv4 address"},
	{"eth.src == 00:11", "eth.src needs a MAC address"},
	{"smb.file == abc", "smb.file needs a string in double quotes"},
	{"smb.file matches abc", "needs a regular expression in double quotes"},
	{"smb.file matches \"(\"", "regular expression, character 2"},
	{"smb.file == \"\\d\"", "no such escape"},
	{"smb.file == \"abc", "this string has no end"},
	{"smb.cmd contains 1", "has no parts"},
	{"ip.src matches \"^10\"", "is no string"},
	{"tcp == 1", "tcp is a protocol"},
	{"tcp.port == ip.src", "tcp.port (number) cannot be compared with ip.src (IPv4 address)"},
	{"tcp.port in 80", "'in' needs a set"},
	{"tcp.port in {80 443}", "expected , or }"},
	{"tcp.port in {}", "tcp.port is a number"},
	{"tcp.port = 80", "use == to compare"},
	{"frame[0:2] == 00:01", "slices are not supported"},
	{"tcp.port == 80 ip", "expected an operator"},
	{"(tcp", "expected )"},
	{"tcp)", "expected an operator"},
	{"tcp and", "a field is missing here"},
	{"80 == tcp.port", "a field must stand here, before the value"},
	{"any tcp", "'any' and 'all' need a comparison"},
	{"tcp not and", "only 'in' can follow"},
	{"ip.src & 1", "& needs a number before it"},
};

static void a_wrong_expression_says_what_and_where(void **unused)
{
	struct filter *f = NULL;
	char err[512];

	(void)unused;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(filter_compile(wrong[i].text, &f, err, sizeof(err)), RC_INVAL);
		assert_null(f);
		if (strstr(err, wrong[i].err) == NULL || strstr(err, "\n    ") == NULL ||
		    strchr(err, '^') == NULL)
			fail_msg("%s: said: %s", wrong[i].text, err);
	}
}

static void long_and_deep_expressions_are_refused(void **unused)
{
	char text[6000], err[512];
	struct filter *f = NULL;

	(void)unused;
	memset(text, '!', sizeof(text));
	memcpy(text + 64, "tcp", 4);
	assert_int_equal(filter_compile(text, &f, err, sizeof(err)), RC_OK);
	filter_free(f);
	f = NULL;
	memset(text, '!', sizeof(text));
	memcpy(text + 65, "tcp", 4);
	assert_int_equal(filter_compile(text, &f, err, sizeof(err)), RC_INVAL);
	assert_non_null(strstr(err, "inside each other"));
	memset(text, ' ', sizeof(text));
	memcpy(text + 4094, "tcp", 4);
	assert_int_equal(filter_compile(text, &f, err, sizeof(err)), RC_INVAL);
	assert_non_null(strstr(err, "longer than 4096"));
	memcpy(text + 4093, "tcp", 4);
	assert_int_equal(filter_compile(text, &f, err, sizeof(err)), RC_OK);
	filter_free(f);
}

static void a_message_fits_any_buffer(void **unused)
{
	struct filter *f = NULL;
	char err[512];

	(void)unused;
	for (size_t len = 1; len < 64; len++) {
		memset(err, 'x', sizeof(err));
		assert_int_equal(filter_compile("smb.cdm == 1", &f, err, len), RC_INVAL);
		assert_true(strlen(err) < len);
	}
}

static void a_filter_wants_the_frame_and_what_its_fields_read(void **unused)
{
	struct filter *f = NULL;
	char err[512];

	(void)unused;
	assert_int_equal(filter_compile("not smb.cmd == 1", &f, err, sizeof(err)), RC_OK);
	assert_int_equal(filter_wants(f), EV_BIT(EV_FRAME) | EV_BIT(EV_SMB1));
	filter_free(f);
	assert_int_equal(
		filter_compile("smb.service and tcp.port == arp.opcode", &f, err, sizeof(err)),
		RC_OK);
	assert_int_equal(filter_wants(f),
			 EV_BIT(EV_FRAME) | EV_BIT(EV_RPC) | EV_BIT(EV_SRVSVC) | EV_BIT(EV_ARP));
	filter_free(f);
}

static void what_a_clock_tick_told_is_not_the_frames(void **unused)
{
	struct event ev = {.kind = EV_CONN, .conn = {.outcome = EV_UNANSWERED}};
	const struct event *events[] = {&ev};
	struct filter *f = NULL;
	char err[512];

	(void)unused;
	assert_int_equal(
		filter_compile("quell.conn.outcome == \"unanswered\"", &f, err, sizeof(err)),
		RC_OK);
	assert_true(filter_match(f, events, 1));
	ev.is_tick = true;
	assert_false(filter_match(f, events, 1));
	filter_free(f);
}

static void fields_are_listed_once_in_order_with_help(void **unused)
{
	const char *before = "";
	size_t n = 0;

	(void)unused;
	for (const struct filter_field_info *i = NULL; (i = filter_field_at(n)) != NULL; n++) {
		assert_true(strcmp(before, i->name) < 0);
		assert_true(strlen(i->help) > 0 && strlen(i->type) > 0);
		before = i->name;
	}
	assert_true(n > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_match_as_in_wireshark),
		cmocka_unit_test(a_wrong_expression_says_what_and_where),
		cmocka_unit_test(long_and_deep_expressions_are_refused),
		cmocka_unit_test(a_message_fits_any_buffer),
		cmocka_unit_test(a_filter_wants_the_frame_and_what_its_fields_read),
		cmocka_unit_test(what_a_clock_tick_told_is_not_the_frames),
		cmocka_unit_test(fields_are_listed_once_in_order_with_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
