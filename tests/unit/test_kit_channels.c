/* The scripts for PowerShell, of which there is none here: what can be seen of them without it. */
#include "kit_bench.h"

static const struct {
	const char *channel, *file;
} scripts[] = {{"wsus", "approve.ps1"},
	       {"wsus", "report.ps1"},
	       {"sccm", "deploy.ps1"},
	       {"intune", "detect.ps1"}};

enum { SCRIPTS = sizeof(scripts) / sizeof(scripts[0]) };

static char *script(struct bench *b, size_t i)
{
	const struct kit_machine one = bench_machine("name:a", "PC-'1'; Remove-Item x", "");
	struct kit_summary s = {0};
	char name[64];

	(void)snprintf(name, sizeof(name), "out-%zu", i);
	bench_join(b->out, b->dir, name);
	b->opt.channel = scripts[i].channel;
	if (bench_make(b, &one, 1, &s) != RC_OK)
		fail_msg("%s: %s", scripts[i].channel, b->err);
	return bench_read(b, scripts[i].file);
}

static void lines_are_as_windows_wants_them(void **state)
{
	for (size_t i = 0; i < SCRIPTS; i++) {
		char *text = script(*state, i);

		for (const char *at = text; *at != '\0'; at++) {
			assert_true((unsigned char)*at < 0x80);
			assert_true(*at != '\n' || (at > text && at[-1] == '\r'));
		}
		assert_null(strstr(text, "<%"));
		free(text);
	}
}

/* Brackets and quotes are even, with backticks and doubled quotes; comments are left out. */
static void check_balance(const char *name, const char *text)
{
	char stack[64], quote = '\0';
	size_t depth = 0, line = 1;

	for (const char *at = text; *at != '\0'; at++) {
		char c = *at;

		if (c == '\n') {
			if (quote != '\0')
				fail_msg("%s:%zu: a quote is not closed", name, line);
			line++;
		} else if (quote != '\0') {
			quote = c == quote ? '\0' : quote;
		} else if (c == '#' && (at == text || at[-1] == ' ' || at[-1] == '\n')) {
			at += strcspn(at, "\r") - 1;
		} else if (c == '\'' || c == '"') {
			quote = c;
		} else if (c == '(' || c == '{' || c == '[') {
			assert_true(depth < sizeof(stack));
			stack[depth++] = (char)(c == '(' ? ')' : c == '{' ? '}' : ']');
		} else if (c == ')' || c == '}' || c == ']') {
			if (depth == 0 || stack[--depth] != c)
				fail_msg("%s:%zu: '%c' closes nothing", name, line, c);
		}
	}
	assert_true(depth == 0 && quote == '\0');
}

static void brackets_and_quotes_are_balanced(void **state)
{
	for (size_t i = 0; i < SCRIPTS; i++) {
		char *text = script(*state, i);

		check_balance(scripts[i].file, text);
		free(text);
	}
}

/* A name never stands in a script: names are read from tables. */
static void no_machine_stands_in_a_script(void **state)
{
	for (size_t i = 0; i < SCRIPTS; i++) {
		char *text = script(*state, i);

		assert_null(strstr(text, "PC-'1"));
		assert_null(strstr(text, "Remove-Item"));
		free(text);
	}
}

/* One update is approved for one group; nothing is declined, removed or stopped. */
static void no_script_does_more_than_it_says(void **state)
{
	static const char *const never[] = {
		"Deny-",       ".Decline(",         "Remove-",        "Invoke-Expression",
		"iex ",        "Invoke-WebRequest", "DownloadString", "Stop-",
		"Set-Service", "Restart-",          "NotApproved",    "All Computers",
		"-Force",      "Start-Process",     "Set-Item",       "Uninstall"};

	for (size_t i = 0; i < SCRIPTS; i++) {
		char *text = script(*state, i);

		for (size_t j = 0; j < sizeof(never) / sizeof(never[0]); j++) {
			if (strstr(text, never[j]) != NULL)
				fail_msg("%s: %s", scripts[i].file, never[j]);
		}
		free(text);
	}
}

static void changes_are_asked_for_by_whatif(void **state)
{
	static const char *const changes[] = {"Approve-WsusUpdate",
					      "Add-WsusComputer",
					      "CreateComputerTargetGroup(",
					      "New-CMDeviceCollection ",
					      "Add-CMDeviceCollectionDirectMembershipRule",
					      "New-CMPackage ",
					      "New-CMPackageDeployment"};

	for (size_t i = 0; i < SCRIPTS; i++) {
		char *text = script(*state, i);

		for (size_t j = 0; j < sizeof(changes) / sizeof(changes[0]); j++) {
			char *at = strstr(text, changes[j]);

			if (at == NULL)
				continue;
			*at = '\0';
			if (strstr(text, "SupportsShouldProcess = $true") == NULL ||
			    strstr(text, "$PSCmdlet.ShouldProcess(") == NULL)
				fail_msg("%s: %s is not asked for", scripts[i].file, changes[j]);
			*at = changes[j][0];
		}
		free(text);
	}
}

static void the_versions_stand_where_they_are_compared(void **state)
{
	char *text = script(*state, 3);

	assert_non_null(strstr(text, "\r\n    ,@('5.1.2600', '5694', '3')\r\n"));
	assert_non_null(strstr(text, "\r\n    ,@('6.0.6001', '18157', '')\r\n"));
	assert_non_null(strstr(text, "'system32\\netapi32.dll'"));
	assert_non_null(strstr(text, "'quell\\stop-worm.started'"));
	free(text);
}

/* A program by its name alone would be looked for in the current folder first. */
static void the_script_calls_programs_by_their_whole_paths(void **state)
{
	static const char *const programs[] = {"wmic",    "reg",    "find",     "certutil",
					       "msiexec", "wusa",   "net",      "powershell",
					       "sc",      "icacls", "shutdown", "start"};
	struct bench *b = *state;
	struct kit_summary s = {0};
	char *text = NULL;

	assert_int_equal(bench_make(b, NULL, 0, &s), RC_OK);
	text = bench_read(b, "quell-kit.cmd");
	for (char *rest = text, *line = strsep(&rest, "\n"); line != NULL;
	     line = strsep(&rest, "\n")) {
		line += strspn(line, "\t ");
		if (strncmp(line, "rem ", 4) == 0 || strncmp(line, "echo ", 5) == 0)
			continue;
		for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
			const char *at = strstr(line, programs[i]);
			size_t n = strlen(programs[i]);

			for (; at != NULL; at = strstr(at + 1, programs[i])) {
				bool begins = at == line || strchr(" \t|(&", at[-1]) != NULL;
				bool ends = at[n] == ' ' || strncmp(at + n, ".exe", 4) == 0;

				if (begins && ends && strncmp(at, "start", 5) != 0 &&
				    strstr(line, "defined ") == NULL &&
				    strstr(line, "set \"") == NULL)
					fail_msg("%s", line);
			}
		}
	}
	free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		TEST(lines_are_as_windows_wants_them),
		TEST(brackets_and_quotes_are_balanced),
		TEST(no_machine_stands_in_a_script),
		TEST(no_script_does_more_than_it_says),
		TEST(changes_are_asked_for_by_whatif),
		TEST(the_versions_stand_where_they_are_compared),
		TEST(the_script_calls_programs_by_their_whole_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
