/* wanted - words in values, and what a check wants in words. */
#ifndef JUDGE_WANTED_H
#define JUDGE_WANTED_H

#include "judge/judging.h"

/* Values such as account: and service: are words with blanks between. No texts: true. */
bool has_words(const char *value, const char *const *texts);
bool has_any_word(const char *value, const char *const *texts);

/* What follows `head` ("signatures=") in a word of the value. False: no such word, or no room. */
bool word_after(const char *value, const char *head, char *to, size_t cap);

/* "at least 8", "one of NTLMv2 or Kerberos". */
const char *say_wanted(struct judging *j, const struct check *c);

#endif
