/*
 * judging - what the parts of this room share while one machine is judged. Not for other rooms.
 */
#ifndef JUDGE_JUDGING_H
#define JUDGE_JUDGING_H

#include "judge/judge.h"

struct windows {                /* which Windows it is */
	bool is_known;          /* `version` is; its build may be 0 */
	struct version version; /* major, minor, build */
	int service_pack;       /* -1: not known */
	bool has_ubr;           /* and not from a list alone */
	uint32_t ubr;
	const char *type;  /* "workstation" "server" "dc", or NULL: not known */
	const char *words; /* "Windows XP Service Pack 3", "unknown" */
	const char *why;   /* it is not known: "access denied" */
};

struct judging {
	const struct posture *posture;
	struct arena *arena; /* of the judgement; NULL: without words, all are "" */
	bool is_full;        /* no memory: texts are "" from then on */
	struct windows windows;
};

/* --- words.c --- */

/* A sentence in the arena, at most SENTENCE_TEXT long, cut at a character. Never NULL. */
enum { SENTENCE_TEXT = 1536 };
__attribute__((format(printf, 2, 3))) const char *judging_say(struct judging *j, const char *format,
							      ...);
/* `more` behind `text`, with `between` where both are something. */
const char *say_more(struct judging *j, const char *text, const char *between, const char *more);
/* "5.1.2600.5512", without zeros that were not there: at least three parts. */
const char *say_version(struct judging *j, const struct version *v);
/* Who told: "the registry says", "a list says". */
const char *who_says(unsigned by);
/* Why there is no value: the observation's reason, "it is not there", or "not asked". */
const char *why_unknown(const struct observation *o);
/* Without regard to the case of letters; only ASCII has any here. */
bool same_text(const char *a, const char *b);
bool begins_with(const char *text, const char *prefix);

/* --- windows.c --- */

void windows_look(struct judging *j);
/* "Windows 7 or Server 2008 R2", from the version alone. */
const char *windows_name(struct judging *j, const struct version *v, const char *type);
/* Builds that are serviced with the same files: equal, or 18362 and 18363. */
bool windows_same_files(const struct version *a, const struct version *b);
/* Major and minor. */
bool windows_same_release(const struct version *a, const struct version *b);

/* --- the parts --- */

/* Fills in everything but `weakness`. */
void judge_patch(struct judging *j, const struct weakness *w, struct judged_patch *to);
/* `mark`, `value`, `wanted`, `why`. */
void judge_check(struct judging *j, const struct check *c, struct judged_check *to);
/* At most SIGNS_MAX. Returns how many. */
enum { SIGNS_MAX = 8 };
size_t judge_signs(struct judging *j, struct judged_sign to[SIGNS_MAX]);
/* What signs are looked for in, ended by NULL. */
extern const char *const sign_registry[], *const sign_services[];

#endif
