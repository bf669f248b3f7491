/* human - the lists of the picture for people; see human.c. */
#ifndef PICTURE_HUMAN_H
#define PICTURE_HUMAN_H

#include "picture/tally.h"
#include "report/lines.h"

/* Per weakness a row. RC_NOMEM. */
MUST_CHECK enum rc human_patches(const struct lines *l, const struct tally *t);

void human_worst(const struct lines *l, const struct tally *t);
void human_signs(const struct lines *l, const struct tally *t);

/* Policy failures, and protection with its own failures. RC_NOMEM. */
MUST_CHECK enum rc human_policy(const struct lines *l, const struct tally *t);
MUST_CHECK enum rc human_protection(const struct lines *l, const struct tally *t);

#endif
