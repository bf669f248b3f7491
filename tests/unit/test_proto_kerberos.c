/* Kerberos on port 88: who asked, who was granted, and who the KDC is; over TCP and UDP. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "heard.h"
#include "naming/kerberos.h"
#include "proto/kerberos.h"

enum { ROOM = 128 * 1024 };

static uint8_t room[ROOM];
static struct heard heard;
static struct stream s;

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}
#define REALM LIT("EXAMPLE.ORG")
#define KRBTGT                                                                                     \
	{                                                                                          \
		2, 2,                                                                              \
		{                                                                                  \
			LIT("krbtgt"), REALM                                                       \
		}                                                                                  \
	}
#define CIFS                                                                                       \
	{                                                                                          \
		2, 2,                                                                              \
		{                                                                                  \
			LIT("cifs"), LIT("dc1.example.org")                                        \
		}                                                                                  \
	}

static const struct {
	const char *what;
	enum dir dir;
	struct krb k;
	const char *want;
} cases[] = {
	{"a user asks",
	 TO_SERVER,
	 {.type = KRB_AS_REQ,
	  .cname = {1, 1, {LIT("ann")}},
	  .realm = REALM,
	  .sname = KRBTGT,
	  .netbios = LIT("PC7             ")},
	 "C krb is name=PC7\nC krb wish domain=EXAMPLE.ORG user=ann\n"},
	{"a machine asks",
	 TO_SERVER,
	 {.type = KRB_AS_REQ, .cname = {1, 1, {LIT("PC7$")}}, .realm = REALM, .sname = KRBTGT},
	 "C krb wish name=PC7 domain=EXAMPLE.ORG roles=64\n"},
	{"a machine by its host principal",
	 TO_SERVER,
	 {.type = KRB_AS_REQ,
	  .cname = {3, 2, {LIT("host"), LIT("pc7.example.org")}},
	  .realm = REALM,
	  .sname = KRBTGT},
	 "C krb wish name=pc7 domain=EXAMPLE.ORG roles=64\n"},
	{"an administrator's second name",
	 TO_SERVER,
	 {.type = KRB_AS_REQ,
	  .cname = {1, 2, {LIT("ann"), LIT("admin")}},
	  .realm = REALM,
	  .sname = KRBTGT},
	 "C krb wish domain=EXAMPLE.ORG user=ann/admin\n"},
	{"nobody asks",
	 TO_SERVER,
	 {.type = KRB_AS_REQ,
	  .cname = {11, 2, {LIT("WELLKNOWN"), LIT("ANONYMOUS")}},
	  .realm = REALM,
	  .sname = KRBTGT},
	 ""},
	{"a user is granted a ticket",
	 TO_CLIENT,
	 {.type = KRB_AS_REP,
	  .crealm = REALM,
	  .cname = {1, 1, {LIT("ann")}},
	  .has_ticket = true,
	  .ticket = {REALM, KRBTGT, 18, {NULL, 0}}},
	 "S krb is of=C domain=EXAMPLE.ORG user=ann\nS krb is domain=EXAMPLE.ORG roles=2\n"},
	{"a service is asked for",
	 TO_SERVER,
	 {.type = KRB_TGS_REQ, .realm = REALM, .sname = CIFS},
	 "C krb wish domain=EXAMPLE.ORG note=cifs/dc1.example.org\n"},
	{"a service of another realm",
	 TO_SERVER,
	 {.type = KRB_TGS_REQ,
	  .realm = LIT("OTHER.NET"),
	  .sname = CIFS,
	  .has_ticket = true,
	  .ticket = {REALM, KRBTGT, 18, {NULL, 0}}},
	 "C krb wish domain=OTHER.NET note=cifs/dc1.example.org\nC krb wish domain=EXAMPLE.ORG\n"},
	{"a service is granted",
	 TO_CLIENT,
	 {.type = KRB_TGS_REP,
	  .crealm = REALM,
	  .cname = {1, 1, {LIT("PC7$")}},
	  .has_ticket = true,
	  .ticket = {REALM, CIFS, 18, {NULL, 0}}},
	 "S krb is of=C name=PC7 domain=EXAMPLE.ORG note=cifs/dc1.example.org roles=64\n"
	 "S krb is domain=EXAMPLE.ORG roles=2\n"},
	{"an error names who asked",
	 TO_CLIENT,
	 {.type = KRB_ERROR,
	  .error = KRB_ERR_C_PRINCIPAL_UNKNOWN,
	  .crealm = REALM,
	  .cname = {1, 1, {LIT("ann")}},
	  .realm = REALM,
	  .sname = KRBTGT},
	 "S krb wish of=C domain=EXAMPLE.ORG user=ann\nS krb is domain=EXAMPLE.ORG roles=2\n"},
	{"an error names the realm's KDC",
	 TO_CLIENT,
	 {.type = KRB_ERROR, .error = KRB_ERR_PREAUTH_REQUIRED, .realm = REALM, .sname = KRBTGT},
	 "S krb is domain=EXAMPLE.ORG roles=2\n"},
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static struct bytes framed(const struct krb *k)
{
	struct writer w = {.at = room, .cap = ROOM};

	wr_be(&w, 4, 0);
	krb_write(&w, k);
	wr_patch_be(&w, 0, 4, w.len - 4);
	assert_false(w.bad);
	return (struct bytes){room, w.len};
}

static int start(void **unused)
{
	(void)unused;
	memset(&heard, 0, sizeof(heard));
	stream_open(&s, &proto_kerberos, &heard);
	return 0;
}

static int stop(void **unused)
{
	(void)unused;
	stream_close(&s);
	return 0;
}

static void messages_over_tcp_are_told(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < CASES; i++) {
		print_message("           %s\n", cases[i].what);
		heard.len = 0;
		heard.text[0] = '\0';
		stream_send(&s, cases[i].dir, framed(&cases[i].k), 1 + i * 7);
		assert_false(s.is_over);
		assert_string_equal(heard.text, cases[i].want);
	}
}

static void first_bytes_of_each_are_recognised(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < CASES; i++) {
		struct bytes in = framed(&cases[i].k);
		const struct proto *p = NULL;

		assert_int_equal(proto_probe(cases[i].dir, bytes_slice(in, 0, 40), &p), PROTO_YES);
		assert_ptr_equal(p, &proto_kerberos);
		for (size_t n = 1; n < 10; n++)
			assert_int_equal(proto_kerberos.probe(cases[i].dir, bytes_slice(in, 0, n)),
					 PROTO_UNSURE);
	}
	assert_int_equal(proto_kerberos.probe(TO_SERVER, BYTES("GET / HTTP")), PROTO_NO);
	assert_int_equal(proto_kerberos.probe(TO_SERVER, BYTES("\0\0\0\x2a\xffSMB")), PROTO_NO);
	assert_int_equal(proto_kerberos.probe(TO_SERVER, BYTES("\0\0\1\0\x6a\x82\1\1xxxx")),
			 PROTO_NO);
}

static void a_claim_over_the_limit_is_no_kerberos(void **unused)
{
	(void)unused;
	assert_int_equal(proto_kerberos.probe(TO_SERVER, BYTES("\0\2\0\5\x6a\x83\2\0\0xx")),
			 PROTO_NO);
	assert_int_equal(proto_kerberos.probe(TO_SERVER, BYTES("\0\0\x80\4\x6a\x82\x80\0xxx")),
			 PROTO_YES);
}

static void datagrams_are_told_and_others_are_not(void **unused)
{
	const struct proto_out out = {heard_event, heard_anomaly, heard_blind, &heard, ~0u, 1};
	struct bytes in = framed(&cases[0].k);

	(void)unused;
	kerberos_datagram(bytes_slice(in, 4, SIZE_MAX), &out);
	assert_string_equal(heard.text, cases[0].want);
	heard.len = 0;
	heard.text[0] = '\0';
	kerberos_datagram(BYTES("hello"), &out);
	kerberos_datagram((struct bytes){NULL, 0}, &out);
	kerberos_datagram(bytes_slice(in, 4, 60), &out); /* cut: its length no longer fits */
	assert_string_equal(heard.text, "");
	kerberos_datagram(BYTES("\x6a\x02\x31\x00"), &out);
	assert_string_equal(heard.text, "C ! kerberos malformed\n");
}

static void a_length_that_lies_ends_the_stream(void **unused)
{
	struct bytes in = framed(&cases[0].k);

	(void)unused;
	stream_send(&s, TO_SERVER, in, SIZE_MAX);
	room[3]++;
	stream_send(&s, TO_SERVER, in, SIZE_MAX);
	assert_true(s.is_over);
	assert_non_null(strstr(heard.text, "C ! kerberos bad-length\n"));
}

/* A message over the limit is passed over, not held, and the next one is read. */
static void a_message_over_the_limit_is_passed_over(void **unused)
{
	static uint8_t filler[KERBEROS_MAX + 100];
	struct krb k = cases[8].k;

	(void)unused;
	k.ticket.cipher = (struct bytes){filler, sizeof(filler)};
	stream_send(&s, TO_CLIENT, framed(&k), 1460);
	assert_true(s.len[TO_CLIENT] == 0);
	assert_string_equal(heard.text, "");
	stream_send(&s, TO_CLIENT, framed(&cases[8].k), 1460);
	assert_string_equal(heard.text, cases[8].want);
}

static void a_gap_ends_it_but_not_inside_of_what_is_passed_over(void **unused)
{
	static uint8_t filler[KERBEROS_MAX + 100];
	struct krb k = cases[8].k;
	struct bytes in;

	(void)unused;
	k.ticket.cipher = (struct bytes){filler, sizeof(filler)};
	in = framed(&k);
	stream_send(&s, TO_CLIENT, bytes_slice(in, 0, 3000), 1460);
	stream_gap(&s, TO_CLIENT, 3000);
	stream_send(&s, TO_CLIENT, bytes_slice(in, 6000, SIZE_MAX), 1460);
	stream_send(&s, TO_CLIENT, framed(&cases[8].k), 1460);
	assert_string_equal(heard.text, cases[8].want);
	stream_gap(&s, TO_CLIENT, 1);
	assert_true(s.is_over);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(messages_over_tcp_are_told, start, stop),
		cmocka_unit_test_setup_teardown(first_bytes_of_each_are_recognised, start, stop),
		cmocka_unit_test(a_claim_over_the_limit_is_no_kerberos),
		cmocka_unit_test_setup_teardown(datagrams_are_told_and_others_are_not, start, stop),
		cmocka_unit_test_setup_teardown(a_length_that_lies_ends_the_stream, start, stop),
		cmocka_unit_test_setup_teardown(a_message_over_the_limit_is_passed_over, start,
						stop),
		cmocka_unit_test_setup_teardown(a_gap_ends_it_but_not_inside_of_what_is_passed_over,
						start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
