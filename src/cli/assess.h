/*
 * assess - what the parts of `quell assess` share: showing what the store has of assessments.
 */
#ifndef CLI_ASSESS_H
#define CLI_ASSESS_H

#include "console/common.h"
#include "picture/picture.h"

struct assess_view {
	const struct cli_command *command;
	struct store *store;
	const struct knowledge *knowledge;
	enum picture_format format;
	const char *only;       /* a weakness' id, or NULL */
	const char *assessment; /* its id; NULL: the latest of each machine, and all machines */
};

/* CLI_USAGE after a message if there is no such format. */
int assess_format(const struct cli_command *c, const char *name, enum picture_format *ret_format);

/* A threat's or a weakness' id, as the catalogue has it; NULL stays. Exit status. */
int assess_only(const struct cli_command *c, const struct knowledge *k, const char *name,
		const char **ret_only);

/* The parts; each returns the exit status, what is wrong has been said. */
int assess_picture(const struct assess_view *v);
int assess_page(const struct assess_view *v, const char *what); /* id, name, address … */
/* NULL: the latest, and the one before it. */
int assess_diff(const struct assess_view *v, const char *before, const char *after);
int assess_list(const struct assess_view *v); /* human, json or csv */

/* --script and --import: cmd_assess_gather.c */
int assess_script(const struct cli_command *c, const struct knowledge *k, const char *only,
		  const char *dir);
int assess_import(const struct cli_command *c, struct store *s, const struct knowledge *k,
		  const char *path);

#endif
