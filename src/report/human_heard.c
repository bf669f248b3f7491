#include <string.h>

#include "report/facts.h"
#include "report/human.h"

enum {
	NAMES_MOST = 3,
	COUNTERS_MOST = 3, /* named anomalies and limits */
};

static const double LONGEST_WAIT_MIN = 30.0 * 24 * 60; /* nobody listens longer for an answer */

static void add_names(struct sentence *s, const struct source_info *source)
{
	for (size_t i = 0; i < source->n_names && i < NAMES_MOST; i++)
		say(s, "%s%.200s", i == 0 ? "" : ", ", source->names[i]);
	if (source->n_names > NAMES_MOST)
		say(s, " and %zu more files", source->n_names - NAMES_MOST);
}

static void source(const struct lines *l, const struct source_info *source)
{
	struct sentence s = {.len = 0}, when = {.len = 0};
	char text[SPAN_TEXT], first[CLOCK_TEXT], last[CLOCK_TEXT];

	add_names(&s, source);
	say(&s, ": %s packet%s", count_format(source->packets, text),
	    source->packets == 1 ? "" : "s");
	if (source->is_interrupted)
		say(&s, "; it ended early");
	lines_item(l, "source", s.at);
	if (source->first_ns != 0) {
		say(&when, "%s to %s UTC", clock_format(source->first_ns, first),
		    clock_format(source->last_ns, last));
		say(&when, ", %s", span_format(source->listened_ns / 1000000000, text));
		lines_item(l, "time", when.at);
	}
	if (source->switch_port != NULL)
		lines_item(l, "plugged in", source->switch_port);
	if (source->note != NULL)
		lines_item(l, "note", source->note);
}

static void machines(const struct lines *l, const struct outbreak *o)
{
	uint64_t spoke = 0, all = o->n_hosts + o->n_hosts_left_out;
	uint64_t none = o->by_verdict[VERDICT_NO_EVIDENCE];
	struct sentence s = {.len = 0};
	char text[COUNT_TEXT];

	for (size_t i = 0; i < o->n_hosts; i++)
		spoke += o->hosts[i].seen.has_spoken;
	if (o->n_hosts_left_out == 0)
		say(&s, "%s address%s spoke", count_format(spoke, text), spoke == 1 ? "" : "es");
	else
		say(&s, "%s addresses", count_format(all, text));
	if (none > 0)
		say(&s, "; no evidence against %s, which does not prove that they are healthy",
		    count_format(none, text));
	lines_item(l, "machines", s.at);
}

/* The counters that are not zero, blind ones or the others. */
static void counters(const struct lines *l, const struct coverage *c, bool is_blind,
		     const char *label)
{
	struct sentence s = {.len = 0};
	char text[COUNT_TEXT];

	for (const struct coverage_field *f = coverage_fields; f->key != NULL; f++) {
		uint64_t n = coverage_field_get(c, f);

		if (n == 0 || f->one == NULL || f->is_blind != is_blind)
			continue;
		say(&s, "%s%s %s", s.len == 0 ? "" : "; ", count_format(n, text),
		    n == 1 ? f->one : f->many);
	}
	if (s.len == 0)
		say(&s, is_blind ? "nothing that quell knows of" : "nothing");
	lines_item(l, label, s.at);
}

static void limits(const struct lines *l, const struct coverage *c)
{
	struct sentence s = {.len = 0};
	char text[COUNT_TEXT];

	for (size_t i = 0; i < c->n_limits && i < COUNTERS_MOST; i++)
		say(&s, "%s%s (%s times)", i == 0 ? "" : "; ", c->limits[i].name,
		    count_format(c->limits[i].n, text));
	if (c->n_limits > COUNTERS_MOST)
		say(&s, "; and %zu more: -o json", c->n_limits - COUNTERS_MOST);
	if (s.len > 0)
		lines_item(l, "limits hit", s.at);
}

static void add_percent(struct sentence *s, double p)
{
	unsigned percent = (unsigned)(p * 100 + 0.5);

	if (percent == 0)
		say(s, "with a probability under 1 %%");
	else if (percent >= 100)
		say(s, "with a probability over 99 %%");
	else
		say(s, "with a probability of %u %%", percent);
}

static void add_wait(struct sentence *s, double minutes)
{
	char text[SPAN_TEXT];

	if (minutes == 0)
		return;
	if (!(minutes > 0 && minutes <= LONGEST_WAIT_MIN)) {
		say(s, "; listening on from here does not reach 95 %% within a month");
		return;
	}
	uint64_t whole = (uint64_t)minutes + ((double)(uint64_t)minutes < minutes);

	say(s, "; %s more reach 95 %%", span_format(whole * 60, text));
}

static void listening(const struct lines *l, const struct outbreak *o)
{
	const struct listening *n = &o->listening;
	struct sentence s = {.len = 0};
	char heard[COUNT_TEXT], local[COUNT_TEXT];

	if (!n->is_meaningful) {
		lines_item(l, "chance",
			   "too little time to say how likely a worm would have been "
			   "heard");
		return;
	}
	say(&s, "attempts on %s of %s local addresses are heard here. ",
	    count_format(n->heard_addresses, heard), count_format(n->local_addresses, local));
	say(&s, "A machine that scans its own network as Conficker does would have been heard ");
	add_percent(&s, n->p_local);
	add_wait(&s, n->minutes_to_95_local);
	say(&s, ". One that scans at random would have been heard ");
	add_percent(&s, n->p_random);
	add_wait(&s, n->minutes_to_95_random);
	say(&s, ".");
	lines_item(l, "chance", s.at);
}

void human_heard(const struct lines *l, const struct outbreak *o)
{
	lines_head(l, "WHAT WAS HEARD, AND WHAT WAS NOT");
	source(l, &o->source);
	machines(l, o);
	counters(l, &o->coverage, false, "imperfect");
	counters(l, &o->coverage, true, "unreadable");
	limits(l, &o->coverage);
	if (o->findings_left_out > 0) {
		struct sentence s = {.len = 0};
		char text[COUNT_TEXT];

		say(&s, "%s more findings than the limit to list",
		    count_format(o->findings_left_out, text));
		lines_item(l, "left out", s.at);
	}
	listening(l, o);
	lines_item(
		l, "not heard",
		"machines that are switched off, traffic that does not pass here, and worms that "
		"spread by ways that quell does not read");
}
