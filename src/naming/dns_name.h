/*
 * dns_name - domain names on the wire (RFC 1035 3.1 and 4.1.4), as DNS, LLMNR, mDNS, NetBIOS, DHCP
 * and DHCPv6 carry them.
 *
 * A name is kept as its labels, each behind its length, without the root's zero. Labels are bytes:
 * whoever shows them makes them text.
 */
#ifndef NAMING_DNS_NAME_H
#define NAMING_DNS_NAME_H

#include "base/bytes.h"

enum {
	DNS_LABEL_MAX = 63,
	DNS_NAME_MAX = 254, /* RFC 1035 2.3.4, without the root's zero */
	DNS_NAME_TEXT = 255 /* with a NUL */
};

struct dns_name {
	uint8_t len;
	uint8_t at[DNS_NAME_MAX];
};

/* Reads the name at `r`, which walks `msg`. A pointer must lead to before the name that it ends,
 * and each to before the last, so no name is without end. False, and r->bad: malformed. */
bool dns_name_read(struct reader *r, struct bytes msg, struct dns_name *ret_name);

/* Without compression, and perhaps without the root's zero: then it is not fully qualified
 * (RFC 4702 2.3.1, RFC 4704 4.2). Takes all of `b`. */
bool dns_name_read_partial(struct bytes b, struct dns_name *ret_name, bool *ret_is_partial);

/* Never compressed. */
void dns_name_write(struct writer *w, const struct dns_name *n);

/* "pc7.corp.example", a dot at its end or not. False: too long, or an empty label. */
bool dns_name_parse(struct bytes text, struct dns_name *ret_name);

unsigned dns_name_labels(const struct dns_name *n);
struct bytes dns_name_label(const struct dns_name *n, unsigned i); /* empty: there is none */

/* The labels from the i-th on with dots between them; `to` holds DNS_NAME_TEXT. Returns the
 * length. */
size_t dns_name_text(const struct dns_name *n, unsigned i, char *to);

/* Are its last labels those of `suffix`, as "in-addr.arpa", without regard to ASCII case? */
bool dns_name_ends(const struct dns_name *n, const char *suffix);

#endif
