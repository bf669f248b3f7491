/*
 * step - the contract between a reassembled stream and whatever reads it.
 *
 * A stream hands its reader the bytes not yet consumed. The reader answers how many it is done
 * with and how many must be there before it wants to be called again. The two inequalities:
 * consumed <= in.len, and need > in.len - consumed.
 */
#ifndef BASE_STEP_H
#define BASE_STEP_H

#include <stddef.h>

enum dir { TO_SERVER, TO_CLIENT };

static inline enum dir dir_other(enum dir d)
{
	return d == TO_SERVER ? TO_CLIENT : TO_SERVER;
}

enum step_verdict {
	STEP_MORE,   /* fine so far; call again when `need` bytes are there */
	STEP_REJECT, /* not this protocol, or beyond repair: the reader is fed no more */
};

struct step {
	enum step_verdict verdict;
	size_t consumed; /* bytes of `in` done with: at most in.len */
	size_t need;     /* how long `in` must be next time: more than is left of it now */
};

#endif
