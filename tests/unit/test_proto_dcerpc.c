/* RPC over TCP: what is told of it, and that nothing is given up silently. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "heard.h"
#include "proto/dcerpc.h"
#include "proto/quota.h"
#include "wire/dcerpc.h"
#include "wire/srvsvc.h"
#include "wire/utf16.h"

enum { ROOM = 512 * 1024 };

static uint8_t room[ROOM], stub[ROOM / 2];
static struct heard heard;
static struct stream s;

static int open_stream(void **unused)
{
	(void)unused;
	memset(&heard, 0, sizeof(heard));
	stream_open(&s, &proto_dcerpc, &heard);
	return 0;
}

static int close_stream(void **unused)
{
	(void)unused;
	stream_close(&s);
	return 0;
}

static struct dcerpc_header header(uint8_t ptype, bool is_be)
{
	return (struct dcerpc_header){
		.ptype = ptype, .flags = 3, .drep = {is_be ? 0 : DCERPC_LE}, .call_id = 1};
}

static void send(enum dir dir, const struct writer *w)
{
	assert_false(w->bad);
	stream_send(&s, dir, (struct bytes){w->at, w->len}, 1000);
}

static void bind(bool is_be, bool is_64, unsigned n)
{
	static struct dcerpc_context c[255];
	struct writer w = {.at = room, .cap = ROOM};
	struct dcerpc_header h = header(DCERPC_BIND, is_be);

	for (uint16_t i = 0; i < n; i++)
		c[i] = (struct dcerpc_context){
			.id = i, .iface = uuid_srvsvc, .version = 3, .has_ndr64 = is_64};
	dcerpc_write_bind(&w, &h, &(struct dcerpc_bind){4280, 4280, 0, (uint8_t)n}, c);
	send(TO_SERVER, &w);
}

/* A canonicalize request with `pad` units of filler in front of a tail. */
static struct writer canonicalize(bool is_be, bool is_64, size_t pad, size_t max_stub)
{
	static uint8_t path[ROOM / 4];
	struct writer w = {.at = room, .cap = ROOM}, sw = {.at = stub, .cap = sizeof(stub)};
	struct ndr n = ndr_writer(&sw, is_be, is_64);
	struct srvsvc_request x = {.opnum = 31, .outbuf_len = 2, .path_type = 1};
	struct dcerpc_header h = header(DCERPC_REQUEST, is_be);
	size_t len = 0;

	for (size_t i = 0; i <= pad + 1; i++) {
		path[len++] = is_be ? 0 : (i == 0 ? '\\' : 'A');
		path[len++] = is_be ? (i == 0 ? '\\' : 'A') : 0;
	}
	x.path = ndr_string_of((struct bytes){path, len});
	x.path2 = ndr_string_of((struct bytes){path, 2});
	assert_true(srvsvc_request(&n, &x));
	dcerpc_write_fragments(&w, &h, &(struct dcerpc_call){.opnum = 31},
			       (struct bytes){stub, sw.len}, max_stub);
	return w;
}

static void every_byte_order_and_syntax_is_read(void **unused)
{
	(void)unused;
	for (int i = 0; i < 4; i++) {
		bool is_be = (i & 1) != 0, is_64 = (i & 2) != 0;

		open_stream(NULL);
		bind(is_be, is_64, 1);
		struct writer w = canonicalize(is_be, is_64, 3, 0);

		send(TO_SERVER, &w);
		assert_string_equal(heard.text, "C rpc 11 srvsvc op=-1 n=1/0/0 on ''\n"
						"C rpc 0 srvsvc op=31 n=0/0/0 on ''\n"
						"C srvsvc 31 '\\AAAA' '\\' status=0\n");
		if (i < 3)
			close_stream(NULL);
	}
}

static void a_fault_is_the_answer(void **unused)
{
	struct writer w;
	struct dcerpc_header h = header(DCERPC_FAULT, false);

	(void)unused;
	bind(false, false, 1);
	w = canonicalize(false, false, 0, 0);
	send(TO_SERVER, &w);
	w = (struct writer){.at = room, .cap = ROOM};
	dcerpc_write_call(&w, &h, &(struct dcerpc_call){.status = 0x1c010002},
			  (struct bytes){NULL, 0});
	send(TO_CLIENT, &w);
	assert_non_null(strstr(heard.text, "S rpc 3 srvsvc op=31 n=0/0/0 on ''\n"
					   "S srvsvc 31 re fault '\\A' '' status=1c010002\n"));
}

static void a_stub_over_the_limit_is_told_as_cut(void **unused)
{
	struct writer w;

	(void)unused;
	bind(false, false, 1);
	w = canonicalize(false, false, 40 * 1024, 4000);
	send(TO_SERVER, &w);
	assert_non_null(strstr(heard.text, "C blind stream-limit\n"));
	assert_non_null(strstr(heard.text, "C srvsvc 31 cut '\\AAAA"));
}

static void a_path_over_the_limit_is_told_as_cut(void **unused)
{
	struct writer w;

	(void)unused;
	bind(false, false, 1);
	w = canonicalize(false, false, EV_PATH_MAX, 0);
	send(TO_SERVER, &w);
	assert_null(strstr(heard.text, "blind"));
	assert_non_null(strstr(heard.text, "C srvsvc 31 cut '\\AAAA"));
}

static void contexts_over_the_limit_are_told(void **unused)
{
	(void)unused;
	bind(false, false, 255);
	bind(false, false, 255);
	assert_null(strstr(heard.text, "blind"));
	bind(false, false, 255);
	assert_non_null(strstr(heard.text, "C blind stream-limit\n"));
	assert_non_null(strstr(heard.text, "n=255/0/0"));
}

static void a_sealed_call_is_blindness_not_a_path(void **unused)
{
	struct writer w;

	(void)unused;
	bind(false, false, 1);
	for (int i = 0; i < 2; i++) {
		struct dcerpc_header h = header(DCERPC_REQUEST, false);

		w = (struct writer){.at = room, .cap = ROOM};
		memset(stub, 0xa7, 64);
		dcerpc_write_call(&w, &h, &(struct dcerpc_call){.opnum = 31},
				  (struct bytes){stub, 64});
		wr_le(&w, 1, 10); /* NTLM */
		wr_le(&w, 1, DCERPC_AUTH_PRIVACY);
		wr_zeros(&w, 2 + 4 + 16);
		wr_patch_le(&w, 8, 2, w.len);
		wr_patch_le(&w, 10, 2, 16);
		send(TO_SERVER, &w);
	}
	assert_string_equal(heard.text, "C rpc 11 srvsvc op=-1 n=1/0/0 on ''\n"
					"C blind rpc-sealed\n"
					"C rpc 0 srvsvc op=31 n=0/0/0 on ''\n"
					"C srvsvc 31 cut '' '' status=0\n"
					"C rpc 0 srvsvc op=31 n=0/0/0 on ''\n"
					"C srvsvc 31 cut '' '' status=0\n");
}

static void a_gap_inside_of_a_stub_cuts_only_that_call(void **unused)
{
	struct writer w;

	(void)unused;
	bind(false, false, 1);
	w = canonicalize(false, false, 1000, 0);
	stream_segment(&s, TO_SERVER, (struct bytes){room, 500});
	stream_gap(&s, TO_SERVER, 300);
	stream_segment(&s, TO_SERVER, (struct bytes){room + 800, w.len - 800});
	assert_non_null(strstr(heard.text, "C srvsvc 31 cut '\\AAAA"));
	w = canonicalize(false, false, 1, 0);
	send(TO_SERVER, &w);
	assert_non_null(strstr(heard.text, "C srvsvc 31 '\\AA' '\\' status=0\n"));
}

static void after_a_lost_header_the_next_packet_is_found(void **unused)
{
	struct writer w;

	(void)unused;
	bind(false, false, 1);
	w = canonicalize(false, false, 1, 0);
	stream_segment(&s, TO_SERVER, (struct bytes){room, 10});
	stream_gap(&s, TO_SERVER, 30);
	stream_segment(&s, TO_SERVER, (struct bytes){room + 40, w.len - 40});
	assert_null(strstr(heard.text, "rpc 0"));
	send(TO_SERVER, &w);
	assert_non_null(strstr(heard.text, "C srvsvc 31 '\\AA' '\\' status=0\n"));
}

/* A request says that it is of 18 bytes: too few for a call, but where the next begins is known. */
static void a_fragment_too_short_for_a_call_is_told_and_passed(void **unused)
{
	static const uint8_t pdu[] = {5, 0, 0, 3, 0x10, 0, 0, 0, 18, 0, 0, 0, 1, 0, 0, 0, 9, 9};

	(void)unused;
	stream_send(&s, TO_SERVER, (struct bytes){pdu, sizeof(pdu)}, SIZE_MAX);
	assert_non_null(strstr(heard.text, "C ! dcerpc short-fragment\n"));
	bind(false, false, 1);
	assert_non_null(strstr(heard.text, "C rpc 11 "));
}

static void what_is_no_rpc_any_more_is_given_up(void **unused)
{
	(void)unused;
	bind(false, false, 1);
	stream_send(&s, TO_SERVER, BYTES("GET / HTTP/1.1\r\n\r\n"), 100);
	assert_true(s.is_over);
	assert_non_null(strstr(heard.text, "C ! dcerpc bad-header\n"));
}

static void unanswered_calls_do_not_add_up(void **unused)
{
	struct writer w = canonicalize(false, false, 1000, 0);

	(void)unused;
	for (unsigned i = 0; i < 500; i++) {
		wr_patch_le(&w, 12, 4, i);
		send(TO_SERVER, &w);
	}
	assert_null(strstr(heard.text, "blind"));
	assert_false(s.is_over);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_stream, close_stream)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_byte_order_and_syntax_is_read, close_stream),
		TEST(a_fault_is_the_answer),
		TEST(a_stub_over_the_limit_is_told_as_cut),
		TEST(a_path_over_the_limit_is_told_as_cut),
		TEST(contexts_over_the_limit_are_told),
		TEST(a_fragment_too_short_for_a_call_is_told_and_passed),
		TEST(a_sealed_call_is_blindness_not_a_path),
		TEST(a_gap_inside_of_a_stub_cuts_only_that_call),
		TEST(after_a_lost_header_the_next_packet_is_found),
		TEST(what_is_no_rpc_any_more_is_given_up),
		TEST(unanswered_calls_do_not_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
