/*
 * filter - the filter of `quell hosts` on a command line, where a negated term looks like an
 * option.
 */
#ifndef CONSOLE_FILTER_H
#define CONSOLE_FILTER_H

#include "console/command.h"
#include "model/query.h"

/* Sorts argv: options and words into `front`, negated terms (-tag:kiosk), and all after a "--",
 * into `back`; both hold argc + 1. What an option takes stays with it. Returns how many are in
 * front. */
int cli_filter_part(const struct cli_command *c, int argc, char **argv, char **front, char **back,
		    int *ret_n_back);

/* Adds a word of the command line to the query. CLI_USAGE after a message. */
int cli_filter_word(const struct cli_command *c, const char *word, uint64_t now_ns,
		    struct query *q);

#endif
