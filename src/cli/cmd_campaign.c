/* campaign: waves of patch, clean, protect; what came back; kits. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "app/keep.h"
#include "base/text.h"
#include "cli/assess.h"
#include "cli/campaign.h"
#include "console/filter.h"
#include "desk/evidence.h"
#include "desk/kits.h"
#include "desk/returned.h"
#include "desk/status.h"

enum {
	OPT_FOR = 256,
	OPT_PATCH,
	OPT_FILE,
	OPT_STRATEGY,
	OPT_STOP,
	OPT_PILOT,
	OPT_RING,
	OPT_BY,
	OPT_GATE,
	OPT_GATE_FAILED,
	OPT_OUT,
	OPT_WAVE,
	OPT_RESULTS,
	OPT_CODE,
	OPT_ALL,
	OPT_FORCE,
	OPT_REASON,
	PART_COLUMN = 12,
	WORDS_COLUMN = 34,
	SHOWN_BAD = 20,
	SHOWN = 1024,
	LEFT_MOST = 64,
};

static const struct cli_option options[] = {
	{OPT_FOR, "for", "WEAKNESS", "new: against which hole; an id of 'quell threats'"},
	{OPT_PATCH, "patch", "KB", "new: the one patch, KB958644; default: the catalogue's"},
	{OPT_FILE, "file", "ROLE=PATH",
	 "new, file: for the kits; ROLE: patch cleaner protection update"},
	{OPT_STRATEGY, "strategy", "NAME", "new: manual, generic or mixed, as triage decided"},
	{OPT_STOP, "stop", "PERCENT", "new: pause a wave when so many fail; default 20, 0: never"},
	{OPT_PILOT, "pilot", "N", "wave: so many machines go first; default 10"},
	{OPT_RING, "ring", "N", "wave: at most so many in each ring after it; default: no limit"},
	{OPT_BY, "by", "ORDER", "wave: infected (default: they go first), network, importance"},
	{OPT_GATE, "gate", "PERCENT", "wave: patched before the next may open; default 90"},
	{OPT_GATE_FAILED, "gate-failed", "PERCENT", "wave: that may fail at most; default 5"},
	{OPT_OUT, "out", "DIR", "kit: the folder to make"},
	{OPT_WAVE, "wave", "N", "kit: for this wave; default: those that are open"},
	{OPT_RESULTS, "results", "UNC", "kit: the share that machines leave their results on"},
	{OPT_CODE, "code", "N", "did: what the installer returned: 3010, 0x80070005"},
	{OPT_ALL, "all", NULL, "rest: of waves that are not open yet, too"},
	{OPT_FORCE, "force", NULL, "do what a rule refuses; with --reason, into the journal"},
	{OPT_REASON, "reason", "TEXT", "why"},
	{'o', NULL, "FORMAT", "human (default), json or csv"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

static int campaign_did(struct campaign_work *w);
static int campaign_import(struct campaign_work *w);
static int campaign_sync(struct campaign_work *w);
static int campaign_kit(struct campaign_work *w);

static const struct part {
	const char *name, *words, *summary;
	int (*run)(struct campaign_work *w);
	int least, most; /* words */
	enum cli_store_use use;
	bool is_of_one; /* the first word is a campaign */
} parts[] = {
	{"list", "", "the campaigns that there are", campaign_list, 0, 0, CLI_STORE_READ, false},
	{"new", "ID --for WEAKNESS", "begin one: one hole, one patch", campaign_new, 1, 1,
	 CLI_STORE_MAKE, false},
	{"file", "ID --file ROLE=PATH", "one more file for its kits", campaign_file, 1, 1,
	 CLI_STORE_CHANGE, true},
	{"add", "ID FILTER ... | inventory", "machines into it; filter: as of 'quell hosts'",
	 campaign_add, 2, 1000, CLI_STORE_CHANGE, true},
	{"wave", "ID", "put those without a wave into waves: a pilot, then rings", campaign_wave, 1,
	 1, CLI_STORE_CHANGE, true},
	{"open", "ID WAVE", "let a wave begin, if the gates before it are open", campaign_open, 2,
	 2, CLI_STORE_CHANGE, true},
	{"pause", "ID [WAVE]", "stop for now: all of it, or a wave", campaign_pause, 1, 2,
	 CLI_STORE_CHANGE, true},
	{"resume", "ID [WAVE]", "go on", campaign_resume, 1, 2, CLI_STORE_CHANGE, true},
	{"abort", "ID [WAVE]", "give it up: all of it, or a wave", campaign_abort, 1, 2,
	 CLI_STORE_CHANGE, true},
	{"status", "ID", "how far is it? Waves, gates, contradictions, is it over", campaign_status,
	 1, 1, CLI_STORE_READ, true},
	{"rest", "ID", "whom it did not reach, and why: work orders", campaign_rest, 1, 1,
	 CLI_STORE_READ, true},
	{"did", "ID MACHINE STEP ...",
	 "patch, restart, clean, protect, update, quarantine, release", campaign_did, 3, 1000,
	 CLI_STORE_CHANGE, true},
	{"import", "ID DIR|FILE", "results of kits; exports of WSUS and SCCM", campaign_import, 2,
	 2, CLI_STORE_CHANGE, true},
	{"kit", "ID CHANNEL --out DIR", "a folder to review and use, for a channel below",
	 campaign_kit, 2, 2, CLI_STORE_CHANGE, true},
	{"sync", "ID", "take in what assessments and sensors learned since", campaign_sync, 1, 1,
	 CLI_STORE_CHANGE, true},
	{"log", "[ID [MACHINE]]", "who did what, and when", campaign_log, 0, 2, CLI_STORE_READ,
	 false},
	{"verify-log", "", "is the journal as it was written?", campaign_verify_log, 0, 0,
	 CLI_STORE_READ, false},
};
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static void channels(FILE *to)
{
	size_t n = 0;
	const struct kit_channel *list = kit_channels(&n);

	for (size_t i = 0; i < n; i++)
		fprintf(to, "  %-16s%s\n", list[i].name, list[i].summary);
}

static void help(FILE *to)
{
	cli_help(&cli_campaign, to);
	fputs("\nParts:\n", to);
	for (unsigned i = 0; i < PARTS; i++) {
		char left[SHOWN];

		(void)snprintf(left, sizeof(left), "%-*s%s", PART_COLUMN - 1, parts[i].name,
			       parts[i].words);
		fprintf(to, "  %-*s %s\n", WORDS_COLUMN, left, parts[i].summary);
	}
	fputs("\nChannels of kits, or a folder of your own:\n", to);
	channels(to);
	fputs("\nA file: ROLE=PATH[,sha256=HEX][,signer=NAME][,args=TEXT][,os=WINDOWS].\n", to);
}

/* --- options --- */

static int take_share(const char *option, double *ret_share)
{
	char *end = NULL;
	double percent = strtod(optarg, &end);

	if (optarg[0] < '0' || optarg[0] > '9' || *end != '\0' || !(percent <= 100))
		return cli_usage(&cli_campaign, "--%s %s: per cent, from 0 to 100", option, optarg);
	*ret_share = percent / 100;
	return CLI_DONE;
}

static int take_count(const char *option, long *ret_n)
{
	uint64_t n = 0;
	int status = cli_take_number(&cli_campaign, option, 0, INT32_MAX, &n);

	if (status == CLI_DONE)
		*ret_n = (long)n;
	return status;
}

static int take_code(struct campaign_request *rq)
{
	char *end = NULL;
	bool is_number = optarg[0] == '-' || (optarg[0] >= '0' && optarg[0] <= '9');

	errno = 0;
	rq->code = strtoll(optarg, &end, 0);
	if (!is_number || *end != '\0' || errno != 0)
		return cli_usage(&cli_campaign, "--code %s: a number, as 3010 or 0x80070005",
				 optarg);
	rq->has_code = true;
	return CLI_DONE;
}

static int take_one(const char *option, const char **list, size_t *n, size_t most)
{
	if (*n == most)
		return cli_usage(&cli_campaign, "--%s: at most %zu", option, most);
	list[(*n)++] = optarg;
	return CLI_DONE;
}

static bool take_plain(struct campaign_request *rq, int id)
{
	const struct cli_plain plain[] = {
		{OPT_FOR, &rq->weakness, NULL},    {OPT_STRATEGY, &rq->strategy, NULL},
		{OPT_BY, &rq->by, NULL},           {OPT_OUT, &rq->out, NULL},
		{OPT_RESULTS, &rq->results, NULL}, {OPT_REASON, &rq->reason, NULL},
		{OPT_ALL, NULL, &rq->is_all},      {OPT_FORCE, NULL, &rq->is_forced},
		{CLI_STORE, &rq->store_url, NULL}, {'c', &rq->settings, NULL},
		{CLI_HELP, NULL, &rq->is_help},
	};

	return cli_take_plain(plain, sizeof(plain) / sizeof(plain[0]), id);
}

static int take_option(struct campaign_request *rq, int id)
{
	if (take_plain(rq, id))
		return CLI_DONE;
	switch (id) {
	case OPT_PATCH:
		return take_one("patch", rq->patches, &rq->n_patches, CAMPAIGN_PATCHES);
	case OPT_FILE:
		return take_one("file", rq->files, &rq->n_files, CAMPAIGN_FILES);
	case OPT_STOP:
		return take_share("stop", &rq->stop);
	case OPT_GATE:
		return take_share("gate", &rq->gate);
	case OPT_GATE_FAILED:
		return take_share("gate-failed", &rq->gate_failed);
	case OPT_PILOT:
		return take_count("pilot", &rq->pilot);
	case OPT_RING:
		return take_count("ring", &rq->ring);
	case OPT_WAVE:
		return take_count("wave", &rq->wave);
	case OPT_CODE:
		return take_code(rq);
	case 'o':
		return cli_format(&cli_campaign, optarg, &rq->format);
	default:
		return CLI_USAGE;
	}
}

/* --- what parts share --- */

int campaign_failed(const struct campaign_work *w, enum rc rc)
{
	if (rc == RC_NOMEM) {
		(void)cli_usage(&cli_campaign, "%s", rc_str(rc));
		return CLI_FAILED;
	}
	if (rc == RC_INVAL)
		return cli_usage(&cli_campaign, "%s: the catalogue has no such weakness",
				 w->c != NULL ? w->c->head.weakness : "");
	return cli_store_failed(&cli_campaign, w->store);
}

static void tell_learned(const struct desk_evidence *e)
{
	printf("Assessments tell of %zu of its machines, and changed %zu", e->assessed, e->changed);
	if (e->contradicted > 0)
		printf("; %zu contradict what was said before", e->contradicted);
	puts(".");
	if (e->infected + e->reinfected > 0)
		printf("%zu are newly known as infected; %zu are infected again.\n", e->infected,
		       e->reinfected);
	if (e->quiet + e->proving > 0)
		printf("%zu are proved quiet now; %zu were cleaned, and are not yet proved.\n",
		       e->quiet, e->proving);
}

/* The stop condition: a wave that fails too often pauses by itself. */
static enum rc stop_waves(struct campaign_work *w)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < w->c->n_waves && rc == RC_OK; i++) {
		struct wave *v = &w->c->waves[i];
		struct wave_count count;
		char why[160], text[SHOWN];

		if (v->state != WAVE_OPEN)
			continue;
		desk_status_count(w->c, v->num, &count);
		if (wave_gate(v, &count, w->c->head.stop_failed, why, sizeof(why)) == GATE_STOP) {
			v->state = WAVE_PAUSED;
			(void)snprintf(text, sizeof(text),
				       "wave %u paused by its stop condition: %s", (unsigned)v->num,
				       why);
			printf("STOP: %s. See 'quell campaign status %s'.\n", text, w->c->head.id);
			rc = desk_journal(w->store, w->c->head.id, &w->by, "stop", "", text);
		} else if (count.n > 0 && count.by_stage[STAGE_QUIET] == count.n) {
			v->state = WAVE_DONE;
			(void)snprintf(text, sizeof(text), "wave %u is done: all of it is quiet",
				       (unsigned)v->num);
			rc = desk_journal(w->store, w->c->head.id, &w->by, "done", "", text);
		}
	}
	return rc;
}

static enum rc end_campaign(struct campaign_work *w)
{
	struct wave_count all;

	desk_status_count(w->c, 0, &all);
	if (all.n == 0 || all.by_stage[STAGE_QUIET] != all.n ||
	    strcmp(w->c->head.state, "open") != 0)
		return RC_OK;
	w->c->head.state = "done";
	return desk_journal(w->store, w->c->head.id, &w->by, "done", "",
			    "the campaign is done: every machine is quiet");
}

int campaign_learn(struct campaign_work *w)
{
	struct desk_evidence e = {.assessed = 0};
	enum rc rc = desk_evidence(w->c, w->knowledge, &w->by, &e);

	/* Who was quiet and is not any more makes it open again. */
	if (rc == RC_OK && strcmp(w->c->head.state, "done") == 0 && e.infected + e.reinfected > 0)
		w->c->head.state = "open";
	if (rc == RC_OK)
		rc = stop_waves(w);
	if (rc == RC_OK)
		rc = end_campaign(w);
	if (rc == RC_OK)
		rc = desk_campaign_put(w->c);
	if (rc != RC_OK)
		return campaign_failed(w, rc);
	tell_learned(&e);
	return CLI_DONE;
}

static int campaign_sync(struct campaign_work *w)
{
	return campaign_learn(w);
}

/* --- kit --- */

static int tell_kit(struct campaign_work *w, const struct kit_summary *s)
{
	const struct campaign_request *rq = w->rq;
	char text[SHOWN];
	enum rc rc = RC_OK;

	(void)snprintf(text, sizeof(text), "%.64s in %.400s: %zu machines, %zu refused",
		       rq->words[1], rq->out, s->machines, s->refused);
	rc = desk_journal(w->store, w->c->head.id, &w->by, "kit", "", text);
	if (rc != RC_OK)
		return campaign_failed(w, rc);
	printf("%s: %zu files for %zu machines. Read README.txt there before you use it.\n",
	       rq->out, s->files, s->machines);
	if (s->refused > 0) {
		char id[SHOWN], why[SHOWN];

		(void)text_printable(s->first_refused, id, sizeof(id));
		(void)text_printable(s->why_refused, why, sizeof(why));
		printf("%zu machines are not in it, %s first: %s\n", s->refused, id, why);
	}
	return CLI_DONE;
}

static int campaign_kit(struct campaign_work *w)
{
	const struct campaign_request *rq = w->rq;
	struct kit_summary s = {.machines = 0};
	char err[CLI_ERROR] = "";
	const struct desk_kit opt = {
		.channel = rq->words[1],
		.out = rq->out,
		.results = rq->results != NULL ? rq->results : "",
		.wave = rq->wave > 0 ? (uint32_t)rq->wave : 0,
		.at_ns = w->by.at_ns,
	};
	enum rc rc = RC_OK;

	if (rq->out == NULL)
		return cli_usage(&cli_campaign, "kit: --out DIR: where is the folder to be?");
	if (strcmp(w->c->head.state, "open") != 0) {
		(void)cli_usage(&cli_campaign, "%s is %s: no kit is made of it", w->c->head.id,
				w->c->head.state);
		return CLI_FAILED;
	}
	rc = desk_kit(w->c, w->knowledge, &opt, &s, err, sizeof(err));
	if (rc == RC_OK)
		return tell_kit(w, &s);
	if (err[0] == '\0')
		return campaign_failed(w, rc);
	(void)cli_usage(&cli_campaign, "%s", err);
	return rc == RC_INVAL ? CLI_USAGE : CLI_FAILED;
}

/* --- did --- */

static const struct did {
	const char *step;
	enum campaign_event done, reboot, failed;
} dids[] = {
	{"patch", EVENT_PATCH_DONE, EVENT_PATCH_REBOOT, EVENT_PATCH_FAILED},
	{"restart", EVENT_RESTARTED, EVENT_RESTARTED, EVENT_PATCH_FAILED},
	{"clean", EVENT_CLEAN_DONE, EVENT_CLEAN_DONE, EVENT_CLEAN_FAILED},
	{"protect", EVENT_PROTECT_DONE, EVENT_PROTECT_DONE, EVENT_PROTECT_FAILED},
	{"update", EVENT_UPDATE_DONE, EVENT_UPDATE_DONE, EVENT_UPDATE_FAILED},
	{"quarantine", EVENT_QUARANTINED, EVENT_QUARANTINED, EVENT_QUARANTINED},
	{"release", EVENT_RELEASED, EVENT_RELEASED, EVENT_RELEASED},
};

static const struct did *did_of(const char *step)
{
	for (size_t i = 0; i < sizeof(dids) / sizeof(dids[0]); i++) {
		if (strcmp(step, dids[i].step) == 0)
			return &dids[i];
	}
	(void)cli_usage(&cli_campaign,
			"'%s' is no step: patch, restart, clean, protect, update, quarantine or "
			"release",
			step);
	return NULL;
}

static enum campaign_event event_of(const struct did *d, int64_t code)
{
	if (code == 0)
		return d->done;
	return code == 3010 || code == 1641 ? d->reboot : d->failed; /* Windows Installer's */
}

/* The steps of one command are taken in their order; a refusal is written down, and ends them. */
static int campaign_did(struct campaign_work *w)
{
	char id[MACHINE_ID], err[CLI_ERROR] = "";
	const struct campaign_request *rq = w->rq;
	struct member *m = NULL;
	int status = cli_find(&cli_campaign, w->store, rq->words[1], id);
	enum step_outcome o = STEP_DONE;
	enum rc rc = RC_OK;

	if (status != CLI_DONE)
		return status;
	m = desk_campaign_member(w->c, id);
	if (m == NULL) {
		(void)cli_usage(&cli_campaign, "%s is not in %s: quell campaign add %s id:=%s", id,
				w->c->head.id, w->c->head.id, id);
		return CLI_FAILED;
	}
	for (int i = 2; i < rq->n_words; i++) {
		if (did_of(rq->words[i]) == NULL)
			return CLI_USAGE;
	}
	for (int i = 2; i < rq->n_words && rc == RC_OK && o != STEP_REFUSED; i++) {
		struct campaign_step step = {.event = event_of(did_of(rq->words[i]), rq->code),
					     .at_ns = w->by.at_ns,
					     .code = rq->code,
					     .is_forced = rq->is_forced,
					     .reason = rq->reason,
					     .from = w->by.who};

		rc = desk_campaign_step(w->c, m, &step, &w->by, &o, err, sizeof(err));
	}
	if (rc == RC_OK)
		rc = desk_campaign_put(w->c);
	if (rc != RC_OK)
		return campaign_failed(w, rc);
	w->is_kept = true;
	if (o == STEP_REFUSED) {
		(void)cli_usage(&cli_campaign, "%s: %s", id, err);
		return CLI_FAILED;
	}
	printf("%s is %s: %s\n", id, stage_name(m->stage), m->why);
	return CLI_DONE;
}

/* --- import --- */

struct importing {
	char *left[LEFT_MOST]; /* files that are no results */
	size_t n_left, bad;
};

static void tell_bad(void *ctx, const char *file, uint64_t line, const char *why)
{
	struct importing *im = ctx;
	char name[SHOWN], shown[SHOWN];

	if (im->bad++ >= SHOWN_BAD)
		return;
	(void)text_printable(file, name, sizeof(name));
	(void)text_printable(why, shown, sizeof(shown));
	if (line > 0)
		fprintf(stderr, "%s:%llu: %s\n", name, (unsigned long long)line, shown);
	else
		fprintf(stderr, "%s: %s\n", name, shown);
}

static void keep_other(void *ctx, const char *path)
{
	struct importing *im = ctx;

	if (im->n_left < LEFT_MOST)
		im->left[im->n_left] = strdup(path);
	if (im->n_left < LEFT_MOST && im->left[im->n_left] != NULL)
		im->n_left++;
	else
		tell_bad(ctx, path, 0, "one more file that is no result: import it alone");
}

static void tell_returned(const struct desk_returned *r)
{
	printf("%zu results: %zu tell something new, %zu were known.", r->files, r->machines,
	       r->known);
	if (r->strangers > 0)
		printf(" %zu are of machines that are not in the campaign.", r->strangers);
	if (r->others > 0)
		printf(" %zu are of another campaign.", r->others);
	if (r->cut > 0)
		printf(" %zu were cut.", r->cut);
	if (r->refused > 0)
		printf(" %zu steps were refused by the rules: see the log.", r->refused);
	if (r->bad > 0)
		printf(" %zu files are bad.", r->bad);
	puts("");
}

static int take_returned(struct campaign_work *w)
{
	const struct desk_returned_to to = {tell_bad, keep_other, w->importing};
	struct desk_returned r = {.files = 0};
	bool is_store = false;
	char text[SHOWN];
	enum rc rc = desk_returned(w->c, w->rq->words[1], &w->by, &to, &r, &is_store);

	if (rc == RC_IO && !is_store) {
		(void)cli_usage(&cli_campaign, "%s: %s", w->rq->words[1], strerror(errno));
		return CLI_FAILED;
	}
	(void)snprintf(text, sizeof(text),
		       "%zu results from %.400s: %zu new, %zu known, %zu of strangers, %zu bad",
		       r.files, w->rq->words[1], r.machines, r.known, r.strangers, r.bad);
	if (rc == RC_OK && r.files > 0)
		rc = desk_journal(w->store, w->c->head.id, &w->by, "import", "", text);
	if (rc == RC_OK)
		rc = desk_campaign_put(w->c);
	if (rc != RC_OK)
		return campaign_failed(w, rc);
	tell_returned(&r);
	return CLI_DONE;
}

/* In its own transactions: the lists are what an assessment would have told, and stay, whatever
 * becomes of the rest. */
static void take_lists(struct campaign_work *w, struct importing *im)
{
	for (size_t i = 0; i < im->n_left; i++) {
		printf("%s: ", im->left[i]);
		(void)fflush(stdout);
		/* A file that tells nothing is named by it: the others count. */
		(void)assess_import(&cli_campaign, w->store, w->knowledge, im->left[i]);
	}
}

/* --- running --- */

static int open_campaign(struct campaign_work *w)
{
	enum rc rc = desk_campaign_open(w->store, w->rq->words[0], &w->c);

	if (rc == RC_OK)
		return CLI_DONE;
	if (rc == RC_END) {
		(void)cli_usage(&cli_campaign,
				"there is no campaign '%s'; 'quell campaign' lists them",
				w->rq->words[0]);
		return CLI_FAILED;
	}
	return campaign_failed(w, rc);
}

/* Runs `act` in one transaction, of which its lines in the journal are part. */
static int in_transaction(struct campaign_work *w, bool is_of_one,
			  int (*act)(struct campaign_work *w))
{
	int status = CLI_DONE;

	w->is_kept = false;
	if (store_begin(w->store) != RC_OK)
		return cli_store_failed(&cli_campaign, w->store);
	if (is_of_one)
		status = open_campaign(w);
	if (status == CLI_DONE)
		status = act(w);
	desk_campaign_close(w->c);
	w->c = NULL;
	if (status != CLI_DONE && !w->is_kept) {
		store_rollback(w->store);
		return status;
	}
	return store_commit(w->store) == RC_OK ? status : cli_store_failed(&cli_campaign, w->store);
}

/* Results, then lists, then what both mean, each whole by itself. */
static int campaign_import(struct campaign_work *w)
{
	struct importing *im = w->importing;
	int status = in_transaction(w, true, take_returned);

	if (status == CLI_DONE)
		take_lists(w, im);
	if (status == CLI_DONE)
		status = in_transaction(w, true, campaign_learn);
	for (size_t i = 0; i < im->n_left; i++)
		free(im->left[i]);
	return status;
}

static int run_part(struct campaign_work *w, const struct part *p)
{
	int status = CLI_DONE;

	if (p->run == campaign_import)
		return campaign_import(w);
	if (p->use != CLI_STORE_READ)
		return in_transaction(w, p->is_of_one, p->run);
	if (p->is_of_one)
		status = open_campaign(w);
	if (status == CLI_DONE)
		status = p->run(w);
	desk_campaign_close(w->c);
	return status;
}

static int work(const struct campaign_request *rq, const struct part *p)
{
	char who[KEEP_WHO], err[CLI_ERROR] = "";
	struct importing im = {.n_left = 0};
	struct campaign_work w = {.rq = rq, .by = {keep_who(who), cli_now()}, .importing = &im};
	int status = CLI_DONE;

	if (rq->is_forced && (rq->reason == NULL || rq->reason[0] == '\0'))
		return cli_usage(&cli_campaign, "--force needs --reason TEXT: it is written down");
	if (p->use != CLI_STORE_READ &&
	    knowledge_new(NULL, &w.knowledge, err, sizeof(err)) != RC_OK)
		return cli_usage(&cli_campaign, "%s", err);
	status = cli_store_open(&cli_campaign, rq->store_url, rq->settings, p->use, &w.store);
	if (status == CLI_DONE)
		status = run_part(&w, p);
	store_close(w.store);
	knowledge_free(w.knowledge);
	return status;
}

static const struct part *part_of(const char *name)
{
	const char *best = "";
	unsigned least = UINT32_MAX;

	for (unsigned i = 0; i < PARTS; i++) {
		unsigned d = text_distance(name, parts[i].name);

		if (d == 0)
			return &parts[i];
		if (d < least) {
			least = d;
			best = parts[i].name;
		}
	}
	(void)cli_usage(&cli_campaign, "there is no part '%s'; did you mean '%s'?", name, best);
	return NULL;
}

static int dispatch(struct campaign_request *rq, int n, char **words)
{
	const struct part *p = n > 0 ? part_of(words[0]) : &parts[0];

	if (p == NULL)
		return CLI_USAGE;
	rq->words = words + 1;
	rq->n_words = n > 0 ? n - 1 : 0;
	if (rq->n_words < p->least || rq->n_words > p->most ||
	    (rq->n_terms > 0 && p->run != campaign_add))
		return cli_usage(&cli_campaign, "%s %s", p->name, p->words);
	return work(rq, p);
}

static int run(int argc, char **argv)
{
	char **front = calloc((size_t)argc + 1, sizeof(*front));
	char **back = calloc((size_t)argc + 1, sizeof(*back));
	struct campaign_request rq = {.gate = -1,
				      .gate_failed = -1,
				      .stop = -1,
				      .pilot = -1,
				      .ring = -1,
				      .wave = -1,
				      .terms = back};
	int status = CLI_FAILED, id = 0, n = 0;

	if (front == NULL || back == NULL)
		goto out;
	n = cli_filter_part(&cli_campaign, argc, argv, front, back, &rq.n_terms);
	status = CLI_DONE;
	while (status == CLI_DONE && (id = cli_next(&cli_campaign, n, front)) != -1)
		status = take_option(&rq, id);
	if (status == CLI_DONE && rq.is_help)
		help(stdout);
	else if (status == CLI_DONE)
		status = dispatch(&rq, n - optind, front + optind);
out:
	free(front);
	free(back);
	return status;
}

const struct cli_command cli_campaign = {
	.name = "campaign",
	.summary = "patch, clean, protect in waves, and prove it",
	.run = run,
	.usage = "campaign [option ...] [PART ...]",
	.examples =
		"  quell campaign new stop-worm --for ms08-067 --file "
		"patch=/srv/kb958644.exe,os=5.1\n"
		"  quell campaign add stop-worm inventory             every machine that is known\n"
		"  quell campaign add stop-worm net:10.1.0.0/16 -tag:kiosk\n"
		"  quell campaign wave stop-worm --pilot 10 --ring 200\n"
		"  quell campaign open stop-worm 1                    let the pilot begin\n"
		"  quell campaign import stop-worm /srv/results       what the kits brought back\n"
		"  quell campaign status stop-worm                    how far is it, is it over?\n"
		"  quell campaign rest stop-worm -o csv               whom it did not reach\n"
		"  quell campaign did stop-worm lap-7 patch clean     done by hand",
	.options = options,
};
