/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "base/monotime.h"
#include "base/when.h"
#include "model/machine.h"
#include "model/query.h"

/* 2026-11-24T04:00:00Z */
static uint64_t now(void)
{
	uint64_t ns = 0;

	assert_int_equal(when_parse("2026-11-24T04:00:00Z", &ns), RC_OK);
	return ns;
}

static void terms_are_taken_apart_and_printed(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", ""},
		{"  \t\n ", ""},
		{"lap-7", "lap-7"},
		{"verdict:infected os:xp", "verdict:infected os:xp"},
		{"  OS:Xp   -tag:kiosk ", "os:Xp -tag:kiosk"},
		{"verdict:inf verdict:SUSP verdict:no-evidence",
		 "verdict:infected verdict:suspected verdict:no-evidence"},
		{"note:\"two words\"", "note:\"two words\""},
		{"note:\"a \\\"b\\\" \\\\ c\\d\"", "note:\"a \\\"b\\\" \\\\ c\\\\d\""},
		{"user:CORP\\jane", "user:CORP\\jane"},
		{"owner: -place:", "owner: -place:"},
		{"note:\"\"", "note:"},
		{"net:10.1.0.0/16", "net:10.1.0.0/16"},
		{"ip:10.1.2.3", "net:10.1.2.3/32"},
		{"notes:x", "note:x"},
		{"10.1.2.3 10.0.0.0/8", "net:10.1.2.3/32 net:10.0.0.0/8"},
		{"fe80::1 -dead:beef::/32", "net:fe80::1/128 -net:dead:beef::/32"},
		{"\"10.1.2.3\"", "\"10.1.2.3\""},
		{"00-1A-2B-3C-4D-5E", "mac:00:1a:2b:3c:4d:5e"},
		{"001a.2b3c.4d5e", "mac:00:1a:2b:3c:4d:5e"},
		{"aa:bb:cc", "mac:aa:bb:cc"},
		{"mac:001a2b", "mac:00:1a:2b"},
		{"mac:1A2", "mac:1a:2"},
		{"mac:", "mac:"},
		{"net:", "net:"},
		{"id:mac:001a id:=mac:001a2b3c4d5e id:=", "id:mac:001a id:=mac:001a2b3c4d5e id:="},
		{"threat:", "threat:"},
		{"\"aa:bb:cc\"", "\"aa:bb:cc\""},
		{"\"a:b\"", "\"a:b\""},
		{"-\"-x\"", "-\"-x\""},
		{"name:corp/pc-0042", "id:name:corp/pc-0042"},
		{"name:pc-0042", "name:pc-0042"},
		{"importance:3 importance:>3 importance:>=3 importance:<3 importance:<=3",
		 "importance:3 importance:>=4 importance:>=3 importance:<=2 importance:<=3"},
		{"importance:", "importance:"},
		{"in:wire -in:LIST in:asked", "in:wire -in:list in:asked"},
		{"seen:<1h", "seen:>2026-11-24T03:00:00.000000Z"},
		{"seen:1h", "seen:>2026-11-24T03:00:00.000000Z"},
		{"last:>2d", "seen:<2026-11-22T04:00:00.000000Z"},
		{"first:>2026-11-01", "first:>2026-11-01T00:00:00.000000Z"},
		{"first:<=2026-11-01T10:00+01:00", "first:<2026-11-01T09:00:00.000000Z"},
		{"seen:<90w", "seen:>2025-03-04T04:00:00.000000Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct query q = {.n_terms = 0};
		char err[200] = "", text[QUERY_TEXT];

		if (query_parse(rows[i].text, now(), &q, err, sizeof(err)) != RC_OK)
			fail_msg("%s", err);
		assert_string_equal(query_print(&q, text), rows[i].want);
	}
}

static void what_cannot_be_understood_is_explained(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"vendro:dell", "vendro:dell: there is no field 'vendro'; did you mean 'vendor'?"},
		{"a_very_long_field_name:x", "a_very_long_field_name:x: there is no such field"},
		{"verdict:clean", "verdict:clean: a verdict is one of: infected, suspected, "
				  "scanner, targeted or no-evidence"},
		{"verdict:", "verdict:: a verdict is one of: infected, suspected, scanner, "
			     "targeted or no-evidence"},
		{"verdict:in", "verdict:in: a verdict is one of: infected, suspected, scanner, "
			       "targeted or no-evidence"},
		{"net:10.1.2.3/16", "net:10.1.2.3/16: 10.1.2.3/16 is no network: the bits after "
				    "the prefix must be zero"},
		{"net:10.1", "net:10.1: a network is as 10.1.0.0/16 or fd00::/8, an address as "
			     "10.1.2.3"},
		{"mac:dell", "mac:dell: a MAC is as 00:1a:2b:3c:4d:5e, or the beginning of one"},
		{"mac:001a2b3c4d5e6f",
		 "mac:001a2b3c4d5e6f: a MAC is as 00:1a:2b:3c:4d:5e, or the beginning of one"},
		{"seen:2026-11-01", "seen:2026-11-01: before or after? seen:<2026-11-01 or "
				    "seen:>2026-11-01"},
		{"seen:yesterday",
		 "seen:yesterday: a time is as seen:<1h, seen:>2d or seen:>2026-11-01T09:30"},
		{"seen:", "seen:: a time is as seen:<1h, seen:>2d or seen:>2026-11-01T09:30"},
		{"importance:6", "importance:6: from 0 to 5, as in importance:3 or importance:>=3"},
		{"importance:>5", "importance:>5: there is none: it is from 0 to 5"},
		{"importance:<0", "importance:<0: there is none: it is from 0 to 5"},
		{"in:cellar", "in:cellar: where from? in:wire, in:list or in:asked"},
		{"in:", "in:: where from? in:wire, in:list or in:asked"},
		{"note:\"open", "note:\"open: the closing quote is missing"},
		{"note:\"a\"b", "note:\"a\"b: a blank is missing after the closing quote"},
		{"- x", "- x: what is not to be there? A term follows '-' at once"},
		{"\"\"", "\"\": an empty word finds nothing"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct query q = {.n_terms = 0};
		char err[200] = "";

		assert_int_equal(query_parse(rows[i].text, now(), &q, err, sizeof(err)), RC_INVAL);
		assert_string_equal(err, rows[i].want);
		assert_int_equal(q.n_terms, 0);
	}
}

static void terms_of_several_words_add_up_to_a_limit(void **state)
{
	struct query q = {.n_terms = 0};
	char err[200] = "", long_word[140];

	(void)state;
	for (unsigned i = 0; i < QUERY_TERMS; i++)
		assert_int_equal(query_parse("x", 0, &q, err, sizeof(err)), RC_OK);
	assert_int_equal(query_parse("os:xp", 0, &q, err, sizeof(err)), RC_INVAL);
	assert_string_equal(err, "os:xp: more than 32 terms");
	assert_int_equal(q.n_terms, QUERY_TERMS);

	q.n_terms = 0;
	memset(long_word, 'x', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_int_equal(query_parse(long_word, 0, &q, err, sizeof(err)), RC_INVAL);
	assert_non_null(strstr(err, ": longer than 127 bytes"));
	assert_int_equal(query_parse(long_word + 12, 0, &q, err, sizeof(err)), RC_OK);
}

static void terms_say_what_the_store_needs(void **state)
{
	struct query q = {.n_terms = 0};
	char err[200] = "";

	(void)state;
	assert_int_equal(query_parse("seen:<100w importance:>2 in:asked owner: -name:Lap", 1000000,
				     &q, err, sizeof(err)),
			 RC_OK);
	assert_int_equal(q.n_terms, 5);
	assert_int_equal(q.terms[0].op, QUERY_AFTER);
	assert_int_equal(q.terms[0].at_ns, 0); /* not before 1970 */
	assert_int_equal(q.terms[1].op, QUERY_AT_LEAST);
	assert_int_equal(q.terms[1].number, 3);
	assert_int_equal(q.terms[2].number, MACHINE_ASKED);
	assert_int_equal(q.terms[3].op, QUERY_EMPTY);
	assert_int_equal(q.terms[4].op, QUERY_HAS);
	assert_true(q.terms[4].is_not);
	assert_string_equal(q.terms[4].text, "Lap");
}

static void an_id_can_be_asked_for_exactly(void **state)
{
	struct query q = {.n_terms = 0};
	char err[200] = "";

	(void)state;
	assert_int_equal(query_parse("id:=ip:10.1.2.3 id:ip:10.1.2.3", 0, &q, err, sizeof(err)),
			 RC_OK);
	assert_int_equal(q.terms[0].op, QUERY_IS);
	assert_string_equal(q.terms[0].text, "ip:10.1.2.3");
	assert_int_equal(q.terms[1].op, QUERY_HAS);
}

static void sorting_begins_with_what_matters(void **state)
{
	static const struct {
		const char *field, *want;
		bool is_descending;
	} rows[] = {
		{"name", "name", false},
		{"-name", "name", true},
		{"seen", "seen", true},
		{"-seen", "seen", false},
		{"verdict", "verdict", true},
		{"ip", "net", false},
		{"importance", "importance", true},
	};
	struct query q = {.n_terms = 0};
	char err[200] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(query_sort(rows[i].field, &q, err, sizeof(err)), RC_OK);
		assert_string_equal(q.sort, rows[i].want);
		assert_int_equal(q.is_descending, rows[i].is_descending);
	}
	assert_int_equal(query_sort("nmae", &q, err, sizeof(err)), RC_INVAL);
	assert_string_equal(err, "nmae: there is no such field to sort by; did you mean 'name'?");
	assert_int_equal(query_sort("", &q, err, sizeof(err)), RC_INVAL);
	assert_int_equal(query_sort("-", &q, err, sizeof(err)), RC_INVAL);
	assert_int_equal(query_sort("tag", &q, err, sizeof(err)), RC_INVAL);
	assert_string_equal(err, "tag: a machine can have several; sort by name, user, seen, ...");
}

static void a_negated_term_is_not_an_option(void **state)
{
	(void)state;
	assert_true(query_is_negated_term("-tag:kiosk"));
	assert_true(query_is_negated_term("-OS:xp"));
	assert_true(query_is_negated_term("-owner:"));
	assert_false(query_is_negated_term("-o"));
	assert_false(query_is_negated_term("-o:json"));
	assert_false(query_is_negated_term("--tag:kiosk"));
	assert_false(query_is_negated_term("tag:kiosk"));
	assert_false(query_is_negated_term("-"));
	assert_false(query_is_negated_term(""));
}

static void every_field_has_a_name_and_a_help(void **state)
{
	(void)state;
	for (unsigned f = 0; f < QUERY_FIELDS; f++) {
		assert_true((query_field_name((enum query_field)f)[0] == '\0') ==
			    (f == QUERY_WORD));
		assert_true(query_field_help((enum query_field)f)[0] != '\0');
	}
	assert_string_equal(query_field_name(QUERY_FIELDS), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_are_taken_apart_and_printed),
		cmocka_unit_test(what_cannot_be_understood_is_explained),
		cmocka_unit_test(terms_of_several_words_add_up_to_a_limit),
		cmocka_unit_test(terms_say_what_the_store_needs),
		cmocka_unit_test(an_id_can_be_asked_for_exactly),
		cmocka_unit_test(sorting_begins_with_what_matters),
		cmocka_unit_test(a_negated_term_is_not_an_option),
		cmocka_unit_test(every_field_has_a_name_and_a_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
