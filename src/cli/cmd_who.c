#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "cli/who.h"

enum {
	OPT_INFECTED = 256,
	OPT_ASK,
	OPT_CREDENTIALS,
	OPT_USER,
	OPT_KERBEROS,
	LINE = 1024,
	QUESTIONS_MOST = 1000000, /* each costs memory, and an answer */
};

static const struct cli_option options[] = {
	{OPT_INFECTED, "infected", NULL, "every machine whose verdict is infected"},
	{OPT_ASK, "ask", NULL,
	 "go and ask the machine, name servers and switches (see doc/who.md)"},
	{OPT_CREDENTIALS, "credentials", "FILE",
	 "--ask: account for the profiles on c$; mode 0600"},
	{OPT_USER, "user", "NAME", "--ask: this account; its password is prompted for"},
	{OPT_KERBEROS, "kerberos", NULL, "--ask: with your Kerberos tickets"},
	{'o', NULL, "FORMAT", "human (default), json or csv"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_SET,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

struct request {
	struct answering answering;
	struct ask_request ask;
	const char *store, *settings_file;
	struct cli_sets sets;
	bool is_infected, is_asking, is_help;
	struct question *questions;
	size_t n, cap;
	uint64_t now_ns;
	bool has_bad; /* a line that was no question: told, and left out */
};

/* --- questions --- */

static bool add(struct request *rq, const char *what, size_t len, uint64_t at_ns)
{
	if (rq->n == rq->cap) {
		size_t cap = rq->cap == 0 ? 64 : 2 * rq->cap;
		struct question *more = realloc(rq->questions, cap * sizeof(*more));

		if (more == NULL)
			return false;
		rq->questions = more;
		rq->cap = cap;
	}
	rq->questions[rq->n] = (struct question){strndup(what, len), at_ns};
	return rq->questions[rq->n++].what != NULL;
}

/* "-2h" is that long ago. */
static bool parse_time(const char *text, uint64_t now_ns, uint64_t *ret_ns)
{
	uint64_t ns = 0;

	if (text[0] == '-' && when_parse_span(text + 1, &ns) == RC_OK) {
		*ret_ns = ns < now_ns ? now_ns - ns : 1;
		return true;
	}
	return when_parse(text, ret_ns) == RC_OK;
}

/* Is what follows an '@' meant as a time? Users have an '@', too: jane@3rd.example. */
static bool looks_like_time(const char *text)
{
	return text[0] == '-' || (strspn(text, "0123456789") == 4 && text[4] == '-');
}

/* What has an address in front of its '@' is no user. */
static bool is_address(const char *text, const char *at)
{
	char front[ADDR_TEXT];
	struct addr a;

	(void)snprintf(front, sizeof(front), "%.*s", (int)(at - text), text);
	return at - text < ADDR_TEXT && addr_parse(front, &a) == RC_OK;
}

/* ADDRESS[@TIME]. `from` says where it stands, for messages; NULL: on the command line. */
static int take_question(struct request *rq, const char *text, const char *from)
{
	const char *at = strrchr(text, '@');
	uint64_t at_ns = 0;
	size_t len = strlen(text);
	char shown[LINE];

	if (at != NULL && (looks_like_time(at + 1) || is_address(text, at))) {
		if (!parse_time(at + 1, rq->now_ns, &at_ns)) {
			(void)text_printable(text, shown, sizeof(shown));
			return cli_usage(&cli_who,
					 "%s%s%s: a time is as @2026-11-01T09:30, @2026-11-01 or "
					 "@-2h",
					 from != NULL ? from : "", from != NULL ? ": " : "", shown);
		}
		len = (size_t)(at - text);
	}
	if (len == 0)
		return cli_usage(&cli_who, "%s%s: whom? An address, MAC, name or user comes first",
				 from != NULL ? from : "", from != NULL ? ": '@'" : text);
	if (rq->n == QUESTIONS_MOST)
		return cli_usage(&cli_who, "more than %d questions", QUESTIONS_MOST);
	return add(rq, text, len, at_ns) ? CLI_DONE : CLI_FAILED;
}

/* The first word of each line; empty lines and those that begin with a # say nothing. */
static int take_lines(struct request *rq, FILE *from, const char *name)
{
	char line[LINE], where[LINE];
	unsigned long number = 0;

	while (fgets(line, sizeof(line), from) != NULL) {
		size_t len = strlen(line), begin = strspn(line, " \t\"");

		number++;
		(void)snprintf(where, sizeof(where), "%.512s line %lu", name, number);
		if (len == sizeof(line) - 1 && line[len - 1] != '\n') {
			(void)cli_usage(&cli_who, "%s: longer than %d bytes", where, LINE - 2);
			rq->has_bad = true;
			for (int c = 0; c != '\n' && c != EOF;)
				c = fgetc(from);
			continue;
		}
		line[begin + strcspn(line + begin, " \t\r\n,;\"")] = '\0';
		if (line[begin] == '\0' || line[begin] == '#')
			continue;

		int status = take_question(rq, line + begin, where);

		if (status == CLI_FAILED || rq->n == QUESTIONS_MOST)
			return status;
		rq->has_bad = rq->has_bad || status != CLI_DONE;
	}
	if (ferror(from) == 0)
		return CLI_DONE;
	(void)cli_usage(&cli_who, "%s: %s", name, strerror(errno));
	return CLI_FAILED;
}

static int take_word(struct request *rq, const char *word)
{
	FILE *from = NULL;
	int status = CLI_DONE;

	if (strcmp(word, "-") == 0)
		return take_lines(rq, stdin, "standard input");
	if (word[0] != '@')
		return take_question(rq, word, NULL);
	from = fopen(word + 1, "re");
	if (from == NULL)
		return cli_usage(&cli_who, "%s: %s", word + 1, strerror(errno));
	status = take_lines(rq, from, word + 1);
	fclose(from);
	return status;
}

static bool take_infected(void *ctx, const struct store_row *r)
{
	struct request *rq = ctx;

	return rq->n < QUESTIONS_MOST && add(rq, r->id, strlen(r->id), 0);
}

static int add_infected(struct request *rq)
{
	struct query q = {.n_terms = 1};
	size_t before = rq->n;

	q.terms[0] = (struct query_term){.field = QUERY_VERDICT, .verdict = VERDICT_INFECTED};
	if (store_list(rq->answering.store, &q, take_infected, rq, NULL) != RC_OK)
		return cli_store_failed(&cli_who, rq->answering.store);
	if (rq->n == before)
		(void)cli_usage(&cli_who, "no machine's verdict is infected");
	return CLI_DONE;
}

/* --- the command --- */

static int take_option(struct request *rq, int id)
{
	switch (id) {
	case OPT_INFECTED:
		rq->is_infected = true;
		return CLI_DONE;
	case OPT_ASK:
		rq->is_asking = true;
		return CLI_DONE;
	case OPT_CREDENTIALS:
		rq->ask.account.credentials = optarg;
		return CLI_DONE;
	case OPT_USER:
		rq->ask.account.user = optarg;
		return CLI_DONE;
	case OPT_KERBEROS:
		rq->ask.account.use_kerberos = true;
		return CLI_DONE;
	case 'o':
		return cli_format(&cli_who, optarg, &rq->answering.format);
	case CLI_STORE:
		rq->store = optarg;
		return CLI_DONE;
	case 'c':
		rq->settings_file = optarg;
		return CLI_DONE;
	case CLI_SET:
		return cli_take_set(&cli_who, &rq->sets, optarg);
	case CLI_HELP:
		rq->is_help = true;
		return CLI_DONE;
	default:
		return CLI_USAGE;
	}
}

static int check(const struct request *rq, int n_words)
{
	int accounts = (rq->ask.account.credentials != NULL) + (rq->ask.account.user != NULL) +
		       rq->ask.account.use_kerberos;

	if (n_words == 0 && !rq->is_infected)
		return cli_usage(&cli_who, "who? An address, MAC, name or user; see --help");
	if (accounts > 1)
		return cli_usage(&cli_who,
				 "one account: --credentials, --user or --kerberos, not several");
	if (accounts > 0 && !rq->is_asking)
		return cli_usage(&cli_who, "an account is for --ask");
	return CLI_DONE;
}

/* What could not be asked is no reason to be silent about what is known. */
static int answer(struct request *rq, struct settings *settings)
{
	int asked = CLI_DONE, status = CLI_DONE;

	if (rq->is_infected)
		status = add_infected(rq);
	if (status != CLI_DONE)
		return status;
	rq->ask.command = &cli_who;
	rq->ask.settings = settings;
	if (rq->is_asking && rq->n > 0)
		asked = who_ask(&rq->ask, rq->answering.store, rq->questions, rq->n);
	rq->answering.command = &cli_who;
	rq->answering.has_asked = rq->is_asking && asked == CLI_DONE;
	status = who_answer(&rq->answering, rq->questions, rq->n);
	if (status == CLI_DONE)
		status = asked;
	return status == CLI_DONE && rq->has_bad ? CLI_FAILED : status;
}

static int run(int argc, char **argv)
{
	struct request rq = {.now_ns = cli_now()};
	struct settings *settings = NULL;
	int id = 0, status = CLI_DONE;

	while (status == CLI_DONE && (id = cli_next(&cli_who, argc, argv)) != -1)
		status = take_option(&rq, id);
	if (status == CLI_DONE && rq.is_help) {
		cli_help(&cli_who, stdout);
		goto out;
	}
	if (status == CLI_DONE)
		status = check(&rq, argc - optind);
	for (int i = optind; i < argc && status == CLI_DONE; i++)
		status = take_word(&rq, argv[i]);
	if (status == CLI_DONE)
		status = cli_settings(&cli_who, rq.settings_file, rq.sets.list, rq.sets.n,
				      &settings);
	if (status == CLI_DONE)
		status = cli_store_open_with(&cli_who, rq.store, settings,
					     rq.is_asking ? CLI_STORE_MAKE : CLI_STORE_READ,
					     &rq.answering.store);
	if (status == CLI_DONE)
		status = answer(&rq, settings);
out:
	for (size_t i = 0; i < rq.n; i++)
		free(rq.questions[i].what);
	free(rq.questions);
	store_close(rq.answering.store);
	settings_free(settings);
	return status;
}

const struct cli_command cli_who = {
	.name = "who",
	.summary = "the machine and the person behind an address",
	.run = run,
	.usage = "who [option ...] (ADDRESS | MAC | NAME | USER)[@TIME] ...",
	.examples =
		"  quell who 10.1.2.3                          whose is it now?\n"
		"  quell who 10.1.2.3@2026-11-01T09:30         whose was it then (UTC)?\n"
		"  quell who 10.1.2.3@-2h 00:1a:2b:3c:4d:5e    two hours ago; and that card\n"
		"  quell who 'CORP\\jane'                       which machine is hers?\n"
		"  quell who 10.1.2.3 --ask --user 'CORP\\maria' ask the machine and the switches\n"
		"  quell who --infected --ask -o csv           a list for those who go there\n"
		"  quell who @addresses.txt -o csv             many; - reads standard input",
	.options = options,
};
