/*
 * who - the answer to "who is that?": a machine, its people, its place, and how all that is known.
 *
 * Gathered by app/dossier.h, printed for `quell who` and `quell hosts show`: `human` is a page for
 * each question, `json` is quell.who/1 (doc/who.schema.json), `csv` one line per question. What
 * the network sent is escaped. Ages are counted from `now_ns`, which the caller gives.
 */
#ifndef INVENTORY_WHO_H
#define INVENTORY_WHO_H

#include "report/report.h"
#include "store/store.h"

enum who_found { WHO_NONE, WHO_ONE, WHO_SEVERAL };

enum { WHO_FINDINGS = 256, WHO_CANDIDATES = 16 };

struct who_candidate { /* somebody else whom the question could have meant */
	const char *id, *name, *user, *place;
	struct addr addr; /* zero: none */
	enum verdict verdict;
	uint64_t last_ns;
};

struct who_attribute { /* what the operator said */
	const char *key, *value, *who;
	uint64_t at_ns;
};

struct who_finding {
	const struct finding *finding;
	const char *sensor, *run;
	const char *other; /* name or id of the other machine, or "" */
	bool is_own;       /* it did this; otherwise it was done to it */
};

struct who_row { /* what the list says of it: struct store_row, kept */
	const char *phone, *note, *tags, *why, *threats, *place, *owner, *user;
	double user_probability, verdict_confidence;
	enum verdict verdict;
	unsigned importance;
};

struct who_answer {        /* owned as one by `arena`, and what it points at by dossier.c */
	const char *query; /* what was asked, without the time */
	uint64_t at_ns;    /* 0: now */
	enum who_found found;
	struct addr addr;               /* that was asked for; zero: something else was */
	const struct machine *machine;  /* WHO_ONE; NULL otherwise */
	const struct machine_addr *had; /* why it is the one that had `addr` then; or NULL */
	struct who_row row;
	const struct who_candidate *others; /* WHO_SEVERAL: all; WHO_ONE: who else had it */
	size_t n_others;
	const struct who_attribute *attributes;
	size_t n_attributes;
	const struct who_finding *findings; /* own first, then by time */
	size_t n_findings, n_findings_left_out;
};

struct who_head {
	FILE *to;
	struct report_style style;
	uint64_t now_ns;
	const char *command; /* how to ask again: "quell who" */
	bool has_asked;      /* --ask was given: do not suggest it */
};

struct who_writer {
	MUST_CHECK enum rc (*begin)(const struct who_head *head, void **ret_state);
	/* RC_IO: errno tells; RC_NOMEM. */
	MUST_CHECK enum rc (*answer)(void *state, const struct who_answer *a);
	MUST_CHECK enum rc (*end)(void *state);
	void (*free)(void *state); /* NULL is fine */
};

extern const struct who_writer who_human, who_json, who_csv;

/* The user to call, or NULL; NULL for a machine that many share. */
const struct machine_user *who_user(const struct machine *m);

/* Of the catalogue: what to do next about what it did; NULL: nothing. */
const char *who_next_step(const struct who_answer *a);

#endif
