/* site - what the writers of the picture of a site share: one writer per file. */
#ifndef PICTURE_SITE_H
#define PICTURE_SITE_H

#include "picture/tally.h"

struct picture;

struct picture_writer {
	MUST_CHECK enum rc (*begin)(struct picture *p);
	/* One machine, already counted. NULL: nothing is written before the end. */
	MUST_CHECK enum rc (*add)(struct picture *p, const struct picture_machine *m);
	MUST_CHECK enum rc (*end)(struct picture *p);
	void (*free)(void *state); /* NULL is fine */
};

struct picture {
	struct picture_options opt;
	const struct picture_writer *writer;
	struct tally *tally;
	void *state; /* the writer's */
};

extern const struct picture_writer picture_human, picture_json, picture_csv, picture_html;

/* One machine's page, per format. */
MUST_CHECK enum rc page_human(const struct picture_options *opt, const struct picture_machine *m);
MUST_CHECK enum rc page_json(const struct picture_options *opt, const struct picture_machine *m);
MUST_CHECK enum rc page_html(const struct picture_options *opt, const struct picture_machine *m);

/* Hands over what the stream holds. RC_IO: it said no, now or before. */
MUST_CHECK enum rc stream_done(FILE *to);

#endif
