/* utf16 - ASCII text as it goes on the wire in SMB and RPC, for whoever writes messages. */
#ifndef WIRE_UTF16_H
#define WIRE_UTF16_H

#include "base/bytes.h"

/* `ascii` as UTF-16LE in the caller's `to`, without a NUL, cut at `cap` bytes. */
static inline struct bytes utf16_from_ascii(const char *ascii, uint8_t *to, size_t cap)
{
	size_t n = 0;

	for (; *ascii != '\0' && n + 2 <= cap; ascii++, n += 2) {
		to[n] = (uint8_t)*ascii;
		to[n + 1] = 0;
	}
	return (struct bytes){to, n};
}

#endif
