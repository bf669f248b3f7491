/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "ask/profile.h"

static const struct {
	const char *folder;
	bool is_system;
} folders[] = {
	{"maria", false},
	{"Administrator", false},
	{"maria.CORP", false},
	{"maria.000", false},
	{"Publicola", false},
	{"Defaulter", false},
	{"max.mustermann", false},
	{"temp", true},
	{"TEMP.CORP.001", true},
	{"All Users", true},
	{"all users", true},
	{"Default", true},
	{"Default User", true},
	{"Default.CORP", false},
	{"Public", true},
	{"LocalService", true},
	{"LocalService.NT AUTHORITY", true},
	{"NetworkService.NT AUTHORITY.000", true},
	{".NET v4.5", true},
	{".NET v2.0 Classic", true},
	{"Classic .NET AppPool", true},
	{"DefaultAppPool", true},
	{"MSSQL$SQLEXPRESS", true},
	{"MSSQLSERVER", true},
	{"PC-0042$", true},
	{"defaultuser0", true},
	{"UMFD-0", true},
	{".", true},
	{"..", true},
	{"", true},
};

static void folders_of_windows_itself_are_left_out(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		print_message("           %s\n", folders[i].folder);
		assert_int_equal(profile_is_system(folders[i].folder), folders[i].is_system);
	}
}

static const struct {
	const char *folder, *user, *domain;
} owners[] = {
	{"maria", "maria", ""},
	{"maria.CORP", "maria", "CORP"},
	{"maria.corp", "maria", "corp"}, /* known, whatever its case */
	{"maria.corp.000", "maria", "corp"},
	{"maria.LAP-7", "maria", "LAP-7"},
	{"maria.OTHER", "maria", "OTHER"}, /* in capitals: Windows wrote it */
	{"maria.000", "maria", ""},
	{"maria.0", "maria.0", ""},
	{"max.mustermann", "max.mustermann", ""},
	{"max.mustermann.CORP", "max.mustermann", "CORP"},
	{"A.B", "A.B", ""},
	{"MAX.MUSTERMANN", "MAX.MUSTERMANN", ""},
	{".corp", ".corp", ""},
	{"corp", "corp", ""},
	{"ma ria.CORP", "ma ria", "CORP"},
};

static void folders_name_their_owner(void **unused)
{
	const char *const known[] = {"", "corp", "LAP-7"};
	char user[PROFILE_NAME], domain[PROFILE_NAME], longer[PROFILE_NAME + 1];

	(void)unused;
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		print_message("           %s\n", owners[i].folder);
		assert_true(profile_owner(owners[i].folder, known, 3, user, domain));
		assert_string_equal(user, owners[i].user);
		assert_string_equal(domain, owners[i].domain);
	}
	memset(longer, 'x', PROFILE_NAME);
	longer[PROFILE_NAME] = '\0';
	assert_false(profile_owner(longer, known, 3, user, domain));
	assert_false(profile_owner("", known, 3, user, domain));
}

static void roots_have_an_end(void **unused)
{
	size_t n = 0;

	(void)unused;
	while (profile_root(n) != NULL)
		n++;
	assert_in_range(n, 3, 8); /* profiles.c has room for 8 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_of_windows_itself_are_left_out),
		cmocka_unit_test(folders_name_their_owner),
		cmocka_unit_test(roots_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
