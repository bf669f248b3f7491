/*
 * picture - the picture of the whole site, and of one machine, from judgements.
 *
 * Machines are added one by one and not kept, but for counters and the worst: a hundred thousand
 * fit. A machine that was seen and never assessed is added, too, without a judgement: it counts as
 * unknown in every total. The same machines in the same order give the same bytes.
 */
#ifndef PICTURE_PICTURE_H
#define PICTURE_PICTURE_H

#include <stdio.h>

#include "judge/judge.h"
#include "model/outbreak.h"
#include "report/report.h"

enum { PICTURE_WORST = 20 };

struct picture_machine {
	const char *id, *name, *os, *user, *place, *owner; /* "" where unknown */
	const char *how;  /* the assessment went: "3 of 9 questions unanswered", or "" */
	struct addr addr; /* zero: none */
	enum verdict verdict;
	const struct judged *judged; /* NULL: never assessed */
	uint64_t at_ns;              /* of the assessment; 0: never */
};

enum picture_format { PICTURE_HUMAN, PICTURE_JSON, PICTURE_CSV, PICTURE_HTML };

struct picture_options {
	enum picture_format format;
	struct report_style style;         /* human */
	const struct weakness *weaknesses; /* that were judged by, by id: knowledge_weaknesses() */
	size_t n_weaknesses;
	const struct baseline *baseline;
	const char *const *loose; /* ids of threats that are about, ended by NULL; may be NULL */
	const char *only;         /* one weakness (--for), or NULL */
	uint64_t at_ns;           /* when the picture is made; shown */
	FILE *to;
};

struct picture;

MUST_CHECK enum rc picture_new(const struct picture_options *opt, struct picture **ret_p);
MUST_CHECK enum rc picture_add(struct picture *p, const struct picture_machine *m); /* borrowed */
/* Writes what is left to write. RC_IO: the stream said no. */
MUST_CHECK enum rc picture_end(struct picture *p);
void picture_free(struct picture *p); /* NULL is fine */

/* One machine's page: what was scanned, and for each check its mark, what it is, how to correct it.
 * Formats: human, JSON, HTML. */
MUST_CHECK enum rc picture_page(const struct picture_options *opt, const struct picture_machine *m);

/* What changed between two assessments, machine by machine: `before` or `after` may be NULL. */
struct picture_change {
	const struct picture_machine *before, *after;
};
struct picture_diff;
MUST_CHECK enum rc picture_diff_new(const struct picture_options *opt, struct picture_diff **ret_d);
MUST_CHECK enum rc picture_diff_add(struct picture_diff *d, const struct picture_change *c);
MUST_CHECK enum rc picture_diff_end(struct picture_diff *d);
void picture_diff_free(struct picture_diff *d);

#endif
