/* DNS messages and the names in them: compressed, endless, cut. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "naming/dns.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static const struct {
	const char *what;
	struct bytes msg;
	size_t at;        /* where the name is */
	const char *text; /* NULL: malformed */
	size_t left;      /* behind it */
} names[] = {
	{"plain", LIT("\3pc7\1a\0xx"), 0, "pc7.a", 2},
	{"the root", LIT("\0x"), 0, "", 1},
	{"a pointer alone", LIT("\1a\0\300\0x"), 3, "a", 1},
	{"labels, then a pointer", LIT("\1a\0\2pc\300\0"), 3, "pc.a", 0},
	{"pointers one after another", LIT("\1a\0\1b\300\0\1c\300\3"), 7, "c.b.a", 0},
	{"a pointer to itself", LIT("\300\0"), 0, NULL, 0},
	{"a pointer to its own labels", LIT("\1a\300\0"), 0, NULL, 0},
	{"two that point at each other", LIT("\300\2\300\0"), 2, NULL, 0},
	{"a pointer forward", LIT("\300\3\0\1a\0"), 0, NULL, 0},
	{"half a pointer", LIT("\1a\0\300"), 3, NULL, 0},
	{"a label past the end", LIT("\5ab"), 0, NULL, 0},
	{"no end", LIT("\1a"), 0, NULL, 0},
	{"a reserved kind of label", LIT("\101a\0"), 0, NULL, 0},
};

static void names_are_read(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct reader r = {.rest = bytes_slice(names[i].msg, names[i].at, SIZE_MAX)};
		struct dns_name n = {0};
		char text[DNS_NAME_TEXT];
		bool good = dns_name_read(&r, names[i].msg, &n);

		print_message("           %s\n", names[i].what);
		assert_int_equal(good, names[i].text != NULL);
		assert_int_equal(r.bad, !good);
		if (!good)
			continue;
		dns_name_text(&n, 0, text);
		assert_string_equal(text, names[i].text);
		assert_int_equal(r.rest.len, names[i].left);
	}
}

static void a_name_has_at_most_254_bytes(void **unused)
{
	uint8_t msg[400];
	char text[DNS_NAME_TEXT];

	(void)unused;
	for (unsigned labels = 1; labels < 150; labels++) {
		struct writer w = {.at = msg, .cap = sizeof(msg)};
		struct dns_name n = {0};

		for (unsigned i = 0; i < labels; i++)
			wr_bytes(&w, BYTES("\1a"));
		wr_be(&w, 1, 0);
		struct reader r = {.rest = {msg, w.len}};

		assert_int_equal(dns_name_read(&r, (struct bytes){msg, w.len}, &n), labels <= 127);
		if (labels > 127)
			continue;
		assert_int_equal(dns_name_labels(&n), labels);
		assert_int_equal(dns_name_text(&n, 0, text), 2 * labels - 1);
	}
}

static void a_name_is_compared_from_its_end(void **unused)
{
	static const struct {
		const char *name, *suffix;
		bool ends;
	} cases[] = {
		{"pc7.LOCAL", "local", true},
		{"local", "local", true},
		{"pc7.xlocal", "local", false},
		{"a", "b.a", false},
		{"4.3.in-addr.arpa", "in-addr.arpa", true},
		{"pc7", "", true},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dns_name n = {0};

		assert_true(dns_name_parse(
			(struct bytes){(const uint8_t *)cases[i].name, strlen(cases[i].name)}, &n));
		assert_int_equal(dns_name_ends(&n, cases[i].suffix), cases[i].ends);
	}
}

static void only_names_are_parsed(void **unused)
{
	struct dns_name n = {0};
	char text[DNS_NAME_TEXT];

	(void)unused;
	assert_true(dns_name_parse(BYTES("a.b."), &n));
	dns_name_text(&n, 1, text);
	assert_string_equal(text, "b");
	assert_true(bytes_eq(dns_name_label(&n, 0), BYTES("a")));
	assert_int_equal(dns_name_label(&n, 2).len, 0);
	assert_true(dns_name_parse(BYTES(""), &n));
	assert_int_equal(n.len, 0);
	assert_false(dns_name_parse(BYTES("a..b"), &n));
	assert_false(dns_name_parse(BYTES(".a"), &n));
	assert_false(dns_name_parse(
		BYTES("0123456789012345678901234567890123456789012345678901234567890123"), &n));
}

/* An LLMNR answer as Windows 7 sends it: the record's name points to the question's. */
static const struct bytes answer =
	LIT("\x12\x34\x80\0\0\1\0\1\0\0\0\0\5LAP-7\0\0\1\0\1\300\14\0\1\0\1\0\0\0\36\0\4\12\0\0\7");

static void a_message_is_walked(void **unused)
{
	struct dns_walk w;
	struct dns_record x;
	struct addr want = addr_v4(0x0a000007);
	char text[DNS_NAME_TEXT];

	(void)unused;
	assert_true(dns_begin(answer, &w));
	assert_true(dns_is_response(&w.header));
	assert_int_equal(dns_opcode(&w.header), DNS_QUERY);
	assert_int_equal(dns_rcode(&w.header), 0);
	assert_true(dns_next(&w, &x));
	assert_int_equal(x.section, DNS_QUESTION);
	assert_int_equal(x.type, DNS_A);
	assert_true(dns_next(&w, &x));
	assert_int_equal(x.section, DNS_ANSWER);
	assert_int_equal(x.ttl_s, 30);
	assert_true(addr_eq(&x.addr, &want));
	dns_name_text(&x.name, 0, text);
	assert_string_equal(text, "LAP-7");
	assert_false(dns_next(&w, &x));
	assert_false(w.r.bad);
	for (size_t cut = 0; cut < answer.len; cut++) {
		if (!dns_begin(bytes_slice(answer, 0, cut), &w))
			continue;
		while (dns_next(&w, &x))
			;
		assert_true(w.r.bad);
	}
}

static void a_claim_of_many_records_ends(void **unused)
{
	static uint8_t msg[DNS_HEADER + 5 * 70000];
	struct dns_walk w;
	struct dns_record x;
	unsigned n = 0;

	(void)unused;
	memset(msg + 4, 0xff, 8);
	assert_true(dns_begin((struct bytes){msg, sizeof(msg)}, &w));
	while (dns_next(&w, &x))
		n++;
	assert_int_equal(n, DNS_RECORDS_MAX);
}

static void records_come_back(void **unused)
{
	uint8_t buf[1024];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct dns_record a = {.section = DNS_ANSWER,
			       .type = DNS_AAAA,
			       .class = DNS_IN | DNS_FLUSH,
			       .ttl_s = 120},
			  p = {.section = DNS_ANSWER, .type = DNS_PTR, .class = DNS_IN},
			  s = {.section = DNS_ADDITIONAL,
			       .type = DNS_SRV,
			       .class = DNS_IN,
			       .port = 445},
			  t = {.section = DNS_ADDITIONAL,
			       .type = DNS_TXT,
			       .class = DNS_IN,
			       .data = BYTES("\7model=X")},
			  d = {.section = DNS_ADDITIONAL, .type = DNS_A, .class = DNS_CLASS_ANY}, x;
	const struct dns_record *all[] = {&a, &p, &s, &t, &d};
	struct dns_walk walk;

	(void)unused;
	assert_int_equal(addr_parse("fe80::7", &a.addr), RC_OK);
	assert_true(dns_name_parse(BYTES("lap-7.local"), &a.name));
	dns_reverse_name(&a.addr, &p.name);
	p.target = s.target = a.name;
	assert_true(dns_name_parse(BYTES("_smb._tcp.local"), &s.name));
	t.name = d.name = s.name;
	dns_write_header(&w, &(struct dns_header){.flags = 0x8400, .counts = {0, 2, 0, 3}});
	for (size_t i = 0; i < 5; i++)
		dns_write_record(&w, all[i]);
	assert_false(w.bad);
	assert_true(dns_begin((struct bytes){buf, w.len}, &walk));
	for (size_t i = 0; i < 5; i++) {
		assert_true(dns_next(&walk, &x));
		assert_int_equal(x.type, all[i]->type);
		assert_int_equal(x.class, all[i]->class);
		assert_int_equal(x.port, all[i]->port);
		assert_true(addr_eq(&x.addr, &all[i]->addr));
		assert_int_equal(x.target.len, all[i]->target.len);
		assert_memory_equal(x.target.at, all[i]->target.at, x.target.len);
		if (x.type == DNS_TXT)
			assert_true(bytes_eq(x.data, t.data));
	}
	assert_false(dns_next(&walk, &x) || walk.r.bad);
}

static void reverse_names_stand_for_addresses(void **unused)
{
	static const struct {
		const char *name, *addr; /* NULL: none */
	} cases[] = {
		{"7.0.0.10.in-addr.arpa", "10.0.0.7"},
		{"7.0.0.10.IN-ADDR.ARPA", "10.0.0.7"},
		{"256.0.0.10.in-addr.arpa", NULL},
		{"x.0.0.10.in-addr.arpa", NULL},
		{"0.0.10.in-addr.arpa", NULL},
		{"7.0.0.10.in-addr.example", NULL},
		{"7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.E.f.ip6.arpa",
		 "fe80::7"},
		{"g.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa", NULL},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes text = {(const uint8_t *)cases[i].name, strlen(cases[i].name)};
		struct dns_name n = {0}, back = {0};
		struct addr a = {{0}};
		char shown[ADDR_TEXT];

		assert_true(dns_name_parse(text, &n));
		assert_int_equal(dns_reverse_addr(&n, &a), cases[i].addr != NULL);
		if (cases[i].addr == NULL)
			continue;
		assert_string_equal(addr_format(&a, shown), cases[i].addr);
		dns_reverse_name(&a, &back);
		assert_true(dns_name_ends(&n, "arpa") && back.len == n.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(a_name_has_at_most_254_bytes),
		cmocka_unit_test(a_name_is_compared_from_its_end),
		cmocka_unit_test(only_names_are_parsed),
		cmocka_unit_test(a_message_is_walked),
		cmocka_unit_test(a_claim_of_many_records_ends),
		cmocka_unit_test(records_come_back),
		cmocka_unit_test(reverse_names_stand_for_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
