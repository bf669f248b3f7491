/*
 * ms08_path - what a path would do to a server that canonicalises it.
 *
 * The defect of MS08-067: when `..` is collapsed, the server searches backwards for the separator
 * before it, and with more `..` than components before the start of the buffer. So the walk over
 * the components, and whether it goes below the root, is what tells an attack; the bytes do not.
 * A path is any sequence of 16-bit units: it is never decoded, only compared unit by unit.
 */
#ifndef DETECT_MS08_PATH_H
#define DETECT_MS08_PATH_H

#include "base/bytes.h"

enum ms08_class { /* ascending: the worst of several counts */
		  MS08_BENIGN,
		  MS08_BALANCED, /* `..`, but never below the root */
		  MS08_CHECK,    /* the harmless question of a vulnerability scanner */
		  MS08_LONG,     /* too long, without `..`: the defect of MS06-040 */
		  MS08_EXPLOIT,
};

enum { MS08_LONG_UNITS = 256, MS08_RUN_UNITS = 100 };

struct ms08_shape {
	unsigned units;      /* up to the NUL or the end */
	unsigned components; /* without empty ones and `.` */
	unsigned climbs;     /* components that are `..` */
	unsigned below;      /* of these, climbs made at or below the root */
	int low;             /* deepest point below the root; 0: never there */
	bool has_consumed;   /* a component stood before the first `..` */
	unsigned longest;    /* units of the longest component */
	unsigned binary;     /* units that no text has: lone surrogates, controls, private use */
};

/* Walks `prefix` and then `path`, as the server joins them, if the path is relative; `path`
 * alone otherwise. Either may be empty, and of odd length. */
void ms08_shape(struct bytes prefix, struct bytes path, struct ms08_shape *ret_shape);

/* Only what the walk tells: never MS08_CHECK, which is a matter of exact words. */
enum ms08_class ms08_class(const struct ms08_shape *s);

/* The exact questions of known scanners: `\`, `\..\`, and a run of one letter, then `\..\n`. */
enum ms08_question { MS08_NO_QUESTION, MS08_ROOT, MS08_DOTDOT, MS08_RUN };
enum ms08_question ms08_question(struct bytes path);

#endif
