/* csv - one line per machine, for a spreadsheet. */
#include <stdlib.h>
#include <string.h>

#include "model/tree.h"
#include "report/advice.h"
#include "report/cells.h"
#include "report/facts.h"
#include "report/identity.h"
#include "report/writers.h"

static const char columns[] = "address,macs,verdict,confidence,threats,first,last,attempts,targets,"
			      "why,next_step,id,name,user,os,vendor,place,addresses,notes,"
			      "infected_by,infected_at,infected_sure\r\n";

enum { LIST_TEXT = 1024 };

/* Several in one cell, with semicolons between them; what does not fit is left out whole. */
struct list {
	char text[LIST_TEXT];
	size_t len;
};

static void list_add(struct list *l, const char *text)
{
	size_t len = strlen(text);

	if (len + 2 > sizeof(l->text) - l->len)
		return;
	l->len += (size_t)snprintf(l->text + l->len, sizeof(l->text) - l->len, "%s%s",
				   l->len == 0 ? "" : ";", text);
}

static void cell_macs(struct cells *c, const struct host *h)
{
	struct list l = {.len = 0};
	char mac[MAC_TEXT];

	for (size_t i = 0; i < identity_macs(h); i++)
		list_add(&l, mac_format(identity_mac(h, i), mac));
	cell_text(c, l.text);
}

static void cell_threats(struct cells *c, const struct host *h)
{
	struct list l = {.len = 0};

	for (size_t i = 0; i < h->n_threats; i++)
		list_add(&l, h->threats[i].id);
	cell_text(c, l.text);
}

static void cell_addresses(struct cells *c, const struct host *h)
{
	struct list l = {.len = 0};
	char text[ADDR_TEXT];

	for (size_t i = 0; i < h->n_addrs; i++)
		list_add(&l, addr_format(&h->addrs[i], text));
	cell_text(c, l.text);
}

static void cells_identity(struct cells *c, const struct host *h)
{
	const struct machine_user *u = identity_user(h);
	struct list notes = {.len = 0};
	char id[MACHINE_ID];

	cell_text(c, identity_id(h, id));
	cell_text(c, identity_name(h));
	cell_text(c, u != NULL ? u->user : "");
	cell_text(c, identity_os(h));
	cell_text(c, identity_macs(h) > 0 ? identity_vendor(h, 0) : "");
	cell_text(c, identity_place(h));
	cell_addresses(c, h);
	for (size_t i = 0; i < h->n_notes; i++)
		list_add(&notes, h->notes[i]);
	cell_text(c, notes.text);
}

/* Who infected it, when, how sure; empty where nobody was heard to. */
static void cells_edge(struct cells *c, const struct outbreak *o, const struct tree_edge *e)
{
	char text[ADDR_TEXT];

	cell_text(c, e != NULL ? addr_format(&o->hosts[e->from].seen.addr, text) : "");
	cell_time(c, e != NULL ? e->at_ns : 0);
	if (e != NULL)
		cell_share(c, e->confidence);
	else
		cell_text(c, "");
}

static enum rc line(const struct outbreak *o, const struct host *h, const struct tree_edge *e,
		    FILE *to)
{
	struct cells c = {.to = to};
	const char *next = advice_first(h);
	char address[ADDR_TEXT];
	size_t n_targets;
	enum rc rc = host_count_targets(h, &n_targets);

	if (rc != RC_OK)
		return rc;
	cell_text(&c, h->n_addrs > 0 ? addr_format(&h->seen.addr, address) : "");
	cell_macs(&c, h);
	cell_text(&c, verdict_name(h->verdict));
	cell_share(&c, h->confidence);
	cell_threats(&c, h);
	cell_time(&c, host_first_ns(h));
	cell_time(&c, host_last_ns(h));
	cell_number(&c, host_attempts(h));
	cell_number(&c, n_targets);
	cell_text(&c, h->n_why > 0 ? h->why[0] : "");
	cell_text(&c, next == NULL ? "" : next);
	cells_identity(&c, h);
	cells_edge(&c, o, e);
	return cells_end(&c);
}

/* The edge that leads to each host, or NULL. */
static enum rc edges_to(const struct outbreak *o, const struct tree_edge ***ret_list)
{
	const struct tree_edge **list = calloc(o->n_hosts + 1, sizeof(struct tree_edge *));

	if (list == NULL)
		return RC_NOMEM;
	for (size_t i = 0; o->tree != NULL && i < o->tree->n_edges; i++)
		list[o->tree->edges[i].to] = &o->tree->edges[i];
	*ret_list = list;
	return RC_OK;
}

enum rc report_csv(const struct outbreak *o, const struct report_style *style, FILE *to)
{
	const struct tree_edge **edges = NULL;
	enum rc rc = edges_to(o, &edges);

	(void)style;
	if (rc != RC_OK)
		return rc;
	fputs(columns, to);
	for (size_t i = 0; i < o->n_hosts && rc == RC_OK; i++)
		rc = line(o, &o->hosts[i], edges[i], to);
	free(edges);
	if (rc != RC_OK)
		return rc;
	return fflush(to) == EOF || ferror(to) ? RC_IO : RC_OK;
}
