/*
 * table - lists with a header: which column is what, whatever it is called.
 *
 * Headers are compared without case, blanks, punctuation and umlauts against a table of the names
 * that inventory tools really write, in English and German (table_names.c). The header may come
 * after a few lines of something else, and the separator is whatever makes most headers known.
 */
#ifndef IMPORT_TABLE_H
#define IMPORT_TABLE_H

#include "import/csv_read.h"
#include "import/entry.h"

enum column {
	COL_UNKNOWN,
	COL_IGNORED, /* known, and of no use here */
	COL_NAME,
	COL_FQDN,
	COL_DOMAIN,
	COL_ADDR,
	COL_MAC,
	COL_USER,
	COL_OS,
	COL_OS_VERSION,
	COL_GUID,
	COL_DN, /* distinguished name: domain, and whether it is a domain controller */
	COL_PLACE,
	COL_OWNER,
	COL_PHONE,
	COL_NOTE,
	COL_VENDOR,
	COL_MODEL,
	COL_PATCH,
	COL_FIRST,
	COL_LAST,
	COL_UNTIL,
	COL_ENABLED,
	COL_STATE, /* of a lease */
	COLUMNS
};

struct table_name {
	const char *key; /* folded: small letters and digits only */
	enum column column;
};

struct table_spec {
	unsigned source;                /* enum fact_source */
	const struct table_name *names; /* looked at first; ended by a NULL key; may be NULL */
};

/* COL_UNKNOWN: nobody knows it. */
enum column table_column(const struct table_spec *spec, struct bytes header);
/* For --map: "name", "ip", "mac", …; COL_UNKNOWN: there is none of this name. */
enum column table_column_named(struct bytes name);
/* "name, fqdn, domain, …" */
const char *table_column_list(void);

/* Small letters and digits of a header; umlauts in two letters. `to` holds TABLE_KEY. */
enum { TABLE_KEY = 64 };
const char *table_fold(struct bytes header, char *to);

MUST_CHECK enum rc table_read(FILE *from, const struct import_options *opt,
			      const struct import_out *out, struct import_result *ret, char *err,
			      size_t err_len, const struct table_spec *spec);

/* How many of `keys` (folded, NULL-ended) are headers in the first rows of `head`, whatever the
 * separator. With keys NULL: how many headers are known at all; 0 if none of them tells a machine.
 */
unsigned table_match(struct bytes head, const char *const *keys);

#endif
