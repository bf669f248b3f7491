/* qr - a text as a QR code (ISO/IEC 18004), an SVG image within HTML. */
#ifndef KIT_QR_H
#define KIT_QR_H

#include <stdio.h>

#include "base/rc.h"

/* A scanner reads the text back, also with a coffee stain: level M, 15 % may be lost. RC_NOMEM. */
MUST_CHECK enum rc qr_put(FILE *to, const char *text);

#endif
