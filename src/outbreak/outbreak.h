/*
 * outbreak - from findings to the answer: who is infected, how sure, why.
 *
 * Pure functions over plain records: no I/O, no clock. The rules for a verdict are in one table
 * in verdict.c and in doc/verdicts.md.
 */
#ifndef OUTBREAK_OUTBREAK_H
#define OUTBREAK_OUTBREAK_H

#include "model/machine.h"
#include "model/outbreak.h"
#include "model/policy.h"

/* All borrowed for the call, but `source`, the findings and the machines for the outbreak's life.
 */
struct outbreak_input {
	struct source_info source;
	const struct coverage *coverage;
	const struct finding *const *findings; /* any order; the same key twice is joined */
	size_t n_findings;
	const struct sighting *sightings; /* any order */
	size_t n_sightings;
	const struct machines *machines; /* who had an address when; NULL: not known */
	const struct policy *policy;     /* outlives the outbreak */
	size_t max_hosts;                /* of those without evidence to list */
};

MUST_CHECK enum rc outbreak_build(const struct outbreak_input *in, struct outbreak **ret_outbreak);

/* Listening, alone: what outbreak_build() uses. `heard` are the addresses on whose behalf
 * attempts were heard (answered or spoke themselves), of `local` that there are. */
struct listening listening_assess(double minutes, unsigned heard, unsigned local);

#endif
