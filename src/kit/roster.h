/* roster - the machines of a kit: kept, put in order, and dealt onto sheets. */
#ifndef KIT_ROSTER_H
#define KIT_ROSTER_H

#include "kit/recipe.h"

enum { ROSTER_MOST = 1000000 }; /* at about 500 bytes each */

struct roster_sheet {
	size_t from; /* the first of its machines */
	struct sheet is;
};

struct roster {
	struct arena *arena;
	struct kit_machine *list;
	size_t n, cap;
	struct roster_sheet *sheets;
	size_t n_sheets;
};

/* Copies it. RC_NOMEM, also if there are too many. */
MUST_CHECK enum rc roster_add(struct roster *r, const struct kit_machine *m);

/* As the channel wants them: numbers within texts are compared as numbers, so that room 9 comes
 * before room 10. The same machines in any order give the same, if it wants any. RC_NOMEM. */
MUST_CHECK enum rc roster_arrange(struct roster *r, const struct recipe *c);

#endif
