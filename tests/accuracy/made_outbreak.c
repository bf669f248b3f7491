#include "made_outbreak.h"

#include <math.h>
#include <stdlib.h>

#include "dice.h"

/* The site: networks of 256 addresses, 100 of them used, from 10.20.0.0 on. Seconds from the start
 * are reckoned in; nanoseconds are only written down. */
enum {
	NET_SIZE = 256,
	NET_MACHINES = 100,
	NET_DECOYS = 2,
	SWITCH_PORTS = 25,
	NET_SWITCHES = (NET_MACHINES + SWITCH_PORTS - 1) / SWITCH_PORTS,
	SWITCH_EVERY = 5,
	NAT_MACHINES = 8,
	NAT_EVERY = 10, /* one group in ten is behind an address */
	MACHINES_MAX = 20000,
	HOUR = 3600,
	DAY = 24 * HOUR,
	OPENING = 7 * HOUR, /* of the day at which the outbreak starts */
};
#define NOBODY       UINT32_MAX
#define SITE_BASE    0x0a140000u
#define START_NS     1227769200000000000u /* 27 November 2008, 07:00 UTC */
#define LOCAL_SHARE  (9.0 / 10)
#define INNER_SHARE  (1.0 / 8)     /* of the attempts of who is behind an address */
#define WAKE_S       30.0          /* mean, from being infected to the first attempt */
#define FAIL_REST_S  300.0         /* mean, until a worm that survived its cleaning attacks again */
#define REST_LEAST_S (0.5 * HOUR)  /* of a dormant worm */
#define REST_MEAN_S  (1.5 * HOUR)  /* more than that */
#define CHURN_S      (0.25 * HOUR) /* every so often one in CHURN_ONE_IN moves */
#define CHURN_ONE_IN 50

struct agent {              /* a machine, in motion */
	double per_s[2];    /* attempts that matter, while it attacks: unheard, while we listen */
	double inner[2];    /* share of these that stay behind a shared address */
	double resume_s;    /* it attacks not before */
	double bout_ends_s; /* a dormant worm's; INFINITY for others */
	double on_s, off_s; /* of the day last looked at */
	uint32_t host;      /* its place in its network, now */
	bool hears_all;     /* all its attempts are heard, while we listen */
	bool is_cured;
};

/* Whom it is worth to draw: machines, and NOBODY - i for decoy i of a network. Of the other
 * attempts nobody learns anything, so that they need not be drawn. */
struct targets {
	uint32_t *who;
	uint32_t n;
};

struct waiting {
	double at_s;
	uint32_t who;
};

struct world {
	struct made_outbreak *o;
	struct dice dice;
	struct agent *agents;
	uint32_t n_nets;
	uint32_t *at_host;    /* NET_SIZE of each network: who has it now; or NOBODY */
	uint8_t *decoys;      /* NET_DECOYS of each network */
	bool *is_watched;     /* each switch: NET_SWITCHES of each network */
	struct targets *nets; /* of each network */
	struct targets all;
	struct waiting *heap; /* the next attempt of each infected machine, soonest first */
	uint32_t n_heap;
	uint32_t *sick; /* infected, and not cured so far */
	uint32_t n_sick;
	size_t max_attempts;
	enum rc rc;
};

double made_attempts_hour(enum made_worm worm)
{
	static const double hour[MADE_WORMS] = {
		[WORM_UNIFORM] = 120, [WORM_LOCAL] = 120, [WORM_SLOW] = 6, [WORM_DORMANT] = 300};

	return worm < MADE_WORMS ? hour[worm] : 0;
}

static uint32_t net_of(uint32_t machine)
{
	return machine / NET_MACHINES;
}

/* Behind one address: the first of the group has it, the others only inside. */
static uint32_t nat_first(uint32_t machine)
{
	return machine - machine % NET_MACHINES % NAT_MACHINES;
}

static struct addr host_addr(uint32_t net, uint32_t host)
{
	return addr_v4(SITE_BASE + net * NET_SIZE + host);
}

static uint64_t to_ns(double at_s)
{
	return START_NS + (uint64_t)(at_s * 1e9);
}

/* When that machine is on, on that day: one in five always is, the others while somebody works
 * there; and now and then nobody does. Each day has its own hours. */
static void day_of(const struct made_options *opt, uint32_t machine, double day, double *ret_on_s,
		   double *ret_off_s)
{
	uint64_t key = (uint64_t)machine << 20 | (uint64_t)(day + 1);

	if (!opt->has_days || dice_of(opt->seed, machine, 1) < 0.2) {
		*ret_on_s = -DAY;
		*ret_off_s = INFINITY;
		return;
	}
	*ret_on_s = day * DAY + (dice_of(opt->seed, key, 2) * 2.5) * HOUR;
	*ret_off_s = day * DAY + (9 + dice_of(opt->seed, key, 3) * 3) * HOUR;
	if (dice_of(opt->seed, key, 4) < 0.08)
		*ret_off_s = *ret_on_s;
}

bool made_is_on(const struct made_outbreak *o, uint32_t machine, uint64_t at_ns)
{
	double at_s = at_ns >= o->start_ns ? (double)(at_ns - o->start_ns) / 1e9 : 0, on_s, off_s;

	day_of(&o->opt, machine, floor(at_s / DAY), &on_s, &off_s);
	return at_s >= on_s && at_s < off_s;
}

/* The next time at or after `at_s` at which it is on. */
static double next_on(struct world *w, uint32_t machine, double at_s)
{
	struct agent *a = &w->agents[machine];

	if (at_s >= a->on_s && at_s < a->off_s)
		return at_s;
	for (double day = floor(at_s / DAY);; day++) {
		day_of(&w->o->opt, machine, day, &a->on_s, &a->off_s);
		if (at_s < a->off_s && a->off_s > a->on_s)
			return fmax(at_s, a->on_s);
	}
}

static void heap_down(struct world *w, uint32_t at)
{
	struct waiting x = w->heap[at];

	for (uint32_t child; (child = 2 * at + 1) < w->n_heap; at = child) {
		if (child + 1 < w->n_heap && w->heap[child + 1].at_s < w->heap[child].at_s)
			child++;
		if (w->heap[child].at_s >= x.at_s)
			break;
		w->heap[at] = w->heap[child];
	}
	w->heap[at] = x;
}

static void heap_add(struct world *w, double at_s, uint32_t who)
{
	uint32_t at = w->n_heap++;

	for (; at > 0 && w->heap[(at - 1) / 2].at_s > at_s; at = (at - 1) / 2)
		w->heap[at] = w->heap[(at - 1) / 2];
	w->heap[at] = (struct waiting){at_s, who};
}

/* Do we, then? `ret_until_s`: as long as that stays so. */
static bool is_listening(const struct world *w, double at_s, double *ret_until_s)
{
	const struct made_options *opt = &w->o->opt;
	double from_s = opt->listen_from * HOUR, until_s = opt->listen_until * HOUR;

	if (opt->lost_from >= 0)
		until_s = fmin(until_s, opt->lost_from * HOUR);
	*ret_until_s = at_s < from_s ? from_s : until_s;
	if (at_s >= until_s)
		*ret_until_s = INFINITY;
	return at_s >= from_s && at_s < until_s;
}

/* When it attacks next, after `at_s`. */
static double next_attempt(struct world *w, uint32_t machine, double at_s)
{
	struct agent *a = &w->agents[machine];
	double last_s = w->o->opt.hours * HOUR, until_s;

	at_s = fmax(at_s, a->resume_s);
	while (at_s < last_s) {
		bool is_now = is_listening(w, at_s, &until_s);
		double next_s = at_s + dice_exp(&w->dice, 1 / a->per_s[is_now]);

		if (next_s >= until_s && until_s < a->bout_ends_s) {
			at_s = until_s; /* from then on at the other rate: chance has no memory */
			continue;
		}
		if (next_s >= a->bout_ends_s) {
			next_s = a->bout_ends_s + REST_LEAST_S + dice_exp(&w->dice, REST_MEAN_S);
			at_s = fmax(at_s, next_s); /* it may have been off since the bout */
			a->bout_ends_s = at_s + (3 + 12 * dice_unit(&w->dice)) * 60;
			continue;
		}
		at_s = next_on(w, machine, next_s);
		if (at_s <= next_s)
			return at_s;
	}
	return INFINITY;
}

/* How many of its attempts matter, a second; of `per_s` that it makes. */
static void set_rate(struct world *w, uint32_t machine, bool listening, double per_s)
{
	double own = (double)w->nets[net_of(machine)].n / NET_SIZE, share;
	double site = (double)w->all.n / ((double)w->n_nets * NET_SIZE);
	double inner = w->o->machines[machine].nat != 0 ? INNER_SHARE : 0;
	struct agent *a = &w->agents[machine];

	share = w->o->opt.worm == WORM_LOCAL ? LOCAL_SHARE * own + (1 - LOCAL_SHARE) * site : site;
	if (listening && a->hears_all)
		share = 1;
	share = inner + (1 - inner) * share;
	a->inner[listening] = share > 0 ? inner / share : 0;
	a->per_s[listening] = fmax(per_s * share, 1e-12);
}

static void infect(struct world *w, uint32_t machine, uint32_t by, double at_s)
{
	const struct made_options *opt = &w->o->opt;
	struct made_machine *m = &w->o->machines[machine];
	struct agent *a = &w->agents[machine];
	double hour = opt->attempts_hour > 0 ? opt->attempts_hour : made_attempts_hour(opt->worm);
	double per_s = hour / HOUR * exp(opt->rate_spread * dice_normal(&w->dice)), next_s;

	m->infected_ns = to_ns(at_s);
	m->infected_by = by;
	set_rate(w, machine, false, per_s);
	set_rate(w, machine, true, per_s);
	a->resume_s = at_s + dice_exp(&w->dice, WAKE_S);
	a->bout_ends_s = INFINITY;
	if (opt->worm == WORM_DORMANT)
		a->bout_ends_s = a->resume_s + (3 + 12 * dice_unit(&w->dice)) * 60;
	w->sick[w->n_sick++] = machine;
	next_s = next_attempt(w, machine, at_s);
	if (next_s < opt->hours * HOUR)
		heap_add(w, next_s, machine);
}

static void keep(struct world *w, const struct made_attempt *t)
{
	struct made_outbreak *o = w->o;

	if (o->n_attempts == w->max_attempts) {
		size_t max = w->max_attempts * 2 + 1024;
		struct made_attempt *more = realloc(o->attempts, max * sizeof(*more));

		if (more == NULL) {
			w->rc = RC_NOMEM;
			return;
		}
		o->attempts = more;
		w->max_attempts = max;
	}
	o->attempts[o->n_attempts++] = *t;
}

/* Who is at an address: `to_addr` of the attempt is set, and `to`. */
static void aim_at_host(const struct world *w, uint32_t net, uint32_t host, struct made_attempt *t)
{
	t->to = w->at_host[net * NET_SIZE + host];
	t->to_addr = host_addr(net, host);
}

static void aim_at_target(const struct world *w, uint32_t net, uint32_t who, struct made_attempt *t)
{
	if (who > NOBODY - 1 - w->n_nets * NET_DECOYS) {
		uint32_t decoy = NOBODY - 1 - who;

		t->to = NOBODY;
		t->to_addr = host_addr(decoy / NET_DECOYS, w->decoys[decoy]);
		return;
	}
	net = net_of(who);
	t->to = who;
	t->to_addr = host_addr(net, w->agents[who].host);
}

/* Whom it attacks. A worm behind a shared address also tries its neighbours there, unheard. */
static void aim(struct world *w, uint32_t machine, double at_s, struct made_attempt *t)
{
	const struct agent *a = &w->agents[machine];
	const struct made_machine *m = &w->o->machines[machine];
	uint32_t net = net_of(machine);
	bool is_own = w->o->opt.worm == WORM_LOCAL;
	double own = LOCAL_SHARE, until_s;
	bool is_now = is_listening(w, at_s, &until_s);

	t->from_addr = host_addr(net, w->agents[m->nat != 0 ? nat_first(machine) : machine].host);
	if (m->nat != 0 && dice_unit(&w->dice) < a->inner[is_now]) {
		t->to = nat_first(machine) + dice_below(&w->dice, NAT_MACHINES);
		t->to_addr = addr_v4(0xc0a80100u + t->to % NAT_MACHINES + 1);
		return;
	}
	if (is_now && a->hears_all) {
		if (!is_own || dice_unit(&w->dice) >= own)
			net = dice_below(&w->dice, w->n_nets);
		aim_at_host(w, net, dice_below(&w->dice, NET_SIZE), t);
		return;
	}
	if (is_own) { /* of the attempts that matter, how many go to its own network? */
		double near = own * w->nets[net].n / NET_SIZE;
		double far = (1 - own) * w->all.n / ((double)w->n_nets * NET_SIZE);

		is_own = dice_unit(&w->dice) * (near + far) < near;
	}
	const struct targets *from = is_own ? &w->nets[net] : &w->all;

	if (from->n == 0) {
		t->to = NOBODY;
		return;
	}
	aim_at_target(w, net, from->who[dice_below(&w->dice, from->n)], t);
}

static bool is_decoy(const struct world *w, const struct made_attempt *t)
{
	uint32_t at = (uint32_t)(t->to_addr.b[13] << 16 | t->to_addr.b[14] << 8 | t->to_addr.b[15]);
	uint32_t place = at - (SITE_BASE & 0xffffffu), net = place / NET_SIZE;

	if (t->to != NOBODY || net >= w->n_nets)
		return false;
	for (unsigned i = 0; i < NET_DECOYS; i++) {
		if (w->decoys[net * NET_DECOYS + i] == place % NET_SIZE)
			return true;
	}
	return false;
}

static bool is_heard(const struct world *w, const struct made_attempt *t, double at_s)
{
	const struct made_outbreak *o = w->o;
	bool is_inside = t->to_addr.b[12] != SITE_BASE >> 24;
	double until_s;

	if (is_inside || !is_listening(w, at_s, &until_s))
		return false;
	switch (o->opt.view) {
	case VIEW_DECOY:
		return is_decoy(w, t);
	case VIEW_SWITCH:
		return o->machines[t->from].is_watched ||
		       (t->to != NOBODY && o->machines[t->to].is_watched);
	default:
		return true;
	}
}

static void attack(struct world *w, uint32_t machine, double at_s)
{
	struct made_attempt t = {.at_ns = to_ns(at_s), .from = machine};
	const struct made_machine *to;

	aim(w, machine, at_s, &t);
	t.is_heard = is_heard(w, &t, at_s);
	if (t.to != NOBODY) {
		to = &w->o->machines[t.to];
		t.infects = to->is_open && to->infected_ns == 0 && next_on(w, t.to, at_s) <= at_s;
	}
	if (t.is_heard || t.infects)
		keep(w, &t);
	if (t.infects) /* whose first attempt comes later: the heap's first is still this one */
		infect(w, t.to, machine, at_s);
}

/* Of those that are infected, one is said to be cured, by lot. */
static void cure(struct world *w, double at_s)
{
	uint32_t at, machine;

	if (w->n_sick == 0)
		return;
	at = dice_below(&w->dice, w->n_sick);
	machine = w->sick[at];
	if (w->o->machines[machine].infected_ns > to_ns(at_s))
		return; /* a seed that is not even switched on */
	w->sick[at] = w->sick[--w->n_sick];

	struct made_machine *m = &w->o->machines[machine];
	struct agent *a = &w->agents[machine];

	m->cured_ns = to_ns(at_s);
	m->cure_holds = dice_unit(&w->dice) >= w->o->opt.clean_fails;
	a->is_cured = m->cure_holds;
	if (m->cure_holds)
		return;
	a->resume_s = at_s + dice_exp(&w->dice, FAIL_REST_S);
	if (w->o->opt.worm == WORM_DORMANT) { /* as after any other rest */
		a->resume_s = at_s + REST_LEAST_S + dice_exp(&w->dice, REST_MEAN_S);
		a->bout_ends_s = a->resume_s + (3 + 12 * dice_unit(&w->dice)) * 60;
	}
}

/* A few machines take another address of their network; who had it takes theirs. */
static void churn(struct world *w)
{
	for (uint32_t i = 0; i < w->o->n_machines; i++) {
		uint32_t net = net_of(i), *at = &w->at_host[net * NET_SIZE];
		uint32_t host, mine = w->agents[i].host;

		if (dice_below(&w->dice, CHURN_ONE_IN) != 0 || at[mine] != i)
			continue; /* or it has no address of its own */
		host = 1 + dice_below(&w->dice, NET_SIZE - 2);
		if (host == w->decoys[net * NET_DECOYS] || host == w->decoys[net * NET_DECOYS + 1])
			continue;
		if (at[host] != NOBODY)
			w->agents[at[host]].host = mine;
		at[mine] = at[host];
		at[host] = i;
		w->agents[i].host = host;
	}
}

static void play(struct world *w)
{
	const struct made_options *opt = &w->o->opt;
	double end_s = opt->hours * HOUR, churn_s = opt->has_churn ? CHURN_S : INFINITY;
	double cure_s = INFINITY;

	if (opt->clean_from >= 0 && opt->clean_an_hour > 0)
		cure_s = opt->clean_from * HOUR;
	while (w->rc == RC_OK) {
		double at_s = w->n_heap > 0 ? w->heap[0].at_s : INFINITY;
		uint32_t who = w->n_heap > 0 ? w->heap[0].who : NOBODY;
		struct agent *a = &w->agents[who != NOBODY ? who : 0];

		if (fmin(at_s, fmin(cure_s, churn_s)) >= end_s)
			break;
		if (churn_s <= fmin(at_s, cure_s)) {
			churn(w);
			churn_s += CHURN_S;
			continue;
		}
		if (cure_s <= at_s) {
			cure(w, cure_s);
			cure_s += dice_exp(&w->dice, HOUR / opt->clean_an_hour);
			continue;
		}
		if (!a->is_cured && at_s >= a->resume_s)
			attack(w, who, at_s);
		w->heap[0].at_s = a->is_cured ? INFINITY : next_attempt(w, who, at_s);
		if (w->heap[0].at_s >= end_s)
			w->heap[0] = w->heap[--w->n_heap];
		if (w->n_heap > 0)
			heap_down(w, 0);
	}
}

/* Addresses of a network are drawn without repetition: machines first, then decoys. */
static void settle_net(struct world *w, uint32_t net)
{
	uint8_t hosts[NET_SIZE - 2] = {0};
	uint32_t n = sizeof(hosts), first = net * NET_MACHINES, used = 0;

	for (uint32_t i = 0; i < n; i++)
		hosts[i] = (uint8_t)(i + 1);
	for (uint32_t i = 0; i < NET_MACHINES + NET_DECOYS; i++) {
		uint32_t j = i + dice_below(&w->dice, n - i);
		uint8_t host = hosts[j];

		hosts[j] = hosts[i];
		hosts[i] = host;
	}
	for (uint32_t i = 0; i < NET_SIZE; i++)
		w->at_host[net * NET_SIZE + i] = NOBODY;
	for (; used < NET_MACHINES && first + used < w->o->n_machines; used++) {
		w->agents[first + used].host = hosts[used];
		w->at_host[net * NET_SIZE + hosts[used]] = first + used;
		w->o->machines[first + used].addr = host_addr(net, hosts[used]);
	}
	for (uint32_t i = 0; i < NET_DECOYS; i++)
		w->decoys[net * NET_DECOYS + i] = hosts[NET_MACHINES + i];
}

/* One switch in five, by lot: exactly, so that an outbreak is not unheard by chance alone. */
static void watch_switches(struct world *w)
{
	uint32_t n = w->n_nets * NET_SWITCHES, left = (n + SWITCH_EVERY - 1) / SWITCH_EVERY;

	for (uint32_t i = 0; i < n; i++) {
		w->is_watched[i] = dice_below(&w->dice, n - i) < left;
		left -= w->is_watched[i];
	}
}

/* Whether its address is shared, who hears it, whether it can be infected. */
static void furnish(struct world *w, uint32_t machine)
{
	const struct made_options *opt = &w->o->opt;
	struct made_machine *m = &w->o->machines[machine];
	uint32_t group = nat_first(machine);
	uint32_t port = machine % NET_MACHINES / SWITCH_PORTS;

	m->is_open = dice_unit(&w->dice) < opt->open_share;
	m->infected_by = NOBODY;
	m->is_watched =
		opt->view != VIEW_SWITCH || w->is_watched[net_of(machine) * NET_SWITCHES + port];
	if (opt->has_nat && group % NET_MACHINES + NAT_MACHINES <= NET_MACHINES &&
	    group + NAT_MACHINES <= w->o->n_machines &&
	    dice_of(opt->seed, group, 5) < 1.0 / NAT_EVERY) {
		m->nat = group + 1;
		m->is_watched = w->o->machines[group].is_watched;
		m->addr = w->o->machines[group].addr;
		if (machine != group)
			w->at_host[net_of(machine) * NET_SIZE + w->agents[machine].host] = NOBODY;
	}
	w->agents[machine].hears_all =
		opt->view == VIEW_FULL || (opt->view == VIEW_SWITCH && m->is_watched);
	w->agents[machine].off_s = -1;
}

static void find_targets(struct world *w)
{
	uint32_t at = 0, machine = 0;

	for (uint32_t net = 0; net < w->n_nets; net++) {
		struct targets *t = &w->nets[net];

		t->who = w->all.who + at;
		for (uint32_t i = 0; i < NET_MACHINES && machine < w->o->n_machines; i++) {
			const struct made_machine *m = &w->o->machines[machine];

			if (m->nat != 0 && machine != nat_first(machine)) {
				machine++;
				continue;
			}
			if (m->is_open || (w->o->opt.view == VIEW_SWITCH && m->is_watched))
				t->who[t->n++] = machine;
			machine++;
		}
		for (uint32_t i = 0; w->o->opt.view == VIEW_DECOY && i < NET_DECOYS; i++)
			t->who[t->n++] = NOBODY - 1 - (net * NET_DECOYS + i);
		at += t->n;
	}
	w->all.n = at;
}

static void seed(struct world *w)
{
	uint32_t n = (uint32_t)w->o->n_machines, tries = n * 20;

	for (double got = 0; got < w->o->opt.seeds && tries > 0; tries--) {
		uint32_t machine = dice_below(&w->dice, n);

		double at_s = next_on(w, machine, 0) + 1 + dice_unit(&w->dice);

		if (!w->o->machines[machine].is_open || w->o->machines[machine].infected_ns != 0 ||
		    at_s >= w->o->opt.hours * HOUR)
			continue;
		infect(w, machine, NOBODY, at_s);
		got++;
	}
}

static bool world_new(struct world *w, const struct made_options *opt)
{
	size_t n = opt->machines, targets;

	w->n_nets = (uint32_t)((n + NET_MACHINES - 1) / NET_MACHINES);
	targets = n + (size_t)w->n_nets * NET_DECOYS;
	w->o = calloc(1, sizeof(*w->o));
	w->agents = calloc(n, sizeof(*w->agents));
	w->at_host = calloc((size_t)w->n_nets * NET_SIZE, sizeof(*w->at_host));
	w->decoys = calloc((size_t)w->n_nets * NET_DECOYS, sizeof(*w->decoys));
	w->is_watched = calloc((size_t)w->n_nets * NET_SWITCHES, sizeof(*w->is_watched));
	w->nets = calloc(w->n_nets, sizeof(*w->nets));
	w->all.who = calloc(targets, sizeof(*w->all.who));
	w->heap = calloc(n, sizeof(*w->heap));
	w->sick = calloc(n, sizeof(*w->sick));
	if (w->o == NULL)
		return false;
	w->o->opt = *opt;
	w->o->start_ns = START_NS;
	w->o->end_ns = to_ns(opt->hours * HOUR);
	w->o->machines = calloc(n, sizeof(*w->o->machines));
	w->o->n_machines = n;
	w->dice.state = dice_mix(opt->seed + 1);
	return w->agents != NULL && w->at_host != NULL && w->decoys != NULL && w->nets != NULL &&
	       w->is_watched != NULL && w->all.who != NULL && w->heap != NULL && w->sick != NULL &&
	       w->o->machines != NULL;
}

static void world_done(struct world *w)
{
	free(w->agents);
	free(w->at_host);
	free(w->decoys);
	free(w->nets);
	free(w->is_watched);
	free(w->all.who);
	free(w->heap);
	free(w->sick);
	made_outbreak_free(w->o);
}

static bool is_playable(const struct made_options *o)
{
	return o->worm < MADE_WORMS && o->view < MADE_VIEWS && o->machines > 0 &&
	       o->machines <= MACHINES_MAX && o->hours > 0 && o->hours <= 24.0 * 365 &&
	       o->attempts_hour >= 0 && o->rate_spread >= 0 && o->clean_an_hour >= 0;
}

enum rc made_outbreak(const struct made_options *opt, struct made_outbreak **ret_o)
{
	struct world w = {.rc = RC_NOMEM};

	if (!is_playable(opt))
		return RC_INVAL;
	if (world_new(&w, opt)) {
		w.rc = RC_OK;
		for (uint32_t net = 0; net < w.n_nets; net++)
			settle_net(&w, net);
		watch_switches(&w);
		for (uint32_t i = 0; i < opt->machines; i++)
			furnish(&w, i);
		find_targets(&w);
		seed(&w);
		play(&w);
	}
	if (w.rc == RC_OK) {
		*ret_o = w.o;
		w.o = NULL;
	}
	world_done(&w);
	return w.rc;
}

void made_outbreak_free(struct made_outbreak *o)
{
	if (o == NULL)
		return;
	free(o->machines);
	free(o->attempts);
	free(o);
}
