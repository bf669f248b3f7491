#include "cli/hosts.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "console/common.h"
#include "console/filter.h"
#include "inventory/hosts.h"
#include "model/query.h"

enum { OPT_SORT = 256, OPT_LIMIT, FIELD_COLUMN = 14 };

const struct hosts_part hosts_parts[] = {
	{"show", "all that is known of a machine", hosts_show},
	{"set", "owner, place, phone, note and importance of a machine", hosts_set},
	{"tag", "put tags on a machine, or take them off", hosts_tag},
	{"merge", "two entries are one machine", hosts_merge},
	{"split", "an entry is two machines", hosts_split},
	{"forget", "take a machine out of the list", hosts_forget},
	{"import", "bring in lists that other tools keep, or another store", hosts_import},
	{"audit", "who changed what, and when", hosts_audit},
	{NULL, NULL, NULL},
};

static const struct cli_option options[] = {
	{OPT_SORT, "sort", "FIELD", "by a field below; -FIELD turns it; default: worst first"},
	{OPT_LIMIT, "limit", "N", "at most N machines"},
	{'o', NULL, "FORMAT", "human (default), json or csv"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

struct request {
	struct query query;
	enum cli_format format;
	const char *store, *settings;
	uint64_t now_ns;
	bool is_help;
};

static void help(FILE *to)
{
	cli_help(&cli_hosts, to);
	fputs("\nParts; each has its own --help:\n", to);
	for (const struct hosts_part *p = hosts_parts; p->name != NULL; p++)
		fprintf(to, "  %-*s%s\n", FIELD_COLUMN, p->name, p->summary);
	fputs("\nFilter: words and field:value, all of which must hold; -field:value must not.\n",
	      to);
	for (unsigned f = QUERY_WORD; f < QUERY_FIELDS; f++) {
		const char *name = query_field_name((enum query_field)f);

		fprintf(to, "  %-*s%s\n", FIELD_COLUMN, name[0] != '\0' ? name : "WORD",
			query_field_help((enum query_field)f));
	}
}

static int take_limit(struct request *rq)
{
	char *end = NULL;

	errno = 0;
	rq->query.limit = strtoull(optarg, &end, 10);
	if (optarg[0] < '0' || optarg[0] > '9' || *end != '\0' || errno != 0 ||
	    rq->query.limit > INT64_MAX)
		return cli_usage(&cli_hosts, "--limit %s: how many machines? 0 is all", optarg);
	return CLI_DONE;
}

static int take_option(struct request *rq, int id)
{
	char err[CLI_ERROR];

	switch (id) {
	case OPT_SORT:
		if (query_sort(optarg, &rq->query, err, sizeof(err)) != RC_OK)
			return cli_usage(&cli_hosts, "--sort %s", err);
		return CLI_DONE;
	case OPT_LIMIT:
		return take_limit(rq);
	case 'o':
		return cli_format(&cli_hosts, optarg, &rq->format);
	case CLI_STORE:
		rq->store = optarg;
		return CLI_DONE;
	case 'c':
		rq->settings = optarg;
		return CLI_DONE;
	case CLI_HELP:
		rq->is_help = true;
		return CLI_DONE;
	default:
		return CLI_USAGE;
	}
}

static int parse(struct request *rq, int argc, char **argv)
{
	char **front = calloc((size_t)argc + 1, sizeof(*front));
	char **back = calloc((size_t)argc + 1, sizeof(*back));
	int status = CLI_FAILED, id = 0, n_front = 0, n_back = 0;

	if (front == NULL || back == NULL)
		goto out;
	n_front = cli_filter_part(&cli_hosts, argc, argv, front, back, &n_back);
	status = CLI_DONE;
	while (status == CLI_DONE && (id = cli_next(&cli_hosts, n_front, front)) != -1)
		status = take_option(rq, id);
	for (int i = optind; status == CLI_DONE && i < n_front; i++)
		status = cli_filter_word(&cli_hosts, front[i], rq->now_ns, &rq->query);
	for (int i = 0; status == CLI_DONE && i < n_back; i++)
		status = cli_filter_word(&cli_hosts, back[i], rq->now_ns, &rq->query);
out:
	free(front);
	free(back);
	return status;
}

struct printing {
	const struct hosts_writer *writer;
	void *state;
	enum rc rc;
	int why; /* errno of it */
};

static bool print_row(void *ctx, const struct store_row *r)
{
	struct printing *p = ctx;

	p->rc = p->writer->row(p->state, r);
	p->why = errno;
	return p->rc == RC_OK;
}

static int print(const struct request *rq, struct store *s)
{
	static const struct hosts_writer *const writers[] = {&hosts_human, &hosts_json, &hosts_csv};
	struct printing p = {.writer = writers[rq->format]};
	char filter[QUERY_TEXT];
	struct hosts_head head = {query_print(&rq->query, filter), rq->query.limit, stdout,
				  cli_style()};
	uint64_t total = 0;
	int status = CLI_FAILED;
	enum rc rc = p.writer->begin(&head, &p.state);

	if (rc == RC_OK) {
		rc = store_list(s, &rq->query, print_row, &p, &total);
		if (rc != RC_OK) {
			status = cli_store_failed(&cli_hosts, s);
			goto out;
		}
		rc = p.rc != RC_OK ? p.rc : p.writer->end(p.state, total);
		errno = p.rc != RC_OK ? p.why : errno;
	}
	if (rc == RC_OK)
		status = CLI_DONE;
	else
		(void)cli_usage(&cli_hosts, "standard output: %s",
				rc == RC_IO ? strerror(errno) : rc_str(rc));
out:
	p.writer->free(p.state);
	return status;
}

static int list(int argc, char **argv)
{
	struct request rq = {.now_ns = cli_now()};
	struct store *s = NULL;
	int status = parse(&rq, argc, argv);

	if (status != CLI_DONE)
		return status;
	if (rq.is_help) {
		help(stdout);
		return CLI_DONE;
	}
	status = cli_store_open(&cli_hosts, rq.store, rq.settings, CLI_STORE_READ, &s);
	if (status == CLI_DONE)
		status = print(&rq, s);
	store_close(s);
	return status;
}

static int run(int argc, char **argv)
{
	for (const struct hosts_part *p = hosts_parts; argc > 1 && p->name != NULL; p++) {
		/* some look for it among the options */
		if (strcmp(p->name, argv[1]) == 0 ||
		    (p->run == hosts_import && strcmp("--import", argv[1]) == 0))
			return p->run(argc - 1, argv + 1);
	}
	return list(argc, argv);
}

const struct cli_command cli_hosts = {
	.name = "hosts",
	.summary = "the inventory: which machines there are, whose and where",
	.run = run,
	.usage = "hosts [option ...] [filter ...]   or   hosts PART ...",
	.examples =
		"  quell hosts                                  all machines, the worst first\n"
		"  quell hosts verdict:infected os:xp           infected, and with Windows XP\n"
		"  quell hosts seen:1h net:10.1.0.0/16          heard within the last hour\n"
		"  quell hosts in:wire -in:list                 on the network, but in no list\n"
		"  quell hosts in:list -in:wire -o csv          listed, but never heard\n"
		"  quell hosts show lap-7                       one machine, with everything\n"
		"  quell hosts set lap-7 owner='Jane Doe' place='room 214'",
	.options = options,
};
