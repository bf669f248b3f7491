/*
 * live_view - what the operator sees on stderr while quell works: findings of an interface as
 * they happen, and on a terminal one status line.
 */
#ifndef APP_LIVE_VIEW_H
#define APP_LIVE_VIEW_H

#include "app/watch.h"
#include "model/exchange.h"

struct live_view;

MUST_CHECK enum rc live_view_new(const struct watch_options *opt, struct live_view **ret_view);
void live_view_free(struct live_view *v); /* NULL is fine */

void live_view_finding(struct live_view *v, const struct finding *f);
void live_view_status(struct live_view *v, const struct exchange_status *status);
void live_view_end(struct live_view *v); /* wipes the status line */

#endif
