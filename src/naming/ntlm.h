/*
 * ntlm - messages of the NT LAN Manager authentication (MS-NLMP 2.2.1), as SMB, RPC, HTTP and LDAP
 * carry them, raw or inside SPNEGO (naming/spnego.h).
 *
 * Texts are as on the wire: UTF-16LE where `is_unicode`, else an OEM code page; in NEGOTIATE always
 * OEM. They point into the message. A text whose buffer lies outside of the message, is of odd
 * length where it is Unicode, or reaches into the fixed part, is left out and `is_bad` is set:
 * lengths and offsets are the sender's and may overlap or lie.
 */
#ifndef NAMING_NTLM_H
#define NAMING_NTLM_H

#include "base/bytes.h"

enum ntlm_type { NTLM_NEGOTIATE = 1, NTLM_CHALLENGE = 2, NTLM_AUTHENTICATE = 3 };

enum { /* NegotiateFlags, 2.2.2.5: those that say how to read, and what writers set */
       NTLM_UNICODE = 0x00000001,
       NTLM_OEM = 0x00000002,
       NTLM_REQUEST_TARGET = 0x00000004,
       NTLM_SIGN = 0x00000010,
       NTLM_NTLM = 0x00000200,
       NTLM_ANONYMOUS = 0x00000800,
       NTLM_OEM_DOMAIN = 0x00001000,
       NTLM_OEM_WORKSTATION = 0x00002000,
       NTLM_ALWAYS_SIGN = 0x00008000,
       NTLM_TARGET_DOMAIN = 0x00010000,
       NTLM_TARGET_SERVER = 0x00020000,
       NTLM_EXTENDED_SECURITY = 0x00080000,
       NTLM_TARGET_INFO = 0x00800000,
       NTLM_VERSION = 0x02000000,
};

enum { /* AvId, 2.2.2.1 */
       NTLM_AV_EOL = 0,
       NTLM_AV_COMPUTER = 1, /* NetBIOS */
       NTLM_AV_DOMAIN = 2,
       NTLM_AV_DNS_COMPUTER = 3,
       NTLM_AV_DNS_DOMAIN = 4,
       NTLM_AV_DNS_TREE = 5,
       NTLM_AV_FLAGS = 6,
       NTLM_AV_TIMESTAMP = 7,
};

struct ntlm_version { /* 2.2.2.10 */
	uint8_t major, minor;
	uint16_t build;
	uint8_t revision; /* 15 */
};

struct ntlm_challenge {
	struct bytes target; /* TargetName: a domain, or the server */
	uint8_t challenge[8];
	/* Of TargetInfo, always UTF-16LE: */
	struct bytes computer, domain, dns_computer, dns_domain, dns_tree;
	bool has_time;
	uint64_t time; /* FILETIME of the server's clock */
};

struct ntlm_authenticate {
	struct bytes domain, user, workstation;
	struct bytes lm, nt; /* responses: what they are like, nothing is done with them */
};

struct ntlm_negotiate {
	struct bytes domain, workstation; /* OEM */
};

struct ntlm {
	uint32_t type, flags; /* enum ntlm_type; NTLM_UNICODE and others */
	bool is_unicode;
	bool is_bad; /* a buffer or TargetInfo was not as it must be; the rest is good */
	bool has_version;
	struct ntlm_version version;
	union {
		struct ntlm_negotiate negotiate;
		struct ntlm_challenge challenge;
		struct ntlm_authenticate authenticate;
	};
};

/* Does it start with "NTLMSSP\0"? */
bool ntlm_is(struct bytes msg);

/* `msg` is one whole message. False: not NTLMSSP, an unknown type, or the fixed part is cut. */
bool ntlm_read(struct bytes msg, struct ntlm *ret_ntlm);

/* Appends a message; `flags` as they are, apart from NTLM_UNICODE, NTLM_VERSION, NTLM_TARGET_INFO
 * and the two OEM flags, which follow from the rest. `w` may hold something in front of it. */
void ntlm_write(struct writer *w, const struct ntlm *n);

#endif
