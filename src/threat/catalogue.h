/*
 * catalogue - the threats that quell can name: what each is, what it needs, what to do next.
 *
 * Constant rows. The ids are part of the report's contract and never change. `what_next` is
 * about the machine that acts (the infected one), in the order in which to do it, one sentence
 * a step, for somebody who was woken up for it.
 */
#ifndef THREAT_CATALOGUE_H
#define THREAT_CATALOGUE_H

#include <stddef.h>

enum { THREAT_STEPS = 6 };

struct threat {
	const char *id;       /* "ms08-067" */
	const char *name;     /* for headings */
	const char *summary;  /* one sentence */
	const char *weakness; /* CVE and bulletin; NULL: no defect in a program is used */
	const char *patch;    /* what closes it; NULL: no patch does */
	const char *ports;    /* where it is delivered: "445/tcp, 139/tcp" */
	const char *what_next[THREAT_STEPS + 1]; /* ended by NULL */
	const char *source;                      /* where the facts are from */
};

/* All of them, by id, ended by a row with a NULL id. */
extern const struct threat threat_catalogue[];

/* NULL: there is no such threat. */
const struct threat *threat_find(const char *id);

#endif
