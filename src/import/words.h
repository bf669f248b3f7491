/* words - pieces of lines: blanks off, words apart, and what they mean. */
#ifndef IMPORT_WORDS_H
#define IMPORT_WORDS_H

#include "base/addr.h"
#include "base/bytes.h"

struct bytes text_trim(struct bytes text);  /* of blanks and quotes */
struct bytes text_word(struct bytes *text); /* off the front, up to a blank; empty: none */
struct bytes text_of(const char *text);
bool text_is(struct bytes text, const char *word);     /* without regard to ASCII's case */
bool text_starts(struct bytes text, const char *word); /* likewise */
bool text_has(struct bytes text, const char *word);    /* likewise, anywhere */

/* Six bytes with any separators or none; on BSD also "0:c:29:1:2:3". `01` in front (a hardware
 * type) is taken off. RC_INVAL. */
MUST_CHECK enum rc mac_parse(struct bytes text, struct mac *ret_mac);

/* A single address, without blanks around it. RC_INVAL. */
MUST_CHECK enum rc addr_parse_bytes(struct bytes text, struct addr *ret_addr);

/* Pairs of digits, with or without colons. Returns how many bytes; 0: it is no such thing, or too
 * long. */
size_t hex_parse(struct bytes text, uint8_t *to, size_t cap);

/* Decimal, at most 18 digits. */
bool number_parse(struct bytes text, uint64_t *ret_v);

#endif
