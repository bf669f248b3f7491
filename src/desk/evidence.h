/*
 * evidence - what assessments and sensors have learned since, brought into a campaign: patch states
 * (SEEN_*), attacks after the cleaning (HEARD_HOSTILE), and silence that proves a cure
 * (PROVED_QUIET). What disagrees is marked. The same evidence again changes nothing.
 */
#ifndef DESK_EVIDENCE_H
#define DESK_EVIDENCE_H

#include "desk/campaign.h"
#include "threat/knowledge.h"

struct desk_evidence {
	size_t assessed;     /* members of whom an assessment tells */
	size_t changed;      /* … whose stage or marks it changed */
	size_t contradicted; /* … against what was known */
	size_t infected;     /* newly heard to attack */
	size_t reinfected;   /* … after they had been cleaned */
	size_t quiet;        /* newly proved */
	size_t proving;      /* cleaned, and not yet silent long enough while alive */
};

/* In the caller's transaction. RC_INVAL: the catalogue has no such weakness. Others of store.h. */
MUST_CHECK enum rc desk_evidence(struct desk_campaign *c, const struct knowledge *k,
				 const struct audit_by *by, struct desk_evidence *ret_e);

/* Its parts. */
MUST_CHECK enum rc desk_evidence_patches(struct desk_campaign *c, const struct knowledge *k,
					 const struct audit_by *by, struct desk_evidence *e);
MUST_CHECK enum rc desk_evidence_attacks(struct desk_campaign *c, const struct audit_by *by,
					 struct desk_evidence *e);
MUST_CHECK enum rc desk_evidence_silence(struct desk_campaign *c, const struct audit_by *by,
					 struct desk_evidence *e);

#endif
