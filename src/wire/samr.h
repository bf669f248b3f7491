/*
 * samr - the calls of the account database that read it: MS-SAMR 3.1.5. Stubs only, in NDR.
 *
 * Handles are opened with rights to read and to list alone. Passwords and their hashes are in none
 * of these answers.
 */
#ifndef WIRE_SAMR_H
#define WIRE_SAMR_H

#include "wire/sid.h"

enum samr_opnum {
	SAMR_CLOSE = 1,
	SAMR_LOOKUP_DOMAIN = 5,
	SAMR_ENUM_DOMAINS = 6,
	SAMR_OPEN_DOMAIN = 7,
	SAMR_QUERY_DOMAIN = 8,
	SAMR_OPEN_ALIAS = 27,
	SAMR_ALIAS_MEMBERS = 33,
	SAMR_OPEN_USER = 34,
	SAMR_QUERY_USER = 36, /* level 16: account control */
	SAMR_LIST_USERS = 40, /* QueryDisplayInformation, level 1 */
	SAMR_CONNECT = 57,    /* SamrConnect2 */
};

enum {                                                 /* access */
       SAMR_SERVER_CONNECT = 0x01 | 0x10 | 0x20,       /* connect, list domains, look them up */
       SAMR_DOMAIN_READ = 0x01 | 0x04 | 0x100 | 0x200, /* policies, list accounts, look up */
       SAMR_DOMAIN_LOOK_UP = 0x200,
       SAMR_ALIAS_LIST = 0x04,
       SAMR_USER_READ = 0x10,
};

enum { SAMR_PASSWORDS = 1, SAMR_LOCKOUT = 12 }; /* levels of SAMR_QUERY_DOMAIN */

enum { SAMR_USER_CONTROL = 16 }; /* level of SAMR_QUERY_USER */

enum { SAMR_PASSWORD_COMPLEX = 1 }; /* properties */

enum { /* account control of a user: MS-SAMR 2.2.1.12 */
       SAMR_DISABLED = 0x0001,
       SAMR_PASSWORD_NOT_REQUIRED = 0x0004,
       SAMR_NORMAL = 0x0010,
       SAMR_NEVER_EXPIRES = 0x0200,
       SAMR_LOCKED = 0x0400,
       SAMR_PASSWORD_EXPIRED = 0x20000,
};

enum { /* NTSTATUS */
       SAMR_OK = 0,
       SAMR_MORE = 0x105,
       SAMR_USERS_MAX = 512, /* of one answer; no more are asked for */
       SAMR_MEMBERS_MAX = 1024,
       SAMR_DOMAINS_MAX = 8,
};
#define SAMR_ACCESS_DENIED 0xC0000022u
#define SAMR_NO_SUCH_ALIAS 0xC0000151u

struct samr_request {
	uint16_t opnum;
	struct ndr_handle handle;
	uint32_t access;         /* 7, 27, 34, 57 */
	struct ndr_unicode name; /* 5, without NUL */
	struct sid sid;          /* 7 */
	uint16_t level;          /* 8, 36 */
	uint32_t rid;            /* 27, 34 */
	uint32_t start, max;     /* 40 */
};

struct samr_domain {
	uint32_t index;
	struct ndr_unicode name;
};

struct samr_user {
	uint32_t index, rid, flags;
	struct ndr_unicode name, comment, full_name;
};

struct samr_response {
	uint16_t opnum, level;
	struct ndr_handle handle;
	bool is_there;  /* 5, 6, 8, 36: the answer is */
	uint32_t flags; /* 36: account control */
	struct sid sid; /* 5 */
	/* 8, level 1; ages are negative, in 100 ns */
	uint16_t min_length, history;
	uint32_t properties;
	int64_t max_age, min_age;
	/* 8, level 12; negative, in 100 ns */
	int64_t lockout_duration, lockout_window;
	uint16_t lockout_threshold;
	/* Lists are the caller's, of the sizes above, for the calls that fill them. */
	struct samr_domain *domains; /* 6 */
	struct samr_user *users;     /* 40 */
	struct sid *members;         /* 33 */
	uint32_t n;                  /* entries of the list */
	uint32_t total;              /* 40: bytes of all answers */
	uint32_t status;
};

bool samr_request(struct ndr *n, struct samr_request *x);
bool samr_response(struct ndr *n, struct samr_response *x);

#endif
