#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/facts.h"
#include "report/human.h"
#include "report/identity.h"

enum {
	BLOCKS_MOST = 3,  /* more are told in short, */
	SHORTS_MOST = 20, /* and still more in a table: nobody reads a hundred paragraphs */
	ROWS_MOST = 50,
	REASONS_MOST = 3,
	TARGETS_MOST = 8,
	THREATS_MOST = 5,
	MACS_MOST = 4,
	ADDRS_MOST = 4,
	USERS_MOST = 2,
	THREATS_TEXT = 64,
	MAC_COLUMN = 19,
	TABLE_REST = 18 + 7 + 11 + 10 + 12, /* since, sure, attempts, targets, some of threats */
};

const char *clock_format(uint64_t at_ns, char *text)
{
	char utc[TEXT_TIME];

	text_time(at_ns, utc);
	if (at_ns == 0)
		snprintf(text, CLOCK_TEXT, "never");
	else
		snprintf(text, CLOCK_TEXT, "%.10s %.8s", utc, utc + 11);
	return text;
}

/* Which evidence to show: what proves most comes first. */
static int rank(enum finding_class c)
{
	static const int ranks[CLASSES] = {
		[CLASS_EXPLOIT] = 0,  [CLASS_IMPLANT] = 1,    [CLASS_RENDEZVOUS] = 2,
		[CLASS_TRANSFER] = 3, [CLASS_CREDENTIAL] = 4, [CLASS_LATERAL] = 5,
		[CLASS_SCAN] = 6,     [CLASS_CHECK] = 7,
	};

	return ranks[c];
}

static const struct finding *best_evidence(const struct outbreak *o, const struct addr *source)
{
	const struct finding *best = NULL;

	for (size_t i = 0; i < o->n_findings; i++) {
		const struct finding *f = o->findings[i];

		if (f->n_packets == 0 || !addr_eq(&f->source, source))
			continue;
		if (best == NULL || rank(f->class) < rank(best->class) ||
		    (rank(f->class) == rank(best->class) && f->packets[0] < best->packets[0]))
			best = f;
	}
	return best;
}

static void evidence(const struct lines *l, const struct outbreak *o, const struct addr *source)
{
	const struct finding *f = best_evidence(o, source);
	struct sentence s = {.len = 0};
	const char *last = NULL;

	if (f == NULL || strcmp(o->source.kind, "file") != 0)
		return;
	say(&s, "packet%s ", f->n_packets == 1 ? "" : "s");
	for (unsigned i = 0; i < f->n_packets; i++) {
		const char *name = NULL;
		uint64_t frame = source_frame(&o->source, f->packets[i], &name);

		if (i > 0 && last != NULL && name != last)
			say(&s, " of %s", last);
		say(&s, "%s%llu", i > 0 ? ", " : "", (unsigned long long)frame);
		last = name;
	}
	if (last != NULL)
		say(&s, " of %s", last);
	say(&s, " (frame.number in Wireshark)");
	lines_item(l, "evidence", s.at);
}

static void macs(struct sentence *s, const struct host *h)
{
	size_t n = identity_macs(h);
	char text[MAC_TEXT];

	for (size_t i = 0; i < n && i < MACS_MOST; i++) {
		const char *vendor = identity_vendor(h, i), *kind = identity_mac_kind(h, i);

		say(s, "%s%s", i == 0 ? "" : " ", mac_format(identity_mac(h, i), text));
		if (vendor[0] != '\0' || kind[0] != '\0')
			say(s, " (%s%s%s)", vendor,
			    vendor[0] != '\0' && kind[0] != '\0' ? ", " : "", kind);
	}
	if (n > MACS_MOST || h->seen.more_macs)
		say(s, " and more");
}

static void name_line(const struct lines *l, const struct host *h)
{
	const char *name = identity_name(h);
	struct sentence s = {.len = 0};
	char text[ADDR_TEXT];

	say(&s, "%-16s ", addr_format(&h->seen.addr, text));
	if (name[0] != '\0')
		say(&s, "%s  ", name);
	if (identity_macs(h) > 0)
		macs(&s, h);
	else
		say(&s, "(MAC address not heard)");
	fputc('\n', l->to);
	lines_row(l, h->verdict == VERDICT_INFECTED ? TONE_ALARM : TONE_WARN, s.at);
}

/* System, domain and the other addresses, as far as they are known. */
static void machine_item(const struct lines *l, const struct host *h)
{
	const char *os = identity_os(h), *domain = h->machine != NULL ? h->machine->domain : "";
	struct sentence s = {.len = 0};
	char text[ADDR_TEXT];
	size_t others = 0;

	say(&s, "%s", os);
	if (domain[0] != '\0')
		say(&s, "%sin %s", s.len > 0 ? ", " : "", domain);
	for (size_t i = 0; i < h->n_addrs && others < ADDRS_MOST; i++) {
		if (addr_eq(&h->addrs[i], &h->seen.addr))
			continue;
		say(&s, "%s%s",
		    others++ > 0 ? ", "
		    : s.len > 0  ? "; also "
				 : "also ",
		    addr_format(&h->addrs[i], text));
	}
	if (h->n_addrs > others + 1)
		say(&s, " and %zu more", h->n_addrs - others - 1);
	if (s.len > 0)
		lines_item(l, "machine", s.at);
}

static void user_item(const struct lines *l, const struct host *h)
{
	const struct machine *m = h->machine;
	struct sentence s = {.len = 0};

	for (size_t i = 0; m != NULL && i < m->n_users && i < USERS_MOST; i++) {
		const struct machine_user *u = &m->users[i];

		say(&s, "%s%s (%u %%%s%s)", i == 0 ? "" : ", or ", u->user,
		    (unsigned)(u->probability * 100 + 0.5), u->why[0] != '\0' ? ": " : "", u->why);
	}
	if (s.len > 0)
		lines_item(l, "user", s.at);
}

/* Where to go and whom to call. */
static void identity_items(const struct lines *l, const struct host *h)
{
	const char *place = identity_place(h);

	machine_item(l, h);
	user_item(l, h);
	if (place[0] != '\0')
		lines_item(l, "place", place);
	if (h->machine != NULL && h->machine->owner[0] != '\0')
		lines_item(l, "owner", h->machine->owner);
	for (size_t i = 0; i < h->n_notes; i++)
		lines_item(l, i == 0 ? "mind" : "", h->notes[i]);
}

/* The same in one line. */
static void identity_short(const struct lines *l, const struct host *h)
{
	const struct machine_user *u = identity_user(h);
	const char *os = identity_os(h), *place = identity_place(h);
	struct sentence s = {.len = 0};

	say(&s, "%s", os);
	if (u != NULL)
		say(&s, "%suser %s (%u %%)", s.len > 0 ? ", " : "", u->user,
		    (unsigned)(u->probability * 100 + 0.5));
	if (place[0] != '\0')
		say(&s, "%s%s", s.len > 0 ? ", " : "", place);
	if (!identity_is_known(h))
		say(&s, "%sknown by its address only", s.len > 0 ? ", " : "");
	if (s.len > 0)
		lines_item(l, "who", s.at);
}

static void since(const struct lines *l, const struct host *h)
{
	char first[CLOCK_TEXT], last[CLOCK_TEXT];
	struct sentence s = {.len = 0};

	if (h->n_threats == 0)
		return;
	say(&s, "%s UTC, last at %s", clock_format(host_first_ns(h), first),
	    clock_format(host_last_ns(h), last));
	lines_item(l, "since", s.at);
}

static void reasons(const struct lines *l, const struct host *h)
{
	struct sentence more = {.len = 0};

	for (size_t i = 0; i < h->n_why && i < REASONS_MOST; i++)
		lines_item(l, i == 0 ? "why" : "", h->why[i]);
	if (h->n_why > REASONS_MOST) {
		say(&more, "and %zu more: -o json", h->n_why - REASONS_MOST);
		lines_item(l, "", more.at);
	}
}

static void attacked(const struct lines *l, const struct host_threat *t, const char *label)
{
	struct sentence s = {.len = 0};
	char text[ADDR_TEXT], count[COUNT_TEXT];

	say(&s, "%s: %s attempt%s", t->id, count_format(t->attempts, count),
	    t->attempts == 1 ? "" : "s");
	if (t->n_targets > 0)
		say(&s, " on %s machine%s: ", count_format(t->n_targets, count),
		    t->n_targets == 1 ? "" : "s");
	for (size_t i = 0; i < t->n_targets && i < TARGETS_MOST; i++)
		say(&s, "%s%s", i == 0 ? "" : ", ", addr_format(&t->targets[i], text));
	if (t->n_targets > TARGETS_MOST)
		say(&s, " and %s more", count_format(t->n_targets - TARGETS_MOST, count));
	lines_item(l, label, s.at);
}

static void block(const struct lines *l, const struct outbreak *o, const struct host *h)
{
	struct sentence sure = {.len = 0}, more = {.len = 0};

	name_line(l, h);
	identity_items(l, h);
	say(&sure, "%u %%", (unsigned)(h->confidence * 100 + 0.5));
	lines_item(l, "how sure", sure.at);
	since(l, h);
	reasons(l, h);
	for (size_t i = 0; i < h->n_threats && i < THREATS_MOST; i++)
		attacked(l, &h->threats[i], i == 0 ? "did" : "");
	if (h->n_threats > THREATS_MOST) {
		say(&more, "and %zu more: -o json", h->n_threats - THREATS_MOST);
		lines_item(l, "", more.at);
	}
	evidence(l, o, &h->seen.addr);
	if (h->trusted != NULL) {
		struct sentence s = {.len = 0};

		say(&s, "as \"%s\" in your settings, but not for this", h->trusted);
		lines_item(l, "trusted", s.at);
	}
}

/* The same in a few lines: for the rest there is -o json. */
static void short_block(const struct lines *l, const struct host *h)
{
	struct sentence name = {.len = 0}, did = {.len = 0}, why = {.len = 0};
	char text[ADDR_TEXT], clock[CLOCK_TEXT], count[COUNT_TEXT];

	say(&name, "%-15s ", addr_format(&h->seen.addr, text));
	if (identity_name(h)[0] != '\0')
		say(&name, " %s ", identity_name(h));
	if (identity_macs(h) > 0)
		say(&name, " %s ", mac_format(identity_mac(h, 0), text));
	say(&name, " %u %% sure  since %s UTC", (unsigned)(h->confidence * 100 + 0.5),
	    clock_format(host_first_ns(h), clock));
	fputc('\n', l->to);
	lines_row(l, h->verdict == VERDICT_INFECTED ? TONE_ALARM : TONE_WARN, name.at);
	identity_short(l, h);
	if (h->n_why > 0)
		say(&why, "%s", h->why[0]);
	lines_item(l, "why", why.at);
	for (size_t i = 0; i < h->n_threats && i < THREATS_MOST; i++) {
		const struct host_threat *t = &h->threats[i];

		say(&did, "%s%s: %s attempt%s", i == 0 ? "" : "; ", t->id,
		    count_format(t->attempts, count), t->attempts == 1 ? "" : "s");
		if (t->n_targets > 0)
			say(&did, " on %s machine%s", count_format(t->n_targets, count),
			    t->n_targets == 1 ? "" : "s");
	}
	lines_item(l, "did", did.at);
}

struct table {
	unsigned address_width;
	bool has_names; /* somebody has one: it says more than a MAC */
	bool has_macs;  /* there is room for them */
};

static struct table plan(const struct lines *l, const struct outbreak *o, enum verdict v)
{
	struct table t = {.address_width = 7};
	char text[ADDR_TEXT];
	size_t rows = 0;

	for (size_t i = 0; i < o->n_hosts && rows < ROWS_MOST; i++) {
		if (o->hosts[i].verdict != v)
			continue;
		size_t len = strlen(addr_format(&o->hosts[i].seen.addr, text));

		rows++;
		t.has_names |= identity_name(&o->hosts[i])[0] != '\0';
		if (len > t.address_width)
			t.address_width = (unsigned)len;
	}
	t.has_macs = !t.has_names && 2 + t.address_width + 2 + MAC_COLUMN + TABLE_REST <= l->width;
	return t;
}

static void table_head(const struct lines *l, const struct table *t)
{
	struct sentence s = {.len = 0};

	say(&s, "%-*s  ", (int)t->address_width, "address");
	if (t->has_names)
		say(&s, "%-17s  ", "name");
	if (t->has_macs)
		say(&s, "%-17s  ", "MAC");
	say(&s, "%-16s  %5s  %9s  %8s  %s", "since (UTC)", "sure", "attempts", "machines",
	    "threats");
	fputc('\n', l->to);
	lines_row(l, TONE_HEAD, s.at);
}

static enum rc table_row(const struct lines *l, const struct table *t, const struct host *h)
{
	char text[ADDR_TEXT], mac[MAC_TEXT] = "-", clock[CLOCK_TEXT], count[COUNT_TEXT];
	struct sentence s = {.len = 0};
	size_t n_targets;
	enum rc rc = host_count_targets(h, &n_targets);

	if (rc != RC_OK)
		return rc;
	const char *name = identity_name(h);

	if (identity_macs(h) > 0)
		mac_format(identity_mac(h, 0), mac);
	say(&s, "%-*s  ", (int)t->address_width, addr_format(&h->seen.addr, text));
	if (t->has_names)
		say(&s, "%-17.17s  ", name[0] != '\0' ? name : "-");
	if (t->has_macs)
		say(&s, "%-17s  ", mac);
	say(&s, "%-16.16s  %3u %%", clock_format(host_first_ns(h), clock),
	    (unsigned)(h->confidence * 100 + 0.5));
	say(&s, "  %9s", count_format(host_attempts(h), count));
	say(&s, "  %8s  ", count_format(n_targets, count));
	for (size_t i = 0; i < h->n_threats; i++)
		say(&s, "%s%s", i == 0 ? "" : " ", h->threats[i].id);
	lines_row(l, TONE_PLAIN, s.at);
	return RC_OK;
}

static enum rc table(const struct lines *l, const struct outbreak *o, enum verdict v)
{
	struct table t = plan(l, o, v);
	struct sentence more = {.len = 0};
	size_t rows = 0;
	char count[COUNT_TEXT];

	table_head(l, &t);
	for (size_t i = 0; i < o->n_hosts; i++) {
		if (o->hosts[i].verdict != v || rows++ >= ROWS_MOST)
			continue;
		enum rc rc = table_row(l, &t, &o->hosts[i]);

		if (rc != RC_OK)
			return rc;
	}
	if (rows > ROWS_MOST) {
		say(&more, "and %s more: -o csv lists all", count_format(rows - ROWS_MOST, count));
		lines_row(l, TONE_PLAIN, more.at);
	}
	return RC_OK;
}

enum rc human_machines(const struct lines *l, const struct outbreak *o, enum verdict v)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_hosts; i++)
		n += o->hosts[i].verdict == v;
	if (n == 0)
		return RC_OK;
	lines_head(l, v == VERDICT_INFECTED ? "INFECTED" : "SUSPECTED, by behaviour only");
	if (n > SHORTS_MOST)
		return table(l, o, v);
	for (size_t i = 0; i < o->n_hosts; i++) {
		if (o->hosts[i].verdict == v && n > BLOCKS_MOST)
			short_block(l, &o->hosts[i]);
		else if (o->hosts[i].verdict == v)
			block(l, o, &o->hosts[i]);
	}
	return RC_OK;
}
