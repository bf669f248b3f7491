/* check - whether everything that a kit would say can be said, before anything is written. */
#ifndef KIT_CHECK_H
#define KIT_CHECK_H

#include "kit/recipe.h"

enum { CHECK_VALUES = 256, CHECK_WHY = 200, CHECK_FIXED = 64, CHECK_KIT_FILES = 64 };

struct check_value { /* of a machine, as some template writes it */
	enum field field;
	enum language language;
	bool is_plain;
};

struct check {
	struct check_value list[CHECK_VALUES];
	size_t n;
};

/* The words of the options, and the fixed versions: "5.1.2600.5694/sp3 6.0.6001.18157". RC_INVAL.
 */
MUST_CHECK enum rc check_options(struct arena *a, const struct kit_options *opt,
				 struct fixed_version **ret_fixed, size_t *ret_n, char *err,
				 size_t err_len);

/* The campaign's files: readable, with their SHA-256, each with a name of its own. */
MUST_CHECK enum rc check_files(struct arena *a, const struct campaign *c,
			       struct kit_file **ret_files, char *err, size_t err_len);

/* What the template says of the kit and its files; what it says of machines is noted for
 * check_machine(). RC_INVAL. */
MUST_CHECK enum rc check_template(struct check *c, const struct template *t, const struct values *v,
				  char *err, size_t err_len);

/* False: `why`, of CHECK_WHY bytes, says why not. */
bool check_machine(const struct check *c, const struct recipe *channel, const struct kit_machine *m,
		   char *why);

#endif
