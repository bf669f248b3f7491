#include "outbreak/who.h"

#include <stdio.h>
#include <stdlib.h>

enum { NOTES_MAX = 6, NOTE_TEXT = 512, LIKELY = 50 };

struct who who_is(const struct machines *machines, const struct machine *m)
{
	struct who who;

	memset(&who, 0, sizeof(who)); /* a key of a map */
	who.machine = (uint64_t)(m - machines->list) + 1;
	return who;
}

struct who who_at(const struct machines *machines, const struct addr *a, uint64_t at_ns)
{
	const struct machine *m = machines == NULL ? NULL : machines_at(machines, a, at_ns, NULL);
	char key[MACHINE_ID];
	struct who who;

	/* Whoever is known by this address alone is the same one at all times. */
	if (machines != NULL && m == NULL)
		m = machines_by_id(machines, key_of_addr(a, key));
	if (m != NULL)
		return who_is(machines, m);
	memset(&who, 0, sizeof(who)); /* a key of a map */
	who.addr = *a;
	return who;
}

int who_cmp(const struct who *a, const struct who *b)
{
	if (a->machine != b->machine)
		return a->machine < b->machine ? -1 : 1;
	return addr_cmp(&a->addr, &b->addr);
}

const struct machine *who_machine(const struct machines *machines, const struct who *who)
{
	return who->machine == 0 ? NULL : &machines->list[who->machine - 1];
}

static int by_addr(const void *a, const void *b)
{
	return addr_cmp(a, b);
}

/* Where to look for it now: the latest, but sooner one that people can type. */
static const struct addr *latest(const struct machine *m)
{
	for (size_t i = 0; i < m->n_addrs; i++) {
		if (addr_is_v4(&m->addrs[i].addr))
			return &m->addrs[i].addr;
	}
	return m->n_addrs > 0 ? &m->addrs[0].addr : NULL;
}

static enum rc addresses(struct arena *arena, struct host *h)
{
	const struct machine *m = h->machine;
	size_t n = m != NULL ? m->n_addrs : 0, kept = 0;

	h->addrs = arena_alloc(arena, (n > 0 ? n : 1) * sizeof(*h->addrs));
	if (h->addrs == NULL)
		return RC_NOMEM;
	if (n == 0) {
		h->addrs[0] = h->seen.addr;
		h->n_addrs = addr_is_zero(&h->seen.addr) ? 0 : 1;
		return RC_OK;
	}
	for (size_t i = 0; i < n; i++)
		h->addrs[i] = m->addrs[i].addr;
	if (n > 1)
		qsort(h->addrs, n, sizeof(*h->addrs), by_addr);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !addr_eq(&h->addrs[kept - 1], &h->addrs[i]))
			h->addrs[kept++] = h->addrs[i];
	}
	h->n_addrs = kept;
	h->seen.addr = *latest(m);
	return RC_OK;
}

struct notes {
	struct arena *arena;
	const char *list[NOTES_MAX];
	size_t n;
	bool is_bad;
};

static void note(struct notes *notes, const char *text)
{
	for (size_t i = 0; i < notes->n; i++) {
		if (strcmp(notes->list[i], text) == 0)
			return;
	}
	if (notes->n == NOTES_MAX)
		return;
	notes->list[notes->n] = arena_strdup(notes->arena, text);
	notes->is_bad |= notes->list[notes->n] == NULL;
	notes->n++;
}

static const char *name_of(const struct machine *m)
{
	return m->name[0] != '\0' ? m->name : m->id;
}

/* Did it do all of this, or only begin it? */
static void note_deed(const struct machines *machines, const struct deed *d, struct notes *notes)
{
	const struct machine_addr *row = NULL;
	const struct machine *first = machines_at(machines, d->addr, d->f->first_ns, &row);
	const struct machine *last = machines_at(machines, d->addr, d->f->last_ns, NULL);
	char text[NOTE_TEXT], addr[ADDR_TEXT];

	addr_format(d->addr, addr);
	if (first != NULL && row->confidence < LIKELY) {
		snprintf(
			text, sizeof(text),
			"that it had %s when %s was seen from there is likely, not certain (%u %%)",
			addr, d->f->threat, row->confidence);
		note(notes, text);
	}
	if (first == last)
		return;
	snprintf(text, sizeof(text),
		 "%s changed hands while %s was seen from there: at first it was %s, at last %s",
		 addr, d->f->threat, first != NULL ? name_of(first) : "unknown whose",
		 last != NULL ? name_of(last) : "unknown whose");
	note(notes, text);
}

static void note_machine(const struct host *h, struct notes *notes)
{
	const struct machine *m = h->machine;
	char text[NOTE_TEXT], addr[ADDR_TEXT];

	addr_format(&h->seen.addr, addr);
	if (m == NULL || (m->flags & MACHINE_BY_ADDRESS) != 0) {
		snprintf(text, sizeof(text),
			 "known by its address only: nothing was heard that a machine keeps, so "
			 "make sure that %s is still the same one",
			 addr);
		note(notes, text);
		return;
	}
	if ((m->flags & MACHINE_NAT) != 0)
		note(notes, "several machines seem to be behind this address (NAT)");
	if ((m->flags & MACHINE_SHARED) != 0)
		note(notes, "many users share it: a terminal server or a proxy");
	if ((m->flags & MACHINE_ROUTER) != 0)
		note(notes, "it is a router: what came through it may be others' doing");
	if ((m->flags & MACHINE_VIRTUAL) != 0)
		note(notes, "this address is shared by several machines (VRRP, HSRP, CARP)");
}

enum rc who_describe(const struct machines *machines, const struct deed *did, size_t n_did,
		     struct arena *arena, struct host *h)
{
	struct notes notes = {.arena = arena};
	enum rc rc = addresses(arena, h);

	/* Of the thousands that did nothing nobody asks. */
	if (rc != RC_OK || h->verdict == VERDICT_NO_EVIDENCE)
		return rc;
	note_machine(h, &notes);
	for (size_t i = 0; machines != NULL && i < n_did; i++)
		note_deed(machines, &did[i], &notes);
	h->notes = arena_alloc(arena, notes.n * sizeof(*h->notes));
	if (h->notes == NULL || notes.is_bad)
		return RC_NOMEM;
	for (size_t i = 0; i < notes.n; i++)
		h->notes[h->n_notes++] = notes.list[i];
	return RC_OK;
}
