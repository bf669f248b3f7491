/*
 * kerberos - messages of Kerberos 5 (RFC 4120 5.4 to 5.10), as far as they are in clear: who asks
 * for which service in which realm, and who was given a ticket.
 *
 * krb_read() takes one message from its [APPLICATION n] tag on; over TCP a length of four bytes
 * comes before it (RFC 4120 7.2.2). Unknown fields are passed over, what is encrypted is not looked
 * into. Texts point into the message; they are ASCII, or UTF-8 of Windows.
 */
#ifndef NAMING_KERBEROS_H
#define NAMING_KERBEROS_H

#include "base/bytes.h"

enum krb_type {
	KRB_AS_REQ = 10,
	KRB_AS_REP = 11,
	KRB_TGS_REQ = 12,
	KRB_TGS_REP = 13,
	KRB_AP_REQ = 14,
	KRB_AP_REP = 15,
	KRB_ERROR = 30,
};

enum { /* name-type, RFC 4120 6.2 */
       KRB_NT_PRINCIPAL = 1,
       KRB_NT_SRV_INST = 2, /* krbtgt/REALM, cifs/host */
       KRB_NT_SRV_HST = 3,
       KRB_NT_ENTERPRISE = 10,
};

enum { /* error-code, 7.5.9 */
       KRB_ERR_C_PRINCIPAL_UNKNOWN = 6,
       KRB_ERR_CLIENT_REVOKED = 18,
       KRB_ERR_PREAUTH_FAILED = 24,
       KRB_ERR_PREAUTH_REQUIRED = 25,
       KRB_ERR_RESPONSE_TOO_BIG = 52,
};

enum { KRB_PARTS = 4, KRB_ETYPES = 16, KRB_NETBIOS = 20, KRB_TCP_LENGTH = 4 };

struct krb_name {
	int32_t type;
	uint8_t n; /* parts that are here; of the rest none is kept */
	struct bytes part[KRB_PARTS];
};

struct krb_ticket { /* its clear part; etype and cipher of the rest */
	struct bytes realm;
	struct krb_name sname;
	int32_t etype;
	struct bytes cipher;
};

struct krb {
	uint8_t type;          /* enum krb_type */
	struct krb_name cname; /* AS_REQ, AS_REP, TGS_REP, ERROR: the client; n is 0 if absent */
	struct bytes crealm;   /* AS_REP, TGS_REP, ERROR */
	struct bytes realm;    /* AS_REQ: of client and server; TGS_REQ, ERROR: of the server */
	struct krb_name sname; /* AS_REQ, TGS_REQ, ERROR */
	uint32_t nonce;        /* requests */
	int32_t etypes[KRB_ETYPES]; /* requests: encryption that the client knows */
	uint8_t n_etypes;
	struct bytes netbios; /* requests: address of type NetBIOS, 16 bytes with blanks */
	int32_t error;        /* ERROR */
	/* AS_REP, TGS_REP: the one granted; AP_REQ: the one shown; TGS_REQ: the one shown in its
	 * PA-TGS-REQ. */
	bool has_ticket;
	struct krb_ticket ticket;
};

/* False: not one of these messages, or cut, or not what 5.4 says. */
bool krb_read(struct bytes msg, struct krb *ret_krb);

/* Could these first bytes (at least 1) be of such a message, `whole` bytes long? With 6 of them the
 * answer is as sure as it gets. */
bool krb_looks_like(struct bytes head, size_t whole);

/* Appends a message with the fields above; times, and what is encrypted besides the ticket, are
 * filler. */
void krb_write(struct writer *w, const struct krb *k);

#endif
