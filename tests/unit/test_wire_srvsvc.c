/* Stubs of the path calls: as the specification lays them out, and as hostile clients do. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/srvsvc.h"
#include "wire/utf16.h"

/* BYTES(), for the initialisers of static tables. */
#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

/* Laid out by hand from MS-SRVS 3.1.4.30. */
static const struct {
	const char *what;
	struct bytes stub;
	bool has_server;
	unsigned path_units;
	struct bytes path;
	uint32_t path_type, flags;
} canonicalize[] = {
	{"a drive path, no server",
	 LIT("\0\0\0\0\x0a\0\0\0\0\0\0\0\x0a\0\0\0C\0:\0\\\0t\0e\0m\0p\0\\\0a\0\0\0"
	     "\2\0\0\0\2\0\0\0\0\0\0\0\2\0\0\0\\\0\0\0\1\0\0\0\1\0\0\0"),
	 false, 10, LIT("C\0:\0\\\0t\0e\0m\0p\0\\\0a\0\0\0"), 1, 1},
	{"the root",
	 LIT("\0\0\0\0\2\0\0\0\0\0\0\0\2\0\0\0\\\0\0\0"
	     "\2\0\0\0\2\0\0\0\0\0\0\0\2\0\0\0\\\0\0\0\1\0\0\0\1\0\0\0"),
	 false, 2, LIT("\\\0\0\0"), 1, 1},
	{"balanced dots, a server, padding after an odd count",
	 LIT("\0\0\2\0\4\0\0\0\0\0\0\0\4\0\0\0\\\0\\\0h\0\0\0"
	     "\3\0\0\0\0\0\0\0\3\0\0\0\\\0a\0\0\0\0\0"
	     "\2\0\0\0\2\0\0\0\0\0\0\0\2\0\0\0\\\0\0\0\1\0\0\0\1\0\0\0"),
	 true, 3, LIT("\\\0a\0\0\0"), 1, 1},
};

static void canonicalize_requests_are_read(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(canonicalize) / sizeof(canonicalize[0]); i++) {
		struct reader r = {.rest = canonicalize[i].stub};
		struct ndr n = ndr_reader(&r, false, false);
		struct srvsvc_request x = {.opnum = SRVSVC_OP_CANONICALIZE};

		print_message("           %s\n", canonicalize[i].what);
		assert_true(srvsvc_request(&n, &x));
		assert_int_equal(r.rest.len, 0);
		assert_int_equal(x.has_server, canonicalize[i].has_server);
		assert_int_equal(x.path.actual, canonicalize[i].path_units);
		assert_true(bytes_eq(x.path.units, canonicalize[i].path));
		assert_int_equal(x.outbuf_len, 2);
		assert_int_equal(x.path_type, canonicalize[i].path_type);
		assert_int_equal(x.flags, canonicalize[i].flags);
		for (size_t cut = 0; cut < canonicalize[i].stub.len; cut++) {
			r = (struct reader){.rest = {canonicalize[i].stub.at, cut}};
			n = ndr_reader(&r, false, false);
			x = (struct srvsvc_request){.opnum = SRVSVC_OP_CANONICALIZE};
			assert_false(srvsvc_request(&n, &x));
		}
	}
}

static void every_call_comes_back_in_every_syntax(void **unused)
{
	uint8_t room[512], a[32], b[32], c[32];

	(void)unused;
	for (unsigned i = 0; i < 3 * 2 * 2; i++) {
		bool is_be = (i / 3 & 1) != 0, is_64 = i / 6 != 0;
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct srvsvc_request
			got = {.opnum = (uint16_t)(30 + i % 3)},
			x = {
				.opnum = (uint16_t)(30 + i % 3),
				.has_server = true,
				.server = ndr_string_of(utf16_from_ascii("\\\\h", a, sizeof(a))),
				.path = ndr_string_of(utf16_from_ascii("\\a\\b", b, sizeof(b))),
				.path2 = ndr_string_of(utf16_from_ascii("\\", c, sizeof(c))),
				.path_type = 1,
				.flags = 3,
			};
		struct ndr n = ndr_writer(&w, is_be, is_64);

		assert_true(srvsvc_request(&n, &x));
		struct reader r = {.rest = {room, w.len}};

		n = ndr_reader(&r, is_be, is_64);
		assert_true(srvsvc_request(&n, &got));
		assert_int_equal(r.rest.len, 0);
		assert_true(bytes_eq(got.server.units, x.server.units));
		assert_true(bytes_eq(got.path.units, x.path.units));
		if (x.opnum != SRVSVC_OP_PATH_TYPE)
			assert_true(bytes_eq(got.path2.units, x.path2.units));
		assert_int_equal(got.flags, 3);
	}
}

static void answers_come_back(void **unused)
{
	uint8_t room[64];

	(void)unused;
	for (uint16_t op = 30; op <= 32; op++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct ndr n = ndr_writer(&w, false, false);
		struct srvsvc_response got = {.opnum = op},
				       x = {op, BYTES("\\\0a\0b\0"), 0x2002, 0x7b};

		assert_true(srvsvc_response(&n, &x));
		struct reader r = {.rest = {room, w.len}};

		n = ndr_reader(&r, false, false);
		assert_true(srvsvc_response(&n, &got));
		assert_int_equal(got.status, 0x7b);
		assert_int_equal(got.path_type, op == 32 ? 0 : 0x2002);
		assert_int_equal(got.outbuf.len, op == 31 ? 6 : 0);
	}
}

static void counts_that_lie_are_told(void **unused)
{
	static const struct {
		struct bytes string;
		const char *why;
		size_t units;
	} cases[] = {
		{LIT("\2\0\0\0\0\0\0\0\2\0\0\0abcd"), NULL, 4},
		{LIT("\2\0\0\0\1\0\0\0\1\0\0\0ab"), "ndr-string-offset", 2},
		{LIT("\1\0\0\0\0\0\0\0\2\0\0\0abcd"), "ndr-string-count", 4},
		{LIT("\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff"
		     "abc"),
		 NULL, 2},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reader r = {.rest = cases[i].string};
		struct ndr n = ndr_reader(&r, false, false);
		struct ndr_string s = {0};

		ndr_wstring(&n, &s);
		if (cases[i].why == NULL)
			assert_null(n.why);
		else
			assert_string_equal(n.why, cases[i].why);
		assert_int_equal(s.units.len, cases[i].units);
		assert_int_equal(ndr_is_good(&n), i == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonicalize_requests_are_read),
		cmocka_unit_test(every_call_comes_back_in_every_syntax),
		cmocka_unit_test(answers_come_back),
		cmocka_unit_test(counts_that_lie_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
