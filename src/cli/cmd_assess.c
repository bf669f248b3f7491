/* assess: asks machines about patches, policy and protection, and shows the picture of the site. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/assessing.h"
#include "cli/assess.h"
#include "console/targets.h"

enum {
	OPT_FOR = 256,
	OPT_ANONYMOUS,
	OPT_CREDENTIALS,
	OPT_USER,
	OPT_KERBEROS,
	OPT_BASELINE,
	OPT_DRY_RUN,
	OPT_PARALLEL,
	OPT_RATE,
	OPT_RESUME,
	OPT_SCRIPT,
	OPT_IMPORT,
	OPT_FROM,
	TARGETS_TEXT = 4096,
	PARALLEL_MOST = 256,
	RATE_MOST = 10000,
	PART_COLUMN = 14,
};

static const struct cli_option options[] = {
	{OPT_FOR, "for", "WEAKNESS", "only this hole: an id of 'quell threats', as ms08-067"},
	{OPT_ANONYMOUS, "anonymous", NULL, "without an account: what machines tell anybody"},
	{OPT_CREDENTIALS, "credentials", "FILE", "account to log on with; mode 0600"},
	{OPT_USER, "user", "NAME", "this account; its password is prompted for"},
	{OPT_KERBEROS, "kerberos", NULL, "with your Kerberos tickets"},
	{OPT_BASELINE, "baseline", "NAME|FILE",
	 "what is wanted: outbreak-minimum (default), office, strict, or a file"},
	{OPT_DRY_RUN, "dry-run", NULL, "print what would be asked of whom, and ask nothing"},
	{OPT_PARALLEL, "parallel", "N", "machines at a time; default 256, the most"},
	{OPT_RATE, "rate", "N", "new machines a second; default: ask.rate of the settings"},
	{OPT_RESUME, "resume", "ID",
	 "go on with an interrupted assessment; 'latest' for the latest"},
	{OPT_SCRIPT, "script", "DIR",
	 "write the collection script for machines that cannot be asked"},
	{OPT_IMPORT, "import", "DIR|FILE", "read what the script, or other tools, have left there"},
	{OPT_FROM, "from", "ID", "show: of this assessment, not the latest of each machine"},
	{'v', "verbose", NULL, "tell each question and what came of it"},
	{'o', NULL, "FORMAT", "human (default), json, csv or html"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_SET,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

struct request {
	enum picture_format format;
	struct inquire_account account;
	const char *only, *baseline, *resume, *script, *import, *from, *store, *settings_file;
	struct cli_sets sets;
	unsigned parallel, rate;
	bool is_anonymous, is_dry_run, is_verbose, is_help;
};

struct context { /* what a part works with */
	const struct request *rq;
	struct settings *settings;
	struct knowledge *knowledge;
	struct store *store;
	const char *only;
};

static const struct {
	const char *name, *words, *summary;
	int least, most; /* words that it takes */
} parts[] = {
	{"show", "[MACHINE]", "the picture of the site, or all about one machine", 0, 1},
	{"list", "", "the assessments that the store has", 0, 0},
	{"diff", "[BEFORE [AFTER]]", "what changed between two assessments", 0, 2},
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]), ASKING = PARTS };

static void help(FILE *to)
{
	cli_help(&cli_assess, to);
	fputs("\nParts:\n", to);
	for (unsigned i = 0; i < PARTS; i++)
		fprintf(to, "  %-5s%-18s%s\n", parts[i].name, parts[i].words, parts[i].summary);
	fputs("\nTargets: an address, a network (10.1.2.0/24), a range (10.1.2.3-10.1.2.40), a\n"
	      "machine's name or id, @FILE with one a line, - for standard input, 'inventory' for\n"
	      "every machine of the store, 'infected' for those whose verdict that is.\n"
	      "Only machines inside networks.scope are asked.\n",
	      to);
}

static bool take_plain(struct request *rq, int id)
{
	const struct cli_plain plain[] = {
		{OPT_FOR, &rq->only, NULL},
		{OPT_ANONYMOUS, NULL, &rq->is_anonymous},
		{OPT_CREDENTIALS, &rq->account.credentials, NULL},
		{OPT_USER, &rq->account.user, NULL},
		{OPT_KERBEROS, NULL, &rq->account.use_kerberos},
		{OPT_BASELINE, &rq->baseline, NULL},
		{OPT_DRY_RUN, NULL, &rq->is_dry_run},
		{OPT_RESUME, &rq->resume, NULL},
		{OPT_SCRIPT, &rq->script, NULL},
		{OPT_IMPORT, &rq->import, NULL},
		{OPT_FROM, &rq->from, NULL},
		{'v', NULL, &rq->is_verbose},
		{CLI_STORE, &rq->store, NULL},
		{'c', &rq->settings_file, NULL},
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
	case OPT_PARALLEL:
		status = cli_take_number(&cli_assess, "parallel", 1, PARALLEL_MOST, &n);
		rq->parallel = (unsigned)n;
		return status;
	case OPT_RATE:
		status = cli_take_number(&cli_assess, "rate", 1, RATE_MOST, &n);
		rq->rate = (unsigned)n;
		return status;
	case CLI_SET:
		return cli_take_set(&cli_assess, &rq->sets, optarg);
	case 'o':
		return assess_format(&cli_assess, optarg, &rq->format);
	default:
		return CLI_USAGE;
	}
}

static int check(const struct request *rq, unsigned part, int n_words)
{
	int accounts = (rq->account.credentials != NULL) + (rq->account.user != NULL) +
		       rq->account.use_kerberos;
	int modes = (rq->script != NULL) + (rq->import != NULL) + (rq->resume != NULL);

	if (accounts > 1)
		return cli_usage(&cli_assess, "one account: --credentials, --user or --kerberos, "
					      "not several");
	if (accounts > 0 && rq->is_anonymous)
		return cli_usage(&cli_assess, "--anonymous is without an account");
	if (part < PARTS && (n_words < parts[part].least || n_words > parts[part].most))
		return cli_usage(&cli_assess, "%s %s", parts[part].name, parts[part].words);
	if (modes > 1 || (modes > 0 && (n_words > 0 || part != ASKING)))
		return cli_usage(&cli_assess, "--script, --import and --resume each go alone, "
					      "without targets");
	if (part == ASKING && modes == 0 && n_words == 0)
		return cli_usage(&cli_assess, "whom? Addresses, networks, @FILE, inventory or "
					      "infected; see --help");
	if (rq->from != NULL && (part != 0))
		return cli_usage(&cli_assess, "--from goes with show");
	return CLI_DONE;
}

/* --- asking --- */

struct going_on { /* an assessment that was interrupted */
	const char *id;
	char found[64], targets[TARGETS_TEXT];
	uint64_t first_ns;
	struct targets *to; /* whose addresses are taken out as they are found done */
	uint64_t done;
};

static bool take_earlier(void *ctx, const struct store_assessment *a)
{
	struct going_on *g = ctx;

	if (strcmp(a->how, "import") == 0 ||
	    (strcmp(g->id, "latest") != 0 && strcmp(g->id, a->id) != 0))
		return true;
	(void)snprintf(g->found, sizeof(g->found), "%s", a->id);
	(void)snprintf(g->targets, sizeof(g->targets), "%s", a->targets);
	g->first_ns = a->first_ns;
	return false;
}

static bool take_done(void *ctx, const struct store_posture *p)
{
	struct going_on *g = ctx;

	targets_remove(g->to, &p->posture->addr);
	g->done++;
	return true;
}

static int resume(const struct context *c, struct going_on *g, struct targets *to)
{
	int status = CLI_DONE;

	g->id = c->rq->resume;
	g->to = to;
	if (store_assessments(c->store, take_earlier, g) != RC_OK)
		return cli_store_failed(&cli_assess, c->store);
	if (g->found[0] == '\0')
		return cli_usage(&cli_assess,
				 "there is no assessment '%s' to go on with; see "
				 "'quell assess list'",
				 c->rq->resume);
	status = targets_add_all(to, &cli_assess, c->store, g->targets);
	if (status != CLI_DONE)
		return status;
	targets_sort(to);
	if (store_postures(c->store, NULL, g->found, take_done, g) != RC_OK)
		return cli_store_failed(&cli_assess, c->store);
	return CLI_DONE;
}

/* The words as they were given, for --resume. */
static int take_words(const struct context *c, char **words, int n, struct targets *to, char *text)
{
	size_t len = 0;
	int status = CLI_DONE;

	text[0] = '\0';
	for (int i = 0; i < n && status == CLI_DONE; i++) {
		int more = snprintf(text + len, TARGETS_TEXT - len, "%s%s", i > 0 ? " " : "",
				    words[i]);

		if (more < 0 || (size_t)more >= TARGETS_TEXT - len)
			return cli_usage(&cli_assess,
					 "so many targets are better put into a file: @FILE");
		len += (size_t)more;
		status = targets_add(to, &cli_assess, c->store, words[i]);
	}
	targets_sort(to);
	return status;
}

static void tell_end(const struct assessing_options *o, const struct assessing_result *r, size_t n)
{
	size_t done = 0;

	for (unsigned i = 0; i <= ASSESS_OUT_OF_SCOPE; i++)
		done += r->how[i];
	if (r->how[ASSESS_OUT_OF_SCOPE] > 0)
		(void)cli_usage(&cli_assess,
				"%zu of %zu machines were not asked: they are outside "
				"networks.scope",
				r->how[ASSESS_OUT_OF_SCOPE], n);
	if (r->was_stopped && done < n)
		(void)cli_usage(&cli_assess,
				"stopped after %zu of %zu machines; go on with: quell "
				"assess --resume %s",
				done, n, o->id);
}

static int go(const struct context *c, const struct assessing_options *o,
	      const struct targets *targets)
{
	struct assessing_result result = {.was_stopped = false};
	struct assess_view view = {&cli_assess,   c->store, c->knowledge,
				   c->rq->format, c->only,  o->id};
	int status = CLI_DONE;

	if (c->rq->is_dry_run)
		return assessing_plan(o, targets->list, targets->n, stdout) == RC_OK ? CLI_DONE
										     : CLI_FAILED;
	/* What was wrong has been said, and what was learned by then is shown all the same. */
	if (assessing(o, targets->list, targets->n, &result) != RC_OK)
		status = CLI_FAILED;
	tell_end(o, &result, targets->n);
	for (unsigned i = 0; i <= ASSESS_OUT_OF_SCOPE; i++) {
		if (result.how[i] > 0) {
			int shown = assess_picture(&view);

			return shown != CLI_DONE ? shown : status;
		}
	}
	return status;
}

static int ask(const struct context *c, char **words, int n_words)
{
	struct targets targets = {.n = 0};
	struct going_on earlier = {.found = ""};
	struct judge_questions questions = {.n_files = 0};
	char id[ASSESSING_ID], text[TARGETS_TEXT], who[KEEP_WHO];
	const struct request *rq = c->rq;
	int status = rq->resume != NULL ? resume(c, &earlier, &targets)
					: take_words(c, words, n_words, &targets, text);

	if (status == CLI_DONE && judge_questions(c->knowledge, c->only, &questions) != RC_OK) {
		(void)cli_usage(&cli_assess, "%s", rc_str(RC_NOMEM));
		status = CLI_FAILED;
	}
	if (status == CLI_DONE && targets.homeless > 0)
		(void)cli_usage(&cli_assess,
				"%zu machines of the store have no address and cannot be asked",
				targets.homeless);
	if (status == CLI_DONE && targets.n == 0)
		(void)cli_usage(&cli_assess,
				rq->resume != NULL ? "nobody is left to ask" : "nobody to ask");
	if (status == CLI_DONE && targets.n > 0) {
		bool goes_on = rq->resume != NULL;
		struct assessing_options o = {
			.settings = c->settings,
			.store = c->store,
			.questions = &questions,
			.id = goes_on ? earlier.found : assessing_id(cli_now(), id),
			.targets = goes_on ? earlier.targets : text,
			.who = keep_who(who),
			.account = rq->account,
			.is_anonymous = rq->is_anonymous,
			.patches_only = c->only != NULL,
			.parallel = rq->parallel,
			.rate = rq->rate,
			.to = rq->is_verbose ? stderr : NULL,
			.has_progress = isatty(STDERR_FILENO) != 0 && !rq->is_verbose,
			.started_ns = earlier.first_ns,
			.done_before = earlier.done,
		};

		status = go(c, &o, &targets);
	}
	judge_questions_done(&questions);
	targets_done(&targets);
	return status;
}

/* --- the command --- */

static int answer(const struct context *c, unsigned part, char **words, int n_words)
{
	struct assess_view view = {&cli_assess,   c->store, c->knowledge,
				   c->rq->format, c->only,  c->rq->from};

	if (part == ASKING && c->rq->import != NULL)
		return assess_import(&cli_assess, c->store, c->knowledge, c->rq->import);
	if (part == ASKING)
		return ask(c, words, n_words);
	if (strcmp(parts[part].name, "list") == 0)
		return assess_list(&view);
	if (strcmp(parts[part].name, "diff") == 0)
		return assess_diff(&view, n_words > 0 ? words[0] : NULL,
				   n_words > 1 ? words[1] : NULL);
	return n_words > 0 ? assess_page(&view, words[0]) : assess_picture(&view);
}

static enum cli_store_use use_of(const struct request *rq, unsigned part)
{
	if (part != ASKING)
		return CLI_STORE_READ;
	return rq->resume != NULL ? CLI_STORE_CHANGE : CLI_STORE_MAKE;
}

static int work(const struct request *rq, unsigned part, char **words, int n_words)
{
	struct context c = {.rq = rq};
	char err[CLI_ERROR] = "";
	int status = CLI_DONE;

	if (knowledge_new(rq->baseline, &c.knowledge, err, sizeof(err)) != RC_OK)
		return cli_usage(&cli_assess, "%s", err);
	status = assess_only(&cli_assess, c.knowledge, rq->only, &c.only);
	if (status == CLI_DONE && rq->script != NULL) {
		status = assess_script(&cli_assess, c.knowledge, c.only, rq->script);
		goto out;
	}
	if (status == CLI_DONE)
		status = cli_settings(&cli_assess, rq->settings_file, rq->sets.list, rq->sets.n,
				      &c.settings);
	if (status == CLI_DONE)
		status = cli_store_open_with(&cli_assess, rq->store, c.settings, use_of(rq, part),
					     &c.store);
	if (status == CLI_DONE)
		status = answer(&c, part, words, n_words);
out:
	store_close(c.store);
	settings_free(c.settings);
	knowledge_free(c.knowledge);
	return status;
}

static int run(int argc, char **argv)
{
	struct request rq = {.format = PICTURE_HUMAN};
	unsigned part = ASKING;
	int id = 0, status = CLI_DONE;

	while (status == CLI_DONE && (id = cli_next(&cli_assess, argc, argv)) != -1)
		status = take_option(&rq, id);
	if (status == CLI_DONE && rq.is_help) {
		help(stdout);
		return CLI_DONE;
	}
	for (unsigned i = 0; i < PARTS && optind < argc && part == ASKING; i++) {
		if (strcmp(argv[optind], parts[i].name) == 0)
			part = i;
	}
	if (part != ASKING)
		optind++;
	if (status == CLI_DONE)
		status = check(&rq, part, argc - optind);
	return status == CLI_DONE ? work(&rq, part, argv + optind, argc - optind) : status;
}

const struct cli_command cli_assess = {
	.name = "assess",
	.summary = "are the machines patched? Patches, policy and protection",
	.run = run,
	.usage = "assess [option ...] TARGET ...  |  assess [option ...] PART",
	.examples =
		"  quell assess 10.1.2.0/24 --for ms08-067 --user 'CORP\\maria'   just this hole\n"
		"  quell assess inventory --credentials account         everything, of all "
		"machines\n"
		"  quell assess 10.1.2.0/24 --anonymous                 without an account\n"
		"  quell assess 10.1.2.0/24 --dry-run                   what would be asked?\n"
		"  quell assess show                                    the picture of the site\n"
		"  quell assess show lap-7                              all about one machine\n"
		"  quell assess show -o html > site.html                to print\n"
		"  quell assess --script stick/                         for those that cannot be "
		"asked\n"
		"  quell assess --import results/                       what came back",
	.options = options,
};
