/*
 * html of the picture - one file to print: the answer, tables, the worst machines, and last a list
 * to walk with, of the machines at which something is to be done.
 *
 * The totals come first on paper, so that list waits in memory until they are known; it is cut at
 * LIST_MOST machines, and says so: longer ones are for a spreadsheet.
 */
#include "picture/html.h"

#include <stdlib.h>
#include <string.h>

#include "picture/site.h"
#include "picture/words.h"
#include "report/facts.h"
#include "report/human.h"

enum { LIST_MOST = 2000, CELL_MOST = 128 };

struct out {
	struct ink list; /* rows of the list, in `text` */
	char *text;
	size_t len;
	uint64_t n_listed, n_left_out;
};

static void out_free(void *state)
{
	struct out *o = state;

	if (o == NULL)
		return;
	if (o->list.to != NULL)
		fclose(o->list.to);
	free(o->text);
	free(o);
}

static enum rc begin(struct picture *p)
{
	struct out *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return RC_NOMEM;
	p->state = o;
	o->list.to = open_memstream(&o->text, &o->len);
	return o->list.to == NULL ? RC_NOMEM : RC_OK;
}

/* --- the list to walk with --- */

/* Its name, and its address below. */
static void put_name(struct ink *i, const struct picture_machine *m)
{
	char cut[CELL_MOST], text[ADDR_TEXT];

	(void)snprintf(cut, sizeof(cut), "%s", called(m, text));
	ink_raw(i, "<td>");
	ink_element(i, "strong", NULL, cut);
	if (m->verdict == VERDICT_INFECTED)
		ink_raw(i, " <span class=\"m m-bad\">infected</span>");
	if (told(m->name)[0] != '\0' && !addr_is_zero(&m->addr)) {
		ink_raw(i, "<br>");
		ink_element(i, "span", "how", addr_format(&m->addr, text));
	}
	ink_raw(i, "</td>");
}

static void put_person(struct ink *i, const struct picture_machine *m)
{
	const char *const texts[] = {told(m->user), told(m->owner), told(m->place)};
	struct sentence s = {.len = 0};

	for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++)
		if (texts[t][0] != '\0')
			say(&s, "%s%.*s", s.len > 0 ? ", " : "", CELL_MOST, texts[t]);
	ink_element(i, "td", NULL, s.at);
}

static enum rc add(struct picture *p, const struct picture_machine *m)
{
	struct out *o = p->state;
	struct ink *i = &o->list;
	enum patch_state s = state_of(&p->opt, m, NULL);
	char step[STEP_TEXT];

	if (s == PATCH_EFFECTIVE || s == PATCH_NOT_AFFECTED)
		return RC_OK;
	if (o->n_listed == LIST_MOST) {
		o->n_left_out++;
		return RC_OK;
	}
	o->n_listed++;
	ink_raw(i, "<tr><td><span class=\"box\"></span></td>");
	put_name(i, m);
	put_person(i, m);
	ink_raw(i, "<td class=\"tag\">");
	html_state(i, s);
	ink_raw(i, "</td>");
	ink_element(i, "td", NULL, next_step(&p->opt, m, step));
	ink_raw(i, "</tr>\n");
	return i->is_bad || ferror(i->to) != 0 ? RC_NOMEM : RC_OK;
}

static enum rc put_list(struct ink *i, struct out *o)
{
	struct sentence s = {.len = 0};
	char count[COUNT_TEXT];

	if (o->n_listed == 0)
		return RC_OK;
	if (fflush(o->list.to) == EOF)
		return RC_NOMEM;
	ink_raw(i, "<section class=\"list\">");
	ink_element(i, "h2", NULL, "List: machines at which something is to be done");
	ink_raw(i, "<table><thead><tr><th>Done</th><th>Machine</th>"
		   "<th>Who and where</th><th class=\"tag\">Patches</th><th>Next</th></tr></thead>"
		   "<tbody>\n");
	ink_raw(i, o->text);
	ink_raw(i, "</tbody></table>");
	if (o->n_left_out > 0) {
		say(&s, "And %s more: quell assess -o csv lists them all.",
		    count_format(o->n_left_out, count));
		ink_element(i, "p", NULL, s.at);
	}
	ink_raw(i, "</section>\n");
	return RC_OK;
}

/* --- what comes before --- */

static void put_answer(struct ink *i, const struct picture *p)
{
	static const char *const classes[] = {"answer", "answer head", "answer alarm",
					      "answer warn"};
	struct sentence answer = {.len = 0}, loud = {.len = 0}, by = {.len = 0};
	enum tone tone = words_answer(&p->opt, p->tally, &answer);
	char clock[CLOCK_TEXT];

	ink_element(i, "h1", NULL, "Are the machines patched?");
	if (p->opt.at_ns != 0)
		say(&by, "As of %s UTC. ", clock_format(p->opt.at_ns, clock));
	if (p->opt.only != NULL)
		say(&by, "Only %s was looked for.", p->opt.only);
	ink_element(i, "p", "by", by.at);
	ink_element(i, "p", classes[tone], answer.at);
	words_tampered(p->tally, &loud);
	if (loud.len > 0)
		ink_element(i, "p", "answer alarm", loud.at);
}

static void put_bar(struct ink *i, const struct tally_weakness *w, uint64_t all)
{
	static const enum patch_state order[] = {PATCH_MISSING, PATCH_PENDING, PATCH_UNKNOWN,
						 PATCH_EFFECTIVE, PATCH_NOT_AFFECTED};

	ink_raw(i, "<td><span class=\"bar\">");
	for (size_t s = 0; s < PATCH_STATES && all > 0; s++) {
		uint64_t permille = (w->n[order[s]] * 1000 + all / 2) / all;

		if (w->n[order[s]] == 0)
			continue;
		permille = permille == 0 ? 1 : permille; /* one machine shows, too */
		fprintf(i->to, "<i class=\"b-%s\" style=\"width:%u.%u%%\"></i>",
			patch_state_name(order[s]), (unsigned)(permille / 10),
			(unsigned)(permille % 10));
	}
	ink_raw(i, "</span></td>");
}

static void put_weakness(struct ink *i, const struct tally *t, const struct tally_weakness *w)
{
	ink_raw(i, w->is_loose ? "<tr class=\"loose\"><td>" : "<tr><td>");
	ink_element(i, "strong", NULL, w->weakness->id);
	if (w->is_loose)
		ink_raw(i, " <span class=\"m m-bad\">is about</span>");
	ink_raw(i, "<br>");
	ink_element(i, "span", "how", w->weakness->title);
	ink_raw(i, "</td>");
	put_bar(i, w, t->machines);
	for (unsigned s = 0; s < PATCH_STATES; s++)
		ink_count(i, "td", s == PATCH_MISSING && w->n[s] > 0 ? "n bad" : "n", w->n[s]);
	ink_raw(i, "</tr>\n");
}

static enum rc put_weaknesses(struct ink *i, const struct tally *t)
{
	const struct tally_weakness **list = NULL;
	struct sentence notes = {.len = 0};

	if (tally_by_urgency(t, &list) != RC_OK)
		return RC_NOMEM;
	ink_element(i, "h2", NULL, "Patches: how many machines");
	ink_raw(i, "<table><thead><tr><th>Weakness</th><th></th><th class=\"n\">Effective</th>"
		   "<th class=\"n\">Reboot<br>pending</th><th class=\"n\">Missing</th>"
		   "<th class=\"n\">Unknown</th><th class=\"n\">Not<br>affected</th></tr></thead>"
		   "<tbody>\n");
	for (size_t w = 0; w < t->n_weaknesses; w++)
		if (!tally_concerns_nobody(t, list[w]))
			put_weakness(i, t, list[w]);
	ink_raw(i, "</tbody></table>\n<p class=\"how\"><span class=\"key b-missing\"></span>missing"
		   "<span class=\"key b-pending\"></span>reboot pending"
		   "<span class=\"key b-unknown\"></span>unknown"
		   "<span class=\"key b-effective\"></span>effective"
		   "<span class=\"key b-not-affected\"></span>not affected</p>\n");
	words_patches(t, &notes);
	if (notes.len > 0)
		ink_element(i, "p", "how", notes.at);
	free(list);
	return RC_OK;
}

static enum rc put_steps(struct ink *i, const struct tally *t)
{
	struct words_list steps = {.n = 0};
	enum rc rc = words_steps(t, &steps);

	if (rc != RC_OK)
		return rc;
	ink_element(i, "h2", NULL, "What to do next");
	ink_raw(i, "<ol>");
	for (unsigned s = 0; s < steps.n; s++)
		ink_element(i, "li", NULL, steps.list[s].s.at);
	ink_raw(i, "</ol>\n");
	return RC_OK;
}

static void put_signs(struct ink *i, const struct tally *t)
{
	if (t->n_signs == 0)
		return;
	ink_element(i, "h2", NULL, "Signs of tampering");
	ink_raw(i, "<table><thead><tr><th class=\"tag\"></th><th class=\"n\">Machines</th>"
		   "<th>What was seen</th><th>Where</th></tr></thead><tbody>\n");
	for (size_t s = 0; s < t->n_signs; s++) {
		const struct tally_sign *sign = &t->signs[s];
		struct sentence who = {.len = 0};

		for (size_t n = 0; n < sign->n_named; n++)
			say(&who, "%s%s", n == 0 ? "" : ", ", sign->named[n]);
		if (sign->machines > sign->n_named)
			say(&who, " and more");
		ink_raw(i, sign->is_strong
				   ? "<tr class=\"loose\"><td class=\"tag\"><span class=\"m "
				     "m-bad\">strong</span></td>"
				   : "<tr><td class=\"tag\"><span class=\"m m-warn\">weak"
				     "</span></td>");
		ink_count(i, "td", "n", sign->machines);
		ink_element(i, "td", NULL, sign->why[0] != '\0' ? sign->why : sign->id);
		ink_element(i, "td", NULL, who.at);
		ink_raw(i, "</tr>\n");
	}
	ink_raw(i, "</tbody></table>\n");
}

static void put_worst(struct ink *i, size_t number, const struct worst *w)
{
	struct sentence s = {.len = 0};

	say(&s, "%zu. ", number);
	words_machine(&w->machine, &s);
	ink_raw(i, "<div class=\"one\">");
	ink_element(i, "h3", NULL, s.at);
	ink_raw(i, "<table>");
	for (size_t n = 0; n < w->n_wrong; n++) {
		ink_raw(i, "<tr><td class=\"tag\">");
		html_wrong(i, w->wrong[n].kind);
		ink_raw(i, "</td>");
		ink_element(i, "td", NULL, w->wrong[n].what);
		ink_raw(i, "</tr>");
	}
	if (w->n_wrong_all > w->n_wrong) {
		s.len = 0;
		say(&s, "and %zu more", w->n_wrong_all - w->n_wrong);
		ink_raw(i, "<tr><td></td>");
		ink_element(i, "td", "how", s.at);
		ink_raw(i, "</tr>");
	}
	ink_raw(i, "<tr><td class=\"tag how\">Next</td>");
	ink_element(i, "td", "next", w->next);
	ink_raw(i, "</tr></table></div>\n");
}

static void put_worsts(struct ink *i, const struct tally *t)
{
	struct sentence s = {.len = 0};

	if (t->n_worst == 0)
		return;
	words_worst(t, &s);
	ink_element(i, "h2", NULL, s.at);
	for (size_t n = 0; n < t->n_worst; n++)
		put_worst(i, n + 1, t->worst[n]);
}

static void put_check(struct ink *i, const struct tally_check *c)
{
	struct sentence how = {.len = 0};

	words_correct(c->check, &how);
	ink_raw(i, "<tr>");
	ink_count(i, "td", c->check->is_serious ? "n bad" : "n", tally_check_bad(c));
	ink_count(i, "td", "n", c->n[MARK_UNKNOWN]);
	ink_raw(i, "<td>");
	ink_element(i, "strong", NULL, c->check->title);
	if (!c->check->is_serious)
		ink_raw(i, " <span class=\"how\">(not critical)</span>");
	ink_raw(i, "<br>");
	ink_element(i, "span", "how", how.at);
	ink_raw(i, "</td></tr>\n");
}

static enum rc put_policy(struct ink *i, const struct tally *t)
{
	const struct tally_check **list = NULL;
	struct sentence s = {.len = 0};
	size_t n = 0;

	if (t->n_checks == 0)
		return RC_OK; /* one weakness was asked for */
	if (tally_failed(t, &list, &n) != RC_OK)
		return RC_NOMEM;
	ink_element(i, "h2", NULL, "Policy and protection: on how many machines it fails");
	words_protection(t, &s);
	ink_element(i, "p", NULL, s.at);
	if (n > 0)
		ink_raw(i,
			"<table><thead><tr><th class=\"n\">Fails</th><th class=\"n\">Unknown</th>"
			"<th>Check</th></tr></thead><tbody>\n");
	for (size_t c = 0; c < n; c++)
		put_check(i, list[c]);
	if (n > 0)
		ink_raw(i, "</tbody></table>\n");
	free(list);
	return RC_OK;
}

static void put_seen(struct ink *i, const struct picture *p)
{
	struct words_list seen = {.n = 0};

	words_seen(&p->opt, p->tally, &seen);
	ink_element(i, "h2", NULL, "How much was seen");
	ink_raw(i, "<dl>");
	for (unsigned s = 0; s < seen.n; s++) {
		ink_element(i, "dt", NULL, seen.list[s].label);
		ink_element(i, "dd", NULL, seen.list[s].s.at);
	}
	ink_raw(i, "</dl>\n");
}

static enum rc put_body(struct ink *i, struct picture *p)
{
	const struct tally *t = p->tally;
	enum rc rc = put_weaknesses(i, t);

	if (rc == RC_OK)
		rc = put_steps(i, t);
	if (rc != RC_OK)
		return rc;
	put_signs(i, t);
	put_worsts(i, t);
	rc = put_policy(i, t);
	if (rc != RC_OK)
		return rc;
	put_seen(i, p);
	return put_list(i, p->state);
}

static enum rc end(struct picture *p)
{
	struct ink i = {.to = p->opt.to};
	enum rc rc = RC_OK;

	ink_begin(&i, "quell: are the machines patched?");
	put_answer(&i, p);
	if (p->tally->machines > 0)
		rc = put_body(&i, p);
	if (rc != RC_OK)
		return rc;
	ink_end(&i);
	if (i.is_bad)
		return RC_NOMEM;
	return stream_done(p->opt.to);
}

const struct picture_writer picture_html = {begin, add, end, out_free};
