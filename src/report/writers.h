/* writers - what report.c's table is made of; each is in the file of its name. */
#ifndef REPORT_WRITERS_H
#define REPORT_WRITERS_H

#include "report/report.h"

MUST_CHECK enum rc report_human(const struct outbreak *o, const struct report_style *style,
				FILE *to);
MUST_CHECK enum rc report_json(const struct outbreak *o, const struct report_style *style,
			       FILE *to);
MUST_CHECK enum rc report_eve(const struct outbreak *o, const struct report_style *style, FILE *to);
MUST_CHECK enum rc report_csv(const struct outbreak *o, const struct report_style *style, FILE *to);

#endif
