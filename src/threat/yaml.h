/*
 * yaml - a text of YAML into a struct, by one of libcyaml's schemas.
 *
 * For this room, and for kit/, whose channels are YAML, too. The text may be an operator's or a
 * stranger's: its length is bounded, aliases are refused (a short text could stand for a giant
 * one), a second document is an error, and all memory is the arena's, whose limit bounds what a
 * text can cost. What libcyaml says is told with the file and the line, and a key that does not
 * exist with the nearest one that does.
 */
#ifndef THREAT_YAML_H
#define THREAT_YAML_H

#include <cyaml/cyaml.h>

#include "base/arena.h"
#include "base/bytes.h"

enum { YAML_FILE_MAX = 256 * 1024 };

struct yaml_source {
	const char *name; /* the file, for messages */
	struct bytes text;
	struct arena *arena; /* owns what is read */
	char *err;           /* where a message goes */
	size_t err_len;
};

/* Writes file and what is wrong, fit to be shown. Returns RC_INVAL. */
__attribute__((format(printf, 2, 3))) enum rc yaml_fail(const struct yaml_source *src,
							const char *format, ...);

/* The struct of the schema's top, in the arena. RC_INVAL: `err` says where and why. RC_NOMEM. */
MUST_CHECK enum rc yaml_read(const struct yaml_source *src, const cyaml_schema_value_t *schema,
			     void **ret_top);

#endif
