/* page_html - one machine to print: mark, check, result, and how to correct it. */
#include <string.h>

#include "picture/html.h"
#include "picture/site.h"
#include "picture/words.h"
#include "report/facts.h"
#include "report/human.h"

static const char *class_of_state(enum patch_state s)
{
	static const char *const classes[PATCH_STATES] = {
		[PATCH_EFFECTIVE] = "m m-good",    [PATCH_PENDING] = "m m-warn",
		[PATCH_MISSING] = "m m-bad",       [PATCH_UNKNOWN] = "m m-unknown",
		[PATCH_NOT_AFFECTED] = "m m-none",
	};

	return classes[s];
}

void html_state(struct ink *i, enum patch_state s)
{
	static const char *const words[PATCH_STATES] = {
		[PATCH_EFFECTIVE] = "effective",       [PATCH_PENDING] = "restart",
		[PATCH_MISSING] = "missing",           [PATCH_UNKNOWN] = "unknown",
		[PATCH_NOT_AFFECTED] = "not affected",
	};

	ink_element(i, "span", class_of_state(s), words[s]);
}

void html_mark(struct ink *i, enum mark m)
{
	static const char *const words[MARKS] = {
		[MARK_FAIL] = "fail", [MARK_WARN] = "warn",          [MARK_UNKNOWN] = "unknown",
		[MARK_PASS] = "pass", [MARK_NOT_APPLICABLE] = "n/a",
	};
	static const char *const classes[MARKS] = {
		[MARK_FAIL] = "m m-bad",
		[MARK_WARN] = "m m-warn",
		[MARK_UNKNOWN] = "m m-unknown",
		[MARK_PASS] = "m m-good",
		[MARK_NOT_APPLICABLE] = "m m-none",
	};

	ink_element(i, "span", classes[m], words[m]);
}

void html_wrong(struct ink *i, enum wrong_kind k)
{
	bool is_bad = k == WRONG_SIGN_STRONG || k == WRONG_MISSING_LOOSE || k == WRONG_MISSING ||
		      k == WRONG_FAIL;

	ink_element(i, "span", is_bad ? "m m-bad" : "m m-warn", wrong_label(k));
}

static void pair(struct ink *i, const char *label, const char *text)
{
	if (told(text)[0] == '\0')
		return;
	ink_element(i, "dt", NULL, label);
	ink_element(i, "dd", NULL, text);
}

static void heading(struct ink *i, const struct picture_options *opt,
		    const struct picture_machine *m)
{
	enum patch_state s = state_of(opt, m, NULL);
	char text[ADDR_TEXT], answer[STEP_TEXT], step[STEP_TEXT], clock[CLOCK_TEXT], age[AGE_TEXT];
	struct sentence when = {.len = 0};

	ink_element(i, "h1", NULL, called(m, text));
	ink_element(i, "p",
		    s == PATCH_MISSING                         ? "answer alarm"
		    : s == PATCH_PENDING || s == PATCH_UNKNOWN ? "answer warn"
							       : "answer head",
		    state_say(opt, m, answer));
	if (m->verdict == VERDICT_INFECTED)
		ink_element(i, "p", "answer alarm", "This machine is infected.");
	ink_raw(i, "<dl>");
	pair(i, "id", m->id);
	pair(i, "address", addr_is_zero(&m->addr) ? "" : addr_format(&m->addr, text));
	pair(i, "what", os_of(m));
	pair(i, "user", m->user);
	pair(i, "where", m->place);
	pair(i, "owner", m->owner);
	if (m->at_ns != 0) {
		say(&when, "%s UTC", clock_format(m->at_ns, clock));
		if (opt->at_ns != 0)
			say(&when, ", %s", age_format(m->at_ns, opt->at_ns, age));
	}
	pair(i, "assessed", when.at);
	pair(i, "how", m->how);
	pair(i, "next", next_step(opt, m, step));
	ink_raw(i, "</dl>\n");
}

static void line(struct ink *i, const char *before, const char *text)
{
	if (told(text)[0] == '\0')
		return;
	ink_raw(i, "<br><span class=\"how\">");
	ink_raw(i, before);
	ink_text(i, text);
	ink_raw(i, "</span>");
}

static void put_patch(struct ink *i, const struct picture_options *opt,
		      const struct judged_patch *p)
{
	bool is_open = p->state == PATCH_MISSING || p->state == PATCH_PENDING;

	ink_raw(i, is_open && weakness_is_loose(opt, p->weakness)
			   ? "<tr class=\"loose\"><td class=\"tag\">"
			   : "<tr><td class=\"tag\">");
	html_state(i, p->state);
	ink_raw(i, "</td><td>");
	ink_element(i, "strong", NULL, p->weakness->id);
	line(i, "", p->weakness->title);
	ink_raw(i, "</td><td>");
	ink_text(i, p->why);
	line(i, "Sources disagree: ", p->conflict);
	line(i, "It cannot be reached: ", p->remedy);
	ink_raw(i, "</td><td>");
	if (is_open)
		ink_text(i, p->kbs);
	ink_raw(i, "</td></tr>\n");
}

static void patches(struct ink *i, const struct picture_options *opt, const struct judged *j)
{
	static const enum patch_state order[] = {PATCH_MISSING, PATCH_PENDING, PATCH_UNKNOWN,
						 PATCH_EFFECTIVE, PATCH_NOT_AFFECTED};

	ink_element(i, "h2", NULL, "Patches");
	ink_raw(i, "<table><thead><tr><th class=\"tag\">Mark</th><th>Weakness</th><th>Result</th>"
		   "<th>Install</th></tr></thead><tbody>\n");
	for (size_t o = 0; o < PATCH_STATES; o++)
		for (size_t p = 0; p < j->n_patches; p++)
			if (j->patches[p].state == order[o] &&
			    weakness_is_shown(opt, j->patches[p].weakness))
				put_patch(i, opt, &j->patches[p]);
	ink_raw(i, "</tbody></table>\n");
}

static void signs(struct ink *i, const struct judged *j)
{
	if (j->n_signs == 0)
		return;
	ink_element(i, "h2", NULL, "Signs of tampering");
	ink_raw(i, "<table><tbody>\n");
	for (int strong = 1; strong >= 0; strong--)
		for (size_t s = 0; s < j->n_signs; s++) {
			if (j->signs[s].is_strong != (strong == 1))
				continue;
			ink_raw(i, strong == 1 ? "<tr class=\"loose\"><td class=\"tag\"><span "
						 "class=\"m m-bad\">strong</span></td>"
					       : "<tr><td class=\"tag\"><span class=\"m m-warn\">"
						 "weak</span></td>");
			ink_element(i, "td", NULL,
				    told(j->signs[s].why)[0] != '\0' ? j->signs[s].why
								     : j->signs[s].id);
			ink_raw(i, "</tr>\n");
		}
	ink_raw(i, "</tbody></table>\n");
}

static void put_check(struct ink *i, const struct judged_check *c)
{
	bool is_bad = c->mark == MARK_FAIL || c->mark == MARK_WARN;
	char doors[DOORS_TEXT];

	ink_raw(i, "<tr><td class=\"tag\">");
	html_mark(i, c->mark);
	ink_raw(i, "</td><td>");
	ink_element(i, "strong", NULL, c->check->title);
	if (is_bad) {
		line(i, "", c->why);
		line(i, "Door it closes: ", doors_say(c->check, doors));
	}
	ink_raw(i, "</td><td>");
	ink_text(i, told(c->value)[0] != '\0' || c->mark != MARK_UNKNOWN ? c->value : c->why);
	line(i, "wanted ", is_bad ? c->wanted : "");
	ink_raw(i, "</td><td>");
	if (is_bad)
		ink_text(i, c->check->correct);
	ink_raw(i, "</td></tr>\n");
}

static void checks(struct ink *i, const struct judged *j)
{
	ink_element(i, "h2", NULL, "Policy and protection");
	ink_raw(i, "<table><thead><tr><th class=\"tag\">Mark</th><th>Check</th><th>Result</th>"
		   "<th>How to correct</th></tr></thead><tbody>\n");
	for (unsigned m = 0; m < MARKS; m++)
		for (size_t c = 0; c < j->n_checks; c++)
			if (j->checks[c].mark == (enum mark)m)
				put_check(i, &j->checks[c]);
	ink_raw(i, "</tbody></table>\n");
}

static void scanned(struct ink *i, const struct picture_options *opt, const struct posture *p)
{
	struct source list[SOURCES];
	unsigned n = sources_of(p, list);
	char clock[CLOCK_TEXT], age[AGE_TEXT];

	ink_element(i, "h2", NULL, "What was scanned");
	ink_raw(i, "<table><thead><tr><th>Source</th><th class=\"n\">Answers</th>"
		   "<th class=\"n\">Not readable</th><th>When (UTC)</th><th>Age</th></tr></thead>"
		   "<tbody>\n");
	for (unsigned s = 0; s < n; s++) {
		bool has_age = opt->at_ns != 0 && list[s].last_ns != 0;

		ink_raw(i, "<tr>");
		ink_element(i, "td", NULL, source_words(list[s].by));
		ink_count(i, "td", "n", list[s].n - list[s].n_unreadable);
		ink_count(i, "td", "n", list[s].n_unreadable);
		ink_element(i, "td", NULL, clock_format(list[s].last_ns, clock));
		ink_element(i, "td", NULL,
			    has_age ? age_format(list[s].last_ns, opt->at_ns, age) : "");
		ink_raw(i, "</tr>\n");
	}
	ink_raw(i, "</tbody></table>\n");
}

enum rc page_html(const struct picture_options *opt, const struct picture_machine *m)
{
	struct ink i = {.to = opt->to};
	char title[STEP_TEXT], text[ADDR_TEXT];

	(void)snprintf(title, sizeof(title), "quell: %s", called(m, text));
	ink_begin(&i, title);
	heading(&i, opt, m);
	if (m->judged != NULL) {
		signs(&i, m->judged);
		patches(&i, opt, m->judged);
		if (opt->only == NULL && m->judged->n_checks > 0)
			checks(&i, m->judged);
		scanned(&i, opt, m->judged->posture);
	}
	ink_end(&i);
	return i.is_bad ? RC_NOMEM : stream_done(opt->to);
}
