/* human - the parts of the report for people that are in files of their own. */
#ifndef REPORT_HUMAN_H
#define REPORT_HUMAN_H

#include "model/outbreak.h"
#include "report/lines.h"

enum { CLOCK_TEXT = 24 };

/* "2009-02-13 03:12:07", "never" for 0. `text` holds CLOCK_TEXT. */
const char *clock_format(uint64_t at_ns, char *text);

/* The machines of one verdict: a block each, or a table where there are many. RC_NOMEM. */
MUST_CHECK enum rc human_machines(const struct lines *l, const struct outbreak *o, enum verdict v);

/* What was heard, what was not, and what that means. */
void human_heard(const struct lines *l, const struct outbreak *o);

#endif
