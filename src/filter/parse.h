/* parse - an expression to a tree, with every type checked. */
#ifndef FILTER_PARSE_H
#define FILTER_PARSE_H

#include "filter/ast.h"

/* Fills in *f, whose arena is there. What was taken stays in *f, also after an error. RC_INVAL:
 * `err` holds the message, the expression, and a caret under the place. */
MUST_CHECK enum rc parse_filter(const char *text, struct filter *f, char *err, size_t err_len);

#endif
