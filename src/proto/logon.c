#include "proto/logon.h"

#include <strings.h>

#include "base/text.h"
#include "naming/ntlm.h"
#include "naming/spnego.h"
#include "proto/kerberos.h"

struct bytes logon_text(struct bytes raw, bool is_unicode, struct logon_text *room)
{
	size_t n = is_unicode ? text_from_utf16(raw, room->at, sizeof(room->at))
			      : text_from_latin1(raw, room->at, sizeof(room->at));

	return (struct bytes){(const uint8_t *)room->at, n};
}

struct bytes logon_guid_text(struct bytes guid, struct logon_text *room)
{
	static const char hex[] = "0123456789abcdef";
	static const uint8_t none[16];
	struct writer w = {.at = (uint8_t *)room->at, .cap = sizeof(room->at)};

	if (guid.len != sizeof(none) || memcmp(guid.at, none, sizeof(none)) == 0)
		return (struct bytes){NULL, 0};
	wr_bytes(&w, BYTES("guid:"));
	for (size_t i = 0; i < guid.len; i++) {
		wr_be(&w, 1, (uint8_t)hex[guid.at[i] >> 4]);
		wr_be(&w, 1, (uint8_t)hex[guid.at[i] & 15]);
	}
	return (struct bytes){w.at, w.len};
}

void logon_guid(enum dir dir, enum ev_ident_from from, struct bytes guid,
		const struct proto_out *out)
{
	struct logon_text room = {{0}};
	const struct ev_ident ident = {.from = (uint8_t)from, .id = logon_guid_text(guid, &room)};

	if (ident.id.len > 0)
		logon_tell(dir, &ident, out);
}

void logon_account(struct ev_ident *ident, struct bytes account)
{
	if (account.len > 1 && account.at[account.len - 1] == '$') {
		ident->roles |= IDENT_ROLE_MACHINE_ACCOUNT;
		ident->name = bytes_slice(account, 0, account.len - 1);
	} else {
		ident->user = account;
	}
}

void logon_tell(enum dir dir, const struct ev_ident *ident, const struct proto_out *out)
{
	struct event ev = {.kind = EV_IDENT, .ident = *ident};

	if ((out->wants & EV_BIT(EV_IDENT)) != 0)
		out->event(out->ctx, dir, &ev);
}

static bool is_same(struct bytes a, struct bytes b)
{
	return a.len == b.len && a.len > 0 &&
	       strncasecmp((const char *)a.at, (const char *)b.at, a.len) == 0;
}

static uint8_t keep(char *to, struct bytes text)
{
	size_t n = text.len < EV_TEXT_MAX ? text.len : EV_TEXT_MAX;

	if (n > 0)
		memcpy(to, text.at, n);
	return (uint8_t)n;
}

void logon_claim(struct logon *l, uint64_t key, const struct ev_ident *ident)
{
	if (l == NULL || ident->user.len == 0)
		return;
	l->is_open = true;
	l->is_smb1 = ident->from == IDENT_SMB1;
	l->key = key;
	l->user_len = keep(l->user, ident->user);
	l->domain_len = keep(l->domain, ident->domain);
}

void logon_answered(struct logon *l, uint64_t key, enum dir dir, bool is_refused,
		    const struct proto_out *out)
{
	if (!l->is_open || l->key != key)
		return;
	l->is_open = false;
	if (!is_refused)
		return;

	const struct ev_ident ident = {
		.from = l->is_smb1 ? IDENT_SMB1 : IDENT_NTLM,
		.act = IDENT_ENDS,
		.is_of_dst = true,
		.user = {(const uint8_t *)l->user, l->user_len},
		.domain = {(const uint8_t *)l->domain, l->domain_len},
	};

	logon_tell(dir, &ident, out);
}

static void set_version(struct ev_ident *ident, const struct ntlm *n)
{
	if (!n->has_version)
		return;
	ident->os_major = n->version.major;
	ident->os_minor = n->version.minor;
	ident->os_build = n->version.build;
}

static void tell_negotiate(const struct ntlm *n, enum dir dir, const struct proto_out *out)
{
	struct logon_text name, domain;
	struct ev_ident ident = {
		.from = IDENT_NTLM,
		.name = logon_text(n->negotiate.workstation, false, &name),
		.domain = logon_text(n->negotiate.domain, false, &domain),
	};

	/* The version will come again with the user. */
	if (ident.name.len > 0 || ident.domain.len > 0)
		logon_tell(dir, &ident, out);
}

static void tell_challenge(const struct ntlm *n, enum dir dir, const struct proto_out *out)
{
	const struct ntlm_challenge *c = &n->challenge;
	struct logon_text name, domain, dns;
	struct ev_ident ident = {
		.from = IDENT_NTLM_CHALLENGE,
		.name = logon_text(c->computer, true, &name),
		.domain = logon_text(c->domain, true, &domain),
		.note = logon_text(c->dns_computer, true, &dns),
	};

	/* NT 4 and Samba of its days send a TargetName alone. */
	if (ident.name.len == 0 && (n->flags & NTLM_TARGET_SERVER) != 0)
		ident.name = logon_text(c->target, n->is_unicode, &name);
	if (ident.domain.len == 0 && (n->flags & NTLM_TARGET_DOMAIN) != 0)
		ident.domain = logon_text(c->target, n->is_unicode, &domain);
	if (is_same(ident.name, ident.domain)) /* of no domain: it says its own name */
		ident.domain = (struct bytes){NULL, 0};
	set_version(&ident, n);
	if (ident.name.len > 0 || ident.domain.len > 0 || ident.note.len > 0 || ident.os_major != 0)
		logon_tell(dir, &ident, out);
}

static void tell_authenticate(struct logon *l, uint64_t key, const struct ntlm *n, enum dir dir,
			      const struct proto_out *out)
{
	const struct ntlm_authenticate *a = &n->authenticate;
	struct logon_text user, domain, workstation;
	struct bytes name = logon_text(a->workstation, n->is_unicode, &workstation);
	struct ev_ident ident = {
		.from = IDENT_NTLM,
		.domain = logon_text(a->domain, n->is_unicode, &domain),
	};

	set_version(&ident, n);
	logon_account(&ident, logon_text(a->user, n->is_unicode, &user));
	logon_claim(l, key, &ident);
	if (ident.name.len > 0) {
		/* A machine's account is one thing, what the sender is called another. */
		logon_tell(dir, &ident, out);
		if (name.len == 0)
			return;
		ident = (struct ev_ident){.from = IDENT_NTLM};
		set_version(&ident, n);
	}
	ident.name = name;
	if (ident.name.len > 0 || ident.user.len > 0 || ident.domain.len > 0 || ident.os_major != 0)
		logon_tell(dir, &ident, out);
}

static enum logon_step tell_ntlm(struct logon *l, uint64_t key, enum dir dir, struct bytes token,
				 const struct proto_out *out)
{
	struct ntlm n;

	if (!ntlm_read(token, &n)) {
		out->anomaly(out->ctx, dir, "ntlmssp", "malformed");
		return LOGON_NOTHING;
	}
	if (n.is_bad)
		out->anomaly(out->ctx, dir, "ntlmssp", "bad-buffer");
	switch (n.type) {
	case NTLM_NEGOTIATE:
		tell_negotiate(&n, dir, out);
		return LOGON_BEGINS;
	case NTLM_CHALLENGE:
		tell_challenge(&n, dir, out);
		return LOGON_CHALLENGED;
	default:
		tell_authenticate(l, key, &n, dir, out);
		return LOGON_CLAIMED;
	}
}

/* "dc1$@EXAMPLE.ORG": what Windows 2000 and 2003 are called. */
static void tell_hint(struct bytes hint, enum dir dir, const struct proto_out *out)
{
	struct logon_text text;
	struct bytes all = logon_text(hint, false, &text);
	const uint8_t *at = all.len == 0 ? NULL : memchr(all.at, '@', all.len);
	size_t n = at == NULL ? 0 : (size_t)(at - all.at);

	if (n < 2 || all.at[n - 1] != '$')
		return;

	struct ev_ident ident = {.from = IDENT_KERBEROS,
				 .domain = bytes_slice(all, n + 1, SIZE_MAX)};

	logon_account(&ident, bytes_slice(all, 0, n));
	logon_tell(dir, &ident, out);
}

enum logon_step logon_blob(struct logon *l, uint64_t key, enum dir dir, struct bytes blob,
			   const struct proto_out *out)
{
	struct spnego s;

	if (blob.len == 0)
		return LOGON_NOTHING;
	if (!spnego_read(blob, &s)) {
		out->anomaly(out->ctx, dir, "spnego", "malformed");
		return LOGON_NOTHING;
	}
	tell_hint(s.hint, dir, out);
	if (s.carries == SPNEGO_NTLM)
		return tell_ntlm(l, key, dir, s.token, out);
	if (s.carries == SPNEGO_KERBEROS)
		return kerberos_shown(dir, s.token, out) ? LOGON_CLAIMED : LOGON_NOTHING;
	return LOGON_NOTHING;
}
