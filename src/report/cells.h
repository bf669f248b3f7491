/*
 * cells - a line of CSV, cell by cell: RFC 4180, with CRLF, safe for a spreadsheet.
 *
 * A cell that a spreadsheet would run as a formula gets an apostrophe in front, and control
 * characters are escaped: names in it come from the network.
 */
#ifndef REPORT_CELLS_H
#define REPORT_CELLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/rc.h"

struct cells { /* to start with: {.to = …} */
	FILE *to;
	bool has_begun; /* a comma comes first */
	bool is_bad;    /* no memory */
};

void cell_text(struct cells *c, const char *text);
void cell_number(struct cells *c, uint64_t n);
void cell_time(struct cells *c, uint64_t at_ns); /* 0: empty */
void cell_share(struct cells *c, double share);  /* 0..1, with two digits */

/* Ends the line; the next cell begins another. RC_NOMEM: of this or an earlier line; what is
 * written is not whole. */
MUST_CHECK enum rc cells_end(struct cells *c);

#endif
