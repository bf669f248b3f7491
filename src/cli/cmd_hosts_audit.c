#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/hosts.h"
#include "cli/who.h"
#include "report/cells.h"
#include "report/pen.h"

enum { OPT_LIMIT = 256, LIMIT = 200, SHOWN = 1024 };

static const struct cli_option options[] = {
	{OPT_LIMIT, "limit", "N", "the latest N lines; default: 200; 0: all"},
	{'o', NULL, "FORMAT", "human (default), json or csv"},
	CLI_OPTION_STORE,
	CLI_OPTION_SETTINGS,
	CLI_OPTION_HELP,
	{0, NULL, NULL, NULL},
};

static const struct cli_command command = {
	.name = "hosts audit",
	.usage = "hosts audit [option ...] [ID]",
	.examples = "  quell hosts audit              who changed what, latest first\n"
		    "  quell hosts audit lap-7        of one machine\n"
		    "  quell hosts audit --limit 0 -o csv",
	.options = options,
};

struct printing {
	enum cli_format format;
	struct pen pen;
	struct cells cells;
	bool is_bad;
};

static void begin(struct printing *p)
{
	p->pen.to = stdout;
	p->cells.to = stdout;
	if (p->format == CLI_CSV)
		fputs("at,who,act,machine,text\r\n", stdout);
	if (p->format != CLI_JSON)
		return;
	pen_open(&p->pen, '{');
	pen_line(&p->pen);
	pen_key(&p->pen, "schema");
	pen_text(&p->pen, "quell.audit/1");
	pen_line(&p->pen);
	pen_key(&p->pen, "changes");
	pen_open(&p->pen, '[');
}

static void put_json(struct pen *pen, const struct store_audit *a)
{
	pen_line(pen);
	pen_open(pen, '{');
	pen_key(pen, "at");
	pen_time(pen, a->at_ns);
	pen_key(pen, "who");
	pen_text(pen, a->who);
	pen_key(pen, "act");
	pen_text(pen, a->act);
	pen_key(pen, "machine");
	pen_text(pen, a->machine);
	pen_key(pen, "text");
	pen_text(pen, a->text);
	pen_close(pen, '}');
}

static void put_human(const struct store_audit *a)
{
	char at[TEXT_TIME], who[SHOWN], machine[SHOWN], text[SHOWN];

	text_time(a->at_ns, at);
	(void)text_printable(a->who, who, sizeof(who));
	(void)text_printable(a->machine, machine, sizeof(machine));
	(void)text_printable(a->text, text, sizeof(text));
	printf("%.10s %.8s  %-8s %s%s%s  by %s\n", at, at + 11, a->act, machine,
	       machine[0] != '\0' && text[0] != '\0' ? "  " : "", text, who);
}

static bool print(void *ctx, const struct store_audit *a)
{
	struct printing *p = ctx;

	switch (p->format) {
	case CLI_HUMAN:
		put_human(a);
		break;
	case CLI_JSON:
		put_json(&p->pen, a);
		break;
	case CLI_CSV:
		cell_time(&p->cells, a->at_ns);
		cell_text(&p->cells, a->who);
		cell_text(&p->cells, a->act);
		cell_text(&p->cells, a->machine);
		cell_text(&p->cells, a->text);
		p->is_bad = cells_end(&p->cells) != RC_OK;
		break;
	}
	return !p->is_bad && ferror(stdout) == 0;
}

static int end(struct printing *p)
{
	if (p->format == CLI_JSON) {
		pen_close(&p->pen, ']');
		pen_close(&p->pen, '}');
		p->is_bad = pen_done(&p->pen) != RC_OK;
		putchar('\n');
	}
	if (!p->is_bad && fflush(stdout) == 0 && ferror(stdout) == 0)
		return CLI_DONE;
	(void)cli_usage(&command, "standard output: %s", strerror(errno));
	return CLI_FAILED;
}

/* A machine that is gone is in the audit all the same: what nobody is known as is taken as an id.
 */
static int audit(struct store *s, enum cli_format format, size_t limit, const char *what)
{
	struct printing p = {.format = format};
	struct store_ids ids = {NULL, 0};
	const char *id = what;
	int status = CLI_DONE;

	if (what != NULL && store_find(s, what, 0, 1, &ids) != RC_OK)
		return cli_store_failed(&command, s);
	if (ids.n > 0)
		id = ids.list[0];
	begin(&p);
	if (store_audit(s, id, limit, print, &p) != RC_OK)
		status = cli_store_failed(&command, s);
	if (end(&p) != CLI_DONE)
		status = CLI_FAILED;
	store_ids_done(&ids);
	return status;
}

static int take_limit(const char *text, size_t *ret_limit)
{
	char *rest = NULL;
	unsigned long n = strtoul(text, &rest, 10);

	if (text[0] < '0' || text[0] > '9' || *rest != '\0')
		return cli_usage(&command, "--limit %s: how many lines? 0 is all", text);
	*ret_limit = n == 0 ? SIZE_MAX : n;
	return CLI_DONE;
}

int hosts_audit(int argc, char **argv)
{
	const char *url = NULL, *settings = NULL;
	enum cli_format format = CLI_HUMAN;
	struct store *s = NULL;
	size_t limit = LIMIT;
	int id = 0, status = CLI_DONE;

	while (status == CLI_DONE && (id = cli_next(&command, argc, argv)) != -1) {
		switch (id) {
		case OPT_LIMIT:
			status = take_limit(optarg, &limit);
			break;
		case 'o':
			status = cli_format(&command, optarg, &format);
			break;
		case CLI_STORE:
			url = optarg;
			break;
		case 'c':
			settings = optarg;
			break;
		case CLI_HELP:
			cli_help(&command, stdout);
			return CLI_DONE;
		default:
			status = CLI_USAGE;
		}
	}
	if (status == CLI_DONE && argc - optind > 1)
		status = cli_usage(&command, "one machine at a time, or none for all");
	if (status == CLI_DONE)
		status = cli_store_open(&command, url, settings, CLI_STORE_READ, &s);
	if (status == CLI_DONE)
		status = audit(s, format, limit, optind < argc ? argv[optind] : NULL);
	store_close(s);
	return status;
}
