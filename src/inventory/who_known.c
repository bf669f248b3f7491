/* The second half of the page of `quell who`: all that is known, and what is not. */
#include <string.h>

#include "base/text.h"
#include "inventory/who_parts.h"
#include "report/facts.h"

enum { FACTS_MOST = 60 };

/* What belongs to a fact besides its value: the address, MAC and name that it was said of. */
static void say_subject(struct sentence *s, const struct fact *f)
{
	char text[ADDR_TEXT];
	const char *before = "";

	if (!addr_is_zero(&f->addr)) {
		say(s, "%s", addr_format(&f->addr, text));
		before = " ";
	}
	if (f->has_mac) {
		say(s, "%s%s", before, mac_format(&f->mac, text));
		before = " ";
	}
	if (f->host[0] != '\0')
		say(s, "%s%s", before, f->host);
}

static void one_fact(const struct lines *l, const struct who_head *head, const struct fact *f)
{
	struct sentence s = {.len = 0};
	char first[CLOCK_TEXT], last[CLOCK_TEXT], age[AGE_TEXT], count[COUNT_TEXT];

	if (f->kind != FACT_LINK)
		say(&s, "%s of ", f->value);
	say_subject(&s, f);
	say(&s, " (%s, %u %%", fact_source_words(f->source), (unsigned)f->confidence);
	if (f->origin[0] != '\0')
		say(&s, ", %s", f->origin);
	if (f->packet != 0)
		say(&s, " packet %llu", (unsigned long long)f->packet);
	say(&s, "): %s", clock_format(f->first_ns, first));
	if (f->last_ns != f->first_ns)
		say(&s, " to %s", clock_format(f->last_ns, last));
	say(&s, ", %s", age_format(f->last_ns, head->now_ns, age));
	if (f->count > 1)
		say(&s, ", %s times", count_format(f->count, count));
	if (f->is_ended)
		say(&s, ", then given up");
	else if (f->until_ns != 0)
		say(&s, ", granted until %s", clock_format(f->until_ns, last));
	lines_item(l, fact_kind_name(f->kind), s.at);
}

static void what_operators_said(const struct lines *l, const struct who_head *head,
				const struct who_answer *a)
{
	char age[AGE_TEXT];

	for (size_t i = 0; i < a->n_attributes; i++) {
		const struct who_attribute *t = &a->attributes[i];
		struct sentence s = {.len = 0};

		say(&s, "%s (%s, %s)", t->value, t->who, age_format(t->at_ns, head->now_ns, age));
		lines_item(l, t->key, s.at);
	}
}

void who_facts(const struct lines *l, const struct who_head *head, const struct who_answer *a)
{
	const struct machine *m = a->machine;
	struct sentence s = {.len = 0};

	lines_head(l, "All that is known, from where, and how old it is (times in UTC)");
	what_operators_said(l, head, a);
	for (size_t i = 0; i < m->n_facts && i < FACTS_MOST; i++)
		one_fact(l, head, m->facts[i]);
	if (m->n_facts > FACTS_MOST) {
		say(&s, "and %zu more; -o json has them", m->n_facts - FACTS_MOST);
		lines_item(l, "", s.at);
	}
}

static bool has_fact(const struct machine *m, unsigned kind)
{
	for (size_t i = 0; i < m->n_facts; i++) {
		if (m->facts[i]->kind == kind)
			return true;
	}
	return false;
}

/* How to find out, unless that was tried already. */
static void unknown(const struct lines *l, const char *label, const char *format,
		    const struct who_head *head, const struct who_answer *a)
{
	struct sentence s = {.len = 0};
	char addr[ADDR_TEXT];
	const char *who = a->machine->n_addrs > 0 ? addr_format(&a->machine->addrs[0].addr, addr)
						  : a->machine->id;

	say(&s, "%s ", format);
	if (!head->has_asked)
		say(&s, "%s %s --ask finds out what can be asked.", "quell who", who);
	lines_item(l, label, s.at);
}

void who_unknown(const struct lines *l, const struct who_head *head, const struct who_answer *a)
{
	const struct machine *m = a->machine;

	lines_head(l, "Not known, and how to find out");
	if (a->row.place[0] == '\0' && !has_fact(m, FACT_PLACE))
		unknown(l, "place",
			"No switch has told where it is plugged in (settings: switches), and no "
			"list. quell hosts set place=... keeps what you know.",
			head, a);
	if (m->n_users == 0)
		unknown(l, "user",
			"Nobody was heard to log on. With --credentials the profiles on its disk "
			"tell who did.",
			head, a);
	if (m->n_macs == 0)
		lines_item(l, "MAC",
			   "It is behind a router from where was listened. Ask the router "
			   "(settings: switches, router: yes), or import the DHCP server's "
			   "leases.");
	if (m->name[0] == '\0' && m->fqdn[0] == '\0')
		unknown(l, "name", "It has not said its name.", head, a);
	if (m->os[0] == '\0')
		unknown(l, "system", "It has not shown its operating system.", head, a);
	if (a->row.owner[0] == '\0')
		lines_item(l, "owner",
			   "In no list. quell hosts set owner=... keeps it, quell "
			   "hosts import LIST many.");
	if ((m->flags & MACHINE_LISTED) == 0)
		lines_item(l, "listed", "It is in none of your lists: is it yours?");
	if ((m->flags & MACHINE_ON_WIRE) == 0)
		lines_item(l, "heard",
			   "No sensor has ever heard it: nothing is known of what it "
			   "does.");
	lines_item(l, "health", "Patches and protection were not looked at.");
}
