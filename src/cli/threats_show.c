#include <stdio.h>
#include <string.h>

#include "cli/threats.h"
#include "threat/words.h"

enum { WIDTH = 96, LABEL = 14, WINDOWS = 30, SOURCES = 32 };

/* In lines of at most WIDTH columns, those after the first indented. */
static void wrapped(const char *first, const char *text, unsigned indent)
{
	size_t col = (size_t)printf("%s", first);

	for (const char *p = text; *p != '\0';) {
		size_t len = strcspn(p, " ");

		if (col + 1 + len > WIDTH)
			col = (size_t)printf("\n%*s", (int)indent, "") - 1;
		else if (p != text)
			col += (size_t)printf(" ");
		printf("%.*s", (int)len, p);
		col += len;
		p += len;
		p += strspn(p, " ");
	}
	putchar('\n');
}

static void labelled(const char *label, const char *text)
{
	char first[LABEL + 1];

	(void)snprintf(first, sizeof(first), "%-*s", LABEL, label);
	wrapped(first, text, LABEL);
}

static void joined(const char *const *list, char *to, size_t cap)
{
	size_t len = 0;

	to[0] = '\0';
	for (size_t i = 0; list[i] != NULL && len < cap; i++) {
		int n = snprintf(to + len, cap - len, "%s%s", i > 0 ? ", " : "", list[i]);

		len += n > 0 ? (size_t)n : 0;
	}
}

/* --- weaknesses --- */

/* "Windows XP SP3", "Windows Vista, GDR" */
static const char *place_of(const struct fixed *f, char *to)
{
	static const char *const branches[] = {"", ", GDR", ", LDR"};
	char name[WORDS_TEXT], pack[16] = "";

	if (f->service_pack == 0)
		(void)snprintf(pack, sizeof(pack), " without SP");
	else if (f->service_pack > 0)
		(void)snprintf(pack, sizeof(pack), " SP%d", f->service_pack);
	(void)snprintf(to, WORDS_TEXT, "%.200s%s%s", version_windows(&f->os, name) + 8, pack,
		       branches[f->branch]);
	return to;
}

static void show_fixed(const struct fixed *f)
{
	char place[WORDS_TEXT], by[WORDS_TEXT] = "", kbs[WORDS_TEXT], number[VERSION_TEXT];

	switch (f->by) {
	case FIXED_BY_FILE:
		(void)snprintf(by, sizeof(by), "%s", version_format(&f->version, number));
		break;
	case FIXED_BY_BUILD:
		(void)snprintf(by, sizeof(by), "build %u.%u", f->os.part[2], f->ubr);
		break;
	case FIXED_BY_UPDATE:
		(void)snprintf(by, sizeof(by), "version not known");
		break;
	case FIXED_AT_RELEASE:
		(void)snprintf(by, sizeof(by), "never had it");
		break;
	}
	joined(f->kbs, kbs, sizeof(kbs));
	printf("  %-*s %-20s%s%s\n", WINDOWS, place_of(f, place), by, kbs[0] != '\0' ? " " : "",
	       kbs);
}

static void show_condition(const char *key, const char *equals, const char *says)
{
	char line[2 * WORDS_TEXT];

	(void)snprintf(line, sizeof(line), "%s (%s is \"%s\")", says, key, equals);
	wrapped("  - ", line, 4);
}

static void show_conditions(const struct weakness *w)
{
	if (w->n_remedies > 0)
		puts("\nOut of reach, fixed or not, where");
	for (size_t i = 0; i < w->n_remedies; i++)
		show_condition(w->remedies[i].key, w->remedies[i].equals, w->remedies[i].says);
	if (w->n_defeats > 0)
		puts("\nOpen, fixed or not, where");
	for (size_t i = 0; i < w->n_defeats; i++)
		show_condition(w->defeats[i].key, w->defeats[i].equals, w->defeats[i].says);
	if (w->n_answers > 0)
		puts("\nWhat its answer to anybody tells");
	for (size_t i = 0; i < w->n_answers; i++) {
		char line[2 * WORDS_TEXT];

		(void)snprintf(line, sizeof(line), "%s: %s", w->answers[i].means,
			       w->answers[i].says);
		wrapped("  - ", line, 4);
	}
	if (w->gaps[0] != NULL)
		puts("\nNot known");
	for (size_t i = 0; w->gaps[i] != NULL; i++)
		wrapped("  - ", w->gaps[i], 4);
}

struct sources {
	const char *list[SOURCES]; /* each once; more than that are the last row's, not shown */
	size_t n;
};

static void add_source(struct sources *s, const char *source)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->list[i], source) == 0)
			return;
	}
	if (s->n < SOURCES)
		s->list[s->n++] = source;
}

static void show_sources(const struct weakness *w)
{
	struct sources s = {.n = 0};

	add_source(&s, w->source);
	for (size_t i = 0; i < w->n_fixed; i++)
		add_source(&s, w->fixed[i].source);
	for (size_t i = 0; i < w->n_remedies; i++)
		add_source(&s, w->remedies[i].source);
	for (size_t i = 0; i < w->n_defeats; i++)
		add_source(&s, w->defeats[i].source);
	for (size_t i = 0; i < w->n_answers; i++)
		add_source(&s, w->answers[i].source);
	puts("\nSources");
	for (size_t i = 0; i < s.n; i++)
		wrapped("  - ", s.list[i], 4);
}

static void show_weakness(const struct weakness *w)
{
	char from[WORDS_TEXT], until[WORDS_TEXT], line[3 * WORDS_TEXT];

	printf("\nThe weakness %s\n\n", w->id);
	labelled("what", w->title);
	(void)snprintf(line, sizeof(line), "%s%s%s", w->cve != NULL ? w->cve : "",
		       w->cve != NULL && w->bulletin != NULL ? ", " : "",
		       w->bulletin != NULL ? w->bulletin : "");
	if (line[0] != '\0')
		labelled("known as", line);
	(void)snprintf(line, sizeof(line), "from %s on, before %s",
		       version_windows(&w->affected_from, from),
		       version_windows(&w->affected_until, until));
	labelled("affected", line);
	if (w->product_type != NULL)
		labelled("only on", strcmp(w->product_type, "dc") == 0 ? "domain controllers"
								       : w->product_type);
	if (w->service != NULL)
		labelled("in service", w->service);
	labelled("file", w->file != NULL ? w->file : "not known");
	if (w->n_fixed > 0)
		puts("\nFixed by this version, or a later one of the same Windows");
	for (size_t i = 0; i < w->n_fixed; i++)
		show_fixed(&w->fixed[i]);
	show_conditions(w);
	show_sources(w);
}

static bool is_used_by(const struct weakness *w, const struct threat *t)
{
	for (size_t i = 0; w->threats[i] != NULL; i++) {
		if (strcmp(w->threats[i], t->id) == 0)
			return true;
	}
	return false;
}

void threats_show(const struct threat *t, const struct knowledge *k)
{
	size_t n = 0;
	const struct weakness *w = knowledge_weaknesses(k, &n);

	printf("%s - %s\n\n", t->id, t->name);
	wrapped("", t->summary, 0);
	putchar('\n');
	if (t->weakness != NULL)
		labelled("weakness", t->weakness);
	labelled("patch", t->patch != NULL ? t->patch : "none closes it");
	labelled("delivered at", t->ports);
	puts("\nWhat to do with a machine that does this:");
	for (int i = 0; t->what_next[i] != NULL; i++) {
		char number[16];

		(void)snprintf(number, sizeof(number), "  %d. ", i + 1);
		wrapped(number, t->what_next[i], 5);
	}
	if (t->source != NULL) {
		putchar('\n');
		labelled("source", t->source);
	}
	for (size_t i = 0; i < n; i++) {
		if (is_used_by(&w[i], t))
			show_weakness(&w[i]);
	}
}

/* --- baselines --- */

void threats_list_baseline(const struct baseline *b)
{
	printf("%-18s %3zu checks  %s\n", b->id, b->n_checks, b->title);
}

static void check_line(const char *label, const char *text)
{
	char first[32];

	(void)snprintf(first, sizeof(first), "    %-8s ", label);
	wrapped(first, text, 13);
}

static void show_check(const struct check *c)
{
	char text[2 * WORDS_TEXT], part[WORDS_TEXT];

	(void)snprintf(text, sizeof(text), "%s%s", c->title, c->is_serious ? " (serious)" : "");
	printf("  %-27s ", c->id);
	wrapped("", text, 30);
	(void)snprintf(text, sizeof(text), "%s: %s", c->key, check_wanted(c, part));
	check_line("wanted", text);
	if (c->absent != NULL || c->absent_passes) {
		(void)snprintf(text, sizeof(text), "%s%s",
			       c->absent != NULL ? "as if it were " : "as wanted",
			       c->absent != NULL ? c->absent : "");
		check_line("not set", text);
	}
	if (check_applies(c, part)[0] != '\0')
		check_line("applies", part);
	check_line("why", c->reason);
	check_line("correct", c->correct);
	joined(c->doors, text, sizeof(text));
	check_line("closes", text);
	check_line("source", c->source);
}

void threats_show_baseline(const struct baseline *b)
{
	const char *group = "";

	printf("%s - %s\n\n", b->id, b->title);
	wrapped("", b->summary, 0);
	for (size_t i = 0; i < b->n_checks; i++) {
		const struct check *c = &b->checks[i];

		putchar('\n');
		if (strcmp(group, c->group) != 0)
			printf("%s\n\n", c->group);
		group = c->group;
		show_check(c);
	}
}
