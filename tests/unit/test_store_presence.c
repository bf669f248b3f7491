/* Presence is joined in whatever order it comes, belongs to whoever had the address in that minute,
 * and follows when the store learns better. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "store/campaigns.h"
#include "store_facts.h"

static struct test_store at, other;
static const struct audit_by maria = {"maria (uid 1000) on lap-9", UINT64_C(1750000000000000000)};

enum { HOUR_0 = 486112 }; /* the first whole one after DAY_1 */

static void put_run(struct store *s, const char *id, uint64_t packets)
{
	struct outbreak o = {.source = {.kind = "file", .packets = packets}};
	struct store_run run = {.sensor = "here", .outbreak = &o};

	snprintf(run.id, sizeof(run.id), "%s", id);
	if (store_put_run(s, &run, NULL) != RC_OK)
		fail_msg("%s", store_error(s));
}

static int set_up(void **state)
{
	(void)state;
	test_store_new(&at, 1);
	test_store_new(&other, 2);
	put_run(at.s, "monday", 1);
	put_run(at.s, "tuesday", 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_store_done(&at);
	test_store_done(&other);
	return 0;
}

static uint64_t time_of(unsigned hour, unsigned minute)
{
	return ((uint64_t)(HOUR_0 + hour) * 60 + minute) * 60 * NS_PER_S;
}

/* Minutes from the one to the other. */
static uint64_t span(unsigned from, unsigned to)
{
	uint64_t mask = 0;

	for (unsigned m = from; m <= to; m++)
		mask |= UINT64_C(1) << m;
	return mask;
}

static struct presence presence_of(const char *ip, unsigned hour, uint64_t alive, uint64_t hostile)
{
	return (struct presence){
		.addr = addr_of(ip), .hour = HOUR_0 + hour, .alive = alive, .hostile = hostile};
}

static uint64_t put(struct store *s, const char *run, const struct presence *list, size_t n)
{
	uint64_t rows = 0;

	if (store_put_presence(s, run, list, n, &rows) != RC_OK)
		fail_msg("%s", store_error(s));
	return rows;
}

static uint64_t put_one(const char *run, const char *ip, unsigned hour, uint64_t alive,
			uint64_t hostile)
{
	const struct presence p = presence_of(ip, hour, alive, hostile);

	return put(at.s, run, &p, 1);
}

static struct fact link_of(const char *mac, const char *ip, unsigned hour, unsigned from,
			   unsigned to)
{
	return fact_of(FACT_LINK, "", mac, ip, time_of(hour, from), time_of(hour, to));
}

struct told {
	char *lines[64];
	size_t n, stop_at;
};

static bool take(void *ctx, const struct store_presence *p)
{
	struct told *t = ctx;
	char ip[ADDR_TEXT];

	assert_true(t->n < 64);
	assert_string_equal(p->sensor, "here");
	assert_true(asprintf(&t->lines[t->n++], "%s %s %s %u %llx %llx\n",
			     p->machine[0] != '\0' ? p->machine : "?", p->run,
			     addr_format(&p->presence->addr, ip), p->presence->hour - HOUR_0,
			     (unsigned long long)p->presence->alive,
			     (unsigned long long)p->presence->hostile) > 0);
	return t->n != t->stop_at;
}

/* Machines come in any order, and nobody before or after them: the lines are sorted, by what is in
 * them. */
static void told(const char *machine, unsigned from_hour, bool hostile_only, const char *want)
{
	struct told t = {.n = 0};
	char text[4096] = "";
	size_t len = 0;

	if (store_presence(at.s, machine, HOUR_0 + from_hour, hostile_only, take, &t) != RC_OK)
		fail_msg("%s", store_error(at.s));
	qsort(t.lines, t.n, sizeof(t.lines[0]), cmp_texts);
	for (size_t i = 0; i < t.n; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", t.lines[i]);
		free(t.lines[i]);
	}
	assert_string_equal(text, want);
}

/* --- in and out --- */

static void minutes_are_joined_in_any_order(void **state)
{
	const struct presence first[] = {
		presence_of("10.1.2.3", 0, span(0, 9), 0),
		presence_of("10.1.2.3", 0, span(20, 29), span(20, 20)),
		presence_of("2001:db8::1", 0, span(59, 59), 0),
		presence_of("10.1.2.3", 1, span(0, 0), 0),
	};
	struct presence back[4];

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		back[i] = first[3 - i];
	assert_int_equal(put(at.s, "monday", first, 4), 3);
	assert_int_equal(put(at.s, "tuesday", back + 2, 2), 1);
	assert_int_equal(put(at.s, "tuesday", back, 2), 2);
	/* Again, and parts of it: nothing is written. */
	assert_int_equal(put(at.s, "monday", back, 4), 0);
	assert_int_equal(put_one("monday", "10.1.2.3", 0, span(5, 6), 0), 0);
	told(NULL, 0, false,
	     "? monday 10.1.2.3 0 3ff003ff 100000\n? monday 10.1.2.3 1 1 0\n"
	     "? monday 2001:db8::1 0 800000000000000 0\n"
	     "? tuesday 10.1.2.3 0 3ff003ff 100000\n? tuesday 10.1.2.3 1 1 0\n"
	     "? tuesday 2001:db8::1 0 800000000000000 0\n");
	/* One minute more is a row more. */
	assert_int_equal(put_one("monday", "10.1.2.3", 0, span(10, 10), 0), 1);
	assert_int_equal(put(at.s, "monday", first, 0), 0);
}

static void what_is_no_minute_is_not_kept(void **state)
{
	(void)state;
	assert_int_equal(put_one("monday", "10.1.2.3", 0, UINT64_C(1) << 60, 0), 0);
	assert_int_equal(put_one("monday", "10.1.2.3", 0, UINT64_MAX, 0), 1);
	/* Who attacked was heard. */
	assert_int_equal(put_one("monday", "10.1.2.3", 1, 0, 2), 1);
	told(NULL, 0, false, "? monday 10.1.2.3 0 fffffffffffffff 0\n? monday 10.1.2.3 1 2 2\n");
}

static void hours_before_are_left_out_and_quiet_ones_if_told_to(void **state)
{
	struct fact f = link_of("001a2b000001", "10.1.2.3", 0, 0, 59);
	struct told t = {.stop_at = 2};

	(void)state;
	(void)keep(at.s, &f, 1);
	(void)put_one("monday", "10.1.2.3", 0, 1, 1);
	(void)put_one("monday", "10.1.2.3", 1, 2, 0);
	(void)put_one("tuesday", "10.1.2.3", 2, 4, 4);
	(void)put_one("monday", "10.7.7.7", 2, 8, 0);
	(void)put_one("monday", "10.7.7.7", 3, 8, 8);
	told(NULL, 1, false,
	     "? monday 10.7.7.7 2 8 0\n? monday 10.7.7.7 3 8 8\n"
	     "mac:001a2b000001 monday 10.1.2.3 1 2 0\nmac:001a2b000001 tuesday 10.1.2.3 2 4 4\n");
	told(NULL, 1, true, "? monday 10.7.7.7 3 8 8\nmac:001a2b000001 tuesday 10.1.2.3 2 4 4\n");
	told("mac:001a2b000001", 0, true,
	     "mac:001a2b000001 monday 10.1.2.3 0 1 1\nmac:001a2b000001 tuesday 10.1.2.3 2 4 4\n");
	told("mac:001a2b000001", 2, false, "mac:001a2b000001 tuesday 10.1.2.3 2 4 4\n");
	assert_int_equal(store_presence(at.s, NULL, 0, false, take, &t), RC_OK);
	assert_int_equal(t.n, 2);
	free(t.lines[0]);
	free(t.lines[1]);
}

static void hours_of_a_machine_come_in_their_order(void **state)
{
	struct fact f[2] = {link_of("001a2b000001", "10.1.2.3", 0, 0, 59),
			    link_of("001a2b000001", "10.1.2.9", 0, 0, 59)};
	struct told t = {.n = 0};

	(void)state;
	(void)keep(at.s, f, 2);
	for (unsigned i = 0; i < 4; i++)
		(void)put_one(i % 2 == 0 ? "tuesday" : "monday",
			      i % 2 == 0 ? "10.1.2.3" : "10.1.2.9", 3 - i, 1, 0);
	assert_int_equal(store_presence(at.s, "mac:001a2b000001", 0, false, take, &t), RC_OK);
	assert_int_equal(t.n, 4);
	for (unsigned i = 0; i < 4; i++) {
		unsigned hour = 99;

		assert_int_equal(sscanf(t.lines[i], "%*s %*s %*s %u", &hour), 1);
		assert_int_equal(hour, i);
		free(t.lines[i]);
	}
}

static void what_is_not_there_is_named(void **state)
{
	const struct presence p = presence_of("10.1.2.3", 0, 1, 0);
	struct told t = {.n = 0};

	(void)state;
	assert_int_equal(store_put_presence(at.s, "sunday", &p, 1, NULL), RC_END);
	assert_non_null(strstr(store_error(at.s), "sunday"));
	assert_int_equal(store_presence(at.s, "mac:nobody", 0, false, take, &t), RC_END);
	assert_non_null(strstr(store_error(at.s), "mac:nobody"));
	assert_int_equal(t.n, 0);
}

/* --- whose it is --- */

static void an_hour_in_which_an_address_changed_hands_is_divided(void **state)
{
	struct fact f[2] = {link_of("001a2b000001", "10.1.2.3", 0, 1, 20),
			    link_of("001a2b000002", "10.1.2.3", 0, 30, 55)};

	(void)state;
	/* Before anybody is known, and after. */
	(void)put_one("monday", "10.1.2.3", 0, span(1, 20) | span(31, 55), span(5, 5));
	told(NULL, 0, false, "? monday 10.1.2.3 0 ffffff801ffffe 20\n");
	(void)keep(at.s, f, 2);
	told(NULL, 0, false,
	     "mac:001a2b000001 monday 10.1.2.3 0 1ffffe 20\n"
	     "mac:001a2b000002 monday 10.1.2.3 0 ffffff80000000 0\n");
	told("mac:001a2b000002", 0, true, "");
	(void)put_one("tuesday", "10.1.2.3", 0, span(1, 20) | span(31, 55), span(40, 40));
	told("mac:001a2b000002", 0, false,
	     "mac:001a2b000002 monday 10.1.2.3 0 ffffff80000000 0\n"
	     "mac:001a2b000002 tuesday 10.1.2.3 0 ffffff80000000 10000000000\n");
	/* Into what is divided more can come. */
	assert_int_equal(put_one("monday", "10.1.2.3", 0, span(55, 55), span(55, 55)), 1);
	told("mac:001a2b000002", 0, true,
	     "mac:001a2b000002 monday 10.1.2.3 0 ffffff80000000 80000000000000\n"
	     "mac:001a2b000002 tuesday 10.1.2.3 0 ffffff80000000 10000000000\n");
	/* The second is forgotten, and what it did with it; the first keeps its own. */
	assert_int_equal(store_forget(at.s, "mac:001a2b000002", &maria), RC_OK);
	told(NULL, 0, false,
	     "mac:001a2b000001 monday 10.1.2.3 0 1ffffe 20\n"
	     "mac:001a2b000001 tuesday 10.1.2.3 0 1ffffe 0\n");
}

static void presence_follows_machines_that_are_joined_and_split(void **state)
{
	struct fact f[2] = {link_of("001a2b000001", "10.1.2.3", 0, 0, 59),
			    link_of("001a2b000009", "10.7.7.7", 0, 0, 59)};
	struct decision same = {true, "mac:001a2b000001", "mac:001a2b000009", 1, "maria"};
	struct decision apart = {false, "mac:001a2b000001", "mac:001a2b000009", 2, "maria"};

	(void)state;
	(void)put_one("monday", "10.1.2.3", 0, 1, 0);
	(void)put_one("monday", "10.7.7.7", 0, 2, 2);
	(void)keep(at.s, f, 2);
	told(NULL, 0, false,
	     "mac:001a2b000001 monday 10.1.2.3 0 1 0\nmac:001a2b000009 monday 10.7.7.7 0 2 2\n");
	assert_int_equal(keep_decision(at.s, &same, &maria), RC_OK);
	told("mac:001a2b000001", 0, false,
	     "mac:001a2b000001 monday 10.1.2.3 0 1 0\nmac:001a2b000001 monday 10.7.7.7 0 2 2\n");
	assert_int_equal(keep_decision(at.s, &apart, &maria), RC_OK);
	told(NULL, 0, false,
	     "mac:001a2b000001 monday 10.1.2.3 0 1 0\nmac:001a2b000009 monday 10.7.7.7 0 2 2\n");
	assert_int_equal(keep(at.s, f, 2).rows_changed, 0);
}

/* In whatever order facts and minutes come. */
static void the_order_makes_no_difference(void **state)
{
	struct fact f[3] = {link_of("001a2b000001", "10.1.2.3", 0, 1, 20),
			    link_of("001a2b000002", "10.1.2.3", 0, 30, 55),
			    link_of("001a2b000003", "10.1.2.3", 2, 30, 55)};
	char *first = NULL;

	(void)state;
	for (unsigned round = 0; round < 12; round++) {
		char *now;

		test_store_done(&at);
		test_store_new(&at, 1);
		put_run(at.s, "monday", 1);
		for (unsigned step = 0; step < 6; step++) {
			unsigned which = (step * (round % 2 == 0 ? 1 : 5) + round / 2) % 6;

			if (which < 3)
				(void)keep(at.s, &f[which], 1);
			else
				(void)put_one("monday", "10.1.2.3", which - 3,
					      span(which, which + 50), span(which * 9, which * 9));
		}
		now = dump_store(at.url, true);
		if (first != NULL)
			assert_string_equal(now, first);
		else
			first = strdup(now);
		free(now);
	}
	assert_non_null(strstr(first, "--- runs"));
	free(first);
}

/* --- two stores --- */

static void fill(struct store *s, unsigned which)
{
	const struct fact f = link_of(which == 1 ? "001a2b000001" : "001a2b000002", "10.1.2.3", 0,
				      which == 1 ? 1 : 40, which == 1 ? 20 : 55);
	const struct presence p[] = {
		presence_of("10.1.2.3", 0, which == 1 ? span(1, 20) : span(41, 55), which),
		presence_of("10.1.2.3", which, 1, 0)};

	put_run(s, "shared", which);
	put_run(s, which == 1 ? "first" : "second", 1);
	(void)keep(s, &f, 1);
	(void)put(s, "shared", p, 2);
	(void)put(s, which == 1 ? "first" : "second", p, 2);
}

static uint64_t merge(struct store *to, struct store *from)
{
	struct keep_result sum = {0};

	if (keep_store(to, from, &sum) != RC_OK)
		fail_msg("%s", store_error(to));
	return sum.rows_changed;
}

static void stores_merge_the_same_either_way(void **state)
{
	struct test_store third;
	char *a, *b;

	(void)state;
	test_store_done(&at);
	test_store_new(&at, 1);
	test_store_new(&third, 3);
	fill(at.s, 1);
	fill(other.s, 2);
	fill(third.s, 2);
	assert_true(merge(third.s, at.s) > 0);
	assert_true(merge(at.s, other.s) > 0);
	assert_int_equal(merge(at.s, other.s), 0);
	a = dump_store(at.url, false);
	b = dump_store(third.url, false);
	assert_string_equal(a, b);
	free(a);
	free(b);
	told("mac:001a2b000001", 0, false,
	     "mac:001a2b000001 first 10.1.2.3 0 1ffffe 0\n"
	     "mac:001a2b000001 second 10.1.2.3 0 2 2\n"
	     "mac:001a2b000001 shared 10.1.2.3 0 1ffffe 2\n");
	test_store_done(&third);
}

static void many_hours_are_merged(void **state)
{
	enum { N = 10000 };
	struct presence *list = calloc(N, sizeof(*list));

	(void)state;
	assert_non_null(list);
	for (unsigned i = 0; i < N; i++)
		list[i] = (struct presence){.addr = addr_v4(0x0a000000 + i / 3),
					    .hour = HOUR_0 + i % 3,
					    .alive = 1u + i};
	assert_int_equal(put(at.s, "monday", list, N), N);
	assert_int_equal(put(at.s, "monday", list, N), 0);
	assert_true(merge(other.s, at.s) >= N);
	assert_int_equal(merge(other.s, at.s), 0);
	assert_int_equal(put(other.s, "monday", list, N), 0);
	free(list);
}

static void null_keeps_no_presence(void **state)
{
	struct store *s = open_store("null:", STORE_WRITE);
	const struct presence p = presence_of("10.1.2.3", 0, 1, 0);
	struct told t = {.n = 0};

	(void)state;
	assert_int_equal(put(s, "monday", &p, 1), 0);
	assert_int_equal(store_presence(s, NULL, 0, false, take, &t), RC_OK);
	assert_int_equal(t.n, 0);
	store_close(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(minutes_are_joined_in_any_order),
		TEST(what_is_no_minute_is_not_kept),
		TEST(hours_before_are_left_out_and_quiet_ones_if_told_to),
		TEST(hours_of_a_machine_come_in_their_order),
		TEST(what_is_not_there_is_named),
		TEST(an_hour_in_which_an_address_changed_hands_is_divided),
		TEST(presence_follows_machines_that_are_joined_and_split),
		TEST(the_order_makes_no_difference),
		TEST(stores_merge_the_same_either_way),
		TEST(many_hours_are_merged),
		TEST(null_keeps_no_presence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
