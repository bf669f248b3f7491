/*
 * lines - a text file of any encoding and any ending, line by line as UTF-8.
 *
 * UTF-16 (either order, with a BOM or told by its zeros) is what PowerShell and Excel write; every
 * other file is UTF-8 where a line is valid as such, and Windows-1252 where it is not. Lines end
 * with LF, CR LF, or CR in files without LF. A line longer than LINE_MAX_LEN is cut and says so;
 * its rest is read and thrown away. NULs become U+FFFD.
 */
#ifndef IMPORT_LINES_H
#define IMPORT_LINES_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/rc.h"

enum { LINE_MAX_LEN = 1 << 16 }; /* bytes of UTF-8; Export-Csv with all properties writes 10,000 */

struct line {
	struct bytes text; /* without its end; valid until the next call */
	uint64_t number;   /* from 1 */
	bool is_cut;
};

struct lines;

/* Begins where `from` stands; it stays the caller's. RC_NOMEM. */
MUST_CHECK enum rc lines_new(FILE *from, struct lines **ret_lines);
void lines_free(struct lines *l); /* NULL is fine */

/* From now on lines that are no UTF-8 are of this code page of a Windows console, "850" as chcp
 * tells it; of one that is not known (0), with several bytes a character, or without that
 * character, every byte that is not ASCII becomes U+FFFD. */
void lines_code_page(struct lines *l, unsigned code_page);

/* RC_END: no more. RC_IO: errno. */
MUST_CHECK enum rc lines_next(struct lines *l, struct line *ret_line);

/* A look at memory as a file: for the formats' match(). NULL: empty, or no memory. */
FILE *lines_of(struct bytes head);

#endif
