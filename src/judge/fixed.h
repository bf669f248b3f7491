/*
 * fixed - does a version have the fix? By branch and service pack, as the catalogue's rows say.
 */
#ifndef JUDGE_FIXED_H
#define JUDGE_FIXED_H

#include "judge/judging.h"

enum fix {
	FIX_UNKNOWN, /* no row says */
	FIX_NEW,     /* the fixed version or a later one */
	FIX_OLD,
	FIX_ODD, /* it would be new, but it is of an older Windows than the machine */
};

struct fix_found {
	enum fix is;
	bool is_unclear;         /* rows of the same build disagree: which one is its own? */
	const struct fixed *row; /* compared with; NULL: none */
	const char *odd;         /* what does not fit together, or "" */
};

/* `w`: which Windows it is; may be unknown, then the file's own version says. */
void fixed_by_file(struct judging *j, const struct weakness *weakness, const struct windows *w,
		   const struct version *file, struct fix_found *ret);

/* Windows 10 and later: by build and UBR. */
void fixed_by_build(const struct weakness *weakness, const struct windows *w,
		    struct fix_found *ret);

/* A service pack that had the fix from its first day, or a later one; NULL: none such. */
const struct fixed *fixed_at_release(const struct weakness *weakness, const struct windows *w);

/* Is the row for this Windows? For an unknown one every row may be. */
bool fixed_is_for(const struct fixed *row, const struct windows *w);

#endif
