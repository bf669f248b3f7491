/* json of the inventory - quell.hosts/1, doc/hosts.schema.json. */
#include <stdlib.h>
#include <string.h>

#include "inventory/hosts.h"
#include "report/pen.h"

struct out {
	struct pen pen;
	uint64_t limit;
};

static enum rc begin(const struct hosts_head *head, void **ret_state)
{
	struct out *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return RC_NOMEM;
	o->pen.to = head->to;
	o->limit = head->limit;
	pen_open(&o->pen, '{');
	pen_line(&o->pen);
	pen_key(&o->pen, "schema");
	pen_text(&o->pen, "quell.hosts/1");
	pen_line(&o->pen);
	pen_key(&o->pen, "filter");
	pen_text(&o->pen, head->filter);
	pen_line(&o->pen);
	pen_key(&o->pen, "machines");
	pen_open(&o->pen, '[');
	*ret_state = o;
	return RC_OK;
}

/* "a,b" as a list. */
static void list(struct pen *p, const char *key, const char *text)
{
	pen_key(p, key);
	pen_open(p, '[');
	while (*text != '\0') {
		char one[256];
		size_t len = strcspn(text, ","), part = len < sizeof(one) ? len : sizeof(one) - 1;

		memcpy(one, text, part);
		one[part] = '\0';
		pen_text(p, one);
		text += len + (text[len] == ',');
	}
	pen_close(p, ']');
}

static void flags(struct pen *p, unsigned flags)
{
	static const struct {
		const char *name;
		unsigned flag;
	} names[] = {
		{"router", MACHINE_ROUTER},         {"nat", MACHINE_NAT},
		{"shared", MACHINE_SHARED},         {"virtual", MACHINE_VIRTUAL},
		{"by-address", MACHINE_BY_ADDRESS},
	};

	pen_key(p, "is");
	pen_open(p, '[');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((flags & names[i].flag) != 0)
			pen_text(p, names[i].name);
	}
	pen_close(p, ']');
	pen_key(p, "known_from");
	pen_open(p, '[');
	if ((flags & MACHINE_ON_WIRE) != 0)
		pen_text(p, "wire");
	if ((flags & MACHINE_LISTED) != 0)
		pen_text(p, "list");
	if ((flags & MACHINE_ASKED) != 0)
		pen_text(p, "asked");
	pen_close(p, ']');
}

static void judgement(struct pen *p, const struct store_row *r)
{
	pen_put_text(p, "verdict", verdict_name(r->verdict));
	pen_key(p, "verdict_confidence");
	pen_real(p, r->verdict_confidence);
	list(p, "threats", r->threats);
	pen_put_text(p, "why", r->why);
}

static enum rc row(void *state, const struct store_row *r)
{
	struct out *o = state;
	struct pen *p = &o->pen;
	char text[MAC_TEXT];

	pen_line(p);
	pen_open(p, '{');
	pen_put_text(p, "id", r->id);
	pen_put_text(p, "name", r->name);
	pen_put_text(p, "fqdn", r->fqdn);
	pen_put_text(p, "domain", r->domain);
	pen_key(p, "address");
	if (addr_is_zero(&r->addr))
		pen_null(p);
	else
		pen_addr(p, &r->addr);
	pen_put_text(p, "mac", r->has_mac ? mac_format(&r->mac, text) : NULL);
	pen_key(p, "addresses");
	pen_number(p, r->n_addrs);
	pen_key(p, "macs");
	pen_number(p, r->n_macs);
	judgement(p, r);
	pen_put_text(p, "user", r->user);
	pen_key(p, "user_probability");
	pen_real(p, r->user_probability);
	pen_put_text(p, "os", r->os);
	pen_put_text(p, "vendor", r->vendor);
	pen_put_text(p, "place", r->place);
	pen_put_text(p, "owner", r->owner);
	pen_put_text(p, "phone", r->phone);
	pen_put_text(p, "note", r->note);
	pen_key(p, "importance");
	pen_number(p, r->importance);
	list(p, "tags", r->tags);
	flags(p, r->flags);
	pen_key(p, "confidence");
	pen_real(p, r->confidence);
	pen_key(p, "first");
	pen_time(p, r->first_ns);
	pen_key(p, "last");
	pen_time(p, r->last_ns);
	pen_close(p, '}');
	return p->bad ? RC_IO : RC_OK;
}

static enum rc end(void *state, uint64_t total)
{
	struct out *o = state;
	struct pen *p = &o->pen;

	pen_close(p, ']');
	pen_line(p);
	pen_key(p, "total");
	pen_number(p, total);
	pen_key(p, "limit");
	pen_number(p, o->limit);
	pen_close(p, '}');

	enum rc rc = pen_done(p);

	fputc('\n', p->to);
	return rc == RC_OK && (fflush(p->to) == EOF || ferror(p->to) != 0) ? RC_IO : rc;
}

const struct hosts_writer hosts_json = {begin, row, end, free};
