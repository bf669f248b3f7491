/*
 * The infection tree for people: whom each infected, indented, with times. Bounded: what does not
 * fit is counted. Beside each the doubt: how sure the edge is, and who else may have been it.
 */
#include <stdlib.h>
#include <string.h>

#include "brief/triage_parts.h"
#include "report/human.h"

enum { ROWS_MOST = 24, DEPTH_MOST = 12, INDENT = 2, SURE_PERCENT = 90 };

struct drawing {
	const struct lines *l;
	const struct triage_input *in;
	const size_t *by_from; /* edges' places, by who infected and when */
	size_t rows, left_out;
	bool *is_drawn; /* of each node; a tree of doubts may have rings */
};

static const struct tree_edge *edge_at(const struct drawing *d, size_t i)
{
	return &d->in->tree->edges[d->by_from[i]];
}

/* "LAP-7, 10.1.2.3, CORP\maria" */
static void say_node(struct sentence *s, const struct triage_node *n)
{
	char addr[ADDR_TEXT];

	if (n->name[0] != '\0')
		say(s, "%s", n->name);
	if (!addr_is_zero(&n->addr))
		say(s, "%s%s", n->name[0] != '\0' ? ", " : "", addr_format(&n->addr, addr));
	else if (n->name[0] == '\0')
		say(s, "%s", n->machine);
	if (n->user[0] != '\0')
		say(s, ", %s", n->user);
	if (n->place[0] != '\0')
		say(s, ", %s", n->place);
}

static void row(struct drawing *d, unsigned depth, uint64_t at_ns, uint32_t node, const char *how)
{
	struct sentence s = {.len = 0};
	char clock[CLOCK_TEXT];

	if (d->rows == ROWS_MOST) {
		d->left_out++;
		return;
	}
	d->rows++;
	say(&s, "%s  %*s", clock_format(at_ns, clock), (int)(depth * INDENT), "");
	say_node(&s, &d->in->nodes[node]);
	if (how[0] != '\0')
		say(&s, " (%s)", how);
	lines_row(d->l, TONE_PLAIN, s.at);
}

static const char *edge_words(const struct drawing *d, const struct tree_edge *e, char *text,
			      size_t len)
{
	unsigned percent = (unsigned)(e->confidence * 100 + 0.5);
	const struct tree_other *o = e->n_others > 0 ? &e->others[0] : NULL;

	if (percent >= SURE_PERCENT || o == NULL || o->from >= d->in->n_nodes)
		(void)snprintf(text, len, "%s, %u %%", tree_sign_name(e->sign), percent);
	else
		(void)snprintf(
			text, len, "%s, %u %%; or by %s, %.0f %%", tree_sign_name(e->sign), percent,
			d->in->nodes[o->from].name[0] != '\0' ? d->in->nodes[o->from].name
							      : d->in->nodes[o->from].machine,
			o->confidence * 100);
	return text;
}

/* The first of the edges from `node` on. */
static size_t first_of(const struct drawing *d, uint32_t node)
{
	size_t low = 0, high = d->in->tree->n_edges;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (edge_at(d, mid)->from < node)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Without recursion: a chain of infections may be as long as there are machines. */
static enum rc draw_from(struct drawing *d, uint32_t root, uint64_t since_ns)
{
	const size_t n = d->in->tree->n_edges;
	size_t *next = malloc((d->in->n_nodes + 1) * sizeof(*next)); /* of each level */
	size_t depth = 0;
	char text[256];

	if (next == NULL)
		return RC_NOMEM;
	d->is_drawn[root] = true;
	row(d, 0, since_ns, root, "");
	next[0] = first_of(d, root);
	uint32_t *path = malloc((d->in->n_nodes + 1) * sizeof(*path));

	if (path == NULL) {
		free(next);
		return RC_NOMEM;
	}
	path[0] = root;
	for (;;) {
		const struct tree_edge *e = next[depth] < n ? edge_at(d, next[depth]) : NULL;

		if (e == NULL || e->from != path[depth]) {
			if (depth-- == 0)
				break;
			continue;
		}
		next[depth]++;
		if (e->to >= d->in->n_nodes || d->is_drawn[e->to])
			continue;
		d->is_drawn[e->to] = true;
		depth++;
		row(d, (unsigned)(depth < DEPTH_MOST ? depth : DEPTH_MOST), e->at_ns, e->to,
		    edge_words(d, e, text, sizeof(text)));
		path[depth] = e->to;
		next[depth] = first_of(d, e->to);
	}
	free(path);
	free(next);
	return RC_OK;
}

struct key { /* to sort edges by */
	uint32_t from, to;
	uint64_t at_ns;
	size_t place;
};

static int by_from(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static enum rc sort_edges(const struct tree *t, size_t **ret_places)
{
	struct key *keys = malloc((t->n_edges + 1) * sizeof(*keys));
	size_t *places = malloc((t->n_edges + 1) * sizeof(*places));

	if (keys == NULL || places == NULL) {
		free(keys);
		free(places);
		return RC_NOMEM;
	}
	for (size_t i = 0; i < t->n_edges; i++)
		keys[i] = (struct key){t->edges[i].from, t->edges[i].to, t->edges[i].at_ns, i};
	qsort(keys, t->n_edges, sizeof(*keys), by_from);
	for (size_t i = 0; i < t->n_edges; i++)
		places[i] = keys[i].place;
	free(keys);
	*ret_places = places;
	return RC_OK;
}

static enum rc draw(struct drawing *d)
{
	const struct tree *t = d->in->tree;
	enum rc rc = RC_OK;

	for (size_t i = 0; i < t->n_roots && rc == RC_OK; i++) {
		if (t->roots[i].node < d->in->n_nodes && !d->is_drawn[t->roots[i].node])
			rc = draw_from(d, t->roots[i].node, t->roots[i].since_ns);
	}
	for (size_t i = 0; i < t->n_edges; i++)
		d->left_out += t->edges[i].to < d->in->n_nodes && !d->is_drawn[t->edges[i].to];
	return rc;
}

static void say_origin(const struct lines *l, const struct triage_input *in)
{
	const struct tree_root *r = &in->tree->roots[0];
	struct sentence s = {.len = 0};
	char clock[CLOCK_TEXT];

	if (r->node >= in->n_nodes)
		return;
	say(&s, "As far as was heard it began with ");
	say_node(&s, &in->nodes[r->node]);
	say(&s, ", %s UTC (%.0f %%): infect%s %zu.", clock_format(r->since_ns, clock),
	    r->confidence * 100, "ed, directly or not,", r->offspring);
	lines_text(l, TONE_PLAIN, s.at);
}

enum rc triage_tree_human(const struct lines *l, const struct triage_input *in)
{
	struct drawing d = {.l = l, .in = in};
	size_t *places = NULL;
	enum rc rc = RC_OK;
	struct sentence s = {.len = 0};

	if (in->tree == NULL || in->tree->n_roots + in->tree->n_edges == 0)
		return RC_OK;
	d.is_drawn = calloc(in->n_nodes + 1, sizeof(*d.is_drawn));
	rc = d.is_drawn == NULL ? RC_NOMEM : sort_edges(in->tree, &places);
	if (rc == RC_OK) {
		lines_head(l, "WHO INFECTED WHOM (times are UTC)");
		if (in->tree->n_roots > 0)
			say_origin(l, in);
		d.by_from = places;
		rc = draw(&d);
	}
	if (rc == RC_OK && d.left_out > 0) {
		say(&s, "and %zu more: -o json has them all", d.left_out);
		lines_row(l, TONE_PLAIN, s.at);
	}
	free(places);
	free(d.is_drawn);
	return rc;
}
