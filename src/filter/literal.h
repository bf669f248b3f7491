/* literal - what stands beside a comparison, read as the type of the field. */
#ifndef FILTER_LITERAL_H
#define FILTER_LITERAL_H

#include "filter/lex.h"
#include "filter/value.h"

/* RC_INVAL: `why` says what was expected. Strings stay where the token has them. */
MUST_CHECK enum rc literal_value(const struct field *f, const struct token *t,
				 struct value *ret_value, char *why, size_t why_len);

/* For `contains`: a string, or bytes as 00:aa:ff, 00-aa-ff or 00.aa.ff, which go to the arena. */
MUST_CHECK enum rc literal_bytes(struct arena *arena, const struct token *t,
				 struct bytes *ret_bytes, char *why, size_t why_len);

/* A number: decimal, 0x…, 0b…, octal with a leading 0, or a character. RC_INVAL: not that, or
 * more than 64 bits. */
MUST_CHECK enum rc literal_number(const struct token *t, uint64_t *ret_number);

#endif
