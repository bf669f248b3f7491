/*
 * report - an outbreak as text: one writer per file.
 *
 * `human` is for a tired administrator, `json` is quell.report/1 (doc/report.schema.json,
 * quell-report(5)), `eve` is Suricata's alert lines, `csv` one line per machine. What peers sent
 * reaches a terminal only escaped.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdio.h>

#include "base/rc.h"
#include "model/outbreak.h"

struct report_style {
	bool color;     /* human: ANSI colours */
	unsigned width; /* human: columns; 0: 100 */
};

struct report_writer {
	const char *name; /* "human" */
	const char *summary;
	MUST_CHECK enum rc (*write)(const struct outbreak *o, const struct report_style *style,
				    FILE *to); /* RC_IO: errno tells */
};

/* Ended by an entry with a NULL name; the first is the default. */
extern const struct report_writer report_writers[];

/* NULL: there is no such format. */
const struct report_writer *report_writer_find(const char *name);

#endif
