/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "store_facts.h"

static struct test_store at;
static const struct audit_by maria = {"maria (uid 1000) on lap-9", UINT64_C(1750000000000000000)};

/* Four machines: a laptop with XP, a Windows 10 desk, a printer by its address alone, a router. */
static int set_up(void **state)
{
	struct fact f[] = {
		fact_of(FACT_LINK, "", "001a2b000001", "10.1.2.3", minutes(0), minutes(60)),
		fact_of(FACT_NAME, "LAP-7", "001a2b000001", "10.1.2.3", minutes(0), minutes(60)),
		fact_of(FACT_USER, "CORP\\Maria", "001a2b000001", "10.1.2.3", minutes(0),
			minutes(9)),
		fact_of(FACT_OS, "Windows XP", "001a2b000001", "10.1.2.3", minutes(0), minutes(9)),
		fact_of(FACT_LINK, "", "001a2b000002", "10.2.0.9", minutes(0), minutes(5000)),
		fact_of(FACT_NAME, "DESK-1", "001a2b000002", "10.2.0.9", minutes(0), minutes(5000)),
		fact_of(FACT_OS, "Windows 10", "001a2b000002", "10.2.0.9", minutes(0), minutes(50)),
		fact_of(FACT_OWNER, "J\xc3\xbcrgen \xc3\x96zil", "001a2b000002", "10.2.0.9",
			minutes(0), minutes(50)),
		fact_of(FACT_ROLE, "printer", NULL, "10.1.7.7", minutes(0), minutes(100)),
		fact_of(FACT_LINK, "", "001a2b000004", "2001:db8::4", minutes(0), minutes(200)),
		fact_of(FACT_PLACE, "100% cellar_2", "001a2b000004", "2001:db8::4", minutes(0),
			minutes(200)),
	};

	(void)state;
	f[7].source = f[10].source = FROM_LIST_CSV;
	test_store_new(&at, 1);
	(void)keep(at.s, f, sizeof(f) / sizeof(f[0]));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_store_done(&at);
	return 0;
}

struct listed {
	char ids[256];
	size_t n;
};

static bool take(void *ctx, const struct store_row *r)
{
	struct listed *l = ctx;
	size_t len = strlen(l->ids);

	/* The last character tells them apart. */
	snprintf(l->ids + len, sizeof(l->ids) - len, "%c", r->id[strlen(r->id) - 1]);
	l->n++;
	return true;
}

static struct listed list_of(const char *filter, const char *sort, uint64_t *ret_total)
{
	struct listed l = {{0}, 0};
	struct query q = {0};
	char err[256] = "";

	if (query_parse(filter, minutes(5060), &q, err, sizeof(err)) != RC_OK)
		fail_msg("%s: %s", filter, err);
	if (sort != NULL && query_sort(sort, &q, err, sizeof(err)) != RC_OK)
		fail_msg("%s: %s", sort, err);
	q.limit = ret_total != NULL ? 1 : 0;
	if (store_list(at.s, &q, take, &l, ret_total) != RC_OK)
		fail_msg("%s: %s", filter, store_error(at.s));
	return l;
}

static void filters_find_what_they_say(void **state)
{
	static const struct {
		const char *filter, *want; /* sorted by id, reversed by "seen" in tests below */
	} cases[] = {
		{"", "2471"},
		{"os:xp", "1"},
		{"-os:windows", "47"},
		{"os:", "47"},
		{"-os:", "21"},
		{"name:lap", "1"},
		{"lap-7", "1"},
		{"LAP", "1"},
		{"10.1.2.3", "1"},
		{"10.1.", "71"},
		{"net:10.1.0.0/16", "71"},
		{"net:10.0.0.0/8", "271"},
		{"net:2001:db8::/32", "4"},
		{"net:::/0", "2471"},
		{"-net:10.0.0.0/8", "4"},
		{"user:maria", "1"},
		{"user:corp", "1"},
		{"maria", "1"},
		{"mac:00-1a-2b", "241"},
		{"mac:0002", "2"},
		{"role:printer", "7"},
		{"role:print", ""},
		{"owner:\"J\xc3\x9cRGEN\"", "2"},
		{"owner:\xc3\xb6zil", "2"},
		{"-owner:", "2"},
		{"place:100%", "4"},
		{"place:%", "4"},
		{"place:r_2", "4"},
		{"place:r!2", ""},
		{"place:_", "4"},
		{"seen:<2h", "2"},
		{"seen:>2h", "471"},
		{"in:list", "24"},
		{"os:windows name:desk", "2"},
		{"os:windows name:nobody", ""},
		{"verdict:infected", ""},
		{"verdict:no-evidence", "2471"},
		{"tag:kiosk", ""},
		{"importance:>=1", ""},
		{"importance:0", "2471"},
		{"threat:ms08-067", ""},
		{"'; DROP TABLE machine; --", ""},
		{"id:000001", "1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct listed l = list_of(cases[i].filter, NULL, NULL);

		if (strcmp(l.ids, cases[i].want) != 0)
			fail_msg("%s: %s, should be %s", cases[i].filter, l.ids, cases[i].want);
	}
}

static void lists_are_sorted_and_cut(void **state)
{
	uint64_t total = 0;

	(void)state;
	assert_string_equal(list_of("", "seen", NULL).ids, "2471");
	assert_string_equal(list_of("", "-seen", NULL).ids, "1742");
	assert_string_equal(list_of("", "name", NULL).ids, "2174"); /* without a name: last */
	assert_string_equal(list_of("", "-name", NULL).ids, "1274");
	assert_string_equal(list_of("", "net", NULL).ids, "1724");
	assert_string_equal(list_of("os:windows", "os", NULL).ids, "21");
	assert_string_equal(list_of("net:10.0.0.0/8", "seen", &total).ids, "2");
	assert_int_equal(total, 3);
}

static void take_attributes(void *ctx, const struct store_attribute *a)
{
	char *to = ctx;
	size_t len = strlen(to);

	snprintf(to + len, 256 - len, "%s=%s;", a->key, a->value);
}

static bool take_audit(void *ctx, const struct store_audit *a)
{
	char *to = ctx;
	size_t len = strlen(to);

	assert_string_equal(a->who, maria.who);
	snprintf(to + len, 1024 - len, "%s %s;", a->act, a->text);
	return true;
}

static void the_operators_word_counts_and_is_audited(void **state)
{
	const char *lap = "mac:001a2b000001", *desk = "mac:001a2b000002";
	char words[256] = "", audit[1024] = "";

	(void)state;
	assert_int_equal(store_set(at.s, lap, "place", "room 214", &maria), RC_OK);
	assert_int_equal(store_set(at.s, lap, "place", "room 214", &maria), RC_OK);
	assert_int_equal(store_set(at.s, lap, "place", "room 215", &maria), RC_OK);
	assert_int_equal(store_set(at.s, lap, "importance", "4", &maria), RC_OK);
	assert_int_equal(store_tag(at.s, lap, "Kiosk", true, &maria), RC_OK);
	assert_int_equal(store_tag(at.s, lap, "lab", true, &maria), RC_OK);
	assert_int_equal(store_tag(at.s, lap, "lab", false, &maria), RC_OK);
	assert_int_equal(store_set(at.s, desk, "owner", "Eve", &maria), RC_OK);
	assert_string_equal(list_of("place:215", NULL, NULL).ids, "1");
	assert_string_equal(list_of("place:214", NULL, NULL).ids, "");
	assert_string_equal(list_of("importance:>=3", NULL, NULL).ids, "1");
	assert_string_equal(list_of("tag:KIOSK", NULL, NULL).ids, "1");
	assert_string_equal(list_of("tag:lab", NULL, NULL).ids, "");
	assert_string_equal(list_of("owner:eve", NULL, NULL).ids, "2");
	assert_string_equal(list_of("owner:\xc3\xb6zil", NULL, NULL).ids, "");
	assert_int_equal(store_attributes(at.s, lap, take_attributes, words), RC_OK);
	assert_string_equal(words, "importance=4;place=room 215;tag=kiosk;");
	assert_int_equal(store_set(at.s, desk, "owner", "", &maria), RC_OK); /* taken back */
	assert_string_equal(list_of("owner:\xc3\xb6zil", NULL, NULL).ids, "2");
	assert_int_equal(store_audit(at.s, lap, 10, take_audit, audit), RC_OK);
	assert_string_equal(audit, "untag lab;tag lab;tag kiosk;set importance: \"4\";"
				   "set place: \"room 215\", was \"room 214\";"
				   "set place: \"room 214\";");
}

static void nonsense_is_refused(void **state)
{
	const char *lap = "mac:001a2b000001";

	(void)state;
	assert_int_equal(store_set(at.s, lap, "colour", "red", &maria), RC_INVAL);
	assert_int_equal(store_set(at.s, lap, "importance", "6", &maria), RC_INVAL);
	assert_int_equal(store_set(at.s, lap, "importance", "10", &maria), RC_INVAL);
	assert_int_equal(store_tag(at.s, lap, "two words", true, &maria), RC_INVAL);
	assert_int_equal(store_tag(at.s, lap, "", true, &maria), RC_INVAL);
	assert_int_equal(store_set(at.s, "mac:none", "place", "x", &maria), RC_END);
	assert_int_equal(store_forget(at.s, "mac:none", &maria), RC_END);
}

static void what_is_forgotten_is_gone(void **state)
{
	const char *lap = "mac:001a2b000001";
	char audit[1024] = "", *all;
	struct store_ids ids = {0};

	(void)state;
	assert_int_equal(store_set(at.s, lap, "owner", "Maria Musterfrau", &maria), RC_OK);
	assert_int_equal(store_forget(at.s, lap, &maria), RC_OK);
	assert_string_equal(list_of("", NULL, NULL).ids, "247");
	assert_int_equal(store_find(at.s, "corp\\maria", 0, 5, &ids), RC_OK);
	assert_int_equal(ids.n, 0);
	assert_int_equal(store_audit(at.s, lap, 10, take_audit, audit), RC_OK);
	assert_string_equal(audit, "forget ;set ;");
	all = dump_store(at.url, true);
	assert_null(strstr(all, "Musterfrau"));
	assert_null(strstr(all, "Maria"));
	free(all);
}

static void machines_are_merged_and_split(void **state)
{
	const char *lap = "mac:001a2b000001", *desk = "mac:001a2b000002";
	struct decision d = {true, lap, desk, minutes(6000), maria.who};
	struct fact f;

	(void)state;
	assert_int_equal(store_set(at.s, lap, "place", "room 214", &maria), RC_OK);
	assert_int_equal(keep_decision(at.s, &d, &maria), RC_OK);
	assert_int_equal(list_of("", NULL, NULL).n, 3);
	assert_int_equal(list_of("place:214", NULL, NULL).n, 1);
	/* New facts do not undo it. */
	f = fact_of(FACT_LINK, "", "001a2b000001", "10.1.2.3", minutes(6001), minutes(6002));
	(void)keep(at.s, &f, 1);
	assert_int_equal(list_of("", NULL, NULL).n, 3);
	d.is_same = false;
	d.at_ns++;
	d.a = "mac:001a2b000001";
	assert_int_equal(keep_decision(at.s, &d, &maria), RC_OK);
	assert_int_equal(list_of("", NULL, NULL).n, 4);
	d.b = "mac:00ffffffffff";
	assert_int_equal(keep_decision(at.s, &d, &maria), RC_END);
	assert_non_null(strstr(store_error(at.s), "mac:00ffffffffff"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(filters_find_what_they_say),
		TEST(lists_are_sorted_and_cut),
		TEST(the_operators_word_counts_and_is_audited),
		TEST(nonsense_is_refused),
		TEST(what_is_forgotten_is_gone),
		TEST(machines_are_merged_and_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
