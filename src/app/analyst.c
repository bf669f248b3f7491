#include "app/analyst.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/event_json.h"
#include "base/map.h"
#include "base/monotime.h"
#include "base/text.h"
#include "detect/engine.h"
#include "filter/filter.h"
#include "host/minutes.h"
#include "host/observe.h"
#include "model/exchange.h"
#include "outbreak/verdict.h"
#include "settings/settings.h"

enum {
	GROUP_MAX = 256,       /* events of one frame that -Y looks at: a frame holds far fewer */
	LINE = 4096 + 256,     /* a path and what stands before it */
	FACTS_EVERY_MS = 250,  /* live: who is killed shall have lost less than a second */
	PRESENCE_EVERY_S = 10, /* live */
	FACTS_EVERY_BATCHES = 8192, /* of a capture that goes into a store: millions of packets */
};

struct heard { /* of an address on a network of ours */
	struct sighting s;
	struct minutes minutes; /* with a store */
};

struct analyst {
	struct analyst_options opt;
	struct engine *engine;
	struct observer *observer;
	uint64_t told_ns;            /* live: when facts were told last, by the packets' clock */
	uint64_t batches;            /* since then */
	struct map *seen;            /* struct addr -> struct heard */
	struct minutes_sink minutes; /* `row` NULL: nobody keeps them */
	uint64_t minutes_ns;         /* as told_ns, of presence */
	uint64_t unseen;             /* addresses that the limit left out */
	unsigned engine_wants;
	uint64_t newest_mono_ns;
	const struct batch *batch; /* whose events are being taken */
	const struct event *group[GROUP_MAX];
	size_t n_group;
	uint64_t crowded; /* events past GROUP_MAX, which -Y did not look at */
	uint64_t unsent;  /* facts that found no memory on their way */
};

static long knob(void *ctx, const struct detector *d, unsigned index)
{
	const struct analyst *a = ctx;

	return settings_knob(a->opt.watch->settings, d, index);
}

/* False: no memory. */
static bool send_finding(struct analyst *a, const struct finding *f)
{
	struct bytes m = {0};
	uint8_t *at = NULL;

	if (exchange_pack_finding(f, &at, &m.len) != RC_OK)
		return false;
	m.at = at;
	(void)channel_send(a->opt.channel, CHANNEL_FINDING, m); /* a broken channel sticks */
	free(at);
	return true;
}

static void news(void *ctx, const struct finding *f, bool is_new)
{
	(void)is_new;
	(void)send_finding(ctx, f); /* it comes again with all the others at the end */
}

static void send_presence(void *ctx, const struct presence *p)
{
	struct analyst *a = ctx;
	struct bytes m = {0};
	uint8_t *at = NULL;

	if (exchange_pack_presence(p, &at, &m.len) != RC_OK) {
		a->unseen++;
		return;
	}
	m.at = at;
	(void)channel_send(a->opt.channel, CHANNEL_PRESENCE, m);
	free(at);
}

/* Who is only looking around, or is trusted to, is neither infected nor suspected. */
static void sighted(void *ctx, const struct finding *f)
{
	const struct analyst *a = ctx;
	struct heard *h = map_get(a->seen, &f->source);

	if (h == NULL || verdict_of_source(f) < VERDICT_SUSPECTED ||
	    policy_trusts(settings_policy(a->opt.watch->settings), &f->source, f->threat) != NULL)
		return;
	minutes_hostile(&h->minutes, &f->source, f->first_ns, &a->minutes);
	minutes_hostile(&h->minutes, &f->source, f->last_ns, &a->minutes);
}

static void again(void *ctx, const char *threat, const struct addr *source, uint64_t at_ns)
{
	const struct analyst *a = ctx;
	struct heard *h = map_get(a->seen, source);

	if (h != NULL &&
	    policy_trusts(settings_policy(a->opt.watch->settings), source, threat) == NULL)
		minutes_hostile(&h->minutes, source, at_ns, &a->minutes);
}

enum rc analyst_new(const struct analyst_options *opt, struct analyst **ret_analyst)
{
	const struct settings *set = opt->watch->settings;
	const struct settings_limits *limits = settings_limits(set);
	struct analyst *a = calloc(1, sizeof(*a));
	enum rc rc = RC_NOMEM;

	if (a == NULL)
		return RC_NOMEM;
	a->opt = *opt;
	if (opt->watch->store != NULL)
		a->minutes = (struct minutes_sink){send_presence, a};

	struct engine_options engine = {
		.max_findings = limits->findings,
		.max_targets = limits->targets,
		.policy = settings_policy(set),
		.knob = knob,
		.knob_ctx = a,
		.news = opt->is_live ? news : NULL,
		.news_ctx = a,
		.sighted = opt->watch->store != NULL ? sighted : NULL,
		.again = opt->watch->store != NULL ? again : NULL,
		.seed = opt->seed,
	};

	struct observe_options observe = {
		.max_facts = limits->facts, .seed = opt->seed, .policy = settings_policy(set)};

	rc = engine_new(&engine, &a->engine);
	if (rc == RC_OK)
		rc = observer_new(&observe, &a->observer);
	if (rc == RC_OK)
		rc = map_new(limits->hosts, sizeof(struct addr), sizeof(struct heard), opt->seed,
			     &a->seen);
	if (rc != RC_OK) {
		analyst_free(a);
		return rc;
	}
	a->engine_wants = engine_wants(a->engine);
	*ret_analyst = a;
	return RC_OK;
}

void analyst_free(struct analyst *a)
{
	if (a == NULL)
		return;
	engine_free(a->engine);
	observer_free(a->observer);
	map_free(a->seen);
	free(a);
}

unsigned analyst_wants(const struct analyst *a)
{
	const struct watch_options *w = a->opt.watch;

	if (w->events)
		return (1u << EV_KINDS) - 1;
	if (w->filter != NULL)
		return filter_wants(w->filter) | EV_BIT(EV_FRAME);
	return a->engine_wants | observer_wants() | EV_BIT(EV_ARP) | EV_BIT(EV_CONN);
}

/* The record of an address on a network of ours, or NULL: elsewhere, or no room. */
static struct heard *heard_of(struct analyst *a, const struct addr *addr, uint64_t at_ns)
{
	bool is_new = false;
	struct heard *h = NULL;

	if (addr_is_zero(addr) || addr_is_multicast(addr) ||
	    !policy_is_local(settings_policy(a->opt.watch->settings), addr))
		return NULL;
	h = map_put(a->seen, addr, &is_new);
	if (h == NULL) {
		a->unseen++;
		return NULL;
	}
	if (is_new) {
		h->s.addr = *addr;
		h->s.first_ns = at_ns;
		h->s.last_ns = at_ns;
	}
	return h;
}

static struct heard *spoke(struct analyst *a, const struct addr *addr, uint64_t at_ns)
{
	struct heard *h = heard_of(a, addr, at_ns);

	if (h == NULL)
		return NULL;
	if (at_ns < h->s.first_ns)
		h->s.first_ns = at_ns;
	if (at_ns > h->s.last_ns)
		h->s.last_ns = at_ns;
	h->s.has_spoken = true;
	return h;
}

/* It sent something at that very time. */
static void alive(const struct analyst *a, struct heard *h, uint64_t at_ns)
{
	if (h != NULL && a->minutes.row != NULL)
		minutes_alive(&h->minutes, &h->s.addr, at_ns, &a->minutes);
}

static void add_mac(struct sighting *s, const struct mac *mac)
{
	for (unsigned i = 0; i < s->n_macs; i++) {
		if (mac_eq(&s->macs[i], mac))
			return;
	}
	if (s->n_macs < SIGHTING_MACS)
		s->macs[s->n_macs++] = *mac;
	else
		s->more_macs = true;
}

static void see_arp(struct analyst *a, const struct event *ev)
{
	struct heard *h = spoke(a, &ev->src.addr, ev->at_ns);

	alive(a, h, ev->at_ns);
	if (h != NULL)
		add_mac(&h->s, &ev->arp.sha);
}

/* Who only announces itself, in broadcasts, is there as well. */
static void see_ident(struct analyst *a, const struct event *ev)
{
	uint8_t from = ev->ident.from;

	/* Those of floods are forged: they make nobody known. A link, which no SYN tells, is as
	 * good a sign of life as any from those that are. */
	if (from != IDENT_LINK && from != IDENT_SYN)
		alive(a, spoke(a, &ev->src.addr, ev->at_ns), ev->at_ns);
	else if (from == IDENT_LINK && a->minutes.row != NULL)
		alive(a, map_get(a->seen, &ev->src.addr), ev->at_ns);
}

static void see_conn(struct analyst *a, const struct event *ev)
{
	enum ev_outcome outcome = (enum ev_outcome)ev->conn.outcome;
	struct heard *from = NULL, *to = NULL;

	/* Of a back-scatter only the answering side was heard. */
	if (outcome == EV_BACKSCATTER) {
		alive(a, spoke(a, &ev->dst.addr, ev->at_ns), ev->at_ns);
		return;
	}
	from = spoke(a, &ev->src.addr, ev->at_ns);
	/* In the middle of a conversation either may have sent the first packet: its link tells
	 * who. What nobody answered is told by the clock, when its sender may be long gone. */
	if (outcome != EV_MIDSTREAM)
		alive(a, from, ev->conn.first_ns);
	/* Who did not answer may not exist: a sweep must not fill the table with ghosts. */
	if (outcome == EV_ESTABLISHED || outcome == EV_MIDSTREAM ||
	    (outcome == EV_REFUSED && !ev->conn.by_icmp))
		to = spoke(a, &ev->dst.addr, ev->at_ns);
	else
		to = map_get(a->seen, &ev->dst.addr);
	if (outcome == EV_ESTABLISHED || (outcome == EV_REFUSED && !ev->conn.by_icmp))
		alive(a, to, ev->at_ns);
	/* What we ourselves call is heard, but not what others call there. */
	if (to != NULL && !own_has(a->opt.own, &ev->src.addr))
		to->s.attempts_to++;
}

static uint64_t frame_number(const struct analyst *a, const struct event *ev)
{
	return ev->seq >= a->batch->first_seq ? ev->seq - a->batch->first_seq + 1 : ev->seq;
}

static void say(struct analyst *a, const char *line)
{
	(void)channel_send(a->opt.channel, CHANNEL_LINE,
			   (struct bytes){(const uint8_t *)line, strlen(line)});
}

/* -Y: all events of one frame have come. */
static void group_match(struct analyst *a)
{
	const struct event *ev = a->n_group > 0 ? a->group[0] : NULL;
	const char *file = a->opt.watch->n_files > 1 ? a->batch->file : NULL;
	char line[LINE], src[ADDR_TEXT], dst[ADDR_TEXT], time[TEXT_TIME];

	if (ev != NULL && filter_match(a->opt.watch->filter, a->group, a->n_group)) {
		snprintf(line, sizeof(line), "%llu\t%s\t%s\t%s%s%s",
			 (unsigned long long)frame_number(a, ev), text_time(ev->at_ns, time),
			 addr_format(&ev->src.addr, src), addr_format(&ev->dst.addr, dst),
			 file != NULL ? "\t" : "", file != NULL ? file : "");
		say(a, line);
	}
	a->n_group = 0;
}

static void group_add(struct analyst *a, const struct event *ev)
{
	if (ev->is_tick)
		return; /* told by the clock: of no frame */
	if (a->n_group > 0 && a->group[0]->seq != ev->seq)
		group_match(a);
	if (a->n_group < GROUP_MAX)
		a->group[a->n_group++] = ev;
	else
		a->crowded++;
}

static void take(struct analyst *a, const struct event *ev)
{
	struct event on_time = *ev;

	/* Workers of a live capture hand their batches in a moment apart. */
	if (on_time.mono_ns < a->newest_mono_ns)
		on_time.mono_ns = a->newest_mono_ns;
	a->newest_mono_ns = on_time.mono_ns;
	if (ev->kind == EV_ARP)
		see_arp(a, ev);
	else if (ev->kind == EV_CONN)
		see_conn(a, ev);
	else if (ev->kind == EV_IDENT)
		see_ident(a, ev);
	if (ev->kind == EV_IDENT && ev->ident.is_repeat)
		return;
	if (a->opt.watch->events) {
		char *line = event_json(ev, frame_number(a, ev));

		if (line != NULL)
			say(a, line);
		free(line);
	} else if (a->opt.watch->filter != NULL) {
		group_add(a, ev);
	}
	if (a->engine_wants & EV_BIT(ev->kind))
		engine_event(a->engine, &on_time);
	if (observer_wants() & EV_BIT(ev->kind))
		observer_event(a->observer, &on_time);
}

static void send_fact(void *ctx, const struct fact *f)
{
	struct analyst *a = ctx;
	struct bytes m = {0};
	uint8_t *at = NULL;

	if (exchange_pack_fact(f, &at, &m.len) != RC_OK) {
		a->unsent++;
		return;
	}
	m.at = at;
	(void)channel_send(a->opt.channel, CHANNEL_FACT, m);
	free(at);
}

/* A live sensor tells as it listens, and what it has when it falls quiet. Of a file only the end
 * counts, but a long one is kept in between, too. */
static bool is_time_to_tell(const struct analyst *a)
{
	if (a->opt.is_live)
		return a->batch->block->n == 0 ||
		       a->newest_mono_ns >= a->told_ns + FACTS_EVERY_MS * NS_PER_MS;
	return a->opt.watch->store != NULL && a->batches >= FACTS_EVERY_BATCHES;
}

static void tell_facts(struct analyst *a, bool at_end)
{
	struct fact_sink sink = {send_fact, a};

	a->batches++;
	if (!at_end && !is_time_to_tell(a))
		return;
	a->batches = 0;
	a->told_ns = a->newest_mono_ns;
	observer_tell(a->observer, at_end, &sink);
}

static void tell_presence(struct analyst *a, bool at_end)
{
	if (a->minutes.row == NULL || (!at_end && !a->opt.is_live) ||
	    (!at_end && a->newest_mono_ns < a->minutes_ns + PRESENCE_EVERY_S * NS_PER_S))
		return;
	a->minutes_ns = a->newest_mono_ns;
	for (size_t i = 0; i < map_len(a->seen); i++)
		minutes_tell(&((struct heard *)map_at(a->seen, i, NULL))->minutes, &a->minutes);
}

/* The worker whose next event is due, or `workers`. */
static unsigned earliest(const struct event **next, unsigned workers, bool is_last)
{
	unsigned best = workers;

	for (unsigned i = 0; i < workers; i++) {
		if (next[i] == NULL)
			continue;
		/* At the end each shard closes by itself: their order is that of their numbers. */
		if (best == workers || (is_last ? next[i]->shard < next[best]->shard
						: event_cmp(next[i], next[best]) < 0))
			best = i;
	}
	return best;
}

void analyst_batch(struct analyst *a, const struct batch *b, unsigned workers, bool is_last)
{
	const struct event *next[WORKERS_MAX];
	size_t at[WORKERS_MAX] = {0};

	a->batch = b;
	for (unsigned i = 0; i < workers; i++)
		next[i] = event_list_next(&b->out[i], &at[i]);
	for (unsigned i = earliest(next, workers, is_last); i < workers;
	     i = earliest(next, workers, is_last)) {
		take(a, next[i]);
		next[i] = event_list_next(&b->out[i], &at[i]);
	}
	group_match(a); /* the events live only as long as the batch */
	tell_facts(a, false);
	tell_presence(a, false);
}

static void send_sighting(struct analyst *a, const struct sighting *s)
{
	struct bytes m = {0};
	uint8_t *at = NULL;

	if (exchange_pack_sighting(s, &at, &m.len) != RC_OK) {
		a->unseen++;
		return;
	}
	m.at = at;
	(void)channel_send(a->opt.channel, CHANNEL_SIGHTING, m);
	free(at);
}

void analyst_finish(struct analyst *a, struct coverage *c)
{
	size_t n = 0;
	uint64_t unsent = 0;

	engine_finish(a->engine);

	const struct finding *const *findings = engine_findings(a->engine, &n);

	for (size_t i = 0; i < n; i++)
		unsent += !send_finding(a, findings[i]);
	for (size_t i = 0; i < map_len(a->seen); i++)
		send_sighting(a, &((const struct heard *)map_at(a->seen, i, NULL))->s);
	tell_facts(a, true);
	tell_presence(a, true);
	observer_coverage(a->observer, c);
	engine_coverage(a->engine, c);
	if (a->unseen > 0)
		named_count_add(c->limits, &c->n_limits, "hosts", a->unseen);
	if (unsent > 0)
		named_count_add(c->limits, &c->n_limits, "memory for findings", unsent);
	if (a->unsent > 0)
		named_count_add(c->limits, &c->n_limits, LIMIT_FACTS, a->unsent);
	if (a->crowded > 0)
		named_count_add(c->limits, &c->n_limits, "events of one frame", a->crowded);
}
