/* dcerpc - RPC straight over TCP. */
#ifndef PROTO_DCERPC_H
#define PROTO_DCERPC_H

#include "proto/proto.h"

extern const struct proto proto_dcerpc;

#endif
