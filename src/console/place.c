#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "console/common.h"

#define ROOT_STATE "/var/lib"

/* The folder above quell's own: it has one for each user's state. */
static const char *state_base(char *text, size_t len)
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n = 0;

	if (geteuid() == 0)
		return ROOT_STATE;
	/* A relative one is to be ignored: XDG Base Directory Specification. */
	if (xdg != NULL && xdg[0] == '/')
		n = snprintf(text, len, "%s", xdg);
	else if (home != NULL && home[0] == '/')
		n = snprintf(text, len, "%s/.local/state", home);
	return n > 0 && (size_t)n < len ? text : NULL;
}

enum rc cli_store_url(const char *given, const struct settings *s, char *url, char *err,
		      size_t err_len)
{
	char base[PATH_MAX];
	const char *from = given != NULL ? given : getenv("QUELL_STORE"), *state = NULL;
	int n = 0;

	if (given == NULL && (from == NULL || from[0] == '\0'))
		from = s != NULL ? settings_store_url(s) : NULL;
	if (from == NULL)
		state = state_base(base, sizeof(base));
	if (from == NULL && state == NULL) {
		(void)snprintf(err, err_len,
			       "no HOME to keep machines in: say where with --store URL");
		return RC_INVAL;
	}
	if (from != NULL)
		n = snprintf(url, CLI_URL, "%s", from);
	else
		n = snprintf(url, CLI_URL, "sqlite:%s/quell/quell.db", state);
	if (n < 1 || n >= CLI_URL) {
		(void)snprintf(err, err_len, "--store: %s",
			       n < 1 ? "an empty URL is none; as in sqlite:/path/quell.db"
				     : "the URL is too long");
		return RC_INVAL;
	}
	return RC_OK;
}

/* The file of an SQLite store; NULL: it is none. */
static const char *sqlite_path(const char *url)
{
	size_t len = strlen(url);

	if (strncmp(url, "sqlite:", 7) == 0)
		return url + 7;
	return strchr(url, ':') == NULL && len > 3 && strcmp(url + len - 3, ".db") == 0 ? url
											: NULL;
}

/* Makes the folders of a path down to the last '/', those that are missing, for nobody else. */
static bool make_folders(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(part))
		return false;
	memcpy(part, path, len + 1);
	for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return false;
		*slash = '/';
	}
	return true;
}

int cli_store_open_with(const struct cli_command *c, const char *given, const struct settings *s,
			enum cli_store_use use, struct store **ret_store)
{
	char url[CLI_URL], own[CLI_URL], err[CLI_ERROR] = "";
	const char *path = NULL;

	if (cli_store_url(given, s, url, err, sizeof(err)) != RC_OK)
		return cli_usage(c, "%s", err);
	path = sqlite_path(url);
	if (use != CLI_STORE_MAKE && path != NULL && access(path, F_OK) != 0 && errno == ENOENT) {
		(void)cli_usage(c,
				"no machines are kept in %s yet: 'quell watch --store %s ...' or "
				"'quell hosts import LIST' begins it",
				path, url);
		return CLI_FAILED;
	}
	/* Somewhere else, a folder that is not there is a slip of the pen. */
	if (use == CLI_STORE_MAKE && path != NULL && given == NULL &&
	    getenv("QUELL_STORE") == NULL &&
	    cli_store_url(NULL, NULL, own, err, sizeof(err)) == RC_OK && strcmp(own, url) == 0 &&
	    !make_folders(path)) {
		(void)cli_usage(c, "%s: its folder cannot be made: %s", path, strerror(errno));
		return CLI_FAILED;
	}

	enum rc rc = store_open(url, use == CLI_STORE_READ ? STORE_READ : STORE_WRITE, ret_store,
				err, sizeof(err));

	if (rc == RC_OK)
		return CLI_DONE;
	(void)cli_usage(c, "%s", err[0] != '\0' ? err : rc_str(rc));
	return rc == RC_INVAL ? CLI_USAGE : CLI_FAILED;
}

int cli_store_open(const struct cli_command *c, const char *given, const char *settings_file,
		   enum cli_store_use use, struct store **ret_store)
{
	struct settings *s = NULL;
	int status = cli_settings(c, settings_file, NULL, 0, &s);

	if (status != CLI_DONE)
		return status;
	status = cli_store_open_with(c, given, s, use, ret_store);
	settings_free(s);
	return status;
}

int cli_store_failed(const struct cli_command *c, const struct store *s)
{
	(void)cli_usage(c, "%s", store_error(s));
	return CLI_FAILED;
}
