#include "epidemic.h"

#include <stdlib.h>

#include "base/text.h"
#include "talk/worm.h"

enum { INFECTED_MAX = 10, SUBNET = 254, WEB_PORT_MIN = 1024, WEB_PORT_MAX = 9999, SMB_PORT = 445 };

/* All times are shares of the whole, so that a short capture holds the same story. */
enum { START_PERCENT = 16, CERTAIN_PERCENT = 52, PASS_PERCENT = 9, TAKE_PERCENT = 30 };

struct infected {
	struct actor actor;
	struct epidemic *epidemic;
	struct client *client, *by;
	uint64_t since, asleep; /* starts to spread so long after it was taken */
	uint8_t order[SUBNET];
	unsigned next;
	uint16_t web_port;
};

struct epidemic {
	struct office *office;
	struct infected infected[INFECTED_MAX];
	unsigned n, vulnerable;
};

static struct client *client_of(struct office *o, const struct host *h)
{
	unsigned first = o->clients[0].host.addr.b[15], octet = h->addr.b[15];

	if (octet < first || octet >= first + o->n_clients)
		return NULL;
	return &o->clients[octet - first];
}

static void shuffle(struct infected *i)
{
	struct rng *r = &i->epidemic->office->lan->rng;

	for (unsigned k = 0; k < SUBNET; k++)
		i->order[k] = (uint8_t)(k + 1);
	for (unsigned k = SUBNET - 1; k > 0; k--) {
		unsigned other = rng_below(r, k + 1);
		uint8_t kept = i->order[k];

		i->order[k] = i->order[other];
		i->order[other] = kept;
	}
	i->next = 0;
}

static uint64_t share(const struct office *o, unsigned percent)
{
	return (o->end - o->start) / 100 * percent;
}

static void scan(struct actor *a);

static void infect(struct epidemic *e, struct client *victim, struct client *by, uint64_t at)
{
	struct infected *i = &e->infected[e->n++];
	struct office *o = e->office;

	*i = (struct infected){.epidemic = e, .client = victim, .by = by, .since = at};
	i->web_port = (uint16_t)rng_between(&o->lan->rng, WEB_PORT_MIN, WEB_PORT_MAX);
	shuffle(i);
	i->actor.step = scan;
	i->actor.at_ns = at;
	if (by != NULL)
		i->actor.at_ns += rng_between(&o->lan->rng, share(o, 4), share(o, 10));
	sched_add(&o->sched, &i->actor);
}

static bool is_infected(const struct epidemic *e, const struct client *c)
{
	for (unsigned i = 0; i < e->n; i++) {
		if (e->infected[i].client == c)
			return true;
	}
	return false;
}

static void pick_style(struct rng *r, struct rpc_style *style)
{
	*style = (struct rpc_style){0};
	switch (rng_below(r, 5)) {
	case 0:
		*style = (struct rpc_style){.by_write = true, .decoys = 9, .piece = 160};
		break;
	case 1:
		*style = (struct rpc_style){.by_write = true, .fragment = 200, .piece = 144};
		break;
	default:
		break;
	}
}

/* An old Windows: the attack succeeds now and then, and late in the story always. */
static enum worm_fate fate_of(const struct infected *i, const struct client *target, uint64_t at)
{
	const struct epidemic *e = i->epidemic;
	struct office *o = e->office;
	bool is_certain = at > o->start + share(o, CERTAIN_PERCENT);

	if (target == NULL || !target->is_vulnerable || is_infected(e, target))
		return WORM_FAILS;
	return is_certain || rng_chance(&o->lan->rng, TAKE_PERCENT) ? WORM_TAKES : WORM_CRASHES;
}

static void attack(struct infected *i, struct host *target, uint64_t at)
{
	struct epidemic *e = i->epidemic;
	struct office *o = e->office;
	struct host *self = &i->client->host;
	struct client *victim = client_of(o, target);
	struct rpc_style style;
	enum worm_fate fate = fate_of(i, victim, at);
	struct datagram who = {self, target, host_port(self), SMB_PORT};

	pick_style(&o->lan->rng, &style);
	at = worm_attack(o->lan, at, who, fate, &style);
	if (fate != WORM_TAKES)
		return;
	at = worm_pull(o->lan, at + rng_between(&o->lan->rng, 200 * MS, 4 * SEC), target, self,
		       i->web_port);
	infect(e, victim, i->client, at);
}

static void try_address(struct infected *i, uint64_t at, unsigned octet)
{
	struct office *o = i->epidemic->office;
	struct host *self = &i->client->host, *target = office_at(o, octet);
	struct datagram who = {self, target, 0, SMB_PORT};
	static const struct rpc_style plain;
	struct addr empty = self->addr;
	struct tcp t;

	if (target == self)
		return;
	if (target == NULL || target->is_off) {
		empty.b[15] = (uint8_t)octet;
		net_arp_nobody(o->lan, at, self, &empty);
		return;
	}
	switch (target->os) {
	case OS_XP:
	case OS_2003:
		attack(i, target, at);
		return;
	case OS_2008:
		who.sport = host_port(self);
		(void)worm_attack(o->lan, at, who, WORM_DENIED, &plain);
		return;
	case OS_7:
	case OS_10:
		who.sport = host_port(self);
		if (octet % 3 == 0)
			(void)worm_attack(o->lan, at, who, WORM_DENIED, &plain);
		else
			(void)tcp_open(&t, o->lan, at, who, TCP_SILENCE); /* a firewall */
		return;
	default:
		who.sport = host_port(self);
		(void)tcp_open(&t, o->lan, at, who, TCP_REFUSED);
		return;
	}
}

/* Somewhere on the Internet, through the gateway; nobody answers. */
static void try_far(struct infected *i, uint64_t at)
{
	struct office *o = i->epidemic->office;
	struct rng *r = &o->lan->rng;
	uint32_t v = (uint32_t)rng_between(r, 0x20000000, 0xbfffffff) & 0xff7fff7f;
	struct host far = {.addr = addr_v4(v), .os = OS_OTHER, .via = &o->gateway};
	struct host *self = &i->client->host;
	struct datagram who = {self, &far, host_port(self), SMB_PORT};
	struct tcp t;

	(void)tcp_open(&t, o->lan, at, who, TCP_SILENCE);
}

static void scan(struct actor *a)
{
	struct infected *i = (struct infected *)a;
	struct office *o = i->epidemic->office;
	uint64_t gap = share(o, PASS_PERCENT) / SUBNET;

	if (i->next == SUBNET)
		shuffle(i);
	try_address(i, a->at_ns, i->order[i->next++]);
	if (rng_chance(&o->lan->rng, 15))
		try_far(i, a->at_ns + gap / 3);
	a->at_ns += rng_between(&o->lan->rng, gap / 2, gap * 3 / 2) + 1;
}

struct epidemic *epidemic_start(struct office *o)
{
	struct epidemic *e = calloc(1, sizeof(*e));
	struct client *first = NULL;
	/* Shares no factor with the number of clients, so it goes through all of them. */
	unsigned stride = o->n_clients % 7 != 0 ? 7 : o->n_clients % 11 != 0 ? 11 : 13;

	if (e == NULL)
		return NULL;
	e->office = o;
	for (unsigned i = 0; i < o->n_clients && e->vulnerable < INFECTED_MAX; i++) {
		struct client *c = &o->clients[(i * stride + 2) % o->n_clients];

		if (c->host.os != OS_XP || c->is_vulnerable)
			continue;
		c->is_vulnerable = true;
		e->vulnerable++;
		if (first == NULL)
			first = c;
	}
	if (first == NULL) {
		free(e);
		return NULL;
	}
	infect(e, first, NULL, o->start + share(o, START_PERCENT));
	return e;
}

void epidemic_truth(const struct epidemic *e, FILE *to)
{
	char addr[ADDR_TEXT], by[ADDR_TEXT], when[TEXT_TIME];

	for (unsigned i = 0; i < e->n; i++) {
		const struct infected *x = &e->infected[i];

		fprintf(to, "infected\t%s\t%s\t%s\t%s\n", addr_format(&x->client->host.addr, addr),
			x->client->host.name,
			x->by != NULL ? addr_format(&x->by->host.addr, by) : "-",
			text_time(x->since, when));
	}
}

void epidemic_free(struct epidemic *e)
{
	free(e);
}
