/* csv of the inventory - one line per machine, headed by names that the import knows. */
#include <stdlib.h>

#include "report/cells.h"
#include "report/hosts.h"

static const char columns[] =
	"id,name,fqdn,domain,address,mac,verdict,verdict_confidence,threats,why,user,"
	"user_probability,os,vendor,place,owner,phone,note,importance,tags,addresses,macs,"
	"known_from,confidence,first,last\r\n";

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

static enum rc begin(const struct hosts_head *head, void **ret_state)
{
	struct cells *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return RC_NOMEM;
	c->to = head->to;
	fputs(columns, c->to);
	*ret_state = c;
	return RC_OK;
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

static enum rc end(void *state, uint64_t total)
{
	struct cells *c = state;

	(void)total;
	return fflush(c->to) == EOF || ferror(c->to) != 0 ? RC_IO : RC_OK;
}

const struct hosts_writer hosts_csv = {begin, row, end, free};
