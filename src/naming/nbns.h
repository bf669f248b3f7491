/*
 * nbns - the NetBIOS name service, UDP 137 (RFC 1002 4.2).
 *
 * One question or one record is what its messages are about; a node status response (4.2.18) lists
 * all names of a machine. The record of a request repeats the question's name.
 */
#ifndef NAMING_NBNS_H
#define NAMING_NBNS_H

#include "base/addr.h"
#include "naming/netbios.h"

enum { NBNS_PORT = 137 };

enum nbns_opcode {
	NBNS_QUERY = 0,
	NBNS_REGISTRATION = 5,
	NBNS_RELEASE = 6,
	NBNS_WACK = 7,
	NBNS_REFRESH = 8,
	NBNS_REFRESH_ALT = 9, /* RFC 1002 4.2.4 says 9 in its figure */
	NBNS_MULTIHOMED = 15, /* MS-NBTE 2.2: registration of a host with several addresses */
};

enum { NBNS_TYPE_NB = 0x20, NBNS_TYPE_NBSTAT = 0x21 };
enum { NBNS_GROUP = 0x8000 };        /* of nb_flags, and of a node's names */
enum { NBNS_BROADCAST = 0x010 };     /* of flags: was sent to everybody */
enum { NBNS_RECURSION = 0x100 };     /* of flags: RD */
enum { NBNS_AUTHORITATIVE = 0x400 }; /* of flags: AA */
enum { NBNS_ADDRS = 32, NBNS_NAMES = 64 };

struct nbns_addr {
	uint16_t nb_flags;
	struct addr addr;
};

struct nbns_node_name {
	uint8_t name[NETBIOS_NAME], suffix;
	uint16_t flags;
};

struct nbns {
	uint16_t id;
	bool is_response;
	uint8_t opcode, rcode; /* enum nbns_opcode; 0: no error */
	uint16_t flags;        /* the bits between the two, in place: 0x07f0 of the header's word */
	bool has_question, has_record;
	struct netbios_name name; /* of the record if there is one, else of the question */
	uint16_t type;            /* NBNS_TYPE_* or another */
	uint32_t ttl_s;           /* record */
	unsigned n_addrs;         /* record NB: these, */
	struct nbns_addr addrs[NBNS_ADDRS];
	unsigned n_names; /* record NBSTAT: or these */
	struct nbns_node_name names[NBNS_NAMES];
	struct mac unit_id; /* NBSTAT: the MAC address; zero from Samba */
	bool is_more;       /* addresses or names beyond what is kept */
};

/* False: malformed, or its name is no NetBIOS name. */
bool nbns_read(struct bytes msg, struct nbns *ret_nbns);
void nbns_write(struct writer *w, const struct nbns *x);

#endif
