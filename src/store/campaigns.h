/*
 * campaigns - what the store keeps of a cure: in which minutes machines were heard, campaigns with
 * their waves and members, and the journal. Errors as in store/store.h.
 */
#ifndef STORE_CAMPAIGNS_H
#define STORE_CAMPAIGNS_H

#include "model/campaign.h"
#include "model/presence.h"
#include "store/store.h"

/* --- presence: in which minutes machines were heard --- */

/* What a run heard; joined by OR with what is there. Addresses become machines as those of findings
 * do, now and whenever the store learns better. store_put_run() puts that of its run. */
MUST_CHECK enum rc store_put_presence(struct store *s, const char *run, const struct presence *list,
				      size_t n, uint64_t *ret_changed);

struct store_presence {                     /* borrowed for the call */
	const char *run, *sensor, *machine; /* machine: its id, or "" */
	const struct presence *presence;
};
/* Of one machine (NULL: of all), from that hour on, a machine's together, by hour; hostile_only:
 * rows that have hostile minutes, which an index finds. An hour in which an address changed hands
 * is divided by minutes. RC_END: no such machine. */
MUST_CHECK enum rc store_presence(struct store *s, const char *machine, uint32_t from_hour,
				  bool hostile_only,
				  bool (*row)(void *ctx, const struct store_presence *p),
				  void *ctx);

/* --- campaigns --- */

/* Made, or its state, strategy, patch and files brought up to date. */
MUST_CHECK enum rc store_put_campaign(struct store *s, const struct campaign *c);
/* id NULL: all, latest first. RC_END: no such campaign. */
MUST_CHECK enum rc store_campaigns(struct store *s, const char *id,
				   bool (*row)(void *ctx, const struct campaign *c), void *ctx);
MUST_CHECK enum rc store_put_wave(struct store *s, const char *campaign, const struct wave *w);
MUST_CHECK enum rc store_waves(struct store *s, const char *campaign, /* by number */
			       bool (*row)(void *ctx, const struct wave *w), void *ctx);
/* Adds or replaces these members; what is the same is not written. They follow their machines: of
 * two that become one, the one with the lower stage stays, and what either was infected with.
 * RC_END: no such campaign, or no such machine (store_error() names it). */
MUST_CHECK enum rc store_put_members(struct store *s, const char *campaign,
				     const struct member *list, size_t n, uint64_t *ret_changed);
MUST_CHECK enum rc store_members(struct store *s, const char *campaign, /* by machine id */
				 bool (*row)(void *ctx, const struct member *m), void *ctx);

/* Appends; num, prev and hash are set here by `seal` (campaign/journal.h's), in the same
 * transaction as what it tells of. There is no way to change or remove a line. */
MUST_CHECK enum rc store_journal_add(struct store *s, struct journal_line *line,
				     void (*seal)(struct journal_line *line));
/* In their order; campaign NULL: all. */
MUST_CHECK enum rc store_journal(struct store *s, const char *campaign,
				 bool (*row)(void *ctx, const struct journal_line *l), void *ctx);

#endif
