/* The remainder: whom the generic way did not reach, why, and the worst first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "base/text.h"
#include "desk/status.h"

enum { TEXT = 160, ACCESS_DENIED = 5, INSTALLER_DENIED = 1625 };

static const uint64_t DAY_NS = 24 * 3600 * NS_PER_S;

struct listing {
	struct desk_campaign *c;
	struct desk_orders *o;
	struct brief_order *list;
	size_t n;
	bool *is_listed; /* of each member: it has a row in the store */
	uint64_t now_ns;
	bool is_all, is_full;
};

static const char *kept(struct listing *l, const char *text)
{
	const char *copy = arena_strdup(l->o->arena, text);

	l->is_full = l->is_full || copy == NULL;
	return copy != NULL ? copy : "";
}

/* ERROR_ACCESS_DENIED, as a number of its own or in an HRESULT, and Windows Installer's "forbidden
 * by policy": [MS-ERREF] 2.1, 2.2. */
static bool is_denied(int64_t code)
{
	uint32_t low = (uint32_t)code;

	return low == ACCESS_DENIED || low == 0x80070005U || low == INSTALLER_DENIED;
}

static bool is_left(const struct listing *l, const struct member *m)
{
	const struct wave *w = desk_campaign_wave(l->c, m->wave);
	bool is_tried = l->is_all || l->c->n_waves == 0 || (w != NULL && w->state != WAVE_WAITING);

	if (m->stage == STAGE_QUIET)
		return (m->marks & MEMBER_FAILED) != 0;
	if ((m->marks & MEMBER_INFECTED) != 0)
		return true;
	return is_tried && (m->stage < STAGE_PATCHED ||
			    (m->marks & (MEMBER_FAILED | MEMBER_CONTRADICTED)) != 0);
}

struct reason {
	const char *word;
	char detail[CAMPAIGN_WHY];
};

static void not_heard_from(const struct listing *l, const struct brief_order *b, struct reason *r)
{
	char at[TEXT_TIME];

	if (b->seen_ns == 0 || l->now_ns > b->seen_ns + DAY_NS) {
		text_time(b->seen_ns, at);
		r->word = "offline";
		if (b->seen_ns == 0)
			(void)snprintf(r->detail, sizeof(r->detail), "no sensor has ever heard it");
		else
			(void)snprintf(r->detail, sizeof(r->detail),
				       "last heard %.10s %.5s UTC, and no result came back", at,
				       at + 11);
		return;
	}
	r->word = b->owner[0] == '\0' && b->user[0] == '\0' ? "unknown owner" : "no result";
	(void)snprintf(r->detail, sizeof(r->detail),
		       "it is on, and no result of a kit came back from it");
}

/* The first that holds is told. */
static void reason_of(const struct listing *l, const struct member *m, const struct brief_order *b,
		      struct reason *r)
{
	char code[CAMPAIGN_CODE];

	(void)snprintf(r->detail, sizeof(r->detail), "%s", m->why);
	if ((m->marks & (MEMBER_INFECTED | MEMBER_CLEANED)) == MEMBER_INFECTED) {
		r->word = l->now_ns > b->seen_ns + DAY_NS ? "infected" : "still attacking";
		if ((m->marks & MEMBER_REINFECTED) != 0)
			r->word = "infected again";
		if ((m->marks & MEMBER_QUARANTINED) != 0)
			r->word = "cut off, infected";
	} else if ((m->marks & MEMBER_CONTRADICTED) != 0) {
		r->word = "sources disagree";
	} else if ((m->marks & MEMBER_FAILED) != 0 && is_denied(m->code)) {
		r->word = "no rights";
	} else if ((m->marks & MEMBER_FAILED) != 0) {
		r->word = "failed";
		(void)snprintf(r->detail, sizeof(r->detail), "%s (%s)", m->why,
			       campaign_code(m->code, code));
	} else if (m->stage == STAGE_REBOOT_PENDING) {
		r->word = "restart pending";
	} else if (m->stage < STAGE_PATCHED && m->tried_ns == 0) {
		not_heard_from(l, b, r);
	} else if (m->stage < STAGE_PATCHED) {
		r->word = "not patched";
	} else {
		r->word = "not yet quiet";
		(void)snprintf(r->detail, sizeof(r->detail),
			       "cleaned; had it still been infected, it would have been heard "
			       "with a probability of %.2f by now, and 0.99 is wanted",
			       m->p_quiet);
	}
}

/* As judge.h's harm: open to the worm 200, perhaps open 60; and who attacks others comes first. A
 * machine of importance 5 counts twice. */
static double harm_of(const struct member *m, unsigned importance)
{
	bool is_loose = (m->marks & (MEMBER_INFECTED | MEMBER_QUARANTINED)) == MEMBER_INFECTED;
	double harm = 0;

	if (is_loose && (m->marks & MEMBER_CLEANED) == 0)
		harm += 1000;
	else if ((m->marks & MEMBER_INFECTED) != 0)
		harm += 1000 * (1 - m->p_quiet) / 2;
	if (m->stage == STAGE_EXPOSED)
		harm += 200;
	else if (m->stage == STAGE_REBOOT_PENDING)
		harm += 120;
	else if (m->stage == STAGE_UNKNOWN || (m->marks & MEMBER_CONTRADICTED) != 0)
		harm += 60;
	return harm * (1 + (double)importance / 5);
}

static void add_order(struct listing *l, const struct member *m, const struct store_row *r)
{
	struct brief_order *b = &l->list[l->n];
	struct reason reason = {.word = ""};
	char next[TEXT];

	*b = (struct brief_order){
		.machine = m->machine,
		.name = kept(l, r->name),
		.user = kept(l, r->user),
		.phone = kept(l, r->phone),
		.owner = kept(l, r->owner),
		.place = kept(l, r->place),
		.os = kept(l, r->os),
		.next = kept(l, campaign_next(m, &l->c->head, next, sizeof(next))),
		.addr = r->addr,
		.wave = m->wave,
		.stage = m->stage,
		.is_infected = (m->marks & MEMBER_INFECTED) != 0,
		.importance = r->importance,
		.harm = harm_of(m, r->importance),
		.seen_ns = (r->flags & MACHINE_ON_WIRE) != 0 ? r->last_ns : 0,
	};
	reason_of(l, m, b, &reason);
	b->reason = reason.word;
	b->detail = kept(l, reason.detail);
	l->n++;
}

static bool take_row(void *ctx, const struct store_row *r)
{
	struct listing *l = ctx;
	const struct member *m = desk_campaign_member(l->c, r->id);

	if (m == NULL || l->is_listed[m - l->c->members])
		return true;
	l->is_listed[m - l->c->members] = true;
	if (is_left(l, m))
		add_order(l, m, r);
	return !l->is_full;
}

static int by_harm(const void *a, const void *b)
{
	const struct brief_order *x = a, *y = b;

	if (x->harm < y->harm || x->harm > y->harm)
		return x->harm > y->harm ? -1 : 1;
	return strcmp(x->machine, y->machine);
}

static enum rc fill(struct listing *l)
{
	struct query all = {.n_terms = 0};
	enum rc rc = RC_OK;

	l->list = arena_alloc(l->o->arena, (l->c->n_members + 1) * sizeof(*l->list));
	l->is_listed = arena_alloc(l->o->arena, l->c->n_members + 1);
	if (l->list == NULL || l->is_listed == NULL)
		return RC_NOMEM;
	rc = store_list(l->c->store, &all, take_row, l, NULL);
	if (rc == RC_OK && l->is_full)
		rc = RC_NOMEM;
	if (rc == RC_OK && l->n > 0)
		qsort(l->list, l->n, sizeof(*l->list), by_harm);
	return rc;
}

enum rc desk_orders(struct desk_campaign *c, uint64_t now_ns, bool all, struct desk_orders **ret_o)
{
	struct listing l = {.c = c, .now_ns = now_ns, .is_all = all};
	struct arena *arena = NULL;
	enum rc rc = arena_new(0, &arena);

	if (rc != RC_OK)
		return rc;
	l.o = arena_alloc(arena, sizeof(*l.o));
	if (l.o == NULL) {
		arena_free(arena);
		return RC_NOMEM;
	}
	l.o->arena = arena;
	rc = fill(&l);
	if (rc != RC_OK) {
		arena_free(arena);
		return rc;
	}
	l.o->brief = (struct brief_orders){&c->head, l.list, l.n, now_ns};
	*ret_o = l.o;
	return RC_OK;
}

void desk_orders_free(struct desk_orders *o)
{
	if (o != NULL)
		arena_free(o->arena);
}
