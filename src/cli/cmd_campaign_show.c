/* list, status, rest, log, verify-log: what is shown of campaigns. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "campaign/journal.h"
#include "cli/campaign.h"
#include "desk/status.h"
#include "report/cells.h"
#include "report/facts.h"
#include "report/human.h"
#include "report/pen.h"

enum { SHOWN = 1024 };

static int out_failed(enum rc rc)
{
	(void)cli_usage(&cli_campaign, "standard output: %s",
			rc == RC_IO ? strerror(errno) : rc_str(rc));
	return CLI_FAILED;
}

/* --- list --- */

struct listing {
	struct campaign_work *w;
	enum cli_format format;
	struct pen pen;
	struct cells cells;
	size_t n;
	enum rc rc;
	bool is_store;
};

static size_t patched_of(const struct wave_count *c)
{
	size_t n = 0;

	for (unsigned s = STAGE_PATCHED; s < STAGES; s++)
		n += c->by_stage[s];
	return n;
}

static void list_human(const struct campaign *c, const struct wave_count *n)
{
	char clock[CLOCK_TEXT];

	printf("%s\n    %s UTC  %s  %s with %s  %zu machines, %zu patched, %zu infected, %zu "
	       "quiet\n",
	       c->id, clock_format(c->made_ns, clock), c->state, c->weakness, c->patch, n->n,
	       patched_of(n), n->infected, n->by_stage[STAGE_QUIET]);
}

static void list_json(struct pen *p, const struct campaign *c, const struct wave_count *n)
{
	const struct {
		const char *key, *text;
	} texts[] = {{"id", c->id},
		     {"state", c->state},
		     {"weakness", c->weakness},
		     {"patch", c->patch},
		     {"strategy", c->strategy}};
	const struct {
		const char *key;
		size_t n;
	} numbers[] = {{"machines", n->n},
		       {"patched", patched_of(n)},
		       {"infected", n->infected},
		       {"quiet", n->by_stage[STAGE_QUIET]}};

	pen_line(p);
	pen_open(p, '{');
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		pen_key(p, texts[i].key);
		pen_text(p, texts[i].text);
	}
	pen_key(p, "made");
	pen_time(p, c->made_ns);
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		pen_key(p, numbers[i].key);
		pen_number(p, numbers[i].n);
	}
	pen_close(p, '}');
}

static enum rc list_csv(struct cells *to, const struct campaign *c, const struct wave_count *n)
{
	cell_text(to, c->id);
	cell_text(to, c->state);
	cell_text(to, c->weakness);
	cell_text(to, c->patch);
	cell_text(to, c->strategy);
	cell_time(to, c->made_ns);
	cell_number(to, n->n);
	cell_number(to, patched_of(n));
	cell_number(to, n->infected);
	cell_number(to, n->by_stage[STAGE_QUIET]);
	return cells_end(to);
}

static bool list_one(void *ctx, const struct campaign *head)
{
	struct listing *l = ctx;
	struct desk_campaign *c = NULL;
	struct wave_count n;

	l->rc = desk_campaign_open(l->w->store, head->id, &c);
	if (l->rc != RC_OK) {
		l->is_store = true;
		return false;
	}
	desk_status_count(c, 0, &n);
	l->n++;
	if (l->format == CLI_JSON)
		list_json(&l->pen, head, &n);
	else if (l->format == CLI_CSV)
		l->rc = list_csv(&l->cells, head, &n);
	else
		list_human(head, &n);
	desk_campaign_close(c);
	return l->rc == RC_OK;
}

static void begin_json(struct pen *p, const char *schema, const char *list)
{
	p->to = stdout;
	pen_open(p, '{');
	pen_line(p);
	pen_key(p, "schema");
	pen_text(p, schema);
	pen_line(p);
	pen_key(p, list);
	pen_open(p, '[');
}

static enum rc end_json(struct pen *p)
{
	pen_close(p, ']');
	pen_close(p, '}');
	return pen_done(p) == RC_OK && putchar('\n') != EOF ? RC_OK : RC_IO;
}

int campaign_list(struct campaign_work *w)
{
	struct listing l = {.w = w, .format = w->rq->format, .cells = {.to = stdout}};
	enum rc rc = RC_OK;

	if (l.format == CLI_JSON)
		begin_json(&l.pen, "quell.campaigns/1", "campaigns");
	if (l.format == CLI_CSV)
		fputs("id,state,weakness,patch,strategy,made,machines,patched,infected,quiet\r\n",
		      stdout);
	rc = store_campaigns(w->store, NULL, list_one, &l);
	if (rc != RC_OK || l.is_store)
		return campaign_failed(w, rc != RC_OK ? rc : l.rc);
	if (l.rc == RC_OK && l.format == CLI_JSON)
		l.rc = end_json(&l.pen);
	if (l.format == CLI_HUMAN && l.n == 0)
		puts("No campaign yet. Try: quell campaign new stop-worm --for ms08-067");
	return l.rc == RC_OK ? CLI_DONE : out_failed(l.rc);
}

/* --- status, rest --- */

int campaign_status(struct campaign_work *w)
{
	const struct report_style style = cli_style();
	struct desk_status *s = NULL;
	enum rc rc = desk_status(w->c, w->by.at_ns, &s);

	if (rc != RC_OK || s == NULL)
		return campaign_failed(w, rc);
	if (w->rq->format == CLI_JSON)
		rc = brief_status_json(&s->brief, stdout);
	else if (w->rq->format == CLI_CSV)
		rc = brief_status_csv(&s->brief, stdout);
	else
		rc = brief_status_human(&s->brief, &style, stdout);
	desk_status_free(s);
	return rc == RC_OK ? CLI_DONE : out_failed(rc);
}

int campaign_rest(struct campaign_work *w)
{
	const struct report_style style = cli_style();
	struct desk_orders *o = NULL;
	enum rc rc = desk_orders(w->c, w->by.at_ns, w->rq->is_all, &o);

	if (rc != RC_OK || o == NULL)
		return campaign_failed(w, rc);
	if (w->rq->format == CLI_JSON)
		rc = brief_orders_json(&o->brief, stdout);
	else if (w->rq->format == CLI_CSV)
		rc = brief_orders_csv(&o->brief, stdout);
	else
		rc = brief_orders_human(&o->brief, &style, stdout);
	desk_orders_free(o);
	return rc == RC_OK ? CLI_DONE : out_failed(rc);
}

/* --- log --- */

struct logging {
	const char *machine; /* NULL: all */
	enum cli_format format;
	struct pen pen;
	struct cells cells;
	enum rc rc;
};

static void hex(const uint8_t *hash, char *text)
{
	for (unsigned i = 0; i < JOURNAL_HASH; i++)
		(void)snprintf(text + (size_t)2 * i, 3, "%02x", hash[i]);
}

static void log_human(const struct journal_line *l)
{
	char at[TEXT_TIME], who[SHOWN], text[SHOWN], machine[SHOWN];

	text_time(l->at_ns, at);
	(void)text_printable(l->who, who, sizeof(who));
	(void)text_printable(l->text, text, sizeof(text));
	(void)text_printable(l->machine, machine, sizeof(machine));
	printf("%6llu  %.10s %.8s  %s  %s%s%s%s%s\n        by %s\n", (unsigned long long)l->num, at,
	       at + 11, l->act, machine, machine[0] != '\0' ? "  " : "", text,
	       l->campaign[0] == '\0' ? "" : "  of ", l->campaign, who);
}

static void log_json(struct pen *p, const struct journal_line *l)
{
	char hash[2 * JOURNAL_HASH + 1];
	const struct {
		const char *key, *text;
	} texts[] = {{"campaign", l->campaign}, {"who", l->who},   {"act", l->act},
		     {"machine", l->machine},   {"text", l->text}, {"hash", hash}};

	hex(l->hash, hash);
	pen_line(p);
	pen_open(p, '{');
	pen_key(p, "num");
	pen_number(p, l->num);
	pen_key(p, "at");
	pen_time(p, l->at_ns);
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		pen_key(p, texts[i].key);
		pen_text(p, texts[i].text);
	}
	pen_close(p, '}');
}

static bool log_one(void *ctx, const struct journal_line *l)
{
	struct logging *g = ctx;
	char hash[2 * JOURNAL_HASH + 1];

	if (g->machine != NULL && strcmp(l->machine, g->machine) != 0)
		return true;
	if (g->format == CLI_JSON) {
		log_json(&g->pen, l);
	} else if (g->format == CLI_CSV) {
		hex(l->hash, hash);
		cell_number(&g->cells, l->num);
		cell_time(&g->cells, l->at_ns);
		cell_text(&g->cells, l->campaign);
		cell_text(&g->cells, l->who);
		cell_text(&g->cells, l->act);
		cell_text(&g->cells, l->machine);
		cell_text(&g->cells, l->text);
		cell_text(&g->cells, hash);
		g->rc = cells_end(&g->cells);
	} else {
		log_human(l);
	}
	return g->rc == RC_OK && ferror(stdout) == 0;
}

int campaign_log(struct campaign_work *w)
{
	const struct campaign_request *rq = w->rq;
	struct logging g = {.format = rq->format, .cells = {.to = stdout}};
	char id[MACHINE_ID];
	int status = CLI_DONE;
	enum rc rc = RC_OK;

	if (rq->n_words > 1) {
		status = cli_find(&cli_campaign, w->store, rq->words[1], id);
		if (status != CLI_DONE)
			return status;
		g.machine = id;
	}
	if (g.format == CLI_JSON)
		begin_json(&g.pen, "quell.journal/1", "lines");
	if (g.format == CLI_CSV)
		fputs("num,at,campaign,who,act,machine,text,hash\r\n", stdout);
	rc = store_journal(w->store, rq->n_words > 0 ? rq->words[0] : NULL, log_one, &g);
	if (rc != RC_OK)
		return campaign_failed(w, rc);
	if (g.rc == RC_OK && g.format == CLI_JSON)
		g.rc = end_json(&g.pen);
	return g.rc == RC_OK ? CLI_DONE : out_failed(g.rc);
}

/* --- verify-log --- */

static bool verify_one(void *ctx, const struct journal_line *l)
{
	return journal_verify(ctx, l);
}

int campaign_verify_log(struct campaign_work *w)
{
	struct journal_check check = {.n = 0};
	char last[2 * JOURNAL_HASH + 1];
	enum rc rc = store_journal(w->store, NULL, verify_one, &check);

	if (rc != RC_OK)
		return campaign_failed(w, rc);
	hex(check.last, last);
	if (check.err[0] != '\0') {
		(void)cli_usage(&cli_campaign, "the journal is not as it was written: %s",
				check.err);
		printf("%llu lines before it are whole; the last of them has %s\n",
		       (unsigned long long)check.n, last);
		return CLI_FAILED;
	}
	printf("%llu lines, and each follows from the one before. The last one has\n%s\n"
	       "Note down both, elsewhere: they show whether lines are missing at the end.\n",
	       (unsigned long long)check.n, last);
	return CLI_DONE;
}
