/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <unistd.h>

#include "console/common.h"

static const char *url_of(const char *given, const struct settings *s)
{
	static char url[CLI_URL];
	char err[256] = "";

	if (cli_store_url(given, s, url, err, sizeof(err)) != RC_OK)
		return err[0] != '\0' ? "refused" : "refused without a word";
	return url;
}

static void what_is_nearer_counts_for_more(void **state)
{
	struct settings *s = NULL;
	char err[256] = "";

	(void)state;
	assert_int_equal(settings_new(&s), RC_OK);
	unsetenv("QUELL_STORE");
	setenv("HOME", "/home/jane", 1);
	unsetenv("XDG_STATE_HOME");
	assert_string_equal(url_of(NULL, s),
			    geteuid() == 0 ? "sqlite:/var/lib/quell/quell.db"
					   : "sqlite:/home/jane/.local/state/quell/quell.db");
	assert_int_equal(settings_set(s, "store.url=postgresql:///quell", err, sizeof(err)), RC_OK);
	assert_string_equal(url_of(NULL, s), "postgresql:///quell");
	setenv("QUELL_STORE", "/tmp/env.db", 1);
	assert_string_equal(url_of(NULL, s), "/tmp/env.db");
	assert_string_equal(url_of("sqlite:x.db", s), "sqlite:x.db");
	setenv("QUELL_STORE", "", 1); /* as if it were not there */
	assert_string_equal(url_of(NULL, s), "postgresql:///quell");
	assert_string_equal(url_of("", s), "refused");
	settings_free(s);
}

static void another_users_store_is_in_their_home(void **state)
{
	bool is_root = geteuid() == 0;

	(void)state;
	if (is_root && seteuid(65534) != 0)
		skip();
	unsetenv("QUELL_STORE");
	setenv("HOME", "/home/jane", 1);
	setenv("XDG_STATE_HOME", "/state", 1);
	assert_string_equal(url_of(NULL, NULL), "sqlite:/state/quell/quell.db");
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_string_equal(url_of(NULL, NULL), "sqlite:/home/jane/.local/state/quell/quell.db");
	unsetenv("HOME");
	assert_string_equal(url_of(NULL, NULL), "refused");
	assert_true(!is_root || seteuid(0) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_nearer_counts_for_more),
		cmocka_unit_test(another_users_store_is_in_their_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
