/* source - the file or option that is being read, for the files of this room that read it. */
#ifndef SETTINGS_SOURCE_H
#define SETTINGS_SOURCE_H

#include <yaml.h>

#include "settings/state.h"

struct source {
	struct settings *s;
	const char *name; /* the file, or "--set" */
	bool has_lines;
	yaml_document_t doc; /* the one being read */
	char *err;
	size_t err_len;
};

enum { NAME_MAX_LEN = 128 };

/* Writes file, line and what is wrong. Returns RC_INVAL. */
__attribute__((format(printf, 3, 4))) enum rc source_fail(struct source *src, const yaml_node_t *at,
							  const char *format, ...);

/* The text of a scalar, fit to be shown; NULL: it is none, or no text for a setting. */
const char *source_scalar(const yaml_node_t *node);

MUST_CHECK enum rc source_set_switches(struct source *src, struct setting *to,
				       const yaml_node_t *node);

#endif
