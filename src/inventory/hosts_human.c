/*
 * human of the inventory - a table whose columns are as wide as what is in them.
 *
 * Widths are taken from the first SAMPLE rows, so that a hundred thousand more need no memory.
 * What nobody has gets no column, and what does not fit the terminal is cut or left out, least
 * important first: `quell hosts show` and the other formats have it all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "inventory/hosts.h"
#include "report/facts.h"
#include "report/lines.h"

enum { SAMPLE = 256, CELL = 160, GAP = 2, INDENT = 2 };

enum column {
	COL_VERDICT,
	COL_NAME,
	COL_ADDR,
	COL_MAC,
	COL_USER,
	COL_OS,
	COL_PLACE,
	COL_IMPORTANCE,
	COL_TAGS,
	COL_SEEN,
	COLUMNS
};

static const struct {
	const char *head;
	unsigned least, most; /* characters; least 0: cut not at all */
	unsigned keep;        /* columns with the lowest go first; 0: stays */
} columns[COLUMNS] = {
	[COL_VERDICT] = {"VERDICT", 0, 11, 0}, [COL_NAME] = {"MACHINE", 12, 32, 0},
	[COL_ADDR] = {"ADDRESS", 0, 39, 0},    [COL_MAC] = {"MAC", 0, 17, 5},
	[COL_USER] = {"USER", 10, 28, 6},      [COL_OS] = {"OS", 10, 28, 3},
	[COL_PLACE] = {"PLACE", 10, 40, 4},    [COL_IMPORTANCE] = {"IMP", 0, 3, 2},
	[COL_TAGS] = {"TAGS", 6, 20, 1},       [COL_SEEN] = {"LAST HEARD (UTC)", 0, 16, 0},
};

struct line {
	char cells[COLUMNS][CELL];
	enum verdict verdict;
};

struct table {
	const struct hosts_head *head;
	struct lines lines;
	struct line *held; /* SAMPLE of them, until the widths are known */
	size_t n_held;
	bool is_laid_out;
	unsigned widths[COLUMNS]; /* 0: left out */
	uint64_t n_rows, by_verdict[VERDICTS];
};

static unsigned chars(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static unsigned total_width(const struct table *t)
{
	unsigned sum = INDENT;

	for (unsigned c = 0; c < COLUMNS; c++)
		sum += t->widths[c] > 0 ? t->widths[c] + GAP : 0;
	return sum - GAP;
}

static void measure(struct table *t)
{
	for (unsigned c = 0; c < COLUMNS; c++) {
		unsigned widest = 0;

		for (size_t i = 0; i < t->n_held; i++) {
			unsigned n = chars(t->held[i].cells[c]);

			widest = n > widest ? n : widest;
		}
		if (widest > 0 && widest < chars(columns[c].head))
			widest = chars(columns[c].head);
		t->widths[c] = widest < columns[c].most ? widest : columns[c].most;
	}
}

/* The widest of those that can be cut; COLUMNS: there is none. */
static unsigned widest_that_gives(const struct table *t)
{
	unsigned best = COLUMNS;

	for (unsigned c = 0; c < COLUMNS; c++) {
		if (columns[c].least > 0 && t->widths[c] > columns[c].least &&
		    (best == COLUMNS || t->widths[c] > t->widths[best]))
			best = c;
	}
	return best;
}

static unsigned least_important(const struct table *t)
{
	unsigned best = COLUMNS;

	for (unsigned c = 0; c < COLUMNS; c++) {
		if (t->widths[c] > 0 && columns[c].keep > 0 &&
		    (best == COLUMNS || columns[c].keep < columns[best].keep))
			best = c;
	}
	return best;
}

static void lay_out(struct table *t)
{
	measure(t);
	while (total_width(t) > t->lines.width) {
		unsigned c = widest_that_gives(t);

		if (c < COLUMNS) {
			t->widths[c]--;
			continue;
		}
		c = least_important(t);
		if (c == COLUMNS)
			break; /* a very narrow terminal: the lines are cut */
		measure(t);
		for (unsigned gone = 0; gone < COLUMNS; gone++) {
			if (columns[gone].keep > 0 && columns[gone].keep <= columns[c].keep)
				t->widths[gone] = 0;
		}
	}
	t->is_laid_out = true;
}

/* Padded to `width` characters, or cut with a mark that it was. */
static void put_cell(struct sentence *s, const char *text, unsigned width)
{
	unsigned n = chars(text), kept = 0;

	if (n <= width) {
		say(s, "%s%*s", text, (int)(width - n), "");
		return;
	}
	for (const char *at = text; *at != '\0'; at++) {
		bool begins = ((unsigned char)*at & 0xc0) != 0x80;

		if (begins && kept == width - 1)
			break;
		kept += begins;
		say(s, "%c", *at);
	}
	say(s, "\xe2\x80\xa6");
}

static void put_line(const struct table *t, const struct line *l, enum tone tone)
{
	struct sentence s = {.len = 0};

	for (unsigned c = 0; c < COLUMNS; c++) {
		if (t->widths[c] == 0)
			continue;
		if (s.len > 0)
			say(&s, "%*s", GAP, "");
		put_cell(&s, l != NULL ? l->cells[c] : columns[c].head, t->widths[c]);
	}
	lines_row(&t->lines, tone, s.at);
}

static enum tone tone_of(enum verdict v)
{
	return v == VERDICT_INFECTED ? TONE_ALARM : v == VERDICT_SUSPECTED ? TONE_WARN : TONE_PLAIN;
}

static void put_held(struct table *t)
{
	if (t->n_held == 0)
		return;
	if (!t->is_laid_out) {
		lay_out(t);
		put_line(t, NULL, TONE_HEAD);
	}
	for (size_t i = 0; i < t->n_held; i++)
		put_line(t, &t->held[i], tone_of(t->held[i].verdict));
	t->n_held = 0;
}

static void fill(struct line *l, enum column c, const char *text)
{
	(void)text_printable(text, l->cells[c], CELL);
}

static void fill_user(struct line *l, const struct store_row *r)
{
	char text[CELL];

	if (r->user[0] == '\0')
		return;
	(void)snprintf(text, sizeof(text), "%.*s%s", CELL - 2, r->user,
		       r->user_probability < 0.5 ? "?" : "");
	fill(l, COL_USER, text);
}

static enum rc begin(const struct hosts_head *head, void **ret_state)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t != NULL)
		t->held = calloc(SAMPLE, sizeof(*t->held));
	if (t == NULL || t->held == NULL) {
		free(t);
		return RC_NOMEM;
	}
	t->head = head;
	t->lines = (struct lines){head->to, head->style.width, head->style.color};
	*ret_state = t;
	return RC_OK;
}

static enum rc row(void *state, const struct store_row *r)
{
	struct table *t = state;
	struct line *l = &t->held[t->n_held];
	char text[ADDR_TEXT], at[TEXT_TIME];

	memset(l, 0, sizeof(*l));
	l->verdict = r->verdict;
	fill(l, COL_VERDICT, verdict_name(r->verdict));
	fill(l, COL_NAME, r->name[0] != '\0' ? r->name : r->fqdn[0] != '\0' ? r->fqdn : r->id);
	fill(l, COL_ADDR, addr_is_zero(&r->addr) ? "" : addr_format(&r->addr, text));
	fill(l, COL_MAC, r->has_mac ? mac_format(&r->mac, text) : "");
	fill_user(l, r);
	fill(l, COL_OS, r->os);
	fill(l, COL_PLACE, r->place);
	fill(l, COL_TAGS, r->tags);
	if (r->importance > 0)
		(void)snprintf(l->cells[COL_IMPORTANCE], CELL, "%u", r->importance);
	if (r->last_ns > 0) {
		text_time(r->last_ns, at);
		(void)snprintf(l->cells[COL_SEEN], CELL, "%.10s %.5s", at, at + 11);
	}
	t->n_held++;
	t->n_rows++;
	t->by_verdict[r->verdict < VERDICTS ? r->verdict : VERDICT_NO_EVIDENCE]++;
	if (t->is_laid_out || t->n_held == SAMPLE)
		put_held(t);
	return ferror(t->head->to) != 0 ? RC_IO : RC_OK;
}

/* "3 infected, 1 suspected", worst first; nothing is not worth a word. */
static void say_verdicts(struct sentence *s, const struct table *t)
{
	char count[COUNT_TEXT];
	const char *before = ": ";

	for (unsigned v = VERDICTS; v-- > VERDICT_TARGETED;) {
		if (t->by_verdict[v] == 0)
			continue;
		say(s, "%s%s %s", before, count_format(t->by_verdict[v], count),
		    verdict_name((enum verdict)v));
		before = ", ";
	}
}

static void foot(const struct table *t, uint64_t total)
{
	struct sentence s = {.len = 0};
	char shown[COUNT_TEXT], all[COUNT_TEXT];
	struct lines l = lines_on(t->head->to, &t->head->style);

	if (total > t->n_rows)
		say(&s, "%s of %s machines", count_format(t->n_rows, shown),
		    count_format(total, all));
	else
		say(&s, "%s machine%s", count_format(total, all), total == 1 ? "" : "s");
	say_verdicts(&s, t);
	say(&s, ".");
	if (total > t->n_rows && t->head->limit > 0)
		say(&s, " --limit shows more.");
	fputc('\n', t->head->to);
	lines_text(&l, TONE_PLAIN, s.at);
}

static enum rc end(void *state, uint64_t total)
{
	struct table *t = state;
	FILE *to = t->head->to;

	put_held(t);
	if (t->n_rows > 0)
		foot(t, total);
	else if (t->head->filter[0] == '\0')
		fputs("No machines are kept here yet.\n", to);
	else
		fputs("No machine is like that.\n", to);
	return fflush(to) == EOF || ferror(to) != 0 ? RC_IO : RC_OK;
}

static void table_free(void *state)
{
	struct table *t = state;

	if (t == NULL)
		return;
	free(t->held);
	free(t);
}

const struct hosts_writer hosts_human = {begin, row, end, table_free};
