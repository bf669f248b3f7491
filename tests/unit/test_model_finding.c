/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "model/finding.h"

static struct finding sighting(uint64_t at, unsigned confidence, const char *why)
{
	struct finding f = {.threat = "ms08-067",
			    .class = CLASS_EXPLOIT,
			    .count = 1,
			    .first_ns = at,
			    .last_ns = at,
			    .packets = {at},
			    .n_packets = 1,
			    .confidence = confidence};

	snprintf(f.why, sizeof(f.why), "%s", why);
	return f;
}

static struct detail detail(const struct finding *f, const char *key)
{
	struct detail d = {0};

	assert_true(finding_detail_get(f, key, &d));
	return d;
}

static void class_names_are_read_back(void **state)
{
	enum finding_class class = CLASS_SCAN;

	(void)state;
	for (unsigned c = 0; c < CLASSES; c++) {
		assert_int_equal(
			finding_class_parse(finding_class_name((enum finding_class)c), &class),
			RC_OK);
		assert_int_equal(class, c);
	}
	assert_int_equal(finding_class_parse("Exploit", &class), RC_INVAL);
	assert_string_equal(finding_class_name(CLASSES), "unknown");
}

static void details_are_replaced_and_a_full_list_keeps_what_it_has(void **state)
{
	struct finding f = {0};

	(void)state;
	finding_detail_number(&f, "port", 445);
	finding_detail_text(&f, "port", "many");
	assert_int_equal(f.n_details, 1);
	assert_false(detail(&f, "port").is_number);
	assert_string_equal(detail(&f, "port").text, "many");
	for (unsigned i = 0; i < 2 * FINDING_DETAILS; i++) {
		char key[8];

		snprintf(key, sizeof(key), "k%u", i);
		finding_detail_number(&f, key, i);
	}
	assert_int_equal(f.n_details, FINDING_DETAILS);
	assert_string_equal(detail(&f, "port").text, "many");
	finding_detail_number(&f, "k3", 33);
	assert_int_equal(detail(&f, "k3").number, 33);
}

static void details_keep_their_places_whatever_becomes_of_them(void **state)
{
	static const char *const keys[] = {"a", "b", "c"};
	struct finding f = {0};
	struct detail d;
	unsigned i = 0;

	(void)state;
	for (i = 0; i < 3; i++)
		finding_detail_number(&f, keys[i], i);
	finding_detail_text(&f, "b", "longer than the number that was here");
	finding_detail_text(&f, "a", "");
	finding_detail_text(&f, "b", "short");
	i = 0;
	for (unsigned at = 0; finding_detail_next(&f, &at, &d); i++)
		assert_string_equal(d.key, keys[i]);
	assert_int_equal(i, 3);
	assert_string_equal(detail(&f, "a").text, "");
	assert_false(detail(&f, "a").is_number);
	assert_string_equal(detail(&f, "b").text, "short");
	assert_int_equal(detail(&f, "c").number, 2);
	assert_false(finding_detail_get(&f, "", &d));
	assert_false(finding_detail_get(&f, "aa", &d));
}

static void details_too_long_for_the_room_are_dropped_whole(void **state)
{
	struct finding f = {0};
	char text[DETAIL_TEXT], key[8];
	unsigned kept;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	finding_detail_text(&f, "small", "1");
	for (unsigned i = 0; i < FINDING_DETAILS; i++) {
		snprintf(key, sizeof(key), "k%u", i);
		finding_detail_text(&f, key, text);
	}
	kept = f.n_details;
	assert_true(kept > 1 && kept < FINDING_DETAILS);
	assert_true(f.details_len <= FINDING_DETAIL_BYTES);
	finding_detail_text(&f, "small", text); /* no room to grow either */
	assert_string_equal(detail(&f, "small").text, "1");
	assert_string_equal(detail(&f, "k0").text, text);
	finding_detail_text(&f, "k0", "gives way");
	finding_detail_text(&f, "last", "has room now");
	assert_int_equal(f.n_details, kept + 1);
	assert_string_equal(detail(&f, "last").text, "has room now");
}

static void a_detail_is_cut_at_a_character_and_always_utf8(void **state)
{
	struct finding f = {0};
	char text[2 * DETAIL_TEXT + 1];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	text[sizeof(text) - 1] = '\0';
	finding_detail_text(&f, "path", text);
	assert_int_equal(strlen(detail(&f, "path").text), DETAIL_TEXT - 2);
	finding_detail_text(&f, "path", "\xff");
	assert_string_equal(detail(&f, "path").text, "\xef\xbf\xbd");
}

static void a_sighting_adds_and_keeps_the_first_packets(void **state)
{
	struct finding a = sighting(100, 90, "first");

	(void)state;
	for (uint64_t at = 101; at < 120; at++) {
		struct finding b = sighting(at, 90, "later");

		finding_add(&a, &b);
	}

	struct finding early = sighting(7, 50, "earlier, but less sure");

	finding_add(&a, &early);
	assert_int_equal(a.count, 21);
	assert_int_equal(a.n_packets, FINDING_PACKETS);
	assert_int_equal(a.packets[0], 7);
	assert_int_equal(a.packets[7], 106);
	assert_int_equal(a.first_ns, 7);
	assert_int_equal(a.last_ns, 119);
	assert_string_equal(a.why, "first");
}

static void the_surer_account_is_kept_whichever_came_first(void **state)
{
	struct finding weak = sighting(1, 50, "weak"), strong = sighting(2, 90, "strong");
	struct finding a = weak, b = strong;

	(void)state;
	finding_detail_text(&a, "how", "weak");
	finding_detail_text(&a, "only", "weak");
	finding_detail_text(&b, "how", "strong");
	weak = a;
	strong = b;
	finding_add(&a, &strong);
	finding_add(&b, &weak);
	assert_string_equal(a.why, "strong");
	assert_string_equal(b.why, "strong");
	assert_int_equal(a.confidence, 90);
	assert_int_equal(a.n_details, 2);
	assert_int_equal(b.n_details, 2);
	assert_string_equal(detail(&a, "how").text, "strong");
	assert_string_equal(detail(&b, "how").text, "strong");
}

static void the_longer_of_two_accounts_of_one_thing_is_kept(void **state)
{
	struct finding a = sighting(5, 80, "4 machines"), b = sighting(5, 80, "40 machines");

	(void)state;
	b.last_ns = 50;
	finding_add(&a, &b);
	assert_string_equal(a.why, "40 machines");
	assert_int_equal(a.last_ns, 50);
	assert_int_equal(a.n_packets, 1); /* the same frame is listed once */
}

static void findings_sort_by_threat_class_source_and_target(void **state)
{
	struct finding in_order[5];

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		in_order[i] = sighting(9, 50, "");
		in_order[i].source = addr_v4(10);
	}
	snprintf(in_order[0].threat, sizeof(in_order[0].threat), "arp-scan");
	in_order[2].has_target = true;
	in_order[2].target = addr_v4(1);
	in_order[3].has_target = true;
	in_order[3].target = addr_v4(2);
	in_order[4].class = CLASS_CHECK;
	for (int i = 0; i < 5; i++) {
		for (int j = 0; j < 5; j++) {
			int got = finding_cmp(&in_order[i], &in_order[j]);

			assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(class_names_are_read_back),
		cmocka_unit_test(details_are_replaced_and_a_full_list_keeps_what_it_has),
		cmocka_unit_test(details_keep_their_places_whatever_becomes_of_them),
		cmocka_unit_test(details_too_long_for_the_room_are_dropped_whole),
		cmocka_unit_test(a_detail_is_cut_at_a_character_and_always_utf8),
		cmocka_unit_test(a_sighting_adds_and_keeps_the_first_packets),
		cmocka_unit_test(the_surer_account_is_kept_whichever_came_first),
		cmocka_unit_test(the_longer_of_two_accounts_of_one_thing_is_kept),
		cmocka_unit_test(findings_sort_by_threat_class_source_and_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
