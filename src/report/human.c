/*
 * human - the report for the administrator who was woken up for it.
 *
 * The first line is the answer. Then who, with the reason and the packet; who infected whom;
 * what to do next; the others; and how much was heard, because "nothing found" means no more than
 * the hearing was good. No machine is ever called clean.
 */
#include "report/human.h"

#include "report/advice.h"
#include "report/facts.h"
#include "report/identity.h"
#include "report/tree.h"
#include "report/writers.h"

enum { OTHERS_MOST = 20 };

static const char *machines_are(uint64_t n)
{
	return n == 1 ? "machine is" : "machines are";
}

/* Whose evidence is the oldest: where it may have started. */
static void first_of(struct sentence *s, const struct outbreak *o)
{
	const struct host *first = NULL;
	char text[ADDR_TEXT], clock[CLOCK_TEXT];

	for (size_t i = 0; i < o->n_hosts; i++) {
		const struct host *h = &o->hosts[i];

		if (h->verdict == VERDICT_INFECTED && host_first_ns(h) != 0 &&
		    (first == NULL || host_first_ns(h) < host_first_ns(first)))
			first = h;
	}
	if (first != NULL && o->by_verdict[VERDICT_INFECTED] > 1)
		say(s, " The first evidence is of %s%s%s%s, %s UTC.",
		    addr_format(&first->seen.addr, text),
		    identity_name(first)[0] != '\0' ? " (" : "", identity_name(first),
		    identity_name(first)[0] != '\0' ? ")" : "",
		    clock_format(host_first_ns(first), clock));
}

static void answer(const struct lines *l, const struct outbreak *o)
{
	size_t infected = o->by_verdict[VERDICT_INFECTED];
	size_t suspected = o->by_verdict[VERDICT_SUSPECTED];
	bool is_low = coverage_is_low(&o->coverage);
	struct sentence s = {.len = 0};
	char a[COUNT_TEXT], b[COUNT_TEXT];

	if (infected > 0) {
		say(&s, "%s %s infected.", count_format(infected, a), machines_are(infected));
		if (suspected > 0)
			say(&s, " %s more %s suspected.", count_format(suspected, b),
			    suspected == 1 ? "is" : "are");
		first_of(&s, o);
	} else if (suspected > 0) {
		say(&s, "%s %s suspected: by behaviour, without proof.", count_format(suspected, a),
		    machines_are(suspected));
	} else if (is_low) {
		say(&s, "Nothing was found - and little was heard: this says little about the "
			"network.");
	} else {
		say(&s, "No evidence of a worm was found. Read below what would have been heard.");
	}
	if (is_low && infected + suspected > 0)
		say(&s, " Much was not heard: there may be more.");
	lines_text(l,
		   infected > 0              ? TONE_ALARM
		   : suspected > 0 || is_low ? TONE_WARN
					     : TONE_HEAD,
		   s.at);
}

static enum rc next(const struct lines *l, const struct outbreak *o)
{
	static const struct {
		enum verdict verdict;
		const char *head;
	} parts[] = {
		{VERDICT_INFECTED, "WHAT TO DO NEXT"},
		{VERDICT_SUSPECTED, "WHAT TO DO ABOUT THE SUSPECTED"},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct advice a;
		enum rc rc = advice_for(o, parts[i].verdict, &a);

		if (rc != RC_OK)
			return rc;
		if (a.n_steps > 0)
			lines_head(l, parts[i].head);
		for (unsigned step = 0; step < a.n_steps; step++)
			lines_step(l, step + 1, a.steps[step]);
	}
	return RC_OK;
}

static void list_verdict(const struct lines *l, const struct outbreak *o, enum verdict v)
{
	static const char *const meanings[VERDICTS] = {
		[VERDICT_SCANNER] = "They only ever sent harmless checks. If they are yours, "
				    "name them under `trusted` in the settings",
		[VERDICT_TARGETED] = "They were attacked, and not heard to attack. Patch "
				     "them first",
	};
	static const char *const labels[VERDICTS] = {
		[VERDICT_SCANNER] = "scanners",
		[VERDICT_TARGETED] = "targeted",
	};
	struct sentence s = {.len = 0};
	char text[ADDR_TEXT], count[COUNT_TEXT];
	size_t all = o->by_verdict[v], shown = 0;

	if (all == 0)
		return;
	say(&s, "%s: ", count_format(all, count));
	for (size_t i = 0; i < o->n_hosts && shown < OTHERS_MOST; i++) {
		if (o->hosts[i].verdict != v)
			continue;
		say(&s, "%s%s", shown++ == 0 ? "" : ", ",
		    addr_format(&o->hosts[i].seen.addr, text));
	}
	if (all > shown)
		say(&s, " and %s more", count_format(all - shown, count));
	say(&s, ". %s.", meanings[v]);
	lines_item(l, labels[v], s.at);
}

static void list_trusted(const struct lines *l, const struct outbreak *o)
{
	struct sentence s = {.len = 0};
	char text[ADDR_TEXT];
	size_t all = 0;

	for (size_t i = 0; i < o->n_hosts; i++) {
		const struct host *h = &o->hosts[i];

		if (h->trusted == NULL || host_is_loose(h) || all++ >= OTHERS_MOST)
			continue;
		say(&s, "%s%s (\"%s\")", all == 1 ? "" : ", ", addr_format(&h->seen.addr, text),
		    h->trusted);
	}
	if (all == 0)
		return;
	if (all > OTHERS_MOST)
		say(&s, " and %zu more", all - OTHERS_MOST);
	say(&s, ": not judged, because your settings trust them; what they did is in -o json");
	lines_item(l, "trusted", s.at);
}

static void others(const struct lines *l, const struct outbreak *o)
{
	bool has_trusted = false;

	for (size_t i = 0; i < o->n_hosts && !has_trusted; i++)
		has_trusted = o->hosts[i].trusted != NULL && !host_is_loose(&o->hosts[i]);
	if (o->by_verdict[VERDICT_SCANNER] + o->by_verdict[VERDICT_TARGETED] == 0 && !has_trusted)
		return;
	lines_head(l, "OTHERS");
	list_verdict(l, o, VERDICT_SCANNER);
	list_verdict(l, o, VERDICT_TARGETED);
	list_trusted(l, o);
}

enum rc report_human(const struct outbreak *o, const struct report_style *style, FILE *to)
{
	struct tree_names names = tree_names_of(o);
	struct lines l = lines_on(to, style);
	enum rc rc;

	answer(&l, o);
	rc = human_machines(&l, o, VERDICT_INFECTED);
	if (rc == RC_OK)
		rc = human_machines(&l, o, VERDICT_SUSPECTED);
	if (rc == RC_OK)
		tree_human(&l, o->tree, &names);
	if (rc == RC_OK)
		rc = next(&l, o);
	if (rc != RC_OK)
		return rc;
	others(&l, o);
	human_heard(&l, o);
	return fflush(to) == EOF || ferror(to) ? RC_IO : RC_OK;
}
