/*
 * files - what a kit brings along, as the operator names it: role=PATH[,sha256=…][,signer=…]
 * [,args=…][,os=…].
 */
#ifndef DESK_FILES_H
#define DESK_FILES_H

#include "base/arena.h"
#include "model/campaign.h"

/* Texts go into the arena. The file's SHA-256 is taken, and compared with the one that was given.
 * RC_INVAL: `err` says what is wrong with it: a role, a key, a file that cannot be read, another
 * SHA-256. RC_NOMEM. */
MUST_CHECK enum rc desk_file_parse(struct arena *a, const char *text, struct campaign_file *ret_f,
				   char *err, size_t err_len);

/* How many are a patch for the same Windows as another before it: more than the one patch. */
size_t desk_files_second(const struct campaign_file *list, size_t n);

#endif
