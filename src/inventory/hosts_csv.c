/*
 * csv of the inventory - a line for each machine, headed by names that the import knows; and of
 * `quell who`, a line for each question, in the order in which they were asked.
 */
#include <stdlib.h>

#include "inventory/hosts.h"
#include "inventory/who.h"
#include "report/cells.h"

static const char hosts_columns[] =
	"id,name,fqdn,domain,address,mac,verdict,verdict_confidence,threats,why,user,"
	"user_probability,os,vendor,place,owner,phone,note,importance,tags,addresses,macs,"
	"known_from,confidence,first,last\r\n";

static const char who_columns[] =
	"query,at,found,id,name,fqdn,address,mac,user,user_probability,owner,phone,place,os,vendor,"
	"verdict,verdict_confidence,why,next_step,confidence,known_from,first,last,candidates\r\n";

const char *hosts_from(unsigned flags, char *text)
{
	(void)snprintf(text, HOSTS_FROM, "%s%s%s%s%s", flags & MACHINE_ON_WIRE ? "wire" : "",
		       flags & MACHINE_ON_WIRE && flags & (MACHINE_LISTED | MACHINE_ASKED) ? " "
											   : "",
		       flags & MACHINE_LISTED ? "list" : "",
		       flags & MACHINE_LISTED && flags & MACHINE_ASKED ? " " : "",
		       flags & MACHINE_ASKED ? "asked" : "");
	return text;
}

static enum rc begin(const char *columns, FILE *to, void **ret_state)
{
	struct cells *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return RC_NOMEM;
	c->to = to;
	fputs(columns, c->to);
	*ret_state = c;
	return RC_OK;
}

static enum rc end(void *state)
{
	struct cells *c = state;

	return fflush(c->to) == EOF || ferror(c->to) != 0 ? RC_IO : RC_OK;
}

static enum rc hosts_begin(const struct hosts_head *head, void **ret_state)
{
	return begin(hosts_columns, head->to, ret_state);
}

static enum rc row(void *state, const struct store_row *r)
{
	struct cells *c = state;
	char text[ADDR_TEXT], from[HOSTS_FROM];

	cell_text(c, r->id);
	cell_text(c, r->name);
	cell_text(c, r->fqdn);
	cell_text(c, r->domain);
	cell_text(c, addr_is_zero(&r->addr) ? "" : addr_format(&r->addr, text));
	cell_text(c, r->has_mac ? mac_format(&r->mac, text) : "");
	cell_text(c, verdict_name(r->verdict));
	cell_share(c, r->verdict_confidence);
	cell_text(c, r->threats);
	cell_text(c, r->why);
	cell_text(c, r->user);
	cell_share(c, r->user_probability);
	cell_text(c, r->os);
	cell_text(c, r->vendor);
	cell_text(c, r->place);
	cell_text(c, r->owner);
	cell_text(c, r->phone);
	cell_text(c, r->note);
	cell_number(c, r->importance);
	cell_text(c, r->tags);
	cell_number(c, r->n_addrs);
	cell_number(c, r->n_macs);
	cell_text(c, hosts_from(r->flags, from));
	cell_share(c, r->confidence);
	cell_time(c, r->first_ns);
	cell_time(c, r->last_ns);
	return cells_end(c);
}

static enum rc hosts_end(void *state, uint64_t total)
{
	(void)total;
	return end(state);
}

const struct hosts_writer hosts_csv = {hosts_begin, row, hosts_end, free};

/* --- who --- */

enum { CANDIDATES_TEXT = WHO_CANDIDATES * (MACHINE_ID + 1) };

static enum rc who_begin(const struct who_head *head, void **ret_state)
{
	return begin(who_columns, head->to, ret_state);
}

static void candidates(struct cells *c, const struct who_answer *a)
{
	char text[CANDIDATES_TEXT] = "";
	size_t len = 0;

	for (size_t i = 0; i < a->n_others && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ";",
					a->others[i].id);
	cell_text(c, text);
}

static void machine(struct cells *c, const struct who_answer *a)
{
	const struct machine *m = a->machine;
	const struct machine_addr *at = a->had != NULL   ? a->had
					: m->n_addrs > 0 ? &m->addrs[0]
							 : NULL;
	const char *next = who_next_step(a);
	char text[ADDR_TEXT], from[HOSTS_FROM];

	cell_text(c, m->id);
	cell_text(c, m->name);
	cell_text(c, m->fqdn);
	cell_text(c, at != NULL ? addr_format(&at->addr, text) : "");
	cell_text(c, m->n_macs > 0 ? mac_format(&m->macs[0].mac, text) : "");
	cell_text(c, m->n_users > 0 ? m->users[0].user : "");
	cell_share(c, m->n_users > 0 ? m->users[0].probability : 0);
	cell_text(c, a->row.owner);
	cell_text(c, a->row.phone);
	cell_text(c, a->row.place);
	cell_text(c, m->os);
	cell_text(c, m->vendor);
	cell_text(c, verdict_name(a->row.verdict));
	cell_share(c, a->row.verdict_confidence);
	cell_text(c, a->row.why);
	cell_text(c, next != NULL ? next : "");
	cell_share(c, m->confidence);
	cell_text(c, hosts_from(m->flags, from));
	cell_time(c, m->first_ns);
	cell_time(c, m->last_ns);
}

static enum rc answer(void *state, const struct who_answer *a)
{
	static const char *const found[] = {"none", "one", "several"};
	enum { MACHINE_CELLS = 20 };
	struct cells *c = state;

	cell_text(c, a->query);
	cell_time(c, a->at_ns);
	cell_text(c, found[a->found]);
	if (a->found == WHO_ONE) {
		machine(c, a);
	} else {
		for (int i = 0; i < MACHINE_CELLS; i++)
			cell_text(c, "");
	}
	candidates(c, a);
	return cells_end(c);
}

const struct who_writer who_csv = {who_begin, answer, end, free};
