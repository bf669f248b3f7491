/* triage_parts - how the parts of a triage are shown to people. Inside of this room. */
#ifndef BRIEF_TRIAGE_PARTS_H
#define BRIEF_TRIAGE_PARTS_H

#include "brief/brief.h"
#include "report/lines.h"
#include "report/tree.h"

/* "1 machine", "1,204 machines". `text` holds COUNT_SAY. */
enum { COUNT_SAY = 64 };
const char *count_say(size_t n, const char *one, const char *many, char *text);

/* Who is infected, whose, and where. RC_NOMEM. */
MUST_CHECK enum rc triage_infected_human(const struct lines *l, const struct triage_input *in);

struct tree_names triage_tree_names(const struct triage_input *in);

/* How fast, and what the next hours bring, with and without countermeasures. */
void triage_growth_human(const struct lines *l, const struct triage_input *in);

/* What each strategy costs: only where it was asked for. */
void triage_strategies_human(const struct lines *l, const struct triage_input *in);

/* The countermeasures whose effect on the next hours is told. */
struct triage_measure {
	const char *id, *words; /* "as-it-is" */
	double factor;          /* of the rate of infection, from now on */
};
enum { TRIAGE_MEASURES = 5 };
size_t triage_measures(const struct triage_input *in, struct triage_measure *list);

extern const double triage_hours[]; /* ahead: 1, 3, 6, 12, 24 */
enum { TRIAGE_HOURS = 5 };

#endif
