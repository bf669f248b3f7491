/* NTLMSSP: the examples of the specification, and buffers that lie. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/ntlm.h"

/* MS-NLMP 4.2.2.3: CHALLENGE_MESSAGE of a server "Server". */
static const uint8_t challenge_422[] = {
	'N',  'T',  'L',  'M',  'S', 'S', 'P',  0,    2,    0,    0,    0,    0x0c, 0,
	0x0c, 0,    0x38, 0,    0,   0,   0x33, 0x82, 0x02, 0xe2, 0x01, 0x23, 0x45, 0x67,
	0x89, 0xab, 0xcd, 0xef, 0,   0,   0,    0,    0,    0,    0,    0,    0,    0,
	0,    0,    0,    0,    0,   0,   0x06, 0,    0x70, 0x17, 0,    0,    0,    0x0f,
	'S',  0,    'e',  0,    'r', 0,   'v',  0,    'e',  0,    'r',  0,
};

/* The same section: AUTHENTICATE_MESSAGE of User at COMPUTER; zeros for responses and key. */
static const uint8_t authenticate_422[0xac] = {
	'N',  'T', 'L',  'M',  'S',  'S', 'P',  0,    3,    0, 0,   0, 0x18, 0,    0x18, 0,
	0x6c, 0,   0,    0,    0x18, 0,   0x18, 0,    0x84, 0, 0,   0, 0x0c, 0,    0x0c, 0,
	0x48, 0,   0,    0,    0x08, 0,   0x08, 0,    0x54, 0, 0,   0, 0x10, 0,    0x10, 0,
	0x5c, 0,   0,    0,    0x10, 0,   0x10, 0,    0x9c, 0, 0,   0, 0x35, 0x82, 0x80, 0xe2,
	5,    1,   0x28, 0x0a, 0,    0,   0,    0x0f, 'D',  0, 'o', 0, 'm',  0,    'a',  0,
	'i',  0,   'n',  0,    'U',  0,   's',  0,    'e',  0, 'r', 0, 'C',  0,    'O',  0,
	'M',  0,   'P',  0,    'U',  0,   'T',  0,    'E',  0, 'R', 0,
};

static struct bytes msg_of(const uint8_t *at, size_t len)
{
	return (struct bytes){at, len};
}

static void the_specifications_challenge_is_read(void **unused)
{
	struct ntlm n;

	(void)unused;
	assert_true(ntlm_read(msg_of(challenge_422, sizeof(challenge_422)), &n));
	assert_int_equal(n.type, NTLM_CHALLENGE);
	assert_true(n.is_unicode && n.has_version && !n.is_bad);
	assert_int_equal(n.version.major, 6);
	assert_int_equal(n.version.build, 6000);
	assert_int_equal(n.version.revision, 15);
	assert_int_equal(n.challenge.challenge[7], 0xef);
	assert_true(bytes_eq(n.challenge.target, BYTES("S\0e\0r\0v\0e\0r\0")));
	assert_int_equal(n.challenge.computer.len, 0);
}

static void the_specifications_authenticate_is_read(void **unused)
{
	struct ntlm n;
	const struct ntlm_authenticate *a = &n.authenticate;

	(void)unused;
	assert_true(ntlm_read(msg_of(authenticate_422, sizeof(authenticate_422)), &n));
	assert_int_equal(n.type, NTLM_AUTHENTICATE);
	assert_true(n.is_unicode && n.has_version && !n.is_bad);
	assert_int_equal(n.version.major, 5);
	assert_int_equal(n.version.minor, 1);
	assert_int_equal(n.version.build, 2600);
	assert_true(bytes_eq(a->domain, BYTES("D\0o\0m\0a\0i\0n\0")));
	assert_true(bytes_eq(a->user, BYTES("U\0s\0e\0r\0")));
	assert_true(bytes_eq(a->workstation, BYTES("C\0O\0M\0P\0U\0T\0E\0R\0")));
	assert_int_equal(a->lm.len, 24);
	assert_int_equal(a->nt.len, 24);
}

/* What is cut off is left out and told; nothing is read past the end (ASan watches). */
static void cut_messages_lose_texts_not_more(void **unused)
{
	(void)unused;
	for (size_t cut = 0; cut < sizeof(authenticate_422); cut++) {
		uint8_t exact[sizeof(authenticate_422)];
		struct ntlm n;

		memcpy(exact, authenticate_422, cut);
		bool is_good = ntlm_read(msg_of(exact, cut), &n);

		assert_int_equal(is_good, cut >= 52);
		if (!is_good)
			continue;
		assert_int_equal(n.is_bad, cut < 0x9c);
		assert_int_equal(n.authenticate.domain.len, cut >= 0x54 ? 12 : 0);
		assert_int_equal(n.authenticate.user.len, cut >= 0x5c ? 8 : 0);
		assert_int_equal(n.authenticate.workstation.len, cut >= 0x6c ? 16 : 0);
	}
	for (size_t cut = 0; cut < sizeof(challenge_422); cut++) {
		uint8_t exact[sizeof(challenge_422)];
		struct ntlm n;

		memcpy(exact, challenge_422, cut);
		assert_int_equal(ntlm_read(msg_of(exact, cut), &n), cut >= 32);
	}
}

static void buffers_that_lie_are_left_out(void **unused)
{
	static const struct {
		const char *what;
		size_t at; /* of the two bytes that are changed: of UserFields, 36 on */
		uint16_t to;
		size_t user;
		bool is_bad;
	} cases[] = {
		{"as it is", 36, 8, 8, false},
		{"an odd length", 36, 7, 0, true},
		{"longer than the message", 36, 0x200, 0, true},
		{"behind the end", 40, 0xac, 0, true},
		{"in front of the payload", 40, 8, 0, true},
		{"over its neighbour: the sender's business", 40, 0x48, 8, false},
		{"up to the last byte", 40, 0xa4, 8, false},
		{"far behind", 42, 0xffff, 0, true},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t m[sizeof(authenticate_422)];
		struct ntlm n;

		print_message("           %s\n", cases[i].what);
		memcpy(m, authenticate_422, sizeof(m));
		m[cases[i].at] = (uint8_t)cases[i].to;
		m[cases[i].at + 1] = (uint8_t)(cases[i].to >> 8);
		assert_true(ntlm_read(msg_of(m, sizeof(m)), &n));
		assert_int_equal(n.authenticate.user.len, cases[i].user);
		assert_int_equal(n.is_bad, cases[i].is_bad);
		assert_int_equal(n.authenticate.domain.len, 12);
	}
}

static void not_ntlm_is_not_ntlm(void **unused)
{
	uint8_t m[sizeof(authenticate_422)];
	struct ntlm n;

	(void)unused;
	assert_false(ntlm_is(BYTES("NTLMSSP")));
	assert_true(ntlm_is(BYTES("NTLMSSP\0")));
	memcpy(m, authenticate_422, sizeof(m));
	m[8] = 4;
	assert_false(ntlm_read(msg_of(m, sizeof(m)), &n));
	m[8] = 3;
	m[4] = 'x';
	assert_false(ntlm_read(msg_of(m, sizeof(m)), &n));
}

/* Clients of the first days send neither flags nor version; their payload starts at 52 or 64. */
static void clients_without_flags_are_read(void **unused)
{
	uint8_t m[80] = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 3};
	struct ntlm n;

	(void)unused;
	m[28] = m[30] = 4, m[32] = 52; /* domain */
	m[36] = m[38] = 3, m[40] = 56; /* user */
	memcpy(m + 52, "WORKann", 7);
	assert_true(ntlm_read(msg_of(m, 60), &n));
	assert_false(n.is_unicode);
	assert_int_equal(n.flags, 0);
	assert_true(bytes_eq(n.authenticate.domain, BYTES("WORK")));
	assert_true(bytes_eq(n.authenticate.user, BYTES("ann")));
	memcpy(m + 52, "A\0B\0c\0d\0", 8);
	m[36] = m[38] = 4;
	assert_true(ntlm_read(msg_of(m, 60), &n));
	assert_true(n.is_unicode);
	assert_true(bytes_eq(n.authenticate.user, BYTES("c\0d\0")));
}

/* Between NT 4 and XP: flags, but the payload where a version would be. */
static void a_payload_is_no_version(void **unused)
{
	uint8_t m[sizeof(authenticate_422)];
	struct ntlm n;

	(void)unused;
	memcpy(m, authenticate_422, sizeof(m));
	m[32] = 64; /* of the domain's buffer: the 12 bytes from the version on */
	assert_true(ntlm_read(msg_of(m, sizeof(m)), &n));
	assert_int_equal(n.authenticate.domain.len, 12);
	assert_false(n.has_version);
}

static void target_info_is_bounded(void **unused)
{
	static const struct {
		const char *what;
		struct bytes info;
		bool is_bad;
		size_t computer;
	} cases[] = {
		{"a pair and the end", {(const uint8_t *)"\1\0\4\0P\0C\0\0\0\0\0", 12}, false, 4},
		{"no end", {(const uint8_t *)"\1\0\4\0P\0C\0", 8}, true, 4},
		{"a pair longer than the rest",
		 {(const uint8_t *)"\1\0\xff\xffP\0C\0", 8},
		 true,
		 0},
		{"an odd text", {(const uint8_t *)"\1\0\3\0P\0C\0\0\0\0", 11}, true, 0},
		{"an unknown pair first",
		 {(const uint8_t *)"\x63\0\1\0x\1\0\2\0P\0\0\0\0\0", 15},
		 false,
		 2},
		{"the end is the end", {(const uint8_t *)"\0\0\0\0\1\0\2\0P\0", 10}, false, 0},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t m[256] = {0};
		struct ntlm n;
		size_t len = cases[i].info.len;

		print_message("           %s\n", cases[i].what);
		memcpy(m, challenge_422, sizeof(challenge_422));
		m[22] |= 0x80; /* NTLM_TARGET_INFO */
		m[40] = m[42] = (uint8_t)len;
		m[44] = sizeof(challenge_422);
		memcpy(m + sizeof(challenge_422), cases[i].info.at, len);
		assert_true(ntlm_read(msg_of(m, sizeof(challenge_422) + len), &n));
		assert_int_equal(n.is_bad, cases[i].is_bad);
		assert_int_equal(n.challenge.computer.len, cases[i].computer);
	}
}

static void messages_come_back(void **unused)
{
	static const struct ntlm all[] = {
		{.type = NTLM_NEGOTIATE,
		 .flags = NTLM_UNICODE | NTLM_OEM | NTLM_OEM_DOMAIN | NTLM_OEM_WORKSTATION |
			  NTLM_VERSION,
		 .has_version = true,
		 .version = {10, 0, 19041, 15},
		 .negotiate = {{(const uint8_t *)"WORK", 4}, {(const uint8_t *)"PC7", 3}}},
		{.type = NTLM_CHALLENGE,
		 .flags = NTLM_UNICODE | NTLM_TARGET_INFO,
		 .is_unicode = true,
		 .challenge = {.target = {(const uint8_t *)"W\0", 2},
			       .computer = {(const uint8_t *)"P\0C\0", 4},
			       .domain = {(const uint8_t *)"W\0", 2},
			       .dns_computer = {(const uint8_t *)"p\0.\0w\0", 6},
			       .dns_domain = {(const uint8_t *)"w\0", 2},
			       .dns_tree = {(const uint8_t *)"t\0", 2},
			       .has_time = true,
			       .time = 0x1d5}},
		{.type = NTLM_AUTHENTICATE,
		 .flags = NTLM_OEM,
		 .authenticate = {.domain = {(const uint8_t *)"WORK", 4},
				  .user = {(const uint8_t *)"ann", 3},
				  .workstation = {(const uint8_t *)"PC7", 3},
				  .lm = {(const uint8_t *)"\0", 1},
				  .nt = {(const uint8_t *)"0123456789abcdef", 16}}},
	};
	uint8_t first[512], second[512];

	(void)unused;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct writer one = {.at = first, .cap = sizeof(first)};
		struct writer two = {.at = second, .cap = sizeof(second)};
		struct ntlm n;

		ntlm_write(&one, &all[i]);
		assert_true(ntlm_read(msg_of(first, one.len), &n));
		assert_false(n.is_bad);
		assert_int_equal(n.flags, all[i].flags);
		assert_int_equal(n.has_version, all[i].has_version);
		ntlm_write(&two, &n);
		assert_true(bytes_eq(msg_of(first, one.len), msg_of(second, two.len)));
		if (n.type == NTLM_CHALLENGE) {
			assert_true(
				bytes_eq(n.challenge.dns_computer, all[i].challenge.dns_computer));
			assert_int_equal(n.challenge.time, 0x1d5);
		} else if (n.type == NTLM_NEGOTIATE) {
			assert_int_equal(n.version.build, 19041);
			assert_true(bytes_eq(n.negotiate.workstation, BYTES("PC7")));
		} else {
			assert_true(bytes_eq(n.authenticate.user, BYTES("ann")));
			assert_true(bytes_eq(n.authenticate.nt, all[i].authenticate.nt));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_specifications_challenge_is_read),
		cmocka_unit_test(the_specifications_authenticate_is_read),
		cmocka_unit_test(cut_messages_lose_texts_not_more),
		cmocka_unit_test(buffers_that_lie_are_left_out),
		cmocka_unit_test(not_ntlm_is_not_ntlm),
		cmocka_unit_test(clients_without_flags_are_read),
		cmocka_unit_test(a_payload_is_no_version),
		cmocka_unit_test(target_info_is_bounded),
		cmocka_unit_test(messages_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
