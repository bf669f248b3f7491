/*
 * addr - the addresses that machines have: IPv4 and IPv6 in one form, MAC, and networks.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/rc.h"

struct addr {
	uint8_t b[16]; /* IPv6, or IPv4 mapped into it (::ffff:0:0/96, RFC 4291 2.5.5.2) */
};

struct endpoint {
	struct addr addr;
	uint16_t port; /* 0 where the protocol has none */
};

struct mac {
	uint8_t b[6];
};

struct net {
	struct addr addr; /* the bits past `bits` are zero */
	unsigned bits;    /* 0..128, of the mapped form: 10.0.0.0/8 has 104 */
};

enum { ADDR_TEXT = 46, NET_TEXT = 50, MAC_TEXT = 18 }; /* with the NUL */

/* Half of an address in the machine's own order: to compare, eight bytes at once. */
static inline uint64_t addr_half(const struct addr *a, unsigned half)
{
	uint64_t v;

	memcpy(&v, a->b + (size_t)half * 8, sizeof(v));
	return v;
}

static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
	return ((addr_half(a, 0) ^ addr_half(b, 0)) | (addr_half(a, 1) ^ addr_half(b, 1))) == 0;
}

/* Orders IPv4 before IPv6 only as far as the mapped prefix does: use it for sorting alone. */
static inline int addr_cmp(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static inline bool mac_eq(const struct mac *a, const struct mac *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* From four bytes in network order. */
static inline struct addr addr_from_v4(const uint8_t b[4])
{
	struct addr a = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, b[0], b[1], b[2], b[3]}};

	return a;
}

/* From a number: 0x0a000001 is 10.0.0.1. */
static inline struct addr addr_v4(uint32_t v)
{
	const uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
			      (uint8_t)v};

	return addr_from_v4(b);
}

bool addr_is_v4(const struct addr *a);
bool addr_is_zero(const struct addr *a);      /* 0.0.0.0 or :: */
bool addr_is_multicast(const struct addr *a); /* 224.0.0.0/4, ff00::/8, and 255.255.255.255 */
bool addr_is_loopback(const struct addr *a);
bool addr_is_link_local(const struct addr *a); /* 169.254.0.0/16, fe80::/10 */

/* `text` holds at least ADDR_TEXT. Returns it. */
const char *addr_format(const struct addr *a, char *text);
const char *mac_format(const struct mac *m, char *text); /* MAC_TEXT */
const char *net_format(const struct net *n, char *text); /* NET_TEXT */

/* RC_INVAL: not an address. The output is untouched then. */
MUST_CHECK enum rc addr_parse(const char *text, struct addr *ret_addr);

/* "10.0.0.0/8", "fd00::/8", or a single address. RC_INVAL, also for bits set past the prefix. */
MUST_CHECK enum rc net_parse(const char *text, struct net *ret_net);

bool net_contains(const struct net *n, const struct addr *a);

#endif
