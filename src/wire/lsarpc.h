/*
 * lsarpc - reading the local security policy, and names of SIDs: MS-LSAD 3.1.4, MS-LSAT 3.1.4.
 * Stubs only, in NDR.
 */
#ifndef WIRE_LSARPC_H
#define WIRE_LSARPC_H

#include "wire/sid.h"

enum lsarpc_opnum {
	LSARPC_CLOSE = 0,
	LSARPC_QUERY_POLICY = 7,
	LSARPC_LOOKUP_SIDS = 15,
	LSARPC_OPEN_POLICY = 44, /* LsarOpenPolicy2 */
};

enum { /* access */
       LSARPC_VIEW_LOCAL = 0x1,
       LSARPC_VIEW_AUDIT = 0x2,
       LSARPC_LOOK_UP_NAMES = 0x800,
};

enum { LSARPC_AUDIT_EVENTS = 2, LSARPC_ACCOUNT_DOMAIN = 5 }; /* levels of LSARPC_QUERY_POLICY */

enum { /* MS-LSAD 2.2.4.4: what of a category is audited */
       LSARPC_AUDIT_SUCCESS = 1,
       LSARPC_AUDIT_FAILURE = 2,
};

enum { LSARPC_CATEGORIES_MAX = 32, LSARPC_SIDS_MAX = 64, LSARPC_DOMAINS_MAX = 64 };

enum { /* NTSTATUS */
       LSARPC_OK = 0,
       LSARPC_SOME_NOT_MAPPED = 0x107,
};
#define LSARPC_ACCESS_DENIED 0xC0000022u
#define LSARPC_NONE_MAPPED   0xC0000073u

enum lsarpc_use { /* what a name is: MS-SAMR 2.2.2.3 */
		  LSARPC_USER = 1,
		  LSARPC_GROUP = 2,
		  LSARPC_DOMAIN = 3,
		  LSARPC_ALIAS = 4,
		  LSARPC_WELL_KNOWN = 5,
		  LSARPC_DELETED = 6,
		  LSARPC_INVALID = 7,
		  LSARPC_UNKNOWN = 8,
		  LSARPC_COMPUTER = 9,
};

struct lsarpc_request {
	uint16_t opnum;
	struct ndr_handle handle;
	uint32_t access;  /* 44 */
	uint16_t level;   /* 7 */
	struct sid *sids; /* 15: the caller's, LSARPC_SIDS_MAX when reading */
	uint32_t n;
};

struct lsarpc_name {
	uint16_t use;
	struct ndr_unicode name;
	int32_t domain; /* index into the domains; < 0: none */
};

struct lsarpc_response {
	uint16_t opnum, level;
	struct ndr_handle handle;
	bool is_there;
	uint8_t is_audited;                    /* 7, level 2: auditing is on at all */
	uint32_t audit[LSARPC_CATEGORIES_MAX]; /* what of each category: LSARPC_AUDIT_… */
	struct ndr_unicode domain;             /* 7, level 5 */
	bool has_sid;
	struct sid sid;
	struct ndr_unicode domains[LSARPC_DOMAINS_MAX]; /* 15 */
	uint32_t n_domains;
	struct lsarpc_name names[LSARPC_SIDS_MAX];
	uint32_t n; /* categories or names */
	uint32_t status;
};

bool lsarpc_request(struct ndr *n, struct lsarpc_request *x);
bool lsarpc_response(struct ndr *n, struct lsarpc_response *x);

/* "logon" for category 1, …, as model/posture.h calls them; NULL: Windows has no such category.
 * MS-LSAD 2.2.4.20. */
const char *lsarpc_category(size_t i);

#endif
