/* Kerberos: all message types both ways, cut anywhere, and bombs of DER. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/der.h"
#include "naming/kerberos.h"

enum { ROOM = 4096 };

static uint8_t room[ROOM], again[ROOM];

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

#define KRBTGT                                                                                     \
	{                                                                                          \
		KRB_NT_SRV_INST, 2,                                                                \
		{                                                                                  \
			LIT("krbtgt"), LIT("EXAMPLE.ORG")                                          \
		}                                                                                  \
	}
#define CIFS                                                                                       \
	{                                                                                          \
		KRB_NT_SRV_INST, 2,                                                                \
		{                                                                                  \
			LIT("cifs"), LIT("dc1.example.org")                                        \
		}                                                                                  \
	}
#define ANN                                                                                        \
	{                                                                                          \
		KRB_NT_PRINCIPAL, 1,                                                               \
		{                                                                                  \
			LIT("ann")                                                                 \
		}                                                                                  \
	}

static const struct krb all[] = {
	{.type = KRB_AS_REQ,
	 .cname = ANN,
	 .realm = LIT("EXAMPLE.ORG"),
	 .sname = KRBTGT,
	 .nonce = 0xfedcba98,
	 .etypes = {18, 17, 23, -135},
	 .n_etypes = 4,
	 .netbios = LIT("PC7             ")},
	{.type = KRB_AS_REP,
	 .crealm = LIT("EXAMPLE.ORG"),
	 .cname = ANN,
	 .has_ticket = true,
	 .ticket = {LIT("EXAMPLE.ORG"), KRBTGT, 18, LIT("filler")}},
	{.type = KRB_TGS_REQ,
	 .realm = LIT("EXAMPLE.ORG"),
	 .sname = CIFS,
	 .etypes = {18},
	 .n_etypes = 1,
	 .has_ticket = true,
	 .ticket = {LIT("EXAMPLE.ORG"), KRBTGT, 18, LIT("filler")}},
	{.type = KRB_TGS_REP,
	 .crealm = LIT("EXAMPLE.ORG"),
	 .cname = {KRB_NT_PRINCIPAL, 1, {LIT("PC7$")}},
	 .has_ticket = true,
	 .ticket = {LIT("EXAMPLE.ORG"), CIFS, 23, LIT("filler")}},
	{.type = KRB_AP_REQ,
	 .has_ticket = true,
	 .ticket = {LIT("EXAMPLE.ORG"), CIFS, 23, LIT("filler")}},
	{.type = KRB_AP_REP},
	{.type = KRB_ERROR,
	 .error = KRB_ERR_PREAUTH_REQUIRED,
	 .crealm = LIT("EXAMPLE.ORG"),
	 .cname = ANN,
	 .realm = LIT("EXAMPLE.ORG"),
	 .sname = KRBTGT},
};

static void names_are_equal(const struct krb_name *a, const struct krb_name *b)
{
	assert_int_equal(a->n, b->n);
	for (unsigned i = 0; i < a->n; i++)
		assert_true(bytes_eq(a->part[i], b->part[i]));
	if (a->n > 0)
		assert_int_equal(a->type, b->type);
}

static struct bytes written(const struct krb *k, uint8_t *to)
{
	struct writer w = {.at = to, .cap = ROOM};

	krb_write(&w, k);
	assert_false(w.bad);
	return (struct bytes){to, w.len};
}

static void every_message_comes_back(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct bytes msg = written(&all[i], room);
		struct krb k;

		assert_true(krb_looks_like(msg, msg.len));
		assert_true(krb_read(msg, &k));
		assert_int_equal(k.type, all[i].type);
		names_are_equal(&k.cname, &all[i].cname);
		names_are_equal(&k.sname, &all[i].sname);
		names_are_equal(&k.ticket.sname, &all[i].ticket.sname);
		assert_true(bytes_eq(k.realm, all[i].realm));
		assert_true(bytes_eq(k.crealm, all[i].crealm));
		assert_true(bytes_eq(k.netbios, all[i].netbios));
		assert_true(bytes_eq(k.ticket.realm, all[i].ticket.realm));
		assert_true(bytes_eq(k.ticket.cipher, all[i].ticket.cipher));
		assert_int_equal(k.ticket.etype, all[i].ticket.etype);
		assert_int_equal(k.has_ticket, all[i].has_ticket);
		assert_int_equal(k.nonce, all[i].nonce);
		assert_int_equal(k.error, all[i].error);
		assert_int_equal(k.n_etypes, all[i].n_etypes);
		assert_memory_equal(k.etypes, all[i].etypes, sizeof(k.etypes));
		assert_true(bytes_eq(written(&k, again), msg));
	}
}

static void cut_messages_are_refused(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct bytes msg = written(&all[i], room);

		for (size_t cut = 0; cut < msg.len; cut++) {
			uint8_t exact[ROOM];
			struct krb k;

			memcpy(exact, room, cut);
			assert_false(krb_read((struct bytes){exact, cut}, &k));
		}
	}
}

/* Hundreds of elements nested into each other: nobody descends. */
static void a_bomb_is_passed_over(void **unused)
{
	struct writer w = {.at = room, .cap = ROOM};
	size_t begin[600];
	struct krb k;

	(void)unused;
	for (unsigned i = 0; i < 600; i++)
		begin[i] = der_begin(&w, i == 0 ? DER_APPLICATION + KRB_AS_REQ : DER_SEQUENCE);
	for (unsigned i = 600; i > 0; i--)
		der_end(&w, begin[i - 1]);
	assert_false(w.bad);
	assert_false(krb_read((struct bytes){room, w.len}, &k));
}

static void names_and_etypes_are_bounded(void **unused)
{
	struct krb got, k = {.type = KRB_AS_REQ,
			     .realm = BYTES("R"),
			     .cname = {1, 4, {BYTES("a"), BYTES("b"), BYTES("c"), BYTES("d")}}};
	struct bytes msg = written(&k, room);
	struct writer w = {.at = again, .cap = ROOM};

	(void)unused;
	assert_true(krb_read(msg, &got));
	assert_int_equal(got.cname.n, 4);
	/* The same body with forty etypes and a fifth part, made by hand. */
	size_t app = der_begin(&w, DER_APPLICATION + KRB_AS_REQ), seq = der_begin(&w, DER_SEQUENCE);
	size_t f = der_begin(&w, DER_CONTEXT + 1);

	der_put_int(&w, 5);
	der_end(&w, f);
	f = der_begin(&w, DER_CONTEXT + 2);
	der_put_int(&w, KRB_AS_REQ);
	der_end(&w, f);
	size_t body = der_begin(&w, DER_CONTEXT + 4), fields = der_begin(&w, DER_SEQUENCE);
	size_t cname = der_begin(&w, DER_CONTEXT + 1), name = der_begin(&w, DER_SEQUENCE);

	f = der_begin(&w, DER_CONTEXT);
	der_put_int(&w, 1);
	der_end(&w, f);
	f = der_begin(&w, DER_CONTEXT + 1);
	size_t parts = der_begin(&w, DER_SEQUENCE);

	for (unsigned i = 0; i < 5; i++)
		der_put(&w, DER_GENERAL_STRING, BYTES("x"));
	der_end(&w, parts);
	der_end(&w, f);
	der_end(&w, name);
	der_end(&w, cname);
	f = der_begin(&w, DER_CONTEXT + 8);
	parts = der_begin(&w, DER_SEQUENCE);
	for (unsigned i = 0; i < 40; i++)
		der_put_int(&w, i);
	der_end(&w, parts);
	der_end(&w, f);
	der_end(&w, fields);
	der_end(&w, body);
	der_end(&w, seq);
	der_end(&w, app);
	assert_true(krb_read((struct bytes){again, w.len}, &got));
	assert_int_equal(got.cname.n, KRB_PARTS);
	assert_int_equal(got.n_etypes, KRB_ETYPES);
}

static void first_bytes_tell(void **unused)
{
	static const struct {
		struct bytes head;
		size_t whole;
		bool is_it;
	} cases[] = {
		{LIT("\x6a"), 300, true},
		{LIT("\x6a\x82"), 300, true},
		{LIT("\x6a\x82\x01\x28"), 300, true},
		{LIT("\x6a\x82\x01\x29"), 300, false},
		{LIT("\x7e\x10"), 18, true},
		{LIT("\x7e\x10"), 19, false},
		{LIT("\x6a\x80"), 300, false},
		{LIT("\x6a\x85\0\0\0\0\1"), 300, false},
		{LIT("\x61\x10"), 18, false},
		{LIT("\xffSMB"), 300, false},
		{LIT("GET "), 300, false},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(krb_looks_like(cases[i].head, cases[i].whole), cases[i].is_it);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_comes_back),
		cmocka_unit_test(cut_messages_are_refused),
		cmocka_unit_test(a_bomb_is_passed_over),
		cmocka_unit_test(names_and_etypes_are_bounded),
		cmocka_unit_test(first_bytes_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
