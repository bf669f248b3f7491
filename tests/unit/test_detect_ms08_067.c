/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "detect_bench.h"
#include "utf16_bench.h"

static struct addr host(uint32_t n)
{
	return addr_v4(0xc0a83200u + n);
}

/* A request with nmap's other arguments. */
static struct event request(uint32_t from, uint32_t to, uint16_t opnum, const struct utf16 *path)
{
	struct event ev = {.kind = EV_SRVSVC,
			   .at_ns = 1000,
			   .mono_ns = 1000,
			   .src = {host(from), 1025},
			   .dst = {host(to), 445},
			   .srvsvc = {.opnum = opnum,
				      .path_type = 1,
				      .flags = 1,
				      .outbuf_len = 2,
				      .path = utf16_bytes(path),
				      .path2 = BYTES("\\\0\0\0"),
				      .pipe = BYTES("BROWSER")}};

	return ev;
}

static void asks(struct bench *b, uint32_t from, uint32_t to, uint16_t opnum, const char *path)
{
	struct utf16 p = {.len = 0};

	utf16_text(&p, path);
	utf16_unit(&p, 0);

	struct event ev = request(from, to, opnum, &p);

	bench_event(b, &ev);
}

static void answers(struct bench *b, uint32_t from, uint32_t to, uint16_t opnum, const char *path,
		    uint32_t status)
{
	struct utf16 p = {.len = 0};

	utf16_text(&p, path);

	struct event ev = request(from, to, opnum, &p);

	ev.srvsvc.is_response = true;
	ev.srvsvc.has_status = true;
	ev.srvsvc.status = status;
	ev.srvsvc.request_seq = b->seq; /* the event before */
	bench_event(b, &ev);
}

/* The measured shape, with inert filler in place of what a worm would send. */
static void attack_path(struct utf16 *p)
{
	utf16_text(p, "\\");
	utf16_noise(p, 250);
	utf16_text(p, "\\..\\..\\");
	utf16_fill(p, 'A', 46);
	utf16_unit(p, 0);
}

static void attacks(struct bench *b, uint32_t from, uint32_t to)
{
	struct utf16 p = {.len = 0};

	attack_path(&p);

	struct event ev = request(from, to, SRVSVC_CANONICALIZE, &p);

	bench_event(b, &ev);
}

static int set_up(void **state)
{
	*state = bench_new(&detector_ms08_067);
	return 0;
}

static int tear_down(void **state)
{
	bench_free(*state);
	return 0;
}

static void an_attack_is_told_in_a_sentence_with_its_packet(void **state)
{
	struct bench *b = *state;

	b->seq = 183;
	attacks(b, 129, 139);
	assert_int_equal(b->n_found, 1);
	assert_string_equal(b->last.threat, "ms08-067");
	assert_int_equal(b->last.class, CLASS_EXPLOIT);
	assert_string_equal(b->last.why,
			    "asked 192.168.50.139 to canonicalise a path that climbs above its "
			    "root (NetPathCanonicalize over \\BROWSER, 304 characters, packet "
			    "184): the MS08-067 exploit");
	assert_int_equal(b->last.packets[0], 184);
	assert_true(b->last.confidence >= 90);
}

static void a_guessed_interface_makes_an_attack_less_sure(void **state)
{
	struct bench *b = *state;
	struct utf16 p = {.len = 0};
	unsigned sure;

	attacks(b, 1, 2);
	sure = b->last.confidence;
	assert_null(strstr(b->last.why, "guessed"));
	attack_path(&p);

	struct event ev = request(3, 2, SRVSVC_CANONICALIZE, &p);

	ev.srvsvc.is_guessed = true;
	ev.srvsvc.pipe = (struct bytes){NULL, 0};
	bench_event(b, &ev);
	assert_int_equal(b->last.confidence, sure - 10);
	assert_non_null(strstr(b->last.why, "over a connection begun earlier"));
	assert_non_null(strstr(b->last.why, "its bind was not heard, the interface is guessed"));
}

static void what_goes_with_an_attack_makes_it_surer(void **state)
{
	struct bench *b = *state;
	struct event bind = {.kind = EV_RPC,
			     .src = {host(1), 1025},
			     .dst = {host(2), 445},
			     .rpc = {.ptype = 11, .n_contexts = 11, .n_unknown = 10}};
	struct event fragment = {
		.kind = EV_RPC,
		.src = {host(1), 1025},
		.dst = {host(2), 445},
		.rpc = {.ptype = 0,
			.pfc_flags = 1,
			.has_opnum = true,
			.opnum = 31,
			.has_uuid = true,
			.uuid = {0x4b324fc8,
				 0x1670,
				 0x01d3,
				 {0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88}}}};
	unsigned alone = 0, with = 0;

	asks(b, 9, 2, 31, "\\a\\..\\..\\x");
	alone = b->last.confidence;
	bench_event(b, &bind);
	bench_event(b, &fragment);
	asks(b, 1, 2, 31, "\\a\\..\\..\\x");
	with = b->last.confidence;
	assert_true(with > alone);
	assert_int_equal(bench_detail(&b->last, "bind_contexts").number, 11);
	assert_int_equal(bench_detail(&b->last, "bind_contexts_odd").number, 10);
	assert_int_equal(bench_detail(&b->last, "fragments").number, 1);
	asks(b, 1, 3, 31, "\\a\\..\\..\\x");
	assert_int_equal(bench_detail(&b->last, "destinations").number, 2);
}

static void many_contexts_alone_are_no_finding(void **state)
{
	struct bench *b = *state;
	struct event bind = {.kind = EV_RPC,
			     .src = {host(1), 1025},
			     .dst = {host(2), 445},
			     .rpc = {.ptype = 11, .n_contexts = 16, .n_unknown = 15}};

	bench_event(b, &bind);
	bench_finish(b);
	assert_int_equal(b->n_found, 0);
}

static void lawful_calls_make_no_finding(void **state)
{
	static const char *const paths[] = {"C:\\temp\\a", "\\a\\..\\b", "\\\\srv\\share\\x",
					    "C:\\Documents and Settings\\x", ""};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		asks(b, 1, 2, 31, paths[i]);
		asks(b, 1, 2, 32, paths[i]);
		asks(b, 1, 2, 30, "\\a\\..\\..\\x"); /* another function */
	}
	assert_int_equal(b->n_found, 0);
	assert_int_equal(b->n_lossy, 0);
}

static void a_check_is_a_check_and_its_answer_is_read(void **state)
{
	static const struct {
		uint32_t status;
		const char *want;
	} rows[] = {
		{0, "0x0 accepted: not patched"},
		{0x7b, "0x7b patched"},
		{5, "0x5"},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		asks(b, 1, 2, 31, "\\..\\");
		assert_int_equal(b->last.class, CLASS_CHECK);
		assert_int_equal(b->last.count, 1);
		answers(b, 2, 1, 31, "\\..\\", rows[i].status);
		assert_int_equal(b->last.class, CLASS_CHECK);
		assert_int_equal(b->last.count, 0);
		assert_string_equal(bench_detail(&b->last, "answer").text, rows[i].want);

		struct addr asker = host(1);

		assert_true(addr_eq(&b->last.source, &asker));
	}
	assert_int_equal(b->n_found, 6);
}

static void nmaps_compare_and_the_root_are_checks(void **state)
{
	struct bench *b = *state;

	asks(b, 1, 2, 32, "\\AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\\..\\n");
	assert_int_equal(b->last.class, CLASS_CHECK);
	asks(b, 1, 2, 31, "\\");
	assert_int_equal(b->last.class, CLASS_CHECK);
	assert_int_equal(b->n_found, 2);
}

static void confickers_own_answer_accuses_the_one_who_gives_it(void **state)
{
	struct bench *b = *state;
	struct addr infected = host(2);

	asks(b, 1, 2, 31, "\\..\\");
	answers(b, 2, 1, 31, "\\..\\", 0x57);
	assert_int_equal(b->n_found, 3);
	assert_int_equal(b->last.class, CLASS_IMPLANT);
	assert_true(addr_eq(&b->last.source, &infected));
	assert_false(b->last.has_target);
	assert_true(b->last.confidence >= 60);
	answers(b, 3, 1, 31, "\\..\\", 0x57); /* to a question that was not heard */
	assert_int_equal(b->last.class, CLASS_IMPLANT);
	assert_true(b->last.confidence < 60);
	answers(b, 4, 1, 31, "C:\\a", 0x57); /* an ordinary complaint */
	assert_int_equal(b->n_found, 4);
}

static void a_path_too_long_is_doubtful_unless_it_is_no_text(void **state)
{
	struct bench *b = *state;
	struct utf16 p = {.len = 0};

	utf16_fill(&p, 'A', 300);

	struct event ev = request(1, 2, SRVSVC_CANONICALIZE, &p);

	bench_event(b, &ev);
	assert_string_equal(b->last.threat, "ms06-040");
	assert_true(b->last.confidence < 60);
	p.len = 0;
	utf16_noise(&p, 300);
	ev = request(1, 2, SRVSVC_CANONICALIZE, &p);
	bench_event(b, &ev);
	assert_true(b->last.confidence >= 60);
	/* In the prefix as well. */
	ev.srvsvc.path2 = ev.srvsvc.path;
	ev.srvsvc.path = BYTES("\\\0");
	bench_event(b, &ev);
	assert_int_equal(b->n_found, 3);
}

static void the_second_path_of_a_comparison_counts(void **state)
{
	struct bench *b = *state;
	struct utf16 a = {.len = 0}, c = {.len = 0};

	utf16_text(&a, "\\a");
	utf16_text(&c, "\\a\\..\\..\\x");

	struct event ev = request(1, 2, SRVSVC_COMPARE, &a);

	ev.srvsvc.path2 = utf16_bytes(&c);
	bench_event(b, &ev);
	assert_int_equal(b->last.class, CLASS_EXPLOIT);
}

static void a_path_cut_short_is_judged_by_what_there_is(void **state)
{
	struct bench *b = *state;
	struct utf16 p = {.len = 0};

	utf16_text(&p, "\\a\\..\\b\\");
	utf16_fill(&p, 'A', EV_PATH_MAX / 2 - 8);

	struct event ev = request(1, 2, SRVSVC_CANONICALIZE, &p);

	ev.srvsvc.is_cut = true;
	bench_event(b, &ev);
	assert_int_equal(b->n_found, 0);
	assert_int_equal(b->n_lossy, 1);
	p.len = 0;
	utf16_text(&p, "\\a\\..\\..\\");
	ev = request(1, 2, SRVSVC_CANONICALIZE, &p);
	ev.srvsvc.is_cut = true;
	bench_event(b, &ev);
	assert_int_equal(b->last.class, CLASS_EXPLOIT);
	assert_non_null(bench_detail(&b->last, "path_is_cut").key);
}

/* `from` opened a connection to `to`, so many seconds after the start. */
static void calls(struct bench *b, uint32_t from, uint32_t to, uint16_t port, unsigned after_s,
		  uint8_t outcome)
{
	struct event ev = {.kind = EV_CONN,
			   .at_ns = 1000 + after_s * NS_PER_S,
			   .mono_ns = 1000 + after_s * NS_PER_S,
			   .src = {host(from), 1030},
			   .dst = {host(to), port},
			   .conn = {.outcome = outcome,
				    .ip_proto = 6,
				    .first_seq = 77,
				    .first_ns = 900 + after_s * NS_PER_S}};

	bench_event(b, &ev);
}

static void a_target_that_calls_its_attacker_back_fetches_the_body(void **state)
{
	struct addr attacker = host(129), victim = host(139);
	struct bench *b = *state;
	struct detail d;

	attacks(b, 129, 139);
	calls(b, 139, 129, 4711, 3, EV_ESTABLISHED);
	assert_int_equal(b->n_found, 2);
	assert_int_equal(b->last.class, CLASS_TRANSFER);
	assert_string_equal(b->last.threat, "ms08-067");
	assert_true(addr_eq(&b->last.source, &attacker));
	assert_true(addr_eq(&b->last.target, &victim));
	assert_true(b->last.first_ns == 900 + 3 * NS_PER_S);
	assert_int_equal(b->last.packets[0], 77);
	assert_true(finding_detail_get(&b->last, "direction", &d));
	assert_string_equal(d.text, "pulled");
	assert_string_equal(b->last.why,
			    "was called back by 192.168.50.139, which it had just attacked, at "
			    "port 4711 (packet 77): so the worm's body is fetched");
}

static void other_calls_fetch_nothing(void **state)
{
	static const struct {
		uint32_t from, to;
		uint16_t port;
		unsigned after_s;
		uint8_t outcome;
	} rows[] = {
		{139, 129, 445, 3, EV_ESTABLISHED},    /* a service */
		{139, 129, 4711, 121, EV_ESTABLISHED}, /* too late */
		{139, 129, 4711, 3, EV_REFUSED},       {139, 129, 4711, 3, EV_UNANSWERED},
		{129, 139, 4711, 3, EV_ESTABLISHED}, /* the attacker calls again */
		{139, 130, 4711, 3, EV_ESTABLISHED}, /* somebody else is called */
	};
	struct bench *b = *state;

	attacks(b, 129, 139);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		calls(b, rows[i].from, rows[i].to, rows[i].port, rows[i].after_s, rows[i].outcome);
		assert_int_equal(b->n_found, 1);
	}
}

static void who_was_only_asked_a_question_may_call_back(void **state)
{
	struct bench *b = *state;

	asks(b, 129, 139, SRVSVC_CANONICALIZE, "\\..\\");
	calls(b, 139, 129, 4711, 3, EV_ESTABLISHED);
	assert_int_equal(b->n_found, 1);
	assert_int_equal(b->last.class, CLASS_CHECK);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_attack_is_told_in_a_sentence_with_its_packet),
		TEST(a_guessed_interface_makes_an_attack_less_sure),
		TEST(what_goes_with_an_attack_makes_it_surer),
		TEST(many_contexts_alone_are_no_finding),
		TEST(lawful_calls_make_no_finding),
		TEST(a_check_is_a_check_and_its_answer_is_read),
		TEST(nmaps_compare_and_the_root_are_checks),
		TEST(confickers_own_answer_accuses_the_one_who_gives_it),
		TEST(a_path_too_long_is_doubtful_unless_it_is_no_text),
		TEST(the_second_path_of_a_comparison_counts),
		TEST(a_path_cut_short_is_judged_by_what_there_is),
		TEST(a_target_that_calls_its_attacker_back_fetches_the_body),
		TEST(other_calls_fetch_nothing),
		TEST(who_was_only_asked_a_question_may_call_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
