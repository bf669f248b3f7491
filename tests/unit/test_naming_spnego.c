/* Security blobs: every wrapping that Windows and Samba use, and none without end. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/der.h"
#include "naming/kerberos.h"
#include "naming/ntlm.h"
#include "naming/spnego.h"

enum { ROOM = 4096 };

static uint8_t ntlm_room[256], krb_room[512], room[ROOM];

static struct bytes some_ntlm(void)
{
	struct writer w = {.at = ntlm_room, .cap = sizeof(ntlm_room)};

	ntlm_write(&w, &(struct ntlm){.type = NTLM_NEGOTIATE, .flags = NTLM_UNICODE});
	return (struct bytes){ntlm_room, w.len};
}

static struct bytes some_krb(void)
{
	struct writer w = {.at = krb_room, .cap = sizeof(krb_room)};

	krb_write(&w,
		  &(struct krb){.type = KRB_AP_REQ,
				.has_ticket = true,
				.ticket = {.realm = BYTES("EXAMPLE.ORG"),
					   .sname = {KRB_NT_SRV_INST,
						     2,
						     {BYTES("cifs"), BYTES("dc1.example.org")}}}});
	return (struct bytes){krb_room, w.len};
}

static void raw_messages_are_taken_as_they_are(void **unused)
{
	struct spnego s;

	(void)unused;
	assert_true(spnego_read(some_ntlm(), &s));
	assert_int_equal(s.carries, SPNEGO_NTLM);
	assert_true(bytes_eq(s.token, some_ntlm()));
	assert_true(spnego_read(some_krb(), &s));
	assert_int_equal(s.carries, SPNEGO_KERBEROS);
	assert_true(bytes_eq(s.token, some_krb()));
	assert_int_equal(s.state, SPNEGO_NO_STATE);
}

static void wrapped_messages_come_back(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < 4; i++) {
		bool is_krb = (i & 1) != 0, is_resp = (i & 2) != 0;
		struct bytes token = is_krb ? some_krb() : some_ntlm();
		struct spnego got,
			s = {is_krb ? SPNEGO_KERBEROS : SPNEGO_NTLM,
			     is_resp ? SPNEGO_INCOMPLETE : SPNEGO_NO_STATE,
			     is_resp ? 0
				     : SPNEGO_MECH_MS_KRB5 | SPNEGO_MECH_KRB5 | SPNEGO_MECH_NTLM,
			     token,
			     {NULL, 0}};
		struct writer w = {.at = room, .cap = ROOM};

		if (is_resp)
			spnego_write_resp(&w, &s);
		else
			spnego_write_init(&w, &s);
		assert_false(w.bad);
		assert_true(spnego_read((struct bytes){room, w.len}, &got));
		assert_int_equal(got.carries, s.carries);
		assert_int_equal(got.state, s.state);
		assert_true(bytes_eq(got.token, token));
		if (!is_resp)
			assert_int_equal(got.mechs, s.mechs);
		/* Cut anywhere, it is no blob: lengths no longer fit. */
		for (size_t cut = 1; cut < w.len; cut++) {
			uint8_t exact[ROOM];

			memcpy(exact, room, cut);
			assert_false(spnego_read((struct bytes){exact, cut}, &got));
		}
	}
}

/* RFC 4178 without GSS-API's frame, and Kerberos in GSS-API's frame without SPNEGO. */
static void frames_may_be_missing(void **unused)
{
	struct writer w = {.at = room, .cap = ROOM};
	struct spnego s;

	(void)unused;
	size_t frame = der_begin(&w, DER_APPLICATION);

	der_put(&w, DER_OID, BYTES("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"));
	wr_bytes(&w, BYTES("\1\0"));
	wr_bytes(&w, some_krb());
	der_end(&w, frame);
	assert_true(spnego_read((struct bytes){room, w.len}, &s));
	assert_int_equal(s.carries, SPNEGO_KERBEROS);
	assert_true(bytes_eq(s.token, some_krb()));
	assert_int_equal(s.mechs, SPNEGO_MECH_KRB5);

	w = (struct writer){.at = room, .cap = ROOM};
	size_t init = der_begin(&w, DER_CONTEXT), seq = der_begin(&w, DER_SEQUENCE);
	size_t field = der_begin(&w, DER_CONTEXT + 2);

	der_put(&w, DER_OCTET_STRING, some_ntlm());
	der_end(&w, field);
	der_end(&w, seq);
	der_end(&w, init);
	assert_true(spnego_read((struct bytes){room, w.len}, &s));
	assert_int_equal(s.carries, SPNEGO_NTLM);
}

static void a_servers_hint_is_read(void **unused)
{
	struct writer w = {.at = room, .cap = ROOM};
	struct spnego got, s = {.mechs = SPNEGO_MECH_NTLM | SPNEGO_MECH_NEGOEX,
				.state = SPNEGO_NO_STATE,
				.hint = BYTES("dc1$@EXAMPLE.ORG")};

	(void)unused;
	spnego_write_init(&w, &s);
	assert_true(spnego_read((struct bytes){room, w.len}, &got));
	assert_int_equal(got.carries, SPNEGO_NOTHING);
	assert_int_equal(got.mechs, s.mechs);
	assert_true(bytes_eq(got.hint, s.hint));
}

/* A token in a token in a token: SPNEGO_LAYERS are taken off, and the rest is nothing. */
static void nesting_has_an_end(void **unused)
{
	static uint8_t inner[2][ROOM];
	struct bytes token = some_ntlm();

	(void)unused;
	for (unsigned depth = 0; depth < 12; depth++) {
		struct writer w = {.at = inner[depth % 2], .cap = ROOM};
		struct spnego s;
		size_t resp, seq, field;

		assert_true(spnego_read(token, &s));
		assert_int_equal(s.carries, depth < SPNEGO_LAYERS ? SPNEGO_NTLM : SPNEGO_NOTHING);
		resp = der_begin(&w, DER_CONTEXT + 1);
		seq = der_begin(&w, DER_SEQUENCE);
		field = der_begin(&w, DER_CONTEXT + 2);
		der_put(&w, DER_OCTET_STRING, token);
		der_end(&w, field);
		der_end(&w, seq);
		der_end(&w, resp);
		assert_false(w.bad);
		token = (struct bytes){w.at, w.len};
	}
}

static void nonsense_is_refused(void **unused)
{
	static const struct {
		const char *what;
		struct bytes in;
	} cases[] = {
		{"nothing", {NULL, 0}},
		{"text", {(const uint8_t *)"hello", 5}},
		{"a frame of indefinite length", {(const uint8_t *)"\x60\x80\x06\x00", 4}},
		{"a frame that claims 4 GiB", {(const uint8_t *)"\x60\x84\xff\xff\xff\xff\x06", 7}},
		{"a frame without a mechanism", {(const uint8_t *)"\x60\x02\x04\x00", 4}},
		{"a sequence that is none", {(const uint8_t *)"\xa1\x02\x31\x00", 4}},
		{"kerberos without its two bytes",
		 {(const uint8_t *)"\x60\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 13}},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct spnego s;

		print_message("           %s\n", cases[i].what);
		assert_false(spnego_read(cases[i].in, &s));
		assert_int_equal(s.carries, SPNEGO_NOTHING);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_messages_are_taken_as_they_are),
		cmocka_unit_test(wrapped_messages_come_back),
		cmocka_unit_test(frames_may_be_missing),
		cmocka_unit_test(a_servers_hint_is_read),
		cmocka_unit_test(nesting_has_an_end),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
