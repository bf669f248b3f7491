#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "console/command.h"

static const struct cli_command *const commands[] = {
	&cli_watch, &cli_hosts, &cli_who, &cli_assess, &cli_triage, &cli_campaign, &cli_threats};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void help(FILE *to)
{
	fputs("quell finds the machines that a network worm has infected.\n\n"
	      "  quell watch -r office.pcap          who in this capture is infected?\n"
	      "  quell watch -i eth0 --for 30m       listen for half an hour\n"
	      "  quell who 10.1.2.3                  which machine is that, whose, and where?\n"
	      "  quell hosts verdict:infected        the inventory, and what is wrong in it\n"
	      "  quell assess 10.1.2.0/24            are they patched?\n"
	      "  quell triage                        how bad is it, and what is to be done now?\n"
	      "  quell campaign status stop-worm     the cure: how far is it, is it over?\n"
	      "  quell threats ms08-067              what is it, and what to do about it?\n\n"
	      "usage: quell COMMAND [option ...]\n\n"
	      "Commands:\n",
	      to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-12s%s\n", commands[i]->name, commands[i]->summary);
	fputs("\nOptions:\n"
	      "  -h, --help                  this text; of a command: quell COMMAND --help\n"
	      "      --version               the version\n",
	      to);
}

static int unknown_command(const char *name)
{
	const char *best = "";
	unsigned least = UINT_MAX;

	for (size_t i = 0; i < COMMANDS; i++) {
		unsigned d = text_distance(name, commands[i]->name);

		if (d < least) {
			least = d;
			best = commands[i]->name;
		}
	}
	fprintf(stderr, "quell: there is no command '%s'; did you mean '%s'? See quell --help.\n",
		name, best);
	return CLI_USAGE;
}

static int run(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help(stdout);
		return CLI_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("quell " QUELL_VERSION);
		return CLI_DONE;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i]->name) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	}
	return unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	/* A full disk must not pass for a report. */
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		fprintf(stderr, "quell: standard output: %s\n", strerror(errno));
		return CLI_FAILED;
	}
	return status;
}
