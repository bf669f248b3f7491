/* Whose an address was: from evidence to spans of time. doc/identity.md, "Addresses". */
#include "host/resolver.h"

#include <stdlib.h>

enum { CUTS = 50, LOOK_BACK = 64 }; /* weight from which evidence ends another's span */

static uint32_t owner(const struct stay *s, struct atom *sets)
{
	return sets == NULL ? s->atom : atom_root(sets, s->atom);
}

static int cmp_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int cmp_stays(const void *one, const void *two)
{
	const struct stay *a = one, *b = two;
	int c = addr_cmp(&a->addr, &b->addr);

	if (c == 0)
		c = cmp_number(a->first_ns, b->first_ns);
	if (c == 0)
		c = cmp_number(a->last_ns, b->last_ns);
	if (c == 0)
		c = cmp_number(a->atom, b->atom);
	if (c == 0)
		c = b->weight - a->weight;
	return c != 0 ? c : a->source - b->source;
}

/* Until when it is believed, if nobody else comes: the longer it had the address, the longer. */
static uint64_t believed_until(const struct stay *s)
{
	uint64_t held = s->last_ns - s->first_ns;

	if (s->is_ended)
		return s->last_ns + 1;
	if (s->lease_ns > s->last_ns)
		return s->lease_ns;
	if (held < 12 * HOUR_NS)
		held = 12 * HOUR_NS;
	if (held > 7 * DAY_NS)
		held = 7 * DAY_NS;
	return s->last_ns + held;
}

/* How long before its first sighting it may have had it. A DHCP server tells the beginning. */
static uint64_t believed_from(const struct stay *s)
{
	uint64_t before = s->is_dhcp ? 0 : 12 * HOUR_NS;

	return s->first_ns > before ? s->first_ns - before : 0;
}

static void absorb(struct stay *a, const struct stay *b)
{
	if (b->last_ns > a->last_ns) {
		a->is_ended = b->is_ended;
		if (b->has_mac) {
			a->mac = b->mac;
			a->has_mac = true;
		}
	} else if (b->last_ns == a->last_ns) {
		a->is_ended = a->is_ended || b->is_ended;
	}
	if (b->first_ns <= a->first_ns + MINUTE_NS)
		a->is_dhcp = a->is_dhcp || b->is_dhcp;
	if (b->last_ns > a->last_ns)
		a->last_ns = b->last_ns;
	if (b->lease_ns > a->lease_ns)
		a->lease_ns = b->lease_ns;
	if (b->weight > a->weight) {
		a->weight = b->weight;
		a->source = b->source;
		if (b->has_mac) {
			a->mac = b->mac;
			a->has_mac = true;
		}
	}
}

/* Of one address, sorted by beginning: evidence of the same owner with nobody's in between becomes
 * one stay, unless it was over before it began again. last[]: of each owner, its latest stay here
 * plus one; all 0 before and after. */
static size_t coalesce(struct stay *s, size_t n, struct atom *sets, uint32_t *last)
{
	size_t kept = 0;
	uint32_t cuts = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t *mine = &last[owner(&s[i], sets)];
		struct stay *before = *mine == 0 ? NULL : &s[*mine - 1];

		if (before != NULL && s[i].first_ns <= believed_until(before) &&
		    (cuts == before->cuts || s[i].first_ns <= before->last_ns)) {
			absorb(before, &s[i]);
		} else {
			s[kept] = s[i];
			before = &s[kept++];
			*mine = (uint32_t)kept;
		}
		cuts += s[i].weight >= CUTS;
		before->cuts = cuts; /* who comes after this comes between */
	}
	for (size_t i = 0; i < kept; i++)
		last[owner(&s[i], sets)] = 0;
	return kept;
}

/* Between two that followed each other: where the one ended and the other began. */
static void part(struct stay *before, struct stay *after)
{
	bool is_told = before->is_ended || before->lease_ns > before->last_ns;
	uint64_t gap = after->first_ns - before->last_ns;
	uint64_t border = after->is_dhcp ? after->first_ns : before->last_ns + gap / 2;

	if (is_told && before->until_ns < after->first_ns)
		border = before->until_ns;
	else if (is_told)
		border = after->first_ns;
	if (border <= before->last_ns)
		border = before->last_ns + 1;
	if (border > after->first_ns)
		border = after->first_ns;
	if (before->until_ns > border)
		before->until_ns = border;
	if (after->from_ns < border)
		after->from_ns = border;
}

static void bound(struct stay *s, size_t n, struct atom *sets, uint32_t *last)
{
	for (size_t i = 0; i < n; i++) {
		s[i].from_ns = believed_from(&s[i]);
		s[i].until_ns = believed_until(&s[i]);
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = i + 1; j < n && j <= i + LOOK_BACK; j++) {
			/* At the same time, or weak: neither ends the other. */
			if (s[j].first_ns <= s[i].last_ns || s[j].weight < CUTS ||
			    owner(&s[i], sets) == owner(&s[j], sets))
				continue;
			part(&s[i], &s[j]);
			break;
		}
	}
	for (size_t i = 0; i < n; i++) { /* those of one owner do not overlap */
		uint32_t *mine = &last[owner(&s[i], sets)];

		if (*mine != 0) {
			struct stay *before = &s[*mine - 1];

			if (before->until_ns > s[i].first_ns)
				before->until_ns = s[i].first_ns;
			if (s[i].from_ns < before->until_ns)
				s[i].from_ns = before->until_ns;
		}
		*mine = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < n; i++)
		last[owner(&s[i], sets)] = 0;
}

size_t stays_settle(struct stay *stays, size_t n, struct atom *sets, uint32_t *last)
{
	size_t kept = 0;

	if (n > 0)
		qsort(stays, n, sizeof(*stays), cmp_stays);
	for (size_t i = 0, end; i < n; i = end) {
		size_t m;

		for (end = i + 1; end < n && addr_eq(&stays[end].addr, &stays[i].addr);)
			end++;
		m = coalesce(stays + i, end - i, sets, last);
		bound(stays + i, m, sets, last);
		memmove(stays + kept, stays + i, m * sizeof(*stays));
		kept += m;
	}
	return kept;
}

static uint64_t overlap(const struct stay *s, uint64_t first_ns, uint64_t last_ns)
{
	uint64_t from = s->first_ns > first_ns ? s->first_ns : first_ns;
	uint64_t to = s->last_ns < last_ns ? s->last_ns : last_ns;

	return from <= to ? to - from + 1 : 0;
}

const struct stay *stays_find(const struct stay *stays, size_t n, const struct addr *a,
			      uint64_t first_ns, uint64_t last_ns)
{
	const struct stay *best = NULL;
	uint64_t best_overlap = 0;
	size_t low = 0, high = n;

	while (low < high) { /* the first one that begins after */
		size_t mid = low + (high - low) / 2;
		int c = addr_cmp(&stays[mid].addr, a);

		if (c < 0 || (c == 0 && stays[mid].from_ns <= last_ns))
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t back = 0; low > 0 && back < LOOK_BACK; low--, back++) {
		const struct stay *s = &stays[low - 1];
		uint64_t common;

		if (!addr_eq(&s->addr, a))
			break;
		if (s->until_ns <= first_ns)
			continue;
		common = overlap(s, first_ns, last_ns);
		if (best == NULL || common > best_overlap ||
		    (common == best_overlap && s->weight > best->weight)) {
			best = s;
			best_overlap = common;
		}
	}
	return best;
}
