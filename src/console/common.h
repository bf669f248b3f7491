/*
 * common - what the commands around the store share: settings, where the store is, formats.
 */
#ifndef CONSOLE_COMMON_H
#define CONSOLE_COMMON_H

#include <stdint.h>

#include "console/command.h"
#include "report/report.h"
#include "settings/settings.h"
#include "store/store.h"

#define CLI_SETTINGS_FILE "/etc/quell/quell.yaml"

enum { CLI_STORE = 512, CLI_YES, CLI_SET, CLI_ERROR = 768 };

/* Rows for a command's table of options. */
#define CLI_OPTION_STORE                                                                           \
	{                                                                                          \
		CLI_STORE, "store", "URL",                                                         \
			"where machines are kept; default: QUELL_STORE, then "                     \
			"quell's own"                                                              \
	}
#define CLI_OPTION_SETTINGS                                                                        \
	{                                                                                          \
		'c', NULL, "FILE", "settings; default: " CLI_SETTINGS_FILE ", if it is there"      \
	}
#define CLI_OPTION_SET                                                                             \
	{                                                                                          \
		CLI_SET, "set", "KEY=VALUE", "one setting, over the file's; again for more"        \
	}
#define CLI_OPTION_HELP                                                                            \
	{                                                                                          \
		CLI_HELP, "help", NULL, "this text"                                                \
	}

/* Reads the settings: `file`, or the default one if it is there; then each of `sets`. Returns the
 * exit status; what is wrong has been said. The caller frees *ret_settings when it is CLI_DONE. */
int cli_settings(const struct cli_command *c, const char *file, const char *const *sets,
		 size_t n_sets, struct settings **ret_settings);

struct cli_sets { /* --set, again and again */
	const char *list[32];
	size_t n;
};
/* CLI_USAGE after a message: too many. `set` is borrowed. */
int cli_take_set(const struct cli_command *c, struct cli_sets *sets, const char *set);

enum cli_store_use {
	CLI_STORE_READ,   /* must be there; is not changed */
	CLI_STORE_CHANGE, /* must be there */
	CLI_STORE_MAKE,   /* made where it is not; so is the folder of quell's own, mode 0700 */
};

/* Where the store is: `given` (--store), else QUELL_STORE, else store.url, else quell's own place:
 * sqlite:/var/lib/quell/quell.db for root, under $XDG_STATE_HOME or ~/.local/state otherwise. `url`
 * holds CLI_URL. RC_INVAL: no home to put it in, or too long; `err` says so. */
enum { CLI_URL = 1024 };
MUST_CHECK enum rc cli_store_url(const char *given, const struct settings *s, char *url, char *err,
				 size_t err_len);

/* Opens it, with the settings of `settings_file` (NULL: the default). Returns the exit status;
 * what is wrong, and what to do, has been said. */
int cli_store_open(const struct cli_command *c, const char *given, const char *settings_file,
		   enum cli_store_use use, struct store **ret_store);

/* The same where the settings have been read. */
int cli_store_open_with(const struct cli_command *c, const char *given, const struct settings *s,
			enum cli_store_use use, struct store **ret_store);

/* Says what the store said. Returns CLI_FAILED. */
int cli_store_failed(const struct cli_command *c, const struct store *s);

/* Which machine does `what` mean: an id, address, MAC, name or user? Nobody and several are told,
 * with what to do, and are CLI_FAILED. `id` holds MACHINE_ID. */
int cli_find(const struct cli_command *c, struct store *s, const char *what, char *id);

enum cli_format { CLI_HUMAN, CLI_JSON, CLI_CSV };

/* CLI_USAGE after a message if there is no such format. */
int cli_format(const struct cli_command *c, const char *name, enum cli_format *ret_format);

/* Colours and width for standard output. */
struct report_style cli_style(void);

uint64_t cli_now(void); /* nanoseconds since 1970 */

#endif
