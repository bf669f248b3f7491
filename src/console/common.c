#include "console/common.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/monotime.h"
#include "base/text.h"
#include "threat/catalogue.h"

enum { WIDTH = 100, WIDTH_LEAST = 40 };

static int check_trusted(const struct cli_command *c, const struct settings *s)
{
	const struct policy *p = settings_policy(s);

	for (size_t i = 0; i < p->n_trusted; i++) {
		const char *id = p->trusted[i].threat, *best = "";
		unsigned least = UINT_MAX;

		if (id == NULL || threat_find(id) != NULL)
			continue;
		for (const struct threat *t = threat_catalogue; t->id != NULL; t++) {
			unsigned d = text_distance(id, t->id);

			if (d < least) {
				least = d;
				best = t->id;
			}
		}
		return cli_usage(c, "trusted: there is no threat '%s'; did you mean '%s'?", id,
				 best);
	}
	return CLI_DONE;
}

static int load(const struct cli_command *c, const char *path, const char *const *sets,
		size_t n_sets, struct settings *s)
{
	char err[CLI_ERROR] = "";
	enum rc rc = RC_OK;

	if (path == NULL && access(CLI_SETTINGS_FILE, F_OK) == 0)
		path = CLI_SETTINGS_FILE;
	if (path != NULL)
		rc = settings_read(s, path, err, sizeof(err));
	if (rc == RC_IO)
		return cli_usage(c, "%s: %s", path, strerror(errno));
	for (size_t i = 0; rc == RC_OK && i < n_sets; i++)
		rc = settings_set(s, sets[i], err, sizeof(err));
	if (rc != RC_OK)
		return cli_usage(c, "%s", err[0] != '\0' ? err : rc_str(rc));
	return check_trusted(c, s);
}

int cli_settings(const struct cli_command *c, const char *file, const char *const *sets,
		 size_t n_sets, struct settings **ret_settings)
{
	struct settings *s = NULL;
	int status = CLI_FAILED;

	if (settings_new(&s) != RC_OK) {
		(void)cli_usage(c, "%s", rc_str(RC_NOMEM));
		return CLI_FAILED;
	}
	status = load(c, file, sets, n_sets, s);
	if (status == CLI_DONE) {
		*ret_settings = s;
		s = NULL;
	}
	settings_free(s);
	return status;
}

int cli_format(const struct cli_command *c, const char *name, enum cli_format *ret_format)
{
	static const char *const names[] = {"human", "json", "csv"};

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret_format = (enum cli_format)i;
			return CLI_DONE;
		}
	}
	return cli_usage(c, "-o %s: it is one of: human, json, csv", name);
}

struct report_style cli_style(void)
{
	struct report_style style = {.width = WIDTH};
	struct winsize size = {0};
	const char *no_color = getenv("NO_COLOR");

	if (!isatty(STDOUT_FILENO))
		return style;
	style.color = no_color == NULL || no_color[0] == '\0';
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= WIDTH_LEAST)
		style.width = size.ws_col < 2 * WIDTH ? size.ws_col : 2 * WIDTH;
	return style;
}

uint64_t cli_now(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

int cli_take_set(const struct cli_command *c, struct cli_sets *sets, const char *set)
{
	const size_t most = sizeof(sets->list) / sizeof(sets->list[0]);

	if (sets->n == most)
		return cli_usage(c, "--set: at most %zu", most);
	sets->list[sets->n++] = set;
	return CLI_DONE;
}
