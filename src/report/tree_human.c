/*
 * human of the tree - a line for each infection: when, and whom, below the one that did it.
 *
 * Edges are by time and who infects was infected before, so the first so many are a tree, too:
 * that is what a long one is cut to.
 */
#include "report/facts.h"
#include "report/human.h"
#include "report/tree.h"

enum {
	EDGES_MOST = 40,
	ROOTS_MOST = 20,
	DEPTH_MOST = 10, /* of the indent; deeper ones say how deep they are */
	NAME_MOST = 24,
	ZEROS_MOST = 3,
	PER_CENT = 100,
};

struct picture {
	const struct lines *lines;
	const struct tree *tree;
	const struct tree_names *names;
	size_t n; /* of the edges that are shown */
};

static unsigned percent(double share)
{
	return (unsigned)(share * PER_CENT + 0.5);
}

static void say_node(struct sentence *s, const struct picture *p, uint32_t node)
{
	struct tree_name n;
	char text[ADDR_TEXT];

	p->names->of(p->names->ctx, node, &n);
	say(s, "%s", addr_is_zero(&n.addr) ? n.id : addr_format(&n.addr, text));
	if (n.name[0] != '\0')
		say(s, " %.*s", NAME_MOST, n.name);
}

static const char *sign_words(enum tree_sign s)
{
	switch (s) {
	case TREE_PULLED:
		return "fetched the worm from there";
	case TREE_PUSHED:
		return "was given the worm from there";
	case TREE_IMPLANT:
		return "answers as an implant";
	case TREE_ACTED:
	case TREE_SIGNS:
		break;
	}
	return "";
}

/* The time, then whoever it is, at its depth. */
static void say_begin(struct sentence *s, const struct picture *p, uint64_t at_ns, uint32_t node,
		      unsigned depth)
{
	char clock[CLOCK_TEXT];

	say(s, "%s  %*s", clock_format(at_ns, clock),
	    2 * (int)(depth < DEPTH_MOST ? depth : DEPTH_MOST), "");
	if (depth > DEPTH_MOST)
		say(s, "(%u) ", depth);
	say_node(s, p, node);
}

static void edge_row(const struct picture *p, const struct tree_edge *e, unsigned depth)
{
	const char *sign = sign_words(e->sign);
	struct sentence s = {.len = 0};

	say_begin(&s, p, e->at_ns, e->to, depth);
	say(&s, "  %u %%", percent(e->confidence));
	if (sign[0] != '\0')
		say(&s, ", %s", sign);
	if (e->n_others > 0 && e->others[0].confidence * 2 >= e->confidence) {
		say(&s, ", or by ");
		say_node(&s, p, e->others[0].from);
		say(&s, " (%u %%)", percent(e->others[0].confidence));
	}
	lines_row(p->lines, TONE_PLAIN, s.at);
}

/* The edges that begin at a node, onto a stack: the last one first, so that the first is on top. */
static size_t push(const struct picture *p, uint32_t node, size_t *stack, size_t n)
{
	for (size_t i = p->n; i-- > 0;) {
		if (p->tree->edges[i].from == node)
			stack[n++] = i;
	}
	return n;
}

static bool has_any(const struct picture *p, uint32_t node)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->tree->edges[i].from == node)
			return true;
	}
	return false;
}

/* Everybody is infected once, so no edge comes onto the stack twice. */
static size_t below(const struct picture *p, const struct tree_root *r)
{
	size_t stack[EDGES_MOST], n = push(p, r->node, stack, 0), shown = 0;
	unsigned depth[EDGES_MOST];

	for (size_t i = 0; i < n; i++)
		depth[i] = 1;
	while (n > 0) {
		const struct tree_edge *e = &p->tree->edges[stack[--n]];
		unsigned at = depth[n];
		size_t was = n;

		edge_row(p, e, at);
		shown++;
		n = push(p, e->to, stack, n);
		for (size_t i = was; i < n; i++)
			depth[i] = at + 1;
	}
	return shown;
}

static void zeros(const struct picture *p)
{
	const struct tree *t = p->tree;
	struct sentence s = {.len = 0};

	for (size_t i = 0; i < t->n_roots && i < ZEROS_MOST; i++) {
		if (percent(t->roots[i].confidence) == 0)
			break;
		say(&s, "%s", i == 0 ? "It may have begun with " : ", or with ");
		say_node(&s, p, t->roots[i].node);
		say(&s, " (%u %%)", percent(t->roots[i].confidence));
	}
	if (s.len == 0)
		return;
	say(&s, ", as far as was heard here.");
	fprintf(p->lines->to, "%*s", 2, "");
	lines_under(p->lines, 0, s.at);
}

void tree_human(const struct lines *l, const struct tree *t, const struct tree_names *names)
{
	struct picture p = {l, t, names, 0};
	struct sentence more = {.len = 0};
	size_t shown = 0, roots = 0;
	char count[COUNT_TEXT];

	if (t == NULL || t->n_edges == 0)
		return;
	p.n = t->n_edges < EDGES_MOST ? t->n_edges : EDGES_MOST;
	lines_head(l, "WHO INFECTED WHOM, as far as was heard");
	lines_row(l, TONE_HEAD, "when (UTC)           who, by the one above it; how sure");
	for (size_t i = 0; i < t->n_roots && roots < ROOTS_MOST; i++) {
		struct sentence s = {.len = 0};

		if (!has_any(&p, t->roots[i].node))
			continue;
		say_begin(&s, &p, t->roots[i].since_ns, t->roots[i].node, 0);
		say(&s, "  by nobody who was heard");
		lines_row(l, TONE_PLAIN, s.at);
		shown += below(&p, &t->roots[i]);
		roots++;
	}
	if (t->n_edges > shown) {
		say(&more, "and %s more: -o json has all", count_format(t->n_edges - shown, count));
		lines_row(l, TONE_PLAIN, more.at);
	}
	zeros(&p);
}
