/*
 * recipe - what a kit is made of: a channel.yaml and its templates, built in or an operator's.
 *
 * doc/kits.md tells its form. Everything is checked here: that each template fits its language, and
 * that what is written stays within the kit.
 */
#ifndef KIT_RECIPE_H
#define KIT_RECIPE_H

#include "kit/template.h"

enum { RECIPE_FILES = 32, RECIPE_FIELDS = 8, RECIPE_PATH = 200 };

struct recipe_file {
	const char *to; /* "machines/{tail}.txt" */
	bool is_sheet;  /* one for each sheet */
	struct template template;
};

struct recipe_fields {
	enum field list[RECIPE_FIELDS];
	size_t n;
};

struct recipe {
	const char *name, *summary, *needs;
	struct recipe_fields order;    /* of the machines; none: as they come */
	struct recipe_fields sheet_by; /* which machines share a sheet */
	struct recipe_fields wants;    /* of a machine: without one of them it is refused */
	size_t sheet_most;             /* machines on one sheet; 0: all */
	bool has_copies;               /* of the campaign's files */
	struct recipe_file *files;
	size_t n_files;
};

/* All memory is the arena's. `name`: of a built-in one, or a folder. RC_INVAL: `err` says why. */
MUST_CHECK enum rc recipe_read(struct arena *a, const char *name, struct recipe *ret_c, char *err,
			       size_t err_len);

/* The same from texts, without a folder: what `from` names is asked of `find`. For tests. */
struct recipe_source {
	const char *name;
	struct bytes yaml;
	/* The text of a template, in the arena's or other lasting memory. RC_INVAL: `err`. */
	enum rc (*find)(void *ctx, const char *from, struct bytes *ret_text, char *err,
			size_t err_len);
	void *ctx;
};
MUST_CHECK enum rc recipe_parse(struct arena *a, const struct recipe_source *src,
				struct recipe *ret_c, char *err, size_t err_len);

/* A path below the kit's folder, of plain names. */
bool recipe_is_path(const char *path);

#endif
