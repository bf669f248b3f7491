/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "inventory/hosts.h"
#include "inventory/who.h"
#include "report/facts.h"

static uint64_t at(const char *text)
{
	uint64_t ns = 0;

	assert_int_equal(when_parse(text, &ns), RC_OK);
	return ns;
}

/* A machine that has everything, some of it hostile. */
static struct store_row laptop(void)
{
	return (struct store_row){
		.id = "mac:001a2b3c4d5e",
		.name = "LAP-7",
		.fqdn = "lap-7.corp.example",
		.domain = "CORP",
		.user = "CORP\\jane",
		.os = "Windows XP",
		.vendor = "Dell",
		.place = "switch 2nd-floor, Gi1/0/17",
		.owner = "Jane \"JD\" Doe",
		.phone = "+49 30 4711",
		.note = "=HYPERLINK(\"http://evil\")\x1b[2J",
		.tags = "kiosk,lab",
		.user_probability = 0.72,
		.confidence = 0.95,
		.addr = addr_v4(0x0a010203),
		.mac = {{0x00, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e}},
		.has_mac = true,
		.n_addrs = 2,
		.n_macs = 1,
		.importance = 5,
		.flags = MACHINE_ON_WIRE | MACHINE_LISTED | MACHINE_SHARED,
		.verdict = VERDICT_INFECTED,
		.verdict_confidence = 0.99,
		.why = "did it",
		.threats = "ms08-067,port-scan",
		.first_ns = at("2026-11-01T00:00:00Z"),
		.last_ns = at("2026-11-24T03:12:59Z"),
	};
}

/* One of which next to nothing is known. */
static struct store_row nobody(void)
{
	return (struct store_row){.id = "ip:fd00::1",
				  .name = "",
				  .fqdn = "",
				  .domain = "",
				  .user = "x",
				  .user_probability = 0.1,
				  .os = "",
				  .vendor = "",
				  .place = "",
				  .owner = "",
				  .phone = "",
				  .note = "",
				  .tags = "",
				  .why = "",
				  .threats = "",
				  .confidence = 0.5};
}

static char *written(const struct hosts_writer *w, const struct store_row *rows, size_t n,
		     unsigned width, uint64_t total)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	struct hosts_head head = {"os:xp", n < total ? n : 0, to, {.width = width}};
	void *state = NULL;

	assert_non_null(to);
	assert_int_equal(w->begin(&head, &state), RC_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(w->row(state, &rows[i]), RC_OK);
	assert_int_equal(w->end(state, total), RC_OK);
	w->free(state);
	fclose(to);
	return text;
}

static void the_table_has_what_fits(void **unused)
{
	struct store_row rows[] = {laptop(), nobody()};
	char *wide = written(&hosts_human, rows, 2, 200, 2);
	char *narrow = written(&hosts_human, rows, 2, 72, 9);

	(void)unused;
	assert_string_equal(
		wide,
		"  VERDICT      MACHINE     ADDRESS   MAC                USER       OS          "
		"PLACE"
		"                       IMP  TAGS       LAST HEARD (UTC)\n"
		"  infected     LAP-7       10.1.2.3  00:1a:2b:3c:4d:5e  CORP\\jane  Windows XP  "
		"switch 2nd-floor, Gi1/0/17  5    kiosk,lab  2026-11-24 03:12\n"
		"  no-evidence  ip:fd00::1                               x?\n"
		"\n2 machines: 1 infected.\n");
	for (const char *line = narrow; line[0] != '\0'; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 72);
	assert_non_null(strstr(narrow, "MACHINE"));
	assert_non_null(strstr(narrow, "LAST HEARD (UTC)"));
	assert_null(strstr(narrow, "TAGS"));
	assert_non_null(strstr(narrow, "2 of 9 machines: 1 infected. --limit shows more.\n"));
	free(wide);
	free(narrow);
}

static void an_empty_list_says_so(void **unused)
{
	char *text = written(&hosts_human, NULL, 0, 100, 0);

	(void)unused;
	assert_string_equal(text, "No machine is like that.\n");
	free(text);
}

static void more_rows_than_the_sample_come_out_all(void **unused)
{
	enum { MANY = 700 };
	struct store_row *rows = calloc(MANY, sizeof(*rows));
	char *text = NULL;
	size_t lines = 0;

	(void)unused;
	assert_non_null(rows);
	for (size_t i = 0; i < MANY; i++) {
		rows[i] = laptop();
		rows[i].name = i < 300 ? "A" : "A-NAME-THAT-IS-LONGER-THAN-THOSE-BEFORE";
	}
	text = written(&hosts_human, rows, MANY, 100, MANY);
	for (const char *p = text; *p != '\0'; p++)
		lines += *p == '\n';
	assert_int_equal(lines, MANY + 3); /* head, empty line, sum */
	assert_non_null(strstr(text, "\xe2\x80\xa6"));
	free(text);
	free(rows);
}

static void csv_is_safe_for_a_spreadsheet(void **unused)
{
	struct store_row rows[] = {laptop()};
	char *text = written(&hosts_csv, rows, 1, 100, 1);

	(void)unused;
	assert_non_null(strstr(text, "\"'=HYPERLINK(\"\"http://evil\"\")\\x1b[2J\""));
	assert_non_null(strstr(text, "\"'+49 30 4711\""));
	assert_non_null(strstr(text, ",\"Jane \"\"JD\"\" Doe\","));
	assert_non_null(strstr(text, ",\"wire list\","));
	assert_non_null(strstr(text, ",0.72,"));
	assert_null(strchr(text, '\x1b'));
	free(text);
}

static void json_keeps_every_field(void **unused)
{
	struct store_row rows[] = {laptop(), nobody()};
	char *text = written(&hosts_json, rows, 2, 100, 9);
	json_error_t error;
	json_t *root = json_loads(text, 0, &error), *one = NULL;

	(void)unused;
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "schema")), "quell.hosts/1");
	assert_int_equal(json_integer_value(json_object_get(root, "total")), 9);
	one = json_array_get(json_object_get(root, "machines"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "note")), rows[0].note);
	assert_int_equal(json_array_size(json_object_get(one, "tags")), 2);
	assert_int_equal(json_array_size(json_object_get(one, "threats")), 2);
	assert_string_equal(json_string_value(json_array_get(json_object_get(one, "is"), 0)),
			    "shared");
	one = json_array_get(json_object_get(root, "machines"), 1);
	assert_true(json_is_null(json_object_get(one, "address")));
	assert_true(json_is_null(json_object_get(one, "mac")));
	assert_true(json_is_null(json_object_get(one, "last")));
	assert_int_equal(json_array_size(json_object_get(one, "tags")), 0);
	json_decref(root);
	free(text);
}

/* --- who --- */

static char *page(const struct who_answer *a, bool has_asked)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	struct who_head head = {
		to, {.width = 100}, at("2026-11-24T04:00:00Z"), "quell who", has_asked};
	void *state = NULL;

	assert_non_null(to);
	assert_int_equal(who_human.begin(&head, &state), RC_OK);
	assert_int_equal(who_human.answer(state, a), RC_OK);
	assert_int_equal(who_human.end(state), RC_OK);
	who_human.free(state);
	fclose(to);
	return text;
}

static void a_page_tells_what_is_known_and_what_is_not(void **unused)
{
	struct fact name = {.kind = FACT_NAME,
			    .source = FROM_NTLM,
			    .confidence = 95,
			    .addr = addr_v4(0x0a010203),
			    .host = "",
			    .value = "LAP\x1b[31m7",
			    .origin = "eth0",
			    .machine = "",
			    .first_ns = at("2026-11-24T03:00:00Z"),
			    .last_ns = at("2026-11-24T03:57:00Z"),
			    .count = 1200,
			    .packet = 42};
	const struct fact *facts[] = {&name};
	struct machine_user users[] = {
		{.user = "CORP\\jane", .probability = 0.72, .why = "Kerberos logon 3 days running"},
		{.user = "CORP\\bob", .probability = 0.11, .why = "NTLM logon once"}};
	struct machine_addr addrs[] = {{.addr = addr_v4(0x0a010203),
					.confidence = 96,
					.source = FROM_DHCP,
					.first_ns = at("2026-11-24T01:00:00Z"),
					.last_ns = at("2026-11-24T03:57:00Z")}};
	struct machine m = {.id = "mac:001a2b3c4d5e",
			    .name = "LAP\x1b[31m7",
			    .fqdn = "",
			    .domain = "CORP",
			    .os = "Windows XP",
			    .vendor = "",
			    .place = "",
			    .owner = "",
			    .os_confidence = 0.9,
			    .confidence = 0.95,
			    .flags = MACHINE_ON_WIRE,
			    .addrs = addrs,
			    .n_addrs = 1,
			    .users = users,
			    .n_users = 2,
			    .facts = facts,
			    .n_facts = 1};
	struct finding did = {.threat = "ms08-067",
			      .class = CLASS_EXPLOIT,
			      .source = addr_v4(0x0a010203),
			      .target = addr_v4(0x0a010204),
			      .has_target = true,
			      .count = 5,
			      .confidence = 94,
			      .why = "it did (packet 7)"};
	struct who_finding findings[] = {
		{.finding = &did, .sensor = "desk", .run = "r", .other = "PC-9", .is_own = true}};
	struct who_answer a = {.query = "10.1.2.3",
			       .found = WHO_ONE,
			       .addr = addr_v4(0x0a010203),
			       .machine = &m,
			       .had = &addrs[0],
			       .row = {.phone = "4711",
				       .note = "",
				       .tags = "kiosk",
				       .why = "it did (packet 7)",
				       .threats = "ms08-067",
				       .place = "",
				       .owner = "Jane",
				       .user = "",
				       .verdict = VERDICT_INFECTED,
				       .verdict_confidence = 0.99},
			       .findings = findings,
			       .n_findings = 1};
	static const char *const want[] = {
		"LAP\\x1b[31m7: infected\n",
		"    id         mac:001a2b3c4d5e\n",
		"    what       Windows XP, 90 % sure; in CORP\n",
		"    where      not known\n",
		"    owner      Jane, phone 4711\n",
		"    users      CORP\\jane, 72 %: Kerberos logon 3 days running; last never",
		"               CORP\\bob, 11 %: NTLM logon once",
		"to 2026-11-24 03:57:00 (3 min ago)",
		"    did        ms08-067 exploit to 10.1.2.4 (PC-9), 5 times",
		"  1.  Take the machine off the network now",
		"(NTLM logon, 95 %, eth0 packet 42)",
		"1,200 times",
		"    place      No switch has told",
		"    MAC        It is behind a router",
		"    listed     It is in none of your lists",
	};
	char *text = page(&a, false);

	(void)unused;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		if (strstr(text, want[i]) == NULL)
			fail_msg("no '%s' in\n%s", want[i], text);
	}
	assert_null(strchr(text, '\x1b'));
	assert_non_null(strstr(text, "quell who 10.1.2.3 --ask"));
	free(text);
	text = page(&a, true);
	assert_null(strstr(text, "--ask"));
	free(text);
}

static void nobody_is_an_answer_with_a_way_on(void **unused)
{
	struct who_answer a = {
		.query = "10.9.9.9\x1b]", .found = WHO_NONE, .addr = addr_v4(0x0a090909)};
	char *text = page(&a, false);

	(void)unused;
	assert_non_null(strstr(text, "10.9.9.9\\x1b]: nobody that is known\n"));
	assert_non_null(strstr(text, "--ask"));
	assert_non_null(strstr(text, "quell hosts import LIST"));
	free(text);
}

static void ages_are_told_in_words(void **unused)
{
	char text[AGE_TEXT];
	uint64_t now = at("2026-11-24T04:00:00Z");

	(void)unused;
	assert_string_equal(age_format(now, now, text), "now");
	assert_string_equal(age_format(at("2026-11-24T03:57:00Z"), now, text), "3 min ago");
	assert_string_equal(age_format(at("2026-11-22T00:00:00Z"), now, text), "2 days 4 h ago");
	assert_string_equal(age_format(at("2026-11-24T05:00:00Z"), now, text), "in 1 h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_what_fits),
		cmocka_unit_test(an_empty_list_says_so),
		cmocka_unit_test(more_rows_than_the_sample_come_out_all),
		cmocka_unit_test(csv_is_safe_for_a_spreadsheet),
		cmocka_unit_test(json_keeps_every_field),
		cmocka_unit_test(a_page_tells_what_is_known_and_what_is_not),
		cmocka_unit_test(nobody_is_an_answer_with_a_way_on),
		cmocka_unit_test(ages_are_told_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
