/*
 * community_id - one name for a connection across tools: Community ID, version 1.
 *
 * A hash over the addresses and ports, the same for both directions, so that an alert of quell
 * is found again in Zeek, Suricata or Wireshark. Source: the Community ID specification
 * (corelight/community-id-spec), version 1: base64 of SHA-1 over seed, lower endpoint, higher
 * endpoint, protocol, a zero byte, ports. ICMP, whose types stand in for ports, is left out:
 * nothing that quell finds rides on it.
 */
#ifndef REPORT_COMMUNITY_ID_H
#define REPORT_COMMUNITY_ID_H

#include "base/addr.h"

enum { COMMUNITY_ID_TEXT = 31 }; /* "1:", 28 letters of base64, NUL */

struct five_tuple {
	struct endpoint a, b; /* in either order, both IPv4 or both IPv6 */
	uint8_t proto;        /* IANA's number */
};

/* `text` holds COMMUNITY_ID_TEXT. RC_INVAL: ICMP, or the addresses are of two families. */
MUST_CHECK enum rc community_id(const struct five_tuple *t, uint16_t seed, char *text);

#endif
