/* nbss - SMB 1, 2 and 3 in their framing, on any port. */
#ifndef PROTO_NBSS_H
#define PROTO_NBSS_H

#include "proto/proto.h"

extern const struct proto proto_nbss;

#endif
