/*
 * place - the folder that a kit is written to: made beside its place, and put there as a whole.
 *
 * An earlier kit of the same campaign and channel is replaced, if nothing but what quell wrote lies
 * in it: neither results nor a script that somebody has changed are lost. Every file goes through
 * SHA-256; the sums are the manifest, in the form of sha256sum -c.
 */
#ifndef KIT_PLACE_H
#define KIT_PLACE_H

#include <stdio.h>

#include "base/arena.h"
#include "base/bytes.h"

enum { PLACE_PATH = 4096, PLACE_SHA256 = 65 /* hexadecimal, with the NUL */ };

struct place;

struct place_kit {
	const char *out, *campaign, *channel;
};

/* RC_INVAL: something else lies there; `err` names it. RC_IO: errno, and `err`. The texts are
 * borrowed as long as it lives. */
MUST_CHECK enum rc place_new(const struct place_kit *kit, struct place **ret_p, char *err,
			     size_t err_len);

/* A file of the kit, with the folders above it. One at a time; place_close() ends it. */
MUST_CHECK enum rc place_open(struct place *p, const char *name, FILE **ret_f, char *err,
			      size_t err_len);
MUST_CHECK enum rc place_close(struct place *p, char *err, size_t err_len);

/* Copies a file. Its SHA-256 must be `sha256`, as it was when it was looked at before. */
MUST_CHECK enum rc place_copy(struct place *p, const char *from, const char *name,
			      const char *sha256, char *err, size_t err_len);

size_t place_files(const struct place *p);

/* Writes the manifest, and puts the folder in its place. */
MUST_CHECK enum rc place_end(struct place *p, char *err, size_t err_len);

/* What was not ended is removed. NULL is fine. */
void place_free(struct place *p);

/* SHA-256 of a file of the system, and how long it is. RC_IO, RC_INVAL: no regular file; `err`. */
MUST_CHECK enum rc place_sum(const char *path, char *ret_hex, uint64_t *ret_size, char *err,
			     size_t err_len);

/* A whole file of at most `most` bytes, in the arena. RC_IO with errno, RC_INVAL, RC_NOMEM; `err`.
 */
MUST_CHECK enum rc place_load(struct arena *a, const char *path, size_t most,
			      struct bytes *ret_text, char *err, size_t err_len);

#endif
