/* The stubs of SAMR: as MS-SAMR lays them out, and as hostile servers do. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/samr.h"
#include "wire/utf16.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static bool read_reply(struct bytes stub, struct samr_response *s)
{
	struct reader r = {.rest = stub};
	struct ndr n = ndr_reader(&r, false, false);

	return samr_response(&n, s);
}

/* Laid out by hand from MS-SAMR 2.2.3.5: 8 characters, 24 remembered, complex, 42 days, 1 day. */
static const struct bytes passwords =
	LIT("\0\0\2\0\1\0\0\0\x08\0\x18\0\1\0\0\0\0\x80\xa6\x0a\xff\xde\xff\xff"
	    "\0\x40\x96\xd5\x36\xff\xff\xff\0\0\0\0");

/* 2.2.3.15: 30 minutes, 30 minutes, 5 tries. */
static const struct bytes lockout =
	LIT("\0\0\2\0\x0c\0\0\0\0\xcc\x1d\xcf\xfb\xff\xff\xff\0\xcc\x1d\xcf\xfb\xff\xff\xff"
	    "\5\0\0\0\0\0\0\0");

static void policies_are_read(void **unused)
{
	struct samr_response s = {.opnum = SAMR_QUERY_DOMAIN};

	(void)unused;
	assert_true(read_reply(passwords, &s));
	assert_int_equal(s.level, SAMR_PASSWORDS);
	assert_int_equal(s.min_length, 8);
	assert_int_equal(s.history, 24);
	assert_int_equal(s.properties, SAMR_PASSWORD_COMPLEX);
	assert_true(s.max_age == -42LL * 24 * 3600 * 10000000);
	assert_true(s.min_age == -1LL * 24 * 3600 * 10000000);
	s = (struct samr_response){.opnum = SAMR_QUERY_DOMAIN};
	assert_true(read_reply(lockout, &s));
	assert_int_equal(s.level, SAMR_LOCKOUT);
	assert_true(s.lockout_duration == -30LL * 60 * 10000000);
	assert_true(s.lockout_window == -30LL * 60 * 10000000);
	assert_int_equal(s.lockout_threshold, 5);
	for (size_t cut = 0; cut < passwords.len; cut++) {
		s = (struct samr_response){.opnum = SAMR_QUERY_DOMAIN};
		assert_false(read_reply((struct bytes){passwords.at, cut}, &s));
	}
}

static void the_flags_of_a_user_are_read(void **unused)
{
	static const struct bytes stub = LIT("\0\0\2\0\x10\0\0\0\x15\2\0\0\0\0\0\0");
	struct samr_response s = {.opnum = SAMR_QUERY_USER};

	(void)unused;
	assert_true(read_reply(stub, &s));
	assert_int_equal(s.flags, SAMR_NEVER_EXPIRES | SAMR_NORMAL | SAMR_PASSWORD_NOT_REQUIRED |
					  SAMR_DISABLED);
	for (size_t cut = 0; cut < stub.len; cut++) {
		s = (struct samr_response){.opnum = SAMR_QUERY_USER};
		assert_false(read_reply((struct bytes){stub.at, cut}, &s));
	}
}

static void a_level_that_was_not_asked_for_is_wrong(void **unused)
{
	struct samr_response s = {.opnum = SAMR_QUERY_DOMAIN};

	(void)unused;
	assert_false(read_reply(BYTES("\0\0\2\0\2\0\0\0\x08\0\x18\0\1\0\0\0\0\0\0\0"), &s));
}

/* Two users: "max", RID 1001, and one without a name. */
static const struct bytes users =
	LIT("\0\1\0\0\0\1\0\0\1\0\0\0\2\0\0\0\0\0\2\0\2\0\0\0"
	    "\1\0\0\0\xe9\3\0\0\x10\2\0\0\6\0\6\0\4\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\2\0\0\0\xf5\1\0\0\x11\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\3\0\0\0\0\0\0\0\3\0\0\0m\0a\0x\0\0\0\5\1\0\0");

static void users_are_read(void **unused)
{
	static struct samr_user list[SAMR_USERS_MAX];
	struct samr_response s = {.opnum = SAMR_LIST_USERS, .users = list};

	(void)unused;
	assert_true(read_reply(users, &s));
	assert_int_equal(s.n, 2);
	assert_int_equal(s.status, SAMR_MORE);
	assert_int_equal(list[0].rid, 1001);
	assert_int_equal(list[0].flags, SAMR_NORMAL | SAMR_NEVER_EXPIRES);
	assert_true(bytes_eq(list[0].name.units, BYTES("m\0a\0x\0")));
	assert_int_equal(list[1].rid, 501);
	assert_int_equal(list[1].name.units.len, 0);
	for (size_t cut = 0; cut < users.len; cut++)
		assert_false(read_reply((struct bytes){users.at, cut}, &s));
}

static void lists_that_lie_are_refused(void **unused)
{
	static struct samr_user list[SAMR_USERS_MAX];
	uint8_t copy[128];
	static const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} lies[] = {
		{"the array has another length than the list says", 20, 3},
		{"more users than were asked for", 13, 9},
		{"a name longer than it is", 36, 8},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct samr_response s = {.opnum = SAMR_LIST_USERS, .users = list};

		print_message("           %s\n", lies[i].what);
		assert_true(users.len <= sizeof(copy));
		memcpy(copy, users.at, users.len);
		copy[lies[i].at] = lies[i].value;
		assert_false(read_reply((struct bytes){copy, users.len}, &s));
	}
}

static void members_and_domains_come_back(void **unused)
{
	static struct sid members[SAMR_MEMBERS_MAX], got[SAMR_MEMBERS_MAX];
	struct samr_domain domains[SAMR_DOMAINS_MAX] = {{0, ndr_unicode_of(BYTES("L\0A\0P\0"))},
							{1, ndr_unicode_of(BYTES("B\0"))}};
	struct samr_domain got_domains[SAMR_DOMAINS_MAX] = {{0}};
	uint8_t room[512];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct ndr n = ndr_writer(&w, false, false);
	struct samr_response s = {.opnum = SAMR_ALIAS_MEMBERS, .members = members, .n = 2};

	(void)unused;
	assert_true(sid_parse("S-1-5-21-1-2-3-500", &members[0]));
	assert_true(sid_parse("S-1-1-0", &members[1]));
	assert_true(samr_response(&n, &s));
	s = (struct samr_response){.opnum = SAMR_ALIAS_MEMBERS, .members = got};
	assert_true(read_reply((struct bytes){room, w.len}, &s));
	assert_int_equal(s.n, 2);
	assert_true(sid_eq(&members[0], &got[0]) && sid_eq(&members[1], &got[1]));

	w.len = 0;
	n = ndr_writer(&w, false, false);
	s = (struct samr_response){
		.opnum = SAMR_ENUM_DOMAINS, .is_there = true, .domains = domains, .n = 2};
	assert_true(samr_response(&n, &s));
	s = (struct samr_response){.opnum = SAMR_ENUM_DOMAINS, .domains = got_domains};
	assert_true(read_reply((struct bytes){room, w.len}, &s));
	assert_int_equal(s.n, 2);
	assert_true(bytes_eq(got_domains[0].name.units, BYTES("L\0A\0P\0")));
	assert_int_equal(got_domains[1].index, 1);
}

static void every_request_comes_back(void **unused)
{
	static const uint16_t opnums[] = {SAMR_CLOSE,         SAMR_LOOKUP_DOMAIN, SAMR_ENUM_DOMAINS,
					  SAMR_OPEN_DOMAIN,   SAMR_QUERY_DOMAIN,  SAMR_OPEN_ALIAS,
					  SAMR_ALIAS_MEMBERS, SAMR_OPEN_USER,     SAMR_QUERY_USER,
					  SAMR_LIST_USERS,    SAMR_CONNECT};
	uint8_t room[256];

	(void)unused;
	for (size_t i = 0; i < sizeof(opnums) / sizeof(opnums[0]); i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct ndr n = ndr_writer(&w, false, false);
		struct samr_request got = {.opnum = opnums[i]},
				    q = {.opnum = opnums[i],
					 .access = 0x311,
					 .name = ndr_unicode_of(BYTES("a\0b\0")),
					 .level = 12,
					 .rid = 544,
					 .start = 7,
					 .max = 512};

		assert_true(sid_parse("S-1-5-32", &q.sid));
		assert_true(samr_request(&n, &q));
		struct reader r = {.rest = {room, w.len}};

		n = ndr_reader(&r, false, false);
		assert_true(samr_request(&n, &got));
		assert_int_equal(r.rest.len, 0);
		if (opnums[i] == SAMR_LIST_USERS)
			assert_int_equal(got.start, 7);
		if (opnums[i] == SAMR_OPEN_DOMAIN)
			assert_true(sid_eq(&got.sid, &q.sid));
		if (opnums[i] == SAMR_LOOKUP_DOMAIN)
			assert_true(bytes_eq(got.name.units, q.name.units));
		if (opnums[i] == SAMR_OPEN_ALIAS)
			assert_int_equal(got.rid, 544);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_are_read),
		cmocka_unit_test(the_flags_of_a_user_are_read),
		cmocka_unit_test(a_level_that_was_not_asked_for_is_wrong),
		cmocka_unit_test(users_are_read),
		cmocka_unit_test(lists_that_lie_are_refused),
		cmocka_unit_test(members_and_domains_come_back),
		cmocka_unit_test(every_request_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
