/* A kit as a folder: what is in it, what is refused, and what it takes the place of. */
#include "kit_bench.h"

static void a_kit_says_what_is_in_it(void **state)
{
	struct bench *b = *state;
	const struct kit_machine list[] = {bench_machine("mac:001a2b3c4d5e", "PC-0042", ""),
					   bench_machine("name:corp/srv-1", "SRV-1", "")};
	struct kit_summary s = {0};
	char *text = NULL;

	assert_int_equal(bench_make(b, list, 2, &s), RC_OK);
	assert_int_equal(s.machines, 2);
	assert_int_equal(s.refused, 0);
	text = bench_read(b, "machines/42.txt");
	assert_string_equal(text, "PC-0042=mac:001a2b3c4d5e\r\n");
	free(text);
	text = bench_read(b, "machines/other.txt"); /* "-1" */
	assert_string_equal(text, "SRV-1=name:corp/srv-1\r\n");
	free(text);
	text = bench_read(b, "kit.txt");
	assert_string_equal(text, "quell-kit 1\r\ncampaign=stop-worm\r\nchannel=logon-script\r\n"
				  "made=2025-11-29T01:00:00Z\r\nmachines=2\r\nrefused=0\r\n"
				  "quell=" QUELL_VERSION "\r\nend\r\n");
	free(text);
	text = bench_read(b, "files/KB958644.exe");
	assert_string_equal(text, "patch\n");
	free(text);
	text = bench_read(b, "quell-kit.cmd");
	assert_non_null(strstr(text, "\r\ncall :act \"KB958644.exe\" \""));
	assert_non_null(strstr(text, "\r\ncall :row \"5.1.2600\" \"5694\" \"3\"\r\n"));
	assert_non_null(strstr(text, "\r\ncall :row \"6.0.6001\" \"18157\" \"\"\r\n"));
	free(text);
	text = bench_read(b, "manifest.sha256");
	for (const char *at = text; *at != '\0'; at = strchr(at, '\n') + 1) {
		assert_non_null(strchr(at, '\n'));
		assert_memory_equal(at + 64, "  ", 2);
	}
	assert_non_null(strstr(text, b->file.sha256));
	free(text);
}

static void what_cannot_be_said_is_counted_and_named(void **state)
{
	struct bench *b = *state;
	const struct kit_machine list[] = {
		bench_machine("name:a", "& del *", ""), bench_machine("name:b", "%PATH%", ""),
		bench_machine("name:c", "a\nb", ""), bench_machine("name:d", "", ""),
		bench_machine("name:e", "PC-1", "=1+1")};
	struct kit_summary s = {0};
	char *text = NULL;

	assert_int_equal(bench_make(b, list, 5, &s), RC_OK);
	assert_int_equal(s.machines, 2);
	assert_int_equal(s.refused, 3);
	assert_string_equal(s.first_refused, "name:b");
	assert_non_null(strstr(s.why_refused, "% ! ^"));
	text = bench_read(b, "machines/other.txt");
	assert_non_null(strstr(text, "& del *=name:a\r\n"));
	assert_null(strstr(text, "PATH"));
	free(text);
	text = bench_read(b, "refused.csv");
	assert_non_null(strstr(text, "\"name:b\",\"%PATH%\",\"its name cannot be said in list"));
	assert_non_null(strstr(text, "\"name:d\",\"\",\"its name is not known\"\r\n"));
	free(text);
	text = bench_read(b, "machines.csv");
	assert_non_null(strstr(text, ",\"'=1+1\","));
	free(text);
}

static void what_is_wrong_is_told_before_anything_is_written(void **state)
{
	struct bench *b = *state;
	struct kit_summary s = {0};
	const struct kit_options good = b->opt;
	const struct campaign_file file = b->file;
	const struct {
		const char *channel, *id, *fixed_file, *fixed, *results, *sha256, *args, *os, *want;
	} cases[] = {
		{.channel = "no-such", .want = "there are: ansible"},
		{.id = "a & b", .want = "can have no kit"},
		{.fixed_file = "..\\x", .want = "no file below the Windows folder"},
		{.fixed = "5.1", .want = "is no fixed version"},
		{.fixed = "5.1.2600.5694/spx", .want = "is no fixed version"},
		{.fixed = "5.1.2600.99999", .want = "is no fixed version"},
		{.results = "\\\\server\\%share%", .want = "(results): it has a character"},
		{.results = "\\\\server\\share\\", .want = "(results): it ends with a backslash"},
		{.sha256 = "12", .want = "its SHA-256 is not given"},
		{.sha256 = "0000000000000000000000000000000000000000000000000000000000000000",
		 .want = "not the file that the campaign was made with"},
		{.args = "/log:\"c:\\x\"", .want = "(args): it has a character"},
		{.os = "XP", .want = "what it is for is written as"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		b->opt = good;
		b->file = file;
		b->campaign.id = cases[i].id != NULL ? cases[i].id : "stop-worm";
		if (cases[i].channel != NULL)
			b->opt.channel = cases[i].channel;
		if (cases[i].fixed_file != NULL)
			b->opt.fixed_file = cases[i].fixed_file;
		if (cases[i].fixed != NULL)
			b->opt.fixed_versions = cases[i].fixed;
		if (cases[i].results != NULL)
			b->opt.results = cases[i].results;
		if (cases[i].sha256 != NULL)
			b->file.sha256 = cases[i].sha256;
		if (cases[i].args != NULL)
			b->file.args = cases[i].args;
		if (cases[i].os != NULL)
			b->file.os = cases[i].os;
		assert_int_equal(bench_make(b, NULL, 0, &s), RC_INVAL);
		if (strstr(b->err, cases[i].want) == NULL)
			fail_msg("case %zu: %s", i, b->err);
		assert_false(bench_has(b->dir, "out"));
		assert_false(bench_has(b->dir, "out.quell-0"));
	}
	b->opt = good;
	b->file = file;
	b->campaign.id = "stop-worm";
	b->file.path = "/no/such/file.exe";
	assert_int_equal(bench_make(b, NULL, 0, &s), RC_IO);
	assert_non_null(strstr(b->err, "/no/such/file.exe"));
}

static void an_earlier_kit_is_replaced_and_nothing_else(void **state)
{
	struct bench *b = *state;
	const struct kit_machine one = bench_machine("name:a", "PC-1", ""),
				 other = bench_machine("name:b", "PC-2A", "");
	struct kit_summary s = {0};
	char path[BENCH_PATH];

	assert_int_equal(mkdir(b->out, 0777), 0); /* empty */
	assert_int_equal(bench_make(b, &one, 1, &s), RC_OK);
	assert_true(bench_has(b->out, "machines/other.txt"));
	assert_int_equal(bench_make(b, &other, 1, &s), RC_OK);
	assert_true(bench_has(b->out, "machines/2A.txt"));
	assert_false(bench_has(b->out, "machines/other.txt"));
	assert_false(bench_has(b->dir, "out.quell-0"));

	b->opt.channel = "wsus";
	assert_int_equal(bench_make(b, &one, 1, &s), RC_INVAL);
	assert_non_null(strstr(b->err, "another campaign or channel"));
	b->opt.channel = "logon-script";
	b->campaign.id = "other";
	assert_int_equal(bench_make(b, &one, 1, &s), RC_INVAL);
	b->campaign.id = "stop-worm";

	bench_join(path, b->out, "results");
	assert_int_equal(mkdir(path, 0777), 0);
	assert_int_equal(bench_make(b, &one, 1, &s), RC_OK); /* an empty folder is no loss */
	assert_int_equal(mkdir(path, 0777), 0);
	bench_join(path, b->out, "results/PC-1.txt");
	bench_put(path, "QUELL-RESULT 1\n");
	assert_int_equal(bench_make(b, &one, 1, &s), RC_INVAL);
	assert_non_null(strstr(b->err, "'results/PC-1.txt' in it is no part of the kit"));
	assert_true(bench_has(b->out, "results/PC-1.txt"));
	assert_int_equal(unlink(path), 0);

	bench_join(path, b->out, "quell-kit.cmd");
	bench_put(path, "mine\n");
	assert_int_equal(bench_make(b, &one, 1, &s), RC_INVAL);
	assert_non_null(strstr(b->err, "'quell-kit.cmd' in it was changed"));
	assert_false(bench_has(b->dir, "out.quell-0"));
}

static void a_folder_of_others_is_left_alone(void **state)
{
	struct bench *b = *state;
	struct kit_summary s = {0};
	char path[BENCH_PATH];

	assert_int_equal(mkdir(b->out, 0777), 0);
	bench_join(path, b->out, "holiday.jpg");
	bench_put(path, "x");
	assert_int_equal(bench_make(b, NULL, 0, &s), RC_INVAL);
	assert_non_null(strstr(b->err, "not empty, and it is no kit"));
	assert_true(bench_has(b->out, "holiday.jpg"));
	b->opt.out = path;
	assert_int_equal(bench_make(b, NULL, 0, &s), RC_INVAL);
	assert_non_null(strstr(b->err, "this is no folder"));
	b->opt.out = "/no/such/place/kit";
	assert_int_equal(bench_make(b, NULL, 0, &s), RC_IO);
}

static void a_kit_that_is_not_ended_leaves_nothing_behind(void **state)
{
	struct bench *b = *state;
	const struct kit_machine one = bench_machine("name:a", "PC-1", "");
	struct kit *k = NULL;

	assert_int_equal(kit_new(&b->opt, &k, b->err, sizeof(b->err)), RC_OK);
	assert_int_equal(kit_add(k, &one), RC_OK);
	kit_free(k);
	assert_false(bench_has(b->dir, "out"));
	assert_false(bench_has(b->dir, "out.quell-0"));
}

/* In walking order: room 9 before room 10, and a sheet for each floor. */
static void work_sheets_are_in_walking_order(void **state)
{
	struct bench *b = *state;
	const struct kit_machine list[] = {
		bench_machine("name:a", "PC-3", "Building 2, floor 10, room 1"),
		bench_machine("name:b", "PC-2", "Building 2, floor 9, room 10"),
		bench_machine("name:c", "PC-1", "Building 2, floor 9, room 9"),
		bench_machine("name:d", "<b>", ""),
	};
	struct kit_summary s = {0};
	char *text = NULL, *again = NULL;
	const char *first = NULL, *second = NULL;

	b->opt.channel = "worksheets";
	assert_int_equal(bench_make(b, list, 4, &s), RC_OK);
	text = bench_read(b, "sheets/sheet-0002.html");
	first = strstr(text, "<h2>PC-1</h2>");
	second = strstr(text, "<h2>PC-2</h2>");
	assert_true(first != NULL && second != NULL && first < second);
	assert_null(strstr(text, "PC-3"));
	assert_non_null(strstr(text, "sheet 0002: Building 2, floor 9<"));
	assert_non_null(strstr(text, "d=\"M0 4.5m4 0h7m"));
	again = bench_read(b, "sheets/sheet-0001.html"); /* of no known place */
	assert_non_null(strstr(again, "<h2>&lt;b&gt;</h2>"));
	assert_non_null(strstr(again, "place not known"));
	free(text);
	free(again);
	assert_false(bench_has(b->out, "files"));
}

static void the_table_of_channels_says_what_their_files_say(void **state)
{
	struct bench *b = *state;
	size_t n = 0;
	const struct kit_channel *list = kit_channels(&n);

	(void)b;
	assert_int_equal(n, 9);
	for (size_t i = 0; i < n; i++) {
		char path[BENCH_PATH], want[BENCH_PATH], text[8192] = "";
		FILE *f = NULL;

		(void)snprintf(path, sizeof(path), "%s/data/kits/%s/channel.yaml",
			       getenv("QUELL_SOURCE"), list[i].name);
		f = fopen(path, "r");
		assert_non_null(f);
		assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
		fclose(f);
		(void)snprintf(want, sizeof(want), "channel: %s\nsummary: \"%s\"\nneeds: %s\n",
			       list[i].name, list[i].summary, list[i].needs);
		if (strncmp(text, want, strlen(want)) != 0)
			fail_msg("%s is not in %s", want, path);
	}
}

/* --- an operator's own channel --- */

static void put_channel(struct bench *b, char *dir, const char *yaml, const char *template)
{
	char path[BENCH_PATH];

	bench_join(dir, b->dir, "own");
	(void)mkdir(dir, 0777);
	bench_join(path, dir, "channel.yaml");
	bench_put(path, yaml);
	bench_join(path, dir, "README.txt");
	bench_put(path, "Own kit for <%campaign%>: <%machines%> machines.\n");
	bench_join(path, dir, "list.json");
	bench_put(path, template);
}

#define OWN_HEAD   "channel: own\nsummary: mine\nneeds: nothing\n"
#define OWN_README "files:\n  - {from: README.txt, to: README.txt, language: text}\n"

static void a_channel_of_the_operators_own_is_a_folder(void **state)
{
	struct bench *b = *state;
	const struct kit_machine one = bench_machine("name:a", "say \"hi\"\n", "");
	struct kit_summary s = {0};
	char dir[BENCH_PATH], *text = NULL;

	put_channel(b, dir,
		    OWN_HEAD OWN_README
		    "  - {from: list.json, to: data/list.json, language: json}\n"
		    "  - {from: common/machines.csv, to: machines.csv, language: csv}\n",
		    "{\n<%each machine%>\n  \"<%name%>\": \"<%id%>\",\n<%end%>\n  \"\": \"\"\n}\n");
	b->opt.channel = dir;
	assert_int_equal(bench_make(b, &one, 1, &s), RC_OK);
	text = bench_read(b, "data/list.json");
	assert_string_equal(text, "{\n  \"say \\\"hi\\\"\\u000a\": \"name:a\",\n  \"\": \"\"\n}\n");
	free(text);
	text = bench_read(b, "README.txt");
	assert_string_equal(text, "Own kit for stop-worm: 1 machines.\r\n");
	free(text);
}

static void a_wrong_channel_is_told_with_its_file(void **state)
{
	struct bench *b = *state;
	const struct {
		const char *yaml, *template, *want;
	} cases[] = {
		{"channel: other\nsummary: x\nneeds: x\n" OWN_README, "",
		 "is called as its folder"},
		{OWN_HEAD "files:\n  - {from: list.json, to: a, language: json}\n", "{}\n",
		 "no README.txt"},
		{OWN_HEAD OWN_README "  - {from: list.json, to: ../a, language: json}\n", "{}\n",
		 "'../a' is no place"},
		{OWN_HEAD OWN_README "  - {from: list.json, to: /a, language: json}\n", "{}\n",
		 "is no place"},
		{OWN_HEAD OWN_README "  - {from: list.json, to: kit.txt, language: json}\n", "{}\n",
		 "is no place"},
		{OWN_HEAD OWN_README "  - {from: list.json, to: results/a, language: json}\n",
		 "{}\n", "is no place"},
		{OWN_HEAD OWN_README "  - {from: list.json, to: readme.TXT, language: json}\n",
		 "{}\n", "is written twice"},
		{OWN_HEAD OWN_README "  - {from: ../x, to: a, language: json}\n", "{}\n",
		 "'../x' is no template"},
		{OWN_HEAD OWN_README "  - {from: none, to: a, language: json}\n", "{}\n",
		 "own/none"},
		{OWN_HEAD OWN_README "  - {from: list.json, to: a, language: perl}\n", "{}\n",
		 "there are text, cmd"},
		{OWN_HEAD OWN_README "  - {from: list.json, to: a, language: json}\n",
		 "{ <%site%> }\n", "list.json:1: in YAML and JSON"},
		{OWN_HEAD OWN_README
		 "  - {from: list.json, to: \"{sheet}\", language: json, each: sheet}\n",
		 "{}\n", "only 'sheet', with a 'sheet-by'"},
		{OWN_HEAD "sheet-by: [floor]\n" OWN_README
			  "  - {from: list.json, to: \"{tail}\", language: json, each: sheet}\n",
		 "{}\n", "is no place"},
		{OWN_HEAD "order: [shoe]\n" OWN_README, "", "a machine has no 'shoe'"},
		{OWN_HEAD "sheet-most: 0\n" OWN_README, "", "a number from 1"},
		{OWN_HEAD "copies: perhaps\n" OWN_README, "", "yes or no"},
		{OWN_HEAD "colour: red\n" OWN_README, "", "there is no key 'colour'"},
	};
	struct kit_summary s = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char dir[BENCH_PATH];

		put_channel(b, dir, cases[i].yaml, cases[i].template);
		b->opt.channel = dir;
		if (bench_make(b, NULL, 0, &s) == RC_OK || strstr(b->err, cases[i].want) == NULL)
			fail_msg("case %zu: %s", i, b->err);
		assert_false(bench_has(b->dir, "out"));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_kit_says_what_is_in_it),
		TEST(what_cannot_be_said_is_counted_and_named),
		TEST(what_is_wrong_is_told_before_anything_is_written),
		TEST(an_earlier_kit_is_replaced_and_nothing_else),
		TEST(a_folder_of_others_is_left_alone),
		TEST(a_kit_that_is_not_ended_leaves_nothing_behind),
		TEST(work_sheets_are_in_walking_order),
		TEST(the_table_of_channels_says_what_their_files_say),
		TEST(a_channel_of_the_operators_own_is_a_folder),
		TEST(a_wrong_channel_is_told_with_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
