/*
 * nbss - the four bytes in front of every SMB message, and NetBIOS session setup (RFC 1002 4.3).
 *
 * On port 139 the length has 17 bits and the seven above them are zero; on port 445 (MS-SMB2 2.1)
 * it has 24. Reading 24 bits reads both.
 */
#ifndef WIRE_NBSS_H
#define WIRE_NBSS_H

#include "base/bytes.h"

enum { NBSS_HEADER = 4, NBSS_LEN_MAX = 0xffffff, NBSS_NETBIOS_LEN_MAX = 0x1ffff };

enum nbss_type {
	NBSS_MESSAGE = 0x00,
	NBSS_REQUEST = 0x81, /* two encoded names */
	NBSS_POSITIVE = 0x82,
	NBSS_NEGATIVE = 0x83, /* one byte why */
	NBSS_RETARGET = 0x84, /* address and port */
	NBSS_KEEPALIVE = 0x85,
};

struct nbss {
	uint8_t type; /* enum nbss_type, or something else */
	uint32_t len; /* bytes after the header */
};

/* False: fewer than NBSS_HEADER bytes are there. */
bool nbss_read(struct reader *r, struct nbss *ret_nbss);
void nbss_write(struct writer *w, const struct nbss *n);

/* Is this a type that exists, with a length it can have? */
bool nbss_is_sane(const struct nbss *n);

/* A whole NBSS_MESSAGE. */
void nbss_write_message(struct writer *w, struct bytes msg);

/* A session request from `calling` to `called`: ASCII, up to 15 characters, suffixes 0x00 and
 * 0x20 (RFC 1001 14.1). */
void nbss_write_request(struct writer *w, const char *called, const char *calling);

/* The name in first-level encoding at the reader, as 15 characters and the suffix. */
bool nbss_read_name(struct reader *r, uint8_t ret_name[16]);

#endif
