#include <getopt.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "threat/catalogue.h"

enum { WIDTH = 96 };

static const struct cli_option options[] = {
	{'o', NULL, "FORMAT", "human (default) or json"},
	{'h', "help", NULL, "this text"},
	{0, NULL, NULL, NULL},
};

/* In lines of at most WIDTH columns, those after the first indented. */
static void wrapped(const char *first, const char *text, unsigned indent)
{
	size_t col = (size_t)printf("%s", first);

	for (const char *p = text; *p != '\0';) {
		size_t len = strcspn(p, " ");

		if (col + 1 + len > WIDTH)
			col = (size_t)printf("\n%*s", (int)indent, "") - 1;
		else if (p != text)
			col += (size_t)printf(" ");
		printf("%.*s", (int)len, p);
		col += len;
		p += len;
		p += strspn(p, " ");
	}
	putchar('\n');
}

static void show(const struct threat *t)
{
	printf("%s - %s\n\n", t->id, t->name);
	wrapped("", t->summary, 0);
	putchar('\n');
	if (t->weakness != NULL)
		wrapped("weakness      ", t->weakness, 14);
	wrapped("patch         ", t->patch != NULL ? t->patch : "none closes it", 14);
	wrapped("delivered at  ", t->ports, 14);
	puts("\nWhat to do with a machine that does this:");
	for (int i = 0; t->what_next[i] != NULL; i++) {
		char number[16];

		(void)snprintf(number, sizeof(number), "  %d. ", i + 1);
		wrapped(number, t->what_next[i], 5);
	}
	if (t->source != NULL) {
		putchar('\n');
		wrapped("source        ", t->source, 14);
	}
}

static json_t *to_json(const struct threat *t)
{
	json_t *steps = json_array();

	for (int i = 0; t->what_next[i] != NULL; i++)
		json_array_append_new(steps, json_string(t->what_next[i]));
	return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:o, s:s?}", "id", t->id, "name",
			 t->name, "summary", t->summary, "weakness", t->weakness, "patch", t->patch,
			 "ports", t->ports, "what_next", steps, "source", t->source);
}

static int print_json(const struct threat *only)
{
	json_t *root = NULL;
	int rc = CLI_FAILED;

	if (only != NULL) {
		root = to_json(only);
	} else {
		root = json_array();
		for (const struct threat *t = threat_catalogue; t->id != NULL; t++)
			json_array_append_new(root, to_json(t));
	}
	if (root != NULL && json_dumpf(root, stdout, JSON_INDENT(2) | JSON_SORT_KEYS) == 0)
		rc = CLI_DONE;
	putchar('\n');
	json_decref(root);
	return rc;
}

static void print_list(void)
{
	for (const struct threat *t = threat_catalogue; t->id != NULL; t++)
		printf("%-22s %s\n", t->id, t->name);
}

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

static int run(int argc, char **argv)
{
	const struct threat *only = NULL;
	bool is_json = false;
	int id = 0;

	while ((id = cli_next(&cli_threats, argc, argv)) != -1) {
		switch (id) {
		case 'o':
			is_json = strcmp(optarg, "json") == 0;
			if (!is_json && strcmp(optarg, "human") != 0)
				return cli_usage(&cli_threats, "-o is one of: human, json");
			break;
		case CLI_HELP:
			cli_help(&cli_threats, stdout);
			return CLI_DONE;
		default:
			return CLI_USAGE;
		}
	}
	if (argc - optind > 1)
		return cli_usage(&cli_threats, "one threat at a time");
	if (argc > optind) {
		only = threat_find(argv[optind]);
		if (only == NULL)
			return unknown_threat(argv[optind]);
	}
	if (is_json)
		return print_json(only);
	if (only != NULL)
		show(only);
	else
		print_list();
	return CLI_DONE;
}

const struct cli_command cli_threats = {
	.name = "threats",
	.summary = "the threats that quell can name, and what to do about them",
	.run = run,
	.usage = "threats [option ...] [id]",
	.examples = "  quell threats                 all of them\n"
		    "  quell threats ms08-067        what it is, what closes it, what to do\n"
		    "  quell threats -o json         for other programs",
	.options = options,
};
