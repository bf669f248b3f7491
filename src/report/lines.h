/*
 * lines - sentences laid out on a terminal: wrapped, indented, and fit to be shown.
 *
 * Everything that passes through here is escaped (text_printable() of base/text.h), whoever it
 * came from; colours are put around it, never in it. Columns are counted in characters, so names
 * in scripts of double width may reach further.
 */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include "base/rc.h"
#include "report/report.h"

enum tone { TONE_PLAIN, TONE_HEAD, TONE_ALARM, TONE_WARN };

struct lines {
	FILE *to;
	unsigned width;
	bool color;
};

/* A sentence in the making. What does not fit is cut. Zeroed to start with. */
struct sentence {
	char at[2048];
	size_t len;
};

struct lines lines_on(FILE *to, const struct report_style *style);

void say(struct sentence *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* At the left edge, wrapped. */
void lines_text(const struct lines *l, enum tone tone, const char *text);

/* An empty line, and one at the left edge. */
void lines_head(const struct lines *l, const char *text);

/* "    label      text", the text wrapped beside its label. */
void lines_item(const struct lines *l, const char *label, const char *text);

/* The same, the label in a tone. */
void lines_mark(const struct lines *l, enum tone tone, const char *label, const char *text);

/* "  3. text", the text wrapped beside its number. */
void lines_step(const struct lines *l, unsigned number, const char *text);

/* "  - text", wrapped beside its dash. */
void lines_dash(const struct lines *l, const char *text);

/* At an indent, wrapped: below a row that it is about. */
void lines_under(const struct lines *l, unsigned indent, const char *text);

/* As it is, however long: to be copied into a shell. */
void lines_command(const struct lines *l, unsigned indent, const char *text);

/* As it is, at an indent of two, cut at the width. */
void lines_row(const struct lines *l, enum tone tone, const char *text);

#endif
