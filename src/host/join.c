/* Which atoms are one machine's. doc/identity.md, "Joining". */
#include "host/resolver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	NAME_MACS = 6,   /* a name on more MACs than this is nobody's */
	NAME_ATOMS = 40, /* with docks and adapters that it shares with others */
	ID_MACS = 8,     /* an id, too: an image was copied */
	SET_MACS = 8,    /* a machine does not grow beyond this by evidence */
	JOINT_WORDS = 320,
};

struct parting { /* two atoms that the operator keeps apart */
	uint32_t a, b;
};

struct joining {
	struct resolver *r;
	struct joint *found; /* candidates */
	size_t n, room;
	struct parting *partings;
	size_t n_partings;
};

static enum rc suggest(struct joining *j, uint32_t a, uint32_t b, unsigned confidence,
		       const char *why, ...) __attribute__((format(printf, 5, 6)));

static enum rc suggest(struct joining *j, uint32_t a, uint32_t b, unsigned confidence,
		       const char *why, ...)
{
	char text[JOINT_WORDS];
	va_list ap;

	if (j->n == j->room) {
		size_t room = j->room == 0 ? 64 : j->room * 2;
		struct joint *more = realloc(j->found, room * sizeof(*more));

		if (more == NULL)
			return RC_NOMEM;
		j->found = more;
		j->room = room;
	}
	va_start(ap, why);
	(void)vsnprintf(text, sizeof(text), why, ap);
	va_end(ap);
	j->found[j->n] = (struct joint){a < b ? a : b, a < b ? b : a, confidence,
					arena_strdup(j->r->arena, text)};
	return j->found[j->n++].why == NULL ? RC_NOMEM : RC_OK;
}

static const char *atom_words(const struct atom *a, char *text)
{
	if (a->kind == ATOM_MAC)
		return mac_format(&a->mac, text);
	if (a->kind == ATOM_ADDR)
		return addr_format(&a->addr, text);
	return "a machine of that name without a known MAC address";
}

/* --- ids that a machine keeps over its cards --- */

struct id_use {
	const char *id;
	uint32_t atom;
	uint8_t source;
};

static int cmp_ids(const void *one, const void *two)
{
	const struct id_use *a = one, *b = two;
	int c = strcmp(a->id, b->id);

	return c != 0 ? c : (a->atom > b->atom) - (a->atom < b->atom);
}

/* "client:01001a2b3c4d5e" is the MAC in other words. */
static bool says_only_mac(const char *id)
{
	return strncmp(id, "client:01", 9) == 0 && strlen(id) == 9 + 12;
}

static const char *id_words(const char *id)
{
	if (strncmp(id, "duid:", 5) == 0)
		return "the same DHCPv6 identifier (DUID)";
	if (strncmp(id, "guid:", 5) == 0)
		return "the same SMB GUID";
	return "the same DHCP client identifier";
}

/* The name that an atom was called last, or NULL. Calls are sorted by name, so this looks at an
 * array made once: last_called[]. */
struct last_call {
	const char *name;
	uint64_t first_ns, last_ns;
};

static struct last_call *last_calls(const struct resolver *r)
{
	struct last_call *last = calloc(r->n_atoms + 1, sizeof(*last));

	for (size_t i = 0; last != NULL && i < r->n_calls; i++) {
		const struct called *c = &r->calls[i];
		struct last_call *l = &last[c->atom];

		if (l->name == NULL || c->last_ns > l->last_ns)
			*l = (struct last_call){c->name, c->first_ns, c->last_ns};
	}
	return last;
}

/* Called differently at the same time: a copied image, not one machine. At cards that go round,
 * whenever it was. */
static bool are_called_apart(const struct joining *j, const struct last_call *last, uint32_t a,
			     uint32_t b)
{
	const struct last_call *x = &last[a], *y = &last[b];

	if (x->name == NULL || y->name == NULL || strcmp(x->name, y->name) == 0)
		return false;
	if (j->r->atoms[a].is_shared || j->r->atoms[b].is_shared)
		return true;
	return x->first_ns <= y->last_ns && y->first_ns <= x->last_ns;
}

static enum rc join_by_ids(struct joining *j, const struct last_call *last)
{
	struct resolver *r = j->r;
	struct id_use *ids = calloc(r->n_facts + 1, sizeof(*ids));
	size_t n = 0, kept = 0;
	enum rc rc = RC_OK;

	if (ids == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < r->n_facts; i++) {
		const struct fact *f = &r->facts[i];

		if (f->kind == FACT_ID && r->atom_of[i] != NO_ATOM && !says_only_mac(f->value) &&
		    !r->atoms[r->atom_of[i]].is_router)
			ids[n++] = (struct id_use){f->value, r->atom_of[i], f->source};
	}
	qsort(ids, n, sizeof(*ids), cmp_ids);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || cmp_ids(&ids[kept - 1], &ids[i]) != 0)
			ids[kept++] = ids[i];
	}
	for (size_t i = 0, end; rc == RC_OK && i < kept; i = end) {
		char one[MAC_TEXT + ADDR_TEXT], two[MAC_TEXT + ADDR_TEXT];

		for (end = i + 1; end < kept && strcmp(ids[end].id, ids[i].id) == 0;)
			end++;
		for (size_t k = i + 1; rc == RC_OK && end - i <= ID_MACS && k < end; k++) {
			if (are_called_apart(j, last, ids[i].atom, ids[k].atom))
				continue;
			rc = suggest(j, ids[i].atom, ids[k].atom, 95, "%s and %s: %s",
				     atom_words(&r->atoms[ids[i].atom], one),
				     atom_words(&r->atoms[ids[k].atom], two), id_words(ids[i].id));
		}
	}
	free(ids);
	return rc;
}

/* --- names --- */

struct user_of_name { /* an atom, while it was called so */
	uint32_t atom;
	uint64_t first_ns, last_ns;
};

static bool overlap(uint64_t a1, uint64_t a2, uint64_t b1, uint64_t b2)
{
	return a1 <= b2 && b1 <= a2;
}

/* `a` stopped being called so before `b` began. How sure is it that they are one machine? */
static unsigned one_after_other(const struct resolver *r, const struct last_call *last,
				const struct user_of_name *a, const struct user_of_name *b)
{
	const struct atom *x = &r->atoms[a->atom], *y = &r->atoms[b->atom];
	uint64_t gap = b->first_ns - a->last_ns, held_a = a->last_ns - a->first_ns,
		 held_b = b->last_ns - b->first_ns;

	/* Somebody renamed it, and gave the name to another. */
	if (last[a->atom].last_ns > a->last_ns && last[a->atom].first_ns >= a->last_ns)
		return 0;
	if (y->first_ns + HOUR_NS < a->last_ns && y->first_ns < b->first_ns &&
	    last[b->atom].last_ns <= b->last_ns && x->last_ns < b->first_ns && held_a > DAY_NS)
		return 0;
	/* The old one is still there, the name is heard on the other now. */
	if (x->last_ns > b->first_ns)
		return 80;
	/* Both for days, or a new one after a night: the old one was replaced. */
	if (held_a >= 20 * HOUR_NS && held_b >= 20 * HOUR_NS)
		return 0;
	if (gap >= 8 * HOUR_NS && (held_a >= 20 * HOUR_NS || held_b >= 20 * HOUR_NS))
		return 0;
	return gap >= 7 * DAY_NS ? 0 : 65;
}

static enum rc join_pair(struct joining *j, const struct last_call *last, const char *name,
			 const struct user_of_name *a, const struct user_of_name *b)
{
	const struct resolver *r = j->r;
	const struct atom *x = &r->atoms[a->atom], *y = &r->atoms[b->atom];
	bool at_once = overlap(a->first_ns, a->last_ns, b->first_ns, b->last_ns);
	unsigned sure = 85;
	char one[MAC_TEXT + ADDR_TEXT], two[MAC_TEXT + ADDR_TEXT];

	if (x->is_shared || y->is_shared)
		sure = 85; /* the card is many's: its name is what tells */
	else if (!at_once)
		sure = a->first_ns < b->first_ns ? one_after_other(r, last, a, b)
						 : one_after_other(r, last, b, a);
	if (x->mac_kind == MAC_RANDOM || y->mac_kind == MAC_RANDOM)
		sure = sure > 15 ? sure - 15 : 0;
	if (x->kind == ATOM_NAME || y->kind == ATOM_NAME)
		sure = sure == 0 ? 0 : 75;
	if (sure < 50)
		return RC_OK;
	return suggest(j, a->atom, b->atom, sure, "%s and %s: both called %s%s", atom_words(x, one),
		       atom_words(y, two), name,
		       at_once ? ", in the same days" : ", one after the other");
}

static enum rc join_name(struct joining *j, const struct last_call *last, size_t from, size_t to)
{
	struct resolver *r = j->r;
	struct user_of_name users[NAME_ATOMS];
	size_t n = 0, n_own = 0;
	enum rc rc = RC_OK;

	for (size_t i = from; i < to; i++) {
		const struct called *c = &r->calls[i];
		const struct atom *a = &r->atoms[c->atom];

		if (a->is_router || a->mac_kind == MAC_VIRTUAL)
			continue;
		if (n > 0 && users[n - 1].atom == c->atom) {
			if (c->first_ns < users[n - 1].first_ns)
				users[n - 1].first_ns = c->first_ns;
			if (c->last_ns > users[n - 1].last_ns)
				users[n - 1].last_ns = c->last_ns;
		} else if (n == NAME_ATOMS) {
			return RC_OK;
		} else {
			n_own += !a->is_shared;
			users[n++] = (struct user_of_name){c->atom, c->first_ns, c->last_ns};
		}
	}
	if (n_own > NAME_MACS)
		return RC_OK;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; rc == RC_OK && k < n; k++)
			rc = join_pair(j, last, r->calls[from].name, &users[i], &users[k]);
	}
	return rc;
}

static enum rc join_by_names(struct joining *j, const struct last_call *last)
{
	struct resolver *r = j->r;
	enum rc rc = RC_OK;

	for (size_t i = 0, end; rc == RC_OK && i < r->n_calls; i = end) {
		for (end = i + 1;
		     end < r->n_calls && strcmp(r->calls[end].name, r->calls[i].name) == 0;)
			end++;
		if (!name_is_generic(r->calls[i].name))
			rc = join_name(j, last, i, end);
	}
	return rc;
}

/* --- the operator's word --- */

static uint32_t latest_called(const struct resolver *r, const char *key)
{
	uint32_t best = NO_ATOM;
	uint64_t best_ns = 0;
	char text[MACHINE_ID];

	for (size_t i = 0; i < r->n_calls; i++) {
		const struct called *c = &r->calls[i];
		const char *slash = strrchr(key, '/');

		if (strcmp(key_of_name("", c->name, text) + 5, slash ? slash + 1 : key + 5) == 0 &&
		    (best == NO_ATOM || c->last_ns > best_ns)) {
			best = c->atom;
			best_ns = c->last_ns;
		}
	}
	return best;
}

/* The atom that a key means; NO_ATOM: none here. */
static uint32_t atom_of_key(const struct resolver *r, const char *key)
{
	uint32_t best = NO_ATOM;
	char text[MACHINE_ID];

	for (uint32_t i = 0; i < r->n_atoms; i++) {
		const struct atom *a = &r->atoms[i];

		if (a->first_ns == UINT64_MAX || a->is_shared)
			continue;
		if ((a->kind == ATOM_MAC && strcmp(key_of_mac(&a->mac, text), key) == 0) ||
		    (a->kind == ATOM_ADDR && strcmp(key_of_addr(&a->addr, text), key) == 0))
			return i;
	}
	if (strncmp(key, "name:", 5) == 0)
		best = latest_called(r, key);
	for (size_t i = 0; best == NO_ATOM && i < r->n_facts; i++) {
		if (r->atom_of[i] != NO_ATOM && strcmp(r->facts[i].machine, key) == 0)
			best = r->atom_of[i];
	}
	for (size_t i = 0; best == NO_ATOM && strncmp(key, "ip:", 3) == 0 && i < r->n_stays; i++) {
		if (strcmp(key_of_addr(&r->stays[i].addr, text), key) == 0)
			best = r->stays[i].atom;
	}
	return best;
}

static bool is_parted(const struct joining *j, uint32_t a, uint32_t b)
{
	struct atom *atoms = j->r->atoms;

	for (size_t i = 0; i < j->n_partings; i++) {
		uint32_t x = atom_root(atoms, j->partings[i].a),
			 y = atom_root(atoms, j->partings[i].b);

		if ((x == a && y == b) || (x == b && y == a))
			return true;
	}
	return false;
}

static void unite(struct resolver *r, uint32_t a, uint32_t b)
{
	uint32_t low = a < b ? a : b, high = a < b ? b : a;

	r->atoms[high].parent = low;
	r->atoms[low].n_macs += r->atoms[high].n_macs;
}

static int cmp_decisions(const void *one, const void *two)
{
	const struct decision *a = *(const struct decision *const *)one,
			      *b = *(const struct decision *const *)two;
	int c = (b->at_ns > a->at_ns) - (b->at_ns < a->at_ns);

	if (c == 0)
		c = a->is_same - b->is_same;
	if (c == 0)
		c = strcmp(a->a, b->a);
	return c != 0 ? c : strcmp(a->b, b->b);
}

/* The latest first, so that an earlier one cannot undo it. */
static enum rc obey(struct joining *j)
{
	struct resolver *r = j->r;
	size_t n = r->in->n_decisions;
	const struct decision **list =
		arena_alloc(r->scratch, (n + 1) * sizeof(const struct decision *));

	j->partings = arena_alloc(r->scratch, (n + 1) * sizeof(*j->partings));
	if (list == NULL || j->partings == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++)
		list[i] = &r->in->decisions[i];
	if (n > 0)
		qsort(list, n, sizeof(const struct decision *), cmp_decisions);
	for (size_t i = 0; i < n; i++) {
		uint32_t a = atom_of_key(r, list[i]->a), b = atom_of_key(r, list[i]->b);
		char why[JOINT_WORDS];
		uint32_t x, y;

		if (a == NO_ATOM || b == NO_ATOM || a == b)
			continue;
		x = atom_root(r->atoms, a);
		y = atom_root(r->atoms, b);
		if (x == y || is_parted(j, x, y))
			continue;
		if (!list[i]->is_same) {
			j->partings[j->n_partings++] = (struct parting){a, b};
			continue;
		}
		unite(r, x, y);
		(void)snprintf(why, sizeof(why), "%s and %s: %s said so", list[i]->a, list[i]->b,
			       list[i]->who[0] != '\0' ? list[i]->who : "the operator");
		r->joints[r->n_joints++] = (struct joint){a, b, 100, arena_strdup(r->arena, why)};
	}
	return RC_OK;
}

static int cmp_joints(const void *one, const void *two)
{
	const struct joint *a = one, *b = two;

	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	if (a->b != b->b)
		return a->b < b->b ? -1 : 1;
	return strcmp(a->why, b->why);
}

enum rc steps_join(struct resolver *r)
{
	struct joining j = {.r = r};
	struct last_call *last = last_calls(r);
	enum rc rc = last == NULL ? RC_NOMEM : RC_OK;

	for (size_t i = 0; i < r->n_atoms; i++)
		r->atoms[i].n_macs = r->atoms[i].kind == ATOM_MAC && !r->atoms[i].is_shared;
	if (rc == RC_OK)
		rc = join_by_ids(&j, last);
	if (rc == RC_OK)
		rc = join_by_names(&j, last);
	if (rc == RC_OK) {
		r->joints = calloc(j.n + r->in->n_decisions + 1, sizeof(*r->joints));
		rc = r->joints == NULL ? RC_NOMEM : obey(&j);
	}
	if (rc == RC_OK && j.n > 0)
		qsort(j.found, j.n, sizeof(*j.found), cmp_joints);
	for (size_t i = 0; rc == RC_OK && i < j.n; i++) {
		uint32_t a = atom_root(r->atoms, j.found[i].a),
			 b = atom_root(r->atoms, j.found[i].b);

		if (a == b || is_parted(&j, a, b) ||
		    r->atoms[a].n_macs + r->atoms[b].n_macs > SET_MACS)
			continue;
		unite(r, a, b);
		r->joints[r->n_joints++] = j.found[i];
	}
	free(j.found);
	free(last);
	return rc;
}
