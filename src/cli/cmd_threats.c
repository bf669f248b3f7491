#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/threats.h"
#include "console/command.h"

enum { OPT_BASELINES = 256, OPT_BASELINE, BASELINES_MAX = 16, ERR = 1024 };

static const struct cli_option options[] = {
	{OPT_BASELINES, "baselines", NULL, "the baselines that are built in"},
	{OPT_BASELINE, "baseline", "NAME|FILE", "one baseline: what it asks, and why"},
	{'o', NULL, "FORMAT", "human (default) or json"},
	{'h', "help", NULL, "this text"},
	{0, NULL, NULL, NULL},
};

struct wish {
	bool is_json, has_baselines;
	const char *baseline, *id;
};

static int unknown_threat(const char *id)
{
	const char *best = "";
	unsigned least = UINT_MAX;

	for (const struct threat *t = threat_catalogue; t->id != NULL; t++) {
		unsigned d = text_distance(id, t->id);

		if (d < least) {
			least = d;
			best = t->id;
		}
	}
	return cli_usage(&cli_threats, "there is no threat '%s'; did you mean '%s'?", id, best);
}

static int open_knowledge(const char *baseline, struct knowledge **ret_k)
{
	char err[ERR] = "";
	enum rc rc = knowledge_new(baseline, ret_k, err, sizeof(err));

	if (rc == RC_INVAL)
		return cli_usage(&cli_threats, "%s", err);
	if (rc != RC_OK) {
		fprintf(stderr, "quell threats: %s\n", rc_str(rc));
		return CLI_FAILED;
	}
	return CLI_DONE;
}

static int baseline(const struct wish *w)
{
	struct knowledge *k = NULL;
	int status = open_knowledge(w->baseline, &k);

	if (status == CLI_DONE && w->is_json)
		status = threats_json_baseline(knowledge_baseline(k)) ? CLI_DONE : CLI_FAILED;
	else if (status == CLI_DONE)
		threats_show_baseline(knowledge_baseline(k));
	knowledge_free(k);
	return status;
}

static int baselines(const struct wish *w)
{
	const char *const *names = knowledge_baselines();
	struct knowledge *all[BASELINES_MAX] = {NULL};
	const struct baseline *list[BASELINES_MAX] = {NULL};
	int status = CLI_DONE;
	size_t n = 0;

	for (; status == CLI_DONE && n < BASELINES_MAX && names[n] != NULL; n++) {
		status = open_knowledge(names[n], &all[n]);
		if (status == CLI_DONE)
			list[n] = knowledge_baseline(all[n]);
	}
	if (status == CLI_DONE && w->is_json)
		status = threats_json_baselines(list, n) ? CLI_DONE : CLI_FAILED;
	for (size_t i = 0; i < n; i++) {
		if (status == CLI_DONE && !w->is_json)
			threats_list_baseline(list[i]);
		knowledge_free(all[i]);
	}
	return status;
}

static int threats(const struct wish *w)
{
	const struct threat *only = w->id != NULL ? threat_find(w->id) : NULL;
	struct knowledge *k = NULL;
	int status = CLI_DONE;

	if (w->id != NULL && only == NULL)
		return unknown_threat(w->id);
	if (only == NULL && !w->is_json) {
		for (const struct threat *t = threat_catalogue; t->id != NULL; t++)
			printf("%-22s %s\n", t->id, t->name);
		return CLI_DONE;
	}
	status = open_knowledge(NULL, &k);
	if (status == CLI_DONE && w->is_json)
		status = threats_json(only, k) ? CLI_DONE : CLI_FAILED;
	else if (status == CLI_DONE)
		threats_show(only, k);
	knowledge_free(k);
	return status;
}

static int run(int argc, char **argv)
{
	struct wish w = {.id = NULL};
	int id = 0;

	while ((id = cli_next(&cli_threats, argc, argv)) != -1) {
		switch (id) {
		case 'o':
			w.is_json = strcmp(optarg, "json") == 0;
			if (!w.is_json && strcmp(optarg, "human") != 0)
				return cli_usage(&cli_threats, "-o is one of: human, json");
			break;
		case OPT_BASELINES:
			w.has_baselines = true;
			break;
		case OPT_BASELINE:
			w.baseline = optarg;
			break;
		case CLI_HELP:
			cli_help(&cli_threats, stdout);
			return CLI_DONE;
		default:
			return CLI_USAGE;
		}
	}
	if (argc > optind)
		w.id = argv[optind];
	if (argc - optind > 1)
		return cli_usage(&cli_threats, "one threat at a time");
	if ((w.id != NULL) + (w.baseline != NULL) + w.has_baselines > 1)
		return cli_usage(&cli_threats,
				 "a threat, --baselines or --baseline: one of them at a time");
	if (w.baseline != NULL)
		return baseline(&w);
	return w.has_baselines ? baselines(&w) : threats(&w);
}

const struct cli_command cli_threats = {
	.name = "threats",
	.summary = "the threats that quell can name, and what to do about them",
	.run = run,
	.usage = "threats [option ...] [id]",
	.examples = "  quell threats                 all of them\n"
		    "  quell threats ms08-067        what it is, what closes it, what to do\n"
		    "  quell threats --baselines     what can be wanted of machines\n"
		    "  quell threats --baseline office\n"
		    "  quell threats -o json         for other programs",
	.options = options,
};
