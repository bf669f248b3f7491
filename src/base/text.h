/*
 * text - names and paths from the network, made fit to show.
 *
 * Nothing here fails: what is no text becomes U+FFFD or an escape. Results are always ended by
 * a NUL and cut at a character.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"

/* UTF-16LE, lone surrogates allowed, to UTF-8. Stops at the first NUL unit. Returns the length. */
size_t text_from_utf16(struct bytes utf16, char *to, size_t cap);

/* A byte string in an unknown 8-bit encoding to UTF-8: Latin-1. Stops at the first NUL. */
size_t text_from_latin1(struct bytes latin1, char *to, size_t cap);

/* UTF-8 from a stranger, checked: invalid sequences become U+FFFD. Returns the length. */
size_t text_from_utf8(struct bytes utf8, char *to, size_t cap);

/* Takes one character off the front of UTF-8 from a stranger, which is not empty: U+FFFD for bytes
 * that are none, as above. */
uint32_t text_next(struct bytes *utf8);

/* For a terminal: control characters, DEL, C1 and bidirectional controls become \x1b or \u202e
 * in letters. A backslash stays as it is, since Windows paths are full of them: the escapes are
 * for the eye, not to be read back. Returns the length. */
size_t text_printable(const char *utf8, char *to, size_t cap);

/* RFC 3339 in UTC with microseconds: "2009-02-13T03:12:07.123456Z". TEXT_TIME bytes. */
enum { TEXT_TIME = 28 };
const char *text_time(uint64_t at_ns, char *to);

/* How many edits apart two words are, for "did you mean". At most 64 characters are looked at. */
unsigned text_distance(const char *a, const char *b);

#endif
