/* collect - the files of data/collect/, made part of the program by tools/embed. */
#ifndef GATHER_COLLECT_H
#define GATHER_COLLECT_H

#include <stddef.h>
#include <stdint.h>

struct collect_file {
	const char *folder; /* "collect" */
	const char *name;   /* "quell-collect.cmd" */
	const uint8_t *text;
	size_t len;
};

/* By name, ended by a row with a NULL name. */
extern const struct collect_file collect_files[];

#endif
