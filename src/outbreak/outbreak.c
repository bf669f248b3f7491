/*
 * Findings are joined and sorted once; two lists of indexes, by source and by target, then give
 * each machine what it did and what was done to it in one pass.
 */
#include "outbreak/outbreak.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/monotime.h"
#include "outbreak/verdict.h"
#include "outbreak/who.h"

enum { WHY_MAX = 5, TARGETS_MAX = 4096, WHY_TEXT = FINDING_WHY + 128 };

#define CONFIDENCE_MAX 0.99

struct build {
	const struct outbreak_input *in;
	struct outbreak *o;
	struct deed *by_source, *by_target;
	size_t n_source, n_target;
	struct map *hosts; /* struct who -> struct host, before sorting */
};

static bool is_host(const struct addr *a)
{
	return !addr_is_zero(a) && !addr_is_multicast(a);
}

static int by_finding(const void *a, const void *b)
{
	return finding_cmp(*(const struct finding *const *)a, *(const struct finding *const *)b);
}

static int by_deed(const void *a, const void *b)
{
	const struct deed *x = a, *y = b;
	int c = who_cmp(&x->who, &y->who);

	return c != 0 ? c : finding_cmp(x->f, y->f);
}

static bool is_same_key(const struct finding *a, const struct finding *b)
{
	return strcmp(a->threat, b->threat) == 0 && a->class == b->class &&
	       addr_eq(&a->source, &b->source) && a->has_target == b->has_target &&
	       (!a->has_target || addr_eq(&a->target, &b->target));
}

/* Adds to the one that was kept last: a copy of ours, `own`, once there is something to add. */
static enum rc finding_join(struct outbreak *o, size_t at, const struct finding *more,
			    struct finding **own)
{
	if (*own == NULL) {
		*own = arena_alloc(o->arena, sizeof(**own));
		if (*own == NULL)
			return RC_NOMEM;
		**own = *o->findings[at];
		o->findings[at] = *own;
	}
	finding_add(*own, more);
	return RC_OK;
}

/* Addresses belong to machines for a time: a deed is whose it was when it began. */
static struct deed deed_of(const struct build *b, const struct finding *f, const struct addr *a)
{
	return (struct deed){who_at(b->in->machines, a, f->first_ns), f, a};
}

static enum rc findings_join(struct build *b)
{
	struct outbreak *o = b->o;
	struct finding *own = NULL;
	size_t n = b->in->n_findings, kept = 0;

	o->findings = arena_alloc(o->arena, n * sizeof(struct finding *));
	b->by_source = arena_alloc(o->arena, n * sizeof(*b->by_source));
	b->by_target = arena_alloc(o->arena, n * sizeof(*b->by_target));
	if (o->findings == NULL || b->by_source == NULL || b->by_target == NULL)
		return RC_NOMEM;
	if (n == 0)
		return RC_OK;
	memcpy(o->findings, b->in->findings, n * sizeof(struct finding *));
	qsort(o->findings, n, sizeof(struct finding *), by_finding);
	for (size_t i = 1; i < n; i++) {
		if (!is_same_key(o->findings[kept], o->findings[i])) {
			o->findings[++kept] = o->findings[i];
			own = NULL;
		} else if (finding_join(o, kept, o->findings[i], &own) != RC_OK) {
			return RC_NOMEM;
		}
	}
	o->n_findings = kept + 1;
	for (size_t i = 0; i < o->n_findings; i++) {
		const struct finding *f = o->findings[i];

		if (is_host(&f->source))
			b->by_source[b->n_source++] = deed_of(b, f, &f->source);
		if (verdict_of_target(f) > VERDICT_NO_EVIDENCE && is_host(&f->target))
			b->by_target[b->n_target++] = deed_of(b, f, &f->target);
	}
	qsort(b->by_source, b->n_source, sizeof(*b->by_source), by_deed);
	qsort(b->by_target, b->n_target, sizeof(*b->by_target), by_deed);
	return RC_OK;
}

/* The part of a sorted list that is about `who`. */
static size_t deeds_of(const struct deed *list, size_t n, const struct who *who,
		       const struct deed **ret_first)
{
	size_t low = 0, high = n, len = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (who_cmp(&list[mid].who, who) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + len < n && who_cmp(&list[low + len].who, who) == 0)
		len++;
	*ret_first = list + low;
	return len;
}

static const struct trusted *trust_of(const struct build *b, const struct finding *f)
{
	return policy_trusts(b->in->policy, &f->source, f->threat);
}

/* What a finding makes of its source, the operator's word included. */
static enum verdict deed_verdict(const struct build *b, const struct finding *f)
{
	enum verdict v = verdict_of_source(f);

	return v > VERDICT_SCANNER && trust_of(b, f) != NULL ? VERDICT_SCANNER : v;
}

static struct host *host_put(struct build *b, const struct who *who, const struct addr *a)
{
	bool is_new = false;
	struct host *h = map_put(b->hosts, who, &is_new);

	if (h != NULL && is_new) {
		h->seen.addr = *a;
		h->machine = who_machine(b->in->machines, who);
	}
	return h;
}

static void seen_at(struct host *h, uint64_t first_ns, uint64_t last_ns)
{
	if (h->seen.first_ns == 0 || first_ns < h->seen.first_ns)
		h->seen.first_ns = first_ns;
	if (last_ns > h->seen.last_ns)
		h->seen.last_ns = last_ns;
}

/* Adds what was heard of one of its addresses. */
static void seen_as(struct host *h, const struct sighting *s)
{
	seen_at(h, s->first_ns, s->last_ns);
	h->seen.attempts_to += s->attempts_to;
	h->seen.has_spoken |= s->has_spoken;
	h->seen.more_macs |= s->more_macs;
	for (unsigned i = 0; i < s->n_macs; i++) {
		unsigned k = 0;

		while (k < h->seen.n_macs && !mac_eq(&h->seen.macs[k], &s->macs[i]))
			k++;
		if (k == SIGHTING_MACS)
			h->seen.more_macs = true;
		else if (k == h->seen.n_macs)
			h->seen.macs[h->seen.n_macs++] = s->macs[i];
	}
}

static enum rc sighting_collect(struct build *b, const struct sighting *s)
{
	const struct machines *m = b->in->machines;
	struct who last = who_at(m, &s->addr, s->last_ns), first = who_at(m, &s->addr, s->first_ns);
	/* An address that was only called is no machine, unless it was attacked. */
	struct host *h = s->has_spoken ? host_put(b, &last, &s->addr) : map_get(b->hosts, &last);

	if (h != NULL)
		seen_as(h, s);
	else if (s->has_spoken)
		return RC_NOMEM;
	/* Another machine had it before. */
	if (!s->has_spoken || first.machine == 0 || who_cmp(&first, &last) == 0)
		return RC_OK;
	h = host_put(b, &first, &s->addr);
	if (h == NULL)
		return RC_NOMEM;
	seen_at(h, s->first_ns, s->first_ns);
	return RC_OK;
}

/* Whose card was heard is there, even if it only asked for an address, or lost it to another. */
static enum rc cards_collect(struct build *b)
{
	const struct machines *all = b->in->machines;

	for (size_t i = 0; all != NULL && i < all->n; i++) {
		const struct machine *m = &all->list[i];
		const struct addr none = {{0}};
		struct who who = who_is(all, m);
		struct host *h;

		if (m->n_macs == 0 || (m->flags & MACHINE_ON_WIRE) == 0)
			continue;
		h = host_put(b, &who, &none);
		if (h == NULL)
			return RC_NOMEM;
		if (!h->seen.has_spoken)
			seen_at(h, m->first_ns, m->last_ns);
		h->seen.has_spoken = true;
	}
	return RC_OK;
}

static enum rc hosts_collect(struct build *b)
{
	const struct outbreak_input *in = b->in;
	size_t n_machines = in->machines != NULL ? in->machines->n : 0;
	size_t most = 2 * in->n_sightings + b->n_source + b->n_target + n_machines;
	enum rc rc =
		map_new(most > 0 ? most : 1, sizeof(struct who), sizeof(struct host), 0, &b->hosts);

	for (size_t i = 0; rc == RC_OK && i < b->n_source + b->n_target; i++) {
		const struct deed *d =
			i < b->n_source ? &b->by_source[i] : &b->by_target[i - b->n_source];
		struct host *h = host_put(b, &d->who, d->addr);

		if (h == NULL)
			rc = RC_NOMEM;
		else
			seen_at(h, d->f->first_ns, d->f->last_ns);
	}
	for (size_t i = 0; rc == RC_OK && i < in->n_sightings; i++) {
		if (is_host(&in->sightings[i].addr))
			rc = sighting_collect(b, &in->sightings[i]);
	}
	return rc == RC_OK ? cards_collect(b) : rc;
}

static int by_addr(const void *a, const void *b)
{
	return addr_cmp(a, b);
}

/* One threat of one source: `n` findings that have it. */
static enum rc threat_sum(struct build *b, const struct deed *d, size_t n, struct host_threat *t)
{
	size_t kept = 0;

	snprintf(t->id, sizeof(t->id), "%s", d->f->threat);
	t->first_ns = d->f->first_ns;
	t->targets = arena_alloc(b->o->arena, n * sizeof(*t->targets));
	if (t->targets == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct finding *f = d[i].f;

		t->attempts += f->count;
		if (f->first_ns < t->first_ns)
			t->first_ns = f->first_ns;
		if (f->last_ns > t->last_ns)
			t->last_ns = f->last_ns;
		if (f->has_target)
			t->targets[t->n_targets++] = f->target;
	}
	qsort(t->targets, t->n_targets, sizeof(*t->targets), by_addr);
	for (size_t i = 0; i < t->n_targets; i++) {
		if (kept == 0 || !addr_eq(&t->targets[kept - 1], &t->targets[i]))
			t->targets[kept++] = t->targets[i];
	}
	t->n_targets = kept < TARGETS_MAX ? kept : TARGETS_MAX;
	return RC_OK;
}

static enum rc threats_sum(struct build *b, struct host *h, const struct deed *d, size_t n)
{
	size_t kinds = 0;

	for (size_t i = 0; i < n; i++)
		kinds += i == 0 || strcmp(d[i - 1].f->threat, d[i].f->threat) != 0;
	h->threats = arena_alloc(b->o->arena, kinds * sizeof(*h->threats));
	if (h->threats == NULL)
		return RC_NOMEM;
	for (size_t from = 0, to = 0; from < n; from = to) {
		while (to < n && strcmp(d[from].f->threat, d[to].f->threat) == 0)
			to++;
		if (threat_sum(b, d + from, to - from, &h->threats[h->n_threats]) != RC_OK)
			return RC_NOMEM;
		h->n_threats++;
	}
	return RC_OK;
}

/* Reasons of one threat and class are not independent: the best one speaks for them. The deeds
 * stand in the order of threat and class. */
static double confidence_of(const struct build *b, enum verdict verdict, const struct deed *d,
			    size_t n)
{
	double sum = 0, best = 0;

	for (size_t i = 0; i < n; i++) {
		const struct finding *f = d[i].f;
		enum verdict v = deed_verdict(b, f);
		bool counts =
			v == verdict || (verdict == VERDICT_INFECTED && v == VERDICT_SUSPECTED);

		if (i > 0 &&
		    (strcmp(f->threat, d[i - 1].f->threat) != 0 || f->class != d[i - 1].f->class)) {
			sum = confidence_or(sum, best);
			best = 0;
		}
		if (counts && f->confidence / 100.0 > best)
			best = f->confidence / 100.0;
	}
	sum = confidence_or(sum, best);
	return sum < CONFIDENCE_MAX ? sum : CONFIDENCE_MAX;
}

struct reason {
	const struct finding *f;
	enum verdict v;
	bool is_target;
};

/* Is a the stronger reason? A total order, so that reports are the same every time. */
static bool is_stronger(const struct reason *a, const struct reason *b)
{
	if (a->is_target != b->is_target)
		return b->is_target;
	if (a->v != b->v)
		return a->v > b->v;
	if (finding_sureness(a->f) != finding_sureness(b->f))
		return finding_sureness(a->f) > finding_sureness(b->f);
	if (a->f->first_ns != b->f->first_ns)
		return a->f->first_ns < b->f->first_ns;
	return finding_cmp(a->f, b->f) < 0;
}

/* Of one threat and class the best one speaks: the report has the others as findings. */
static bool is_same_kind(const struct reason *a, const struct reason *b)
{
	return a->is_target == b->is_target && a->f->class == b->f->class &&
	       strcmp(a->f->threat, b->f->threat) == 0;
}

static void reason_put(struct reason *best, size_t *n, struct reason r)
{
	size_t at = *n;

	for (size_t i = 0; i < *n; i++) {
		if (!is_same_kind(&r, &best[i]))
			continue;
		if (!is_stronger(&r, &best[i]))
			return;
		memmove(&best[i], &best[i + 1], (*n - i - 1) * sizeof(*best));
		at = --*n;
		break;
	}
	while (at > 0 && is_stronger(&r, &best[at - 1]))
		at--;
	if (at == WHY_MAX)
		return;
	if (*n < WHY_MAX)
		++*n;
	memmove(&best[at + 1], &best[at], (*n - at - 1) * sizeof(*best));
	best[at] = r;
}

static const char *reason_text(const struct build *b, const struct reason *r)
{
	char text[WHY_TEXT], who[ADDR_TEXT];
	const struct trusted *t = trust_of(b, r->f);

	if (r->is_target)
		snprintf(text, sizeof(text), "was attacked by %s (%s, packet %llu)",
			 addr_format(&r->f->source, who), r->f->threat,
			 (unsigned long long)(r->f->n_packets > 0 ? r->f->packets[0] : 0));
	else if (t != NULL)
		snprintf(text, sizeof(text), "%s; trusted as \"%s\"", r->f->why, t->name);
	else
		return r->f->why;
	return arena_strdup(b->o->arena, text);
}

static enum rc host_judge(struct build *b, const struct who *who, struct host *h)
{
	const struct deed *did = NULL, *suffered = NULL;
	size_t n_did = deeds_of(b->by_source, b->n_source, who, &did);
	size_t n_suffered = deeds_of(b->by_target, b->n_target, who, &suffered);
	struct reason best[WHY_MAX] = {0};
	size_t n = 0;

	for (size_t i = 0; i < n_did; i++) {
		enum verdict v = deed_verdict(b, did[i].f);
		const struct trusted *t = trust_of(b, did[i].f);

		if (v > h->verdict)
			h->verdict = v;
		if (t != NULL && h->trusted == NULL)
			h->trusted = t->name;
		if (v > VERDICT_NO_EVIDENCE)
			reason_put(best, &n, (struct reason){did[i].f, v, false});
	}
	h->confidence = confidence_of(b, h->verdict, did, n_did);
	for (size_t i = 0; i < n_suffered; i++) {
		double sure = suffered[i].f->confidence / 100.0;

		if (trust_of(b, suffered[i].f) != NULL)
			continue; /* an attack that the operator ordered */
		if (h->verdict < VERDICT_TARGETED)
			h->verdict = VERDICT_TARGETED;
		if (h->verdict == VERDICT_TARGETED && sure > h->confidence)
			h->confidence = sure;
		reason_put(best, &n, (struct reason){suffered[i].f, VERDICT_TARGETED, true});
	}
	if (h->verdict == VERDICT_NO_EVIDENCE)
		h->confidence = 0;
	h->why = arena_alloc(b->o->arena, n * sizeof(*h->why));
	if (h->why == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		h->why[i] = reason_text(b, &best[i]);
		if (h->why[i] == NULL)
			return RC_NOMEM;
		h->n_why++;
	}
	if (threats_sum(b, h, did, n_did) != RC_OK)
		return RC_NOMEM;
	return who_describe(b->in->machines, did, n_did, b->o->arena, h);
}

static int by_verdict(const void *a, const void *b)
{
	const struct host *x = a, *y = b;

	if (x->verdict != y->verdict)
		return x->verdict > y->verdict ? -1 : 1;
	int c = addr_cmp(&x->seen.addr, &y->seen.addr);

	if (c != 0)
		return c;
	/* Two that had it one after the other. */
	return strcmp(x->machine != NULL ? x->machine->id : "",
		      y->machine != NULL ? y->machine->id : "");
}

static enum rc hosts_judge(struct build *b)
{
	struct outbreak *o = b->o;
	size_t n = map_len(b->hosts), quiet = 0;

	o->hosts = arena_alloc(o->arena, n * sizeof(*o->hosts));
	if (o->hosts == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++) {
		const void *who = NULL;

		o->hosts[i] = *(struct host *)map_at(b->hosts, i, &who);
		if (host_judge(b, who, &o->hosts[i]) != RC_OK)
			return RC_NOMEM;
		o->by_verdict[o->hosts[i].verdict]++;
	}
	if (n > 0)
		qsort(o->hosts, n, sizeof(*o->hosts), by_verdict);
	quiet = o->by_verdict[VERDICT_NO_EVIDENCE];
	if (quiet > b->in->max_hosts)
		o->n_hosts_left_out = quiet - b->in->max_hosts;
	o->n_hosts = n - o->n_hosts_left_out; /* those without evidence stand last */
	return RC_OK;
}

enum { NET_KEY = 15, NET_SIZE = 256, V4_BITS = 96 };

/* The network of an own address: a prefix that leaves no room for others says nothing about how
 * far a worm looks around, and one of more than a /8 is none. */
static struct net own_net(const struct own_address *own)
{
	unsigned bits = own->bits > V4_BITS + 30  ? V4_BITS + 24
			: own->bits < V4_BITS + 8 ? V4_BITS + 8
						  : own->bits;
	struct net n = {own->addr, bits};

	for (unsigned i = bits; i < 128; i++)
		n.addr.b[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
	return n;
}

/* Is `a` in one of the first `n` own networks? */
static bool is_in_own(const struct source_info *s, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++) {
		struct net net = own_net(&s->own[i]);

		if (addr_is_v4(&s->own[i].addr) && net_contains(&net, a))
			return true;
	}
	return false;
}

/* Adds the addresses of the listener itself: heard from the start, in networks of known size. */
static void listening_own(const struct source_info *s, unsigned *heard, unsigned *local)
{
	for (size_t i = 0; i < s->n_own; i++) {
		if (!addr_is_v4(&s->own[i].addr))
			continue;
		++*heard;
		if (!is_in_own(s, i, &s->own[i].addr))
			*local += 1u << (128 - own_net(&s->own[i]).bits);
	}
}

static bool is_own(const struct source_info *s, const struct addr *a)
{
	for (size_t i = 0; i < s->n_own; i++) {
		if (addr_eq(&s->own[i].addr, a))
			return true;
	}
	return false;
}

/* How many addresses the local networks have in which somebody was heard: 256 for each /24, but
 * those of the listener are as large as it says. */
static enum rc listening_sum(struct build *b)
{
	const struct outbreak_input *in = b->in;
	const struct source_info *source = &in->source;
	struct map *nets = NULL;
	unsigned heard = 0, local = 0;
	bool is_new = false;
	enum rc rc = map_new(in->n_sightings + 1, NET_KEY, 1, 0, &nets);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < in->n_sightings; i++) {
		const struct sighting *s = &in->sightings[i];

		if (!is_host(&s->addr) || !addr_is_v4(&s->addr) ||
		    !policy_is_local(in->policy, &s->addr))
			continue;
		heard += s->attempts_to > 0 && !is_own(source, &s->addr);
		if (s->has_spoken && !is_in_own(source, source->n_own, &s->addr) &&
		    map_put(nets, s->addr.b, &is_new) == NULL)
			rc = RC_NOMEM;
	}
	local = (unsigned)map_len(nets) * NET_SIZE;
	map_free(nets);
	listening_own(source, &heard, &local);
	/* Nobody called anybody: the sensor still hears for its own address. */
	b->o->listening = listening_assess((double)source->listened_ns / (60.0 * NS_PER_S),
					   heard > 0 ? heard : 1, local > 0 ? local : NET_SIZE);
	return rc;
}

enum rc outbreak_build(const struct outbreak_input *in, struct outbreak **ret_outbreak)
{
	struct build b = {.in = in};
	struct arena *arena = NULL;
	enum rc rc = arena_new(0, &arena);

	if (rc != RC_OK)
		return rc;
	b.o = arena_alloc(arena, sizeof(*b.o));
	if (b.o == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	b.o->arena = arena;
	b.o->source = in->source;
	b.o->machines = in->machines;
	b.o->coverage = *in->coverage;
	rc = findings_join(&b);
	if (rc == RC_OK)
		rc = hosts_collect(&b);
	if (rc == RC_OK)
		rc = hosts_judge(&b);
	if (rc == RC_OK)
		rc = listening_sum(&b);
	map_free(b.hosts);
	if (rc != RC_OK) {
		outbreak_free(b.o);
		return rc;
	}
	*ret_outbreak = b.o;
	return RC_OK;
}
