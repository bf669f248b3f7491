/* builtin - the files of data/kits/, made part of the program by tools/embed. */
#ifndef KIT_BUILTIN_H
#define KIT_BUILTIN_H

#include <stddef.h>
#include <stdint.h>

struct kit_builtin {
	const char *folder; /* "logon-script"; "common" is what channels share */
	const char *name;   /* "channel.yaml" */
	const uint8_t *text;
	size_t len;
};

/* By folder and name, ended by a row with a NULL name. */
extern const struct kit_builtin kit_builtin_files[];

#endif
