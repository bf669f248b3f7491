/*
 * record - keeps in the store what is heard, while it is heard, and never lets listening wait.
 *
 * A thread of its own talks to the database: once a second it is handed a copy of what is new, if
 * it is done with the last one. A slow database is handed less often; one that fails is told about
 * once, tried again with growing pauses, and given everything that it has missed when it works
 * again. What waits meanwhile is what the collection holds anyway, bounded by its limits.
 *
 * Nobody is killed in the middle of anything: each hand-over is a transaction. The thread starts
 * after the fork of the sensor, which must not inherit a way into the store.
 */
#ifndef APP_RECORD_H
#define APP_RECORD_H

#include "app/collect.h"
#include "model/outbreak.h"

struct recorder;

struct record_options { /* outlives the recorder */
	const char *url, *sensor;
	const char *interface; /* NULL: files are read */
};

/* Looks whether the store can be written, and makes it where it is not there. RC_INVAL and others
 * of store_open(): `err` says what is wrong. */
MUST_CHECK enum rc recorder_new(const struct record_options *opt, struct recorder **ret_r,
				char *err, size_t err_len);

/* After the fork. RC_NOMEM: no thread. */
MUST_CHECK enum rc recorder_start(struct recorder *r);

/* Hands over what is new, if it is time. Returns something to tell the operator, without a line's
 * end, or NULL. Borrowed until the next call. */
const char *recorder_tick(struct recorder *r, struct collection *c, const struct collect_end *end);

/* A finding came or has grown. */
void recorder_heard(struct recorder *r);

/* Hands over the rest and the whole outbreak, and waits until it is kept; for so long as the
 * database may reasonably take. RC_IO: not all of it is; recorder_note() tells what is not. */
MUST_CHECK enum rc recorder_finish(struct recorder *r, struct collection *c,
				   const struct outbreak *o);

/* For the report: what could not be stored, and why; NULL: all was. */
const char *recorder_note(const struct recorder *r);

/* For the operator: "kept in …: 12 machines are new, 3 have changed". */
const char *recorder_sum(const struct recorder *r);

void recorder_free(struct recorder *r); /* NULL is fine */

#endif
