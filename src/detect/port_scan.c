/*
 * port-scan - one machine tries one service on many machines, most of which do not answer.
 *
 * Threshold Random Walk (Jung, Paxson, Berger, Balakrishnan, IEEE S&P 2004) over first contacts
 * of (source, destination), for the services that worms spread through; a plain fan-out for a
 * worm that everybody answers; and many ports of one machine, which is reconnaissance, not
 * spread. doc/detectors/port-scan.md has the reasons for every number.
 *
 * Memory: a flood of forged sources costs nothing but slots of a fixed table, where a source
 * waits until it calls a second machine. Only then does it get an entry of its own.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/monotime.h"
#include "detect/detectors.h"

enum {
	BUCKETS = 8192,
	WAYS = 8,
	CHUNK_DSTS = 32,
	BITS = 8192,
	SAMPLES = 4,
	HAND = 16,
	ONE_SLOTS = 4096
};
enum { TCP = 6, UDP = 17 };

enum {
	KNOB_THETA0,
	KNOB_THETA1,
	KNOB_ALPHA,
	KNOB_BETA,
	KNOB_TARGETS,
	KNOB_CROSSING,
	KNOB_OTHER,
	KNOB_FAN,
	KNOB_WINDOW,
	KNOB_PORTS,
	KNOB_FORGET,
	KNOB_SOURCES,
	KNOBS
};

static const struct knob knobs[] = {
	[KNOB_THETA0] = {"theta0", "per mille of first contacts that succeed, benign", 501, 999,
			 800},
	[KNOB_THETA1] = {"theta1", "per mille of first contacts that succeed, scanner", 1, 499,
			 200},
	[KNOB_ALPHA] = {"alpha", "per mille of benign machines called scanners", 1, 499, 10},
	[KNOB_BETA] = {"beta", "per mille of scanners that are found", 501, 999, 990},
	[KNOB_TARGETS] = {"targets", "machines that must have failed to answer", 2, 1000, 8},
	[KNOB_CROSSING] = {"crossing_targets", "the same, between inside and outside", 2, 1000, 4},
	[KNOB_OTHER] = {"other_targets", "the same, inside, for services no worm uses", 2, 1000,
			64},
	[KNOB_FAN] = {"fanout", "machines called in one window, answered or not", 2, 10000, 60},
	[KNOB_WINDOW] = {"window", "seconds of that window", 1, 3600, 60},
	[KNOB_PORTS] = {"ports", "refused ports of one machine that make a port scan", 2, 100, 24},
	[KNOB_FORGET] = {"forget", "seconds of quiet after which a source starts anew", 60, 604800,
			 86400},
	[KNOB_SOURCES] = {"sources", "sources followed at once", 16, 1000000, 65536},
	[KNOBS] = {.name = NULL},
};

/* Services that worms spread through. One that has two ports is one class: Windows itself calls
 * 445 and 139 together. `crosses`: between inside and outside nobody has business with it. */
static const struct service {
	uint16_t port, as;
	uint8_t proto;
	bool crosses;
	const char *name;
} services[] = {
	{445, 445, TCP, true, "SMB"},
	{139, 445, TCP, true, "SMB"},
	{135, 135, TCP, true, "RPC"},
	{1433, 1433, TCP, true, "SQL Server"},
	{1434, 1434, UDP, true, "SQL Server resolution"},
	{3389, 3389, TCP, false, "Remote Desktop"},
	{23, 23, TCP, false, "telnet"},
	{2323, 23, TCP, false, "telnet"},
	{22, 22, TCP, false, "SSH"},
	{5900, 5900, TCP, false, "VNC"},
};

/* Ports at which trying many machines in vain is ordinary: the web where it is blocked, mail,
 * names, printers that are switched off, and what monitoring asks. */
static const uint16_t never[] = {25, 53, 80, 88, 123, 161, 389, 443, 515, 631, 636, 853, 993};

struct class_key { /* no padding */
	struct addr source;
	uint32_t vlan;
	uint16_t port;
	uint8_t proto, zero;
};

struct contact { /* what is known of one attempt */
	struct class_key key;
	struct addr dst;
	uint64_t seq, at_ns, mono_ns;
	uint16_t port;
	bool failed, crosses;
};

struct source {
	uint64_t first_ns, last_ns, last_mono; /* of first contacts */
	uint64_t attempts, untold;
	double llr; /* of the random walk, clamped below */
	uint64_t window_mono, window_ns, window_seq;
	uint32_t window_n;
	uint32_t targets, failed;  /* distinct; at least, once there are many */
	uint32_t in_order;         /* first contacts just after the one before */
	uint32_t next_told;        /* targets at which it is told again; 0: nothing told yet */
	uint32_t dsts[CHUNK_DSTS]; /* hashes of those called, while they are few */
	uint8_t *bits;             /* a bitmap of their hashes, when they are many */
	struct addr sample[SAMPLES], last;
	uint64_t packets[FINDING_PACKETS];
	uint16_t ports[SAMPLES];
	uint8_t n_ports, n_packets, is_fan, all_crossing;
};

struct bucket {             /* where sources wait until they call a second machine */
	uint32_t tag[WAYS]; /* of the key's hash; 0: free */
	struct contact contact[WAYS];
};

struct one { /* ports of one machine */
	struct addr source, target;
	uint64_t ports[2]; /* a bitmap of their hashes */
	uint64_t first_ns, last_mono, first_seq, count;
	bool is_told, is_used;
};

struct state {
	long set[KNOBS];
	double up, down, high, low;
	const struct policy *policy;
	uint64_t seed;
	struct map *sources; /* struct class_key -> struct source */
	struct bucket *buckets;
	struct one *ones;
	size_t hand; /* where the search for somebody to forget goes on */
};

static enum rc scan_init(void *state, const struct detector_setup *setup)
{
	struct state *s = state;

	for (unsigned i = 0; i < KNOBS; i++)
		s->set[i] = setup->knobs[i];
	s->policy = setup->policy;
	s->seed = setup->seed;

	double t0 = (double)s->set[KNOB_THETA0] / 1000, t1 = (double)s->set[KNOB_THETA1] / 1000;
	double alpha = (double)s->set[KNOB_ALPHA] / 1000, beta = (double)s->set[KNOB_BETA] / 1000;

	s->up = log((1 - t1) / (1 - t0));
	s->down = log(t1 / t0);
	s->high = log(beta / alpha);
	s->low = log((1 - beta) / (1 - alpha));
	s->buckets = calloc(BUCKETS, sizeof(*s->buckets));
	s->ones = calloc(ONE_SLOTS, sizeof(*s->ones));
	if (s->buckets == NULL || s->ones == NULL)
		return RC_NOMEM;
	return map_new((size_t)s->set[KNOB_SOURCES], sizeof(struct class_key),
		       sizeof(struct source), s->seed, &s->sources);
}

static void source_done(struct source *src)
{
	free(src->bits);
	src->bits = NULL;
}

static void scan_fini(void *state)
{
	struct state *s = state;

	for (size_t i = 0; s->sources != NULL && i < map_len(s->sources); i++)
		source_done(map_at(s->sources, i, NULL));
	map_free(s->sources);
	free(s->buckets);
	free(s->ones);
}

static const struct service *service_of(uint8_t proto, uint16_t port)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (services[i].proto == proto && services[i].port == port)
			return &services[i];
	}
	return NULL;
}

/* Is this a service whose sweeping can be told from ordinary trouble? */
static bool is_watched(const struct state *s, const struct event *ev)
{
	if (service_of(ev->conn.ip_proto, ev->dst.port) != NULL)
		return true;
	if (ev->conn.ip_proto != TCP || ev->dst.port == 0 || ev->dst.port >= 1024)
		return false; /* P2P lives there, and its peers are mostly gone */
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (never[i] == ev->dst.port)
			return false;
	}
	return policy_is_local(s->policy, &ev->dst.addr);
}

static uint8_t *bit_of(struct source *src, uint32_t hash, uint8_t *ret_bit)
{
	*ret_bit = (uint8_t)(1u << hash % 8);
	return &src->bits[hash % BITS / 8];
}

/* Was this machine called before? Remembers that it was. */
static bool dst_is_new(struct state *s, struct source *src, const struct addr *dst)
{
	uint32_t h = (uint32_t)hash_bytes(dst, sizeof(*dst), s->seed);
	uint8_t bit = 0;

	if (src->bits == NULL) {
		for (unsigned i = 0; i < src->targets; i++) {
			if (src->dsts[i] == h)
				return false;
		}
		if (src->targets < CHUNK_DSTS) {
			src->dsts[src->targets++] = h;
			return true;
		}
		src->bits = calloc(BITS / 8, 1);
		if (src->bits == NULL)
			return false; /* counts no further; what is told stays true */
		for (unsigned i = 0; i < src->targets; i++)
			*bit_of(src, src->dsts[i], &bit) |= bit;
	}

	uint8_t *at = bit_of(src, h, &bit);

	if (*at & bit)
		return false;
	*at |= bit;
	src->targets++;
	return true;
}

/* How many machines were called: what a half-full bitmap hides is added back (linear counting,
 * Whang et al. 1990). */
static double targets_estimate(const struct source *src)
{
	if (src->bits == NULL || src->targets >= BITS - 1)
		return src->targets;
	return floor(-(double)BITS * log(1.0 - (double)src->targets / BITS));
}

/* For IPv4 and IPv6: is b one to four addresses after a? */
static bool is_next(const struct addr *a, const struct addr *b)
{
	uint32_t x = 0, y = 0;

	if (memcmp(a->b, b->b, 12) != 0)
		return false;
	for (unsigned i = 12; i < 16; i++) {
		x = x << 8 | a->b[i];
		y = y << 8 | b->b[i];
	}
	return y - x >= 1 && y - x <= 4;
}

static void port_note(struct source *src, uint16_t port)
{
	for (unsigned i = 0; i < src->n_ports; i++) {
		if (src->ports[i] == port)
			return;
	}
	if (src->n_ports < SAMPLES)
		src->ports[src->n_ports++] = port;
}

static const char *pattern_of(const struct source *src)
{
	if (src->in_order * 10 >= src->targets * 6)
		return "ascending";
	return src->in_order * 10 <= src->targets ? "scattered" : "mixed";
}

static void details_add(struct finding *f, const struct class_key *k, const struct source *src)
{
	const struct service *sv = service_of(k->proto, k->port);
	double minutes = (double)(src->last_ns - src->first_ns) / (60.0 * (double)NS_PER_S);
	char text[SAMPLES * (ADDR_TEXT + 2) + 1] = "", addr[ADDR_TEXT];
	int at = 0;

	finding_detail_text(f, "kind", src->is_fan ? "fan-out" : "sweep");
	for (unsigned i = 0; i < src->n_ports; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s%u/%s", i > 0 ? ", " : "",
			       src->ports[i], k->proto == UDP ? "udp" : "tcp");
	finding_detail_text(f, "ports", text);
	if (sv != NULL)
		finding_detail_text(f, "service", sv->name);
	finding_detail_number(f, "targets_tried", targets_estimate(src));
	finding_detail_number(f, "targets_failed", src->failed);
	finding_detail_number(f, "attempts", (double)src->attempts);
	finding_detail_text(f, "pattern", pattern_of(src));
	if (minutes > 0)
		finding_detail_number(f, "targets_per_minute",
				      floor(targets_estimate(src) / minutes * 100) / 100);
	at = 0;
	for (unsigned i = 0; i < SAMPLES && i < src->targets; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s%s", i > 0 ? ", " : "",
			       addr_format(&src->sample[i], addr));
	finding_detail_text(f, "targets", text);
}

/* 60 where the walk crosses with the fewest failures, up to 95 with every doubling. */
static unsigned confidence_of(const struct source *src)
{
	unsigned c = src->is_fan ? 45 : 60;

	for (uint32_t n = src->is_fan ? src->targets : src->failed; n >= 8 && c < 95; n /= 2)
		c += 5;
	return c < 95 ? c : 95;
}

static void source_tell(const struct state *s, const struct class_key *k, struct source *src,
			const struct finding_out *out)
{
	struct finding f = {.threat = "port-scan",
			    .class = CLASS_SCAN,
			    .source = k->source,
			    .first_ns = src->first_ns,
			    .last_ns = src->last_ns,
			    .count = src->untold,
			    .n_packets = src->n_packets,
			    .confidence = confidence_of(src)};
	const struct service *sv = service_of(k->proto, k->port);
	char port[32];

	memcpy(f.packets, src->packets, sizeof(f.packets));
	if (sv != NULL)
		snprintf(port, sizeof(port), "%s (port %u)", sv->name, k->port);
	else
		snprintf(port, sizeof(port), "port %u", k->port);
	if (src->is_fan)
		snprintf(f.why, sizeof(f.why),
			 "called %s on %.0f machines, %u of them within %ld s, the first with "
			 "packet "
			 "%llu: more than a client does",
			 port, targets_estimate(src), src->window_n, s->set[KNOB_WINDOW],
			 (unsigned long long)src->packets[0]);
	else
		snprintf(f.why, sizeof(f.why),
			 "tried %s on %.0f machines, of which %u did not answer, the first with "
			 "packet %llu: a sweep for the next victim",
			 port, targets_estimate(src), src->failed,
			 (unsigned long long)src->packets[0]);
	details_add(&f, k, src);
	src->untold = 0;
	out->found(out->ctx, &f);
}

/* How many machines must have stayed silent before the walk's word is taken. */
static uint32_t needed(const struct state *s, const struct class_key *k, const struct source *src)
{
	const struct service *sv = service_of(k->proto, k->port);

	if (sv == NULL)
		return (uint32_t)s->set[KNOB_OTHER];
	return (uint32_t)s->set[sv->crosses && src->all_crossing ? KNOB_CROSSING : KNOB_TARGETS];
}

/* Does what is known of this source make a finding? */
static bool is_scanner(const struct state *s, const struct class_key *k, struct source *src)
{
	if (src->llr >= s->high && src->failed >= needed(s, k, src)) {
		src->is_fan = false;
		return true;
	}
	if (service_of(k->proto, k->port) != NULL && k->proto == TCP &&
	    src->window_n >= (uint32_t)s->set[KNOB_FAN]) {
		src->is_fan = true;
		return true;
	}
	return false;
}

static void source_reset(struct source *src)
{
	source_done(src);
	memset(src, 0, sizeof(*src));
	src->all_crossing = true;
}

static void first_contact(const struct state *s, struct source *src, const struct contact *c)
{
	src->llr += c->failed ? s->up : s->down;
	if (src->llr < s->low)
		src->llr = s->low; /* benign so far; it may be infected tomorrow */
	src->failed += c->failed;
	src->all_crossing = src->all_crossing && c->crosses;
	if (src->targets <= SAMPLES)
		src->sample[src->targets - 1] = c->dst;
	src->in_order += src->targets > 1 && is_next(&src->last, &c->dst);
	src->last = c->dst;
	if (c->mono_ns - src->window_mono > (uint64_t)s->set[KNOB_WINDOW] * NS_PER_S) {
		src->window_mono = c->mono_ns;
		src->window_ns = c->at_ns;
		src->window_seq = c->seq;
		if (src->next_told == 0 || !src->is_fan)
			src->window_n = 0;
	}
	src->window_n++;
	src->last_mono = c->mono_ns;
}

/* The frames stand in the order of the attempts, but outcomes do not come in it. */
static void packet_note(struct source *src, uint64_t seq)
{
	unsigned at = src->n_packets;

	if (src->n_packets == FINDING_PACKETS)
		return;
	while (at > 0 && src->packets[at - 1] > seq) {
		src->packets[at] = src->packets[at - 1];
		at--;
	}
	src->packets[at] = seq;
	src->n_packets++;
}

/* The sweep begins with the first failure since the source last looked benign. */
static void evidence_note(struct source *src, const struct contact *c, bool was_told)
{
	if (!c->failed && !was_told && src->llr <= 0) {
		src->n_packets = 0;
		src->untold = 0;
	}
	if (!c->failed)
		return;
	if (src->n_packets == 0 || c->at_ns < src->first_ns)
		src->first_ns = c->at_ns;
	packet_note(src, c->seq);
}

/* A fan begins with its window, whoever answered. */
static void fan_begin(struct source *src)
{
	if (!src->is_fan)
		return;
	src->first_ns = src->window_ns;
	src->packets[0] = src->window_seq;
	src->n_packets = 1;
}

/* Does one who was told go on, or only call somebody? Machines that are cured call servers, too,
 * now and then one that is off: but not those that they never called before. Once nearly all that
 * the bitmap has place for were called, each failure counts. */
static bool goes_on(const struct state *s, const struct source *src, const struct contact *c,
		    bool is_new)
{
	if (src->is_fan)
		return is_new && src->window_n >= (uint32_t)s->set[KNOB_FAN];
	return c->failed && (is_new || src->targets >= BITS / 2);
}

static void contact_take(struct state *s, struct source *src, const struct contact *c,
			 const struct finding_out *out)
{
	bool was_told = src->next_told > 0;

	if (!was_told && src->attempts > 0 &&
	    c->mono_ns - src->last_mono > (uint64_t)s->set[KNOB_FORGET] * NS_PER_S)
		source_reset(src);
	src->attempts++;
	src->untold++;
	if (c->at_ns > src->last_ns)
		src->last_ns = c->at_ns;
	port_note(src, c->port);

	bool is_new = dst_is_new(s, src, &c->dst);

	if (is_new)
		first_contact(s, src, c);
	if (was_told && goes_on(s, src, c, is_new))
		finding_again(out, "port-scan", &c->key.source, c->at_ns);
	if (!is_new)
		return;
	evidence_note(src, c, was_told);
	if (!was_told && is_scanner(s, &c->key, src)) {
		src->next_told = src->targets * 2;
		fan_begin(src);
		source_tell(s, &c->key, src, out);
	} else if (was_told && src->targets >= src->next_told) {
		src->next_told *= 2;
		(void)is_scanner(s, &c->key, src);
		source_tell(s, &c->key, src, out);
	}
}

/* Is b the better one to forget? Whoever was not told, looks least like a scanner, came last:
 * of many alike, those that came first get somewhere. */
static bool is_duller(const struct source *a, const struct source *b)
{
	if (a->next_told != b->next_told)
		return b->next_told < a->next_told;
	if (a->llr < b->llr || b->llr < a->llr)
		return b->llr < a->llr;
	return b->first_ns > a->first_ns;
}

/* Makes room by forgetting one of a few. */
static void make_room(struct state *s, const struct finding_out *out)
{
	struct class_key worst_key;
	const struct source *worst = NULL;
	size_t n = map_len(s->sources);

	for (unsigned i = 0; i < HAND && i < n; i++) {
		const void *key = NULL;
		const struct source *src = map_at(s->sources, s->hand % n, &key);

		s->hand = (s->hand + 1) % n;
		if (worst == NULL || is_duller(worst, src)) {
			worst = src;
			memcpy(&worst_key, key, sizeof(worst_key));
		}
	}
	if (worst == NULL)
		return;

	struct source *gone = map_get(s->sources, &worst_key);

	if (gone->next_told > 0 && gone->untold > 0)
		source_tell(s, &worst_key, gone, out); /* what is known is not lost */
	else if (gone->llr > 0 && gone->failed >= 2)
		out->lossy(out->ctx, "port-scan: more suspicious sources than `sources`");
	source_done(gone);
	map_del(s->sources, &worst_key);
}

static struct source *source_new(struct state *s, const struct class_key *k,
				 const struct finding_out *out)
{
	bool is_new = false;

	if (map_len(s->sources) >= (size_t)s->set[KNOB_SOURCES])
		make_room(s, out);

	struct source *src = map_put(s->sources, k, &is_new);

	if (src != NULL && is_new)
		src->all_crossing = true;
	return src;
}

/* Which place of the bucket holds the key; WAYS: none. */
static unsigned way_of(const struct bucket *b, uint32_t tag, const struct class_key *k)
{
	unsigned way = 0;

	while (way < WAYS &&
	       (b->tag[way] != tag || memcmp(&b->contact[way].key, k, sizeof(*k)) != 0))
		way++;
	return way;
}

/* A full bucket gives up any of its places: not the oldest, or a few more sources than places
 * that take turns would push each other out for ever. */
static void wait_in(struct bucket *b, unsigned way, uint32_t tag, const struct contact *c)
{
	for (unsigned i = 0; way == WAYS && i < WAYS; i++) {
		if (b->tag[i] == 0)
			way = i;
	}
	if (way == WAYS)
		way = (unsigned)(hash_bytes(&c->seq, sizeof(c->seq), tag) % WAYS);
	b->tag[way] = tag;
	b->contact[way] = *c;
}

static void spread(struct state *s, const struct contact *c, const struct finding_out *out)
{
	struct source *src = map_get(s->sources, &c->key);

	if (src != NULL) {
		contact_take(s, src, c, out);
		return;
	}

	uint64_t h = hash_bytes(&c->key, sizeof(c->key), s->seed);
	struct bucket *b = &s->buckets[h % BUCKETS];
	uint32_t tag = (uint32_t)(h >> 32) | 1;
	unsigned way = way_of(b, tag, &c->key);
	const struct contact *first = &b->contact[way];

	if (way == WAYS || addr_eq(&first->dst, &c->dst)) {
		wait_in(b, way, tag, c);
		return;
	}
	src = source_new(s, &c->key, out);
	if (src == NULL) {
		out->lossy(out->ctx, "port-scan: no memory for a source");
		return;
	}
	contact_take(s, src, first, out);
	contact_take(s, src, c, out);
	b->tag[way] = 0;
}

static void one_tell(const struct one *o, const struct event *ev, const struct finding_out *out)
{
	unsigned ports =
		(unsigned)(__builtin_popcountll(o->ports[0]) + __builtin_popcountll(o->ports[1]));
	struct finding f = {.threat = "port-scan",
			    .class = CLASS_SCAN,
			    .source = o->source,
			    .target = o->target,
			    .has_target = true,
			    .first_ns = o->first_ns,
			    .last_ns = ev->at_ns > o->first_ns ? ev->at_ns : o->first_ns,
			    .count = o->count,
			    .packets = {o->first_seq},
			    .n_packets = 1,
			    .confidence = 70};
	char addr[ADDR_TEXT];

	snprintf(f.why, sizeof(f.why),
		 "tried at least %u ports of %s in vain, the first with packet %llu: it looks for "
		 "services of one machine, which is not how a worm spreads",
		 ports, addr_format(&o->target, addr), (unsigned long long)o->first_seq);
	finding_detail_text(&f, "kind", "ports-of-one");
	finding_detail_number(&f, "ports_failed", ports);
	out->found(out->ctx, &f);
}

/* Many ports of one machine. A fixed table: what is lost to a collision is reconnaissance only. */
static void ports_of_one(struct state *s, const struct event *ev, const struct finding_out *out)
{
	struct addr pair[2] = {ev->src.addr, ev->dst.addr};
	struct one *o = &s->ones[hash_bytes(pair, sizeof(pair), s->seed) & (ONE_SLOTS - 1)];
	uint64_t port = hash_bytes(&ev->dst.port, sizeof(ev->dst.port), s->seed) & 127;
	const uint64_t window = (uint64_t)s->set[KNOB_WINDOW] * NS_PER_S;
	bool same = addr_eq(&o->source, &pair[0]) && addr_eq(&o->target, &pair[1]);

	if (o->is_used && !same && ev->mono_ns - o->last_mono <= window)
		return;
	if (!o->is_used || ev->mono_ns - o->last_mono > window)
		*o = (struct one){.source = pair[0],
				  .target = pair[1],
				  .first_ns = ev->conn.first_ns,
				  .first_seq = ev->conn.first_seq,
				  .is_used = true};
	o->ports[port / 64] |= UINT64_C(1) << port % 64;
	o->last_mono = ev->mono_ns;
	o->count++;
	if (!o->is_told && __builtin_popcountll(o->ports[0]) + __builtin_popcountll(o->ports[1]) >=
				   (int)s->set[KNOB_PORTS]) {
		o->is_told = true;
		one_tell(o, ev, out);
	}
}

static void scan_observe(void *state, const struct event *ev, const struct finding_out *out)
{
	struct state *s = state;
	bool failed = ev->conn.outcome == EV_REFUSED || ev->conn.outcome == EV_UNANSWERED;

	if ((!failed && ev->conn.outcome != EV_ESTABLISHED) || addr_is_zero(&ev->src.addr) ||
	    addr_is_multicast(&ev->src.addr) || addr_is_multicast(&ev->dst.addr) ||
	    addr_is_loopback(&ev->dst.addr))
		return;
	if (failed && ev->conn.ip_proto == TCP)
		ports_of_one(s, ev, out);
	if (!is_watched(s, ev))
		return;

	const struct service *sv = service_of(ev->conn.ip_proto, ev->dst.port);
	struct contact c = {.dst = ev->dst.addr,
			    .seq = ev->conn.first_seq,
			    .at_ns = ev->conn.first_ns,
			    .mono_ns = ev->mono_ns,
			    .port = ev->dst.port,
			    .failed = failed,
			    .crosses = policy_is_local(s->policy, &ev->src.addr) !=
				       policy_is_local(s->policy, &ev->dst.addr)};

	c.key.source = ev->src.addr;
	c.key.vlan = ev->vlan;
	c.key.port = sv != NULL ? sv->as : ev->dst.port;
	c.key.proto = ev->conn.ip_proto;
	spread(s, &c, out);
}

static void scan_finish(void *state, const struct finding_out *out)
{
	struct state *s = state;

	for (size_t i = 0; i < map_len(s->sources); i++) {
		const void *key = NULL;
		struct source *src = map_at(s->sources, i, &key);

		if (src->next_told > 0 && src->untold > 0)
			source_tell(s, key, src, out);
	}
}

const struct detector detector_port_scan = {
	.id = "port-scan",
	.summary = "tries one service on many machines, most of which do not answer",
	.wants = EV_BIT(EV_CONN),
	.knobs = knobs,
	.state_size = sizeof(struct state),
	.init = scan_init,
	.observe = scan_observe,
	.finish = scan_finish,
	.fini = scan_fini,
};
