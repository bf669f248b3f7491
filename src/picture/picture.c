#include "picture/picture.h"

#include <stdlib.h>

#include "picture/site.h"

static const struct picture_writer *writer_of(enum picture_format f)
{
	switch (f) {
	case PICTURE_HUMAN:
		return &picture_human;
	case PICTURE_JSON:
		return &picture_json;
	case PICTURE_CSV:
		return &picture_csv;
	case PICTURE_HTML:
		return &picture_html;
	}
	return NULL;
}

enum rc picture_new(const struct picture_options *opt, struct picture **ret_p)
{
	struct picture *p = calloc(1, sizeof(*p));
	enum rc rc;

	if (p == NULL)
		return RC_NOMEM;
	p->opt = *opt;
	p->writer = writer_of(opt->format);
	rc = p->writer == NULL ? RC_INVAL : tally_new(opt, &p->tally);
	if (rc == RC_OK)
		rc = p->writer->begin(p);
	if (rc != RC_OK) {
		picture_free(p);
		return rc;
	}
	*ret_p = p;
	return RC_OK;
}

enum rc picture_add(struct picture *p, const struct picture_machine *m)
{
	enum rc rc = tally_add(p->tally, &p->opt, m);

	if (rc == RC_OK && p->writer->add != NULL)
		rc = p->writer->add(p, m);
	return rc;
}

enum rc picture_end(struct picture *p)
{
	tally_sort_signs(p->tally);
	return p->writer->end(p);
}

void picture_free(struct picture *p)
{
	if (p == NULL)
		return;
	if (p->writer != NULL && p->writer->free != NULL)
		p->writer->free(p->state);
	tally_free(p->tally);
	free(p);
}

enum rc stream_done(FILE *to)
{
	return fflush(to) == EOF || ferror(to) != 0 ? RC_IO : RC_OK;
}
