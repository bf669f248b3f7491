/*
 * parts - what every page of the picture says of a machine: how far it was assessed, its worst
 * patch state, what is wrong with it in words, and what to do about it first.
 *
 * Texts are borrowed from the judgement and the machine.
 */
#ifndef PICTURE_PARTS_H
#define PICTURE_PARTS_H

#include "picture/picture.h"

enum assessed {
	ASSESSED_WHOLE,  /* every weakness has an answer */
	ASSESSED_PARTLY, /* some are unknown */
	ASSESSED_FAILED, /* asked, and nothing was learned */
	ASSESSED_NEVER,
	ASSESSEDS
};
const char *assessed_name(enum assessed a); /* "whole" "partly" "failed" "never" */

enum evidence { /* the best that the patch state rests on */
		EVIDENCE_FILES,
		EVIDENCE_REGISTRY,
		EVIDENCE_LIST,
		EVIDENCE_ANSWERS, /* what it says to anybody */
		EVIDENCE_NONE,
		EVIDENCES
};
const char *evidence_name(enum evidence e);  /* "files" "registry" "list" "answers" "none" */
const char *evidence_words(enum evidence e); /* "by the files on the disk" */

enum protection {
	PROTECTION_RUNNING,
	PROTECTION_STOPPED,
	PROTECTION_NONE,
	PROTECTION_UNKNOWN,
	PROTECTIONS
};
const char *protection_name(enum protection p); /* "running" "stopped" "none" "unknown" */

/* One of a worm's doors (struct check) in words: "guessed passwords"; an unknown one as it is. */
const char *door_words(const char *door);
/* All that a check closes: "guessed passwords, autorun"; "" if none. `text`: DOORS_TEXT. */
enum { DOORS_TEXT = 256 };
const char *doors_say(const struct check *c, char *text);

/* "" for NULL. */
const char *told(const char *text);

/* Is it one that this picture is about? */
bool weakness_is_shown(const struct picture_options *opt, const struct weakness *w);
/* Does a threat use it that is about? */
bool weakness_is_loose(const struct picture_options *opt, const struct weakness *w);

/* NULL: not judged. `i`: where it should be. */
const struct judged_patch *patch_of(const struct judged *j, const struct weakness *w, size_t i);
const struct judged_check *check_of(const struct judged *j, const struct check *c, size_t i);

enum assessed assessed_of(const struct picture_options *opt, const struct picture_machine *m);
enum evidence evidence_of(const struct picture_machine *m);
enum protection protection_of(const struct picture_machine *m);

/* The worst over what is shown: missing, pending, unknown, effective, not affected. `ret_loose`
 * (may be NULL): one that a threat uses which is about is missing. */
enum patch_state state_of(const struct picture_options *opt, const struct picture_machine *m,
			  bool *ret_loose);

double harm_of(const struct picture_machine *m); /* 0 at least; 0 without a judgement */

/* With two digits, whatever the locale. Returns `text`. */
const char *harm_format(double harm, char *text, size_t cap);

/* As it was judged, with its service pack, else as the inventory knows it, or "". */
const char *os_of(const struct picture_machine *m);

/* What people call it: its name, else its address, else its id. `text` holds ADDR_TEXT. */
const char *called(const struct picture_machine *m, char *text);

/* --- what is wrong --- */

enum wrong_kind { /* in the order in which they are told */
		  WRONG_SIGN_STRONG,
		  WRONG_MISSING_LOOSE,
		  WRONG_MISSING,
		  WRONG_PENDING,
		  WRONG_SIGN,
		  WRONG_FAIL,
		  WRONG_WARN,
		  WRONGS
};
const char *wrong_label(enum wrong_kind k); /* "sign" "missing" "restart" "fails" "warns" */

struct wrong {
	enum wrong_kind kind;
	const char *id, *title; /* of the weakness, check or sign */
	const char *what;       /* its why; of a check its value */
	const char *wanted;     /* of a check, or "" */
	const char *remedy;     /* why a hole cannot be reached all the same, or "" */
	const char *correct;    /* what to install, or how to correct it; or "" */
};

/* The first `cap`, in order. Returns how many there are. */
size_t wrong_list(const struct picture_options *opt, const struct judged *j, struct wrong *list,
		  size_t cap);

/* "ms08-067: system32/netapi32.dll is …", with wanted and remedy: one sentence. `text`: WRONG_TEXT.
 */
enum { WRONG_TEXT = 1024, STEP_TEXT = 512 };
const char *wrong_say(const struct wrong *w, char *text);

/* "Not patched: 2 of the weaknesses are open, 1 …": one machine's answer. `text`: STEP_TEXT. */
const char *state_say(const struct picture_options *opt, const struct picture_machine *m,
		      char *text);

/* "FAIL", "warn", "?", "pass", "n/a". */
const char *mark_sign(enum mark m);
/* "MISSING", "restart", "?", "ok", "n/a" */
const char *state_sign(enum patch_state s);

/* A source in words: "its files, over SMB". */
const char *source_words(unsigned by);

/* What one source said, and how old that is. */
struct source {
	unsigned by; /* enum observed_by */
	size_t n, n_unreadable;
	uint64_t first_ns, last_ns;
};
enum { SOURCES = 12 };
/* Those that said something, nearest to the truth first. Returns how many. */
unsigned sources_of(const struct posture *p, struct source *list);

/* What to do first; "" if there is nothing. `text` holds STEP_TEXT. */
const char *next_step(const struct picture_options *opt, const struct picture_machine *m,
		      char *text);

#endif
