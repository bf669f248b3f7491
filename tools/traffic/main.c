/* quell-traffic: makes captures that the tests, `make run` and `make bench` need. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"

struct kind {
	const char *name, *help;
	int (*run)(const struct options *opt);
	struct options fallback;
};

static const struct kind kinds[] = {
	{"office",
	 "a small office with ordinary traffic, in which a worm spreads from one to nine",
	 office_main,
	 {.machines = 60, .minutes = 20}},
	{"smb", "file copies over SMB 1 and SMB 2", copies_main, {.bytes = 500000000}},
	{"flood", "SYNs from forged sources, each of them once", flood_main, {.packets = 10000000}},
	{"outbreak",
	 "a large site with thousands of infected machines",
	 outbreak_main,
	 {.machines = 5000, .minutes = 10}},
	{"week",
	 "a large office for a week: who had which address when (--truth)",
	 week_main,
	 {.machines = 1000, .minutes = 7 * 24 * 60}},
	{"shapes", "a folder of small captures, one case each, with their truth", shapes_main, {0}},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void usage(FILE *to)
{
	fputs("usage: quell-traffic KIND [options] -w FILE\n\n", to);
	for (size_t i = 0; i < KINDS; i++)
		fprintf(to, "  %-9s %s\n", kinds[i].name, kinds[i].help);
	fputs("\n  -w, --write FILE    the capture; - is stdout; for shapes a folder; -w may be "
	      "left out\n"
	      "  --truth FILE        who is infected, by whom, since when; of a week:\n"
	      "                      who had which address when, and who sat there (TSV)\n"
	      "  --machines N        how many machines\n"
	      "  --minutes N         how long it lasts\n"
	      "  --bytes N           at least so many bytes\n"
	      "  --packets N         so many packets\n"
	      "  --no-worm           ordinary traffic only\n"
	      "  --seed N            another world of the same kind\n",
	      to);
}

/* False: not a number. */
static bool number(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *text != '-';
}

static bool parse(int argc, char **argv, struct options *opt)
{
	static const struct option longs[] = {{"write", required_argument, NULL, 'w'},
					      {"truth", required_argument, NULL, 't'},
					      {"machines", required_argument, NULL, 'm'},
					      {"minutes", required_argument, NULL, 'M'},
					      {"bytes", required_argument, NULL, 'b'},
					      {"packets", required_argument, NULL, 'p'},
					      {"seed", required_argument, NULL, 's'},
					      {"no-worm", no_argument, NULL, 'n'},
					      {NULL, 0, NULL, 0}};
	uint64_t v = 0;

	for (int c; (c = getopt_long(argc, argv, "w:", longs, NULL)) != -1;) {
		if (strchr("mMbps", c) != NULL && !number(optarg, &v))
			return false;
		switch (c) {
		case 'w':
			opt->out = optarg;
			break;
		case 't':
			opt->truth = optarg;
			break;
		case 'm':
			opt->machines = (unsigned)v;
			break;
		case 'M':
			opt->minutes = (unsigned)v;
			break;
		case 'b':
			opt->bytes = v;
			break;
		case 'p':
			opt->packets = v;
			break;
		case 's':
			opt->seed = v;
			break;
		case 'n':
			opt->no_worm = true;
			break;
		default:
			return false;
		}
	}
	if (opt->out == NULL && optind + 1 == argc)
		opt->out = argv[optind++];
	return opt->out != NULL && optind == argc;
}

int main(int argc, char **argv)
{
	const struct kind *kind = NULL;

	for (size_t i = 0; argc > 1 && i < KINDS; i++) {
		if (strcmp(argv[1], kinds[i].name) == 0)
			kind = &kinds[i];
	}
	if (kind != NULL) {
		struct options opt = kind->fallback;

		if (parse(argc - 1, argv + 1, &opt))
			return kind->run(&opt);
	}
	usage(stderr);
	return 2;
}
