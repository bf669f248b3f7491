/* From sets of atoms to machines. doc/identity.md, "Machines". */
#include "host/resolver.h"

#include <stdio.h>
#include <stdlib.h>

struct build {
	struct resolver *r;
	struct machines *m;
	uint32_t *first_atom, *next_atom; /* of a machine; of an atom: lists, NO_ATOM ends them */
};

static int cmp_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* --- the best of what is said --- */

/* How much a statement of this source counts for this kind, before age. */
static unsigned weight_of(const struct fact *f)
{
	unsigned w = 60;

	if (f->kind == FACT_NAME || f->kind == FACT_FQDN || f->kind == FACT_DOMAIN)
		w = weight_name(f->source);
	else if (f->kind == FACT_OS || f->source == FROM_OPERATOR)
		w = 100; /* the confidence says it all */
	else if (fact_is_asked(f->source))
		w = 80;
	return w < f->confidence ? w : f->confidence;
}

/* In hundredths; ten points are lost in a day, sixty at most. */
static long score_of(const struct fact *f, uint64_t now_ns)
{
	uint64_t hours = (now_ns - f->last_ns) / HOUR_NS;
	long age = hours > 144 ? 6000 : (long)(hours * 1000 / 24);

	return (long)weight_of(f) * 100 - (f->source == FROM_OPERATOR ? 0 : age);
}

static const char *best_of(const struct machine *m, unsigned kind, const struct fact **ret_fact)
{
	const struct fact *best = NULL;
	long best_score = 0;

	for (size_t i = 0; i < m->n_facts; i++) {
		const struct fact *f = m->facts[i];
		long score;

		if (f->kind != kind || f->value[0] == '\0')
			continue;
		score = score_of(f, m->last_ns);
		if (best == NULL || score > best_score ||
		    (score == best_score && f->last_ns > best->last_ns)) {
			best = f;
			best_score = score;
		}
	}
	if (ret_fact != NULL)
		*ret_fact = best;
	return best == NULL ? "" : best->value;
}

static const char *best_name(const struct machine *m)
{
	const char *name = best_of(m, FACT_NAME, NULL), *host = "";
	uint64_t last = 0;

	for (size_t i = 0; name[0] == '\0' && i < m->n_facts; i++) {
		if (m->facts[i]->host[0] != '\0' && m->facts[i]->last_ns >= last) {
			host = m->facts[i]->host;
			last = m->facts[i]->last_ns;
		}
	}
	return name[0] != '\0' ? name : host;
}

static void describe(struct machine *m)
{
	const struct fact *os;

	m->name = best_name(m);
	m->fqdn = best_of(m, FACT_FQDN, NULL);
	m->domain = best_of(m, FACT_DOMAIN, NULL);
	m->place = best_of(m, FACT_PLACE, NULL);
	m->owner = best_of(m, FACT_OWNER, NULL);
	m->vendor = best_of(m, FACT_VENDOR, NULL);
	m->os = best_of(m, FACT_OS, &os);
	m->os_confidence = os == NULL ? 0 : os->confidence / 100.0;
	for (size_t i = 0; i < m->n_macs && m->vendor[0] == '\0'; i++)
		m->vendor = m->macs[i].vendor;
}

/* --- parts of one machine --- */

static bool has_role(const struct machine *m, const char *role)
{
	for (size_t i = 0; i < m->n_facts; i++) {
		if (m->facts[i]->kind == FACT_ROLE && strcmp(m->facts[i]->value, role) == 0)
			return true;
	}
	return false;
}

static void set_flags(const struct build *b, struct machine *m, uint32_t first)
{
	bool is_by_address = true;

	for (size_t i = 0; i < m->n_facts; i++) {
		unsigned s = m->facts[i]->source;

		m->flags |= fact_is_wire(s) ? MACHINE_ON_WIRE : 0;
		m->flags |= fact_is_asked(s) ? MACHINE_ASKED : 0;
		m->flags |= fact_is_listed(s) ? MACHINE_LISTED : 0;
	}
	for (uint32_t a = first; a != NO_ATOM; a = b->next_atom[a]) {
		const struct atom *x = &b->r->atoms[a];

		m->flags |= x->is_router ? MACHINE_ROUTER : 0;
		m->flags |= x->mac_kind == MAC_VIRTUAL ? MACHINE_VIRTUAL : 0;
		is_by_address = is_by_address && x->kind == ATOM_ADDR;
	}
	m->flags |= is_by_address ? MACHINE_BY_ADDRESS : 0;
	m->flags |= has_role(m, "router") ? MACHINE_ROUTER : 0;
	m->flags |= has_role(m, "nat") ? MACHINE_NAT : 0;
	m->flags |= has_role(m, "virtual-address") ? MACHINE_VIRTUAL : 0;
	m->flags |= has_role(m, "proxy") || has_role(m, "terminal-server") ? MACHINE_SHARED : 0;
}

static int cmp_macs(const void *one, const void *two)
{
	const struct machine_mac *a = one, *b = two;
	int c = cmp_number(b->last_ns, a->last_ns);

	return c != 0 ? c : memcmp(a->mac.b, b->mac.b, sizeof(a->mac.b));
}

static enum rc set_macs(const struct build *b, struct machine *m, uint32_t first)
{
	size_t n = 0;

	for (uint32_t a = first; a != NO_ATOM; a = b->next_atom[a])
		n += b->r->atoms[a].kind == ATOM_MAC;
	m->macs = arena_alloc(b->r->arena, n * sizeof(*m->macs));
	if (m->macs == NULL)
		return RC_NOMEM;
	for (uint32_t a = first; a != NO_ATOM; a = b->next_atom[a]) {
		const struct atom *x = &b->r->atoms[a];

		if (x->kind == ATOM_MAC)
			m->macs[m->n_macs++] =
				(struct machine_mac){.mac = x->mac,
						     .vendor = vendor_of(&x->mac),
						     .kind = mac_kind_name(x->mac_kind),
						     .first_ns = x->first_ns,
						     .last_ns = x->last_ns};
	}
	if (n > 0)
		qsort(m->macs, n, sizeof(*m->macs), cmp_macs);
	return RC_OK;
}

/* The strongest key: the MAC that was met first, a name, an address. */
static void natural_id(const struct build *b, const struct machine *m, uint32_t first, char *id)
{
	const struct atom *best = &b->r->atoms[first];

	for (uint32_t a = b->next_atom[first]; a != NO_ATOM; a = b->next_atom[a]) {
		const struct atom *x = &b->r->atoms[a];
		int c = x->kind - best->kind;

		if (c == 0 && x->kind == ATOM_MAC)
			c = (x->is_shared ? 2 : x->mac_kind == MAC_RANDOM) -
			    (best->is_shared ? 2 : best->mac_kind == MAC_RANDOM);
		if (c == 0)
			c = cmp_number(x->first_ns, best->first_ns);
		if (c < 0)
			best = x;
	}
	if (best->kind == ATOM_MAC && !best->is_shared)
		(void)key_of_mac(&best->mac, id);
	else if (best->kind == ATOM_ADDR || name_is_generic(best->name))
		(void)key_of_addr(&best->addr, id);
	else
		(void)key_of_name(m->domain, best->name, id);
}

static double confidence_of(const struct build *b, uint32_t first)
{
	static const double by_kind[] = {[ATOM_MAC] = 0.95, [ATOM_NAME] = 0.75, [ATOM_ADDR] = 0.4};
	double best = 0;

	for (uint32_t a = first; a != NO_ATOM; a = b->next_atom[a]) {
		const struct atom *x = &b->r->atoms[a];
		double c = by_kind[x->kind];

		if (x->kind == ATOM_MAC && x->mac_kind == MAC_RANDOM)
			c = 0.8;
		if (c > best)
			best = c;
	}
	return best;
}

static enum rc set_joined(struct build *b)
{
	struct resolver *r = b->r;

	for (size_t i = 0; i < r->n_joints; i++) {
		struct machine *m =
			&b->m->list[r->atoms[atom_root(r->atoms, r->joints[i].a)].machine];

		m->n_joined++;
	}
	for (size_t i = 0; i < b->m->n; i++) {
		struct machine *m = &b->m->list[i];

		m->joined = arena_alloc(r->arena, m->n_joined * sizeof(*m->joined));
		if (m->joined == NULL)
			return RC_NOMEM;
		m->n_joined = 0;
	}
	for (size_t i = 0; i < r->n_joints; i++) {
		struct machine *m =
			&b->m->list[r->atoms[atom_root(r->atoms, r->joints[i].a)].machine];

		m->joined[m->n_joined++] = r->joints[i].why;
		m->confidence *= r->joints[i].confidence / 100.0;
	}
	return RC_OK;
}

/* --- addresses --- */

static int cmp_addrs(const void *one, const void *two)
{
	const struct machine_addr *a = one, *b = two;
	int c = cmp_number(b->last_ns, a->last_ns);

	if (c == 0)
		c = addr_cmp(&a->addr, &b->addr);
	return c != 0 ? c : cmp_number(b->first_ns, a->first_ns);
}

static struct machine *machine_of_stay(const struct build *b, const struct stay *s)
{
	return &b->m->list[b->r->atoms[atom_root(b->r->atoms, s->atom)].machine];
}

static enum rc set_addrs(struct build *b)
{
	struct resolver *r = b->r;

	enum rc rc = resolver_settle(r, true);

	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < r->n_stays; i++)
		machine_of_stay(b, &r->stays[i])->n_addrs++;
	for (size_t i = 0; i < b->m->n; i++) {
		struct machine *m = &b->m->list[i];

		m->addrs = arena_alloc(r->arena, m->n_addrs * sizeof(*m->addrs));
		if (m->addrs == NULL)
			return RC_NOMEM;
		m->n_addrs = 0;
	}
	for (size_t i = 0; i < r->n_stays; i++) {
		const struct stay *s = &r->stays[i];
		struct machine *m = machine_of_stay(b, s);

		m->addrs[m->n_addrs++] = (struct machine_addr){
			.addr = s->addr,
			.mac = s->mac,
			.has_mac = s->has_mac,
			.confidence = s->weight == 0 ? 1 : s->weight,
			.source = s->source,
			.first_ns = s->first_ns,
			.last_ns = s->last_ns,
			.from_ns = s->from_ns,
			.until_ns = s->until_ns,
		};
	}
	for (size_t i = 0; i < b->m->n; i++) {
		if (b->m->list[i].n_addrs > 0)
			qsort(b->m->list[i].addrs, b->m->list[i].n_addrs,
			      sizeof(*b->m->list[i].addrs), cmp_addrs);
	}
	return RC_OK;
}

/* --- ids that the store knows --- */

struct claim {
	const char *id;
	uint32_t machine;
	size_t facts;
};

static int cmp_claims_by_id(const void *one, const void *two)
{
	const struct claim *a = one, *b = two;
	int c = strcmp(a->id, b->id);

	return c != 0 ? c : (a->machine > b->machine) - (a->machine < b->machine);
}

static int cmp_claims(const void *one, const void *two)
{
	const struct claim *a = one, *b = two;

	if (a->facts != b->facts)
		return a->facts > b->facts ? -1 : 1;
	return cmp_claims_by_id(one, two);
}

static int cmp_ids(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Most facts first: a machine keeps the id that most of its facts had, if it has most of that. */
static enum rc keep_ids(struct build *b, const char **taken, size_t *n_taken)
{
	struct resolver *r = b->r;
	struct claim *claims = calloc(r->n_facts + 1, sizeof(*claims));
	size_t n = 0, kept = 0;
	struct map *given = NULL;
	enum rc rc = RC_NOMEM;

	if (claims == NULL)
		goto out;
	for (size_t i = 0; i < r->n_facts; i++) {
		if (r->facts[i].machine[0] == '\0' || r->atom_of[i] == NO_ATOM)
			continue;
		claims[n++] =
			(struct claim){r->facts[i].machine,
				       r->atoms[atom_root(r->atoms, r->atom_of[i])].machine, 1};
	}
	qsort(claims, n, sizeof(*claims), cmp_claims_by_id);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && cmp_claims_by_id(&claims[kept - 1], &claims[i]) == 0)
			claims[kept - 1].facts++;
		else
			claims[kept++] = claims[i];
	}
	qsort(claims, kept, sizeof(*claims), cmp_claims);
	rc = map_new(kept + 1, MACHINE_ID, 1, 0, &given);
	for (size_t i = 0; rc == RC_OK && i < kept; i++) {
		struct machine *m = &b->m->list[claims[i].machine];
		char key[MACHINE_ID] = {0};
		bool is_new = false;

		(void)snprintf(key, sizeof(key), "%s", claims[i].id);
		if (m->id[0] != '\0')
			continue;
		if (map_put(given, key, &is_new) == NULL)
			rc = RC_NOMEM;
		else if (is_new)
			memcpy(m->id, key, sizeof(key));
	}
	for (size_t i = 0; rc == RC_OK && i < kept; i++)
		taken[(*n_taken)++] = claims[i].id;
	if (*n_taken > 0)
		qsort(taken, *n_taken, sizeof(*taken), cmp_ids);
out:
	map_free(given);
	free(claims);
	return rc;
}

/* Two machines may have had the same name or address: the later ones say since when. */
static enum rc give_ids(struct build *b)
{
	const char **taken = calloc(b->r->n_facts + 1, sizeof(*taken));
	size_t n_taken = 0;
	struct map *given = NULL;
	enum rc rc = taken == NULL ? RC_NOMEM : keep_ids(b, taken, &n_taken);

	if (rc == RC_OK)
		rc = map_new(b->m->n + b->r->n_facts + 1, MACHINE_ID, 1, 0, &given);
	for (size_t i = 0; rc == RC_OK && i < n_taken; i++) {
		char key[MACHINE_ID] = {0};
		bool is_new;

		(void)snprintf(key, sizeof(key), "%s", taken[i]);
		if (map_put(given, key, &is_new) == NULL)
			rc = RC_NOMEM;
	}
	for (size_t i = 0; rc == RC_OK && i < b->m->n; i++) {
		struct machine *m = &b->m->list[i];
		bool is_new = false;

		if (m->id[0] != '\0')
			continue;
		for (uint64_t since = m->first_ns / 1000000000, n = 0; !is_new; n++) {
			char id[MACHINE_ID] = {0}, more[32] = "";

			natural_id(b, m, b->first_atom[i], id);
			if (n > 0)
				(void)snprintf(more, sizeof(more), "@%llu",
					       (unsigned long long)(since + n - 1));
			memset(m->id, 0, sizeof(m->id));
			(void)snprintf(m->id, sizeof(m->id), "%.*s%s",
				       (int)(MACHINE_ID - 1 - strlen(more)), id, more);
			if (map_put(given, m->id, &is_new) == NULL) {
				rc = RC_NOMEM;
				break;
			}
		}
	}
	map_free(given);
	free(taken);
	return rc;
}

/* --- all of it --- */

/* Machines stand in the order of their first atoms, which is that of the tidied facts. */
static enum rc list_machines(struct build *b)
{
	struct resolver *r = b->r;
	uint32_t *last;

	b->first_atom = arena_alloc(r->scratch, (r->n_atoms + 1) * sizeof(*b->first_atom));
	b->next_atom = arena_alloc(r->scratch, (r->n_atoms + 1) * sizeof(*b->next_atom));
	last = arena_alloc(r->scratch, (r->n_atoms + 1) * sizeof(*last));
	if (b->first_atom == NULL || b->next_atom == NULL || last == NULL)
		return RC_NOMEM;
	for (uint32_t a = 0; a < r->n_atoms; a++) {
		struct atom *root = &r->atoms[atom_root(r->atoms, a)];

		b->next_atom[a] = NO_ATOM;
		if (r->atoms[a].first_ns == UINT64_MAX)
			continue; /* a router's MAC on packets of others: no fact is about it */
		if (root->machine == NO_ATOM) {
			root->machine = (uint32_t)b->m->n++;
			b->first_atom[root->machine] = a;
		} else {
			b->next_atom[last[root->machine]] = a;
		}
		last[root->machine] = a;
	}
	b->m->list = arena_alloc(r->arena, b->m->n * sizeof(*b->m->list));
	return b->m->list == NULL ? RC_NOMEM : RC_OK;
}

static enum rc deal_facts(struct build *b)
{
	struct resolver *r = b->r;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < r->n_facts; i++) {
			struct machine *m;

			if (r->atom_of[i] == NO_ATOM)
				continue;
			m = &b->m->list[r->atoms[atom_root(r->atoms, r->atom_of[i])].machine];
			if (pass == 1)
				m->facts[m->n_facts] = &r->facts[i];
			if (m->n_facts == 0 || r->facts[i].first_ns < m->first_ns)
				m->first_ns = r->facts[i].first_ns;
			if (r->facts[i].last_ns > m->last_ns)
				m->last_ns = r->facts[i].last_ns;
			m->n_facts++;
		}
		for (size_t i = 0; pass == 0 && i < b->m->n; i++) {
			struct machine *m = &b->m->list[i];

			m->facts = arena_alloc(r->arena, m->n_facts * sizeof(const struct fact *));
			if (m->facts == NULL)
				return RC_NOMEM;
			m->n_facts = 0;
		}
	}
	return RC_OK;
}

/* Only now, when the ids have found their place. */
static void stamp_facts(const struct resolver *r, const struct machines *m)
{
	for (size_t i = 0; i < m->n; i++) {
		for (size_t k = 0; k < m->list[i].n_facts; k++)
			r->facts[m->list[i].facts[k] - r->facts].machine = m->list[i].id;
	}
}

enum rc steps_build(struct resolver *r, struct machines **ret_m)
{
	struct build b = {.r = r, .m = arena_alloc(r->arena, sizeof(*b.m))};
	enum rc rc = b.m == NULL ? RC_NOMEM : list_machines(&b);

	if (rc == RC_OK)
		rc = deal_facts(&b);
	for (uint32_t i = 0; rc == RC_OK && i < b.m->n; i++) {
		struct machine *m = &b.m->list[i];

		rc = set_macs(&b, m, b.first_atom[i]);
		describe(m);
		set_flags(&b, m, b.first_atom[i]);
		m->confidence = confidence_of(&b, b.first_atom[i]);
	}
	if (rc == RC_OK)
		rc = set_joined(&b);
	if (rc == RC_OK)
		rc = set_addrs(&b);
	if (rc == RC_OK)
		rc = give_ids(&b);
	if (rc != RC_OK)
		return rc;
	b.m->arena = r->arena;
	rc = machines_seal(b.m);
	if (rc != RC_OK)
		return rc;
	stamp_facts(r, b.m);
	*ret_m = b.m;
	return RC_OK;
}
