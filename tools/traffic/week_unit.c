/* A machine's week: it is switched on and off, moved, renamed, replaced, and used. */
#include <stdlib.h>

#include "week.h"

#include "base/text.h"
#include "naming/netbios.h"

/* --- the truth --- */

static void truth_row(const struct unit *u, struct nic *nic, uint64_t until)
{
	char addr[ADDR_TEXT], from[TEXT_TIME], to[TEXT_TIME];

	if (u->week->truth != NULL && until > nic->since)
		fprintf(u->week->truth, "%s\t%s\t%s\t%s\t%s\n", addr_format(&nic->host.addr, addr),
			text_time(nic->since, from), text_time(until, to), u->label,
			nic->truth_user);
	nic->since = until;
}

/* Who is to be called about it: of machines of one person that one, else who is logged on. */
static void truth_begin(const struct unit *u, struct nic *nic, uint64_t at)
{
	const char *who = u->n_users == 0     ? "-"
			  : u->kind == SHARED ? u->users[u->user]
					      : u->users[0];

	if (u->kind == TERMINAL)
		who = "-";
	nic->since = at;
	(void)snprintf(nic->truth_user, sizeof(nic->truth_user), "%s", who);
}

/* --- what is due --- */

void unit_due(struct unit *u, uint64_t at_ns, enum doing what, unsigned arg)
{
	if (u->n_dues == UNIT_DUES) {
		fputs("quell-traffic: a machine's day is too full\n", stderr);
		exit(1);
	}
	u->dues[u->n_dues++] = (struct due){at_ns, (uint8_t)what, (uint8_t)arg, (uint8_t)arg};
}

static void forget(struct unit *u, enum doing what, unsigned nic)
{
	for (unsigned i = 0; i < u->n_dues;) {
		if (u->dues[i].what == what && u->dues[i].nic == nic)
			u->dues[i] = u->dues[--u->n_dues];
		else
			i++;
	}
}

/* --- addresses --- */

/* The card's former address if nobody has it, else the one that is free for longest. False: none.
 */
static bool lease(struct pool *p, struct nic *nic, uint64_t at, bool *ret_is_same)
{
	int best = NO_SLOT;

	*ret_is_same = false;
	for (unsigned i = 0; i < p->n && !*ret_is_same; i++) {
		const struct slot *s = &p->slots[i];

		*ret_is_same = s->until > 0 && mac_eq(&s->owner, &nic->host.mac);
		if (*ret_is_same ||
		    (s->until <= at && (best == NO_SLOT || s->until < p->slots[best].until)))
			best = (int)i;
	}
	if (best == NO_SLOT)
		return false;
	p->slots[best] = (struct slot){nic->host.mac, at + LEASE_S * SEC};
	nic->slot = best;
	nic->host.addr = addr_v4(p->first + (uint32_t)best);
	return true;
}

/* A desk that is free; its own card where all are taken. */
static void sit_down(struct unit *u, struct nic *nic)
{
	struct week *w = u->week;
	unsigned from = rng_below(&w->lan->rng, w->n_docks);

	for (unsigned i = 0; i < w->n_docks && nic->dock == NULL; i++) {
		struct dock *d = &w->docks[(from + i) % w->n_docks];

		if (!d->is_taken)
			nic->dock = d;
	}
	nic->host.mac = nic->own;
	if (nic->dock != NULL) {
		nic->dock->is_taken = true;
		nic->host.mac = nic->dock->mac;
	}
}

static struct pool *pool_of(struct unit *u)
{
	return u->kind == REMOTE ? &u->week->far : &u->week->near;
}

static uint64_t introduce(struct unit *u, struct nic *nic, uint64_t at)
{
	struct week *w = u->week;
	struct host *h = &nic->host;

	if (u->has_mdns)
		return talk_mdns(w, at, h);
	if (h->os == OS_OTHER || h->os == OS_PRINTER || h->os == OS_LINUX)
		return at;
	at = talk_netbios(w, at, h, h->name, NETBIOS_WORKSTATION);
	at = talk_netbios(w, at, h, h->name, NETBIOS_SERVER);
	if (h->os != OS_10 && h->via == NULL)
		at = talk_announce(w, at, h);
	if (u->is_member) {
		char account[HOST_NAME + 2];

		(void)snprintf(account, sizeof(account), "%s$", h->name);
		at = talk_kerberos(w, at, h, account);
	}
	return at;
}

/* A card that is in use, or NULL. */
static struct nic *any_up(struct unit *u)
{
	unsigned from = rng_below(&u->week->lan->rng, u->n_nics);

	for (unsigned i = 0; i < u->n_nics; i++) {
		struct nic *nic = &u->nics[(from + i) % u->n_nics];

		if (nic->is_up)
			return nic;
	}
	return NULL;
}

static void go_up(struct unit *u, unsigned i, uint64_t at)
{
	struct week *w = u->week;
	struct nic *nic = &u->nics[i];
	bool is_same = false;

	if (nic->is_up)
		return;
	if (u->rotates_mac)
		nic->host.mac = week_mac(w, true);
	if (u->docks && i == 0 && nic->dock == NULL)
		sit_down(u, nic);
	if (!u->is_static && !lease(pool_of(u), nic, at, &is_same)) {
		unit_due(u, at + 10 * MINUTE, RETRY, i);
		return;
	}
	if (u->is_static)
		net_arp_announce(w->lan, at, &nic->host);
	else if (u->kind != REMOTE)
		at = talk_dhcp(w, at, &nic->host, is_same ? TALK_REBOOT : TALK_LEASE);
	if (any_up(u) == NULL) { /* Windows draws it anew at each start */
		for (unsigned k = 0; k < u->n_nics; k++)
			u->nics[k].host.guid = u->nics[0].host.guid + 0x9e3779b97f4a7c15;
	}
	nic->is_up = true;
	truth_begin(u, nic, at);
	(void)introduce(u, nic, at);
	unit_due(u, at + rng_between(&w->lan->rng, 2 * MINUTE, 20 * MINUTE), TALK, i);
	if (!u->is_static)
		unit_due(u, at + LEASE_S / 2 * SEC, RENEW, i);
}

static void go_down(struct unit *u, unsigned i, uint64_t at)
{
	struct nic *nic = &u->nics[i];

	forget(u, RETRY, i);
	if (nic->dock != NULL)
		nic->dock->is_taken = false;
	nic->dock = NULL;
	if (!nic->is_up)
		return;
	if (u->releases && !u->is_static && u->kind != REMOTE) {
		(void)talk_dhcp(u->week, at, &nic->host, TALK_RELEASE);
		pool_of(u)->slots[nic->slot].until = at;
	}
	truth_row(u, nic, at);
	nic->is_up = false;
	forget(u, RENEW, i);
	forget(u, TALK, i);
}

static void renew(struct unit *u, unsigned i, uint64_t at)
{
	struct nic *nic = &u->nics[i];

	pool_of(u)->slots[nic->slot].until = at + LEASE_S * SEC;
	if (u->kind != REMOTE)
		(void)talk_dhcp(u->week, at, &nic->host, TALK_RENEW);
	unit_due(u, at + LEASE_S / 2 * SEC, RENEW, i);
}

/* --- use --- */

static void logon(struct unit *u, unsigned user, uint64_t at)
{
	struct nic *nic = any_up(u);

	if (nic == NULL || user >= u->n_users)
		return;
	for (unsigned i = 0; i < u->n_nics && u->kind == SHARED && user != u->user; i++) {
		if (u->nics[i].is_up)
			truth_row(u, &u->nics[i], at);
	}
	u->user = user;
	for (unsigned i = 0; i < u->n_nics; i++) {
		if (u->nics[i].is_up && u->kind == SHARED)
			truth_begin(u, &u->nics[i], at);
	}
	if (u->is_member)
		at = talk_kerberos(u->week, at, &nic->host, u->users[user]);
	if (nic->host.os == OS_XP)
		(void)talk_netbios(u->week, at, &nic->host, u->users[user], NETBIOS_MESSENGER);
}

/* Somebody else's logon at this machine: an administrator helps, a service runs. */
static void visit(struct unit *u, const char *who, uint64_t at, bool is_person)
{
	struct nic *nic = any_up(u);

	if (nic == NULL)
		return;
	if (is_person)
		at = talk_kerberos(u->week, at, &nic->host, who);
	(void)talk_files(u->week, at, &nic->host, who);
}

static void talk(struct unit *u, unsigned i, uint64_t at)
{
	struct week *w = u->week;
	struct rng *r = &w->lan->rng;
	struct host *h = &u->nics[i].host;
	bool is_person = u->n_users > 0;

	if (h->via == NULL)
		net_arp_nobody(w->lan, at, h, &w->gateway->addr);
	if (u->kind == TERMINAL) {
		unsigned who = rng_below(r, 60);
		char user[HOST_NAME];

		(void)snprintf(user, sizeof(user), "clerk%u", who);
		at = talk_kerberos(w, at, h, user);
		(void)talk_files(w, at, h, user);
	} else if (u->kind == NAT) {
		struct host *in = &w->inner[rng_below(r, 3)];

		in->addr = h->addr;
		in->mac = h->mac;
		at = talk_files(w, at, in, in->name); /* each is its user's machine */
		(void)talk_web(w, at, in);
	} else if (is_person && rng_chance(r, 50)) {
		(void)talk_files(w, at, h, u->users[u->user]);
	} else if (is_person && u->is_member && rng_chance(r, 50)) {
		(void)talk_kerberos(w, at, h, u->users[u->user]);
	} else {
		(void)talk_web(w, at, h);
	}
	if (u->has_mdns)
		(void)talk_mdns(w, at + 1 * SEC, h);
	else if (h->os == OS_XP || h->os == OS_7)
		(void)talk_announce(w, at + 1 * SEC, h);
	unit_due(u,
		 at + (u->kind == TERMINAL || u->kind == NAT
			       ? rng_between(r, 1 * MINUTE, 4 * MINUTE)
			       : rng_between(r, 20 * MINUTE, 70 * MINUTE)),
		 TALK, i);
}

/* --- days --- */

static uint64_t around(struct unit *u, uint64_t midnight, double hour, double spread)
{
	double to = (double)rng_below(&u->week->lan->rng, 2001) / 1000 - 1;

	return midnight + (uint64_t)((hour + to * spread) * (double)HOUR);
}

/* One to three meetings with the radio; the cable stays plugged in for one in three. */
static void plan_meetings(struct unit *u, uint64_t midnight)
{
	struct rng *r = &u->week->lan->rng;

	for (unsigned i = 0, n = 1 + rng_below(r, 3); i < n; i++) {
		uint64_t from = around(u, midnight, 9.7 + 2.3 * i, 0.3);
		uint64_t to = from + rng_between(r, 25 * MINUTE, 80 * MINUTE);
		bool stays = rng_chance(r, 33);

		if (!stays)
			unit_due(u, from - 1 * MINUTE, DOWN, 0);
		unit_due(u, from, UP, 1);
		unit_due(u, to, DOWN, 1);
		if (!stays)
			unit_due(u, to + 1 * MINUTE, UP, 0);
	}
}

static void plan_work(struct unit *u, uint64_t midnight)
{
	struct rng *r = &u->week->lan->rng;
	uint64_t on = around(u, midnight, 8.2, 1), off = around(u, midnight, 17.6, 1.3);

	if (rng_chance(r, 7))
		return; /* ill, or away */
	if (!u->nics[0].is_up)
		unit_due(u, on, UP, 0);
	if (u->kind == SHARED) {
		for (unsigned i = 0; i < 3; i++)
			unit_due(u, around(u, midnight, 9.6 + 2.8 * i, 0.4), LOGON,
				 rng_below(r, u->n_users));
	} else {
		unit_due(u, on + rng_between(r, 1 * MINUTE, 5 * MINUTE), LOGON, 0);
	}
	if (u->kind == LAPTOP)
		plan_meetings(u, midnight);
	if (!u->stays_on) {
		unit_due(u, off, DOWN, 0);
		if (u->n_nics > 1)
			unit_due(u, off, DOWN, 1);
	}
	if (u->is_member && rng_chance(r, 90))
		unit_due(u, around(u, midnight, 12.5, 1.5), SERVICE, 0);
	if (u->is_member && rng_chance(r, 3))
		unit_due(u, around(u, midnight, 14, 2.5), ADMIN, 0);
}

static void plan(struct unit *u, uint64_t midnight)
{
	unsigned day = (unsigned)((midnight - u->week->start) / DAY);
	struct rng *r = &u->week->lan->rng;

	unit_due(u, midnight + DAY, PLAN, 0);
	if (u->kind >= SERVER) {
		if (day == 0)
			unit_due(u, midnight + rng_between(r, 1 * MINUTE, 30 * MINUTE), UP, 0);
		return;
	}
	if (u->kind == VISITOR) {
		if (day != u->number % 5)
			return;
		unit_due(u, around(u, midnight, 9.5, 1), UP, 0);
		unit_due(u, around(u, midnight, 15, 2), DOWN, 0);
		return;
	}
	if (day >= 5 && !rng_chance(r, 4))
		return;         /* the weekend */
	if (u->kind == PHONE) { /* comes and goes with its owner, also at noon */
		unit_due(u, around(u, midnight, 8.2, 1), UP, 0);
		unit_due(u, around(u, midnight, 12.2, 0.4), DOWN, 0);
		unit_due(u, around(u, midnight, 13.2, 0.4), UP, 0);
		unit_due(u, around(u, midnight, 17.3, 1.5), DOWN, 0);
		return;
	}
	plan_work(u, midnight);
}

static void rename_it(struct unit *u, uint64_t at)
{
	for (unsigned i = 0; i < u->n_nics; i++)
		go_down(u, i, at);
	for (unsigned i = 0; i < u->n_nics; i++)
		(void)snprintf(u->nics[i].host.name, HOST_NAME, "FIN-%05u", u->number);
	unit_due(u, at + 3 * MINUTE, UP, 0);
	unit_due(u, at + 5 * MINUTE, LOGON, 0);
}

/* A new machine with the old one's name and user. */
static void replace_it(struct unit *u, uint64_t at)
{
	for (unsigned i = 0; i < u->n_nics; i++) {
		go_down(u, i, at);
		u->nics[i].host.mac = week_mac(u->week, false);
		u->nics[i].host.os = OS_10;
		u->nics[i].slot = NO_SLOT;
	}
	(void)snprintf(u->label, sizeof(u->label), "desktop-%05u-new", u->number);
	unit_due(u, at + rng_between(&u->week->lan->rng, 40 * MINUTE, 15 * HOUR), UP, 0);
}

void unit_step(struct actor *a)
{
	struct unit *u = (struct unit *)a;
	unsigned next = 0;
	struct due d;

	for (unsigned i = 1; i < u->n_dues; i++) {
		if (u->dues[i].at_ns < u->dues[next].at_ns)
			next = i;
	}
	d = u->dues[next];
	u->dues[next] = u->dues[--u->n_dues];
	switch ((enum doing)d.what) {
	case PLAN:
		plan(u, d.at_ns);
		break;
	case UP:
	case RETRY:
		go_up(u, d.nic, d.at_ns);
		break;
	case DOWN:
		go_down(u, d.nic, d.at_ns);
		break;
	case RENEW:
		renew(u, d.nic, d.at_ns);
		break;
	case LOGON:
		logon(u, d.user, d.at_ns);
		break;
	case TALK:
		talk(u, d.nic, d.at_ns);
		break;
	case ADMIN:
		visit(u, u->week->admin, d.at_ns, true);
		break;
	case SERVICE:
		visit(u, "svc-inventory", d.at_ns, false);
		break;
	case RENAME:
		rename_it(u, d.at_ns);
		break;
	case REPLACE:
		replace_it(u, d.at_ns);
		break;
	}
	a->at_ns = ACTOR_DONE;
	for (unsigned i = 0; i < u->n_dues; i++) {
		if (u->dues[i].at_ns < a->at_ns)
			a->at_ns = u->dues[i].at_ns;
	}
	if (a->at_ns <= d.at_ns)
		a->at_ns = d.at_ns + 1;
}

void unit_end(struct unit *u, uint64_t at_ns)
{
	for (unsigned i = 0; i < u->n_nics; i++) {
		if (u->nics[i].is_up)
			truth_row(u, &u->nics[i], at_ns);
	}
}
