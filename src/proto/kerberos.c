#include "proto/kerberos.h"

#include <strings.h>

#include "base/text.h"
#include "naming/kerberos.h"
#include "proto/logon.h"

enum { NETBIOS_NAME = 15 };

static struct bytes text(struct bytes utf8, struct logon_text *room)
{
	size_t n = text_from_utf8(utf8, room->at, sizeof(room->at));

	return (struct bytes){(const uint8_t *)room->at, n};
}

/* Parts from `from` on, joined by slashes. */
static struct bytes joined(const struct krb_name *name, unsigned from, struct logon_text *room)
{
	struct writer w = {.at = (uint8_t *)room->at, .cap = EV_TEXT_MAX};
	struct logon_text part;

	for (unsigned i = from; i < name->n && !w.bad; i++) {
		if (i > from)
			wr_bytes(&w, BYTES("/"));
		wr_bytes(&w, text(name->part[i], &part));
	}
	return (struct bytes){w.at, w.len};
}

static bool is_word(struct bytes b, const char *word)
{
	return b.len > 0 && b.len == strlen(word) &&
	       strncasecmp((const char *)b.at, word, b.len) == 0;
}

static bool is_same(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	       (a.len == 0 || strncasecmp((const char *)a.at, (const char *)b.at, a.len) == 0);
}

static struct bytes up_to(struct bytes b, uint8_t end)
{
	const uint8_t *at = b.len == 0 ? NULL : memchr(b.at, end, b.len);

	return at == NULL ? b : bytes_slice(b, 0, (size_t)(at - b.at));
}

static bool is_address(struct bytes host)
{
	for (size_t i = 0; i < host.len; i++) {
		if ((host.at[i] < '0' || host.at[i] > '9') && host.at[i] != '.')
			return memchr(host.at, ':', host.len) != NULL;
	}
	return true;
}

/* "dc1.example.org" is dc1. */
static void set_host(struct ev_ident *ident, struct bytes host)
{
	if (is_same(host, ident->domain)) /* of the domain as such: any of its controllers */
		ident->roles |= IDENT_ROLE_DC;
	else if (!is_address(host))
		ident->name = up_to(host, '.');
}

struct told { /* room for the texts of one event */
	struct logon_text who, realm, note;
};

/* The client: a person, or a machine ("PC7$", "host/pc7.example.org"). False: nobody. */
static bool set_client(struct ev_ident *ident, const struct krb_name *cname, struct bytes realm,
		       struct told *t)
{
	struct bytes who = joined(cname, 0, &t->who);

	ident->from = IDENT_KERBEROS;
	ident->domain = text(realm, &t->realm);
	if (who.len == 0 || is_word(up_to(who, '/'), "WELLKNOWN"))
		return false;
	if (cname->n == 2 && is_word(up_to(who, '/'), "host")) {
		ident->roles |= IDENT_ROLE_MACHINE_ACCOUNT;
		set_host(ident, bytes_slice(who, strlen("host/"), SIZE_MAX));
		return ident->name.len > 0;
	}
	logon_account(ident, who);
	return true;
}

/* Address of type NetBIOS: 15 characters with blanks, and a suffix. */
static void tell_netbios(struct bytes netbios, enum dir dir, const struct proto_out *out)
{
	struct logon_text room;
	struct bytes name = logon_text(bytes_slice(netbios, 0, NETBIOS_NAME), false, &room);

	while (name.len > 0 && name.at[name.len - 1] == ' ')
		name.len--;
	if (name.len > 0)
		logon_tell(dir, &(struct ev_ident){.from = IDENT_KERBEROS, .name = name}, out);
}

static void tell_as_req(const struct krb *k, enum dir dir, const struct proto_out *out)
{
	struct ev_ident ident = {.act = IDENT_WISH};
	struct told t;

	tell_netbios(k->netbios, dir, out);
	if (set_client(&ident, &k->cname, k->realm, &t))
		logon_tell(dir, &ident, out);
}

static void tell_tgs_req(const struct krb *k, enum dir dir, const struct proto_out *out)
{
	struct told t = {0};
	struct ev_ident ident = {
		.from = IDENT_KERBEROS,
		.act = IDENT_WISH,
		.domain = text(k->realm, &t.realm),
		.note = joined(&k->sname, 0, &t.note),
	};

	tell_netbios(k->netbios, dir, out);
	logon_tell(dir, &ident, out);
	if (!k->has_ticket || is_same(k->ticket.realm, k->realm))
		return;
	/* A service of another realm: the client's own is that of the ticket it shows. */
	ident.domain = text(k->ticket.realm, &t.realm);
	ident.note = (struct bytes){NULL, 0};
	logon_tell(dir, &ident, out);
}

/* Whoever answers so is the realm's KDC. */
static void tell_kdc(struct bytes realm, enum dir dir, const struct proto_out *out)
{
	struct logon_text room;
	const struct ev_ident ident = {
		.from = IDENT_KERBEROS,
		.roles = IDENT_ROLE_DC,
		.domain = text(realm, &room),
	};

	if (ident.domain.len > 0)
		logon_tell(dir, &ident, out);
}

static void tell_reply(const struct krb *k, enum dir dir, const struct proto_out *out)
{
	struct ev_ident ident = {.act = IDENT_IS, .is_of_dst = true};
	struct told t;
	bool is_known = set_client(&ident, &k->cname, k->crealm, &t);

	if (k->type == KRB_TGS_REP)
		ident.note = joined(&k->ticket.sname, 0, &t.note);
	if (is_known)
		logon_tell(dir, &ident, out);
	tell_kdc(k->has_ticket ? k->ticket.realm : k->crealm, dir, out);
}

static void tell_error(const struct krb *k, enum dir dir, const struct proto_out *out)
{
	struct ev_ident ident = {.act = IDENT_WISH, .is_of_dst = true};
	struct told t;

	/* Most KDCs repeat whom they refuse, or ask for more. */
	if (set_client(&ident, &k->cname, k->crealm, &t))
		logon_tell(dir, &ident, out);
	tell_kdc(k->realm, dir, out);
}

static void tell(enum dir dir, struct bytes msg, const struct proto_out *out)
{
	struct krb k;

	if (!krb_read(msg, &k)) {
		out->anomaly(out->ctx, dir, "kerberos", "malformed");
		return;
	}
	switch (k.type) {
	case KRB_AS_REQ:
		tell_as_req(&k, dir, out);
		break;
	case KRB_TGS_REQ:
		tell_tgs_req(&k, dir, out);
		break;
	case KRB_AS_REP:
	case KRB_TGS_REP:
		tell_reply(&k, dir, out);
		break;
	case KRB_ERROR:
		tell_error(&k, dir, out);
		break;
	default:
		break;
	}
}

bool kerberos_shown(enum dir dir, struct bytes msg, const struct proto_out *out)
{
	struct krb k;
	struct told t;

	if (!krb_read(msg, &k)) {
		out->anomaly(out->ctx, dir, "kerberos", "malformed");
		return false;
	}
	if (k.type != KRB_AP_REQ || !k.has_ticket)
		return false;

	struct ev_ident ident = {
		.from = IDENT_KERBEROS,
		.is_of_dst = true,
		.note = joined(&k.ticket.sname, 0, &t.note),
		.domain = text(k.ticket.realm, &t.realm),
	};

	/* service/host, or service/host:port/domain; a single part is an account: "pc7$@REALM". */
	if (k.ticket.sname.n >= 2)
		set_host(&ident, up_to(text(k.ticket.sname.part[1], &t.who), ':'));
	else if (k.ticket.sname.n == 1)
		logon_account(&ident, up_to(text(k.ticket.sname.part[0], &t.who), '@'));
	ident.user = (struct bytes){NULL, 0}; /* a service's account is nobody's logon */
	logon_tell(dir, &ident, out);
	return true;
}

void kerberos_datagram(struct bytes payload, const struct proto_out *out)
{
	/* Others use the port too, above all port scanners. */
	if (payload.len > 0 && krb_looks_like(payload, payload.len))
		tell(TO_SERVER, payload, out);
}

/* Over TCP. */
enum { PROBE = KRB_TCP_LENGTH + 6 };

struct stream {
	uint32_t skip[2]; /* left of a message that is passed over */
};

static enum proto_match probe(enum dir dir, struct bytes head)
{
	struct reader r = {.rest = head};
	uint32_t len = rd_be32(&r);

	(void)dir;
	if (head.len < KRB_TCP_LENGTH)
		return head.len == 0 || head.at[0] == 0 ? PROTO_UNSURE : PROTO_NO;
	if (len == 0 || len > KERBEROS_MAX || r.bad)
		return PROTO_NO;
	if (r.rest.len == 0)
		return PROTO_UNSURE;
	if (!krb_looks_like(r.rest, len))
		return PROTO_NO;
	return head.len < PROBE ? PROTO_UNSURE : PROTO_YES;
}

static struct step feed(void *state, enum dir dir, struct bytes in, const struct proto_out *out)
{
	struct stream *s = state;
	struct reader r = {.rest = in};

	for (;;) {
		struct reader ahead = r;
		size_t left = r.rest.len;

		if (s->skip[dir] > 0) {
			s->skip[dir] -= (uint32_t)rd_take_upto(&r, s->skip[dir]).len;
			if (s->skip[dir] > 0)
				return (struct step){STEP_MORE, in.len, 1};
			continue;
		}
		uint32_t len = rd_be32(&ahead);

		if (ahead.bad)
			return (struct step){STEP_MORE, in.len - left, KRB_TCP_LENGTH};
		size_t least = len < PROBE - KRB_TCP_LENGTH ? len : PROBE - KRB_TCP_LENGTH;

		if (ahead.rest.len < least)
			return (struct step){STEP_MORE, in.len - left, KRB_TCP_LENGTH + least};
		if (len == 0 || (len & 0x80000000) != 0 ||
		    !krb_looks_like(bytes_slice(ahead.rest, 0, least), len)) {
			out->anomaly(out->ctx, dir, "kerberos", "bad-length");
			return (struct step){STEP_REJECT, in.len - left, 0};
		}
		if (len > KERBEROS_MAX) {
			s->skip[dir] = len;
			r = ahead;
			continue;
		}
		if (ahead.rest.len < len)
			return (struct step){STEP_MORE, in.len - left, KRB_TCP_LENGTH + len};
		tell(dir, rd_take(&ahead, len), out);
		r = ahead;
	}
}

/* After a hole in a message only its end could be found, and no length says where. */
static bool gap(void *state, enum dir dir, uint64_t missing, const struct proto_out *out)
{
	struct stream *s = state;

	(void)out;
	if (missing > s->skip[dir])
		return false;
	s->skip[dir] -= (uint32_t)missing;
	return true;
}

const struct proto proto_kerberos = {
	.name = "kerberos",
	.spec = "RFC 4120 7.2.2",
	.state_size = sizeof(struct stream),
	.probe = probe,
	.feed = feed,
	.gap = gap,
};
