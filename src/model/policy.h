/* policy - what the operator has said about the network: which is local, whom to trust. */
#ifndef MODEL_POLICY_H
#define MODEL_POLICY_H

#include "base/addr.h"

#include <stddef.h>

struct trusted {
	const char *name; /* "nessus": shown with what it suppresses */
	struct net net;
	const char *threat; /* only this one, or NULL: all */
};

struct policy {
	const struct net *local; /* none: private and link-local networks count as local */
	size_t n_local;
	const struct trusted *trusted;
	size_t n_trusted;
};

bool policy_is_local(const struct policy *p, const struct addr *a);

/* The entry that covers `threat` of `source`, or NULL. */
const struct trusted *policy_trusts(const struct policy *p, const struct addr *source,
				    const char *threat);

#endif
