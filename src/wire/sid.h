/*
 * sid - security identifiers, and who a security descriptor lets write: MS-DTYP 2.4.
 *
 * A descriptor is read where it lies: nothing is copied but one entry at a time, and a size or an
 * offset that leads outside ends the reading.
 */
#ifndef WIRE_SID_H
#define WIRE_SID_H

#include "wire/ndr.h"

enum { SID_SUBS = 15, SID_TEXT = 192 };

struct sid { /* S-1-5-32-544: authority 5, sub {32, 544} */
	uint8_t revision, n_subs;
	uint8_t authority[6];
	uint32_t sub[SID_SUBS];
};

/* As in a security descriptor. False: cut, or too many parts. */
bool sid_read(struct reader *r, struct sid *ret_sid);
void sid_write(struct writer *w, const struct sid *s);

/* RPC_SID: the count of parts comes first, too. */
void ndr_sid(struct ndr *n, struct sid *s);

bool sid_eq(const struct sid *a, const struct sid *b);
const char *sid_text(const struct sid *s, char to[SID_TEXT]);

/* "S-1-5-21-…". False: it is none. */
bool sid_parse(const char *text, struct sid *ret_sid);

/* The part that names the user or group in its domain; 0: none. */
uint32_t sid_rid(const struct sid *s);

/* "Everyone", "BUILTIN\Administrators": those that mean the same on every machine, by their English
 * name. NULL: none of them. */
const char *sid_well_known(const struct sid *s);

enum {
	ACE_ALLOW = 0,
	ACE_DENY = 1,
	ACE_INHERIT_ONLY = 0x08, /* flags: not for the object itself */
	/* mask, any of these: write or append data, change rights or owner, generic write or all.
	 * Whoever can delete or change attributes alone brings no file there. */
	ACE_MAY_WRITE = 0x500c0006,
};

struct ace {
	uint8_t type, flags;
	uint32_t mask;
	struct sid sid; /* of an allowing or denying entry; zeroed in others */
};

struct acl {
	bool is_null; /* there is none: everybody may do everything */
	unsigned left;
	struct reader r;
};

/* The DACL of a self-relative security descriptor. False: it makes no sense. */
bool secdesc_dacl(struct bytes secdesc, struct acl *ret_dacl);

/* False: that was all, or what is left makes no sense (then a->r.bad). */
bool acl_next(struct acl *a, struct ace *ret_ace);

/* A descriptor with only a DACL, for tests. */
void secdesc_write(struct writer *w, const struct ace *aces, size_t n);

#endif
