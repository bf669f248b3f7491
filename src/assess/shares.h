/* shares - who may write to a share, by its security descriptor. */
#ifndef ASSESS_SHARES_H
#define ASSESS_SHARES_H

#include "wire/sid.h"

enum { SHARE_WRITERS_MAX = 64 };

enum share_writers {
	WRITERS_LISTED,  /* those in the list; none is nobody */
	WRITERS_ALL,     /* there is no list: everybody */
	WRITERS_UNKNOWN, /* it makes no sense, or there are more than that */
};

/* Whom it allows to write, and did not deny before; `ret_sids` has SHARE_WRITERS_MAX. Who is in a
 * group that is denied is not known here. */
enum share_writers share_writers(struct bytes secdesc, struct sid *ret_sids, size_t *ret_n);

#endif
