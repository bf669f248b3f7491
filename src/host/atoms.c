/* From facts to atoms, and whose an address was when. doc/identity.md, "Pieces". */
#include "host/resolver.h"

#include <stdlib.h>

#include "base/hash.h"

enum {
	NAME_TELLS = 60,  /* weight from which a name tells machines apart */
	ROUTER_ADDRS = 3, /* addresses at once behind one MAC, from its packets alone */
};

struct atom *atom_add(struct resolver *r, enum atom_kind kind)
{
	struct atom *a;

	if (r->n_atoms == r->room_atoms) {
		size_t room = r->room_atoms == 0 ? 256 : r->room_atoms * 2;
		struct atom *more = realloc(r->atoms, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		r->atoms = more;
		r->room_atoms = room;
	}
	a = &r->atoms[r->n_atoms];
	*a = (struct atom){.kind = (uint8_t)kind,
			   .parent = (uint32_t)r->n_atoms,
			   .machine = NO_ATOM,
			   .first_ns = UINT64_MAX};
	r->n_atoms++;
	return a;
}

uint32_t atom_root(struct atom *atoms, uint32_t a)
{
	while (atoms[a].parent != a) {
		atoms[a].parent = atoms[atoms[a].parent].parent;
		a = atoms[a].parent;
	}
	return a;
}

static void atom_seen(struct atom *a, const struct fact *f)
{
	if (f->first_ns < a->first_ns)
		a->first_ns = f->first_ns;
	if (f->last_ns > a->last_ns)
		a->last_ns = f->last_ns;
}

/* Whoever told the fact knew its source: to multiply would count the doubt twice. */
static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static enum rc stay_put(struct resolver *r, const struct stay *stay)
{
	if (r->n_stays == r->room_stays) {
		size_t room = r->room_stays == 0 ? 256 : r->room_stays * 2;
		struct stay *more = realloc(r->stays, room * sizeof(*more));

		if (more == NULL)
			return RC_NOMEM;
		r->stays = more;
		r->room_stays = room;
	}
	r->stays[r->n_stays++] = *stay;
	return RC_OK;
}

static enum rc stay_add(struct resolver *r, const struct fact *f, uint32_t atom, unsigned weight)
{
	struct stay stay = {
		.addr = f->addr,
		.mac = f->mac,
		.has_mac = f->has_mac,
		.is_ended = f->is_ended && f->kind == FACT_LINK,
		.is_dhcp = f->source == FROM_DHCP || f->source == FROM_DHCP6 ||
			   f->source == FROM_LIST_DHCP,
		.source = f->source,
		.weight = (uint8_t)weight,
		.atom = atom,
		.first_ns = f->first_ns,
		.last_ns = f->last_ns,
		.lease_ns = f->until_ns,
	};
	enum rc rc = RC_OK;

	if (r->atoms[atom].n_runs == 0)
		return stay_put(r, &stay);
	for (uint32_t i = 0; rc == RC_OK && i < r->atoms[atom].n_runs; i++) {
		struct stay part = stay;

		if (cards_part(r, atom, i, &part))
			rc = stay_put(r, &part);
	}
	return rc;
}

/* --- MACs --- */

/* The packet's MAC may be that of the router on the way; these say it in their contents. */
static bool carries_own_mac(unsigned source)
{
	return source == FROM_ARP || source == FROM_ND || source == FROM_DHCP ||
	       source == FROM_DHCP6 || source >= FROM_ASK_NBSTAT;
}

static enum rc add_macs(struct resolver *r)
{
	for (size_t i = 0; i < r->n_facts; i++) {
		struct fact *f = &r->facts[i];
		bool is_new = false;
		uint32_t *at;
		struct atom *a;

		if (f->has_mac && mac_kind(&f->mac) == MAC_GROUP)
			continue;
		if (!f->has_mac)
			continue;
		at = map_put(r->macs, &f->mac, &is_new);
		if (at == NULL)
			return RC_NOMEM;
		if (is_new) {
			*at = (uint32_t)r->n_atoms;
			a = atom_add(r, ATOM_MAC);
			if (a == NULL)
				return RC_NOMEM;
			a->mac = f->mac;
			a->mac_kind = (uint8_t)mac_kind(&f->mac);
		}
		a = &r->atoms[*at];
		if (f->kind == FACT_ROLE && strcmp(f->value, "router") == 0)
			a->is_router = true;
	}
	return RC_OK;
}

static int cmp_times(const void *one, const void *two)
{
	uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)two;

	return (a > b) - (a < b);
}

/* How many of the facts' times overlap at once. `times` has room for 2n. */
static size_t at_once(const struct fact *const *facts, size_t n, uint64_t *times)
{
	uint64_t *ends = times + n;
	size_t now = 0, most = 0, ended = 0;

	for (size_t i = 0; i < n; i++) {
		times[i] = facts[i]->first_ns;
		ends[i] = facts[i]->last_ns;
	}
	qsort(times, n, sizeof(*times), cmp_times);
	qsort(ends, n, sizeof(*ends), cmp_times);
	for (size_t i = 0; i < n; i++) {
		for (now++; ended < n && ends[ended] < times[i]; ended++)
			now--;
		if (now > most)
			most = now;
	}
	return most;
}

struct holding { /* a key of a map: no padding */
	struct addr addr;
	struct mac mac;
};

/* Facts of one MAC that say "packets from this address came from it" stand together, since facts
 * are sorted. Addresses that are the MAC's own by better evidence do not make it a router. */
static enum rc find_routers(struct resolver *r)
{
	const struct fact **alone = NULL;
	uint64_t *times = NULL;
	struct map *own = NULL;
	enum rc rc = map_new(r->n_facts + 1, sizeof(struct holding), 1, 0, &own);

	if (rc != RC_OK)
		return rc;
	rc = RC_NOMEM;
	alone = calloc(r->n_facts + 1, sizeof(const struct fact *));
	times = calloc(2 * r->n_facts + 1, sizeof(*times));
	if (alone == NULL || times == NULL)
		goto out;
	for (size_t i = 0; i < r->n_facts; i++) {
		const struct fact *f = &r->facts[i];
		struct holding h = {f->addr, f->mac};
		bool is_new;

		if (f->has_mac && carries_own_mac(f->source) && map_put(own, &h, &is_new) == NULL)
			goto out;
	}
	for (size_t i = 0, end; i < r->n_facts; i = end) {
		const struct fact *f = &r->facts[i];
		size_t n = 0;
		uint32_t *at;

		end = i + 1;
		if (f->kind != FACT_LINK || f->source != FROM_LINK || !f->has_mac)
			continue;
		for (end = i; end < r->n_facts; end++) {
			const struct fact *g = &r->facts[end];
			struct holding h = {g->addr, g->mac};

			if (g->kind != FACT_LINK || g->source != FROM_LINK || !g->has_mac ||
			    !mac_eq(&g->mac, &f->mac))
				break;
			if (addr_is_v4(&g->addr) && map_get(own, &h) == NULL)
				alone[n++] = g;
		}
		at = map_get(r->macs, &f->mac);
		if (at != NULL && at_once(alone, n, times) >= ROUTER_ADDRS)
			r->atoms[*at].is_router = true;
	}
	rc = RC_OK;
out:
	map_free(own);
	free(alone);
	free(times);
	return rc;
}

/* The MAC that a fact is about; NO_ATOM: it has none, or only a router's on the way. */
static uint32_t mac_of(const struct resolver *r, const struct fact *f)
{
	uint32_t *at = f->has_mac ? map_get(r->macs, &f->mac) : NULL;

	if (at == NULL)
		return NO_ATOM;
	if (!carries_own_mac(f->source) && !addr_is_zero(&f->addr) && r->atoms[*at].is_router)
		return NO_ATOM;
	return *at;
}

static enum rc take_macs(struct resolver *r)
{
	enum rc rc = add_macs(r);

	if (rc == RC_OK)
		rc = find_routers(r);
	if (rc == RC_OK)
		rc = cards_find(r);
	for (size_t i = 0; rc == RC_OK && i < r->n_facts; i++) {
		const struct fact *f = &r->facts[i];
		unsigned weight = least(weight_address(f->source), f->confidence);

		r->atom_of[i] = mac_of(r, f);
		if (r->atom_of[i] == NO_ATOM)
			continue;
		if (!addr_is_zero(&f->addr))
			rc = stay_add(r, f, r->atom_of[i], weight);
		r->atom_of[i] = cards_user(r, r->atom_of[i], r->names[i], f->first_ns, f->last_ns);
		atom_seen(&r->atoms[r->atom_of[i]], f);
	}
	return rc;
}

/* --- names of addresses without a MAC --- */

static const char *name_of(const struct fact *f)
{
	if (f->host[0] != '\0')
		return f->host;
	return f->kind == FACT_NAME || f->kind == FACT_FQDN ? f->value : "";
}

static enum rc fold_names(struct resolver *r)
{
	for (size_t i = 0; i < r->n_facts; i++) {
		const char *name = name_of(&r->facts[i]);

		r->names[i] = NULL;
		if (name[0] == '\0')
			continue;
		if (i > 0 && r->names[i - 1] != NULL &&
		    strcmp(name, name_of(&r->facts[i - 1])) == 0)
			r->names[i] = r->names[i - 1];
		else
			r->names[i] = name_fold(r->scratch, name);
	}
	return RC_OK;
}

static unsigned name_weight(const struct fact *f)
{
	return least(weight_name(f->source), f->confidence);
}

struct name_key { /* a key of a map: no padding */
	uint64_t hash[2];
	struct addr addr;
};

/* The atom of a name; names that say nothing are one machine's at one address alone. */
static enum rc atom_of_name(struct resolver *r, struct map *names, const char *name,
			    const struct addr *addr, uint32_t *ret_atom)
{
	struct name_key key = {
		{hash_bytes(name, strlen(name), 1), hash_bytes(name, strlen(name), 2)}, {{0}}};
	bool is_new = false;
	uint32_t *at;

	if (name_is_generic(name))
		key.addr = *addr;
	at = map_put(names, &key, &is_new);
	if (at == NULL)
		return RC_NOMEM;
	if (is_new) {
		struct atom *a;

		*at = (uint32_t)r->n_atoms;
		a = atom_add(r, ATOM_NAME);
		if (a == NULL)
			return RC_NOMEM;
		a->name = name;
		a->addr = key.addr;
	}
	*ret_atom = *at;
	return RC_OK;
}

/* Of an address that a card had which goes round: rather the user of that name. */
static uint32_t owner_called(const struct resolver *r, uint32_t atom, const char *name,
			     const struct fact *f)
{
	const uint32_t *card = NULL;

	if (r->atoms[atom].is_shared)
		card = map_get(r->macs, &r->atoms[atom].mac);
	return card == NULL ? atom : cards_user(r, *card, name, f->first_ns, f->last_ns);
}

/* Facts with an address and a name, but no MAC: if a MAC has the address, it is called so. */
static enum rc take_names(struct resolver *r, struct map *names)
{
	size_t n_macs = r->n_stays; /* settled: stays_find() looks at these alone */
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < r->n_facts; i++) {
		const struct fact *f = &r->facts[i];
		const struct stay *s;

		if (r->atom_of[i] != NO_ATOM || r->names[i] == NULL || addr_is_zero(&f->addr) ||
		    name_weight(f) < NAME_TELLS)
			continue;
		s = stays_find(r->stays, n_macs, &f->addr, f->first_ns, f->last_ns);
		if (s != NULL) {
			r->atom_of[i] = owner_called(r, s->atom, r->names[i], f);
			continue;
		}
		rc = atom_of_name(r, names, r->names[i], &f->addr, &r->atom_of[i]);
		if (rc == RC_OK)
			rc = stay_add(r, f, r->atom_of[i], NAME_TELLS);
	}
	return rc;
}

/* --- the rest --- */

struct leftover {
	struct addr addr;
	uint64_t after; /* end of the stay before: a new piece begins there */
};

static enum rc take_addresses(struct resolver *r)
{
	size_t n_settled = r->n_stays;
	struct map *left = NULL;
	enum rc rc = map_new(r->n_facts + 1, sizeof(struct leftover), sizeof(uint32_t), 0, &left);

	for (size_t i = 0; rc == RC_OK && i < r->n_facts; i++) {
		const struct fact *f = &r->facts[i];
		const struct stay *s;
		struct leftover key = {f->addr, 0};
		bool is_new = false;
		uint32_t *at;

		if (r->atom_of[i] != NO_ATOM || addr_is_zero(&f->addr))
			continue;
		s = stays_find(r->stays, n_settled, &f->addr, f->first_ns, f->last_ns);
		if (s != NULL) {
			r->atom_of[i] = s->atom;
			atom_seen(&r->atoms[s->atom], f);
			continue;
		}
		s = stays_find(r->stays, n_settled, &f->addr, 0, f->first_ns);
		if (s != NULL)
			key.after = s->last_ns;
		at = map_put(left, &key, &is_new);
		if (at == NULL) {
			rc = RC_NOMEM;
			break;
		}
		if (is_new) {
			struct atom *a;

			*at = (uint32_t)r->n_atoms;
			a = atom_add(r, ATOM_ADDR);
			if (a == NULL) {
				rc = RC_NOMEM;
				break;
			}
			a->addr = f->addr;
		}
		r->atom_of[i] = *at;
		atom_seen(&r->atoms[*at], f);
		rc = stay_add(r, f, *at, weight_address(f->source) / 2);
	}
	map_free(left);
	return rc;
}

/* Known by name alone, as in lists: whoever is called so at the time, or somebody new. */
static int cmp_calls(const void *one, const void *two)
{
	const struct called *a = one, *b = two;
	int c = strcmp(a->name, b->name);

	if (c == 0)
		c = (a->atom > b->atom) - (a->atom < b->atom);
	if (c == 0)
		c = (a->first_ns > b->first_ns) - (a->first_ns < b->first_ns);
	if (c == 0)
		c = (a->last_ns > b->last_ns) - (a->last_ns < b->last_ns);
	return c != 0 ? c : b->weight - a->weight;
}

static uint64_t distance(const struct called *c, const struct fact *f)
{
	if (f->first_ns > c->last_ns)
		return f->first_ns - c->last_ns;
	return c->first_ns > f->last_ns ? c->first_ns - f->last_ns : 0;
}

static uint32_t nearest_called(const struct resolver *r, const char *name, const struct fact *f)
{
	size_t low = 0, high = r->n_calls;
	const struct called *best = NULL;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(r->calls[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t n = 0; n < 64 && low < r->n_calls && strcmp(r->calls[low].name, name) == 0;
	     low++, n++) {
		const struct called *c = &r->calls[low];

		if (best == NULL || distance(c, f) < distance(best, f) ||
		    (distance(c, f) == distance(best, f) && c->last_ns > best->last_ns))
			best = c;
	}
	return best == NULL ? NO_ATOM : best->atom;
}

static enum rc gather_calls(struct resolver *r)
{
	r->calls = calloc(r->n_facts + 1, sizeof(*r->calls));
	if (r->calls == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < r->n_facts; i++) {
		const struct fact *f = &r->facts[i];

		if (r->names[i] == NULL || r->atom_of[i] == NO_ATOM || name_weight(f) < NAME_TELLS)
			continue;
		r->calls[r->n_calls++] = (struct called){.name = r->names[i],
							 .atom = r->atom_of[i],
							 .weight = (uint8_t)name_weight(f),
							 .source = f->source,
							 .first_ns = f->first_ns,
							 .last_ns = f->last_ns};
	}
	qsort(r->calls, r->n_calls, sizeof(*r->calls), cmp_calls);
	return RC_OK;
}

static enum rc take_listed(struct resolver *r, struct map *names)
{
	static const struct addr nowhere;
	enum rc rc = RC_OK;

	for (size_t i = 0; rc == RC_OK && i < r->n_facts; i++) {
		if (r->atom_of[i] != NO_ATOM || r->names[i] == NULL)
			continue;
		r->atom_of[i] = nearest_called(r, r->names[i], &r->facts[i]);
		if (r->atom_of[i] == NO_ATOM)
			rc = atom_of_name(r, names, r->names[i], &nowhere, &r->atom_of[i]);
	}
	for (size_t i = 0; rc == RC_OK && i < r->n_facts; i++) {
		if (r->atom_of[i] != NO_ATOM)
			atom_seen(&r->atoms[r->atom_of[i]], &r->facts[i]);
	}
	return rc;
}

enum rc resolver_settle(struct resolver *r, bool by_set)
{
	uint32_t *last = calloc(r->n_atoms + 1, sizeof(*last));

	if (last == NULL)
		return RC_NOMEM;
	r->n_stays = stays_settle(r->stays, r->n_stays, by_set ? r->atoms : NULL, last);
	free(last);
	return RC_OK;
}

enum rc steps_atoms(struct resolver *r)
{
	struct map *names = NULL;
	enum rc rc = map_new(r->n_facts + 1, sizeof(struct name_key), sizeof(uint32_t), 0, &names);

	if (rc == RC_OK)
		rc = fold_names(r);
	if (rc == RC_OK)
		rc = take_macs(r);
	if (rc == RC_OK)
		rc = resolver_settle(r, false);
	if (rc == RC_OK)
		rc = take_names(r, names);
	if (rc == RC_OK)
		rc = resolver_settle(r, false);
	if (rc == RC_OK)
		rc = take_addresses(r);
	if (rc == RC_OK)
		rc = gather_calls(r);
	if (rc == RC_OK)
		rc = take_listed(r, names);
	map_free(names);
	return rc;
}
