/* render - a template with its values, into a stream. */
#ifndef KIT_RENDER_H
#define KIT_RENDER_H

#include "kit/roster.h"

struct render {
	const struct template *template;
	const struct roster *roster;
	const struct fixed_version *fixed;
	size_t n_fixed;
	struct values values; /* a sheet that is set is the one whose file it is */
	const struct roster_sheet *sheet;
};

/* Nothing in it may be refused any more. RC_NOMEM; other errors stay in the stream. */
MUST_CHECK enum rc render(struct render *r, FILE *to);

#endif
