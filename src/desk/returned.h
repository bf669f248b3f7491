/*
 * returned - what the kits' result files say, taken into a campaign.
 *
 * A file names its machine by the id that the kit had, or by the computer's name. Whoever can write
 * to the share can write anything: what results claim is marked so until an assessment has seen it.
 */
#ifndef DESK_RETURNED_H
#define DESK_RETURNED_H

#include "desk/campaign.h"

struct desk_returned {
	size_t files;     /* that were results */
	size_t machines;  /* members of whom something new was told */
	size_t known;     /* told nothing newer than what was read before */
	size_t strangers; /* of machines that are not in the campaign */
	size_t others;    /* of another campaign */
	size_t cut;       /* without their end */
	size_t refused;   /* steps that the rules refuse */
	size_t bad;       /* no results at all, or with bad lines: each was told to `bad` */
	size_t left;      /* not results: for `other` */
};

struct desk_returned_to {
	void (*bad)(void *ctx, const char *file, uint64_t line, const char *why);
	void (*other)(void *ctx, const char *path); /* a file that is no result: a list, perhaps */
	void *ctx;
};

/* One file, or all regular files of a folder in the order of their names. In the caller's
 * transaction. RC_IO: errno, `path` cannot be read, or store_error(), *ret_is_store. RC_NOMEM. */
MUST_CHECK enum rc desk_returned(struct desk_campaign *c, const char *path,
				 const struct audit_by *by, const struct desk_returned_to *to,
				 struct desk_returned *ret_r, bool *ret_is_store);

#endif
