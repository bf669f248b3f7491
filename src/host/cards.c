/* Network cards that go round: docks and adapters that several machines use in turn. A card's time
 * is cut into runs, one for each name that its DHCP client gives, if those names are at home on
 * other cards too. doc/identity.md, "Cards that go round". */
#include "host/resolver.h"

#include <stdlib.h>

struct sign { /* a card said a name */
	const char *name;
	uint32_t card;
	uint64_t first_ns, last_ns;
};

static int cmp_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int cmp_by_name(const void *one, const void *two)
{
	const struct sign *a = one, *b = two;
	int c = strcmp(a->name, b->name);

	return c != 0 ? c : cmp_number(a->card, b->card);
}

static int cmp_by_card(const void *one, const void *two)
{
	const struct run *a = one, *b = two;
	int c = cmp_number(a->card, b->card);

	if (c == 0)
		c = cmp_number(a->first_ns, b->first_ns);
	if (c == 0)
		c = cmp_number(a->last_ns, b->last_ns);
	return c != 0 ? c : strcmp(a->name, b->name);
}

/* Only the card's own DHCP client says for sure who is using it. */
static size_t gather(const struct resolver *r, struct sign *signs)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_facts; i++) {
		const struct fact *f = &r->facts[i];
		const uint32_t *card = f->has_mac ? map_get(r->macs, &f->mac) : NULL;

		if (card == NULL || r->names[i] == NULL || name_is_generic(r->names[i]))
			continue;
		if (f->source == FROM_DHCP || f->source == FROM_DHCP6 ||
		    f->source == FROM_LIST_DHCP)
			signs[n++] = (struct sign){r->names[i], *card, f->first_ns, f->last_ns};
	}
	return n;
}

/* Leaves the signs whose name is on other cards, too, as candidates for runs. */
static size_t keep_common(struct sign *signs, size_t n, struct run *runs)
{
	size_t kept = 0;

	if (n > 0)
		qsort(signs, n, sizeof(*signs), cmp_by_name);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && strcmp(signs[end].name, signs[i].name) == 0;)
			end++;
		if (signs[i].card == signs[end - 1].card)
			continue;
		for (size_t k = i; k < end; k++)
			runs[kept++] = (struct run){.name = signs[k].name,
						    .card = signs[k].card,
						    .atom = NO_ATOM,
						    .first_ns = signs[k].first_ns,
						    .last_ns = signs[k].last_ns};
	}
	if (kept > 0)
		qsort(runs, kept, sizeof(*runs), cmp_by_card);
	return kept;
}

/* One atom for each name of a card. */
static enum rc make_atoms(struct resolver *r, struct run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i && runs[i].atom == NO_ATOM; k++) {
			if (strcmp(runs[k].name, runs[i].name) == 0)
				runs[i].atom = runs[k].atom;
		}
		if (runs[i].atom == NO_ATOM) {
			struct atom *a = atom_add(r, ATOM_MAC);

			if (a == NULL)
				return RC_NOMEM;
			a->mac = r->atoms[runs[i].card].mac;
			a->mac_kind = r->atoms[runs[i].card].mac_kind;
			a->name = runs[i].name;
			a->is_shared = true;
			runs[i].atom = (uint32_t)r->n_atoms - 1;
		}
	}
	return RC_OK;
}

static bool has_two_names(const struct run *runs, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (strcmp(runs[i].name, runs[0].name) != 0)
			return true;
	}
	return false;
}

enum rc cards_find(struct resolver *r)
{
	enum { RUNS_OF_ONE = 512 }; /* names of one card in turn; more is no dock */
	struct sign *signs = calloc(r->n_facts + 1, sizeof(*signs));
	struct run *runs = arena_alloc(r->scratch, (r->n_facts + 1) * sizeof(*runs));
	size_t n = 0, kept = 0;
	enum rc rc = signs == NULL || runs == NULL ? RC_NOMEM : RC_OK;

	if (rc == RC_OK)
		n = keep_common(signs, gather(r, signs), runs);
	for (size_t i = 0, end; rc == RC_OK && i < n; i = end) {
		struct atom *card = &r->atoms[runs[i].card];
		size_t len;

		for (end = i + 1; end < n && runs[end].card == runs[i].card;)
			end++;
		len = end - i;
		if (len > RUNS_OF_ONE || !has_two_names(&runs[i], len))
			continue;
		memmove(&runs[kept], &runs[i], len * sizeof(*runs));
		card->first_run = (uint32_t)kept;
		card->n_runs = (uint32_t)len;
		rc = make_atoms(r, &runs[kept], len);
		kept += len;
	}
	r->runs = runs;
	free(signs);
	return rc;
}

/* Until the next name is heard the card is the last one's. */
static uint64_t run_end(const struct resolver *r, const struct atom *card, uint32_t i)
{
	return i + 1 < card->n_runs ? r->runs[card->first_run + i + 1].first_ns : UINT64_MAX;
}

uint32_t cards_user(const struct resolver *r, uint32_t atom, const char *name, uint64_t first_ns,
		    uint64_t last_ns)
{
	const struct atom *card = &r->atoms[atom];
	uint32_t best = NO_ATOM, named = NO_ATOM;
	uint64_t most = 0;

	for (uint32_t i = 0; i < card->n_runs; i++) {
		const struct run *run = &r->runs[card->first_run + i];
		uint64_t from = i == 0 ? 0 : run->first_ns, to = run_end(r, card, i), common;

		if (name != NULL && strcmp(run->name, name) == 0)
			named = run->atom;
		from = first_ns > from ? first_ns : from;
		to = last_ns < to ? last_ns + 1 : to;
		common = from < to ? to - from : 0;
		if (best == NO_ATOM || common > most) {
			best = run->atom;
			most = common;
		}
	}
	if (card->n_runs == 0)
		return atom;
	return named != NO_ATOM ? named : best;
}

bool cards_part(const struct resolver *r, uint32_t atom, uint32_t i, struct stay *stay)
{
	const struct atom *card = &r->atoms[atom];
	const struct run *run = &r->runs[card->first_run + i];
	uint64_t to = run_end(r, card, i);

	if ((i > 0 && stay->last_ns < run->first_ns) || stay->first_ns >= to)
		return false;
	stay->atom = run->atom;
	if (i > 0 && stay->first_ns < run->first_ns) {
		stay->first_ns = run->first_ns;
		stay->is_dhcp = true; /* its client said so just then */
	}
	if (stay->last_ns >= to) {
		/* What the next one did with the address says nothing of this one. */
		stay->last_ns =
			run->last_ns > stay->first_ns && run->last_ns < to ? run->last_ns : to - 1;
		stay->lease_ns = 0;
		stay->is_ended = false;
	}
	return true;
}
