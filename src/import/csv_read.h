/*
 * csv_read - records of RFC 4180 from any file, bounded, and with line numbers.
 *
 * Any separator; quoted fields may hold separators, doubled quotes and ends of lines. What RFC 4180
 * forbids is read as people mean it: a quote inside an unquoted field is a character, text behind a
 * closing quote belongs to the field. A quote that is never closed costs one row: the record is bad
 * at its first line, and reading goes on with the second.
 */
#ifndef IMPORT_CSV_READ_H
#define IMPORT_CSV_READ_H

#include "import/lines.h"

enum { CSV_FIELDS = 512, CSV_RECORD = 1 << 18, CSV_RECORD_LINES = 64 };

struct csv_row { /* valid until the next call */
	struct bytes fields[CSV_FIELDS];
	unsigned n;      /* 0: an empty line */
	uint64_t line;   /* where it begins */
	const char *bad; /* why it cannot be used, or NULL */
};

struct csv;

MUST_CHECK enum rc csv_new(FILE *from, uint8_t separator, struct csv **ret_csv);
void csv_free(struct csv *c); /* NULL is fine */

/* RC_END: no more. RC_IO: errno. */
MUST_CHECK enum rc csv_next(struct csv *c, struct csv_row *ret_row);

#endif
