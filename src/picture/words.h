/*
 * words - what the picture of a site says in sentences, whatever it is written on: the answer, what
 * to do next, and how much was seen.
 */
#ifndef PICTURE_WORDS_H
#define PICTURE_WORDS_H

#include "picture/tally.h"
#include "report/lines.h"

/* "1 machine", "1,204 machines"; "the machine", "the 1,204 machines". `text`: MACHINES_TEXT. */
enum { MACHINES_TEXT = 48 };
const char *machines_say(uint64_t n, char *text);
const char *the_machines_say(uint64_t n, char *text);

/* Are the machines patched? How bad the answer is. */
enum tone words_answer(const struct picture_options *opt, const struct tally *t,
		       struct sentence *s);

/* Empty if there is nothing to be loud about. */
void words_tampered(const struct tally *t, struct sentence *s);

/* What to mind about the table of weaknesses; may be empty. */
void words_patches(const struct tally *t, struct sentence *s);

/* "The worst 20 machines of 1,204" */
void words_worst(const struct tally *t, struct sentence *s);

/* "PC-0042, 10.1.2.3, Windows XP Service Pack 3, jdoe: infected" */
void words_machine(const struct picture_machine *m, struct sentence *s);

/* What runs against malware, on how many. */
void words_protection(const struct tally *t, struct sentence *s);

enum { WORDS_MOST = 8 };
struct words_list {
	struct {
		const char *label; /* "machines" "how" "when"; "" for steps */
		struct sentence s;
	} list[WORDS_MOST];
	unsigned n;
};

/* RC_NOMEM. */
MUST_CHECK enum rc words_steps(const struct tally *t, struct words_list *ret_steps);
void words_seen(const struct picture_options *opt, const struct tally *t,
		struct words_list *ret_seen);

/* "Door it closes: guessed passwords. Computer Configuration > …" */
void words_correct(const struct check *c, struct sentence *s);

#endif
