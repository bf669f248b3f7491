/*
 * numbers - measures the outbreak's numbers against made outbreaks, and prints the tables.
 *
 * usage: numbers [--quick] [--runs N] [--seed S] [THEME…]
 * Ends with 1 if a goal was missed. With --quick it takes seconds and has wide goals: a test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

static const struct theme {
	const char *name;
	numbers_fn *run;
} themes[] = {
	{"estimate", numbers_estimate},
	{"cure", numbers_cure},
	{"tree", numbers_tree},
	{"strategy", numbers_strategy},
};
enum { THEMES = sizeof(themes) / sizeof(themes[0]) };

static int usage(void)
{
	fputs("usage: numbers [--quick] [--runs N] [--seed S] [THEME...]\nthemes:", stderr);
	for (size_t i = 0; i < THEMES; i++)
		fprintf(stderr, " %s", themes[i].name);
	fputc('\n', stderr);
	return 2;
}

static bool is_wanted(const char *name, int n, char **names)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return n == 0;
}

static bool is_theme(const char *name)
{
	for (size_t i = 0; i < THEMES; i++) {
		if (strcmp(themes[i].name, name) == 0)
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct numbers_options opt = {.runs = 0, .seed = 1};
	bool ok = true;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--quick") == 0)
			opt.is_quick = true;
		else if (strcmp(argv[at], "--runs") == 0 && at + 1 < argc)
			opt.runs = (unsigned)strtoul(argv[++at], NULL, 10);
		else if (strcmp(argv[at], "--seed") == 0 && at + 1 < argc)
			opt.seed = strtoull(argv[++at], NULL, 10);
		else
			return usage();
	}
	for (int i = at; i < argc; i++) {
		if (!is_theme(argv[i]))
			return usage();
	}
	if (opt.runs == 0)
		opt.runs = opt.is_quick ? 27 : 1000;
	for (size_t i = 0; i < THEMES; i++) {
		if (is_wanted(themes[i].name, argc - at, argv + at))
			ok = themes[i].run(&opt) && ok;
	}
	return ok ? 0 : 1;
}
