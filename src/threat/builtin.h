/* builtin - the files of data/catalogue/ and data/baselines/, made part of the program by
 * tools/embed. */
#ifndef THREAT_BUILTIN_H
#define THREAT_BUILTIN_H

#include <stddef.h>
#include <stdint.h>

struct builtin {
	const char *folder; /* "catalogue", "baselines" */
	const char *name;   /* "ms08-067.yaml" */
	const uint8_t *text;
	size_t len;
};

/* By folder and name, ended by a row with a NULL name. */
extern const struct builtin builtin_files[];

#endif
