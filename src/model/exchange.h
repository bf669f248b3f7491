/*
 * exchange - findings, sightings and coverage as bytes, between processes (exchange.proto).
 *
 * Packing gives memory that the caller frees. Unpacking believes nothing: the sensor on the other
 * side has met hostile bytes. RC_FORMAT: not such a message, or a value outside its range.
 */
#ifndef MODEL_EXCHANGE_H
#define MODEL_EXCHANGE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "model/fact.h"
#include "model/outbreak.h"
#include "model/presence.h"

enum { EXCHANGE_MAX = 1 << 20, EXCHANGE_FILES = 4096 }; /* bytes of a message; files of a run */

struct exchange_status {
	uint64_t packets, bytes, lost, at_ns;
};

struct exchange_source {
	uint64_t packets, bytes, first_ns, last_ns, listened_ns;
	uint64_t *first_seq; /* n_files of them; packing borrows, unpacking gives: free() it */
	size_t n_files;
	char error[512]; /* UTF-8; empty: it ended as it should */
};

MUST_CHECK enum rc exchange_pack_finding(const struct finding *f, uint8_t **ret_at,
					 size_t *ret_len);
MUST_CHECK enum rc exchange_unpack_finding(struct bytes in, struct finding *ret_f);
MUST_CHECK enum rc exchange_pack_sighting(const struct sighting *s, uint8_t **ret_at,
					  size_t *ret_len);
MUST_CHECK enum rc exchange_unpack_sighting(struct bytes in, struct sighting *ret_s);
MUST_CHECK enum rc exchange_pack_presence(const struct presence *p, uint8_t **ret_at,
					  size_t *ret_len);
MUST_CHECK enum rc exchange_unpack_presence(struct bytes in, struct presence *ret_p);
MUST_CHECK enum rc exchange_pack_coverage(const struct coverage *c, uint8_t **ret_at,
					  size_t *ret_len);
MUST_CHECK enum rc exchange_unpack_coverage(struct bytes in, struct coverage *ret_c);
MUST_CHECK enum rc exchange_pack_source(const struct exchange_source *s, uint8_t **ret_at,
					size_t *ret_len);
MUST_CHECK enum rc exchange_unpack_source(struct bytes in, struct exchange_source *ret_s);
MUST_CHECK enum rc exchange_pack_status(const struct exchange_status *s, uint8_t **ret_at,
					size_t *ret_len);
MUST_CHECK enum rc exchange_unpack_status(struct bytes in, struct exchange_status *ret_s);

/* Unpacking gives the texts to `arena`. A text is at most EXCHANGE_TEXT long. */
enum { EXCHANGE_TEXT = 1023 };
MUST_CHECK enum rc exchange_pack_fact(const struct fact *f, uint8_t **ret_at, size_t *ret_len);
MUST_CHECK enum rc exchange_unpack_fact(struct bytes in, struct arena *arena, struct fact *ret_f);

#endif
