/* Security identifiers, and who a security descriptor lets write. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "assess/shares.h"

static const struct {
	const char *text, *name; /* NULL: not one that everybody has */
	bool is_sid;
} texts[] = {
	{"S-1-1-0", "Everyone", true},
	{"S-1-5-32-544", "BUILTIN\\Administrators", true},
	{"S-1-5-21-1-2-3-500", NULL, true},
	{"S-1-281474976710655-4294967295", NULL, true},
	{"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", NULL, true},
	{"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", NULL, false},
	{"S-1-5-4294967296", NULL, false},
	{"S-1-281474976710656", NULL, false},
	{"S-256-5", NULL, false},
	{"S-1-5-", NULL, false},
	{"S-1-5--3", NULL, false},
	{"S-1-5-3x", NULL, false},
	{"X-1-5", NULL, false},
	{"", NULL, false},
};

static void texts_are_read_and_written(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint8_t room[80];
		struct writer w = {.at = room, .cap = sizeof(room)};
		struct reader r;
		struct sid s = {0}, again = {0};
		char text[SID_TEXT];

		print_message("           %s\n", texts[i].text);
		assert_int_equal(sid_parse(texts[i].text, &s), texts[i].is_sid);
		if (!texts[i].is_sid)
			continue;
		assert_string_equal(sid_text(&s, text), texts[i].text);
		if (texts[i].name == NULL)
			assert_null(sid_well_known(&s));
		else
			assert_string_equal(sid_well_known(&s), texts[i].name);
		sid_write(&w, &s);
		for (size_t cut = 0; cut < w.len; cut++) {
			r = (struct reader){.rest = {room, cut}};
			assert_false(sid_read(&r, &again));
		}
		r = (struct reader){.rest = {room, w.len}};
		assert_true(sid_read(&r, &again));
		assert_true(sid_eq(&s, &again));
		assert_int_equal(r.rest.len, 0);
	}
}

static void a_sid_of_more_than_15_parts_is_none(void **unused)
{
	uint8_t room[80] = {1, 16};
	struct reader r = {.rest = {room, sizeof(room)}};
	struct sid s;

	(void)unused;
	assert_false(sid_read(&r, &s));
}

enum { FULL = 0x1f01ff, CHANGE = 0x1301bf, READ = 0x1200a9 };

static const struct {
	const char *what;
	struct {
		uint8_t type, flags;
		uint32_t mask;
		const char *sid;
	} aces[4];
	size_t n;
	const char *writers[4];
} cases[] = {
	{"full and change write, reading does not",
	 {{ACE_ALLOW, 0, READ, "S-1-1-0"},
	  {ACE_ALLOW, 0, FULL, "S-1-5-32-544"},
	  {ACE_ALLOW, 0, CHANGE, "S-1-5-21-1-2-3-1001"}},
	 3,
	 {"S-1-5-32-544", "S-1-5-21-1-2-3-1001"}},
	{"nobody at all", {{0}}, 0, {NULL}},
	{"denied first, allowed later",
	 {{ACE_DENY, 0, FULL, "S-1-1-0"}, {ACE_ALLOW, 0, FULL, "S-1-1-0"}},
	 2,
	 {NULL}},
	{"allowed first, denied later: the first counts",
	 {{ACE_ALLOW, 0, FULL, "S-1-1-0"}, {ACE_DENY, 0, FULL, "S-1-1-0"}},
	 2,
	 {"S-1-1-0"}},
	{"denied to read is not denied to write",
	 {{ACE_DENY, 0, 0x1, "S-1-1-0"}, {ACE_ALLOW, 0, FULL, "S-1-1-0"}},
	 2,
	 {"S-1-1-0"}},
	{"for what is below only", {{ACE_ALLOW, ACE_INHERIT_ONLY, FULL, "S-1-1-0"}}, 1, {NULL}},
	{"twice the same",
	 {{ACE_ALLOW, 0, CHANGE, "S-1-1-0"}, {ACE_ALLOW, 0, FULL, "S-1-1-0"}},
	 2,
	 {"S-1-1-0"}},
	{"generic rights", {{ACE_ALLOW, 0, 0x10000000, "S-1-5-11"}}, 1, {"S-1-5-11"}},
	{"who may change the rights may write",
	 {{ACE_ALLOW, 0, 0x40000, "S-1-5-11"}},
	 1,
	 {"S-1-5-11"}},
	{"an entry of another kind is passed over",
	 {{17, 0, FULL, "S-1-1-0"}, {ACE_ALLOW, 0, FULL, "S-1-5-11"}},
	 2,
	 {"S-1-5-11"}},
};

static size_t build(size_t i, uint8_t *room, size_t cap)
{
	struct ace aces[4] = {{0}};
	struct writer w = {.at = room, .cap = cap};

	for (size_t k = 0; k < cases[i].n; k++) {
		aces[k].type = cases[i].aces[k].type;
		aces[k].flags = cases[i].aces[k].flags;
		aces[k].mask = cases[i].aces[k].mask;
		assert_true(sid_parse(cases[i].aces[k].sid, &aces[k].sid));
	}
	secdesc_write(&w, aces, cases[i].n);
	assert_false(w.bad);
	return w.len;
}

static void writers_are_found(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t room[256];
		size_t len = build(i, room, sizeof(room)), n = 0, want = 0;
		struct sid sids[SHARE_WRITERS_MAX];
		char text[SID_TEXT];

		print_message("           %s\n", cases[i].what);
		assert_int_equal(share_writers((struct bytes){room, len}, sids, &n),
				 WRITERS_LISTED);
		for (; want < 4 && cases[i].writers[want] != NULL; want++) {
			assert_true(want < n);
			assert_string_equal(sid_text(&sids[want], text), cases[i].writers[want]);
		}
		assert_int_equal(n, want);
		/* A part of it says nothing, rather than less. */
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(share_writers((struct bytes){room, cut}, sids, &n),
					 WRITERS_UNKNOWN);
	}
}

static void no_list_is_everybody(void **unused)
{
	uint8_t room[20] = {1, 0, 0x00, 0x80}; /* no DACL present */
	struct sid sids[SHARE_WRITERS_MAX];
	size_t n = 0;

	(void)unused;
	assert_int_equal(share_writers((struct bytes){room, 20}, sids, &n), WRITERS_ALL);
	room[2] = 4; /* present, and none */
	assert_int_equal(share_writers((struct bytes){room, 20}, sids, &n), WRITERS_ALL);
	room[3] = 0; /* its parts are elsewhere, in somebody's memory */
	assert_int_equal(share_writers((struct bytes){room, 20}, sids, &n), WRITERS_UNKNOWN);
	room[3] = 0x80;
	room[16] = 4; /* the list lies in the head */
	assert_int_equal(share_writers((struct bytes){room, 20}, sids, &n), WRITERS_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_read_and_written),
		cmocka_unit_test(a_sid_of_more_than_15_parts_is_none),
		cmocka_unit_test(writers_are_found),
		cmocka_unit_test(no_list_is_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
