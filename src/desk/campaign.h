/*
 * campaign - one campaign of a store, at hand: its waves and members, and every change with its
 * line in the journal.
 *
 * A caller begins a transaction, opens the campaign, takes its steps, puts it back and commits: so
 * a change and its line in the journal are there both, or neither, also after kill -9. A member's
 * texts live as long as the campaign.
 */
#ifndef DESK_CAMPAIGN_H
#define DESK_CAMPAIGN_H

#include "campaign/rules.h"
#include "store/campaigns.h"

struct desk_campaign {
	struct store *store; /* borrowed */
	struct campaign head;
	struct wave *waves; /* by number */
	size_t n_waves, waves_cap;
	struct member *members; /* by machine id */
	bool *is_changed;       /* of each */
	size_t n_members, members_cap;
	struct arena *arena; /* owns all texts, and this */
};

/* RC_END: there is no such campaign. Others of store.h. */
MUST_CHECK enum rc desk_campaign_open(struct store *s, const char *id,
				      struct desk_campaign **ret_c);
void desk_campaign_close(struct desk_campaign *c); /* NULL is fine; changes not put are lost */

/* NULL: the machine is no member. */
struct member *desk_campaign_member(const struct desk_campaign *c, const char *machine);
struct wave *desk_campaign_wave(const struct desk_campaign *c, uint32_t num);

/* What was changed: head, waves, members. */
MUST_CHECK enum rc desk_campaign_put(struct desk_campaign *c);

/* Adds those that are not members yet; `ids` sorted, each once. ret_added: how many. RC_NOMEM. */
MUST_CHECK enum rc desk_campaign_add(struct desk_campaign *c, const char *const *ids, size_t n,
				     size_t *ret_added);

/* RC_NOMEM. The pointer holds until the next one is added. */
MUST_CHECK enum rc desk_campaign_new_wave(struct desk_campaign *c, uint32_t num, const char *name,
					  struct wave **ret_w);

/* A line of the journal: who did what, to which machine ("": to none). */
MUST_CHECK enum rc desk_journal(struct store *s, const char *campaign, const struct audit_by *by,
				const char *act, const char *machine, const char *text);

/* Takes one step, and writes what became of it into the journal: done, contradicted, refused, and
 * old results. `err` says why one was refused. RC_IO, RC_NOMEM. */
MUST_CHECK enum rc desk_campaign_step(struct desk_campaign *c, struct member *m,
				      const struct campaign_step *step, const struct audit_by *by,
				      enum step_outcome *ret_o, char *err, size_t err_len);

/* The member's columns that are no step, such as p_quiet, were changed. */
void desk_campaign_touch(struct desk_campaign *c, const struct member *m);

#endif
