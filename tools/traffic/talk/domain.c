#include "talk/domain.h"

#include <stdio.h>

#include "lan/tcp.h"
#include "talk/der.h"

enum {
	MESSAGE = 4096,
	TIME = 0x18,
	TEXT = 0x1b, /* GeneralString */
	AS_REQ = 10,
	AS_REP = 11,
	TGS_REQ = 12,
	TGS_REP = 13,
	KRB_ERROR = 30,
	AES256 = 18,
	RC4 = 23,
	PRE_AUTH_REQUIRED = 25,
};

#define REALM "KONTOR.EXAMPLE"
#define LATER "20370913024805Z"

/* [tag] EXPLICIT INTEGER */
static void field_number(struct writer *w, unsigned tag, uint32_t v)
{
	size_t at = der_open(w, 0xa0 + tag);

	der_number(w, INTEGER, v);
	der_close(w, at);
}

static void field_text(struct writer *w, unsigned tag, unsigned type, const char *text)
{
	size_t at = der_open(w, 0xa0 + tag);

	der_text(w, type, text);
	der_close(w, at);
}

/* PrincipalName; "a/b" has two parts. */
static void field_name(struct writer *w, unsigned tag, unsigned type, const char *name)
{
	size_t field = der_open(w, 0xa0 + tag), seq = der_open(w, SEQUENCE), parts, list;

	field_number(w, 0, type);
	parts = der_open(w, 0xa1);
	list = der_open(w, SEQUENCE);
	for (const char *p = name; *p != '\0';) {
		size_t n = strcspn(p, "/");

		der_put(w, TEXT, (struct bytes){(const uint8_t *)p, n});
		p += n + (p[n] == '/');
	}
	der_close(w, list);
	der_close(w, parts);
	der_close(w, seq);
	der_close(w, field);
}

/* EncryptedData with filler for the cipher. */
static void sealed(struct writer *w, struct rng *r, size_t n)
{
	size_t seq = der_open(w, SEQUENCE), field, octets;
	uint8_t *to;

	field_number(w, 0, AES256);
	field_number(w, 1, 2);
	field = der_open(w, 0xa2);
	octets = der_open(w, OCTETS);
	to = wr_room(w, n);
	if (to != NULL)
		rng_fill(r, to, n);
	der_close(w, octets);
	der_close(w, field);
	der_close(w, seq);
}

static void ticket(struct writer *w, unsigned tag, struct rng *r, const char *service)
{
	size_t field = der_open(w, 0xa0 + tag), app = der_open(w, 0x61);
	size_t seq = der_open(w, SEQUENCE), part;

	field_number(w, 0, 5);
	field_text(w, 1, TEXT, REALM);
	field_name(w, 2, 2, service);
	part = der_open(w, 0xa3);
	sealed(w, r, 820);
	der_close(w, part);
	der_close(w, seq);
	der_close(w, app);
	der_close(w, field);
}

static void request_body(struct writer *w, struct rng *r, const char *user, const char *service)
{
	size_t field = der_open(w, 0xa4), seq = der_open(w, SEQUENCE), part, list;

	part = der_open(w, 0xa0);
	der_put(w, BITS, BYTES("\0\x40\x81\x00\x10"));
	der_close(w, part);
	if (user != NULL)
		field_name(w, 1, 1, user);
	field_text(w, 2, TEXT, REALM);
	field_name(w, 3, 2, service);
	field_text(w, 5, TIME, LATER);
	field_number(w, 7, (uint32_t)rng_next(r) >> 2);
	part = der_open(w, 0xa8);
	list = der_open(w, SEQUENCE);
	der_number(w, INTEGER, AES256);
	der_number(w, INTEGER, RC4);
	der_close(w, list);
	der_close(w, part);
	der_close(w, seq);
	der_close(w, field);
}

/* PA-ENC-TIMESTAMP (2), as one who knows the password sends it. */
static void pre_auth(struct writer *w, struct rng *r)
{
	size_t field = der_open(w, 0xa3), list = der_open(w, SEQUENCE);
	size_t item = der_open(w, SEQUENCE), value, octets;

	field_number(w, 1, 2);
	value = der_open(w, 0xa2);
	octets = der_open(w, OCTETS);
	sealed(w, r, 52);
	der_close(w, octets);
	der_close(w, value);
	der_close(w, item);
	der_close(w, list);
	der_close(w, field);
}

/* PA-TGS-REQ (1): an AP-REQ with the ticket that was got first. */
static void pre_ticket(struct writer *w, struct rng *r)
{
	size_t field = der_open(w, 0xa3), list = der_open(w, SEQUENCE);
	size_t item = der_open(w, SEQUENCE), value, octets, app, seq, part;

	field_number(w, 1, 1);
	value = der_open(w, 0xa2);
	octets = der_open(w, OCTETS);
	app = der_open(w, 0x6e);
	seq = der_open(w, SEQUENCE);
	field_number(w, 0, 5);
	field_number(w, 1, 14);
	part = der_open(w, 0xa2);
	der_put(w, BITS, BYTES("\0\0\0\0\0"));
	der_close(w, part);
	ticket(w, 3, r, "krbtgt/" REALM);
	part = der_open(w, 0xa4);
	sealed(w, r, 180);
	der_close(w, part);
	der_close(w, seq);
	der_close(w, app);
	der_close(w, octets);
	der_close(w, value);
	der_close(w, item);
	der_close(w, list);
	der_close(w, field);
}

struct talk {
	struct lan *lan;
	struct datagram who;
	uint64_t at;
	struct tcp *tcp; /* NULL: over UDP */
};

static void send_from(struct talk *t, bool is_reply, struct writer *w)
{
	struct datagram back = {t->who.to, t->who.from, t->who.dport, t->who.sport};

	if (t->tcp != NULL) {
		wr_patch_be(w, 0, 4, w->len - 4);
		tcp_say(t->tcp, is_reply ? TCP_SERVER : TCP_CLIENT, (struct bytes){w->at, w->len});
		return;
	}
	udp_send(t->lan, t->at, is_reply ? back : t->who, (struct bytes){w->at + 4, w->len - 4});
	t->at += is_reply ? rng_between(&t->lan->rng, 100 * US, 1 * MS)
			  : rng_between(&t->lan->rng, 400 * US, 3 * MS);
}

/* Over TCP four bytes of length stand in front (RFC 4120 7.2.2); over UDP they are left out. */
static struct writer begin(uint8_t *room)
{
	struct writer w = {room, 0, MESSAGE, false};

	wr_be(&w, 4, 0);
	return w;
}

struct ask {
	unsigned type;
	const char *user, *service;
	bool knows_password;
};

static void request(struct talk *t, struct ask a)
{
	uint8_t room[MESSAGE];
	struct writer w = begin(room);
	size_t app = der_open(&w, 0x60 + a.type), seq = der_open(&w, SEQUENCE);

	field_number(&w, 1, 5);
	field_number(&w, 2, a.type);
	if (a.type == TGS_REQ)
		pre_ticket(&w, &t->lan->rng);
	else if (a.knows_password)
		pre_auth(&w, &t->lan->rng);
	request_body(&w, &t->lan->rng, a.user, a.service);
	der_close(&w, seq);
	der_close(&w, app);
	send_from(t, false, &w);
}

static void reply(struct talk *t, unsigned type, const char *user, const char *service)
{
	uint8_t room[MESSAGE];
	struct writer w = begin(room);
	size_t app = der_open(&w, 0x60 + type), seq = der_open(&w, SEQUENCE), part;

	field_number(&w, 0, 5);
	field_number(&w, 1, type);
	field_text(&w, 3, TEXT, REALM);
	field_name(&w, 4, 1, user);
	ticket(&w, 5, &t->lan->rng, service);
	part = der_open(&w, 0xa6);
	sealed(&w, &t->lan->rng, 260);
	der_close(&w, part);
	der_close(&w, seq);
	der_close(&w, app);
	send_from(t, true, &w);
}

static void refuse(struct talk *t, const char *service)
{
	uint8_t room[MESSAGE];
	struct writer w = begin(room);
	size_t app = der_open(&w, 0x60 + KRB_ERROR), seq = der_open(&w, SEQUENCE);

	field_number(&w, 0, 5);
	field_number(&w, 1, KRB_ERROR);
	field_text(&w, 4, TIME, "20161121083000Z");
	field_number(&w, 5, 123456);
	field_number(&w, 6, PRE_AUTH_REQUIRED);
	field_text(&w, 9, TEXT, REALM);
	field_name(&w, 10, 2, service);
	der_close(&w, seq);
	der_close(&w, app);
	send_from(t, true, &w);
}

/* One more ticket for somebody who has one. */
static uint64_t ticket_for(struct lan *n, uint64_t at, struct datagram who, const char *client,
			   const char *service, bool over_tcp)
{
	struct tcp tcp;
	struct talk t = {n, who, at, over_tcp ? &tcp : NULL};

	t.who.dport = 88;
	t.who.sport = host_port(who.from);
	if (!net_resolve(n, &t.at, who.from, who.to))
		return at;
	if (over_tcp && tcp_open(&tcp, n, t.at, t.who, TCP_ACCEPTED) != TCP_ACCEPTED)
		return at;
	request(&t, (struct ask){TGS_REQ, NULL, service, true});
	reply(&t, TGS_REP, client, service);
	if (over_tcp) {
		tcp_close(&tcp, TCP_CLIENT);
		t.at = tcp.at;
	}
	return t.at;
}

uint64_t kerberos_logon(struct lan *n, uint64_t at, struct datagram who, const char *user,
			const char *service)
{
	struct talk t = {n, who, at, NULL};
	struct ask a = {AS_REQ, user, "krbtgt/" REALM, false};

	who.dport = t.who.dport = 88;
	if (!net_resolve(n, &t.at, who.from, who.to))
		return at;
	t.who.sport = host_port(who.from);
	request(&t, a);
	refuse(&t, a.service);
	a.knows_password = true;
	t.who.sport = host_port(who.from);
	request(&t, a);
	reply(&t, AS_REP, user, a.service);
	return ticket_for(n, t.at, t.who, user, service, false);
}

uint64_t kerberos_ticket(struct lan *n, uint64_t at, struct datagram who, const char *service,
			 bool over_tcp)
{
	char account[HOST_NAME + 1];

	(void)snprintf(account, sizeof(account), "%s$", who.from->name);
	return ticket_for(n, at, who, account, service, over_tcp);
}

static void ldap_begin(struct writer *w, size_t *ret_seq, uint32_t id)
{
	w->len = 0;
	*ret_seq = der_open(w, SEQUENCE);
	der_number(w, INTEGER, id);
}

static void ldap_result(struct tcp *t, struct writer *w, unsigned op, uint32_t id)
{
	size_t seq, part;

	ldap_begin(w, &seq, id);
	part = der_open(w, op);
	wr_be(w, 3, 0x0a0100);
	der_text(w, OCTETS, "");
	der_text(w, OCTETS, "");
	der_close(w, part);
	der_close(w, seq);
	tcp_say(t, TCP_SERVER, (struct bytes){w->at, w->len});
}

static void ldap_search(struct tcp *t, struct writer *w)
{
	size_t seq, part, list;

	ldap_begin(w, &seq, 2);
	part = der_open(w, 0x63);
	der_text(w, OCTETS, "");
	wr_be(w, 6, 0x0a01000a0100); /* base object, never dereference */
	der_number(w, INTEGER, 0);
	der_number(w, INTEGER, 120);
	wr_be(w, 3, 0x010100);
	der_text(w, 0x87, "objectClass");
	list = der_open(w, SEQUENCE);
	der_text(w, OCTETS, "defaultNamingContext");
	der_text(w, OCTETS, "dnsHostName");
	der_close(w, list);
	der_close(w, part);
	der_close(w, seq);
	tcp_say(t, TCP_CLIENT, (struct bytes){w->at, w->len});
}

static void ldap_entry(struct tcp *t, struct writer *w)
{
	size_t seq, part, list, item, values;

	ldap_begin(w, &seq, 2);
	part = der_open(w, 0x64);
	der_text(w, OCTETS, "");
	list = der_open(w, SEQUENCE);
	item = der_open(w, SEQUENCE);
	der_text(w, OCTETS, "defaultNamingContext");
	values = der_open(w, 0x31);
	der_text(w, OCTETS, "DC=kontor,DC=example");
	der_close(w, values);
	der_close(w, item);
	der_close(w, list);
	der_close(w, part);
	der_close(w, seq);
	tcp_say(t, TCP_SERVER, (struct bytes){w->at, w->len});
}

uint64_t ldap_lookup(struct lan *n, uint64_t at, struct datagram who)
{
	struct tcp t;
	uint8_t room[MESSAGE];
	struct writer w = {room, 0, sizeof(room), false};
	size_t seq, part;

	who.sport = host_port(who.from);
	who.dport = 389;
	if (tcp_open(&t, n, at, who, TCP_ACCEPTED) != TCP_ACCEPTED)
		return at;
	ldap_begin(&w, &seq, 1);
	part = der_open(&w, 0x60);
	der_number(&w, INTEGER, 3);
	der_text(&w, OCTETS, "");
	der_text(&w, 0x80, "");
	der_close(&w, part);
	der_close(&w, seq);
	tcp_say(&t, TCP_CLIENT, (struct bytes){room, w.len});
	ldap_result(&t, &w, 0x61, 1);
	ldap_search(&t, &w);
	ldap_entry(&t, &w);
	ldap_result(&t, &w, 0x65, 2);
	tcp_say(&t, TCP_CLIENT, BYTES("\x30\x05\x02\x01\x03\x42\x00"));
	tcp_close(&t, TCP_CLIENT);
	return t.at;
}
