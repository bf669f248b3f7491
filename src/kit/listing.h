/* listing - the files of a kit and their SHA-256: its manifest, written and read again. */
#ifndef KIT_LISTING_H
#define KIT_LISTING_H

#include "kit/place.h"

#define LISTING_MANIFEST "manifest.sha256"

struct listed {
	const char *name;
	char sha256[PLACE_SHA256];
};

struct listing {
	struct listed *list;
	size_t n, cap;
};

MUST_CHECK enum rc listing_add(struct listing *l, struct arena *a, const char *name,
			       const char *sha256);
void listing_sort(struct listing *l); /* by name */

/* Removes these files below `root`, the folders above them and `root`, where those are empty then.
 */
void listing_remove(const struct listing *l, const char *root);

/* The kit that lies in kit->out, if one does. RC_INVAL: something else lies there, or in it, or it
 * was changed; `err` names it. RC_IO, RC_NOMEM. */
MUST_CHECK enum rc listing_of_kit(struct arena *a, const struct place_kit *kit,
				  struct listing *ret_l, bool *ret_is_there, char *err,
				  size_t err_len);

#endif
