/* interfaces - RPC interfaces that ordinary machines bind, by the name that tools know them by. */
#ifndef WIRE_INTERFACES_H
#define WIRE_INTERFACES_H

#include "base/uuid.h"

extern const struct uuid uuid_srvsvc;

/* "srvsvc", "epmapper", …; NULL: none that quell knows. */
const char *interface_name(const struct uuid *u);

/* NULL: no such name. */
const struct uuid *interface_uuid(const char *name);

#endif
