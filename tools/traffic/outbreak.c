/* A large site, 10.0.0.0/8, in which a worm has thousands of machines; heard at its core. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "kinds.h"
#include "lan/sched.h"
#include "talk/web.h"
#include "talk/worm.h"

enum {
	OUTBREAK_EPOCH = 1479726000,
	CLEAN = 600, /* machines that only work */
	SERVERS = 20,
	ATTACKS = 2, /* that every infected machine surely makes */
	SCANS = 6,   /* addresses tried per turn */
	TURNS = 6,
	SMB_PORT = 445,
};

struct site;

struct machine {
	struct actor actor;
	struct site *site;
	struct host host;
	uint64_t since;
	unsigned turn, by;
};

struct site {
	struct lan *lan;
	struct sched sched;
	struct host core, servers[SERVERS];
	struct machine *infected, *clean;
	unsigned n;
	uint64_t start, end;
};

static void settle(struct site *s, struct host *h, uint32_t v, const char *prefix, enum os os)
{
	*h = (struct host){.addr = addr_v4(v), .os = os, .via = &s->core};
	(void)snprintf(h->name, sizeof(h->name), "%s%06X", prefix, v & 0xffffff);
	h->ip_id = (uint16_t)rng_next(&s->lan->rng);
}

static void scan(struct machine *m, uint64_t at)
{
	struct site *s = m->site;

	for (unsigned i = 0; i < SCANS; i++) {
		struct rng *r = &s->lan->rng;
		/* The upper half of the site is empty. */
		uint32_t v = 0x0a800000 + rng_below(r, 0x7fffff);
		struct host nobody = {.addr = addr_v4(v), .os = OS_OTHER, .via = &s->core};
		struct datagram who = {&m->host, &nobody, host_port(&m->host), SMB_PORT};
		struct tcp t;

		(void)tcp_open(&t, s->lan, at + i * 350 * MS, who, TCP_SILENCE);
	}
}

static void spread(struct actor *a)
{
	static const struct rpc_style plain;
	struct machine *m = (struct machine *)a;
	struct site *s = m->site;
	struct rng *r = &s->lan->rng;
	uint64_t gap = (s->end - s->start) / 3 / TURNS;

	scan(m, a->at_ns);
	if (m->turn < ATTACKS) {
		/* Whoever the worm has taken answers with an error; others likewise are patched. */
		struct host *target = rng_chance(r, 50) ? &s->infected[rng_below(r, s->n)].host
							: &s->clean[rng_below(r, CLEAN)].host;
		struct datagram who = {&m->host, target, host_port(&m->host), SMB_PORT};

		if (target != &m->host)
			(void)worm_attack(s->lan, a->at_ns + 500 * MS, who, WORM_FAILS, &plain);
		else
			m->turn--; /* not against itself: once more */
	}
	m->turn++;
	a->at_ns += rng_between(r, gap / 2, gap);
	if (m->turn >= TURNS)
		a->at_ns = ACTOR_DONE;
}

static void work(struct actor *a)
{
	struct machine *m = (struct machine *)a;
	struct site *s = m->site;
	struct rng *r = &s->lan->rng;
	struct host *server = &s->servers[rng_below(r, SERVERS)];
	struct datagram who = {&m->host, server, host_port(&m->host), SMB_PORT};
	struct visit v = {"intranet.example", 1 + rng_below(r, 5), 9000};
	struct smb smb;

	if (rng_chance(r, 60)) {
		(void)https_visit(s->lan, a->at_ns, who, &v);
	} else if (smb_connect(&smb, s->lan, a->at_ns, who, SMB_ONE)) {
		smb_logon(&smb, "clerk", STATUS_OK);
		smb_tree(&smb, "public", STATUS_OK);
		smb_open(&smb, "letters\\draft.doc", STATUS_OK);
		smb_read(&smb, lan_text(s->lan, (size_t)rng_between(r, 1000, 40000)));
		smb_shut(&smb);
		smb_logoff(&smb);
	}
	a->at_ns += rng_between(r, 10 * SEC, 60 * SEC);
}

static void populate(struct site *s)
{
	struct rng *r = &s->lan->rng;
	uint64_t span = s->end - s->start;

	for (unsigned i = 0; i < SERVERS; i++)
		settle(s, &s->servers[i], 0x0a000a00 + 2 * i, "SRV", OS_2003);
	for (unsigned i = 0; i < CLEAN; i++) {
		struct machine *m = &s->clean[i];

		settle(s, &m->host, 0x0a010000 + i * 257 + 1, "PC", OS_XP);
		m->site = s;
		m->actor = (struct actor){.at_ns = s->start + rng_below(r, 60) * SEC, .step = work};
		sched_add(&s->sched, &m->actor);
	}
	for (unsigned i = 0; i < s->n; i++) {
		struct machine *m = &s->infected[i];
		/* It doubles until everybody has it: most are taken in the middle. */
		uint64_t late = rng_between(r, 0, span / 4) + rng_between(r, 0, span / 4);

		settle(s, &m->host, 0x0a100000 + i * 257 + 1, "PC", OS_XP);
		m->site = s;
		m->since = i == 0 ? s->start : s->start + SEC + late;
		m->actor = (struct actor){.at_ns = m->since, .step = spread};
		sched_add(&s->sched, &m->actor);
	}
}

static bool tell_truth(const struct site *s, const char *path)
{
	FILE *to = fopen(path, "w");
	char addr[ADDR_TEXT], when[TEXT_TIME];

	if (to == NULL) {
		fprintf(stderr, "quell-traffic: %s: %s\n", path, strerror(errno));
		return false;
	}
	fputs("verdict\taddress\tname\tby\tsince\n", to);
	for (unsigned i = 0; i < s->n; i++)
		fprintf(to, "infected\t%s\t%s\t-\t%s\n",
			addr_format(&s->infected[i].host.addr, addr), s->infected[i].host.name,
			text_time(s->infected[i].since, when));
	return fclose(to) == 0;
}

int outbreak_main(const struct options *opt)
{
	struct site s = {.start = OUTBREAK_EPOCH * SEC, .n = opt->machines};
	int status = 1;

	s.end = s.start + opt->minutes * MINUTE;
	s.lan = lan_new(opt->out, opt->seed);
	s.infected = calloc(s.n, sizeof(*s.infected));
	s.clean = calloc(CLEAN, sizeof(*s.clean));
	if (s.lan != NULL && s.infected != NULL && s.clean != NULL) {
		memcpy(s.core.mac.b, "\x00\x1b\x54\x10\x20\x30", 6);
		populate(&s);
		sched_run(&s.sched, s.lan->trace, s.end);
		status = lan_finish(s.lan, opt->out);
		if (opt->truth != NULL && !tell_truth(&s, opt->truth))
			status = 1;
	}
	sched_done(&s.sched);
	free(s.infected);
	free(s.clean);
	return status;
}
