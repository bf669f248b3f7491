/* qr - a text as a QR code (ISO/IEC 18004), an SVG image within HTML. */
#ifndef KIT_QR_H
#define KIT_QR_H

#include <stdio.h>

#include "base/rc.h"

/* Level L, so that an id of 17 bytes still fits version 1, whose modules are a fifth larger on
 * paper than those of version 2 at level M. RC_NOMEM. */
MUST_CHECK enum rc qr_put(FILE *to, const char *text);

#endif
