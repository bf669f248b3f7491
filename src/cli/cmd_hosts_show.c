#include <getopt.h>
#include <stdlib.h>

#include "cli/hosts.h"
#include "cli/who.h"

static const struct cli_option options[] = {
	{'o', NULL, "FORMAT", "human (default), json or csv"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

static const struct cli_command command = {
	.name = "hosts show",
	.usage = "hosts show [option ...] ID ...",
	.examples = "  quell hosts show lap-7               by name,\n"
		    "  quell hosts show 10.1.2.3            by address, whose it is now,\n"
		    "  quell hosts show 00:1a:2b:3c:4d:5e   by MAC, or by the id of quell hosts",
	.options = options,
};

static int answer(const struct answering *a, int n, char **words)
{
	struct question *questions = calloc((size_t)n + 1, sizeof(*questions));

	if (questions == NULL)
		return CLI_FAILED;
	for (int i = 0; i < n; i++)
		questions[i].what = words[i];

	int status = who_answer(a, questions, (size_t)n);

	free(questions);
	return status;
}

int hosts_show(int argc, char **argv)
{
	struct answering a = {.command = &command};
	const char *store = NULL, *settings = NULL;
	int id = 0, status = CLI_DONE;

	while (status == CLI_DONE && (id = cli_next(&command, argc, argv)) != -1) {
		switch (id) {
		case 'o':
			status = cli_format(&command, optarg, &a.format);
			break;
		case CLI_STORE:
			store = optarg;
			break;
		case 'c':
			settings = optarg;
			break;
		case CLI_HELP:
			cli_help(&command, stdout);
			return CLI_DONE;
		default:
			status = CLI_USAGE;
		}
	}
	if (status == CLI_DONE && optind == argc)
		status = cli_usage(&command, "which machine? Its id, name, address or MAC");
	if (status == CLI_DONE)
		status = cli_store_open(&command, store, settings, CLI_STORE_READ, &a.store);
	if (status == CLI_DONE)
		status = answer(&a, argc - optind, argv + optind);
	store_close(a.store);
	return status;
}
