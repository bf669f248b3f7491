/*
 * fact_table - the facts that one sensor told, as they are now.
 *
 * A fact told again (same subject, kind, value, source and beginning) replaces its earlier telling,
 * so that what the sensor no longer believes is not believed here. Bounded; texts are kept once.
 */
#ifndef APP_FACT_TABLE_H
#define APP_FACT_TABLE_H

#include "model/fact.h"
#include "model/outbreak.h"

struct fact_table;

MUST_CHECK enum rc fact_table_new(size_t max, struct fact_table **ret_t);
void fact_table_free(struct fact_table *t); /* NULL is fine */

/* Takes a copy. False: there is no room for it. */
bool fact_table_put(struct fact_table *t, const struct fact *f);

/* Tidy (model/fact.h), with the capture or interface as `origin` and the frame's number in it.
 * `source` outlives the list, which is borrowed until the next call of any. RC_NOMEM. */
MUST_CHECK enum rc fact_table_list(struct fact_table *t, const struct source_info *source,
				   const struct fact **ret_facts, size_t *ret_n);

#endif
