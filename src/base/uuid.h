/*
 * uuid - the names of RPC interfaces, transfer syntaxes and objects (C706 appendix A).
 *
 * Kept as numbers, so that both byte orders of the wire compare equal.
 */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/rc.h"

struct uuid { /* as in text: 4b324fc8-1670-01d3-1278-5a47bf6ee188 is {0x4b324fc8, …} */
	uint32_t a;
	uint16_t b, c;
	uint8_t d[8];
};

enum { UUID_TEXT = 37 }; /* with the NUL */

static inline bool uuid_eq(const struct uuid *x, const struct uuid *y)
{
	return x->a == y->a && x->b == y->b && x->c == y->c &&
	       memcmp(x->d, y->d, sizeof(x->d)) == 0;
}

/* Lower case, as Wireshark shows it. `text` holds at least UUID_TEXT. Returns it. */
const char *uuid_format(const struct uuid *u, char *text);

/* 8-4-4-4-12 hexadecimal digits of either case, nothing after. RC_INVAL: not that; the output is
 * untouched then. */
MUST_CHECK enum rc uuid_parse(const char *text, struct uuid *ret_uuid);

#endif
