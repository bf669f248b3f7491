/* The machines of the week, and who works at them. */
#include <stdlib.h>

#include "week.h"

enum {
	NET = 0x0a280000, /* 10.40.0.0/20 */
	FAR = 0x0a281000, /* 10.40.16.0/24 */
	POOL_FIRST = NET + 0x100,
	FAR_FIRST = FAR + 20,
	STATIC_FIRST = NET + 20,
	STATICS = 200,
	INFRASTRUCTURE = 8, /* units that there is one of */
};

static const uint8_t vendors[][3] = {
	{0x00, 0x14, 0x22}, {0x00, 0x1f, 0x29}, {0x00, 0x1b, 0x21}, {0x00, 0x21, 0x9b},
	{0x00, 0x23, 0xae}, {0x18, 0x03, 0x73}, {0x3c, 0x97, 0x0e}, {0x8c, 0x16, 0x45},
};

struct mac week_mac(struct week *w, bool is_random)
{
	struct mac m;

	rng_fill(&w->lan->rng, m.b, sizeof(m.b));
	if (is_random)
		m.b[0] = (uint8_t)((m.b[0] & 0xfc) | 2);
	else
		memcpy(m.b, vendors[rng_below(&w->lan->rng, 8)], 3);
	return m;
}

static const char *const kind_names[UNIT_KINDS] = {
	[DESKTOP] = "desktop", [LAPTOP] = "laptop",   [PHONE] = "phone",
	[SHARED] = "shared",   [REMOTE] = "remote",   [VISITOR] = "visitor",
	[SERVER] = "server",   [PRINTER] = "printer", [TERMINAL] = "terminal-server",
	[PROXY] = "proxy",     [ROUTER] = "router",   [VIRTUAL] = "virtual",
	[NAT] = "nat",
};

static void person(struct week *w, char *to, unsigned number)
{
	static const char *const first[] = {"anna",  "boris", "carla", "dmitri", "eva",   "felix",
					    "greta", "hans",  "irina", "jan",    "klara", "lev"};

	(void)snprintf(to, HOST_NAME, "%s.%c%u", first[rng_below(&w->lan->rng, 12)],
		       (char)('a' + rng_below(&w->lan->rng, 26)), number);
}

static struct unit *add(struct week *w, enum unit_kind kind, const char *prefix, enum os os)
{
	struct unit *u = &w->units[w->n_units];
	struct host *h = &u->nics[0].host;

	u->actor = (struct actor){.at_ns = w->start, .step = unit_step};
	u->week = w;
	u->kind = kind;
	u->number = w->n_units++;
	u->n_nics = 1;
	(void)snprintf(u->label, sizeof(u->label), "%s-%05u", kind_names[kind], u->number);
	*h = (struct host){
		.mac = week_mac(w, false), .os = os, .port = 1030, .guid = rng_next(&w->lan->rng)};
	(void)snprintf(h->name, sizeof(h->name), "%s-%05u", prefix, u->number);
	u->nics[0].slot = u->nics[1].slot = NO_SLOT;
	u->releases = rng_chance(&w->lan->rng, 30);
	unit_due(u, w->start, PLAN, 0);
	sched_add(&w->sched, &u->actor);
	return u;
}

static struct unit *add_static(struct week *w, enum unit_kind kind, const char *prefix, enum os os,
			       uint32_t addr)
{
	struct unit *u = add(w, kind, prefix, os);

	u->is_static = true;
	u->nics[0].host.addr = addr_v4(addr);
	return u;
}

static void add_infrastructure(struct week *w)
{
	struct unit *u = add_static(w, SERVER, "DC", OS_2008, NET + 10);

	w->dc = &u->nics[0].host;
	u = add_static(w, SERVER, "FS", OS_2008, NET + 11);
	w->files = &u->nics[0].host;
	u = add_static(w, ROUTER, "RT", OS_OTHER, NET + 2);
	w->far_router = &u->nics[0].host;
	(void)add_static(w, ROUTER, "RT", OS_OTHER, NET + 3);
	u = add_static(w, VIRTUAL, "GW", OS_OTHER, NET + 1);
	u->nics[0].host.mac = (struct mac){{0, 0, 0x5e, 0, 1, 10}};
	w->gateway = &u->nics[0].host;
	u = add_static(w, TERMINAL, "TS", OS_2008, NET + 12);
	u->is_member = true;
	u = add_static(w, PROXY, "PROXY", OS_LINUX, NET + 13);
	u->has_mdns = true;
	w->nat = add(w, NAT, "WIFIBOX", OS_OTHER);
	for (unsigned i = 0; i < 3; i++) {
		w->inner[i] = (struct host){.os = i == 0 ? OS_XP : OS_10, .port = 2000, .hops = 1};
		(void)snprintf(w->inner[i].name, HOST_NAME, "LAB-%u", i);
	}
	for (unsigned i = 0; i < 4; i++) {
		w->sites[i] = (struct host){.addr = addr_v4(0xc6336400 + 10 + i), .os = OS_LINUX};
		w->sites[i].via = w->far_router;
	}
}

static void add_desktop(struct week *w)
{
	static const enum os mix[] = {OS_XP, OS_7, OS_10, OS_10};
	struct rng *r = &w->lan->rng;
	bool is_linux = rng_chance(r, 8);
	struct unit *u = add(w, DESKTOP, is_linux ? "dev" : "PC",
			     is_linux ? OS_LINUX : mix[rng_below(r, 4)]);
	uint64_t day = (1 + rng_below(r, 3)) * DAY;

	person(w, u->users[0], u->number);
	u->n_users = 1;
	u->is_member = !is_linux;
	u->has_mdns = is_linux;
	u->stays_on = rng_chance(r, 20);
	if (u->is_member && rng_chance(r, 3))
		unit_due(u, w->start + day + 10 * HOUR, RENAME, 0);
	else if (u->is_member && rng_chance(r, 3))
		unit_due(u, w->start + day + 11 * HOUR, REPLACE, 0);
}

static void add_laptop(struct week *w)
{
	struct rng *r = &w->lan->rng;
	struct unit *u = add(w, LAPTOP, "LAP", rng_chance(r, 40) ? OS_7 : OS_10);

	person(w, u->users[0], u->number);
	u->n_users = 1;
	u->is_member = true;
	u->n_nics = 2;
	u->nics[1].host = u->nics[0].host;
	u->nics[1].host.mac = week_mac(w, false);
	u->nics[0].own = u->nics[0].host.mac;
	u->docks = rng_chance(r, 15);
}

static void add_phone(struct week *w)
{
	struct rng *r = &w->lan->rng;
	struct unit *u = add(w, PHONE, "phone", OS_OTHER);
	struct host *h = &u->nics[0].host;
	unsigned what = rng_below(r, 3);

	h->mac = week_mac(w, true);
	u->rotates_mac = rng_chance(r, 4);
	if (what == 0)
		(void)snprintf(h->name, HOST_NAME, "iPhone");
	else if (what == 1)
		(void)snprintf(h->name, HOST_NAME, "android-%07x", (unsigned)rng_next(r) >> 4);
	else
		(void)snprintf(h->name, HOST_NAME, "Galaxy-S9");
}

static void add_shared(struct week *w)
{
	struct unit *u = add(w, SHARED, "KIOSK", OS_7);

	for (u->n_users = 0; u->n_users < 3; u->n_users++)
		person(w, u->users[u->n_users], u->number * 10 + u->n_users);
	u->is_member = true;
}

static void add_remote(struct week *w)
{
	struct unit *u = add(w, REMOTE, "FAR", rng_chance(&w->lan->rng, 50) ? OS_7 : OS_10);

	person(w, u->users[0], u->number);
	u->n_users = 1;
	u->is_member = true;
	u->nics[0].host.via = w->far_router;
	u->nics[0].host.hops = 1;
}

static void add_others(struct week *w, unsigned percent)
{
	struct rng *r = &w->lan->rng;
	struct unit *u;

	if (percent < 46) {
		add_desktop(w);
	} else if (percent < 70) {
		add_laptop(w);
	} else if (percent < 80) {
		add_phone(w);
	} else if (percent < 82) {
		add_shared(w);
	} else if (percent < 87) {
		add_remote(w);
	} else if (percent < 92) {
		u = add(w, VISITOR, "NB", OS_10);
		(void)snprintf(u->nics[0].host.name, HOST_NAME, "GUEST%04x",
			       (unsigned)rng_next(r) & 0xffff);
	} else if (percent < 96) {
		u = add_static(w, SERVER, "SRV", OS_2008, STATIC_FIRST + w->n_static++);
		u->is_member = true;
	} else {
		u = add_static(w, PRINTER, "NPI", OS_PRINTER, STATIC_FIRST + w->n_static++);
		u->has_mdns = true;
	}
}

void week_people(struct week *w)
{
	unsigned n = w->opt->machines < 2 * INFRASTRUCTURE ? 2 * INFRASTRUCTURE : w->opt->machines;
	unsigned cards = 0, far = 0;

	w->units = calloc(n, sizeof(*w->units));
	w->n_docks = n / 40 + 1; /* for one laptop in five or so */
	w->docks = calloc(w->n_docks, sizeof(*w->docks));
	if (w->units == NULL || w->docks == NULL) {
		fputs("quell-traffic: out of memory\n", stderr);
		exit(1);
	}
	for (unsigned i = 0; i < w->n_docks; i++)
		w->docks[i].mac = week_mac(w, false);
	add_infrastructure(w);
	while (w->n_units < n) {
		/* The low addresses are for 200 machines. */
		add_others(w, rng_below(&w->lan->rng, w->n_static < STATICS ? 100 : 92));
	}
	person(w, w->admin, 7);
	for (unsigned i = 0; i < n; i++) {
		const struct unit *u = &w->units[i];

		cards += u->is_static || u->kind == REMOTE ? 0 : u->n_nics;
		far += u->kind == REMOTE;
	}
	/* Fewer addresses than cards, so that they go round. */
	w->near = (struct pool){.n = cards * 7 / 10 + 8, .first = POOL_FIRST};
	w->far = (struct pool){.n = far * 9 / 10 + 4, .first = FAR_FIRST};
	w->near.slots = calloc(w->near.n, sizeof(*w->near.slots));
	w->far.slots = calloc(w->far.n, sizeof(*w->far.slots));
	if (w->near.slots == NULL || w->far.slots == NULL) {
		fputs("quell-traffic: out of memory\n", stderr);
		exit(1);
	}
}
