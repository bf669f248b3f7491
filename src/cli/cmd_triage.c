/* triage: the two questions, the decision with its reasons, and the plan. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "app/keep.h"
#include "base/text.h"
#include "brief/brief.h"
#include "campaign/journal.h"
#include "cli/assess.h"
#include "desk/outlook.h"
#include "store/campaigns.h"

enum {
	OPT_STRATEGY = 256,
	OPT_REASON,
	OPT_FOR,
	OPT_SIMULATE,
	OPT_RUNS,
	OPT_SEED,
	OPT_PEOPLE,
	OPT_MINUTES,
	OPT_EXIT_CODE,
	SET_TEXT = 64,
	RUNS = 1000,
	RUNS_QUICK = 100, /* enough for the decision: its noise is allowed for */
	RUNS_MOST = 100000,
	STORE_OPTION = CLI_URL * 4 + 16,
	INFECTED = 3, /* exit status, of --exit-code */
	HEARD_TOO_LITTLE = 4,
};

static const struct cli_option options[] = {
	{OPT_STRATEGY, "strategy", "STRATEGY",
	 "decide yourself: manual, generic or mixed; goes into the journal"},
	{OPT_REASON, "reason", "TEXT", "why, for the journal"},
	{OPT_FOR, "for", "WEAKNESS", "ask about this hole, too: an id of 'quell threats'"},
	{OPT_SIMULATE, "simulate", NULL, "show what each strategy costs"},
	{OPT_RUNS, "runs", "N",
	 "how often each is played; default 1000, and 100 without the table"},
	{OPT_SEED, "seed", "N", "of the simulation; the same gives the same; default 1"},
	{OPT_PEOPLE, "people", "N", "who can go from desk to desk; default: campaign.people"},
	{OPT_MINUTES, "minutes", "N",
	 "of one of them for one machine; default: campaign.minutes_each"},
	{OPT_EXIT_CODE, "exit-code", NULL, "exit with 3: infected known; 4: heard too little"},
	{'o', NULL, "FORMAT", "human (default) or json"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_SET,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

struct request {
	enum cli_format format;
	bool is_overridden, is_simulated, has_exit_code, is_help;
	enum strategy strategy;
	const char *reason, *only, *store, *settings_file;
	unsigned runs; /* 0: the default */
	uint64_t seed;
	struct cli_sets sets;
	char people[SET_TEXT], minutes[SET_TEXT];
};

/* --- options --- */

static int take_strategy(struct request *rq)
{
	if (strategy_parse(optarg, &rq->strategy) != RC_OK)
		return cli_usage(&cli_triage, "--strategy %s: it is one of: manual, generic, mixed",
				 optarg);
	rq->is_overridden = true;
	return CLI_DONE;
}

static int take_format(struct request *rq)
{
	if (strcmp(optarg, "human") != 0 && strcmp(optarg, "json") != 0)
		return cli_usage(&cli_triage, "-o %s: it is one of: human, json", optarg);
	return cli_format(&cli_triage, optarg, &rq->format);
}

/* What --people and --minutes mean is a setting, so that its range is checked in one place. */
static int take_means(struct request *rq, const char *key, char *text)
{
	(void)snprintf(text, SET_TEXT, "%s=%.40s", key, optarg);
	return cli_take_set(&cli_triage, &rq->sets, text);
}

static bool take_plain(struct request *rq, int id)
{
	const struct cli_plain plain[] = {
		{OPT_REASON, &rq->reason, NULL},         {OPT_FOR, &rq->only, NULL},
		{OPT_SIMULATE, NULL, &rq->is_simulated}, {OPT_EXIT_CODE, NULL, &rq->has_exit_code},
		{CLI_STORE, &rq->store, NULL},           {'c', &rq->settings_file, NULL},
		{CLI_HELP, NULL, &rq->is_help},
	};

	return cli_take_plain(plain, sizeof(plain) / sizeof(plain[0]), id);
}

static int take_option(struct request *rq, int id)
{
	uint64_t n = 0;
	int status = CLI_DONE;

	if (take_plain(rq, id))
		return CLI_DONE;
	switch (id) {
	case OPT_STRATEGY:
		return take_strategy(rq);
	case OPT_RUNS:
		status = cli_take_number(&cli_triage, "runs", 1, RUNS_MOST, &n);
		rq->runs = (unsigned)n;
		return status;
	case OPT_SEED:
		return cli_take_number(&cli_triage, "seed", 0, INT64_MAX, &rq->seed);
	case OPT_PEOPLE:
		return take_means(rq, "campaign.people", rq->people);
	case OPT_MINUTES:
		return take_means(rq, "campaign.minutes_each", rq->minutes);
	case CLI_SET:
		return cli_take_set(&cli_triage, &rq->sets, optarg);
	case 'o':
		return take_format(rq);
	default:
		return CLI_USAGE;
	}
}

static int check(const struct request *rq, int n_words)
{
	if (n_words > 0)
		return cli_usage(&cli_triage, "it takes no words, only options; see --help");
	if (rq->reason != NULL && !rq->is_overridden)
		return cli_usage(&cli_triage, "--reason goes with --strategy");
	return CLI_DONE;
}

/* --- the journal --- */

/* Who chose what against which advice, and why. */
static int record(const struct request *rq, struct store *s, const struct triage *t,
		  const char *who)
{
	struct triage_input without = *t->in;
	enum strategy advised = STRATEGY_MANUAL;
	char text[1024];

	without.is_overridden = false;
	enum triage_basis basis = triage_decide(&without, &advised);

	(void)snprintf(text, sizeof(text), "%s instead of %s (%s), %zu infected: %s",
		       strategy_name(rq->strategy),
		       basis == TRIAGE_NOTHING ? "nothing" : strategy_name(advised),
		       triage_basis_name(basis), t->infected,
		       rq->reason != NULL ? rq->reason : "no reason was given");
	struct journal_line line = {.at_ns = cli_now(),
				    .campaign = "",
				    .who = who,
				    .act = "strategy",
				    .machine = "",
				    .text = text};

	if (store_journal_add(s, &line, journal_seal) != RC_OK)
		return cli_store_failed(&cli_triage, s);
	return CLI_DONE;
}

struct earlier { /* the newest override in the journal */
	char *text;
	size_t len;
};

static bool take_line(void *ctx, const struct journal_line *l)
{
	struct earlier *e = ctx;
	char at[TEXT_TIME];

	if (strcmp(l->act, "strategy") == 0)
		(void)snprintf(e->text, e->len, "%.16s UTC, %s: %s", text_time(l->at_ns, at),
			       l->who, l->text);
	return true;
}

/* --- the command --- */

/* For a shell to read: 'URL', with ' as '\''. */
static const char *store_option(const char *url, char *text)
{
	size_t n = 0;

	text[0] = '\0';
	if (url == NULL || strlen(url) >= CLI_URL)
		return text;
	n = (size_t)snprintf(text, STORE_OPTION, " --store '");
	for (; *url != '\0'; url++) {
		if (*url == '\'') {
			memcpy(text + n, "'\\''", 4);
			n += 4;
		} else {
			text[n++] = *url;
		}
	}
	text[n++] = '\'';
	text[n] = '\0';
	return text;
}

static int show(const struct request *rq, const struct triage *t)
{
	const struct report_style style = cli_style();
	enum rc rc = rq->format == CLI_JSON ? brief_triage_json(t, stdout)
					    : brief_triage_human(t, &style, stdout);

	if (rc == RC_OK)
		return CLI_DONE;
	(void)cli_usage(&cli_triage, "standard output: %s",
			rc == RC_IO ? strerror(errno) : rc_str(rc));
	return CLI_FAILED;
}

static int exit_code(const struct triage_input *in)
{
	if (in->by_verdict[VERDICT_INFECTED] > 0)
		return INFECTED;
	return in->heard.runs == 0 || in->heard.is_low ? HEARD_TOO_LITTLE : CLI_DONE;
}

static int answer(const struct request *rq, struct store *s, const struct knowledge *k,
		  const struct outlook_options *opt)
{
	struct outlook *o = NULL;
	struct triage *t = NULL;
	enum rc rc = outlook_make(s, k, opt, &o);
	int status = CLI_DONE;

	if (rc == RC_IO || rc == RC_FORMAT)
		return cli_store_failed(&cli_triage, s);
	if (rc == RC_OK)
		rc = triage_make(&o->in, &t);
	if (rc != RC_OK) {
		(void)cli_usage(&cli_triage, "%s", rc_str(rc));
		outlook_free(o);
		return CLI_FAILED;
	}
	if (rq->is_overridden)
		status = record(rq, s, t, opt->override_by);
	if (status == CLI_DONE)
		status = show(rq, t);
	if (status == CLI_DONE && rq->has_exit_code)
		status = exit_code(&o->in);
	triage_free(t);
	outlook_free(o);
	return status;
}

static int with_store(const struct request *rq, const struct settings *settings, struct store *s,
		      const struct knowledge *k, const char *only)
{
	char who[KEEP_WHO], option[STORE_OPTION], earlier[1024] = "";
	struct earlier e = {earlier, sizeof(earlier)};
	struct outlook_options opt = {.now_ns = cli_now(),
				      .only = only,
				      .means = settings_means(settings),
				      .is_simulated = rq->is_simulated,
				      .runs = rq->runs > 0       ? rq->runs
					      : rq->is_simulated ? RUNS
								 : RUNS_QUICK,
				      .seed = rq->seed,
				      .store_option = store_option(rq->store, option),
				      .is_overridden = rq->is_overridden,
				      .chosen = rq->strategy,
				      .override_by = keep_who(who),
				      .override_why = rq->reason != NULL ? rq->reason : ""};

	if (store_journal(s, "", take_line, &e) != RC_OK)
		return cli_store_failed(&cli_triage, s);
	opt.earlier = earlier;
	return answer(rq, s, k, &opt);
}

static int work(const struct request *rq)
{
	struct settings *settings = NULL;
	struct knowledge *k = NULL;
	struct store *s = NULL;
	const char *only = NULL;
	char err[CLI_ERROR] = "";
	int status = CLI_DONE;

	if (knowledge_new(NULL, &k, err, sizeof(err)) != RC_OK)
		return cli_usage(&cli_triage, "%s", err);
	status = assess_only(&cli_triage, k, rq->only, &only);
	if (status == CLI_DONE)
		status = cli_settings(&cli_triage, rq->settings_file, rq->sets.list, rq->sets.n,
				      &settings);
	if (status == CLI_DONE)
		status = cli_store_open_with(&cli_triage, rq->store, settings,
					     rq->is_overridden ? CLI_STORE_CHANGE : CLI_STORE_READ,
					     &s);
	if (status == CLI_DONE)
		status = with_store(rq, settings, s, k, only);
	store_close(s);
	settings_free(settings);
	knowledge_free(k);
	return status;
}

static int run(int argc, char **argv)
{
	struct request rq = {.format = CLI_HUMAN, .seed = 1};
	int id = 0, status = CLI_DONE;

	while (status == CLI_DONE && (id = cli_next(&cli_triage, argc, argv)) != -1)
		status = take_option(&rq, id);
	if (status == CLI_DONE && rq.is_help) {
		cli_help(&cli_triage, stdout);
		return CLI_DONE;
	}
	if (status == CLI_DONE)
		status = check(&rq, argc - optind);
	return status == CLI_DONE ? work(&rq) : status;
}

const struct cli_command cli_triage = {
	.name = "triage",
	.summary = "how bad is it, by hand or everywhere at once, and what is to be done now?",
	.run = run,
	.usage = "triage [option ...]",
	.examples =
		"  quell triage                                   the two questions, the decision, "
		"the plan\n"
		"  quell triage --people 4 --simulate             what does each strategy cost?\n"
		"  quell triage --strategy generic --reason 'night, nobody at the desks'\n"
		"  quell triage -o json                           for other programs\n",
	.options = options,
};
