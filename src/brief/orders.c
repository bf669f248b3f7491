/* The remainder, as work orders: for people, JSON and CSV. */
#include "brief/orders.h"

#include <string.h>

#include "base/text.h"
#include "report/cells.h"
#include "report/facts.h"
#include "report/lines.h"
#include "report/pen.h"

static const char *called(const struct brief_order *o, char *text)
{
	if (o->name[0] != '\0')
		return o->name;
	return addr_is_zero(&o->addr) ? o->machine : addr_format(&o->addr, text);
}

static void add(struct sentence *s, const char *label, const char *value)
{
	if (value[0] != '\0')
		say(s, "%s%s %s", s->len > 0 ? ", " : "", label, value);
}

static void order(const struct lines *l, const struct brief_orders *all,
		  const struct brief_order *o)
{
	struct sentence s = {.len = 0}, who = {.len = 0};
	char addr[ADDR_TEXT], age[AGE_TEXT];

	say(&s, "%s  %s", called(o, addr), o->machine);
	if (!addr_is_zero(&o->addr))
		say(&s, "  %s", addr_format(&o->addr, addr));
	lines_row(l, o->is_infected ? TONE_ALARM : TONE_HEAD, s.at);
	s.len = 0;
	if (strncmp(o->detail, o->reason, strlen(o->reason)) == 0) /* it says so itself */
		say(&s, "%s", o->detail);
	else
		say(&s, "%s%s%s", o->reason, o->detail[0] != '\0' ? ": " : "", o->detail);
	lines_item(l, "why", s.at);
	lines_item(l, "do", o->next);
	add(&who, "user", o->user);
	add(&who, "phone", o->phone);
	add(&who, "owner", o->owner);
	add(&who, "place", o->place);
	add(&who, "with", o->os);
	if (o->seen_ns > 0)
		say(&who, "%sheard %s", who.len > 0 ? ", " : "",
		    age_format(o->seen_ns, all->at_ns, age));
	lines_item(l, "who", who.len > 0 ? who.at : "nobody is known: look at its switch port");
}

enum rc brief_orders_human(const struct brief_orders *o, const struct report_style *style, FILE *to)
{
	struct lines l = lines_on(to, style);
	struct sentence s = {.len = 0};

	if (o->n == 0) {
		say(&s, "Nobody is left of campaign %s, as far as is known.", o->campaign->id);
		lines_text(&l, TONE_HEAD, s.at);
		return ferror(to) != 0 ? RC_IO : RC_OK;
	}
	say(&s, "%zu machine%s of campaign %s %s still to be done by hand, the worst first:", o->n,
	    o->n == 1 ? "" : "s", o->campaign->id, o->n == 1 ? "is" : "are");
	lines_text(&l, TONE_HEAD, s.at);
	for (size_t i = 0; i < o->n; i++) {
		fputc('\n', to);
		order(&l, o, &o->list[i]);
	}
	return ferror(to) != 0 ? RC_IO : RC_OK;
}

static void order_json(struct pen *p, const struct brief_order *o)
{
	pen_line(p);
	pen_open(p, '{');
	pen_put_text(p, "machine", o->machine);
	pen_put_text(p, "name", o->name);
	pen_key(p, "address");
	if (addr_is_zero(&o->addr))
		pen_null(p);
	else
		pen_addr(p, &o->addr);
	pen_put_text(p, "user", o->user);
	pen_put_text(p, "phone", o->phone);
	pen_put_text(p, "owner", o->owner);
	pen_put_text(p, "place", o->place);
	pen_put_text(p, "os", o->os);
	pen_key(p, "wave");
	pen_number(p, o->wave);
	pen_put_text(p, "stage", stage_name(o->stage));
	pen_key(p, "infected");
	pen_bool(p, o->is_infected);
	pen_key(p, "importance");
	pen_number(p, o->importance);
	pen_key(p, "harm");
	pen_real(p, o->harm);
	pen_key(p, "heard");
	pen_time(p, o->seen_ns);
	pen_put_text(p, "reason", o->reason);
	pen_put_text(p, "detail", o->detail);
	pen_put_text(p, "next", o->next);
	pen_close(p, '}');
}

enum rc brief_orders_json(const struct brief_orders *o, FILE *to)
{
	struct pen p = {.to = to};

	pen_open(&p, '{');
	pen_line(&p);
	pen_put_text(&p, "schema", "quell.orders/1");
	pen_put_text(&p, "campaign", o->campaign->id);
	pen_key(&p, "at");
	pen_time(&p, o->at_ns);
	pen_line(&p);
	pen_key(&p, "orders");
	pen_open(&p, '[');
	for (size_t i = 0; i < o->n; i++)
		order_json(&p, &o->list[i]);
	pen_close(&p, ']');
	pen_close(&p, '}');
	return pen_done(&p) == RC_OK && fputc('\n', to) != EOF ? RC_OK : RC_IO;
}

enum rc brief_orders_csv(const struct brief_orders *o, FILE *to)
{
	struct cells c = {.to = to};
	enum rc rc = RC_OK;

	fputs("machine,name,address,user,phone,owner,place,os,wave,stage,infected,importance,heard,"
	      "reason,detail,next\r\n",
	      to);
	for (size_t i = 0; i < o->n && rc == RC_OK; i++) {
		const struct brief_order *b = &o->list[i];
		char addr[ADDR_TEXT] = "";

		cell_text(&c, b->machine);
		cell_text(&c, b->name);
		cell_text(&c, addr_is_zero(&b->addr) ? "" : addr_format(&b->addr, addr));
		cell_text(&c, b->user);
		cell_text(&c, b->phone);
		cell_text(&c, b->owner);
		cell_text(&c, b->place);
		cell_text(&c, b->os);
		cell_number(&c, b->wave);
		cell_text(&c, stage_name(b->stage));
		cell_text(&c, b->is_infected ? "yes" : "no");
		cell_number(&c, b->importance);
		cell_time(&c, b->seen_ns);
		cell_text(&c, b->reason);
		cell_text(&c, b->detail);
		cell_text(&c, b->next);
		rc = cells_end(&c);
	}
	return rc == RC_OK && ferror(to) != 0 ? RC_IO : rc;
}
