/* The list of shares: as MS-SRVS lays it out, and as hostile servers do. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/srvsvc_share.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

/* Laid out by hand from MS-SRVS 2.2.4.26: one share, "d", with a descriptor of 4 bytes. */
static const struct bytes with_rights =
	LIT("\xf6\1\0\0\xf6\1\0\0\0\0\2\0\1\0\0\0\4\0\2\0\1\0\0\0"
	    "\x08\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\1\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0"
	    "\x0c\0\2\0\2\0\0\0\0\0\0\0\2\0\0\0d\0\0\0\4\0\0\0wxyz\1\0\0\0\0\0\0\0\0\0\0\0");
static const struct bytes plain =
	LIT("\1\0\0\0\1\0\0\0\0\0\2\0\1\0\0\0\4\0\2\0\1\0\0\0\x08\0\2\0\3\0\0\x80\0\0\0\0"
	    "\2\0\0\0\0\0\0\0\2\0\0\0i\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0");

static struct share list[SHARES_MAX];

static bool read_reply(struct bytes stub, struct share_response *ret_s)
{
	struct reader r = {.rest = stub};
	struct ndr n = ndr_reader(&r, false, false);

	memset(list, 0, sizeof(list));
	*ret_s = (struct share_response){.list = list};
	return share_response(&n, ret_s);
}

static void both_levels_are_read(void **unused)
{
	struct share_response s;

	(void)unused;
	assert_true(read_reply(with_rights, &s));
	assert_int_equal(s.n, 1);
	assert_true(bytes_eq(list[0].name.units, BYTES("d\0\0\0")));
	assert_true(bytes_eq(list[0].secdesc, BYTES("wxyz")));
	assert_int_equal(list[0].type, SHARE_DISK);
	assert_true(read_reply(plain, &s));
	assert_int_equal(s.n, 1);
	assert_int_equal(list[0].type, SHARE_SPECIAL | SHARE_IPC);
	assert_false(list[0].has_secdesc);
	for (size_t cut = 0; cut < with_rights.len; cut++)
		assert_false(read_reply((struct bytes){with_rights.at, cut}, &s));
	for (size_t cut = 0; cut < plain.len; cut++)
		assert_false(read_reply((struct bytes){plain.at, cut}, &s));
}

static void replies_that_lie_are_refused(void **unused)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} lies[] = {
		{"two levels", 4, 1},
		{"a level that was not asked for", 0, 2},
		{"more shares than there is room for", 14, 1},
		{"another number of shares in the array", 20, 2},
		{"a descriptor of another length", 56, 3},
		{"a name that begins later", 68, 1},
	};
	uint8_t copy[256];

	(void)unused;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct share_response s;

		print_message("           %s\n", lies[i].what);
		assert_true(with_rights.len <= sizeof(copy));
		memcpy(copy, with_rights.at, with_rights.len);
		assert_int_not_equal(copy[lies[i].at], lies[i].value);
		copy[lies[i].at] = lies[i].value;
		assert_false(read_reply((struct bytes){copy, with_rights.len}, &s));
	}
}

static void a_request_comes_back(void **unused)
{
	uint8_t room[128];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct ndr n = ndr_writer(&w, false, false);
	struct share_request got = {0}, q = {.level = SHARE_LEVEL_SECURITY,
					     .resume = 3,
					     .server = ndr_string_of(BYTES("\\\0\\\0h\0\0\0"))};

	(void)unused;
	assert_true(share_request(&n, &q));
	struct reader r = {.rest = {room, w.len}};

	n = ndr_reader(&r, false, false);
	assert_true(share_request(&n, &got));
	assert_int_equal(r.rest.len, 0);
	assert_int_equal(got.level, SHARE_LEVEL_SECURITY);
	assert_int_equal(got.resume, 3);
	assert_true(bytes_eq(got.server.units, q.server.units));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_levels_are_read),
		cmocka_unit_test(replies_that_lie_are_refused),
		cmocka_unit_test(a_request_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
