/*
 * targets - whom a command means: addresses from words, files and the store.
 *
 *   10.1.2.3  10.1.2.0/24  10.1.2.3-10.1.2.40  @FILE  -  inventory  infected  or a machine's name,
 *   MAC, user or id, which stands for its latest address.
 *
 * Of an IPv4 network the first and the last address are left out, for nobody has them.
 */
#ifndef CONSOLE_TARGETS_H
#define CONSOLE_TARGETS_H

#include "console/common.h"

enum { TARGETS_MOST = 1 << 20 }; /* a /12; more is a slip of the keyboard */

struct targets {
	struct addr *list; /* after targets_sort(): ascending, each once */
	size_t n, cap;
	size_t homeless; /* machines of the store without an address: they cannot be asked */
};

void targets_done(struct targets *t);

/* Adds what a word means. Exit status; what is wrong has been said. */
int targets_add(struct targets *t, const struct cli_command *c, struct store *s, const char *word);

/* Adds the words of a text with blanks between them. */
int targets_add_all(struct targets *t, const struct cli_command *c, struct store *s,
		    const char *words);

void targets_sort(struct targets *t);

/* Takes an address out, if it is there. The list must be sorted. */
void targets_remove(struct targets *t, const struct addr *a);

#endif
