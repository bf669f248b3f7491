#include "wire/sid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { DACL_PRESENT = 0x0004, SELF_RELATIVE = 0x8000, SECDESC_HEAD = 20, ACL_HEAD = 8 };

bool sid_read(struct reader *r, struct sid *ret_sid)
{
	struct sid s = {.revision = rd_u8(r), .n_subs = rd_u8(r)};

	if (s.n_subs > SID_SUBS)
		r->bad = true;
	rd_copy(r, s.authority, sizeof(s.authority));
	for (unsigned i = 0; i < s.n_subs && !r->bad; i++)
		s.sub[i] = rd_le32(r);
	if (!r->bad)
		*ret_sid = s;
	return !r->bad;
}

void sid_write(struct writer *w, const struct sid *s)
{
	wr_le(w, 1, s->revision);
	wr_le(w, 1, s->n_subs);
	wr_bytes(w, (struct bytes){s->authority, sizeof(s->authority)});
	for (unsigned i = 0; i < s->n_subs; i++)
		wr_le(w, 4, s->sub[i]);
}

void ndr_sid(struct ndr *n, struct sid *s)
{
	uint64_t count = s->n_subs;

	ndr_count(n, &count);
	ndr_u8(n, &s->revision);
	ndr_u8(n, &s->n_subs);
	if (n->r != NULL)
		rd_copy(n->r, s->authority, sizeof(s->authority));
	else
		wr_bytes(n->w, (struct bytes){s->authority, sizeof(s->authority)});
	if (count != s->n_subs || count > SID_SUBS) {
		ndr_wrong(n, "sid-parts");
		s->n_subs = 0;
	}
	for (unsigned i = 0; i < s->n_subs; i++)
		ndr_u32(n, &s->sub[i]);
}

bool sid_eq(const struct sid *a, const struct sid *b)
{
	if (a->revision != b->revision || a->n_subs != b->n_subs ||
	    memcmp(a->authority, b->authority, sizeof(a->authority)) != 0)
		return false;
	for (unsigned i = 0; i < a->n_subs; i++) {
		if (a->sub[i] != b->sub[i])
			return false;
	}
	return true;
}

const char *sid_text(const struct sid *s, char to[SID_TEXT])
{
	uint64_t authority = 0;
	int len = 0;

	for (unsigned i = 0; i < sizeof(s->authority); i++)
		authority = authority << 8 | s->authority[i];
	/* The longest, with 15 parts of 10 digits, is 187 characters. */
	len = snprintf(to, SID_TEXT, "S-%u-%" PRIu64, s->revision, authority);
	for (unsigned i = 0; i < s->n_subs && i < SID_SUBS; i++)
		len += snprintf(to + len, SID_TEXT - (size_t)len, "-%" PRIu32, s->sub[i]);
	return to;
}

/* "-123" off the front. */
static bool take_part(const char **at, uint64_t max, uint64_t *ret_v)
{
	char *end = NULL;

	if ((*at)[0] != '-' || (*at)[1] < '0' || (*at)[1] > '9')
		return false;
	*ret_v = strtoull(*at + 1, &end, 10);
	*at = end;
	return *ret_v <= max;
}

bool sid_parse(const char *text, struct sid *ret_sid)
{
	struct sid s = {0};
	uint64_t v = 0;

	if (*text++ != 'S' || !take_part(&text, 255, &v))
		return false;
	s.revision = (uint8_t)v;
	if (!take_part(&text, 0xffffffffffff, &v))
		return false;
	for (unsigned i = 6; i > 0; i--, v >>= 8)
		s.authority[i - 1] = (uint8_t)v;
	while (*text != '\0') {
		if (s.n_subs == SID_SUBS || !take_part(&text, 0xffffffff, &v))
			return false;
		s.sub[s.n_subs++] = (uint32_t)v;
	}
	*ret_sid = s;
	return true;
}

uint32_t sid_rid(const struct sid *s)
{
	return s->n_subs > 0 && s->n_subs <= SID_SUBS ? s->sub[s->n_subs - 1] : 0;
}

const char *sid_well_known(const struct sid *s)
{
	/* MS-DTYP 2.4.2.4, with the names of an English Windows */
	static const struct {
		const char *sid, *name;
	} known[] = {
		{"S-1-1-0", "Everyone"},
		{"S-1-3-0", "CREATOR OWNER"},
		{"S-1-5-1", "NT AUTHORITY\\DIALUP"},
		{"S-1-5-2", "NT AUTHORITY\\NETWORK"},
		{"S-1-5-3", "NT AUTHORITY\\BATCH"},
		{"S-1-5-4", "NT AUTHORITY\\INTERACTIVE"},
		{"S-1-5-6", "NT AUTHORITY\\SERVICE"},
		{"S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON"},
		{"S-1-5-11", "NT AUTHORITY\\Authenticated Users"},
		{"S-1-5-18", "NT AUTHORITY\\SYSTEM"},
		{"S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"},
		{"S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"},
		{"S-1-5-32-544", "BUILTIN\\Administrators"},
		{"S-1-5-32-545", "BUILTIN\\Users"},
		{"S-1-5-32-546", "BUILTIN\\Guests"},
		{"S-1-5-32-547", "BUILTIN\\Power Users"},
		{"S-1-5-32-548", "BUILTIN\\Account Operators"},
		{"S-1-5-32-549", "BUILTIN\\Server Operators"},
		{"S-1-5-32-550", "BUILTIN\\Print Operators"},
		{"S-1-5-32-551", "BUILTIN\\Backup Operators"},
		{"S-1-5-32-552", "BUILTIN\\Replicator"},
	};
	char text[SID_TEXT];

	(void)sid_text(s, text);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(text, known[i].sid) == 0)
			return known[i].name;
	}
	return NULL;
}

bool secdesc_dacl(struct bytes secdesc, struct acl *ret_dacl)
{
	struct reader r = {.rest = secdesc};
	struct acl a = {0};
	uint32_t at = 0;
	uint16_t control = 0, size = 0;

	rd_skip(&r, 2);
	control = rd_le16(&r);
	rd_skip(&r, 12); /* owner, group, SACL */
	at = rd_le32(&r);
	if (r.bad || (control & SELF_RELATIVE) == 0)
		return false;
	if ((control & DACL_PRESENT) == 0 || at == 0) {
		*ret_dacl = (struct acl){.is_null = true};
		return true;
	}
	a.r.rest = bytes_slice(secdesc, at, secdesc.len);
	rd_skip(&a.r, 2);
	size = rd_le16(&a.r);
	a.left = rd_le16(&a.r);
	rd_skip(&a.r, 2);
	if (a.r.bad || at < SECDESC_HEAD || size < ACL_HEAD ||
	    (size_t)size - ACL_HEAD > a.r.rest.len)
		return false;
	a.r.rest.len = (size_t)size - ACL_HEAD;
	*ret_dacl = a;
	return true;
}

bool acl_next(struct acl *a, struct ace *ret_ace)
{
	enum { ACE_HEAD = 4 };
	struct ace e = {0};
	struct reader body = {0};
	uint16_t size = 0;

	if (a->left == 0 || a->r.bad)
		return false;
	a->left--;
	e.type = rd_u8(&a->r);
	e.flags = rd_u8(&a->r);
	size = rd_le16(&a->r);
	if (a->r.bad || size < ACE_HEAD) {
		a->r.bad = true;
		return false;
	}
	body.rest = rd_take(&a->r, size - ACE_HEAD);
	e.mask = rd_le32(&body);
	if (a->r.bad || body.bad ||
	    ((e.type == ACE_ALLOW || e.type == ACE_DENY) && !sid_read(&body, &e.sid))) {
		a->r.bad = true;
		return false;
	}
	*ret_ace = e;
	return true;
}

void secdesc_write(struct writer *w, const struct ace *aces, size_t n)
{
	size_t acl = 0;

	wr_le(w, 2, 1);
	wr_le(w, 2, SELF_RELATIVE | DACL_PRESENT);
	wr_zeros(w, 12);
	wr_le(w, 4, SECDESC_HEAD);
	acl = w->len;
	wr_le(w, 2, 2);
	wr_le(w, 2, 0);
	wr_le(w, 2, n);
	wr_le(w, 2, 0);
	for (size_t i = 0; i < n; i++) {
		bool has_sid = aces[i].type == ACE_ALLOW || aces[i].type == ACE_DENY;

		wr_le(w, 1, aces[i].type);
		wr_le(w, 1, aces[i].flags);
		wr_le(w, 2, has_sid ? 16u + 4u * aces[i].sid.n_subs : 8u);
		wr_le(w, 4, aces[i].mask);
		if (has_sid)
			sid_write(w, &aces[i].sid);
	}
	wr_patch_le(w, acl + 2, 2, w->len - acl);
}
