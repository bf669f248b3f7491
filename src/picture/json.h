/* json - the parts of a machine in JSON that more than one document has. */
#ifndef PICTURE_JSON_H
#define PICTURE_JSON_H

#include "picture/parts.h"
#include "report/pen.h"

void json_member(struct pen *p, const char *key, const char *text); /* NULL: "" */
void json_count(struct pen *p, const char *key, uint64_t n);
void json_list(struct pen *p, const char *key, const char *const *list); /* NULL: empty */

/* "id" to "harm" and "next_step": members, without the braces. */
void json_machine_head(struct pen *p, const struct picture_options *opt,
		       const struct picture_machine *m);
/* "patches", "checks" and "signs": members. `in_full`: with titles, reasons and what corrects. */
void json_machine_judged(struct pen *p, const struct picture_options *opt,
			 const struct picture_machine *m, bool in_full);
/* The beginning of a document: its schema, when, what it is about. */
void json_head(struct pen *p, const struct picture_options *opt, const char *schema);

/* The end of a document: hands over what is left. RC_IO. */
MUST_CHECK enum rc json_end(struct pen *p);

#endif
