/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "report/community_id.h"

/* The specification's own table (baseline_deflt.json, baseline_seed1.json), without ICMP. */
static const struct vector {
	const char *a;
	uint16_t a_port;
	const char *b;
	uint16_t b_port;
	uint8_t proto;
	const char *seed0, *seed1;
} vectors[] = {
	{"2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, "2607:f8b0:400c:c03::1a", 25, 6,
	 "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", "1:eJYTW6AOzFLlSUoESovMjnu7rMw="},
	{"192.168.170.8", 7, "192.168.170.56", 7, 132,
	 "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg="},
	{"128.232.110.120", 34855, "66.35.250.204", 80, 6,
	 "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
	{"192.168.1.52", 54585, "8.8.8.8", 53, 17,
	 "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
	{"10.1.12.1", 0, "10.1.12.2", 0, 46,
	 "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=", "1:rYir8gphR31noO9iDRQmF/BteEI="},
};

enum { VECTORS = sizeof(vectors) / sizeof(vectors[0]) };

static struct endpoint endpoint(const char *text, uint16_t port)
{
	struct endpoint e = {.port = port};

	assert_int_equal(addr_parse(text, &e.addr), RC_OK);
	return e;
}

static void check(const struct five_tuple *t, uint16_t seed, const char *want)
{
	char text[COMMUNITY_ID_TEXT];

	assert_int_equal(community_id(t, seed, text), RC_OK);
	assert_string_equal(text, want);
}

static void the_published_vectors_come_out_in_both_directions(void **state)
{
	(void)state;
	for (size_t i = 0; i < VECTORS; i++) {
		const struct vector *v = &vectors[i];
		struct endpoint a = endpoint(v->a, v->a_port), b = endpoint(v->b, v->b_port);
		struct five_tuple there = {a, b, v->proto}, back = {b, a, v->proto};

		check(&there, 0, v->seed0);
		check(&back, 0, v->seed0);
		check(&there, 1, v->seed1);
		check(&back, 1, v->seed1);
	}
}

static void ports_order_the_ends_of_one_address(void **state)
{
	(void)state;
	struct endpoint low = endpoint("10.0.0.1", 1000), high = endpoint("10.0.0.1", 2000);
	struct five_tuple there = {low, high, 6}, back = {high, low, 6};
	char one[COMMUNITY_ID_TEXT], other[COMMUNITY_ID_TEXT];

	assert_int_equal(community_id(&there, 0, one), RC_OK);
	assert_int_equal(community_id(&back, 0, other), RC_OK);
	assert_string_equal(one, other);
}

static void icmp_and_mixed_families_are_refused(void **state)
{
	(void)state;
	struct endpoint v4 = endpoint("10.0.0.1", 8), v6 = endpoint("fe80::1", 8);
	struct five_tuple icmp = {v4, v4, 1}, icmp6 = {v6, v6, 58}, mixed = {v4, v6, 6};
	char text[COMMUNITY_ID_TEXT];

	assert_int_equal(community_id(&icmp, 0, text), RC_INVAL);
	assert_int_equal(community_id(&icmp6, 0, text), RC_INVAL);
	assert_int_equal(community_id(&mixed, 0, text), RC_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vectors_come_out_in_both_directions),
		cmocka_unit_test(ports_order_the_ends_of_one_address),
		cmocka_unit_test(icmp_and_mixed_families_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
