/*
 * assessing - `quell assess`: sends the questions out, keeps what comes back, and can go on later.
 *
 * Postures and facts are written while the asking goes on, once a second, in one transaction; what
 * the store refuses stays in memory and is tried again. So an interrupted assessment keeps what it
 * has learned, and --resume asks only those who are missing. Every target leaves a posture, also
 * one that did not answer: unknown must be counted.
 */
#ifndef APP_ASSESSING_H
#define APP_ASSESSING_H

#include "app/inquire.h"
#include "assess/assess.h"
#include "judge/judge.h"

enum { ASSESSING_ID = 48 };

struct assessing_options {
	const struct settings *settings;
	struct store *store;
	const struct judge_questions *questions;
	const char *id;      /* of the assessment: assessing_id(), or the one to go on with */
	const char *targets; /* as the operator wrote them: kept, for --resume */
	const char *who;     /* keep_who() */
	struct inquire_account account;
	bool is_anonymous;       /* no account, even if the settings have one */
	bool patches_only;       /* --for */
	unsigned parallel, rate; /* 0: 256, and what the settings say */
	FILE *to;                /* each question and what came of it; NULL: silence */
	bool has_progress;       /* one line on stderr, written again and again */
	uint64_t started_ns;     /* of the assessment; 0: now */
	uint64_t done_before;    /* of its machines, by an earlier part of it */
};

struct assessing_result {
	size_t how[ASSESS_OUT_OF_SCOPE + 1]; /* targets by outcome */
	bool was_stopped;
};

/* A new one's: the time and the process, "20261128T220000Z-4711". `id` holds ASSESSING_ID. */
const char *assessing_id(uint64_t now_ns, char *id);

/* RC_INVAL: nothing was asked, or nothing can be; RC_IO: the store did not keep all of it. What is
 * wrong has been said on stderr. */
MUST_CHECK enum rc assessing(const struct assessing_options *opt, const struct addr *targets,
			     size_t n, struct assessing_result *ret_result);

/* What would be asked of each, line by line, with how often; then how many machines. */
MUST_CHECK enum rc assessing_plan(const struct assessing_options *opt, const struct addr *targets,
				  size_t n, FILE *to);

#endif
