/* html - badges that more than one page in HTML has. */
#ifndef PICTURE_HTML_H
#define PICTURE_HTML_H

#include "picture/ink.h"
#include "picture/parts.h"

void html_state(struct ink *i, enum patch_state s);
void html_mark(struct ink *i, enum mark m);
void html_wrong(struct ink *i, enum wrong_kind k);

#endif
