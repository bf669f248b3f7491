/*
 * reading - one file that is read: where its lines go, and what was wrong with them.
 *
 * A form is one constant struct in its own file, named in forms.c and nowhere else. What a file is
 * is told by its beginning. Every line (of a table: every row) ends as used, bad or skipped.
 */
#ifndef GATHER_READING_H
#define GATHER_READING_H

#include <stdio.h>

#include "gather/roll.h"
#include "import/lines.h"

enum {
	READING_HEAD = 8192,
	READING_SHOWN = 20, /* bad lines of a file that are told one by one */
	READING_WHY = 256,
};
#define READING_TEXT_MAX ((uint64_t)256 << 20) /* bytes of a text file: 5,000 machines' updates */

struct reading {
	const char *path, *file; /* to open; as it is told */
	FILE *from;
	uint64_t file_ns, now_ns;
	const struct gather_script *asks; /* NULL: nothing */
	const struct gather_out *out;
	struct gather_counts *counts;
	uint64_t bad; /* lines of this file */
	bool is_file_bad;
	bool is_in_folder; /* its neighbours are read, too */
};

struct form {
	const char *name;
	/* `head`: the first lines as UTF-8 with LF between them; `raw` as they are. */
	bool (*match)(struct bytes head, struct bytes raw);
	MUST_CHECK enum rc (*read)(struct reading *r); /* RC_IO: errno; RC_NOMEM */
};

extern const struct form form_result, form_hive, form_computer_info, form_systeminfo,
	form_systeminfo_csv, form_table;

struct stat;

/* A regular file alone: fifos and devices are not waited for. `ret_st` may be NULL. RC_IO: errno,
 * EISDIR for a folder. */
MUST_CHECK enum rc reading_open(const char *path, FILE **ret_from, struct stat *ret_st);

MUST_CHECK enum rc reading_next(struct reading *r, struct lines *l, struct line *ret_line);
void reading_used(struct reading *r, uint64_t n_lines);
void reading_skip(struct reading *r, uint64_t n_lines);
__attribute__((format(printf, 3, 4))) void reading_bad(struct reading *r, uint64_t line,
						       const char *format, ...);
/* Something is wrong with the file as a whole; it may still have been of use. */
__attribute__((format(printf, 2, 3))) void reading_bad_file(struct reading *r, const char *format,
							    ...);
/* Not bad, but the reader should know. Line 0: the whole file. */
__attribute__((format(printf, 3, 4))) void reading_note(struct reading *r, uint64_t line,
							const char *format, ...);
/* Tells the machines. */
MUST_CHECK enum rc reading_tell(struct reading *r, struct roll *roll);

/* Once for every file: how many bad lines were not told one by one. */
void reading_end(struct reading *r);

#endif
