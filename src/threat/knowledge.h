/*
 * knowledge - the catalogue of weaknesses and the baselines, read from YAML.
 *
 * What data/catalogue/ and data/baselines/ say is built into the program; a file of the operator's
 * own can be read instead. Read with libcyaml: this room is its home. Everything is owned by struct
 * knowledge and lives as long as it does.
 */
#ifndef THREAT_KNOWLEDGE_H
#define THREAT_KNOWLEDGE_H

#include "threat/weakness.h"

struct knowledge;

/* The built-in weaknesses, by id, and one baseline: by name ("outbreak-minimum", "office",
 * "strict"), or a path (it has a "/" or ends in ".yaml"); NULL: "outbreak-minimum". RC_INVAL: `err`
 * names the file, the line and what is wrong, or the nearest name. RC_NOMEM. */
MUST_CHECK enum rc knowledge_new(const char *baseline, struct knowledge **ret_k, char *err,
				 size_t err_len);
void knowledge_free(struct knowledge *k); /* NULL is fine */

const struct weakness *knowledge_weaknesses(const struct knowledge *k, size_t *ret_n);
const struct weakness *knowledge_weakness(const struct knowledge *k, const char *id); /* or NULL */
const struct baseline *knowledge_baseline(const struct knowledge *k);

/* The names of the built-in baselines, ended by NULL. */
const char *const *knowledge_baselines(void);

#endif
