/*
 * kerberos - who asks a KDC for tickets, and who is given them: over TCP and UDP, port 88.
 *
 * The stream is recognised by content: a length of four bytes (RFC 4120 7.2.2), and a message whose
 * own length agrees with it. A message is understood when all of it is there; of one over
 * KERBEROS_MAX only the length is believed.
 */
#ifndef PROTO_KERBEROS_H
#define PROTO_KERBEROS_H

#include "proto/proto.h"

enum { KERBEROS_MAX = 64 * 1024 }; /* a ticket with a large PAC has half of it */

extern const struct proto proto_kerberos;

/* One UDP datagram. Told with TO_SERVER, by whomever it was sent; ident.is_of_dst says whom the
 * event is about. */
void kerberos_datagram(struct bytes payload, const struct proto_out *out);

/* A message out of a security blob that `dir` sent. True: an AP-REQ, a ticket shown to the
 * receiver, which names it. */
bool kerberos_shown(enum dir dir, struct bytes msg, const struct proto_out *out);

#endif
