/* http - heads of HTTP/1: who browses with what, who serves, and who logs on (RFC 9112, RFC 4559).
 */
#ifndef PROTO_HTTP_H
#define PROTO_HTTP_H

#include "proto/proto.h"

extern const struct proto proto_http;

#endif
