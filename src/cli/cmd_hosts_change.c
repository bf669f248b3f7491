/* set, tag, merge, split and forget: what the operator says of machines. All of it is audited. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "app/keep.h"
#include "cli/hosts.h"
#include "cli/who.h"

static const struct cli_option options[] = {
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

static const struct cli_option forget_options[] = {
	{CLI_YES, "yes", NULL, "yes, forget it; without, only tell what would be forgotten"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

static const struct cli_command set_command = {
	.name = "hosts set",
	.usage = "hosts set [option ...] ID key=value ...",
	.examples = "  quell hosts set lap-7 owner='Jane Doe' phone=4711   whose it is\n"
		    "  quell hosts set 10.1.2.3 place='room 214' importance=5\n"
		    "  quell hosts set lap-7 note=                         take a note back\n\n"
		    "Keys: owner, place, phone, note, importance (0 to 5).",
	.options = options,
};

static const struct cli_command tag_command = {
	.name = "hosts tag",
	.usage = "hosts tag [option ...] ID +tag ... -tag ...",
	.examples = "  quell hosts tag lap-7 +kiosk           put a tag on it\n"
		    "  quell hosts tag lap-7 +kiosk -lab      and take another off\n"
		    "  quell hosts tag:kiosk                  then: list them",
	.options = options,
};

static const struct cli_command merge_command = {
	.name = "hosts merge",
	.usage = "hosts merge [option ...] ID ID",
	.examples = "  quell hosts merge mac:001a2b3c4d5e mac:001a2b3c4d5f\n"
		    "                  cable and radio of one laptop: one machine from now on\n\n"
		    "It outweighs all evidence, until split says otherwise.",
	.options = options,
};

static const struct cli_command split_command = {
	.name = "hosts split",
	.usage = "hosts split [option ...] ID KEY",
	.examples = "  quell hosts split lap-7 00:1a:2b:3c:4d:5f   that MAC is another machine's\n"
		    "  quell hosts split lap-7 10.1.2.9            that address is,\n"
		    "  quell hosts split lap-7 pc-9                or that name\n\n"
		    "It outweighs all evidence, until merge says otherwise.",
	.options = options,
};

static const struct cli_command forget_command = {
	.name = "hosts forget",
	.usage = "hosts forget [option ...] ID",
	.examples = "  quell hosts forget lap-7          what would be forgotten?\n"
		    "  quell hosts forget lap-7 --yes    forget it\n\n"
		    "If it is heard again, it is in the list again. The audit keeps that it was.",
	.options = forget_options,
};

struct change {
	const struct cli_command *command;
	const char *store_url, *settings;
	bool is_yes, is_help;
	struct store *store;
	char who[KEEP_WHO];
	struct audit_by by;
	char **words; /* after the options; in the order given */
	int n_words;
};

/* "-lab" is a tag, not four options: after the first word, only words in long form are options. */
static bool is_option(const char *word, bool takes_tags, int n_words)
{
	return word[0] == '-' && word[1] != '\0' &&
	       (!takes_tags || n_words == 0 || strncmp(word, "--", 2) == 0);
}

static bool takes_value(const char *word)
{
	return strcmp(word, "--store") == 0 || strcmp(word, "-c") == 0;
}

/* Sorts options to the front, and leaves the words. */
static int part(struct change *ch, int argc, char **argv, bool takes_tags, char **front)
{
	int n = 0;
	bool is_over = false;

	front[n++] = argv[0];
	for (int i = 1; i < argc; i++) {
		if (!is_over && strcmp(argv[i], "--") == 0) {
			is_over = true;
		} else if (!is_over && is_option(argv[i], takes_tags, ch->n_words)) {
			front[n++] = argv[i];
			if (takes_value(argv[i]) && i + 1 < argc)
				front[n++] = argv[++i];
		} else {
			ch->words[ch->n_words++] = argv[i];
		}
	}
	return n;
}

static int parse(struct change *ch, int argc, char **argv, bool takes_tags)
{
	char **front = calloc((size_t)argc + 1, sizeof(*front));
	int id = 0, n = 0, status = CLI_DONE;

	ch->words = calloc((size_t)argc + 1, sizeof(*ch->words));
	if (front == NULL || ch->words == NULL) {
		free(front);
		return CLI_FAILED;
	}
	n = part(ch, argc, argv, takes_tags, front);
	while (status == CLI_DONE && (id = cli_next(ch->command, n, front)) != -1) {
		switch (id) {
		case CLI_STORE:
			ch->store_url = optarg;
			break;
		case 'c':
			ch->settings = optarg;
			break;
		case CLI_YES:
			ch->is_yes = true;
			break;
		case CLI_HELP:
			ch->is_help = true;
			break;
		default:
			status = CLI_USAGE;
		}
	}
	free(front);
	return status;
}

/* Runs `act` in one transaction, of which its lines in the audit are part. */
static int in_transaction(struct change *ch, int (*act)(struct change *ch))
{
	int status = CLI_DONE;

	if (store_begin(ch->store) != RC_OK)
		return cli_store_failed(ch->command, ch->store);
	status = act(ch);
	if (status != CLI_DONE) {
		store_rollback(ch->store);
		return status;
	}
	return store_commit(ch->store) == RC_OK ? CLI_DONE
						: cli_store_failed(ch->command, ch->store);
}

static int run(const struct cli_command *command, int argc, char **argv, int n_words,
	       int (*act)(struct change *ch))
{
	struct change ch = {.command = command};
	int status = parse(&ch, argc, argv, command == &tag_command);

	if (status == CLI_DONE && ch.is_help) {
		cli_help(command, stdout);
		goto out;
	}
	if (status == CLI_DONE && (ch.n_words < n_words || (n_words == 1 && ch.n_words > 1) ||
				   (command == &merge_command && ch.n_words > 2) ||
				   (command == &split_command && ch.n_words > 2)))
		status = cli_usage(command, "usage: quell %s", command->usage);
	if (status == CLI_DONE)
		status = cli_store_open(command, ch.store_url, ch.settings, CLI_STORE_CHANGE,
					&ch.store);
	if (status == CLI_DONE) {
		ch.by = (struct audit_by){keep_who(ch.who), cli_now()};
		status = act(&ch);
	}
	store_close(ch.store);
out:
	free(ch.words);
	return status;
}

/* RC_INVAL is about what was typed. */
static int refused(const struct change *ch, enum rc rc)
{
	(void)cli_store_failed(ch->command, ch->store);
	return rc == RC_INVAL ? CLI_USAGE : CLI_FAILED;
}

/* --- set --- */

static int set_all(struct change *ch)
{
	char id[MACHINE_ID];
	int status = cli_find(ch->command, ch->store, ch->words[0], id);

	for (int i = 1; status == CLI_DONE && i < ch->n_words; i++) {
		char key[32];
		const char *equals = strchr(ch->words[i], '=');
		size_t len = equals != NULL ? (size_t)(equals - ch->words[i]) : 0;
		enum rc rc = RC_OK;

		if (equals == NULL || len == 0 || len >= sizeof(key))
			return cli_usage(ch->command,
					 "'%s' is not key=value, as in place='room 214'",
					 ch->words[i]);
		memcpy(key, ch->words[i], len);
		key[len] = '\0';
		if (strcmp(key, "notes") == 0) /* as the filter, it knows both */
			key[strlen("note")] = '\0';
		rc = store_set(ch->store, id, key, equals + 1, &ch->by);
		if (rc != RC_OK)
			return refused(ch, rc);
	}
	return status;
}

static int set(struct change *ch)
{
	return in_transaction(ch, set_all);
}

int hosts_set(int argc, char **argv)
{
	return run(&set_command, argc, argv, 2, set);
}

/* --- tag --- */

static int tag_all(struct change *ch)
{
	char id[MACHINE_ID];
	int status = cli_find(ch->command, ch->store, ch->words[0], id);

	for (int i = 1; status == CLI_DONE && i < ch->n_words; i++) {
		const char *word = ch->words[i];
		enum rc rc = RC_OK;

		if ((word[0] != '+' && word[0] != '-') || word[1] == '\0')
			return cli_usage(ch->command, "'%s': +%s puts the tag on, -%s takes it off",
					 word, word, word);
		rc = store_tag(ch->store, id, word + 1, word[0] == '+', &ch->by);
		if (rc != RC_OK)
			return refused(ch, rc);
	}
	return status;
}

static int tag(struct change *ch)
{
	return in_transaction(ch, tag_all);
}

int hosts_tag(int argc, char **argv)
{
	return run(&tag_command, argc, argv, 2, tag);
}

/* --- merge, split --- */

static int decide(struct change *ch, bool is_same, const char *a, const char *b)
{
	struct decision d = {is_same, a, b, ch->by.at_ns, ch->by.who};
	enum rc rc = keep_decision(ch->store, &d, &ch->by);

	if (rc == RC_OK)
		return CLI_DONE;
	return refused(ch, rc);
}

static int merge(struct change *ch)
{
	char a[MACHINE_ID], b[MACHINE_ID];
	int status = cli_find(ch->command, ch->store, ch->words[0], a);

	if (status == CLI_DONE)
		status = cli_find(ch->command, ch->store, ch->words[1], b);
	if (status == CLI_DONE && strcmp(a, b) == 0) {
		fprintf(stderr, "quell hosts merge: both are %s already\n", a);
		return CLI_DONE;
	}
	if (status == CLI_DONE)
		status = decide(ch, true, a, b);
	if (status == CLI_DONE)
		fprintf(stderr, "quell hosts merge: %s and %s are one machine now\n", a, b);
	return status;
}

int hosts_merge(int argc, char **argv)
{
	return run(&merge_command, argc, argv, 2, merge);
}

/* "001a.2b3c.4d5e" and the like; false: it is none. */
static bool mac_of(const char *text, struct mac *ret_mac)
{
	struct mac m = {{0}};
	unsigned n = 0;

	for (; *text != '\0'; text++) {
		static const char digits[] = "0123456789abcdef";
		int c = *text >= 'A' && *text <= 'F' ? *text + 32 : *text;
		const char *at = strchr(digits, c);

		if (strchr(":-.", *text) != NULL)
			continue;
		if (at == NULL || n == 12)
			return false;
		m.b[n / 2] = (uint8_t)(m.b[n / 2] << 4 | (at - digits));
		n++;
	}
	*ret_mac = m;
	return n == 12;
}

/* What the operator typed as the key that belongs to another machine. */
static const char *key_of(const char *word, char *text)
{
	struct addr a;
	struct mac m;

	if (strncmp(word, "mac:", 4) == 0 || strncmp(word, "ip:", 3) == 0 ||
	    strncmp(word, "name:", 5) == 0)
		return word;
	if (addr_parse(word, &a) == RC_OK)
		return key_of_addr(&a, text);
	if (mac_of(word, &m))
		return key_of_mac(&m, text);
	return key_of_name("", word, text);
}

static int split(struct change *ch)
{
	char id[MACHINE_ID], text[MACHINE_ID];
	const char *key = key_of(ch->words[1], text);
	int status = cli_find(ch->command, ch->store, ch->words[0], id);

	if (status == CLI_DONE && strcmp(key, id) == 0)
		return cli_usage(
			ch->command,
			"%s is what the machine is known by: split off what is not its own", key);
	if (status == CLI_DONE)
		status = decide(ch, false, id, key);
	if (status == CLI_DONE)
		fprintf(stderr, "quell hosts split: %s is not %s any more\n", key, id);
	return status;
}

int hosts_split(int argc, char **argv)
{
	return run(&split_command, argc, argv, 2, split);
}

/* --- forget --- */

static int forget(struct change *ch)
{
	char id[MACHINE_ID];
	int status = cli_find(ch->command, ch->store, ch->words[0], id);
	enum rc rc = RC_OK;

	if (status != CLI_DONE)
		return status;
	if (!ch->is_yes)
		return cli_usage(ch->command,
				 "this would forget %s, with its facts, tags and verdicts; --yes "
				 "does it, 'quell hosts show %s' shows it",
				 id, id);
	rc = store_forget(ch->store, id, &ch->by);
	if (rc != RC_OK)
		return refused(ch, rc);
	fprintf(stderr, "quell hosts forget: %s is forgotten\n", id);
	return CLI_DONE;
}

int hosts_forget(int argc, char **argv)
{
	return run(&forget_command, argc, argv, 1, forget);
}
