/*
 * dns - messages of DNS (RFC 1035), LLMNR (RFC 4795), mDNS (RFC 6762) and dynamic updates
 * (RFC 2136).
 *
 * A message is walked record by record, so nothing is kept of it but where the walk is. A peer may
 * claim 4 x 65535 records; at most DNS_RECORDS_MAX are read of a message.
 */
#ifndef NAMING_DNS_H
#define NAMING_DNS_H

#include "base/addr.h"
#include "naming/dns_name.h"

enum { DNS_PORT = 53, MDNS_PORT = 5353, LLMNR_PORT = 5355 };
enum { DNS_HEADER = 12, DNS_RECORDS_MAX = 256 };

enum dns_opcode { DNS_QUERY = 0, DNS_UPDATE = 5 };

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_PTR = 12,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_ANY = 255,
};

enum dns_class { DNS_IN = 1, DNS_NONE = 254, DNS_CLASS_ANY = 255, DNS_FLUSH = 0x8000 };

enum dns_section { /* of an update: zone, prerequisites, updates, additional */
		   DNS_QUESTION,
		   DNS_ANSWER,
		   DNS_AUTHORITY,
		   DNS_ADDITIONAL,
		   DNS_SECTIONS
};

struct dns_header {
	uint16_t id, flags; /* flags: QR, opcode, AA, TC, RD, RA, …, rcode, as on the wire */
	uint16_t counts[DNS_SECTIONS];
};

static inline bool dns_is_response(const struct dns_header *h)
{
	return (h->flags & 0x8000) != 0;
}
static inline unsigned dns_opcode(const struct dns_header *h)
{
	return h->flags >> 11 & 15;
}
static inline unsigned dns_rcode(const struct dns_header *h)
{
	return h->flags & 15;
}

struct dns_record {      /* or a question: then there is neither TTL nor data */
	uint8_t section; /* enum dns_section */
	struct dns_name name;
	uint16_t type, class; /* class: mDNS has DNS_FLUSH in it */
	uint32_t ttl_s;
	struct bytes data;      /* as it is, names in it perhaps compressed */
	struct addr addr;       /* A, AAAA; zero: another type, or no data */
	struct dns_name target; /* PTR, CNAME, NS, SRV */
	uint16_t port;          /* SRV; its priority and weight are not kept */
};

struct dns_walk {
	struct bytes msg;
	struct reader r;
	struct dns_header header;
	unsigned section, in_section, records;
};

/* False: shorter than a header. */
bool dns_begin(struct bytes msg, struct dns_walk *ret_walk);

/* The next question or record. False: the end; r.bad tells whether it was the message's own. */
bool dns_next(struct dns_walk *w, struct dns_record *ret_record);

void dns_write_header(struct writer *w, const struct dns_header *h);

/* A, AAAA, PTR, CNAME, NS and SRV from the fields above, other types from `data`. The caller counts
 * in the header. */
void dns_write_record(struct writer *w, const struct dns_record *x);

/* The address that a name under in-addr.arpa (RFC 1035 3.5) or ip6.arpa (RFC 3596 2.5) stands for.
 * False: none. */
bool dns_reverse_addr(const struct dns_name *n, struct addr *ret_addr);

/* Its name. */
void dns_reverse_name(const struct addr *a, struct dns_name *ret_name);

#endif
