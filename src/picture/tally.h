/*
 * tally - what is counted over all machines of a picture, and its worst ones.
 *
 * Flat in memory: counters per weakness and check, so many kinds of signs, so many worst machines.
 */
#ifndef PICTURE_TALLY_H
#define PICTURE_TALLY_H

#include "picture/parts.h"

struct tally_weakness {
	const struct weakness *weakness;
	bool is_loose;
	uint64_t n[PATCH_STATES];
	uint64_t conflicts; /* sources disagree */
	uint64_t remedied;  /* missing, and the hole cannot be reached all the same */
	char kbs[160];      /* what the machines that miss it need, each once: "KB958644" */
};

struct tally_check {
	const struct check *check;
	uint64_t n[MARKS];
};

/* Kinds of signs: judge/ knows a dozen. Named machines: as many as can be called by phone. */
enum { TALLY_SIGNS = 32, TALLY_NAMED = 8, TALLY_NAME = 96, TALLY_WHY = 256 };

struct tally_sign {
	char id[64], why[TALLY_WHY]; /* of the first machine */
	bool is_strong;
	uint64_t machines;
	char named[TALLY_NAMED][TALLY_NAME]; /* the first ones */
	size_t n_named;
};

enum { WORST_WRONG = 6 };

struct worst {                          /* a machine, kept; owned by its arena */
	struct picture_machine machine; /* `judged` is NULL */
	enum assessed assessed;
	double harm;
	struct {
		enum wrong_kind kind;
		const char *what;
	} wrong[WORST_WRONG];
	size_t n_wrong, n_wrong_all;
	const char *next;
	struct arena *arena;
};

struct tally {
	struct tally_weakness *weaknesses; /* those shown, by id */
	size_t n_weaknesses;
	struct tally_check *checks; /* in the baseline's order; none for one weakness alone */
	size_t n_checks;
	struct tally_sign signs[TALLY_SIGNS];
	size_t n_signs;
	uint64_t signs_left_out; /* machines' signs of further kinds */
	uint64_t machines, assessed[ASSESSEDS], evidence[EVIDENCES], protection[PROTECTIONS];
	uint64_t by_state[PATCH_STATES]; /* machines by the worst of their weaknesses */
	uint64_t loose_missing;          /* of the missing: a threat uses it that is about */
	uint64_t tampered;               /* machines with a strong sign */
	uint64_t conflicting;            /* machines whose sources disagree */
	uint64_t unassessed_infected;
	uint64_t first_ns, last_ns; /* of the assessments; 0: none */
	uint64_t harmed;            /* machines with any harm: the worst are of these */
	struct worst *worst[PICTURE_WORST];
	size_t n_worst;
};

/* RC_NOMEM. */
MUST_CHECK enum rc tally_new(const struct picture_options *opt, struct tally **ret_t);
MUST_CHECK enum rc tally_add(struct tally *t, const struct picture_options *opt,
			     const struct picture_machine *m);
void tally_free(struct tally *t); /* NULL is fine */

/* Orders them to be read: strong signs first, then by machines. */
void tally_sort_signs(struct tally *t);

/* Rows to be read first: loose, then by missing, pending, unknown, then id; and failed checks,
 * serious first, then by machines. Pointers into `t`; the list is the caller's to free(). RC_NOMEM.
 */
MUST_CHECK enum rc tally_by_urgency(const struct tally *t, const struct tally_weakness ***ret_list);
MUST_CHECK enum rc tally_failed(const struct tally *t, const struct tally_check ***ret_list,
				size_t *ret_n);

/* Not affected on every machine: no row is needed. */
bool tally_concerns_nobody(const struct tally *t, const struct tally_weakness *w);

/* Failed and warned. */
uint64_t tally_check_bad(const struct tally_check *c);

#endif
