/* status - how far a campaign is, for brief/: counts, gates, pace, contradictions, the end. */
#ifndef DESK_STATUS_H
#define DESK_STATUS_H

#include "brief/brief.h"
#include "brief/orders.h"
#include "desk/campaign.h"

enum { STATUS_CONTRADICTIONS = 20 };

struct desk_status {
	struct brief_status brief;
	struct arena *arena; /* owns everything, and this */
};

/* The campaign must outlive it. RC_NOMEM, and those of store.h. */
MUST_CHECK enum rc desk_status(struct desk_campaign *c, uint64_t now_ns,
			       struct desk_status **ret_s);
void desk_status_free(struct desk_status *s); /* NULL is fine */

/* Of one wave, or (0) of all. The list of codes is sorted. */
void desk_status_count(const struct desk_campaign *c, uint32_t wave, struct wave_count *ret_count);

struct desk_orders {
	struct brief_orders brief;
	struct arena *arena;
};

/* Whom the generic way did not reach: of waves that were opened, and whoever is infected; `all`: of
 * those that wait, too. */
MUST_CHECK enum rc desk_orders(struct desk_campaign *c, uint64_t now_ns, bool all,
			       struct desk_orders **ret_o);
void desk_orders_free(struct desk_orders *o); /* NULL is fine */

#endif
