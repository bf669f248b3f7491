/* HTTP: agents, servers and logons are told, and a stream is given up as soon as it has no more. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "heard.h"
#include "naming/ntlm.h"
#include "proto/http.h"
#include "wire/utf16.h"

static struct heard heard;
static struct stream s;

static int start(void **unused)
{
	(void)unused;
	memset(&heard, 0, sizeof(heard));
	stream_open(&s, &proto_http, &heard);
	return 0;
}

static int stop(void **unused)
{
	(void)unused;
	stream_close(&s);
	return 0;
}

static void send(enum dir dir, const char *text)
{
	stream_send(&s, dir, (struct bytes){(const uint8_t *)text, strlen(text)}, 11);
}

static void first_bytes_are_recognised(void **unused)
{
	static const struct {
		const char *head;
		enum proto_match want;
	} cases[] = {
		{"GET / HTTP/1.1\r\n", PROTO_YES},
		{"POST http://x/ HTTP/1.0", PROTO_YES},
		{"OPTIONS * HTTP/1.1", PROTO_YES},
		{"CONNECT x:443 HTTP/1.1", PROTO_YES},
		{"RPC_IN_DATA /rpc/rpcproxy.dll", PROTO_YES},
		{"HTTP/1.1 200 OK", PROTO_YES},
		{"G", PROTO_UNSURE},
		{"GET", PROTO_UNSURE},
		{"GET ", PROTO_UNSURE},
		{"HTTP/1.", PROTO_UNSURE},
		{"H", PROTO_UNSURE},
		{"P", PROTO_UNSURE},
		{"GETA", PROTO_NO},
		{"GET  /", PROTO_NO},
		{"HELO mail", PROTO_NO},
		{"get / HTTP/1.1", PROTO_NO},
		{"PRI * HTTP/2.0", PROTO_NO},
		{"SSH-2.0-x", PROTO_NO},
		{"HTTP/2", PROTO_NO},
		{"\x16\x03\x01", PROTO_NO},
	};
	const struct proto *p = NULL;

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes head = {(const uint8_t *)cases[i].head, strlen(cases[i].head)};

		print_message("           %s\n", cases[i].head);
		assert_int_equal(proto_http.probe(TO_SERVER, head), cases[i].want);
	}
	assert_int_equal(proto_probe(TO_SERVER, BYTES("GET / HTTP/1.1\r\n"), &p), PROTO_YES);
	assert_ptr_equal(p, &proto_http);
}

static void an_ordinary_exchange_is_over_at_the_first_answer(void **unused)
{
	(void)unused;
	send(TO_SERVER,
	     "GET /a HTTP/1.1\r\nHost: x\r\nUser-Agent:  Mozilla/5.0 (Windows NT 10.0)\r\n\r\n");
	assert_false(s.is_over);
	send(TO_CLIENT,
	     "HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/10.0 \r\nContent-Length: 9\r\n\r\n");
	assert_true(s.is_over);
	assert_string_equal(heard.text, "C http is os=Mozilla/5.0 (Windows NT 10.0)\n"
					"S http is os=Microsoft-IIS/10.0 roles=1\n");
}

static void streams_that_cannot_tell_more_are_given_up(void **unused)
{
	static const struct {
		const char *what, *request, *response;
	} cases[] = {
		{"a large upload", "PUT / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", ""},
		{"no HTTP behind the verb", "GET / ICAP/1.0\r\n", ""},
		{"SIP", "OPTIONS sip:a@b SIP/2.0\r\n", ""},
		{"a tunnel", "CONNECT a:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
		{"a web socket", "GET / HTTP/1.1\r\n\r\n",
		 "HTTP/1.1 101 Switching Protocols\r\n\r\n"},
		{"a no without an offer", "GET / HTTP/1.1\r\n\r\n",
		 "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: "
		 "0\r\n\r\n"},
		{"a body until the end", "GET / HTTP/1.1\r\n\r\n",
		 "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\n\r\n"},
		{"a status that is none", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 ok\r\n"},
		{"chunks that are none",
		 "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", ""},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("           %s\n", cases[i].what);
		send(TO_SERVER, cases[i].request);
		send(TO_CLIENT, cases[i].response);
		assert_true(s.is_over);
		stop(NULL);
		start(NULL);
	}
}

/* The flow is met in its middle: what it is an answer to was not heard. */
static void an_answer_alone_waits_for_the_next_request(void **unused)
{
	(void)unused;
	send(TO_CLIENT, "HTTP/1.1 200 OK\r\nServer: a\r\n\r\nHTTP/1.1 of a body");
	assert_false(s.is_over);
	send(TO_SERVER, "GET / HTTP/1.1\r\nUser-Agent: b\r\n\r\n");
	assert_true(s.is_over);
	assert_string_equal(heard.text, "S http is os=a roles=1\nC http is os=b\n");
}

static void an_answer_alone_is_not_waited_with_for_ever(void **unused)
{
	static char body[8192];

	(void)unused;
	memset(body, 'x', sizeof(body) - 1);
	body[1000] = '\n';
	send(TO_CLIENT, "HTTP/1.1 200 OK\r\n\r\n");
	for (unsigned i = 0; i < 31; i++)
		send(TO_CLIENT, body);
	assert_false(s.is_over);
	for (unsigned i = 0; i < 3; i++)
		send(TO_CLIENT, body);
	assert_true(s.is_over);
}

/* Requests without answers: the other direction is not heard. */
static void one_side_is_not_followed_for_ever(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < 8; i++) {
		assert_false(s.is_over);
		send(TO_SERVER, "GET / HTTP/1.1\r\nUser-Agent: a\r\n\r\n");
	}
	assert_true(s.is_over);
	assert_string_equal(heard.text, "C http is os=a\n"); /* told once */
}

static void bodies_are_passed_over(void **unused)
{
	(void)unused;
	send(TO_SERVER, "POST / HTTP/1.1\r\nContent-Length: 20\r\n\r\nUser-Agent: body\r\n\r\n");
	send(TO_SERVER, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
			"15;ext=1\r\nUser-Agent: chunk\r\n\r\n\r\n3\r\nabc\r\n0\r\nUser-Agent: "
			"trailer\r\n\r\n");
	send(TO_SERVER, "\r\nGET / HTTP/1.1\nUser-Agent: last\n\n");
	assert_false(s.is_over);
	assert_string_equal(heard.text, "C http is os=last\n");
}

static void a_body_may_have_a_hole(void **unused)
{
	(void)unused;
	send(TO_SERVER, "POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc");
	stream_gap(&s, TO_SERVER, 990);
	send(TO_SERVER, "1234567GET / HTTP/1.1\r\nUser-Agent: a\r\n");
	assert_false(s.is_over);
	assert_string_equal(heard.text, "C http is os=a\n");
	stream_gap(&s, TO_SERVER, 1);
	assert_true(s.is_over);
}

static void a_hole_past_the_end_of_a_body_ends_it(void **unused)
{
	(void)unused;
	send(TO_SERVER, "POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc");
	stream_gap(&s, TO_SERVER, 998);
	assert_true(s.is_over);
}

static void answers_without_a_body_are_known(void **unused)
{
	(void)unused;
	send(TO_SERVER, "HEAD / HTTP/1.1\r\n\r\n");
	send(TO_CLIENT,
	     "HTTP/1.1 100 Continue\r\n\r\n"
	     "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 1000\r\n\r\n");
	assert_false(s.is_over);
	send(TO_CLIENT, "HTTP/1.1 200 OK\r\nServer: a\r\n\r\n");
	assert_true(s.is_over);
	assert_string_equal(heard.text, "S http is os=a roles=1\n");
}

static const char *base64(struct bytes in)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static char text[1024];
	size_t n = 0;

	for (size_t i = 0; i < in.len; i += 3) {
		uint32_t v = (uint32_t)in.at[i] << 16;

		v |= i + 1 < in.len ? (uint32_t)in.at[i + 1] << 8 : 0;
		v |= i + 2 < in.len ? in.at[i + 2] : 0;
		for (unsigned k = 0; k < 4; k++)
			text[n++] = i + k > in.len ? '=' : digits[v >> (18 - 6 * k) & 63];
	}
	text[n] = '\0';
	return text;
}

static void message(enum dir dir, const char *head, const char *field, const struct ntlm *n)
{
	uint8_t room[512];
	char text[2048];
	struct writer w = {.at = room, .cap = sizeof(room)};

	ntlm_write(&w, n);
	assert_false(w.bad);
	snprintf(text, sizeof(text), "%s\r\n%s NTLM %s\r\nContent-Length: 0\r\n\r\n", head, field,
		 base64((struct bytes){room, w.len}));
	send(dir, text);
}

static void log_on(const char *last_answer)
{
	uint8_t a[32], b[32], c[32], d[32];
	const struct ntlm first = {.type = NTLM_NEGOTIATE},
			  second = {.type = NTLM_CHALLENGE,
				    .is_unicode = true,
				    .challenge = {.computer =
							  utf16_from_ascii("PROXY", d, sizeof(d))}},
			  third = {.type = NTLM_AUTHENTICATE,
				   .is_unicode = true,
				   .authenticate = {
					   .domain = utf16_from_ascii("WORK", a, sizeof(a)),
					   .user = utf16_from_ascii("ann", b, sizeof(b)),
					   .workstation = utf16_from_ascii("PC7", c, sizeof(c))}};

	send(TO_SERVER, "GET / HTTP/1.1\r\n\r\n");
	send(TO_CLIENT,
	     "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM\r\n"
	     "Transfer-Encoding: chunked\r\n\r\n5\r\nNTLM \r\n0\r\n\r\n");
	message(TO_SERVER, "GET / HTTP/1.1", "Proxy-Authorization:", &first);
	message(TO_CLIENT, "HTTP/1.1 407 No", "Proxy-Authenticate:", &second);
	message(TO_SERVER, "GET / HTTP/1.1", "Proxy-Authorization:", &third);
	assert_false(s.is_over);
	send(TO_CLIENT, last_answer);
	assert_true(s.is_over);
}

static void a_logon_is_followed_to_its_end(void **unused)
{
	(void)unused;
	log_on("HTTP/1.1 200 OK\r\n\r\n");
	assert_string_equal(heard.text, "S challenge is name=PROXY\n"
					"C ntlm is name=PC7 domain=WORK user=ann\n");
}

static void a_logon_that_was_refused_ends(void **unused)
{
	(void)unused;
	log_on("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n");
	assert_non_null(strstr(heard.text, "C ntlm is name=PC7 domain=WORK user=ann\n"
					   "S ntlm ends of=C domain=WORK user=ann\n"));
}

static void lines_and_heads_are_bounded(void **unused)
{
	static char line[40000];

	(void)unused;
	memset(line, 'x', sizeof(line) - 1);
	line[1] = ':';
	send(TO_SERVER, "GET / HTTP/1.1\r\n");
	send(TO_SERVER, line);
	assert_true(s.is_over);
	assert_string_equal(heard.text, "C blind http-limit\n");
	stop(NULL);
	start(NULL);
	line[20000] = '\0';
	send(TO_SERVER, "GET / HTTP/1.1\r\n");
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(s.is_over, false);
		send(TO_SERVER, line);
		send(TO_SERVER, "\r\n");
	}
	assert_true(s.is_over);
	assert_string_equal(heard.text, "C blind http-limit\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_bytes_are_recognised),
		cmocka_unit_test_setup_teardown(an_ordinary_exchange_is_over_at_the_first_answer,
						start, stop),
		cmocka_unit_test_setup_teardown(streams_that_cannot_tell_more_are_given_up, start,
						stop),
		cmocka_unit_test_setup_teardown(an_answer_alone_waits_for_the_next_request, start,
						stop),
		cmocka_unit_test_setup_teardown(an_answer_alone_is_not_waited_with_for_ever, start,
						stop),
		cmocka_unit_test_setup_teardown(one_side_is_not_followed_for_ever, start, stop),
		cmocka_unit_test_setup_teardown(bodies_are_passed_over, start, stop),
		cmocka_unit_test_setup_teardown(a_body_may_have_a_hole, start, stop),
		cmocka_unit_test_setup_teardown(a_hole_past_the_end_of_a_body_ends_it, start, stop),
		cmocka_unit_test_setup_teardown(answers_without_a_body_are_known, start, stop),
		cmocka_unit_test_setup_teardown(a_logon_is_followed_to_its_end, start, stop),
		cmocka_unit_test_setup_teardown(a_logon_that_was_refused_ends, start, stop),
		cmocka_unit_test_setup_teardown(lines_and_heads_are_bounded, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
