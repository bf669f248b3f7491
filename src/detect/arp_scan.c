/*
 * arp-scan - one machine asks for many addresses of its network, most of which nobody has.
 *
 * In a switched network a listener hears broadcasts: who asks for whom, but not the answers,
 * which go to the asker alone. So an address counts as dark while nobody was heard to speak from
 * it, and the pattern has to say the rest: addresses in ascending order, or asked for again and
 * again because no answer came. doc/detectors/arp-scan.md.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/monotime.h"
#include "detect/detectors.h"

enum { RING = 128, SPOKE_BITS = 1 << 20, ASKED_SLOTS = 4096 };

enum { KNOB_TARGETS, KNOB_DARK, KNOB_WINDOW, KNOB_ASKERS, KNOB_SOURCES, KNOBS };

static const struct knob knobs[] = {
	[KNOB_TARGETS] = {"targets", "addresses asked for in one window", 4, RING, 20},
	[KNOB_DARK] = {"dark", "per cent of them that must be silent", 1, 100, 60},
	[KNOB_WINDOW] = {"window", "seconds of the window", 1, 3600, 60},
	[KNOB_ASKERS] = {"askers", "machines asking for an address that make it a gateway", 2, 60,
			 8},
	[KNOB_SOURCES] = {"sources", "askers followed at once", 16, 262144, 16384},
	[KNOBS] = {.name = NULL},
};

struct asked {
	uint64_t mono_ns, at_ns, seq;
	uint32_t target; /* the low four bytes: ARP is IPv4's */
};

struct asker_key { /* no padding */
	struct addr source;
	uint32_t vlan, zero;
};

struct asker {
	struct asked *ring; /* NULL until the second address; distinct ones, oldest first */
	struct asked first;
	uint32_t n;
	uint32_t in_order, repeats; /* within the ring's life */
	uint64_t first_ns, last_ns; /* of the sweep */
	uint64_t requests, untold, distinct;
	uint64_t next_told; /* distinct addresses at which it is told again; 0: nothing told */
	uint64_t packets[FINDING_PACKETS];
	unsigned n_packets;
	uint32_t dark, shown; /* when last judged */
	struct mac mac;
	bool is_forged, is_gateway;
};

struct popular { /* how many machines ask for an address */
	struct addr target;
	uint64_t askers; /* a bitmap of their hashes */
};

struct state {
	long set[KNOBS];
	const struct policy *policy;
	uint64_t seed;
	struct map *askers; /* struct asker_key -> struct asker */
	uint8_t *spoke;     /* a Bloom filter of addresses that spoke, one hash */
	uint32_t n_spoke;
	struct popular *popular;
	size_t hand;
};

static enum rc arp_init(void *state, const struct detector_setup *setup)
{
	struct state *s = state;

	for (unsigned i = 0; i < KNOBS; i++)
		s->set[i] = setup->knobs[i];
	s->policy = setup->policy;
	s->seed = setup->seed;
	s->spoke = calloc(SPOKE_BITS / 8, 1);
	s->popular = calloc(ASKED_SLOTS, sizeof(*s->popular));
	if (s->spoke == NULL || s->popular == NULL)
		return RC_NOMEM;
	return map_new((size_t)s->set[KNOB_SOURCES], sizeof(struct asker_key), sizeof(struct asker),
		       s->seed, &s->askers);
}

static void arp_fini(void *state)
{
	struct state *s = state;

	for (size_t i = 0; s->askers != NULL && i < map_len(s->askers); i++)
		free(((struct asker *)map_at(s->askers, i, NULL))->ring);
	map_free(s->askers);
	free(s->spoke);
	free(s->popular);
}

static uint64_t hash_addr(const struct state *s, const struct addr *a)
{
	return hash_bytes(a, sizeof(*a), s->seed);
}

static void spoke_note(struct state *s, const struct addr *a, const struct finding_out *out)
{
	uint64_t h = hash_addr(s, a) % SPOKE_BITS;
	uint8_t bit = (uint8_t)(1u << h % 8);

	if (s->spoke[h / 8] & bit)
		return;
	if (++s->n_spoke > SPOKE_BITS / 4) {
		/* So many addresses do not exist on a segment: forged ones. Start anew. */
		out->lossy(out->ctx, "arp-scan: more speakers than can be remembered");
		memset(s->spoke, 0, SPOKE_BITS / 8);
		s->n_spoke = 1;
	}
	s->spoke[h / 8] |= bit;
}

static bool has_spoken(const struct state *s, const struct addr *a)
{
	uint64_t h = hash_addr(s, a) % SPOKE_BITS;

	return s->spoke[h / 8] >> h % 8 & 1;
}

static struct popular *popular_slot(const struct state *s, const struct addr *target)
{
	return &s->popular[hash_addr(s, target) % ASKED_SLOTS];
}

static void popular_note(struct state *s, const struct addr *target, const struct addr *asker)
{
	struct popular *p = popular_slot(s, target);

	/* A sweep passes through all slots; what many ask for stays in its own. */
	if (!addr_eq(&p->target, target)) {
		if (__builtin_popcountll(p->askers) > 1) {
			p->askers &= p->askers - 1;
			return;
		}
		*p = (struct popular){.target = *target};
	}
	p->askers |= UINT64_C(1) << hash_addr(s, asker) % 64;
}

/* Is this an address that everybody has business with? It may be asking on behalf of others. */
static bool is_gateway(const struct state *s, const struct addr *a)
{
	const struct popular *p = popular_slot(s, a);
	int need = (int)s->set[KNOB_ASKERS];
	bool ends_like_one = a->b[15] == 1 || a->b[15] == 254;

	return addr_eq(&p->target, a) &&
	       __builtin_popcountll(p->askers) >= (ends_like_one ? (need + 1) / 2 : need);
}

static bool is_next(uint32_t a, uint32_t b)
{
	return b - a >= 1 && b - a <= 4;
}

static uint32_t low_bytes(const struct addr *a)
{
	struct reader r = {{a->b + 12, 4}, false};

	return rd_be32(&r);
}

static bool ring_drop_old(const struct state *s, struct asker *k, uint64_t now)
{
	uint32_t old = 0;

	while (old < k->n && now - k->ring[old].mono_ns > (uint64_t)s->set[KNOB_WINDOW] * NS_PER_S)
		old++;
	if (old == 0 && k->n == RING)
		old = 1;
	if (old > 0)
		memmove(k->ring, k->ring + old, (k->n - old) * sizeof(*k->ring));
	k->n -= old;
	return k->n == 0;
}

static struct asked asked_by(const struct event *ev)
{
	return (struct asked){ev->mono_ns, ev->at_ns, ev->seq, low_bytes(&ev->dst.addr)};
}

/* True: the address is new in this window. */
static bool ring_put(const struct state *s, struct asker *k, const struct event *ev)
{
	uint32_t target = low_bytes(&ev->dst.addr);

	if (ring_drop_old(s, k, ev->mono_ns))
		k->in_order = k->repeats = 0;
	for (uint32_t i = k->n; i > 0; i--) {
		if (k->ring[i - 1].target == target) {
			k->repeats += i == k->n || k->repeats < k->n;
			return false;
		}
	}
	if (k->n > 0 && is_next(k->ring[k->n - 1].target, target))
		k->in_order++;
	k->ring[k->n++] = asked_by(ev);
	return true;
}

static bool is_ascending(const struct asker *k)
{
	return k->in_order * 2 >= k->n;
}

static bool is_sweep(const struct state *s, struct asker *k)
{
	uint32_t least = (uint32_t)s->set[KNOB_TARGETS], dark = 0;

	if (k->n < least)
		return false;
	for (uint32_t i = 0; i < k->n; i++) {
		struct addr target = addr_v4(k->ring[i].target);

		dark += !has_spoken(s, &target);
	}
	k->dark = dark;
	k->shown = k->n;
	if (dark * 100 < k->n * (uint32_t)s->set[KNOB_DARK])
		return false;
	/* A server that greets its clients after a break asks for many too, but in no order, and
	 * once, since they answer. */
	return is_ascending(k) || k->repeats * 10 >= k->n * 3 || dark >= 2 * least;
}

static void asker_tell(const struct asker_key *key, struct asker *k, const struct finding_out *out)
{
	struct finding f = {.threat = "arp-scan",
			    .class = CLASS_SCAN,
			    .source = key->source,
			    .first_ns = k->first_ns,
			    .last_ns = k->last_ns,
			    .count = k->untold,
			    .n_packets = k->n_packets};
	char mac[MAC_TEXT];

	memcpy(f.packets, k->packets, sizeof(f.packets));
	f.confidence = 60u + (is_ascending(k) ? 15u : 0u) +
		       (k->repeats * 10 >= k->n * 3 ? 10u : 0u) + (k->distinct >= 100 ? 10u : 0u);
	if (k->is_gateway)
		f.confidence = 25; /* somebody else's sweep, passing through it */
	snprintf(
		f.why, sizeof(f.why),
		"asked for %llu addresses of its network by ARP, the first with packet %llu; of %u "
		"in one go %u were never heard to speak%s",
		(unsigned long long)k->distinct, (unsigned long long)k->packets[0], k->shown,
		k->dark, k->is_gateway ? "; as a gateway it may ask for others" : "");
	finding_detail_text(&f, "kind", k->is_gateway ? "gateway" : "sweep");
	finding_detail_text(&f, "mac", mac_format(&k->mac, mac));
	if (k->is_forged)
		finding_detail_text(&f, "forged", "the frame came from another MAC than it says");
	finding_detail_number(&f, "addresses", (double)k->distinct);
	finding_detail_number(&f, "requests", (double)k->requests);
	finding_detail_number(&f, "dark", k->dark);
	finding_detail_number(&f, "window_addresses", k->shown);
	finding_detail_number(&f, "repeats", k->repeats);
	finding_detail_text(&f, "pattern", is_ascending(k) ? "ascending" : "scattered");
	k->untold = 0;
	out->found(out->ctx, &f);
}

/* Room for one more: forgets the one of a few that asked for the fewest. */
static void make_room(struct state *s, const struct finding_out *out)
{
	struct asker_key least_key;
	struct asker *least = NULL;
	size_t n = map_len(s->askers);

	for (unsigned i = 0; i < 16 && i < n; i++) {
		const void *key = NULL;
		struct asker *k = map_at(s->askers, s->hand % n, &key);

		s->hand = (s->hand + 1) % n;
		if (least == NULL || k->distinct < least->distinct) {
			least = k;
			memcpy(&least_key, key, sizeof(least_key));
		}
	}
	if (least == NULL)
		return;
	if (least->next_told > 0 && least->untold > 0)
		asker_tell(&least_key, least, out);
	else if (least->n * 2 >= (uint32_t)s->set[KNOB_TARGETS])
		out->lossy(out->ctx, "arp-scan: more askers than `sources`");
	free(least->ring);
	map_del(s->askers, &least_key);
}

/* The asker's entry, with a ring if it asks for a second address. NULL: only one so far. */
static struct asker *asker_of(struct state *s, const struct asker_key *key, const struct event *ev,
			      const struct finding_out *out)
{
	bool is_new = false;
	struct asker *k = map_get(s->askers, key);

	if (k == NULL && map_len(s->askers) >= (size_t)s->set[KNOB_SOURCES])
		make_room(s, out);
	if (k == NULL)
		k = map_put(s->askers, key, &is_new);
	if (k == NULL)
		return NULL;
	if (is_new) {
		k->first = asked_by(ev);
		k->distinct = 1;
	}
	k->mac = ev->arp.sha;
	k->is_forged = k->is_forged || !mac_eq(&ev->arp.sha, &ev->arp.eth_src);
	if (k->ring == NULL && k->first.target != low_bytes(&ev->dst.addr)) {
		k->ring = calloc(RING, sizeof(*k->ring));
		if (k->ring != NULL)
			k->ring[k->n++] = k->first;
	}
	if (ev->at_ns > k->last_ns)
		k->last_ns = ev->at_ns;
	k->requests++;
	k->untold++;
	return k->ring == NULL ? NULL : k;
}

/* The sweep begins with what is in the ring, not with what the machine asked for before. */
static void evidence_note(struct asker *k)
{
	k->first_ns = k->ring[0].at_ns;
	for (uint32_t i = 0; i < k->n; i++) {
		if (k->ring[i].at_ns < k->first_ns)
			k->first_ns = k->ring[i].at_ns;
		if (k->n_packets < FINDING_PACKETS)
			k->packets[k->n_packets++] = k->ring[i].seq;
	}
}

static void request_observe(struct state *s, const struct event *ev, const struct finding_out *out)
{
	struct asker_key key = {.source = ev->src.addr, .vlan = ev->vlan};
	struct asker *k = asker_of(s, &key, ev, out);

	popular_note(s, &ev->dst.addr, &ev->src.addr);
	if (k == NULL || !ring_put(s, k, ev))
		return;
	k->distinct++;
	/* Who was cured asks for a printer, too: not for half a sweep at once. */
	if (k->next_told > 0 && !k->is_gateway && k->n * 2 >= (uint32_t)s->set[KNOB_TARGETS])
		finding_again(out, "arp-scan", &key.source, ev->at_ns);
	if (k->next_told == 0 && is_sweep(s, k)) {
		evidence_note(k);
		k->is_gateway = is_gateway(s, &key.source);
		k->next_told = k->distinct * 2;
		asker_tell(&key, k, out);
	} else if (k->next_told > 0 && k->distinct >= k->next_told) {
		k->next_told *= 2;
		(void)is_sweep(s, k);
		asker_tell(&key, k, out);
	}
}

static void arp_observe(void *state, const struct event *ev, const struct finding_out *out)
{
	struct state *s = state;
	const struct addr *src = &ev->src.addr, *dst = &ev->dst.addr;

	if (addr_is_zero(src) || addr_is_multicast(src))
		return; /* a probe for an address that the asker does not have yet */
	if (ev->kind == EV_CONN) {
		/* Only what cannot be forged from afar proves that somebody is there. */
		if (ev->conn.outcome == EV_ESTABLISHED && policy_is_local(s->policy, src))
			spoke_note(s, src, out);
		if ((ev->conn.outcome == EV_ESTABLISHED ||
		     (ev->conn.outcome == EV_REFUSED && !ev->conn.by_icmp)) &&
		    policy_is_local(s->policy, dst))
			spoke_note(s, dst, out);
		return;
	}
	spoke_note(s, src, out);
	if (ev->arp.op != 1 || addr_eq(src, dst) || addr_is_zero(dst) || addr_is_multicast(dst))
		return;
	request_observe(s, ev, out);
}

static void arp_finish(void *state, const struct finding_out *out)
{
	struct state *s = state;

	for (size_t i = 0; i < map_len(s->askers); i++) {
		const void *key = NULL;
		struct asker *k = map_at(s->askers, i, &key);

		if (k->next_told > 0 && k->untold > 0)
			asker_tell(key, k, out);
	}
}

const struct detector detector_arp_scan = {
	.id = "arp-scan",
	.summary = "asks for many addresses of its network, most of which nobody has",
	.wants = EV_BIT(EV_ARP) | EV_BIT(EV_CONN),
	.knobs = knobs,
	.state_size = sizeof(struct state),
	.init = arp_init,
	.observe = arp_observe,
	.finish = arp_finish,
	.fini = arp_fini,
};
