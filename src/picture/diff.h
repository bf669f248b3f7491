/* diff - what the writers of a comparison share. */
#ifndef PICTURE_DIFF_H
#define PICTURE_DIFF_H

#include "picture/change.h"

struct picture_diff;

struct diff_writer {
	MUST_CHECK enum rc (*begin)(struct picture_diff *d);
	/* One machine that is not the same, already counted. */
	MUST_CHECK enum rc (*add)(struct picture_diff *d, const struct picture_change *c,
				  const struct changes *changes);
	MUST_CHECK enum rc (*end)(struct picture_diff *d);
	void (*free)(void *state); /* NULL is fine */
};

struct diff_weakness {
	const struct weakness *weakness;
	uint64_t moved[PATCH_STATES][PATCH_STATES]; /* machines, [from][to] */
};

struct diff_check {
	const struct check *check;
	uint64_t moved[MARKS][MARKS];
};

struct picture_diff {
	struct picture_options opt;
	const struct diff_writer *writer;
	void *state;                      /* the writer's */
	struct diff_weakness *weaknesses; /* those shown */
	size_t n_weaknesses;
	struct diff_check *checks;
	size_t n_checks;
	uint64_t machines, fates[FATES];
	uint64_t worse, better;                             /* machines with such a change */
	uint64_t signs_new, signs_gone;                     /* machines */
	uint64_t before[PATCH_STATES], after[PATCH_STATES]; /* machines by their worst */
};

extern const struct diff_writer diff_human, diff_json, diff_csv;

/* The machine as it is now, or was. */
const struct picture_machine *diff_machine(const struct picture_change *c);

/* How many moved in a direction. */
uint64_t diff_patch_moved(const struct diff_weakness *w, enum direction d);
uint64_t diff_check_moved(const struct diff_check *c, enum direction d);

#endif
