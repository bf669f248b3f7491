/*
 * campaign - the parts of `quell campaign`: each is a row of the table in cmd_campaign.c and a
 * function, which is given what was typed and the open store. Returns the exit status; what is
 * wrong has been said.
 */
#ifndef CLI_CAMPAIGN_H
#define CLI_CAMPAIGN_H

#include "console/common.h"
#include "desk/campaign.h"
#include "model/query.h"
#include "threat/knowledge.h"

enum { CAMPAIGN_FILES = 32, CAMPAIGN_PATCHES = 8 };

struct campaign_request {
	const char *weakness, *strategy, *by, *out, *results, *reason, *store_url, *settings;
	const char *patches[CAMPAIGN_PATCHES], *files[CAMPAIGN_FILES];
	size_t n_patches, n_files;
	double gate, gate_failed, stop; /* shares; < 0: not given */
	long pilot, ring, wave;         /* < 0: not given */
	int64_t code;
	bool has_code, is_forced, is_all, is_help;
	enum cli_format format;
	char **words; /* after the part's name */
	int n_words;
	char **terms; /* negated ones, of a filter */
	int n_terms;
};

struct importing;

struct campaign_work {
	const struct campaign_request *rq;
	struct store *store;
	struct knowledge *knowledge;
	struct desk_campaign *c; /* the first word's, where a part wants one; else NULL */
	struct audit_by by;
	bool is_kept; /* though it failed, what was written stays: a refusal, in the journal */
	struct importing *importing; /* of cmd_campaign.c */
};

/* cmd_campaign_plan.c */
int campaign_new(struct campaign_work *w);
int campaign_file(struct campaign_work *w);
int campaign_add(struct campaign_work *w);
int campaign_wave(struct campaign_work *w);
int campaign_open(struct campaign_work *w);
int campaign_pause(struct campaign_work *w);
int campaign_resume(struct campaign_work *w);
int campaign_abort(struct campaign_work *w);

/* cmd_campaign_show.c */
int campaign_list(struct campaign_work *w);
int campaign_status(struct campaign_work *w);
int campaign_rest(struct campaign_work *w);
int campaign_log(struct campaign_work *w);
int campaign_verify_log(struct campaign_work *w);

/* cmd_campaign.c: what desk/ came to, in words: CLI_FAILED, or CLI_USAGE for RC_INVAL. */
int campaign_failed(const struct campaign_work *w, enum rc rc);

/* Takes in what assessments and sensors learned since, says what changed, and pauses what the stop
 * condition stops. */
int campaign_learn(struct campaign_work *w);

#endif
