/* Postures come back as they were, belong to whoever had the address or the name then, and follow
 * when the store learns better. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "model/posture_pack.h"
#include "store_postures.h"

static struct test_store at, other;
static const struct audit_by maria = {"maria (uid 1000) on lap-9", UINT64_C(1750000000000000000)};

static int set_up(void **state)
{
	(void)state;
	test_store_new(&at, 1);
	test_store_new(&other, 2);
	put_assessment(at.s, "monday", minutes(100), 2);
	put_assessment(at.s, "tuesday", minutes(200), 2);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_store_done(&at);
	test_store_done(&other);
	return 0;
}

/* --- what is told, as text --- */

struct told {
	char text[4096];
	struct posture *last;
	size_t n, stop_at;
};

static bool take(void *ctx, const struct store_posture *p)
{
	struct told *t = ctx;
	size_t len = strlen(t->text);
	char ip[ADDR_TEXT] = "-";

	if (!addr_is_zero(&p->posture->addr))
		addr_format(&p->posture->addr, ip);
	snprintf(t->text + len, sizeof(t->text) - len, "%s %s %s %s%s%s\n",
		 p->machine[0] != '\0' ? p->machine : "?", p->assessment, ip,
		 p->posture->name[0] != '\0' ? p->posture->name : "-",
		 p->how[0] != '\0' ? ": " : "", p->how);
	posture_free(t->last);
	t->last = NULL;
	assert_int_equal(posture_copy(p->posture, &t->last), RC_OK);
	return ++t->n != t->stop_at;
}

static void told(const char *machine, const char *assessment, const char *want)
{
	struct told t = {.n = 0};

	if (store_postures(at.s, machine, assessment, take, &t) != RC_OK)
		fail_msg("%s", store_error(at.s));
	posture_free(t.last);
	assert_string_equal(t.text, want);
}

static void put(const char *assessment, const char *ip, const char *name, uint64_t at_ns)
{
	assert_int_equal(put_posture(at.s, assessment, posture_of(ip, name, at_ns, 2), ""), 1);
}

static struct fact link_of(const char *mac, const char *ip, unsigned from, unsigned until)
{
	return fact_of(FACT_LINK, "", mac, ip, minutes(from), minutes(until));
}

static struct fact name_of(const char *mac, const char *name, unsigned from, unsigned until)
{
	return fact_of(strchr(name, '.') != NULL ? FACT_FQDN : FACT_NAME, name, mac, NULL,
		       minutes(from), minutes(until));
}

/* --- there and back --- */

static bool take_assessment(void *ctx, const struct store_assessment *a)
{
	struct told *t = ctx;
	size_t len = strlen(t->text);

	snprintf(t->text + len, sizeof(t->text) - len, "%s %s %s %s %llu of %llu in %llu s\n",
		 a->id, a->how, a->who, a->targets, (unsigned long long)a->done,
		 (unsigned long long)a->asked,
		 (unsigned long long)((a->last_ns - a->first_ns) / NS_PER_S));
	return ++t->n != t->stop_at;
}

static void assessments_are_told_latest_first(void **state)
{
	struct told t = {.n = 0}, one = {.stop_at = 1};
	struct store_assessment nameless = {.id = "", .how = "", .who = "", .targets = ""};

	(void)state;
	put_assessment(at.s, "monday", minutes(100), 254); /* resumed, and done */
	assert_int_equal(store_assessments(at.s, take_assessment, &t), RC_OK);
	assert_string_equal(t.text, "tuesday asked maria (uid 1000) on lap-9 10.1.0.0/16 2 of 254"
				    " in 2 s\nmonday asked maria (uid 1000) on lap-9 10.1.0.0/16"
				    " 254 of 254 in 254 s\n");
	assert_int_equal(store_assessments(at.s, take_assessment, &one), RC_OK);
	assert_int_equal(one.n, 1);
	assert_int_equal(store_put_assessment(at.s, &nameless), RC_INVAL);
}

/* Of a shallow look after a deep one, as --for or --anonymous are: nothing is forgotten by it. */
static void what_is_known_is_of_several_looks(void **state)
{
	struct posture *deep = posture_of("10.1.2.3", "LAP-7", minutes(100), 40);
	struct posture *shallow = posture_of("10.1.2.3", "LAP-7", minutes(200), 2);
	struct told known = {.n = 0}, tuesday = {.n = 0};

	(void)state;
	assert_int_equal(put_posture(at.s, "tuesday", shallow, "in haste"), 1);
	assert_int_equal(put_posture(at.s, "monday", deep, "whole"), 1);
	assert_int_equal(store_postures(at.s, NULL, NULL, take, &known), RC_OK);
	assert_string_equal(known.text, "? tuesday 10.1.2.3 LAP-7: in haste\n");
	assert_int_equal(known.last->n, 41); /* part040 is unreadable, part002 was read on monday */
	assert_int_equal(known.last->at_ns, minutes(200));
	assert_int_equal(posture_find(known.last, "file:system32/part001.dll")->at_ns,
			 minutes(200) - 1);
	assert_int_equal(posture_find(known.last, "file:system32/part002.dll")->state,
			 OBSERVED_VALUE);
	assert_int_equal(posture_find(known.last, "file:system32/part039.dll")->at_ns,
			 minutes(100) - 39);
	assert_int_equal(store_postures(at.s, NULL, "tuesday", take, &tuesday), RC_OK);
	assert_int_equal(tuesday.last->n, 3);
	posture_free(known.last);
	posture_free(tuesday.last);
}

static void a_posture_comes_back_as_it_was(void **state)
{
	struct posture *p = posture_of("10.1.2.3", "LAP-7", minutes(100), 300), *empty = NULL;
	struct told t = {.n = 0};
	uint8_t *a = NULL, *b = NULL;
	size_t a_len = 0, b_len = 0;

	(void)state;
	assert_int_equal(posture_new(&empty), RC_OK);
	empty->addr = addr_of("2001:db8::1");
	empty->at_ns = minutes(7);
	assert_int_equal(posture_pack(p, &a, &a_len), RC_OK);
	assert_int_equal(put_posture(at.s, "monday", p, "1 of 9 unanswered"), 1);
	assert_int_equal(put_posture(at.s, "monday", empty, "no answer"), 1);
	assert_int_equal(store_postures(at.s, NULL, NULL, take, &t), RC_OK);
	assert_string_equal(t.text, "? monday 10.1.2.3 LAP-7: 1 of 9 unanswered\n");
	assert_int_equal(posture_pack(t.last, &b, &b_len), RC_OK);
	assert_int_equal(a_len, b_len);
	assert_memory_equal(a, b, a_len);
	posture_free(t.last);
	free(a);
	free(b);
	told(NULL, "monday",
	     "? monday 10.1.2.3 LAP-7: 1 of 9 unanswered\n? monday 2001:db8::1 -: no answer\n");
	told(NULL, "tuesday", "");
}

static void the_same_again_writes_nothing(void **state)
{
	char *before, *after;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(put_posture(at.s, "monday",
					     posture_of("10.1.2.3", "LAP-7", minutes(100), 3), ""),
				 i == 0);
	before = dump_store(at.url, true);
	(void)put_posture(at.s, "monday", posture_of("10.1.2.3", "LAP-7", minutes(100), 3), "");
	put_assessment(at.s, "monday", minutes(100), 2);
	after = dump_store(at.url, true);
	assert_string_equal(before, after);
	free(before);
	free(after);
	/* Another time, name or remark takes the place of the earlier one: it is the same address.
	 */
	assert_int_equal(
		put_posture(at.s, "monday", posture_of("10.1.2.3", "LAP-8", minutes(101), 3), ""),
		1);
	assert_int_equal(put_posture(at.s, "monday",
				     posture_of("10.1.2.3", "LAP-8", minutes(101), 3), "again"),
			 1);
	told(NULL, "monday", "? monday 10.1.2.3 LAP-8: again\n");
	/* Without an address the name tells them apart, whatever its case. */
	put("monday", NULL, "LAP-1", minutes(1));
	put("monday", NULL, "LAP-2", minutes(1));
	put("monday", NULL, "lap-2", minutes(2));
	told(NULL, "monday",
	     "? monday - LAP-1\n? monday - lap-2\n? monday 10.1.2.3 LAP-8: again\n");
}

static void what_is_not_there_is_named(void **state)
{
	struct posture *p = posture_of("10.1.2.3", "", minutes(1), 1);
	struct told t = {.n = 0};

	(void)state;
	assert_int_equal(store_put_posture(at.s, "sunday", p, "", NULL), RC_END);
	assert_non_null(strstr(store_error(at.s), "sunday"));
	assert_int_equal(store_postures(at.s, "mac:nobody", NULL, take, &t), RC_END);
	assert_non_null(strstr(store_error(at.s), "mac:nobody"));
	assert_int_equal(store_postures(at.s, NULL, "sunday", take, &t), RC_END);
	assert_int_equal(t.n, 0);
	posture_free(p);
}

/* --- the latest --- */

static void the_latest_with_a_value_stands_for_a_machine(void **state)
{
	struct fact f[3] = {link_of("001a2b000002", "10.1.2.4", 0, 500),
			    link_of("001a2b000001", "10.1.2.3", 0, 500),
			    link_of("001a2b000001", "10.1.2.9", 0, 500)};
	struct told t = {.stop_at = 1};

	(void)state;
	(void)keep(at.s, f, 3);
	put("monday", "10.1.2.3", "", minutes(100));
	put("monday", "10.1.2.4", "", minutes(100));
	put("tuesday", "10.1.2.9", "", minutes(200)); /* its other card's address */
	put("monday", "10.7.7.7", "", minutes(100));
	put("tuesday", "10.7.7.7", "", minutes(200));
	put("monday", NULL, "stray", minutes(100));
	/* Refused on Tuesday: nothing was seen. */
	(void)put_posture(at.s, "tuesday", posture_of("10.1.2.4", "", minutes(201), 0), "refused");
	told(NULL, NULL,
	     "mac:001a2b000001 tuesday 10.1.2.9 -\nmac:001a2b000002 monday 10.1.2.4 -\n"
	     "? monday - stray\n? tuesday 10.7.7.7 -\n");
	told("mac:001a2b000001", NULL, "mac:001a2b000001 tuesday 10.1.2.9 -\n");
	told("mac:001a2b000002", NULL, "mac:001a2b000002 monday 10.1.2.4 -\n");
	told("mac:001a2b000002", "tuesday", "mac:001a2b000002 tuesday 10.1.2.4 -: refused\n");
	told("mac:001a2b000001", "monday", "mac:001a2b000001 monday 10.1.2.3 -\n");
	told(NULL, "tuesday",
	     "mac:001a2b000001 tuesday 10.1.2.9 -\nmac:001a2b000002 tuesday 10.1.2.4 -: refused\n"
	     "? tuesday 10.7.7.7 -\n");
	assert_int_equal(store_postures(at.s, NULL, NULL, take, &t), RC_OK);
	assert_int_equal(t.n, 1);
	posture_free(t.last);
}

/* The first look of all was the deepest, and is too long ago. */
static void what_is_known_is_of_the_latest_looks_alone(void **state)
{
	static const char *const ips[] = {"10.1.2.3", "10.7.7.7"};
	struct fact f = link_of("001a2b000001", ips[0], 0, 500);

	(void)state;
	(void)keep(at.s, &f, 1);
	for (unsigned i = 0; i < 2; i++) {
		struct told t = {.stop_at = i + 1}, before = {.stop_at = i + 1};

		(void)put_posture(at.s, "monday", posture_of(ips[i], "", minutes(50), 9), "");
		for (unsigned k = 1; k <= STORE_LOOKS; k++) {
			char id[16];

			if (k == STORE_LOOKS) {
				assert_int_equal(store_postures(at.s, NULL, NULL, take, &before),
						 RC_OK);
				assert_int_equal(before.last->n, 10);
			}
			(void)snprintf(id, sizeof(id), "look-%u", k);
			put_assessment(at.s, id, minutes(50 + k), 1);
			(void)put_posture(at.s, id, posture_of(ips[i], "", minutes(50 + k), 1), "");
		}
		assert_int_equal(store_postures(at.s, NULL, NULL, take, &t), RC_OK);
		assert_int_equal(t.n, i + 1);
		assert_int_equal(t.last->n, 2);
		assert_non_null(strstr(t.text, "look-8"));
		posture_free(before.last);
		posture_free(t.last);
	}
}

static void machines_come_first_then_names_then_addresses(void **state)
{
	struct fact f[2] = {link_of("001a2b000002", "10.1.2.3", 0, 500),
			    link_of("001a2b000001", "10.1.2.4", 0, 500)};

	(void)state;
	(void)keep(at.s, f, 2);
	put("monday", "2001:db8::7", "", minutes(100));
	put("monday", "10.7.7.8", "", minutes(100));
	put("monday", "10.7.7.7", "", minutes(100));
	put("monday", NULL, "stray", minutes(100));
	put("monday", NULL, "lost", minutes(100));
	put("monday", "10.1.2.3", "", minutes(100));
	put("monday", "10.1.2.4", "", minutes(100));
	told(NULL, NULL,
	     "mac:001a2b000001 monday 10.1.2.4 -\nmac:001a2b000002 monday 10.1.2.3 -\n"
	     "? monday - lost\n? monday - stray\n? monday 10.7.7.7 -\n? monday 10.7.7.8 -\n"
	     "? monday 2001:db8::7 -\n");
}

/* --- whose it is --- */

static void a_posture_follows_whoever_had_the_address(void **state)
{
	struct fact f[3] = {link_of("001a2b000001", "10.1.2.3", 0, 60),
			    link_of("001a2b000002", "10.1.2.3", 1440, 1500),
			    link_of("001a2b000009", "10.7.7.7", 0, 60)};
	struct decision same = {true, "mac:001a2b000001", "mac:001a2b000009", 1, "maria"};
	struct decision apart = {false, "mac:001a2b000001", "mac:001a2b000009", 2, "maria"};

	(void)state;
	put("monday", "10.1.2.3", "", minutes(30));
	put("tuesday", "10.1.2.3", "", minutes(1460));
	put("monday", "10.7.7.7", "", minutes(20));
	told(NULL, "monday", "? monday 10.1.2.3 -\n? monday 10.7.7.7 -\n");
	(void)keep(at.s, f + 1, 1);
	told("mac:001a2b000002", NULL, "mac:001a2b000002 tuesday 10.1.2.3 -\n");
	(void)keep(at.s, f, 1);
	(void)keep(at.s, f + 2, 1);
	told(NULL, NULL,
	     "mac:001a2b000001 monday 10.1.2.3 -\nmac:001a2b000002 tuesday 10.1.2.3 -\n"
	     "mac:001a2b000009 monday 10.7.7.7 -\n");
	/* Two entries are one machine; and then they are not. */
	assert_int_equal(keep_decision(at.s, &same, &maria), RC_OK);
	told("mac:001a2b000001", "monday",
	     "mac:001a2b000001 monday 10.1.2.3 -\nmac:001a2b000001 monday 10.7.7.7 -\n");
	told(NULL, NULL,
	     "mac:001a2b000001 monday 10.1.2.3 -\nmac:001a2b000002 tuesday 10.1.2.3 -\n");
	assert_int_equal(keep_decision(at.s, &apart, &maria), RC_OK);
	told("mac:001a2b000009", NULL, "mac:001a2b000009 monday 10.7.7.7 -\n");
	told("mac:001a2b000001", NULL, "mac:001a2b000001 monday 10.1.2.3 -\n");
	/* Again: nothing changes. */
	assert_int_equal(keep(at.s, f, 3).rows_changed, 0);
}

static void a_posture_without_an_address_follows_the_name(void **state)
{
	struct fact whole = name_of("001a2b000001", "lap-7.corp.example", 0, 60);
	struct fact brief = name_of("001a2b000002", "LAP-8", 0, 60);

	(void)state;
	put("monday", NULL, "LAP-7", minutes(30));
	put("monday", NULL, "lap-7.CORP.example", minutes(31));
	put("monday", NULL, "lap-7.elsewhere.example", minutes(32));
	put("monday", NULL, "lap-8.corp.example", minutes(33));
	put("monday", NULL, "lap-80", minutes(33));
	put("monday", NULL, "", minutes(34));
	told(NULL, "monday",
	     "? monday - -\n? monday - LAP-7\n? monday - lap-7.CORP.example\n"
	     "? monday - lap-7.elsewhere.example\n? monday - lap-8.corp.example\n"
	     "? monday - lap-80\n");
	(void)keep(at.s, &whole, 1);
	(void)keep(at.s, &brief, 1);
	/* Who is known by a longer name is not another of that first label. */
	told(NULL, "monday",
	     "mac:001a2b000001 monday - LAP-7\nmac:001a2b000001 monday - lap-7.CORP.example\n"
	     "mac:001a2b000002 monday - lap-8.corp.example\n"
	     "? monday - -\n? monday - lap-7.elsewhere.example\n? monday - lap-80\n");
	/* lap-8 turns out to be somebody else's. */
	whole = name_of("001a2b000002", "lap-8.other.example", 0, 60);
	(void)keep(at.s, &whole, 1);
	told("mac:001a2b000002", NULL, "");
	/* And then, that it has the longer name as well. */
	whole = name_of("001a2b000002", "lap-8.corp.example", 0, 60);
	(void)keep(at.s, &whole, 1);
	told("mac:001a2b000002", NULL, "mac:001a2b000002 monday - lap-8.corp.example\n");
}

static void of_two_with_a_name_the_one_of_that_time_is_meant_or_nobody(void **state)
{
	struct fact first = name_of("001a2b000001", "PC", 0, 60);
	struct fact second = name_of("001a2b000002", "PC", 1000, 1060);
	struct fact third = name_of("001a2b000003", "PC", 1030, 1090);

	(void)state;
	(void)keep(at.s, &first, 1);
	(void)keep(at.s, &second, 1);
	put("monday", NULL, "pc", minutes(30));
	told(NULL, "monday", "mac:001a2b000001 monday - pc\n");
	put("tuesday", NULL, "pc", minutes(2000)); /* the latest before */
	told(NULL, "tuesday", "mac:001a2b000002 tuesday - pc\n");
	put("tuesday", NULL, "pc", minutes(1050));
	told(NULL, "tuesday", "mac:001a2b000002 tuesday - pc\n");
	(void)keep(at.s, &third, 1);
	told(NULL, "tuesday", "? tuesday - pc\n"); /* both were there */
	/* One of them is forgotten: the other has it. */
	assert_int_equal(store_forget(at.s, "mac:001a2b000002", &maria), RC_OK);
	told(NULL, "tuesday", "mac:001a2b000003 tuesday - pc\n");
}

static void two_with_a_name_that_prove_to_be_one_have_it(void **state)
{
	struct fact f[2] = {name_of("001a2b000001", "PC", 0, 60),
			    name_of("001a2b000002", "PC", 0, 60)};
	struct decision apart = {false, "mac:001a2b000001", "mac:001a2b000002", 1, "maria"};
	struct decision same = {true, "mac:001a2b000001", "mac:001a2b000002", 2, "maria"};

	(void)state;
	(void)keep(at.s, f, 2);
	assert_int_equal(keep_decision(at.s, &apart, &maria), RC_OK);
	put("monday", NULL, "pc", minutes(30));
	told(NULL, "monday", "? monday - pc\n");
	assert_int_equal(keep_decision(at.s, &same, &maria), RC_OK);
	told(NULL, "monday", "mac:001a2b000001 monday - pc\n");
}

static void who_is_forgotten_has_no_posture(void **state)
{
	struct fact f[2] = {link_of("001a2b000001", "10.1.2.3", 0, 60),
			    link_of("001a2b000002", "10.1.2.4", 0, 60)};
	char *dump;

	(void)state;
	(void)keep(at.s, f, 2);
	put("monday", "10.1.2.3", "secret-name", minutes(30));
	put("monday", "10.1.2.4", "", minutes(30));
	assert_int_equal(store_forget(at.s, "mac:001a2b000001", &maria), RC_OK);
	told(NULL, "monday", "mac:001a2b000002 monday 10.1.2.4 -\n");
	/* Its body has the name, in hexadecimal here. */
	dump = dump_store(at.url, true);
	assert_null(strstr(dump, "7365637265742d6e616d65"));
	free(dump);
}

/* --- two stores --- */

static void merge(struct store *to, struct store *from, uint64_t *rows)
{
	struct keep_result sum = {0};

	if (keep_store(to, from, &sum) != RC_OK)
		fail_msg("%s", store_error(to));
	if (rows != NULL)
		*rows = sum.rows_changed;
}

static void fill(struct store *s, unsigned which)
{
	struct fact f[2] = {
		link_of("001a2b000001", "10.1.2.3", which == 1 ? 0 : 50, which == 1 ? 40 : 90),
		name_of(which == 1 ? "001a2b000001" : "001a2b000002", "LAP-7", 0, 90)};

	(void)keep(s, f, 2);
	put_assessment(s, "shared", minutes(10), which * 7 % 8);
	put_assessment(s, which == 1 ? "first" : "second", minutes(20), 1);
	(void)put_posture(s, "shared", posture_of("10.1.2.3", "", minutes(30 + which), 3), "");
	(void)put_posture(s, "shared", posture_of("10.1.2.4", "", minutes(30), which), "tie");
	(void)put_posture(s, "shared", posture_of("10.1.2.5", "", minutes(30), 1),
			  which == 1 ? "so" : "otherwise");
	(void)put_posture(s, which == 1 ? "first" : "second",
			  posture_of(NULL, "lap-7", minutes(30), 3), "");
}

static void stores_merge_the_same_either_way(void **state)
{
	struct test_store third;
	uint64_t rows = 0;
	char *a, *b;

	(void)state;
	test_store_done(&at);
	test_store_new(&at, 1);
	test_store_new(&third, 3);
	fill(at.s, 1);
	fill(other.s, 2);
	fill(third.s, 2);
	merge(third.s, at.s, &rows);
	assert_true(rows > 0);
	merge(at.s, other.s, &rows);
	assert_true(rows > 0);
	a = dump_store(at.url, true);
	b = dump_store(third.url, true);
	assert_string_equal(a, b);
	free(a);
	free(b);
	told(NULL, "shared",
	     "mac:001a2b000001 shared 10.1.2.3 -\n? shared 10.1.2.4 -: tie\n"
	     "? shared 10.1.2.5 -: so\n");
	merge(at.s, other.s, &rows);
	assert_int_equal(rows, 0);
	merge(other.s, at.s, NULL);
	merge(other.s, at.s, &rows);
	assert_int_equal(rows, 0);
	test_store_done(&third);
}

/* --- damage --- */

static void a_damaged_posture_is_named_and_hides_no_other(void **state)
{
	struct fact f[2] = {link_of("001a2b000001", "10.1.2.3", 0, 60),
			    link_of("001a2b000002", "10.1.2.4", 0, 60)};
	struct told t = {.n = 0}, one = {.n = 0};

	(void)state;
	(void)keep(at.s, f, 2);
	put("monday", "10.1.2.3", "", minutes(30));
	put("monday", "10.1.2.4", "", minutes(30));
	put("monday", "10.1.2.5", "", minutes(30));
	raw_sql(at.url,
		on_postgres() ? "UPDATE quell.posture SET body = substr(body, 1, length(body) - 1)"
				" WHERE machine = 1 OR machine IS NULL"
			      : "UPDATE posture SET body = substr(body, 1, length(body) - 1)"
				" WHERE machine = 1 OR machine IS NULL");
	assert_int_equal(store_postures(at.s, NULL, NULL, take, &t), RC_FORMAT);
	assert_string_equal(t.text, "mac:001a2b000002 monday 10.1.2.4 -\n");
	if (strstr(store_error(at.s), "mac:001a2b000001") == NULL ||
	    strstr(store_error(at.s), "monday") == NULL ||
	    strstr(store_error(at.s), "2 of 3") == NULL)
		fail_msg("%s", store_error(at.s));
	assert_int_equal(store_postures(at.s, "mac:001a2b000001", NULL, take, &one), RC_FORMAT);
	assert_int_equal(one.n, 0);
	told("mac:001a2b000002", NULL, "mac:001a2b000002 monday 10.1.2.4 -\n");
	posture_free(t.last);
	/* Assessed again, it is whole. */
	put("monday", "10.1.2.3", "", minutes(30));
	told("mac:001a2b000001", NULL, "mac:001a2b000001 monday 10.1.2.3 -\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(assessments_are_told_latest_first),
		TEST(what_is_known_is_of_several_looks),
		TEST(a_posture_comes_back_as_it_was),
		TEST(the_same_again_writes_nothing),
		TEST(what_is_not_there_is_named),
		TEST(the_latest_with_a_value_stands_for_a_machine),
		TEST(what_is_known_is_of_the_latest_looks_alone),
		TEST(machines_come_first_then_names_then_addresses),
		TEST(a_posture_follows_whoever_had_the_address),
		TEST(a_posture_without_an_address_follows_the_name),
		TEST(of_two_with_a_name_the_one_of_that_time_is_meant_or_nobody),
		TEST(two_with_a_name_that_prove_to_be_one_have_it),
		TEST(who_is_forgotten_has_no_posture),
		TEST(stores_merge_the_same_either_way),
		TEST(a_damaged_posture_is_named_and_hides_no_other),
	};

	return cmocka_run_group_tests_name("store_postures", tests, NULL, NULL);
}
