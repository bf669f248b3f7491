/*
 * posture_pack - a posture as bytes, for the store: compact, the same for the same posture.
 *
 * Numbers are varints (seven bits a byte, the lowest first, the high bit: more follow), in as few
 * bytes as they need. Texts are their length and their bytes.
 *
 *   version 1 | address, 16 bytes | name | newest time | how many observations | then each:
 *   state * 64 + source, one byte | bytes of the key shared with the one before | rest of the key |
 *   value | newest time less its own
 *
 * There is one way to write a posture: what is read and written again is the same bytes.
 */
#ifndef MODEL_POSTURE_PACK_H
#define MODEL_POSTURE_PACK_H

#include "base/bytes.h"
#include "model/posture.h"

/* The caller frees `*ret_at`. RC_NOMEM. */
MUST_CHECK enum rc posture_pack(const struct posture *p, uint8_t **ret_at, size_t *ret_len);

/* Any bytes at all. RC_FORMAT: not what posture_pack() writes: cut, damaged, or of a newer version.
 * RC_NOMEM. */
MUST_CHECK enum rc posture_unpack(struct bytes in, struct posture **ret_p);

/* The same of these keys alone, to judge a hundred thousand machines by five observations each. Of
 * what is passed over it is made sure that its lengths and its age can be, and that its key is a
 * text; not that the keys are in order. */
struct posture_wanted {
	const char *const *list; /* posture_cmp order, each once */
	size_t n;
};
MUST_CHECK enum rc posture_unpack_some(struct bytes in, const struct posture_wanted *only,
				       struct posture **ret_p);
/* The same in place of what `p` had, to read many. NULL: all keys. `p` is worth nothing if it
 * fails.
 */
MUST_CHECK enum rc posture_unpack_over(struct bytes in, const struct posture_wanted *only,
				       struct posture *p);

#endif
