/*
 * row - what every row of the catalogue and of a baseline must keep to, checked once.
 *
 * Inside of this room. libcyaml has checked the shape; this checks the sense: names that exist,
 * words of the fixed lists, versions, keys of model/posture.h. A message names the file, the row,
 * and the nearest word where one was mistyped. Each returns RC_OK, or RC_INVAL with the message
 * written.
 */
#ifndef THREAT_ROW_H
#define THREAT_ROW_H

#include "threat/weakness.h"
#include "threat/yaml.h"

enum { ROW_TEXT = 1024, ROW_WORD = 128, ROW_LIST = 64 };

struct row {
	const struct yaml_source *src;
	const char *name; /* "fixed, 5.1.2600 service pack 3" */
};

struct texts { /* as libcyaml reads a list */
	char **list;
	unsigned n;
};

__attribute__((format(printf, 2, 3))) enum rc row_fail(const struct row *r, const char *format,
						       ...);

/* Kebab case: "ms08-067". */
MUST_CHECK enum rc row_id(const struct row *r, const char *id);

/* Words that can be shown on one line, without spaces at the ends. NULL is fine: not there. */
MUST_CHECK enum rc row_text(const struct row *r, const char *field, const char *text);
MUST_CHECK enum rc row_texts(const struct row *r, const char *field, const struct texts *t);

/* Ends with a full stop. */
MUST_CHECK enum rc row_sentence(const struct row *r, const char *field, const char *text);

/* One of `words`, which are ended by NULL: its index. */
MUST_CHECK enum rc row_word(const struct row *r, const char *field, const char *text,
			    const char *const *words, unsigned *ret_index);

/* "yes", "no"; NULL: `fallback`. */
MUST_CHECK enum rc row_yes(const struct row *r, const char *field, const char *text, bool fallback,
			   bool *ret_is);

/* Decimal digits, 0 to `max`. libcyaml would read "8x" as 8. NULL: `fallback`. */
MUST_CHECK enum rc row_number(const struct row *r, const char *field, const char *text, long max,
			      long fallback, long *ret_n);

/* NULL: zero. */
MUST_CHECK enum rc row_version(const struct row *r, const char *field, const char *text,
			       struct version *ret_v);

/* A key of model/posture.h; with `may_star`, perhaps ending in "*". */
MUST_CHECK enum rc row_key(const struct row *r, const char *key, bool may_star);

/* A value that this key can have, as far as the vocabulary fixes it. */
MUST_CHECK enum rc row_value(const struct row *r, const char *key, const char *value);

/* The list ended by NULL, in the arena. */
MUST_CHECK enum rc row_list(const struct row *r, const struct texts *t,
			    const char *const **ret_list);

#endif
