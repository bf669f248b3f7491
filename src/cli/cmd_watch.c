#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/watch.h"
#include "console/common.h"
#include "filter/filter.h"
#include "report/report.h"
#include "settings/settings.h"

enum {
	OPT_FOR = 256,
	OPT_PROMISCUOUS,
	OPT_WORKERS,
	OPT_EXIT_CODE,
	OPT_SET,
	OPT_DUMP,
	OPT_FIELDS,
	OPT_EVENTS,
	OPT_SENSOR,
};

enum { SENSOR_MAX = 64 };

static const struct cli_option options[] = {
	{'r', NULL, "FILE", "read a capture; again for more; - is standard input"},
	{'i', NULL, "IFACE", "listen on an interface; BPF words after the options narrow it"},
	{OPT_FOR, "for", "TIME", "stop listening after TIME: 90s, 30m, 2h"},
	{OPT_PROMISCUOUS, "promiscuous", NULL, "also take frames that are for other machines"},
	{OPT_WORKERS, "workers", "N", "threads that read packets; default: one per core, up to 4"},
	{'o', NULL, "FORMAT", "human (default), json, eve or csv"},
	{CLI_STORE, "store", "URL", "keep machines and findings in a store, as they are heard"},
	{OPT_SENSOR, "sensor", "NAME", "who listens, for the store; default: the host's name"},
	{OPT_EXIT_CODE, "exit-code", NULL, "exit with 3: infected found; 4: heard too little"},
	CLI_OPTION_SETTINGS,
	{OPT_SET, "set", "KEY=VALUE", "one setting, over the file's; again for more"},
	{OPT_DUMP, "dump-config", NULL, "print all settings and where they came from"},
	{'T', NULL, NULL, "only test the settings"},
	{'Y', NULL, "EXPRESSION", "print the source of frames that match, as Wireshark's -Y"},
	{OPT_FIELDS, "fields", NULL, "list the fields for -Y"},
	{OPT_EVENTS, "events", NULL, "print every event as a line of JSON"},
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

struct request { /* what the command line asked for */
	struct watch_options opt;
	const char *settings_file, *expression, *format;
	const char **sets;
	size_t n_sets;
	bool is_dump, is_test, is_fields, is_help;
	char *bpf; /* owned: the words put together */
	char store_url[CLI_URL];
};

/* "90", "90s", "30m", "2h", "1.5d" to seconds. */
static bool parse_duration(const char *text, double *ret_s)
{
	static const char units[] = "smhd";
	static const double seconds[] = {1, 60, 3600, 86400};
	char *end = NULL;
	double v = strtod(text, &end);

	if (end == text || text[0] < '0' || text[0] > '9' || !isfinite(v))
		return false;
	if (*end != '\0') {
		const char *unit = strchr(units, *end);

		if (unit == NULL || end[1] != '\0')
			return false;
		v *= seconds[unit - units];
	}
	*ret_s = v;
	return v > 0 && v <= 366.0 * 86400;
}

static bool parse_workers(const char *text, unsigned *ret_n)
{
	char *end = NULL;
	unsigned long v = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || v < 1 || v > WATCH_WORKERS_MAX)
		return false;
	*ret_n = (unsigned)v;
	return true;
}

static int take_option(struct request *rq, int id)
{
	switch (id) {
	case 'r':
		rq->opt.files[rq->opt.n_files++] = optarg;
		return CLI_DONE;
	case 'i':
		rq->opt.interface = optarg;
		return CLI_DONE;
	case OPT_FOR:
		if (!parse_duration(optarg, &rq->opt.for_s))
			return cli_usage(&cli_watch, "--for %s: a time is as 90s, 30m or 2h",
					 optarg);
		return CLI_DONE;
	case OPT_PROMISCUOUS:
		rq->opt.promiscuous = true;
		return CLI_DONE;
	case OPT_WORKERS:
		if (!parse_workers(optarg, &rq->opt.workers))
			return cli_usage(&cli_watch, "--workers %s: from 1 to %d", optarg,
					 WATCH_WORKERS_MAX);
		return CLI_DONE;
	case 'o':
		rq->format = optarg;
		return CLI_DONE;
	case OPT_EXIT_CODE:
		rq->opt.exit_code = true;
		return CLI_DONE;
	case 'c':
		rq->settings_file = optarg;
		return CLI_DONE;
	case OPT_SET:
		rq->sets[rq->n_sets++] = optarg;
		return CLI_DONE;
	case OPT_DUMP:
		rq->is_dump = true;
		return CLI_DONE;
	case 'T':
		rq->is_test = true;
		return CLI_DONE;
	case 'Y':
		rq->expression = optarg;
		return CLI_DONE;
	case OPT_FIELDS:
		rq->is_fields = true;
		return CLI_DONE;
	case OPT_EVENTS:
		rq->opt.events = true;
		return CLI_DONE;
	case CLI_STORE:
		rq->opt.store = optarg;
		return CLI_DONE;
	case OPT_SENSOR:
		if (optarg[0] == '\0' || strlen(optarg) >= SENSOR_MAX)
			return cli_usage(&cli_watch, "--sensor: a name of 1 to 63 bytes");
		rq->opt.sensor = optarg;
		return CLI_DONE;
	case CLI_HELP:
		rq->is_help = true;
		return CLI_DONE;
	default:
		return CLI_USAGE;
	}
}

static int join_bpf(struct request *rq, int n, char **words)
{
	size_t len = 1;
	struct bytes space = BYTES(" ");

	for (int i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	rq->bpf = calloc(1, len);
	if (rq->bpf == NULL)
		return CLI_FAILED;

	struct writer w = {(uint8_t *)rq->bpf, 0, len - 1, false};

	for (int i = 0; i < n; i++) {
		if (i > 0)
			wr_bytes(&w, space);
		wr_bytes(&w, (struct bytes){(const uint8_t *)words[i], strlen(words[i])});
	}
	rq->opt.bpf = rq->bpf;
	return CLI_DONE;
}

/* What is left after the options: BPF words for an interface, more files otherwise. */
static int take_words(struct request *rq, int n, char **words)
{
	if (n > 0 && rq->opt.interface != NULL)
		return join_bpf(rq, n, words);
	if (n > 0 && rq->opt.n_files == 0)
		return cli_usage(&cli_watch, "'%s': a capture needs -r, an interface -i", words[0]);
	for (int i = 0; i < n; i++)
		rq->opt.files[rq->opt.n_files++] = words[i];
	return CLI_DONE;
}

static int check_request(const struct request *rq)
{
	bool is_asking = rq->is_dump || rq->is_test || rq->is_fields || rq->is_help;

	if (rq->opt.n_files > 0 && rq->opt.interface != NULL)
		return cli_usage(&cli_watch, "-r and -i do not go together");
	if (rq->opt.n_files == 0 && rq->opt.interface == NULL && !is_asking)
		return cli_usage(&cli_watch, "what to watch? -r FILE or -i IFACE; see --help");
	if (rq->opt.interface == NULL && (rq->opt.for_s > 0 || rq->opt.promiscuous) && !is_asking)
		return cli_usage(&cli_watch, "--for and --promiscuous are for -i");
	if (rq->opt.store != NULL && (rq->opt.events || rq->expression != NULL))
		return cli_usage(&cli_watch, "--store keeps what a report says; -Y and --events "
					     "make none");
	if (rq->opt.events && rq->expression != NULL)
		return cli_usage(&cli_watch, "-Y and --events do not go together");
	return CLI_DONE;
}

static int find_writer(struct request *rq, const struct settings *s)
{
	const char *name = rq->format != NULL ? rq->format : settings_format(s);

	rq->opt.writer = report_writer_find(name);
	if (rq->opt.writer != NULL)
		return CLI_DONE;
	(void)cli_usage(&cli_watch, "-o %s: there is no such format; there are", name);
	for (const struct report_writer *w = report_writers; w->name != NULL; w++)
		fprintf(stderr, "  %-8s%s\n", w->name, w->summary);
	return CLI_USAGE;
}

static void print_fields(void)
{
	const struct filter_field_info *f = NULL;

	for (size_t i = 0; (f = filter_field_at(i)) != NULL; i++)
		printf("%-44s %-13s %s\n", f->name, f->type, f->help);
}

/* Who listens for a while wants it kept where QUELL_STORE or the settings say. A capture is read
 * for an answer: it is kept only if --store says so. */
static int find_store(struct request *rq, const struct settings *s)
{
	const char *env = getenv("QUELL_STORE");
	bool is_set = (env != NULL && env[0] != '\0') || settings_store_url(s) != NULL;
	char err[CLI_ERROR] = "";

	if (rq->opt.sensor == NULL)
		rq->opt.sensor = settings_sensor_name(s);
	if (rq->opt.store == NULL &&
	    (rq->opt.interface == NULL || !is_set || rq->opt.events || rq->expression != NULL))
		return CLI_DONE;
	if (cli_store_url(rq->opt.store, s, rq->store_url, err, sizeof(err)) != RC_OK)
		return cli_usage(&cli_watch, "%s", err);
	rq->opt.store = rq->store_url;
	return CLI_DONE;
}

/* With settings, filter and writer in place. */
static int watch(struct request *rq)
{
	struct settings *s = NULL;
	char err[CLI_ERROR] = "";
	int status = CLI_FAILED;

	status = cli_settings(&cli_watch, rq->settings_file, rq->sets, rq->n_sets, &s);
	if (status == CLI_DONE)
		status = find_writer(rq, s);
	if (status == CLI_DONE)
		status = find_store(rq, s);
	if (status == CLI_DONE && rq->expression != NULL &&
	    filter_compile(rq->expression, &rq->opt.filter, err, sizeof(err)) != RC_OK)
		status = cli_usage(&cli_watch, "-Y: %s", err[0] != '\0' ? err : rc_str(RC_NOMEM));
	if (status != CLI_DONE)
		goto out;
	if (rq->is_dump) {
		status = settings_dump(s, stdout) == RC_OK ? CLI_DONE : CLI_FAILED;
	} else if (rq->is_test) {
		fputs("quell watch: the settings are good\n", stderr);
	} else {
		rq->opt.settings = s;
		if (rq->opt.workers == 0)
			rq->opt.workers = settings_workers(s);
		status = watch_run(&rq->opt);
	}
out:
	filter_free(rq->opt.filter);
	settings_free(s);
	return status;
}

static int run(int argc, char **argv)
{
	struct request rq = {.opt = {.n_files = 0}};
	int status = CLI_FAILED, id = 0;

	/* No more files and settings than there are words. */
	rq.opt.files = calloc((size_t)argc, sizeof(*rq.opt.files));
	rq.sets = calloc((size_t)argc, sizeof(*rq.sets));
	if (rq.opt.files == NULL || rq.sets == NULL)
		goto out;
	status = CLI_DONE;
	while (status == CLI_DONE && (id = cli_next(&cli_watch, argc, argv)) != -1)
		status = take_option(&rq, id);
	if (status == CLI_DONE)
		status = take_words(&rq, argc - optind, argv + optind);
	if (status == CLI_DONE)
		status = check_request(&rq);
	if (status != CLI_DONE)
		goto out;
	if (rq.is_help)
		cli_help(&cli_watch, stdout);
	else if (rq.is_fields)
		print_fields();
	else
		status = watch(&rq);
out:
	free(rq.opt.files);
	free(rq.sets);
	free(rq.bpf);
	return status;
}

const struct cli_command cli_watch = {
	.name = "watch",
	.summary = "from a capture or an interface to the infected machines",
	.run = run,
	.usage = "watch (-r FILE ... | -i IFACE [BPF word ...]) [option ...]",
	.examples =
		"  quell watch -r office.pcap                  who in this capture is infected?\n"
		"  quell watch -i eth0 --for 30m               listen for half an hour\n"
		"  quell watch -i eth0 -o eve not port 9999    alerts for other tools\n"
		"  quell watch -r office.pcap -Y 'smb.service contains \"NetPathCanonicalize\"'\n"
		"                                              who calls what this worm calls?",
	.options = options,
};
