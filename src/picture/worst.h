/* worst - a machine of the picture kept after it was shown, with what is wrong with it in words. */
#ifndef PICTURE_WORST_H
#define PICTURE_WORST_H

#include "picture/tally.h"

/* RC_NOMEM. */
MUST_CHECK enum rc worst_new(const struct picture_options *opt, const struct picture_machine *m,
			     struct worst **ret_w);
void worst_free(struct worst *w); /* NULL is fine */

/* Keeps a copy of `m` if it is one of the worst. RC_NOMEM. */
MUST_CHECK enum rc worst_offer(struct tally *t, const struct picture_options *opt,
			       const struct picture_machine *m);

#endif
