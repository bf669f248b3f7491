/*
 * read - one file of the catalogue, or one baseline, from its text.
 *
 * Inside of this room. What is read is whole and makes sense (row.h), or there is a message. The
 * form of the files is in doc/catalogue.schema.json and doc/baseline.schema.json.
 */
#ifndef THREAT_READ_H
#define THREAT_READ_H

#include "threat/weakness.h"
#include "threat/yaml.h"

enum { CATALOGUE_ROWS_MAX = 128, BASELINE_CHECKS_MAX = 256 };

/* All of it lives in the source's arena. RC_INVAL: the source's `err` says why. RC_NOMEM. */
MUST_CHECK enum rc weakness_read(const struct yaml_source *src, struct weakness *ret_w);

/* Finds the baseline that another one extends. RC_INVAL: there is none of that name, and `err` of
 * `src` says so. RC_NOMEM. */
struct baseline_finder {
	enum rc (*find)(void *ctx, const struct yaml_source *src, const char *name,
			struct baseline *ret_b);
	void *ctx;
};

MUST_CHECK enum rc baseline_read(const struct yaml_source *src,
				 const struct baseline_finder *finder, struct baseline *ret_b);

#endif
