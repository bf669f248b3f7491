/*
 * netbios - NetBIOS names on the wire: first-level encoding and scope (RFC 1001 14.1, RFC
 * 1002 4.1).
 */
#ifndef NAMING_NETBIOS_H
#define NAMING_NETBIOS_H

#include "naming/dns_name.h"

enum netbios_suffix {                             /* the sixteenth byte: what the name is for */
		      NETBIOS_WORKSTATION = 0x00, /* a group: the workgroup or domain */
		      NETBIOS_MSBROWSE = 0x01,    /* a group: master browsers */
		      NETBIOS_MESSENGER = 0x03,   /* the machine, and who is logged on to it */
		      NETBIOS_DOMAIN_MASTER = 0x1b,
		      NETBIOS_DCS = 0x1c, /* a group: domain controllers */
		      NETBIOS_MASTER_BROWSER = 0x1d,
		      NETBIOS_ELECTIONS = 0x1e, /* a group */
		      NETBIOS_SERVER = 0x20,
};

enum { NETBIOS_NAME = 15 };

struct netbios_name {
	uint8_t name[NETBIOS_NAME]; /* padded with blanks; the code page is the sender's */
	uint8_t suffix;
	struct dns_name scope; /* mostly empty */
};

/* From a domain name whose first label is the encoded name. False: it is not. */
bool netbios_from_labels(const struct dns_name *labels, struct netbios_name *ret_name);
void netbios_to_labels(const struct netbios_name *n, struct dns_name *ret_labels);

/* Reads from `r`, which walks `msg`: pointers are followed (RFC 1002 4.2.1). */
bool netbios_read(struct reader *r, struct bytes msg, struct netbios_name *ret_name);
void netbios_write(struct writer *w, const struct netbios_name *n);

/* `ascii` in upper case, cut at 15 characters, without a scope. */
struct netbios_name netbios_make(const char *ascii, uint8_t suffix);

/* The name without its padding; borrowed. */
struct bytes netbios_text(const uint8_t name[NETBIOS_NAME]);

#endif
