/* inside - what the parts of triage_make() share. Inside of this room. */
#ifndef TRIAGE_INSIDE_H
#define TRIAGE_INSIDE_H

#include "triage/triage.h"

/* A plan has some twenty steps; threats that are loose bring a few more each. */
enum { TRIAGE_STEPS_MOST = 64, TRIAGE_REASONS_MOST = 12, TRIAGE_VENDOR_MOST = 24 };

struct making {
	const struct triage_input *in;
	struct triage *t;
	struct triage_step *steps;
	enum rc rc; /* the first that went wrong */
};

/* In the arena; "" and m->rc set if there is no memory. */
__attribute__((format(printf, 2, 3))) const char *made(struct making *m, const char *format, ...);

__attribute__((format(printf, 2, 3))) void reason_add(struct making *m, const char *format, ...);
__attribute__((format(printf, 2, 3))) void vendor_add(struct making *m, const char *format, ...);
void step_add(struct making *m, const struct triage_step *s); /* NULL texts become "" */

/* What is to be said of one, or of many and of none. */
const char *of_many(size_t n, const char *one, const char *many);

/* "1,204,311": rounded. `text` holds NUMBER_TEXT. */
enum { NUMBER_TEXT = 32 };
const char *number_text(double n, char *text);

/* "2 h 5 min", "3 days", "40 min": of hours. `text` holds HOURS_TEXT. */
enum { HOURS_TEXT = 32 };
const char *hours_text(double hours, char *text);

size_t infected_found(const struct triage_input *in);
/* The estimate where it says something, else those found. */
size_t infected_total(const struct triage_input *in);
/* Of the nodes that are infected, how many are in this state. */
size_t infected_with(const struct triage_input *in, enum patch_state s);

/* The update's name: "KB958644", or as the catalogue says it. */
const char *patch_name(struct making *m, const struct triage_patch *p);

/* Does a threat that is loose leave machines that no tool can be trusted to clean? */
bool lore_wants_reimage(const struct triage_input *in);

/* The parts, each in its own file. */
void make_reasons(struct making *m);
void make_steps(struct making *m);
void make_lore(struct making *m, enum triage_when when);
void make_after(struct making *m);
void make_vendor(struct making *m);

#endif
