/* The remote registry's stubs: as MS-RRP lays them out, and as hostile servers do. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/utf16.h"
#include "wire/winreg.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}
#define HANDLE "\0\0\0\0abcdefghijklmnop"

/* Laid out by hand from MS-RRP 3.1.5.17, 3.1.5.10 and 3.1.5.15. */
static const struct {
	const char *what;
	uint16_t opnum;
	struct bytes stub;
	uint32_t type, status;
	struct bytes data, name;
} replies[] = {
	{"a DWORD", WINREG_QUERY_VALUE,
	 LIT("\0\0\2\0\4\0\0\0\4\0\2\0\4\0\0\0\0\0\0\0\4\0\0\0\xd0\2\0\0"
	     "\x08\0\2\0\4\0\0\0\x0c\0\2\0\4\0\0\0\0\0\0\0"),
	 REG_DWORD, 0, LIT("\xd0\2\0\0"), LIT("")},
	{"a text of odd length, padded", WINREG_QUERY_VALUE,
	 LIT("\0\0\2\0\1\0\0\0\4\0\2\0\6\0\0\0\0\0\0\0\6\0\0\0a\0b\0\0\0\0\0"
	     "\x08\0\2\0\6\0\0\0\x0c\0\2\0\6\0\0\0\0\0\0\0"),
	 REG_SZ, 0, LIT("a\0b\0\0\0"), LIT("")},
	{"no such value", WINREG_QUERY_VALUE,
	 LIT("\0\0\2\0\0\0\0\0\0\0\0\0\x08\0\2\0\0\0\0\0\x0c\0\2\0\0\0\0\0\2\0\0\0"), 0,
	 WINREG_NOT_FOUND, LIT(""), LIT("")},
	{"a subkey", WINREG_ENUM_KEY,
	 LIT("\4\0\0\2\0\0\2\0\0\1\0\0\0\0\0\0\2\0\0\0a\0b\0\4\0\2\0\0\0\2\0\0\0\0\0"
	     "\x08\0\2\0\1\2\3\4\5\6\7\x08\0\0\0\0"),
	 0, 0, LIT(""), LIT("a\0b\0")},
	{"access denied", WINREG_OPEN_KEY, LIT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0"),
	 0, WINREG_ACCESS_DENIED, LIT(""), LIT("")},
};

static bool read_reply(struct bytes stub, uint16_t opnum, struct winreg_response *ret_s)
{
	struct reader r = {.rest = stub};
	struct ndr n = ndr_reader(&r, false, false);

	*ret_s = (struct winreg_response){.opnum = opnum};
	return winreg_response(&n, ret_s);
}

static void replies_are_read_and_no_part_of_one_is_enough(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		struct winreg_response s;

		print_message("           %s\n", replies[i].what);
		assert_true(read_reply(replies[i].stub, replies[i].opnum, &s));
		assert_int_equal(s.status, replies[i].status);
		assert_int_equal(s.type, replies[i].type);
		assert_true(bytes_eq(s.data, replies[i].data));
		assert_true(bytes_eq(s.name.units, replies[i].name));
		for (size_t cut = 0; cut < replies[i].stub.len; cut++)
			assert_false(read_reply((struct bytes){replies[i].stub.at, cut},
						replies[i].opnum, &s));
	}
}

static void counts_that_lie_make_no_reply(void **unused)
{
	static const struct {
		const char *what;
		struct bytes stub;
		uint16_t opnum;
	} lies[] = {
		{"more data than there is",
		 LIT("\0\0\2\0\3\0\0\0\4\0\2\0\0\0\0\x7f\0\0\0\0\0\0\0\x7f"
		     "ab"),
		 WINREG_QUERY_VALUE},
		{"more data than there is room for",
		 LIT("\0\0\2\0\3\0\0\0\4\0\2\0\1\0\0\0\0\0\0\0\2\0\0\0ab\0\0"
		     "\0\0\0\0\0\0\0\0\0\0\0\0"),
		 WINREG_QUERY_VALUE},
		{"data that begins later",
		 LIT("\0\0\2\0\3\0\0\0\4\0\2\0\2\0\0\0\1\0\0\0\1\0\0\0ab\0\0"
		     "\0\0\0\0\0\0\0\0\0\0\0\0"),
		 WINREG_QUERY_VALUE},
		{"a name that is longer than its length",
		 LIT("\2\0\0\2\0\0\2\0\0\1\0\0\0\0\0\0\2\0\0\0a\0b\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		 WINREG_ENUM_KEY},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct winreg_response s;

		print_message("           %s\n", lies[i].what);
		assert_false(read_reply(lies[i].stub, lies[i].opnum, &s));
	}
}

static void a_query_is_written_as_windows_wants_it(void **unused)
{
	static const struct bytes want =
		LIT(HANDLE "\4\0\4\0\0\0\2\0\2\0\0\0\0\0\0\0\2\0\0\0U\0\0\0"
			   "\0\0\2\0\0\0\0\0\0\0\2\0\0\4\0\0\0\0\0\0\0\0\0\0"
			   "\0\0\2\0\0\4\0\0\0\0\2\0\0\0\0\0");
	uint8_t room[256];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct ndr n = ndr_writer(&w, false, false);
	struct winreg_request q = {.opnum = WINREG_QUERY_VALUE,
				   .name = ndr_unicode_of(BYTES("U\0\0\0")),
				   .room = 1024};

	(void)unused;
	memcpy(q.key.b, HANDLE, sizeof(q.key.b));
	assert_true(winreg_request(&n, &q));
	assert_int_equal(w.len, want.len);
	assert_memory_equal(room, want.at, want.len);
}

static void every_request_comes_back(void **unused)
{
	static const uint16_t opnums[] = {WINREG_OPEN_HKLM, WINREG_OPEN_HKU, WINREG_CLOSE_KEY,
					  WINREG_ENUM_KEY,  WINREG_OPEN_KEY, WINREG_QUERY_VALUE};
	uint8_t room[512], text[64];

	(void)unused;
	for (size_t i = 0; i < sizeof(opnums) / sizeof(opnums[0]); i++) {
		struct winreg_request q = {
			.opnum = opnums[i],
			.name = ndr_unicode_of(utf16_from_ascii("a\\b", text, sizeof(text))),
			.access = 9,
			.index = 7,
			.room = 256};
		struct winreg_request got = {.opnum = opnums[i]};
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct ndr n = ndr_writer(&w, false, false);
		bool has_name = opnums[i] == WINREG_OPEN_KEY || opnums[i] == WINREG_QUERY_VALUE;
		bool has_access = opnums[i] != WINREG_CLOSE_KEY && opnums[i] != WINREG_ENUM_KEY &&
				  opnums[i] != WINREG_QUERY_VALUE;

		assert_true(winreg_request(&n, &q));
		struct reader r = {.rest = {room, w.len}};

		n = ndr_reader(&r, false, false);
		assert_true(winreg_request(&n, &got));
		assert_int_equal(r.rest.len, 0);
		assert_int_equal(got.name.units.len, has_name ? 6 : 0);
		assert_int_equal(got.access, has_access ? 9 : 0);
		if (opnums[i] == WINREG_ENUM_KEY)
			assert_int_equal(got.index, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_read_and_no_part_of_one_is_enough),
		cmocka_unit_test(counts_that_lie_make_no_reply),
		cmocka_unit_test(a_query_is_written_as_windows_wants_it),
		cmocka_unit_test(every_request_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
