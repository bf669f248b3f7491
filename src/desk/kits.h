/* kits - a campaign's machines and files, handed to kit/ for one channel. */
#ifndef DESK_KITS_H
#define DESK_KITS_H

#include "desk/campaign.h"
#include "kit/kit.h"
#include "threat/knowledge.h"

struct desk_kit {
	const char *channel, *out, *results; /* results: UNC path, or "" */
	uint32_t wave;                       /* 0: all waves that are open */
	uint64_t at_ns;
};

/* Of members that are not quiet. RC_INVAL, RC_IO with `err`; with an empty `err`: of the store. */
MUST_CHECK enum rc desk_kit(const struct desk_campaign *c, const struct knowledge *k,
			    const struct desk_kit *opt, struct kit_summary *ret_s, char *err,
			    size_t err_len);

#endif
