/*
 * orders - the remainder of a campaign as work orders: whom the generic way did not reach, why, and
 * what to do there. The worst first; the order is the caller's.
 */
#ifndef BRIEF_ORDERS_H
#define BRIEF_ORDERS_H

#include <stdio.h>

#include "campaign/rules.h"
#include "report/report.h"

struct brief_order { /* texts are "" where unknown, never NULL */
	const char *machine, *name, *user, *phone, *owner, *place, *os;
	const char *reason; /* in a word or two: "offline", "no rights", "still attacking" */
	const char *detail; /* one sentence */
	const char *next;   /* campaign_next() */
	struct addr addr;   /* zero: none */
	uint32_t wave;
	enum stage stage;
	bool is_infected;
	unsigned importance;
	double harm;      /* what it is ordered by */
	uint64_t seen_ns; /* heard last; 0: never */
};

struct brief_orders {
	const struct campaign *campaign;
	const struct brief_order *list;
	size_t n;
	uint64_t at_ns;
};

MUST_CHECK enum rc brief_orders_human(const struct brief_orders *o,
				      const struct report_style *style, FILE *to);
MUST_CHECK enum rc brief_orders_json(const struct brief_orders *o, FILE *to); /* quell.orders/1 */
MUST_CHECK enum rc brief_orders_csv(const struct brief_orders *o, FILE *to);

#endif
