/*
 * rules - how a member's stage and marks may change: one table, checked as a model by its test.
 *
 * Never: an infected machine cleaned before it is patched or quarantined, unless forced; protection
 * before the patch without a reason; quiet without the wire's proof. Infected again: back to where
 * its patch is, and `why` says so. What was seen counts more than what was claimed: a result says
 * "patched", and an assessment that the file is old says it is not. Pure.
 */
#ifndef CAMPAIGN_RULES_H
#define CAMPAIGN_RULES_H

#include "model/campaign.h"

enum campaign_event {
	/* An assessment, or a result that verified the file. */
	EVENT_SEEN_MISSING,
	EVENT_SEEN_PENDING,
	EVENT_SEEN_EFFECTIVE,
	EVENT_SEEN_NOT_AFFECTED,
	/* Results of a step: what a kit's script or another product's export says. */
	EVENT_PATCH_DONE,
	EVENT_PATCH_REBOOT, /* 3010, 1641 */
	EVENT_PATCH_FAILED,
	EVENT_RESTARTED,
	EVENT_CLEAN_DONE,
	EVENT_CLEAN_FAILED,
	EVENT_PROTECT_DONE,
	EVENT_PROTECT_FAILED,
	EVENT_UPDATE_DONE,
	EVENT_UPDATE_FAILED,
	/* The wire. */
	EVENT_HEARD_HOSTILE,
	EVENT_PROVED_QUIET,
	/* The operator. */
	EVENT_QUARANTINED,
	EVENT_RELEASED,
	CAMPAIGN_EVENTS
};

const char *campaign_event_name(enum campaign_event e);

struct campaign_step {
	enum campaign_event event;
	uint64_t at_ns;
	int64_t code;         /* of a result */
	bool is_forced;       /* by --force; the caller writes it to the journal */
	const char *reason;   /* the operator's, for what needs one; or NULL */
	const char *conflict; /* what another source says against it; or NULL */
	const char *from;     /* where it is known from: "assessment 2026…", "kit logon-script" */
};

enum step_outcome {
	STEP_DONE,
	STEP_SAME,         /* nothing new */
	STEP_OLD,          /* older than what is known: kept in the journal only */
	STEP_REFUSED,      /* by a rule: `err` says which, and what to do first */
	STEP_CONTRADICTED, /* done, and sources disagree: MEMBER_CONTRADICTED */
};

/* m->why is set to text in `why`, which holds CAMPAIGN_WHY and lives as long as `m` is used. */
enum { CAMPAIGN_WHY = 320 };
enum step_outcome campaign_step(struct member *m, const struct campaign_step *step, char *why,
				char *err, size_t err_len);

/* A code as whoever looks it up types it: "3010", "0x80070005". `text` holds CAMPAIGN_CODE. */
enum { CAMPAIGN_CODE = 24 };
const char *campaign_code(int64_t code, char *text);

/* What to do next for it, in words of the trade: "install KB958644", "restart", "clean", "switch it
 * on and listen 40 minutes more"; never NULL. `c` for the patch's name. */
const char *campaign_next(const struct member *m, const struct campaign *c, char *text, size_t len);

#endif
