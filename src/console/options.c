#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "console/command.h"

enum { OPTIONS_MAX = 32, HELP_COLUMN = 30 };

int cli_usage(const struct cli_command *c, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "quell %s: ", c->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CLI_USAGE;
}

static void unknown_option(const struct cli_command *c, const char *given)
{
	const char *best = NULL;
	unsigned least = UINT_MAX;

	for (const struct cli_option *o = c->options; o->id != 0; o++) {
		unsigned d = o->name != NULL ? text_distance(given + 2, o->name) : UINT_MAX;

		if (d < least) {
			least = d;
			best = o->name;
		}
	}
	if (strncmp(given, "--", 2) == 0 && best != NULL)
		(void)cli_usage(c, "unknown option '%s'; did you mean '--%s'?", given, best);
	else
		(void)cli_usage(c, "unknown option '%s'; see 'quell %s --help'", given, c->name);
}

int cli_next(const struct cli_command *c, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX + 1] = {{NULL, 0, NULL, 0}};
	char shorts[2 * OPTIONS_MAX + 2] = ":", letter[3] = "-?";
	size_t n_longs = 0, n_shorts = 1;
	int at = optind > 0 ? optind : 1;

	for (const struct cli_option *o = c->options; o->id != 0 && n_longs < OPTIONS_MAX; o++) {
		int has_arg = o->arg != NULL ? required_argument : no_argument;

		if (o->name != NULL)
			longs[n_longs++] = (struct option){o->name, has_arg, NULL, o->id};
		if (o->id <= UCHAR_MAX) {
			shorts[n_shorts++] = (char)o->id;
			if (o->arg != NULL)
				shorts[n_shorts++] = ':';
		}
	}
	opterr = 0;

	int got = getopt_long(argc, argv, shorts, longs, NULL);

	if (got != '?' && got != ':')
		return got;
	letter[1] = (char)optopt;

	/* getopt() has moved past a long option, but not always past a letter. */
	const char *given = optind > at ? argv[optind - 1] : argv[at];

	if (strncmp(given, "--", 2) != 0)
		given = letter;
	if (got == ':')
		(void)cli_usage(c, "%s needs a value", given);
	else
		unknown_option(c, given);
	return CLI_BAD;
}

static void option_help(const struct cli_option *o, FILE *to)
{
	char left[64];
	int n = 0;

	if (o->id <= UCHAR_MAX)
		n = snprintf(left, sizeof(left), "  -%c%s", o->id, o->name != NULL ? ", " : "");
	else
		n = snprintf(left, sizeof(left), "      ");
	(void)snprintf(left + n, sizeof(left) - (size_t)n, "%s%s%s%s", o->name != NULL ? "--" : "",
		       o->name != NULL ? o->name : "", o->arg != NULL ? " " : "",
		       o->arg != NULL ? o->arg : "");
	fprintf(to, "%-*s%s\n", HELP_COLUMN, left, o->help);
}

void cli_help(const struct cli_command *c, FILE *to)
{
	fprintf(to, "%s\n\nusage: quell %s\n\nOptions:\n", c->examples, c->usage);
	for (const struct cli_option *o = c->options; o->id != 0; o++)
		option_help(o, to);
}

bool cli_take_plain(const struct cli_plain *list, size_t n, int id)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].id != id)
			continue;
		if (list[i].text != NULL)
			*list[i].text = optarg;
		else
			*list[i].is_on = true;
		return true;
	}
	return false;
}

int cli_take_number(const struct cli_command *c, const char *option, uint64_t least, uint64_t most,
		    uint64_t *ret_n)
{
	char *end = NULL;

	errno = 0;
	unsigned long long n = strtoull(optarg, &end, 10);

	if (optarg[0] < '0' || optarg[0] > '9' || *end != '\0' || errno != 0 || n < least ||
	    n > most)
		return cli_usage(c, "--%s %s: a number from %llu to %llu", option, optarg,
				 (unsigned long long)least, (unsigned long long)most);
	*ret_n = n;
	return CLI_DONE;
}
