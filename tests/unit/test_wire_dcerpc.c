/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/dcerpc.h"
#include "wire/interfaces.h"

/* BYTES(), for the initialisers of static tables. */
#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static uint8_t room[4096];

static const uint8_t drep_of[2][4] = {{DCERPC_LE}, {0}};

static struct dcerpc_header header(uint8_t ptype, int order)
{
	struct dcerpc_header h = {
		.ptype = ptype, .flags = DCERPC_FIRST | DCERPC_LAST, .call_id = 7};

	memcpy(h.drep, drep_of[order], 4);
	return h;
}

static struct bytes read_back(const struct writer *w, struct dcerpc_header *ret_header)
{
	struct bytes pdu = {w->at, w->len};

	assert_false(w->bad);
	assert_true(dcerpc_looks_like(pdu));
	assert_true(dcerpc_read_header(pdu, ret_header));
	assert_int_equal(ret_header->frag_len, w->len);
	assert_int_equal(ret_header->call_id, 7);
	return pdu;
}

static void a_bind_of_many_contexts_comes_back(void **unused)
{
	struct dcerpc_context offered[16] = {0}, got;
	struct dcerpc_bind b;
	struct dcerpc_header h;
	struct reader rest;

	(void)unused;
	for (int order = 0; order < 2; order++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct dcerpc_header out = header(DCERPC_BIND, order);

		for (uint16_t i = 0; i < 16; i++)
			offered[i] = (struct dcerpc_context){.id = i,
							     .iface = {i, 2, 3, {4}},
							     .version = 3,
							     .has_ndr64 = i == 1};
		offered[15].iface = uuid_srvsvc;
		dcerpc_write_bind(&w, &out, &(struct dcerpc_bind){4280, 4280, 1, 16}, offered);
		struct bytes pdu = read_back(&w, &h);

		assert_true(dcerpc_read_bind(pdu, &h, &b, &rest));
		assert_int_equal(b.max_xmit, 4280);
		assert_int_equal(b.n, 16);
		for (unsigned i = 0; i < b.n; i++) {
			assert_true(dcerpc_read_context(&rest, &h, &got));
			assert_int_equal(got.id, i);
			assert_true(uuid_eq(&got.iface, &offered[i].iface));
			assert_int_equal(got.version, 3);
			assert_int_equal(got.has_ndr64, i == 1);
			assert_int_equal(got.has_ndr, i != 1);
		}
		assert_int_equal(rest.rest.len, 0);
		assert_false(dcerpc_read_context(&rest, &h, &got));
	}
}

static void its_answer_says_which_were_accepted(void **unused)
{
	const struct dcerpc_result results[3] = {
		{.result = DCERPC_REJECTED, .reason = 1},
		{.result = DCERPC_REJECTED, .reason = 2},
		{.result = DCERPC_ACCEPTED, .transfer = dcerpc_ndr},
	};
	struct dcerpc_bind b;
	struct dcerpc_header h;
	struct reader rest;

	(void)unused;
	for (int order = 0; order < 2; order++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct dcerpc_header out = header(DCERPC_BIND_ACK, order);
		struct dcerpc_result got;

		dcerpc_write_bind_ack(&w, &out, &(struct dcerpc_bind){4280, 4280, 9, 3}, results);
		struct bytes pdu = read_back(&w, &h);

		assert_true(dcerpc_read_bind_ack(pdu, &h, &b, &rest));
		assert_int_equal(b.n, 3);
		assert_int_equal(b.group, 9);
		for (unsigned i = 0; i < b.n; i++) {
			assert_true(dcerpc_read_result(&rest, &h, &got));
			assert_int_equal(got.result, results[i].result);
			assert_int_equal(got.reason, results[i].reason);
			assert_true(uuid_eq(&got.transfer, &results[i].transfer));
		}
		assert_int_equal(rest.rest.len, 0);
	}
}

static void calls_come_back_in_both_orders(void **unused)
{
	static const uint8_t ptypes[] = {DCERPC_REQUEST, DCERPC_RESPONSE, DCERPC_FAULT};

	(void)unused;
	for (unsigned i = 0; i < 6; i++) {
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct dcerpc_header h, out = header(ptypes[i / 2], i % 2);
		const struct dcerpc_call c = {.alloc_hint = 4,
					      .ctx_id = 15,
					      .opnum = 31,
					      .status = 0x1c010002,
					      .has_object = i == 1,
					      .object = {1, 2, 3, {4}}};
		struct dcerpc_call got;
		size_t at = 0;

		dcerpc_write_call(&w, &out, &c, BYTES("stub"));
		struct bytes pdu = read_back(&w, &h);

		assert_true(dcerpc_read_call(pdu, &h, &got, &at));
		assert_int_equal(got.ctx_id, 15);
		assert_int_equal(got.opnum, h.ptype == DCERPC_REQUEST ? 31 : 0);
		assert_int_equal(got.status, h.ptype == DCERPC_FAULT ? 0x1c010002 : 0);
		assert_int_equal(got.has_object, i == 1);
		if (i == 1)
			assert_true(uuid_eq(&got.object, &c.object));
		assert_true(bytes_eq(bytes_slice(pdu, at, 99), BYTES("stub")));
		pdu.len = at - 1;
		assert_false(dcerpc_read_call(pdu, &h, &got, &at));
	}
}

static void a_long_stub_is_cut_into_fragments(void **unused)
{
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct dcerpc_header h, out = header(DCERPC_REQUEST, 0);
	const struct bytes stub = BYTES("0123456789");
	uint8_t flags[3] = {0};
	size_t from = 0;

	(void)unused;
	dcerpc_write_fragments(&w, &out, &(struct dcerpc_call){.opnum = 31}, stub, 4);
	for (unsigned i = 0; i < 3; i++) {
		struct bytes pdu = bytes_slice((struct bytes){w.at, w.len}, from, SIZE_MAX);

		assert_true(dcerpc_read_header(pdu, &h));
		flags[i] = h.flags;
		from += h.frag_len;
	}
	assert_int_equal(from, w.len);
	assert_int_equal(flags[0], DCERPC_FIRST);
	assert_int_equal(flags[1], 0);
	assert_int_equal(flags[2], DCERPC_LAST);
}

static void what_is_no_rpc_does_not_look_like_it(void **unused)
{
	static const struct {
		struct bytes head;
		bool looks;
	} cases[] = {
		{LIT("\5"), true},
		{LIT("\5\0\13\3"), true},
		{LIT("\5\0\13\3\x10\0\0\0\x48\0\0\0\1\0\0\0"), true},
		{LIT("\5\0\13\3\x10\0\0\0\x0f\0\0\0\1\0\0\0"), false},   /* shorter than itself */
		{LIT("\5\0\13\3\x10\0\0\0\x48\0\x48\0\1\0\0\0"), false}, /* all auth */
		{LIT("\5\0\13\3\x20\0\0\0\x48\0\0\0\1\0\0\0"), false},
		{LIT("\5\0\24\3\x10"), false},
		{LIT("\5\0\24\3\x10\0\0\0\x48\0\0\0\1\0\0\0"), false},
		{LIT("\5\2\13\3\x10"), false},
		{LIT("\5\1\0"), true}, /* also a SOCKS greeting, until there is more */
		{LIT("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0"), false},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(dcerpc_looks_like(cases[i].head), cases[i].looks);
}

static void interfaces_have_names(void **unused)
{
	(void)unused;
	assert_string_equal(interface_name(&uuid_srvsvc), "srvsvc");
	assert_true(uuid_eq(interface_uuid("srvsvc"), &uuid_srvsvc));
	assert_null(interface_name(&(struct uuid){1, 2, 3, {4}}));
	assert_null(interface_uuid("no such interface"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bind_of_many_contexts_comes_back),
		cmocka_unit_test(its_answer_says_which_were_accepted),
		cmocka_unit_test(calls_come_back_in_both_orders),
		cmocka_unit_test(a_long_stub_is_cut_into_fragments),
		cmocka_unit_test(what_is_no_rpc_does_not_look_like_it),
		cmocka_unit_test(interfaces_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
