/*
 * ink - HTML to print: one file that needs nothing else, and runs nothing.
 *
 * All text goes through ink_text(), which escapes it for HTML after text_shown() has made it fit to
 * be seen: names come from the network. A policy in the head forbids scripts and loading, should an
 * escape ever be forgotten.
 */
#ifndef PICTURE_INK_H
#define PICTURE_INK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct ink { /* to start with: {.to = …} */
	FILE *to;
	bool is_bad; /* no memory: what is written is not whole */
};

enum { INK_MOST = 1024 }; /* bytes of one text; longer ones are cut */

void ink_raw(struct ink *i, const char *html); /* a constant of ours */
void ink_text(struct ink *i, const char *text);

/* <tag class="class">text</tag>; `class` may be NULL. Both are constants of ours. */
void ink_element(struct ink *i, const char *tag, const char *class, const char *text);
void ink_count(struct ink *i, const char *tag, const char *class, uint64_t n);

/* From the doctype to the body's beginning, and the end. */
void ink_begin(struct ink *i, const char *title);
void ink_end(struct ink *i);

#endif
