/*
 * nbdgm - the NetBIOS datagram service, UDP 138 (RFC 1002 4.4).
 *
 * Mailslots lie in it as SMB 1 TRANSACTION messages (wire/smb1_trans.h); naming/browser.h has what
 * they say. Fragments of datagrams are left as they are: announcements fit one.
 */
#ifndef NAMING_NBDGM_H
#define NAMING_NBDGM_H

#include "base/addr.h"
#include "naming/netbios.h"

enum { NBDGM_PORT = 138 };

enum nbdgm_type {
	NBDGM_DIRECT_UNIQUE = 0x10,
	NBDGM_DIRECT_GROUP = 0x11,
	NBDGM_BROADCAST = 0x12,
};

enum { NBDGM_FLAG_MORE = 1, NBDGM_FLAG_FIRST = 2 };

struct nbdgm {
	uint8_t type; /* enum nbdgm_type; others are not read */
	uint8_t flags;
	uint16_t id;
	struct addr source_ip; /* as the sender says */
	uint16_t source_port, offset;
	struct netbios_name source, destination;
	struct bytes data; /* what is there of it */
};

/* False: malformed, or a type without names. Borrows msg. */
bool nbdgm_read(struct bytes msg, struct nbdgm *ret_nbdgm);
void nbdgm_write(struct writer *w, const struct nbdgm *x);

#endif
