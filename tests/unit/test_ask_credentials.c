/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask/credentials.h"

static char path[] = "/tmp/quell-credentials-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path); /* mode 0600 */

	(void)state;
	return fd == -1 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void put(const char *text, size_t len, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static enum rc try(const char *text, struct ask_credentials **ret_c, char *err)
{
	put(text, strlen(text), 0600);
	return ask_credentials_read(path, ret_c, err, 512);
}

static const struct {
	const char *text, *user, *password, *domain;
} good[] = {
	{"username = maria\npassword = p=w d\ndomain = CORP\n", "maria", "p=w d", "CORP"},
	{"username=CORP\\maria\r\npassword=x\r\n", "maria", "x", "CORP"},
	{"# account\n\n  password = x  \n\tusername = maria@corp.example", "maria@corp.example",
	 "x", ""},
};

static void what_smbclient_reads_is_read(void **unused)
{
	struct ask_credentials *c = NULL;
	char err[512] = "";

	(void)unused;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(try(good[i].text, &c, err), RC_OK);
		assert_string_equal(c->username, good[i].user);
		assert_string_equal(c->password, good[i].password);
		assert_string_equal(c->domain, good[i].domain);
		assert_false(c->use_kerberos);
		ask_credentials_free(c);
	}
	assert_int_equal(try("kerberos\n", &c, err), RC_OK);
	assert_true(c->use_kerberos);
	ask_credentials_free(c);
}

static const struct {
	const char *text, *err;
} bad[] = {
	{"", "needs 'username"},
	{"username = maria\n", "needs 'username"},
	{"password = hush\n", "needs 'username"},
	{"username = maria\npasword = hush\n", ":2: unknown key"},
	{"username = maria\nhush\n", ":2: not 'username"},
	{"username = \npassword = hush\n", ":1: unknown key, or its value is empty"},
	{"username = CORP\\\npassword = hush\n", ":1: unknown key, or its value is empty"},
};

static void a_wrong_file_is_refused_without_telling_what_it_says(void **unused)
{
	struct ask_credentials *c = NULL;
	char err[512], longer[400];

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err[0] = '\0';
		assert_int_equal(try(bad[i].text, &c, err), RC_INVAL);
		if (strstr(err, bad[i].err) == NULL || strstr(err, path) != err ||
		    strstr(err, "hush") != NULL)
			fail_msg("%s\nsaid: %s", bad[i].text, err);
	}
	(void)snprintf(longer, sizeof(longer), "username = m\npassword = %0300d\n", 0);
	assert_int_equal(try(longer, &c, err), RC_INVAL);
	assert_non_null(strstr(err, ":2: "));
	put("username = m\0password", 21, 0600);
	assert_int_equal(ask_credentials_read(path, &c, err, sizeof(err)), RC_INVAL);
	assert_non_null(strstr(err, "not a text"));
	assert_null(c);
}

static void a_file_that_others_can_read_is_refused(void **unused)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0610, 0660, 0644, 0601};
	static const char text[] = "username = maria\npassword = hush\n";
	struct ask_credentials *c = NULL;
	char err[512];

	(void)unused;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		put(text, sizeof(text) - 1, modes[i]);
		assert_int_equal(ask_credentials_read(path, &c, err, sizeof(err)), RC_INVAL);
		assert_non_null(strstr(err, "chmod 600"));
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(ask_credentials_read(path, &c, err, sizeof(err)), RC_OK);
	ask_credentials_free(c);
}

static void a_link_is_followed_to_what_it_points_to(void **unused)
{
	struct ask_credentials *c = NULL;
	char err[512], link[sizeof(path) + 8];

	(void)unused;
	(void)snprintf(link, sizeof(link), "%s.link", path);
	put("username = maria\npassword = hush\n", 33, 0600);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(ask_credentials_read(link, &c, err, sizeof(err)), RC_OK);
	ask_credentials_free(c);
	assert_int_equal(chmod(path, 0644), 0); /* its mode counts, not the link's */
	assert_int_equal(ask_credentials_read(link, &c, err, sizeof(err)), RC_INVAL);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(ask_credentials_read("/dev/null", &c, err, sizeof(err)), RC_INVAL);
	assert_int_equal(ask_credentials_read("/tmp", &c, err, sizeof(err)), RC_INVAL);
	assert_int_equal(ask_credentials_read(link, &c, err, sizeof(err)), RC_INVAL);
	if (geteuid() == 0) { /* root reads everybody's files; that does not make them root's */
		assert_int_equal(chmod(path, 0600), 0);
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(ask_credentials_read(path, &c, err, sizeof(err)), RC_INVAL);
		assert_non_null(strstr(err, "belongs to somebody else"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_smbclient_reads_is_read),
		cmocka_unit_test(a_wrong_file_is_refused_without_telling_what_it_says),
		cmocka_unit_test(a_file_that_others_can_read_is_refused),
		cmocka_unit_test(a_link_is_followed_to_what_it_points_to),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
