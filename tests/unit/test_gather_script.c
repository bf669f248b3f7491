/* The scripts that gather_write() makes: what is in them, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gather/gather.h"

enum { PATH = 256, LINE_MOST = 255 };

static const char *const
	files[] = {"system32/netapi32.dll", "system32/drivers/srv2.sys"},
	*const registry[] = {"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\RestrictAnonymous",
			     "HKLM\\SOFTWARE\\Example\\Key (x86)\\"},
	*const services[] = {"wuauserv", "MSSQL$X"};
static const struct gather_script asks = {files, registry, services, 2, 2, 2};

static char *whole(const char *dir, const char *name, size_t *ret_len)
{
	char path[PATH], *text = NULL;
	FILE *f = NULL;
	size_t cap = 1 << 18;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	text = calloc(1, cap);
	assert_non_null(text);
	*ret_len = fread(text, 1, cap - 1, f);
	fclose(f);
	return text;
}

static void make_dir(char *dir)
{
	(void)snprintf(dir, PATH, "%s/quell-test-XXXXXX",
		       getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(dir));
}

static void remove_dir(const char *dir)
{
	static const char *const names[] = {"quell-collect.cmd", "quell-collect.ps1", "README.txt"};
	char path[2 * PATH];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void each_line_ends_as_windows_wants(const char *text, size_t len)
{
	size_t line = 0;

	for (size_t i = 0; i < len; i++, line++) {
		assert_true((unsigned char)text[i] < 0x80);
		if (text[i] == '\n') {
			assert_true(i > 0 && text[i - 1] == '\r');
			assert_true(line <= LINE_MOST);
			line = 0;
		}
	}
	assert_true(len > 0 && text[len - 1] == '\n');
}

static void what_is_asked_stands_in_the_scripts(void **unused)
{
	char dir[PATH], err[256] = "";
	size_t len = 0;
	char *text = NULL;

	(void)unused;
	make_dir(dir);
	for (int i = 0; i < 2; i++) /* its own are replaced */
		assert_int_equal(gather_write(dir, &asks, err, sizeof(err)), RC_OK);

	text = whole(dir, "quell-collect.cmd", &len);
	each_line_ends_as_windows_wants(text, len);
	assert_non_null(strstr(text, "\r\ncall :file \"%sys%\\drivers\\srv2.sys\" "
				     "\"system32/drivers/srv2.sys\" "
				     "\"system32\\\\drivers\\\\srv2.sys\"\r\n"));
	assert_non_null(strstr(text, "\r\ncall :value \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
				     "Lsa\" \"RestrictAnonymous\"\r\n"));
	assert_non_null(strstr(text, "\r\ncall :key \"HKLM\\SOFTWARE\\Example\\Key (x86)\"\r\n"));
	assert_non_null(strstr(text, "\r\ncall :service \"MSSQL$X\"\r\n"));
	assert_non_null(strstr(text, "\"CSDVersion\"")); /* what is always asked */
	assert_null(strstr(text, "\r\n@registry"));
	free(text);

	text = whole(dir, "quell-collect.ps1", &len);
	each_line_ends_as_windows_wants(text, len);
	assert_non_null(strstr(text, "\r\nRead-File 'system32/netapi32.dll'\r\n"));
	assert_non_null(strstr(text, "\r\nRead-Value 'SYSTEM\\CurrentControlSet\\Control\\Lsa' "
				     "'RestrictAnonymous'\r\n"));
	assert_non_null(strstr(text, "\r\nRead-Key 'SOFTWARE\\Example\\Key (x86)'\r\n"));
	assert_non_null(strstr(text, "\r\nRead-Service 'wuauserv'\r\n"));
	assert_null(strstr(text, "\r\n@"));
	free(text);

	text = whole(dir, "README.txt", &len);
	each_line_ends_as_windows_wants(text, len);
	free(text);
	remove_dir(dir);
}

/* Brackets and quotes of PowerShell are even on each line that is no comment and opens no block of
 * its own: what an editor or a list could break is seen without a PowerShell. */
static void brackets_and_quotes_of_powershell_are_balanced(void **unused)
{
	char dir[PATH], err[256] = "", stack[64];
	size_t len = 0, depth = 0, line = 1;
	char *text = NULL, quote = '\0';

	(void)unused;
	make_dir(dir);
	assert_int_equal(gather_write(dir, &asks, err, sizeof(err)), RC_OK);
	text = whole(dir, "quell-collect.ps1", &len);
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '\n') {
			if (quote != '\0')
				fail_msg("line %zu: a quote is not closed", line);
			line++;
		} else if (quote != '\0') {
			quote = c == quote ? '\0' : quote;
		} else if (c == '#') {
			while (i + 1 < len && text[i + 1] != '\r')
				i++;
		} else if (c == '\'' || c == '"') {
			quote = c;
		} else if (c == '(' || c == '{' || c == '[') {
			assert_true(depth < sizeof(stack));
			stack[depth++] = (char)(c == '(' ? ')' : c == '{' ? '}' : ']');
		} else if (c == ')' || c == '}' || c == ']') {
			if (depth == 0 || stack[--depth] != c)
				fail_msg("line %zu: '%c' closes nothing", line, c);
		}
	}
	assert_true(depth == 0 && quote == '\0');
	free(text);
	remove_dir(dir);
}

/* Neither script writes to the registry, to services, to accounts or to WMI. */
static void scripts_only_read(void **unused)
{
	static const char *const writes[] = {"reg.exe\" add",
					     "reg.exe\" delete",
					     "reg.exe\" import",
					     " config ",
					     "sc.exe\" start",
					     "sc.exe\" stop",
					     " /add",
					     " /delete",
					     " call create",
					     "Set-Item",
					     "New-Item",
					     "Remove-Item",
					     "Set-Service",
					     "Stop-",
					     "Start-",
					     "Invoke-Expression",
					     "Invoke-WebRequest",
					     "DownloadString",
					     "SetValue",
					     "CreateSubKey",
					     "DeleteSubKey",
					     " set ",
					     "secedit",
					     "schtasks",
					     "shutdown"};
	static const char *const names[] = {"quell-collect.cmd", "quell-collect.ps1"};
	char dir[PATH], err[256] = "";

	(void)unused;
	make_dir(dir);
	assert_int_equal(gather_write(dir, &asks, err, sizeof(err)), RC_OK);
	for (size_t i = 0; i < 2; i++) {
		size_t len = 0;
		char *text = whole(dir, names[i], &len);

		for (size_t j = 0; j < sizeof(writes) / sizeof(writes[0]); j++) {
			const char *at = strstr(text, writes[j]);

			/* " set " is batch's own verb behind "do if" and "&&". */
			if (at != NULL && strcmp(writes[j], " set ") == 0 && i == 0)
				continue;
			if (at != NULL)
				fail_msg("%s: %s", names[i], writes[j]);
		}
		free(text);
	}
	remove_dir(dir);
}

/* A program by its name alone would be looked for in the current folder first: as SYSTEM that is a
 * folder where anybody may leave one. */
static void programs_are_called_by_their_whole_paths(void **unused)
{
	static const char *const programs[] = {"reg",    "sc",   "net", "wmic",
					       "getmac", "find", "chcp"};
	char dir[PATH], err[256] = "", *text = NULL;
	size_t len = 0;

	(void)unused;
	make_dir(dir);
	assert_int_equal(gather_write(dir, &asks, err, sizeof(err)), RC_OK);
	text = whole(dir, "quell-collect.cmd", &len);
	for (char *rest = text, *line = strsep(&rest, "\n"); line != NULL;
	     line = strsep(&rest, "\n")) {
		line += strspn(line, "\t");
		if (strncmp(line, "rem ", 4) == 0 || strncmp(line, "echo ", 5) == 0 ||
		    strncmp(line, "if not defined wmic ", 20) == 0 || line[0] == ':')
			continue;
		for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
			const char *at = strstr(line, programs[i]);
			size_t n = strlen(programs[i]);

			/* Alone between blanks or quotes: "call :net" and "%wmic%" are none. */
			for (; at != NULL; at = strstr(at + 1, programs[i])) {
				bool begins = at == line || strchr(" \t\"'|(", at[-1]) != NULL;
				bool ends = strncmp(at + n, ".exe", 4) == 0 ||
					    strncmp(at + n, ".com", 4) == 0 || at[n] == ' ';

				if (begins && ends)
					fail_msg("%s", line);
			}
		}
	}
	free(text);
	remove_dir(dir);
}

static void what_means_something_to_a_shell_is_refused(void **unused)
{
	static const char *const bad_registry[] = {"HKLM\\SOFTWARE\\a & del *",
						   "HKLM\\SOFTWARE\\%PATH%",
						   "HKLM\\SOFTWARE\\!x!",
						   "HKLM\\SOFTWARE\\a\" b",
						   "HKLM\\SOFTWARE\\it's",
						   "HKLM\\SOFTWARE\\a|b",
						   "HKLM\\SOFTWARE\\a>b",
						   "HKLM\\SOFTWARE\\^a",
						   "HKLM\\SOFTWARE\\a\nb",
						   "HKLM\\SOFTWARE\\$(x)",
						   "HKLM\\SOFTWARE\\`x",
						   "HKLM\\SOFTWARE\\\xc3\xa4",
						   "HKLM\\SOFTWARE\\*",
						   "HKCU\\Software\\X",
						   "HKLM\\SOFTWARE",
						   "HKLM\\\\X",
						   "HKLM\\SOFTWARE\\a\\\\b",
						   ""};
	static const char *const bad_files[] = {"/etc/passwd", "../x",    "system32/../x", "a//b",
						"system32/",   "a&b.dll", "a%b%.dll",      "",
						"a'b.dll",     "c:/x"};
	static const char *const bad_services[] = {"a' or '1'='1", "a b&c", "", "%x%", "a\"b"};
	char dir[PATH], err[256];
	struct stat st;

	(void)unused;
	make_dir(dir);
	for (size_t i = 0; i < sizeof(bad_registry) / sizeof(bad_registry[0]); i++) {
		const struct gather_script s = {.registry = &bad_registry[i], .n_registry = 1};

		err[0] = '\0';
		if (gather_write(dir, &s, err, sizeof(err)) != RC_INVAL || err[0] == '\0')
			fail_msg("'%s' passed", bad_registry[i]);
	}
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		const struct gather_script s = {.files = &bad_files[i], .n_files = 1};

		if (gather_write(dir, &s, err, sizeof(err)) != RC_INVAL)
			fail_msg("'%s' passed", bad_files[i]);
	}
	for (size_t i = 0; i < sizeof(bad_services) / sizeof(bad_services[0]); i++) {
		const struct gather_script s = {.services = &bad_services[i], .n_services = 1};

		if (gather_write(dir, &s, err, sizeof(err)) != RC_INVAL)
			fail_msg("'%s' passed", bad_services[i]);
	}
	assert_int_equal(rmdir(dir), 0); /* nothing was written */
	assert_int_not_equal(stat(dir, &st), 0);
}

static void files_of_others_are_left_alone(void **unused)
{
	char dir[PATH], path[2 * PATH], err[256] = "", other[64] = "";
	FILE *f = NULL;

	(void)unused;
	make_dir(dir);
	(void)snprintf(path, sizeof(path), "%s/README.txt", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("my holiday\n", f);
	fclose(f);
	assert_int_equal(gather_write(dir, &asks, err, sizeof(err)), RC_INVAL);
	assert_non_null(strstr(err, "README.txt"));
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(other, sizeof(other), f));
	fclose(f);
	assert_string_equal(other, "my holiday\n");
	remove_dir(dir);
	(void)snprintf(path, sizeof(path), "%s/no/such/folder", dir);
	assert_int_equal(gather_write(path, &asks, err, sizeof(err)), RC_IO);
	assert_non_null(strstr(err, path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_stands_in_the_scripts),
		cmocka_unit_test(brackets_and_quotes_of_powershell_are_balanced),
		cmocka_unit_test(scripts_only_read),
		cmocka_unit_test(programs_are_called_by_their_whole_paths),
		cmocka_unit_test(what_means_something_to_a_shell_is_refused),
		cmocka_unit_test(files_of_others_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
