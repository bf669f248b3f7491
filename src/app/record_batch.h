/* record_batch - a copy of what is to be stored, that belongs to nobody else. */
#ifndef APP_RECORD_BATCH_H
#define APP_RECORD_BATCH_H

#include "app/keep.h"
#include "base/map.h"

struct record_mark { /* a fact, and what of it is stored */
	uint64_t key, state;
};

struct record_batch {
	struct arena *arena;
	struct fact *facts;
	struct record_mark *marks; /* one for each fact */
	size_t n;
	bool has_run;
	struct store_run run;
	struct outbreak *outbreak; /* a shallow copy, and whatever it points at that can change */
	struct presence *presence; /* of the run; goes back to the collection if it fails */
	size_t n_presence;
};

/* The facts that `stored` (key -> state) does not know as they are now. RC_NOMEM. */
MUST_CHECK enum rc record_batch_new(const struct fact *facts, size_t n, const struct map *stored,
				    struct record_batch **ret_b);
/* And a run. `id`: of a live run; NULL: made from what the source held. */
MUST_CHECK enum rc record_batch_add_run(struct record_batch *b, const struct outbreak *o,
					const char *id, const char *sensor);
/* `stored` knows them from now on. False: there was no room; they will be stored again. */
bool record_batch_is_stored(const struct record_batch *b, struct map *stored);
void record_batch_free(struct record_batch *b); /* NULL is fine */

/* The same packets: the same id, whatever the file is called or packed with. */
void run_id_of(const struct source_info *s, char id[64]);

#endif
