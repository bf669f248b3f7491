/*
 * change - what is different between two assessments: of one machine, and counted over all.
 */
#ifndef PICTURE_CHANGE_H
#define PICTURE_CHANGE_H

#include "picture/parts.h"

enum direction {
	DIRECTION_WORSE,
	DIRECTION_BETTER,
	DIRECTION_LOST,    /* was known, is not any more */
	DIRECTION_LEARNED, /* was not known */
	DIRECTION_OTHER,
	DIRECTIONS
};
const char *direction_name(enum direction d); /* "worse" "better" "lost" "learned" "other" */

enum fate { /* of a machine */
	    FATE_CHANGED,
	    FATE_NEW,        /* it was not there */
	    FATE_GONE,       /* it is not there any more */
	    FATE_ASSESSED,   /* for the first time */
	    FATE_UNASSESSED, /* it was, and is not */
	    FATE_SAME,
	    FATES
};
const char *fate_name(enum fate f); /* "changed" "new" "gone" "assessed" "unassessed" "same" */

struct change {
	enum direction direction;
	const char *about; /* "patch" "check" "sign" "system" */
	const char *id, *title;
	const char *from, *to;
	const char *why; /* of what is now */
};

struct changes { /* worse first, then as enum direction, then patches, checks, signs by id */
	enum fate fate;
	struct change *list; /* to be freed; texts are borrowed */
	size_t n;
};

/* RC_NOMEM. */
MUST_CHECK enum rc changes_of(const struct picture_options *opt, const struct picture_change *c,
			      struct changes *ret_c);
void changes_done(struct changes *c);

enum direction patch_direction(enum patch_state from, enum patch_state to);
enum direction mark_direction(enum mark from, enum mark to);

#endif
