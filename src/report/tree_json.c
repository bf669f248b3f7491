/* json of the tree: doc/report.schema.json, "tree". */
#include "report/identity.h"
#include "report/tree.h"

static void host_of_report(const void *ctx, uint32_t node, struct tree_name *ret_name)
{
	const struct outbreak *o = ctx;
	const struct host *h = &o->hosts[node];

	*ret_name = (struct tree_name){.name = identity_name(h), .addr = h->seen.addr};
	identity_id(h, ret_name->id);
}

struct tree_names tree_names_of(const struct outbreak *o)
{
	return (struct tree_names){host_of_report, o, &o->source};
}

/* Its address, or null, and its id. */
static void put_node(struct pen *p, const char *key, const char *id_key, uint32_t node,
		     const struct tree_names *names)
{
	struct tree_name n;

	names->of(names->ctx, node, &n);
	pen_key(p, key);
	if (addr_is_zero(&n.addr))
		pen_null(p);
	else
		pen_addr(p, &n.addr);
	pen_put_text(p, id_key, n.id);
}

static void put_confidence(struct pen *p, double confidence)
{
	pen_key(p, "confidence");
	pen_real(p, confidence);
}

/* The number of the frame in its file; with several files, which one. */
static void put_packet(struct pen *p, uint64_t packet, const struct source_info *s)
{
	const char *file = NULL;

	pen_key(p, "packet");
	if (packet == 0) {
		pen_null(p);
		return;
	}
	pen_number(p, s != NULL ? source_frame(s, packet, &file) : packet);
	if (s != NULL && s->first_seq != NULL && s->n_names > 1)
		pen_put_text(p, "file", file);
}

static void put_edge(struct pen *p, const struct tree_edge *e, const struct tree_names *names)
{
	pen_line(p);
	pen_open(p, '{');
	put_node(p, "from", "from_id", e->from, names);
	put_node(p, "to", "to_id", e->to, names);
	pen_put_text(p, "threat", e->threat);
	pen_put_text(p, "class", finding_class_name(e->class));
	pen_put_time(p, "at", e->at_ns);
	pen_put_time(p, "acted", e->acted_ns);
	pen_put_text(p, "sign", tree_sign_name(e->sign));
	put_confidence(p, e->confidence);
	pen_key(p, "alternatives");
	pen_open(p, '[');
	for (size_t i = 0; i < e->n_others; i++) {
		pen_open(p, '{');
		put_node(p, "from", "from_id", e->others[i].from, names);
		put_confidence(p, e->others[i].confidence);
		pen_close(p, '}');
	}
	pen_close(p, ']');
	put_packet(p, e->packet, names->source);
	pen_put_text(p, "why", e->why);
	pen_close(p, '}');
}

static void put_root(struct pen *p, const struct tree_root *r, const struct tree_names *names)
{
	pen_line(p);
	pen_open(p, '{');
	put_node(p, "host", "id", r->node, names);
	pen_put_time(p, "since", r->since_ns);
	put_confidence(p, r->confidence);
	pen_key(p, "offspring");
	pen_number(p, r->offspring);
	pen_put_text(p, "why", r->why);
	pen_close(p, '}');
}

void tree_json(struct pen *p, const struct tree *t, const struct tree_names *names)
{
	pen_open(p, '{');
	pen_key(p, "edges");
	pen_open(p, '[');
	for (size_t i = 0; t != NULL && i < t->n_edges; i++)
		put_edge(p, &t->edges[i], names);
	pen_close(p, ']');
	pen_line(p);
	pen_key(p, "roots");
	pen_open(p, '[');
	for (size_t i = 0; t != NULL && i < t->n_roots; i++)
		put_root(p, &t->roots[i], names);
	pen_close(p, ']');
	pen_close(p, '}');
}
