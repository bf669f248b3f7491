/* The status of a campaign for people: a table and a bar for each wave, what holds them up, and
 * whether it is over. */
#include "brief/brief.h"
#include "report/facts.h"
#include "report/human.h"
#include "report/lines.h"

enum { BAR = 40, WAVE_WIDTH = 18, STATE_WIDTH = 8 };

/* What a bar is drawn with, the best first: it grows from the left. */
static const struct {
	char sign;
	enum stage from; /* this stage and those above it, up to the one before */
	const char *says;
} signs[] = {
	{'#', STAGE_QUIET, "quiet"},
	{'=', STAGE_CLEANED, "cleaned or more"},
	{'-', STAGE_PATCHED, "patched"},
	{'r', STAGE_REBOOT_PENDING, "restart pending"},
};
enum { SIGNS = sizeof(signs) / sizeof(signs[0]) };

static size_t at_least(const struct wave_count *c, enum stage s)
{
	size_t n = 0;

	for (unsigned i = s; i < STAGES; i++)
		n += c->by_stage[i];
	return n;
}

/* A machine that is not there must not be seen there: shares are rounded down, and 1 of 1,000 still
 * shows as missing. */
static void draw_bar(const struct wave_count *c, char *text)
{
	unsigned at = 0;

	for (unsigned s = 0; s < SIGNS && c->n > 0; s++) {
		unsigned to = (unsigned)(at_least(c, signs[s].from) * BAR / c->n);

		while (at < to)
			text[at++] = signs[s].sign;
	}
	while (at < BAR)
		text[at++] = '.';
	text[at] = '\0';
}

static void head(const struct lines *l, const struct brief_status *s)
{
	const struct campaign *c = s->campaign;
	struct sentence t = {.len = 0};
	char clock[CLOCK_TEXT], n[COUNT_TEXT], left[COUNT_TEXT];
	size_t patched = at_least(&s->all, STAGE_PATCHED);
	enum tone tone = s->all.infected > 0 ? TONE_ALARM : TONE_HEAD;

	say(&t, "Campaign %s is %s: %s of %s machines are patched against %s, %zu are infected.",
	    c->id, c->state, count_format(patched, n), count_format(s->all.n, left), c->weakness,
	    s->all.infected);
	lines_text(l, tone, t.at);
	t.len = 0;
	say(&t, "One patch: %s. Since %s UTC.%s%s", c->patch[0] != '\0' ? c->patch : "not named",
	    clock_format(c->made_ns, clock), c->strategy[0] != '\0' ? " Strategy: " : "",
	    c->strategy);
	lines_text(l, TONE_PLAIN, t.at);
	if (s->all.n == 0)
		lines_text(l, TONE_PLAIN,
			   "Nobody is in it yet: quell campaign add ID inventory, then wave.");
}

static void row(const struct lines *l, const char *name, const char *state,
		const struct wave_count *c, enum tone tone)
{
	struct sentence t = {.len = 0};

	say(&t, "%-*.*s %-*s %8zu %7zu %7zu %7zu %7zu %7zu %7zu", WAVE_WIDTH, WAVE_WIDTH, name,
	    STATE_WIDTH, state, c->n, c->by_stage[STAGE_UNKNOWN] + c->by_stage[STAGE_EXPOSED],
	    c->by_stage[STAGE_REBOOT_PENDING], c->by_stage[STAGE_PATCHED],
	    at_least(c, STAGE_CLEANED) - c->by_stage[STAGE_QUIET], c->by_stage[STAGE_QUIET],
	    c->failed);
	lines_row(l, tone, t.at);
}

static void name_of(const struct brief_wave *w, char *text, size_t len)
{
	(void)snprintf(text, len, "%u %s", (unsigned)w->wave->num, w->wave->name);
}

static void table(const struct lines *l, const struct brief_status *s)
{
	struct sentence t = {.len = 0};
	char name[64];

	lines_head(l, "WAVES");
	say(&t, "%-*s %-*s %8s %7s %7s %7s %7s %7s %7s", WAVE_WIDTH, "WAVE", STATE_WIDTH, "STATE",
	    "MACHINES", "OPEN", "RESTART", "PATCHED", "CLEANED", "QUIET", "FAILED");
	lines_row(l, TONE_HEAD, t.at);
	for (size_t i = 0; i < s->n_waves; i++) {
		const struct brief_wave *w = &s->waves[i];

		name_of(w, name, sizeof(name));
		row(l, name, wave_state_name(w->wave->state), &w->count,
		    w->gate == GATE_STOP ? TONE_ALARM : TONE_PLAIN);
	}
	row(l, "all", "", &s->all, TONE_HEAD);
}

static void eta(const struct brief_wave *w, struct sentence *t)
{
	char span[SPAN_TEXT];

	if (w->eta_hours > 0)
		say(t, " All of it patched in about %s, at its pace so far.",
		    span_format((uint64_t)(w->eta_hours * 3600), span));
}

static const char *gate_word(enum gate g)
{
	static const char *const words[] = {"the gate is open", "the gate is shut", "STOP"};

	return words[(unsigned)g < 3 ? g : GATE_SHUT];
}

static void bars(const struct lines *l, const struct brief_status *s)
{
	struct sentence t = {.len = 0};
	char bar[BAR + 1], name[64];

	lines_head(l, "PROGRESS");
	for (size_t i = 0; i < s->n_waves; i++) {
		const struct brief_wave *w = &s->waves[i];

		t.len = 0;
		draw_bar(&w->count, bar);
		name_of(w, name, sizeof(name));
		say(&t, "%-*.*s [%s] %3.0f %% patched", WAVE_WIDTH, WAVE_WIDTH, name, bar,
		    w->count.n > 0 ? 100.0 * (double)at_least(&w->count, STAGE_PATCHED) /
					     (double)w->count.n
				   : 0);
		lines_row(l, TONE_PLAIN, t.at);
		t.len = 0;
		say(&t, "%s: %s.", gate_word(w->gate), w->gate_why);
		eta(w, &t);
		if (w->wave->state != WAVE_WAITING)
			lines_under(l, WAVE_WIDTH + 3, t.at);
	}
	t.len = 0;
	for (unsigned i = 0; i < SIGNS; i++)
		say(&t, "%c %s, ", signs[i].sign, signs[i].says);
	say(&t, ". open. Shares are rounded down.");
	lines_under(l, 2, t.at);
}

static void failures(const struct lines *l, const struct brief_status *s)
{
	struct sentence t = {.len = 0};
	char code[CAMPAIGN_CODE], n[COUNT_TEXT];

	if (s->all.n_codes == 0)
		return;
	lines_head(l, "FAILURES");
	for (size_t i = 0; i < s->all.n_codes; i++) {
		t.len = 0;
		say(&t, "%s machines", count_format(s->all.codes[i].n, n));
		lines_item(l, campaign_code(s->all.codes[i].code, code), t.at);
	}
}

static void contradictions(const struct lines *l, const struct brief_status *s)
{
	struct sentence t = {.len = 0};

	if (s->contradicted_in_all == 0)
		return;
	lines_head(l, "CONTRADICTIONS");
	for (size_t i = 0; i < s->n_contradicted; i++) {
		t.len = 0;
		say(&t, "%s: %s", s->contradicted[i].machine, s->contradicted[i].why);
		lines_under(l, 2, t.at);
	}
	if (s->n_contradicted < s->contradicted_in_all) {
		t.len = 0;
		say(&t, "and %zu more: quell campaign rest %s",
		    s->contradicted_in_all - s->n_contradicted, s->campaign->id);
		lines_under(l, 2, t.at);
	}
}

static void over(const struct lines *l, const struct brief_status *s)
{
	struct sentence t = {.len = 0};

	lines_head(l, "IS IT OVER?");
	if (!s->has_end) {
		lines_under(l, 2, "It cannot be said: no sensor has heard anything yet.");
		return;
	}
	if (s->hidden_why != NULL)
		say(&t,
		    "That no infected machine remains: at most %.0f %%, for how many were never "
		    "heard cannot be said. %s",
		    100 * s->end.p_none_high, s->hidden_why);
	else
		say(&t, "That no infected machine remains: %.0f %% (%.0f to %.0f %%).",
		    100 * s->end.p_none, 100 * s->end.p_none_low, 100 * s->end.p_none_high);
	lines_under(l, 2, t.at);
	lines_under(l, 2, s->end.why);
	if (s->end.raise[0] != '\0')
		lines_under(l, 2, s->end.raise);
}

enum rc brief_status_human(const struct brief_status *s, const struct report_style *style, FILE *to)
{
	struct lines l = lines_on(to, style);

	head(&l, s);
	if (s->n_waves > 0) {
		table(&l, s);
		bars(&l, s);
	} else if (s->all.n > 0) {
		lines_text(&l, TONE_PLAIN, "There are no waves yet: quell campaign wave ID.");
		table(&l, s);
	}
	failures(&l, s);
	contradictions(&l, s);
	over(&l, s);
	return ferror(to) != 0 ? RC_IO : RC_OK;
}
