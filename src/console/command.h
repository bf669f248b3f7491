/*
 * command - what the subcommands share: their table, their options, their exit status.
 *
 * A command is one row in main.c and one function in its own cmd_*.c. Its options are a table
 * from which getopt_long() and --help are both fed, so that they cannot differ.
 */
#ifndef CONSOLE_COMMAND_H
#define CONSOLE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 }; /* 3 and 4: app/watch.h */

struct cli_option {
	int id; /* a letter, or a number over 255 for an option without one */
	const char *name, *arg, *help; /* name or arg may be NULL */
};

struct cli_command {
	const char *name, *summary;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
	const char *usage;                 /* "watch [option ...]": a line */
	const char *examples;              /* whole lines, indented */
	const struct cli_option *options;  /* ended by a zero id */
};

extern const struct cli_command cli_watch, cli_hosts, cli_who, cli_assess, cli_triage, cli_campaign,
	cli_threats;

enum { CLI_HELP = 'h', CLI_BAD = '?' };

/* The next option's id, -1 after the last, CLI_BAD after a message. Its argument is in optarg. */
int cli_next(const struct cli_command *c, int argc, char **argv);

/* Options that are a text or a switch and no more: of each, where its argument goes, or what it
 * switches on. False: `id` is another one. */
struct cli_plain {
	int id;
	const char **text;
	bool *is_on;
};
bool cli_take_plain(const struct cli_plain *list, size_t n, int id);

/* optarg as a number; CLI_USAGE after a message that names the option. */
int cli_take_number(const struct cli_command *c, const char *option, uint64_t least, uint64_t most,
		    uint64_t *ret_n);

void cli_help(const struct cli_command *c, FILE *to);

/* Prints "quell COMMAND: message" to stderr. Returns CLI_USAGE. */
__attribute__((format(printf, 2, 3))) int cli_usage(const struct cli_command *c, const char *format,
						    ...);

#endif
