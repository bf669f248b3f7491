/*
 * import - lists that other tools keep, as facts.
 *
 * A format is one constant struct in its own file, named in import/registry.c and nowhere else. A
 * reader never gives up on a bad row: it tells its line and why, and goes on. Nothing is believed:
 * files may be hostile, endless or in any encoding (UTF-8 with or without BOM, UTF-16, Latin-1).
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include <stdio.h>

#include "base/bytes.h"
#include "model/fact.h"

struct import_options {
	uint64_t now_ns;    /* lists without times were true at the file's time, or now */
	uint64_t file_ns;   /* modification time of the file; 0: unknown */
	const char *origin; /* of the facts: the file's name */
	const char *map; /* CSV: "name=Computer Name,mac=MAC,…" for headers that are not known; or
			    NULL */
	int utc_offset_s; /* of times without a zone */
	int date_order; /* of 03/04/2026: enum date_order of date.h; 0: as the whole column tells */
};

struct import_out { /* everything is borrowed for the call */
	void (*fact)(void *ctx, const struct fact *f);
	void (*bad)(void *ctx, uint64_t line, const char *why); /* a row that said nothing usable */
	/* A row that was used, but not all of it, or a column that nobody knows. May be NULL. */
	void (*odd)(void *ctx, uint64_t line, const char *what);
	void *ctx;
};

struct import_result {                     /* rows = used + bad + skipped */
	uint64_t rows, used, bad, skipped; /* skipped: fine, but nothing about machines */
	uint64_t facts, odd;
};

struct import_format {
	const char *name;    /* "csv", "isc-leases", …: never changes */
	const char *summary; /* one line, for --help */
	/* How sure it is that the first bytes are its own, 0..100. */
	unsigned (*match)(struct bytes head);
	/* `from` can be sought: tables are read twice, since a whole column decides how its dates
	 * are meant. RC_IO: errno; RC_FORMAT: not such a file, `err` says where and why; RC_NOMEM.
	 */
	MUST_CHECK enum rc (*read)(FILE *from, const struct import_options *opt,
				   const struct import_out *out, struct import_result *ret,
				   char *err, size_t err_len);
};

extern const struct import_format *const import_formats[];        /* ended by NULL */
const struct import_format *import_format_find(const char *name); /* NULL: none */

enum { IMPORT_HEAD = 4096 };
/* The surest one; NULL: none recognises it. */
const struct import_format *import_guess(struct bytes head);

#endif
