/* The stubs of the local security policy: as MS-LSAD and MS-LSAT lay them out, and as hostile
 * servers do. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/lsarpc.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static bool read_reply(struct bytes stub, uint16_t opnum, struct lsarpc_response *ret_s)
{
	struct reader r = {.rest = stub};
	struct ndr n = ndr_reader(&r, false, false);

	*ret_s = (struct lsarpc_response){.opnum = opnum};
	return lsarpc_response(&n, ret_s);
}

/* Laid out by hand from MS-LSAD 2.2.4.4: auditing is on; nothing, success, both. */
static const struct bytes audit = LIT("\0\0\2\0\2\0\0\0\1\0\0\0\4\0\2\0\3\0\0\0\3\0\0\0"
				      "\0\0\0\0\1\0\0\0\3\0\0\0\0\0\0\0");

static void the_audit_policy_is_read(void **unused)
{
	struct lsarpc_response s;

	(void)unused;
	assert_true(read_reply(audit, LSARPC_QUERY_POLICY, &s));
	assert_int_equal(s.is_audited, 1);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.audit[1], LSARPC_AUDIT_SUCCESS);
	assert_int_equal(s.audit[2], LSARPC_AUDIT_SUCCESS | LSARPC_AUDIT_FAILURE);
	assert_string_equal(lsarpc_category(1), "logon");
	assert_string_equal(lsarpc_category(8), "account-logon");
	assert_null(lsarpc_category(9));
	for (size_t cut = 0; cut < audit.len; cut++)
		assert_false(read_reply((struct bytes){audit.at, cut}, LSARPC_QUERY_POLICY, &s));
}

/* "C\m", a user, and a number that has no name; by hand from MS-LSAT 2.2.9 and 2.2.12. */
static const struct bytes names =
	LIT("\0\0\2\0\1\0\0\0\4\0\2\0\x20\0\0\0\1\0\0\0\2\0\2\0\x08\0\2\0\x0c\0\2\0"
	    "\1\0\0\0\0\0\0\0\1\0\0\0C\0\0\0\1\0\0\0\1\1\0\0\0\0\0\5\x15\0\0\0"
	    "\2\0\0\0\x10\0\2\0\2\0\0\0\1\0\0\0\2\0\2\0\x14\0\2\0\0\0\0\0"
	    "\x08\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff"
	    "\1\0\0\0\0\0\0\0\1\0\0\0m\0\0\0\1\0\0\0\7\1\0\0");

static void names_are_read(void **unused)
{
	struct lsarpc_response s;

	(void)unused;
	assert_true(read_reply(names, LSARPC_LOOKUP_SIDS, &s));
	assert_int_equal(s.status, LSARPC_SOME_NOT_MAPPED);
	assert_int_equal(s.n_domains, 1);
	assert_true(bytes_eq(s.domains[0].units, BYTES("C\0")));
	assert_int_equal(s.n, 2);
	assert_int_equal(s.names[0].use, LSARPC_USER);
	assert_int_equal(s.names[0].domain, 0);
	assert_true(bytes_eq(s.names[0].name.units, BYTES("m\0")));
	assert_int_equal(s.names[1].use, LSARPC_UNKNOWN);
	assert_int_equal(s.names[1].domain, -1);
	for (size_t cut = 0; cut < names.len; cut++)
		assert_false(read_reply((struct bytes){names.at, cut}, LSARPC_LOOKUP_SIDS, &s));
}

static void lists_that_lie_are_refused(void **unused)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} lies[] = {
		{"another number of domains in the array", 16, 2},
		{"another number of names in the array", 72, 3},
		{"a SID of more parts than it has", 48, 9},
		{"a name longer than it is", 80, 6},
	};
	uint8_t copy[256];

	(void)unused;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct lsarpc_response s;

		print_message("           %s\n", lies[i].what);
		assert_true(names.len <= sizeof(copy));
		memcpy(copy, names.at, names.len);
		assert_int_not_equal(copy[lies[i].at], lies[i].value);
		copy[lies[i].at] = lies[i].value;
		assert_false(read_reply((struct bytes){copy, names.len}, LSARPC_LOOKUP_SIDS, &s));
	}
}

static void every_request_comes_back(void **unused)
{
	static const uint16_t opnums[] = {LSARPC_CLOSE, LSARPC_QUERY_POLICY, LSARPC_LOOKUP_SIDS,
					  LSARPC_OPEN_POLICY};
	struct sid sids[LSARPC_SIDS_MAX] = {{0}}, got_sids[LSARPC_SIDS_MAX] = {{0}};
	uint8_t room[512];

	(void)unused;
	assert_true(sid_parse("S-1-5-21-1-2-3-500", &sids[0]));
	assert_true(sid_parse("S-1-1-0", &sids[1]));
	for (size_t i = 0; i < sizeof(opnums) / sizeof(opnums[0]); i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct ndr n = ndr_writer(&w, false, false);
		struct lsarpc_request got = {.opnum = opnums[i], .sids = got_sids},
				      q = {.opnum = opnums[i],
					   .access = 0x801,
					   .level = 2,
					   .sids = sids,
					   .n = 2};

		assert_true(lsarpc_request(&n, &q));
		struct reader r = {.rest = {room, w.len}};

		n = ndr_reader(&r, false, false);
		assert_true(lsarpc_request(&n, &got));
		assert_int_equal(r.rest.len, 0);
		if (opnums[i] == LSARPC_LOOKUP_SIDS) {
			assert_int_equal(got.n, 2);
			assert_true(sid_eq(&sids[1], &got_sids[1]));
		}
		if (opnums[i] == LSARPC_OPEN_POLICY)
			assert_int_equal(got.access, 0x801);
		if (opnums[i] == LSARPC_QUERY_POLICY)
			assert_int_equal(got.level, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_audit_policy_is_read),
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(lists_that_lie_are_refused),
		cmocka_unit_test(every_request_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
