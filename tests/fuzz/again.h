/*
 * again - the property of a codec: what was read, written and read again is written the same.
 *
 * `copy` reads a message and, if it could, writes what it read; false: it could not.
 */
#ifndef TESTS_AGAIN_H
#define TESTS_AGAIN_H

#include <stdlib.h>

#include "base/bytes.h"

enum { AGAIN_ROOM = 256 * 1024, AGAIN_INPUT = 16 * 1024 };

static inline void again_check(bool (*copy)(struct bytes in, struct writer *w), struct bytes in)
{
	static uint8_t first[AGAIN_ROOM], second[AGAIN_ROOM];
	struct writer one = {.at = first, .cap = sizeof(first)};
	struct writer two = {.at = second, .cap = sizeof(second)};

	if (in.len > AGAIN_INPUT || !copy(in, &one) || one.bad)
		return;
	if (!copy((struct bytes){first, one.len}, &two) || two.bad)
		abort();
	if (!bytes_eq((struct bytes){first, one.len}, (struct bytes){second, two.len}))
		abort();
}

#endif
