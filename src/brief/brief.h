/*
 * brief - how triage and campaigns are shown: for people, and as JSON and CSV. One writer per file.
 */
#ifndef BRIEF_BRIEF_H
#define BRIEF_BRIEF_H

#include <stdio.h>

#include "campaign/waves.h"
#include "report/report.h"
#include "triage/triage.h"

MUST_CHECK enum rc brief_triage_human(const struct triage *t, const struct report_style *style,
				      FILE *to);
MUST_CHECK enum rc brief_triage_json(const struct triage *t, FILE *to); /* quell.triage/1 */

struct brief_wave {
	const struct wave *wave;
	struct wave_count count;
	enum gate gate;
	const char *gate_why;
	double eta_hours; /* until all of it are patched, at today's pace; < 0: cannot be said */
};

struct brief_member { /* texts are "" where unknown, never NULL */
	const char *machine, *why;
};

struct brief_status {
	const struct campaign *campaign;
	const struct brief_wave *waves;
	size_t n_waves;
	struct wave_count all;
	struct end end; /* of the outbreak */
	bool has_end;
	const char *hidden_why; /* why it cannot be said how many were never heard: `end` is then
				   about those that were, and at most right; NULL: it can */
	const struct brief_member *contradicted; /* sources disagree on them; some of them */
	size_t n_contradicted, contradicted_in_all;
	uint64_t at_ns;
};

MUST_CHECK enum rc brief_status_human(const struct brief_status *s,
				      const struct report_style *style, FILE *to);
MUST_CHECK enum rc brief_status_json(const struct brief_status *s, FILE *to); /* quell.campaign/1 */
MUST_CHECK enum rc brief_status_csv(const struct brief_status *s, FILE *to); /* a line for each wave
									      */

#endif
